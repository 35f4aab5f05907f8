//! The minimum of a criterion with a gradient: BFGS to come near, Newton's method with a Hessian
//! of differences to end at the last digits.

use crate::NotEstimable;
use crate::matrix::{Matrix, SymmetricEigen, dot};
use crate::optimise::Bfgs;

/// A step, in units in which parameters are of order one.
const DIFFERENCE: f64 = 1e-4;

/// A step below which there is nothing left to gain.
const LAST_STEP: f64 = 1e-10;

/// Steps with one Hessian.
const STEPS: usize = 10;

/// Hessians that are made before the search ends.
const ROUNDS: usize = 8;

/// Comes near the minimum.
pub(super) fn approach<F>(start: &[f64], f: F) -> Result<Vec<f64>, NotEstimable>
where
    F: FnMut(&[f64]) -> (f64, Vec<f64>),
{
    let search = Bfgs {
        tolerance: 1e-7,
        max_iterations: 500,
    };
    Ok(search.minimise(start, f)?.point)
}

/// Goes on from near the minimum, along the places that are free, until steps vanish. `None`
/// where the function has no value.
pub(super) fn polish<F>(point: &mut [f64], free: &[usize], mut f: F) -> Result<(), NotEstimable>
where
    F: FnMut(&[f64]) -> Option<(f64, Vec<f64>)>,
{
    if free.is_empty() {
        return Ok(());
    }
    let failed = || NotEstimable::NotConverged {
        what: "the covariance of the random effects",
        iterations: ROUNDS,
    };
    let (mut value, mut gradient) = f(point).ok_or_else(failed)?;
    for _ in 0..ROUNDS {
        let Some(hessian) = difference_hessian(point, free, |at| Some(f(at)?.1)) else {
            return Err(failed());
        };
        let inverse = positive_inverse(&hessian)?;
        let mut before = f64::INFINITY;
        for _ in 0..STEPS {
            let along: Vec<f64> = free.iter().map(|&place| gradient[place]).collect();
            let step = inverse.times(&along);
            let length = step.iter().fold(0.0f64, |most, s| most.max(s.abs()));
            if length <= LAST_STEP {
                return Ok(());
            }
            if length > 0.1 * before {
                // Either rounding is all that is left, or the Hessian belongs to another place.
                if dot(&step, &along).abs() <= 1e-13 * value.abs().max(1.0) {
                    return Ok(());
                }
                break;
            }
            let factor = (0.3 / length).min(1.0);
            let mut next = point.to_vec();
            for (&place, step) in free.iter().zip(&step) {
                next[place] -= factor * step;
            }
            let Some((lower, slopes)) = f(&next) else {
                return Err(failed());
            };
            if lower > value + 1e-12 * value.abs().max(1.0) {
                break;
            }
            point.copy_from_slice(&next);
            (value, gradient) = (lower, slopes);
            before = if factor < 1.0 { f64::INFINITY } else { length };
        }
    }
    Ok(())
}

/// Whether parameters were set to zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Snap {
    Moved,
    Stayed,
}

/// Scaled elements of Λ that are tried at 0. A criterion that is flat there to the fourth power
/// leaves the search this far from a minimum at 0.
const NEAR_ZERO: f64 = 0.03;

/// What 0 may cost, relative to the criterion: what rounding may hide.
const ROUNDING: f64 = 1e-12;

/// Sets columns of Λ that are all but zero to zero where the criterion is not worse. `places`
/// are the term, row and column of the first elements of the point.
pub(super) fn snap<F>(point: &mut Vec<f64>, places: &[(usize, usize, usize)], mut f: F) -> Snap
where
    F: FnMut(&[f64]) -> Option<(f64, Vec<f64>)>,
{
    let mut result = Snap::Stayed;
    for (diagonal, &(term, row, column)) in places.iter().enumerate() {
        if row != column || point[diagonal] == 0.0 || point[diagonal].abs() > NEAR_ZERO {
            continue;
        }
        let mut tried = point.clone();
        for (place, &(other, _, at)) in places.iter().enumerate() {
            if (other, at) == (term, column) && tried[place].abs() < NEAR_ZERO {
                tried[place] = 0.0;
            }
        }
        let (Some((before, _)), Some((after, _))) = (f(point), f(&tried)) else {
            continue;
        };
        if after <= before + ROUNDING * before.abs().max(1.0) {
            *point = tried;
            result = Snap::Moved;
        }
    }
    result
}

/// The Hessian along the free places, by central differences of the gradient.
pub(super) fn difference_hessian<F>(
    point: &[f64],
    free: &[usize],
    mut gradient: F,
) -> Option<Matrix>
where
    F: FnMut(&[f64]) -> Option<Vec<f64>>,
{
    let mut hessian = Matrix::zeros(free.len(), free.len());
    for (column, &place) in free.iter().enumerate() {
        let step = DIFFERENCE * point[place].abs().max(1.0);
        let mut at = point.to_vec();
        at[place] = point[place] + step;
        let above = gradient(&at)?;
        at[place] = point[place] - step;
        let below = gradient(&at)?;
        for (row, &other) in free.iter().enumerate() {
            hessian[(row, column)] = (above[other] - below[other]) / (2.0 * step);
        }
    }
    hessian.symmetrise();
    Some(hessian)
}

/// The inverse along the axes in which the matrix is clearly positive; 0 along the others.
pub(super) fn positive_inverse(hessian: &Matrix) -> Result<Matrix, NotEstimable> {
    let eigen = SymmetricEigen::new(hessian)?;
    let largest = eigen.values.first().copied().unwrap_or(0.0);
    let inverse: Vec<f64> = eigen
        .values
        .iter()
        .map(|&value| {
            if value > 1e-10 * largest {
                1.0 / value
            } else {
                0.0
            }
        })
        .collect();
    Ok(eigen.vectors.sandwich(&Matrix::diagonal(&inverse)))
}
