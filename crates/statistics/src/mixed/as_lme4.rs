//! Conditional modes stopped where lme4 1.1-31 stops them, to compare with its answers.

use super::covariance::{factors, identity, parameters};
use super::descent::approach;
use super::generalised::{GeneralisedMixed, Modes, Rows};
use crate::NotEstimable;
use crate::matrix::{Cholesky, Matrix, dot};
use crate::optimise::numerical_gradient;

/// Where lme4's second stage starts each of its searches for the modes: the optimum of its
/// first stage, in which β is found together with the modes.
pub(super) struct FirstStage {
    predictor: Vec<f64>,
    /// θ and β there, in the units of the search.
    pub(super) point: Vec<f64>,
}

/// The relative change of the penalised deviance at which lme4 stops (`tolPwrss`).
const LME4_TOLERANCE: f64 = 1e-7;

/// Steps to the modes after which the search is given up.
const MAX_STEPS: usize = 100;

/// Modes and coefficients found together.
struct Joint {
    value: f64,
    predictor: Vec<f64>,
    beta: Vec<f64>,
}

impl GeneralisedMixed<'_> {
    /// Looks for the conditional modes as lme4 1.1-31 does: each time from the optimum of a first
    /// stage, until the penalised deviance changes by less than 1e-7 of itself, with the
    /// determinant of the step before the last. Its criterion is then off by up to 1e-3, and its
    /// coefficients by about 1e-4 of themselves (`docs/methods/mixed.md`). For comparison only.
    ///
    /// # Errors
    /// As [`Self::fit`].
    ///
    /// ```
    /// use statistics::glm::{Family, Link};
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{GeneralisedMixed, MixedData, RandomTerm};
    /// let y = [1.0, 2.0, 0.0, 9.0, 12.0, 8.0, 3.0, 4.0, 4.0, 30.0, 25.0, 28.0];
    /// let groups = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3];
    /// let ones = Matrix::from_columns(&[[1.0; 12]]);
    /// let random = [RandomTerm { effects: &ones, groups: &groups, levels: 4 }];
    /// let data = MixedData::new(&ones, &y, &random);
    /// let model = || GeneralisedMixed::new(data, (Family::Poisson, Link::Log), 1);
    /// let (ours, theirs) = (model()?.fit()?, model()?.as_lme4()?.fit()?);
    /// assert!((ours.coefficients[0] - theirs.coefficients[0]).abs() < 1e-3);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn as_lme4(mut self) -> Result<Self, NotEstimable> {
        let start = identity(&self.sizes);
        let lambda = |scaled: &[f64]| {
            let theta: Vec<f64> = scaled
                .iter()
                .zip(&self.scales)
                .map(|(v, s)| v / s)
                .collect();
            factors(&self.sizes, &theta)
        };
        let value = |scaled: &[f64]| self.joint(&lambda(scaled)).map_or(f64::NAN, |j| j.value);
        let mut point = approach(&start, |scaled| {
            let value_here = value(scaled);
            match value_here.is_nan() {
                true => (f64::INFINITY, vec![0.0; scaled.len()]),
                false => (value_here, numerical_gradient(scaled, value)),
            }
        })?;
        let joint = self.joint(&lambda(&point))?;
        let beta = joint.beta.iter().zip(&self.origin).zip(&self.units);
        point.extend(beta.map(|((beta, origin), unit)| (beta - origin) / unit));
        debug_assert_eq!(point.len(), parameters(&self.sizes) + self.origin.len());
        self.first_stage = Some(FirstStage {
            predictor: joint.predictor,
            point,
        });
        Ok(self)
    }

    /// The working outcome less the offset: what a step of scoring regresses.
    fn working(&self, rows: &Rows, predictor: &[f64]) -> Vec<f64> {
        let offset = |row: usize| self.data.offset.map_or(0.0, |offset| offset[row]);
        (0..predictor.len())
            .map(|row| predictor[row] - offset(row) + rows.score[row] / rows.weight[row])
            .collect()
    }

    /// Modes and coefficients that maximise the penalised likelihood together.
    fn joint(&self, lambda: &[Matrix]) -> Result<Joint, NotEstimable> {
        let x = &self.prepared.x;
        let none = vec![0.0; self.pattern.effects];
        let mut predictor = self.predictor(lambda, &self.origin, &none);
        let mut before = f64::INFINITY;
        for _ in 0..MAX_STEPS {
            let rows = self.rows(&predictor);
            let working = self.working(&rows, &predictor);
            let weights = Some(rows.weight.as_slice());
            let (factor, _) = &mut *self.work.borrow_mut();
            self.pattern
                .factor(&self.pattern.squares(weights), lambda, factor)?;
            let moment = |column: &[f64]| {
                let mut moment = self.pattern.moments(weights, column);
                self.pattern.scale(lambda, &mut moment, true);
                moment
            };
            let moments: Vec<Vec<f64>> = (0..x.columns()).map(|j| moment(x.column(j))).collect();
            let mut of_outcome = moment(&working);
            factor.solve(&mut of_outcome);
            let mut solved = moments.clone();
            solved.iter_mut().for_each(|column| factor.solve(column));
            let mut information = crate::matrix::gram(x, weights);
            let mut right = crate::matrix::cross(x, weights, &working);
            for i in 0..x.columns() {
                right[i] -= dot(&moments[i], &of_outcome);
                for j in 0..x.columns() {
                    information[(i, j)] -= dot(&moments[i], &solved[j]);
                }
            }
            let beta = Cholesky::full_rank(&information)?.solve(&right);
            let mut effects = of_outcome;
            for (column, beta) in solved.iter().zip(&beta) {
                effects
                    .iter_mut()
                    .zip(column)
                    .for_each(|(u, c)| *u -= beta * c);
            }
            predictor = self.predictor(lambda, &beta, &effects);
            let next = self.rows(&predictor);
            let penalised = dot(&effects, &effects) - 2.0 * next.ln_likelihood;
            NotEstimable::unless_finite("the likelihood", &[penalised])?;
            if (before - penalised).abs() <= 1e-13 * penalised.abs() {
                return Ok(Joint {
                    value: penalised + factor.ln_determinant(),
                    predictor,
                    beta,
                });
            }
            before = penalised;
        }
        Err(NotEstimable::NotConverged {
            what: "the conditional modes of the random effects",
            iterations: MAX_STEPS,
        })
    }

    /// The modes at which lme4 stops.
    pub(super) fn lme4_modes(
        &self,
        lambda: &[Matrix],
        beta: &[f64],
        first: &FirstStage,
    ) -> Result<Modes, NotEstimable> {
        let negative: Vec<f64> = beta.iter().map(|beta| -beta).collect();
        let mut rows = self.rows(&first.predictor);
        let mut predictor = first.predictor.clone();
        let mut before = f64::INFINITY;
        for _ in 0..MAX_STEPS {
            let mut working = self.working(&rows, &predictor);
            self.prepared.x.add_times(&negative, &mut working);
            let squares = self.pattern.squares(Some(&rows.weight));
            let (factor, _) = &mut *self.work.borrow_mut();
            self.pattern.factor(&squares, lambda, factor)?;
            let mut effects = self.pattern.moments(Some(&rows.weight), &working);
            self.pattern.scale(lambda, &mut effects, true);
            factor.solve(&mut effects);
            predictor = self.predictor(lambda, beta, &effects);
            rows = self.rows(&predictor);
            let penalised = dot(&effects, &effects) - 2.0 * rows.ln_likelihood;
            NotEstimable::unless_finite("the likelihood", &[penalised])?;
            if (before - penalised).abs() < LME4_TOLERANCE * penalised.abs() {
                return Ok(Modes {
                    effects,
                    rows,
                    squares,
                    ln_determinant: factor.ln_determinant(),
                });
            }
            before = penalised;
        }
        Err(NotEstimable::NotConverged {
            what: "the conditional modes of the random effects",
            iterations: MAX_STEPS,
        })
    }
}
