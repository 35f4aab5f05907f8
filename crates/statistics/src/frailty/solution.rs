//! The maximum of a penalised partial likelihood at given θ.

use super::groups::{Blocks, Groups, NONE};
use super::penalty::{Cost, FrailtyKind};
use crate::NotEstimable;
use crate::cox::{Evaluation, PartialLikelihood};
use crate::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix, dot, gram};

/// What is maximised.
pub(super) struct Problem<'a> {
    pub(super) partial: &'a PartialLikelihood,
    /// Groups whose information is taken as diagonal, and the group of each of the caller's rows.
    pub(super) sparse: Option<(&'a Groups, &'a [u32])>,
    /// Rows of the caller.
    pub(super) rows: usize,
    /// A relative change of the penalised log-likelihood at which the search ends, as R's does;
    /// without it the search goes on to the maximum.
    pub(super) eps: Option<f64>,
}

/// The penalties at some θ.
#[derive(Clone, Debug)]
pub(super) struct Penalties {
    /// Of each covariate.
    pub(super) dense: Vec<ColumnPenalty>,
    /// Of the sparse frailties.
    pub(super) sparse: Option<(FrailtyKind, f64)>,
}

/// What a covariate's coefficient costs.
#[derive(Clone, Copy, Debug)]
pub(super) enum ColumnPenalty {
    None,
    /// ½ λ β².
    Ridge(f64),
    /// A frailty with this θ.
    Frailty(FrailtyKind, f64),
}

impl ColumnPenalty {
    fn cost(self, x: f64) -> Cost {
        match self {
            Self::None => Cost {
                value: 0.0,
                slope: 0.0,
                curvature: 0.0,
            },
            Self::Ridge(lambda) => Cost {
                value: 0.5 * lambda * x * x,
                slope: lambda * x,
                curvature: lambda,
            },
            Self::Frailty(kind, theta) => kind.cost(theta, x),
        }
    }
}

/// A maximum of a penalised partial likelihood. R: `coxph` with `ridge()` or `frailty()`.
#[derive(Clone, Debug)]
pub struct Solution {
    /// Coefficients of the covariates, those of frailties that are covariates among them; 0
    /// where aliased.
    pub coefficients: Vec<f64>,
    /// Covariates that follow from earlier ones.
    pub aliased: Vec<usize>,
    /// The sparse frailties.
    pub frailties: Vec<f64>,
    /// The partial log-likelihood, without penalties.
    pub ln_likelihood: f64,
    /// The sum of all penalties.
    pub penalty: f64,
    /// The inverse of the penalised information, the part of the covariates.
    pub covariance: Matrix,
    /// That information sandwiched without the penalty: H⁻¹ I H⁻¹.
    pub covariance2: Matrix,
    /// The diagonal of the inverse for the sparse frailties.
    pub frailty_variances: Vec<f64>,
    /// The effective degrees of freedom of the sparse frailties.
    pub frailty_df: f64,
    /// Newton steps.
    pub iterations: usize,
    /// The penalised information: of the frailties (diagonal), theirs with the covariates, and
    /// that of the covariates.
    pub(super) information: Information,
}

#[derive(Clone, Debug)]
pub(super) struct Information {
    pub(super) diagonal: Vec<f64>,
    pub(super) cross: Matrix,
    pub(super) dense: Matrix,
}

const MAX_ITERATIONS: usize = 5000;
const GAIN: f64 = 1e-22;
const ROUNDING: f64 = 1e-12;
const MAX_HALVINGS: usize = 40;
const MAX_STEP: f64 = 10.0;

/// Where a search stands.
struct State {
    beta: Vec<f64>,
    frailties: Vec<f64>,
    dense: Evaluation,
    blocks: Option<Blocks>,
    dense_costs: Vec<Cost>,
    sparse_costs: Vec<Cost>,
}

impl State {
    fn penalty(&self) -> f64 {
        let costs = self.dense_costs.iter().chain(&self.sparse_costs);
        costs.map(|cost| cost.value).sum()
    }

    fn objective(&self) -> f64 {
        self.dense.log_likelihood - self.penalty()
    }

    fn gradient(&self) -> (Vec<f64>, Vec<f64>) {
        let less = |score: &[f64], costs: &[Cost]| -> Vec<f64> {
            score
                .iter()
                .zip(costs)
                .map(|(u, cost)| u - cost.slope)
                .collect()
        };
        let sparse = self
            .blocks
            .as_ref()
            .map_or_else(Vec::new, |blocks| less(&blocks.score, &self.sparse_costs));
        (less(&self.dense.score, &self.dense_costs), sparse)
    }

