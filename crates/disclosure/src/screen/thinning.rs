//! Which points of a curve may be shown: several events between any two of them, none where
//! few are at risk, on days that are nobody's own.

use super::onlookers::{Onlookers, Unknown, apart, happened};
use crate::Policy;
use estimate::{Horizon, INSTITUTIONS, Stratum};

/// A curve as steps, whatever it was made of.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    /// The value at day 0.
    pub(crate) start: f64,
    /// Steps, rising in time.
    pub(crate) steps: Vec<CourseStep>,
    /// The curve at the horizons.
    pub(crate) horizons: Vec<Horizon>,
    /// Who looks at it.
    pub(crate) onlookers: Onlookers,
}

/// A step: estimate and limits after it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CourseStep {
    pub(crate) day: i32,
    pub(crate) values: (f64, f64, f64),
}

impl Course {
    /// Estimate and limits at a day.
    fn at(&self, day: i32) -> (f64, f64, f64) {
        let past = self.steps.partition_point(|step| step.day <= day);
        let last = past.checked_sub(1).map(|last| self.steps[last].values);
        last.unwrap_or((self.start, self.start, self.start))
    }

    /// Whether everybody sees no events or enough of them up to a day.
    pub(crate) fn may_be_read_at(&self, day: i32, policy: &Policy) -> bool {
        let least = policy.settings().curve_events_between_points;
        apart(
            &self.onlookers.unknown(-1),
            &self.onlookers.unknown(day),
            least,
        )
    }
}

/// Until when a curve may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    /// The last day.
    pub(crate) last: i32,
    /// Whether there was more, but with few at risk.
    pub(crate) cut: bool,
}

/// The last day on which enough are at risk, also for an institution that knows its own part;
/// `None` where there are never enough.
pub(crate) fn reach(stratum: &Stratum, policy: &Policy) -> Option<Reach> {
    let settings = policy.settings();
    let least = settings.curve_min_at_risk;
    let few = |(&risk, parts): (&u64, &[u64; INSTITUTIONS])| {
        let others = parts.iter().filter(|&&own| own > 0).map(|own| risk - own);
        risk < least
            || others
                .into_iter()
                .any(|others| (1..least).contains(&others))
    };
    let mut at_risk = stratum.n_risk.iter().zip(&stratum.n_risk_per_institution);
    let enough = at_risk.position(few).unwrap_or(stratum.n_risk.len());
    let last = stratum.times.get(enough.checked_sub(1)?)?.get();
    let cut = enough < stratum.n_risk.len();
    let step = settings.curve_day_step as i32;
    // Round away from the day on which it happened to one client.
    let last = if cut {
        last.div_euclid(step) * step
    } else {
        policy.day_from(last)
    };
    (last >= 0).then_some(Reach { last, cut })
}

/// A point of a curve: day, estimate and limits.
pub(crate) type Point = (i32, (f64, f64, f64));

/// What may be shown of a course.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Thinned {
    /// The points, rising in time, from day 0; none where there are too few events.
    pub(crate) points: Vec<Point>,
    /// Per horizon, whether it may be read off.
    pub(crate) horizons: Vec<bool>,
}

/// Thins a course: between two published points, horizons among them, lie either no events or
/// at least as many as the policy asks for; so it is for every onlooker.
pub(crate) fn thin(course: &Course, reach: Reach, policy: &Policy) -> Thinned {
    let least = policy.settings().curve_events_between_points;
    let mut points: Vec<Point> = vec![(0, course.at(-1))];
    let mut seen = course.onlookers.unknown(-1);
    let mut horizons = vec![false; course.horizons.len()];
    for (stop, horizon) in stops(course, reach) {
        let from = points[points.len() - 1].0;
        let at_stop = course.onlookers.unknown(stop);
        let fits = apart(&seen, &at_stop, least);
        // A curve whose end does not fit ends earlier.
        let day = match horizon {
            None if !fits => last_fitting(course, &seen, (from, stop), policy),
            _ => fits.then_some(stop),
        };
        let Some(day) = day.filter(|&day| day >= from) else {
            continue;
        };
        let until = course.onlookers.unknown(day);
        inner(course, (&seen, &until), day, policy, &mut points);
        if points[points.len() - 1].0 < day {
            points.push((day, course.at(day)));
        }
        seen = until;
        if let Some(index) = horizon {
            horizons[index] = true;
        }
    }
    if points.len() == 1 {
        points.clear();
    }
    Thinned { points, horizons }
}

/// The last day in a stretch up to which everybody sees enough since its start.
fn last_fitting(
    course: &Course,
    seen: &Unknown,
    (from, to): (i32, i32),
    policy: &Policy,
) -> Option<i32> {
    let least = policy.settings().curve_events_between_points;
    let days = course
        .steps
        .iter()
        .rev()
        .map(|step| policy.day_from(step.day));
    days.skip_while(|&day| day >= to)
        .take_while(|&day| day > from)
        .find(|&day| {
            let here = course.onlookers.unknown(day);
            happened(seen, &here, least) && apart(seen, &here, least)
        })
}

