//! Cox models with penalised terms.

use super::earlier::EarlierMaxima;
use super::groups::Groups;
use super::search::Search;
use super::solution::{Problem, Solution};
use super::term_fit::TermFit;
use super::terms::{PenalisedTerm, TermKind, check, first_guess, scales};
use crate::NotEstimable;
use crate::cox::{CoxData, PartialLikelihood, Ties};

/// A Cox model with penalised terms.
///
/// ```
/// use statistics::cox::{CoxData, Ties};
/// use statistics::frailty::{Choice, PenalisedCox, PenalisedTerm, TermKind};
/// use statistics::matrix::Matrix;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // The exposed all die first: without a penalty the estimate is infinite.
/// let x = Matrix::from_columns(&[vec![1.0, 1.0, 0.0, 0.0]]);
/// let data = CoxData::new(&[1.0, 2.0, 3.0, 4.0], &[true; 4], &x);
/// let ridge = PenalisedTerm {
///     kind: TermKind::Ridge { columns: 0..1, scales: vec![1.0] },
///     choice: Choice::Fixed(1.0),
/// };
/// let fit = PenalisedCox::fit(&data, Ties::Efron, &[ridge], None)?;
/// assert!(fit.solution.coefficients[0] > 0.0 && fit.solution.coefficients[0] < 2.0);
/// assert!(fit.terms[0].df < 1.0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PenalisedCox {
    /// The maximum at the chosen θ.
    pub solution: Solution,
    /// The partial log-likelihood with all coefficients 0.
    pub ln_likelihood_null: f64,
    /// The penalties at the first θ that was tried.
    pub first_penalty: f64,
    /// The penalties of dense frailties at 0 at the first θ; R's null log-likelihood has them
    /// subtracted, which does not make sense.
    pub null_penalty: f64,
    /// In the order of the terms.
    pub terms: Vec<TermFit>,
    /// Per row of the caller the martingale residual.
    pub martingale: Vec<f64>,
    /// How often a maximum was sought.
    pub outer: usize,
    /// Newton steps of all of them.
    pub inner: usize,
}

impl PenalisedCox {
    /// Fits a model. Efron's or Breslow's ties.
    ///
    /// R ends its search when the penalised log-likelihood changes by less than a share `eps` of
    /// itself (`coxph.control(eps)`), which with sparse frailties, whose steps converge
    /// linearly, leaves coefficients right to about √eps. With `eps` this does the same;
    /// without it the search goes on to the maximum.
    ///
    /// # Errors
    /// As [`PartialLikelihood::new`]; no events; a negative θ, degrees of freedom that cannot be
    /// had, more than one sparse term, no convergence.
    pub fn fit(
        data: &CoxData<'_>,
        ties: Ties,
        terms: &[PenalisedTerm<'_>],
        eps: Option<f64>,
    ) -> Result<Self, NotEstimable> {
        if !data.event.contains(&true) {
            return Err(NotEstimable::NoEvents);
        }
        check(data, terms)?;
        let ties = if ties == Ties::Exact {
            Ties::Efron
        } else {
            ties
        };
        let partial = PartialLikelihood::new(data, ties)?;
        let sparse = terms.iter().find_map(|term| match term.kind {
            TermKind::Sparse { codes, groups, .. } => Some((codes, groups)),
            _ => None,
        });
        let groups = sparse.map(|(codes, count)| (Groups::new(&partial, codes, count), codes));
        let problem = Problem {
            partial: &partial,
            sparse: groups.as_ref().map(|(groups, codes)| (groups, *codes)),
            rows: data.rows(),
            eps,
        };
        let mut search = Search {
            told: vec![None; terms.len()],
            thetas: terms
                .iter()
                .map(|term| first_guess(term, data.rows()))
                .collect(),
            beta: vec![0.0; data.design.columns()],
            frailties: vec![0.0; problem.groups()],
            scales: scales(data.design.columns(), terms),
            earlier: EarlierMaxima::default(),
            data,
            terms,
            problem,
            outer: 0,
            inner: 0,
        };
        search.run()
    }
}
