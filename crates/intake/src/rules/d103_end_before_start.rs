//! What it does: compares the end of every kind of period with its start. Exits and the
//! delivery itself have rules of their own.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D103",
    severity: Blocking,
    title: "Einde vóór begin",
    why: "Een periode die eindigt voordat zij begint, is niet te gebruiken.",
    example: "Een plaatsing van 1 mei tot 1 april van hetzelfde jaar.",
    mend: "Kijk welke van de twee datums klopt en verbeter de andere.",
    check,
    sentence: |place, tables| {
        format!(
            "De einddatum in kolom {} ligt vóór het begin van dezelfde periode.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for (table, start, end) in super::periods::PERIODS {
        let rows = context.tables.table(table);
        let (starts, ends) = (rows.packed(start), rows.packed(end));
        for (row, (start, stop)) in starts.iter().zip(ends).enumerate() {
            if start
                .get()
                .zip(stop.get())
                .is_some_and(|(start, end)| end < start)
            {
                reporter.report(Place::table(table).row(row).field(end));
            }
        }
    }
}
