use super::clusters::Effect;
use super::influence::{hazard_effect, log_survival_effect};
use super::later::Later;
use super::spans::Spans;
use super::{CurveOptions, Observations, RiskSets, SurvivalCurve, SurvivalKind, Variance};
use crate::NotEstimable;

/// What is estimated at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Survival.
    Survival,
    /// The cumulative hazard.
    Hazard,
    /// The area under the curve up to the time: the restricted mean counted from the origin.
    Area,
}

/// The influence of every row on an estimate at some times: its derivative to the row's weight.
///
/// # Method
/// The infinitesimal jackknife; for Kaplan–Meier `−S(t) Σ (dN_i − Y_i h)/(Y − D)`. Linear in
/// rows and times of the curve, per time asked for.
///
/// ```
/// use statistics::survival::{CurveOptions, Influence, Observations, Quantity};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let rows = Observations::right_censored(&[1.0, 2.0, 3.0, 4.0], &[true, true, false, true]);
/// let influence = Influence::of(rows, CurveOptions::default(), Quantity::Survival, &[2.0])?;
/// // Without censoring before, a pseudo-value is whether the row survived.
/// let pseudo = influence.pseudo_values();
/// let expected = [0.0, 0.0, 1.0, 1.0];
/// assert!(pseudo.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Influence {
    /// The estimates, one per time.
    pub estimates: Vec<f64>,
    /// Per time the values of all rows.
    pub values: Vec<Vec<f64>>,
    /// Rows (or the groups they were summed to).
    pub count: usize,
}

