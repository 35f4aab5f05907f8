use crate::NotEstimable;

/// Iterations after which a search is given up; interval halving alone would need 60.
const MAX_ITERATIONS: usize = 500;

/// The minimum of a function of one variable within an interval. R: `optimize`.
///
/// Precise to `tolerance` plus √ε times the place itself. Returns the place and the value.
///
/// # Method
/// R. P. Brent, *Algorithms for Minimization without Derivatives* (1973), chapter 5: golden
/// sections and parabolas.
///
/// ```
/// use statistics::optimise::brent_minimum;
/// let (x, value) = brent_minimum((0.0, 4.0), 1e-10, |x| (x - 1.0) * (x - 1.0) + 2.0);
/// assert!((x - 1.0).abs() < 1e-7);
/// assert!((value - 2.0).abs() < 1e-14);
/// ```
pub fn brent_minimum(
    interval: (f64, f64),
    tolerance: f64,
    mut f: impl FnMut(f64) -> f64,
) -> (f64, f64) {
    let golden = 0.5 * (3.0 - 5f64.sqrt());
    let (mut low, mut high) = interval;
    let mut best = low + golden * (high - low);
    let mut best_value = f(best);
    let (mut second, mut second_value) = (best, best_value);
    let (mut third, mut third_value) = (best, best_value);
    let (mut step, mut step_before) = (0.0f64, 0.0f64);
    for _ in 0..MAX_ITERATIONS {
        let middle = 0.5 * (low + high);
        let least = f64::EPSILON.sqrt() * best.abs() + tolerance / 3.0;
        if (best - middle).abs() <= 2.0 * least - 0.5 * (high - low) {
            break;
        }
        // The parabola through the three best points.
        let r = (best - second) * (best_value - third_value);
        let q = (best - third) * (best_value - second_value);
        let numerator = (best - third) * q - (best - second) * r;
        let denominator = 2.0 * (q - r);
        let (numerator, denominator) = (-numerator * denominator.signum(), denominator.abs());
        let usable = step_before.abs() > least
            && numerator.abs() < (0.5 * denominator * step_before).abs()
            && numerator > denominator * (low - best)
            && numerator < denominator * (high - best);
        if usable {
            step_before = step;
            step = numerator / denominator;
            let at = best + step;
            if at - low < 2.0 * least || high - at < 2.0 * least {
                step = least.copysign(middle - best);
            }
        } else {
            step_before = if best < middle {
                high - best
            } else {
                low - best
            };
            step = golden * step_before;
        }
        let at = best
            + if step.abs() >= least {
                step
            } else {
                least.copysign(step)
            };
        let value = f(at);
        if value <= best_value {
            if at < best {
                high = best
            } else {
                low = best
            }
            (third, third_value) = (second, second_value);
            (second, second_value) = (best, best_value);
            (best, best_value) = (at, value);
        } else {
            if at < best {
                low = at
            } else {
                high = at
            }
            if value <= second_value || second == best {
                (third, third_value) = (second, second_value);
                (second, second_value) = (at, value);
            } else if value <= third_value || third == best || third == second {
                (third, third_value) = (at, value);
            }
        }
    }
    (best, best_value)
}

/// A root of a function within an interval at whose ends it has different signs. R: `uniroot`,
/// but to the last digits: the interval left is no longer than `tolerance` plus 4ε times the root.
///
/// # Method
/// Brent (1973), chapter 4: inverse quadratic interpolation, secants and halving.
///
/// ```
/// use statistics::optimise::brent_root;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let root = brent_root((0.0, 2.0), 0.0, |x| x * x - 2.0)?;
/// assert!((root - 2f64.sqrt()).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`NotEstimable::Domain`] if the signs at the ends are the same (or a value is NaN).
pub fn brent_root(
    interval: (f64, f64),
    tolerance: f64,
    mut f: impl FnMut(f64) -> f64,
) -> Result<f64, NotEstimable> {
    // b is the best point, a the one before, c on the other side of the root.
    let (mut a, mut b) = interval;
    let (mut fa, mut fb) = (f(a), f(b));
    if fa == 0.0 {
        return Ok(a);
    }
    if fb != 0.0 && (fa.is_nan() || fb.is_nan() || (fa > 0.0) == (fb > 0.0)) {
        return Err(NotEstimable::Domain {
            what: "an interval without a change of sign, with at its end the value",
            value: fb,
        });
    }
    let (mut c, mut fc) = (a, fa);
    let mut step = b - a;
    let mut step_before = step;
    for _ in 0..MAX_ITERATIONS {
        if (fb > 0.0) == (fc > 0.0) {
            (c, fc) = (a, fa);
            step = b - a;
            step_before = step;
        }
        if fc.abs() < fb.abs() {
            (a, fa) = (b, fb);
            (b, fb) = (c, fc);
            (c, fc) = (a, fa);
        }
        let least = 2.0 * f64::EPSILON * b.abs() + 0.5 * tolerance;
        let half = 0.5 * (c - b);
        if half.abs() <= least || fb == 0.0 {
            return Ok(b);
        }
        match interpolate((a, fa), (b, fb), (c, fc)) {
            Some(jump)
                if step_before.abs() >= least
                    && fa.abs() > fb.abs()
                    && jump / half > 0.0
                    && jump.abs()
                        < (1.5 * half.abs() - 0.5 * least).min(0.5 * step_before.abs()) =>
            {
                step_before = step;
                step = jump;
            }
            _ => {
                step = half;
                step_before = half;
            }
        }
        (a, fa) = (b, fb);
        b += if step.abs() > least {
            step
        } else {
            least.copysign(half)
        };
        fb = f(b);
    }
    Ok(b)
}

/// The step from b by a secant, or by inverse quadratic interpolation if c is a third point.
fn interpolate((a, fa): (f64, f64), (b, fb): (f64, f64), (c, fc): (f64, f64)) -> Option<f64> {
    let s = fb / fa;
    let (p, q) = if a == c {
        ((c - b) * s, 1.0 - s)
    } else {
        let (q, r) = (fa / fc, fb / fc);
        (
            s * ((c - b) * q * (q - r) - (b - a) * (r - 1.0)),
            -(q - 1.0) * (r - 1.0) * (s - 1.0),
        )
    };
    let jump = p / q;
    jump.is_finite().then_some(jump)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_of_steep_and_flat_functions() {
        let root =
            |interval, f: fn(f64) -> f64| brent_root(interval, 1e-14, f).expect("the signs differ");
        let log = root((0.0, 100.0), |x| x.exp() - 1e6);
        assert!((log - 1e6f64.ln()).abs() < 1e-13);
        let tangent = root((-1e3, 1e5), |x| x.atan() - 1.0);
        assert!((tangent - 1f64.tan()).abs() < 1e-13);
        assert!(root((-1.0, 3.0), |x| x.powi(9)).abs() < 1e-12);
        assert_eq!(root((0.0, 3.0), |x| 3.0 - x), 3.0);
        assert!(brent_root((1.0, 2.0), 0.0, |x| x).is_err());
    }

    #[test]
    fn minima_inside_and_at_an_end() {
        let (x, _) = brent_minimum((0.1, 10.0), 1e-12, |x| x - x.ln());
        assert!((x - 1.0).abs() < 1e-7);
        let (x, _) = brent_minimum((2.0, 3.0), 1e-12, |x| x);
        assert!((x - 2.0).abs() < 1e-7);
    }
}
