//! Location–scale models: y = x'β + offset + σ z.

use super::contribution::{Contribution, Observed};
use super::maximise::{Climb, Stop, maximise};
use super::{Family, Standard};
use crate::NotEstimable;
use crate::matrix::{Cholesky, Matrix, cross, gram};
use crate::optimise::{Evaluation, Maximum};

/// What is modelled. Times are as observed; logarithms are taken where the family asks for them.
#[derive(Clone, Copy, Debug)]
pub struct AcceleratedData<'a> {
    /// The design, with a column of ones for an intercept.
    pub x: &'a Matrix,
    /// Each time is at least this (−∞ where left censored; on a log scale 0 says the same).
    pub lower: &'a [f64],
    /// Each time is at most this (∞ where right censored, `lower` where it is known).
    pub upper: &'a [f64],
    /// Where a row is only there because its time lies beyond this (left truncation).
    pub entry: Option<&'a [f64]>,
    /// Positive case weights.
    pub weights: Option<&'a [f64]>,
    /// A known part of the location.
    pub offset: Option<&'a [f64]>,
    /// Groups from 0 that have a scale of their own.
    pub strata: Option<&'a [usize]>,
}

/// How it is modelled.
#[derive(Clone, Copy, Debug)]
pub struct AcceleratedOptions {
    /// The family of the times.
    pub family: Family,
    /// A scale that is not estimated.
    pub scale: Option<f64>,
    /// Steps after which the search is given up.
    pub max_iterations: usize,
}

impl AcceleratedOptions {
    /// The family with all scales estimated that it leaves free.
    pub fn new(family: Family) -> Self {
        Self {
            family,
            scale: None,
            max_iterations: 100,
        }
    }
}

/// A location–scale model that was fitted by maximum likelihood.
///
/// Parameters are ordered β, ln σ (one per stratum, none where the scale is fixed), and for a
/// generalised gamma the shape Q.
///
/// ```
/// use statistics::matrix::Matrix;
/// use statistics::parametric::{Accelerated, AcceleratedData, AcceleratedOptions, Family};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // 3 events in 1 + 2 + 4 + 5 = 12 units of time: the rate is 3/12, its logarithm −β.
/// let x = Matrix::from_columns(&[vec![1.0; 4]]);
/// let data = AcceleratedData {
///     x: &x,
///     lower: &[1.0, 2.0, 4.0, 5.0],
///     upper: &[1.0, 2.0, f64::INFINITY, 5.0],
///     entry: None,
///     weights: None,
///     offset: None,
///     strata: None,
/// };
/// let fit = Accelerated::fit(data, AcceleratedOptions::new(Family::EXPONENTIAL))?;
/// assert!((fit.coefficients[0] - 4f64.ln()).abs() < 1e-12);
/// assert!((fit.covariance[(0, 0)] - 1.0 / 3.0).abs() < 1e-12);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Accelerated {
    /// β; 0 where aliased.
    pub coefficients: Vec<f64>,
    /// Columns that follow from earlier ones.
    pub aliased: Vec<usize>,
    /// Parameters that run off to infinity.
    pub infinite: Vec<usize>,
    /// σ per stratum (one without strata), also where it is fixed.
    pub scales: Vec<f64>,
    /// Whether the scales are estimated.
    pub scale_estimated: bool,
    /// The family, with the estimated shape where it has one.
    pub family: Family,
    /// The inverse of the observed information; 0 where aliased.
    pub covariance: Matrix,
    /// The score at the estimate.
    pub score: Vec<f64>,
    /// The log-likelihood with only an intercept (and the scales).
    pub ln_likelihood_null: f64,
    /// The log-likelihood at the estimate.
    pub ln_likelihood: f64,
    /// x'β + offset.
    pub linear_predictor: Vec<f64>,
    /// Parameters estimated by the model with only an intercept.
    pub df_null: usize,
    /// Parameters estimated.
    pub df: usize,
    /// Steps made.
    pub iterations: usize,
}

