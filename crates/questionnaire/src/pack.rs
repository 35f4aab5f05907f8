//! Content packs: the item texts that an institution may use under a licence of its own.
//!
//! A pack never comes with the program and never leaves the institution; here it is read and held
//! against the structure, nothing more.

use crate::check::{Found, numbered_texts};
use crate::definition::{LicenceClass, instrument};
use crate::fault::{Fault, Faults};
use crate::library::Library;
use codes::{Coded, Instrument};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

#[derive(Deserialize)]
enum PackKind {
    #[serde(rename = "itemteksten")]
    Texts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PackFile {
    #[serde(rename = "soort")]
    _kind: PackKind,
    instrument: String,
    #[serde(rename = "versie")]
    version: String,
    #[serde(rename = "licentie")]
    licence: PackLicence,
    #[serde(rename = "teksten")]
    texts: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PackLicence {
    #[serde(rename = "houder")]
    holder: String,
    #[serde(rename = "kenmerk")]
    reference: String,
}

/// The texts of all items of one instrument, with whose licence allows their use.
///
/// `Debug` shows no text: texts are somebody's property.
#[derive(Clone, PartialEq, Eq)]
pub struct ContentPack {
    instrument: Instrument,
    version: String,
    holder: String,
    reference: String,
    texts: BTreeMap<u16, String>,
}

impl ContentPack {
    /// Reads a pack and holds it against the definition of its instrument.
    ///
    /// ```
    /// use questionnaire::{ContentPack, Library};
    /// let text = "soort = \"itemteksten\"\ninstrument = \"MOAS\"\nversie = \"1\"\n\
    ///     [licentie]\nhouder = \"Instelling X\"\nkenmerk = \"2025-14\"\n\
    ///     [teksten]\n1 = \"a\"\n2 = \"b\"\n3 = \"c\"\n";
    /// let faults = ContentPack::parse(text, Library::shipped()).unwrap_err();
    /// assert_eq!(
    ///     faults.to_string(),
    ///     "[teksten]: de tekst van item 4 ontbreekt; geef van elk item een tekst."
    /// );
    /// ```
    ///
    /// # Errors
    /// What is no TOML or has other keys; an instrument that is not in `library`, of another
    /// version, of licence class C or with an unknown number of items; items that it does not
    /// have, lack, or have no text.
    pub fn parse(text: &str, library: &Library) -> Result<Self, Faults> {
        let file: PackFile = toml::from_str(text).map_err(|error| Faults::of_toml(text, &error))?;
        let code = instrument(&file.instrument).map_err(|fault| {
            Faults::one(Fault {
                place: "instrument".into(),
                ..fault
            })
        })?;
        let Some(definition) = library.get(code) else {
            let what = format!("van `{}` is geen instrumentbestand", code.key());
            return Err(Faults::one(Fault::new("instrument", what)));
        };
        let mut found = Found::default();
        found.text(&file.licence.holder, "[licentie], houder");
        found.text(&file.licence.reference, "[licentie], kenmerk");
        found.unless(
            file.version == definition.version(),
            "versie",
            format!(
                "deze teksten horen bij een andere versie; het instrumentbestand is versie `{}`",
                definition.version()
            ),
        );
        found.unless(
            definition.licence().class != LicenceClass::C,
            "instrument",
            "van dit instrument (licentieklasse C) bewaart Doorstroom alleen totaalscores; teksten zijn niet nodig",
        );
        found.unless(
            definition.structure().items.is_some(),
            "instrument",
            "van dit instrument is het aantal items niet bekend, dus teksten zijn niet na te gaan; geef eerst een eigen instrumentbestand",
        );
        let items = definition.structure().items;
        let texts = numbered_texts(file.texts, items, ("[teksten]", &mut found));
        Faults::unless(found.into_faults(), || Self {
            instrument: code,
            version: file.version,
            holder: file.licence.holder,
            reference: file.licence.reference,
            texts,
        })
    }

    /// Whose texts these are.
    pub fn instrument(&self) -> Instrument {
        self.instrument
    }

    /// The version of the definition that they belong to.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Who holds the licence.
    pub fn holder(&self) -> &str {
        &self.holder
    }

    /// The reference of the licence.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The text of an item.
    pub fn text(&self, item: u16) -> Option<&str> {
        self.texts.get(&item).map(String::as_str)
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is no text; a pack that was read has at least one.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

impl fmt::Debug for ContentPack {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ContentPack")
            .field("instrument", &self.instrument)
            .field("items", &self.texts.len())
            .finish_non_exhaustive()
    }
}
