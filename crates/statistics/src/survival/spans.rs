use super::Observations;
use crate::time_index::TimeIndex;

/// Rows as stretches of places: row `i` is at risk at the places `first[i] .. gone[i]`, and has
/// its event, if `event[i]`, at the last of them.
pub(crate) struct Spans {
    /// The distinct times.
    pub(crate) times: Vec<f64>,
    /// First place at risk; empty where that is the first of all.
    pub(crate) first: Vec<u32>,
    /// First place no longer at risk.
    pub(crate) gone: Vec<u32>,
    /// Which rows end with what is counted as an event.
    pub(crate) event: Vec<bool>,
    /// What happens at the end of a row, by its real time.
    pub(crate) end: Vec<End>,
    /// The place of each entry that is one, or [`NO_PLACE`]; empty unless entries are listed.
    pub(crate) entered: Vec<u32>,
    weights: Option<Vec<f64>>,
}

/// A place that is none.
pub(crate) const NO_PLACE: u32 = u32::MAX;

/// How a row ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// With an event.
    Event,
    /// Censored.
    Censored,
    /// In another row of the same subject.
    GoesOn,
}

impl Spans {
    /// Puts rows in their places. With `reverse`, censoring is the event and events leave
    /// before the censorings of the same time.
    pub(crate) fn of(rows: Observations<'_>, list_entries: bool, reverse: bool) -> Self {
        let finite_entries = match (list_entries, rows.entry) {
            (true, Some(entry)) => entry,
            _ => &[],
        };
        let index = TimeIndex::new(&[rows.exit, finite_entries]);
        let mut gone = index.places(rows.exit);
        let first = rows
            .entry
            .map_or(Vec::new(), |entry| index.count_not_after(entry));
        let seams = Seams::of(rows);
        let end: Vec<End> = (0..rows.len())
            .map(|row| match rows.event[row] {
                true => End::Event,
                false if seams.goes_on(row) => End::GoesOn,
                false => End::Censored,
            })
            .collect();
        let event = end.iter().map(|&end| is_event(end, reverse)).collect();
        for (row, gone) in gone.iter_mut().enumerate() {
            let leaves_before = reverse && end[row] == End::Event;
            *gone += u32::from(!leaves_before);
        }
        let entered = match list_entries {
            true => entered(rows, &index, &seams),
            false => Vec::new(),
        };
        Self {
            times: index.times().to_vec(),
            first,
            gone,
            event,
            end,
            entered,
            weights: rows.weights.map(<[f64]>::to_vec),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.gone.len()
    }

    pub(crate) fn first(&self, row: usize) -> u32 {
        self.first.get(row).copied().unwrap_or(0)
    }

    pub(crate) fn weight(&self, row: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights[row])
    }

    /// Whether a row is at risk anywhere.
    pub(crate) fn is_ever_at_risk(&self, row: usize) -> bool {
        self.first(row) < self.gone[row]
    }

    /// The place of the real end of a row.
    pub(crate) fn end_place(&self, row: usize) -> usize {
        let left_before = self.end[row] == End::Event && !self.event[row];
        self.gone[row] as usize - usize::from(!left_before)
    }
}

fn is_event(end: End, reverse: bool) -> bool {
    match reverse {
        false => end == End::Event,
        true => end == End::Censored,
    }
}

/// Where each row enters the risk set, unless it carries on from another row.
fn entered(rows: Observations<'_>, index: &TimeIndex, seams: &Seams) -> Vec<u32> {
    let place = |row: usize| match seams.carries_on(row) {
        true => NO_PLACE,
        false => index.place(rows.entry_of(row)).unwrap_or(NO_PLACE),
    };
    (0..rows.len()).map(place).collect()
}

/// Which rows of a subject follow each other without a gap.
struct Seams {
    goes_on: Vec<bool>,
    carries_on: Vec<bool>,
}

impl Seams {
    fn of(rows: Observations<'_>) -> Self {
        let mut seams = Self {
            goes_on: Vec::new(),
            carries_on: Vec::new(),
        };
        let (Some(id), Some(entry)) = (rows.id, rows.entry) else {
            return seams;
        };
        seams.goes_on = vec![false; rows.len()];
        seams.carries_on = vec![false; rows.len()];
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_unstable_by(|&a, &b| {
            let by_exit = rows.exit[a].total_cmp(&rows.exit[b]);
            id[a].cmp(&id[b]).then(by_exit).then(a.cmp(&b))
        });
        for pair in order.windows(2) {
            let (before, after) = (pair[0], pair[1]);
            if id[before] == id[after] && rows.exit[before] == entry[after] {
                seams.goes_on[before] = true;
                seams.carries_on[after] = true;
            }
        }
        seams
    }

    fn goes_on(&self, row: usize) -> bool {
        self.goes_on.get(row).copied().unwrap_or(false)
    }

    fn carries_on(&self, row: usize) -> bool {
        self.carries_on.get(row).copied().unwrap_or(false)
    }
}
