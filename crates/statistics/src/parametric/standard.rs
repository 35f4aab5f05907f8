//! Standard distributions of the error of a location–scale model, and the families named after
//! the times.

use crate::NotEstimable;
use crate::distribution::{Distribution, Normal, StudentT, Tail};
use crate::special::{Tails, incomplete_gamma, ln_gamma, stirling_error};

/// Below this |Q| a generalised gamma error is normal to within rounding.
const NORMAL_LIMIT: f64 = 1e-6;

/// The distribution of the error z = (y − η)/σ. R: `survreg.distributions`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standard {
    /// The smallest of many: S(z) = exp(−e^z).
    Extreme,
    /// S(z) = 1/(1 + e^z).
    Logistic,
    /// The standard normal.
    Gaussian,
    /// Student's t with these degrees of freedom.
    StudentT(f64),
    /// The log of a generalised gamma time with shape Q (Prentice 1974); Q = 1 is
    /// [`Self::Extreme`], Q = 0 is [`Self::Gaussian`].
    GeneralisedGamma(f64),
}

/// The log density and its first two derivatives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Density {
    pub(crate) ln: f64,
    pub(crate) slope: f64,
    pub(crate) curvature: f64,
}

impl Standard {
    /// Fails unless the shape is one that the distribution can have.
    pub(crate) fn check(self) -> Result<(), NotEstimable> {
        match self {
            Self::StudentT(df) => StudentT::new(df).map(|_| ()),
            Self::GeneralisedGamma(q) if !q.is_finite() => Err(NotEstimable::Domain {
                what: "the shape",
                value: q,
            }),
            _ => Ok(()),
        }
    }

    pub(crate) fn density(self, z: f64) -> Density {
        let (ln, slope, curvature) = match self {
            Self::Extreme => (z - z.exp(), -z.exp_m1(), -z.exp()),
            Self::Logistic => {
                let Tails {
                    lower,
                    upper,
                    ln_lower,
                    ln_upper,
                } = logistic_tails(z);
                (ln_lower + ln_upper, upper - lower, -2.0 * lower * upper)
            }
            Self::Gaussian => (Normal::STANDARD.ln_density(z), -z, -1.0),
            Self::StudentT(df) => {
                let spread = df + z * z;
                (
                    student(df, |t| t.ln_density(z)),
                    -(df + 1.0) * z / spread,
                    -(df + 1.0) * (df - z * z) / (spread * spread),
                )
            }
            Self::GeneralisedGamma(q) if q.abs() < NORMAL_LIMIT => {
                return Self::Gaussian.density(z);
            }
            Self::GeneralisedGamma(q) => {
                let k = 1.0 / (q * q);
                let ln = gamma_constant(k) - k * exp_m1_minus(q * z);
                (ln, -(q * z).exp_m1() / q, -(q * z).exp())
            }
        };
        Density {
            ln,
            slope,
            curvature,
        }
    }

    /// Both tails, with their logarithms.
    pub(crate) fn tails(self, z: f64) -> Tails {
        match self {
            Self::Extreme => Tails::from_ln_lower(-z.exp()).swapped(),
            Self::Logistic => logistic_tails(z),
            Self::Gaussian => Normal::STANDARD.tails(z),
            Self::StudentT(df) => match StudentT::new(df) {
                Ok(t) => t.tails(z),
                Err(_) => Tails::from_ln_lower(f64::NAN),
            },
            Self::GeneralisedGamma(q) if q.abs() < NORMAL_LIMIT => Normal::STANDARD.tails(z),
            Self::GeneralisedGamma(q) => {
                let k = 1.0 / (q * q);
                let tails = incomplete_gamma(k, k * (q * z).exp());
                if q > 0.0 { tails } else { tails.swapped() }
            }
        }
    }

