use super::panels;
use super::sheet::{Line, Panel, Points, Sheet};
use super::tiles;
use crate::{Error, words};
use disclosure::{Publication, PublicationHeader, Published, Released};
use estimate::{CurveKind, Section};
use figure::dutch;

/// The most withheld results that are named one by one.
const MOST_WITHHELD: usize = 3;

/// A place of the factsheet, and the result that belongs there.
pub(super) struct Place {
    /// Title if nothing was released for it.
    pub title: &'static str,
    /// The name of the result that belongs here.
    id: &'static str,
    /// Else the first of this part of the story …
    section: Section,
    /// … that has this shape.
    fits: fn(&Released) -> bool,
}

pub(super) const FLOW: Place = Place {
    title: "De stroom",
    id: "stroom",
    section: Section::Throughflow,
    fits: |released| matches!(released, Released::Flow(_)),
};
pub(super) const STAY: Place = Place {
    title: "Hoe lang blijven cliënten?",
    id: "verblijfsduur",
    section: Section::Throughflow,
    fits: |released| matches!(released, Released::Curves(it) if it.kind() == CurveKind::Survival),
};
pub(super) const DESTINATION: Place = Place {
    title: "Waar gaan cliënten naartoe?",
    id: "bestemming",
    section: Section::Outflow,
    fits: |released| matches!(released, Released::Table(_)),
};
pub(super) const RETURN: Place = Place {
    title: "Komen cliënten terug?",
    id: "terugkeer-elke-borg",
    section: Section::Return,
    fits: |released| matches!(released, Released::Curves(it) if it.kind() == CurveKind::CumulativeIncidence),
};
pub(super) const BLOCKED: Place = Place {
    title: "Wachten op een vervolgplek",
    id: "geblokkeerde-dagen",
    section: Section::Throughflow,
    fits: |released| matches!(released, Released::Durations(_)),
};
const PLACES: [&Place; 5] = [&FLOW, &STAY, &DESTINATION, &RETURN, &BLOCKED];

impl Place {
    /// The result that belongs here, if one was released.
    pub fn find<'a>(&self, publication: &'a Publication) -> Option<&'a Published> {
        publication.result(self.id).or_else(|| {
            let mut results = publication.results().iter();
            results.find(|it| it.section() == self.section && (self.fits)(it.released()))
        })
    }

    fn panel(&self, publication: &Publication, draw: panels::Draw) -> Panel {
        match self.find(publication) {
            Some(published) => panels::panel(published, publication.header(), draw),
            None => panels::absent(self.title),
        }
    }
}

/// Everything that the factsheet says.
pub(super) fn tell(publication: &Publication) -> Result<Sheet, Error> {
    let header = publication.header();
    let released_on = words::released_on(header)?;
    Ok(Sheet {
        title: header.study_title.clone(),
        subtitle: subtitle(header),
        kicker: format!(
            "Factsheet · publicatie {} · {released_on}",
            header.release_number
        ),
        footer: format!(
            "Doorstroom · publicatie {} · vrijgegeven op {released_on}",
            header.release_number
        ),
        mark: header.synthetic.then_some(figure::SYNTHETIC_MARK),
        date: date(&header.released_on)?,
        about: about(header, &released_on),
        tiles: tiles::tiles(publication),
        flow: FLOW.panel(publication, panels::chart),
        stay: STAY.panel(publication, panels::stay),
        destination: DESTINATION.panel(publication, panels::destination),
        returns: RETURN.panel(publication, panels::chart_and_horizons),
        blocked: BLOCKED.panel(publication, panels::durations),
        meaning: meaning(publication),
        protection: Points {
            title: "Zo zijn kleine aantallen beschermd",
            sentences: words::protection(header),
        },
        unsaid: unsaid(publication),
        provenance: Line {
            title: "Herkomst van de cijfers",
            line: provenance(publication, &released_on),
        },
    })
}

fn date(iso: &str) -> Result<[u32; 3], Error> {
    let parts: Vec<u32> = iso
        .split('-')
        .filter_map(|part| part.parse().ok())
        .collect();
    parts.try_into().map_err(|_| Error::ReleaseDay)
}

fn subtitle(header: &PublicationHeader) -> String {
    format!(
        "Wie komt binnen, wie gaat, en wie komt terug? Cijfers tot en met de {}.",
        header.data_until
    )
}

