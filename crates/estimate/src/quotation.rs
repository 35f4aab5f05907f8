use crate::table::Count;
use serde::{Deserialize, Serialize};

/// What people said, in their words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quotations {
    /// The quotations, in order of themes.
    pub quotations: Vec<Quotation>,
}

/// One quotation.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Quotation {
    /// What it is about.
    pub theme: String,
    /// Who speaks, as "cliënt" or "plaatsingscoördinator".
    pub voice: String,
    /// How many took part in this voice, the speaker among them.
    pub speakers: Count,
    /// The words, without names, places and dates.
    pub words: String,
    /// Whether the speaker agreed to be quoted.
    pub agreed: bool,
    /// Who read it for recognisable details, apart from each other.
    pub read_by: Vec<String>,
}

impl std::fmt::Debug for Quotation {
    /// Not the words: they are the speaker's until they are released.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Quotation {{ {} … }}", self.theme)
    }
}
