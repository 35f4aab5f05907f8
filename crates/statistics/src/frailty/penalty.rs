//! What frailties cost: minus the logarithm of their density.

use crate::special::{digamma, ln_gamma};

/// The distribution of a group's risk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FrailtyKind {
    /// Gamma risks with mean 1 and variance θ.
    Gamma,
    /// Normal log risks with variance θ.
    Gaussian,
    /// Student's t log risks with these degrees of freedom (above 2) and variance θ.
    T(f64),
}

/// Value, slope and curvature in one frailty.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    pub(super) value: f64,
    pub(super) slope: f64,
    pub(super) curvature: f64,
}

impl FrailtyKind {
    pub(super) fn cost(self, theta: f64, x: f64) -> Cost {
        match self {
            Self::Gamma => Cost {
                value: (x.exp_m1() - x) / theta,
                slope: x.exp_m1() / theta,
                curvature: x.exp() / theta,
            },
            Self::Gaussian => Cost {
                value: 0.5 * (x * x / theta + (std::f64::consts::TAU * theta).ln()),
                slope: x / theta,
                curvature: 1.0 / theta,
            },
            Self::T(df) => {
                let scale = df * student_scale(theta, df);
                let u = x * x / scale;
                let value = 0.5 * (std::f64::consts::PI * scale).ln() + ln_gamma(0.5 * df)
                    - ln_gamma(0.5 * (df + 1.0))
                    + 0.5 * (df + 1.0) * u.ln_1p();
                Cost {
                    value,
                    slope: (df + 1.0) * x / (scale * (1.0 + u)),
                    curvature: (df + 1.0) * (1.0 - u) / (scale * (1.0 + u) * (1.0 + u)),
                }
            }
        }
    }
}

/// The squared scale of a t density with variance θ.
fn student_scale(theta: f64, df: f64) -> f64 {
    theta * (df - 2.0) / df
}

/// What turns the penalised log-likelihood of gamma frailties into the integrated one, with the
/// events of each group (Therneau, Grambsch & Pankratz 2003).
pub(super) fn gamma_correction(theta: f64, events: &[f64]) -> f64 {
    let nu = 1.0 / theta;
    let of_group = |&d: &f64| {
        if d == 0.0 {
            return 0.0;
        }
        // lnΓ(d + ν) − lnΓ(ν), as a sum for whole d: no cancellation for small θ.
        let rise = match d.fract() == 0.0 && d < 1e4 {
            true => {
                (0..d as usize)
                    .map(|k| (k as f64 / nu).ln_1p())
                    .sum::<f64>()
                    + d * nu.ln()
            }
            false => ln_gamma(d + nu) - ln_gamma(nu),
        };
        d - (d + nu) * (d / nu).ln_1p() - d * nu.ln() + rise
    };
    events.iter().map(of_group).sum()
}

/// θ² times the derivative of the integrated log-likelihood of gamma frailties in θ.
pub(super) fn gamma_slope(theta: f64, frailties: &[f64], events: &[f64]) -> f64 {
    let nu = 1.0 / theta;
    let cost: f64 = frailties.iter().map(|x| x.exp_m1() - x).sum();
    let of_group = |&d: &f64| {
        let rise = match d.fract() == 0.0 && d < 1e4 {
            true => (0..d as usize).map(|k| 1.0 / (nu + k as f64)).sum::<f64>(),
            false => digamma(d + nu) - digamma(nu),
        };
        rise - (d / nu).ln_1p()
    };
    cost - events.iter().map(of_group).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_value() {
        for kind in [
            FrailtyKind::Gamma,
            FrailtyKind::Gaussian,
            FrailtyKind::T(5.0),
        ] {
            for x in [-1.2, 0.1, 0.8] {
                let at = |x: f64| kind.cost(0.6, x);
                let slope = (at(x + 1e-5).value - at(x - 1e-5).value) / 2e-5;
                let curvature = (at(x + 1e-5).slope - at(x - 1e-5).slope) / 2e-5;
                assert!((slope - at(x).slope).abs() < 1e-8, "{kind:?} {x}");
                assert!((curvature - at(x).curvature).abs() < 1e-8, "{kind:?} {x}");
            }
        }
    }

    #[test]
    fn slope_of_the_correction() {
        let (events, frailties) = ([2.0, 0.0, 3.5], [0.0; 3]);
        let at = |theta: f64| gamma_correction(theta, &events);
        let slope = (at(0.5 + 1e-6) - at(0.5 - 1e-6)) / 2e-6;
        assert!((slope * 0.25 - gamma_slope(0.5, &frailties, &events)).abs() < 1e-7);
    }
}
