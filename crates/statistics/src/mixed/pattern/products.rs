//! Products and factors with the pattern of Z'WZ.

use super::{Pattern, Place, RowBlocks};
use crate::NotEstimable;
use crate::matrix::Matrix;
use crate::mixed::sparse::SparseFactor;

impl Pattern<'_> {
    /// Z'WZ in blocks.
    pub(in crate::mixed) fn squares(&self, weights: Option<&[f64]>) -> Vec<f64> {
        let mut values = vec![0.0; self.size];
        for pair in &self.row_blocks {
            let [first, second] = self.designs(pair);
            let rows = first.columns();
            for (row, &block) in pair.block.iter().enumerate() {
                let start = self.blocks[block as usize].start;
                let weight = weights.map_or(1.0, |w| w[row]);
                for b in 0..second.columns() {
                    let weighted = weight * second[(row, b)];
                    for a in 0..rows {
                        values[start + b * rows + a] += weighted * first[(row, a)];
                    }
                }
            }
        }
        values
    }

    /// The columns of Z of the two terms of a pair.
    fn designs(&self, pair: &RowBlocks) -> [&Matrix; 2] {
        [pair.terms.0, pair.terms.1].map(|term| self.random[term].effects)
    }

    /// The values of (Λ'Z'WZΛ + I)⁻¹ in the blocks of Z'WZ, by their place there.
    fn inverse_values(&self, factor: &SparseFactor) -> impl Fn(usize) -> f64 {
        let (below, diagonal) = factor.selected_inverse();
        move |value| match self.inverse[value] {
            Place::Diagonal(place) => diagonal[place],
            Place::Below(place) => below[place],
        }
    }

    /// Z'W times a column, for all effects.
    pub(in crate::mixed) fn moments(&self, weights: Option<&[f64]>, column: &[f64]) -> Vec<f64> {
        let mut result = vec![0.0; self.effects];
        for (term, offset) in self.random.iter().zip(&self.offsets) {
            let q = term.effects.columns();
            for effect in 0..q {
                let z = term.effects.column(effect);
                for (row, &group) in term.groups.iter().enumerate() {
                    let weight = weights.map_or(1.0, |w| w[row]);
                    result[offset + group * q + effect] += weight * z[row] * column[row];
                }
            }
        }
        result
    }

    /// Adds Z times the effects to a column of the rows.
    pub(in crate::mixed) fn add_effects(&self, effects: &[f64], to: &mut [f64]) {
        for (term, offset) in self.random.iter().zip(&self.offsets) {
            let q = term.effects.columns();
            for effect in 0..q {
                let z = term.effects.column(effect);
                for ((target, &group), z) in to.iter_mut().zip(term.groups).zip(z) {
                    *target += z * effects[offset + group * q + effect];
                }
            }
        }
    }

    /// Factors Λ'Z'WZΛ + I.
    pub(in crate::mixed) fn factor(
        &self,
        squares: &[f64],
        lambda: &[Matrix],
        factor: &mut SparseFactor,
    ) -> Result<(), NotEstimable> {
        let mut values = vec![0.0; self.entries];
        for block in &self.blocks {
            let (first, second) = (&lambda[block.terms.0], &lambda[block.terms.1]);
            let rows = first.rows();
            for b in 0..second.rows() {
                for a in 0..rows {
                    let Some(place) = self.upper[block.start + b * rows + a] else {
                        continue;
                    };
                    let mut sum = 0.0;
                    for l in b..second.rows() {
                        for k in a..rows {
                            let square = squares[block.start + l * rows + k];
                            sum += first[(k, a)] * square * second[(l, b)];
                        }
                    }
                    values[place] += sum;
                }
            }
        }
        factor.add_identity(&mut values);
        factor.factor(&values)
    }

    /// Λ (or Λ') times a vector of all effects.
    pub(in crate::mixed) fn scale(&self, lambda: &[Matrix], values: &mut [f64], transposed: bool) {
        for (term, factor) in lambda.iter().enumerate() {
            let q = factor.rows();
            let start = self.offsets[term];
            let mut own = vec![0.0; q];
            for level in values[start..start + self.random[term].levels * q].chunks_mut(q) {
                own.copy_from_slice(level);
                for (i, target) in level.iter_mut().enumerate() {
                    *target = match transposed {
                        true => (i..q).map(|k| factor[(k, i)] * own[k]).sum(),
                        false => (0..=i).map(|k| factor[(i, k)] * own[k]).sum(),
                    };
                }
            }
        }
    }

    /// Z'WZ times a vector of all effects.
    pub(in crate::mixed) fn multiply(&self, squares: &[f64], values: &[f64]) -> Vec<f64> {
        let mut result = vec![0.0; values.len()];
        for (block, a, b, value) in self.each() {
            let (row, column) = self.at(block, a, b);
            result[row] += squares[value] * values[column];
            if block.terms.0 != block.terms.1 {
                result[column] += squares[value] * values[row];
            }
        }
        result
    }

    /// A term's part of a vector of all effects, one column per level.
    pub(in crate::mixed) fn of_term(&self, term: usize, values: &[f64]) -> Matrix {
        let (q, levels) = (self.q(term), self.random[term].levels);
        let start = self.offsets[term];
        Matrix::from_values(q, levels, values[start..start + q * levels].to_vec())
    }

    /// Per term the derivative of ln |Λ'Z'WZΛ + I| by Λ: twice the diagonal blocks of
    /// Z'WZ Λ (Λ'Z'WZΛ + I)⁻¹, summed over levels.
    pub(in crate::mixed) fn slopes(
        &self,
        squares: &[f64],
        lambda: &[Matrix],
        factor: &SparseFactor,
    ) -> Vec<Matrix> {
        let inverse = self.inverse_values(factor);
        let mut slopes: Vec<Matrix> = lambda
            .iter()
            .map(|factor| Matrix::zeros(factor.rows(), factor.rows()))
            .collect();
        for block in &self.blocks {
            let (s, t) = block.terms;
            let rows = lambda[s].rows();
            let at = |a: usize, b: usize| block.start + b * rows + a;
            // S(s,t) Λ(t) M⁻¹(t,s) belongs to s, and its mirror image to t.
            add_slope(
                &mut slopes[s],
                &lambda[t],
                |a, l| squares[at(a, l)],
                |b, k| inverse(at(b, k)),
            );
            if s != t {
                add_slope(
                    &mut slopes[t],
                    &lambda[s],
                    |a, l| squares[at(l, a)],
                    |b, k| inverse(at(k, b)),
                );
            }
        }
        slopes
    }

    /// Per row z'Λ(Λ'Z'WZΛ + I)⁻¹Λ'z.
    pub(in crate::mixed) fn leverages(&self, lambda: &[Matrix], factor: &SparseFactor) -> Vec<f64> {
        let inverse = self.inverse_values(factor);
        // Λ M⁻¹ Λ' in blocks.
        let mut spread = vec![0.0; self.size];
        for block in &self.blocks {
            let (first, second) = (&lambda[block.terms.0], &lambda[block.terms.1]);
            let rows = first.rows();
            for b in 0..second.rows() {
                for a in 0..rows {
                    let mut sum = 0.0;
                    for l in 0..=b {
                        for k in 0..=a {
                            let own = inverse(block.start + l * rows + k);
                            sum += first[(a, k)] * own * second[(b, l)];
                        }
                    }
                    spread[block.start + b * rows + a] = sum;
                }
            }
        }
        let mut result = vec![0.0; self.row_blocks.first().map_or(0, |pair| pair.block.len())];
        for pair in &self.row_blocks {
            let [first, second] = self.designs(pair);
            let rows = first.columns();
            let times = if pair.is_of_one_term() { 1.0 } else { 2.0 };
            for (row, target) in result.iter_mut().enumerate() {
                let start = self.blocks[pair.block[row] as usize].start;
                for b in 0..second.columns() {
                    for a in 0..rows {
                        let value = spread[start + b * rows + a];
                        *target += times * first[(row, a)] * value * second[(row, b)];
                    }
                }
            }
        }
        result
    }

    /// The diagonal of values in blocks, for one random effect.
    pub(in crate::mixed) fn diagonal(&self, squares: &[f64]) -> Vec<f64> {
        let mut diagonal = vec![0.0; self.effects];
        for (block, a, b, value) in self.each() {
            let (row, column) = self.at(block, a, b);
            if row == column {
                diagonal[row] = squares[value];
            }
        }
        diagonal
    }

    /// Per term and level Λ(Λ'Z'WZΛ + I)⁻¹Λ'.
    pub(in crate::mixed) fn conditional(
        &self,
        lambda: &[Matrix],
        factor: &SparseFactor,
    ) -> Vec<Vec<Matrix>> {
        let (below, diagonal) = factor.selected_inverse();
        let of = |(term, lambda): (usize, &Matrix)| {
            let q = lambda.rows();
            let level = |level: usize| {
                let start = self.offsets[term] + level * q;
                let mut inner = Matrix::diagonal(&diagonal[start..start + q]);
                for a in 0..q {
                    for b in a + 1..q {
                        let place = factor.place(start + b, start + a);
                        let value = place.map_or(0.0, |place| below[place]);
                        inner[(a, b)] = value;
                        inner[(b, a)] = value;
                    }
                }
                lambda.sandwich(&inner)
            };
            (0..self.random[term].levels).map(level).collect()
        };
        lambda.iter().enumerate().map(of).collect()
    }
}

/// Adds twice S Λ M⁻¹, for the effects of one term with those of another, whose Λ it is.
fn add_slope(
    slope: &mut Matrix,
    lambda: &Matrix,
    square: impl Fn(usize, usize) -> f64,
    inverse: impl Fn(usize, usize) -> f64,
) {
    for a in 0..slope.rows() {
        for b in 0..slope.rows() {
            let mut sum = 0.0;
            for l in 0..lambda.rows() {
                for k in 0..=l {
                    sum += square(a, l) * lambda[(l, k)] * inverse(b, k);
                }
            }
            slope[(a, b)] += 2.0 * sum;
        }
    }
}
