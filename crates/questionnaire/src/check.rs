//! Whether the parts of an instrument file go together. Every fault is told, not only the first.

mod members;
mod scales;

use crate::definition::{
    Certainty, HIGHEST_ITEM, ITEM_SCORES, InstrumentDefinition, Licence, LicenceClass, Structure,
    instrument,
};
use crate::fault::{Fault, Faults};
use crate::file::{DefinitionFile, LicencePart, ReliabilityPart, StructurePart};
use crate::reliability::{Population, Reliability};
use codes::Instrument;
use scales::Frame;
use std::collections::BTreeMap;

/// The faults found so far.
#[derive(Default)]
pub(crate) struct Found(Vec<Fault>);

impl Found {
    /// Tells `what` about `place` unless `holds`; gives back `holds`.
    pub(crate) fn unless(&mut self, holds: bool, place: &str, what: impl Into<String>) -> bool {
        if !holds {
            self.0.push(Fault::new(place, what));
        }
        holds
    }

    /// A text that somebody can read: not empty, one paragraph.
    pub(crate) fn text(&mut self, text: &str, place: &str) {
        self.unless(
            !text.trim().is_empty(),
            place,
            "deze tekst is leeg; vul hem in",
        );
        self.unless(
            !text.chars().any(char::is_control),
            place,
            "deze tekst bevat een regeleinde of stuurteken; haal het weg",
        );
    }

    pub(crate) fn into_faults(self) -> Vec<Fault> {
        self.0
    }
}

pub(crate) fn definition(file: DefinitionFile) -> Result<InstrumentDefinition, Faults> {
    let mut found = Found::default();
    let code = match instrument(&file.code) {
        Ok(code) => code,
        Err(fault) => return Err(Faults::one(fault)),
    };
    for (text, place) in [(&file.name, "naam"), (&file.version, "versie")] {
        found.text(text, place);
    }
    let singles = file
        .origin
        .iter()
        .map(|text| (text, "herkomst"))
        .chain(file.notes.iter().map(|text| (text, "opmerkingen")));
    singles.for_each(|(text, place)| found.text(text, place));
    let licence = licence(file.licence, code, &mut found);
    let structure = structure(file.structure, code, &mut found);
    let frame = Frame {
        items: structure.items,
        item_scores: structure.item_scores,
        closed: licence.class == LicenceClass::C,
    };
    let scales = frame.scales(file.scales, &mut found);
    let total = file
        .total
        .map(|total| frame.total(total, &scales, &mut found));
    let known: Vec<&str> = scales.iter().map(|scale| scale.code()).collect();
    let parts = file.reliabilities.into_iter().enumerate();
    let reliabilities = parts
        .map(|(at, part)| reliability(part, at, (code, &known), &mut found))
        .collect();
    let texts = texts(file.texts, (&structure, licence.class), &mut found);
    Faults::unless(found.into_faults(), || InstrumentDefinition {
        code,
        version: file.version,
        name: file.name,
        origin: file.origin,
        notes: file.notes,
        licence,
        structure,
        scales,
        total,
        reliabilities,
        texts,
    })
}

fn licence(part: LicencePart, code: Instrument, found: &mut Found) -> Licence {
    found.text(&part.note, "[licentie], toelichting");
    found.unless(
        part.class != LicenceClass::A || code == Instrument::Demo15,
        "[licentie], klasse",
        "klasse A is er alleen voor DEMO-15: van geen ander instrument is een vrije licentie bekend; kies B of C",
    );
    Licence {
        class: part.class,
        note: part.note,
    }
}

