//! What it does: looks for one BSN at two clients.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "K117",
    severity: Warning,
    title: "Twee cliënten met hetzelfde BSN",
    why: "Waarschijnlijk is één mens onder twee cliëntnummers bekend; terugkeer is dan niet te zien.",
    example: "Een cliënt die terugkwam, kreeg een nieuw cliëntnummer.",
    mend: "Voeg de twee dossiers samen onder één cliëntnummer, of verbeter het BSN.",
    check,
    sentence: |place, tables| {
        format!(
            "Het nummer in kolom {} staat ook bij een andere cliënt.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("persoon");
    let Column::Text(texts) = table.column("bsn") else {
        return;
    };
    let clients = table.packed("client_id");
    let known = |row: usize| {
        Some((
            super::text_forms::bsn(texts.get(row))?,
            value(clients, row)?,
            row,
        ))
    };
    let mut numbers: Vec<(u32, i32, usize)> = (0..table.rows).filter_map(known).collect();
    numbers.sort_unstable();
    for pair in numbers
        .windows(2)
        .filter(|pair| pair[0].0 == pair[1].0 && pair[0].1 != pair[1].1)
    {
        let (first, later) = (pair[0].2.min(pair[1].2), pair[0].2.max(pair[1].2));
        reporter.report(Place::table("persoon").row(later).other(first).field("bsn"));
    }
}
