//! What it does: scores the items of each complete measurement by the definition of its instrument
//! and compares the outcome with the total.

use super::instruments::definition_of;
use super::prelude::*;
use questionnaire::TotalComparison;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "R108",
    severity: Warning,
    title: "Totaalscore volgt niet uit de items",
    why: "Verschillen ze, dan is een item of het totaal fout overgenomen.",
    example: "De twaalf items van een HoNOS tellen op tot 14, het totaal is 41.",
    mend: "Verbeter het totaal of de items.",
    check,
    sentence: |place, tables| {
        format!(
            "De totaalscore in kolom {} is niet wat de items van deze meting opleveren.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("meting");
    let instruments = table.packed("instrument");
    let Column::Decimal { numbers, cells } = table.column("totaalscore") else {
        return;
    };
    let items = context.tables.table("itemscore");
    let [numbered, scores] = ["item_nr", "item_score"].map(|field| items.packed(field));
    for (key, rows) in context
        .index
        .groups("itemscore")
        .iter()
        .filter(|(_, rows)| !rows.is_empty())
    {
        let measurement = context.index.row_of(KeyDomain::Measurement, key as i32);
        let Some(row) = measurement.filter(|row| cells[*row].is_value()) else {
            continue;
        };
        // What is no number on either side lacks; other rules tell of it.
        let answers = rows.iter().filter_map(|row| {
            let item = value(numbered, *row as usize)?.try_into().ok()?;
            Some((item, value(scores, *row as usize)?.try_into().ok()?))
        });
        let compared = code(instruments, row)
            .and_then(definition_of)
            .map(|definition| definition.compare_total(numbers[row], answers));
        if compared == Some(TotalComparison::Differs) {
            reporter.report(Place::table("meting").row(row).field("totaalscore"));
        }
    }
}