fn structure(part: StructurePart, code: Instrument, found: &mut Found) -> Structure {
    found.text(&part.source, "[bouw], bron");
    let items = part.items.filter(|&items| {
        found.unless(
            (1..=HIGHEST_ITEM).contains(&items),
            "[bouw], items",
            format!("het aantal items loopt van 1 tot en met {HIGHEST_ITEM}"),
        )
    });
    let written = part.item_scores.map(|pair| (pair.0, pair.1));
    let item_scores = written.filter(|&(min, max)| {
        let place = "[bouw], itemscores";
        let (least, most) = ITEM_SCORES;
        found.unless(
            min < max,
            place,
            "de laagste score is niet lager dan de hoogste; zet de laagste voorop",
        ) && found.unless(
            least <= min && max <= most,
            place,
            format!("een levering kan itemscores van {least} tot en met {most} bevatten"),
        )
    });
    found.unless(
        (part.certainty == Certainty::Invented) == (code == Instrument::Demo15),
        "[bouw], zekerheid",
        "alleen DEMO-15 is verzonnen, en dat helemaal; kies `gelezen` of `algemeen bekend`, en bij DEMO-15 `verzonnen`",
    );
    Structure {
        items,
        item_scores,
        source: part.source,
        certainty: part.certainty,
    }
}

fn reliability(
    part: ReliabilityPart,
    at: usize,
    (code, scales): (Instrument, &[&str]),
    found: &mut Found,
) -> Reliability {
    let place = |key: &str| format!("[[betrouwbaarheid]] {}, {key}", at + 1);
    found.text(&part.described, &place("omschrijving"));
    found.text(&part.source, &place("bron"));
    found.unless(
        part.value > 0.0 && part.value < 1.0,
        &place("waarde"),
        "een betrouwbaarheid ligt tussen 0 en 1; schrijf bijvoorbeeld 0.85",
    );
    if let Some(scale) = &part.scale {
        found.unless(
            scales.contains(&scale.as_str()),
            &place("schaal"),
            format!(
                "schaal `{scale}` staat niet in dit bestand; laat de sleutel weg voor het totaal"
            ),
        );
    }
    found.unless(
        (part.population == Population::Invented) == (code == Instrument::Demo15),
        &place("populatie"),
        "een verzonnen betrouwbaarheid hoort bij DEMO-15 en bij geen ander instrument; noem de onderzochte groep",
    );
    Reliability {
        scale: part.scale,
        value: part.value,
        lower_bound: part.lower_bound,
        kind: part.kind,
        population: part.population,
        described: part.described,
        source: part.source,
    }
}

fn texts(
    written: BTreeMap<String, String>,
    (structure, class): (&Structure, LicenceClass),
    found: &mut Found,
) -> BTreeMap<u16, String> {
    if written.is_empty() {
        return BTreeMap::new();
    }
    found.unless(
        class == LicenceClass::A,
        "[teksten]",
        format!(
            "itemteksten horen niet in een instrumentbestand van licentieklasse {}; zet ze in een bestand met `soort = \"itemteksten\"`",
            class.letter()
        ),
    );
    numbered_texts(written, structure.items, ("[teksten]", found))
}

/// Item texts under their numbers; each item that the structure has, and no other.
pub(crate) fn numbered_texts(
    written: BTreeMap<String, String>,
    items: Option<u16>,
    (heading, found): (&str, &mut Found),
) -> BTreeMap<u16, String> {
    let mut texts = BTreeMap::new();
    for (key, text) in written {
        let place = format!("{heading}, {key}");
        found.text(&text, &place);
        let number = key
            .parse::<u16>()
            .ok()
            .filter(|number| *number >= 1 && items.is_none_or(|items| *number <= items));
        let is_item = found.unless(
            // `01` would be a second name of item 1.
            number.is_some_and(|number| number.to_string() == key),
            &place,
            "dit itemnummer bestaat niet bij dit instrument; nummer de items vanaf 1",
        );
        if let Some(number) = number.filter(|_| is_item) {
            texts.insert(number, text);
        }
    }
    let lacking = items.and_then(|items| (1..=items).find(|item| !texts.contains_key(item)));
    found.unless(
        lacking.is_none(),
        heading,
        format!(
            "de tekst van item {} ontbreekt; geef van elk item een tekst",
            lacking.unwrap_or_default()
        ),
    );
    texts
}
