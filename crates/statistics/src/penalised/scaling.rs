//! Columns and penalties in units of standard deviations.

use super::coordinate::Penalty;
use super::{PenaltyOptions, Target};
use crate::matrix::Matrix;

/// Columns less their mean, over their standard deviation.
pub(super) struct Scaled {
    pub(super) means: Vec<f64>,
    pub(super) sds: Vec<f64>,
}

impl Scaled {
    pub(super) fn new(x: &Matrix, weights: Option<&[f64]>, (centre, scale): (bool, bool)) -> Self {
        let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
        let total: f64 = (0..x.rows()).map(weight).sum();
        let mut scaled = Self {
            means: Vec::new(),
            sds: Vec::new(),
        };
        for column in 0..x.columns() {
            let values = x.column(column);
            let mean = values
                .iter()
                .enumerate()
                .map(|(row, x)| weight(row) * x)
                .sum::<f64>()
                / total;
            let square = |(row, x): (usize, &f64)| weight(row) * (x - mean) * (x - mean);
            let sd = (values.iter().enumerate().map(square).sum::<f64>() / total).sqrt();
            // A constant column stays at 0, whatever its units.
            let constant = sd <= 1e-14 * mean.abs();
            scaled.means.push(if centre { mean } else { 0.0 });
            scaled.sds.push(match (constant, scale) {
                (true, _) => 0.0,
                (false, true) => sd,
                (false, false) => 1.0,
            });
        }
        scaled
    }

    pub(super) fn design(&self, x: &Matrix, intercept: bool) -> Matrix {
        let mut columns = Vec::with_capacity(x.columns() + usize::from(intercept));
        if intercept {
            columns.push(vec![1.0; x.rows()]);
        }
        for column in 0..x.columns() {
            let (mean, sd) = (self.means[column], self.sds[column]);
            let factor = if sd == 0.0 { 0.0 } else { 1.0 / sd };
            let scale = |x: &f64| (x - mean) * factor;
            columns.push(x.column(column).iter().map(scale).collect());
        }
        if columns.is_empty() {
            return Matrix::zeros(x.rows(), 0);
        }
        Matrix::from_columns(&columns)
    }
}

/// In `glmnet` a normal outcome is standardised too, so that the ridge part of the penalty is
/// counted in its standard deviations.
pub(super) fn ridge_unit(target: &Target<'_>, weights: Option<&[f64]>, centre: bool) -> f64 {
    let Target::Gaussian(y) = target else {
        return 1.0;
    };
    let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
    let total: f64 = (0..y.len()).map(weight).sum();
    let mean = match centre {
        true => {
            y.iter()
                .enumerate()
                .map(|(row, y)| weight(row) * y)
                .sum::<f64>()
                / total
        }
        false => 0.0,
    };
    let square = |(row, y): (usize, &f64)| weight(row) * (y - mean) * (y - mean);
    let sd = (y.iter().enumerate().map(square).sum::<f64>() / total).sqrt();
    if sd > 0.0 { 1.0 / sd } else { 1.0 }
}

/// Penalties at λ = 1, bounds on the scaled columns.
pub(super) fn base_penalties(
    scaled: &Scaled,
    options: &PenaltyOptions,
    intercept: bool,
) -> Vec<Penalty> {
    let free = Penalty {
        lasso: 0.0,
        ridge: 0.0,
        lower: f64::NEG_INFINITY,
        upper: f64::INFINITY,
    };
    let columns = scaled.sds.len();
    let factor = |column: usize| options.factors.as_ref().map_or(1.0, |f| f[column]);
    // Columns that are left out count as any other.
    let sum: f64 = (0..columns)
        .map(|column| match factor(column) {
            f64::INFINITY => 1.0,
            factor => factor,
        })
        .sum();
    let mut penalties = vec![free; usize::from(intercept)];
    for column in 0..columns {
        let out = scaled.sds[column] == 0.0 || factor(column) == f64::INFINITY;
        let scale = scaled.sds[column];
        let (lower, upper) = match (&options.bounds, out) {
            (_, true) => (0.0, 0.0),
            (Some(bounds), _) => (bounds[column].0 * scale, bounds[column].1 * scale),
            (None, _) => (f64::NEG_INFINITY, f64::INFINITY),
        };
        let share = match out || sum == 0.0 {
            true => 0.0,
            false => factor(column) * columns as f64 / sum,
        };
        penalties.push(Penalty {
            lasso: options.alpha * share,
            ridge: (1.0 - options.alpha) * share,
            lower,
            upper,
        });
    }
    penalties
}
