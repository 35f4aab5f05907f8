use super::{CurveOptions, Observations, SurvivalCurve};
use crate::NotEstimable;
use crate::matrix::{Cholesky, Matrix, cross, gram};
use crate::optimise::{Evaluation, Newton};

/// What of the restricted time is modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeanModel {
    /// The mean is linear in the covariates: differences.
    Difference,
    /// Its logarithm is: ratios.
    Ratio,
    /// The logarithm of the mean time lost is: ratios of losses.
    LossRatio,
}

/// Regression of the restricted mean on covariates.
///
/// # Method
/// Tian, Zhao and Wei (2014): estimating equations `Σ w_i z_i (Y_i − g⁻¹(β'z_i)) = 0` with
/// `Y = min(T, τ)` and weights 1/G(Y−) for rows whose Y is known, G the Kaplan–Meier curve of
/// being censored within the row's arm. The sandwich variance counts the estimation of G. R:
/// `survRM2::rmst2(covariates = )`.
///
/// ```
/// use statistics::matrix::Matrix;
/// use statistics::survival::{AdjustedMeans, MeanModel, Observations};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let rows = Observations::right_censored(&[1.0, 3.0, 2.0, 5.0], &[true; 4]);
/// let x = Matrix::from_columns(&[[1.0; 4], [0.0, 0.0, 1.0, 1.0]]);
/// let fit = AdjustedMeans::fit(rows, &[0, 0, 1, 1], &x, (MeanModel::Difference, 4.0))?;
/// // Nobody is censored: plain means of min(T, 4).
/// assert!((fit.coefficients[1] - (3.0 - 2.0)).abs() < 1e-12);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AdjustedMeans {
    /// One per column of the design.
    pub coefficients: Vec<f64>,
    /// Their covariance.
    pub covariance: Matrix,
}

impl AdjustedMeans {
    /// Fits the model to rows that are followed from the start; `arms` (codes from 0 on) are
    /// the groups within which censoring is estimated, `x` the design with its intercept.
    ///
    /// # Errors
    /// As [`SurvivalCurve::estimate`]; a singular design; a horizon that is not above 0; nobody
    /// whose time up to the horizon is known; no convergence.
    pub fn fit(
        rows: Observations<'_>,
        arms: &[u32],
        x: &Matrix,
        (model, until): (MeanModel, f64),
    ) -> Result<Self, NotEstimable> {
        rows.check()?;
        NotEstimable::unless_length("arms", rows.len(), arms.len())?;
        NotEstimable::unless_length("covariates", rows.len(), x.rows())?;
        NotEstimable::unless_finite("covariates", x.values())?;
        if !(until > 0.0 && until.is_finite()) {
            return Err(NotEstimable::Domain {
                what: "the horizon",
                value: until,
            });
        }
        let restricted = Restricted::of(rows, arms, until)?;
        let y: Vec<f64> = match model {
            MeanModel::LossRatio => restricted.time.iter().map(|time| until - time).collect(),
            _ => restricted.time.clone(),
        };
        let coefficients = solve(model, x, &y, &restricted.weights)?;
        let linear = x.times(&coefficients);
        let (mean, slope): (Vec<f64>, Vec<f64>) = match model {
            MeanModel::Difference => (linear, vec![1.0; y.len()]),
            _ => linear.iter().map(|eta| (eta.exp(), eta.exp())).unzip(),
        };
        let bread_weights: Vec<f64> = restricted
            .weights
            .iter()
            .zip(&slope)
            .map(|(w, s)| w * s)
            .collect();
        let bread = Cholesky::full_rank(&gram(x, Some(&bread_weights)))?.inverse();
        let residuals: Vec<f64> = (0..y.len())
            .map(|row| restricted.weights[row] * (y[row] - mean[row]))
            .collect();
        let mut scores = Matrix::zeros(x.rows(), x.columns());
        for column in 0..x.columns() {
            let own: Vec<f64> = x
                .column(column)
                .iter()
                .zip(&residuals)
                .map(|(x, r)| x * r)
                .collect();
            let with_censoring = restricted.add_censoring(&own);
            scores.column_mut(column).copy_from_slice(&with_censoring);
        }
        Ok(Self {
            covariance: bread.sandwich(&gram(&scores, None)),
            coefficients,
        })
    }
}

