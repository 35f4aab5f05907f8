//! What it does: compares each total with the range of its instrument.

use super::instruments::definition_of;
use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "R105",
    severity: Warning,
    title: "Totaalscore kan niet bij dit instrument",
    why: "Een score buiten het bereik van het instrument is een tikfout, of hoort bij een ander instrument.",
    example: "Een HoNOS met totaalscore 60, terwijl 48 het hoogste is.",
    mend: "Verbeter de score of het instrument.",
    check,
    sentence: |place, tables| {
        format!(
            "De score in kolom {} ligt buiten het bereik van het instrument, {} tot en met {}.",
            column(place, tables),
            place.numbers[0],
            place.numbers[1]
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("meting");
    let instruments = table.packed("instrument");
    let Column::Decimal { numbers, cells } = table.column("totaalscore") else {
        return;
    };
    for row in (0..table.rows).filter(|row| cells[*row].is_value()) {
        let range = code(instruments, row)
            .and_then(definition_of)
            .and_then(|definition| definition.total()?.range());
        if let Some(range) = range.filter(|range| !range.holds(numbers[row])) {
            let place = Place::table("meting").row(row).field("totaalscore");
            reporter.report(place.numbers(range.min as i64, range.max as i64));
        }
    }
}