    /// The point below which the probability lies; NaN outside [0, 1].
    ///
    /// ```
    /// use statistics::parametric::Standard;
    /// assert_eq!(Standard::Logistic.quantile(0.5), 0.0);
    /// ```
    pub fn quantile(self, probability: f64) -> f64 {
        match self {
            Self::Extreme => (-(-probability).ln_1p()).ln(),
            Self::Logistic => probability.ln() - (-probability).ln_1p(),
            Self::Gaussian => Normal::STANDARD.quantile(probability),
            Self::StudentT(df) => student(df, |t| t.quantile(probability)),
            Self::GeneralisedGamma(q) if q.abs() < NORMAL_LIMIT => {
                Normal::STANDARD.quantile(probability)
            }
            Self::GeneralisedGamma(q) => {
                let k = 1.0 / (q * q);
                let tail = if q > 0.0 { Tail::Lower } else { Tail::Upper };
                (crate::distribution::Gamma::new(k, k)).map_or(f64::NAN, |gamma| {
                    gamma.quantile_of(tail, probability).ln() / q
                })
            }
        }
    }

    /// Where an interval of this width, in units of the scale, has the largest probability: its
    /// lower end.
    pub(crate) fn best_lower_end(self, width: f64) -> f64 {
        let skew = match self {
            Self::Extreme => 1.0,
            Self::GeneralisedGamma(q) if q.abs() >= NORMAL_LIMIT => q,
            _ => return -0.5 * width,
        };
        let u = skew * width;
        (u / u.exp_m1()).ln() / skew
    }
}

fn student(df: f64, f: impl Fn(&StudentT) -> f64) -> f64 {
    StudentT::new(df).map_or(f64::NAN, |t| f(&t))
}

fn logistic_tails(z: f64) -> Tails {
    // ln(1 + e^z) without overflow.
    let softplus = |z: f64| z.max(0.0) + (-z.abs()).exp().ln_1p();
    let (ln_lower, ln_upper) = (-softplus(-z), -softplus(z));
    Tails {
        lower: ln_lower.exp(),
        upper: ln_upper.exp(),
        ln_lower,
        ln_upper,
    }
}

/// ln|Q| + k ln k − k − ln Γ(k) for k = Q⁻²: near −½ ln 2π for large k, by Stirling.
fn gamma_constant(k: f64) -> f64 {
    if k > 10.0 {
        return -0.5 * std::f64::consts::TAU.ln() - stirling_error(k);
    }
    (k - 0.5) * k.ln() - k - ln_gamma(k)
}

/// e^u − 1 − u, without cancellation near 0.
fn exp_m1_minus(u: f64) -> f64 {
    if u.abs() > 0.3 {
        return u.exp_m1() - u;
    }
    let (mut term, mut sum) = (0.5 * u * u, 0.0);
    for n in 3..24 {
        sum += term;
        term *= u / f64::from(n);
    }
    sum
}

/// A family of times: an error distribution, on the scale of the times or of their logarithms.
/// R: `survreg(dist = )`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Family {
    /// The distribution of the error.
    pub standard: Standard,
    /// Whether it is that of the logarithm of the times.
    pub log: bool,
    /// The scale where the family fixes it.
    pub scale: Option<f64>,
}

impl Family {
    /// Weibull times (`dist = "weibull"`).
    pub const WEIBULL: Self = Self::of(Standard::Extreme, true, None);
    /// Exponential times (`dist = "exponential"`).
    pub const EXPONENTIAL: Self = Self::of(Standard::Extreme, true, Some(1.0));
    /// Rayleigh times (`dist = "rayleigh"`).
    pub const RAYLEIGH: Self = Self::of(Standard::Extreme, true, Some(0.5));
    /// Log-normal times (`dist = "lognormal"`).
    pub const LOG_NORMAL: Self = Self::of(Standard::Gaussian, true, None);
    /// Log-logistic times (`dist = "loglogistic"`).
    pub const LOG_LOGISTIC: Self = Self::of(Standard::Logistic, true, None);
    /// Generalised gamma times (flexsurv's `dist = "gengamma"`); the shape is estimated.
    pub const GENERALISED_GAMMA: Self = Self::of(Standard::GeneralisedGamma(0.5), true, None);
    /// Extreme values (`dist = "extreme"`).
    pub const EXTREME: Self = Self::of(Standard::Extreme, false, None);
    /// Normal outcomes (`dist = "gaussian"`).
    pub const GAUSSIAN: Self = Self::of(Standard::Gaussian, false, None);
    /// Logistic outcomes (`dist = "logistic"`).
    pub const LOGISTIC: Self = Self::of(Standard::Logistic, false, None);

