//! From answers to scores, and a given total held against them.

use crate::definition::{InstrumentDefinition, TOTALS};
use crate::scale::{Member, Scale, ScoreRange, Scoring};
use std::fmt;

/// How far a mean may be from what the items give: it may have been rounded to one decimal.
const ROUNDED_MEAN: f64 = 0.05 + 1e-9;
/// How far any other score may be: sums are exact in what a delivery holds.
const EXACT: f64 = 1e-6;

/// An answer that cannot be. It names the item, never what was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerFault {
    /// The instrument has fewer items.
    NoSuchItem {
        /// The number given.
        item: u16,
    },
    /// The answer is outside the scores of an item.
    OutOfRange {
        /// The item.
        item: u16,
    },
    /// The item was answered twice.
    Repeated {
        /// The item.
        item: u16,
    },
}

/// Why there is no score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotScored {
    /// The instrument has no total.
    NoTotal,
    /// Which items belong to the scale is not known.
    ItemsUnknown,
    /// How the items become a score is not known.
    ScoringUnknown,
    /// An answer cannot be, or the numbering does not fit the instrument.
    WrongAnswer,
    /// Too few answers.
    TooManyMissing {
        /// So many lack.
        missing: u16,
        /// So many may.
        allowed: u16,
    },
}

impl fmt::Display for NotScored {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTotal => write!(formatter, "dit instrument heeft geen totaalscore"),
            Self::ItemsUnknown => write!(formatter, "de items van deze schaal zijn niet bekend"),
            Self::ScoringUnknown => write!(formatter, "de scoring van deze schaal is niet bekend"),
            Self::WrongAnswer => write!(formatter, "een antwoord kan niet bij dit instrument"),
            Self::TooManyMissing { missing, allowed } => write!(
                formatter,
                "er ontbreken {missing} antwoorden; er mogen er {allowed} ontbreken"
            ),
        }
    }
}

impl std::error::Error for NotScored {}

/// The scores of one measurement. `Debug` shows none of them.
#[derive(Clone, PartialEq)]
pub struct Scored<'a> {
    /// Each scale, in the order of the definition.
    pub scales: Vec<(&'a Scale, Result<f64, NotScored>)>,
    /// The total.
    pub total: Result<f64, NotScored>,
    /// Answers that cannot be, in the order in which they came.
    pub faults: Vec<AnswerFault>,
}

impl fmt::Debug for Scored<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Scored")
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

/// A given total held against the items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TotalComparison {
    /// It is what the items give.
    Agrees,
    /// It is not.
    Differs,
    /// The items do not say, or not all of them are there: whoever gave the total may have filled
    /// gaps by a rule of their own.
    NotComparable(NotScored),
}

/// A given total that this instrument cannot have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TotalOutOfRange {
    /// What it can have.
    pub range: ScoreRange,
}

impl InstrumentDefinition {
    /// Scores of all scales and the total from answers as (item, score), in any order. An item
    /// that was not answered is left out.
    ///
    /// ```
    /// use codes::Instrument;
    /// use questionnaire::{Library, NotScored};
    ///
    /// let demo = Library::shipped().get(Instrument::Demo15).expect("DEMO-15 is shipped");
    /// // Item 5 lacks: 4 + 3 + 2 + 1 = 10 over four items is 12.5 over five.
    /// let scored = demo.score([(1, 4), (2, 3), (3, 2), (4, 1)]);
    /// assert_eq!(scored.scales[0].1, Ok(12.5));
    /// let missing = NotScored::TooManyMissing { missing: 11, allowed: 0 };
    /// assert_eq!(scored.total, Err(missing));
    /// ```
    pub fn score(&self, answers: impl IntoIterator<Item = (u16, i16)>) -> Scored<'_> {
        let sheet = Sheet::read(self, answers);
        let scales: Vec<(&Scale, Result<f64, NotScored>)> = self
            .scales()
            .iter()
            .map(|scale| (scale, sheet.score(scale)))
            .collect();
        let total = self.total_of(&sheet);
        Scored {
            scales,
            total,
            faults: sheet.faults,
        }
    }

    /// Holds a total that was given against the answers, where all items were answered.
    pub fn compare_total(
        &self,
        given: f64,
        answers: impl IntoIterator<Item = (u16, i16)>,
    ) -> TotalComparison {
        let sheet = Sheet::read(self, answers);
        let computed = match self.total_of(&sheet) {
            Ok(computed) => computed,
            Err(reason) => return TotalComparison::NotComparable(reason),
        };
        let missing = sheet.missing();
        if missing > 0 {
            let allowed = 0;
            return TotalComparison::NotComparable(NotScored::TooManyMissing { missing, allowed });
        }
        let is_mean = self
            .total()
            .is_some_and(|total| total.scoring == Some(Scoring::Mean));
        let tolerance = if is_mean { ROUNDED_MEAN } else { EXACT };
        if (given - computed).abs() <= tolerance {
            TotalComparison::Agrees
        } else {
            TotalComparison::Differs
        }
    }

    /// A total as an institution gives it, without items.
    ///
    /// # Errors
    /// A total that this instrument cannot have; what is no number is none.
    pub fn accept_total(&self, given: f64) -> Result<f64, TotalOutOfRange> {
        let known = self.total().and_then(Scale::range);
        let range = known.unwrap_or(TOTALS);
        if range.holds(given) {
            Ok(given)
        } else {
            Err(TotalOutOfRange { range })
        }
    }

    fn total_of(&self, sheet: &Sheet) -> Result<f64, NotScored> {
        let total = self.total().ok_or(NotScored::NoTotal)?;
        if total.scoring != Some(Scoring::SumOfScales) {
            return sheet.score(total);
        }
        self.scales().iter().map(|scale| sheet.score(scale)).sum()
    }
}

