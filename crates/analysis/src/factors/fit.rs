//! Fitting a model to completed rows, and pooling.

use super::design::Design;
use super::rows::RiskRows;
use estimate::{Interval, Method};
use rayon::prelude::*;
use statistics::NotEstimable;
use statistics::competing::{FineGray, FineGrayControl, FineGrayData};
use statistics::cox::{CoxControl, CoxData, CoxFit, PartialLikelihood, Proportionality, Ties};
use statistics::distribution::{ChiSquared, Distribution, Normal};
use statistics::firth::{FirthCox, FirthFit};
use statistics::frailty::{Choice, PenalisedCox, PenalisedTerm, TermKind};
use statistics::imputation::Pooled;
use statistics::matrix::Matrix;

/// Events per coefficient from which maximum likelihood is used (Peduzzi e.a. 1995).
const PLAIN_FROM: f64 = 10.0;
/// Events per coefficient from which Firth's penalty is used; below it a ridge. A choice of this
/// project: Firth takes away bias, but not the variance that few events bring.
const FIRTH_FROM: f64 = 5.0;
/// Fewer events per coefficient than this say nothing about so many factors.
const REFUSED_BELOW: f64 = 2.0;
/// The ridge: coefficients of standardised factors as if drawn around 0 with 95 % of the ratios
/// between ¼ and 4, so with a variance of (ln 4 / 1.96)² = ½. A choice of this project.
const RIDGE: f64 = 2.0;
/// The chance of a doubt about one of the terms where there is nothing to doubt.
const DOUBT: f64 = 0.05;
const LEVEL: f64 = 0.95;

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hazard {
    /// That of those who are still there.
    CauseSpecific,
    /// That of the chance over time: who left for another reason stays among those at risk.
    Subdistribution,
}

/// A pooled fit.
pub(crate) struct Fitted {
    /// One per column, as ratios.
    pub(crate) ratios: Vec<Interval>,
    pub(crate) method: Method,
    /// Terms of which the effect changes over time.
    pub(crate) not_proportional: Vec<usize>,
}

/// Why there is no fit.
pub(crate) enum Unfitted {
    /// Columns that say nothing beside the others.
    Aliased(Vec<usize>),
    /// So many events are needed.
    TooFewEvents(u64),
    /// The estimator says no.
    NotEstimable,
}

impl From<NotEstimable> for Unfitted {
    fn from(_: NotEstimable) -> Self {
        Self::NotEstimable
    }
}

/// One estimate of all coefficients.
struct One {
    coefficients: Vec<f64>,
    variances: Vec<f64>,
}

/// What is fitted, but for the values of the factors.
pub(crate) struct Problem<'a> {
    pub(crate) rows: &'a RiskRows,
    pub(crate) design: &'a Design,
    pub(crate) cause: u8,
    pub(crate) hazard: Hazard,
    pub(crate) events: u64,
}

