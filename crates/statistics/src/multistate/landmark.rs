use super::{
    CovarianceForm, CumulativeHazards, Direction, HazardOptions, HazardVariance, Histories,
    ProbabilityErrors, ProbabilityOptions, TransitionProbabilities, TransitionRows, Transitions,
};
use crate::NotEstimable;

/// Choices of [`LandmarkProbabilities::estimate`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LandmarkOptions {
    /// The landmark time.
    pub at: f64,
    /// Hazards of those in the landmark set.
    pub hazards: HazardOptions,
    /// Form of the covariance of probabilities.
    pub form: CovarianceForm,
}

/// Probabilities of being in each state after a landmark time, for those in some states then.
/// R: `mstate::LMAJ`.
///
/// ```
/// use statistics::multistate::{
///     Histories, LandmarkOptions, LandmarkProbabilities, TransitionRows, Transitions,
/// };
/// // Two fall ill at 1, of whom one dies at 3; a third stays well.
/// let model = Transitions::new(3, &[(0, 1), (0, 2), (1, 2)])?;
/// let rows = TransitionRows {
///     start: &[0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
///     stop: &[1.0, 1.0, 3.0, 1.0, 1.0, 4.0, 4.0, 4.0],
///     event: &[true, false, true, true, false, false, false, false],
///     transition: &[0, 1, 2, 0, 1, 2, 0, 1],
///     weights: None,
/// };
/// let histories = Histories { person: &[0, 0, 0, 1, 1, 1, 2, 2], rows };
/// let options = LandmarkOptions { at: 2.0, ..LandmarkOptions::default() };
/// let ill = LandmarkProbabilities::estimate(histories, &model, &[1], options)?;
/// assert_eq!((ill.persons, ill.states()), (2, 3));
/// assert_eq!(ill.times, [2.0, 3.0, 4.0]);
/// assert_eq!(ill.probability(1, 2), 0.5);
/// // Aalen's variance 1/2² of the hazard, times the share that is still ill.
/// assert!((ill.std_err(1, 2).unwrap_or(0.0) - 0.25).abs() < 1e-15);
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LandmarkProbabilities {
    /// The landmark time and the times of events after it.
    pub times: Vec<f64>,
    /// Persons in the landmark set.
    pub persons: usize,
    states: usize,
    probabilities: Vec<f64>,
    std_errs: Option<Vec<f64>>,
}

impl LandmarkProbabilities {
    /// The landmark Aalen–Johansen estimator, for persons in one of the states `from` at the
    /// landmark; of several states their mixture, with the variance of its shares.
    ///
    /// It needs no Markov assumption: the past before the landmark is the same for all who take
    /// part.
    ///
    /// # Errors
    /// As [`CumulativeHazards::estimate`]; nobody in these states at the landmark
    /// ([`NotEstimable::EmptyRiskSet`]); no event afterwards.
    ///
    /// # Method
    /// Putter and Spitoni (2018): Aalen–Johansen among those with X(s) in the given states. R:
    /// `mstate::LMAJ`, which handles ties as Efron does, where the Aalen–Johansen estimator
    /// itself divides events by those at risk.
    pub fn estimate(
        histories: Histories<'_>,
        transitions: &Transitions,
        from: &[usize],
        options: LandmarkOptions,
    ) -> Result<Self, NotEstimable> {
        let persons = histories.check(transitions)?;
        let at = histories.states_at(transitions, persons, options.at);
        let mut counts = vec![0_usize; transitions.states()];
        for &state in at.iter().flatten().filter(|state| from.contains(state)) {
            counts[state] += 1;
        }
        if counts.iter().sum::<usize>() == 0 {
            return Err(NotEstimable::EmptyRiskSet { time: options.at });
        }
        let set = LandmarkSet::of(histories, options.at, |person| {
            at[person].is_some_and(|state| from.contains(&state))
        });
        let hazards = CumulativeHazards::estimate(set.rows(), transitions, options.hazards)?;
        let several = counts.iter().filter(|&&count| count > 0).count() > 1;
        let errors = match (options.hazards.variance, several) {
            (HazardVariance::None, _) => ProbabilityErrors::None,
            (_, true) => ProbabilityErrors::Covariances,
            (_, false) => ProbabilityErrors::StandardErrors,
        };
        let probabilities = TransitionProbabilities::compute(
            &hazards,
            ProbabilityOptions {
                at: options.at,
                direction: Direction::Forward,
                form: options.form,
                errors,
                ..ProbabilityOptions::default()
            },
        )?;
        Ok(Self::mixture(&probabilities, &counts))
    }

