//! Several groupings, nested or crossed: sparse factors of Λ'Z'WZΛ + I.

use super::data::{Prepared, RandomTerm};
use super::engine::{Engine, Pass};
use super::sparse::SparseFactor;
use crate::NotEstimable;
use crate::matrix::Matrix;
use std::sync::Mutex;

/// The pattern of Z'WZ in blocks of effects, and where everything is in the factors.
pub(super) struct Pattern<'a> {
    random: Vec<RandomTerm<'a>>,
    /// Where each term's effects start among all.
    offsets: Vec<usize>,
    /// Terms in the order of elimination: most levels first.
    order: Vec<usize>,
    pub(super) effects: usize,
    blocks: Vec<Block>,
    /// Per pair of terms (in the order of elimination) the block of each row.
    row_blocks: Vec<RowBlocks>,
    /// Values in all blocks together.
    size: usize,
    /// Per value of the blocks its place in the columns of the upper triangle; none below the
    /// diagonal.
    upper: Vec<Option<usize>>,
    /// The same in the factor's inverse.
    inverse: Vec<Place>,
    entries: usize,
}

/// Z'WZ of one level of a term with one level of another (or the same).
#[derive(Clone, Copy)]
struct Block {
    terms: (usize, usize),
    levels: (usize, usize),
    start: usize,
}

struct RowBlocks {
    terms: (usize, usize),
    block: Vec<u32>,
}

#[derive(Clone, Copy)]
enum Place {
    Diagonal(usize),
    Below(usize),
}

