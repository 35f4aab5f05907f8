use crate::Day;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A calendar half-year: January to June, or July to December.
///
/// ```
/// use calendar::{Day, HalfYear};
/// let half = HalfYear::of(Day::from_ymd(2024, 7, 1).expect("a real day"));
/// assert_eq!(half.to_string(), "2024-H2");
/// assert_eq!(half.year(), 2024);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HalfYear(i16);

impl HalfYear {
    /// The half-year in which `day` falls.
    pub fn of(day: Day) -> Self {
        let (year, month, _) = day.ymd();
        Self((year * 2 + i32::from(month > 6)) as i16)
    }

    /// The first (`half` = 1) or second half of `year`.
    pub fn new(year: i32, half: u8) -> Option<Self> {
        matches!(half, 1 | 2).then(|| Self((year * 2 + i32::from(half) - 1) as i16))
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        i32::from(self.0).div_euclid(2)
    }

    /// 1 for January to June, 2 for July to December.
    pub fn half(self) -> u8 {
        (self.0.rem_euclid(2) + 1) as u8
    }

    /// The first day of the half-year.
    pub fn first_day(self) -> Day {
        let month = if self.half() == 1 { 1 } else { 7 };
        Day::from_ymd(self.year(), month, 1).expect("1 January and 1 July always exist")
    }

    /// The half-year that follows.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for HalfYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-H{}", self.year(), self.half())
    }
}

impl fmt::Debug for HalfYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