/// What the study is: who delivered, how, until when, and who checked.
fn about(header: &PublicationHeader, released_on: &str) -> Vec<String> {
    let who = match header.institutions.as_slice() {
        [] => "de deelnemende instellingen voor SGLVG-zorg".to_owned(),
        [one] => format!("{one}, een instelling voor SGLVG-zorg"),
        some => format!(
            "{} instellingen voor SGLVG-zorg: {}",
            words::numeral(some.len()),
            dutch::list(some)
        ),
    };
    let mut sentences = String::new();
    if header.synthetic {
        sentences.push_str("Let op: deze cijfers zijn verzonnen en gaan niet over echte mensen. ");
    }
    sentences.push_str(&format!(
        "Deze factsheet volgt cliënten op hun weg door {who}. De cijfers komen uit de \
         registraties van de instellingen. Die zijn aan elkaar gekoppeld zonder namen. De cijfers \
         zijn op {released_on} vrijgegeven, na controle door {}.",
        words::persons(header.checkers)
    ));
    vec![sentences]
}

fn is_withheld(published: &Published) -> bool {
    matches!(published.released(), Released::Withheld(_))
}

/// The plain sentence of each result on the factsheet.
fn meaning(publication: &Publication) -> Points {
    let shown = PLACES.iter().filter_map(|place| place.find(publication));
    let plain = shown
        .filter(|it| !is_withheld(it))
        .map(|it| it.plain().to_owned());
    let mut sentences: Vec<String> = plain.filter(|sentence| !sentence.is_empty()).collect();
    if sentences.is_empty() {
        sentences.push("Er is nog te weinig bekend om er iets over te zeggen.".to_owned());
    }
    Points {
        title: "Wat betekent dit?",
        sentences,
    }
}

/// What readers may look for in vain, and what the numbers cannot tell.
fn unsaid(publication: &Publication) -> Points {
    let has_place = |it: &&Published| {
        let mut placed = PLACES.iter().filter_map(|place| place.find(publication));
        placed.any(|placed| placed.id() == it.id())
    };
    let withheld: Vec<String> = publication
        .results()
        .iter()
        .filter(|it| !has_place(it))
        .filter_map(|it| match it.released() {
            Released::Withheld(reason) => Some(format!(
                "{}: {}",
                it.title(),
                lower_first(reason.sentence())
            )),
            _ => None,
        })
        .collect();
    let rest = withheld.len().saturating_sub(MOST_WITHHELD);
    let mut sentences: Vec<String> = withheld.into_iter().take(MOST_WITHHELD).collect();
    if rest > 0 {
        sentences.push(format!(
            "Ook over {} andere vragen is nog niets te zeggen.",
            words::numeral(rest)
        ));
    }
    sentences.push("De cijfers laten zien wat er gebeurt, niet waardoor het komt.".to_owned());
    sentences.extend(linkage(publication));
    Points {
        title: "Wat deze cijfers niet zeggen",
        sentences,
    }
}

/// What a missed link does to the results.
fn linkage(publication: &Publication) -> Option<String> {
    let mut results = publication.results().iter();
    let linkage = results.find_map(|it| it.provenance().linkage)?;
    let mut text = format!(
        "Van de cliënten die in meer instellingen waren, is bij het koppelen {} herkend. \
         Wie niet is herkend, telt niet als terugkeer.",
        words::found_links(&linkage)
    );
    if let Some(bias) = words::missed_returns(&linkage) {
        text += &format!(
            " Het werkelijke aandeel dat naar een andere instelling terugkeert, is daardoor {bias}."
        );
    }
    Some(text)
}

fn lower_first(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn provenance(publication: &Publication, released_on: &str) -> String {
    let header = publication.header();
    let files = publication
        .results()
        .iter()
        .map(|it| it.provenance().inputs.len())
        .max();
    let files = match files {
        None | Some(0) => String::new(),
        Some(1) => ", uit 1 bestand".to_owned(),
        Some(files) => format!(", uit {files} bestanden"),
    };
    format!(
        "Publicatie {}, vrijgegeven op {released_on}. Gegevens tot en met de {}{files}. Kenmerk {} \
         (eerste cijfers van de SHA-256). Doorstroom versie {}.",
        header.release_number,
        header.data_until,
        words::short_digest(&header.digest),
        header.code_version
    )
}