impl Accelerated {
    /// Fits by maximum likelihood.
    ///
    /// # Errors
    /// Lengths that differ, values that are not finite, weights that are not positive, an
    /// interval that ends before it begins, an entry at or beyond the time, a negative time on a
    /// log scale, no row that bounds its time from above ([`NotEstimable::NoEvents`]), or no
    /// convergence.
    pub fn fit(
        data: AcceleratedData<'_>,
        options: AcceleratedOptions,
    ) -> Result<Self, NotEstimable> {
        options.family.standard.check()?;
        let problem = Problem::new(data, options)?;
        let aliased = problem.aliased()?;
        let null = problem.intercept_only()?;
        let kept: Vec<usize> = (0..data.x.columns())
            .filter(|column| !aliased.contains(column))
            .collect();
        let x = data.x.gather_columns(&kept);
        let start = start_from(&x, &null.point);
        let fitted = problem.maximise(&x, &start)?;
        Ok(problem.finish((&kept, aliased), null, fitted))
    }

    /// The covariance of β, ln σ … from the rows' influence, summed per cluster first
    /// (R: `robust = TRUE`, `cluster`). With `weighted` a row counts for as many as it weighs;
    /// R leaves the weights out.
    ///
    /// # Errors
    /// Not one cluster per row.
    pub fn robust_covariance(
        &self,
        data: AcceleratedData<'_>,
        clusters: Option<&[usize]>,
        weighted: bool,
    ) -> Result<Matrix, NotEstimable> {
        let influence = self.influence(data, weighted)?;
        let Some(clusters) = clusters else {
            return Ok(gram(&influence, None));
        };
        NotEstimable::unless_length("the clusters", influence.rows(), clusters.len())?;
        let count = clusters.iter().max().map_or(0, |most| most + 1);
        let mut sums = Matrix::zeros(count, influence.columns());
        for column in 0..influence.columns() {
            let target = sums.column_mut(column);
            for (&cluster, value) in clusters.iter().zip(influence.column(column)) {
                target[cluster] += value;
            }
        }
        Ok(gram(&sums, None))
    }
}

/// Checked data on the scale of the error.
pub(super) struct Problem<'a> {
    pub(super) data: AcceleratedData<'a>,
    observed: Vec<Observed>,
    /// Σ w ln|dt/dy| over the exact times.
    jacobian: f64,
    family: Family,
    fixed: Option<f64>,
    strata: usize,
    max_iterations: usize,
}

/// Promised gain after which one last step is made.
const GAIN: f64 = 1e-12;
/// Below this share of its own sum of squares a column is aliased (R: `toler.chol`).
const ALIAS: f64 = 1e-10;
/// Step in Q for numerical derivatives.
const SHAPE_STEP: f64 = 2e-3;

impl<'a> Problem<'a> {
    pub(super) fn new(
        data: AcceleratedData<'a>,
        options: AcceleratedOptions,
    ) -> Result<Self, NotEstimable> {
        check(data)?;
        let family = options.family;
        let fixed = options.scale.or(family.scale);
        if let Some(scale) = fixed
            && !(scale > 0.0 && scale.is_finite())
        {
            return Err(NotEstimable::Domain {
                what: "the scale",
                value: scale,
            });
        }
        let strata = data
            .strata
            .and_then(|strata| strata.iter().max())
            .map_or(1, |most| most + 1);
        let observed = (0..data.lower.len())
            .map(|row| observed(data, family, row))
            .collect::<Result<Vec<_>, _>>()?;
        let is_event = |o: &Observed| o.upper < f64::INFINITY;
        if !observed.iter().any(is_event) {
            return Err(NotEstimable::NoEvents);
        }
        let weight = |row: usize| data.weights.map_or(1.0, |weights| weights[row]);
        let jacobian = |(row, o): (usize, &Observed)| match o.lower == o.upper && family.log {
            true => weight(row) * o.lower,
            false => 0.0,
        };
        Ok(Self {
            data,
            jacobian: observed.iter().enumerate().map(jacobian).sum(),
            observed,
            family,
            fixed,
            strata,
            max_iterations: options.max_iterations,
        })
    }

    fn weight(&self, row: usize) -> f64 {
        self.data.weights.map_or(1.0, |weights| weights[row])
    }

    fn stratum(&self, row: usize) -> usize {
        self.data.strata.map_or(0, |strata| strata[row])
    }

    /// Free scales and the shape.
    fn extras(&self) -> usize {
        self.free_scales() + usize::from(self.family.has_shape())
    }

    fn free_scales(&self) -> usize {
        if self.fixed.is_some() { 0 } else { self.strata }
    }