    /// Weighs the states of departure by the share of persons in them.
    fn mixture(probabilities: &TransitionProbabilities, counts: &[usize]) -> Self {
        let persons: usize = counts.iter().sum();
        let share = |state: usize| counts[state] as f64 / persons as f64;
        let from: Vec<usize> = (0..counts.len())
            .filter(|&state| counts[state] > 0)
            .collect();
        let states = probabilities.states();
        let cells = || {
            (0..probabilities.times.len()).flat_map(|place| (0..states).map(move |to| (place, to)))
        };
        let mean = |(place, to): (usize, usize)| -> f64 {
            let parts = from
                .iter()
                .map(|&state| share(state) * probabilities.probability(place, state, to));
            parts.sum()
        };
        let std_err = |(place, to): (usize, usize)| -> Option<f64> {
            if let [state] = from[..] {
                return probabilities.std_err(place, state, to);
            }
            let covariances = &probabilities.covariances.as_ref()?[place];
            let middle = mean((place, to));
            let mut variance = 0.0;
            for &one in &from {
                let apart = probabilities.probability(place, one, to) - middle;
                variance += share(one) * apart * apart / persons as f64;
                for &other in &from {
                    let pair = (one + to * states, other + to * states);
                    variance += share(one) * share(other) * covariances[pair];
                }
            }
            Some(variance.max(0.0).sqrt())
        };
        Self {
            times: probabilities.times.clone(),
            persons,
            states,
            probabilities: cells().map(mean).collect(),
            std_errs: cells().map(std_err).collect(),
        }
    }

    /// How many states there are.
    pub fn states(&self) -> usize {
        self.states
    }

    /// The probability of a state at the time of a place.
    pub fn probability(&self, place: usize, state: usize) -> f64 {
        self.probabilities[place * self.states + state]
    }

    /// Its standard error, if it was asked for.
    pub fn std_err(&self, place: usize, state: usize) -> Option<f64> {
        Some(self.std_errs.as_ref()?[place * self.states + state])
    }
}

/// Rows after a landmark, of some persons.
pub(super) struct LandmarkSet {
    start: Vec<f64>,
    stop: Vec<f64>,
    event: Vec<bool>,
    transition: Vec<u32>,
    weights: Option<Vec<f64>>,
}

impl LandmarkSet {
    /// R: `mstate::cutLMms`.
    fn of(histories: Histories<'_>, at: f64, takes_part: impl Fn(usize) -> bool) -> Self {
        let rows = histories.rows;
        let kept: Vec<usize> = (0..rows.stop.len())
            .filter(|&row| rows.stop[row] > at && takes_part(histories.person[row] as usize))
            .collect();
        Self {
            start: kept.iter().map(|&row| rows.start[row].max(at)).collect(),
            stop: kept.iter().map(|&row| rows.stop[row]).collect(),
            event: kept.iter().map(|&row| rows.event[row]).collect(),
            transition: kept.iter().map(|&row| rows.transition[row]).collect(),
            weights: rows
                .weights
                .map(|weights| kept.iter().map(|&row| weights[row]).collect()),
        }
    }

    fn rows(&self) -> TransitionRows<'_> {
        TransitionRows {
            start: &self.start,
            stop: &self.stop,
            event: &self.event,
            transition: &self.transition,
            weights: self.weights.as_deref(),
        }
    }
}
