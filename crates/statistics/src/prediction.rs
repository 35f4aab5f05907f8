//! How good predictions of survival are, with censored outcomes.
//!
//! Formulas: `docs/methods/prediction.md`.

mod absolute_risk;
mod risk_score;

pub use absolute_risk::{CauseHazard, absolute_risks};
pub use risk_score::{CompetingOutcomes, HorizonOutcomes, RiskScore, WeightError};

use crate::NotEstimable;
use crate::time_index::TimeIndex;

/// Outcomes of which some are censored. R: `survival::rttright`, `brier`.
#[derive(Clone, Copy, Debug)]
pub struct CensoredOutcomes<'a> {
    /// When each row ends.
    pub time: &'a [f64],
    /// Whether it ends with the event.
    pub event: &'a [bool],
    /// Case weights.
    pub weights: Option<&'a [f64]>,
}

impl CensoredOutcomes<'_> {
    fn check(&self) -> Result<(), NotEstimable> {
        crate::time_order::check_times(None, self.time)?;
        NotEstimable::unless_length("event", self.time.len(), self.event.len())?;
        match self.weights {
            Some(weights) => {
                NotEstimable::unless_positive_weights("weights", self.time.len(), weights)
            }
            None => Ok(()),
        }
    }

    fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    /// The weight of who is censored, given to those who are followed longer: at each of the
    /// times, one value per row. Rows censored before the time have 0; weights keep their sum as
    /// long as anybody is followed. O(n + T) per time.
    ///
    /// # Method
    /// Redistribution to the right (Efron 1967): w/G(min(T, t)−), events leaving before
    /// censorings. R: `rttright(..., times, renorm = FALSE)`.
    ///
    /// # Errors
    /// Unequal lengths, values that are no numbers, weights that are not positive.
    ///
    /// ```
    /// use statistics::prediction::CensoredOutcomes;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let outcomes = CensoredOutcomes {
    ///     time: &[1.0, 2.0, 3.0],
    ///     event: &[true, false, true],
    ///     weights: None,
    /// };
    /// assert_eq!(outcomes.redistributed(&[2.5])?[0], [1.0, 0.0, 2.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn redistributed(&self, times: &[f64]) -> Result<Vec<Vec<f64>>, NotEstimable> {
        self.check()?;
        if let Some(&value) = times.iter().find(|time| time.is_nan()) {
            return Err(NotEstimable::Domain {
                what: "times",
                value,
            });
        }
        let index = TimeIndex::new(&[self.time]);
        let places = index.places(self.time);
        let uncensored = self.uncensored(&places, index.len());
        let at = |time: f64| {
            let before = index.times().partition_point(|&known| known < time);
            let share = uncensored[before];
            (0..self.time.len())
                .map(|row| match self.time[row] < time {
                    true if self.event[row] => self.weight(row) / uncensored[places[row] as usize],
                    true => 0.0,
                    false => self.weight(row) / share,
                })
                .collect()
        };
        Ok(times.iter().map(|&time| at(time)).collect())
    }

    /// G just before each time, closed by G after the last.
    fn uncensored(&self, places: &[u32], count: usize) -> Vec<f64> {
        let mut events = vec![0.0; count];
        let mut censored = vec![0.0; count];
        for (row, &place) in places.iter().enumerate() {
            match self.event[row] {
                true => events[place as usize] += self.weight(row),
                false => censored[place as usize] += self.weight(row),
            }
        }
        let mut at_risk: f64 = events.iter().chain(&censored).sum();
        let mut now = 1.0;
        let mut uncensored = Vec::with_capacity(count + 1);
        for (events, censored) in events.iter().zip(&censored) {
            uncensored.push(now);
            let left = at_risk - events;
            // After the last censoring nobody is left who could have a weight.
            if *censored > 0.0 && left > *censored {
                now *= 1.0 - censored / left;
            }
            at_risk = left - censored;
        }
        uncensored.push(now);
        uncensored
    }

    /// The Brier score at a time: the weighted mean of (event by then − predicted risk)².
    ///
    /// # Method
    /// Graf et al. (1999) with redistributed weights. R: `brier`.
    ///
    /// # Errors
    /// As [`Self::redistributed`], and not one risk per row.
    ///
    /// ```
    /// use statistics::prediction::CensoredOutcomes;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let outcomes = CensoredOutcomes {
    ///     time: &[1.0, 3.0],
    ///     event: &[true, true],
    ///     weights: None,
    /// };
    /// assert_eq!(outcomes.brier_score(2.0, &[0.5, 0.5])?, 0.25);
    /// # Ok(())
    /// # }
    /// ```
    pub fn brier_score(&self, time: f64, risk: &[f64]) -> Result<f64, NotEstimable> {
        NotEstimable::unless_length("risk", self.time.len(), risk.len())?;
        NotEstimable::unless_finite("risk", risk)?;
        let weights = self.redistributed(&[time])?.remove(0);
        let total: f64 = weights.iter().sum();
        let square = |row: usize| {
            let happened = self.event[row] && self.time[row] <= time;
            weights[row] * (f64::from(u8::from(happened)) - risk[row]).powi(2)
        };
        Ok((0..risk.len()).map(square).sum::<f64>() / total)
    }

    /// The chance of the event by a time without any predictor: 1 − the Kaplan–Meier curve.
    ///
    /// # Errors
    /// As [`Self::redistributed`].
    ///
    /// ```
    /// use statistics::prediction::CensoredOutcomes;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let outcomes = CensoredOutcomes {
    ///     time: &[1.0, 3.0],
    ///     event: &[true, true],
    ///     weights: None,
    /// };
    /// assert_eq!(outcomes.event_probability(2.0)?, 0.5);
    /// # Ok(())
    /// # }
    /// ```
    pub fn event_probability(&self, time: f64) -> Result<f64, NotEstimable> {
        self.check()?;
        let index = TimeIndex::new(&[self.time]);
        let (mut leaving, mut events) = (vec![0.0; index.len()], vec![0.0; index.len()]);
        for (row, place) in index.places(self.time).into_iter().enumerate() {
            leaving[place as usize] += self.weight(row);
            if self.event[row] {
                events[place as usize] += self.weight(row);
            }
        }
        let mut at_risk: f64 = leaving.iter().sum();
        let mut survival = 1.0;
        for (place, &known) in index.times().iter().enumerate() {
            if known > time {
                break;
            }
            survival *= 1.0 - events[place] / at_risk;
            at_risk -= leaving[place];
        }
        Ok(1.0 - survival)
    }
}
