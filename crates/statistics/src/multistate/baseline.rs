use super::ByTime;
use crate::NotEstimable;
use crate::cox::PartialLikelihood;
use crate::time_index::TimeIndex;

/// A stratum that has events at a time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StratumEvents {
    pub(super) stratum: usize,
    /// Increment of the hazard of somebody whose covariates are those of the stratum's centre.
    pub(super) hazard: f64,
    /// Its variance at known coefficients.
    pub(super) variance: f64,
    /// The summed risks of those at risk.
    pub(super) at_risk: f64,
    /// The increment times the mean covariates, counted from the stratum's centre.
    pub(super) mean: Vec<f64>,
}

/// The baseline hazards of all strata on one list of times.
pub(super) struct Baseline {
    /// Times of events, and the last time that anybody was followed.
    pub(super) times: Vec<f64>,
    pub(super) events: ByTime<StratumEvents>,
}

impl Baseline {
    pub(super) fn of(
        likelihood: &PartialLikelihood,
        coefficients: &[f64],
        last: f64,
    ) -> Result<Self, NotEstimable> {
        let sums = likelihood.sums(coefficients)?;
        let moments = likelihood.risk_sets().moments();
        let happens = |place: &usize| moments[*place].events > 0;
        let places: Vec<usize> = (0..moments.len()).filter(happens).collect();
        if places.is_empty() {
            return Err(NotEstimable::NoEvents);
        }
        let clock: Vec<f64> = places.iter().map(|&place| moments[place].time).collect();
        let mut times = TimeIndex::new(&[&clock]).times().to_vec();
        if times.last().is_some_and(|&time| time < last) {
            times.push(last);
        }
        let means = sums.mean_steps();
        let mut at: Vec<Vec<StratumEvents>> = vec![Vec::new(); times.len()];
        for place in places {
            let moment = &sums.moments[place];
            let time = moments[place].time;
            at[times.partition_point(|&known| known < time)].push(StratumEvents {
                stratum: moments[place].stratum as usize,
                hazard: moment.hazard,
                variance: moment.second,
                at_risk: moment.risk,
                mean: means.row(place),
            });
        }
        Ok(Self {
            times,
            events: ByTime::new(at),
        })
    }
}
