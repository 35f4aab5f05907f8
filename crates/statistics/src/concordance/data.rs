//! Outcomes and the predictor.

use crate::NotEstimable;
use crate::time_order::{Clock, unless_dense};

/// Outcomes, followed over `(entry, time]`, and a predictor.
///
/// A plain numerical outcome is a time at which everybody has the event.
#[derive(Clone, Copy, Debug)]
pub struct ConcordanceData<'a> {
    /// When each row comes under observation; `None` if all do at the start.
    pub entry: Option<&'a [f64]>,
    /// When it ends.
    pub time: &'a [f64],
    /// Whether it ends with the event.
    pub event: &'a [bool],
    /// The predictor: larger values should go with later events.
    pub predictor: &'a [f64],
    /// Case weights.
    pub weights: Option<&'a [f64]>,
    /// Strata from 0: pairs are made within them.
    pub strata: Option<&'a [u32]>,
}

/// How much the pairs of an event count, by its time. S is the survival curve and G that of
/// censoring, both just before; n is the weight at risk, N that of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeWeight {
    /// All pairs alike (Harrell).
    #[default]
    AtRisk,
    /// N S/n: of the pairs that would have been there without censoring, by S.
    Survival,
    /// N S/(G n) (Schemper 2009).
    SurvivalOverCensoring,
    /// 1/G² (Uno 2011).
    InverseCensoringSquared,
    /// 1/n: all events alike.
    Events,
}

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ConcordanceOptions {
    /// Weights over time.
    pub time_weight: TimeWeight,
    /// Larger predictors go with earlier events (risks).
    pub reverse: bool,
    /// Times below this count as this.
    pub from: Option<f64>,
    /// Times above this are only known to be above it.
    pub until: Option<f64>,
    /// What is wanted besides the counts.
    pub details: Details,
}

/// What a concordance is asked for besides its counts; each holds what the one before does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Details {
    /// Nothing more.
    Estimate,
    /// How each row moves the concordance, which gives its variance.
    Variance,
    /// How each row moves each count, and the ranks of events.
    #[default]
    Influence,
}

impl ConcordanceData<'_> {
    pub(super) fn check(&self) -> Result<(), NotEstimable> {
        let rows = self.time.len();
        NotEstimable::unless_length("event", rows, self.event.len())?;
        NotEstimable::unless_length("predictor", rows, self.predictor.len())?;
        NotEstimable::unless_finite("predictor", self.predictor)?;
        if let Some(strata) = self.strata {
            NotEstimable::unless_length("strata", rows, strata.len())?;
            unless_dense("strata", strata)?;
        }
        let Some(weights) = self.weights else {
            return Ok(());
        };
        NotEstimable::unless_length("weights", rows, weights.len())?;
        NotEstimable::unless_finite("weights", weights)?;
        match weights.iter().position(|&weight| weight <= 0.0) {
            Some(row) => Err(NotEstimable::WeightNotPositive {
                row,
                weight: weights[row],
            }),
            None => Ok(()),
        }
    }

    pub(super) fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    /// The clock of the times within the range that is asked for.
    pub(super) fn clock(&self, options: &ConcordanceOptions) -> Result<Clock, NotEstimable> {
        for (what, limit) in [("from", options.from), ("until", options.until)] {
            if let Some(value) = limit.filter(|limit| limit.is_nan()) {
                return Err(NotEstimable::Domain { what, value });
            }
        }
        let Some(from) = options.from else {
            return Clock::new(self.entry, self.time, self.strata);
        };
        let earlier = |row: &usize| self.time[*row] < from && !self.event[*row];
        if (0..self.time.len()).any(|row| earlier(&row)) {
            return Err(NotEstimable::Domain {
                what: "from (a row is censored before it)",
                value: from,
            });
        }
        let time: Vec<f64> = self.time.iter().map(|time| time.max(from)).collect();
        Clock::new(self.entry, &time, self.strata)
    }

    /// Which rows have the event within the range that is asked for.
    pub(super) fn events(&self, options: &ConcordanceOptions) -> Vec<bool> {
        let until = options.until.unwrap_or(f64::INFINITY);
        let within = |(&event, &time): (&bool, &f64)| event && time <= until;
        self.event.iter().zip(self.time).map(within).collect()
    }
}
