use super::covariance::layout;
use crate::NotEstimable;
use crate::matrix::{Cholesky, LeastSquares, Matrix, cross, dot, gram};

/// Effects that vary over the levels of a group: R's `(1 + x | g)`.
///
/// Its effects are correlated with each other; effects without correlation are terms of their
/// own with the same groups.
#[derive(Clone, Copy, Debug)]
pub struct RandomTerm<'a> {
    /// One row per observation, one column per effect (a column of ones for an intercept).
    pub effects: &'a Matrix,
    /// The level of each row, from 0.
    pub groups: &'a [usize],
    /// How many levels there are.
    pub levels: usize,
}

/// What a mixed model is fitted to.
#[derive(Clone, Copy, Debug)]
pub struct MixedData<'a> {
    /// The design of the fixed effects.
    pub x: &'a Matrix,
    /// The outcome.
    pub y: &'a [f64],
    /// Prior weights: the residual variance of a row is σ²/w.
    pub weights: Option<&'a [f64]>,
    /// Added to the linear predictor.
    pub offset: Option<&'a [f64]>,
    /// The random effects.
    pub random: &'a [RandomTerm<'a>],
}

impl<'a> MixedData<'a> {
    /// Rows without weights and offset. R: `y ~ x + (effects | groups)`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::MixedData;
    /// let ones = Matrix::from_columns(&[[1.0; 3]]);
    /// let data = MixedData::new(&ones, &[1.0, 2.0, 6.0], &[]);
    /// assert!(data.weights.is_none() && data.random.is_empty());
    /// ```
    pub fn new(x: &'a Matrix, y: &'a [f64], random: &'a [RandomTerm<'a>]) -> Self {
        Self {
            x,
            y,
            weights: None,
            offset: None,
            random,
        }
    }
}

impl MixedData<'_> {
    /// Rows.
    pub(super) fn rows(&self) -> usize {
        self.y.len()
    }

    /// Effects of each term.
    pub(super) fn sizes(&self) -> Vec<usize> {
        let terms = self.random.iter();
        terms.map(|term| term.effects.columns()).collect()
    }

    /// The root mean square of each parameter's row of effects: the units of a search for θ.
    pub(super) fn scales(&self) -> Result<Vec<f64>, NotEstimable> {
        layout(&self.sizes())
            .into_iter()
            .map(|(term, row, _)| root_mean_square(self.random[term].effects.column(row)))
            .collect()
    }

    /// Fitted values: offset, fixed and random effects.
    pub(super) fn fitted(&self, coefficients: &[f64], modes: &[Matrix]) -> Vec<f64> {
        let mut fitted = self
            .offset
            .map_or_else(|| vec![0.0; self.rows()], <[f64]>::to_vec);
        self.x.add_times(coefficients, &mut fitted);
        for (term, modes) in self.random.iter().zip(modes) {
            for effect in 0..term.effects.columns() {
                let z = term.effects.column(effect);
                for ((target, &group), z) in fitted.iter_mut().zip(term.groups).zip(z) {
                    *target += z * modes[(effect, group)];
                }
            }
        }
        fitted
    }

    /// Lengths, finite numbers, positive weights and known levels.
    pub(super) fn check(&self) -> Result<(), NotEstimable> {
        let n = self.rows();
        if n == 0 {
            return Err(NotEstimable::Empty { what: "rows" });
        }
        NotEstimable::unless_length("the design", n, self.x.rows())?;
        NotEstimable::unless_finite("the outcome", self.y)?;
        NotEstimable::unless_finite("the design", self.x.values())?;
        if let Some(weights) = self.weights {
            NotEstimable::unless_positive_weights("the weights", n, weights)?;
        }
        if let Some(offset) = self.offset {
            NotEstimable::unless_offset(n, offset)?;
        }
        self.random.iter().try_for_each(|term| check_term(term, n))
    }

    /// Σ ln w.
    pub(super) fn ln_weights(&self) -> f64 {
        self.weights
            .map_or(0.0, |weights| weights.iter().map(|w| w.ln()).sum())
    }
}

fn check_term(term: &RandomTerm<'_>, rows: usize) -> Result<(), NotEstimable> {
    NotEstimable::unless_length("the groups", rows, term.groups.len())?;
    NotEstimable::unless_length("the random effects' design", rows, term.effects.rows())?;
    NotEstimable::unless_finite("the random effects' design", term.effects.values())?;
    if term.effects.columns() == 0 {
        return Err(NotEstimable::Empty {
            what: "random effects in a term",
        });
    }
    if let Some(position) = term.groups.iter().position(|&code| code >= term.levels) {
        let code = term.groups[position];
        return Err(NotEstimable::UnknownCode {
            what: "group",
            code,
            position,
        });
    }
    Ok(())
}