    fn aliased(&self) -> Result<Vec<usize>, NotEstimable> {
        let factor = Cholesky::new(&gram(self.data.x, self.data.weights), ALIAS)?;
        Ok(factor.aliased_columns())
    }

    fn intercept_only(&self) -> Result<Maximum, NotEstimable> {
        let rows = self.observed.len();
        let ones = Matrix::from_columns(&[vec![1.0; rows]]);
        self.maximise(&ones, &self.first_guess())
    }

    /// Mean and spread of the middles of what is known.
    fn first_guess(&self) -> Vec<f64> {
        let middle = |row: usize| {
            let Observed { lower, upper, .. } = self.observed[row];
            let offset = self.data.offset.map_or(0.0, |offset| offset[row]);
            let y = match (lower.is_finite(), upper.is_finite()) {
                (true, true) => 0.5 * (lower + upper),
                (true, false) => lower,
                _ => upper,
            };
            y - offset
        };
        let used: Vec<usize> = (0..self.observed.len())
            .filter(|&row| middle(row).is_finite())
            .collect();
        let total: f64 = used.iter().map(|&row| self.weight(row)).sum();
        let mean = used
            .iter()
            .map(|&row| self.weight(row) * middle(row))
            .sum::<f64>()
            / total;
        let square = |row: usize| self.weight(row) * (middle(row) - mean).powi(2);
        let variance = used.iter().map(|&row| square(row)).sum::<f64>() / total;
        let spread = match variance > 0.0 {
            true => 0.5 * variance.ln(),
            false => 0.0,
        };
        let mut start = vec![mean];
        start.resize(1 + self.free_scales(), spread);
        if let Standard::GeneralisedGamma(q) = self.family.standard {
            start.push(q);
        }
        start
    }

    fn maximise(&self, x: &Matrix, start: &[f64]) -> Result<Maximum, NotEstimable> {
        let stop = Stop {
            gain: GAIN,
            iterations: self.max_iterations,
        };
        maximise(start, stop, |parameters| self.evaluate(x, parameters))
    }

    pub(super) fn predictor(&self, x: &Matrix, coefficients: &[f64]) -> Vec<f64> {
        let mut predictor = self
            .data
            .offset
            .map_or_else(|| vec![0.0; x.rows()], <[f64]>::to_vec);
        x.add_times(coefficients, &mut predictor);
        predictor
    }

    fn scales(&self, parameters: &[f64], columns: usize) -> Vec<f64> {
        match self.fixed {
            Some(scale) => vec![scale; self.strata],
            None => parameters[columns..columns + self.strata]
                .iter()
                .map(|ln| ln.exp())
                .collect(),
        }
    }

    pub(super) fn contributions(
        &self,
        predictor: &[f64],
        scales: &[f64],
        standard: Standard,
    ) -> Vec<Contribution> {
        let of_row = |(row, &eta): (usize, &f64)| {
            Contribution::of(standard, self.observed[row], eta, scales[self.stratum(row)])
        };
        predictor.iter().enumerate().map(of_row).collect()
    }

    fn evaluate(&self, x: &Matrix, parameters: &[f64]) -> Climb {
        let columns = x.columns();
        let predictor = self.predictor(x, &parameters[..columns]);
        let scales = self.scales(parameters, columns);
        let at = |q: Option<f64>| {
            let family = q.map_or(self.family, |q| self.family.with_shape(q));
            self.contributions(&predictor, &scales, family.standard)
        };
        if !self.family.has_shape() {
            return self.climb(x, &at(None), None);
        }
        let q = parameters[parameters.len() - 1];
        let around = [-2.0, -1.0, 1.0, 2.0].map(|steps| at(Some(q + steps * SHAPE_STEP)));
        let rows = at(Some(q));
        let shape = shape_slopes(&rows, &around);
        self.climb(x, &rows, Some(&shape))
    }

