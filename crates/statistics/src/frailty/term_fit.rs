//! What a maximum says of each of its terms.

use super::penalty::{FrailtyKind, gamma_correction};
use super::search::Search;
use super::solution::Solution;
use super::terms::TermKind;

/// What came of a term.
#[derive(Clone, Copy, Debug)]
pub struct TermFit {
    /// θ: the variance of frailties, the weight of a ridge penalty.
    pub theta: f64,
    /// Effective degrees of freedom.
    pub df: f64,
    /// Wald's χ².
    pub chi_squared: f64,
    /// The integrated log-likelihood, of gamma frailties.
    pub ln_integrated: Option<f64>,
}

impl Search<'_> {
    pub(super) fn frailties_of(&self, term: usize, solution: &Solution) -> Vec<f64> {
        match &self.terms[term].kind {
            TermKind::Sparse { .. } => solution.frailties.clone(),
            TermKind::Dense { columns, .. } | TermKind::Ridge { columns, .. } => {
                solution.coefficients[columns.clone()].to_vec()
            }
        }
    }

    /// Σ of the variances of a term's frailties.
    pub(super) fn variance_of(&self, term: usize, solution: &Solution) -> f64 {
        match &self.terms[term].kind {
            TermKind::Sparse { .. } => solution.frailty_variances.iter().sum(),
            TermKind::Dense { columns, .. } | TermKind::Ridge { columns, .. } => {
                columns.clone().map(|c| solution.covariance[(c, c)]).sum()
            }
        }
    }

    pub(super) fn df_of(&self, term: usize, solution: &Solution) -> f64 {
        match &self.terms[term].kind {
            TermKind::Sparse { .. } => solution.frailty_df,
            TermKind::Dense { columns, .. } | TermKind::Ridge { columns, .. } => {
                solution.df(&columns.clone().collect::<Vec<_>>())
            }
        }
    }

    /// Σ weights of events per group.
    pub(super) fn events_of(&self, term: usize) -> Vec<f64> {
        match &self.terms[term].kind {
            TermKind::Dense { columns, .. } => {
                let of = |column: usize| {
                    let indicator = self.data.design.column(column).iter().enumerate();
                    indicator
                        .filter(|(row, x)| self.data.event[*row] && **x != 0.0)
                        .map(|(row, _)| self.data.weight(row))
                        .sum()
                };
                columns.clone().map(of).collect()
            }
            _ => self
                .problem
                .sparse
                .map_or_else(Vec::new, |(groups, _)| groups.event_sums()),
        }
    }

    pub(super) fn report(&self, term: usize, solution: &Solution) -> TermFit {
        let theta = self.thetas[term];
        let is_sparse = matches!(self.terms[term].kind, TermKind::Sparse { .. });
        let chi_squared = match &self.terms[term].kind {
            TermKind::Sparse { .. } if theta == 0.0 => 0.0,
            TermKind::Sparse { .. } => solution.frailty_wald(),
            TermKind::Dense { columns, .. } | TermKind::Ridge { columns, .. } => {
                solution.wald(&columns.clone().collect::<Vec<_>>())
            }
        };
        TermFit {
            theta: self.told[term].unwrap_or(theta),
            df: match is_sparse && theta == 0.0 {
                true => 0.0,
                false => self.df_of(term, solution),
            },
            chi_squared,
            ln_integrated: self.integrated(term, solution),
        }
    }

    pub(super) fn integrated(&self, term: usize, solution: &Solution) -> Option<f64> {
        let theta = self.thetas[term];
        match &self.terms[term].kind {
            TermKind::Sparse {
                kind: FrailtyKind::Gamma,
                ..
            }
            | TermKind::Dense {
                kind: FrailtyKind::Gamma,
                ..
            } => {}
            _ => return None,
        }
        if theta == 0.0 {
            return Some(solution.ln_likelihood);
        }
        let frailties = self.frailties_of(term, solution);
        let cost: f64 = frailties
            .iter()
            .map(|&f| FrailtyKind::Gamma.cost(theta, f).value)
            .sum();
        let correction = gamma_correction(theta, &self.events_of(term));
        Some(solution.ln_likelihood - cost + correction)
    }
}
