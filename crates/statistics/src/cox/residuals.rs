//! Residuals: what each row adds to the likelihood's derivatives, and what its hazard promised.

use super::information::Cumulative;
use super::{PartialLikelihood, RiskSums, Ties};
use crate::NotEstimable;
use crate::matrix::Matrix;
use rayon::prelude::*;

/// Residuals of the rows with an event, by stratum, then time, then row.
#[derive(Clone, Debug, PartialEq)]
pub struct EventResiduals {
    /// The caller's row of each event.
    pub rows: Vec<usize>,
    /// The moment of each event.
    pub moments: Vec<usize>,
    /// A row for each event, a column for each covariate.
    pub values: Matrix,
}

impl PartialLikelihood {
    /// The hazard that each of the caller's rows met times its own risk: the expected number of
    /// events of the row (R: `predict(type = "expected")`).
    ///
    /// Of rows with an event Efron's form counts the share of the risk set that they are in.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// // A hazard of 1/3 at time 1 and of 1/2 at time 2.
    /// let found = likelihood.expected_events(&sums);
    /// let expected = [1.0 / 3.0, 5.0 / 6.0, 5.0 / 6.0];
    /// assert!(found.iter().zip(expected).all(|(a, b): (&f64, f64)| (a - b).abs() < 1e-15));
    /// # Ok(())
    /// # }
    /// ```
    pub fn expected_events(&self, sums: &RiskSums) -> Vec<f64> {
        let exposures = self.exposures(sums, |_| 1.0);
        let mut expected = vec![0.0; self.risk_sets().total_rows()];
        for (position, (&row, exposure)) in
            self.risk_sets().rows().iter().zip(exposures).enumerate()
        {
            expected[row as usize] = exposure / self.weight(position);
        }
        expected
    }

    /// Martingale residuals, in the caller's order: events less expected events.
    ///
    /// R: `residuals(fit, type = "martingale")`.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// let found = likelihood.martingale_residuals(&sums);
    /// let expected = [2.0 / 3.0, 1.0 / 6.0, -5.0 / 6.0];
    /// assert!(found.iter().zip(expected).all(|(a, b): (&f64, f64)| (a - b).abs() < 1e-15));
    /// # Ok(())
    /// # }
    /// ```
    pub fn martingale_residuals(&self, sums: &RiskSums) -> Vec<f64> {
        let mut residuals = self.expected_events(sums);
        residuals.iter_mut().for_each(|value| *value = -*value);
        for position in self.event_positions() {
            residuals[self.risk_sets().rows()[position] as usize] += 1.0;
        }
        residuals
    }

    /// Positions of rows with an event, with those of one moment together.
    fn event_positions(&self) -> impl Iterator<Item = usize> {
        let sets = self.risk_sets();
        sets.segments().flat_map(|(moment, segment)| {
            segment.start..segment.start + sets.moments[moment].events as usize
        })
    }

    /// Score residuals ∫ (x − x̄) dM, in the caller's order (rows) per covariate (columns).
    ///
    /// R: `residuals(fit, type = "score")`. Weighted by their rows they sum to the score.
    ///
    /// # Errors
    /// [`Ties::Exact`], where a row has no score of its own.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// // (1 − 2/3)(1 − 1/3); the others likewise, with means 2/3 and 1/2.
    /// let residuals = likelihood.score_residuals(&sums)?;
    /// let found = residuals.column(0);
    /// let expected = [8.0 / 36.0, -1.0 / 36.0, -13.0 / 36.0];
    /// assert!(found.iter().zip(expected).all(|(a, b): (&f64, f64)| (a - b).abs() < 1e-15));
    /// # Ok(())
    /// # }
    /// ```
    pub fn score_residuals(&self, sums: &RiskSums) -> Result<Matrix, NotEstimable> {
        let ordered = self.ordered_score_residuals(sums)?;
        let mut result = Matrix::zeros(self.risk_sets().total_rows(), ordered.columns());
        let rows = self.risk_sets().rows();
        for column in 0..ordered.columns() {
            let target = result.column_mut(column);
            for (&row, &value) in rows.iter().zip(ordered.column(column)) {
                target[row as usize] = value;
            }
        }
        Ok(result)
    }

    /// The same in the order of [`super::RiskSets::rows`].
    fn ordered_score_residuals(&self, sums: &RiskSums) -> Result<Matrix, NotEstimable> {
        self.unless_exact("score residuals of exact ties")?;
        let exposures = self.exposures(sums, |_| 1.0);
        let (means, steps, spared) = (
            sums.means(self.risk_sets()),
            sums.mean_steps(),
            sums.spared_mean_steps(),
        );
        let columns = self.covariates().columns();
        let column = |column: usize| {
            let parts = ColumnParts {
                x: self.covariates().column(column),
                exposures: &exposures,
                means: means.column(column),
                spared: spared.column(column),
                integral: self.cumulative(|moment| steps[(moment, column)]),
            };
            self.score_column(sums, &parts)
        };
        let values: Vec<Vec<f64>> = (0..columns).into_par_iter().map(column).collect();
        Ok(Matrix::from_values(
            self.risk_sets().rows().len(),
            columns,
            values.concat(),
        ))
    }

    fn score_column(&self, sums: &RiskSums, parts: &ColumnParts<'_>) -> Vec<f64> {
        let sets = self.risk_sets();
        let mut residuals = Vec::with_capacity(sets.rows().len());
        for (moment, segment) in sets.segments() {
            let events = segment.start + sets.moments[moment].events as usize;
            let until = parts.integral.after[moment];
            for position in segment {
                let weight = self.weight(position);
                let x = parts.x[position];
                let before = parts.integral.before(sets.first_of(position, moment));
                let mut met = until - before;
                let mut own = 0.0;
                if position < events {
                    met -= parts.spared[moment];
                    own = x - parts.means[moment];
                }
                let expected = x * parts.exposures[position] - sums.risks[position] * met;
                residuals.push(own - expected / weight);
            }
        }
        residuals
    }

