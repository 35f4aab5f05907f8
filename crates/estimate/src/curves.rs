use crate::INSTITUTIONS;
use crate::table::Count;
use calendar::DayCount;
use serde::{Deserialize, Serialize};

/// What a curve says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CurveKind {
    /// The probability of still being there (Kaplan–Meier); starts at 1 and falls.
    Survival,
    /// The probability that the event has happened (Aalen–Johansen); starts at 0 and rises.
    CumulativeIncidence,
}

/// Step functions over days since an index date.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curves {
    /// What the curves say.
    pub kind: CurveKind,
    /// What day 0 is, in Dutch ("dagen sinds opname").
    pub time_title: String,
    /// The groups followed; curves of one group share its risk set.
    pub strata: Vec<Stratum>,
    /// The curves.
    pub series: Vec<Series>,
}

/// A group that is followed over time, with its risk set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stratum {
    /// Label.
    pub label: String,
    /// Who it is made of.
    pub size: Count,
    /// Days at which anything happens, rising.
    pub times: Vec<DayCount>,
    /// At risk just before each day.
    pub n_risk: Vec<u64>,
    /// The part of `n_risk` that each institution contributed; evidence, never shown.
    pub n_risk_per_institution: Vec<[u64; INSTITUTIONS]>,
    /// Censored on each day.
    pub n_censor: Vec<u64>,
}

/// One curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Label of the event or group.
    pub label: String,
    /// Position of its group in [`Curves::strata`].
    pub stratum: usize,
    /// Codes of the events that it is about, rising. With the result's name and the group they
    /// say what is measured, whatever the labels are.
    pub outcome: Vec<u8>,
    /// The days on which the curve steps, rising; days without an event are left out.
    pub steps: Vec<Step>,
    /// The median of a survival curve.
    pub median: Option<Quantile>,
    /// The curve at the protocol's horizons.
    pub horizons: Vec<Horizon>,
    /// Events over the whole curve.
    pub events: Count,
}

/// One step of a curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Days since the index date.
    pub time: DayCount,
    /// Events of this curve on this day.
    pub n_event: u64,
    /// The part of `n_event` that each institution contributed; evidence, never shown.
    pub n_event_per_institution: [u64; INSTITUTIONS],
    /// At risk just before it.
    pub n_risk: u64,
    /// The estimate after it.
    pub estimate: f64,
    /// Standard error of the estimate, on the probability scale.
    pub std_err: f64,
    /// Lower limit, 95 %.
    pub lower: f64,
    /// Upper limit, 95 %.
    pub upper: f64,
}

/// A quantile of a survival curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Quantile {
    /// The curve never gets that low.
    NotReached,
    /// It does on this day.
    At {
        /// Days.
        days: f64,
        /// Lower limit, if the lower band gets there.
        lower: Option<f64>,
        /// Upper limit, if the upper band gets there.
        upper: Option<f64>,
    },
}

/// The curve at a horizon.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Horizon {
    /// Days since the index date.
    pub time: DayCount,
    /// At risk just before it.
    pub n_risk: u64,
    /// Events up to and including it.
    pub n_event: u64,
    /// The estimate.
    pub estimate: f64,
    /// Lower limit, 95 %.
    pub lower: f64,
    /// Upper limit, 95 %.
    pub upper: f64,
}
