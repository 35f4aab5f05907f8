use crate::INSTITUTIONS;
use calendar::HalfYear;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The first twelve hexadecimal digits, for people.
    pub fn short(&self) -> String {
        self.to_string()[..12].to_owned()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The stable name of a result, such as `terugkeer-elke-borg`: lower case, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResultId(String);

impl ResultId {
    /// A result id; `None` where the name would not do as a file name.
    pub fn new(name: &str) -> Option<Self> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        (!name.is_empty() && name.len() <= 60 && name.chars().all(fits)).then(|| Self(name.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The part of the story a result belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Section {
    /// Who was selected.
    Cohort,
    /// Who came in.
    Inflow,
    /// What happened inside.
    Throughflow,
    /// Who left, and where to.
    Outflow,
    /// Who came back.
    Return,
    /// What changes during treatment.
    Change,
    /// What goes with leaving and coming back.
    Factors,
    /// What may be expected.
    Outlook,
    /// What people say.
    Voices,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Distinct clients.
    Clients,
    /// Admissions; a client may have more than one.
    Admissions,
    /// Exits; a client may have more than one.
    Exits,
}

impl Unit {
    /// What people read, plural.
    pub fn label(self) -> &'static str {
        match self {
            Self::Clients => "cliënten",
            Self::Admissions => "opnames",
            Self::Exits => "ontslagen",
        }
    }
}

/// What was asked, and of what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResultMeta {
    /// Stable name.
    pub id: ResultId,
    /// Where it belongs.
    pub section: Section,
    /// Dutch title.
    pub title: String,
    /// Dutch definition: who is counted, what counts as an event, from when to when.
    pub definition: String,
    /// One plain (B1) Dutch sentence: what does this mean?
    pub plain: String,
    /// What is counted.
    pub unit: Unit,
    /// How many units the result rests on.
    pub n: u64,
    /// How many distinct clients that are.
    pub clients: u64,
    /// The part of `n` that each institution contributed; evidence, never shown.
    pub per_institution: [u64; INSTITUTIONS],
    /// Where it comes from.
    pub provenance: Provenance,
}

/// How much of what belongs together was linked, and what that does to returns.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkageEvidence {
    /// The share of true links that were found, from below and from above.
    pub sensitivity: (f64, f64),
    /// The factors between which the true share of returns to another institution lies, as a
    /// multiple of the estimate; `None` where the linkage says too little.
    pub return_factors: Option<(f64, f64)>,
}

/// Where a result comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Digests of the deliveries and link files behind it.
    pub inputs: Vec<Digest>,
    /// Digest of the protocol (`study.toml`).
    pub protocol: Digest,
    /// Version of the program.
    pub code_version: String,
    /// The last half-year that the data reach into.
    pub data_until: HalfYear,
    /// How much of what belongs together was linked, if it was estimated.
    pub linkage: Option<LinkageEvidence>,
    /// Whether the data are invented.
    pub synthetic: bool,
}

/// An expected "no": the data cannot answer the question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotEstimable {
    /// Nobody met the definition.
    EmptyCohort,
    /// Fewer events than the protocol asks for.
    TooFewEvents {
        /// Events seen; never shown to readers.
        seen: u64,
        /// Events asked for.
        needed: u64,
    },
    /// No observation in the period that the question is about.
    NotObserved,
}
