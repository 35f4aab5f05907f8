//! What is maximised, from the first guess to the fit.

use super::derivatives::{SHAPE_STEP, shape_slopes};
use super::rows::{check, observed};
use super::{Accelerated, AcceleratedData, AcceleratedOptions};
use crate::NotEstimable;
use crate::matrix::{Cholesky, Matrix, gram};
use crate::optimise::Maximum;
use crate::parametric::maximise::{Climb, Stop, maximise};
use crate::parametric::{Contribution, Family, Observed, Standard};

/// Promised gain after which one last step is made.
const GAIN: f64 = 1e-12;
/// Below this share of its own sum of squares a column is aliased (R: `toler.chol`).
const ALIAS: f64 = 1e-10;

/// Checked data on the scale of the error.
pub(in crate::parametric) struct Problem<'a> {
    pub(in crate::parametric) data: AcceleratedData<'a>,
    observed: Vec<Observed>,
    /// Σ w ln|dt/dy| over the exact times.
    pub(super) jacobian: f64,
    family: Family,
    fixed: Option<f64>,
    strata: usize,
    max_iterations: usize,
}

impl<'a> Problem<'a> {
    pub(in crate::parametric) fn new(
        data: AcceleratedData<'a>,
        options: AcceleratedOptions,
    ) -> Result<Self, NotEstimable> {
        check(data)?;
        let family = options.family;
        let fixed = options.scale.or(family.scale);
        if let Some(scale) = fixed
            && !(scale > 0.0 && scale.is_finite())
        {
            return Err(NotEstimable::Domain {
                what: "the scale",
                value: scale,
            });
        }
        let strata = data
            .strata
            .and_then(|strata| strata.iter().max())
            .map_or(1, |most| most + 1);
        let observed = (0..data.lower.len())
            .map(|row| observed(data, family, row))
            .collect::<Result<Vec<_>, _>>()?;
        let is_event = |o: &Observed| o.upper < f64::INFINITY;
        if !observed.iter().any(is_event) {
            return Err(NotEstimable::NoEvents);
        }
        let weight = |row: usize| data.weights.map_or(1.0, |weights| weights[row]);
        let jacobian = |(row, o): (usize, &Observed)| match o.lower == o.upper && family.log {
            true => weight(row) * o.lower,
            false => 0.0,
        };
        Ok(Self {
            data,
            jacobian: observed.iter().enumerate().map(jacobian).sum(),
            observed,
            family,
            fixed,
            strata,
            max_iterations: options.max_iterations,
        })
    }

    pub(super) fn weight(&self, row: usize) -> f64 {
        self.data.weights.map_or(1.0, |weights| weights[row])
    }

    pub(super) fn stratum(&self, row: usize) -> usize {
        self.data.strata.map_or(0, |strata| strata[row])
    }

    /// Free scales and the shape.
    pub(super) fn extras(&self) -> usize {
        self.free_scales() + usize::from(self.family.has_shape())
    }

    pub(super) fn free_scales(&self) -> usize {
        if self.fixed.is_some() { 0 } else { self.strata }
    }

    pub(super) fn aliased(&self) -> Result<Vec<usize>, NotEstimable> {
        let factor = Cholesky::new(&gram(self.data.x, self.data.weights), ALIAS)?;
        Ok(factor.aliased_columns())
    }

    pub(super) fn intercept_only(&self) -> Result<Maximum, NotEstimable> {
        let rows = self.observed.len();
        let ones = Matrix::from_columns(&[vec![1.0; rows]]);
        self.maximise(&ones, &self.first_guess())
    }

    /// Mean and spread of the middles of what is known.
    fn first_guess(&self) -> Vec<f64> {
        let middle = |row: usize| {
            let Observed { lower, upper, .. } = self.observed[row];
            let offset = self.data.offset.map_or(0.0, |offset| offset[row]);
            let y = match (lower.is_finite(), upper.is_finite()) {
                (true, true) => 0.5 * (lower + upper),
                (true, false) => lower,
                _ => upper,
            };
            y - offset
        };
        let used: Vec<usize> = (0..self.observed.len())
            .filter(|&row| middle(row).is_finite())
            .collect();
        let total: f64 = used.iter().map(|&row| self.weight(row)).sum();
        let mean = used
            .iter()
            .map(|&row| self.weight(row) * middle(row))
            .sum::<f64>()
            / total;
        let square = |row: usize| self.weight(row) * (middle(row) - mean).powi(2);
        let variance = used.iter().map(|&row| square(row)).sum::<f64>() / total;
        let spread = match variance > 0.0 {
            true => 0.5 * variance.ln(),
            false => 0.0,
        };
        let mut start = vec![mean];
        start.resize(1 + self.free_scales(), spread);
        if let Standard::GeneralisedGamma(q) = self.family.standard {
            start.push(q);
        }
        start
    }

