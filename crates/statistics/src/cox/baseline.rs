//! Baseline hazards.

mod counts;
mod curve;

use super::{CoxData, PartialLikelihood, RiskSums, Ties};
use crate::NotEstimable;
use crate::matrix::Matrix;
use counts::Counts;
pub use curve::{Expected, PathPiece, PredictedCurve};

/// How the cumulative hazard adds up tied events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HazardType {
    /// Σ events / risk (R: `ctype = 1`).
    Breslow,
    /// Tied events one after the other (R: `ctype = 2`).
    Efron,
}

/// How survival follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SurvivalType {
    /// The product limit of Kalbfleisch and Prentice (R: `stype = 1`).
    ProductLimit,
    /// exp(−Λ) (R: `stype = 2`).
    Exponential,
}

/// The two choices of R's `survfit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurveType {
    /// How survival follows.
    pub survival: SurvivalType,
    /// How the cumulative hazard adds up tied events.
    pub hazard: HazardType,
}

impl CurveType {
    /// What R takes for a way of handling ties: exp(−Λ) with the hazard of the fit.
    ///
    /// ```
    /// use statistics::cox::{CurveType, HazardType, Ties};
    /// assert_eq!(CurveType::of(Ties::Exact).hazard, HazardType::Breslow);
    /// ```
    pub fn of(ties: Ties) -> Self {
        Self {
            survival: SurvivalType::Exponential,
            hazard: match ties {
                Ties::Efron => HazardType::Efron,
                Ties::Breslow | Ties::Exact => HazardType::Breslow,
            },
        }
    }
}

/// The baseline of a stratum, in the order of time, for covariates at the stratum's centre.
/// R: `basehaz(fit)`.
#[derive(Clone, Debug)]
pub struct Baseline {
    /// The distinct ends of intervals in the stratum.
    pub times: Vec<f64>,
    /// Summed weights of those at risk just before each time.
    pub n_risk: Vec<f64>,
    /// Summed weights of events.
    pub n_event: Vec<f64>,
    /// Summed weights of those who leave without an event.
    pub n_censor: Vec<f64>,
    steps: Steps,
    totals: Totals,
    centre: f64,
    centres: Vec<f64>,
    kind: CurveType,
}

/// Steps at the times of a baseline.
#[derive(Clone, Debug, Default)]
struct Steps {
    /// Of the cumulative hazard.
    hazard: Vec<f64>,
    /// Of −ln S.
    log_survival: Vec<f64>,
    /// Of the variance of the hazard, coefficients taken as known.
    variance: Vec<f64>,
    /// Of ∫ x̄ dΛ, covariate after covariate.
    means: Vec<Vec<f64>>,
}

/// Sums of the steps before each time, and after the last.
#[derive(Clone, Debug)]
struct Totals {
    hazard: Vec<f64>,
    variance: Vec<f64>,
    means: Vec<Vec<f64>>,
}

/// Which baseline is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BaselineQuestion {
    /// The stratum.
    pub stratum: usize,
    /// How events add up.
    pub kind: CurveType,
    /// See [`PartialLikelihood::baseline`].
    pub origin: f64,
}