    fn information(&self) -> Information {
        let mut dense = self.dense.information.clone();
        for (column, cost) in self.dense_costs.iter().enumerate() {
            dense[(column, column)] += cost.curvature;
        }
        let (diagonal, cross) = match &self.blocks {
            None => (Vec::new(), Matrix::zeros(0, dense.columns())),
            Some(blocks) => {
                let pairs = blocks.diagonal.iter().zip(&self.sparse_costs);
                let diagonal = pairs.map(|(own, cost)| own + cost.curvature).collect();
                (diagonal, blocks.cross.clone())
            }
        };
        Information {
            diagonal,
            cross,
            dense,
        }
    }
}

impl Information {
    /// The dense part with the frailties eliminated.
    fn reduced(&self) -> Matrix {
        let mut reduced = self.dense.clone();
        if !self.diagonal.is_empty() && self.cross.columns() > 0 {
            let inverse: Vec<f64> = self.diagonal.iter().map(|d| 1.0 / d).collect();
            reduced.add_scaled(-1.0, &gram(&self.cross, Some(&inverse)));
        }
        reduced
    }
}

impl Problem<'_> {
    pub(super) fn groups(&self) -> usize {
        self.sparse.map_or(0, |(groups, _)| groups.count)
    }

    /// Until the penalised log-likelihood changes by less than a share of itself.
    fn maximise_as_r(
        &self,
        penalties: &Penalties,
        start: (&[f64], &[f64]),
        eps: f64,
    ) -> Result<Solution, NotEstimable> {
        let mut state = self.state(penalties, start.0.to_vec(), start.1.to_vec())?;
        for iteration in 1..=MAX_ITERATIONS {
            let ((by, by_frailties), _) = step(&state)?;
            let mut length = 1.0;
            let next = loop {
                let moved = |from: &[f64], step: &[f64]| -> Vec<f64> {
                    from.iter().zip(step).map(|(x, s)| x + length * s).collect()
                };
                let beta = moved(&state.beta, &by);
                let mut frailties = moved(&state.frailties, &by_frailties);
                recentre(penalties, &mut frailties);
                let next = self.state(penalties, beta, frailties)?;
                let still = (1.0 - state.objective() / next.objective()).abs() <= eps;
                if still {
                    return finish(next, iteration);
                }
                if next.objective() >= state.objective() || length < 1e-12 {
                    break next;
                }
                length /= 2.0;
            };
            state = next;
        }
        Err(NotEstimable::NotConverged {
            what: "the penalised partial likelihood",
            iterations: MAX_ITERATIONS,
        })
    }

    /// The sparse frailty of each row.
    pub(super) fn extra(&self, frailties: &[f64]) -> Option<Vec<f64>> {
        let (_, codes) = self.sparse?;
        let of_row = |&code: &u32| {
            if code == NONE {
                0.0
            } else {
                frailties[code as usize]
            }
        };
        Some(codes.iter().map(of_row).collect())
    }

    /// Climbs to the maximum from a start of coefficients and frailties.
    pub(super) fn maximise(
        &self,
        penalties: &Penalties,
        start: (&[f64], &[f64]),
    ) -> Result<Solution, NotEstimable> {
        if let Some(eps) = self.eps {
            return self.maximise_as_r(penalties, start, eps);
        }
        let mut state = self.state(penalties, start.0.to_vec(), start.1.to_vec())?;
        let mut last_gain = f64::INFINITY;
        for iteration in 0..MAX_ITERATIONS {
            let (step, gain) = step(&state)?;
            if gain <= GAIN || (gain < 1e-16 && gain >= 0.5 * last_gain) {
                return finish(state, iteration);
            }
            last_gain = gain;
            match self.shortened(penalties, &state, (&step, gain)) {
                Some(next) => state = next,
                None if gain < 1e-8 => return finish(state, iteration),
                None => break,
            }
        }
        Err(NotEstimable::NotConverged {
            what: "the penalised partial likelihood",
            iterations: MAX_ITERATIONS,
        })
    }

    fn state(
        &self,
        penalties: &Penalties,
        beta: Vec<f64>,
        frailties: Vec<f64>,
    ) -> Result<State, NotEstimable> {
        let costs = penalties.dense.iter().zip(&beta);
        let dense_costs = costs.map(|(penalty, &x)| penalty.cost(x)).collect();
        let Some(((groups, codes), (kind, theta))) = self.sparse.zip(penalties.sparse) else {
            return Ok(State {
                dense: self.partial.evaluate(&beta)?,
                blocks: None,
                dense_costs,
                sparse_costs: Vec::new(),
                beta,
                frailties,
            });
        };
        NotEstimable::unless_length("the frailties", self.rows, codes.len())?;
        let extra = self.extra(&frailties);
        let sums = self.partial.sums_with(&beta, extra.as_deref())?;
        Ok(State {
            dense: self.partial.evaluate_with(&beta, extra.as_deref())?,
            blocks: Some(groups.blocks(self.partial, &sums)),
            dense_costs,
            sparse_costs: frailties.iter().map(|&x| kind.cost(theta, x)).collect(),
            beta,
            frailties,
        })
    }

    fn shortened(
        &self,
        penalties: &Penalties,
        state: &State,
        (step, gain): (&(Vec<f64>, Vec<f64>), f64),
    ) -> Option<State> {
        let mut length = 1.0;
        for _ in 0..MAX_HALVINGS {
            let moved = |from: &[f64], step: &[f64]| -> Vec<f64> {
                from.iter().zip(step).map(|(x, s)| x + length * s).collect()
            };
            let beta = moved(&state.beta, &step.0);
            let frailties = moved(&state.frailties, &step.1);
            if let Ok(next) = self.state(penalties, beta, frailties)
                && (next.objective() >= state.objective() || gain < ROUNDING)
            {
                return Some(next);
            }
            length /= 2.0;
        }
        None
    }
}

