//! The fit.

use super::data::{EventTies, FineGrayControl, FineGrayData};
use super::evaluation::Evaluation;
use super::influence::{in_data_order, influence, score_residuals};
use super::layout::Layout;
use crate::NotEstimable;
use crate::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix};
use crate::time_order::{number_of_groups, unless_dense};

/// A fitted regression of Fine and Gray. R: `cmprsk::crr`; `finegray` and `coxph`.
///
/// ```
/// use statistics::competing::{CensoringEffect, FineGray, FineGrayControl, FineGrayData};
/// use statistics::matrix::Matrix;
/// // Without competing events it is Cox's model; here the score is 0 where e^2b = ½.
/// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
/// let data = FineGrayData {
///     entry: None,
///     time: &[1.0, 2.0, 3.0],
///     status: &[1, 1, 0],
///     cause: 1,
///     x: &x,
///     weights: None,
///     offset: None,
///     strata: None,
///     censoring_groups: None,
///     id: None,
/// };
/// let fit = FineGray::fit(&data, &FineGrayControl::default())?;
/// let close = |a: f64, b: f64| (a - b).abs() < 1e-8;
/// assert!(close(fit.coefficients[0], 0.5 * 0.5f64.ln()));
/// // Somebody with x = 0: hazards 1/(1 + 2√½) and 1/(1 + √½).
/// let first = 1.0 / (1.0 + 2f64.sqrt());
/// assert_eq!(fit.moments_per_stratum(), [2]);
/// assert!(close(fit.baseline()[0].1, first));
/// assert!(close(fit.cumulative_incidence(&[0.0])?[0], 1.0 - (-first).exp()));
/// // What the rows add to the score sums to 0; censoring after all events changes none of it.
/// let scores = fit.score_residuals();
/// assert!(close(scores.column(0).iter().sum(), 0.0));
/// assert!(close(scores[(0, 0)], fit.influence(CensoringEffect::AllEvents)[(0, 0)]));
/// assert!(close(fit.robust_covariance(None)?[(0, 0)], fit.covariance(None)?[(0, 0)]));
/// // At coefficients 0 the rows add 8, −1 and −13 over 36: 6²/(8² + 1² + 13²).
/// assert!(close(fit.robust_score_test(None)?, 36.0 / 234.0));
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
#[derive(Clone, Debug)]
pub struct FineGray {
    /// One per covariate; 0 where aliased.
    pub coefficients: Vec<f64>,
    /// The information at the coefficients.
    pub information: Matrix,
    /// Its inverse, which takes the weights as known and does not hold (see
    /// [`Self::robust_covariance`], [`Self::covariance`]); zero where aliased.
    pub model_covariance: Matrix,
    /// The score at the coefficients.
    pub score: Vec<f64>,
    /// The log pseudo-likelihood with all coefficients 0.
    pub log_likelihood_null: f64,
    /// The log pseudo-likelihood at the coefficients.
    pub log_likelihood: f64,
    /// The score test of coefficients 0: U'I⁻¹U.
    pub score_test: f64,
    /// Covariates that follow from earlier ones.
    pub aliased: Vec<usize>,
    /// Covariates whose coefficient runs off to infinity.
    pub infinite: Vec<usize>,
    /// Newton steps made.
    pub iterations: usize,
    /// Whether the maximum was reached.
    pub converged: bool,
    /// Rows with the event.
    pub events: usize,
    layout: Layout,
    evaluation: Evaluation,
    null: Evaluation,
}

/// What is taken to change when the censoring distribution of a group does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CensoringEffect {
    /// The risk sets of all events, which the groups share.
    #[default]
    AllEvents,
    /// Those of the events of the group itself, as `cmprsk::crr(cengroup)`: the same with one
    /// group, wrong with more.
    OwnEvents,
}

/// A Newton step that promises less than this has arrived; one more is made.
const ARRIVED: f64 = 1e-9;
/// A coefficient that still moves by this share when the likelihood does not is infinite.
const RUNAWAY: f64 = 1e-3;

