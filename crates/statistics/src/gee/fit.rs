use super::association::{Influences, Pairs, coefficient_influences, covariance};
use super::clusters::Clusters;
use super::correlation::{Solver, WorkingCorrelation};
use crate::NotEstimable;
use crate::distribution::{ChiSquared, Distribution};
use crate::glm::{Family, Glm, GlmData, Link};
use crate::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix, cross, gram};

/// Rounds after which the search is given up.
const MAX_ITERATIONS: usize = 500;

/// Where the scale of the variance comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ScaleEstimate {
    /// The mean squared Pearson residual.
    Estimated,
    /// That of the model with independence, kept (geepack's `scale.fix = TRUE`).
    Initial,
    /// A value of one's own.
    Fixed(f64),
}

/// How the covariance of the correlation parameters is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssociationVariance {
    /// With the derivatives of the residuals.
    Exact,
    /// With those of geepack 1.3.9, which are wrong in two places (`docs/methods/gee.md`); for
    /// comparison only.
    Geepack,
}

/// Choices of a fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeeOptions {
    /// The outcome's distribution, which gives its variance.
    pub family: Family,
    /// What is linear in the covariates.
    pub link: Link,
    /// The working correlation.
    pub correlation: WorkingCorrelation,
    /// The scale.
    pub scale: ScaleEstimate,
    /// The covariance of the correlation parameters.
    pub association: AssociationVariance,
}

/// A marginal model of clustered outcomes.
///
/// # Method
/// Liang and Zeger (1986); the equations for scale and correlation by Yan and Fine (2004). The
/// position of a row in its cluster is the order of the rows.
///
/// ```
/// use statistics::gee::{AssociationVariance, Gee, GeeOptions, ScaleEstimate, WorkingCorrelation};
/// use statistics::glm::{Family, GlmData, Link};
/// use statistics::matrix::Matrix;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let x = Matrix::from_columns(&[[1.0; 6]]);
/// let y = [1.0, 3.0, 4.0, 6.0, 0.0, 4.0];
/// let data = GlmData { x: &x, y: &y, weights: None, offset: None };
/// let options = GeeOptions {
///     family: Family::Gaussian,
///     link: Link::Identity,
///     correlation: WorkingCorrelation::Exchangeable,
///     scale: ScaleEstimate::Estimated,
///     association: AssociationVariance::Exact,
/// };
/// let fit = Gee::fit(data, &[0, 0, 1, 1, 2, 2], options)?;
/// // Residuals −2, 0 | 1, 3 | −3, 1: scale 4, products 0, 3, −3.
/// assert!((fit.coefficients[0] - 3.0).abs() < 1e-12);
/// assert!((fit.scale - 4.0).abs() < 1e-12);
/// assert!(fit.alpha[0].abs() < 1e-12);
/// // Sums of residuals −2, 4, −2 over 6: 24/36.
/// assert!((fit.robust[(0, 0)] - 24.0 / 36.0).abs() < 1e-12);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Gee {
    /// One per column; 0 where aliased.
    pub coefficients: Vec<f64>,
    /// Columns that follow from earlier ones.
    pub aliased: Vec<usize>,
    /// The covariance that holds whatever the correlation is.
    pub robust: Matrix,
    /// The covariance if the working correlation is right.
    pub naive: Matrix,
    /// Parameters of the working correlation.
    pub alpha: Vec<f64>,
    /// Their covariance.
    pub alpha_covariance: Matrix,
    /// The scale.
    pub scale: f64,
    /// Rows of each cluster.
    pub cluster_sizes: Vec<usize>,
    /// Whether the working correlation matrix is positive definite. If not, the robust
    /// covariance still holds, but other estimates of the correlation would be wiser.
    pub is_positive_definite: bool,
    /// Rounds made.
    pub iterations: usize,
}

impl Gee {
    /// Fits the model; `clusters` gives each row's cluster as a code from 0.
    ///
    /// # Errors
    /// As [`Glm::fit`]; not one cluster per row; a working correlation that is not positive
    /// definite at its estimate; no convergence.
    pub fn fit(
        data: GlmData<'_>,
        clusters: &[usize],
        options: GeeOptions,
    ) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length("the clusters", data.y.len(), clusters.len())?;
        let independent = Glm::fit(data, options.family, options.link)?;
        let clusters = Clusters::new(clusters);
        let gathered = Gathered::new(data, &clusters);
        let equations = Equations::new(gathered.data(), clusters, options);
        let state = equations.solve(independent.coefficients)?;
        equations.finish(state)
    }

    /// The Wald statistic and p-value of one coefficient, by the robust covariance; `None` if
    /// it is aliased.
    pub fn wald(&self, column: usize) -> Option<(f64, f64)> {
        let variance = self.robust[(column, column)];
        let statistic = self.coefficients[column].powi(2) / variance;
        let chi_squared = ChiSquared::new(1.0).ok()?;
        (variance > 0.0).then(|| (statistic, chi_squared.upper(statistic)))
    }
}

