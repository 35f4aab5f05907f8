use super::CountTable;
use crate::NotEstimable;
use crate::distribution::{Hypergeometric, confidence_level};
use crate::optimise::brent_root;
use crate::special::ln_gamma;
use std::collections::BTreeMap;

/// A probability that is larger by less than this share counts as equal, as in R.
const EQUAL: f64 = 1.0 + 1e-7;

/// More steps than this are not made: a few seconds.
const MAX_STEPS: usize = 10_000_000;

/// The odds ratio of a 2 × 2 table by conditional maximum likelihood, with its exact interval.
/// R: `fisher.test`, whose numerical roots are right to about five digits; these are to twelve.
///
/// ```
/// use statistics::table_one::{CountTable, OddsRatio};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // Given margins of 2: weights 1, 4, 1 and a mean of 1 at an odds ratio of 1.
/// let odds_ratio = OddsRatio::estimate(&CountTable::new(&[[1.0, 1.0], [1.0, 1.0]])?, 0.95)?;
/// assert!((odds_ratio.value - 1.0).abs() < 1e-12);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OddsRatio {
    /// The estimate; 0 or infinite where the count is the least or the largest possible.
    pub value: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit; may be infinite.
    pub upper: f64,
}

impl OddsRatio {
    /// Estimates the odds ratio.
    ///
    /// # Errors
    /// Not a 2 × 2 table of whole counts, or margins that allow a single table only.
    pub fn estimate(table: &CountTable, level: f64) -> Result<Self, NotEstimable> {
        confidence_level(level)?;
        let [[a, b], [c, d]] = table.demand_two_by_two()?.map(|row| row.map(|x| x as u64));
        let cell = Hypergeometric::new(a + b, c + d, a + c)?;
        let (least, most) = cell.support();
        if least == most {
            return Err(NotEstimable::OneLevel {
                what: "a margin of the table",
            });
        }
        let tail = (1.0 - level) / 2.0;
        // Roots on the scale of the log odds ratio.
        let root = |f: &dyn Fn(f64) -> f64| {
            let mut wide = 1.0;
            while f(-wide) * f(wide) > 0.0 && wide < 600.0 {
                wide *= 2.0;
            }
            brent_root((-wide, wide), 0.0, f).map(f64::exp)
        };
        let value = match a {
            a if a == least => 0.0,
            a if a == most => f64::INFINITY,
            _ => root(&|log| cell.mean(log.exp()) - a as f64)?,
        };
        let lower = if a == least {
            0.0
        } else {
            root(&|log| cell.at_least(a, log.exp()) - tail)?
        };
        let upper = if a == most {
            f64::INFINITY
        } else {
            root(&|log| cell.at_most(a, log.exp()) - tail)?
        };
        Ok(Self {
            value,
            lower,
            upper,
        })
    }
}

/// Fisher's exact test of a table of any size: the probability, given the margins, of all tables
/// that are no more likely than the one seen. R: `fisher.test(table)$p.value`.
///
/// # Method
/// Columns are filled in one after the other. Partial tables that leave the same row totals and
/// have the same probability so far (to 1e-12) are carried on as one, as in the network
/// algorithm of Mehta and Patel (1983).
///
/// ```
/// use statistics::table_one::{CountTable, fisher_exact};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // The tea tasting: (16 + 1 + 16 + 1)/70.
/// let tea = CountTable::new(&[[3.0, 1.0], [1.0, 3.0]])?;
/// assert!((fisher_exact(&tea)? - 34.0 / 70.0).abs() < 1e-14);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Counts that are not whole, or a table too large to enumerate.
pub fn fisher_exact(table: &CountTable) -> Result<f64, NotEstimable> {
    let whole = |count: &f64| count.fract() == 0.0;
    if let Some(&value) = table.rows().iter().flatten().find(|count| !whole(count)) {
        return Err(NotEstimable::Domain {
            what: "a count",
            value,
        });
    }
    let cells = table.rows().iter().flatten();
    let observed: f64 = cells.map(|&count| -ln_factorial(count)).sum();
    // The shorter side is what partial tables are told apart by.
    let (mut left, mut fill) = (table.row_totals(), table.column_totals());
    if left.len() > fill.len() {
        std::mem::swap(&mut left, &mut fill);
    }
    let margins: f64 = left
        .iter()
        .chain(&fill)
        .map(|&total| ln_factorial(total))
        .sum();
    let constant = margins - ln_factorial(left.iter().sum());
    let whole = |totals: &[f64]| {
        totals
            .iter()
            .map(|&total| total as u32)
            .collect::<Vec<u32>>()
    };
    let mut states: States = BTreeMap::new();
    let start = Path {
        ln: 0.0,
        count: 1.0,
    };
    states.entry(whole(&left)).or_default().insert(0, start);
    let mut steps = 0;
    for &column in &whole(&fill) {
        states = filled(&states, column, &mut steps)?;
    }
    let bound = observed + EQUAL.ln();
    let unlikely = states
        .values()
        .flat_map(BTreeMap::values)
        .filter(|path| path.ln <= bound);
    let p: f64 = unlikely
        .map(|path| path.count * (path.ln + constant).exp())
        .sum();
    Ok(p.min(1.0))
}

/// Totals left to place → the partial tables: ln probability (rounded) → how many weigh that much.
type States = BTreeMap<Vec<u32>, BTreeMap<i64, Path>>;

/// Fills one more column in every way.
fn filled(states: &States, column: u32, steps: &mut usize) -> Result<States, NotEstimable> {
    let mut next: States = BTreeMap::new();
    for (left, paths) in states {
        for (rest, ln) in fillings(left, column, steps)? {
            let target = next.entry(rest).or_default();
            count_steps(steps, paths.len())?;
            for path in paths.values() {
                let ln = path.ln + ln;
                let weight = (ln * 1.25e11).round() as i64;
                let equal = target.entry(weight).or_insert(Path { ln, count: 0.0 });
                equal.count += path.count;
            }
        }
    }
    Ok(next)
}

fn count_steps(steps: &mut usize, more: usize) -> Result<(), NotEstimable> {
    *steps += more;
    if *steps <= MAX_STEPS {
        return Ok(());
    }
    Err(NotEstimable::NotConverged {
        what: "the enumeration of tables (too many; use chisq.test)",
        iterations: *steps,
    })
}

/// Partial tables of equal probability.
struct Path {
    /// −Σ ln cell! so far.
    ln: f64,
    count: f64,
}

/// All ways to fill one column given the row totals left: what is left then, and −Σ ln cell!.
fn fillings(
    left: &[u32],
    column: u32,
    steps: &mut usize,
) -> Result<Vec<(Vec<u32>, f64)>, NotEstimable> {
    let mut partial = vec![(Vec::with_capacity(left.len()), column, 0.0)];
    for (row, &available) in left.iter().enumerate() {
        let later: u32 = left[row + 1..].iter().sum();
        let mut next = Vec::new();
        for (rest, to_place, ln) in partial {
            let least = to_place.saturating_sub(later);
            for cell in least..=available.min(to_place) {
                let mut rest: Vec<u32> = rest.clone();
                rest.push(available - cell);
                next.push((rest, to_place - cell, ln - ln_factorial(f64::from(cell))));
            }
        }
        count_steps(steps, next.len())?;
        partial = next;
    }
    Ok(partial
        .into_iter()
        .map(|(rest, _, ln)| (rest, ln))
        .collect())
}

fn ln_factorial(count: f64) -> f64 {
    ln_gamma(count + 1.0)
}