fn solve(
    model: MeanModel,
    x: &Matrix,
    y: &[f64],
    weights: &[f64],
) -> Result<Vec<f64>, NotEstimable> {
    if model == MeanModel::Difference {
        let normal = Cholesky::full_rank(&gram(x, Some(weights)))?;
        return Ok(normal.solve(&cross(x, Some(weights), y)));
    }
    let total: f64 = weights.iter().sum();
    let mean = y.iter().zip(weights).map(|(y, w)| y * w).sum::<f64>() / total;
    if mean <= 0.0 {
        return Err(NotEstimable::NoEvents);
    }
    // The equations are those of a Poisson likelihood. All times by the mean, so that 0 is a start.
    let evaluate = |beta: &[f64]| {
        let linear = x.times(beta);
        let expected: Vec<f64> = linear.iter().map(|eta| eta.exp()).collect();
        let part = |row: usize| weights[row] * (y[row] / mean * linear[row] - expected[row]);
        let rest: Vec<f64> = y.iter().zip(&expected).map(|(y, e)| y / mean - e).collect();
        let information: Vec<f64> = expected.iter().zip(weights).map(|(e, w)| e * w).collect();
        Ok(Evaluation {
            value: (0..y.len()).map(part).sum(),
            gradient: cross(x, Some(weights), &rest),
            information: gram(x, Some(&information)),
        })
    };
    let maximum = Newton::default().maximise(&vec![0.0; x.columns()], evaluate)?;
    if !maximum.infinite.is_empty() {
        return Err(NotEstimable::InfiniteCoefficient {
            columns: maximum.infinite,
        });
    }
    // The scale goes back through whichever combination of columns is constant.
    let scale = vec![mean.ln(); y.len()];
    let normal = Cholesky::full_rank(&gram(x, None))?;
    let shift = normal.solve(&cross(x, None, &scale));
    Ok(maximum
        .point
        .iter()
        .zip(shift)
        .map(|(a, b)| a + b)
        .collect())
}

/// Times up to the horizon and the weights of those that are known.
struct Restricted<'a> {
    time: Vec<f64>,
    weights: Vec<f64>,
    censored: Vec<bool>,
    arms: &'a [u32],
}

impl<'a> Restricted<'a> {
    fn of(rows: Observations<'_>, arms: &'a [u32], until: f64) -> Result<Self, NotEstimable> {
        let is_known = |row: usize| rows.event[row] || rows.exit[row] >= until;
        let mut restricted = Self {
            time: rows.exit.iter().map(|exit| exit.min(until)).collect(),
            weights: vec![0.0; rows.len()],
            censored: (0..rows.len()).map(|row| !is_known(row)).collect(),
            arms,
        };
        for members in restricted.members() {
            restricted.weigh(&members, until)?;
        }
        match restricted.weights.iter().any(|&weight| weight > 0.0) {
            true => Ok(restricted),
            false => Err(NotEstimable::NoEvents),
        }
    }

    /// The rows of each arm that has any.
    fn members(&self) -> Vec<Vec<usize>> {
        let mut members: Vec<Vec<usize>> = Vec::new();
        let mut codes: Vec<u32> = self.arms.to_vec();
        codes.sort_unstable();
        codes.dedup();
        members.resize(codes.len(), Vec::new());
        for (row, code) in self.arms.iter().enumerate() {
            if let Ok(place) = codes.binary_search(code) {
                members[place].push(row);
            }
        }
        members
    }

    /// 1/G(Y−) within an arm; events come before censorings of the same time.
    fn weigh(&mut self, members: &[usize], until: f64) -> Result<(), NotEstimable> {
        let time: Vec<f64> = members
            .iter()
            .map(|&row| self.time[row].min(until))
            .collect();
        let known: Vec<bool> = members.iter().map(|&row| !self.censored[row]).collect();
        let options = CurveOptions {
            reverse: true,
            ..CurveOptions::default()
        };
        let free = SurvivalCurve::estimate(Observations::right_censored(&time, &known), options)?;
        for (&row, &time) in members.iter().zip(&time) {
            if !self.censored[row] {
                let before = free.counts.times.partition_point(|&known| known < time);
                let uncensored = before
                    .checked_sub(1)
                    .map_or(1.0, |place| free.survival[place]);
                self.weights[row] = 1.0 / uncensored;
            }
        }
        Ok(())
    }

    /// Adds to the scores of rows what the estimation of G contributes:
    /// `∫ Q(u)/Y(u) dM_i^C(u)`, with Q(u) the sum of the arm's scores with `Y > u` or known at u.
    fn add_censoring(&self, own: &[f64]) -> Vec<f64> {
        let mut scores = own.to_vec();
        for mut members in self.members() {
            // By time, known before censored.
            members.sort_by(|&a, &b| {
                let by_time = self.time[a].total_cmp(&self.time[b]);
                by_time
                    .then(self.censored[a].cmp(&self.censored[b]))
                    .then(a.cmp(&b))
            });
            self.add_in_arm(&members, own, &mut scores);
        }
        scores
    }

    fn add_in_arm(&self, members: &[usize], own: &[f64], scores: &mut [f64]) {
        let mut later: f64 = members.iter().map(|&row| own[row]).sum();
        let mut at_risk = members.len() as f64;
        let mut drift = 0.0;
        let mut from = 0;
        while from < members.len() {
            let first = members[from];
            let same = |&&row: &&usize| self.time[row] == self.time[first];
            let tied = members[from..].iter().take_while(same).count();
            let tied = &members[from..from + tied];
            from += tied.len();
            let (known, censored): (Vec<usize>, Vec<usize>) =
                tied.iter().partition(|&&row| !self.censored[row]);
            for &row in &known {
                scores[row] -= drift;
                later -= own[row];
                at_risk -= 1.0;
            }
            let Some(mean) = (!censored.is_empty()).then(|| later / at_risk) else {
                continue;
            };
            drift += mean * censored.len() as f64 / at_risk;
            for &row in &censored {
                scores[row] += mean - drift;
                at_risk -= 1.0;
            }
        }
    }
}
