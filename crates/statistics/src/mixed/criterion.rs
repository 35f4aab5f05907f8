use super::covariance::{factors, theta};
use super::engine::Pass;
use super::linear::{Criterion, LinearMixed};
use crate::NotEstimable;
use crate::matrix::{Cholesky, Matrix};
use std::f64::consts::TAU;

/// The criterion at given θ, and everything that comes with it.
pub(super) struct Solution {
    /// −2 ln of the (restricted) likelihood, at its maximum over σ and the coefficients.
    pub(super) value: f64,
    /// Its gradient by θ.
    pub(super) gradient: Vec<f64>,
    /// Coefficients of the columns that count, relative to the least-squares fit.
    pub(super) beta: Vec<f64>,
    /// The penalised residual sum of squares.
    pub(super) rss: f64,
    /// σ².
    pub(super) variance: f64,
    /// The factors of X'V⁻¹X.
    pub(super) information: Cholesky,
    pub(super) pass: Pass,
}

impl Solution {
    /// The covariance of the coefficients that count.
    pub(super) fn covariance(&self) -> Matrix {
        self.information.inverse().scaled(self.variance)
    }
}

impl LinearMixed<'_> {
    /// Profiles β and σ out of the criterion at θ.
    pub(super) fn solve(&self, parameters: &[f64]) -> Result<Solution, NotEstimable> {
        let lambda = factors(&self.sizes, parameters);
        let pass = self.engine.pass(&lambda)?;
        let p = pass.cross.columns() - 1;
        let places: Vec<usize> = (0..p).collect();
        let information = Cholesky::full_rank(&pass.cross.principal(&places))?;
        let right = &pass.cross.column(p)[..p];
        let beta = information.solve(right);
        let explained: f64 = beta.iter().zip(right).map(|(b, c)| b * c).sum();
        let rss = pass.cross[(p, p)] - explained;
        let df = self.degrees();
        if rss.is_nan() || rss <= self.prepared.cross[(p, p)].max(f64::MIN_POSITIVE) * 1e-14 {
            return Err(NotEstimable::OneLevel {
                what: "the residual",
            });
        }
        let mut value = pass.ln_determinant + df * (1.0 + (TAU * rss / df).ln()) - self.ln_weights;
        if self.criterion == Criterion::Reml {
            value += information.log_determinant();
        }
        let root = self.root(&information, &beta, df / rss);
        let quadratic = self.engine.quadratic(&pass, &root);
        let terms = pass.slopes.iter().zip(&quadratic).zip(&lambda);
        let slopes: Vec<Matrix> = terms
            .map(|((slope, quadratic), lambda)| {
                let mut slope = slope.clone();
                slope.add_scaled(-2.0, &quadratic.multiply(lambda));
                slope
            })
            .collect();
        Ok(Solution {
            value,
            gradient: theta(&slopes),
            variance: rss / df,
            beta,
            rss,
            information,
            pass,
        })
    }

    /// F, an upper triangle, with FF' = (X'V⁻¹X)⁻¹ (for REML) + (df/rss) (−β, 1)(−β, 1)'.
    fn root(&self, information: &Cholesky, beta: &[f64], weight: f64) -> Matrix {
        let p = beta.len();
        let mut root = Matrix::zeros(p + 1, p + 1);
        if self.criterion == Criterion::Reml {
            let lower = information.root();
            // The inverse of the transpose, column by column from below.
            for column in 0..p {
                for row in (0..=column).rev() {
                    let mut value = if row == column { 1.0 } else { 0.0 };
                    for k in row + 1..=column {
                        value -= lower[(k, row)] * root[(k, column)];
                    }
                    root[(row, column)] = value / lower[(row, row)];
                }
            }
        }
        let scale = weight.sqrt();
        for (row, beta) in beta.iter().enumerate() {
            root[(row, p)] = -scale * beta;
        }
        root[(p, p)] = scale;
        root
    }

    /// n − p for REML, n for ML.
    pub(super) fn degrees(&self) -> f64 {
        let n = self.data.rows() as f64;
        match self.criterion {
            Criterion::Reml => n - self.prepared.kept.len() as f64,
            Criterion::Ml => n,
        }
    }
}
