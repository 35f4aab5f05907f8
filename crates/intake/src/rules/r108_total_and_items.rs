//! What it does: adds up the items of each complete measurement and compares the sum with the
//! total.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "R108",
    severity: Warning,
    title: "Totaalscore is niet de som van de items",
    why: "Verschillen ze, dan is een item of het totaal fout overgenomen.",
    example: "De twaalf items van een HoNOS tellen op tot 14, het totaal is 41.",
    mend: "Verbeter het totaal of de items.",
    check,
    sentence: |place, tables| {
        format!(
            "De totaalscore in kolom {} is niet de som van de items van deze meting.",
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
    let scores = context.tables.table("itemscore").packed("item_score");
    for (key, rows) in context
        .index
        .groups("itemscore")
        .iter()
        .filter(|(_, rows)| !rows.is_empty())
    {
        let Some(row) = context.index.row_of(KeyDomain::Measurement, key as i32) else {
            continue;
        };
        let scoring = code(instruments, row).and_then(super::instruments::scoring_of);
        let is_complete =
            scoring.is_some_and(|scoring| scoring.sums && scoring.items == Some(rows.len() as i32));
        let sum: Option<i64> = rows
            .iter()
            .map(|row| value(scores, *row as usize).map(i64::from))
            .sum();
        let differs = |sum: i64| (numbers[row] - sum as f64).abs() > 1e-9;
        if is_complete && cells[row].is_value() && sum.is_some_and(differs) {
            reporter.report(Place::table("meting").row(row).field("totaalscore"));
        }
    }
}
