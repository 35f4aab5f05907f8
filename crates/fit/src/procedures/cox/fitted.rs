//! A Cox model fitted, with what R's `coxph` object holds.

use super::arguments::{CoxOptions, CoxRows};
use crate::{Failure, Inputs};
use statistics::NotEstimable;
use statistics::cox::{
    CoxData, CoxFit, PartialLikelihood, PredictorConcordance, RiskSums, concordance,
};
use statistics::distribution::{ChiSquared, Distribution};
use statistics::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix, gram};
use std::collections::HashSet;

/// A test with a χ² statistic.
#[derive(Clone, Copy, Debug)]
pub(in crate::procedures) struct ChiSquaredTest {
    pub(in crate::procedures) statistic: f64,
    pub(in crate::procedures) df: usize,
}

impl ChiSquaredTest {
    /// The p-value; 1 without degrees of freedom, as in R.
    pub(in crate::procedures) fn p(self) -> f64 {
        match ChiSquared::new(self.df as f64) {
            Ok(law) if self.df > 0 => law.upper(self.statistic),
            _ => 1.0,
        }
    }
}

/// A Cox model fitted.
pub(in crate::procedures) struct FittedCox {
    pub(in crate::procedures) rows: CoxRows,
    pub(in crate::procedures) likelihood: PartialLikelihood,
    pub(in crate::procedures) fit: CoxFit,
    pub(in crate::procedures) sums: RiskSums,
    /// The sandwich covariance, where asked for.
    pub(in crate::procedures) robust: Option<Robust>,
    /// What R subtracts from covariates in its linear predictors.
    pub(in crate::procedures) means: Vec<f64>,
    pub(in crate::procedures) wald: f64,
}

/// The sandwich covariance and the score test that goes with it.
pub(in crate::procedures) struct Robust {
    pub(in crate::procedures) covariance: Matrix,
    pub(in crate::procedures) score_test: f64,
}

impl FittedCox {
    /// Fits the model.
    ///
    /// # Errors
    /// Whatever the engine names, and a covariate that follows from the others where that is
    /// not allowed.
    pub(in crate::procedures) fn new(
        rows: CoxRows,
        options: &CoxOptions,
        inputs: &Inputs<'_>,
    ) -> Result<Self, Failure> {
        let control = options.control()?;
        let likelihood = PartialLikelihood::new(&rows.data(), options.ties())?;
        let fit = CoxFit::maximise(&likelihood, &control)?;
        if !options.singular_ok() && !fit.aliased.is_empty() {
            let columns = fit.aliased.clone();
            return Err(NotEstimable::Singular { columns }.into());
        }
        warn(inputs, &fit, &rows, control.max_iterations);
        let sums = likelihood.sums(&fit.coefficients)?;
        let start = control
            .init
            .unwrap_or_else(|| vec![0.0; fit.coefficients.len()]);
        let has_scores = rows.is_robust && !fit.coefficients.is_empty();
        let robust = match has_scores {
            true => Some(Robust::new(&rows, &likelihood, (&fit, &sums), &start)?),
            false => None,
        };
        let covariance = robust
            .as_ref()
            .map_or(&fit.covariance, |robust| &robust.covariance);
        let moved: Vec<f64> = fit
            .coefficients
            .iter()
            .zip(&start)
            .map(|(b, start)| b - start)
            .collect();
        let wald = Cholesky::new(covariance, ALIAS_TOLERANCE)?.inverse_quadratic_form(&moved);
        Ok(Self {
            means: means(&rows),
            rows,
            likelihood,
            fit,
            sums,
            robust,
            wald,
        })
    }

    /// The covariance of the coefficients: robust where there is one.
    pub(in crate::procedures) fn covariance(&self) -> &Matrix {
        match &self.robust {
            Some(robust) => &robust.covariance,
            None => &self.fit.covariance,
        }
    }

    pub(in crate::procedures) fn names(&self) -> &[String] {
        self.rows.names()
    }

    /// Coefficients, NaN where aliased.
    pub(in crate::procedures) fn coefficients(&self) -> Vec<f64> {
        let mut coefficients = self.fit.coefficients.clone();
        self.fit
            .aliased
            .iter()
            .for_each(|&column| coefficients[column] = f64::NAN);
        coefficients
    }

    /// The positions of coefficients that are not aliased.
    pub(in crate::procedures) fn kept(&self) -> Vec<usize> {
        (0..self.fit.coefficients.len())
            .filter(|column| !self.fit.aliased.contains(column))
            .collect()
    }

    /// The linear predictor at the means of the covariates.
    pub(in crate::procedures) fn origin(&self) -> f64 {
        self.fit
            .coefficients
            .iter()
            .zip(&self.means)
            .map(|(b, mean)| b * mean)
            .sum()
    }

    /// The mean of the offsets, at which curves without new rows are.
    pub(in crate::procedures) fn mean_offset(&self) -> f64 {
        match &self.rows.offset {
            Some(offset) => offset.iter().sum::<f64>() / offset.len() as f64,
            None => 0.0,
        }
    }

    /// Rows of the table that the model is about: those written out for `tt()` count once.
    pub(in crate::procedures) fn original_rows(&self) -> usize {
        match &self.rows.written_from {
            Some(from) => from.iter().collect::<HashSet<_>>().len(),
            None => self.rows.len(),
        }
    }

