//! Sums over risk sets at given coefficients, and what follows from them moment by moment.

use super::{RiskSets, Ties};
use crate::matrix::Matrix;
use rayon::prelude::*;
use std::ops::Range;

/// Rows that a thread works on together; they stay in the second-level cache.
const CHUNK: usize = 4096;
/// Of two numbers in this range the product is neither too large nor too small for a double.
const LOGARITHMS_TOGETHER: Range<f64> = 1e-150..1e150;
/// Covariates that are summed in one pass.
const TOGETHER: usize = 5;
/// With fewer rows a second thread costs more than it saves.
const WORTH_THREADS: usize = 16_384;

/// Rows in the order of [`RiskSets`], with covariates and offsets centred by stratum.
#[derive(Clone, Debug)]
pub(super) struct OrderedRows {
    pub(super) x: Matrix,
    pub(super) weights: Option<Vec<f64>>,
    pub(super) offset: Option<Vec<f64>>,
    /// The largest size of each covariate.
    pub(super) sizes: Vec<f64>,
    /// Consecutive moments that a thread takes together.
    pub(super) chunks: Vec<Range<usize>>,
}

impl OrderedRows {
    pub(super) fn chunks(sets: &RiskSets) -> Vec<Range<usize>> {
        let mut chunks = Vec::new();
        let mut start = 0;
        for (moment, rows) in sets.segments() {
            if rows.end - sets.segments[start] as usize >= CHUNK {
                chunks.push(start..moment + 1);
                start = moment + 1;
            }
        }
        if start < sets.moments.len() {
            chunks.push(start..sets.moments.len());
        }
        chunks
    }
}

/// What a moment needs besides its sums: of `d` tied events the `l`-th meets a risk set from
/// which the share `f = l/d` of the events has left (Efron), or the whole of it (Breslow).
///
/// With `y(f) = S₀ − f D₀` and `w` the mean weight of the events, the fields are sums over the
/// events `l`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MomentSums {
    /// S₀: the summed risks of all at risk.
    pub risk: f64,
    /// D₀: the summed risks of those with an event.
    pub event_risk: f64,
    /// Σ w/y: the step of the cumulative hazard.
    pub hazard: f64,
    /// Σ w f/y: what those with an event are spared of it.
    pub spared: f64,
    /// Σ w/y².
    pub second: f64,
    /// Σ w f/y².
    pub second_spared: f64,
    /// Σ w f²/y².
    pub second_spared_twice: f64,
    /// Σ w ln y.
    pub log_risk: f64,
}

impl MomentSums {
    fn new(risk: f64, event_risk: f64, events: u32, event_weight: f64) -> Self {
        let mut sums = Self {
            risk,
            event_risk,
            ..Self::default()
        };
        // Breslow: no event leaves before another.
        if events <= 1 || event_risk == 0.0 {
            sums.hazard = event_weight / risk;
            sums.second = sums.hazard / risk;
            sums.log_risk = event_weight * risk.ln();
            return sums;
        }
        let (weight, share_of_one) = (event_weight / f64::from(events), 1.0 / f64::from(events));
        // The logarithm of a product is cheaper than the sum of logarithms.
        let mut product = 1.0;
        for gone in 0..events {
            let share = f64::from(gone) * share_of_one;
            let left = risk - share * event_risk;
            let (step, per_left) = (weight / left, 1.0 / left);
            sums.hazard += step;
            sums.spared += share * step;
            sums.second += step * per_left;
            sums.second_spared += share * step * per_left;
            sums.second_spared_twice += share * share * step * per_left;
            if !LOGARITHMS_TOGETHER.contains(&left) {
                sums.log_risk += weight * left.ln();
                continue;
            }
            product *= left;
            if !LOGARITHMS_TOGETHER.contains(&product) {
                sums.log_risk += weight * product.ln();
                product = 1.0;
            }
        }
        sums.log_risk += weight * product.ln();
        sums
    }
}

/// Sums over the risk sets of all moments at given coefficients. R: `coxph.detail(fit)`.
#[derive(Clone, Debug)]
pub struct RiskSums {
    /// Per position of [`RiskSets::rows`] its weighted risk `w exp(η)`.
    pub risks: Vec<f64>,
    /// Scalars of each moment.
    pub moments: Vec<MomentSums>,
    /// S₁: per moment (rows) the sums of `risk · x`, with `x` centred by stratum.
    pub first: Matrix,
    /// The moments with several events, rising (none for Breslow).
    pub tied: Vec<u32>,
    /// D₁: per tied moment the sums of `risk · x` over those with an event.
    pub event_first: Matrix,
    /// Σ w η over events.
    pub(super) event_predictor: f64,
}

