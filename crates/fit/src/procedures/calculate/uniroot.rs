//! The odds ratio of a 2 × 2 table with the digits that R's `fisher.test` gives.
//!
//! R looks for its roots by `uniroot` with the tolerance ε^¼, so its estimate and limits are
//! right to about five digits. To compare with it, this stops where R stops: at the zeroin of
//! Brent as Forsythe, Malcolm and Moler (1977) give it, on the odds ratio or its inverse.

use statistics::NotEstimable;
use statistics::distribution::Hypergeometric;
use statistics::table_one::{CountTable, OddsRatio};

/// The estimate and limits as R gives them.
pub(super) fn odds_ratio_of_r(table: &CountTable, level: f64) -> Result<OddsRatio, NotEstimable> {
    let exact = OddsRatio::estimate(table, level)?;
    let rows = table.rows();
    let [a, b, c, d] = [rows[0][0], rows[0][1], rows[1][0], rows[1][1]].map(|x| x as u64);
    let cell = Hypergeometric::new(a + b, c + d, a + c)?;
    let tail = (1.0 - level) / 2.0;
    let replaced = |exact: f64, f: &dyn Fn(f64) -> f64| match exact {
        exact if exact == 0.0 || exact == f64::INFINITY => exact,
        _ => root(f),
    };
    Ok(OddsRatio {
        value: replaced(exact.value, &|odds| cell.mean(odds) - a as f64),
        lower: replaced(exact.lower, &|odds| cell.at_least(a, odds) - tail),
        upper: replaced(exact.upper, &|odds| tail - cell.at_most(a, odds)),
    })
}

/// The root of a rising function of the odds ratio, below or above 1.
fn root(f: &dyn Fn(f64) -> f64) -> f64 {
    match f(1.0) {
        0.0 => 1.0,
        at_one if at_one > 0.0 => zeroin((0.0, 1.0), f),
        _ => 1.0 / zeroin((f64::EPSILON, 1.0), &|inverse| f(1.0 / inverse)),
    }
}

/// Brent's zeroin. The step before is the last one made, however it was found.
fn zeroin(interval: (f64, f64), f: &dyn Fn(f64) -> f64) -> f64 {
    let tolerance = f64::EPSILON.powf(0.25);
    let (mut a, mut b) = interval;
    let (mut fa, mut fb) = (f(a), f(b));
    let (mut c, mut fc) = (a, fa);
    loop {
        let before = b - a;
        if fc.abs() < fb.abs() {
            (a, fa) = (b, fb);
            (b, fb) = (c, fc);
            (c, fc) = (a, fa);
        }
        let least = 2.0 * f64::EPSILON * b.abs() + tolerance / 2.0;
        let half = (c - b) / 2.0;
        if half.abs() <= least || fb == 0.0 {
            return b;
        }
        let mut step = half;
        if before.abs() >= least && fa.abs() > fb.abs() {
            let s = fb / fa;
            let (p, q) = if a == c {
                (2.0 * half * s, 1.0 - s)
            } else {
                let (q, r) = (fa / fc, fb / fc);
                let p = s * (2.0 * half * q * (q - r) - (b - a) * (r - 1.0));
                (p, (q - 1.0) * (r - 1.0) * (s - 1.0))
            };
            let (p, q) = (p.abs(), if p > 0.0 { -q } else { q });
            if p < 1.5 * half * q - (least * q).abs() / 2.0 && p < (before * q / 2.0).abs() {
                step = p / q;
            }
        }
        (a, fa) = (b, fb);
        b += if step.abs() < least {
            least.copysign(step)
        } else {
            step
        };
        fb = f(b);
        if (fb > 0.0) == (fc > 0.0) && fb != 0.0 {
            (c, fc) = (a, fa);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_of_r() {
        // R 4.2.2: fisher.test(matrix(c(144, 144, 14, 10), 2)).
        let table = CountTable::new(&[[144.0, 14.0], [144.0, 10.0]]).unwrap();
        let found = odds_ratio_of_r(&table, 0.95).unwrap();
        assert!((found.value - 0.715_054_769_868_101_1).abs() < 1e-10);
        assert!((found.lower - 0.274_446_490_981_912_1).abs() < 1e-10);
        assert!((found.upper - 1.795_982_499_754_118_7).abs() < 1e-10);
    }
}
