//! What is published of the reliability of a scale.

use serde::Deserialize;

/// Which coefficient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum ReliabilityKind {
    /// Cronbach's alpha.
    #[serde(rename = "alfa")]
    Alpha,
    /// McDonald's omega.
    #[serde(rename = "omega")]
    Omega,
    /// Intraclass correlation, between raters or occasions.
    #[serde(rename = "icc")]
    IntraclassCorrelation,
    /// Correlation of two occasions.
    #[serde(rename = "hertest")]
    TestRetest,
}

impl ReliabilityKind {
    /// What users read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Alpha => "Cronbachs α",
            Self::Omega => "McDonalds ω",
            Self::IntraclassCorrelation => "ICC",
            Self::TestRetest => "test-hertest",
        }
    }
}

/// In whom it was found. LVB: mild intellectual disability or borderline intellectual functioning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Population {
    /// Adults with LVB in inpatient treatment, in the Netherlands: the population of the study.
    #[serde(rename = "lvb klinisch")]
    LvbInpatient,
    /// Adults with LVB in outpatient treatment, in the Netherlands.
    #[serde(rename = "lvb ambulant")]
    LvbOutpatient,
    /// Anybody else.
    #[serde(rename = "andere")]
    Other,
    /// Nobody: a number made up for the invented instrument, and for that alone.
    #[serde(rename = "verzonnen")]
    Invented,
}

impl Population {
    /// What users read.
    pub fn label(self) -> &'static str {
        match self {
            Self::LvbInpatient => "LVB, klinisch",
            Self::LvbOutpatient => "LVB, ambulant",
            Self::Other => "andere doelgroep",
            Self::Invented => "verzonnen",
        }
    }
}

/// One published coefficient.
#[derive(Clone, Debug, PartialEq)]
pub struct Reliability {
    /// The scale it is about; `None` for the total.
    pub scale: Option<String>,
    /// Strictly between 0 and 1.
    pub value: f64,
    /// Whether the source only says that it is higher than `value`.
    pub lower_bound: bool,
    /// Which coefficient.
    pub kind: ReliabilityKind,
    /// In whom.
    pub population: Population,
    /// In whom, in the words of the file; Dutch.
    pub described: String,
    /// The publication.
    pub source: String,
}
