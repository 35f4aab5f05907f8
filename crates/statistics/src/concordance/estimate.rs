//! The estimate and its variances.

use super::data::{ConcordanceData, ConcordanceOptions, Details};
use super::dominance::{Around, Dominance};
use super::pairs::{AmongTied, Moves, PairCounts, pairs_with_earlier};
use super::ranks::ranks_of;
use super::sequence::{Kind, Sequence, Stratum};
use super::spread::RankSpread;
use super::weights::{AtTime, over_time};
use crate::NotEstimable;
use crate::matrix::{Matrix, gram};
use crate::time_order::{Clock, number_of_groups, unless_dense};

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

/// The concordance of a predictor with an outcome. R: `concordance`.
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
    /// How each row moves the counts when its weight changes (empty unless asked for).
    pub influence: Vec<PairCounts>,
    /// How each row moves the concordance when it is left out, to first order (empty without
    /// variance).
    pub dfbeta: Vec<f64>,
    /// The events with their ranks, by stratum and time (empty unless influence is asked for).
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
        swept(data, options, |sweep, strata| sweep.finish(strata, options))?
    }

    /// The variance: the sum of squares of `dfbeta`, summed per cluster first.
    ///
    /// # Errors
    /// Not one cluster per row, or no variance was asked for.
    ///
    /// ```
    /// use statistics::concordance::{Concordance, ConcordanceData, ConcordanceOptions};
    /// let data = ConcordanceData {
    ///     entry: None,
    ///     time: &[1.0, 2.0, 3.0],
    ///     event: &[true, false, true],
    ///     predictor: &[5.0, 4.0, 6.0],
    ///     weights: None,
    ///     strata: None,
    /// };
    /// // One pair of two is concordant. The rows' shares (c − C m)/2: (1 − 1)/2, −¼ and ¼.
    /// let concordance = Concordance::of(&data, &ConcordanceOptions::default())?;
    /// assert_eq!(concordance.dfbeta, [0.0, -0.25, 0.25]);
    /// assert_eq!(concordance.variance(None)?, 0.125);
    /// assert_eq!(concordance.variance(Some(&[0, 1, 1]))?, 0.0);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn variance(&self, cluster: Option<&[u32]>) -> Result<f64, NotEstimable> {
        Ok(covariance(&[self], cluster)?[(0, 0)])
    }
}

/// The covariance of concordances of several predictors on the same rows.
/// R: `concordance(fit1, fit2)$var`.
///
/// # Errors
/// Different rows, not one cluster per row, or no influence was asked for.
///
/// ```
/// use statistics::concordance::{Concordance, ConcordanceData, ConcordanceOptions, covariance};
/// let data = ConcordanceData {
///     entry: None,
///     time: &[1.0, 2.0, 3.0],
///     event: &[true, false, true],
///     predictor: &[5.0, 4.0, 6.0],
///     weights: None,
///     strata: None,
/// };
/// let opposite = ConcordanceData { predictor: &[-5.0, -4.0, -6.0], ..data };
/// let options = ConcordanceOptions::default();
/// let one = Concordance::of(&data, &options)?;
/// let other = Concordance::of(&opposite, &options)?;
/// // What one gains the other loses.
/// let found = covariance(&[&one, &other], None)?;
/// assert_eq!((found[(0, 0)], found[(0, 1)]), (0.125, -0.125));
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
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

/// What is made of a sweep through the rows and the pairs that it counted per stratum.
pub(super) fn swept<T>(
    data: &ConcordanceData<'_>,
    options: &ConcordanceOptions,
    make: impl FnOnce(Sweep<'_>, Vec<PairCounts>) -> T,
) -> Result<T, NotEstimable> {
    data.check()?;
    let clock = data.clock(options)?;
    let event = data.events(options);
    let (ranks, distinct) = ranks_of(data.predictor);
    let mut sweep = Sweep {
        data,
        clock: &clock,
        event: &event,
        ranks: &ranks,
        spread: RankSpread::new(distinct, ranks.len()),
        moves: Moves::new(data.time.len(), options.details),
        events: match options.details {
            Details::Influence => Vec::with_capacity(data.time.len()),
            _ => Vec::new(),
        },
        details: options.details,
        null_variance: [0.0; 2],
    };
    let strata: Vec<PairCounts> = (0..clock.by_stop.strata())
        .map(|stratum| sweep.stratum(stratum, options))
        .collect();
    let strata = match options.reverse {
        true => strata.into_iter().map(PairCounts::reversed).collect(),
        false => strata,
    };
    Ok(make(sweep, strata))
}

/// What is gathered from all strata.
pub(super) struct Sweep<'a> {
    data: &'a ConcordanceData<'a>,
    clock: &'a Clock,
    event: &'a [bool],
    ranks: &'a [u32],
    spread: RankSpread,
    moves: Moves,
    events: Vec<EventRank>,
    details: Details,
    /// As it should be, and with time weights entering once.
    null_variance: [f64; 2],
}

