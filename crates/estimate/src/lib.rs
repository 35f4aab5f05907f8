//! The few result shapes, with the evidence that disclosure checks need.
//!
//! An [`Estimate`] is what an analysis found: still unsafe to show. It carries its own
//! definition, its provenance, and beside each number the evidence by which `disclosure`
//! judges it (distinct clients per cell, contributions per institution, the largest
//! contributors to a sum). The set of shapes is closed: [`Shape`]. A new analysis fits one of
//! them; a new shape is reviewed at the gate.
//!
//! What this crate does not do: it knows no rows, makes no estimate and shows none.

mod course;
mod curves;
mod flow;
mod interval;
mod measures;
mod meta;
mod projection;
mod quotation;
mod regression;
#[cfg(feature = "sample")]
mod sample;
mod table;

pub use course::{Course, CourseLine, CoursePoint};
pub use curves::{CurveKind, Curves, Horizon, Quantile, Series, Step, Stratum};
pub use flow::{Flow, Layer, Link};
pub use interval::Interval;
pub use measures::{MeasureColumn, MeasureRow, MeasureValue, Measures};
pub use meta::{
    Digest, LinkageEvidence, NotEstimable, Provenance, ResultId, ResultMeta, Section, Unit,
};
pub use projection::{BasisCount, Projection, Scenario};
pub use quotation::{Quotation, Quotations};
pub use regression::{Caveat, Coding, Effect, Level, Method, Regression, Term};
#[cfg(feature = "sample")]
pub use sample::sample;
pub use table::{
    Attrition, AttritionStep, Block, Characteristics, Count, Durations, FrequencyTable, Summary,
};

use serde::{Deserialize, Serialize};

/// The number of institutions whose contributions are told apart as evidence.
pub const INSTITUTIONS: usize = 4;

/// One result: what was asked, where it comes from, and what was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// What was asked and of what.
    pub meta: ResultMeta,
    /// What was found, or why nothing can be said.
    pub outcome: Result<Shape, NotEstimable>,
}

/// The closed set of result shapes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Shape {
    /// Counts in one or two dimensions.
    Frequency(FrequencyTable),
    /// Characteristics of groups.
    Characteristics(Characteristics),
    /// Step functions over time since an index date.
    Curves(Curves),
    /// Counts along layers.
    Flow(Flow),
    /// Who was left out of a cohort, and why.
    Attrition(Attrition),
    /// Summaries of a duration per group.
    Durations(Durations),
    /// What goes with an outcome.
    Regression(Regression),
    /// A quantity over time.
    Course(Course),
    /// What a model expects under scenarios.
    Projection(Projection),
    /// Numbers that each stand for themselves.
    Measures(Measures),
    /// What people said.
    Quotations(Quotations),
}