impl PartialLikelihood {
    /// The baseline of a stratum at given coefficients. R: `survfit(fit)`, `basehaz(fit)`.
    ///
    /// `data` are the rows that this likelihood was made from. `origin` is the linear predictor
    /// at which the variance of the product limit takes its risk set, in R the one at the means
    /// of the covariates; nothing else depends on it.
    ///
    /// # Errors
    /// A stratum that does not exist.
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
    /// assert_eq!(baseline.n_risk, [3.0, 2.0, 1.0]);
    /// assert_eq!(baseline.n_event, [1.0, 1.0, 0.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn baseline(
        &self,
        data: &CoxData<'_>,
        coefficients: &[f64],
        sums: &RiskSums,
        question: BaselineQuestion,
    ) -> Result<Baseline, NotEstimable> {
        let BaselineQuestion {
            stratum,
            kind,
            origin,
        } = question;
        let counts = Counts::of(data, stratum)?;
        let centre = self.centre(stratum, coefficients);
        let mut steps = Steps {
            means: vec![vec![0.0; counts.times.len()]; coefficients.len()],
            ..Steps::zeros(counts.times.len())
        };
        let integrals = self.mean_steps_of(sums, kind.hazard);
        let mut place = 0;
        for moment in self.risk_sets().moments_of(stratum) {
            let time = self.risk_sets().moments()[moment].time;
            while counts.times[place] < time {
                place += 1;
            }
            let step = self.step(sums, moment, kind, (origin - centre).exp());
            steps.hazard[place] = step.hazard;
            steps.log_survival[place] = step.log_survival;
            steps.variance[place] = step.variance;
            for (column, means) in steps.means.iter_mut().enumerate() {
                means[place] = integrals[(moment, column)];
            }
        }
        Ok(Baseline {
            totals: Totals::of(&steps),
            times: counts.times,
            n_risk: counts.n_risk,
            n_event: counts.n_event,
            n_censor: counts.n_censor,
            steps,
            centre,
            centres: self.centres(stratum).to_vec(),
            kind,
        })
    }

    fn mean_steps_of(&self, sums: &RiskSums, kind: HazardType) -> Matrix {
        if kind == HazardType::Efron {
            return sums.mean_steps();
        }
        let mut steps = sums.first.clone();
        for column in 0..steps.columns() {
            let values = steps.column_mut(column).iter_mut();
            for ((value, of), moment) in values.zip(&sums.moments).zip(self.risk_sets().moments()) {
                *value *= moment.event_weight / (of.risk * of.risk);
            }
        }
        steps
    }

    /// `scale` is the risk at the origin of the product limit's variance.
    fn step(&self, sums: &RiskSums, moment: usize, kind: CurveType, scale: f64) -> Step {
        let of = &sums.moments[moment];
        let weight = self.risk_sets().moments()[moment].event_weight;
        let (hazard, variance) = match kind.hazard {
            HazardType::Efron => (of.hazard, of.second),
            HazardType::Breslow => (weight / of.risk, weight / (of.risk * of.risk)),
        };
        match kind.survival {
            SurvivalType::Exponential => Step {
                hazard,
                variance,
                log_survival: hazard,
            },
            SurvivalType::ProductLimit => Step {
                hazard,
                log_survival: self.product_limit_step(sums, moment),
                variance: weight / (of.risk * (of.risk - weight * scale).max(0.0)),
            },
        }
    }

    /// −ln α where Σ w r/(1 − αʳ) over the events is the summed risk.
    fn product_limit_step(&self, sums: &RiskSums, moment: usize) -> f64 {
        let sets = self.risk_sets();
        let total = sums.moments[moment].risk;
        let start = sets.segment(moment).start;
        let events: Vec<(f64, f64)> = (start..start + sets.moments()[moment].events as usize)
            .map(|position| {
                (
                    sums.risks[position],
                    sums.risks[position] / self.weight(position),
                )
            })
            .collect();
        if let [(weighted, risk)] = events[..] {
            // Of the only one left at risk nothing remains.
            return -(-(weighted / total).min(1.0)).ln_1p() / risk;
        }
        let all: f64 = events.iter().map(|(weighted, _)| weighted).sum();
        if all >= total * (1.0 - 4.0 * f64::EPSILON) {
            return f64::INFINITY;
        }
        // In h = −ln α the left side falls from ∞ to Σ w r: Newton's steps on its inverse
        // stay between bounds.
        let excess = |h: f64| -> f64 {
            let terms = events
                .iter()
                .map(|(weighted, risk)| weighted / -(-risk * h).exp_m1());
            terms.sum::<f64>() - total
        };
        let (mut low, mut high) = (0.0, 1.0);
        while excess(high) > 0.0 {
            (low, high) = (high, high * 2.0);
        }
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                break;
            }
            match excess(middle) > 0.0 {
                true => low = middle,
                false => high = middle,
            }
        }
        0.5 * (low + high)
    }
}

struct Step {
    hazard: f64,
    log_survival: f64,
    variance: f64,
}

impl Steps {
    fn zeros(length: usize) -> Self {
        Self {
            hazard: vec![0.0; length],
            log_survival: vec![0.0; length],
            variance: vec![0.0; length],
            means: Vec::new(),
        }
    }
}

impl Totals {
    fn of(steps: &Steps) -> Self {
        Self {
            hazard: running(&steps.hazard),
            variance: running(&steps.variance),
            means: steps.means.iter().map(|steps| running(steps)).collect(),
        }
    }
}

/// 0, and the sums of the first one, two, ….
fn running(steps: &[f64]) -> Vec<f64> {
    let mut total = 0.0;
    let sums = steps.iter().map(|step| {
        total += step;
        total
    });
    std::iter::once(0.0).chain(sums).collect()
}
