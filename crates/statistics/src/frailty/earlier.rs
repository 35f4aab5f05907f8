//! Maxima at θ that were tried before: where R starts the next one.

use super::solution::Solution;

/// The maxima of one search, in the order in which they were found.
///
/// R's steps with sparse frailties converge linearly and end early, so an answer depends on its
/// start: R takes that of the nearest earlier θ.
#[derive(Default)]
pub(super) struct EarlierMaxima {
    found: Vec<(Vec<f64>, Solution)>,
}

impl EarlierMaxima {
    /// The maximum at exactly these θ.
    pub(super) fn at(&self, thetas: &[f64]) -> Option<&Solution> {
        let same = self.found.iter().find(|(known, _)| known == thetas);
        same.map(|(_, solution)| solution)
    }

    /// The one nearest by; the first of equals.
    pub(super) fn nearest(&self, thetas: &[f64]) -> Option<&Solution> {
        let distance = |known: &[f64]| -> f64 {
            let pairs = known.iter().zip(thetas);
            pairs.map(|(a, b)| (a - b).abs()).sum()
        };
        let nearest = self
            .found
            .iter()
            .min_by(|(a, _), (b, _)| distance(a).total_cmp(&distance(b)));
        nearest.map(|(_, solution)| solution)
    }

    pub(super) fn keep(&mut self, thetas: &[f64], solution: &Solution) {
        self.found.push((thetas.to_vec(), solution.clone()));
    }
}