impl<'a> Pattern<'a> {
    /// Finds which levels occur together, and an empty factor for them.
    pub(super) fn new(random: &[RandomTerm<'a>]) -> (Self, SparseFactor) {
        let mut order: Vec<usize> = (0..random.len()).collect();
        order.sort_by_key(|&term| std::cmp::Reverse(random[term].levels));
        let mut offsets = vec![0; random.len()];
        let mut effects = 0;
        for &term in &order {
            offsets[term] = effects;
            effects += random[term].levels * random[term].effects.columns();
        }
        let mut pattern = Self {
            random: random.to_vec(),
            offsets,
            order,
            effects,
            blocks: Vec::new(),
            row_blocks: Vec::new(),
            size: 0,
            upper: Vec::new(),
            inverse: Vec::new(),
            entries: 0,
        };
        pattern.find_blocks();
        let factor = pattern.place_blocks();
        pattern.find_inverse(&factor);
        (pattern, factor)
    }

    fn q(&self, term: usize) -> usize {
        self.random[term].effects.columns()
    }

    fn find_blocks(&mut self) {
        for (place, &second) in self.order.clone().iter().enumerate() {
            for &first in &self.order.clone()[..=place] {
                let block = self.pair_blocks(first, second);
                self.row_blocks.push(RowBlocks {
                    terms: (first, second),
                    block,
                });
            }
        }
    }

    /// The blocks of a pair of terms, in order of levels; gives the block of each row.
    fn pair_blocks(&mut self, first: usize, second: usize) -> Vec<u32> {
        let (a, b) = (self.random[first], self.random[second]);
        let rows = rows_by_level(a.groups, a.levels);
        let mut stamp = vec![usize::MAX; b.levels];
        let mut found = vec![0u32; b.levels];
        let mut row_block = vec![0u32; a.groups.len()];
        for (level, rows) in rows.iter().enumerate() {
            for &row in rows {
                let other = b.groups[row as usize];
                if stamp[other] != level {
                    stamp[other] = level;
                    found[other] = u32::try_from(self.blocks.len()).expect("blocks to count");
                    self.blocks.push(Block {
                        terms: (first, second),
                        levels: (level, other),
                        start: self.size,
                    });
                    self.size += self.q(first) * self.q(second);
                }
                row_block[row as usize] = found[other];
            }
        }
        row_block
    }

    /// Rows and column of a value (a, b) of a block among all effects.
    fn at(&self, block: &Block, a: usize, b: usize) -> (usize, usize) {
        let (first, second) = block.terms;
        (
            self.offsets[first] + block.levels.0 * self.q(first) + a,
            self.offsets[second] + block.levels.1 * self.q(second) + b,
        )
    }

    /// Each value of each block: (block, a, b, place of the value).
    fn each(&self) -> impl Iterator<Item = (&Block, usize, usize, usize)> {
        self.blocks.iter().flat_map(move |block| {
            let (rows, columns) = (self.q(block.terms.0), self.q(block.terms.1));
            (0..columns).flat_map(move |b| {
                (0..rows).map(move |a| (block, a, b, block.start + b * rows + a))
            })
        })
    }

    fn place_blocks(&mut self) -> SparseFactor {
        let mut starts = vec![0usize; self.effects + 1];
        for (block, a, b, _) in self.each() {
            let (row, column) = self.at(block, a, b);
            if row <= column {
                starts[column + 1] += 1;
            }
        }
        // A level without rows still has its own identity.
        let mut seen = vec![false; self.effects];
        for (block, a, b, _) in self.each() {
            let (row, column) = self.at(block, a, b);
            if row == column {
                seen[row] = true;
            }
        }
        for (effect, seen) in seen.iter().enumerate() {
            starts[effect + 1] += usize::from(!seen);
        }
        for column in 0..self.effects {
            starts[column + 1] += starts[column];
        }
        let mut next = starts.clone();
        let mut rows = vec![0; starts[self.effects]];
        let mut upper = vec![None; self.size];
        for (block, a, b, value) in self.each() {
            let (row, column) = self.at(block, a, b);
            if row <= column {
                rows[next[column]] = row;
                upper[value] = Some(next[column]);
                next[column] += 1;
            }
        }
        for (effect, seen) in seen.iter().enumerate() {
            if !seen {
                rows[next[effect]] = effect;
            }
        }
        self.entries = rows.len();
        self.upper = upper;
        SparseFactor::new(starts, rows)
    }

    fn find_inverse(&mut self, factor: &SparseFactor) {
        let mut inverse = vec![Place::Diagonal(0); self.size];
        for (block, a, b, value) in self.each() {
            let (row, column) = self.at(block, a, b);
            inverse[value] = match row == column {
                true => Place::Diagonal(row),
                false => {
                    let place = factor.place(row.max(column), row.min(column));
                    Place::Below(place.expect("a value of the matrix is in its factor"))
                }
            };
        }
        self.inverse = inverse;
    }

    /// Z'WZ in blocks.
    pub(super) fn squares(&self, weights: Option<&[f64]>) -> Vec<f64> {
        let mut values = vec![0.0; self.size];
        for pair in &self.row_blocks {
            let (first, second) = (
                self.random[pair.terms.0].effects,
                self.random[pair.terms.1].effects,
            );
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

    /// Adds Z'W times a column, for all effects.
    pub(super) fn moments(&self, weights: Option<&[f64]>, column: &[f64]) -> Vec<f64> {
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
    pub(super) fn add_effects(&self, effects: &[f64], to: &mut [f64]) {
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
    pub(super) fn factor(
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
    pub(super) fn scale(&self, lambda: &[Matrix], values: &mut [f64], transposed: bool) {
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
    fn multiply(&self, squares: &[f64], values: &[f64]) -> Vec<f64> {
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
    pub(super) fn of_term(&self, term: usize, values: &[f64]) -> Matrix {
        let (q, levels) = (self.q(term), self.random[term].levels);
        let start = self.offsets[term];
        Matrix::from_values(q, levels, values[start..start + q * levels].to_vec())
    }

    /// Per term the derivative of ln |Λ'Z'WZΛ + I| by Λ: twice the diagonal blocks of
    /// Z'WZ Λ (Λ'Z'WZΛ + I)⁻¹, summed over levels.
    pub(super) fn slopes(
        &self,
        squares: &[f64],
        lambda: &[Matrix],
        factor: &SparseFactor,
    ) -> Vec<Matrix> {
        let (below, diagonal) = factor.selected_inverse();
        let inverse = |value: usize| match self.inverse[value] {
            Place::Diagonal(place) => diagonal[place],
            Place::Below(place) => below[place],
        };
        let mut slopes: Vec<Matrix> = lambda
            .iter()
            .map(|factor| Matrix::zeros(factor.rows(), factor.rows()))
            .collect();
        for block in &self.blocks {
            let (s, t) = block.terms;
            let (rows, columns) = (lambda[s].rows(), lambda[t].rows());
            let at = |a: usize, b: usize| block.start + b * rows + a;
            // S(s,t) Λ(t) M⁻¹(t,s) belongs to s.
            for a in 0..rows {
                for b in 0..rows {
                    let mut sum = 0.0;
                    for l in 0..columns {
                        for k in 0..=l {
                            let square = squares[at(a, l)];
                            sum += square * lambda[t][(l, k)] * inverse(at(b, k));
                        }
                    }
                    slopes[s][(a, b)] += 2.0 * sum;
                }
            }
            if s == t {
                continue;
            }
            for a in 0..columns {
                for b in 0..columns {
                    let mut sum = 0.0;
                    for l in 0..rows {
                        for k in 0..=l {
                            let square = squares[at(l, a)];
                            sum += square * lambda[s][(l, k)] * inverse(at(k, b));
                        }
                    }
                    slopes[t][(a, b)] += 2.0 * sum;
                }
            }
        }
        slopes
    }

    /// Per row z'Λ(Λ'Z'WZΛ + I)⁻¹Λ'z.
    pub(super) fn leverages(&self, lambda: &[Matrix], factor: &SparseFactor) -> Vec<f64> {
        let (below, diagonal) = factor.selected_inverse();
        let inverse = |value: usize| match self.inverse[value] {
            Place::Diagonal(place) => diagonal[place],
            Place::Below(place) => below[place],
        };
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
            let (first, second) = (
                self.random[pair.terms.0].effects,
                self.random[pair.terms.1].effects,
            );
            let rows = first.columns();
            let times = if pair.terms.0 == pair.terms.1 {
                1.0
            } else {
                2.0
            };
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
    pub(super) fn diagonal(&self, squares: &[f64]) -> Vec<f64> {
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
    pub(super) fn conditional(&self, lambda: &[Matrix], factor: &SparseFactor) -> Vec<Vec<Matrix>> {
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

fn rows_by_level(groups: &[usize], levels: usize) -> Vec<Vec<u32>> {
    let mut rows = vec![Vec::new(); levels];
    for (row, &group) in groups.iter().enumerate() {
        rows[group].push(u32::try_from(row).expect("fewer than four thousand million rows"));
    }
    rows
}

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
