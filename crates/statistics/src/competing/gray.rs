//! Gray's test of equal cumulative incidence.

use super::CompetingData;
use super::curves::tie_correction;
use crate::NotEstimable;
use crate::distribution::{ChiSquared, Distribution};
use crate::matrix::{Cholesky, Matrix};
use crate::time_order::{Clock, runs};

/// A test whether groups have the same cumulative incidence of a cause.
#[derive(Clone, Debug, PartialEq)]
pub struct GrayTest {
    /// The cause, from 1.
    pub cause: usize,
    /// Weighted events of each group − those expected under one subdistribution hazard.
    pub score: Vec<f64>,
    /// The variance of the scores.
    pub variance: Matrix,
    /// χ².
    pub chi_squared: f64,
    /// Its degrees of freedom.
    pub df: usize,
    /// The p-value.
    pub p: f64,
}

impl GrayTest {
    /// One test per cause, within strata. `rho` is the exponent of 1 − F in the weights.
    /// O(n + T g³) per cause, for g groups.
    ///
    /// # Method
    /// Gray (1988), *Annals of Statistics* 16: 1141–54, with the correction for ties described in
    /// `docs/methods/competing.md`. R: `cmprsk::cuminc(time, cause, group, strata, rho)$Tests`.
    ///
    /// # Errors
    /// Unequal lengths, negative times, unknown codes, a `rho` that is no number, and fewer than
    /// two groups. A cause that cannot be tested (no events) holds its own reason.
    ///
    /// ```
    /// use statistics::competing::{CompetingData, GrayTest};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let data = CompetingData {
    ///     time: &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
    ///     cause: &[1, 2, 1, 0, 1, 1, 2, 0],
    ///     causes: 2,
    ///     group: &[0, 1, 1, 0, 0, 1, 0, 1],
    ///     groups: 2,
    /// };
    /// let tests = GrayTest::test(&data, None, 0.0)?;
    /// let first = tests[0].as_ref().map_err(Clone::clone)?;
    /// assert!((first.chi_squared - 0.182735401448497).abs() < 1e-13);
    /// # Ok(())
    /// # }
    /// ```
    pub fn test(
        data: &CompetingData<'_>,
        strata: Option<&[u32]>,
        rho: f64,
    ) -> Result<Vec<Result<Self, NotEstimable>>, NotEstimable> {
        if !rho.is_finite() {
            return Err(NotEstimable::Domain {
                what: "rho",
                value: rho,
            });
        }
        if data.groups < 2 {
            return Err(NotEstimable::OneLevel { what: "group" });
        }
        let clock = data.clock(strata)?;
        let causes: Vec<usize> = (1..=data.causes).collect();
        let mut sums: Vec<Sums> = causes.iter().map(|_| Sums::new(data.groups)).collect();
        for stratum in 0..clock.by_stop.strata() {
            let counts = Counts::of(data, &clock, stratum);
            for (&cause, sums) in causes.iter().zip(&mut sums) {
                sums.add_stratum(&counts, cause, rho);
            }
        }
        let tests = causes.iter().zip(sums);
        Ok(tests.map(|(&cause, sums)| sums.test(cause)).collect())
    }
}

/// What happens at the times with events of a stratum.
struct Counts {
    groups: usize,
    times: Vec<Events>,
}

/// A time with events: at risk per group, and events per cause and group.
struct Events {
    at_risk: Vec<f64>,
    events: Vec<f64>,
}

impl Counts {
    fn of(data: &CompetingData<'_>, clock: &Clock, stratum: usize) -> Self {
        let rows = clock.by_stop.rows(stratum);
        let mut at_risk = vec![0.0; data.groups];
        for &row in rows {
            at_risk[data.group[row as usize] as usize] += 1.0;
        }
        let mut times = Vec::new();
        for (_, run) in runs(rows, &clock.stop) {
            let ends = || rows[run.clone()].iter().map(|&row| row as usize);
            if ends().any(|row| data.cause[row] != 0) {
                let mut events = vec![0.0; data.groups * data.causes];
                for row in ends().filter(|&row| data.cause[row] != 0) {
                    let cause = data.cause[row] as usize - 1;
                    events[cause * data.groups + data.group[row] as usize] += 1.0;
                }
                times.push(Events {
                    at_risk: at_risk.clone(),
                    events,
                });
            }
            for row in ends() {
                at_risk[data.group[row] as usize] -= 1.0;
            }
        }
        Self {
            groups: data.groups,
            times,
        }
    }
}

/// A time as the variance needs it.
struct Step {
    at_risk: Vec<f64>,
    own: Vec<f64>,
    others: Vec<f64>,
    /// Y/S(−) per group.
    h: Vec<f64>,
    /// S before and after, per group.
    before: Vec<f64>,
    after: Vec<f64>,
    /// Pooled incidence before, and its jump.
    incidence: f64,
    jump: f64,
    weight: f64,
}

impl Step {
    /// `w h_k (δ_kr − h_r/h.)`, symmetrical in the groups.
    fn d(&self, k: usize, r: usize) -> f64 {
        let all: f64 = self.h.iter().sum();
        let same = if k == r { 1.0 } else { 0.0 };
        self.weight * self.h[k] * (same - self.h[r] / all)
    }
}

