use super::{Family, Link};
use crate::NotEstimable;
use crate::matrix::{Cholesky, Matrix, cross, gram};
use crate::optimise::{Evaluation, Maximum, Newton};

/// What a model is fitted to.
#[derive(Clone, Copy, Debug)]
pub struct GlmData<'a> {
    /// The design; an intercept is a column of ones.
    pub x: &'a Matrix,
    /// The outcome; for `Binomial` the share of successes.
    pub y: &'a [f64],
    /// Prior weights (all 1 if `None`); for `Binomial` the trials.
    pub weights: Option<&'a [f64]>,
    /// Added to the linear predictor.
    pub offset: Option<&'a [f64]>,
}

/// A fitted generalised linear model.
///
/// # Method
/// McCullagh and Nelder (1989): Fisher scoring. Columns that follow from earlier ones are
/// aliased: coefficient 0, zero rows in the covariance.
///
/// ```
/// use statistics::glm::{Family, Glm, GlmData, Link};
/// use statistics::matrix::Matrix;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // 1 of 4 against 3 of 4: a log odds ratio of ln 9.
/// let group = [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0];
/// let x = Matrix::from_columns(&[[1.0; 8], group]);
/// let y = [1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0];
/// let data = GlmData { x: &x, y: &y, weights: None, offset: None };
/// let fit = Glm::fit(data, Family::Binomial, Link::Logit)?;
/// assert!((fit.coefficients[1] - 9f64.ln()).abs() < 1e-12);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Glm {
    /// One per column; 0 where aliased.
    pub coefficients: Vec<f64>,
    /// Columns that follow from earlier ones.
    pub aliased: Vec<usize>,
    /// Coefficients whose maximum is at infinity: the outcome is separated.
    pub infinite: Vec<usize>,
    /// The covariance of the coefficients, dispersion included.
    pub covariance: Matrix,
    /// 1, or Pearson's estimate.
    pub dispersion: f64,
    /// The deviance.
    pub deviance: f64,
    /// The deviance of the model with an intercept (and the offset) only.
    pub null_deviance: f64,
    /// The log-likelihood.
    pub ln_likelihood: f64,
    /// Akaike's criterion.
    pub aic: f64,
    /// Rows with a positive weight.
    pub rows: usize,
    /// Rows minus coefficients.
    pub df_residual: f64,
    /// Means.
    pub fitted: Vec<f64>,
    /// Steps made.
    pub iterations: usize,
    pub(super) family: Family,
    pub(super) link: Link,
    /// (X'WX)⁻¹.
    unscaled: Matrix,
    /// w (y − μ) μ'/V: what each row adds to the score, before its covariates.
    working_score: Vec<f64>,
}

impl Glm {
    /// Fits by maximum likelihood (quasi-likelihood for the dispersion). R: `glm`.
    ///
    /// # Errors
    /// Lengths that differ, values that are not finite or not possible in the family, negative
    /// weights, no rows, or no convergence.
    pub fn fit(data: GlmData<'_>, family: Family, link: Link) -> Result<Self, NotEstimable> {
        check(data, family)?;
        let maximum = converge(data, (family, link))?;
        let rows = Rows::at(data, family, link, &maximum.point);
        let count = (0..data.y.len())
            .filter(|&row| data.weight(row) > 0.0)
            .count();
        let rank = maximum.factor.rank();
        let df_residual = count as f64 - rank as f64;
        if !family.has_known_dispersion() && df_residual <= 0.0 {
            return Err(NotEstimable::Empty {
                what: "rows beyond one per coefficient, to estimate the dispersion",
            });
        }
        let dispersion = if family.has_known_dispersion() {
            1.0
        } else {
            rows.pearson / df_residual
        };
        // The likelihood takes the dispersion at its own maximum.
        let own = if family.has_known_dispersion() {
            1.0
        } else {
            rows.deviance / count as f64
        };
        let ln_likelihood: f64 = if own == 0.0 {
            // A perfect fit: the density grows without bound.
            f64::INFINITY
        } else {
            (0..data.y.len())
                .filter(|&row| data.weight(row) > 0.0)
                .map(|row| family.ln_likelihood(data.y[row], rows.mean[row], data.weight(row), own))
                .sum()
        };
        let parameters = rank as f64
            + if family.has_known_dispersion() {
                0.0
            } else {
                1.0
            };
        let unscaled = maximum.factor.inverse();
        Ok(Self {
            aliased: maximum.factor.aliased_columns(),
            infinite: maximum.infinite,
            covariance: unscaled.scaled(dispersion),
            dispersion,
            deviance: rows.deviance,
            null_deviance: null_deviance(data, family, link)?,
            ln_likelihood,
            aic: 2.0 * parameters - 2.0 * ln_likelihood,
            rows: count,
            df_residual,
            fitted: rows.mean,
            iterations: maximum.iterations,
            family,
            link,
            coefficients: maximum.point,
            unscaled,
            working_score: rows.score,
        })
    }

