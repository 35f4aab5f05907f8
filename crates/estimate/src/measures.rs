use crate::interval::Interval;
use crate::table::Count;
use serde::{Deserialize, Serialize};

/// Numbers that each stand for themselves, as the reliability of scales or the balance of groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measures {
    /// What the rows are.
    pub row_title: String,
    /// What the columns are.
    pub columns: Vec<MeasureColumn>,
    /// The rows.
    pub rows: Vec<MeasureRow>,
}

/// A column of measures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasureColumn {
    /// Heading.
    pub title: String,
    /// Decimals that are shown, at most 2.
    pub decimals: u8,
}

/// A row of measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasureRow {
    /// Label.
    pub label: String,
    /// Who it is about.
    pub size: Count,
    /// One per column; `None` where there is no such number.
    pub values: Vec<Option<MeasureValue>>,
}

/// A number of a row.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum MeasureValue {
    /// With its limits.
    Interval(Interval),
    /// Without.
    Point(f64),
}
