use super::baseline::{Baseline, StratumEvents};
use super::{ByTime, Entry, Gradient, HazardCovariance, Prediction, TransitionRows, Transitions};
use crate::NotEstimable;
use crate::cox::{PartialLikelihood, Ties};
use crate::matrix::{ALIAS_TOLERANCE, Cholesky};

/// Variance of the increments of cumulative hazards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HazardVariance {
    /// None is computed.
    None,
    /// Events over the square of those at risk; transitions are uncorrelated.
    #[default]
    Aalen,
    /// Multinomial: transitions from the same state are negatively correlated.
    Greenwood,
}

/// Choices of [`CumulativeHazards::estimate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HazardOptions {
    /// Ties: Breslow's increments are events over those at risk.
    pub ties: Ties,
    /// Variance.
    pub variance: HazardVariance,
}

impl Default for HazardOptions {
    fn default() -> Self {
        Self {
            ties: Ties::Breslow,
            variance: HazardVariance::Aalen,
        }
    }
}

/// Cumulative transition hazards: steps at common times, with their covariance. R: `mstate::msfit`.
///
/// Times are those of the events of any transition, and the last time that anybody was followed.
#[derive(Clone, Debug, PartialEq)]
pub struct CumulativeHazards {
    transitions: Transitions,
    times: Vec<f64>,
    /// Row per time, column per transition.
    jumps: Vec<f64>,
    covariance: Option<HazardCovariance>,
}

