//! Which points of a curve may be shown: several events between any two of them, none where
//! few are at risk, on days that are nobody's own.

use crate::Policy;
use estimate::{Horizon, Stratum};

/// A curve as steps, whatever it was made of.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    /// The value at day 0.
    pub(crate) start: f64,
    /// Steps, rising in time.
    pub(crate) steps: Vec<CourseStep>,
    /// The curve at the horizons.
    pub(crate) horizons: Vec<Horizon>,
}

/// A step: estimate and limits after it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CourseStep {
    pub(crate) day: i32,
    pub(crate) n_event: u64,
    pub(crate) values: (f64, f64, f64),
}

impl Course {
    fn events_until(&self, day: i32) -> u64 {
        self.until(day).map(|step| step.n_event).sum()
    }

    /// Estimate and limits at a day.
    fn at(&self, day: i32) -> (f64, f64, f64) {
        self.until(day)
            .last()
            .map_or((self.start, self.start, self.start), |step| step.values)
    }

    fn until(&self, day: i32) -> impl Iterator<Item = &CourseStep> {
        self.steps[..self.steps.partition_point(|step| step.day <= day)].iter()
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

/// The last day on which enough are at risk; `None` where there are never enough.
pub(crate) fn reach(stratum: &Stratum, policy: &Policy) -> Option<Reach> {
    let settings = policy.settings();
    let few = |&risk: &u64| risk < settings.curve_min_at_risk;
    let enough = stratum
        .n_risk
        .iter()
        .position(few)
        .unwrap_or(stratum.n_risk.len());
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
/// at least as many as the policy asks for.
pub(crate) fn thin(course: &Course, reach: Reach, policy: &Policy) -> Thinned {
    let least = policy.settings().curve_events_between_points;
    let apart = |from: u64, to: u64| to == from || to - from >= least;
    let mut points: Vec<Point> = vec![(0, course.at(-1))];
    let mut seen = 0;
    let mut horizons = vec![false; course.horizons.len()];
    for (day, horizon) in stops(course, reach) {
        let until = course.events_until(day);
        if !apart(seen, until) || day < points[points.len() - 1].0 {
            continue;
        }
        inner(course, (seen, until), day, policy, &mut points);
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
    (mut seen, until): (u64, u64),
    stop: i32,
    policy: &Policy,
    points: &mut Vec<Point>,
) {
    let least = policy.settings().curve_events_between_points;
    let mut sum = 0;
    for (index, step) in course.steps.iter().enumerate() {
        sum += step.n_event;
        let day = policy.day_from(step.day);
        if day >= stop {
            break;
        }
        // The point lies at the end of its stretch of days, after all events in that stretch.
        let next = course.steps.get(index + 1);
        if next.is_some_and(|next| next.day <= day) {
            continue;
        }
        if sum >= seen + least && until >= sum + least && day > points[points.len() - 1].0 {
            points.push((day, step.values));
            seen = sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PolicyDraft;
    use calendar::DayCount;

    /// One event on each of the first `events` days.
    fn daily(events: i32, horizons: &[i32]) -> Course {
        let value = |day: i32| f64::from(day) / 1_000.0;
        let steps = (1..=events).map(|day| CourseStep {
            day,
            n_event: 1,
            values: (value(day), value(day), value(day)),
        });
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
        }
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
        let reach = Reach {
            last: 45,
            cut: false,
        };
        let days: Vec<i32> = thin(&daily(45, &[]), reach, &policy())
            .points
            .iter()
            .map(|point| point.0)
            .collect();
        assert_eq!(days, [0, 10, 20, 30, 45]);
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
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config {
            rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_122),
            ..proptest::test_runner::Config::default()
        })]

        /// Whatever the course, two published points have no or enough events between them.
        #[test]
        fn no_stretch_of_a_curve_has_few_events(
            gaps in proptest::collection::vec((1_i32..40, 1_u64..6), 0..120),
            horizons in proptest::collection::vec(1_i32..2_000, 0..4),
            last in 1_i32..2_500,
            step in 1_u32..31,
        ) {
            let mut course = daily(0, &horizons);
            let mut day = 0;
            for (gap, n_event) in gaps {
                day += gap;
                let values = (f64::from(day), f64::from(day), f64::from(day));
                course.steps.push(CourseStep { day, n_event, values });
            }
            let draft = PolicyDraft { curve_day_step: step, ..PolicyDraft::default() };
            let thinned = thin(&course, Reach { last, cut: true }, &Policy::new(draft).unwrap());
            for pair in thinned.points.windows(2) {
                let between = course.events_until(pair[1].0) - course.events_until(pair[0].0);
                proptest::prop_assert!(between == 0 || between >= 10, "{between} events");
                proptest::prop_assert!(pair[0].0 < pair[1].0 && pair[1].0 <= last);
            }
            let mut read: Vec<i32> = course.horizons.iter().zip(&thinned.horizons)
                .filter(|(_, safe)| **safe).map(|(horizon, _)| horizon.time.get()).collect();
            read.push(0);
            read.sort_unstable();
            for pair in read.windows(2) {
                let between = course.events_until(pair[1]) - course.events_until(pair[0]);
                proptest::prop_assert!(between == 0 || between >= 10, "{between} events");
            }
        }
    }
}
