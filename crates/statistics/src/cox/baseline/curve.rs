//! Curves and expected events of somebody with given covariates.

use super::{Baseline, CurveType};
use crate::NotEstimable;
use crate::matrix::Matrix;
use std::ops::Range;

/// What somebody meets over an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// The cumulative hazard.
    pub events: f64,
    /// Its standard error.
    pub std_error: f64,
}

/// A covariate path: from `start` to `stop` somebody has these covariates.
#[derive(Clone, Copy, Debug)]
pub struct PathPiece<'a> {
    /// Begin of the interval; −∞ for always.
    pub start: f64,
    /// End of the interval; ∞ for ever after.
    pub stop: f64,
    /// The covariates.
    pub x: &'a [f64],
    /// The offset.
    pub offset: f64,
}

/// A curve at the times of its baseline.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictedCurve {
    /// The times.
    pub times: Vec<f64>,
    /// Positions of the times in the baseline.
    pub places: Range<usize>,
    /// The cumulative hazard.
    pub cumulative_hazard: Vec<f64>,
    /// Survival.
    pub survival: Vec<f64>,
    /// The standard error of −ln S.
    pub std_error: Vec<f64>,
}

impl Baseline {
    /// How events add up.
    ///
    /// ```
    /// use statistics::cox::{BaselineQuestion, CoxData, CurveType, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// let kind = CurveType::of(Ties::Efron);
    /// let question = BaselineQuestion { stratum: 0, kind, origin: 0.0 };
    /// let baseline = likelihood.baseline(&data, &[0.0], &sums, question)?;
    /// assert_eq!(baseline.kind(), kind);
    /// # Ok(())
    /// # }
    /// ```
    pub fn kind(&self) -> CurveType {
        self.kind
    }

    /// The times that lie in `(start, stop]`.
    ///
    /// ```
    /// use statistics::cox::{BaselineQuestion, CoxData, CurveType, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// let kind = CurveType::of(Ties::Efron);
    /// let question = BaselineQuestion { stratum: 0, kind, origin: 0.0 };
    /// let baseline = likelihood.baseline(&data, &[0.0], &sums, question)?;
    /// assert_eq!(baseline.places(1.0, 3.0), 1..3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn places(&self, start: f64, stop: f64) -> Range<usize> {
        let from = self.times.partition_point(|&time| time <= start);
        let to = self.times.partition_point(|&time| time <= stop);
        from..to.max(from)
    }

    /// The cumulative hazard at each time for covariates 0. R: `basehaz(fit, centered = FALSE)`.
    ///
    /// ```
    /// use statistics::cox::{BaselineQuestion, CoxData, CurveType, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// let kind = CurveType::of(Ties::Efron);
    /// let question = BaselineQuestion { stratum: 0, kind, origin: 0.0 };
    /// let baseline = likelihood.baseline(&data, &[0.0], &sums, question)?;
    /// let found = baseline.cumulative_at_zero();
    /// let expected = [1.0 / 3.0, 5.0 / 6.0, 5.0 / 6.0];
    /// assert!(found.iter().zip(expected).all(|(a, b): (&f64, f64)| (a - b).abs() < 1e-15));
    /// # Ok(())
    /// # }
    /// ```
    pub fn cumulative_at_zero(&self) -> Vec<f64> {
        let mut total = 0.0;
        let scale = (-self.centre).exp();
        let step = |step: &f64| {
            total += step;
            total * scale
        };
        self.steps.hazard.iter().map(step).collect()
    }

    /// What somebody with constant covariates meets over an interval; O(p²) after a search.
    ///
    /// R: `predict(fit, type = "expected", se.fit = TRUE)`.
    ///
    /// # Errors
    /// Not one value per covariate.
    ///
    /// ```
    /// use statistics::cox::{BaselineQuestion, CoxData, CurveType, PartialLikelihood, PathPiece, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// let kind = CurveType::of(Ties::Efron);
    /// let question = BaselineQuestion { stratum: 0, kind, origin: 0.0 };
    /// let baseline = likelihood.baseline(&data, &[0.0], &sums, question)?;
    /// let known = Matrix::zeros(1, 1);
    /// let piece = PathPiece { start: 0.0, stop: 2.0, x: &[1.0], offset: 0.0 };
    /// let met = baseline.expected(&piece, &[0.0], &known)?;
    /// assert!((met.events - 5.0 / 6.0).abs() < 1e-15);
    /// // Coefficients taken as known: Σ 1/Y².
    /// assert!((met.std_error.powi(2) - (1.0 / 9.0 + 1.0 / 4.0)).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn expected(
        &self,
        piece: &PathPiece<'_>,
        coefficients: &[f64],
        covariance: &Matrix,
    ) -> Result<Expected, NotEstimable> {
        NotEstimable::unless_length("covariates", coefficients.len(), piece.x.len())?;
        let places = self.places(piece.start, piece.stop);
        let over = |totals: &[f64]| totals[places.end] - totals[places.start];
        let risk = self.risk(piece, coefficients);
        let hazard = over(&self.totals.hazard);
        let columns = self.totals.means.iter().zip(&self.centres).zip(piece.x);
        let direction: Vec<f64> = columns
            .map(|((means, centre), x)| risk * ((x - centre) * hazard - over(means)))
            .collect();
        let variance = risk * risk * over(&self.totals.variance);
        Ok(Expected {
            events: risk * hazard,
            std_error: (variance + covariance.quadratic_form(&direction)).sqrt(),
        })
    }

    fn risk(&self, piece: &PathPiece<'_>, coefficients: &[f64]) -> f64 {
        let terms = coefficients.iter().zip(piece.x);
        let eta: f64 = terms.map(|(b, x)| b * x).sum();
        (eta + piece.offset - self.centre).exp()
    }

    /// The curve of somebody who goes along a path of covariates, one interval after the other;
    /// with `covariance` of the coefficients also its standard error.
    /// R: `survfit(fit, newdata, id)`.
    ///
    /// # Method
    /// With r = exp(η) the variance of Λ is ∫ r² dVar(Λ₀) + d'Vd, where d = ∫ r (x − x̄) dΛ₀
    /// (Link 1984, Tsiatis 1981).
    ///
    /// # Errors
    /// A piece without one value per covariate.
    ///
    /// ```
    /// use statistics::cox::{BaselineQuestion, CoxData, CurveType, PartialLikelihood, PathPiece, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// let kind = CurveType::of(Ties::Efron);
    /// let question = BaselineQuestion { stratum: 0, kind, origin: 0.0 };
    /// let baseline = likelihood.baseline(&data, &[0.0], &sums, question)?;
    /// let known = Matrix::zeros(1, 1);
    /// let piece = PathPiece { start: 0.0, stop: 2.0, x: &[1.0], offset: 0.0 };
    /// let curve = baseline.curve(&[piece], &[0.0], Some(&known))?;
    /// assert_eq!(curve.times, [1.0, 2.0]);
    /// assert!((curve.survival[1] - (-5.0f64 / 6.0).exp()).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn curve(
        &self,
        path: &[PathPiece<'_>],
        coefficients: &[f64],
        covariance: Option<&Matrix>,
    ) -> Result<PredictedCurve, NotEstimable> {
        let mut walk = Walk::new(self, coefficients, covariance);
        for piece in path {
            NotEstimable::unless_length("covariates", coefficients.len(), piece.x.len())?;
            walk.piece(piece);
        }
        Ok(walk.curve)
    }
}

