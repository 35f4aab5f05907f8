//! Events along a curve, as different people see them: a reader sees all of them, an
//! institution subtracts its own, and whoever kept an earlier publication subtracts that.

use estimate::{INSTITUTIONS, Step};
use serde::{Deserialize, Serialize};

/// Events up to and including each day on which there are any, the days rising.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct EventsByDay(Vec<(i32, u64)>);

impl EventsByDay {
    /// From the events on each day, the days rising.
    pub(crate) fn new(daily: impl IntoIterator<Item = (i32, u64)>) -> Self {
        let mut sum = 0;
        let so_far = |(day, count)| {
            sum += count;
            (day, sum)
        };
        Self(daily.into_iter().map(so_far).collect())
    }

    /// Events up to and including a day.
    pub(crate) fn until(&self, day: i32) -> u64 {
        let past = self.0.partition_point(|listed| listed.0 <= day);
        past.checked_sub(1).map_or(0, |last| self.0[last].1)
    }

    /// The days.
    pub(crate) fn days(&self) -> impl Iterator<Item = i32> + '_ {
        self.0.iter().map(|listed| listed.0)
    }

    /// All events.
    pub(crate) fn total(&self) -> u64 {
        self.0.last().map_or(0, |last| last.1)
    }
}

/// Who looks at a curve, each by the events that this one knows already. The first is a
/// reader, who knows none.
#[derive(Clone, Debug)]
pub(crate) struct Onlookers {
    all: EventsByDay,
    known: Vec<EventsByDay>,
}

/// How many events each onlooker has left to wonder about; fewer than none where the earlier
/// publication had more.
pub(crate) type Unknown = Vec<i64>;

impl Onlookers {
    /// A reader, and each institution that has a part in the events but not all of them.
    pub(crate) fn new(steps: &[Step]) -> Self {
        let all = EventsByDay::new(steps.iter().map(|step| (step.time.get(), step.n_event)));
        let own = |i: usize| {
            let daily = |step: &Step| (step.time.get(), step.n_event_per_institution[i]);
            EventsByDay::new(steps.iter().map(daily))
        };
        let institutions = (0..INSTITUTIONS).map(own);
        let partly = institutions.filter(|own| (1..all.total()).contains(&own.total()));
        Self {
            known: std::iter::once(EventsByDay::default())
                .chain(partly)
                .collect(),
            all,
        }
    }

    /// Adds those who kept an earlier publication of the same.
    pub(crate) fn with_earlier<'a>(
        mut self,
        earlier: impl IntoIterator<Item = &'a EventsByDay>,
    ) -> Self {
        self.known.extend(earlier.into_iter().cloned());
        self
    }

    /// All events, up to each day.
    pub(crate) fn events_by_day(&self) -> &EventsByDay {
        &self.all
    }

    /// What each has left to wonder about up to and including a day.
    pub(crate) fn unknown(&self, day: i32) -> Unknown {
        let all = self.all.until(day) as i64;
        let left = |known: &EventsByDay| all - known.until(day) as i64;
        self.known.iter().map(left).collect()
    }
}

/// Whether everybody sees no events or at least `least`, up to the later day and since the
/// earlier one.
pub(crate) fn apart(before: &Unknown, after: &Unknown, least: u64) -> bool {
    let enough = |events: i64| events == 0 || events.unsigned_abs() >= least;
    before
        .iter()
        .zip(after)
        .all(|(before, after)| enough(after - before) && enough(*after))
}

/// Whether a reader sees at least `least` events since the earlier day.
pub(crate) fn happened(before: &Unknown, after: &Unknown, least: u64) -> bool {
    after[0] - before[0] >= least as i64
}
