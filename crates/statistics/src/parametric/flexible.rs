//! Royston–Parmar models: a natural cubic spline in ln t for the transformed survival curve.

use super::contribution::ln_between;
use super::maximise::{Climb, Stop, maximise};
use super::{Accelerated, AcceleratedData, AcceleratedOptions, Family, Standard};
use crate::NotEstimable;
use crate::matrix::{Cholesky, Matrix, gram};
use crate::optimise::Evaluation;

/// What the spline describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplineScale {
    /// ln H(t): proportional hazards.
    Hazard,
    /// ln(1/S(t) − 1): proportional odds.
    Odds,
    /// −Φ⁻¹(S(t)).
    Normal,
}

impl SplineScale {
    fn standard(self) -> Standard {
        match self {
            Self::Hazard => Standard::Extreme,
            Self::Odds => Standard::Logistic,
            Self::Normal => Standard::Gaussian,
        }
    }

    fn without_knots(self) -> Family {
        Family::of(self.standard(), true, None)
    }
}

/// A flexible parametric model: transformed S(t) = γ₀ + γ₁ ln t + Σ γⱼ vⱼ(ln t) + x'β.
/// R: `flexsurv::flexsurvspline`.
///
/// Parameters are ordered γ, β.
///
/// ```
/// use statistics::matrix::Matrix;
/// use statistics::parametric::{AcceleratedData, FlexibleSpline, SplineScale};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let times: Vec<f64> = (1..=40).map(f64::from).collect();
/// let none = Matrix::zeros(40, 0);
/// let data = AcceleratedData {
///     x: &none,
///     lower: &times,
///     upper: &times,
///     entry: None,
///     weights: None,
///     offset: None,
///     strata: None,
/// };
/// let fit = FlexibleSpline::fit(data, SplineScale::Hazard, &[0.0, 2.5, 40f64.ln()])?;
/// assert_eq!(fit.parameters.len(), 3);
/// let [survival, ..] = fit.at(20.0, &[], 0.0);
/// assert!((survival - 0.5).abs() < 0.05);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FlexibleSpline {
    /// γ and β.
    pub parameters: Vec<f64>,
    /// The inverse of the observed information.
    pub covariance: Matrix,
    /// The log-likelihood at the estimate.
    pub ln_likelihood: f64,
    /// Knots in ln t, the outer ones first and last.
    pub knots: Vec<f64>,
    /// What the spline describes.
    pub scale: SplineScale,
    /// Steps made.
    pub iterations: usize,
    /// Parameters that run off to infinity.
    pub infinite: Vec<usize>,
}

/// Limits of the search.
const STOP: Stop = Stop {
    gain: 1e-12,
    iterations: 200,
};

