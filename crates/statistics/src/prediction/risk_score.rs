//! How good predicted risks of one of several causes are by a horizon.

use super::CensoredOutcomes;
use crate::NotEstimable;
use crate::time_index::TimeIndex;

/// Outcomes of which some are censored and others end by another cause. R: `riskRegression::Score`.
#[derive(Clone, Copy, Debug)]
pub struct CompetingOutcomes<'a> {
    /// When each row ends.
    pub time: &'a [f64],
    /// Why: 0 censored, `cause`, or a competing cause.
    pub status: &'a [u32],
    /// The cause whose risk was predicted.
    pub cause: u32,
}

/// Whether errors count that the weights for censoring are estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WeightError {
    /// They do.
    #[default]
    Counted,
    /// They don't (R: `conservative = TRUE`).
    Ignored,
}

/// A measure of predicted risks. R: `riskRegression::Score`.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskScore {
    /// Its value.
    pub value: f64,
    /// What each row does to it, times the number of rows.
    pub influence: Vec<f64>,
}

impl RiskScore {
    /// The standard error, the predictions taken as given.
    ///
    /// ```
    /// use statistics::prediction::{CompetingOutcomes, WeightError};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let (time, status) = (&[1.0, 2.0, 3.0, 4.0], &[1, 2, 1, 1]);
    /// let outcomes = CompetingOutcomes { time, status, cause: 1 };
    /// let by_two = outcomes.at(2.0, WeightError::Counted)?;
    /// // The squares 0.16, 0.36, 0.36 and 0.36 spread by 0.1 around their mean.
    /// let score = by_two.brier(&[0.6; 4])?;
    /// assert!((score.std_error() - 0.1 / 2.0).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn std_error(&self) -> f64 {
        standard_error(&self.influence)
    }

    /// The standard error of the difference with another measure over the same rows.
    ///
    /// # Errors
    /// Other rows.
    ///
    /// ```
    /// use statistics::prediction::{CompetingOutcomes, WeightError};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let (time, status) = (&[1.0, 2.0, 3.0, 4.0], &[1, 2, 1, 1]);
    /// let outcomes = CompetingOutcomes { time, status, cause: 1 };
    /// let by_two = outcomes.at(2.0, WeightError::Counted)?;
    /// let score = by_two.brier(&[0.6; 4])?;
    /// assert_eq!(score.std_error_of_difference(&score)?, 0.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn std_error_of_difference(&self, other: &Self) -> Result<f64, NotEstimable> {
        NotEstimable::unless_length("influence", self.influence.len(), other.influence.len())?;
        let both = self.influence.iter().zip(&other.influence);
        Ok(standard_error(
            &both.map(|(a, b)| a - b).collect::<Vec<_>>(),
        ))
    }
}

fn standard_error(influence: &[f64]) -> f64 {
    let n = influence.len() as f64;
    let mean = influence.iter().sum::<f64>() / n;
    let squares: f64 = influence.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (n - 1.0) / n).sqrt()
}

/// What had happened by a horizon, weighted for those of whom that is not known.
#[derive(Clone, Debug)]
pub struct HorizonOutcomes {
    /// 0 where censored before the horizon, else 1/G.
    weight: Vec<f64>,
    /// Whether the cause happened.
    is_case: Vec<bool>,
    censoring: Option<CensoringMartingale>,
}

