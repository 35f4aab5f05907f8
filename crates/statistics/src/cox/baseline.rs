//! Baseline hazards, and curves for given covariates.

use super::{CoxData, PartialLikelihood, RiskSums, Ties};
use crate::NotEstimable;
use crate::matrix::Matrix;
use std::ops::Range;

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

/// Counts at the distinct times of a stratum.
struct Counts {
    times: Vec<f64>,
    n_risk: Vec<f64>,
    n_event: Vec<f64>,
    n_censor: Vec<f64>,
}

impl PartialLikelihood {
    /// The baseline of a stratum at given coefficients.
    ///
    /// `data` are the rows that this likelihood was made from. `origin` is the linear predictor
    /// at which the variance of the product limit takes its risk set, in R the one at the means
    /// of the covariates; nothing else depends on it.
    ///
    /// # Errors
    /// A stratum that does not exist.
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

impl Counts {
    fn of(data: &CoxData<'_>, stratum: usize) -> Result<Self, NotEstimable> {
        let mut exits: Vec<(f64, usize)> = (0..data.rows())
            .filter(|&row| data.stratum(row) as usize == stratum)
            .map(|row| (data.exit[row], row))
            .collect();
        if exits.is_empty() {
            return Err(NotEstimable::UnknownCode {
                what: "stratum",
                code: stratum,
                position: 0,
            });
        }
        let mut entries: Vec<(f64, usize)> = match data.entry {
            Some(entry) => exits.iter().map(|&(_, row)| (entry[row], row)).collect(),
            None => Vec::new(),
        };
        exits.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        entries.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut counts = Self {
            times: Vec::new(),
            n_risk: Vec::new(),
            n_event: Vec::new(),
            n_censor: Vec::new(),
        };
        // Backwards, so that few at risk are not the difference of many.
        let (mut leaving, mut entering) = (0.0, 0.0);
        let mut later_entries = entries.iter().rev().peekable();
        let mut later_exits = exits.iter().rev().peekable();
        while let Some(&&(time, _)) = later_exits.peek() {
            let (mut event, mut censor) = (0.0, 0.0);
            while let Some(&(_, row)) = later_exits.next_if(|(exit, _)| *exit == time) {
                match data.event[row] {
                    true => event += data.weight(row),
                    false => censor += data.weight(row),
                }
            }
            leaving += event + censor;
            while let Some(&(_, row)) = later_entries.next_if(|(entry, _)| *entry >= time) {
                entering += data.weight(row);
            }
            counts.times.push(time);
            counts.n_risk.push(leaving - entering);
            counts.n_event.push(event);
            counts.n_censor.push(censor);
        }
        counts.times.reverse();
        counts.n_risk.reverse();
        counts.n_event.reverse();
        counts.n_censor.reverse();
        Ok(counts)
    }
}

impl Baseline {
    /// How events add up.
    pub fn kind(&self) -> CurveType {
        self.kind
    }

    /// The times that lie in `(start, stop]`.
    pub fn places(&self, start: f64, stop: f64) -> Range<usize> {
        let from = self.times.partition_point(|&time| time <= start);
        let to = self.times.partition_point(|&time| time <= stop);
        from..to.max(from)
    }

    /// The cumulative hazard at each time for covariates 0.
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
    ///
    /// # Method
    /// With r = exp(η) the variance of Λ is ∫ r² dVar(Λ₀) + d'Vd, where d = ∫ r (x − x̄) dΛ₀
    /// (Link 1984, Tsiatis 1981).
    ///
    /// # Errors
    /// A piece without one value per covariate.
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