impl Problem<'_> {
    /// Fits the model to each completed data set, in the way that the number of events allows.
    pub(crate) fn fit(&self, completed: &[Vec<Vec<f64>>]) -> Result<Fitted, Unfitted> {
        let columns = self.design.columns();
        let method = self.method(columns)?;
        let strata = self.strata();
        let event = self.event();
        let fits: Result<Vec<(One, Method)>, Unfitted> = completed
            .par_iter()
            .map(|values| self.one(&self.design.matrix(values), (&strata, &event), method))
            .collect();
        let fits = fits?;
        // Separation in one completed data set is separation in all for who reads the result.
        let used = fits.iter().map(|(_, used)| *used);
        if let Some(other) = used.into_iter().find(|&used| used != method) {
            let again: Result<Vec<(One, Method)>, Unfitted> = completed
                .par_iter()
                .map(|values| self.one(&self.design.matrix(values), (&strata, &event), other))
                .collect();
            return self.pooled(again?, completed, (&strata, &event));
        }
        self.pooled(fits, completed, (&strata, &event))
    }

    fn method(&self, columns: usize) -> Result<Method, Unfitted> {
        let per_column = self.events as f64 / columns as f64;
        let needed = |least: f64| Unfitted::TooFewEvents((least * columns as f64).ceil() as u64);
        if self.hazard == Hazard::Subdistribution && per_column < PLAIN_FROM {
            return Err(needed(PLAIN_FROM));
        }
        match per_column {
            PLAIN_FROM.. => Ok(Method::Plain),
            FIRTH_FROM.. => Ok(Method::Firth),
            REFUSED_BELOW.. => Ok(Method::Ridge),
            _ => Err(needed(REFUSED_BELOW)),
        }
    }

    /// The institution of each row: each has a baseline of its own.
    fn strata(&self) -> Vec<u32> {
        let subjects = self.rows.subject.iter();
        subjects
            .map(|&subject| self.rows.institution[subject as usize] as u32)
            .collect()
    }

    fn event(&self) -> Vec<bool> {
        let status = self.rows.status().into_iter();
        status
            .map(|status| status == u32::from(self.cause))
            .collect()
    }

    fn data<'a>(
        &'a self,
        design: &'a Matrix,
        (strata, event): (&'a [u32], &'a [bool]),
    ) -> CoxData<'a> {
        CoxData {
            entry: Some(&self.rows.entry),
            strata: Some(strata),
            ..CoxData::new(&self.rows.exit, event, design)
        }
    }

    fn one(
        &self,
        design: &Matrix,
        outcome: (&[u32], &[bool]),
        method: Method,
    ) -> Result<(One, Method), Unfitted> {
        if self.hazard == Hazard::Subdistribution {
            return Ok((self.subdistribution(design, outcome.0)?, method));
        }
        let data = self.data(design, outcome);
        match method {
            Method::Plain => {
                let fit = CoxFit::fit(&data, Ties::Efron, &CoxControl::default())?;
                if !fit.aliased.is_empty() {
                    return Err(Unfitted::Aliased(fit.aliased));
                }
                if !fit.infinite.is_empty() || !fit.converged {
                    return self.one(design, outcome, Method::Firth);
                }
                Ok((one(fit.coefficients, &fit.covariance), method))
            }
            Method::Firth => {
                let fit = FirthFit::maximise(&FirthCox::new(&data, Ties::Efron, 0.5)?)?;
                Ok((one(fit.coefficients, &fit.covariance), method))
            }
            Method::Ridge => {
                let columns = design.columns();
                let term = PenalisedTerm {
                    kind: TermKind::Ridge {
                        columns: 0..columns,
                        scales: (0..columns)
                            .map(|column| spread(design.column(column)))
                            .collect(),
                    },
                    choice: Choice::Fixed(RIDGE),
                };
                let fit = PenalisedCox::fit(&data, Ties::Efron, &[term], None)?.solution;
                if !fit.aliased.is_empty() {
                    return Err(Unfitted::Aliased(fit.aliased));
                }
                Ok((one(fit.coefficients, &fit.covariance), method))
            }
        }
    }

    fn subdistribution(&self, design: &Matrix, strata: &[u32]) -> Result<One, Unfitted> {
        let status = self.rows.status();
        let data = FineGrayData {
            // All are followed from the start.
            entry: None,
            time: &self.rows.exit,
            status: &status,
            cause: u32::from(self.cause),
            x: design,
            weights: None,
            offset: None,
            strata: Some(strata),
            censoring_groups: Some(strata),
            id: None,
        };
        let fit = FineGray::fit(&data, &FineGrayControl::default())?;
        if !fit.aliased.is_empty() {
            return Err(Unfitted::Aliased(fit.aliased));
        }
        if !fit.infinite.is_empty() || !fit.converged {
            return Err(Unfitted::NotEstimable);
        }
        let covariance = fit.robust_covariance(None)?;
        Ok(one(fit.coefficients, &covariance))
    }

    fn pooled(
        &self,
        fits: Vec<(One, Method)>,
        completed: &[Vec<Vec<f64>>],
        outcome: (&[u32], &[bool]),
    ) -> Result<Fitted, Unfitted> {
        let method = fits[0].1;
        let columns = self.design.columns();
        let complete_df = (self.events as f64 - columns as f64).max(1.0);
        let ratios: Result<Vec<Interval>, NotEstimable> = (0..columns)
            .map(|column| ratio(&fits, column, complete_df))
            .collect();
        let ratios = ratios?;
        let not_proportional = match (self.hazard, method) {
            (Hazard::CauseSpecific, Method::Plain) => {
                self.not_proportional(&self.design.matrix(&completed[0]), outcome)?
            }
            _ => Vec::new(),
        };
        Ok(Fitted {
            ratios,
            method,
            not_proportional,
        })
    }

    /// Terms whose effect changes with the logarithm of time, by a score test over all columns of
    /// a term (Grambsch and Therneau 1994), Bonferroni-corrected over terms; in the first
    /// completed data set.
    fn not_proportional(
        &self,
        design: &Matrix,
        outcome: (&[u32], &[bool]),
    ) -> Result<Vec<usize>, NotEstimable> {
        let data = self.data(design, outcome);
        let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
        let fit = CoxFit::maximise(&likelihood, &CoxControl::default())?;
        let sums = likelihood.sums(&fit.coefficients)?;
        // Follow-up begins at −1: on the day itself is day 0.
        let time = |moment: &statistics::cox::Moment| (moment.time + 2.0).ln();
        let g: Vec<f64> = likelihood.risk_sets().moments().iter().map(time).collect();
        let tests = Proportionality::new(&likelihood, &sums, &g)?;
        let term_of = self.design.term_of_column();
        let all: Vec<usize> = (0..term_of.len()).collect();
        let limit = DOUBT / self.design.terms.len() as f64;
        let mut doubtful = Vec::new();
        for term in 0..self.design.terms.len() {
            let own: Vec<usize> = all
                .iter()
                .copied()
                .filter(|&c| term_of[c] == term)
                .collect();
            let mut directions = Matrix::zeros(all.len(), own.len());
            for (place, &column) in own.iter().enumerate() {
                directions[(column, place)] = 1.0;
            }
            let test = tests.test(&all, &directions)?;
            let upper = ChiSquared::new(test.df.max(1) as f64)?.upper(test.chi_squared);
            if upper < limit {
                doubtful.push(term);
            }
        }
        Ok(doubtful)
    }
}