/// What one thread found for consecutive moments.
struct Part {
    event_predictor: f64,
    /// Per moment the summed risks of its segment, and those with an event.
    risk: Vec<f64>,
    event_risk: Vec<f64>,
    /// The sums of `risk · x`, covariate after covariate.
    first: Vec<f64>,
    event_first: Vec<f64>,
}

/// Everything that sums are made from.
pub(super) struct Sources<'a> {
    pub(super) sets: &'a RiskSets,
    pub(super) rows: &'a OrderedRows,
    pub(super) ties: Ties,
    /// Added to the linear predictor, by position.
    pub(super) extra: Option<&'a [f64]>,
}

impl RiskSums {
    pub(super) fn new(sources: &Sources<'_>, coefficients: &[f64]) -> Self {
        let Sources { sets, rows, .. } = sources;
        let columns = rows.x.columns();
        let count = sets.moments.len();
        let tied: Vec<u32> = match sources.ties {
            Ties::Efron => (0..count as u32)
                .filter(|&moment| sets.moments[moment as usize].events > 1)
                .collect(),
            Ties::Breslow | Ties::Exact => Vec::new(),
        };
        let mut risks = vec![0.0; sets.rows.len()];
        let slices = split(&mut risks, sets, &rows.chunks);
        let part = |(risks, chunk): (&mut [f64], &Range<usize>)| {
            Part::new(sources, coefficients, chunk.clone(), risks)
        };
        let parts: Vec<Part> = match sets.rows.len() < WORTH_THREADS {
            true => slices.into_iter().zip(&rows.chunks).map(part).collect(),
            false => slices.into_par_iter().zip(&rows.chunks).map(part).collect(),
        };
        let mut sums = Self {
            risks,
            moments: Vec::with_capacity(count),
            first: Matrix::zeros(count, columns),
            event_first: Matrix::zeros(tied.len(), columns),
            tied,
            event_predictor: 0.0,
        };
        let (risk, event_risk) = sums.collect(&parts, &rows.chunks);
        let risk = sums.accumulate(sources, risk);
        for (moment, (risk, event_risk)) in sets.moments.iter().zip(risk.iter().zip(event_risk)) {
            sums.moments.push(MomentSums::new(
                *risk,
                event_risk,
                moment.events,
                moment.event_weight,
            ));
        }
        sums
    }

    /// Puts the parts together; returns the segments' summed risks, and those of events.
    fn collect(&mut self, parts: &[Part], chunks: &[Range<usize>]) -> (Vec<f64>, Vec<f64>) {
        let count = self.first.rows();
        let (mut risk, mut event_risk) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut tied = 0;
        for (part, chunk) in parts.iter().zip(chunks) {
            self.event_predictor += part.event_predictor;
            risk.extend_from_slice(&part.risk);
            event_risk.extend_from_slice(&part.event_risk);
            let here = part.event_first.len() / self.first.columns().max(1);
            for column in 0..self.first.columns() {
                let source = &part.first[column * chunk.len()..(column + 1) * chunk.len()];
                self.first.column_mut(column)[chunk.clone()].copy_from_slice(source);
                let source = &part.event_first[column * here..(column + 1) * here];
                self.event_first.column_mut(column)[tied..tied + here].copy_from_slice(source);
            }
            tied += here;
        }
        (risk, event_risk)
    }

    /// From sums over segments to sums over risk sets, in all columns at once.
    fn accumulate(&mut self, sources: &Sources<'_>, mut risk: Vec<f64>) -> Vec<f64> {
        let count = risk.len();
        let risks = &self.risks;
        let columns = self.first.columns();
        if count == 0 {
            return risk;
        }
        let all = std::iter::once((None, risk.as_mut_slice()));
        let covariates = self.first.values_mut().chunks_exact_mut(count);
        let mut sums: Vec<(Option<usize>, &mut [f64])> = all
            .chain(
                covariates
                    .enumerate()
                    .map(|(column, sums)| (Some(column), sums)),
            )
            .collect();
        debug_assert_eq!(sums.len(), columns + 1);
        let work = |(column, sums): &mut (Option<usize>, &mut [f64])| {
            let x = column.map(|column| sources.rows.x.column(column));
            to_risk_sets(sources.sets, risks, x, sums);
        };
        if risks.len() < WORTH_THREADS {
            sums.iter_mut().for_each(work);
        } else {
            sums.par_iter_mut().for_each(work);
        }
        risk
    }