    /// Only the coefficients, to this gain in log-likelihood, as a start for other estimators.
    pub(crate) fn coefficients(
        data: GlmData<'_>,
        (family, link): (Family, Link),
        tolerance: f64,
    ) -> Result<Vec<f64>, NotEstimable> {
        check(data, family)?;
        let newton = Newton {
            tolerance,
            ..Newton::default()
        };
        let start = start(data, family, link)?;
        Ok(maximise(data, (family, link), (&start, newton))?.point)
    }

    /// The sandwich covariance: bread (X'WX)⁻¹ around the sum of squares of score contributions,
    /// of rows or, with `clusters`, of the sums per cluster.
    ///
    /// R: `sandwich(fit)`; with clusters `vcovCL(fit, clusters, type = "HC0", cadjust = FALSE)`,
    /// and times G/(G − 1) (`cadjust = TRUE`) if `adjusted`.
    ///
    /// # Errors
    /// Not one cluster per row, or a single cluster with `adjusted`.
    ///
    /// ```
    /// use statistics::glm::{Family, Glm, GlmData, Link};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // A mean of 3 with residuals −2, 0, 2: (4 + 0 + 4)/3².
    /// let x = Matrix::from_columns(&[[1.0; 3]]);
    /// let data = GlmData { x: &x, y: &[1.0, 3.0, 5.0], weights: None, offset: None };
    /// let fit = Glm::fit(data, Family::Gaussian, Link::Identity)?;
    /// assert!((fit.sandwich(&x, None, false)?[(0, 0)] - 8.0 / 9.0).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn sandwich(
        &self,
        x: &Matrix,
        clusters: Option<&[usize]>,
        adjusted: bool,
    ) -> Result<Matrix, NotEstimable> {
        let Some(clusters) = clusters else {
            let squares: Vec<f64> = self
                .working_score
                .iter()
                .map(|score| score * score)
                .collect();
            return Ok(self.unscaled.sandwich(&gram(x, Some(&squares))));
        };
        NotEstimable::unless_length("the clusters", x.rows(), clusters.len())?;
        let groups = clusters.iter().max().map_or(0, |most| most + 1);
        let mut used = vec![false; groups];
        for &cluster in clusters {
            used[cluster] = true;
        }
        let mut sums = Matrix::zeros(groups, x.columns());
        for column in 0..x.columns() {
            let values = x
                .column(column)
                .iter()
                .zip(&self.working_score)
                .zip(clusters);
            let target = sums.column_mut(column);
            for ((value, score), &cluster) in values {
                target[cluster] += value * score;
            }
        }
        let count = used.iter().filter(|&&used| used).count() as f64;
        if adjusted && count < 2.0 {
            return Err(NotEstimable::OneLevel {
                what: "the cluster",
            });
        }
        let factor = if adjusted { count / (count - 1.0) } else { 1.0 };
        Ok(self.unscaled.sandwich(&gram(&sums, None)).scaled(factor))
    }
}

impl GlmData<'_> {
    pub(crate) fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    pub(super) fn predictor(&self, coefficients: &[f64]) -> Vec<f64> {
        let mut predictor = self
            .offset
            .map_or_else(|| vec![0.0; self.y.len()], <[f64]>::to_vec);
        self.x.add_times(coefficients, &mut predictor);
        predictor
    }
}

fn check(data: GlmData<'_>, family: Family) -> Result<(), NotEstimable> {
    let rows = data.x.rows();
    NotEstimable::unless_length("the outcome", rows, data.y.len())?;
    NotEstimable::unless_finite("the outcome", data.y)?;
    NotEstimable::unless_finite("the design", data.x.values())?;
    if let Some(offset) = data.offset {
        NotEstimable::unless_offset(rows, offset)?;
    }
    if let Some(weights) = data.weights {
        NotEstimable::unless_weights("the weights", rows, weights)?;
    }
    if rows == 0 {
        return Err(NotEstimable::Empty { what: "rows" });
    }
    match data.y.iter().find(|&&y| !family.allows(y)) {
        Some(&value) => Err(NotEstimable::Domain {
            what: "the outcome",
            value,
        }),
        None => Ok(()),
    }
}

/// What the rows give at some coefficients.
struct Rows {
    mean: Vec<f64>,
    score: Vec<f64>,
    information: Vec<f64>,
    deviance: f64,
    pearson: f64,
}

