//! Rows of a stratum in the order in which they are compared.

use super::data::ConcordanceData;
use super::items::{Item, Items};
use super::weights::AtTime;
use crate::time_order::Clock;
use std::ops::Range;

/// Blocks of rows, in time. An event is compared with the rows of all later blocks.
#[derive(Debug)]
pub(super) struct Sequence {
    pub(super) rows: Vec<u32>,
    pub(super) items: Items,
    /// Where each block starts, closed by the number of rows.
    pub(super) starts: Vec<usize>,
    kinds: Vec<Kind>,
    /// The distinct times at which follow-up ends, as places of the clock.
    pub(super) times: Vec<u32>,
}

/// What the rows of a block do; the number is that of a time of the sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Have the event then.
    Events(usize),
    /// Are there to be compared with: censored then, or entering since the time before.
    Others(usize),
}

/// What a sequence is made from.
pub(super) struct Stratum<'a> {
    pub(super) data: &'a ConcordanceData<'a>,
    pub(super) clock: &'a Clock,
    pub(super) event: &'a [bool],
    pub(super) ranks: &'a [u32],
    pub(super) stratum: usize,
}

impl Stratum<'_> {
    /// Everybody by the end of follow-up: events, then who is censored at the same time.
    pub(super) fn outcomes(&self) -> Sequence {
        let rows = self.clock.by_stop.rows(self.stratum);
        let mut sequence = Sequence::with_capacity(rows.len());
        let mut censored = Vec::new();
        let stop = |row: u32| self.clock.stop[row as usize];
        for run in rows.chunk_by(|&a, &b| stop(a) == stop(b)) {
            let time = sequence.times.len();
            sequence.times.push(stop(run[0]));
            for &row in run {
                match self.event[row as usize] {
                    true => sequence.push(row, self.item(row, 1.0, 1.0)),
                    false => censored.push(row),
                }
            }
            sequence.close_block(Kind::Events(time));
            for row in censored.drain(..) {
                sequence.push(row, self.item(row, 0.0, 1.0));
            }
            sequence.close_block(Kind::Others(time));
        }
        sequence
    }

    /// The same events, and late entries: who enters at the time of an event or later is not
    /// at risk at it.
    pub(super) fn entries(&self, outcomes: &Sequence) -> Option<Sequence> {
        let (order, first) = (self.clock.by_entry.as_ref()?, self.clock.first.as_ref()?);
        let mut waiting = order.rows(self.stratum).iter().copied().peekable();
        while waiting.next_if(|&row| first[row as usize] == 0).is_some() {}
        let mut sequence = Sequence::with_capacity(outcomes.rows.len());
        sequence.times.clone_from(&outcomes.times);
        for (kind, positions) in outcomes.blocks() {
            let Kind::Events(time) = kind else { continue };
            let code = outcomes.times[time];
            while let Some(row) = waiting.next_if(|&row| first[row as usize] <= code) {
                sequence.push(row, self.item(row, 0.0, 1.0));
            }
            sequence.close_block(Kind::Others(time));
            for position in positions {
                let mut item = outcomes.items.get(position);
                item.as_later = 0.0;
                sequence.push(outcomes.rows[position], item);
            }
            sequence.close_block(Kind::Events(time));
        }
        for row in waiting {
            sequence.push(row, self.item(row, 0.0, 1.0));
        }
        sequence.close_block(Kind::Others(outcomes.times.len()));
        Some(sequence)
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
    fn with_capacity(rows: usize) -> Self {
        Self {
            rows: Vec::with_capacity(rows),
            items: Items::with_capacity(rows),
            starts: vec![0],
            kinds: Vec::new(),
            times: Vec::new(),
        }
    }

    fn push(&mut self, row: u32, item: Item) {
        self.rows.push(row);
        self.items.push(item);
    }

    /// Makes a block of the rows that were pushed since the last one, if there are any.
    fn close_block(&mut self, kind: Kind) {
        let end = self.rows.len();
        if self.starts[self.kinds.len()] < end {
            self.starts.push(end);
            self.kinds.push(kind);
        }
    }

    /// The blocks: what they are, and their positions.
    pub(super) fn blocks(&self) -> impl DoubleEndedIterator<Item = (Kind, Range<usize>)> + '_ {
        let ranges = self.starts.windows(2).map(|pair| pair[0]..pair[1]);
        self.kinds.iter().copied().zip(ranges)
    }

    /// What some positions weigh together as later ones.
    pub(super) fn weight(&self, positions: Range<usize>) -> f64 {
        self.items.iter(positions).map(|item| item.as_later).sum()
    }

    /// Lets events count for as much as their times do.
    pub(super) fn weigh(&mut self, times: &[AtTime]) {
        let Self {
            items,
            starts,
            kinds,
            ..
        } = self;
        for (kind, range) in kinds.iter().zip(starts.windows(2)) {
            if let Kind::Events(time) = *kind {
                items.weigh(range[0]..range[1], times[time].weight);
            }
        }
    }
}
