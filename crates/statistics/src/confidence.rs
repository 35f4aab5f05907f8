use serde::{Deserialize, Serialize};

/// Coverage of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// 90 %.
    P90,
    /// 95 %.
    P95,
    /// 99 %.
    P99,
}

impl Level {
    /// The two-sided quantile of the standard normal distribution. R: `qnorm((1 + level) / 2)`.
    ///
    /// ```
    /// assert_eq!(statistics::Level::P95.z(), 1.959_963_984_540_054);
    /// ```
    pub fn z(self) -> f64 {
        match self {
            Self::P90 => 1.644_853_626_951_472_2,
            Self::P95 => 1.959_963_984_540_054,
            Self::P99 => 2.575_829_303_548_900_4,
        }
    }
}

/// The scale on which an interval around a probability is symmetric. R: `conf.type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Transform {
    /// The probability itself; cut at 0 and 1.
    Plain,
    /// log p; cut at 1. The default of R.
    #[default]
    Log,
    /// log(−log p).
    LogLog,
    /// log(p / (1 − p)).
    Logit,
    /// arcsin √p.
    Arcsin,
}

/// How intervals are made. R: `conf.int` and `conf.type` of `survfit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confidence {
    /// The scale.
    pub transform: Transform,
    /// The coverage.
    pub level: Level,
}

/// An interval around a probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

impl Confidence {
    /// 95 % on the given scale.
    ///
    /// ```
    /// use statistics::{Confidence, Transform};
    /// let limits = Confidence::p95(Transform::Plain).limits(0.5, 0.1);
    /// assert!((limits.lower - (0.5 - 0.1 * 1.959_963_984_540_054)).abs() < 1e-15);
    /// ```
    pub const fn p95(transform: Transform) -> Self {
        Self {
            transform,
            level: Level::P95,
        }
    }

    /// The interval around a probability `p` with standard error `se`.
    ///
    /// A standard error of 0 gives the probability itself, as R `survival` does since 3.8.
    ///
    /// # Method
    /// Delta method: with `g` the transform, `g(p) ± z·se·|g'(p)|`, transformed back.
    ///
    /// ```
    /// use statistics::{Confidence, Transform};
    /// let limits = Confidence::p95(Transform::LogLog).limits(1.0, 0.0);
    /// assert_eq!((limits.lower, limits.upper), (1.0, 1.0));
    /// ```
    pub fn limits(self, p: f64, se: f64) -> Limits {
        self.transform.limits(p, se, self.level.z())
    }
}

impl Transform {
    /// The interval of `z` standard errors around a probability `p`, for any `z`.
    ///
    /// ```
    /// use statistics::Transform;
    /// let limits = Transform::Log.limits(0.5, 0.1, 1.0);
    /// assert!((limits.upper - 0.5 * 0.2f64.exp()).abs() < 1e-15);
    /// ```
    pub fn limits(self, p: f64, se: f64, z: f64) -> Limits {
        if se == 0.0 {
            return Limits { lower: p, upper: p };
        }
        let half = z * se;
        match self {
            Self::Plain => ordered((p - half).max(0.0), (p + half).min(1.0)),
            Self::Log => {
                let half = half / p;
                ordered((p.ln() - half).exp(), (p.ln() + half).exp().min(1.0))
            }
            Self::LogLog => {
                let centre = (-p.ln()).ln();
                let half = half / (p * p.ln());
                let back = |x: f64| (-x.exp()).exp();
                ordered(back(centre + half), back(centre - half))
            }
            Self::Logit => {
                let centre = (p / (1.0 - p)).ln();
                let half = half / (p * (1.0 - p));
                let back = |x: f64| 1.0 / (1.0 + (-x).exp());
                ordered(back(centre - half), back(centre + half))
            }
            Self::Arcsin => {
                let centre = p.sqrt().asin();
                let half = half / (2.0 * (p * (1.0 - p)).sqrt());
                let back = |x: f64| x.sin().powi(2);
                let quarter = std::f64::consts::FRAC_PI_2;
                ordered(
                    back((centre - half).max(0.0)),
                    back((centre + half).min(quarter)),
                )
            }
        }
    }
}

impl Transform {
    /// The limits around a probability whose logarithm has these standard errors (downward,
    /// upward), already times the normal quantile: a curve that is a product or an exponential
    /// knows the error of its logarithm. Errors of 0 give the probability itself.
    ///
    /// ```
    /// use statistics::Transform;
    /// let limits = Transform::Log.limits_of_log(0.5, (0.1, 0.2));
    /// assert!((limits.upper - 0.5 * 0.2f64.exp()).abs() < 1e-15);
    /// ```
    pub fn limits_of_log(self, p: f64, (lower, upper): (f64, f64)) -> Limits {
        if (lower, upper) == (0.0, 0.0) {
            return Limits { lower: p, upper: p };
        }
        let log = p.ln();
        let (lower, upper) = match self {
            Self::Plain => ((p - lower * p).max(0.0), (p + upper * p).min(1.0)),
            Self::Log => ((log - lower).exp(), (log + upper).exp().min(1.0)),
            Self::LogLog => {
                let centre = (-log).ln();
                let back = |x: f64| (-x.exp()).exp();
                (back(centre - lower / log), back(centre + upper / log))
            }
            Self::Logit => {
                let centre = log - (-p).ln_1p();
                let slope = 1.0 / (1.0 - p);
                let back = |x: f64| 1.0 / (1.0 + (-x).exp());
                (back(centre - lower * slope), back(centre + upper * slope))
            }
            Self::Arcsin => {
                let centre = p.sqrt().asin();
                let slope = 0.5 * (p / (1.0 - p)).sqrt();
                let back = |x: f64| x.sin().powi(2);
                let quarter = std::f64::consts::FRAC_PI_2;
                (
                    back((centre - lower * slope).max(0.0)),
                    back((centre + upper * slope).min(quarter)),
                )
            }
        };
        Limits { lower, upper }
    }
}

fn ordered(a: f64, b: f64) -> Limits {
    Limits {
        lower: a.min(b),
        upper: a.max(b),
    }
}
