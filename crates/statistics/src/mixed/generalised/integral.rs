//! The integral over the random effects, and its gradient.

use super::GeneralisedMixed;
use super::modes::Modes;
use crate::NotEstimable;
use crate::matrix::{Matrix, dot};
use crate::mixed::covariance::theta;

impl GeneralisedMixed<'_> {
    /// −2 ln of the likelihood.
    pub(super) fn value(
        &self,
        lambda: &[Matrix],
        beta: &[f64],
        modes: &Modes,
    ) -> Result<f64, NotEstimable> {
        if self.nodes.len() > 1 {
            return Ok(self.quadrature(&lambda[0], beta, modes));
        }
        let squares = dot(&modes.effects, &modes.effects);
        let value = modes.ln_determinant + squares - 2.0 * modes.rows.ln_likelihood;
        NotEstimable::unless_finite("the likelihood", &[value])?;
        Ok(value)
    }

    /// Adaptive Gauss–Hermite quadrature: levels are independent, nodes lie about each mode.
    fn quadrature(&self, lambda: &Matrix, beta: &[f64], modes: &Modes) -> f64 {
        let term = &self.data.random[0];
        let factor = lambda[(0, 0)];
        let scales: Vec<f64> = modes
            .squares_by_level(&self.pattern)
            .iter()
            .map(|square| 1.0 / (factor * factor * square + 1.0).sqrt())
            .collect();
        let mut fixed = self
            .data
            .offset
            .map_or_else(|| vec![0.0; self.data.rows()], <[f64]>::to_vec);
        self.prepared.x.add_times(beta, &mut fixed);
        // Per level the logs of the nodes' terms.
        let mut terms = vec![Vec::with_capacity(self.nodes.len()); term.levels];
        for &(node, weight) in &self.nodes {
            let shifted: Vec<f64> = modes
                .effects
                .iter()
                .zip(&scales)
                .map(|(u, scale)| u + scale * node)
                .collect();
            let mut sums: Vec<f64> = shifted
                .iter()
                .map(|u| weight.ln() + 0.5 * node * node - 0.5 * u * u)
                .collect();
            for (row, &eta) in fixed.iter().enumerate() {
                let level = term.groups[row];
                let shift = term.effects[(row, 0)] * factor * shifted[level];
                let (mean, _) = self.link.mean_and_slope(eta + shift);
                let prior = self.data.weights.map_or(1.0, |w| w[row]);
                sums[level] += self
                    .family
                    .ln_likelihood(self.data.y[row], mean, prior, 1.0);
            }
            for (list, sum) in terms.iter_mut().zip(sums) {
                list.push(sum);
            }
        }
        let ln_integral = |(terms, scale): (&Vec<f64>, &f64)| {
            let most = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            scale.ln()
                + most
                + terms
                    .iter()
                    .map(|term| (term - most).exp())
                    .sum::<f64>()
                    .ln()
        };
        -2.0 * terms.iter().zip(&scales).map(ln_integral).sum::<f64>()
    }

    /// The gradient of Laplace's criterion by θ and β (`docs/methods/mixed.md`).
    pub(super) fn gradient(
        &self,
        lambda: &[Matrix],
        modes: &Modes,
    ) -> Result<(Vec<f64>, Vec<f64>), NotEstimable> {
        let (factor, _) = &mut *self.work.borrow_mut();
        let rows = &modes.rows;
        self.pattern.factor(&modes.squares, lambda, factor)?;
        let slopes = self.pattern.slopes(&modes.squares, lambda, factor);
        let leverages = self.pattern.leverages(lambda, factor);
        let pull: Vec<f64> = leverages
            .iter()
            .zip(&rows.weight_slope)
            .map(|(leverage, slope)| leverage * slope)
            .collect();
        let observed = self.pattern.squares(Some(&rows.observed));
        self.pattern.factor(&observed, lambda, factor)?;
        let mut adjoint = self.pattern.moments(None, &pull);
        self.pattern.scale(lambda, &mut adjoint, true);
        factor.solve(&mut adjoint);
        let mut along = vec![0.0; pull.len()];
        let mut scaled = adjoint.clone();
        self.pattern.scale(lambda, &mut scaled, false);
        self.pattern.add_effects(&scaled, &mut along);
        let residual: Vec<f64> = (0..pull.len())
            .map(|row| pull[row] - 2.0 * rows.score[row] - rows.observed[row] * along[row])
            .collect();
        let by_residual = self.pattern.moments(None, &residual);
        let by_score = self.pattern.moments(None, &rows.score);
        let of = |(term, slope): (usize, Matrix)| {
            let part = |values: &[f64]| self.pattern.of_term(term, values);
            let mut slope = slope;
            let effects = part(&modes.effects).transpose();
            slope.add_scaled(1.0, &part(&by_residual).multiply(&effects));
            let adjoint = part(&adjoint).transpose();
            slope.add_scaled(1.0, &part(&by_score).multiply(&adjoint));
            slope
        };
        let random: Vec<Matrix> = slopes.into_iter().enumerate().map(of).collect();
        Ok((theta(&random), self.prepared.x.transposed_times(&residual)))
    }
}
