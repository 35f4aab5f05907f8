//! Proportional hazards with Firth's penalty.

use super::FirthLikelihood;
use crate::NotEstimable;
use crate::cox::{CoxData, PartialLikelihood, RiskSums, Ties};
use crate::frailty::Met;
use crate::matrix::{Cholesky, Matrix, cross, dot};
use crate::optimise::Evaluation;

/// The penalised partial likelihood, to be given to [`FirthFit`](super::FirthFit). R: `coxphf`.
///
/// The gradient of τ ln|I| needs third moments over risk sets, tr(I⁻¹ ∂I/∂βₖ); with
/// q = (x − x̄)'I⁻¹(x − x̄) they are Σ E[q (xₖ − x̄ₖ)] over events, which unfold into sums over rows
/// with ∫dΛ and ∫x̄ dΛ: O(n p + n p²) in all, like the information itself.
///
/// ```
/// use statistics::cox::{CoxData, Ties};
/// use statistics::firth::{FirthCox, FirthFit};
/// use statistics::matrix::Matrix;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // The exposed all die first: Cox's estimate is infinite, Firth's is not.
/// let x = Matrix::from_columns(&[vec![1.0, 1.0, 0.0, 0.0]]);
/// let data = CoxData::new(&[1.0, 2.0, 3.0, 4.0], &[true; 4], &x);
/// let fit = FirthFit::maximise(&FirthCox::new(&data, Ties::Breslow, 0.5)?)?;
/// assert!(fit.coefficients[0] > 0.0 && fit.coefficients[0] < 5.0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FirthCox {
    partial: PartialLikelihood,
    tau: f64,
    /// What makes the penalty that of standardised covariates, so that it has no units.
    constant: f64,
}

impl FirthCox {
    /// A partial likelihood with the penalty τ ln|I|; τ = 0 is maximum likelihood.
    ///
    /// # Errors
    /// As [`PartialLikelihood::new`], no events, a negative τ, exact ties.
    pub fn new(data: &CoxData<'_>, ties: Ties, tau: f64) -> Result<Self, NotEstimable> {
        if !(tau >= 0.0 && tau.is_finite()) {
            return Err(NotEstimable::Domain {
                what: "the penalty",
                value: tau,
            });
        }
        if !data.event.contains(&true) {
            return Err(NotEstimable::NoEvents);
        }
        let ties = if ties == Ties::Exact {
            Ties::Efron
        } else {
            ties
        };
        Ok(Self {
            partial: PartialLikelihood::new(data, ties)?,
            tau,
            constant: -2.0 * tau * ln_deviations(data.design),
        })
    }

    /// tr(I⁻¹ ∂I/∂βₖ) for all k.
    fn trace(&self, sums: &RiskSums, inverse: &Matrix) -> Vec<f64> {
        let x = self.partial.covariates();
        let projected = x.multiply(inverse);
        let n = x.rows();
        let mut squares = vec![0.0; n];
        for column in 0..x.columns() {
            let pairs = x.column(column).iter().zip(projected.column(column));
            squares
                .iter_mut()
                .zip(pairs)
                .for_each(|(sum, (a, b))| *sum += a * b);
        }
        let met = Met::of(&self.partial, sums);
        // E[q x] less E[x'Ax̄] terms, by row.
        let along = |position: usize| -> f64 {
            (0..x.columns())
                .map(|column| projected[(position, column)] * met.means[(position, column)])
                .sum()
        };
        let own: Vec<f64> = (0..n)
            .map(|i| sums.risks[i] * (squares[i] * met.hazard[i] - 2.0 * along(i)))
            .collect();
        let of_means: Vec<f64> = (0..n).map(|i| sums.risks[i] * squares[i]).collect();
        let mut trace = cross(x, None, &own);
        for (column, target) in trace.iter_mut().enumerate() {
            *target -= dot(&of_means, met.means.column(column));
        }
        self.add_cubes(sums, inverse, &mut trace);
        trace
    }

