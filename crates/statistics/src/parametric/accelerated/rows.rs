//! Rows that were checked, on the scale of the error.

use super::AcceleratedData;
use crate::NotEstimable;
use crate::parametric::{Family, Observed};

pub(super) fn check(data: AcceleratedData<'_>) -> Result<(), NotEstimable> {
    let rows = data.x.rows();
    if rows == 0 {
        return Err(NotEstimable::Empty { what: "rows" });
    }
    NotEstimable::unless_finite("the design", data.x.values())?;
    NotEstimable::unless_length("the lower limits", rows, data.lower.len())?;
    NotEstimable::unless_length("the upper limits", rows, data.upper.len())?;
    if let Some(entry) = data.entry {
        NotEstimable::unless_length("the entries", rows, entry.len())?;
    }
    if let Some(offset) = data.offset {
        NotEstimable::unless_offset(rows, offset)?;
    }
    if let Some(strata) = data.strata {
        NotEstimable::unless_length("the strata", rows, strata.len())?;
    }
    if let Some(weights) = data.weights {
        NotEstimable::unless_positive_weights("the weights", rows, weights)?;
    }
    Ok(())
}

pub(super) fn observed(
    data: AcceleratedData<'_>,
    family: Family,
    row: usize,
) -> Result<Observed, NotEstimable> {
    let (lower, upper) = (data.lower[row], data.upper[row]);
    let entry = data.entry.map_or(f64::NEG_INFINITY, |entry| entry[row]);
    if lower.is_nan() || upper.is_nan() || entry.is_nan() {
        return Err(NotEstimable::NotFinite {
            what: "the times",
            position: row,
        });
    }
    if lower > upper || lower == f64::INFINITY || upper == f64::NEG_INFINITY {
        return Err(NotEstimable::EmptyInterval { row });
    }
    let negative = lower < 0.0 && lower > f64::NEG_INFINITY;
    if family.log && (negative || upper <= 0.0) {
        return Err(NotEstimable::NegativeTime { row });
    }
    let scaled = |time: f64| match family.log && time <= 0.0 {
        true => f64::NEG_INFINITY,
        false => family.of_time(time),
    };
    let observed = Observed {
        lower: scaled(lower),
        upper: scaled(upper),
        entry: scaled(entry),
    };
    let known = match observed.lower.is_finite() {
        true => observed.lower,
        false => observed.upper,
    };
    if observed.entry >= observed.upper || (observed.entry > known && known == observed.lower) {
        return Err(NotEstimable::EmptyInterval { row });
    }
    Ok(observed)
}
