use crate::{DayCount, DayPoint};
use serde::{Deserialize, Serialize};

/// A half-open run of days `[start, end)`; without an end it still runs.
///
/// The day of discharge is the end: a client who leaves on the day of arrival has an empty
/// period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period<D> {
    start: D,
    end: Option<D>,
}

impl<D: DayPoint> Period<D> {
    /// The period from `start` up to, not including, `end`; `None` where `end` comes first.
    pub fn new(start: D, end: Option<D>) -> Option<Self> {
        match end {
            Some(end) if end < start => None,
            _ => Some(Self { start, end }),
        }
    }

    /// The first day.
    pub fn start(&self) -> D {
        self.start
    }

    /// The first day after the period, if it has ended.
    pub fn end(&self) -> Option<D> {
        self.end
    }

    /// Whether `day` falls in the period.
    pub fn contains(&self, day: D) -> bool {
        self.start <= day && self.end.is_none_or(|end| day < end)
    }

    /// Whether the two periods share at least one day.
    pub fn overlaps(&self, other: &Self) -> bool {
        let starts_before_end = |a: &Self, b: &Self| b.end.is_none_or(|end| a.start < end);
        starts_before_end(self, other)
            && starts_before_end(other, self)
            && !self.is_empty()
            && !other.is_empty()
    }

    /// Whether the period holds no day at all.
    pub fn is_empty(&self) -> bool {
        self.end == Some(self.start)
    }

    /// How many days it lasted, if it has ended.
    pub fn length(&self) -> Option<DayCount> {
        self.end.map(|end| end.since(self.start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RelativeDay;

    fn period(start: i32, end: Option<i32>) -> Period<RelativeDay> {
        Period::new(
            RelativeDay::from_number(start),
            end.map(RelativeDay::from_number),
        )
        .unwrap()
    }

    #[test]
    fn the_end_is_the_first_day_outside() {
        let stay = period(0, Some(10));
        assert!(stay.contains(RelativeDay::from_number(9)));
        assert!(!stay.contains(RelativeDay::from_number(10)));
        assert!(!stay.overlaps(&period(10, None)));
        assert!(stay.overlaps(&period(9, None)));
        assert!(!stay.overlaps(&period(4, Some(4))));
        assert_eq!(stay.length(), Some(DayCount::new(10)));
    }

    #[test]
    fn an_end_before_the_start_is_refused() {
        assert_eq!(
            Period::new(
                RelativeDay::from_number(3),
                Some(RelativeDay::from_number(2))
            ),
            None
        );
    }
}
