//! Rows of a stratum in the order in which they are compared.

use super::data::ConcordanceData;
use super::dominance::Item;
use super::weights::AtTime;
use crate::time_order::{Clock, runs};
use std::ops::Range;

/// Blocks of rows, in time. An event is compared with the rows of all later blocks.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    pub(super) rows: Vec<u32>,
    pub(super) items: Vec<Item>,
    /// Where each block starts, closed by the number of rows.
    pub(super) starts: Vec<usize>,
    kinds: Vec<Kind>,
}

/// What the rows of a block do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Have the event, at the time of this place in the stratum.
    Events(usize),
    /// Are there to be compared with.
    Others,
}

/// What a sequence is made from.
pub(super) struct Stratum<'a> {
    pub(super) data: &'a ConcordanceData<'a>,
    pub(super) clock: &'a Clock,
    pub(super) event: &'a [bool],
    pub(super) ranks: &'a [u32],
    /// The stratum, and its times.
    pub(super) stratum: usize,
    pub(super) times: &'a [AtTime],
}

impl Stratum<'_> {
    fn rows(&self) -> &[u32] {
        self.clock.by_stop.rows(self.stratum)
    }

    /// Everybody by the end of follow-up: events, then who is censored at the same time.
    pub(super) fn outcomes(&self) -> Sequence {
        let rows = self.rows();
        let mut sequence = Sequence::default();
        for (place, (_, run)) in runs(rows, &self.clock.stop).enumerate() {
            let is_event = |row: u32| self.event[row as usize];
            let here = rows[run].iter().copied();
            let events = here.clone().filter(|&row| is_event(row));
            let weight = self.pair_weight(place);
            sequence.push(Kind::Events(place), events, |row| {
                self.item(row, weight, 1.0)
            });
            let others = here.filter(|&row| !is_event(row));
            sequence.push(Kind::Others, others, |row| self.item(row, 0.0, 1.0));
        }
        sequence.close()
    }

    /// The same events, and late entries: who enters at the time of an event or later is not
    /// at risk at it.
    pub(super) fn entries(&self) -> Option<Sequence> {
        let (order, first) = (self.clock.by_entry.as_ref()?, self.clock.first.as_ref()?);
        let mut waiting = order.rows(self.stratum).iter().copied().peekable();
        while waiting.next_if(|&row| first[row as usize] == 0).is_some() {}
        let rows = self.rows();
        let mut sequence = Sequence::default();
        for (place, (code, run)) in runs(rows, &self.clock.stop).enumerate() {
            let entering =
                std::iter::from_fn(|| waiting.next_if(|&row| first[row as usize] <= code));
            sequence.push(Kind::Others, entering, |row| self.item(row, 0.0, 1.0));
            let events = rows[run].iter().copied();
            let events = events.filter(|&row| self.event[row as usize]);
            let weight = self.pair_weight(place);
            sequence.push(Kind::Events(place), events, |row| {
                self.item(row, weight, 0.0)
            });
        }
        Some(sequence.close())
    }

    /// The weight of pairs of events. Where it is 0 the ranks of events are still asked for.
    fn pair_weight(&self, place: usize) -> f64 {
        self.times[place].weight.max(f64::MIN_POSITIVE)
    }

    /// A row by its weight, times those of its roles.
    fn item(&self, row: u32, as_earlier: f64, as_later: f64) -> Item {
        let weight = self.data.weight(row as usize);
        Item {
            rank: self.ranks[row as usize],
            as_earlier: weight * as_earlier,
            as_later: weight * as_later,
        }
    }
}

impl Sequence {
    fn push(&mut self, kind: Kind, rows: impl Iterator<Item = u32>, item: impl Fn(u32) -> Item) {
        let start = self.rows.len();
        self.rows.extend(rows);
        if self.rows.len() > start {
            self.starts.push(start);
            self.kinds.push(kind);
            self.items
                .extend(self.rows[start..].iter().map(|&row| item(row)));
        }
    }

    fn close(mut self) -> Self {
        self.starts.push(self.rows.len());
        self
    }

    /// The blocks: what they are, and their positions.
    pub(super) fn blocks(&self) -> impl Iterator<Item = (Kind, Range<usize>)> + '_ {
        let ranges = self.starts.windows(2).map(|pair| pair[0]..pair[1]);
        self.kinds.iter().copied().zip(ranges)
    }
}