impl FlexibleSpline {
    /// Knots at equally spaced quantiles of ln t over the events, between the first and the last
    /// (flexsurv's `k`).
    ///
    /// # Errors
    /// Fewer than two different times of events.
    ///
    /// ```
    /// use statistics::parametric::FlexibleSpline;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let knots = FlexibleSpline::default_knots(&[1.0, 2.0, 4.0], 1)?;
    /// assert_eq!(knots, [0.0, 2f64.ln(), 4f64.ln()]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn default_knots(events: &[f64], inner: usize) -> Result<Vec<f64>, NotEstimable> {
        let mut times: Vec<f64> = events.iter().map(|time| time.ln()).collect();
        times.retain(|time| time.is_finite());
        times.sort_by(f64::total_cmp);
        if times.first() == times.last() {
            return Err(NotEstimable::OneLevel {
                what: "the times of events",
            });
        }
        let share = |place: usize| place as f64 / (inner + 1) as f64;
        Ok((0..=inner + 1)
            .filter_map(|place| crate::quantile_of_sorted(&times, share(place)))
            .collect())
    }

    /// Fits by maximum likelihood. The design has no column for an intercept; strata are not
    /// used.
    ///
    /// # Errors
    /// As [`Accelerated::fit`]; knots that do not ascend; aliased columns.
    pub fn fit(
        data: AcceleratedData<'_>,
        scale: SplineScale,
        knots: &[f64],
    ) -> Result<Self, NotEstimable> {
        if knots.len() < 2 || !knots.windows(2).all(|pair| pair[0] < pair[1]) {
            return Err(NotEstimable::Domain {
                what: "the number of ascending knots",
                value: knots.len() as f64,
            });
        }
        let start = start(data, scale, knots)?;
        let rows = Rows::new(data, scale, knots);
        rows.unless_singular()?;
        let maximum = maximise(&start, STOP, |parameters| rows.evaluate(parameters))?;
        Ok(Self {
            covariance: maximum.factor.inverse(),
            parameters: maximum.point,
            ln_likelihood: maximum.value,
            knots: knots.to_vec(),
            scale,
            iterations: maximum.iterations,
            infinite: maximum.infinite,
        })
    }

    /// Survival, cumulative hazard and hazard at a time, for these covariates and offset.
    pub fn at(&self, time: f64, x: &[f64], offset: f64) -> [f64; 3] {
        let (z, slope) = self.z(time, x, offset);
        let tails = self.scale.standard().tails(z);
        let ln_hazard = self.scale.standard().density(z).ln - tails.ln_upper;
        [
            tails.upper,
            -tails.ln_upper,
            (ln_hazard + slope.ln() - time.ln()).exp(),
        ]
    }

    /// Limits of the survival at a time: those of the transformed curve (delta method), where
    /// `critical` is the multiplier of its standard error.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::parametric::{FlexibleSpline, SplineScale};
    /// // ln H(t) = 0 + 1 ln t, the first known to ±0.2: S(1) = 1/e.
    /// let fit = FlexibleSpline {
    ///     parameters: vec![0.0, 1.0],
    ///     covariance: Matrix::diagonal(&[0.04, 0.0]),
    ///     ln_likelihood: 0.0,
    ///     knots: vec![0.0, 4f64.ln()],
    ///     scale: SplineScale::Hazard,
    ///     iterations: 0,
    ///     infinite: Vec::new(),
    /// };
    /// let [lower, upper] = fit.survival_limits(1.0, (&[], 0.0), 2.0);
    /// assert!((lower - (-0.4f64.exp()).exp()).abs() < 1e-14);
    /// assert!((upper - (-(-0.4f64).exp()).exp()).abs() < 1e-14);
    /// ```
    pub fn survival_limits(
        &self,
        time: f64,
        (x, offset): (&[f64], f64),
        critical: f64,
    ) -> [f64; 2] {
        let (z, _) = self.z(time, x, offset);
        let row = [basis(time.ln(), &self.knots).0, x.to_vec()].concat();
        let width = critical * self.covariance.quadratic_form(&row).max(0.0).sqrt();
        let standard = self.scale.standard();
        [z + width, z - width].map(|z| standard.tails(z).upper)
    }

    fn z(&self, time: f64, x: &[f64], offset: f64) -> (f64, f64) {
        let (values, slopes) = basis(time.ln(), &self.knots);
        let (gamma, beta) = self.parameters.split_at(self.knots.len());
        let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        (
            sum(&values, gamma) + sum(x, beta) + offset,
            sum(&slopes, gamma),
        )
    }
}

/// 1, x and the spline's columns at x = ln t, and their derivatives.
fn basis(x: f64, knots: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (first, last) = (knots[0], knots[knots.len() - 1]);
    let cube = |knot: f64| (x - knot).max(0.0).powi(3);
    let square = |knot: f64| 3.0 * (x - knot).max(0.0).powi(2);
    let (mut values, mut slopes) = (vec![1.0, x], vec![0.0, 1.0]);
    for &knot in &knots[1..knots.len() - 1] {
        let share = (last - knot) / (last - first);
        let combine = |f: &dyn Fn(f64) -> f64| f(knot) - share * f(first) - (1.0 - share) * f(last);
        values.push(combine(&cube));
        slopes.push(combine(&square));
    }
    (values, slopes)
}

/// The model without inner knots is a location–scale model.
fn start(
    data: AcceleratedData<'_>,
    scale: SplineScale,
    knots: &[f64],
) -> Result<Vec<f64>, NotEstimable> {
    let ones = Matrix::from_columns(&[vec![1.0; data.x.rows()]]);
    let simple = AcceleratedData {
        x: &ones,
        strata: None,
        offset: None,
        ..data
    };
    let fit = Accelerated::fit(simple, AcceleratedOptions::new(scale.without_knots()))?;
    let mut start = vec![0.0; knots.len() + data.x.columns()];
    start[0] = -fit.coefficients[0] / fit.scales[0];
    start[1] = 1.0 / fit.scales[0];
    Ok(start)
}