    /// The log-likelihood with all coefficients 0.
    pub(in crate::procedures) fn log_likelihood_of_nothing(&self) -> Result<f64, Failure> {
        let zeros = vec![0.0; self.fit.coefficients.len()];
        Ok(self.likelihood.evaluate(&zeros)?.log_likelihood)
    }

    /// The same rows with the first terms only.
    pub(in crate::procedures) fn with_terms(
        &self,
        terms: usize,
        options: &CoxOptions,
    ) -> Result<CoxFit, Failure> {
        let columns: Vec<usize> = (0..self.rows.x.columns())
            .filter(|&column| self.rows.design.assign[column] <= terms)
            .collect();
        let x = self.rows.x.gather_columns(&columns);
        let data = CoxData {
            design: &x,
            ..self.rows.data()
        };
        let mut control = options.control()?;
        control.init = None;
        Ok(CoxFit::fit(&data, options.ties(), &control)?)
    }

    /// Xβ + offset, centred at the means of the covariates.
    pub(in crate::procedures) fn linear_predictors(&self) -> Vec<f64> {
        let mut eta = match &self.rows.offset {
            Some(offset) => offset.clone(),
            None => vec![0.0; self.rows.len()],
        };
        self.rows.x.add_times(&self.fit.coefficients, &mut eta);
        let origin = self.origin();
        eta.iter_mut().for_each(|eta| *eta -= origin);
        eta
    }

    /// How well the linear predictors put events in order; `None` without coefficients.
    pub(in crate::procedures) fn concordance(
        &self,
    ) -> Result<Option<PredictorConcordance>, Failure> {
        if self.kept().is_empty() {
            return Ok(None);
        }
        let clusters = self.rows.clusters.as_ref().filter(|_| self.rows.is_robust);
        let codes = clusters.map(|clusters| clusters.codes.as_slice());
        let found = concordance(&self.rows.data(), &self.linear_predictors(), codes)?;
        Ok(Some(found))
    }

    pub(in crate::procedures) fn likelihood_ratio(&self) -> ChiSquaredTest {
        self.test(self.fit.likelihood_ratio())
    }

    pub(in crate::procedures) fn test(&self, statistic: f64) -> ChiSquaredTest {
        ChiSquaredTest {
            statistic,
            df: self.fit.degrees_of_freedom(),
        }
    }

    pub(in crate::procedures) fn aic(&self) -> f64 {
        -2.0 * self.fit.log_likelihood + 2.0 * self.fit.degrees_of_freedom() as f64
    }

    /// R's BIC counts events, not rows.
    pub(in crate::procedures) fn bic(&self) -> f64 {
        let df = self.fit.degrees_of_freedom() as f64;
        -2.0 * self.fit.log_likelihood + df * (self.fit.events as f64).ln()
    }
}

impl Robust {
    fn new(
        rows: &CoxRows,
        likelihood: &PartialLikelihood,
        (fit, sums): (&CoxFit, &RiskSums),
        start: &[f64],
    ) -> Result<Self, Failure> {
        let clusters = rows
            .clusters
            .as_ref()
            .map(|clusters| clusters.codes.as_slice());
        let middle = gram(&likelihood.cluster_scores(sums, clusters)?, None);
        let at_start = likelihood.cluster_scores(&likelihood.sums(start)?, clusters)?;
        let total: Vec<f64> = (0..at_start.columns())
            .map(|column| at_start.column(column).iter().sum())
            .collect();
        let spread = gram(&at_start, None);
        Ok(Self {
            covariance: fit.covariance.sandwich(&middle),
            score_test: Cholesky::new(&spread, ALIAS_TOLERANCE)?.inverse_quadratic_form(&total),
        })
    }
}

fn warn(inputs: &Inputs<'_>, fit: &CoxFit, rows: &CoxRows, max_iterations: usize) {
    if fit.events == 0 {
        inputs.warn(
            "no_events",
            "Er zijn geen gebeurtenissen: er is niets te schatten.",
        );
        return;
    }
    if !fit.converged && max_iterations > 1 {
        inputs.warn(
            "not_converged",
            format!(
                "Na {} stappen is de schatting niet geconvergeerd.",
                fit.iterations
            ),
        );
    }
    let names: Vec<&str> = fit
        .infinite
        .iter()
        .map(|&column| rows.names()[column].as_str())
        .collect();
    if fit.converged && !names.is_empty() {
        let message = format!(
            "De aannemelijkheid convergeert eerder dan {}: de coëfficiënt kan oneindig zijn, \
             en zijn standaardfout en Wald-toets zeggen dan niets. Gebruik de \
             aannemelijkheidstoets, of Firths methode.",
            names.join(", ")
        );
        inputs.warn("infinite_coefficient", message);
    }
}

/// Means; 0 for covariates that are only −1, 0 or 1, which R does not centre. R weights them by
/// the case weights, but not for rows with a begin.
fn means(rows: &CoxRows) -> Vec<f64> {
    let weights = rows
        .weights
        .as_ref()
        .filter(|_| rows.survival.start.is_empty());
    let total: f64 = match weights {
        Some(weights) => weights.iter().sum(),
        None => rows.len() as f64,
    };
    let mean = |column: usize| {
        let x = rows.x.column(column);
        if x.iter().all(|x| [-1.0, 0.0, 1.0].contains(x)) {
            return 0.0;
        }
        let sum: f64 = match weights {
            Some(weights) => statistics::matrix::dot(x, weights),
            None => x.iter().sum(),
        };
        sum / total
    };
    (0..rows.x.columns()).map(mean).collect()
}