    /// Adds Σ 2 w x̄ x̄'Ax̄ over events.
    fn add_cubes(&self, sums: &RiskSums, inverse: &Matrix, trace: &mut [f64]) {
        let mut tied = sums.tied.iter().enumerate().peekable();
        for (moment, at) in self.partial.risk_sets().moments().iter().enumerate() {
            let event_first = tied
                .next_if(|(_, tied)| **tied as usize == moment)
                .map(|(place, _)| sums.event_first.row(place));
            let first = sums.first.row(moment);
            let of = &sums.moments[moment];
            let mut add = |mean: Vec<f64>, weight: f64| {
                let factor = 2.0 * weight * inverse.quadratic_form(&mean);
                trace
                    .iter_mut()
                    .zip(mean)
                    .for_each(|(sum, mean)| *sum += factor * mean);
            };
            let Some(event_first) = event_first else {
                add(
                    first.iter().map(|sum| sum / of.risk).collect(),
                    at.event_weight,
                );
                continue;
            };
            for gone in 0..at.events {
                let share = f64::from(gone) / f64::from(at.events);
                let left = of.risk - share * of.event_risk;
                let pairs = first.iter().zip(&event_first);
                let mean = pairs
                    .map(|(all, events)| (all - share * events) / left)
                    .collect();
                add(mean, at.event_weight / f64::from(at.events));
            }
        }
    }
}

/// Σ ln of the columns' standard deviations; constant columns count for nothing.
fn ln_deviations(x: &Matrix) -> f64 {
    let of_column = |column: usize| {
        let values = x.column(column);
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
        match squares > 0.0 {
            true => 0.5 * (squares / (values.len() as f64 - 1.0)).ln(),
            false => 0.0,
        }
    };
    (0..x.columns()).map(of_column).sum()
}

impl FirthLikelihood for FirthCox {
    fn columns(&self) -> usize {
        self.partial.covariates().columns()
    }

    fn evaluate(&self, coefficients: &[f64]) -> Result<Evaluation, NotEstimable> {
        let here = self.partial.evaluate(coefficients)?;
        let factor = Cholesky::full_rank(&here.information)?;
        let mut gradient = here.score;
        if self.tau > 0.0 {
            let sums = self.partial.sums(coefficients)?;
            let trace = self.trace(&sums, &factor.inverse());
            gradient
                .iter_mut()
                .zip(trace)
                .for_each(|(g, t)| *g += self.tau * t);
        }
        Ok(Evaluation {
            value: here.log_likelihood + self.tau * factor.log_determinant() + self.constant,
            gradient,
            information: here.information,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The gradient against differences of the value, with ties, late entry and strata.
    #[test]
    fn gradient_is_that_of_the_value() {
        let x = Matrix::from_columns(&[
            vec![0.3, -1.0, 2.0, 0.7, 0.1, -0.4, 1.1, 0.9],
            vec![1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0],
        ]);
        let exit = [2.0, 2.0, 3.0, 5.0, 5.0, 5.0, 7.0, 8.0];
        let event = [true, true, false, true, true, true, true, false];
        let entry = [0.0, 0.0, 1.0, 0.0, 2.0, 0.0, 3.0, 0.0];
        let strata = [0, 0, 0, 0, 0, 1, 1, 1];
        for ties in [Ties::Breslow, Ties::Efron] {
            for late in [false, true] {
                let mut data = CoxData::new(&exit, &event, &x);
                if late {
                    data.entry = Some(&entry);
                    data.strata = Some(&strata);
                }
                let likelihood = FirthCox::new(&data, ties, 0.5).expect("regular data");
                let b = [0.2, -0.4];
                let here = likelihood.evaluate(&b).expect("regular");
                for k in 0..2 {
                    let at = |h: f64| {
                        let mut b = b;
                        b[k] += h;
                        likelihood.evaluate(&b).expect("regular").value
                    };
                    let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
                    assert!(
                        (slope - here.gradient[k]).abs() < 1e-7,
                        "{ties:?} {late} {k}"
                    );
                }
            }
        }
    }
}
