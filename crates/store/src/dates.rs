use calendar::{Age, Day, DayCount, DayPoint, HalfYear, RelativeDay};
use record::ObservationWindow;

/// What the study keeps of dates.
///
/// Under the relative policy the calendar facts about a person are the half-year of day 0 and
/// whether an event falls in a cohort's period. Everything else is a function of those and of
/// relative days: see `docs/adr/0003-one-calendar-fact-per-person.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatesPolicy {
    /// Days since each client's first admission, and the half-year of that day.
    Relative {
        /// The half-years with which the periods of the protocol's cohorts begin, and those that
        /// follow on their last.
        edges: [HalfYear; 4],
    },
    /// Calendar dates as well; only with a recorded agreement.
    Calendar,
}

impl DatesPolicy {
    /// The window that is kept of an institution's observed days `[from, until)`.
    ///
    /// The relative policy reckons as if day 0 were the first day of its half-year for the
    /// beginning, and the last for the end. So the window lies within the truth, and all persons
    /// with the same half-year have the same one. What is left may be empty.
    pub fn window(self, zero: Day, (from, until): (Day, Day)) -> ObservationWindow {
        let (first, last) = match self {
            Self::Calendar => (zero, zero),
            Self::Relative { .. } => {
                let half_year = HalfYear::of(zero);
                (half_year.first_day(), last_day(half_year))
            }
        };
        let from = RelativeDay::from_number(from.since(first).get());
        let until = RelativeDay::from_number(until.since(last).get());
        ObservationWindow {
            from,
            until: until.max(from),
        }
    }

    /// The half-year that is kept of an event on `day`.
    ///
    /// The relative policy reckons as if day 0 were the middle of its half-year. Only where the
    /// edge of a cohort's period comes between that half-year and the true one, it keeps the
    /// true one, so that who belongs to a cohort is exact.
    pub fn half_year(self, zero: Day, day: Day) -> HalfYear {
        let known = HalfYear::of(day);
        let Self::Relative { edges } = self else {
            return known;
        };
        let assumed = HalfYear::of(middle(HalfYear::of(zero)).plus(day.since(zero)));
        let between = |edge: &HalfYear| (assumed < *edge) != (known < *edge);
        if edges.iter().any(between) {
            known
        } else {
            assumed
        }
    }

    /// The age that is kept, in the calendar year of day 0; the relative policy keeps ages from
    /// 18 to 65 apart and caps those outside.
    pub(crate) fn age(self, zero: Day, birth_year: u16) -> Option<Age> {
        let age = Age::in_year_of(zero, i32::from(birth_year))?;
        match self {
            Self::Calendar => Some(age),
            Self::Relative { .. } => Age::from_years(i32::from(age.years()).clamp(18, 65)),
        }
    }
}

fn last_day(half_year: HalfYear) -> Day {
    half_year.next().first_day().plus(DayCount::new(-1))
}

