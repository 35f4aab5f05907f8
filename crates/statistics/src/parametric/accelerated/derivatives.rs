//! The log-likelihood and its derivatives, summed over rows.

use super::problem::Problem;
use crate::matrix::{Matrix, cross, gram};
use crate::optimise::Evaluation;
use crate::parametric::Contribution;
use crate::parametric::maximise::Climb;

/// Step in Q for numerical derivatives.
pub(super) const SHAPE_STEP: f64 = 2e-3;

/// Derivatives of a row with respect to the shape.
pub(super) struct ShapeSlope {
    pub(super) dq: f64,
    pub(super) dqq: f64,
    pub(super) dqg: f64,
    pub(super) dqs: f64,
}

/// Differences of fourth order.
pub(super) fn shape_slopes(
    here: &[Contribution],
    around: &[Vec<Contribution>; 4],
) -> Vec<ShapeSlope> {
    let slope = |row: usize, f: &dyn Fn(&Contribution) -> f64| {
        let [a, b, c, d] = [0, 1, 2, 3].map(|k| f(&around[k][row]));
        (a - 8.0 * b + 8.0 * c - d) / (12.0 * SHAPE_STEP)
    };
    let bend = |row: usize| {
        let [a, b, c, d] = [0, 1, 2, 3].map(|k| around[k][row].g);
        (-a + 16.0 * b - 30.0 * here[row].g + 16.0 * c - d) / (12.0 * SHAPE_STEP * SHAPE_STEP)
    };
    let of_row = |row: usize| ShapeSlope {
        dq: slope(row, &|c| c.g),
        dqq: bend(row),
        dqg: slope(row, &|c| c.dg),
        dqs: slope(row, &|c| c.ds),
    };
    (0..here.len()).map(of_row).collect()
}

/// Per row what a parameter beside β adds.
struct Border {
    score: Vec<f64>,
    cross: Vec<f64>,
    product: Vec<f64>,
    own: f64,
    square: f64,
}

impl Border {
    /// Score, mixed derivative with η, product with the score of η, own second derivative, and
    /// own square, by row.
    fn of(rows: usize, parts: impl Fn(usize) -> [f64; 5]) -> Self {
        let mut border = Self {
            score: Vec::with_capacity(rows),
            cross: Vec::with_capacity(rows),
            product: Vec::with_capacity(rows),
            own: 0.0,
            square: 0.0,
        };
        for row in 0..rows {
            let [score, cross, product, own, square] = parts(row);
            border.score.push(score);
            border.cross.push(cross);
            border.product.push(product);
            border.own += own;
            border.square += square;
        }
        border
    }
}

impl Problem<'_> {
    /// Sums over rows.
    pub(super) fn climb(
        &self,
        x: &Matrix,
        rows: &[Contribution],
        shape: Option<&[ShapeSlope]>,
    ) -> Climb {
        let weighted = |f: &dyn Fn(&Contribution) -> f64| -> Vec<f64> {
            let rows = rows.iter().enumerate();
            rows.map(|(row, part)| self.weight(row) * f(part)).collect()
        };
        let (p, n) = (x.columns(), x.columns() + self.extras());
        let mut information = Matrix::zeros(n, n);
        let mut squares = Matrix::zeros(n, n);
        put(&mut information, &gram(x, Some(&weighted(&|c| -c.ddg))));
        put(&mut squares, &gram(x, Some(&weighted(&|c| c.dg * c.dg))));
        let mut gradient = cross(x, None, &weighted(&|c| c.dg));
        gradient.resize(n, 0.0);
        let mut border = |place: usize, columns: Border| {
            gradient[place] = columns.score.iter().sum();
            let with_x = x.transposed_times(&columns.cross);
            let squares_with_x = x.transposed_times(&columns.product);
            for k in 0..p {
                set_both(&mut information, (place, k), -with_x[k]);
                set_both(&mut squares, (place, k), squares_with_x[k]);
            }
            information[(place, place)] = -columns.own;
            squares[(place, place)] = columns.square;
        };
        for stratum in 0..self.free_scales() {
            border(p + stratum, self.scale_border(rows, stratum));
        }
        if let Some(shape) = shape {
            border(n - 1, self.shape_border(rows, shape));
            self.shape_and_scales(rows, shape, (&mut information, &mut squares));
        }
        let value = rows
            .iter()
            .enumerate()
            .map(|(row, c)| self.weight(row) * c.g);
        Climb {
            evaluation: Evaluation {
                value: value.sum::<f64>() - self.jacobian,
                gradient,
                information,
            },
            squares,
        }
    }

    fn scale_border(&self, rows: &[Contribution], stratum: usize) -> Border {
        Border::of(rows.len(), |row| {
            if self.stratum(row) != stratum {
                return [0.0; 5];
            }
            let (c, w) = (&rows[row], self.weight(row));
            [
                w * c.ds,
                w * c.dsg,
                w * c.ds * c.dg,
                w * c.dds,
                w * c.ds * c.ds,
            ]
        })
    }

    fn shape_border(&self, rows: &[Contribution], shape: &[ShapeSlope]) -> Border {
        Border::of(rows.len(), |row| {
            let (c, s, w) = (&rows[row], &shape[row], self.weight(row));
            [
                w * s.dq,
                w * s.dqg,
                w * s.dq * c.dg,
                w * s.dqq,
                w * s.dq * s.dq,
            ]
        })
    }

    fn shape_and_scales(
        &self,
        rows: &[Contribution],
        shape: &[ShapeSlope],
        (information, squares): (&mut Matrix, &mut Matrix),
    ) {
        let n = information.rows();
        let first = n - 1 - self.free_scales();
        for stratum in 0..self.free_scales() {
            let of = |row: &usize| self.stratum(*row) == stratum;
            let mixed: f64 = (0..rows.len())
                .filter(of)
                .map(|row| self.weight(row) * shape[row].dqs)
                .sum();
            let product: f64 = (0..rows.len())
                .filter(of)
                .map(|row| self.weight(row) * shape[row].dq * rows[row].ds)
                .sum();
            set_both(information, (n - 1, first + stratum), -mixed);
            set_both(squares, (n - 1, first + stratum), product);
        }
    }
}

fn put(target: &mut Matrix, block: &Matrix) {
    for j in 0..block.columns() {
        for i in 0..block.rows() {
            target[(i, j)] = block[(i, j)];
        }
    }
}

fn set_both(matrix: &mut Matrix, (i, j): (usize, usize), value: f64) {
    matrix[(i, j)] = value;
    matrix[(j, i)] = value;
}
