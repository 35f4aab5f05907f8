use super::probtrans::Noise;
use super::propagation::{Propagation, Step};
use super::{CumulativeHazards, Direction, ProbabilityErrors, ProbabilityOptions};
use crate::NotEstimable;
use crate::matrix::Matrix;

/// Expected length of stay in each state between two times, given the state at the first.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectedStay {
    /// Row: state at the start; column: state stayed in. In units of time.
    pub stay: Matrix,
    /// Standard errors, where the hazards have a covariance.
    pub std_err: Option<Matrix>,
    /// The start.
    pub from: f64,
    /// The end.
    pub to: f64,
}

impl ExpectedStay {
    /// `∫ P(s, u) du` from the start `options.at` to `until`, for all states of departure.
    ///
    /// # Errors
    /// Times that are not finite or not in order; a fixed horizon; errors of hazards that have no
    /// covariance.
    ///
    /// # Method
    /// The integral of a step function. Its error is carried along with that of P as one more
    /// row of states, `E ← E + P Δu` (docs/methods/multistate-models.md). R: `mstate::ELOS`
    /// without errors.
    ///
    /// ```
    /// use statistics::multistate::{
    ///     CumulativeHazards, ExpectedStay, ProbabilityErrors, ProbabilityOptions, Transitions,
    /// };
    /// let death = Transitions::new(2, &[(0, 1)])?;
    /// let hazards = CumulativeHazards::new(death, vec![1.0, 2.0], vec![0.5, 1.0])?;
    /// let options = ProbabilityOptions { errors: ProbabilityErrors::None, ..Default::default() };
    /// let expected = ExpectedStay::compute(&hazards, options, 3.0)?;
    /// assert_eq!(expected.stay.row(0), [1.5, 1.5]);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn compute(
        hazards: &CumulativeHazards,
        options: ProbabilityOptions,
        until: f64,
    ) -> Result<Self, NotEstimable> {
        let wrong = |what, value| Err(NotEstimable::Domain { what, value });
        if !options.at.is_finite() || options.direction == Direction::FixedHorizon {
            return wrong("the start of a stay", options.at);
        }
        if !until.is_finite() || until < options.at {
            return wrong("the end of a stay", until);
        }
        let noise = Noise::of(hazards, options)?;
        let mut propagation = Propagation::new(
            hazards.transitions(),
            (Direction::Forward, options.form),
            noise.errors,
            noise.coefficients,
            true,
        );
        let times = hazards.times();
        let mut now = options.at;
        let first = times.partition_point(|&time| time <= options.at);
        for (place, &time) in times.iter().enumerate().skip(first) {
            if time > until {
                break;
            }
            propagation.stay(time - now);
            propagation.step(&Step::of(hazards, place, noise.at(place)));
            now = time;
        }
        propagation.stay(until - now);
        let states = hazards.transitions().states();
        let mut stay = Matrix::zeros(states, states);
        let mut std_err = Matrix::zeros(states, states);
        for from in 0..states {
            for to in 0..states {
                let pair = (from, states + to);
                stay[(from, to)] = propagation.value(from, states + to);
                std_err[(from, to)] = propagation.covariance(pair, pair).max(0.0).sqrt();
            }
        }
        Ok(Self {
            stay,
            std_err: (options.errors != ProbabilityErrors::None).then_some(std_err),
            from: options.at,
            to: until,
        })
    }
}
