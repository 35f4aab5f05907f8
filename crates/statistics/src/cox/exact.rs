//! The exact partial likelihood: this set of events among all sets of that size.

use super::{CoxData, Evaluation, PartialLikelihood};
use crate::NotEstimable;
use crate::matrix::Matrix;
use rayon::prelude::*;
use std::ops::Range;

/// The exact likelihood has no weights: a set of rows counts or it does not.
pub(super) fn check(data: &CoxData<'_>) -> Result<(), NotEstimable> {
    let weights = data.weights.unwrap_or_default();
    match weights.iter().find(|&&weight| weight != 1.0) {
        Some(&value) => Err(NotEstimable::Domain {
            what: "a weight with exact ties",
            value,
        }),
        None => Ok(()),
    }
}

/// The sums over all subsets of a risk set, by the size of the subset.
///
/// # Method
/// Howard (1972) and Gail, Lubin and Rubinstein (1981): with B(d, n) the sum over subsets of
/// size d of the first n members of the product of their risks, B(d, n) = B(d, n − 1) +
/// r B(d − 1, n − 1). Kept are the ratios B(d)/B(d − 1), which neither overflow nor cancel, and
/// the mean and covariance of the summed covariates of a subset, whose probability is its share
/// of B(d).
#[derive(Clone, Debug)]
struct Subsets {
    columns: usize,
    members: usize,
    /// B(d)/B(d − 1) for d = 1, 2, …; 0 while there are fewer members.
    ratios: Vec<f64>,
    /// For d = 0, 1, …: the mean of the summed covariates.
    means: Vec<f64>,
    /// For d = 0, 1, …: their covariances, the lower triangle row after row.
    covariances: Vec<f64>,
}

impl Subsets {
    fn new(columns: usize, largest: usize) -> Self {
        Self {
            columns,
            members: 0,
            ratios: vec![0.0; largest],
            means: vec![0.0; (largest + 1) * columns],
            covariances: vec![0.0; (largest + 1) * columns * (columns + 1) / 2],
        }
    }

    /// Adds a member.
    fn add(&mut self, risk: f64, x: &[f64], difference: &mut [f64]) {
        self.members += 1;
        for size in (1..=self.ratios.len().min(self.members)).rev() {
            let old = self.ratios[size - 1];
            // The share of subsets of this size that have the new member.
            let share = risk / (old + risk);
            self.ratios[size - 1] = match size {
                1 => old + risk,
                _ => (old + risk) / (1.0 + risk / self.ratios[size - 2]),
            };
            self.mix(size, share, x, difference);
        }
    }

    /// Mixes subsets of a size without the new member with those that have it.
    fn mix(&mut self, size: usize, share: f64, x: &[f64], difference: &mut [f64]) {
        let columns = self.columns;
        let (smaller, here) =
            self.means[(size - 1) * columns..(size + 1) * columns].split_at_mut(columns);
        for j in 0..columns {
            difference[j] = smaller[j] + x[j] - here[j];
            here[j] += share * difference[j];
        }
        let length = columns * (columns + 1) / 2;
        let (smaller, here) =
            self.covariances[(size - 1) * length..(size + 1) * length].split_at_mut(length);
        let between = share * (1.0 - share);
        let mut cell = 0;
        for i in 0..columns {
            for j in 0..=i {
                here[cell] +=
                    share * (smaller[cell] - here[cell]) + between * difference[i] * difference[j];
                cell += 1;
            }
        }
    }

    /// Takes subsets of this size as the reference of a set of events.
    fn subtract(&self, size: usize, sum: &mut Sum) {
        sum.log_likelihood -= self.ratios[..size]
            .iter()
            .map(|ratio| ratio.ln())
            .sum::<f64>();
        let columns = self.columns;
        for (score, mean) in sum.score.iter_mut().zip(&self.means[size * columns..]) {
            *score -= mean;
        }
        let length = sum.information.len();
        let covariances = &self.covariances[size * length..(size + 1) * length];
        for (information, covariance) in sum.information.iter_mut().zip(covariances) {
            *information += covariance;
        }
    }
}

/// A part of an evaluation; of the information the lower triangle row after row.
#[derive(Clone)]
struct Sum {
    log_likelihood: f64,
    score: Vec<f64>,
    information: Vec<f64>,
}

impl Sum {
    fn new(columns: usize) -> Self {
        Self {
            log_likelihood: 0.0,
            score: vec![0.0; columns],
            information: vec![0.0; columns * (columns + 1) / 2],
        }
    }

