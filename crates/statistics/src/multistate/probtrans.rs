use super::propagation::{Errors, Propagation, Step};
use super::{ByTime, CovarianceForm, CumulativeHazards, Direction, Entry};
use crate::NotEstimable;
use crate::matrix::Matrix;

/// How the noise of estimated coefficients runs through the times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CoefficientNoise {
    /// One draw of β̂ moves the increments of all times together.
    #[default]
    Shared,
    /// The variance of each cumulative hazard grows by independent increments. This is what R's
    /// `mstate::probtrans` computes; it leaves out the covariance between times.
    IndependentIncrements,
}

/// Which errors are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProbabilityErrors {
    /// None.
    None,
    /// Standard errors.
    #[default]
    StandardErrors,
    /// Covariances of all pairs of probabilities, at each time.
    Covariances,
}

/// Choices of [`TransitionProbabilities::compute`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ProbabilityOptions {
    /// The fixed time: the start, or the horizon.
    pub at: f64,
    /// Which of the two it is.
    pub direction: Direction,
    /// Form of the covariance.
    pub form: CovarianceForm,
    /// Noise of coefficients.
    pub coefficients: CoefficientNoise,
    /// Errors.
    pub errors: ProbabilityErrors,
}

/// Probabilities of being in one state at one time, given another state at an earlier time.
/// R: `mstate::probtrans`.
#[derive(Clone, Debug, PartialEq)]
pub struct TransitionProbabilities {
    /// The fixed time.
    pub at: f64,
    /// Whether it is the start or the horizon.
    pub direction: Direction,
    /// The other times, ascending; forward the first is the start itself, with a fixed horizon
    /// the first is 0 and the last the horizon.
    pub times: Vec<f64>,
    /// Covariance of `P(from, to)` per time, place `from + to × states`, where it was asked for.
    pub covariances: Option<Vec<Matrix>>,
    /// Times at which the hazards out of a state add up to more than 1: with so large a relative
    /// risk probabilities have no meaning.
    pub beyond_one: Vec<f64>,
    states: usize,
    /// `[time][from][to]`.
    probabilities: Vec<f64>,
    std_errs: Option<Vec<f64>>,
}