impl CumulativeHazards {
    /// Cumulative hazards from given increments: `jumps` has a row per time and a column per
    /// transition, one row after the other. For hazards that were estimated elsewhere.
    ///
    /// # Errors
    /// Lengths that don't fit; times that don't ascend; increments that are negative or not
    /// finite.
    ///
    /// ```
    /// use statistics::multistate::{CumulativeHazards, Transitions};
    /// let death = Transitions::new(2, &[(0, 1)])?;
    /// let hazards = CumulativeHazards::new(death, vec![1.0, 2.0], vec![0.1, 0.2])?;
    /// assert_eq!(hazards.cumulative(0), [0.1, 0.1 + 0.2]);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn new(
        transitions: Transitions,
        times: Vec<f64>,
        jumps: Vec<f64>,
    ) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length("jumps", times.len() * transitions.len(), jumps.len())?;
        NotEstimable::unless_finite("times", &times)?;
        NotEstimable::unless_finite("jumps", &jumps)?;
        let backward = times.windows(2).find(|pair| pair[0] >= pair[1]);
        if let Some(pair) = backward {
            return Err(NotEstimable::Domain {
                what: "the time after another",
                value: pair[1],
            });
        }
        if let Some(&value) = jumps.iter().find(|&&jump| jump < 0.0) {
            return Err(NotEstimable::Domain {
                what: "an increment",
                value,
            });
        }
        Ok(Self {
            transitions,
            times,
            jumps,
            covariance: None,
        })
    }

    /// The same hazards with this covariance.
    ///
    /// # Errors
    /// A covariance of other times or transitions.
    ///
    /// ```
    /// use statistics::multistate::{ByTime, CumulativeHazards, Entry, HazardCovariance, Transitions};
    /// let death = Transitions::new(2, &[(0, 1)])?;
    /// let hazards = CumulativeHazards::new(death, vec![1.0, 2.0], vec![0.1, 0.2])?;
    /// let entry = |covariance| vec![Entry { one: 0, other: 0, covariance }];
    /// let noise = HazardCovariance::new(ByTime::new([entry(0.25), entry(0.5)]));
    /// let hazards = hazards.with_covariance(noise)?;
    /// assert_eq!(hazards.cumulative_covariance(0, 0), Some(vec![0.25, 0.75]));
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn with_covariance(mut self, covariance: HazardCovariance) -> Result<Self, NotEstimable> {
        covariance.check(self.times.len(), self.transitions.len())?;
        self.covariance = Some(covariance);
        Ok(self)
    }

    /// Estimates the cumulative hazard of every transition: it costs one
    /// sort of the times and O(n + T m).
    ///
    /// # Errors
    /// Rows that are no rows of these transitions ([`TransitionRows`]), and no events.
    ///
    /// # Method
    /// Nelson–Aalen, `ΔA_g = ΔN_g / Y_g`; Aalen's variance `ΔN_g / Y_g²`, Greenwood's
    /// `(δ_gh Y − ΔN_g) ΔN_h / Y³` for transitions from one state (Andersen, Borgan, Gill and
    /// Keiding 1993, IV.1; de Wreede, Fiocco and Putter 2010). R: `mstate::msfit` of
    /// `coxph(Surv(start, stop, status) ~ strata(trans))`.
    ///
    /// ```
    /// use statistics::multistate::{CumulativeHazards, HazardOptions, TransitionRows, Transitions};
    /// // Three persons at risk of 0 → 1 (transition 0) and 0 → 2 (transition 1).
    /// let model = Transitions::new(3, &[(0, 1), (0, 2)])?;
    /// let rows = TransitionRows {
    ///     start: &[0.0; 6],
    ///     stop: &[2.0, 2.0, 5.0, 5.0, 7.0, 7.0],
    ///     event: &[true, false, false, true, false, false],
    ///     transition: &[0, 1, 0, 1, 0, 1],
    ///     weights: None,
    /// };
    /// let hazards = CumulativeHazards::estimate(rows, &model, HazardOptions::default())?;
    /// assert_eq!(hazards.times(), [2.0, 5.0, 7.0]);
    /// assert_eq!(hazards.cumulative(0), [1.0 / 3.0; 3]);
    /// assert_eq!(hazards.cumulative(1), [0.0, 0.5, 0.5]);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn estimate(
        rows: TransitionRows<'_>,
        transitions: &Transitions,
        options: HazardOptions,
    ) -> Result<Self, NotEstimable> {
        let likelihood = rows.likelihood(transitions.len(), options.ties)?;
        let baseline = Baseline::of(&likelihood, &[], rows.last())?;
        let strata: Vec<u32> = (0..transitions.len() as u32).collect();
        let factors = vec![1.0; strata.len()];
        let noise = match options.variance {
            HazardVariance::None => None,
            HazardVariance::Aalen => Some(aalen(&baseline, &strata, &factors)),
            HazardVariance::Greenwood => Some(greenwood(&baseline, transitions)),
        };
        let jumps = jumps(&baseline, &strata, &factors);
        let hazards = Self::new(transitions.clone(), baseline.times, jumps)?;
        match noise {
            None => Ok(hazards),
            Some(noise) => hazards.with_covariance(HazardCovariance::new(noise)),
        }
    }

    /// The cumulative hazards of a person with given covariates under a fitted Cox model, with
    /// their covariance.
    ///
    /// # Errors
    /// Shapes that don't fit; relative risks beyond all numbers; no events.
    ///
    /// # Method
    /// Breslow's estimator `ΔA_g = exp(x_g β) ΔN_s / S0_s`, with `s` the stratum that gives
    /// transition g its baseline. Its covariance is that of the baseline's noise,
    /// `exp(x_g β + x_h β) ΔN_s / S0_s²` for transitions with one baseline, and that of β̂
    /// through `∫ (x_g − x̄_s) dA_g` (Andersen et al. 1993, VII.2; de Wreede et al. 2010).
    /// R: `mstate::msfit(coxph(...), newdata, trans)`.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// use statistics::multistate::{CumulativeHazards, Prediction, Transitions};
    /// // Two deaths; x doubles the hazard, and ln 2 is known to ±0.2.
    /// let x = Matrix::from_columns(&[[1.0, 0.0]]);
    /// let data = CoxData::new(&[1.0, 2.0], &[true; 2], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Breslow)?;
    /// let prediction = Prediction {
    ///     coefficients: &[2f64.ln()],
    ///     covariance: &Matrix::diagonal(&[0.04]),
    ///     covariates: &Matrix::from_columns(&[[1.0]]),
    ///     offset: None,
    ///     strata: &[0],
    ///     last: 2.0,
    /// };
    /// let death = Transitions::new(2, &[(0, 1)])?;
    /// let hazards = CumulativeHazards::predict(&likelihood, &death, &prediction)?;
    /// // For x = 1: 2/(2 + 1) at time 1 and 2/1 at time 2.
    /// let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
    /// assert!(close(hazards.jumps_at(0)[0], 2.0 / 3.0) && close(hazards.jumps_at(1)[0], 2.0));
    /// // At time 1: 4 · 1/3², and (1 − 2/3)(2/3) by the coefficient.
    /// let variance = hazards.cumulative_covariance(0, 0).unwrap_or_default()[0];
    /// assert!(close(variance, 4.0 / 9.0 + (2.0f64 / 9.0).powi(2) * 0.04));
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn predict(
        likelihood: &PartialLikelihood,
        transitions: &Transitions,
        prediction: &Prediction<'_>,
    ) -> Result<Self, NotEstimable> {
        prediction.check(likelihood, transitions.len())?;
        let factors = prediction.risks(likelihood)?;
        let baseline = Baseline::of(likelihood, prediction.coefficients, prediction.last)?;
        let jumps = jumps(&baseline, prediction.strata, &factors);
        let covariance = HazardCovariance {
            noise: aalen(&baseline, prediction.strata, &factors),
            coefficients: gradients(&baseline, likelihood, prediction, &factors)?,
        };
        Self::new(transitions.clone(), baseline.times, jumps)?.with_covariance(covariance)
    }

    /// The transitions.
    ///
    /// ```
    /// use statistics::multistate::{CumulativeHazards, HazardOptions, TransitionRows, Transitions};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // One of two dies at 1, the other at 2.
    /// let rows = TransitionRows {
    ///     start: &[0.0; 2],
    ///     stop: &[1.0, 2.0],
    ///     event: &[true; 2],
    ///     transition: &[0; 2],
    ///     weights: None,
    /// };
    /// let death = Transitions::new(2, &[(0, 1)])?;
    /// let hazards = CumulativeHazards::estimate(rows, &death, HazardOptions::default())?;
    /// assert_eq!(hazards.transitions(), &death);
    /// # Ok(())
    /// # }
    /// ```
    pub fn transitions(&self) -> &Transitions {
        &self.transitions
    }

    /// The times of the steps.
    ///
    /// ```
    /// use statistics::multistate::{CumulativeHazards, HazardOptions, TransitionRows, Transitions};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // One of two dies at 1, the other at 2.
    /// let rows = TransitionRows {
    ///     start: &[0.0; 2],
    ///     stop: &[1.0, 2.0],
    ///     event: &[true; 2],
    ///     transition: &[0; 2],
    ///     weights: None,
    /// };
    /// let death = Transitions::new(2, &[(0, 1)])?;
    /// let hazards = CumulativeHazards::estimate(rows, &death, HazardOptions::default())?;
    /// assert_eq!(hazards.times(), [1.0, 2.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// The increment of every transition at the time of this place.
    ///
    /// ```
    /// use statistics::multistate::{CumulativeHazards, HazardOptions, TransitionRows, Transitions};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // One of two dies at 1, the other at 2.
    /// let rows = TransitionRows {
    ///     start: &[0.0; 2],
    ///     stop: &[1.0, 2.0],
    ///     event: &[true; 2],
    ///     transition: &[0; 2],
    ///     weights: None,
    /// };
    /// let death = Transitions::new(2, &[(0, 1)])?;
    /// let hazards = CumulativeHazards::estimate(rows, &death, HazardOptions::default())?;
    /// assert_eq!(hazards.jumps_at(0), [0.5]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn jumps_at(&self, place: usize) -> &[f64] {
        let count = self.transitions.len();
        &self.jumps[place * count..(place + 1) * count]
    }

    /// A transition's cumulative hazard at each time. R: `mstate::msfit(...)$Haz`.
    ///
    /// ```
    /// use statistics::multistate::{CumulativeHazards, HazardOptions, TransitionRows, Transitions};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // One of two dies at 1, the other at 2.
    /// let rows = TransitionRows {
    ///     start: &[0.0; 2],
    ///     stop: &[1.0, 2.0],
    ///     event: &[true; 2],
    ///     transition: &[0; 2],
    ///     weights: None,
    /// };
    /// let death = Transitions::new(2, &[(0, 1)])?;
    /// let hazards = CumulativeHazards::estimate(rows, &death, HazardOptions::default())?;
    /// assert_eq!(hazards.cumulative(0), [0.5, 1.5]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn cumulative(&self, transition: usize) -> Vec<f64> {
        let steps = self.jumps.chunks(self.transitions.len());
        steps
            .scan(0.0, |sum, jumps| {
                *sum += jumps[transition];
                Some(*sum)
            })
            .collect()
    }

    /// The covariance of the increments, if it was computed.
    ///
    /// ```
    /// use statistics::multistate::{CumulativeHazards, HazardOptions, TransitionRows, Transitions};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // One of two dies at 1, the other at 2.
    /// let rows = TransitionRows {
    ///     start: &[0.0; 2],
    ///     stop: &[1.0, 2.0],
    ///     event: &[true; 2],
    ///     transition: &[0; 2],
    ///     weights: None,
    /// };
    /// let death = Transitions::new(2, &[(0, 1)])?;
    /// let hazards = CumulativeHazards::estimate(rows, &death, HazardOptions::default())?;
    /// assert!(hazards.covariance().is_some());
    /// # Ok(())
    /// # }
    /// ```
    pub fn covariance(&self) -> Option<&HazardCovariance> {
        self.covariance.as_ref()
    }

    /// The covariance of two transitions' cumulative hazards at each time.
    /// R: `mstate::msfit(...)$varHaz`.
    ///
    /// ```
    /// use statistics::multistate::{CumulativeHazards, HazardOptions, HazardVariance, TransitionRows, Transitions};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // One of two dies at 1, the other at 2.
    /// let rows = TransitionRows {
    ///     start: &[0.0; 2],
    ///     stop: &[1.0, 2.0],
    ///     event: &[true; 2],
    ///     transition: &[0; 2],
    ///     weights: None,
    /// };
    /// let death = Transitions::new(2, &[(0, 1)])?;
    /// let options = HazardOptions { variance: HazardVariance::Aalen, ..Default::default() };
    /// let hazards = CumulativeHazards::estimate(rows, &death, options)?;
    /// // Aalen's variance, Σ ΔN/Y².
    /// assert_eq!(hazards.cumulative_covariance(0, 0), Some(vec![0.25, 1.25]));
    /// # Ok(())
    /// # }
    /// ```
    pub fn cumulative_covariance(&self, one: usize, other: usize) -> Option<Vec<f64>> {
        let covariance = self.covariance.as_ref()?;
        Some(covariance.cumulative(self.times.len(), one, other))
    }
}