struct Sums {
    score: Vec<f64>,
    variance: Matrix,
    events: f64,
}

impl Sums {
    fn new(groups: usize) -> Self {
        Self {
            score: vec![0.0; groups],
            variance: Matrix::zeros(groups, groups),
            events: 0.0,
        }
    }

    fn add_stratum(&mut self, counts: &Counts, cause: usize, rho: f64) {
        let groups = counts.groups;
        let steps = self.forward(counts, cause, rho);
        let mut remaining = Matrix::zeros(groups, groups);
        let mut influence = vec![0.0; groups];
        // Backwards, so that what is still to come is a running sum.
        for step in steps.iter().rev() {
            for r in (0..groups).filter(|&r| step.at_risk[r] > 0.0) {
                self.add_influence(step, r, &remaining, &mut influence);
            }
            let rate = step.jump / (1.0 - step.incidence);
            for k in 0..groups {
                for r in 0..groups {
                    remaining[(k, r)] += step.d(k, r) * rate;
                }
            }
        }
    }

    /// The scores, and what the variance needs of each time.
    fn forward(&mut self, counts: &Counts, cause: usize, rho: f64) -> Vec<Step> {
        let groups = counts.groups;
        let mut survival = vec![1.0; groups];
        let mut own_incidence = vec![0.0; groups];
        let mut pooled = 0.0;
        let mut steps = Vec::with_capacity(counts.times.len());
        for time in &counts.times {
            let own = time.events[(cause - 1) * groups..cause * groups].to_vec();
            let all = |r: usize| -> f64 { time.events[r..].iter().step_by(groups).sum() };
            let others: Vec<f64> = (0..groups).map(|r| all(r) - own[r]).collect();
            let h: Vec<f64> = (0..groups)
                .map(|r| match time.at_risk[r] > 0.0 {
                    true => time.at_risk[r] / survival[r],
                    false => 0.0,
                })
                .collect();
            let weight = f64::powf(1.0 - pooled, rho);
            let total: f64 = own.iter().sum();
            let risk = |r: usize| h[r] * (1.0 - own_incidence[r]);
            let all_risk: f64 = (0..groups).map(risk).sum();
            for (r, score) in self.score.iter_mut().enumerate() {
                let share = if all_risk > 0.0 {
                    risk(r) / all_risk
                } else {
                    0.0
                };
                *score += weight * (own[r] - share * total);
            }
            self.events += total;
            let before = survival.clone();
            for r in (0..groups).filter(|&r| time.at_risk[r] > 0.0) {
                own_incidence[r] += survival[r] * own[r] / time.at_risk[r];
                survival[r] *= 1.0 - (own[r] + others[r]) / time.at_risk[r];
            }
            let jump = total / h.iter().sum::<f64>();
            steps.push(Step {
                at_risk: time.at_risk.clone(),
                own,
                others,
                h,
                before,
                after: survival.clone(),
                incidence: pooled,
                jump,
                weight,
            });
            pooled += jump;
        }
        steps
    }

    /// Adds the variance of the events of group `r`.
    fn add_influence(&mut self, step: &Step, r: usize, remaining: &Matrix, influence: &mut [f64]) {
        let groups = influence.len();
        let pooled_left = 1.0 - step.incidence - step.jump;
        let ratio = match step.after[r] > 0.0 {
            true => pooled_left / step.after[r],
            false => 0.0,
        };
        let own_total: f64 = step.own.iter().sum();
        let all_h: f64 = step.h.iter().sum();
        if own_total > 0.0 {
            for (k, influence) in influence.iter_mut().enumerate() {
                *influence = step.d(k, r) + (1.0 - ratio) * remaining[(k, r)];
            }
            let correction = tie_correction(own_total, all_h * step.before[r]);
            let factor = step.jump * correction / step.h[r];
            self.variance.add_outer(factor, influence, influence);
        }
        if step.others[r] > 0.0 {
            for (k, influence) in influence.iter_mut().enumerate().take(groups) {
                *influence = -ratio * remaining[(k, r)];
            }
            let correction = tie_correction(step.others[r], step.at_risk[r]);
            let factor = step.before[r] * step.others[r] / step.at_risk[r] * correction / step.h[r];
            self.variance.add_outer(factor, influence, influence);
        }
    }

    fn test(self, cause: usize) -> Result<GrayTest, NotEstimable> {
        if self.events == 0.0 {
            return Err(NotEstimable::NoEvents);
        }
        let groups = self.score.len();
        let kept: Vec<usize> = (0..groups - 1).collect();
        let factors = Cholesky::new(&self.variance.principal(&kept), 1e-10)?;
        if factors.rank() == 0 {
            return Err(NotEstimable::OneLevel { what: "group" });
        }
        let chi_squared = factors.inverse_quadratic_form(&self.score[..groups - 1]);
        let df = factors.rank();
        Ok(GrayTest {
            cause,
            score: self.score,
            variance: self.variance,
            chi_squared,
            df,
            p: ChiSquared::new(df as f64)?.upper(chi_squared),
        })
    }
}
