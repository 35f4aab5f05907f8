//! Pairs, and what each row has to do with them.

use super::data::{ConcordanceData, ConcordanceOptions, Details};
use super::dominance::Around;
use super::estimate::swept;
use super::items::Items;
use crate::NotEstimable;
use std::ops::Range;

/// Pairs, weighted. R: `concordance(…)$count`.
///
/// ```
/// use statistics::concordance::PairCounts;
/// let pairs = PairCounts { concordant: 5.0, discordant: 2.0, tied_x: 1.0, tied_y: 3.0, tied_xy: 0.0 };
/// // Events at the same time tell nothing about order.
/// assert_eq!(pairs.comparable(), 8.0);
/// assert_eq!(pairs.to_array(), [5.0, 2.0, 1.0, 3.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PairCounts {
    /// The predictor orders the pair as the outcome does.
    pub concordant: f64,
    /// The other way round.
    pub discordant: f64,
    /// Equal predictors.
    pub tied_x: f64,
    /// Events at the same time.
    pub tied_y: f64,
    /// Both.
    pub tied_xy: f64,
}

impl PairCounts {
    /// Counts pairs, also where none of them is comparable. R: `concordance(…)$count`.
    ///
    /// # Errors
    /// As [`super::Concordance::of`], but for that.
    ///
    /// ```
    /// use statistics::concordance::{ConcordanceData, ConcordanceOptions, PairCounts};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Three events at one time: nobody outlives another.
    /// let data = ConcordanceData {
    ///     entry: None,
    ///     time: &[2.0; 3],
    ///     event: &[true; 3],
    ///     predictor: &[1.0, 3.0, 3.0],
    ///     weights: None,
    ///     strata: None,
    /// };
    /// let count = PairCounts::of(&data, &ConcordanceOptions::default())?;
    /// assert_eq!(count.to_array(), [0.0, 0.0, 0.0, 2.0, 1.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn of(
        data: &ConcordanceData<'_>,
        options: &ConcordanceOptions,
    ) -> Result<Self, NotEstimable> {
        let options = ConcordanceOptions {
            details: Details::Estimate,
            ..*options
        };
        swept(data, &options, |_, strata| Self::total(&strata))
    }

    /// Those of all strata.
    pub(super) fn total(strata: &[Self]) -> Self {
        let mut total = Self::default();
        for stratum in strata {
            total.add(stratum, 1.0);
        }
        total
    }

    /// Pairs of which the outcome tells who is later.
    #[must_use]
    pub fn comparable(&self) -> f64 {
        self.concordant + self.discordant + self.tied_x
    }

    pub(super) fn add(&mut self, other: &Self, factor: f64) {
        self.concordant += factor * other.concordant;
        self.discordant += factor * other.discordant;
        self.tied_x += factor * other.tied_x;
        self.tied_y += factor * other.tied_y;
        self.tied_xy += factor * other.tied_xy;
    }

    /// The five counts in the order of R.
    #[must_use]
    pub fn to_array(&self) -> [f64; 5] {
        [
            self.concordant,
            self.discordant,
            self.tied_x,
            self.tied_y,
            self.tied_xy,
        ]
    }

    pub(super) fn reversed(mut self) -> Self {
        std::mem::swap(&mut self.concordant, &mut self.discordant);
        self
    }
}

/// The pairs of somebody with events that were earlier.
pub(super) fn pairs_with_earlier(events: Around) -> PairCounts {
    PairCounts {
        concordant: events.below,
        discordant: events.above,
        tied_x: events.at,
        ..PairCounts::default()
    }
}

/// Pairs of each row, as the event and as the one that is later, per unit of its weight.
pub(super) struct Moves {
    rows: usize,
    details: Details,
    /// Concordant pairs (tied ones for half), and all comparable pairs.
    pub(super) pairs: Vec<[f64; 2]>,
    pub(super) counts: Vec<PairCounts>,
}

impl Moves {
    /// For so many rows, as far as they are asked for.
    pub(super) fn new(rows: usize, details: Details) -> Self {
        Self {
            rows,
            details,
            pairs: Vec::new(),
            counts: Vec::new(),
        }
    }

    /// Makes room before the first rows are added: not before, as finding the pairs takes most
    /// memory, and not yet this.
    pub(super) fn make_room(&mut self) {
        let rows_if = |wanted| if self.details >= wanted { self.rows } else { 0 };
        let (pairs, counts) = (rows_if(Details::Variance), rows_if(Details::Influence));
        self.pairs.resize(pairs, [0.0; 2]);
        self.counts.resize(counts, PairCounts::default());
    }

    pub(super) fn add(&mut self, row: usize, pairs: &PairCounts, factor: f64) {
        if let Some([good, all]) = self.pairs.get_mut(row) {
            *good += factor * (pairs.concordant + pairs.tied_x / 2.0);
            *all += factor * pairs.comparable();
        }
        if let Some(counts) = self.counts.get_mut(row) {
            counts.add(pairs, factor);
        }
    }
}

/// What each of some tied events has around it among them.
#[derive(Default)]
pub(super) struct AmongTied {
    order: Vec<u32>,
    around: Vec<Around>,
}

impl AmongTied {
    /// Of the events at these positions, which weigh so much together.
    pub(super) fn of(
        &mut self,
        items: &Items,
        positions: Range<usize>,
        together: f64,
    ) -> &[Around] {
        let only = Around {
            at: together,
            ..Around::default()
        };
        self.around.clear();
        self.around.resize(positions.len(), only);
        if positions.len() < 2 {
            return &self.around;
        }
        let item = |at: u32| items.get(positions.start + at as usize);
        let rank = |at: u32| item(at).rank;
        self.order.clear();
        self.order.extend(0..positions.len() as u32);
        self.order.sort_by_key(|&at| rank(at));
        let mut below = 0.0;
        for same in self.order.chunk_by(|&a, &b| rank(a) == rank(b)) {
            let weights = same.iter().map(|&at| item(at).as_later);
            let at: f64 = weights.sum();
            for &place in same {
                self.around[place as usize] = Around {
                    below,
                    at,
                    above: together - below - at,
                };
            }
            below += at;
        }
        &self.around
    }
}
