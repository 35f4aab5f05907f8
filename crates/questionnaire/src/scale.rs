//! A scale: its items, how they become a score, and which way is worse.

use serde::Deserialize;

/// What a high score says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Direction {
    /// The higher the score, the worse.
    #[serde(rename = "hoger is slechter")]
    HigherIsWorse,
    /// The higher the score, the better.
    #[serde(rename = "hoger is beter")]
    HigherIsBetter,
    /// Not known from an open source; the study has to set it.
    #[serde(rename = "onbekend")]
    Unknown,
}

impl Direction {
    /// What users read.
    pub fn label(self) -> &'static str {
        match self {
            Self::HigherIsWorse => "hoger is slechter",
            Self::HigherIsBetter => "hoger is beter",
            Self::Unknown => "onbekend: vast te stellen door de studie",
        }
    }
}

/// How answers become a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Scoring {
    /// The sum of the items.
    #[serde(rename = "som")]
    Sum,
    /// The mean of the items answered.
    #[serde(rename = "gemiddelde")]
    Mean,
    /// The sum of the items, each times its weight.
    #[serde(rename = "gewogen som")]
    WeightedSum,
    /// The highest item: one column of an instrument of which the columns are added up.
    #[serde(rename = "hoogste")]
    Maximum,
    /// The sum of the scores on all scales; for a total only.
    #[serde(rename = "som van schalen")]
    SumOfScales,
}

impl Scoring {
    /// What users read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Sum => "som",
            Self::Mean => "gemiddelde",
            Self::WeightedSum => "gewogen som",
            Self::Maximum => "hoogste",
            Self::SumOfScales => "som van schalen",
        }
    }
}

/// The lowest and highest value that can occur, both included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreRange {
    /// The lowest.
    pub min: f64,
    /// The highest.
    pub max: f64,
}

impl ScoreRange {
    /// Whether `score` can occur. What is no number cannot.
    pub fn holds(self, score: f64) -> bool {
        (self.min..=self.max).contains(&score)
    }
}

/// One item within a scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// The number of the item, from 1.
    pub item: u16,
    /// What its score is multiplied by; above 0, and 1 unless the scale is a weighted sum.
    pub weight: f64,
    /// Whether it counts the other way round: lowest + highest − score.
    pub reversed: bool,
}

/// Which items belong to a scale.
#[derive(Clone, Debug, PartialEq)]
pub enum Members {
    /// Neither items nor their number are known.
    Unknown,
    /// Only how many.
    Count(u16),
    /// Which.
    Items(Vec<Member>),
}

impl Members {
    /// How many items, where known.
    pub fn count(&self) -> Option<u16> {
        match self {
            Self::Unknown => None,
            Self::Count(count) => Some(*count),
            Self::Items(members) => Some(members.len() as u16),
        }
    }

    /// The items, where known.
    pub fn items(&self) -> Option<&[Member]> {
        match self {
            Self::Items(members) => Some(members),
            Self::Unknown | Self::Count(_) => None,
        }
    }
}

/// How many answers may be lacking before there is no score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingRule {
    /// At most so many; 0 unless the file says otherwise.
    pub allowed: u16,
    /// Whether a sum is brought up to what all items would have given; otherwise a lacking item
    /// adds nothing.
    pub prorated: bool,
}

/// A scale of an instrument, or its total.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) members: Members,
    pub(crate) scoring: Option<Scoring>,
    pub(crate) range: Option<ScoreRange>,
    pub(crate) direction: Direction,
    pub(crate) missing: MissingRule,
    pub(crate) group_only: Option<String>,
}

impl Scale {
    /// Short name in capitals; `TOTAAL` for the total.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Dutch name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The items.
    pub fn members(&self) -> &Members {
        &self.members
    }

    /// How the items become a score; `None` where that is not known.
    pub fn scoring(&self) -> Option<Scoring> {
        self.scoring
    }

    /// Lowest and highest score, where known.
    pub fn range(&self) -> Option<ScoreRange> {
        self.range
    }

    /// What a high score says.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// How many answers may be lacking.
    pub fn missing(&self) -> MissingRule {
        self.missing
    }

    /// Why it says nothing about one person's change, where a file says so; Dutch.
    pub fn group_only(&self) -> Option<&str> {
        self.group_only.as_deref()
    }
}