/// Frailties may all be shifted at no cost to the likelihood; R keeps the mean gamma risk at 1
/// and the mean Gaussian log risk at 0.
fn recentre(penalties: &Penalties, frailties: &mut [f64]) {
    let count = frailties.len() as f64;
    let shift = match penalties.sparse {
        Some((FrailtyKind::Gamma, _)) => {
            (frailties.iter().map(|f| f.exp()).sum::<f64>() / count).ln()
        }
        Some((FrailtyKind::Gaussian, _)) => frailties.iter().sum::<f64>() / count,
        _ => return,
    };
    frailties.iter_mut().for_each(|f| *f -= shift);
}

/// Covariates and frailties.
type Direction = (Vec<f64>, Vec<f64>);

/// The step of covariates and frailties, and the gain it promises.
fn step(state: &State) -> Result<(Direction, f64), NotEstimable> {
    let mut information = state.information();
    for (diagonal, cost) in information.diagonal.iter_mut().zip(&state.sparse_costs) {
        // A t density is not concave in its tails; there a positive curvature leads uphill too.
        if cost.curvature < 0.0 {
            *diagonal -= 2.0 * cost.curvature;
        }
    }
    for (column, cost) in state.dense_costs.iter().enumerate() {
        if cost.curvature < 0.0 {
            information.dense[(column, column)] -= 2.0 * cost.curvature;
        }
    }
    let (dense, sparse) = state.gradient();
    let share: Vec<f64> = sparse
        .iter()
        .zip(&information.diagonal)
        .map(|(g, d)| g / d)
        .collect();
    let mut right = dense.clone();
    if !share.is_empty() {
        let eliminated = information.cross.transposed_times(&share);
        right.iter_mut().zip(eliminated).for_each(|(r, e)| *r -= e);
    }
    let factor = Cholesky::new(&information.reduced(), ALIAS_TOLERANCE)?;
    let mut beta = factor.solve(&right);
    let back = information.cross.times(&beta);
    let mut frailties: Vec<f64> = (0..sparse.len())
        .map(|group| share[group] - back[group] / information.diagonal[group])
        .collect();
    let gain = dot(&beta, &dense) + dot(&frailties, &sparse);
    let scale = (MAX_STEP / gain.max(0.0).sqrt()).min(1.0);
    beta.iter_mut()
        .chain(&mut frailties)
        .for_each(|value| *value *= scale);
    Ok(((beta, frailties), gain))
}