impl CompetingOutcomes<'_> {
    /// Weighs the outcomes at a horizon: 1/G(T−) for who had an event by then, 1/G(t) for who
    /// had none. O(n log n).
    ///
    /// # Method
    /// Inverse probability of censoring weights, G the Kaplan–Meier curve of censoring where
    /// events leave first (Gerds and Schumacher 2006). R: `riskRegression::Score` with
    /// `formula = Hist(time, status) ~ 1`.
    ///
    /// # Errors
    /// Unequal lengths, values that are no numbers, a horizon after which nobody is observed.
    ///
    /// ```
    /// use statistics::prediction::{CompetingOutcomes, WeightError};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let outcomes = CompetingOutcomes {
    ///     time: &[1.0, 2.0, 3.0, 4.0],
    ///     status: &[1, 2, 1, 1],
    ///     cause: 1,
    /// };
    /// let by_two = outcomes.at(2.0, WeightError::Counted)?;
    /// assert_eq!(by_two.brier(&[0.5; 4])?.value, 0.25);
    /// // The one case has the highest risk of all but one.
    /// assert_eq!(by_two.auc(&[0.7, 0.8, 0.1, 0.2])?.value, 2.0 / 3.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn at(&self, horizon: f64, error: WeightError) -> Result<HorizonOutcomes, NotEstimable> {
        NotEstimable::unless_length("status", self.time.len(), self.status.len())?;
        NotEstimable::unless_finite("times", &[horizon])?;
        let event: Vec<bool> = self.status.iter().map(|&status| status != 0).collect();
        let outcomes = CensoredOutcomes {
            time: self.time,
            event: &event,
            weights: None,
        };
        outcomes.check()?;
        let index = TimeIndex::new(&[self.time]);
        let places = index.places(self.time);
        let uncensored = outcomes.uncensored(&places, index.len());
        let not_after = index.times().partition_point(|&time| time <= horizon);
        if not_after == index.len() && !self.time.iter().any(|&time| time >= horizon) {
            return Err(NotEstimable::EmptyRiskSet { time: horizon });
        }
        let weight = |row: usize| match (places[row] as usize) < not_after {
            true if event[row] => 1.0 / uncensored[places[row] as usize],
            true => 0.0,
            false => 1.0 / uncensored[not_after],
        };
        let rows = self.time.len();
        Ok(HorizonOutcomes {
            weight: (0..rows).map(weight).collect(),
            is_case: (0..rows)
                .map(|row| (places[row] as usize) < not_after && self.status[row] == self.cause)
                .collect(),
            censoring: match error {
                WeightError::Counted => Some(CensoringMartingale::new(places, &event, not_after)),
                WeightError::Ignored => None,
            },
        })
    }

    /// The chance of the cause by a horizon without any predictor (Aalen–Johansen). O(n log n).
    ///
    /// # Errors
    /// As [`Self::at`].
    ///
    /// ```
    /// use statistics::prediction::CompetingOutcomes;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let (time, status) = (&[1.0, 2.0, 3.0], &[2, 1, 1]);
    /// let outcomes = CompetingOutcomes { time, status, cause: 1 };
    /// assert!((outcomes.incidence(2.0)? - 1.0 / 3.0).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn incidence(&self, horizon: f64) -> Result<f64, NotEstimable> {
        crate::time_order::check_times(None, self.time)?;
        NotEstimable::unless_length("status", self.time.len(), self.status.len())?;
        let index = TimeIndex::new(&[self.time]);
        let zeros = vec![0.0; index.len()];
        let (mut leaving, mut events, mut own) = (zeros.clone(), zeros.clone(), zeros);
        for (&place, &status) in index.places(self.time).iter().zip(self.status) {
            leaving[place as usize] += 1.0;
            events[place as usize] += f64::from(u8::from(status != 0));
            own[place as usize] += f64::from(u8::from(status == self.cause));
        }
        let (mut at_risk, mut survival, mut incidence) = (self.time.len() as f64, 1.0, 0.0);
        for (place, &time) in index.times().iter().enumerate() {
            if time > horizon {
                break;
            }
            incidence += survival * own[place] / at_risk;
            survival *= 1.0 - events[place] / at_risk;
            at_risk -= leaving[place];
        }
        Ok(incidence)
    }
}

