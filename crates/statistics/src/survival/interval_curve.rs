use super::interval_masses::{Ranges, maximise};
use super::{RiskSets, SurvivalCurve};
use crate::NotEstimable;
use crate::matrix::{ALIAS_TOLERANCE, Cholesky};

/// A survival curve from times that are known up to an interval.
///
/// # Method
/// Turnbull (1976): mass lies on the innermost intervals only; the masses maximise the
/// likelihood, by self-consistency and then Newton's method on those above 0, until no mass can
/// be moved to gain. Standard errors from the observed information of the masses above 0. R:
/// `survfit(Surv(lower, upper, type = "interval2"))`, which stops earlier.
///
/// ```
/// use statistics::survival::IntervalCurve;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // In (0, 2], in (1, 3], after 3.
/// let fit = IntervalCurve::estimate(&[0.0, 1.0, 3.0], &[2.0, 3.0, f64::INFINITY], None)?;
/// assert_eq!(fit.intervals, [(1.0, 2.0), (3.0, f64::INFINITY)]);
/// assert!((fit.masses[0] - 2.0 / 3.0).abs() < 1e-12);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct IntervalCurve {
    /// The curve, with steps at the middle of each interval (its finite end, if the other is
    /// not) and, without one, at the times of censoring. Its counts are expected ones.
    pub curve: SurvivalCurve,
    /// The innermost intervals (lower, upper]; equal ends are an exact time.
    pub intervals: Vec<(f64, f64)>,
    /// Their masses.
    pub masses: Vec<f64>,
    /// The log-likelihood.
    pub ln_likelihood: f64,
}

/// Rows whose event lies in `(lower, upper]`, or at the one time that both are.
#[derive(Clone, Copy)]
struct Rows<'a> {
    lower: &'a [f64],
    upper: &'a [f64],
    weights: Option<&'a [f64]>,
}

impl Rows<'_> {
    fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    fn check(&self) -> Result<(), NotEstimable> {
        let rows = self.lower.len();
        NotEstimable::unless_length("the upper limits", rows, self.upper.len())?;
        if let Some(weights) = self.weights {
            NotEstimable::unless_weights("weights", rows, weights)?;
        }
        for row in 0..rows {
            let (lower, upper) = (self.lower[row], self.upper[row]);
            if lower.is_nan()
                || upper.is_nan()
                || lower == f64::INFINITY
                || upper == f64::NEG_INFINITY
            {
                return Err(NotEstimable::NotFinite {
                    what: "limits of an interval",
                    position: row,
                });
            }
            if lower > upper {
                return Err(NotEstimable::EmptyInterval { row });
            }
        }
        match (0..rows).any(|row| self.weight(row) > 0.0) {
            true => Ok(()),
            false => Err(NotEstimable::Empty { what: "rows" }),
        }
    }
}

impl IntervalCurve {
    /// Estimates the curve. −∞ as lower limit: the event was before; ∞ as upper limit: after.
    ///
    /// # Errors
    /// No rows, columns of unequal length, limits that are NaN or in the wrong order, negative
    /// weights, no convergence.
    pub fn estimate(
        lower: &[f64],
        upper: &[f64],
        weights: Option<&[f64]>,
    ) -> Result<Self, NotEstimable> {
        let rows = Rows {
            lower,
            upper,
            weights,
        };
        rows.check()?;
        let used: Vec<usize> = (0..lower.len())
            .filter(|&row| rows.weight(row) > 0.0)
            .collect();
        let (intervals, ranges) = innermost(rows, &used);
        let ranges = Ranges {
            of_row: ranges,
            weights: used.iter().map(|&row| rows.weight(row)).collect(),
            count: intervals.len(),
        };
        let masses = maximise(&ranges)?;
        let curve = curve(rows, &used, &intervals, &ranges, &masses)?;
        Ok(Self {
            ln_likelihood: ranges.ln_likelihood(&masses),
            curve,
            intervals,
            masses,
        })
    }
}

/// An end of an interval on the line: exact times begin before they end, intervals after.
#[derive(Clone, Copy, Debug, PartialEq)]
struct End {
    time: f64,
    order: u8,
}

const BEFORE: u8 = 0;
const AT: u8 = 1;
const AFTER: u8 = 2;

impl End {
    fn compare(&self, other: &Self) -> std::cmp::Ordering {
        self.time
            .total_cmp(&other.time)
            .then(self.order.cmp(&other.order))
    }
}

/// Both ends of a row.
fn ends(rows: Rows<'_>, row: usize) -> (End, End) {
    // Adding 0 makes −0 the 0 that it is equal to.
    let (lower, upper) = (rows.lower[row] + 0.0, rows.upper[row] + 0.0);
    let order = if lower == upper { BEFORE } else { AFTER };
    (
        End { time: lower, order },
        End {
            time: upper,
            order: AT,
        },
    )
}

/// Lower and upper limits.
type Intervals = Vec<(f64, f64)>;
/// The first place of each row, and that after the last.
type Places = Vec<(usize, usize)>;