/// The fixed effects' columns that count, and the outcome less its least-squares fit on them.
///
/// Subtracting a fit changes nothing but the coefficients (by as much), and takes away the
/// digits that all outcomes share.
pub(super) struct Prepared {
    /// The columns that are not combinations of earlier ones.
    pub(super) x: Matrix,
    /// Their places in the design.
    pub(super) kept: Vec<usize>,
    /// Columns of the design.
    pub(super) columns: usize,
    /// The coefficients of the fit that was subtracted.
    pub(super) start: Vec<f64>,
    /// y less the offset and that fit.
    pub(super) y: Vec<f64>,
    /// [X y]'W[X y].
    pub(super) cross: Matrix,
}

/// A pivot below this share of its column: the normal equations can't tell whether it is 0.
const DOUBTFUL: f64 = 1e-9;

impl Prepared {
    pub(super) fn new(data: &MixedData<'_>) -> Result<Self, NotEstimable> {
        let mut y = data.y.to_vec();
        if let Some(offset) = data.offset {
            y.iter_mut()
                .zip(offset)
                .for_each(|(y, offset)| *y -= offset);
        }
        let information = gram(data.x, data.weights);
        let factor = Cholesky::new(&information, DOUBTFUL)?;
        let columns = data.x.columns();
        let (kept, start) = if factor.rank() == columns {
            let start = factor.solve(&cross(data.x, data.weights, &y));
            ((0..columns).collect(), start)
        } else {
            let fit = LeastSquares::fit(data.x, &y, data.weights)?;
            let kept: Vec<usize> = (0..columns)
                .filter(|&column| !fit.aliased[column])
                .collect();
            let start = kept
                .iter()
                .map(|&column| fit.coefficients[column])
                .collect();
            (kept, start)
        };
        let x = match kept.len() == columns {
            true => data.x.clone(),
            false => data.x.gather_columns(&kept),
        };
        let negative: Vec<f64> = start.iter().map(|value: &f64| -value).collect();
        x.add_times(&negative, &mut y);
        let cross = bordered(&x, &y, data.weights);
        Ok(Self {
            x,
            kept,
            columns,
            start,
            y,
            cross,
        })
    }

    /// Coefficients of all columns, 0 where aliased, from those relative to the start.
    pub(super) fn coefficients(&self, relative: &[f64]) -> Vec<f64> {
        let mut all = vec![0.0; self.columns];
        for ((&column, start), value) in self.kept.iter().zip(&self.start).zip(relative) {
            all[column] = start + value;
        }
        all
    }

    /// A covariance of the columns that count, with zeros for the others.
    pub(super) fn spread(&self, covariance: &Matrix) -> Matrix {
        let mut all = Matrix::zeros(self.columns, self.columns);
        for (i, &row) in self.kept.iter().enumerate() {
            for (j, &column) in self.kept.iter().enumerate() {
                all[(row, column)] = covariance[(i, j)];
            }
        }
        all
    }

    /// The design's columns that follow from earlier ones.
    pub(super) fn aliased(&self) -> Vec<usize> {
        (0..self.columns)
            .filter(|column| !self.kept.contains(column))
            .collect()
    }
}

/// [X y]'W[X y].
pub(super) fn bordered(x: &Matrix, y: &[f64], weights: Option<&[f64]>) -> Matrix {
    let p = x.columns();
    let information = gram(x, weights);
    let right = cross(x, weights, y);
    let mut result = Matrix::zeros(p + 1, p + 1);
    for column in 0..p {
        result.column_mut(column)[..p].copy_from_slice(information.column(column));
        result[(p, column)] = right[column];
        result[(column, p)] = right[column];
    }
    result[(p, p)] = match weights {
        None => dot(y, y),
        Some(weights) => y.iter().zip(weights).map(|(y, w)| w * y * y).sum(),
    };
    result
}

fn root_mean_square(column: &[f64]) -> Result<f64, NotEstimable> {
    let squares: f64 = column.iter().map(|value| value * value).sum();
    match squares > 0.0 {
        true => Ok((squares / column.len() as f64).sqrt()),
        false => Err(NotEstimable::Empty {
            what: "values other than 0 of a random effect",
        }),
    }
}
