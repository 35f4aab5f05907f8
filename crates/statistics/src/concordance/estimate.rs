//! The estimate and its variances.

use super::data::{ConcordanceData, ConcordanceOptions};
use super::dominance::{Around, Dominance, Item};
use super::sequence::{Kind, Sequence, Stratum};
use super::spread::RankSpread;
use super::weights::{AtTime, over_time};
use crate::NotEstimable;
use crate::matrix::{Matrix, gram};
use crate::time_index::TimeIndex;
use crate::time_order::{Clock, number_of_groups, runs, unless_dense};

/// Pairs, weighted.
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
    /// Pairs of which the outcome tells who is later.
    #[must_use]
    pub fn comparable(&self) -> f64 {
        self.concordant + self.discordant + self.tied_x
    }

    fn add(&mut self, other: &Self, factor: f64) {
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

    fn reversed(mut self) -> Self {
        std::mem::swap(&mut self.concordant, &mut self.discordant);
        self
    }
}

/// An event and how the predictor ranks it among those at risk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventRank {
    /// The row.
    pub row: usize,
    /// Its time.
    pub time: f64,
    /// (weight above − weight below)/n: from −1 to 1; its mean over events is Somers' d.
    pub rank: f64,
    /// How much the time counts: n, N S, …
    pub time_weight: f64,
    /// Variance of the ranks of all at risk.
    pub variance: f64,
}

/// The concordance of a predictor with an outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Concordance {
    /// (concordant + half of tied.x) / comparable pairs.
    pub concordance: f64,
    /// Pairs of all strata together.
    pub count: PairCounts,
    /// Pairs per stratum.
    pub strata: Vec<PairCounts>,
    /// The variance if the predictor had no effect (of the score test of a Cox model with
    /// time-dependent ranks).
    pub null_variance: f64,
    /// The same as R gives it: time weights enter once instead of squared.
    pub null_variance_r: f64,
    /// How each row moves the counts when its weight changes (empty without variance).
    pub influence: Vec<PairCounts>,
    /// How each row moves the concordance when it is left out, to first order (empty without
    /// variance).
    pub dfbeta: Vec<f64>,
    /// The events with their ranks, by stratum and time.
    pub ranks: Vec<EventRank>,
}

impl Concordance {
    /// Counts pairs. O(n log n).
    ///
    /// # Method
    /// Harrell's C and Somers' d as score statistics of a Cox model (Therneau and Watson 2017);
    /// who is censored at a time outlives an event then; the variance is the infinitesimal
    /// jackknife, with weights over time taken as known. R: `concordance`.
    ///
    /// # Errors
    /// Unequal lengths, values that are no numbers, weights that are not positive, intervals that
    /// end before they start, a row censored before `from`, and no comparable pair.
    ///
    /// ```
    /// use statistics::concordance::{Concordance, ConcordanceData, ConcordanceOptions};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let data = ConcordanceData {
    ///     entry: None,
    ///     time: &[1.0, 2.0, 3.0],
    ///     event: &[true, false, true],
    ///     predictor: &[5.0, 4.0, 6.0],
    ///     weights: None,
    ///     strata: None,
    /// };
    /// // The first event is compared with two that are later: one has a larger predictor.
    /// let concordance = Concordance::of(&data, &ConcordanceOptions::default())?;
    /// assert_eq!(concordance.count.concordant, 1.0);
    /// assert_eq!(concordance.concordance, 0.5);
    /// # Ok(())
    /// # }
    /// ```
    pub fn of(
        data: &ConcordanceData<'_>,
        options: &ConcordanceOptions,
    ) -> Result<Self, NotEstimable> {
        data.check()?;
        let clock = data.clock(options)?;
        let event = data.events(options);
        let ranks = TimeIndex::new(&[data.predictor]).places(data.predictor);
        let mut sweep = Sweep {
            data,
            clock: &clock,
            event: &event,
            ranks: &ranks,
            spread: RankSpread::new(number_of_groups(&ranks)),
            influence: vec![PairCounts::default(); data.time.len()],
            events: Vec::new(),
            null_variance: [0.0; 2],
        };
        let strata: Vec<PairCounts> = (0..clock.by_stop.strata())
            .map(|stratum| sweep.stratum(stratum, options))
            .collect();
        sweep.finish(strata, options)
    }

    /// The variance: the sum of squares of `dfbeta`, summed per cluster first.
    ///
    /// # Errors
    /// Not one cluster per row, or no variance was asked for.
    pub fn variance(&self, cluster: Option<&[u32]>) -> Result<f64, NotEstimable> {
        Ok(covariance(&[self], cluster)?[(0, 0)])
    }
}

