use crate::NotEstimable;
use crate::survival::clusters::{Effects, second_moments};
use crate::survival::spans::Spans;
use crate::survival::{Observations, RiskSets};

/// Follow-up of one group with events that recur and a death that ends it.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecurrentRows<'a> {
    /// At risk after this time; `None`: always was.
    pub entry: Option<&'a [f64]>,
    /// At risk up to and including this time.
    pub exit: &'a [f64],
    /// Whether an event happened at `exit`.
    pub event: &'a [bool],
    /// Whether the subject died at `exit`.
    pub death: &'a [bool],
    /// Case weights ≥ 0; all 1 if `None`.
    pub weights: Option<&'a [f64]>,
    /// Which subject a row belongs to: codes from 0 on; `None`: each row is one.
    pub id: Option<&'a [u32]>,
}

/// How survival is estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SurvivalPart {
    /// Kaplan–Meier.
    #[default]
    ProductLimit,
    /// exp(−Λ).
    ExpHazard,
}

/// The mean number of events by each time at which one happens, where nothing happens to the
/// dead: `∫ S(u−) dR(u)`.
///
/// # Method
/// Ghosh and Lin (2000), with their variance: squares summed over subjects of
/// `∫ S dM^R/Y − ∫ (μ(t) − μ(u)) dM^D/Y`. Events and deaths of one time share one risk set,
/// and survival is that before them. R: `mets::recurrentMarginal`, which breaks ties one by
/// one.
///
/// ```
/// use statistics::recurrent::{MarginalMean, RecurrentRows, SurvivalPart};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // Four subjects: one dies at 1, then one has an event at 2.
/// let rows = RecurrentRows {
///     exit: &[1.0, 2.0, 3.0, 3.0],
///     event: &[false, true, false, false],
///     death: &[true, false, false, false],
///     ..RecurrentRows::default()
/// };
/// let mean = MarginalMean::estimate(rows, SurvivalPart::ProductLimit)?;
/// assert_eq!(mean.times, [2.0]);
/// assert!((mean.mean[0] - 0.75 / 3.0).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MarginalMean {
    /// Times of events, rising.
    pub times: Vec<f64>,
    /// The mean number of events after each.
    pub mean: Vec<f64>,
    /// Its standard error.
    pub std_err: Vec<f64>,
    /// Subjects at risk just before each.
    pub at_risk: Vec<f64>,
    /// Survival just before each.
    pub survival: Vec<f64>,
}

impl MarginalMean {
    /// Estimates the mean. Linear in the rows for whole days, n log n otherwise.
    ///
    /// # Errors
    /// No rows, columns of unequal length, exits that are not finite or not after their
    /// entries, negative weights.
    pub fn estimate(rows: RecurrentRows<'_>, part: SurvivalPart) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length("death", rows.exit.len(), rows.death.len())?;
        let ends: Vec<bool> = rows
            .event
            .iter()
            .zip(rows.death)
            .map(|(&event, &death)| event || death)
            .collect();
        let observations = Observations {
            entry: rows.entry,
            exit: rows.exit,
            event: &ends,
            weights: rows.weights,
            id: rows.id,
        };
        NotEstimable::unless_length("event", rows.exit.len(), rows.event.len())?;
        observations.check()?;
        let spans = Spans::of(observations, false, false);
        let steps = steps(&spans, rows, part);
        Ok(Self::with_errors(&spans, rows, &steps))
    }

    fn with_errors(spans: &Spans, rows: RecurrentRows<'_>, steps: &[Step]) -> Self {
        let mut result = Self::default();
        // Of the two sums the first is ∫ S dM^R/Y + ∫ μ dM^D/Y, the second ∫ dM^D/Y.
        let effects = Effects {
            drift: |place: usize| {
                let step = &steps[place];
                [
                    (step.survival * step.event_rate + step.mean * step.death_rate) / step.at_risk,
                    step.death_rate / step.at_risk,
                ]
                .map(zero_if_nobody)
            },
            jump: |row: usize, place: usize| {
                let step = &steps[place];
                let event = f64::from(u8::from(rows.event[row]));
                let death = f64::from(u8::from(rows.death[row]));
                [
                    (event * step.survival + death * step.mean) / step.at_risk,
                    death / step.at_risk,
                ]
                .map(zero_if_nobody)
            },
        };
        second_moments(spans, rows.id, effects, |place, moments| {
            let step = &steps[place];
            if step.event_rate > 0.0 {
                let mean = step.mean;
                let variance = moments[0][0] - mean * (2.0 * moments[0][1] - mean * moments[1][1]);
                result.times.push(spans.times[place]);
                result.mean.push(mean);
                result.std_err.push(variance.max(0.0).sqrt());
                result.at_risk.push(step.at_risk);
                result.survival.push(step.survival);
            }
        });
        result
    }
}

/// Rows without weight may end where nobody is at risk: they influence nothing.
fn zero_if_nobody(value: f64) -> f64 {
    match value.is_finite() {
        true => value,
        false => 0.0,
    }
}

/// What happens at one time.
struct Step {
    at_risk: f64,
    event_rate: f64,
    death_rate: f64,
    /// Just before the time.
    survival: f64,
    /// After it.
    mean: f64,
}

fn steps(spans: &Spans, rows: RecurrentRows<'_>, part: SurvivalPart) -> Vec<Step> {
    let counts = RiskSets::of(spans);
    let mut events = vec![[0.0; 2]; counts.times.len()];
    for row in 0..spans.len() {
        let (place, weight) = (spans.gone[row] as usize - 1, spans.weight(row));
        events[place][0] += if rows.event[row] { weight } else { 0.0 };
        events[place][1] += if rows.death[row] { weight } else { 0.0 };
    }
    let (mut survival, mut mean) = (1.0, 0.0);
    let step = |(place, [events, deaths]): (usize, [f64; 2])| {
        let at_risk = counts.n_risk[place];
        let rate = |count: f64| if count > 0.0 { count / at_risk } else { 0.0 };
        let (event_rate, death_rate) = (rate(events), rate(deaths));
        mean += survival * event_rate;
        let step = Step {
            at_risk,
            event_rate,
            death_rate,
            survival,
            mean,
        };
        survival *= match part {
            SurvivalPart::ProductLimit => (1.0 - death_rate).max(0.0),
            SurvivalPart::ExpHazard => (-death_rate).exp(),
        };
        step
    };
    events.into_iter().enumerate().map(step).collect()
}
