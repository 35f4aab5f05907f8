use crate::{Error, words};
use disclosure::{PublicationHeader, Published};
use figure::dutch;

/// A line of the sheet "Verantwoording": what it is, and what it says.
pub(super) type Line = (String, String);

/// What is common to a release.
pub(super) fn release(header: &PublicationHeader) -> Result<Vec<Line>, Error> {
    let mut lines = Vec::new();
    if header.synthetic {
        let mark = format!(
            "{}: deze cijfers gaan niet over echte mensen.",
            figure::SYNTHETIC_MARK
        );
        lines.push(line("Let op", mark));
    }
    lines.push(line("Onderzoek", header.study_title.clone()));
    lines.push(line(
        "Publicatie",
        dutch::count(u64::from(header.release_number)),
    ));
    lines.push(line("Vrijgegeven op", words::released_on(header)?));
    lines.push(line("Gecontroleerd door", words::persons(header.checkers)));
    lines.push(line("Gegevens tot en met", header.data_until.clone()));
    if !header.institutions.is_empty() {
        lines.push(line("Instellingen", dutch::list(&header.institutions)));
    }
    for sentence in words::protection(header) {
        lines.push(line("Kleine aantallen", sentence));
    }
    lines.push(line(
        "Kenmerk van de publicatie (SHA-256)",
        header.digest.clone(),
    ));
    lines.push(line(
        "Versie van het programma",
        header.code_version.clone(),
    ));
    Ok(lines)
}

/// What belongs to one result.
pub(super) fn result(published: &Published) -> Vec<Line> {
    let provenance = published.provenance();
    let mut lines = vec![
        line("Uitkomst", published.title().to_owned()),
        line("Naam", published.id().as_str().to_owned()),
        line("Wat is geteld", published.definition().to_owned()),
        line("Wat betekent dit?", published.plain().to_owned()),
        line("Gebaseerd op", words::basis(published)),
        line(
            "Kenmerk van het protocol (SHA-256)",
            provenance.protocol.to_string(),
        ),
    ];
    if let Some(linkage) = provenance.linkage {
        lines.push(line(
            "Gevoeligheid van de koppeling",
            words::found_links(&linkage),
        ));
        if let Some(bias) = words::missed_returns(&linkage) {
            lines.push(line("Gemiste terugkeer", bias));
        }
    }
    for (position, input) in provenance.inputs.iter().enumerate() {
        let label = format!("Kenmerk van bestand {} (SHA-256)", position + 1);
        lines.push(line(&label, input.to_string()));
    }
    lines
}

fn line(label: &str, text: String) -> Line {
    (label.to_owned(), text)
}
