use crate::interval::Interval;
use crate::table::Count;
use calendar::DayCount;
use serde::{Deserialize, Serialize};

/// What a model expects under scenarios: nothing here was observed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Projection {
    /// What is expected, as "bezette plaatsen".
    pub quantity: String,
    /// What day 0 is, in Dutch.
    pub time_title: String,
    /// The scenarios; the first is "if nothing changes".
    pub scenarios: Vec<Scenario>,
    /// What was counted to make the model: each number that went into it.
    pub basis: Vec<BasisCount>,
}

/// A scenario and what comes of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// Label, with what is changed in it.
    pub label: String,
    /// Days since day 0 and what is expected then, with the uncertainty of the estimates and of
    /// chance.
    pub points: Vec<(DayCount, Interval)>,
}

/// A count that a model was made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BasisCount {
    /// What was counted, as "van behandeling naar gepland vertrek".
    pub label: String,
    /// How many.
    pub count: Count,
}
