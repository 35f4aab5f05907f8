//! Estimates of a Cox model.

use super::partial_likelihood::Workspace;
use super::{CoxData, Evaluation, PartialLikelihood, Ties};
use crate::NotEstimable;
use crate::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix};

/// How the maximum is sought. The defaults are those of R's `coxph.control`.
#[derive(Clone, Debug, PartialEq)]
pub struct CoxControl {
    /// Ends when the log-likelihood changes by less than this share.
    pub tolerance: f64,
    /// Steps at most; 0 evaluates at the start.
    pub max_iterations: usize,
    /// A covariate whose pivot is below this share of its own information is aliased.
    pub alias_tolerance: f64,
    /// A coefficient is taken for infinite when a further step would change it by more than
    /// this share; √`tolerance` when `None`.
    pub infinity_tolerance: Option<f64>,
    /// Where to start; zeros when `None`.
    pub init: Option<Vec<f64>>,
}

impl Default for CoxControl {
    fn default() -> Self {
        Self {
            tolerance: 1e-9,
            max_iterations: 20,
            alias_tolerance: ALIAS_TOLERANCE,
            infinity_tolerance: None,
            init: None,
        }
    }
}

/// A fitted Cox model. R: `coxph`.
#[derive(Clone, Debug)]
pub struct CoxFit {
    /// One per covariate; where aliased the starting value (0), which R shows as NA.
    pub coefficients: Vec<f64>,
    /// The inverse of the information; zero rows and columns where aliased.
    pub covariance: Matrix,
    /// The log-likelihood at the start.
    pub log_likelihood_start: f64,
    /// The log-likelihood at the coefficients.
    pub log_likelihood: f64,
    /// The score at the coefficients.
    pub score: Vec<f64>,
    /// The score test of the starting values, U'I⁻¹U there.
    pub score_test: f64,
    /// Covariates that follow from earlier ones.
    pub aliased: Vec<usize>,
    /// Covariates whose coefficient runs off to infinity.
    pub infinite: Vec<usize>,
    /// Steps made.
    pub iterations: usize,
    /// Whether the criterion was met.
    pub converged: bool,
    /// Rows.
    pub rows: usize,
    /// Rows with an event.
    pub events: usize,
}

impl CoxFit {
    /// Fits a model.
    ///
    /// ```
    /// use statistics::cox::{CoxControl, CoxData, CoxFit, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let fit = CoxFit::fit(&data, Ties::Efron, &CoxControl::default())?;
    /// // The score (1 + 2e^b)⁻¹ = e^b (1 + e^b)⁻¹ is solved by e^b = √½.
    /// assert!((fit.coefficients[0] + 0.5 * 2f64.ln()).abs() < 1e-8);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`PartialLikelihood::new`]; a start at which risks overflow.
    pub fn fit(data: &CoxData<'_>, ties: Ties, control: &CoxControl) -> Result<Self, NotEstimable> {
        Self::maximise(&PartialLikelihood::new(data, ties)?, control)
    }

    /// Fits a model whose likelihood is at hand, so that it can be used afterwards as well.
    /// R: `coxph`.
    ///
    /// # Method
    /// Newton–Raphson from the start; a step that does not raise the log-likelihood is halved.
    ///
    /// # Errors
    /// As [`Self::fit`].
    ///
    /// ```
    /// use statistics::cox::{CoxControl, CoxData, CoxFit, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let fit = CoxFit::maximise(&likelihood, &CoxControl::default())?;
    /// let residuals = likelihood.martingale_residuals(&likelihood.sums(&fit.coefficients)?);
    /// assert!(residuals.iter().sum::<f64>().abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn maximise(
        likelihood: &PartialLikelihood,
        control: &CoxControl,
    ) -> Result<Self, NotEstimable> {
        let columns = likelihood.covariates().columns();
        let start = match &control.init {
            Some(init) => {
                NotEstimable::unless_length("init", columns, init.len())?;
                init.clone()
            }
            None => vec![0.0; columns],
        };
        let mut workspace = likelihood.workspace();
        let first = likelihood.evaluate_in(&mut workspace, &start, None)?;
        let factor = factor(&first, likelihood, control)?;
        let mut search = Search {
            likelihood,
            workspace,
            control,
            log_likelihood_start: first.log_likelihood,
            score_test: factor.inverse_quadratic_form(&first.score),
            coefficients: start,
            here: first,
            factor,
            iterations: 0,
            converged: control.max_iterations == 0 || columns == 0,
        };
        if columns > 0 {
            search.run()?;
        }
        Ok(search.finish())
    }

    /// Minus twice the gain in log-likelihood is χ² under the starting values: R's
    /// likelihood-ratio test. R: `summary(fit)$logtest`.
    ///
    /// ```
    /// use statistics::cox::{CoxControl, CoxData, CoxFit, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let fit = CoxFit::fit(&data, Ties::Efron, &CoxControl::default())?;
    /// // At 0 the likelihood is 1/3 · 1/2; at e^b = √½ it is (3 + 2√2)⁻¹.
    /// let gain = 6f64.ln() - (3.0 + 8f64.sqrt()).ln();
    /// assert!((fit.likelihood_ratio() - 2.0 * gain).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
    pub fn likelihood_ratio(&self) -> f64 {
        2.0 * (self.log_likelihood - self.log_likelihood_start)
    }

    /// Coefficients that are estimated. R: `sum(!is.na(coef(fit)))`.
    ///
    /// ```
    /// use statistics::cox::{CoxControl, CoxData, CoxFit, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let fit = CoxFit::fit(&data, Ties::Efron, &CoxControl::default())?;
    /// assert_eq!(fit.degrees_of_freedom(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn degrees_of_freedom(&self) -> usize {
        self.coefficients.len() - self.aliased.len()
    }
}

