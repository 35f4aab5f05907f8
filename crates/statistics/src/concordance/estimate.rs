//! The estimate and its variances.

use super::data::{ConcordanceData, ConcordanceOptions};
use super::sums::{Around, RankSums};
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
        let rows = data.time.len();
        let mut sweep = Sweep {
            data,
            clock: &clock,
            place: places_in_strata(&clock),
            event: &event,
            ranks: &ranks,
            own: vec![PairCounts::default(); rows],
            as_other: vec![PairCounts::default(); rows],
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
    /// Where each row stands in its stratum; empty without entries.
    place: Vec<u32>,
    event: &'a [bool],
    ranks: &'a [u32],
    /// Pairs of each row as the event, and as the one that is later, per unit of its weight.
    own: Vec<PairCounts>,
    as_other: Vec<PairCounts>,
    events: Vec<EventRank>,
    /// As it should be, and with time weights entering once.
    null_variance: [f64; 2],
}

/// Ranks within a stratum.
struct Ranks {
    of_row: Vec<u32>,
    count: usize,
}

impl Sweep<'_> {
    fn stratum(&mut self, stratum: usize, options: &ConcordanceOptions) -> PairCounts {
        let rows = self.clock.by_stop.rows(stratum);
        let times = over_time(
            self.data,
            self.clock,
            self.event,
            stratum,
            options.time_weight,
        );
        let ranks = self.ranks_of(rows);
        let first_event = self.events.len();
        self.backward(stratum, &ranks, &times);
        self.events[first_event..].reverse();
        if !options.estimate_only {
            self.forward(stratum, &ranks, &times);
        }
        let mut count = PairCounts::default();
        for &row in rows {
            let row = row as usize;
            count.add(&self.own[row], self.data.weight(row));
        }
        // Both events of a tied pair counted it.
        count.tied_y /= 2.0;
        count.tied_xy /= 2.0;
        count
    }

    /// Ranks 0, 1, … in the order of the stratum's rows.
    fn ranks_of(&self, rows: &[u32]) -> Ranks {
        let mut of_row: Vec<u32> = rows.iter().map(|&row| self.ranks[row as usize]).collect();
        if self.clock.by_stop.strata() == 1 {
            let count = number_of_groups(&of_row);
            return Ranks { of_row, count };
        }
        let mut known = of_row.clone();
        known.sort_unstable();
        known.dedup();
        for rank in &mut of_row {
            *rank = known.partition_point(|known| known < rank) as u32;
        }
        Ranks {
            of_row,
            count: known.len(),
        }
    }

    /// From the last time to the first: events among those who are later.
    fn backward(&mut self, stratum: usize, ranks: &Ranks, times: &[AtTime]) {
        let rows = self.clock.by_stop.rows(stratum);
        let mut later = RankSums::new(ranks.count);
        let mut tied = vec![0.0; ranks.count];
        let mut not_yet = Waiting::new(self.clock, stratum, &self.place);
        let all: Vec<_> = runs(rows, &self.clock.stop).collect();
        for ((place, run), time) in all.into_iter().zip(times).rev() {
            let at = |at: usize| (rows[at] as usize, ranks.of_row[at]);
            for (row, rank) in run.clone().map(at).filter(|&(row, _)| !self.event[row]) {
                later.add(rank, self.data.weight(row));
            }
            not_yet.leave_after(place, |at_entry| {
                let (row, rank) = at(at_entry);
                later.add(rank, -self.data.weight(row));
            });
            let events = || run.clone().map(at).filter(|&(row, _)| self.event[row]);
            let mut together = 0.0;
            for (row, rank) in events() {
                tied[rank as usize] += self.data.weight(row);
                together += self.data.weight(row);
            }
            if together == 0.0 {
                continue;
            }
            let found: Vec<(usize, u32, Around)> = events()
                .map(|(row, rank)| (row, rank, later.around(rank)))
                .collect();
            for &(row, rank, around) in &found {
                let (weight, same) = (self.data.weight(row), tied[rank as usize]);
                let mut own = PairCounts::default();
                let pairs = PairCounts {
                    concordant: around.above,
                    discordant: around.below,
                    tied_x: around.at,
                    tied_y: together - same,
                    tied_xy: same - weight,
                };
                own.add(&pairs, time.weight);
                self.own[row] = own;
            }
            for &(row, rank, _) in &found {
                later.add(rank, self.data.weight(row));
                tied[rank as usize] = 0.0;
            }
            self.add_events(&found, &later, together, time);
        }
    }

    /// The ranks of tied events among all at risk, which `later` holds now.
    fn add_events(
        &mut self,
        found: &[(usize, u32, Around)],
        later: &RankSums,
        together: f64,
        time: &AtTime,
    ) {
        let spread = later.rank_variance() / time.at_risk;
        self.null_variance[0] += together * time.weight * time.weight * spread;
        self.null_variance[1] += together * time.weight * spread;
        for &(row, rank, _) in found.iter().rev() {
            let around = later.around(rank);
            self.events.push(EventRank {
                row,
                time: self.data.time[row],
                rank: (around.above - around.below) / time.at_risk,
                time_weight: time.weight * time.at_risk,
                variance: spread / (time.at_risk * time.at_risk),
            });
        }
    }

    /// From the first time to the last: everybody among the events that were earlier.
    fn forward(&mut self, stratum: usize, ranks: &Ranks, times: &[AtTime]) {
        let rows = self.clock.by_stop.rows(stratum);
        let mut earlier = RankSums::new(ranks.count);
        let mut entering = Waiting::new(self.clock, stratum, &self.place);
        for ((place, run), time) in runs(rows, &self.clock.stop).zip(times) {
            let at = |at: usize| (rows[at] as usize, ranks.of_row[at]);
            entering.enter_until(place, |at_entry| {
                let (row, rank) = at(at_entry);
                let before = pairs_with_earlier(earlier.around(rank));
                self.as_other[row].add(&before, -1.0);
            });
            for (row, rank) in run.clone().map(at).filter(|&(row, _)| self.event[row]) {
                let before = pairs_with_earlier(earlier.around(rank));
                self.as_other[row].add(&before, 1.0);
            }
            for (row, rank) in run.clone().map(at).filter(|&(row, _)| self.event[row]) {
                earlier.add(rank, time.weight * self.data.weight(row));
            }
            for (row, rank) in run.map(at).filter(|&(row, _)| !self.event[row]) {
                let before = pairs_with_earlier(earlier.around(rank));
                self.as_other[row].add(&before, 1.0);
            }
        }
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
        let pairs = count.comparable();
        if pairs <= 0.0 {
            return Err(NotEstimable::Empty {
                what: "comparable pairs",
            });
        }
        let concordance = (count.concordant + count.tied_x / 2.0) / pairs;
        let mut influence = Vec::new();
        let mut dfbeta = Vec::new();
        if !options.estimate_only {
            influence = self.own;
            for (own, other) in influence.iter_mut().zip(&self.as_other) {
                own.add(other, 1.0);
                *own = turned(*own);
            }
            let moves = |(row, counts): (usize, &PairCounts)| {
                let good = counts.concordant + counts.tied_x / 2.0;
                self.data.weight(row) * (good - concordance * counts.comparable()) / pairs
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

/// The pairs of somebody with events that were earlier.
fn pairs_with_earlier(events: Around) -> PairCounts {
    PairCounts {
        concordant: events.below,
        discordant: events.above,
        tied_x: events.at,
        ..PairCounts::default()
    }
}

fn places_in_strata(clock: &Clock) -> Vec<u32> {
    if clock.by_entry.is_none() {
        return Vec::new();
    }
    let mut place_of = vec![0; clock.stop.len()];
    for stratum in 0..clock.by_stop.strata() {
        for (place, &row) in clock.by_stop.rows(stratum).iter().enumerate() {
            place_of[row as usize] = place as u32;
        }
    }
    place_of
}

/// Late entries of a stratum, as places in its rows.
struct Waiting {
    /// (first place at risk, place in the rows), rising.
    entries: Vec<(u32, u32)>,
    next: usize,
}

impl Waiting {
    fn new(clock: &Clock, stratum: usize, place_of: &[u32]) -> Self {
        let mut entries = Vec::new();
        if let (Some(order), Some(first)) = (&clock.by_entry, &clock.first) {
            let entry = |&row: &u32| (first[row as usize], place_of[row as usize]);
            entries = order.rows(stratum).iter().map(entry).collect();
        }
        Self { next: 0, entries }
    }

    /// Walking forward: everybody at risk at this place for the first time.
    fn enter_until(&mut self, place: u32, mut each: impl FnMut(usize)) {
        while let Some(&(first, at)) = self.entries.get(self.next) {
            if first > place {
                return;
            }
            each(at as usize);
            self.next += 1;
        }
    }

    /// Walking backward: everybody who is not at risk yet at this place.
    fn leave_after(&mut self, place: u32, mut each: impl FnMut(usize)) {
        while let Some(&(first, at)) = self.entries.last() {
            if first <= place {
                return;
            }
            each(at as usize);
            self.entries.pop();
        }
    }
}
