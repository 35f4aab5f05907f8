//! The shape of an instrument file. Keys are Dutch, because study teams write them.

use crate::definition::{Certainty, LicenceClass};
use crate::reliability::{Population, ReliabilityKind};
use crate::scale::{Direction, Scoring};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum DefinitionKind {
    #[serde(rename = "instrument")]
    Instrument,
}

/// Lowest and highest. Read as a list: a third number would otherwise be dropped in silence.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "Vec<T>", bound = "T: Copy + Deserialize<'de>")]
pub(crate) struct Pair<T: Copy>(pub(crate) T, pub(crate) T);

impl<T: Copy> TryFrom<Vec<T>> for Pair<T> {
    type Error = &'static str;

    fn try_from(list: Vec<T>) -> Result<Self, Self::Error> {
        match list[..] {
            [min, max] => Ok(Self(min, max)),
            _ => Err("invalid length"),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DefinitionFile {
    #[serde(rename = "soort")]
    pub(crate) _kind: DefinitionKind,
    pub(crate) code: String,
    #[serde(rename = "naam")]
    pub(crate) name: String,
    #[serde(rename = "versie")]
    pub(crate) version: String,
    #[serde(rename = "herkomst")]
    pub(crate) origin: Option<String>,
    #[serde(rename = "opmerkingen", default)]
    pub(crate) notes: Vec<String>,
    #[serde(rename = "licentie")]
    pub(crate) licence: LicencePart,
    #[serde(rename = "bouw")]
    pub(crate) structure: StructurePart,
    #[serde(rename = "totaal")]
    pub(crate) total: Option<TotalPart>,
    #[serde(rename = "schaal", default)]
    pub(crate) scales: Vec<ScalePart>,
    #[serde(rename = "betrouwbaarheid", default)]
    pub(crate) reliabilities: Vec<ReliabilityPart>,
    #[serde(rename = "teksten", default)]
    pub(crate) texts: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LicencePart {
    #[serde(rename = "klasse")]
    pub(crate) class: LicenceClass,
    #[serde(rename = "toelichting")]
    pub(crate) note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StructurePart {
    pub(crate) items: Option<u16>,
    #[serde(rename = "itemscores")]
    pub(crate) item_scores: Option<Pair<i16>>,
    #[serde(rename = "bron")]
    pub(crate) source: String,
    #[serde(rename = "zekerheid")]
    pub(crate) certainty: Certainty,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TotalPart {
    #[serde(rename = "score")]
    pub(crate) scoring: Option<Scoring>,
    #[serde(rename = "gewichten")]
    pub(crate) weights: Option<Vec<f64>>,
    #[serde(rename = "omgekeerd", default)]
    pub(crate) reversed: Vec<u16>,
    #[serde(rename = "bereik")]
    pub(crate) range: Option<Pair<f64>>,
    #[serde(rename = "richting")]
    pub(crate) direction: Direction,
    #[serde(rename = "ontbrekend", default)]
    pub(crate) missing: u16,
    #[serde(rename = "naar_rato", default)]
    pub(crate) prorated: bool,
    #[serde(rename = "alleen_groep")]
    pub(crate) group_only: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScalePart {
    pub(crate) code: String,
    #[serde(rename = "naam")]
    pub(crate) name: String,
    pub(crate) items: Option<Vec<u16>>,
    #[serde(rename = "aantal_items")]
    pub(crate) count: Option<u16>,
    #[serde(rename = "score")]
    pub(crate) scoring: Option<Scoring>,
    #[serde(rename = "gewichten")]
    pub(crate) weights: Option<Vec<f64>>,
    #[serde(rename = "omgekeerd", default)]
    pub(crate) reversed: Vec<u16>,
    #[serde(rename = "bereik")]
    pub(crate) range: Option<Pair<f64>>,
    #[serde(rename = "richting")]
    pub(crate) direction: Direction,
    #[serde(rename = "ontbrekend", default)]
    pub(crate) missing: u16,
    #[serde(rename = "naar_rato", default)]
    pub(crate) prorated: bool,
    #[serde(rename = "alleen_groep")]
    pub(crate) group_only: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReliabilityPart {
    #[serde(rename = "schaal")]
    pub(crate) scale: Option<String>,
    #[serde(rename = "waarde")]
    pub(crate) value: f64,
    #[serde(rename = "ondergrens", default)]
    pub(crate) lower_bound: bool,
    #[serde(rename = "soort")]
    pub(crate) kind: ReliabilityKind,
    #[serde(rename = "populatie")]
    pub(crate) population: Population,
    #[serde(rename = "omschrijving")]
    pub(crate) described: String,
    #[serde(rename = "bron")]
    pub(crate) source: String,
}