impl TransitionProbabilities {
    /// The product integral of cumulative hazards, for all states of departure at once.
    ///
    /// Each time costs O(k s²) for the k transitions made then; all covariances O(k s⁴).
    ///
    /// # Errors
    /// A fixed time that is not finite; errors of hazards that have no covariance.
    ///
    /// # Method
    /// `P(s, t) = Π (I + ΔA(u))` over s < u ≤ t. The covariance follows the recursion
    /// `cov ← (H' ⊗ I) cov (H ⊗ I) + (I ⊗ P) cov ΔA (I ⊗ P')`, with H = I + ΔA and P the
    /// probabilities just before u (Greenwood's form) or after it (Aalen's) (Andersen et al. 1993,
    /// IV.4.1.3; de Wreede et al. 2010); the part of estimated coefficients by the derivative
    /// `∂P = ∂P H + P ∂ΔA`. R: `mstate::probtrans`.
    ///
    /// ```
    /// use statistics::multistate::{
    ///     CumulativeHazards, ProbabilityErrors, ProbabilityOptions, TransitionProbabilities,
    ///     Transitions,
    /// };
    /// let model = Transitions::new(3, &[(0, 1), (0, 2), (1, 2)])?;
    /// let jumps = vec![0.5, 0.0, 0.0, 0.0, 0.0, 0.5];
    /// let hazards = CumulativeHazards::new(model, vec![1.0, 2.0], jumps)?;
    /// let errors = ProbabilityErrors::None;
    /// let options = ProbabilityOptions { errors, ..Default::default() };
    /// let probabilities = TransitionProbabilities::compute(&hazards, options)?;
    /// assert_eq!(probabilities.times, [0.0, 1.0, 2.0]);
    /// assert_eq!(probabilities.probability(2, 0, 1), 0.25);
    /// assert_eq!(probabilities.probability(2, 1, 2), 0.5);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn compute(
        hazards: &CumulativeHazards,
        options: ProbabilityOptions,
    ) -> Result<Self, NotEstimable> {
        if !options.at.is_finite() {
            return Err(NotEstimable::Domain {
                what: "the fixed time",
                value: options.at,
            });
        }
        let noise = Noise::of(hazards, options)?;
        let mut sweep = Sweep::new(hazards, options, &noise);
        match options.direction {
            Direction::Forward => sweep.forward(),
            Direction::FixedHorizon => sweep.backward(),
        }
        Ok(sweep.result)
    }

    /// How many states there are.
    ///
    /// ```
    /// use statistics::multistate::{
    ///     CumulativeHazards, ProbabilityErrors, ProbabilityOptions, TransitionProbabilities,
    ///     Transitions,
    /// };
    /// let death = Transitions::new(2, &[(0, 1)])?;
    /// let hazards = CumulativeHazards::new(death, vec![1.0], vec![0.25])?;
    /// let options = ProbabilityOptions { errors: ProbabilityErrors::None, ..Default::default() };
    /// let found = TransitionProbabilities::compute(&hazards, options)?;
    /// assert_eq!(found.states(), 2);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn states(&self) -> usize {
        self.states
    }

    /// The probability at the time of a place.
    ///
    /// ```
    /// use statistics::multistate::{
    ///     CumulativeHazards, ProbabilityErrors, ProbabilityOptions, TransitionProbabilities,
    ///     Transitions,
    /// };
    /// let death = Transitions::new(2, &[(0, 1)])?;
    /// let hazards = CumulativeHazards::new(death, vec![1.0], vec![0.25])?;
    /// let options = ProbabilityOptions { errors: ProbabilityErrors::None, ..Default::default() };
    /// let found = TransitionProbabilities::compute(&hazards, options)?;
    /// // The start of the clock, then the time of the jump.
    /// assert_eq!(found.probability(0, 0, 1), 0.0);
    /// assert_eq!(found.probability(1, 0, 1), 0.25);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn probability(&self, place: usize, from: usize, to: usize) -> f64 {
        self.probabilities[(place * self.states + from) * self.states + to]
    }

    /// The standard error of that probability, if it was asked for.
    ///
    /// ```
    /// use statistics::multistate::{
    ///     CumulativeHazards, ProbabilityErrors, ProbabilityOptions, TransitionProbabilities,
    ///     Transitions,
    /// };
    /// let death = Transitions::new(2, &[(0, 1)])?;
    /// let hazards = CumulativeHazards::new(death, vec![1.0], vec![0.25])?;
    /// let options = ProbabilityOptions { errors: ProbabilityErrors::None, ..Default::default() };
    /// let found = TransitionProbabilities::compute(&hazards, options)?;
    /// assert_eq!(found.std_err(1, 0, 1), None);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn std_err(&self, place: usize, from: usize, to: usize) -> Option<f64> {
        let all = self.std_errs.as_ref()?;
        Some(all[(place * self.states + from) * self.states + to])
    }

    /// The probability between the fixed time and any other, by the last step not after it;
    /// `None` for a time outside the range.
    ///
    /// ```
    /// use statistics::multistate::{
    ///     CumulativeHazards, ProbabilityErrors, ProbabilityOptions, TransitionProbabilities,
    ///     Transitions,
    /// };
    /// let death = Transitions::new(2, &[(0, 1)])?;
    /// let hazards = CumulativeHazards::new(death, vec![1.0], vec![0.25])?;
    /// let options = ProbabilityOptions { errors: ProbabilityErrors::None, ..Default::default() };
    /// let found = TransitionProbabilities::compute(&hazards, options)?;
    /// assert_eq!(found.probability_at(7.0, 0, 1), Some(0.25));
    /// assert_eq!(found.probability_at(0.5, 0, 1), Some(0.0));
    /// assert_eq!(found.probability_at(-1.0, 0, 1), None);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn probability_at(&self, time: f64, from: usize, to: usize) -> Option<f64> {
        let after = self.times.partition_point(|&known| known <= time);
        let place = after.checked_sub(1)?;
        let inside = self.direction == Direction::Forward || time <= self.at;
        inside.then(|| self.probability(place, from, to))
    }
}

/// The noise that goes with each time.
pub(super) struct Noise<'a> {
    entries: Option<std::borrow::Cow<'a, ByTime<Entry>>>,
    /// Coefficients whose noise is carried along.
    pub(super) coefficients: usize,
    pub(super) errors: Errors,
}