/// Factors the information. Rounding can make the information of a covariate that hardly
/// varies negative: it is then none.
fn factor(
    evaluation: &Evaluation,
    likelihood: &PartialLikelihood,
    control: &CoxControl,
) -> Result<Cholesky, NotEstimable> {
    let mut information = evaluation.information.clone();
    let events: f64 = likelihood
        .risk_sets()
        .moments()
        .iter()
        .map(|moment| moment.event_weight)
        .sum();
    for column in 0..information.columns() {
        let size = likelihood.size(column);
        if information[(column, column)] <= f64::EPSILON * events * size * size * 1e-3 {
            for other in 0..information.columns() {
                information[(column, other)] = 0.0;
                information[(other, column)] = 0.0;
            }
        }
    }
    Cholesky::new(&information, control.alias_tolerance)
}

struct Search<'a> {
    likelihood: &'a PartialLikelihood,
    workspace: Workspace,
    control: &'a CoxControl,
    log_likelihood_start: f64,
    score_test: f64,
    coefficients: Vec<f64>,
    here: Evaluation,
    factor: Cholesky,
    iterations: usize,
    converged: bool,
}

impl Search<'_> {
    fn run(&mut self) -> Result<(), NotEstimable> {
        while !self.converged && self.iterations < self.control.max_iterations {
            let step = self.factor.solve(&self.here.score);
            self.step(&step)?;
        }
        Ok(())
    }

    /// A Newton step, halved until the log-likelihood does not fall.
    fn step(&mut self, step: &[f64]) -> Result<(), NotEstimable> {
        let mut share = 1.0;
        while self.iterations < self.control.max_iterations {
            self.iterations += 1;
            let moved = |(b, step): (&f64, &f64)| b + share * step;
            let there: Vec<f64> = self.coefficients.iter().zip(step).map(moved).collect();
            let evaluation = self
                .likelihood
                .evaluate_in(&mut self.workspace, &there, None)
                .ok();
            let old = self.here.log_likelihood;
            if let Some(new) = evaluation {
                let change = (new.log_likelihood - old).abs();
                let is_same = change <= self.control.tolerance * new.log_likelihood.abs();
                if is_same || new.log_likelihood > old {
                    self.factor = factor(&new, self.likelihood, self.control)?;
                    self.coefficients = there;
                    self.here = new;
                    self.converged = is_same && share == 1.0;
                    return Ok(());
                }
            }
            share *= 0.5;
        }
        Ok(())
    }

    fn finish(self) -> CoxFit {
        let aliased = self.factor.aliased_columns();
        let sets = self.likelihood.risk_sets();
        let mut fit = CoxFit {
            covariance: self.factor.inverse(),
            log_likelihood_start: self.log_likelihood_start,
            log_likelihood: self.here.log_likelihood,
            score_test: self.score_test,
            infinite: Vec::new(),
            iterations: self.iterations,
            converged: self.converged,
            rows: sets.total_rows(),
            events: sets
                .moments()
                .iter()
                .map(|moment| moment.events as usize)
                .sum(),
            coefficients: self.coefficients,
            score: self.here.score,
            aliased,
        };
        if self.control.max_iterations > 1 {
            let further = self.factor.solve(&fit.score);
            fit.infinite = infinite(&further, &fit.coefficients, self.control);
        }
        fit
    }
}

/// At a maximum a further step is nothing; where a coefficient runs off to infinity steps of
/// the same size go on while the log-likelihood stands still.
fn infinite(further: &[f64], coefficients: &[f64], control: &CoxControl) -> Vec<usize> {
    let share = control
        .infinity_tolerance
        .unwrap_or_else(|| control.tolerance.sqrt());
    (0..further.len())
        .filter(|&column| {
            let step = further[column].abs();
            step > control.tolerance && step > share * coefficients[column].abs()
        })
        .collect()
}

/// The way of handling ties of a likelihood, for messages.
impl Ties {
    /// R's name.
    ///
    /// ```
    /// use statistics::cox::Ties;
    /// assert_eq!(Ties::default().name(), "efron");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Efron => "efron",
            Self::Breslow => "breslow",
            Self::Exact => "exact",
        }
    }
}