impl HorizonOutcomes {
    /// The Brier score: the weighted mean of (cause by the horizon − predicted risk)². O(n).
    ///
    /// # Method
    /// Gerds and Schumacher (2006); the influence with that of the weights, through the
    /// martingale of censoring. R: `riskRegression::Score(metrics = "brier")`.
    ///
    /// # Errors
    /// Not one risk per row, risks that are no numbers.
    ///
    /// ```
    /// use statistics::prediction::{CompetingOutcomes, WeightError};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let (time, status) = (&[1.0, 2.0, 3.0, 4.0], &[1, 2, 1, 1]);
    /// let outcomes = CompetingOutcomes { time, status, cause: 1 };
    /// let by_two = outcomes.at(2.0, WeightError::Counted)?;
    /// assert!((by_two.brier(&[1.0, 0.5, 0.0, 0.0])?.value - 0.0625).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn brier(&self, risk: &[f64]) -> Result<RiskScore, NotEstimable> {
        self.check(risk)?;
        let square = |row: usize| {
            let happened = f64::from(u8::from(self.is_case[row]));
            self.weight[row] * (happened - risk[row]).powi(2)
        };
        let squares: Vec<f64> = (0..risk.len()).map(square).collect();
        let value = squares.iter().sum::<f64>() / risk.len() as f64;
        let mut influence = self.with_censoring(squares);
        influence.iter_mut().for_each(|of_row| *of_row -= value);
        Ok(RiskScore { value, influence })
    }

    /// The area under the ROC curve at the horizon: how often a case had a higher predicted risk
    /// than who was no case, ties counting half. O(n log n).
    ///
    /// # Method
    /// Blanche, Dartigues and Jacqmin-Gadda (2013), with all others than cases as controls: free
    /// of events, or with a competing one. R: `riskRegression::Score(metrics = "auc")`.
    ///
    /// # Errors
    /// As [`Self::brier`]; [`NotEstimable::OneLevel`] if there are no cases, or nothing else.
    ///
    /// ```
    /// use statistics::prediction::{CompetingOutcomes, WeightError};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let (time, status) = (&[1.0, 2.0, 3.0, 4.0], &[1, 2, 1, 1]);
    /// let outcomes = CompetingOutcomes { time, status, cause: 1 };
    /// let by_two = outcomes.at(2.0, WeightError::Counted)?;
    /// // The case beats two of three, and is tied with the third.
    /// assert!((by_two.auc(&[0.7, 0.7, 0.1, 0.2])?.value - 2.5 / 3.0).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn auc(&self, risk: &[f64]) -> Result<RiskScore, NotEstimable> {
        self.check(risk)?;
        let n = risk.len() as f64;
        let of = |is_case: bool| -> f64 {
            let weights = self.weight.iter().zip(&self.is_case);
            weights
                .map(|(weight, case)| if *case == is_case { *weight } else { 0.0 })
                .sum::<f64>()
                / n
        };
        let (cases, controls) = (of(true), of(false));
        if cases == 0.0 || controls == 0.0 {
            return Err(NotEstimable::OneLevel {
                what: "the outcome by the horizon",
            });
        }
        let concordant: Vec<f64> = self.beaten(risk).iter().map(|pairs| pairs / n).collect();
        // Each pair is counted by its case and by its control.
        let total = 0.5 * concordant.iter().sum::<f64>() / n;
        let value = total / (cases * controls);
        let pairs = |row: usize| match self.is_case[row] {
            true => self.weight[row] * controls,
            false => self.weight[row] * cases,
        };
        let excess = (0..risk.len()).map(|row| concordant[row] - value * pairs(row));
        let mut influence = self.with_censoring(excess.collect());
        influence
            .iter_mut()
            .for_each(|of_row| *of_row /= cases * controls);
        Ok(RiskScore { value, influence })
    }

    fn check(&self, risk: &[f64]) -> Result<(), NotEstimable> {
        NotEstimable::unless_length("risk", self.weight.len(), risk.len())?;
        NotEstimable::unless_finite("risk", risk)
    }

    /// The weight of each row's concordant pairs, ties half.
    fn beaten(&self, risk: &[f64]) -> Vec<f64> {
        let mut order: Vec<usize> = (0..risk.len()).collect();
        order.sort_by(|&a, &b| risk[a].total_cmp(&risk[b]));
        let of = |rows: &[usize], is_case: bool| -> f64 {
            let mine = rows.iter().filter(|&&row| self.is_case[row] == is_case);
            mine.map(|&row| self.weight[row]).sum()
        };
        let cases = of(&order, true);
        let (mut controls_below, mut cases_below) = (0.0, 0.0);
        let mut beaten = vec![0.0; risk.len()];
        for tied in order.chunk_by(|&a, &b| risk[a] == risk[b]) {
            let (tied_cases, tied_controls) = (of(tied, true), of(tied, false));
            for &row in tied {
                beaten[row] = self.weight[row]
                    * match self.is_case[row] {
                        true => controls_below + 0.5 * tied_controls,
                        false => cases - cases_below - 0.5 * tied_cases,
                    };
            }
            controls_below += tied_controls;
            cases_below += tied_cases;
        }
        beaten
    }

    /// What each row adds, and does through the weights of others.
    fn with_censoring(&self, mut added: Vec<f64>) -> Vec<f64> {
        if let Some(censoring) = &self.censoring {
            let through = censoring.integral(&added);
            added
                .iter_mut()
                .zip(through)
                .for_each(|(own, of_others)| *own += of_others);
        }
        added
    }
}

/// Who is censored when, up to a horizon.
#[derive(Clone, Debug)]
struct CensoringMartingale {
    /// The place of each row's end, and whether it is a censoring.
    places: Vec<u32>,
    is_censored: Vec<bool>,
    /// By place: at risk, and censored.
    at_risk: Vec<f64>,
    censored: Vec<f64>,
    /// Places up to the horizon.
    until: usize,
}

impl CensoringMartingale {
    fn new(places: Vec<u32>, event: &[bool], until: usize) -> Self {
        let count = places.iter().max().map_or(0, |&last| last as usize + 1);
        let (mut at_risk, mut censored) = (vec![0.0; count], vec![0.0; count]);
        for (&place, &event) in places.iter().zip(event) {
            at_risk[place as usize] += 1.0;
            censored[place as usize] += f64::from(u8::from(!event));
        }
        for place in (1..count).rev() {
            at_risk[place - 1] += at_risk[place];
        }
        Self {
            is_censored: event.iter().map(|event| !event).collect(),
            places,
            at_risk,
            censored,
            until,
        }
    }

    /// ∫ Σ_j{T_j > u} h_j / Y(u) dMᶜ(u) up to the horizon, for each row: what it does to a sum of
    /// terms h_j that are proportional to 1/G.
    fn integral(&self, terms: &[f64]) -> Vec<f64> {
        let count = self.at_risk.len();
        let mut later = vec![0.0; count + 1];
        for (&place, term) in self.places.iter().zip(terms) {
            later[place as usize] += term;
        }
        for place in (0..count).rev() {
            later[place] += later[place + 1];
        }
        let mut compensator = Vec::with_capacity(count);
        let mut rate = vec![0.0; count];
        let mut sum = 0.0;
        for place in 0..count {
            if place < self.until {
                rate[place] = later[place + 1] / self.at_risk[place];
                sum += rate[place] * self.censored[place] / self.at_risk[place];
            }
            compensator.push(sum);
        }
        let of_row = |(&place, &is_censored): (&u32, &bool)| {
            let jump = if is_censored {
                rate[place as usize]
            } else {
                0.0
            };
            jump - compensator[place as usize]
        };
        self.places
            .iter()
            .zip(&self.is_censored)
            .map(of_row)
            .collect()
    }
}