impl FineGray {
    /// Maximises the weighted partial likelihood. O((n + D) p + n p²) per step, for D moments of
    /// events.
    ///
    /// # Method
    /// Fine and Gray (1999), *JASA* 94: 496–509; with left truncation as Geskus (2011),
    /// *Biometrics* 67: 39–49. Who had a competing event at T stays at risk with weight
    /// G(t−)H(t−) / G(T−)H(T−). No row is expanded. R: `finegray` and a weighted `coxph`; with
    /// Breslow's ties and events at risk of censoring, `cmprsk::crr`.
    ///
    /// # Errors
    /// Unequal lengths, values that are no numbers, weights that are not positive, intervals that
    /// end before they start, no event of the cause, a competing event before a time at which
    /// nobody is under observation.
    ///
    /// ```
    /// use statistics::competing::{FineGray, FineGrayControl, FineGrayData};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[0.0, 1.0, 1.0, 0.0, 1.0, 0.0]]);
    /// let data = FineGrayData {
    ///     entry: None,
    ///     time: &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
    ///     status: &[1, 2, 1, 0, 1, 1],
    ///     cause: 1,
    ///     x: &x,
    ///     weights: None,
    ///     offset: None,
    ///     strata: None,
    ///     censoring_groups: None,
    ///     id: None,
    /// };
    /// let fit = FineGray::fit(&data, &FineGrayControl::default())?;
    /// assert!(fit.converged && fit.score[0].abs() < 1e-12);
    /// assert!(fit.covariance(None)?[(0, 0)] > 0.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn fit(data: &FineGrayData<'_>, control: &FineGrayControl) -> Result<Self, NotEstimable> {
        let layout = Layout::new(data, control.censoring_ties)?;
        let columns = layout.x.columns();
        let ties = control.event_ties;
        let zeros = vec![0.0; columns];
        let null = Evaluation::new(&layout, &zeros, ties)?;
        let start = match &control.start {
            None => zeros,
            Some(start) => {
                NotEstimable::unless_length("start", columns, start.len())?;
                start.clone()
            }
        };
        let score_test = factors(&layout, &null)?.inverse_quadratic_form(&null.score);
        let search = Search::run(&layout, (start, &null), control)?;
        let factors = factors(&layout, &search.here)?;
        let infinite = search.runaways(&factors);
        Ok(Self {
            information: search.here.information.clone(),
            model_covariance: factors.inverse(),
            score: search.here.score.clone(),
            log_likelihood_null: null.log_likelihood,
            log_likelihood: search.here.log_likelihood,
            score_test,
            aliased: factors.aliased_columns(),
            infinite,
            iterations: search.iterations,
            converged: search.converged,
            events: layout.events.len(),
            coefficients: search.coefficients,
            evaluation: search.here,
            layout,
            null,
        })
    }

    /// Times of events, and the jumps of the baseline cumulative subdistribution hazard (all
    /// covariates 0), stratum after stratum.
    #[must_use]
    pub fn baseline(&self) -> Vec<(f64, f64)> {
        let centre: f64 = self
            .coefficients
            .iter()
            .zip(&self.layout.centre)
            .map(|(coefficient, centre)| coefficient * centre)
            .sum();
        let scale = (-self.evaluation.shift - centre).exp();
        let jumps = self.evaluation.hazard.jump.iter();
        let moments = self.layout.moments.iter();
        moments
            .zip(jumps)
            .map(|(moment, jump)| (moment.time, jump * scale))
            .collect()
    }

    /// How many moments each stratum has in [`Self::baseline`].
    #[must_use]
    pub fn moments_per_stratum(&self) -> Vec<usize> {
        self.layout
            .strata
            .iter()
            .map(ExactSizeIterator::len)
            .collect()
    }

    /// The cumulative incidence at the moments of the baseline, for given covariates.
    ///
    /// # Errors
    /// Not one value per covariate.
    pub fn cumulative_incidence(&self, x: &[f64]) -> Result<Vec<f64>, NotEstimable> {
        NotEstimable::unless_length("x", self.coefficients.len(), x.len())?;
        let eta: f64 = self.coefficients.iter().zip(x).map(|(b, x)| b * x).sum();
        let baseline = self.baseline();
        let mut incidence = Vec::with_capacity(baseline.len());
        for stratum in &self.layout.strata {
            let mut hazard = 0.0;
            for &(_, jump) in &baseline[stratum.clone()] {
                hazard += jump;
                incidence.push(-(-hazard * eta.exp()).exp_m1());
            }
        }
        Ok(incidence)
    }

    /// What each row adds to the score (rows × covariates, in the order of the data).
    #[must_use]
    pub fn score_residuals(&self) -> Matrix {
        in_data_order(
            &self.layout,
            &score_residuals(&self.layout, &self.evaluation),
        )
    }

    /// The same with what each row does to the censoring distribution.
    #[must_use]
    pub fn influence(&self, effect: CensoringEffect) -> Matrix {
        let sorted = influence(&self.layout, &self.evaluation, effect);
        in_data_order(&self.layout, &sorted)
    }

    /// The sandwich covariance that takes the weights as known: `coxph(..., cluster)` after
    /// `finegray`. Without clusters each row of the data is one.
    ///
    /// # Errors
    /// Not one cluster per row.
    pub fn robust_covariance(&self, cluster: Option<&[u32]>) -> Result<Matrix, NotEstimable> {
        self.sandwich(score_residuals(&self.layout, &self.evaluation), cluster)
    }

    /// The sandwich covariance that knows the censoring distribution to be estimated: as `crr`.
    ///
    /// # Errors
    /// Not one cluster per row.
    pub fn covariance(&self, cluster: Option<&[u32]>) -> Result<Matrix, NotEstimable> {
        self.covariance_by(CensoringEffect::AllEvents, cluster)
    }

    /// The same by another reckoning of what the censoring groups do. R: `crr(cengroup)` has
    /// [`CensoringEffect::OwnEvents`].
    ///
    /// # Errors
    /// Not one cluster per row.
    ///
    /// ```
    /// use statistics::competing::{CensoringEffect, FineGray, FineGrayControl, FineGrayData};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[0.0, 1.0, 1.0, 0.0, 1.0, 0.0]]);
    /// let data = FineGrayData {
    ///     entry: None,
    ///     time: &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
    ///     status: &[1, 2, 0, 1, 1, 1],
    ///     cause: 1,
    ///     x: &x,
    ///     weights: None,
    ///     offset: None,
    ///     strata: None,
    ///     censoring_groups: Some(&[0, 1, 1, 0, 1, 0]),
    ///     id: None,
    /// };
    /// let fit = FineGray::fit(&data, &FineGrayControl::default())?;
    /// let all = fit.covariance_by(CensoringEffect::AllEvents, None)?;
    /// let own = fit.covariance_by(CensoringEffect::OwnEvents, None)?;
    /// assert!((all[(0, 0)] - own[(0, 0)]).abs() > 1e-6);
    /// # Ok(())
    /// # }
    /// ```
    pub fn covariance_by(
        &self,
        effect: CensoringEffect,
        cluster: Option<&[u32]>,
    ) -> Result<Matrix, NotEstimable> {
        self.sandwich(influence(&self.layout, &self.evaluation, effect), cluster)
    }

    /// The robust score test of coefficients 0.
    ///
    /// # Errors
    /// Not one cluster per row; residuals that span too little.
    pub fn robust_score_test(&self, cluster: Option<&[u32]>) -> Result<f64, NotEstimable> {
        let residuals = self.summed(score_residuals(&self.layout, &self.null), cluster)?;
        let middle = crate::matrix::gram(&residuals, None);
        let factors = Cholesky::new(&middle, ALIAS_TOLERANCE)?;
        Ok(factors.inverse_quadratic_form(&self.null.score))
    }

    fn sandwich(&self, residuals: Matrix, cluster: Option<&[u32]>) -> Result<Matrix, NotEstimable> {
        let residuals = self.summed(residuals, cluster)?;
        let middle = crate::matrix::gram(&residuals, None);
        Ok(self.model_covariance.sandwich(&middle))
    }

    /// Rows, which stand in the layout's order, summed per cluster of the data.
    fn summed(&self, residuals: Matrix, cluster: Option<&[u32]>) -> Result<Matrix, NotEstimable> {
        let Some(cluster) = cluster else {
            return Ok(residuals);
        };
        NotEstimable::unless_length("cluster", residuals.rows(), cluster.len())?;
        unless_dense("cluster", cluster)?;
        let mut sums = Matrix::zeros(number_of_groups(cluster), residuals.columns());
        for column in 0..residuals.columns() {
            let sums = sums.column_mut(column);
            for (&row, value) in self.layout.order.iter().zip(residuals.column(column)) {
                sums[cluster[row] as usize] += value;
            }
        }
        Ok(sums)
    }
}

