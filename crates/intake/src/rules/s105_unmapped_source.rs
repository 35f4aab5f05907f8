//! What it does: names the files and sheets of which no table of the dictionary could be made.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "S105",
    severity: Warning,
    title: "Bestand niet herkend",
    why: "Wat in dit bestand staat, doet niet mee.",
    example: "Het bestand ‘export_2.csv’ lijkt op geen enkele tabel.",
    mend: "Wijs het in het mappingprofiel toe aan een tabel, of haal het uit de levering.",
    check,
    sentence: |place, tables| {
        format!(
            "{} is niet gebruikt: het hoort bij geen tabel.",
            unmapped(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for position in 0..context.tables.unmapped.len() {
        reporter.report(Place::delivery().numbers(position as i64, 0));
    }
}

fn unmapped(place: &Place, tables: &ParsedTables) -> String {
    let source = usize::try_from(place.numbers[0]);
    match source
        .ok()
        .and_then(|position| tables.unmapped.get(position))
    {
        Some(source) => match &source.sheet {
            Some(sheet) => format!("Blad ‘{sheet}’ van bestand ‘{}’", source.file),
            None => format!("Bestand ‘{}’", source.file),
        },
        None => "Een bestand".into(),
    }
}