/// The increments of all transitions, a row per time.
fn jumps(baseline: &Baseline, strata: &[u32], factors: &[f64]) -> Vec<f64> {
    let mut jumps = vec![0.0; baseline.times.len() * strata.len()];
    for (place, row) in jumps.chunks_mut(strata.len()).enumerate() {
        for events in baseline.events.at(place) {
            for (transition, factor) in of_stratum(strata, factors, events.stratum) {
                row[transition] = factor * events.hazard;
            }
        }
    }
    jumps
}

/// The transitions that have a stratum as their baseline, with their relative risks.
fn of_stratum<'a>(
    strata: &'a [u32],
    factors: &'a [f64],
    stratum: usize,
) -> impl Iterator<Item = (usize, f64)> + Clone + 'a {
    let all = strata.iter().zip(factors).enumerate();
    all.filter_map(move |(transition, (&known, &factor))| {
        (known as usize == stratum).then_some((transition, factor))
    })
}

/// The noise of events: correlated only where transitions share a baseline.
fn aalen(baseline: &Baseline, strata: &[u32], factors: &[f64]) -> ByTime<Entry> {
    let at = |place: usize| {
        let mut entries = Vec::new();
        for events in baseline.events.at(place) {
            let sharing = of_stratum(strata, factors, events.stratum);
            for (one, first) in sharing.clone() {
                for (other, second) in sharing.clone().filter(|(other, _)| *other >= one) {
                    entries.push(Entry {
                        one,
                        other,
                        covariance: first * second * events.variance,
                    });
                }
            }
        }
        entries
    };
    ByTime::new((0..baseline.times.len()).map(at))
}