/// The innermost intervals, and for each row the first and the last that lie within it.
fn innermost(rows: Rows<'_>, used: &[usize]) -> (Intervals, Places) {
    let mut all: Vec<(End, bool)> = Vec::with_capacity(2 * used.len());
    for &row in used {
        let (left, right) = ends(rows, row);
        all.push((left, true));
        all.push((right, false));
    }
    all.sort_by(|a, b| a.0.compare(&b.0));
    let found: Vec<(End, End)> = all
        .windows(2)
        .filter(|pair| pair[0].1 && !pair[1].1)
        .map(|pair| (pair[0].0, pair[1].0))
        .collect();
    let range = |&row: &usize| {
        let (left, right) = ends(rows, row);
        let first = found.partition_point(|(start, _)| start.compare(&left).is_lt());
        let after = found.partition_point(|(_, end)| end.compare(&right).is_le());
        (first, after)
    };
    let ranges = used.iter().map(range).collect();
    let times = found.iter().map(|(left, right)| (left.time, right.time));
    (times.collect(), ranges)
}

/// Where a curve takes the mass of an interval to be.
fn step_time((lower, upper): (f64, f64)) -> f64 {
    match (lower.is_finite(), upper.is_finite()) {
        (true, true) => lower + (upper - lower) / 2.0,
        (true, false) => f64::INFINITY,
        _ => upper,
    }
}

fn curve(
    rows: Rows<'_>,
    used: &[usize],
    intervals: &[(f64, f64)],
    ranges: &Ranges,
    masses: &[f64],
) -> Result<SurvivalCurve, NotEstimable> {
    // Expected events of the rows that are not censored to the right, and censorings.
    let is_censored: Vec<bool> = used
        .iter()
        .map(|&row| rows.upper[row] == f64::INFINITY)
        .collect();
    let events = ranges.expected(masses, |row| !is_censored[row]);
    let mut points: Vec<(f64, f64, f64, usize)> = Vec::new();
    for (place, &interval) in intervals.iter().enumerate() {
        let time = step_time(interval);
        if time.is_finite() {
            points.push((time, events[place], 0.0, place + 1));
        }
    }
    for (place, &row) in used.iter().enumerate() {
        if is_censored[place] && rows.lower[row].is_finite() {
            points.push((rows.lower[row], 0.0, ranges.weights[place], 0));
        }
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let errors = std_errs(ranges, masses)?;
    let mut curve = SurvivalCurve {
        counts: RiskSets::default(),
        survival: Vec::new(),
        std_err: Vec::new(),
        std_err_is_log: false,
        hazard: Vec::new(),
        hazard_std_err: Vec::new(),
        rows: rows.lower.len(),
        subjects: None,
        start_time: None,
    };
    let total: f64 = ranges.weights.iter().sum();
    let (mut at_risk, mut hazard, mut variance, mut reached) = (total, 0.0, 0.0, 0);
    let mut from = 0;
    while from < points.len() {
        let time = points[from].0;
        let tied = points[from..]
            .iter()
            .take_while(|point| point.0 == time)
            .count();
        let tied = &points[from..from + tied];
        from += tied.len();
        let events: f64 = tied.iter().map(|point| point.1).sum();
        let censored: f64 = tied.iter().map(|point| point.2).sum();
        reached = tied.iter().map(|point| point.3).fold(reached, usize::max);
        if events > 0.0 {
            hazard += events / at_risk;
            variance += events / (at_risk * at_risk);
        }
        let later: f64 = masses[reached..].iter().sum();
        curve.counts.push(time, [at_risk, events, censored]);
        curve.survival.push(later.clamp(0.0, 1.0));
        curve
            .std_err
            .push(reached.checked_sub(1).map_or(0.0, |place| errors[place]));
        curve.hazard.push(hazard);
        curve.hazard_std_err.push(variance.sqrt());
        at_risk = (at_risk - events - censored).max(0.0);
    }
    Ok(curve)
}

/// The standard error of survival after each interval.
fn std_errs(ranges: &Ranges, masses: &[f64]) -> Result<Vec<f64>, NotEstimable> {
    let support: Vec<usize> = (0..masses.len())
        .filter(|&place| masses[place] > 0.0)
        .collect();
    let information = ranges.information(masses, &support);
    let inverse = Cholesky::new(&information, ALIAS_TOLERANCE)?.inverse();
    let ones = vec![1.0; support.len()];
    let to_ones = inverse.times(&ones);
    let total: f64 = to_ones.iter().sum();
    let error = |place: usize| {
        let after: Vec<f64> = support
            .iter()
            .map(|&other| f64::from(u8::from(other > place)))
            .collect();
        let shared: f64 = to_ones.iter().zip(&after).map(|(a, b)| a * b).sum();
        let variance = inverse.quadratic_form(&after) - shared * shared / total;
        // What is left of a variance that is 0 (S = 0 or 1) is rounding.
        if variance > 1e-14 {
            variance.sqrt()
        } else {
            0.0
        }
    };
    Ok((0..masses.len()).map(error).collect())
}