fn one(coefficients: Vec<f64>, covariance: &Matrix) -> One {
    One {
        variances: covariance.diagonal_values(),
        coefficients,
    }
}

/// The pooled ratio of a column.
fn ratio(
    fits: &[(One, Method)],
    column: usize,
    complete_df: f64,
) -> Result<Interval, NotEstimable> {
    let estimates: Vec<f64> = fits
        .iter()
        .map(|(one, _)| one.coefficients[column])
        .collect();
    let variances: Vec<f64> = fits.iter().map(|(one, _)| one.variances[column]).collect();
    let (estimate, (lower, upper)) = if fits.len() == 1 {
        let half = Normal::critical(LEVEL)? * variances[0].sqrt();
        (estimates[0], (estimates[0] - half, estimates[0] + half))
    } else {
        let pooled = Pooled::of(&estimates, &variances, Some(complete_df))?;
        (pooled.estimate, pooled.test(LEVEL)?.2)
    };
    Ok(Interval {
        estimate: estimate.exp(),
        lower: lower.exp(),
        upper: upper.exp(),
    })
}

/// The standard deviation of a column (n − 1), by which a ridge has no units.
fn spread(column: &[f64]) -> f64 {
    let n = column.len() as f64;
    let mean = column.iter().sum::<f64>() / n;
    let squares: f64 = column.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (n - 1.0)).sqrt()
}
