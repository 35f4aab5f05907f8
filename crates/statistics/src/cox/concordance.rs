//! How well linear predictors put events in order.

use super::CoxData;
use crate::NotEstimable;

/// Pairs of rows of which one has an event while the other is at risk, by whether the one with
/// the higher predictor had the event. Weighted by the product of case weights.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PredictorConcordance {
    /// The higher predictor went first.
    pub concordant: f64,
    /// The lower predictor went first.
    pub discordant: f64,
    /// Predictors are equal.
    pub tied_x: f64,
    /// Both had an event at that time, predictors differ.
    pub tied_y: f64,
    /// Both had an event at that time, predictors are equal.
    pub tied_xy: f64,
    /// (concordant + tied_x / 2) / (concordant + discordant + tied_x).
    pub concordance: f64,
    /// Its standard error by the infinitesimal jackknife, summed by cluster.
    pub std_error: f64,
}

/// Harrell's concordance of linear predictors with the times of a Cox model, within strata.
///
/// `clusters` are codes from 0; `None` takes every row for itself. NaN where no two rows can be
/// compared.
///
/// # Method
/// Therneau and Watson, *The concordance statistic and the Cox model* (2015): a sweep back
/// through time with a tree of summed weights by rank of the predictor, O(n log n); what a row
/// is compared with as long as it is at risk is the difference of two looks into a tree of
/// events. R: `coxph(...)$concordance`.
///
/// ```
/// use statistics::cox::{CoxData, concordance};
/// use statistics::matrix::Matrix;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let nothing = Matrix::zeros(3, 0);
/// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &nothing);
/// // The first is right about both others, the second is wrong about the third.
/// let found = concordance(&data, &[0.9, 0.1, 0.5], None)?;
/// assert_eq!((found.concordant, found.discordant), (2.0, 1.0));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Columns of unequal length, or values that no Cox model can do with.
pub fn concordance(
    data: &CoxData<'_>,
    predictor: &[f64],
    clusters: Option<&[u32]>,
) -> Result<PredictorConcordance, NotEstimable> {
    data.check()?;
    NotEstimable::unless_length("predictor", data.rows(), predictor.len())?;
    NotEstimable::unless_finite("predictor", predictor)?;
    let clusters = clusters.unwrap_or_default();
    if !clusters.is_empty() {
        NotEstimable::unless_length("clusters", data.rows(), clusters.len())?;
    }
    let mut order: Vec<u32> = (0..data.rows() as u32).collect();
    order.sort_unstable_by_key(|&row| (data.stratum(row as usize), row));
    let mut pairs = Pairs::default();
    let mut influence = vec![Influence::default(); data.rows()];
    for rows in order.chunk_by(|&a, &b| data.stratum(a as usize) == data.stratum(b as usize)) {
        Sweep::new(data, predictor, rows).run(&mut pairs, &mut influence);
    }
    Ok(pairs.finish(data, &influence, clusters))
}

/// Sums over pairs.
#[derive(Default)]
struct Pairs {
    concordant: f64,
    discordant: f64,
    tied_x: f64,
    tied_y: f64,
    tied_xy: f64,
}

/// What a row adds, per unit of its weight: concordant less discordant pairs, and all pairs.
#[derive(Clone, Copy, Default)]
struct Influence {
    net: f64,
    all: f64,
}

impl Pairs {
    fn finish(
        self,
        data: &CoxData<'_>,
        influence: &[Influence],
        clusters: &[u32],
    ) -> PredictorConcordance {
        let all = self.concordant + self.discordant + self.tied_x;
        let net = self.concordant - self.discordant;
        // The derivative of (1 + net/all) / 2 to the weight of a row, times that weight.
        let part = |(row, of): (usize, &Influence)| {
            0.5 * data.weight(row) * (of.net / all - net * of.all / (all * all))
        };
        let parts = influence.iter().enumerate().map(part);
        let variance: f64 = match clusters {
            [] => parts.map(|part| part * part).sum(),
            _ => {
                let count = clusters.iter().max().map_or(0, |&code| code as usize + 1);
                let mut sums = vec![0.0; count];
                parts
                    .zip(clusters)
                    .for_each(|(part, &code)| sums[code as usize] += part);
                sums.iter().map(|sum| sum * sum).sum()
            }
        };
        PredictorConcordance {
            concordant: self.concordant,
            discordant: self.discordant,
            tied_x: self.tied_x,
            tied_y: self.tied_y,
            tied_xy: self.tied_xy,
            concordance: (self.concordant + 0.5 * self.tied_x) / all,
            std_error: variance.sqrt(),
        }
    }
}

/// A stratum on its way back through time.
struct Sweep<'a> {
    data: &'a CoxData<'a>,
    /// Rows by end, the last first; at one time those without an event first.
    exits: Vec<u32>,
    /// Rows by begin, the last first.
    entries: Vec<u32>,
    rows: &'a [u32],
    /// Per row (position in `rows`) the rank of its predictor; equal predictors share one.
    ranks: Vec<u32>,
    at_risk: SumTree,
    events: SumTree,
}

