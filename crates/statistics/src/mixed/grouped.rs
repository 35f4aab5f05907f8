//! One grouping: the outcomes of groups are independent, and a few sums per group are all that
//! the criterion needs.

#![expect(
    clippy::needless_range_loop,
    reason = "indices are the notation of linear algebra"
)]

use super::data::{Prepared, RandomTerm};
use super::engine::{Engine, Pass};
use crate::NotEstimable;
use crate::matrix::Matrix;
use rayon::prelude::*;
use std::ops::Range;

/// Groups that one thread sums by itself.
const CHUNK: usize = 256;

/// A small matrix whose order the compiler knows, by rows.
type Square<const Q: usize> = [[f64; Q]; Q];

/// The sums of all groups, for `Q` effects in all.
pub(super) struct Grouped<const Q: usize> {
    /// Places of each term's effects among the `Q`.
    terms: Vec<Range<usize>>,
    levels: usize,
    width: usize,
    /// Per group Z'WZ (`Q` by `Q`), then Z'W[X y] column after column.
    sums: Vec<f64>,
    /// [X y]'W[X y].
    cross: Matrix,
}

/// What a chunk of groups adds.
struct Part<const Q: usize> {
    ln_determinant: f64,
    /// Σ B'HB, the lower triangle by rows.
    cross: Vec<f64>,
    inverse: Square<Q>,
}

/// One group's matrices for given Λ.
struct Solved<const Q: usize> {
    ln_determinant: f64,
    /// H = Λ(Λ'SΛ + I)⁻¹Λ'.
    conditional: Square<Q>,
    /// I − SH.
    shrink: Square<Q>,
}

impl<const Q: usize> Grouped<Q> {
    /// Sums the rows of each group. All terms have the same groups.
    pub(super) fn new(
        prepared: &Prepared,
        weights: Option<&[f64]>,
        random: &[RandomTerm<'_>],
    ) -> Self {
        let mut terms = Vec::new();
        let mut start = 0;
        for term in random {
            terms.push(start..start + term.effects.columns());
            start += term.effects.columns();
        }
        let width = prepared.x.columns() + 1;
        let (groups, levels) = (random[0].groups, random[0].levels);
        let stride = Q * Q + Q * width;
        let mut sums = vec![0.0; levels * stride];
        let effects: Vec<&[f64]> = random
            .iter()
            .flat_map(|term| (0..term.effects.columns()).map(|column| term.effects.column(column)))
            .collect();
        let columns: Vec<&[f64]> = (0..width - 1)
            .map(|column| prepared.x.column(column))
            .chain([prepared.y.as_slice()])
            .collect();
        let order = Order::new(groups, levels);
        sums.par_chunks_mut(stride * CHUNK)
            .enumerate()
            .for_each(|(chunk, sums)| {
                for (place, sums) in sums.chunks_mut(stride).enumerate() {
                    for row in order.rows(chunk * CHUNK + place) {
                        add_row::<Q>(
                            sums,
                            (&effects, &columns),
                            weights.map_or(1.0, |w| w[row]),
                            row,
                        );
                    }
                }
            });
        Self {
            terms,
            levels,
            width,
            sums,
            cross: prepared.cross.clone(),
        }
    }

    fn stride(&self) -> usize {
        Q * Q + Q * self.width
    }

    fn group(&self, level: usize) -> &[f64] {
        &self.sums[level * self.stride()..(level + 1) * self.stride()]
    }

    fn block(&self, lambda: &[Matrix]) -> Square<Q> {
        let mut block = [[0.0; Q]; Q];
        for (range, factor) in self.terms.iter().zip(lambda) {
            for (i, row) in range.clone().enumerate() {
                for (j, column) in range.clone().enumerate().take(i + 1) {
                    block[row][column] = factor[(i, j)];
                }
            }
        }
        block
    }

    fn by_term(&self, full: &Square<Q>) -> Vec<Matrix> {
        let of = |range: &Range<usize>| {
            let mut part = Matrix::zeros(range.len(), range.len());
            for (i, row) in range.clone().enumerate() {
                for (j, column) in range.clone().enumerate() {
                    part[(i, j)] = full[row][column];
                }
            }
            part
        };
        self.terms.iter().map(of).collect()
    }

    /// Sums a chunk of groups, and leaves Z'V⁻¹[X y] in `solved`.
    fn part(&self, first: usize, lambda: &Square<Q>, solved: &mut [f64]) -> Part<Q> {
        let width = self.width;
        let mut part = Part {
            ln_determinant: 0.0,
            cross: vec![0.0; width * (width + 1) / 2],
            inverse: [[0.0; Q]; Q],
        };
        for (place, solved) in solved.chunks_mut(Q * width).enumerate() {
            let sums = self.group(first + place);
            let group = solve_group::<Q>(sums, lambda);
            part.ln_determinant += group.ln_determinant;
            add_product(&mut part.inverse, &group.shrink, sums);
            let (moments, _) = sums[Q * Q..].as_chunks::<Q>();
            let (solved, _) = solved.as_chunks_mut::<Q>();
            let mut at = 0;
            for (column, moment) in moments.iter().enumerate() {
                let shrunk = times(&group.conditional, moment);
                for other in &moments[..=column] {
                    part.cross[at] += inner(other, &shrunk);
                    at += 1;
                }
                solved[column] = times(&group.shrink, moment);
            }
        }
        part
    }
}

/// Rows by group, without moving them where they already stand so.
enum Order {
    Sorted(Vec<usize>),
    Gathered { rows: Vec<u32>, starts: Vec<usize> },
}

impl Order {
    fn new(groups: &[usize], levels: usize) -> Self {
        let mut starts = vec![0; levels + 1];
        for &group in groups {
            starts[group + 1] += 1;
        }
        for level in 0..levels {
            starts[level + 1] += starts[level];
        }
        if groups.is_sorted() {
            return Self::Sorted(starts);
        }
        let mut next = starts.clone();
        let mut rows = vec![0u32; groups.len()];
        for (row, &group) in groups.iter().enumerate() {
            rows[next[group]] = u32::try_from(row).expect("fewer than four thousand million rows");
            next[group] += 1;
        }
        Self::Gathered { rows, starts }
    }