    /// Per moment (rows) Σ w x̄(l)/y(l), the step of ∫ x̄ dΛ.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// // x̄ dΛ at time 1: (2/3 − centre)/3.
    /// let (steps, centre) = (sums.mean_steps(), likelihood.centres(0)[0]);
    /// assert!((steps[(0, 0)] - (2.0 / 3.0 - centre) / 3.0).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn mean_steps(&self) -> Matrix {
        self.combined(|moment| (moment.second, moment.second_spared))
    }

    /// Per moment Σ w f x̄(l)/y(l), what those with an event are spared of it.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// // Nobody is spared anything where events are not tied.
    /// assert_eq!(sums.spared_mean_steps().values(), [0.0, 0.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn spared_mean_steps(&self) -> Matrix {
        self.combined(|moment| (moment.second_spared, moment.second_spared_twice))
    }

    /// Per moment the mean covariates at its events, Σ w x̄(l) / Σ w.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// // Two of the three at risk have x = 1, then one of two.
    /// let (means, centre) = (sums.means(likelihood.risk_sets()), likelihood.centres(0)[0]);
    /// assert!((means[(0, 0)] + centre - 2.0 / 3.0).abs() < 1e-15);
    /// assert!((means[(1, 0)] + centre - 1.0 / 2.0).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn means(&self, sets: &RiskSets) -> Matrix {
        let mut means = self.combined(|moment| (moment.hazard, moment.spared));
        for column in 0..means.columns() {
            for (mean, moment) in means.column_mut(column).iter_mut().zip(&sets.moments) {
                *mean /= moment.event_weight;
            }
        }
        means
    }

    /// a S₁ − b D₁ per moment.
    fn combined(&self, factors: impl Fn(&MomentSums) -> (f64, f64)) -> Matrix {
        let mut result = self.first.clone();
        for column in 0..result.columns() {
            let target = result.column_mut(column);
            for (value, moment) in target.iter_mut().zip(&self.moments) {
                *value *= factors(moment).0;
            }
            for (&moment, first) in self.tied.iter().zip(self.event_first.column(column)) {
                let moment = moment as usize;
                target[moment] -= factors(&self.moments[moment]).1 * first;
            }
        }
        result
    }
}

/// The rows of each chunk.
fn split<'a>(
    mut values: &'a mut [f64],
    sets: &RiskSets,
    chunks: &[Range<usize>],
) -> Vec<&'a mut [f64]> {
    let mut slices = Vec::with_capacity(chunks.len());
    for chunk in chunks {
        let length = sets.segments[chunk.end] - sets.segments[chunk.start];
        let (head, tail) = values.split_at_mut(length as usize);
        slices.push(head);
        values = tail;
    }
    slices
}

impl Part {
    fn new(
        sources: &Sources<'_>,
        coefficients: &[f64],
        chunk: Range<usize>,
        risks: &mut [f64],
    ) -> Self {
        let Sources { sets, rows, .. } = sources;
        let base = sets.segments[chunk.start] as usize;
        let all = base..base + risks.len();
        predictors(sources, coefficients, all.clone(), risks);
        let local = |moment: usize| {
            let segment = sets.segment(moment);
            segment.start - base..segment.end - base
        };
        let mut part = Self {
            event_predictor: 0.0,
            risk: Vec::with_capacity(chunk.len()),
            event_risk: vec![0.0; chunk.len()],
            first: Vec::with_capacity(chunk.len() * rows.x.columns()),
            event_first: Vec::new(),
        };
        for moment in chunk.clone() {
            let segment = local(moment);
            for position in segment.start..segment.start + sets.moments[moment].events as usize {
                let weight = rows.weights.as_ref().map_or(1.0, |w| w[base + position]);
                part.event_predictor += weight * risks[position];
            }
        }
        exponentials(
            risks,
            rows.weights.as_ref().map(|weights| &weights[all.clone()]),
        );
        let segments: Vec<Segment> = chunk
            .map(|moment| {
                let (segment, events) = (local(moment), sets.moments[moment].events as usize);
                Segment {
                    events: segment.start + events,
                    until: segment.end,
                    is_tied: sources.ties == Ties::Efron && events > 1,
                }
            })
            .collect();
        part.add_risks(&segments, risks);
        for from in (0..rows.x.columns()).step_by(TOGETHER) {
            let x = |place: usize| &rows.x.column(from + place)[all.clone()];
            match rows.x.columns() - from {
                1 => part.add_columns([0].map(x), &segments, risks),
                2 => part.add_columns([0, 1].map(x), &segments, risks),
                3 => part.add_columns([0, 1, 2].map(x), &segments, risks),
                4 => part.add_columns([0, 1, 2, 3].map(x), &segments, risks),
                _ => part.add_columns([0, 1, 2, 3, 4].map(x), &segments, risks),
            }
        }
        part
    }