impl<'a> Sweep<'a> {
    fn new(data: &'a CoxData<'a>, predictor: &[f64], rows: &'a [u32]) -> Self {
        let all = || (0..rows.len() as u32).collect::<Vec<u32>>();
        let of = |place: u32| rows[place as usize] as usize;
        let mut by_size = all();
        by_size.sort_unstable_by(|&a, &b| {
            predictor[of(a)]
                .total_cmp(&predictor[of(b)])
                .then(a.cmp(&b))
        });
        let mut ranks = vec![0; rows.len()];
        let mut rank = 0;
        for pair in 0..by_size.len() {
            let here = by_size[pair];
            if pair > 0 && predictor[of(here)] != predictor[of(by_size[pair - 1])] {
                rank += 1;
            }
            ranks[here as usize] = rank;
        }
        let mut exits = all();
        exits.sort_unstable_by(|&a, &b| {
            let (i, j) = (of(a), of(b));
            let later = data.exit[j].total_cmp(&data.exit[i]);
            later
                .then(data.event[i].cmp(&data.event[j]))
                .then(a.cmp(&b))
        });
        let mut entries = if data.entry.is_some() {
            all()
        } else {
            Vec::new()
        };
        entries.sort_unstable_by(|&a, &b| {
            data.entry(of(b))
                .total_cmp(&data.entry(of(a)))
                .then(a.cmp(&b))
        });
        let count = rank as usize + 1;
        Self {
            data,
            exits,
            entries,
            rows,
            ranks,
            at_risk: SumTree::new(count),
            events: SumTree::new(count),
        }
    }

    fn row(&self, place: u32) -> usize {
        self.rows[place as usize] as usize
    }

    fn weight(&self, place: u32) -> f64 {
        self.data.weight(self.row(place))
    }

    fn run(mut self, pairs: &mut Pairs, influence: &mut [Influence]) {
        let exits = std::mem::take(&mut self.exits);
        let entries = std::mem::take(&mut self.entries);
        let mut left = entries.iter().peekable();
        let mut gone = vec![false; exits.len()];
        let (data, rows) = (self.data, self.rows);
        let exit = |place: u32| data.exit[rows[place as usize] as usize];
        for group in exits.chunk_by(|&a, &b| exit(a) == exit(b)) {
            let time = exit(group[0]);
            while let Some(&place) =
                left.next_if(|&&place| self.data.entry(self.row(place)) >= time)
            {
                self.leave(place, influence);
                gone[place as usize] = true;
            }
            let events = group
                .iter()
                .position(|&place| self.data.event[self.row(place)]);
            let (censored, events) = group.split_at(events.unwrap_or(group.len()));
            censored
                .iter()
                .for_each(|&place| self.enter(place, influence));
            events
                .iter()
                .for_each(|&place| self.compare(place, pairs, influence));
            self.ties(events, pairs);
            for &place in events {
                let weight = self.weight(place);
                self.events.add(self.ranks[place as usize], weight);
            }
            events
                .iter()
                .for_each(|&place| self.enter(place, influence));
        }
        // Who has not left was there from the beginning.
        for place in exits {
            if !gone[place as usize] {
                self.leave(place, influence);
            }
        }
    }

    /// Becomes comparable, as one who outlives an event.
    fn enter(&mut self, place: u32, influence: &mut [Influence]) {
        let weight = self.weight(place);
        self.at_risk.add(self.ranks[place as usize], weight);
        self.note(place, -1.0, influence);
    }

    /// Goes back to before the begin of its interval.
    fn leave(&mut self, place: u32, influence: &mut [Influence]) {
        let weight = self.weight(place);
        self.at_risk.add(self.ranks[place as usize], -weight);
        self.note(place, 1.0, influence);
    }

    /// Events so far, by whether a higher predictor than that of this row had them.
    fn note(&self, place: u32, sign: f64, influence: &mut [Influence]) {
        let (below, same) = self.events.below_and_at(self.ranks[place as usize]);
        let above = self.events.total - below - same;
        let of = &mut influence[self.row(place)];
        of.net += sign * (above - below);
        of.all += sign * self.events.total;
    }

    fn compare(&self, place: u32, pairs: &mut Pairs, influence: &mut [Influence]) {
        let (below, same) = self.at_risk.below_and_at(self.ranks[place as usize]);
        let above = self.at_risk.total - below - same;
        let weight = self.weight(place);
        pairs.concordant += weight * below;
        pairs.discordant += weight * above;
        pairs.tied_x += weight * same;
        let of = &mut influence[self.row(place)];
        of.net += below - above;
        of.all += self.at_risk.total;
    }

    /// Pairs of events at one time.
    fn ties(&self, events: &[u32], pairs: &mut Pairs) {
        if events.len() < 2 {
            return;
        }
        let mut weights: Vec<(u32, f64)> = events
            .iter()
            .map(|&place| (self.ranks[place as usize], self.weight(place)))
            .collect();
        weights.sort_unstable_by_key(|&(rank, _)| rank);
        // Σ over pairs of w w' is half of (Σ w)² − Σ w².
        let products = |weights: &[(u32, f64)]| {
            let mut before = 0.0;
            let mut sum = 0.0;
            for &(_, weight) in weights {
                sum += weight * before;
                before += weight;
            }
            sum
        };
        let equal: f64 = weights.chunk_by(|a, b| a.0 == b.0).map(products).sum();
        pairs.tied_xy += equal;
        pairs.tied_y += products(&weights) - equal;
    }
}

/// Sums by rank, of which any head can be asked in O(log n) (Fenwick 1994).
struct SumTree {
    nodes: Vec<f64>,
    total: f64,
}

impl SumTree {
    fn new(count: usize) -> Self {
        Self {
            nodes: vec![0.0; count + 1],
            total: 0.0,
        }
    }

    fn add(&mut self, rank: u32, weight: f64) {
        self.total += weight;
        let mut node = rank as usize + 1;
        while node < self.nodes.len() {
            self.nodes[node] += weight;
            node += node & node.wrapping_neg();
        }
    }

    fn below(&self, rank: usize) -> f64 {
        let mut sum = 0.0;
        let mut node = rank;
        while node > 0 {
            sum += self.nodes[node];
            node &= node - 1;
        }
        sum
    }

    /// The sums below a rank and at it.
    fn below_and_at(&self, rank: u32) -> (f64, f64) {
        let below = self.below(rank as usize);
        (below, self.below(rank as usize + 1) - below)
    }
}
