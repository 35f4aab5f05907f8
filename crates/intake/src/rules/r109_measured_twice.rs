//! What it does: looks for a second measurement with one instrument of one client on one day,
//! taken in the same way.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "R109",
    severity: Warning,
    title: "Zelfde meting twee keer",
    why: "Een dubbele meting telt dubbel en verbergt verandering.",
    example: "Twee keer een HoNOS van dezelfde cliënt op dezelfde dag.",
    mend: "Haal de dubbele meting weg, of verbeter de meetdatum.",
    check,
    sentence: |_, _| {
        "Van deze cliënt is op dezelfde dag al een meting met hetzelfde instrument.".into()
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("meting");
    let columns = ["meetdatum", "instrument", "afname_wijze"].map(|field| table.packed(field));
    let key = |row: u32| columns.map(|cells| value(cells, row as usize));
    let mut taken = Vec::new();
    for (_, rows) in context
        .index
        .groups("meting")
        .iter()
        .filter(|(_, rows)| rows.len() > 1)
    {
        taken.clear();
        taken.extend(rows.iter().map(|row| (key(*row), *row)));
        taken.retain(|([day, instrument, _], _)| day.is_some() && instrument.is_some());
        taken.sort_unstable();
        for pair in taken.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            let place = Place::table("meting").row(pair[1].1 as usize);
            reporter.report(place.other(pair[0].1 as usize));
        }
    }
}