    /// A family with any error distribution.
    ///
    /// ```
    /// use statistics::parametric::{Family, Standard};
    /// assert_eq!(Family::of(Standard::Logistic, true, None), Family::LOG_LOGISTIC);
    /// ```
    pub const fn of(standard: Standard, log: bool, scale: Option<f64>) -> Self {
        Self {
            standard,
            log,
            scale,
        }
    }

    /// From the scale of the error to that of the times.
    ///
    /// ```
    /// use statistics::parametric::Family;
    /// assert_eq!(Family::EXPONENTIAL.to_time(0.0), 1.0);
    /// assert_eq!(Family::GAUSSIAN.to_time(0.0), 0.0);
    /// ```
    pub fn to_time(self, y: f64) -> f64 {
        if self.log { y.exp() } else { y }
    }

    /// From the scale of the times to that of the error.
    ///
    /// ```
    /// use statistics::parametric::Family;
    /// assert_eq!(Family::EXPONENTIAL.of_time(1.0), 0.0);
    /// ```
    pub fn of_time(self, time: f64) -> f64 {
        if self.log { time.ln() } else { time }
    }

    /// Whether the shape Q is estimated.
    pub(crate) fn has_shape(self) -> bool {
        matches!(self.standard, Standard::GeneralisedGamma(_))
    }

    pub(crate) fn with_shape(self, q: f64) -> Self {
        match self.standard {
            Standard::GeneralisedGamma(_) => Self {
                standard: Standard::GeneralisedGamma(q),
                ..self
            },
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Derivatives against differences, tails against quantiles.
    #[test]
    fn agree_with_themselves() {
        let all = [
            Standard::Extreme,
            Standard::Logistic,
            Standard::Gaussian,
            Standard::StudentT(4.0),
            Standard::GeneralisedGamma(0.7),
            Standard::GeneralisedGamma(-0.4),
            Standard::GeneralisedGamma(0.01),
        ];
        for standard in all {
            for z in [-2.5, -0.3, 0.0, 0.4, 1.3] {
                let h = 1e-5;
                let at = |z: f64| standard.density(z);
                let (below, here, above) = (at(z - h), at(z), at(z + h));
                let slope = (above.ln - below.ln) / (2.0 * h);
                let curvature = (above.slope - below.slope) / (2.0 * h);
                assert!((slope - here.slope).abs() < 1e-8, "{standard:?} {z}");
                assert!(
                    (curvature - here.curvature).abs() < 1e-8,
                    "{standard:?} {z}"
                );
                let density =
                    (standard.tails(z + h).lower - standard.tails(z - h).lower) / (2.0 * h);
                assert!((density - here.ln.exp()).abs() < 1e-8, "{standard:?} {z}");
                let back = standard.quantile(standard.tails(z).lower);
                assert!((back - z).abs() < 1e-9, "{standard:?} {z} {back}");
            }
        }
    }

    #[test]
    fn generalised_gamma_joins_its_neighbours() {
        for z in [-1.7, 0.2, 1.1] {
            let (gamma, extreme) = (Standard::GeneralisedGamma(1.0), Standard::Extreme);
            assert!((gamma.density(z).ln - extreme.density(z).ln).abs() < 1e-13);
            assert!((gamma.tails(z).ln_upper - extreme.tails(z).ln_upper).abs() < 1e-12);
            let (gamma, normal) = (Standard::GeneralisedGamma(1e-5), Standard::Gaussian);
            assert!((gamma.density(z).ln - normal.density(z).ln).abs() < 1e-4);
        }
    }

    #[test]
    fn widest_probability_is_at_the_best_end() {
        let extreme = Standard::Extreme;
        let mass = |a: f64| extreme.tails(a).upper - extreme.tails(a + 1.3).upper;
        let best = extreme.best_lower_end(1.3);
        assert!(mass(best) > mass(best + 0.01) && mass(best) > mass(best - 0.01));
    }
}
