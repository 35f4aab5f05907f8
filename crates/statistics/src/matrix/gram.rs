//! X'WX and X'Wy, the two sums in which nearly all time of a regression goes.
//!
//! Rows are taken in blocks that stay in the cache; within a block every pair of columns is a
//! dot product, four pairs at a time. Sums of [`CHUNK`] rows are added up in a fixed order, so
//! the bits don't depend on the number of threads.

use super::Matrix;
use rayon::prelude::*;
use std::ops::Range;

/// Rows whose columns are multiplied with each other while they are in the cache.
const BLOCK: usize = 256;

/// Rows that one thread sums by itself.
const CHUNK: usize = 1 << 15;

/// Accumulators side by side, so that additions do not wait for each other.
const LANES: usize = 4;

/// The symmetric matrix X'WX, with `weights` all 1 if `None`.
///
/// Takes O(n p²) time, on all cores when there are many rows, and no memory of order n.
/// R: `crossprod(x, w * x)`.
///
/// ```
/// use statistics::matrix::{Matrix, gram};
/// let x = Matrix::from_rows(&[&[1.0, 2.0], &[1.0, 4.0]]);
/// assert_eq!(gram(&x, None), Matrix::from_rows(&[&[2.0, 6.0], &[6.0, 20.0]]));
/// assert_eq!(gram(&x, Some(&[2.0, 1.0]))[(1, 1)], 24.0);
/// ```
///
/// # Panics
/// If there is not one weight per row.
pub fn gram(x: &Matrix, weights: Option<&[f64]>) -> Matrix {
    let columns = x.columns();
    let sums = in_chunks(x.rows(), weights, |start, end| {
        pulp::Arch::new().dispatch(GramOfRows {
            x,
            weights,
            rows: start..end,
        })
    });
    let mut result = Matrix::from_values(columns, columns, total(sums, columns * columns));
    for i in 0..columns {
        for j in 0..i {
            result[(i, j)] = result[(j, i)];
        }
    }
    result
}

/// The vector X'Wy, with `weights` all 1 if `None`. R: `crossprod(x, w * y)`.
///
/// ```
/// use statistics::matrix::{Matrix, cross};
/// let x = Matrix::from_rows(&[&[1.0, 2.0], &[1.0, 4.0]]);
/// assert_eq!(cross(&x, None, &[3.0, 5.0]), [8.0, 26.0]);
/// ```
///
/// # Panics
/// If there is not one weight and one `y` per row.
pub fn cross(x: &Matrix, weights: Option<&[f64]>, y: &[f64]) -> Vec<f64> {
    assert_eq!(y.len(), x.rows(), "one y per row");
    let sums = in_chunks(x.rows(), weights, |start, end| {
        cross_of_chunk(x, weights, y, start, end)
    });
    total(sums, x.columns())
}

/// The dot product, summed in four lanes. R: `sum(a * b)`.
///
/// ```
/// assert_eq!(statistics::matrix::dot(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 32.0);
/// ```
///
/// # Panics
/// If the lengths differ.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len(), "equal lengths");
    let mut lanes = [0.0; LANES];
    let (a_head, a_tail) = a.as_chunks::<LANES>();
    let (b_head, b_tail) = b.as_chunks::<LANES>();
    for (x, y) in a_head.iter().zip(b_head) {
        for lane in 0..LANES {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    let tail: f64 = a_tail.iter().zip(b_tail).map(|(x, y)| x * y).sum();
    lanes.iter().sum::<f64>() + tail
}

/// The sum, in lanes that do not wait for each other.
pub(crate) fn sum(values: &[f64]) -> f64 {
    let (head, tail) = values.as_chunks::<{ 2 * LANES }>();
    let mut lanes = [0.0; 2 * LANES];
    for chunk in head {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += value;
        }
    }
    lanes.iter().sum::<f64>() + tail.iter().sum::<f64>()
}

/// Sums of the chunks of rows, in order; many chunks are shared among threads.
fn in_chunks<F>(rows: usize, weights: Option<&[f64]>, sum: F) -> Vec<Vec<f64>>
where
    F: Fn(usize, usize) -> Vec<f64> + Sync,
{
    if let Some(weights) = weights {
        assert_eq!(weights.len(), rows, "one weight per row");
    }
    let chunk = |number: usize| sum(number * CHUNK, ((number + 1) * CHUNK).min(rows));
    let chunks = rows.div_ceil(CHUNK);
    if chunks < 2 {
        (0..chunks).map(chunk).collect()
    } else {
        (0..chunks).into_par_iter().map(chunk).collect()
    }
}

fn total(sums: Vec<Vec<f64>>, length: usize) -> Vec<f64> {
    let mut total = vec![0.0; length];
    for sum in sums {
        for (target, value) in total.iter_mut().zip(sum) {
            *target += value;
        }
    }
    total
}

/// Some rows of which X'WX is wanted.
struct GramOfRows<'a> {
    x: &'a Matrix,
    weights: Option<&'a [f64]>,
    rows: Range<usize>,
}