    /// Sums over rows.
    fn climb(&self, x: &Matrix, rows: &[Contribution], shape: Option<&[ShapeSlope]>) -> Climb {
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

    fn finish(
        &self,
        (kept, aliased): (&[usize], Vec<usize>),
        null: Maximum,
        fitted: Maximum,
    ) -> Accelerated {
        let (all, p) = (self.data.x.columns(), kept.len());
        let place = |parameter: usize| match parameter < p {
            true => kept[parameter],
            false => all + parameter - p,
        };
        let n = fitted.point.len();
        let inverse = fitted.factor.inverse();
        let mut covariance = Matrix::zeros(all + n - p, all + n - p);
        for i in 0..n {
            for j in 0..n {
                covariance[(place(i), place(j))] = inverse[(i, j)];
            }
        }
        let mut coefficients = vec![0.0; all];
        let mut score = vec![0.0; all + n - p];
        for i in 0..n {
            score[place(i)] = fitted.gradient[i];
            if i < p {
                coefficients[place(i)] = fitted.point[i];
            }
        }
        let family = match self.family.has_shape() {
            true => self.family.with_shape(fitted.point[n - 1]),
            false => self.family,
        };
        Accelerated {
            linear_predictor: self.predictor(self.data.x, &coefficients),
            coefficients,
            aliased,
            infinite: fitted.infinite.iter().map(|&i| place(i)).collect(),
            scales: self.scales(&fitted.point, p),
            scale_estimated: self.fixed.is_none(),
            family,
            covariance,
            score,
            ln_likelihood_null: null.value,
            ln_likelihood: fitted.value,
            df_null: null.point.len(),
            df: n,
            iterations: fitted.iterations,
        }
    }
}

/// Derivatives of a row with respect to the shape.
struct ShapeSlope {
    dq: f64,
    dqq: f64,
    dqg: f64,
    dqs: f64,
}

/// Differences of fourth order.
fn shape_slopes(here: &[Contribution], around: &[Vec<Contribution>; 4]) -> Vec<ShapeSlope> {
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

/// The intercept of the null model carried over to the columns: the combination nearest to a
/// constant.
fn start_from(x: &Matrix, null: &[f64]) -> Vec<f64> {
    let constant = vec![null[0]; x.rows()];
    let mut start = match Cholesky::new(&gram(x, None), ALIAS) {
        Ok(factor) => factor.solve(&x.transposed_times(&constant)),
        Err(_) => vec![0.0; x.columns()],
    };
    start.extend_from_slice(&null[1..]);
    start
}

fn observed(
    data: AcceleratedData<'_>,
    family: Family,
    row: usize,
) -> Result<Observed, NotEstimable> {
    let (lower, upper) = (data.lower[row], data.upper[row]);
    let entry = data.entry.map_or(f64::NEG_INFINITY, |entry| entry[row]);
    if lower.is_nan() || upper.is_nan() || entry.is_nan() {
        return Err(NotEstimable::NotFinite {
            what: "the times",
            position: row,
        });
    }
    if lower > upper || lower == f64::INFINITY || upper == f64::NEG_INFINITY {
        return Err(NotEstimable::EmptyInterval { row });
    }
    let negative = lower < 0.0 && lower > f64::NEG_INFINITY;
    if family.log && (negative || upper <= 0.0) {
        return Err(NotEstimable::NegativeTime { row });
    }
    let scaled = |time: f64| match family.log && time <= 0.0 {
        true => f64::NEG_INFINITY,
        false => family.of_time(time),
    };
    let observed = Observed {
        lower: scaled(lower),
        upper: scaled(upper),
        entry: scaled(entry),
    };
    let known = match observed.lower.is_finite() {
        true => observed.lower,
        false => observed.upper,
    };
    if observed.entry >= observed.upper || (observed.entry > known && known == observed.lower) {
        return Err(NotEstimable::EmptyInterval { row });
    }
    Ok(observed)
}

fn check(data: AcceleratedData<'_>) -> Result<(), NotEstimable> {
    let rows = data.x.rows();
    if rows == 0 {
        return Err(NotEstimable::Empty { what: "rows" });
    }
    NotEstimable::unless_finite("the design", data.x.values())?;
    NotEstimable::unless_length("the lower limits", rows, data.lower.len())?;
    NotEstimable::unless_length("the upper limits", rows, data.upper.len())?;
    if let Some(entry) = data.entry {
        NotEstimable::unless_length("the entries", rows, entry.len())?;
    }
    if let Some(offset) = data.offset {
        NotEstimable::unless_offset(rows, offset)?;
    }
    if let Some(strata) = data.strata {
        NotEstimable::unless_length("the strata", rows, strata.len())?;
    }
    if let Some(weights) = data.weights {
        NotEstimable::unless_positive_weights("the weights", rows, weights)?;
    }
    Ok(())
}