/// The rows in the order of clusters.
struct Gathered {
    x: Matrix,
    y: Vec<f64>,
    weights: Option<Vec<f64>>,
    offset: Option<Vec<f64>>,
}

impl Gathered {
    fn new(data: GlmData<'_>, clusters: &Clusters) -> Self {
        let gather = |values: &[f64]| clusters.order.iter().map(|&row| values[row]).collect();
        Self {
            x: data.x.gather_rows(&clusters.order),
            y: gather(data.y),
            weights: data.weights.map(gather),
            offset: data.offset.map(gather),
        }
    }

    fn data(&self) -> GlmData<'_> {
        GlmData {
            x: &self.x,
            y: &self.y,
            weights: self.weights.as_deref(),
            offset: self.offset.as_deref(),
        }
    }
}

struct Equations<'a> {
    data: GlmData<'a>,
    clusters: Clusters,
    sizes: Vec<usize>,
    largest: usize,
    options: GeeOptions,
}

struct State {
    coefficients: Vec<f64>,
    scale: f64,
    alpha: Vec<f64>,
    iterations: usize,
}

/// What the rows give at some coefficients.
struct Moments {
    /// Pearson residuals.
    residuals: Vec<f64>,
    /// Derivatives of the means over the standard deviations: one row each.
    slopes: Matrix,
    /// Derivative of the linear predictor's mean, times V'/V, halved: for the variance's part.
    spread: Vec<f64>,
    /// √V.
    roots: Vec<f64>,
}

impl<'a> Equations<'a> {
    fn new(data: GlmData<'a>, clusters: Clusters, options: GeeOptions) -> Self {
        let sizes = clusters.sizes();
        let largest = sizes.iter().copied().max().unwrap_or(0);
        Self {
            data,
            clusters,
            sizes,
            largest,
            options,
        }
    }

    fn moments(&self, coefficients: &[f64]) -> Result<Moments, NotEstimable> {
        let n = self.data.y.len();
        let mut predictor = self
            .data
            .offset
            .map_or_else(|| vec![0.0; n], <[f64]>::to_vec);
        self.data.x.add_times(coefficients, &mut predictor);
        let (mut residuals, mut spread) = (Vec::with_capacity(n), Vec::with_capacity(n));
        let (mut roots, mut scaled) = (Vec::with_capacity(n), Vec::with_capacity(n));
        for (row, &eta) in predictor.iter().enumerate() {
            let (mean, slope) = self.options.link.mean_and_slope(eta);
            let variance = self.options.family.variance(mean);
            let root = (variance / self.data.weight(row)).sqrt();
            residuals.push((self.data.y[row] - mean) / root);
            scaled.push(slope / root);
            spread.push(0.5 * slope * self.options.family.variance_slope(mean) / variance);
            roots.push(root);
        }
        NotEstimable::unless_finite("the residuals", &residuals)?;
        let mut slopes = self.data.x.clone();
        for column in 0..slopes.columns() {
            for (value, scaled) in slopes.column_mut(column).iter_mut().zip(&scaled) {
                *value *= scaled;
            }
        }
        Ok(Moments {
            residuals,
            slopes,
            spread,
            roots,
        })
    }

    fn solve(&self, start: Vec<f64>) -> Result<State, NotEstimable> {
        let moments = self.moments(&start)?;
        let parameters = self.options.correlation.parameters(self.largest);
        let mut state = State {
            scale: match self.options.scale {
                ScaleEstimate::Fixed(scale) => scale,
                _ => mean_square(&moments.residuals),
            },
            coefficients: start,
            alpha: vec![0.1; parameters],
            iterations: 0,
        };
        self.update_association(&mut state, &moments)?;
        while state.iterations < MAX_ITERATIONS {
            let change = self.step(&mut state)?;
            state.iterations += 1;
            if change <= 1e-13 {
                return Ok(state);
            }
        }
        Err(NotEstimable::NotConverged {
            what: "the estimating equations",
            iterations: MAX_ITERATIONS,
        })
    }