/// Factors of the information; a covariate that hardly varies in any risk set has none.
fn factors(layout: &Layout, evaluation: &Evaluation) -> Result<Cholesky, NotEstimable> {
    let mut information = evaluation.information.clone();
    let events: f64 = layout
        .events
        .iter()
        .map(|&row| layout.weight[row as usize])
        .sum();
    for column in 0..information.columns() {
        if information[(column, column)] <= 1e-12 * layout.spread[column] * events {
            for other in 0..information.columns() {
                information[(column, other)] = 0.0;
                information[(other, column)] = 0.0;
            }
        }
    }
    Cholesky::new(&information, ALIAS_TOLERANCE)
}

/// Newton–Raphson with halved steps.
struct Search {
    coefficients: Vec<f64>,
    here: Evaluation,
    iterations: usize,
    converged: bool,
}

impl Search {
    fn run(
        layout: &Layout,
        (start, null): (Vec<f64>, &Evaluation),
        control: &FineGrayControl,
    ) -> Result<Self, NotEstimable> {
        let ties = control.event_ties;
        let mut search = Self {
            here: match start.iter().all(|&start| start == 0.0) {
                true => null.clone(),
                false => Evaluation::new(layout, &start, ties)?,
            },
            coefficients: start,
            iterations: 0,
            converged: layout.x.columns() == 0,
        };
        let mut arrived = false;
        while search.iterations < control.iterations && !search.converged {
            if control
                .gradient_tolerance
                .is_some_and(|tolerance| search.gradient() < tolerance)
            {
                search.converged = true;
                break;
            }
            let step = factors(layout, &search.here)?.solve(&search.here.score);
            let gain: f64 = step
                .iter()
                .zip(&search.here.score)
                .map(|(a, b)| a * b)
                .sum();
            search.iterations += 1;
            let moved = search.step(layout, &step, ties)?;
            search.converged = arrived || !moved || gain == 0.0;
            arrived = gain < ARRIVED;
        }
        Ok(search)
    }