/// What a row knows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Exact,
    Right,
    Left,
    Between,
}

/// Basis and covariates of each row at its lower limit, its upper limit and its entry.
struct Rows<'a> {
    data: AcceleratedData<'a>,
    standard: Standard,
    kinds: Vec<Kind>,
    /// At the time, or the limit that bounds it.
    near: Matrix,
    near_slope: Matrix,
    /// At the upper limit of an interval.
    far: Option<Matrix>,
    entry: Option<Matrix>,
    jacobian: f64,
}

impl<'a> Rows<'a> {
    fn new(data: AcceleratedData<'a>, scale: SplineScale, knots: &[f64]) -> Self {
        let rows = data.x.rows();
        let kind = |row: usize| match (data.lower[row], data.upper[row]) {
            (lower, upper) if lower == upper => Kind::Exact,
            (_, f64::INFINITY) => Kind::Right,
            (lower, _) if lower <= 0.0 => Kind::Left,
            _ => Kind::Between,
        };
        let kinds: Vec<Kind> = (0..rows).map(kind).collect();
        let near = |row: usize| match kinds[row] {
            Kind::Left => data.upper[row],
            _ => data.lower[row],
        };
        let (near, near_slope) = columns(data.x, knots, near);
        let between = kinds.contains(&Kind::Between);
        let far = between.then(|| columns(data.x, knots, |row| data.upper[row]).0);
        let entry = data
            .entry
            .map(|entry| columns(data.x, knots, |row| entry[row]).0);
        let exact = (0..rows).filter(|&row| kinds[row] == Kind::Exact);
        let weight = |row: usize| data.weights.map_or(1.0, |weights| weights[row]);
        Self {
            jacobian: exact.map(|row| weight(row) * data.lower[row].ln()).sum(),
            data,
            standard: scale.standard(),
            kinds,
            near,
            near_slope,
            far,
            entry,
        }
    }

    fn unless_singular(&self) -> Result<(), NotEstimable> {
        let columns = Cholesky::new(&gram(&self.near, self.data.weights), 1e-13)?.aliased_columns();
        match columns.is_empty() {
            true => Ok(()),
            false => Err(NotEstimable::Singular { columns }),
        }
    }

    fn z(&self, design: &Matrix, parameters: &[f64]) -> Vec<f64> {
        let zero = || vec![0.0; design.rows()];
        let mut z = self.data.offset.map_or_else(zero, <[f64]>::to_vec);
        design.add_times(parameters, &mut z);
        z
    }

    fn evaluate(&self, parameters: &[f64]) -> Climb {
        let z = self.z(&self.near, parameters);
        let slopes = self.near_slope.times(parameters);
        let far = self.far.as_ref().map(|far| self.z(far, parameters));
        let entry = self.entry.as_ref().map(|entry| self.z(entry, parameters));
        let mut sums = Sums::new(self);
        for row in 0..z.len() {
            let far = far.as_ref().map_or(0.0, |far| far[row]);
            sums.add(row, (z[row], slopes[row], far));
            if let (Some(z), Some(times)) = (&entry, self.data.entry)
                && times[row] > 0.0
            {
                sums.add_entry(row, z[row]);
            }
        }
        sums.into_climb()
    }
}

/// Derivatives by row with respect to the transformed curve at each of its places.
struct Sums<'r, 'a> {
    rows: &'r Rows<'a>,
    value: f64,
    near: [Vec<f64>; 2],
    slope: [Vec<f64>; 2],
    far: [Vec<f64>; 2],
    mixed: Vec<f64>,
    entry: [Vec<f64>; 2],
}

impl<'r, 'a> Sums<'r, 'a> {
    fn new(rows: &'r Rows<'a>) -> Self {
        let n = rows.kinds.len();
        let pair = || [vec![0.0; n], vec![0.0; n]];
        Self {
            rows,
            value: -rows.jacobian,
            near: pair(),
            slope: pair(),
            far: pair(),
            mixed: vec![0.0; n],
            entry: pair(),
        }
    }

    fn weight(&self, row: usize) -> f64 {
        self.rows.data.weights.map_or(1.0, |weights| weights[row])
    }

