//! Sums over risk sets at given coefficients, and what follows from them moment by moment.

use super::segment_sums::{Chunk, SegmentRisks};
use super::{RiskSets, Ties};
use crate::matrix::Matrix;
use rayon::prelude::*;
use std::ops::Range;

/// Of two numbers in this range the product is neither too large nor too small for a double.
const LOGARITHMS_TOGETHER: Range<f64> = 1e-150..1e150;
/// With fewer rows a second thread costs more than it saves.
const WORTH_THREADS: usize = 8_192;

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
            let per_left = 1.0 / left;
            let step = weight * per_left;
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

/// Everything that sums are made from.
pub(super) struct Sources<'a> {
    pub(super) sets: &'a RiskSets,
    pub(super) rows: &'a OrderedRows,
    pub(super) ties: Ties,
    /// Σ w x over events, per covariate.
    pub(super) event_sums: &'a [f64],
    /// Added to the linear predictor, by position.
    pub(super) extra: Option<&'a [f64]>,
}

impl RiskSums {
    /// Sums still to be made.
    pub(super) fn empty(sets: &RiskSets, ties: Ties, columns: usize) -> Self {
        let count = sets.moments.len();
        let tied: Vec<u32> = match ties {
            Ties::Efron => (0..count as u32)
                .filter(|&moment| sets.moments[moment as usize].events > 1)
                .collect(),
            Ties::Breslow | Ties::Exact => Vec::new(),
        };
        Self {
            risks: vec![0.0; sets.rows.len()],
            moments: Vec::with_capacity(count),
            first: Matrix::zeros(count, columns),
            event_first: Matrix::zeros(tied.len(), columns),
            tied,
            event_predictor: 0.0,
        }
    }

    /// Makes the sums at other coefficients; `risks` is memory for it.
    pub(super) fn fill(
        &mut self,
        sources: &Sources<'_>,
        coefficients: &[f64],
        risks: &mut SegmentRisks,
    ) {
        let sets = sources.sets;
        risks.all.resize(sets.moments.len(), 0.0);
        risks.events.resize(sets.moments.len(), 0.0);
        let chunks = Chunk::all(sources, self, risks);
        let fill = |chunk: Chunk<'_>| chunk.fill(sources, coefficients);
        let given: Vec<f64> = match sets.rows.len() < WORTH_THREADS {
            true => chunks.into_iter().map(fill).collect(),
            false => chunks.into_par_iter().map(fill).collect(),
        };
        let covariates = coefficients.iter().zip(sources.event_sums);
        self.event_predictor =
            given.into_iter().sum::<f64>() + covariates.map(|(b, sum)| b * sum).sum::<f64>();
        self.accumulate(sources, &mut risks.all);
        self.moments.clear();
        let of_moments = risks.all.iter().zip(&risks.events);
        let sums = sets.moments.iter().zip(of_moments);
        self.moments
            .extend(sums.map(|(moment, (&risk, &of_events))| {
                MomentSums::new(risk, of_events, moment.events, moment.event_weight)
            }));
    }

    /// From sums over segments to sums over risk sets, in all columns at once.
    fn accumulate(&mut self, sources: &Sources<'_>, risk: &mut [f64]) {
        let (count, risks) = (risk.len(), &self.risks);
        let covariates = self.first.values_mut().chunks_exact_mut(count.max(1));
        let numbered = covariates.enumerate();
        let mut sums: Vec<(Option<usize>, &mut [f64])> = std::iter::once((None, risk))
            .chain(numbered.map(|(column, sums)| (Some(column), sums)))
            .collect();
        let work = |(column, sums): &mut (Option<usize>, &mut [f64])| {
            let x = column.map(|column| sources.rows.x.column(column));
            to_risk_sets(sources.sets, risks, x, sums);
        };
        if risks.len() < WORTH_THREADS {
            sums.iter_mut().for_each(work);
        } else {
            sums.par_iter_mut().for_each(work);
        }
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
