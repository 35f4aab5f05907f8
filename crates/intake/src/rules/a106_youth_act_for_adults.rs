//! What it does: looks for funding by the youth act that starts after the 23rd birthday.

use super::prelude::*;
use codes::Funding;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "A106",
    severity: Warning,
    title: "Jeugdwet na het drieëntwintigste jaar",
    why: "Jeugdhulp loopt ten hoogste door tot 23 jaar (Jeugdwet, artikel 1.1).",
    example: "Geboren in 1990, financiering uit de Jeugdwet vanaf 2024.",
    mend: "Verbeter de financiering, de datum of het geboortejaar.",
    check,
    sentence: |place, tables| {
        format!(
            "De financiering in kolom {} is de Jeugdwet, terwijl de cliënt 23 jaar of ouder was.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("financieringsperiode");
    let (fundings, starts) = (
        table.packed("financiering"),
        table.packed("financiering_start"),
    );
    let clients = table.packed("client_id");
    for row in (0..table.rows).filter(|row| code(fundings, *row) == Some(Funding::Jw)) {
        let birth = value(clients, row).and_then(|client| context.index.birth_year(client));
        let is_adult =
            |(day, birth): (i32, i32)| calendar::Day::from_number(day).year() - birth > 23;
        if value(starts, row).zip(birth).is_some_and(is_adult) {
            reporter.report(
                Place::table("financieringsperiode")
                    .row(row)
                    .field("financiering"),
            );
        }
    }
}