    /// The largest relative gradient (Dennis and Schnabel 1983, equation 7.2.5).
    fn gradient(&self) -> f64 {
        let scale = self.here.log_likelihood.abs().max(1.0);
        let relative =
            |(score, coefficient): (&f64, &f64)| score.abs() * coefficient.abs().max(1.0) / scale;
        let pairs = self.here.score.iter().zip(&self.coefficients);
        pairs.map(relative).fold(0.0, f64::max)
    }

    /// Takes the step, or the largest half of a half of it that does not lower the likelihood.
    fn step(
        &mut self,
        layout: &Layout,
        step: &[f64],
        ties: EventTies,
    ) -> Result<bool, NotEstimable> {
        let mut share = 1.0;
        for _ in 0..30 {
            let there: Vec<f64> = self
                .coefficients
                .iter()
                .zip(step)
                .map(|(coefficient, step)| coefficient + share * step)
                .collect();
            let slack = 1e-12 * (1.0 + self.here.log_likelihood.abs());
            match Evaluation::new(layout, &there, ties) {
                Ok(next) if next.log_likelihood >= self.here.log_likelihood - slack => {
                    self.here = next;
                    self.coefficients = there;
                    return Ok(true);
                }
                Ok(_) | Err(NotEstimable::NotFinite { .. }) => share *= 0.5,
                Err(reason) => return Err(reason),
            }
        }
        Ok(false)
    }

    /// Coefficients that a further step would still move.
    fn runaways(&self, factors: &Cholesky) -> Vec<usize> {
        let step = factors.solve(&self.here.score);
        let moving = |column: &usize| {
            let size = self.coefficients[*column].abs();
            size > 1.0 && step[*column].abs() > RUNAWAY * size
        };
        (0..step.len()).filter(moving).collect()
    }
}