    fn rows(&self, level: usize) -> impl Iterator<Item = usize> {
        let (range, rows) = match self {
            Self::Sorted(starts) => (starts[level]..starts[level + 1], None),
            Self::Gathered { rows, starts } => (starts[level]..starts[level + 1], Some(rows)),
        };
        range.map(move |place| rows.map_or(place, |rows| rows[place] as usize))
    }
}

fn add_row<const Q: usize>(
    sums: &mut [f64],
    (effects, columns): (&[&[f64]], &[&[f64]]),
    weight: f64,
    row: usize,
) {
    let mut z = [0.0; Q];
    for (value, effect) in z.iter_mut().zip(effects) {
        *value = effect[row];
    }
    let weighted = z.map(|value| weight * value);
    let (squares, moments) = sums.split_at_mut(Q * Q);
    for (i, z) in z.iter().enumerate() {
        for j in 0..Q {
            squares[i * Q + j] += z * weighted[j];
        }
    }
    for (moment, column) in moments.chunks_exact_mut(Q).zip(columns) {
        let value = column[row];
        for j in 0..Q {
            moment[j] += value * weighted[j];
        }
    }
}

fn inner<const Q: usize>(a: &[f64; Q], b: &[f64; Q]) -> f64 {
    let mut sum = 0.0;
    for i in 0..Q {
        sum += a[i] * b[i];
    }
    sum
}

fn times<const Q: usize>(matrix: &Square<Q>, vector: &[f64; Q]) -> [f64; Q] {
    let mut result = [0.0; Q];
    for i in 0..Q {
        result[i] = inner(&matrix[i], vector);
    }
    result
}

/// Adds `shrink * S`: the group's Z'V⁻¹Z.
fn add_product<const Q: usize>(to: &mut Square<Q>, shrink: &Square<Q>, sums: &[f64]) {
    for i in 0..Q {
        for k in 0..Q {
            for j in 0..Q {
                to[i][j] += shrink[i][k] * sums[k * Q + j];
            }
        }
    }
}

/// With S = Z'WZ: M = Λ'SΛ + I = LL', and K = L⁻¹Λ', so that H = K'K.
fn solve_group<const Q: usize>(sums: &[f64], lambda: &Square<Q>) -> Solved<Q> {
    let mut scaled = [[0.0; Q]; Q];
    for i in 0..Q {
        for j in 0..Q {
            for k in j..Q {
                scaled[i][j] += sums[i * Q + k] * lambda[k][j];
            }
        }
    }
    let mut lower = [[0.0; Q]; Q];
    let mut determinant = 1.0;
    for j in 0..Q {
        for i in j..Q {
            let mut value = if i == j { 1.0 } else { 0.0 };
            for k in i..Q {
                value += lambda[k][i] * scaled[k][j];
            }
            for k in 0..j {
                value -= lower[i][k] * lower[j][k];
            }
            lower[i][j] = value;
        }
        determinant *= lower[j][j];
        let root = 1.0 / lower[j][j].sqrt();
        for i in j..Q {
            lower[i][j] *= root;
        }
    }
    let mut half = [[0.0; Q]; Q];
    for j in 0..Q {
        for i in 0..Q {
            let mut value = if i <= j { lambda[j][i] } else { 0.0 };
            for k in 0..i {
                value -= lower[i][k] * half[k][j];
            }
            half[i][j] = value / lower[i][i];
        }
    }
    let mut conditional = [[0.0; Q]; Q];
    for k in 0..Q {
        for i in 0..Q {
            for j in 0..Q {
                conditional[i][j] += half[k][i] * half[k][j];
            }
        }
    }
    let mut shrink = [[0.0; Q]; Q];
    for i in 0..Q {
        shrink[i][i] = 1.0;
        for k in 0..Q {
            for j in 0..Q {
                shrink[i][j] -= sums[i * Q + k] * conditional[k][j];
            }
        }
    }
    Solved {
        ln_determinant: determinant.ln(),
        conditional,
        shrink,
    }
}

impl<const Q: usize> Engine for Grouped<Q> {
    fn pass(&self, lambda: &[Matrix]) -> Result<Pass, NotEstimable> {
        let lambda = self.block(lambda);
        let mut solved = vec![0.0; self.levels * Q * self.width];
        let parts: Vec<Part<Q>> = solved
            .par_chunks_mut(CHUNK * Q * self.width)
            .enumerate()
            .map(|(chunk, solved)| self.part(chunk * CHUNK, &lambda, solved))
            .collect();
        let (mut ln_determinant, mut inverse) = (0.0, [[0.0; Q]; Q]);
        let mut removed = vec![0.0; self.width * (self.width + 1) / 2];
        for part in parts {
            ln_determinant += part.ln_determinant;
            for (sum, value) in removed.iter_mut().zip(part.cross) {
                *sum += value;
            }
            for (sum, value) in inverse
                .iter_mut()
                .flatten()
                .zip(part.inverse.iter().flatten())
            {
                *sum += value;
            }
        }
        let mut cross = self.cross.clone();
        let mut removed = removed.into_iter();
        for i in 0..self.width {
            for j in 0..=i {
                cross[(i, j)] -= removed.next().expect("one sum per pair");
                cross[(j, i)] = cross[(i, j)];
            }
        }
        // ∂ ln|V| = tr(Z'V⁻¹Z ∂(ΛΛ')) = 2 tr(Z'V⁻¹Z Λ ∂Λ').
        let mut slope = [[0.0; Q]; Q];
        for i in 0..Q {
            for j in 0..Q {
                for k in j..Q {
                    slope[i][j] += 2.0 * inverse[i][k] * lambda[k][j];
                }
            }
        }
        Ok(Pass {
            ln_determinant,
            cross,
            slopes: self.by_term(&slope),
            solved,
        })
    }