fn middle(half_year: HalfYear) -> Day {
    let first = half_year.first_day();
    let days = last_day(half_year).since(first).get();
    first.plus(DayCount::new(days / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half(year: i32, half: u8) -> HalfYear {
        HalfYear::new(year, half).unwrap()
    }

    fn relative() -> DatesPolicy {
        DatesPolicy::Relative {
            edges: [half(2024, 1), half(2025, 1), half(2019, 1), half(2026, 1)],
        }
    }

    fn days_of(half_year: HalfYear) -> impl Iterator<Item = Day> {
        let first = half_year.first_day().number();
        (first..half_year.next().first_day().number()).map(Day::from_number)
    }

    const OBSERVED: (Day, Day) = (
        Day::from_ymd(2019, 3, 5).unwrap(),
        Day::from_ymd(2026, 7, 1).unwrap(),
    );

    #[test]
    fn windows_say_no_more_than_the_half_year_and_never_too_much() {
        for half_year in [half(2012, 2), half(2019, 1), half(2024, 1), half(2026, 1)] {
            let first = relative().window(half_year.first_day(), OBSERVED);
            for zero in days_of(half_year) {
                let kept = relative().window(zero, OBSERVED);
                assert_eq!(kept, first, "{half_year}: the window depends on the day");
                let exact = DatesPolicy::Calendar.window(zero, OBSERVED);
                assert!(exact.from <= kept.from && kept.until <= exact.until);
                assert_eq!(exact.from.number(), OBSERVED.0.since(zero).get());
                assert_eq!(exact.until.number(), OBSERVED.1.since(zero).get());
            }
            // No narrower than it must be: on the last day nothing is lost at the end, on the
            // first nothing at the beginning.
            let exact = |zero| DatesPolicy::Calendar.window(zero, OBSERVED);
            assert_eq!(first.from, exact(half_year.first_day()).from);
            assert_eq!(first.until, exact(last_day(half_year)).until);
        }
    }

    #[test]
    fn a_period_too_short_for_a_window_leaves_an_empty_one() {
        let short = (
            Day::from_ymd(2024, 1, 1).unwrap(),
            Day::from_ymd(2024, 2, 1).unwrap(),
        );
        let kept = relative().window(half(2024, 1).first_day(), short);
        assert_eq!(kept.from, kept.until);
    }

    /// For every day 0 of a half-year and every event in the years after: the cohorts' periods
    /// hold the event or not as they do in truth, and the half-year is off by one at most.
    #[test]
    fn who_belongs_to_a_cohort_is_exact() {
        let DatesPolicy::Relative { edges } = relative() else {
            panic!("relative")
        };
        for zero in days_of(half(2022, 2)) {
            assert_eq!(relative().half_year(zero, zero), half(2022, 2));
            for later in 0..1_500 {
                let day = zero.plus(DayCount::new(later));
                let (kept, known) = (relative().half_year(zero, day), HalfYear::of(day));
                for edge in edges {
                    assert_eq!(kept < edge, known < edge, "{zero}, {later} days later");
                }
                assert!(kept == known || kept.next() == known || known.next() == kept);
            }
        }
    }

    /// What is kept of an event tells nothing of day 0, unless an edge lies among the days on
    /// which the event can have been; then it tells on which side.
    #[test]
    fn half_years_of_events_say_nothing_that_is_not_asked() {
        let DatesPolicy::Relative { edges } = relative() else {
            panic!("relative")
        };
        let (mut silent, mut telling) = (0, 0);
        for later in (-1_500..1_500).step_by(3) {
            let event = |zero: Day| zero.plus(DayCount::new(later));
            let kept = |zero| relative().half_year(zero, event(zero));
            let mut groups: Vec<([bool; 4], HalfYear)> = Vec::new();
            for zero in days_of(half(2023, 1)) {
                let sides = edges.map(|edge| HalfYear::of(event(zero)) >= edge);
                match groups.iter().find(|(known, _)| *known == sides) {
                    // Between edges the rule may still choose between the assumed and the true
                    // half-year, but only by the sides.
                    Some((_, value)) => assert_eq!(*value, kept(zero), "{later}"),
                    None => groups.push((sides, kept(zero))),
                }
            }
            match groups.len() {
                1 => silent += 1,
                _ => telling += 1,
            }
        }
        assert!(silent > 700 && telling > 0, "{silent}, {telling}");
    }

    #[test]
    fn ages_at_the_ends_are_capped() {
        let zero = Day::from_ymd(2024, 5, 1).unwrap();
        let years = |policy: DatesPolicy, born| policy.age(zero, born).unwrap().years();
        assert_eq!(years(relative(), 1990), 34);
        assert_eq!(years(relative(), 2010), 18);
        assert_eq!(years(relative(), 1940), 65);
        assert_eq!(years(DatesPolicy::Calendar, 1940), 84);
    }
}