impl pulp::NullaryFnOnce for GramOfRows<'_> {
    /// The upper triangle, stored as a full matrix.
    type Output = Vec<f64>;

    #[inline(always)]
    fn call(self) -> Vec<f64> {
        let Self { x, weights, rows } = self;
        let columns = x.columns();
        let mut result = vec![0.0; columns * columns];
        let mut weighted = vec![0.0; weights.map_or(0, |_| BLOCK * columns)];
        for from in rows.clone().step_by(BLOCK) {
            let block = from..(from + BLOCK).min(rows.end);
            let left = |column: usize| &x.column(column)[block.clone()];
            match weights {
                None => add_pairs(columns, left, left, &mut result),
                Some(weights) => {
                    for (column, target) in weighted.chunks_exact_mut(BLOCK).enumerate() {
                        let pairs = left(column).iter().zip(&weights[block.clone()]);
                        for (out, (value, weight)) in target.iter_mut().zip(pairs) {
                            *out = value * weight;
                        }
                    }
                    let right = |column: usize| &weighted[column * BLOCK..][..block.len()];
                    add_pairs(columns, left, right, &mut result);
                }
            }
        }
        result
    }
}

/// Adds the products of all pairs of columns with left ≤ right, in tiles of two by two.
#[inline(always)]
fn add_pairs<'a, L, R>(columns: usize, left: L, right: R, result: &mut [f64])
where
    L: Fn(usize) -> &'a [f64],
    R: Fn(usize) -> &'a [f64],
{
    for i in (0..columns).step_by(2) {
        let i1 = (i + 1).min(columns - 1);
        for j in (i..columns).step_by(2) {
            let j1 = (j + 1).min(columns - 1);
            let tile = tile([left(i), left(i1)], [right(j), right(j1)]);
            result[j * columns + i] += tile[0];
            if j1 > j {
                result[j1 * columns + i] += tile[1];
            }
            if i1 > i && i1 <= j {
                result[j * columns + i1] += tile[2];
            }
            if i1 > i && j1 > j {
                result[j1 * columns + i1] += tile[3];
            }
        }
    }
}

/// The four dot products of two columns with two columns.
#[inline(always)]
fn tile([a, b]: [&[f64]; 2], [c, d]: [&[f64]; 2]) -> [f64; 4] {
    let mut sums = [[0.0; LANES]; 4];
    let (a_head, a_tail) = a.as_chunks::<LANES>();
    let (b_head, b_tail) = b.as_chunks::<LANES>();
    let (c_head, c_tail) = c.as_chunks::<LANES>();
    let (d_head, d_tail) = d.as_chunks::<LANES>();
    for (((a, b), c), d) in a_head.iter().zip(b_head).zip(c_head).zip(d_head) {
        add_products(&mut sums[0], a, c);
        add_products(&mut sums[1], a, d);
        add_products(&mut sums[2], b, c);
        add_products(&mut sums[3], b, d);
    }
    let mut result = totals(sums);
    for (((a, b), c), d) in a_tail.iter().zip(b_tail).zip(c_tail).zip(d_tail) {
        result[0] += a * c;
        result[1] += a * d;
        result[2] += b * c;
        result[3] += b * d;
    }
    result
}

/// Apart, so that the lanes of a sum are kept side by side and not those of four sums.
#[inline(never)]
fn totals(sums: [[f64; LANES]; 4]) -> [f64; 4] {
    sums.map(|lanes| lanes.iter().sum())
}

#[inline(always)]
fn add_products(sums: &mut [f64; LANES], a: &[f64; LANES], b: &[f64; LANES]) {
    for lane in 0..LANES {
        sums[lane] += a[lane] * b[lane];
    }
}

fn cross_of_chunk(
    x: &Matrix,
    weights: Option<&[f64]>,
    y: &[f64],
    start: usize,
    end: usize,
) -> Vec<f64> {
    let mut result = vec![0.0; x.columns()];
    let mut weighted = [0.0; BLOCK];
    for from in (start..end).step_by(BLOCK) {
        let to = (from + BLOCK).min(end);
        let block = &mut weighted[..to - from];
        block.copy_from_slice(&y[from..to]);
        if let Some(weights) = weights {
            for (value, weight) in block.iter_mut().zip(&weights[from..to]) {
                *value *= weight;
            }
        }
        for (column, sum) in result.iter_mut().enumerate() {
            *sum += dot(&x.column(column)[from..to], block);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whole numbers, so that every order of summing gives the same sum exactly.
    fn design(rows: usize, columns: usize) -> (Matrix, Vec<f64>) {
        let value = |row: usize, column: usize| ((row * 7 + column * 13) % 11) as f64 - 5.0;
        let columns: Vec<Vec<f64>> = (0..columns)
            .map(|column| (0..rows).map(|row| value(row, column)).collect())
            .collect();
        let weights = (0..rows).map(|row| (row % 3) as f64 + 1.0).collect();
        (Matrix::from_columns(&columns), weights)
    }

    #[test]
    fn every_shape_equals_the_plain_sum() {
        for (rows, columns) in [
            (1, 1),
            (5, 2),
            (257, 3),
            (1000, 4),
            (CHUNK + 300, 5),
            (0, 2),
        ] {
            let (x, weights) = design(rows, columns);
            let result = gram(&x, Some(&weights));
            let plain = gram(&x, None);
            for i in 0..columns {
                for j in 0..columns {
                    let pairs = x.column(i).iter().zip(x.column(j));
                    let weighted: f64 = pairs
                        .clone()
                        .zip(&weights)
                        .map(|((a, b), w)| a * b * w)
                        .sum();
                    assert_eq!(result[(i, j)], weighted, "{rows} x {columns}: {i}, {j}");
                    assert_eq!(plain[(i, j)], pairs.map(|(a, b)| a * b).sum::<f64>());
                }
            }
            assert_eq!(cross(&x, Some(&weights), x.column(0)), result.column(0));
        }
    }
}
