use super::CumulativeHazards;
use crate::NotEstimable;
use crate::matrix::{Matrix, exponential};

/// Probabilities of being in each state, from given probabilities at a start. R: `survfit`.
#[derive(Clone, Debug, PartialEq)]
pub struct StateOccupation {
    /// Times after the start.
    pub times: Vec<f64>,
    states: usize,
    probabilities: Vec<f64>,
}

impl StateOccupation {
    /// Occupation probabilities after `start`, by the product of matrix exponentials of the
    /// increments. Unlike I + ΔA these keep all probabilities between 0 and 1, whatever the
    /// relative risk.
    ///
    /// # Errors
    /// Not one initial probability per state; values that are not finite.
    ///
    /// # Method
    /// `p(t) = p(s) Π exp(ΔA(u))`, s < u ≤ t. R: `survfit` of a multi-state `coxph`.
    ///
    /// ```
    /// use statistics::multistate::{CumulativeHazards, StateOccupation, Transitions};
    /// let death = Transitions::new(2, &[(0, 1)])?;
    /// let hazards = CumulativeHazards::new(death, vec![1.0], vec![2.0])?;
    /// let occupation = StateOccupation::compute(&hazards, &[1.0, 0.0], 0.0)?;
    /// assert!((occupation.probability(0, 0) - (-2f64).exp()).abs() < 1e-15);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn compute(
        hazards: &CumulativeHazards,
        initial: &[f64],
        start: f64,
    ) -> Result<Self, NotEstimable> {
        let states = hazards.transitions().states();
        NotEstimable::unless_length("initial probabilities", states, initial.len())?;
        NotEstimable::unless_finite("initial probabilities", initial)?;
        let first = hazards.times().partition_point(|&time| time <= start);
        let mut now = initial.to_vec();
        let mut occupation = Self {
            times: hazards.times()[first..].to_vec(),
            states,
            probabilities: Vec::with_capacity((hazards.times().len() - first) * states),
        };
        for place in first..hazards.times().len() {
            step(hazards, place, &mut now)?;
            occupation.probabilities.extend_from_slice(&now);
        }
        Ok(occupation)
    }

    /// How many states there are.
    ///
    /// ```
    /// use statistics::multistate::{CumulativeHazards, StateOccupation, Transitions};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let death = Transitions::new(2, &[(0, 1)])?;
    /// let hazards = CumulativeHazards::new(death, vec![1.0], vec![2.0])?;
    /// let occupation = StateOccupation::compute(&hazards, &[1.0, 0.0], 0.0)?;
    /// assert_eq!(occupation.states(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn states(&self) -> usize {
        self.states
    }

    /// The probability of a state after the time of a place. R: `survfit(fit, newdata)$pstate`.
    ///
    /// ```
    /// use statistics::multistate::{CumulativeHazards, StateOccupation, Transitions};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let death = Transitions::new(2, &[(0, 1)])?;
    /// let hazards = CumulativeHazards::new(death, vec![1.0], vec![2.0])?;
    /// let occupation = StateOccupation::compute(&hazards, &[1.0, 0.0], 0.0)?;
    /// assert!((occupation.probability(0, 1) - (1.0 - (-2f64).exp())).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn probability(&self, place: usize, state: usize) -> f64 {
        self.probabilities[place * self.states + state]
    }
}

fn step(hazards: &CumulativeHazards, place: usize, now: &mut [f64]) -> Result<(), NotEstimable> {
    let transitions = hazards.transitions();
    let jumps = hazards.jumps_at(place).iter().enumerate();
    let moves: Vec<(usize, usize, f64)> = jumps
        .filter(|&(_, &hazard)| hazard != 0.0)
        .map(|(transition, &hazard)| {
            let (from, to) = transitions.pair(transition);
            (from, to, hazard)
        })
        .collect();
    match moves[..] {
        [] => {}
        // One transition: the exponential is known.
        [(from, to, hazard)] => {
            let leaves = -(-hazard).exp_m1() * now[from];
            now[from] *= (-hazard).exp();
            now[to] += leaves;
        }
        _ => {
            let mut generator = Matrix::zeros(now.len(), now.len());
            for (from, to, hazard) in moves {
                generator[(from, to)] += hazard;
                generator[(from, from)] -= hazard;
            }
            let after = exponential(&generator)?.transposed_times(now);
            now.copy_from_slice(&after);
        }
    }
    Ok(())
}
