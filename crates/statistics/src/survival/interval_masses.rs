//! Masses on intervals that maximise a likelihood in which each row sees the sum of a range.

use crate::NotEstimable;
use crate::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix};

/// Which masses each row sees: those at `from .. to`.
pub(super) struct Ranges {
    pub(super) of_row: Vec<(usize, usize)>,
    pub(super) weights: Vec<f64>,
    /// How many masses there are.
    pub(super) count: usize,
}

/// A mass below this share is left out if taking it away gains.
const NO_MASS: f64 = 1e-7;
/// Gradients this small, per unit of weight, are 0.
const FLAT: f64 = 1e-11;
const ROUNDS: usize = 500;
const EM_STEPS: usize = 30;

impl Ranges {
    /// What each row sees.
    fn seen(&self, masses: &[f64]) -> Vec<f64> {
        let mut sums = Vec::with_capacity(masses.len() + 1);
        let mut sum = 0.0;
        sums.push(sum);
        for mass in masses {
            sum += mass;
            sums.push(sum);
        }
        // A row that sees one mass sees exactly that, not a difference of sums.
        let seen = |&(from, to): &(usize, usize)| match to - from {
            1 => masses[from],
            2 => masses[from] + masses[from + 1],
            _ => sums[to] - sums[from],
        };
        self.of_row.iter().map(seen).collect()
    }

    pub(super) fn ln_likelihood(&self, masses: &[f64]) -> f64 {
        let seen = self.seen(masses);
        seen.iter()
            .zip(&self.weights)
            .map(|(seen, weight)| weight * seen.ln())
            .sum()
    }

    /// Per mass Σ weight/seen over the rows (of the kind wanted) that see it.
    fn scores(&self, masses: &[f64], is_wanted: impl Fn(usize) -> bool) -> Vec<f64> {
        let seen = self.seen(masses);
        let mut steps = vec![0.0; self.count + 1];
        for (row, &(from, to)) in self.of_row.iter().enumerate() {
            if is_wanted(row) {
                let share = self.weights[row] / seen[row];
                steps[from] += share;
                steps[to] -= share;
            }
        }
        let mut sum = 0.0;
        let running = steps[..self.count].iter().map(|step| {
            sum += step;
            sum
        });
        running.collect()
    }

    /// The weight expected on each mass, of the rows wanted.
    pub(super) fn expected(&self, masses: &[f64], is_wanted: impl Fn(usize) -> bool) -> Vec<f64> {
        let scores = self.scores(masses, is_wanted);
        masses
            .iter()
            .zip(scores)
            .map(|(mass, score)| (mass * score).max(0.0))
            .collect()
    }

    /// Σ weight/seen² over the rows that see both of two masses.
    pub(super) fn information(&self, masses: &[f64], support: &[usize]) -> Matrix {
        let seen = self.seen(masses);
        let mut information = Matrix::zeros(support.len(), support.len());
        // Corners of the squares that ranges are, then sums over both directions.
        for (row, &(from, to)) in self.of_row.iter().enumerate() {
            let first = support.partition_point(|&place| place < from);
            let after = support.partition_point(|&place| place < to);
            let value = self.weights[row] / (seen[row] * seen[row]);
            for j in first..after {
                information[(first, j)] += value;
                if after < support.len() {
                    information[(after, j)] -= value;
                }
            }
        }
        for j in 0..support.len() {
            let mut sum = 0.0;
            for value in information.column_mut(j) {
                sum += *value;
                *value = sum;
            }
        }
        information.symmetrise();
        information
    }
}

/// The masses that maximise the likelihood.
///
/// Σ w ln(seen) − W Σ masses has its maximum where the masses sum to 1 by themselves.
pub(super) fn maximise(ranges: &Ranges) -> Result<Vec<f64>, NotEstimable> {
    let total: f64 = ranges.weights.iter().sum();
    let mut masses = vec![1.0 / ranges.count as f64; ranges.count];
    for _ in 0..ROUNDS {
        for _ in 0..EM_STEPS {
            masses = ranges.expected(&masses, |_| true);
            masses.iter_mut().for_each(|mass| *mass /= total);
        }
        let mut trial = masses.clone();
        leave_out(ranges, &mut trial, total);
        if newton(ranges, &mut trial, total)? {
            let scores = ranges.scores(&trial, |_| true);
            let gains = |place: usize| trial[place] == 0.0 && scores[place] > total * (1.0 + 1e-9);
            let missing: Vec<usize> = (0..trial.len()).filter(|&place| gains(place)).collect();
            if missing.is_empty() {
                return Ok(trial);
            }
        }
    }
    Err(NotEstimable::NotConverged {
        what: "the curve of interval censored times",
        iterations: ROUNDS * EM_STEPS,
    })
}

/// Sets to 0 what is nearly 0 and gains by going there.
fn leave_out(ranges: &Ranges, masses: &mut [f64], total: f64) {
    let scores = ranges.scores(masses, |_| true);
    for (mass, score) in masses.iter_mut().zip(scores) {
        if *mass < NO_MASS && score < total {
            *mass = 0.0;
        }
    }
}

/// Newton's method on the masses above 0; whether it came to rest. A mass that would fall
/// below 0 stops there and stays.
fn newton(ranges: &Ranges, masses: &mut [f64], total: f64) -> Result<bool, NotEstimable> {
    for _ in 0..100 {
        let support: Vec<usize> = (0..masses.len())
            .filter(|&place| masses[place] > 0.0)
            .collect();
        let scores = ranges.scores(masses, |_| true);
        if scores.iter().any(|score| !score.is_finite()) {
            return Ok(false);
        }
        let gradient: Vec<f64> = support.iter().map(|&place| scores[place] - total).collect();
        let information = ranges.information(masses, &support);
        let step = Cholesky::new(&information, ALIAS_TOLERANCE)?.solve(&gradient);
        let largest = step
            .iter()
            .fold(0.0_f64, |largest, step| largest.max(step.abs()));
        let flat = gradient
            .iter()
            .all(|gradient| gradient.abs() <= FLAT * total);
        if flat || largest < 1e-15 {
            return Ok(true);
        }
        let reach = support
            .iter()
            .zip(&step)
            .filter(|(_, step)| **step < 0.0)
            .map(|(&place, step)| -masses[place] / step)
            .fold(1.0_f64, f64::min);
        let before = ranges.ln_likelihood(masses) - total * masses.iter().sum::<f64>();
        let moved = |share: f64| {
            let mut moved = masses.to_vec();
            for (&place, step) in support.iter().zip(&step) {
                let mass = moved[place] + share * step;
                moved[place] = if mass <= 1e-15 { 0.0 } else { mass };
            }
            moved
        };
        let gain = |trial: &[f64]| {
            ranges.ln_likelihood(trial) - total * trial.iter().sum::<f64>() - before
        };
        let mut share = reach;
        let better = loop {
            let trial = moved(share);
            if gain(&trial) >= -1e-12 * total {
                break Some(trial);
            }
            share /= 2.0;
            if share < 1e-8 {
                break None;
            }
        };
        match better {
            Some(trial) => masses.copy_from_slice(&trial),
            None => return Ok(false),
        }
    }
    Ok(false)
}
