//! What is known of one instrument.

use crate::check;
use crate::fault::{Fault, Faults};
use crate::file::DefinitionFile;
use crate::reliability::Reliability;
use crate::scale::{Scale, ScoreRange};
use codes::Instrument;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

/// The highest item number that a delivery can hold (data dictionary, `itemscore.item_nr`).
pub const HIGHEST_ITEM: u16 = 200;
/// The scores on an item that a delivery can hold (data dictionary, `itemscore.item_score`).
pub const ITEM_SCORES: (i16, i16) = (-3, 100);
/// The totals that a delivery can hold (data dictionary, `meting.totaalscore`).
pub const TOTALS: ScoreRange = ScoreRange {
    min: -10.0,
    max: 1000.0,
};

/// What may be shipped of an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum LicenceClass {
    /// Everything, item texts too.
    A,
    /// Structure and scoring; item texts only in a content pack of a licence holder.
    B,
    /// Totals only.
    C,
}

impl LicenceClass {
    /// The letter.
    pub fn letter(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        }
    }

    /// What users read.
    pub fn label(self) -> &'static str {
        match self {
            Self::A => "items mogen worden meegeleverd",
            Self::B => "alleen bouw en scoring; itemteksten met eigen licentie",
            Self::C => "alleen totaalscores",
        }
    }
}

/// The licence of an instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    /// What may be shipped.
    pub class: LicenceClass,
    /// Whose it is and what they ask; Dutch.
    pub note: String,
}

/// How sure the structure is; that of its weakest fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Certainty {
    /// Read in the source named.
    #[serde(rename = "gelezen")]
    Read,
    /// Common knowledge of the field, not looked up.
    #[serde(rename = "algemeen bekend")]
    CommonKnowledge,
    /// Made up.
    #[serde(rename = "verzonnen")]
    Invented,
}

impl Certainty {
    /// What users read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Read => "gelezen in de bron",
            Self::CommonKnowledge => "algemeen bekend, niet nagelezen",
            Self::Invented => "verzonnen",
        }
    }
}

/// Items and their scores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Structure {
    /// The number of items, where known.
    pub items: Option<u16>,
    /// Lowest and highest score on an item, where known and the same for all items.
    pub item_scores: Option<(i16, i16)>,
    /// Where it was found.
    pub source: String,
    /// How sure it is.
    pub certainty: Certainty,
}

/// What is known of one instrument; made by [`InstrumentDefinition::parse`] alone.
#[derive(Clone, PartialEq)]
pub struct InstrumentDefinition {
    pub(crate) code: Instrument,
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) origin: Option<String>,
    pub(crate) notes: Vec<String>,
    pub(crate) licence: Licence,
    pub(crate) structure: Structure,
    pub(crate) scales: Vec<Scale>,
    pub(crate) total: Option<Scale>,
    pub(crate) reliabilities: Vec<Reliability>,
    pub(crate) texts: BTreeMap<u16, String>,
}

impl InstrumentDefinition {
    /// Reads an instrument file and checks that its parts go together.
    ///
    /// ```
    /// let text = "soort = \"instrument\"\ncode = \"HONOS\"\nnaam = \"HoNOS\"\nversie = \"1\"\n\
    ///     [licentie]\nklasse = \"B\"\ntoelichting = \"©\"\n\
    ///     [bouw]\nitems = 12\nitemscores = [4, 0]\nbron = \"?\"\nzekerheid = \"gelezen\"\n";
    /// let faults = questionnaire::InstrumentDefinition::parse(text).unwrap_err();
    /// assert_eq!(
    ///     faults.to_string(),
    ///     "[bouw], itemscores: de laagste score is niet lager dan de hoogste; zet de laagste voorop."
    /// );
    /// ```
    ///
    /// # Errors
    /// What is no TOML or has other keys, as one fault with its line; otherwise every fault in what
    /// it says.
    pub fn parse(text: &str) -> Result<Self, Faults> {
        let file: DefinitionFile =
            toml::from_str(text).map_err(|error| Faults::of_toml(text, &error))?;
        check::definition(file)
    }

    /// The code of the instrument in a delivery.
    pub fn code(&self) -> Instrument {
        self.code
    }

    /// The version of this definition.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Dutch name, with the edition where there are several.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who made the instrument and when, where known.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// What else a user has to know; Dutch sentences.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The licence.
    pub fn licence(&self) -> &Licence {
        &self.licence
    }

    /// Items and their scores.
    pub fn structure(&self) -> &Structure {
        &self.structure
    }

    /// The scales, in the order of the file.
    pub fn scales(&self) -> &[Scale] {
        &self.scales
    }

    /// The scale with this code.
    pub fn scale(&self, code: &str) -> Option<&Scale> {
        self.scales.iter().find(|scale| scale.code == code)
    }

    /// The total; `None` for an instrument that has none.
    pub fn total(&self) -> Option<&Scale> {
        self.total.as_ref()
    }

    /// What is published of its reliability.
    pub fn reliabilities(&self) -> &[Reliability] {
        &self.reliabilities
    }

    /// The text of an item; only the invented instrument has them.
    pub fn text(&self, item: u16) -> Option<&str> {
        self.texts.get(&item).map(String::as_str)
    }

    /// Whether all of it is made up.
    pub fn is_invented(&self) -> bool {
        self.code == Instrument::Demo15
    }
}

impl fmt::Debug for InstrumentDefinition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("InstrumentDefinition")
            .field("code", &self.code)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// The instrument behind a code that a file names.
pub(crate) fn instrument(key: &str) -> Result<Instrument, Fault> {
    use codes::Coded;
    match Instrument::from_key(key) {
        Some(Instrument::Other) => Err(Fault::new(
            "code",
            "`ANDERS` staat voor allerlei instrumenten; kies de code van één instrument",
        )),
        Some(code) => Ok(code),
        None => Err(Fault::new(
            "code",
            format!(
                "`{key}` staat niet in codelijst CL33; `doorstroom instrument list` toont de codes"
            ),
        )),
    }
}