/// The covariance of concordances of several predictors on the same rows.
///
/// # Errors
/// Different rows, not one cluster per row, or no influence was asked for.
pub fn covariance(
    concordances: &[&Concordance],
    cluster: Option<&[u32]>,
) -> Result<Matrix, NotEstimable> {
    let rows = concordances.first().map_or(0, |first| first.dfbeta.len());
    if rows == 0 {
        return Err(NotEstimable::Empty { what: "influences" });
    }
    for concordance in concordances {
        NotEstimable::unless_length("predictor", rows, concordance.dfbeta.len())?;
    }
    let Some(cluster) = cluster else {
        let columns: Vec<&[f64]> = concordances.iter().map(|c| c.dfbeta.as_slice()).collect();
        return Ok(gram(&Matrix::from_columns(&columns), None));
    };
    NotEstimable::unless_length("cluster", rows, cluster.len())?;
    unless_dense("cluster", cluster)?;
    let mut sums = Matrix::zeros(number_of_groups(cluster), concordances.len());
    for (column, concordance) in concordances.iter().enumerate() {
        let sums = sums.column_mut(column);
        for (&cluster, value) in cluster.iter().zip(&concordance.dfbeta) {
            sums[cluster as usize] += value;
        }
    }
    Ok(gram(&sums, None))
}

/// What is gathered from all strata.
struct Sweep<'a> {
    data: &'a ConcordanceData<'a>,
    clock: &'a Clock,
    event: &'a [bool],
    ranks: &'a [u32],
    spread: RankSpread,
    /// Pairs of each row, as the event and as the one that is later, per unit of its weight.
    influence: Vec<PairCounts>,
    events: Vec<EventRank>,
    /// As it should be, and with time weights entering once.
    null_variance: [f64; 2],
}