/// The days at which a curve should be read off: the horizons within reach, and its end.
fn stops(course: &Course, reach: Reach) -> Vec<(i32, Option<usize>)> {
    let days = course
        .horizons
        .iter()
        .enumerate()
        .map(|(i, h)| (h.time.get(), Some(i)));
    let mut stops: Vec<_> = days
        .filter(|stop| stop.0 > 0 && stop.0 <= reach.last)
        .collect();
    stops.push((reach.last, None));
    stops.sort_by_key(|&(day, index)| (day, index.is_none()));
    stops
}

/// The points between the last one and a stop, each with enough events since the one before
/// and before the stop.
fn inner(
    course: &Course,
    (seen, until): (&Unknown, &Unknown),
    stop: i32,
    policy: &Policy,
    points: &mut Vec<Point>,
) {
    let least = policy.settings().curve_events_between_points;
    let mut seen = seen.clone();
    for (index, step) in course.steps.iter().enumerate() {
        let day = policy.day_from(step.day);
        if day >= stop {
            break;
        }
        // The point lies at the end of its stretch of days, after all events in that stretch.
        let next = course.steps.get(index + 1);
        if next.is_some_and(|next| next.day <= day) || day <= points[points.len() - 1].0 {
            continue;
        }
        let here = course.onlookers.unknown(day);
        let enough = happened(&seen, &here, least) && happened(&here, until, least);
        if enough && apart(&seen, &here, least) && apart(&here, until, least) {
            points.push((day, step.values));
            seen = here;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PolicyDraft;
    use calendar::DayCount;
    use estimate::Step;

    /// Events per day and institution.
    fn course(events: &[(i32, [u64; INSTITUTIONS])], horizons: &[i32]) -> Course {
        let value = |day: i32| f64::from(day) / 1_000.0;
        let steps = events.iter().map(|&(day, _)| CourseStep {
            day,
            values: (value(day), value(day), value(day)),
        });
        let counted = events.iter().map(|&(day, parts)| Step {
            time: DayCount::new(day),
            n_event: parts.iter().sum(),
            n_event_per_institution: parts,
            n_risk: 100,
            estimate: value(day),
            std_err: 0.0,
            lower: value(day),
            upper: value(day),
        });
        let counted: Vec<Step> = counted.collect();
        let horizon = |&day: &i32| Horizon {
            time: DayCount::new(day),
            n_risk: 100,
            n_event: 0,
            estimate: value(day),
            lower: value(day),
            upper: value(day),
        };
        Course {
            start: 0.0,
            steps: steps.collect(),
            horizons: horizons.iter().map(horizon).collect(),
            onlookers: Onlookers::new(&counted),
        }
    }

    /// One event of one institution on each of the first `events` days.
    fn daily(events: i32, horizons: &[i32]) -> Course {
        let all: Vec<_> = (1..=events).map(|day| (day, [1, 0, 0, 0])).collect();
        course(&all, horizons)
    }

    fn days(course: &Course, last: i32) -> Vec<i32> {
        let points = thin(course, Reach { last, cut: false }, &policy()).points;
        points.iter().map(|point| point.0).collect()
    }

    fn policy() -> Policy {
        Policy::new(PolicyDraft {
            curve_day_step: 1,
            ..PolicyDraft::default()
        })
        .unwrap()
    }

    #[test]
    fn points_lie_ten_events_apart_and_the_rest_joins_the_last() {
        assert_eq!(days(&daily(45, &[]), 45), [0, 10, 20, 30, 45]);
    }

    /// The first institution has two of three events: who subtracts its own part must still see
    /// ten between two points.
    #[test]
    fn an_institution_that_subtracts_its_own_sees_enough_between_two_points() {
        let parts = |day: i32| match day % 3 {
            0 => [0, 1, 0, 0],
            _ => [1, 0, 0, 0],
        };
        let events: Vec<_> = (1..=90).map(|day| (day, parts(day))).collect();
        assert_eq!(days(&course(&events, &[]), 90), [0, 30, 60, 90]);
        // A horizon that others would have had four events before is not read off.
        let reach = Reach {
            last: 90,
            cut: false,
        };
        let thinned = thin(&course(&events, &[12, 45]), reach, &policy());
        assert_eq!(thinned.horizons, [false, true]);
    }

    /// Beyond day 40 all but one event are of one institution: the curve ends there.
    #[test]
    fn a_curve_ends_where_others_have_few_events_left() {
        let parts = |day: i32| match day {
            ..=40 if day % 2 == 0 => [0, 1, 0, 0],
            60 => [0, 1, 0, 0],
            _ => [1, 0, 0, 0],
        };
        let events: Vec<_> = (1..=80).map(|day| (day, parts(day))).collect();
        let shown = days(&course(&events, &[]), 80);
        assert_eq!(*shown.last().unwrap(), 80);
        let between = |from: i32, to: i32| {
            let others = events.iter().filter(|(day, _)| *day > from && *day <= to);
            others.map(|(_, parts)| parts[1]).sum::<u64>()
        };
        for pair in shown.windows(2) {
            let others = between(pair[0], pair[1]);
            assert!(others == 0 || others >= 10, "{others} of others");
        }
        // Where the stretch since the last horizon leaves others with one, its end is not shown.
        let shown = thin(
            &course(&events, &[40]),
            Reach {
                last: 80,
                cut: false,
            },
            &policy(),
        );
        assert_eq!(shown.points.last().unwrap().0, 59);
    }

    #[test]
    fn a_horizon_too_near_to_another_is_not_read_off() {
        let reach = Reach {
            last: 60,
            cut: true,
        };
        let thinned = thin(&daily(60, &[15, 20, 58, 70]), reach, &policy());
        assert_eq!(thinned.horizons, [true, false, true, false]);
        let days: Vec<i32> = thinned.points.iter().map(|point| point.0).collect();
        assert_eq!(days, [0, 15, 25, 35, 45, 58]);
    }

    #[test]
    fn few_events_give_no_curve_and_none_a_flat_one() {
        let reach = Reach {
            last: 100,
            cut: false,
        };
        assert!(thin(&daily(9, &[50]), reach, &policy()).points.is_empty());
        assert_eq!(thin(&daily(0, &[50]), reach, &policy()).horizons, [true]);
    }

    #[test]
    fn the_end_is_no_clients_own_day() {
        let stratum = Stratum {
            label: String::new(),
            size: estimate::Count::default(),
            times: [3, 20, 33, 40].map(DayCount::new).to_vec(),
            n_risk: vec![40, 30, 10, 9],
            n_risk_per_institution: vec![[40, 0, 0, 0], [30, 0, 0, 0], [10, 0, 0, 0], [9, 0, 0, 0]],
            n_censor: vec![0; 4],
        };
        let weekly = Policy::new(PolicyDraft::default()).unwrap();
        assert_eq!(
            reach(&stratum, &weekly),
            Some(Reach {
                last: 28,
                cut: true
            })
        );
        // Whoever knows that 31 of 40 are its own, sees nine others.
        let mixed = Stratum {
            n_risk_per_institution: vec![
                [25, 15, 0, 0],
                [18, 12, 0, 0],
                [1, 9, 0, 0],
                [0, 9, 0, 0],
            ],
            n_risk: vec![40, 30, 10, 9],
            ..stratum
        };
        assert_eq!(
            reach(&mixed, &weekly),
            Some(Reach {
                last: 14,
                cut: true
            })
        );
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config {
            rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_122),
            ..proptest::test_runner::Config::default()
        })]

        /// Whatever the course, two published points have no or enough events between them.
        #[test]
        fn no_stretch_of_a_curve_has_few_events(
            gaps in proptest::collection::vec((1_i32..40, 0_u64..6, 0_u64..4), 0..120),
            horizons in proptest::collection::vec(1_i32..2_000, 0..4),
            last in 1_i32..2_500,
            step in 1_u32..31,
        ) {
            let mut day = 0;
            let mut events = Vec::new();
            for (gap, one, other) in gaps {
                day += gap;
                events.push((day, [one, other, 0, 0]));
            }
            let course = course(&events, &horizons);
            let between = |from: i32, to: i32| {
                let (before, after) = (course.onlookers.unknown(from), course.onlookers.unknown(to));
                let seen: Vec<i64> = before.iter().zip(after).map(|(b, a)| a - b).collect();
                seen
            };
            let draft = PolicyDraft { curve_day_step: step, ..PolicyDraft::default() };
            let thinned = thin(&course, Reach { last, cut: true }, &Policy::new(draft).unwrap());
            for pair in thinned.points.windows(2) {
                for between in between(pair[0].0, pair[1].0) {
                    proptest::prop_assert!(between == 0 || between >= 10, "{between} events");
                }
                proptest::prop_assert!(pair[0].0 < pair[1].0 && pair[1].0 <= last);
            }
            let mut read: Vec<i32> = course.horizons.iter().zip(&thinned.horizons)
                .filter(|(_, safe)| **safe).map(|(horizon, _)| horizon.time.get()).collect();
            read.push(0);
            read.sort_unstable();
            for pair in read.windows(2) {
                for between in between(pair[0], pair[1]) {
                    proptest::prop_assert!(between == 0 || between >= 10, "{between} events");
                }
            }
        }
    }
}