fn finish(state: State, iterations: usize) -> Result<Solution, NotEstimable> {
    let information = state.information();
    let factor = Cholesky::new(&information.reduced(), ALIAS_TOLERANCE)?;
    let covariance = factor.inverse();
    // H₁₂ of the inverse: −D⁻¹ C S⁻¹.
    let mut mixed = information.cross.multiply(&covariance);
    for column in 0..mixed.columns() {
        let values = mixed.column_mut(column).iter_mut();
        values
            .zip(&information.diagonal)
            .for_each(|(value, d)| *value /= -d);
    }
    let mut frailty_variances = Vec::with_capacity(information.diagonal.len());
    for (group, own) in information.diagonal.iter().enumerate() {
        let through: f64 = (0..mixed.columns())
            .map(|column| mixed[(group, column)] * information.cross[(group, column)])
            .sum();
        frailty_variances.push((1.0 - through) / own);
    }
    let curvature = |costs: &[Cost]| -> Vec<f64> { costs.iter().map(|c| c.curvature).collect() };
    let (dense_curvature, sparse_curvature) = (
        curvature(&state.dense_costs),
        curvature(&state.sparse_costs),
    );
    let mut covariance2 = covariance.clone();
    covariance2.add_scaled(-1.0, &gram(&covariance, Some(&dense_curvature)));
    if !sparse_curvature.is_empty() && mixed.columns() > 0 {
        covariance2.add_scaled(-1.0, &gram(&mixed, Some(&sparse_curvature)));
    }
    let spent = sparse_curvature.iter().zip(&frailty_variances);
    let frailty_df = spent
        .map(|(curvature, variance)| 1.0 - curvature * variance)
        .sum();
    Ok(Solution {
        aliased: factor.aliased_columns(),
        ln_likelihood: state.dense.log_likelihood,
        penalty: state.penalty(),
        coefficients: state.beta,
        frailties: state.frailties,
        covariance,
        covariance2,
        frailty_variances,
        frailty_df,
        iterations,
        information,
    })
}

impl Solution {
    /// The effective degrees of freedom of some covariates: tr(V⁻¹ V₂) over their block.
    ///
    /// ```
    /// use statistics::cox::{CoxData, Ties};
    /// use statistics::frailty::{Choice, PenalisedCox, PenalisedTerm, TermKind};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[vec![1.0, 1.0, 0.0, 0.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0, 4.0], &[true; 4], &x);
    /// let ridge = PenalisedTerm {
    ///     kind: TermKind::Ridge { columns: 0..1, scales: vec![1.0] },
    ///     choice: Choice::Fixed(1.0),
    /// };
    /// let fit = PenalisedCox::fit(&data, Ties::Efron, &[ridge], None)?.solution;
    /// // A penalised coefficient counts for less than one.
    /// assert!(fit.df(&[0]) > 0.0 && fit.df(&[0]) < 1.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn df(&self, columns: &[usize]) -> f64 {
        let kept: Vec<usize> = (columns.iter().copied())
            .filter(|column| !self.aliased.contains(column))
            .collect();
        let block = self.covariance.principal(&kept);
        match Cholesky::new(&block, 0.0) {
            Ok(factor) => factor
                .solve_matrix(&self.covariance2.principal(&kept))
                .trace(),
            Err(_) => f64::NAN,
        }
    }

    /// Wald's χ² of some covariates: b' V⁻¹ b over their block.
    ///
    /// ```
    /// use statistics::cox::{CoxData, Ties};
    /// use statistics::frailty::{Choice, PenalisedCox, PenalisedTerm, TermKind};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[vec![1.0, 1.0, 0.0, 0.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0, 4.0], &[true; 4], &x);
    /// let ridge = PenalisedTerm {
    ///     kind: TermKind::Ridge { columns: 0..1, scales: vec![1.0] },
    ///     choice: Choice::Fixed(1.0),
    /// };
    /// let fit = PenalisedCox::fit(&data, Ties::Efron, &[ridge], None)?.solution;
    /// let z = fit.coefficients[0] / fit.covariance[(0, 0)].sqrt();
    /// assert!((fit.wald(&[0]) - z * z).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
    pub fn wald(&self, columns: &[usize]) -> f64 {
        let kept: Vec<usize> = (columns.iter().copied())
            .filter(|column| !self.aliased.contains(column))
            .collect();
        let b: Vec<f64> = kept
            .iter()
            .map(|&column| self.coefficients[column])
            .collect();
        match Cholesky::new(&self.covariance.principal(&kept), 0.0) {
            Ok(factor) => factor.inverse_quadratic_form(&b),
            Err(_) => f64::NAN,
        }
    }

    /// Wald's χ² of the sparse frailties, Σ f²/var f.
    ///
    /// ```
    /// use statistics::cox::{CoxData, Ties};
    /// use statistics::frailty::{Choice, PenalisedCox, PenalisedTerm, TermKind};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[vec![1.0, 1.0, 0.0, 0.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0, 4.0], &[true; 4], &x);
    /// let ridge = PenalisedTerm {
    ///     kind: TermKind::Ridge { columns: 0..1, scales: vec![1.0] },
    ///     choice: Choice::Fixed(1.0),
    /// };
    /// let fit = PenalisedCox::fit(&data, Ties::Efron, &[ridge], None)?.solution;
    /// // There are no frailties.
    /// assert_eq!(fit.frailty_wald(), 0.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn frailty_wald(&self) -> f64 {
        let pairs = self.frailties.iter().zip(&self.frailty_variances);
        pairs.map(|(f, variance)| f * f / variance).sum()
    }
}
