use crate::Day;
use serde::{Deserialize, Serialize};

/// Age in completed years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Age(u8);

impl Age {
    /// This many completed years, at most 130.
    pub fn from_years(years: i32) -> Option<Self> {
        (0..=130).contains(&years).then_some(Self(years as u8))
    }

    /// Age in the year of `day` of somebody born in `birth_year`: the age reached in the course
    /// of that year, which overstates the age on the day itself by at most one year.
    pub fn in_year_of(day: Day, birth_year: i32) -> Option<Self> {
        Self::from_years(day.year() - birth_year)
    }

    /// Completed years.
    pub fn years(self) -> u8 {
        self.0
    }
}