/// The answers to one questionnaire, by item.
struct Sheet {
    answers: Vec<Answer>,
    item_scores: Option<(i16, i16)>,
    /// A number that the instrument does not have: the whole numbering may have shifted.
    shifted: bool,
    faults: Vec<AnswerFault>,
}

#[derive(Clone, Copy)]
enum Answer {
    Missing,
    Given(i16),
    Wrong,
}

impl Sheet {
    fn read(
        definition: &InstrumentDefinition,
        answers: impl IntoIterator<Item = (u16, i16)>,
    ) -> Self {
        let items = definition.structure().items;
        let mut sheet = Self {
            answers: vec![Answer::Missing; usize::from(items.unwrap_or_default())],
            item_scores: definition.structure().item_scores,
            shifted: false,
            faults: Vec::new(),
        };
        if items.is_some() {
            answers
                .into_iter()
                .for_each(|(item, score)| sheet.enter(item, score));
        }
        sheet
    }

    fn enter(&mut self, item: u16, score: i16) {
        let place = usize::from(item).checked_sub(1);
        let Some(answer) = place.and_then(|place| self.answers.get_mut(place)) else {
            self.shifted = true;
            self.faults.push(AnswerFault::NoSuchItem { item });
            return;
        };
        let out = self
            .item_scores
            .is_some_and(|(min, max)| !(min..=max).contains(&score));
        let repeated = !matches!(answer, Answer::Missing);
        *answer = if out || repeated {
            Answer::Wrong
        } else {
            Answer::Given(score)
        };
        if out {
            self.faults.push(AnswerFault::OutOfRange { item });
        }
        if repeated {
            self.faults.push(AnswerFault::Repeated { item });
        }
    }

    fn missing(&self) -> u16 {
        let is_missing = |answer: &&Answer| matches!(answer, Answer::Missing);
        self.answers.iter().filter(is_missing).count() as u16
    }

    fn score(&self, scale: &Scale) -> Result<f64, NotScored> {
        let scoring = scale.scoring.ok_or(NotScored::ScoringUnknown)?;
        let members = scale.members.items().ok_or(NotScored::ItemsUnknown)?;
        if self.shifted {
            return Err(NotScored::WrongAnswer);
        }
        let mut missing = 0;
        let mut answered = Answered::default();
        for member in members {
            match self.answers[usize::from(member.item) - 1] {
                Answer::Wrong => return Err(NotScored::WrongAnswer),
                Answer::Missing => missing += 1,
                Answer::Given(score) => answered.add(member, self.turned(member, score)),
            }
        }
        let allowed = scale.missing.allowed;
        if missing > allowed {
            return Err(NotScored::TooManyMissing { missing, allowed });
        }
        Ok(match scoring {
            Scoring::Mean => answered.sum / answered.weight,
            Scoring::Maximum => answered.highest,
            Scoring::Sum | Scoring::WeightedSum | Scoring::SumOfScales
                if missing > 0 && scale.missing.prorated =>
            {
                let all: f64 = members.iter().map(|member| member.weight).sum();
                answered.sum * all / answered.weight
            }
            Scoring::Sum | Scoring::WeightedSum | Scoring::SumOfScales => answered.sum,
        })
    }

    /// The score in the direction of the scale.
    fn turned(&self, member: &Member, score: i16) -> f64 {
        match self.item_scores {
            Some((min, max)) if member.reversed => {
                f64::from(min) + f64::from(max) - f64::from(score)
            }
            _ => f64::from(score),
        }
    }
}

/// What was answered within a scale.
struct Answered {
    sum: f64,
    weight: f64,
    highest: f64,
}

impl Default for Answered {
    fn default() -> Self {
        Self {
            sum: 0.0,
            weight: 0.0,
            highest: f64::NEG_INFINITY,
        }
    }
}

impl Answered {
    fn add(&mut self, member: &Member, score: f64) {
        self.sum += member.weight * score;
        self.weight += member.weight;
        self.highest = self.highest.max(score);
    }
}