/// Multinomial noise of the transitions that leave one state.
fn greenwood(baseline: &Baseline, transitions: &Transitions) -> ByTime<Entry> {
    let from = |events: &StratumEvents| transitions.pair(events.stratum).0;
    let at = |place: usize| {
        let mut entries = Vec::new();
        let all = baseline.events.at(place);
        for (position, first) in all.iter().enumerate() {
            for second in all[position..]
                .iter()
                .filter(|other| from(other) == from(first))
            {
                let same = f64::from(u8::from(first.stratum == second.stratum));
                entries.push(Entry {
                    one: first.stratum,
                    other: second.stratum,
                    covariance: (same - first.hazard) * second.hazard / first.at_risk,
                });
            }
        }
        entries
    };
    ByTime::new((0..baseline.times.len()).map(at))
}

/// `(x_g − x̄) dA_g` of every transition and time, in coordinates in which β̂ is white noise.
fn gradients(
    baseline: &Baseline,
    likelihood: &PartialLikelihood,
    prediction: &Prediction<'_>,
    factors: &[f64],
) -> Result<Option<ByTime<Gradient>>, NotEstimable> {
    if prediction.coefficients.is_empty() {
        return Ok(None);
    }
    let root = Cholesky::new(prediction.covariance, ALIAS_TOLERANCE)?.root();
    let transitions = 0..prediction.strata.len();
    let covariates: Vec<Vec<f64>> = transitions
        .map(|transition| prediction.centred(likelihood, transition))
        .collect();
    let gradient = |(transition, factor): (usize, f64), events: &StratumEvents| {
        let parts = covariates[transition].iter().zip(&events.mean);
        let derivative = parts.map(|(x, mean)| factor * (x * events.hazard - mean));
        Gradient {
            transition,
            values: root.transposed_times(&derivative.collect::<Vec<f64>>()),
        }
    };
    let at = |place: usize| {
        let mut all = Vec::new();
        for events in baseline.events.at(place) {
            let sharing = of_stratum(prediction.strata, factors, events.stratum);
            all.extend(sharing.map(|transition| gradient(transition, events)));
        }
        all
    };
    Ok(Some(ByTime::new((0..baseline.times.len()).map(at))))
}
