use crate::interval::Interval;
use crate::table::Count;
use calendar::DayCount;
use serde::{Deserialize, Serialize};

/// A quantity over time: means with limits, and who was measured beside who was still there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// What is measured, with its range or unit.
    pub quantity: String,
    /// Whether more of it is better, if that is known.
    pub higher_is_better: Option<bool>,
    /// What day 0 is, in Dutch ("dagen sinds opname").
    pub time_title: String,
    /// The groups, each with its own line.
    pub lines: Vec<CourseLine>,
}

/// A group over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CourseLine {
    /// Label.
    pub label: String,
    /// The moments, rising.
    pub points: Vec<CoursePoint>,
}

/// A moment of a course.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoursePoint {
    /// Days since the index date.
    pub time: DayCount,
    /// Clients who were measured around this day.
    pub measured: Count,
    /// Clients who were there around this day but not measured.
    pub unmeasured: Count,
    /// The mean and its limits, as the model has them.
    pub mean: Interval,
}
