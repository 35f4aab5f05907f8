use crate::distribution::{Distribution, Normal};
use crate::special::{ln_choose, ln_gamma};

/// The distribution of the outcome given the covariates. R: `family`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Normal with constant variance.
    Gaussian,
    /// Shares of successes; the weight is the number of trials.
    Binomial,
    /// Counts.
    Poisson,
    /// Positive values with a constant coefficient of variation.
    Gamma,
}

/// What of the mean is linear in the covariates. R: `make.link`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The mean itself.
    Identity,
    /// Its logarithm.
    Log,
    /// The log odds.
    Logit,
    /// The normal quantile.
    Probit,
    /// ln(−ln(1 − μ)).
    ComplementaryLogLog,
    /// 1/μ.
    Inverse,
}

impl Family {
    /// The link that R takes if none is named.
    ///
    /// ```
    /// use statistics::glm::{Family, Link};
    /// assert_eq!(Family::Binomial.default_link(), Link::Logit);
    /// ```
    pub fn default_link(self) -> Link {
        match self {
            Self::Gaussian => Link::Identity,
            Self::Binomial => Link::Logit,
            Self::Poisson => Link::Log,
            Self::Gamma => Link::Inverse,
        }
    }

    /// The variance of the outcome with this mean, for dispersion 1. R: `binomial()$variance(mu)`.
    ///
    /// ```
    /// use statistics::glm::Family;
    /// assert_eq!(Family::Binomial.variance(0.5), 0.25);
    /// ```
    pub fn variance(self, mean: f64) -> f64 {
        match self {
            Self::Gaussian => 1.0,
            Self::Binomial => mean * (1.0 - mean),
            Self::Poisson => mean,
            Self::Gamma => mean * mean,
        }
    }

    /// The derivative of the variance.
    ///
    /// ```
    /// use statistics::glm::Family;
    /// assert_eq!(Family::Gamma.variance_slope(3.0), 6.0);
    /// ```
    pub fn variance_slope(self, mean: f64) -> f64 {
        match self {
            Self::Gaussian => 0.0,
            Self::Binomial => 1.0 - 2.0 * mean,
            Self::Poisson => 1.0,
            Self::Gamma => 2.0 * mean,
        }
    }

    /// Whether the dispersion is 1 and not estimated.
    ///
    /// ```
    /// use statistics::glm::Family;
    /// assert!(Family::Poisson.has_known_dispersion());
    /// assert!(!Family::Gaussian.has_known_dispersion());
    /// ```
    pub fn has_known_dispersion(self) -> bool {
        matches!(self, Self::Binomial | Self::Poisson)
    }

    /// Whether an outcome is possible.
    pub(crate) fn allows(self, y: f64) -> bool {
        match self {
            Self::Gaussian => true,
            Self::Binomial => (0.0..=1.0).contains(&y),
            Self::Poisson => y >= 0.0,
            Self::Gamma => y > 0.0,
        }
    }

    /// Whether a mean is possible.
    pub(crate) fn allows_mean(self, mean: f64) -> bool {
        match self {
            Self::Gaussian => mean.is_finite(),
            // A fitted 0 or 1 is a probability that rounds to it.
            Self::Binomial => (0.0..=1.0).contains(&mean),
            Self::Poisson | Self::Gamma => mean.is_finite() && mean > 0.0,
        }
    }

    /// A mean to start from.
    pub(crate) fn start(self, y: f64, weight: f64) -> f64 {
        match self {
            Self::Gaussian | Self::Gamma => y,
            Self::Binomial => (weight * y + 0.5) / (weight + 1.0),
            Self::Poisson => y + 0.1,
        }
    }

    /// One row's part of the deviance, for weight 1.
    pub(crate) fn deviance(self, y: f64, mean: f64) -> f64 {
        let y_ln = |y: f64, mean: f64| if y == 0.0 { 0.0 } else { y * (y / mean).ln() };
        match self {
            Self::Gaussian => (y - mean).powi(2),
            Self::Binomial => 2.0 * (y_ln(y, mean) + y_ln(1.0 - y, 1.0 - mean)),
            Self::Poisson => 2.0 * (y_ln(y, mean) - (y - mean)),
            Self::Gamma => 2.0 * ((y - mean) / mean - (y / mean).ln()),
        }
    }

    /// The log-likelihood of one row; `dispersion` for the families that have one.
    pub(crate) fn ln_likelihood(self, y: f64, mean: f64, weight: f64, dispersion: f64) -> f64 {
        let x_ln = |x: f64, p: f64| if x == 0.0 { 0.0 } else { x * p.ln() };
        match self {
            Self::Gaussian => {
                let variance = dispersion / weight;
                -0.5 * ((y - mean).powi(2) / variance + (std::f64::consts::TAU * variance).ln())
            }
            Self::Binomial => {
                let successes = (weight * y).round();
                let failures = weight - successes;
                ln_choose(weight.round(), successes)
                    + x_ln(successes, mean)
                    + x_ln(failures, 1.0 - mean)
            }
            Self::Poisson => weight * (x_ln(y, mean) - mean - ln_gamma(y + 1.0)),
            Self::Gamma => {
                let shape = 1.0 / dispersion;
                let rate = shape / mean;
                weight * (shape * rate.ln() - ln_gamma(shape) + (shape - 1.0) * y.ln() - rate * y)
            }
        }
    }
}

impl Link {
    /// From the mean to the linear predictor. R: `binomial()$linkfun(mu)`.
    ///
    /// ```
    /// use statistics::glm::Link;
    /// assert_eq!(Link::Logit.of_mean(0.5), 0.0);
    /// ```
    pub fn of_mean(self, mean: f64) -> f64 {
        match self {
            Self::Identity => mean,
            Self::Log => mean.ln(),
            Self::Logit => mean.ln() - (-mean).ln_1p(),
            Self::Probit => Normal::STANDARD.quantile(mean),
            Self::ComplementaryLogLog => (-(-mean).ln_1p()).ln(),
            Self::Inverse => 1.0 / mean,
        }
    }

    /// From the linear predictor to the mean and its slope.
    ///
    /// ```
    /// use statistics::glm::Link;
    /// assert_eq!(Link::Logit.mean_and_slope(0.0), (0.5, 0.25));
    /// ```
    pub fn mean_and_slope(self, predictor: f64) -> (f64, f64) {
        match self {
            Self::Identity => (predictor, 1.0),
            Self::Log => (predictor.exp(), predictor.exp()),
            Self::Logit => {
                let small = (-predictor.abs()).exp();
                let near = 1.0 / (1.0 + small);
                let mean = if predictor < 0.0 { small * near } else { near };
                (mean, small * near * near)
            }
            Self::Probit => (
                Normal::STANDARD.lower(predictor),
                Normal::STANDARD.density(predictor),
            ),
            Self::ComplementaryLogLog => {
                let hazard = predictor.exp();
                (-(-hazard).exp_m1(), hazard * (-hazard).exp())
            }
            Self::Inverse => (1.0 / predictor, -1.0 / (predictor * predictor)),
        }
    }
}
