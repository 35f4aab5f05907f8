//! What the regression is fitted to.

use crate::NotEstimable;
use crate::matrix::Matrix;
use crate::time_order::unless_dense;

/// Rows followed over `(entry, time]`, with covariates.
#[derive(Clone, Copy, Debug)]
pub struct FineGrayData<'a> {
    /// When each row comes under observation; `None` if all do at the start.
    pub entry: Option<&'a [f64]>,
    /// When it ends.
    pub time: &'a [f64],
    /// Why: 0 censored, `cause`, or a competing cause.
    pub status: &'a [u32],
    /// The cause that is modelled.
    pub cause: u32,
    /// Covariates: rows × columns.
    pub x: &'a Matrix,
    /// Case weights.
    pub weights: Option<&'a [f64]>,
    /// A known part of the linear predictor.
    pub offset: Option<&'a [f64]>,
    /// Strata with a baseline of their own, from 0.
    pub strata: Option<&'a [u32]>,
    /// Groups with a censoring distribution of their own, from 0.
    pub censoring_groups: Option<&'a [u32]>,
    /// Which rows are of one person, whose last row alone can end in censoring.
    pub id: Option<&'a [u32]>,
}

/// How tied events of the cause share their moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EventTies {
    /// Each with the whole risk set (as `crr`).
    Breslow,
    /// Averaged (as `coxph` after `finegray`).
    #[default]
    Efron,
}

/// Who is at risk of being censored at a time at which others have an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CensoringTies {
    /// Events leave first, as elsewhere in survival analysis (and in `finegray`).
    #[default]
    EventsFirst,
    /// Who has an event is still at risk of being censored (as in `crr`).
    EventsAtRisk,
}

/// How the fit is made.
#[derive(Clone, Debug, PartialEq)]
pub struct FineGrayControl {
    /// Tied events.
    pub event_ties: EventTies,
    /// Events and censorings at one time.
    pub censoring_ties: CensoringTies,
    /// Where to start; zeros if `None`.
    pub start: Option<Vec<f64>>,
    /// Newton steps at most; 0 evaluates at the start.
    pub iterations: usize,
    /// Ends when the largest score × max(|coefficient|, 1), divided by max(|log-likelihood|, 1),
    /// is below this (as `crr(gtol)`); at the limits of rounding if `None`.
    pub gradient_tolerance: Option<f64>,
}

impl Default for FineGrayControl {
    fn default() -> Self {
        Self {
            event_ties: EventTies::default(),
            censoring_ties: CensoringTies::default(),
            start: None,
            iterations: 40,
            gradient_tolerance: None,
        }
    }
}

impl FineGrayData<'_> {
    /// Lengths, numbers and codes; the times are checked with the clock.
    pub(in crate::competing) fn check(&self) -> Result<(), NotEstimable> {
        let rows = self.time.len();
        NotEstimable::unless_length("status", rows, self.status.len())?;
        NotEstimable::unless_length("x", rows, self.x.rows())?;
        NotEstimable::unless_finite("x", self.x.values())?;
        if let Some(weights) = self.weights {
            NotEstimable::unless_positive_weights("weights", rows, weights)?;
        }
        if let Some(offset) = self.offset {
            NotEstimable::unless_offset(rows, offset)?;
        }
        for (what, codes) in [
            ("strata", self.strata),
            ("censoring groups", self.censoring_groups),
            ("id", self.id),
        ] {
            if let Some(codes) = codes {
                NotEstimable::unless_length(what, rows, codes.len())?;
                unless_dense(what, codes)?;
            }
        }
        if !self.status.contains(&self.cause) || self.cause == 0 {
            return Err(NotEstimable::NoEvents);
        }
        Ok(())
    }

    pub(in crate::competing) fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    pub(in crate::competing) fn censoring_group(&self, row: usize) -> usize {
        self.censoring_groups
            .map_or(0, |groups| groups[row] as usize)
    }

    pub(in crate::competing) fn is_event(&self, row: usize) -> bool {
        self.status[row] == self.cause
    }
}
