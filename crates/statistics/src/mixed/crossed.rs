//! Several groupings, nested or crossed: sparse factors of Λ'Z'WZΛ + I.

use super::data::{Prepared, RandomTerm};
use super::engine::{Engine, Pass};
use super::pattern::Pattern;
use super::sparse::SparseFactor;
use crate::NotEstimable;
use crate::matrix::Matrix;
use std::sync::Mutex;

/// The sums of a linear model with several groupings.
pub(super) struct Crossed<'a> {
    pattern: Pattern<'a>,
    squares: Vec<f64>,
    /// Z'W[X y], column after column.
    moments: Matrix,
    cross: Matrix,
    /// The factor's memory, used again for each Λ.
    factor: Mutex<SparseFactor>,
}

impl<'a> Crossed<'a> {
    pub(super) fn new(
        prepared: &Prepared,
        weights: Option<&[f64]>,
        random: &[RandomTerm<'a>],
    ) -> Self {
        let (pattern, factor) = Pattern::new(random);
        let columns: Vec<Vec<f64>> = (0..prepared.x.columns())
            .map(|column| pattern.moments(weights, prepared.x.column(column)))
            .chain([pattern.moments(weights, &prepared.y)])
            .collect();
        Self {
            squares: pattern.squares(weights),
            moments: Matrix::from_columns(&columns),
            cross: prepared.cross.clone(),
            pattern,
            factor: Mutex::new(factor),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, SparseFactor> {
        // Nobody panics while holding it; and if so, the next factorisation starts afresh.
        self.factor
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Engine for Crossed<'_> {
    fn pass(&self, lambda: &[Matrix]) -> Result<Pass, NotEstimable> {
        let mut factor = self.lock();
        self.pattern.factor(&self.squares, lambda, &mut factor)?;
        let mut cross = self.cross.clone();
        let mut solved = Vec::with_capacity(self.moments.values().len());
        for column in 0..self.moments.columns() {
            let moment = self.moments.column(column);
            // H m = Λ M⁻¹ Λ' m, and Z'V⁻¹ = (I − SH) Z'.
            let mut shrunk = moment.to_vec();
            self.pattern.scale(lambda, &mut shrunk, true);
            factor.solve(&mut shrunk);
            self.pattern.scale(lambda, &mut shrunk, false);
            for other in 0..=column {
                let product = crate::matrix::dot(self.moments.column(other), &shrunk);
                cross[(column, other)] -= product;
                cross[(other, column)] = cross[(column, other)];
            }
            let removed = self.pattern.multiply(&self.squares, &shrunk);
            solved.extend(moment.iter().zip(removed).map(|(all, part)| all - part));
        }
        Ok(Pass {
            ln_determinant: factor.ln_determinant(),
            cross,
            slopes: self.pattern.slopes(&self.squares, lambda, &factor),
            solved,
        })
    }

    fn quadratic(&self, pass: &Pass, root: &Matrix) -> Vec<Matrix> {
        let effects = self.pattern.effects;
        let solved = Matrix::from_values(effects, root.rows(), pass.solved.clone());
        let products = solved.multiply(root);
        let of = |term: usize| {
            let q = self.pattern.q(term);
            let mut sum = Matrix::zeros(q, q);
            for column in 0..products.columns() {
                let part = self.pattern.of_term(term, products.column(column));
                sum.add_scaled(1.0, &part.multiply(&part.transpose()));
            }
            sum
        };
        (0..self.pattern.random.len()).map(of).collect()
    }

    fn along(&self, pass: &Pass, direction: &[f64]) -> Vec<Matrix> {
        let effects = self.pattern.effects;
        let mut sum = vec![0.0; effects];
        for (column, factor) in pass.solved.chunks(effects).zip(direction) {
            for (target, value) in sum.iter_mut().zip(column) {
                *target += factor * value;
            }
        }
        (0..self.pattern.random.len())
            .map(|term| self.pattern.of_term(term, &sum))
            .collect()
    }

    fn conditional(&self, lambda: &[Matrix]) -> Result<Vec<Vec<Matrix>>, NotEstimable> {
        let mut factor = self.lock();
        self.pattern.factor(&self.squares, lambda, &mut factor)?;
        Ok(self.pattern.conditional(lambda, &factor))
    }
}
