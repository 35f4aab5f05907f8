use super::Observations;
use crate::NotEstimable;

/// The rows that are still there at some time.
pub(super) struct Later {
    /// Their places among all rows.
    pub(super) kept: Vec<usize>,
    entry: Option<Vec<f64>>,
    exit: Vec<f64>,
    event: Vec<bool>,
    weights: Option<Vec<f64>>,
    id: Option<Vec<u32>>,
    pub(super) clusters: Option<Vec<u32>>,
}

impl Later {
    pub(super) fn than(
        start: f64,
        rows: Observations<'_>,
        clusters: Option<&[u32]>,
    ) -> Result<Self, NotEstimable> {
        if start.is_nan() {
            return Err(NotEstimable::Domain {
                what: "the start time",
                value: start,
            });
        }
        let kept: Vec<usize> = (0..rows.len())
            .filter(|&row| rows.exit[row] >= start)
            .collect();
        if kept.is_empty() {
            return Err(NotEstimable::Empty {
                what: "rows that reach the start time",
            });
        }
        let numbers = |values: &[f64]| kept.iter().map(|&row| values[row]).collect::<Vec<f64>>();
        let codes = |values: &[u32]| kept.iter().map(|&row| values[row]).collect::<Vec<u32>>();
        // Who came in before the start is simply there.
        let clip = |entry: f64| {
            if entry < start {
                f64::NEG_INFINITY
            } else {
                entry
            }
        };
        Ok(Self {
            entry: rows
                .entry
                .map(|entry| numbers(entry).into_iter().map(clip).collect()),
            exit: numbers(rows.exit),
            event: kept.iter().map(|&row| rows.event[row]).collect(),
            weights: rows.weights.map(numbers),
            id: rows.id.map(codes),
            clusters: clusters.map(codes),
            kept,
        })
    }

    pub(super) fn rows(&self) -> Observations<'_> {
        Observations {
            entry: self.entry.as_deref(),
            exit: &self.exit,
            event: &self.event,
            weights: self.weights.as_deref(),
            id: self.id.as_deref(),
        }
    }
}