impl Sweep<'_> {
    fn stratum(&mut self, stratum: usize, options: &ConcordanceOptions) -> PairCounts {
        let times = over_time(
            self.data,
            self.clock,
            self.event,
            stratum,
            options.time_weight,
        );
        let spreads = self.spreads(stratum, &times);
        let rows = Stratum {
            data: self.data,
            clock: self.clock,
            event: self.event,
            ranks: self.ranks,
            stratum,
            times: &times,
        };
        let outcomes = rows.outcomes();
        let mut later = self.add_earlier(&outcomes, 1.0);
        if let Some(entries) = rows.entries() {
            let absent = self.add_earlier(&entries, -1.0);
            for (later, absent) in later.iter_mut().zip(absent) {
                *later = later.without(absent);
            }
        }
        self.add_events(&outcomes, &times, &spreads, &later)
    }

    /// Adds to everybody the pairs with events that were earlier. Returns what comes after
    /// each event, in the order of the sequence.
    fn add_earlier(&mut self, sequence: &Sequence, sign: f64) -> Vec<Around> {
        let found = Dominance::of(&sequence.items, &sequence.starts);
        let mut later = Vec::new();
        for (block, (kind, positions)) in sequence.blocks().enumerate() {
            for position in positions {
                if sequence.items[position].as_later > 0.0 {
                    let row = sequence.rows[position] as usize;
                    let pairs = pairs_with_earlier(found.earlier(block, position));
                    self.influence[row].add(&pairs, sign);
                }
                if let Kind::Events(_) = kind {
                    later.push(found.later(block, position));
                }
            }
        }
        later
    }

    /// Adds the pairs of each event with who is later or has the event at the same time.
    fn add_events(
        &mut self,
        outcomes: &Sequence,
        times: &[AtTime],
        spreads: &[f64],
        later: &[Around],
    ) -> PairCounts {
        let mut count = PairCounts::default();
        let mut later = later.iter();
        for (kind, positions) in outcomes.blocks() {
            let Kind::Events(place) = kind else { continue };
            let time = &times[place];
            let items = &outcomes.items[positions.clone()];
            let together: f64 = items.iter().map(|item| item.as_later).sum();
            let tied = among_each_other(items, together);
            for ((position, tied), later) in positions.zip(tied).zip(&mut later) {
                let row = outcomes.rows[position] as usize;
                let weight = self.data.weight(row);
                let pairs = PairCounts {
                    concordant: later.above,
                    discordant: later.below,
                    tied_x: later.at,
                    tied_y: together - tied.at,
                    tied_xy: tied.at - weight,
                };
                self.influence[row].add(&pairs, time.weight);
                count.add(&pairs, time.weight * weight);
                let above = later.above + tied.above;
                let below = later.below + tied.below;
                self.events.push(EventRank {
                    row,
                    time: self.data.time[row],
                    rank: (above - below) / time.at_risk,
                    time_weight: time.weight * time.at_risk,
                    variance: spreads[place] / (time.at_risk * time.at_risk),
                });
            }
        }
        // Both events of a tied pair counted it.
        count.tied_y /= 2.0;
        count.tied_xy /= 2.0;
        count
    }

    /// The variance of ranks at each event, from the last time to the first.
    fn spreads(&mut self, stratum: usize, times: &[AtTime]) -> Vec<f64> {
        let rows = self.clock.by_stop.rows(stratum);
        let mut waiting = Waiting::new(self.clock, stratum);
        let mut spreads = vec![0.0; times.len()];
        let all: Vec<_> = runs(rows, &self.clock.stop).collect();
        for (place, (code, run)) in all.into_iter().enumerate().rev() {
            let here = &rows[run];
            for &row in here {
                let row = row as usize;
                self.spread.add(self.ranks[row], self.data.weight(row));
            }
            while let Some(row) = waiting.after(code) {
                self.spread.add(self.ranks[row], -self.data.weight(row));
            }
            let events = here.iter().filter(|&&row| self.event[row as usize]);
            let together: f64 = events.map(|&row| self.data.weight(row as usize)).sum();
            if together > 0.0 {
                let time = &times[place];
                spreads[place] = self.spread.rank_variance() / time.at_risk;
                self.null_variance[0] += together * time.weight * time.weight * spreads[place];
                self.null_variance[1] += together * time.weight * spreads[place];
            }
        }
        let ranks = rows.iter().map(|&row| self.ranks[row as usize]);
        self.spread.clear(ranks);
        spreads
    }

    fn finish(
        self,
        strata: Vec<PairCounts>,
        options: &ConcordanceOptions,
    ) -> Result<Concordance, NotEstimable> {
        let turned = |counts: PairCounts| match options.reverse {
            true => counts.reversed(),
            false => counts,
        };
        let strata: Vec<PairCounts> = strata.into_iter().map(turned).collect();
        let mut count = PairCounts::default();
        for stratum in &strata {
            count.add(stratum, 1.0);
        }
        let (data, pairs) = (self.data, count.comparable());
        if pairs <= 0.0 {
            return Err(NotEstimable::Empty {
                what: "comparable pairs",
            });
        }
        let concordance = (count.concordant + count.tied_x / 2.0) / pairs;
        let mut influence = Vec::new();
        let mut dfbeta = Vec::new();
        if !options.estimate_only {
            influence = self.influence.into_iter().map(turned).collect();
            let moves = |(row, counts): (usize, &PairCounts)| {
                let good = counts.concordant + counts.tied_x / 2.0;
                data.weight(row) * (good - concordance * counts.comparable()) / pairs
            };
            dfbeta = influence.iter().enumerate().map(moves).collect();
        }
        let mut ranks = self.events;
        if options.reverse {
            ranks.iter_mut().for_each(|event| event.rank = -event.rank);
        }
        Ok(Concordance {
            concordance,
            count,
            strata,
            null_variance: self.null_variance[0] / (4.0 * pairs * pairs),
            null_variance_r: self.null_variance[1] / (4.0 * pairs * pairs),
            influence,
            dfbeta,
            ranks,
        })
    }
}

/// What each of some tied events has around it among them.
fn among_each_other(items: &[Item], together: f64) -> Vec<Around> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|&at| items[at].rank);
    let mut around = vec![Around::default(); items.len()];
    let mut below = 0.0;
    for same in order.chunk_by(|&a, &b| items[a].rank == items[b].rank) {
        let at: f64 = same.iter().map(|&item| items[item].as_later).sum();
        for &item in same {
            around[item] = Around {
                below,
                at,
                above: together - below - at,
            };
        }
        below += at;
    }
    around
}

/// The pairs of somebody with events that were earlier.
fn pairs_with_earlier(events: Around) -> PairCounts {
    PairCounts {
        concordant: events.below,
        discordant: events.above,
        tied_x: events.at,
        ..PairCounts::default()
    }
}

/// Late entries of a stratum, last ones first.
struct Waiting<'a> {
    rows: std::iter::Peekable<std::iter::Rev<std::slice::Iter<'a, u32>>>,
    first: &'a [u32],
}

impl<'a> Waiting<'a> {
    fn new(clock: &'a Clock, stratum: usize) -> Self {
        let rows = clock
            .by_entry
            .as_ref()
            .map_or(&[][..], |order| order.rows(stratum));
        Self {
            rows: rows.iter().rev().peekable(),
            first: clock.first.as_deref().unwrap_or_default(),
        }
    }

    /// The next row that is not at risk yet at this place.
    fn after(&mut self, place: u32) -> Option<usize> {
        let first = self.first;
        let row = self.rows.next_if(|&&row| first[row as usize] > place)?;
        Some(*row as usize)
    }
}
