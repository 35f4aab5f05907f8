use crate::definition::{CohortDefinition, ReturnRules};
use calendar::{DayPoint, RelativeDay};
use record::ObservationWindow;
use std::fmt;
use trajectory::{Departure, Ending, Stay};

/// The stretch of days over which something is observed, from an index day on.
///
/// `(entry, exit]` in days since the index day; entry −1 means from the index day on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Observed<O> {
    /// At risk after this day.
    pub entry: i32,
    /// At risk up to and including this day.
    pub exit: i32,
    /// What happened on it.
    pub outcome: O,
}

impl<O> fmt::Debug for Observed<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observed { … }")
    }
}

/// How a followed stay ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StayOutcome {
    /// Still there when observation ended.
    Censored,
    /// Left.
    Left(Departure),
}

/// The observed part of a time axis that starts on `index`: the entry, and the last day seen.
pub(crate) fn observed_days(window: ObservationWindow, index: RelativeDay) -> (i32, i32) {
    // The first day observed is a day at risk, so the entry is the day before it; the last
    // day observed is the one before `until`.
    let entry = window.from.since(index).get() - 1;
    let last = window.until.since(index).get() - 1;
    (entry.max(-1), last)
}

impl CohortDefinition {
    /// How long a stay is observed in its institution's window, from admission; `None` where
    /// none of it is, or where its dates contradict each other.
    ///
    /// Where time-outs are left out, the stay is a whole episode, and observation ends where it
    /// is no longer known what is a time-out. Where the definition asks for a shortest stay,
    /// nobody can leave before that day: only from it on is a stay at risk.
    pub fn follow(
        &self,
        rules: ReturnRules,
        stay: &Stay,
        window: Option<ObservationWindow>,
    ) -> Option<Observed<StayOutcome>> {
        let window = rules.settled(window?, self.time_outs);
        let observed = follow_stay(stay, window)?;
        let observed = Observed {
            entry: observed.entry.max(self.shortest_stay() - 1),
            ..observed
        };
        (observed.exit > observed.entry).then_some(observed)
    }

    /// The shortest stay that the definition takes, in days.
    pub(crate) fn shortest_stay(&self) -> i32 {
        i32::try_from(self.min_stay_days).unwrap_or(i32::MAX)
    }
}

/// A stay in a window, from admission on.
fn follow_stay(stay: &Stay, window: ObservationWindow) -> Option<Observed<StayOutcome>> {
    let (entry, last) = observed_days(window, stay.admitted);
    let observed = match stay.ending {
        Ending::Contradictory => return None,
        Ending::Left(departure) if departure.day.since(stay.admitted).get() <= last => Observed {
            entry,
            exit: departure.day.since(stay.admitted).get(),
            outcome: StayOutcome::Left(departure),
        },
        Ending::Left(_) | Ending::Ongoing => Observed {
            entry,
            exit: last,
            outcome: StayOutcome::Censored,
        },
    };
    (observed.exit > observed.entry).then_some(observed)
}