/// A curve under way.
struct Walk<'a> {
    baseline: &'a Baseline,
    coefficients: &'a [f64],
    covariance: Option<&'a Matrix>,
    hazard: f64,
    log_survival: f64,
    variance: f64,
    direction: Vec<f64>,
    curve: PredictedCurve,
}

impl<'a> Walk<'a> {
    fn new(
        baseline: &'a Baseline,
        coefficients: &'a [f64],
        covariance: Option<&'a Matrix>,
    ) -> Self {
        Self {
            baseline,
            coefficients,
            covariance,
            hazard: 0.0,
            log_survival: 0.0,
            variance: 0.0,
            direction: vec![0.0; coefficients.len()],
            curve: PredictedCurve {
                times: Vec::new(),
                places: 0..0,
                cumulative_hazard: Vec::new(),
                survival: Vec::new(),
                std_error: Vec::new(),
            },
        }
    }

    fn piece(&mut self, piece: &PathPiece<'_>) {
        let steps = &self.baseline.steps;
        let risk = self.baseline.risk(piece, self.coefficients);
        let places = self.baseline.places(piece.start, piece.stop);
        if self.curve.times.is_empty() {
            self.curve.places = places.start..places.start;
        }
        self.curve.places.end = places.end;
        for place in places {
            self.hazard += risk * steps.hazard[place];
            self.log_survival += risk * steps.log_survival[place];
            self.variance += risk * risk * steps.variance[place];
            self.curve.times.push(self.baseline.times[place]);
            self.curve.cumulative_hazard.push(self.hazard);
            self.curve.survival.push((-self.log_survival).exp());
            if let Some(covariance) = self.covariance {
                for (column, direction) in self.direction.iter_mut().enumerate() {
                    let x = piece.x[column] - self.baseline.centres[column];
                    *direction += risk * (x * steps.hazard[place] - steps.means[column][place]);
                }
                let spread = covariance.quadratic_form(&self.direction);
                self.curve.std_error.push((self.variance + spread).sqrt());
            }
        }
    }
}