    /// One scoring step for the coefficients, then scale and correlation; returns the largest
    /// change in units of a standard error (coefficients) or 1 (correlation).
    fn step(&self, state: &mut State) -> Result<f64, NotEstimable> {
        let moments = self.moments(&state.coefficients)?;
        let (factor, solved) = self.information(&moments, &state.alpha)?;
        let step = factor.solve(&cross(&solved, None, &moments.residuals));
        let variances = factor.inverse().diagonal_values();
        let mut change = 0.0f64;
        for ((value, step), variance) in state.coefficients.iter_mut().zip(&step).zip(&variances) {
            *value += step;
            if *step != 0.0 {
                change = change.max(step.abs() / (variance * state.scale).sqrt());
            }
        }
        let before = state.alpha.clone();
        let moments = self.moments(&state.coefficients)?;
        self.update_association(state, &moments)?;
        let moved = state
            .alpha
            .iter()
            .zip(&before)
            .map(|(now, then)| (now - then).abs());
        Ok(moved.fold(change, f64::max))
    }

    fn update_association(&self, state: &mut State, moments: &Moments) -> Result<(), NotEstimable> {
        if self.options.scale == ScaleEstimate::Estimated {
            state.scale = mean_square(&moments.residuals);
        }
        if state.scale <= 0.0 {
            return Err(NotEstimable::OneLevel {
                what: "the residual",
            });
        }
        state.alpha = self
            .pairs(&moments.residuals, state.scale)
            .estimate(&state.alpha)?;
        Ok(())
    }

    fn pairs<'b>(&'b self, residuals: &'b [f64], scale: f64) -> Pairs<'b> {
        Pairs {
            structure: self.options.correlation,
            clusters: &self.clusters,
            largest: self.largest,
            residuals,
            scale,
        }
    }

    /// D'R⁻¹D (scaled by the standard deviations), and R⁻¹D.
    fn information(
        &self,
        moments: &Moments,
        alpha: &[f64],
    ) -> Result<(Cholesky, Matrix), NotEstimable> {
        let solver = Solver::new(self.options.correlation, alpha, &self.sizes, self.largest)?;
        let mut solved = moments.slopes.clone();
        let columns = solved.columns();
        for column in 0..columns {
            let values = solved.column_mut(column);
            for cluster in 0..self.clusters.len() {
                solver.solve(&mut values[self.clusters.range(cluster)]);
            }
        }
        let mut information = Matrix::zeros(columns, columns);
        for column in 0..columns {
            let products = cross(&moments.slopes, None, solved.column(column));
            information.column_mut(column).copy_from_slice(&products);
        }
        information.symmetrise();
        Ok((Cholesky::new(&information, ALIAS_TOLERANCE)?, solved))
    }

    fn finish(&self, state: State) -> Result<Gee, NotEstimable> {
        let moments = self.moments(&state.coefficients)?;
        let (factor, solved) = self.information(&moments, &state.alpha)?;
        let mut scores = Matrix::zeros(self.clusters.len(), solved.columns());
        for column in 0..solved.columns() {
            for cluster in 0..self.clusters.len() {
                let range = self.clusters.range(cluster);
                let values = &solved.column(column)[range.clone()];
                scores[(cluster, column)] = crate::matrix::dot(values, &moments.residuals[range]);
            }
        }
        let influence = coefficient_influences(&factor, &scores);
        let alpha_covariance = self.alpha_covariance(&state, &moments, &influence)?;
        Ok(Gee {
            aliased: factor.aliased_columns(),
            robust: gram(&influence, None),
            naive: factor.inverse().scaled(state.scale),
            alpha_covariance,
            is_positive_definite: self
                .options
                .correlation
                .is_possible(&state.alpha, self.largest),
            coefficients: state.coefficients,
            alpha: state.alpha,
            scale: state.scale,
            cluster_sizes: self.sizes.clone(),
            iterations: state.iterations,
        })
    }

    fn alpha_covariance(
        &self,
        state: &State,
        moments: &Moments,
        influence: &Matrix,
    ) -> Result<Matrix, NotEstimable> {
        let by_mean = moments.slopes.scaled(-1.0);
        let mut by_variance = self.data.x.clone();
        for column in 0..by_variance.columns() {
            let values = by_variance.column_mut(column).iter_mut();
            for ((value, spread), residual) in values.zip(&moments.spread).zip(&moments.residuals) {
                *value *= -spread * residual;
            }
        }
        let geepack = self.options.association == AssociationVariance::Geepack;
        let influences = Influences {
            alpha: &state.alpha,
            slopes: (&by_mean, &by_variance),
            coefficients: influence,
            estimated_scale: self.options.scale == ScaleEstimate::Estimated,
            as_geepack: geepack.then_some(moments.roots.as_slice()),
        };
        covariance(&self.pairs(&moments.residuals, state.scale), &influences)
    }
}

fn mean_square(residuals: &[f64]) -> f64 {
    residuals.iter().map(|r| r * r).sum::<f64>() / residuals.len() as f64
}
