//! The chance not to be censored yet, and to be under observation already.

use super::data::{CensoringTies, FineGrayData};
use crate::NotEstimable;
use crate::time_order::{Clock, number_of_groups};

/// Censoring in one group, by place of the clock.
#[derive(Clone, Debug)]
pub(in crate::competing) struct Censoring {
    /// G(t−)·H(t−): of the censoring distribution, and of entry reversed in time.
    pub(in crate::competing) before: Vec<f64>,
    /// At risk of being censored.
    pub(in crate::competing) at_risk: Vec<f64>,
    /// Censored.
    pub(in crate::competing) censored: Vec<f64>,
}

/// Which rows begin and end a person's follow-up.
pub(in crate::competing) struct Ends {
    first: Option<Vec<bool>>,
    last: Option<Vec<bool>>,
}

impl Ends {
    /// Without `id` every row does both.
    pub(in crate::competing) fn of(data: &FineGrayData<'_>) -> Self {
        let Some(id) = data.id else {
            return Self {
                first: None,
                last: None,
            };
        };
        let people = number_of_groups(id);
        let mut earliest = vec![usize::MAX; people];
        let mut latest = vec![usize::MAX; people];
        for (row, &person) in id.iter().enumerate() {
            let person = person as usize;
            let at = latest[person];
            if at == usize::MAX || data.time[row] > data.time[at] {
                latest[person] = row;
            }
            let at = earliest[person];
            if at == usize::MAX || data.time[row] < data.time[at] {
                earliest[person] = row;
            }
        }
        let marked = |rows: Vec<usize>| {
            let mut marks = vec![false; id.len()];
            for row in rows.into_iter().filter(|&row| row != usize::MAX) {
                marks[row] = true;
            }
            marks
        };
        Self {
            first: Some(marked(earliest)),
            last: Some(marked(latest)),
        }
    }

    pub(in crate::competing) fn is_first(&self, row: usize) -> bool {
        self.first.as_ref().is_none_or(|first| first[row])
    }

    pub(in crate::competing) fn is_last(&self, row: usize) -> bool {
        self.last.as_ref().is_none_or(|last| last[row])
    }
}

impl Censoring {
    /// One per group.
    pub(in crate::competing) fn of(
        data: &FineGrayData<'_>,
        clock: &Clock,
        ends: &Ends,
        ties: CensoringTies,
    ) -> Result<Vec<Self>, NotEstimable> {
        let groups = data.censoring_groups.map_or(1, number_of_groups);
        let mut counts = vec![Counts::new(clock.times.len()); groups];
        for row in 0..data.time.len() {
            let counts = &mut counts[data.censoring_group(row)];
            let place = clock.stop[row] as usize;
            counts.leaving[place] += 1.0;
            if data.status[row] != 0 {
                counts.events[place] += 1.0;
            } else if ends.is_last(row) {
                counts.censored[place] += 1.0;
            }
            if let Some(first) = &clock.first {
                // Places after the last stop are nobody's first: an entry is before its stop.
                let first = first[row] as usize;
                counts.starting[first] += 1.0;
                if ends.is_first(row) {
                    counts.entering[first] += 1.0;
                }
            }
        }
        let has_entries = clock.first.is_some();
        Ok(counts
            .into_iter()
            .map(|counts| counts.distribution(has_entries, ties))
            .collect())
    }
}

#[derive(Clone)]
struct Counts {
    leaving: Vec<f64>,
    events: Vec<f64>,
    censored: Vec<f64>,
    /// Rows at risk from this place on, and those of them that are a person's first.
    starting: Vec<f64>,
    entering: Vec<f64>,
}

impl Counts {
    fn new(places: usize) -> Self {
        let zeros = vec![0.0; places];
        Self {
            leaving: zeros.clone(),
            events: zeros.clone(),
            censored: zeros.clone(),
            starting: zeros.clone(),
            entering: zeros,
        }
    }

    fn distribution(self, has_entries: bool, ties: CensoringTies) -> Censoring {
        let places = self.leaving.len();
        let mut at_risk = self.at_risk(has_entries);
        let mut before = vec![1.0; places];
        let mut entered = 1.0;
        for place in (0..places).rev() {
            before[place] = entered;
            // Who enters in the gap before this place was not there at earlier ones.
            if has_entries && self.entering[place] > 0.0 {
                entered *= 1.0 - self.entering[place] / at_risk[place];
            }
        }
        let mut uncensored = 1.0;
        let mut left: f64 = self.leaving.iter().sum();
        for place in 0..places {
            before[place] *= uncensored;
            if ties == CensoringTies::EventsFirst {
                at_risk[place] -= self.events[place];
            }
            if self.censored[place] > 0.0 {
                uncensored *= 1.0 - self.censored[place] / at_risk[place];
            }
            // `crr` takes nobody of a group to be under observation after its last time; where
            // events leave first, G stays what it was.
            left -= self.leaving[place];
            if ties == CensoringTies::EventsAtRisk && left <= 0.0 {
                uncensored = 0.0;
            }
        }
        Censoring {
            before,
            at_risk,
            censored: self.censored,
        }
    }

    /// Rows at risk at each place.
    fn at_risk(&self, has_entries: bool) -> Vec<f64> {
        let mut now = match has_entries {
            true => 0.0,
            false => self.leaving.iter().sum(),
        };
        let mut at_risk = Vec::with_capacity(self.leaving.len());
        for (leaving, starting) in self.leaving.iter().zip(&self.starting) {
            now += starting;
            at_risk.push(now);
            now -= leaving;
        }
        at_risk
    }
}
