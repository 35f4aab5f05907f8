//! Coordinate descent on a quadratic with an absolute-value penalty.

use crate::matrix::Matrix;

/// A quadratic g'd − ½ d'Hd around β and what is paid for β + d.
pub(super) struct Quadratic<'a> {
    pub(super) gradient: &'a [f64],
    pub(super) information: &'a Matrix,
    pub(super) penalties: &'a [Penalty],
}

/// What a coefficient costs, and the values it may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Penalty {
    /// Times |β|.
    pub(super) lasso: f64,
    /// Times ½β².
    pub(super) ridge: f64,
    pub(super) lower: f64,
    pub(super) upper: f64,
}

impl Penalty {
    pub(super) fn of(&self, coefficient: f64) -> f64 {
        self.lasso * coefficient.abs() + 0.5 * self.ridge * coefficient * coefficient
    }
}

const MAX_SWEEPS: usize = 100_000;
/// A sweep that changes no coefficient by more than this, squared and in units of information,
/// is the last.
const STILL: f64 = 1e-26;

impl Quadratic<'_> {
    /// The best β + d.
    pub(super) fn minimise(&self, start: &[f64]) -> Vec<f64> {
        let mut point = start.to_vec();
        let mut pulled = vec![0.0; start.len()];
        let all: Vec<usize> = (0..start.len()).collect();
        for _ in 0..MAX_SWEEPS {
            if self.sweep(&all, &mut point, &mut pulled) < STILL {
                break;
            }
            // Those that are not 0 settle first; the next full sweep checks the others.
            let active: Vec<usize> = (0..start.len()).filter(|&j| point[j] != 0.0).collect();
            for _ in 0..MAX_SWEEPS {
                if self.sweep(&active, &mut point, &mut pulled) < STILL {
                    break;
                }
            }
        }
        point
    }

    /// One pass; `pulled` is H d. Returns the largest change.
    fn sweep(&self, columns: &[usize], point: &mut [f64], pulled: &mut [f64]) -> f64 {
        let mut largest = 0.0f64;
        for &column in columns {
            let own = self.information[(column, column)];
            let penalty = self.penalties[column];
            let curvature = own + penalty.ridge;
            if curvature <= 0.0 {
                continue;
            }
            let towards = self.gradient[column] - pulled[column] + own * point[column];
            let shrunk = (towards.abs() - penalty.lasso).max(0.0).copysign(towards);
            let next = (shrunk / curvature).clamp(penalty.lower, penalty.upper);
            let change = next - point[column];
            if change == 0.0 {
                continue;
            }
            point[column] = next;
            let column_of = self.information.column(column);
            pulled
                .iter_mut()
                .zip(column_of)
                .for_each(|(pulled, h)| *pulled += change * h);
            largest = largest.max(curvature * change * change);
        }
        largest
    }
}
