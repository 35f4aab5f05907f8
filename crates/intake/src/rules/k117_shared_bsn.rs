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
    // Number and row in one word sort fastest.
    let known = |row: usize| {
        value(clients, row)?;
        let number = super::text_forms::bsn(texts.get(row))?;
        Some(u64::from(number) << 32 | row as u64)
    };
    let mut numbers: Vec<u64> = (0..table.rows).filter_map(known).collect();
    numbers.sort_unstable();
    let is_same = |a: &u64, b: &u64| a >> 32 == b >> 32;
    for same in numbers.chunk_by(is_same).filter(|same| same.len() > 1) {
        let rows = same.iter().map(|number| *number as u32).collect();
        report_clients(rows, clients, reporter);
    }
}

/// Of rows with one number, reports each at which another client starts.
fn report_clients(mut rows: Vec<u32>, clients: &[Packed], reporter: &mut Reporter) {
    let client = |row: &u32| value(clients, *row as usize);
    rows.sort_unstable_by_key(|row| (client(row), *row));
    for pair in rows
        .windows(2)
        .filter(|pair| client(&pair[0]) != client(&pair[1]))
    {
        let (first, later) = (pair[0].min(pair[1]), pair[0].max(pair[1]));
        let place = Place::table("persoon").row(later as usize);
        reporter.report(place.other(first as usize).field("bsn"));
    }
}