    fn add(&mut self, other: &Self) {
        self.log_likelihood += other.log_likelihood;
        let pairs = self.score.iter_mut().zip(&other.score);
        pairs.for_each(|(sum, value)| *sum += value);
        let pairs = self.information.iter_mut().zip(&other.information);
        pairs.for_each(|(sum, value)| *sum += value);
    }

    fn add_events(&mut self, rows: &Rows<'_>, events: Range<usize>) {
        for position in events {
            self.log_likelihood += rows.eta[position];
            for (score, x) in self.score.iter_mut().zip(rows.x(position)) {
                *score += x;
            }
        }
    }
}

/// Rows with their covariates side by side.
struct Rows<'a> {
    likelihood: &'a PartialLikelihood,
    columns: usize,
    x: Vec<f64>,
    eta: Vec<f64>,
}

impl Rows<'_> {
    fn x(&self, position: usize) -> &[f64] {
        &self.x[position * self.columns..(position + 1) * self.columns]
    }

    fn add_to(&self, subsets: &mut Subsets, position: usize, difference: &mut [f64]) {
        subsets.add(self.eta[position].exp(), self.x(position), difference);
    }
}

pub(super) fn evaluate(
    likelihood: &PartialLikelihood,
    coefficients: &[f64],
    extra: Option<&[f64]>,
) -> Evaluation {
    let design = likelihood.covariates();
    let columns = design.columns();
    let rows = Rows {
        likelihood,
        columns,
        x: design.transpose().values().to_vec(),
        eta: likelihood.predictors(coefficients, extra),
    };
    let sets = likelihood.risk_sets();
    let strata: Vec<Range<usize>> = (0..sets.strata())
        .map(|code| sets.moments_of(code))
        .collect();
    let sums: Vec<Sum> = strata
        .into_par_iter()
        .map(|moments| match sets.first.is_empty() {
            true => nested(&rows, moments),
            false => separate(&rows, moments),
        })
        .collect();
    let mut total = Sum::new(columns);
    sums.iter().for_each(|sum| total.add(sum));
    let mut information = Matrix::zeros(columns, columns);
    let mut cell = 0;
    for i in 0..columns {
        for j in 0..=i {
            information[(i, j)] = total.information[cell];
            information[(j, i)] = total.information[cell];
            cell += 1;
        }
    }
    Evaluation {
        log_likelihood: total.log_likelihood,
        score: total.score,
        information,
    }
}

/// A stratum in which nobody enters late: going back in time, risk sets only grow.
fn nested(rows: &Rows<'_>, moments: Range<usize>) -> Sum {
    let sets = rows.likelihood.risk_sets();
    let mut sum = Sum::new(rows.columns);
    let events = |moment: usize| sets.moments[moment].events as usize;
    let largest = moments.clone().map(events).max().unwrap_or(0);
    let mut subsets = Subsets::new(rows.columns, largest);
    let mut difference = vec![0.0; rows.columns];
    for moment in moments.rev() {
        let segment = sets.segment(moment);
        for position in segment.clone() {
            rows.add_to(&mut subsets, position, &mut difference);
        }
        sum.add_events(rows, segment.start..segment.start + events(moment));
        subsets.subtract(events(moment), &mut sum);
    }
    sum
}

/// A stratum with late entries: every risk set by itself.
fn separate(rows: &Rows<'_>, moments: Range<usize>) -> Sum {
    let sets = rows.likelihood.risk_sets();
    let Some(last) = moments.clone().last() else {
        return Sum::new(rows.columns);
    };
    let end = sets.segment(last).end;
    let of_moment = |moment: usize| {
        let mut sum = Sum::new(rows.columns);
        let events = sets.moments[moment].events as usize;
        let start = sets.segment(moment).start;
        let mut subsets = Subsets::new(rows.columns, events);
        let mut difference = vec![0.0; rows.columns];
        for position in (start..end).filter(|&position| sets.first[position] as usize <= moment) {
            rows.add_to(&mut subsets, position, &mut difference);
        }
        sum.add_events(rows, start..start + events);
        subsets.subtract(events, &mut sum);
        sum
    };
    let sums: Vec<Sum> = moments.into_par_iter().map(of_moment).collect();
    let mut total = Sum::new(rows.columns);
    sums.iter().for_each(|sum| total.add(sum));
    total
}