impl Rows {
    fn at(data: GlmData<'_>, family: Family, link: Link, coefficients: &[f64]) -> Self {
        let predictor = data.predictor(coefficients);
        let n = predictor.len();
        let mut rows = Self {
            mean: Vec::with_capacity(n),
            score: Vec::with_capacity(n),
            information: Vec::with_capacity(n),
            deviance: 0.0,
            pearson: 0.0,
        };
        for (row, eta) in predictor.into_iter().enumerate() {
            let (mean, slope) = link.mean_and_slope(eta);
            let (y, weight, variance) = (data.y[row], data.weight(row), family.variance(mean));
            let possible = family.allows_mean(mean);
            let deviance = if possible {
                family.deviance(y, mean)
            } else {
                f64::INFINITY
            };
            // A probability that has become 0 or 1 carries no information any more.
            let certain = variance == 0.0;
            rows.deviance += if weight == 0.0 {
                0.0
            } else {
                weight * deviance
            };
            let ratio = if certain { 0.0 } else { slope / variance };
            let residual = y - mean;
            rows.mean.push(mean);
            rows.score.push(weight * residual * ratio);
            rows.information.push(weight * slope * ratio);
            rows.pearson += if certain {
                0.0
            } else {
                weight * residual * residual / variance
            };
        }
        rows
    }
}

/// The share of what a step promises that the next one still does, where coefficients run off to
/// infinity, is e⁻¹; that of a share of a share is less.
const SETTLING: f64 = 0.13;

/// The maximum.
///
/// Fisher's scoring is Newton's method with the canonical link of a family. With others each step
/// leaves a share of the error, and more of them are made; but not on the way to infinity, where
/// probabilities would only lose their last digits.
fn converge(data: GlmData<'_>, model: (Family, Link)) -> Result<Maximum, NotEstimable> {
    let (family, link) = model;
    let newton = Newton::default();
    let start = start(data, family, link)?;
    let near = maximise(data, model, (&start, newton))?;
    let promised = near.factor.inverse_quadratic_form(&near.gradient);
    if link == family.default_link() || promised > SETTLING * newton.tolerance {
        return Ok(near);
    }
    let nearer = Newton {
        tolerance: 1e-20,
        ..newton
    };
    let found = maximise(data, model, (&near.point, nearer))?;
    Ok(Maximum {
        iterations: near.iterations + found.iterations,
        ..found
    })
}

fn maximise(
    data: GlmData<'_>,
    (family, link): (Family, Link),
    (start, newton): (&[f64], Newton),
) -> Result<Maximum, NotEstimable> {
    newton.maximise(start, |coefficients| {
        let rows = Rows::at(data, family, link, coefficients);
        NotEstimable::unless_finite("the deviance", &[rows.deviance])?;
        Ok(Evaluation {
            value: -0.5 * rows.deviance,
            gradient: cross(data.x, None, &rows.score),
            information: gram(data.x, Some(&rows.information)),
        })
    })
}

/// One step of weighted least squares from means near the outcomes.
fn start(data: GlmData<'_>, family: Family, link: Link) -> Result<Vec<f64>, NotEstimable> {
    let n = data.y.len();
    let (mut weights, mut working) = (Vec::with_capacity(n), Vec::with_capacity(n));
    for (row, &y) in data.y.iter().enumerate() {
        let mean = family.start(y, data.weight(row));
        let eta = link.of_mean(mean);
        let (_, slope) = link.mean_and_slope(eta);
        weights.push(data.weight(row) * slope * slope / family.variance(mean));
        working.push(eta - data.offset.map_or(0.0, |offset| offset[row]) + (y - mean) / slope);
    }
    let usable = weights
        .iter()
        .chain(&working)
        .all(|value| value.is_finite());
    if !usable {
        return Ok(vec![0.0; data.x.columns()]);
    }
    let information = gram(data.x, Some(&weights));
    let factor = Cholesky::new(&information, crate::matrix::ALIAS_TOLERANCE)?;
    let start = factor.solve(&cross(data.x, Some(&weights), &working));
    let deviance = Rows::at(data, family, link, &start).deviance;
    Ok(if deviance.is_finite() {
        start
    } else {
        vec![0.0; start.len()]
    })
}

fn null_deviance(data: GlmData<'_>, family: Family, link: Link) -> Result<f64, NotEstimable> {
    let ones = Matrix::from_columns(&[vec![1.0; data.y.len()]]);
    let null = GlmData { x: &ones, ..data };
    if data.offset.is_none() {
        // Without an offset the mean fits, whatever the link.
        let total: f64 = (0..data.y.len()).map(|row| data.weight(row)).sum();
        let sum: f64 = (0..data.y.len())
            .map(|row| data.weight(row) * data.y[row])
            .sum();
        let mean = sum / total;
        let part = |row: usize| data.weight(row) * family.deviance(data.y[row], mean);
        return Ok((0..data.y.len()).map(part).sum());
    }
    let maximum = converge(null, (family, link))?;
    Ok(Rows::at(null, family, link, &maximum.point).deviance)
}
