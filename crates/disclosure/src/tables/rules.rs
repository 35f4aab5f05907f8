//! When a number of a table is unsafe, and what must then stay unknown of it.

use super::table::Contributors;

/// What the numbers of a table are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// People, or other things that are counted.
    Counts,
    /// Sums of contributions: money, days.
    Magnitudes,
}

/// A rule of dominance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Dominance {
    /// The p%-rule: what all but the two largest contribute is less than p per cent of the
    /// largest, so that the second can estimate the largest too well.
    Percent(f64),
    /// The (n, k)-rule: the n largest, one or two, contribute more than k per cent.
    Share(u32, f64),
}

/// What costs most to hide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// As few cells as can be; among equals the smaller ones.
    Cells,
    /// As little of the total as can be.
    Values,
}

/// The rules that tables are judged by.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// What the numbers are.
    pub measure: Measure,
    /// Counts from 1 to below this are unsafe; also the fewest contributors of a magnitude.
    pub threshold: u64,
    /// From this share of a line on, a cell says something of nearly everybody in it.
    pub group_share: f64,
    /// The rule for magnitudes of which the contributors are known.
    pub dominance: Dominance,
    /// All shown numbers are rounded to multiples of this; 1 if they are exact.
    pub rounding_base: i64,
    /// The dimension of which each label is a party that knows its own numbers.
    pub owners: Option<String>,
    /// Whether whoever is alone behind a magnitude is an attacker too.
    pub singletons: bool,
    /// What costs most to hide.
    pub cost: Cost,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            measure: Measure::Counts,
            threshold: 10,
            group_share: 0.9,
            dominance: Dominance::Percent(10.0),
            rounding_base: 1,
            owners: None,
            singletons: true,
            cost: Cost::Cells,
        }
    }
}

impl Rules {
    /// Whether a count is small: somebody, but fewer than the threshold.
    pub fn is_small(&self, count: i64) -> bool {
        self.measure == Measure::Counts && count > 0 && count < self.threshold as i64
    }

    /// The numbers between which an unsafe number must at least seem to lie; nothing if it is
    /// safe on its own. Source of the widths: Handbook on SDC, §4.2 (protection levels).
    pub fn must_span(&self, value: i64, contributors: Option<Contributors>) -> Option<(i64, i64)> {
        let threshold = self.threshold as i64;
        match self.measure {
            Measure::Counts => self.is_small(value).then_some((1, threshold)),
            Measure::Magnitudes => {
                let width = self.must_hide_by(value, contributors?)?;
                Some(((value - width).max(0), value + width))
            }
        }
    }

    /// How far from the truth an unsafe magnitude must seem able to lie, on either side.
    fn must_hide_by(&self, value: i64, contributors: Contributors) -> Option<i64> {
        let Contributors {
            count,
            largest,
            second,
        } = contributors;
        let few = count > 0 && count < self.threshold;
        let (x, x1, x2) = (value as f64, largest as f64, second as f64);
        let by_dominance = match self.dominance {
            Dominance::Percent(p) => p / 100.0 * x1 - (x - x1 - x2),
            Dominance::Share(n, k) => 100.0 / k * (if n > 1 { x1 + x2 } else { x1 }) - x,
        };
        let by_count = if few { SAFETY_RANGE * x } else { 0.0 };
        let width = if count > 0 {
            by_dominance.max(by_count)
        } else {
            0.0
        };
        (width > 1e-9).then(|| (width.ceil() as i64).max(1))
    }

    /// What is left of a line of counts beside its largest cell, where that is so little that
    /// the line says something of nearly everybody in it.
    pub(super) fn rest_of_line(&self, total: i64, largest: i64) -> Option<i64> {
        let rest = total - largest;
        let enough = self.threshold as i64;
        let nearly_all = largest as f64 >= self.group_share * total as f64;
        let counts = self.measure == Measure::Counts;
        (counts && total >= enough && rest < enough && nearly_all).then_some(rest)
    }

    /// Per cent within which a hidden magnitude may not be known, whatever it is.
    pub(super) fn percent(&self) -> f64 {
        match self.dominance {
            Dominance::Percent(p) => p,
            Dominance::Share(_, k) => 100.0 * (100.0 - k) / k,
        }
    }

    /// Between which numbers a shown number lies.
    pub(super) fn known(&self, shown: i64) -> (i64, i64) {
        let below = self.rounding_base / 2;
        let above = (self.rounding_base - 1) / 2;
        let least = shown - below;
        (if shown >= 0 { least.max(0) } else { least }, shown + above)
    }

    /// A count as it is shown.
    pub fn rounded(&self, count: i64) -> i64 {
        let base = self.rounding_base;
        (count + base / 2).div_euclid(base) * base
    }
}

/// How wide a magnitude of too few contributors must seem, as a share of itself (τ-ARGUS's
/// default for its frequency rule is of this order).
const SAFETY_RANGE: f64 = 0.2;