    pub(super) fn maximise(&self, x: &Matrix, start: &[f64]) -> Result<Maximum, NotEstimable> {
        let stop = Stop {
            gain: GAIN,
            iterations: self.max_iterations,
        };
        maximise(start, stop, |parameters| self.evaluate(x, parameters))
    }

    pub(in crate::parametric) fn predictor(&self, x: &Matrix, coefficients: &[f64]) -> Vec<f64> {
        let mut predictor = self
            .data
            .offset
            .map_or_else(|| vec![0.0; x.rows()], <[f64]>::to_vec);
        x.add_times(coefficients, &mut predictor);
        predictor
    }

    fn scales(&self, parameters: &[f64], columns: usize) -> Vec<f64> {
        match self.fixed {
            Some(scale) => vec![scale; self.strata],
            None => parameters[columns..columns + self.strata]
                .iter()
                .map(|ln| ln.exp())
                .collect(),
        }
    }

    pub(in crate::parametric) fn contributions(
        &self,
        predictor: &[f64],
        scales: &[f64],
        standard: Standard,
    ) -> Vec<Contribution> {
        let of_row = |(row, &eta): (usize, &f64)| {
            Contribution::of(standard, self.observed[row], eta, scales[self.stratum(row)])
        };
        predictor.iter().enumerate().map(of_row).collect()
    }

    fn evaluate(&self, x: &Matrix, parameters: &[f64]) -> Climb {
        let columns = x.columns();
        let predictor = self.predictor(x, &parameters[..columns]);
        let scales = self.scales(parameters, columns);
        let at = |q: Option<f64>| {
            let family = q.map_or(self.family, |q| self.family.with_shape(q));
            self.contributions(&predictor, &scales, family.standard)
        };
        if !self.family.has_shape() {
            return self.climb(x, &at(None), None);
        }
        let q = parameters[parameters.len() - 1];
        let around = [-2.0, -1.0, 1.0, 2.0].map(|steps| at(Some(q + steps * SHAPE_STEP)));
        let rows = at(Some(q));
        let shape = shape_slopes(&rows, &around);
        self.climb(x, &rows, Some(&shape))
    }

    pub(super) fn finish(
        &self,
        (kept, aliased): (&[usize], Vec<usize>),
        null: Maximum,
        fitted: Maximum,
    ) -> Accelerated {
        let (all, p) = (self.data.x.columns(), kept.len());
        let place = |parameter: usize| match parameter < p {
            true => kept[parameter],
            false => all + parameter - p,
        };
        let n = fitted.point.len();
        let inverse = fitted.factor.inverse();
        let mut covariance = Matrix::zeros(all + n - p, all + n - p);
        for i in 0..n {
            for j in 0..n {
                covariance[(place(i), place(j))] = inverse[(i, j)];
            }
        }
        let mut coefficients = vec![0.0; all];
        let mut score = vec![0.0; all + n - p];
        for i in 0..n {
            score[place(i)] = fitted.gradient[i];
            if i < p {
                coefficients[place(i)] = fitted.point[i];
            }
        }
        let family = match self.family.has_shape() {
            true => self.family.with_shape(fitted.point[n - 1]),
            false => self.family,
        };
        Accelerated {
            linear_predictor: self.predictor(self.data.x, &coefficients),
            coefficients,
            aliased,
            infinite: fitted.infinite.iter().map(|&i| place(i)).collect(),
            scales: self.scales(&fitted.point, p),
            scale_estimated: self.fixed.is_none(),
            family,
            covariance,
            score,
            ln_likelihood_null: null.value,
            ln_likelihood: fitted.value,
            df_null: null.point.len(),
            df: n,
            iterations: fitted.iterations,
        }
    }
}

/// The intercept of the null model carried over to the columns: the combination nearest to a
/// constant.
pub(super) fn start_from(x: &Matrix, null: &[f64]) -> Vec<f64> {
    let constant = vec![null[0]; x.rows()];
    let mut start = match Cholesky::new(&gram(x, None), ALIAS) {
        Ok(factor) => factor.solve(&x.transposed_times(&constant)),
        Err(_) => vec![0.0; x.columns()],
    };
    start.extend_from_slice(&null[1..]);
    start
}