    fn quadratic(&self, pass: &Pass, root: &Matrix) -> Vec<Matrix> {
        let size = Q * self.width;
        let of = |solved: &[f64]| -> Square<Q> {
            let mut sum = [[0.0; Q]; Q];
            for group in solved.chunks(size) {
                let (group, _) = group.as_chunks::<Q>();
                for column in 0..self.width {
                    let mut product = [0.0; Q];
                    // The root is an upper triangle.
                    for (row, values) in group[..=column].iter().enumerate() {
                        let factor = root[(row, column)];
                        for i in 0..Q {
                            product[i] += factor * values[i];
                        }
                    }
                    for i in 0..Q {
                        for j in 0..Q {
                            sum[i][j] += product[i] * product[j];
                        }
                    }
                }
            }
            sum
        };
        let parts: Vec<Square<Q>> = pass.solved.par_chunks(CHUNK * size).map(of).collect();
        let mut total = [[0.0; Q]; Q];
        for part in parts {
            for (sum, value) in total.iter_mut().flatten().zip(part.iter().flatten()) {
                *sum += value;
            }
        }
        self.by_term(&total)
    }

    fn along(&self, pass: &Pass, direction: &[f64]) -> Vec<Matrix> {
        let mut all = Matrix::zeros(Q, self.levels);
        for (level, group) in pass.solved.chunks(Q * self.width).enumerate() {
            let (group, _) = group.as_chunks::<Q>();
            for (values, factor) in group.iter().zip(direction) {
                for (target, value) in all.column_mut(level).iter_mut().zip(values) {
                    *target += factor * value;
                }
            }
        }
        let of = |range: &Range<usize>| {
            let rows: Vec<usize> = range.clone().collect();
            all.gather_rows(&rows)
        };
        self.terms.iter().map(of).collect()
    }

    fn conditional(&self, lambda: &[Matrix]) -> Result<Vec<Vec<Matrix>>, NotEstimable> {
        let lambda = self.block(lambda);
        let mut result = vec![Vec::with_capacity(self.levels); self.terms.len()];
        for level in 0..self.levels {
            let group = solve_group::<Q>(self.group(level), &lambda);
            for (list, part) in result.iter_mut().zip(self.by_term(&group.conditional)) {
                list.push(part);
            }
        }
        Ok(result)
    }
}