    fn add_risks(&mut self, segments: &[Segment], risks: &[f64]) {
        let mut start = 0;
        for (segment, of_events) in segments.iter().zip(&mut self.event_risk) {
            let events: f64 = risks[start..segment.events].iter().sum();
            if segment.is_tied {
                *of_events = events;
            }
            self.risk
                .push(events + risks[segment.events..segment.until].iter().sum::<f64>());
            start = segment.until;
        }
    }

    /// Some columns at once: where a segment ends is guessed wrong once and not for each.
    fn add_columns<const K: usize>(&mut self, x: [&[f64]; K], segments: &[Segment], risks: &[f64]) {
        let mut first = [const { Vec::new() }; K];
        let mut event_first = [const { Vec::new() }; K];
        first
            .iter_mut()
            .for_each(|sums| sums.reserve_exact(segments.len()));
        let mut start = 0;
        for segment in segments {
            let mut sums = [0.0; K];
            let mut add = |positions: Range<usize>| {
                for position in positions {
                    for (sum, x) in sums.iter_mut().zip(x) {
                        *sum += risks[position] * x[position];
                    }
                }
                sums
            };
            let of_events = add(start..segment.events);
            let of_all = add(segment.events..segment.until);
            for (column, sum) in first.iter_mut().zip(of_all) {
                column.push(sum);
            }
            if segment.is_tied {
                for (column, sum) in event_first.iter_mut().zip(of_events) {
                    column.push(sum);
                }
            }
            start = segment.until;
        }
        first.into_iter().for_each(|sums| self.first.extend(sums));
        let event_first = event_first.into_iter();
        event_first.for_each(|sums| self.event_first.extend(sums));
    }
}

/// The rows of a moment among those of a chunk: from where the one before ends, events first.
struct Segment {
    /// Where its events end.
    events: usize,
    /// Where it ends.
    until: usize,
    /// Whether its events are to be summed by themselves.
    is_tied: bool,
}

/// η for consecutive positions.
fn predictors(
    sources: &Sources<'_>,
    coefficients: &[f64],
    positions: Range<usize>,
    eta: &mut [f64],
) {
    if let Some(offset) = &sources.rows.offset {
        eta.copy_from_slice(&offset[positions.clone()]);
    }
    if let Some(extra) = sources.extra {
        add(eta, 1.0, &extra[positions.clone()]);
    }
    for (column, &coefficient) in coefficients.iter().enumerate() {
        if coefficient != 0.0 {
            add(
                eta,
                coefficient,
                &sources.rows.x.column(column)[positions.clone()],
            );
        }
    }
}

fn add(to: &mut [f64], factor: f64, values: &[f64]) {
    for (to, value) in to.iter_mut().zip(values) {
        *to += factor * value;
    }
}

/// η becomes w exp(η).
fn exponentials(eta: &mut [f64], weights: Option<&[f64]>) {
    for value in eta.iter_mut() {
        *value = value.exp();
    }
    if let Some(weights) = weights {
        for (value, weight) in eta.iter_mut().zip(weights) {
            *value *= weight;
        }
    }
}

/// Sums over segments (`sums`) become sums over risk sets: those who leave at this moment or
/// later, less those who have yet to enter.
fn to_risk_sets(sets: &RiskSets, risks: &[f64], x: Option<&[f64]>, sums: &mut [f64]) {
    if !sets.first.is_empty() {
        subtract_before_entry(sets, risks, x, sums);
    }
    for stratum in &sets.strata {
        let mut total = 0.0;
        for sum in sums[stratum.clone()].iter_mut().rev() {
            total += *sum;
            *sum = total;
        }
    }
}

fn subtract_before_entry(sets: &RiskSets, risks: &[f64], x: Option<&[f64]>, sums: &mut [f64]) {
    for stratum in &sets.strata {
        if stratum.is_empty() {
            continue;
        }
        let rows = sets.segments[stratum.start] as usize..sets.segments[stratum.end] as usize;
        let entries = &sets.first[rows.clone()];
        let mut subtract = |first: u32, amount: f64| {
            let first = first as usize;
            if first > stratum.start {
                sums[first - 1] -= amount;
            }
        };
        match x {
            None => {
                for (&first, &risk) in entries.iter().zip(&risks[rows]) {
                    subtract(first, risk);
                }
            }
            Some(x) => {
                let products = risks[rows.clone()].iter().zip(&x[rows]);
                for (&first, (risk, x)) in entries.iter().zip(products) {
                    subtract(first, risk * x);
                }
            }
        }
    }
}
