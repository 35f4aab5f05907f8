//! What one row adds to the log-likelihood of a location–scale model.

use super::Standard;
use crate::special::ln_1m_exp;

/// What is known of one outcome, on the scale of the error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    /// At least this; −∞ where left censored.
    pub lower: f64,
    /// At most this; ∞ where right censored, `lower` where known exactly.
    pub upper: f64,
    /// Seen only because it lies beyond this; −∞ where always followed.
    pub entry: f64,
}

/// A row's log-likelihood with its derivatives with respect to η and s = ln σ
/// (R: `residuals(fit, type = "matrix")`).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Contribution {
    /// The log-likelihood.
    pub g: f64,
    /// ∂g/∂η.
    pub dg: f64,
    /// ∂²g/∂η².
    pub ddg: f64,
    /// ∂g/∂s.
    pub ds: f64,
    /// ∂²g/∂s².
    pub dds: f64,
    /// ∂²g/∂s∂η.
    pub dsg: f64,
}

/// A function of z with two derivatives.
struct Curve {
    value: f64,
    first: f64,
    second: f64,
}

impl Contribution {
    /// Of an outcome with this location and scale.
    ///
    /// ```
    /// use statistics::parametric::{Contribution, Observed, Standard};
    /// // Censored at the median of a logistic distribution.
    /// let observed = Observed { lower: 0.0, upper: f64::INFINITY, entry: f64::NEG_INFINITY };
    /// let found = Contribution::of(Standard::Logistic, observed, 0.0, 1.0);
    /// assert!((found.g + 2f64.ln()).abs() < 1e-15 && (found.dg - 0.5).abs() < 1e-15);
    /// ```
    pub fn of(standard: Standard, observed: Observed, eta: f64, sigma: f64) -> Self {
        let z = |y: f64| (y - eta) / sigma;
        let (lower, upper) = (z(observed.lower), z(observed.upper));
        let mut total = Self::default();
        if observed.lower == observed.upper {
            total.add(&exact(standard, lower), lower, sigma);
            total.g -= sigma.ln();
            total.ds -= 1.0;
        } else if observed.upper == f64::INFINITY {
            if observed.lower > f64::NEG_INFINITY {
                total.add(&ln_upper(standard, lower), lower, sigma);
            }
        } else if observed.lower == f64::NEG_INFINITY {
            total.add(&ln_lower(standard, upper), upper, sigma);
        } else {
            total.add_interval(standard, (lower, upper), sigma);
        }
        if observed.entry > f64::NEG_INFINITY {
            let entry = z(observed.entry);
            let beyond = ln_upper(standard, entry);
            let taken = Curve {
                value: -beyond.value,
                first: -beyond.first,
                second: -beyond.second,
            };
            total.add(&taken, entry, sigma);
        }
        total
    }

    /// Adds φ(z), z = (y − η)/σ.
    fn add(&mut self, curve: &Curve, z: f64, sigma: f64) {
        self.g += curve.value;
        self.dg -= curve.first / sigma;
        self.ddg += curve.second / (sigma * sigma);
        self.ds -= z * curve.first;
        self.dds += z * (z * curve.second + curve.first);
        self.dsg += (z * curve.second + curve.first) / sigma;
    }

    /// Adds ln(F(b) − F(a)).
    fn add_interval(&mut self, standard: Standard, (a, b): (f64, f64), sigma: f64) {
        let value = ln_between(standard, a, b);
        let (at_a, at_b) = (standard.density(a), standard.density(b));
        let (first_a, first_b) = (-(at_a.ln - value).exp(), (at_b.ln - value).exp());
        let second_a = first_a * at_a.slope - first_a * first_a;
        let second_b = first_b * at_b.slope - first_b * first_b;
        let mixed = -first_a * first_b;
        let z_first = a * first_a + b * first_b;
        self.g += value;
        self.dg -= (first_a + first_b) / sigma;
        self.ddg += (second_a + 2.0 * mixed + second_b) / (sigma * sigma);
        self.ds -= z_first;
        self.dds += a * a * second_a + 2.0 * a * b * mixed + b * b * second_b + z_first;
        let z_second = a * (second_a + mixed) + b * (second_b + mixed);
        self.dsg += (z_second + first_a + first_b) / sigma;
    }
}

/// ln(F(b) − F(a)) for a < b, from the tail in which both are small.
pub(crate) fn ln_between(standard: Standard, a: f64, b: f64) -> f64 {
    let (at_a, at_b) = (standard.tails(a), standard.tails(b));
    if at_a.upper < at_b.lower {
        at_a.ln_upper + ln_1m_exp(at_b.ln_upper - at_a.ln_upper)
    } else {
        at_b.ln_lower + ln_1m_exp(at_a.ln_lower - at_b.ln_lower)
    }
}

fn exact(standard: Standard, z: f64) -> Curve {
    let density = standard.density(z);
    Curve {
        value: density.ln,
        first: density.slope,
        second: density.curvature,
    }
}

fn ln_upper(standard: Standard, z: f64) -> Curve {
    if standard == Standard::Extreme {
        let hazard = z.exp();
        return Curve {
            value: -hazard,
            first: -hazard,
            second: -hazard,
        };
    }
    let (density, value) = (standard.density(z), standard.tails(z).ln_upper);
    let hazard = (density.ln - value).exp();
    Curve {
        value,
        first: -hazard,
        second: -hazard * (density.slope + hazard),
    }
}

fn ln_lower(standard: Standard, z: f64) -> Curve {
    let (density, value) = (standard.density(z), standard.tails(z).ln_lower);
    let ratio = (density.ln - value).exp();
    Curve {
        value,
        first: ratio,
        second: ratio * (density.slope - ratio),
    }
}