impl Influence {
    /// The influence of each row, not weighted. Rows that end before a start time have none.
    /// R: `residuals(fit, times)`.
    ///
    /// # Errors
    /// As [`SurvivalCurve::estimate`], and a time that is not finite.
    ///
    /// ```
    /// use statistics::survival::{CurveOptions, Influence, Observations, Quantity};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let rows = Observations::right_censored(&[1.0, 2.0], &[true, true]);
    /// let influence = Influence::of(rows, CurveOptions::default(), Quantity::Survival, &[1.0])?;
    /// // S(1) is the mean of 0 and 1: each row moves it by ½(own − ½).
    /// assert_eq!(influence.values, [[-0.25, 0.25]]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn of(
        rows: Observations<'_>,
        options: CurveOptions<'_>,
        quantity: Quantity,
        times: &[f64],
    ) -> Result<Self, NotEstimable> {
        rows.check()?;
        NotEstimable::unless_finite("the times", times)?;
        let Some(start) = options.start_time else {
            return Self::of_all(rows, options, quantity, times);
        };
        let later = Later::than(start, rows, None)?;
        let mut influence = Self::of_all(later.rows(), options, quantity, times)?;
        influence.count = rows.len();
        for values in &mut influence.values {
            let mut all = vec![0.0; rows.len()];
            for (value, &row) in values.iter().zip(&later.kept) {
                all[row] = *value;
            }
            *values = all;
        }
        Ok(influence)
    }

    fn of_all(
        rows: Observations<'_>,
        options: CurveOptions<'_>,
        quantity: Quantity,
        times: &[f64],
    ) -> Result<Self, NotEstimable> {
        let spans = Spans::of(rows, false, options.reverse);
        let counts = RiskSets::of(&spans);
        let plain = CurveOptions {
            variance: Variance::Model,
            ..options
        };
        let curve = SurvivalCurve::from_counts(counts, rows, plain);
        let effect = match (quantity, options.survival) {
            (Quantity::Hazard, _) | (_, SurvivalKind::ExpHazard) => {
                hazard_effect(&curve.counts, options.hazard)
            }
            _ => log_survival_effect(&curve.counts),
        };
        let at = |&time: &f64| curve.influence_at(time, quantity, &effect, &spans);
        let (estimates, values) = times.iter().map(at).unzip();
        Ok(Self {
            estimates,
            values,
            count: rows.len(),
        })
    }

    /// The same, each value times the weight of its row. R: `residuals(fit, weighted = TRUE)`.
    ///
    /// ```
    /// use statistics::survival::{CurveOptions, Influence, Observations, Quantity};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let rows = Observations::right_censored(&[1.0, 2.0], &[true, true]);
    /// let influence = Influence::of(rows, CurveOptions::default(), Quantity::Survival, &[1.0])?;
    /// assert_eq!(influence.weighted(&[2.0, 0.0]).values, [[-0.5, 0.0]]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn weighted(mut self, weights: &[f64]) -> Self {
        for values in &mut self.values {
            for (value, weight) in values.iter_mut().zip(weights) {
                *value *= weight;
            }
        }
        self
    }

    /// Sums over the rows of each of `groups` groups with these codes.
    /// R: `residuals(fit, collapse = id)`.
    ///
    /// # Errors
    /// Another number of codes than rows, and a code of `groups` or more.
    ///
    /// ```
    /// use statistics::survival::{CurveOptions, Influence, Observations, Quantity};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let rows = Observations::right_censored(&[1.0, 2.0], &[true, true]);
    /// let influence = Influence::of(rows, CurveOptions::default(), Quantity::Survival, &[1.0])?;
    /// assert_eq!(influence.collapsed(&[0, 0], 1)?.values, [[0.0]]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn collapsed(&self, codes: &[u32], groups: usize) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length(
            "clusters",
            self.values.first().map_or(codes.len(), Vec::len),
            codes.len(),
        )?;
        if let Some(position) = codes.iter().position(|&code| code as usize >= groups) {
            return Err(NotEstimable::UnknownCode {
                what: "cluster",
                code: codes[position] as usize,
                position,
            });
        }
        let sum = |values: &Vec<f64>| {
            let mut sums = vec![0.0; groups];
            for (value, &code) in values.iter().zip(codes) {
                sums[code as usize] += value;
            }
            sums
        };
        Ok(Self {
            estimates: self.estimates.clone(),
            values: self.values.iter().map(sum).collect(),
            count: groups,
        })
    }

    /// Pseudo-values, time after time: `θ̂ + n · influence`. Their regression on covariates
    /// estimates effects on θ itself. R: `pseudo`.
    ///
    /// # Method
    /// Andersen, Klein and Rosthøj (2003), with the infinitesimal jackknife.
    ///
    /// ```
    /// use statistics::survival::{CurveOptions, Influence, Observations, Quantity};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let rows = Observations::right_censored(&[1.0, 2.0], &[true, true]);
    /// let influence = Influence::of(rows, CurveOptions::default(), Quantity::Survival, &[1.0])?;
    /// assert_eq!(influence.pseudo_values(), [0.0, 1.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn pseudo_values(&self) -> Vec<f64> {
        let of_time = |(estimate, values): (&f64, &Vec<f64>)| {
            let (estimate, count) = (*estimate, self.count as f64);
            values
                .iter()
                .map(move |value| estimate + count * value)
                .collect::<Vec<f64>>()
        };
        self.estimates
            .iter()
            .zip(&self.values)
            .flat_map(of_time)
            .collect()
    }

    /// The robust standard error of each estimate: the root of the sum of squares. Weight and
    /// collapse first. R: `survfit(robust = TRUE)$std.err`.
    ///
    /// ```
    /// use statistics::survival::{CurveOptions, Influence, Observations, Quantity};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let rows = Observations::right_censored(&[1.0, 2.0], &[true, true]);
    /// let influence = Influence::of(rows, CurveOptions::default(), Quantity::Survival, &[1.0])?;
    /// // √(2 · ¼²).
    /// assert!((influence.std_errs()[0] - 0.125f64.sqrt()).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn std_errs(&self) -> Vec<f64> {
        let root = |values: &Vec<f64>| values.iter().map(|value| value * value).sum::<f64>().sqrt();
        self.values.iter().map(root).collect()
    }
}

impl SurvivalCurve {
    fn influence_at(
        &self,
        time: f64,
        quantity: Quantity,
        effect: &Effect,
        spans: &Spans,
    ) -> (f64, Vec<f64>) {
        let until = self.counts.times.partition_point(|&known| known <= time);
        let last = until.checked_sub(1);
        match quantity {
            Quantity::Survival => {
                let survival = last.map_or(1.0, |place| self.survival[place]);
                let mut values = effect.of_rows(spans, until);
                values.iter_mut().for_each(|value| *value *= -survival);
                (survival, values)
            }
            Quantity::Hazard => {
                let hazard = last.map_or(0.0, |place| self.hazard[place]);
                (hazard, effect.of_rows(spans, until))
            }
            Quantity::Area => {
                let areas = self.areas_until(time);
                let scaled =
                    |values: &[f64]| values.iter().zip(&areas).map(|(a, b)| -a * b).collect();
                let effect = Effect {
                    jump: scaled(&effect.jump),
                    drift: scaled(&effect.drift),
                };
                (self.area_until(time), effect.of_rows(spans, until))
            }
        }
    }
}