impl Sweep<'_> {
    fn stratum(&mut self, stratum: usize, options: &ConcordanceOptions) -> PairCounts {
        let rows = Stratum {
            data: self.data,
            clock: self.clock,
            event: self.event,
            ranks: self.ranks,
            stratum,
        };
        let mut outcomes = rows.outcomes();
        let times = over_time(&rows, &outcomes, options.time_weight);
        outcomes.weigh(&times);
        let spreads = self.spreads(stratum, &outcomes, &times);
        let absent = rows
            .entries(&outcomes)
            .map(|entries| self.take_before_entry(&entries));
        self.add_pairs(&outcomes, (&times, &spreads), absent)
    }

    /// Takes from who enters late the pairs with events before that. Returns who is not there
    /// yet at each event.
    fn take_before_entry(&mut self, entries: &Sequence) -> Vec<Around> {
        let found = Dominance::of(&entries.items, &entries.starts);
        self.moves.make_room();
        let mut absent = Vec::new();
        for (block, (kind, positions)) in entries.blocks().enumerate() {
            for position in positions {
                match kind {
                    Kind::Events(_) => absent.push(found.later(block, position)),
                    Kind::Others(_) => {
                        let row = entries.rows[position] as usize;
                        let pairs = pairs_with_earlier(found.earlier(block, position));
                        self.moves.add(row, &pairs, -1.0);
                    }
                }
            }
        }
        absent
    }

    /// Adds to everybody the pairs with earlier events, and to each event those with who is
    /// later or has the event at the same time.
    fn add_pairs(
        &mut self,
        outcomes: &Sequence,
        (times, spreads): (&[AtTime], &[f64]),
        absent: Option<Vec<Around>>,
    ) -> PairCounts {
        let found = Dominance::of(&outcomes.items, &outcomes.starts);
        self.moves.make_room();
        let mut absent = absent.map(Vec::into_iter);
        let mut count = PairCounts::default();
        let mut among_tied = AmongTied::default();
        for (block, (kind, positions)) in outcomes.blocks().enumerate() {
            let earlier = |position| pairs_with_earlier(found.earlier(block, position));
            let Kind::Events(time) = kind else {
                for position in positions {
                    let row = outcomes.rows[position] as usize;
                    self.moves.add(row, &earlier(position), 1.0);
                }
                continue;
            };
            let (at, spread) = (&times[time], spreads[time]);
            let together = outcomes.weight(positions.clone());
            let tied = among_tied.of(&outcomes.items, positions.clone(), together);
            for (position, tied) in positions.zip(tied) {
                let row = outcomes.rows[position] as usize;
                let weight = outcomes.items.get(position).as_later;
                let mut later = found.later(block, position);
                if let Some(absent) = absent.as_mut().and_then(Iterator::next) {
                    later = later.without(absent);
                }
                let pairs = PairCounts {
                    concordant: later.above,
                    discordant: later.below,
                    tied_x: later.at,
                    tied_y: together - tied.at,
                    tied_xy: tied.at - weight,
                };
                let mut all = earlier(position);
                all.add(&pairs, at.weight);
                self.moves.add(row, &all, 1.0);
                count.add(&pairs, at.weight * weight);
                if self.details < Details::Influence {
                    continue;
                }
                let above = later.above + tied.above;
                let below = later.below + tied.below;
                self.events.push(EventRank {
                    row,
                    time: self.data.time[row],
                    rank: (above - below) / at.at_risk,
                    time_weight: at.weight * at.at_risk,
                    variance: spread / (at.at_risk * at.at_risk),
                });
            }
        }
        // Both events of a tied pair counted it.
        count.tied_y /= 2.0;
        count.tied_xy /= 2.0;
        count
    }

    /// The variance of ranks at each event, from the last time to the first.
    fn spreads(&mut self, stratum: usize, outcomes: &Sequence, times: &[AtTime]) -> Vec<f64> {
        let mut waiting = Waiting::new(self.clock, stratum);
        let mut spreads = vec![0.0; times.len()];
        for (kind, positions) in outcomes.blocks().rev() {
            for item in outcomes.items.iter(positions.clone()) {
                self.spread.add(item.rank, item.as_later);
            }
            let Kind::Events(time) = kind else { continue };
            while let Some(row) = waiting.after(outcomes.times[time]) {
                self.spread.add(self.ranks[row], -self.data.weight(row));
            }
            let together = outcomes.weight(positions);
            let at = &times[time];
            spreads[time] = self.spread.rank_variance() / at.at_risk;
            self.null_variance[0] += together * at.weight * at.weight * spreads[time];
            self.null_variance[1] += together * at.weight * spreads[time];
        }
        self.spread.clear(
            outcomes
                .items
                .iter(0..outcomes.rows.len())
                .map(|item| item.rank),
        );
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
        let count = PairCounts::total(&strata);
        let (data, pairs) = (self.data, count.comparable());
        if pairs <= 0.0 {
            return Err(NotEstimable::Empty {
                what: "comparable pairs",
            });
        }
        let concordance = (count.concordant + count.tied_x / 2.0) / pairs;
        let moves = |(row, &[good, all]): (usize, &[f64; 2])| {
            let good = if options.reverse { all - good } else { good };
            data.weight(row) * (good - concordance * all) / pairs
        };
        let dfbeta = self.moves.pairs.iter().enumerate().map(moves).collect();
        let influence = self.moves.counts.into_iter().map(turned).collect();
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