    fn unless_exact(&self, what: &'static str) -> Result<(), NotEstimable> {
        match self.ties() {
            Ties::Exact => Err(NotEstimable::NotDefined { what }),
            Ties::Efron | Ties::Breslow => Ok(()),
        }
    }

    /// Schoenfeld residuals: covariates of each event less the mean of its risk set.
    ///
    /// R: `residuals(fit, type = "schoenfeld")`.
    ///
    /// # Errors
    /// As [`Self::score_residuals`].
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// let residuals = likelihood.schoenfeld_residuals(&sums)?;
    /// let found = residuals.values.column(0);
    /// let expected = [1.0 / 3.0, -1.0 / 2.0];
    /// assert!(found.iter().zip(expected).all(|(a, b): (&f64, f64)| (a - b).abs() < 1e-15));
    /// # Ok(())
    /// # }
    /// ```
    pub fn schoenfeld_residuals(&self, sums: &RiskSums) -> Result<EventResiduals, NotEstimable> {
        self.unless_exact("Schoenfeld residuals of exact ties")?;
        Ok(self.event_residuals(sums))
    }

    /// The same, of exact ties with Breslow's means.
    pub(super) fn event_residuals(&self, sums: &RiskSums) -> EventResiduals {
        let sets = self.risk_sets();
        let means = sums.means(sets);
        let positions: Vec<usize> = self.event_positions().collect();
        let moments: Vec<usize> = sets
            .segments()
            .flat_map(|(moment, _)| {
                std::iter::repeat_n(moment, sets.moments[moment].events as usize)
            })
            .collect();
        let columns = means.columns();
        let mut values = Vec::with_capacity(positions.len() * columns);
        for column in 0..columns {
            let x = self.covariates().column(column);
            let mean = means.column(column);
            let pairs = positions.iter().zip(&moments);
            values.extend(pairs.map(|(&position, &moment)| x[position] - mean[moment]));
        }
        EventResiduals {
            rows: positions
                .iter()
                .map(|&position| sets.rows()[position] as usize)
                .collect(),
            values: Matrix::from_values(positions.len(), columns, values),
            moments,
        }
    }

    /// Sums of the weighted score residuals of each cluster (rows), per covariate (columns).
    /// R: `residuals(fit, type = "score", collapse = id)`.
    ///
    /// `clusters` are codes from 0 for the caller's rows; `None` takes every row for itself.
    /// Their Gram matrix is the middle of the sandwich variance.
    ///
    /// # Errors
    /// As [`Self::score_residuals`]; not one cluster per row.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// // The first row by itself, the other two together.
    /// let scores = likelihood.cluster_scores(&sums, Some(&[0, 1, 1]))?;
    /// let found = scores.column(0);
    /// let expected = [8.0 / 36.0, -14.0 / 36.0];
    /// assert!(found.iter().zip(expected).all(|(a, b): (&f64, f64)| (a - b).abs() < 1e-15));
    /// # Ok(())
    /// # }
    /// ```
    pub fn cluster_scores(
        &self,
        sums: &RiskSums,
        clusters: Option<&[u32]>,
    ) -> Result<Matrix, NotEstimable> {
        let mut residuals = self.ordered_score_residuals(sums)?;
        let rows = self.risk_sets().rows();
        for column in 0..residuals.columns() {
            let values = residuals.column_mut(column).iter_mut().enumerate();
            values.for_each(|(position, value)| *value *= self.weight(position));
        }
        let Some(clusters) = clusters else {
            return Ok(residuals);
        };
        NotEstimable::unless_length("clusters", self.risk_sets().total_rows(), clusters.len())?;
        let count = clusters.iter().max().map_or(0, |&code| code as usize + 1);
        let mut scores = Matrix::zeros(count, residuals.columns());
        for column in 0..residuals.columns() {
            let target = scores.column_mut(column);
            for (&row, value) in rows.iter().zip(residuals.column(column)) {
                target[clusters[row as usize] as usize] += value;
            }
        }
        Ok(scores)
    }
}

/// What the score residuals of a covariate are made from.
struct ColumnParts<'a> {
    x: &'a [f64],
    exposures: &'a [f64],
    means: &'a [f64],
    spared: &'a [f64],
    integral: Cumulative,
}

/// Deviance residuals: martingale residuals made more symmetric,
/// sign(M) √(−2 (M + δ ln(δ − M))).
///
/// R: `residuals(fit, type = "deviance")`.
///
/// ```
/// use statistics::cox::deviance_residuals;
/// let residuals = deviance_residuals(&[0.5, -0.5], &[true, false]);
/// assert!((residuals[0] - (2.0 * 2f64.ln() - 1.0).sqrt()).abs() < 1e-15);
/// assert_eq!(residuals[1], -1.0);
/// ```
pub fn deviance_residuals(martingale: &[f64], event: &[bool]) -> Vec<f64> {
    let residual = |(&m, &event): (&f64, &bool)| {
        let inner = match event {
            true => m + (1.0 - m).ln(),
            false => m,
        };
        // Rounding may lift an inner value of 0 just above it.
        (-2.0 * inner).max(0.0).sqrt().copysign(m)
    };
    martingale.iter().zip(event).map(residual).collect()
}
