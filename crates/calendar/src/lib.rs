//! Days, half-open periods, half-years and ages: the only notion of time in the house.
//!
//! Time is counted in whole days. A [`Day`] is a date in the Gregorian calendar; a
//! [`RelativeDay`] counts from a client's own first admission and says nothing about the
//! calendar. The two are different types, so that a calendar date cannot slip into data that
//! were promised to be relative.
//!
//! What this crate does not do: it does not read the clock, know time zones or parse the many
//! ways in which institutions write dates (that is `intake`'s work).

mod age;
mod day;
mod half_year;
mod period;
mod relative;

pub use age::Age;
pub use day::{Day, DayCount};
pub use half_year::HalfYear;
pub use period::Period;
pub use relative::RelativeDay;

/// A point on one of the two day axes: calendar ([`Day`]) or relative ([`RelativeDay`]).
pub trait DayPoint: Copy + Ord + std::fmt::Debug + Send + Sync + 'static {
    /// Days from the axis' origin.
    fn number(self) -> i32;
    /// The point `number` days from the axis' origin.
    fn from_number(number: i32) -> Self;
    /// Days from `earlier` to `self`; negative where `self` comes first.
    fn since(self, earlier: Self) -> DayCount {
        DayCount::new(self.number() - earlier.number())
    }
    /// The point `days` later.
    fn plus(self, days: DayCount) -> Self {
        Self::from_number(self.number() + days.get())
    }
}

impl DayPoint for Day {
    fn number(self) -> i32 {
        Day::number(self)
    }
    fn from_number(number: i32) -> Self {
        Day::from_number(number)
    }
}

impl DayPoint for RelativeDay {
    fn number(self) -> i32 {
        RelativeDay::number(self)
    }
    fn from_number(number: i32) -> Self {
        RelativeDay::from_number(number)
    }
}
