//! Penalised terms: which coefficients, and how much is decided in which way.

use super::penalty::FrailtyKind;
use crate::NotEstimable;
use crate::cox::CoxData;
use std::ops::Range;

/// How θ is found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Choice {
    /// It is given.
    Fixed(f64),
    /// By the integrated likelihood of gamma frailties (R: `method = "em"`).
    Integrated {
        /// The relative change at which R's search ends, where that is asked for.
        eps: f64,
    },
    /// By restricted maximum likelihood of Gaussian frailties (`"reml"`).
    Reml,
    /// By Akaike's criterion (`"aic"`), corrected for small samples if asked (`caic`).
    Aic {
        /// Whether it is corrected.
        corrected: bool,
        /// The relative change at which R's search ends, where that is asked for.
        eps: f64,
    },
    /// By effective degrees of freedom (`df`), to within a tolerance (`eps`).
    Df {
        /// What they should be.
        target: f64,
        /// How near is near enough.
        tolerance: f64,
    },
}

/// Which coefficients a term penalises.
#[derive(Clone, Debug)]
pub enum TermKind<'a> {
    /// ½ θ Σ (β s)² over covariates.
    Ridge {
        /// The covariates.
        columns: Range<usize>,
        /// Their `s`: standard deviations, or 1 where units matter.
        scales: Vec<f64>,
    },
    /// Frailties that are covariates: one indicator per group.
    Dense {
        /// Their distribution.
        kind: FrailtyKind,
        /// The indicators.
        columns: Range<usize>,
    },
    /// Frailties whose information is taken as diagonal; at most one term.
    Sparse {
        /// Their distribution.
        kind: FrailtyKind,
        /// The group of each row, from 0.
        codes: &'a [u32],
        /// How many groups there are.
        groups: usize,
    },
}

/// A penalised term.
#[derive(Clone, Debug)]
pub struct PenalisedTerm<'a> {
    /// What it penalises.
    pub kind: TermKind<'a>,
    /// How much.
    pub choice: Choice,
}

pub(super) fn check(data: &CoxData<'_>, terms: &[PenalisedTerm<'_>]) -> Result<(), NotEstimable> {
    let is_sparse = |term: &&PenalisedTerm<'_>| matches!(term.kind, TermKind::Sparse { .. });
    if terms.iter().filter(is_sparse).count() > 1 {
        return Err(NotEstimable::Domain {
            what: "the number of sparse terms",
            value: 2.0,
        });
    }
    let domain = |what: &'static str, value: f64| Err(NotEstimable::Domain { what, value });
    for term in terms {
        let (size, kind) = match &term.kind {
            TermKind::Ridge { columns, scales } => {
                NotEstimable::unless_length("the scales", columns.len(), scales.len())?;
                NotEstimable::unless_finite("the scales", scales)?;
                (columns.len(), None)
            }
            TermKind::Dense { kind, columns } => (columns.len(), Some(*kind)),
            TermKind::Sparse {
                kind,
                codes,
                groups,
            } => {
                NotEstimable::unless_length("the groups", data.rows(), codes.len())?;
                (*groups, Some(*kind))
            }
        };
        match (term.choice, kind) {
            (_, Some(FrailtyKind::T(df))) if df.is_nan() || df <= 2.0 => {
                return domain("the degrees of freedom of the t distribution", df);
            }
            (Choice::Fixed(theta), _) if !(theta >= 0.0 && theta.is_finite()) => {
                return domain("theta", theta);
            }
            (Choice::Df { target, .. }, _) if !(target > 0.0 && target < size as f64) => {
                return domain("df", target);
            }
            (Choice::Integrated { .. }, Some(FrailtyKind::Gamma))
            | (Choice::Reml, Some(FrailtyKind::Gaussian))
            | (Choice::Fixed(_) | Choice::Aic { .. } | Choice::Df { .. }, _) => {}
            (Choice::Integrated { .. } | Choice::Reml, _) => return domain("theta", f64::NAN),
        }
    }
    Ok(())
}

/// What each covariate's coefficient is multiplied by in its penalty.
pub(super) fn scales(columns: usize, terms: &[PenalisedTerm<'_>]) -> Vec<f64> {
    let mut all = vec![1.0; columns];
    for term in terms {
        if let TermKind::Ridge { columns, scales } = &term.kind {
            all[columns.clone()].copy_from_slice(scales);
        }
    }
    all
}

/// The first θ, which R's penalty at the start belongs to.
pub(super) fn first_guess(term: &PenalisedTerm<'_>, rows: usize) -> f64 {
    match (term.choice, &term.kind) {
        (Choice::Fixed(theta), _) => theta,
        (Choice::Integrated { .. }, _) => 0.0,
        (Choice::Reml, _) | (Choice::Df { .. }, TermKind::Ridge { .. }) => 1.0,
        (Choice::Aic { .. }, _) => 0.1,
        (Choice::Df { target, .. }, _) => 3.0 * target / rows as f64,
    }
}