impl<'a> Noise<'a> {
    pub(super) fn of(
        hazards: &'a CumulativeHazards,
        options: ProbabilityOptions,
    ) -> Result<Self, NotEstimable> {
        use std::borrow::Cow;
        let errors = match options.errors {
            ProbabilityErrors::None => Errors::None,
            ProbabilityErrors::StandardErrors => Errors::Variances,
            ProbabilityErrors::Covariances => Errors::Covariances,
        };
        let (entries, coefficients) = match (errors, hazards.covariance()) {
            (Errors::None, _) => (None, 0),
            (_, None) => {
                return Err(NotEstimable::Empty {
                    what: "covariances of the hazards",
                });
            }
            (_, Some(covariance)) => match options.coefficients {
                CoefficientNoise::Shared => (
                    Some(Cow::Borrowed(&covariance.noise)),
                    covariance.coefficients(),
                ),
                CoefficientNoise::IndependentIncrements => {
                    let count = hazards.transitions().len();
                    (
                        Some(Cow::Owned(covariance.with_independent_increments(count))),
                        0,
                    )
                }
            },
        };
        Ok(Self {
            entries,
            coefficients,
            errors,
        })
    }

    pub(super) fn at(&self, place: usize) -> &[Entry] {
        self.entries
            .as_ref()
            .map_or(&[], |entries| entries.at(place))
    }
}

struct Sweep<'a> {
    hazards: &'a CumulativeHazards,
    noise: &'a Noise<'a>,
    propagation: Propagation<'a>,
    result: TransitionProbabilities,
}

impl<'a> Sweep<'a> {
    fn new(
        hazards: &'a CumulativeHazards,
        options: ProbabilityOptions,
        noise: &'a Noise<'a>,
    ) -> Self {
        let propagation = Propagation::new(
            hazards.transitions(),
            (options.direction, options.form),
            noise.errors,
            noise.coefficients,
            false,
        );
        let result = TransitionProbabilities {
            at: options.at,
            direction: options.direction,
            times: Vec::new(),
            covariances: (noise.errors == Errors::Covariances).then(Vec::new),
            beyond_one: Vec::new(),
            states: hazards.transitions().states(),
            probabilities: Vec::new(),
            std_errs: (noise.errors != Errors::None).then(Vec::new),
        };
        Self {
            hazards,
            noise,
            propagation,
            result,
        }
    }

    fn forward(&mut self) {
        self.keep(self.result.at);
        let times = self.hazards.times();
        let first = times.partition_point(|&time| time <= self.result.at);
        for (place, &time) in times.iter().enumerate().skip(first) {
            self.step(place);
            self.keep(time);
        }
    }

    fn backward(&mut self) {
        let (times, horizon) = (self.hazards.times(), self.result.at);
        self.keep(horizon);
        for place in (0..times.partition_point(|&time| time <= horizon)).rev() {
            if times[place] < horizon && times[place] > 0.0 {
                self.keep(times[place]);
            }
            self.step(place);
        }
        if horizon > 0.0 {
            self.keep(0.0);
        }
        self.turn();
    }

    fn step(&mut self, place: usize) {
        let step = Step::of(self.hazards, place, self.noise.at(place));
        if step.empties() {
            self.result.beyond_one.push(self.hazards.times()[place]);
        }
        self.propagation.step(&step);
    }

    /// Writes down where we are.
    fn keep(&mut self, time: f64) {
        let states = self.result.states;
        self.result.times.push(time);
        for from in 0..states {
            for to in 0..states {
                let probability = self.propagation.value(from, to);
                self.result.probabilities.push(probability);
                if let Some(std_errs) = &mut self.result.std_errs {
                    let variance = self.propagation.covariance((from, to), (from, to));
                    std_errs.push(variance.max(0.0).sqrt());
                }
            }
        }
        if let Some(covariances) = &mut self.result.covariances {
            let pair = |place: usize| (place % states, place / states);
            let mut all = Matrix::zeros(states * states, states * states);
            for row in 0..states * states {
                for column in 0..states * states {
                    all[(row, column)] = self.propagation.covariance(pair(row), pair(column));
                }
            }
            covariances.push(all);
        }
    }

    /// Puts what was written from the horizon down in ascending order.
    fn turn(&mut self) {
        let cells = self.result.states * self.result.states;
        let turned = |values: &[f64]| -> Vec<f64> {
            values.chunks(cells).rev().flatten().copied().collect()
        };
        self.result.times.reverse();
        self.result.beyond_one.reverse();
        self.result.probabilities = turned(&self.result.probabilities);
        if let Some(std_errs) = &mut self.result.std_errs {
            *std_errs = turned(std_errs);
        }
        if let Some(covariances) = &mut self.result.covariances {
            covariances.reverse();
        }
    }
}
