//! What it does: compares the end of each period of `telling` with the start of the next.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "Q106",
    severity: Warning,
    title: "Tellingen sluiten niet op elkaar aan",
    why: "De stand aan het einde van de ene periode is de stand aan het begin van de volgende.",
    example: "De eerste helft eindigt met 78, de tweede begint met 80.",
    mend: "Verbeter één van de twee tellingen.",
    check,
    sentence: |place, tables| {
        format!(
            "De stand in kolom {} is anders dan aan het einde van de periode ervoor.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("telling");
    let mut ends: Vec<(i32, i32, usize)> = (0..table.rows)
        .filter_map(|row| {
            Some((
                table.number("periode_eind", row)?,
                table.number("stand_eind", row)?,
                row,
            ))
        })
        .collect();
    ends.sort_unstable();
    for row in 0..table.rows {
        let start = table
            .number("periode_start", row)
            .zip(table.number("stand_begin", row));
        let Some((day, stock)) = start else {
            continue;
        };
        let before = ends.get(ends.partition_point(|(end, _, _)| *end < day));
        if let Some((_, _, other)) = before.filter(|(end, own, _)| *end == day && *own != stock) {
            let place = Place::table("telling").row(row).other(*other);
            reporter.report(place.field("stand_begin"));
        }
    }
}