    fn add(&mut self, row: usize, (z, slope, far): (f64, f64, f64)) {
        let (standard, w) = (self.rows.standard, self.weight(row));
        let density = standard.density(z);
        let (value, first, second) = match self.rows.kinds[row] {
            Kind::Exact => {
                self.slope[0][row] = w / slope;
                self.slope[1][row] = -w / (slope * slope);
                let ln_slope = if slope > 0.0 {
                    slope.ln()
                } else {
                    f64::NEG_INFINITY
                };
                (density.ln + ln_slope, density.slope, density.curvature)
            }
            Kind::Right => {
                let value = standard.tails(z).ln_upper;
                let hazard = (density.ln - value).exp();
                (value, -hazard, -hazard * (density.slope + hazard))
            }
            Kind::Left => {
                let value = standard.tails(z).ln_lower;
                let ratio = (density.ln - value).exp();
                (value, ratio, ratio * (density.slope - ratio))
            }
            Kind::Between => {
                let value = ln_between(standard, z, far);
                let at_far = standard.density(far);
                let (a, b) = (-(density.ln - value).exp(), (at_far.ln - value).exp());
                self.far[0][row] = w * b;
                self.far[1][row] = w * b * (at_far.slope - b);
                self.mixed[row] = -w * a * b;
                (value, a, a * (density.slope - a))
            }
        };
        self.value += w * value;
        self.near[0][row] = w * first;
        self.near[1][row] = w * second;
    }

    fn add_entry(&mut self, row: usize, z: f64) {
        let (standard, w) = (self.rows.standard, self.weight(row));
        let (density, value) = (standard.density(z), standard.tails(z).ln_upper);
        let hazard = (density.ln - value).exp();
        self.value -= w * value;
        self.entry[0][row] = w * hazard;
        self.entry[1][row] = w * hazard * (density.slope + hazard);
    }

    fn into_climb(self) -> Climb {
        let rows = self.rows;
        let n = rows.near.columns();
        let mut scores = Matrix::zeros(rows.near.rows(), n);
        let mut information = Matrix::zeros(n, n);
        let mut add = |design: &Matrix, [first, second]: &[Vec<f64>; 2]| {
            add_rows(&mut scores, design, first);
            information.add_scaled(-1.0, &gram(design, Some(second)));
        };
        add(&rows.near, &self.near);
        add(&rows.near_slope, &self.slope);
        if let Some(entry) = &rows.entry {
            add(entry, &self.entry);
        }
        if let Some(far) = &rows.far {
            add(far, &self.far);
            let mut both = rows.near.clone();
            both.add_scaled(1.0, far);
            let mixed = Some(self.mixed.as_slice());
            information.add_scaled(-1.0, &gram(&both, mixed));
            information.add_scaled(1.0, &gram(&rows.near, mixed));
            information.add_scaled(1.0, &gram(far, mixed));
        }
        let ones = vec![1.0; scores.rows()];
        Climb {
            evaluation: Evaluation {
                value: self.value,
                gradient: scores.transposed_times(&ones),
                information,
            },
            squares: gram(&scores, None),
        }
    }
}

fn add_rows(target: &mut Matrix, design: &Matrix, factors: &[f64]) {
    for column in 0..design.columns() {
        let values = target.column_mut(column).iter_mut();
        for ((value, x), factor) in values.zip(design.column(column)).zip(factors) {
            *value += x * factor;
        }
    }
}

/// The basis at a time per row beside the covariates, and its derivative in ln t.
fn columns(x: &Matrix, knots: &[f64], time: impl Fn(usize) -> f64) -> (Matrix, Matrix) {
    let (rows, p) = (x.rows(), knots.len());
    let mut values = Matrix::zeros(rows, p + x.columns());
    let mut slopes = Matrix::zeros(rows, p + x.columns());
    for row in 0..rows {
        // Where there is no time (never entered late) the row is not used.
        let place = match time(row).ln() {
            ln if ln.is_finite() => ln,
            _ => knots[0],
        };
        let (here, slope) = basis(place, knots);
        for column in 0..p {
            values[(row, column)] = here[column];
            slopes[(row, column)] = slope[column];
        }
    }
    for column in 0..x.columns() {
        values
            .column_mut(p + column)
            .copy_from_slice(x.column(column));
    }
    (values, slopes)
}
