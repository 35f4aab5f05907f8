//! What it does: looks for dates from `waarneming_tot` on, up to the day of the check.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D107",
    severity: Warning,
    title: "Datum na het einde van de waarneming",
    why: "Na deze dag zijn de gegevens niet volledig; losse rijen van daarna vertekenen.",
    example: "De levering loopt tot 1 juli, een ontslag is van 3 juli.",
    mend: "Verbeter de datum of waarneming_tot, of laat de rij weg.",
    check,
    sentence: |place, tables| {
        format!(
            "De datum in kolom {} valt op of na waarneming_tot.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let Some(until) = context.tables.info.observed_until else {
        return;
    };
    super::d106_future::report_dates(
        context,
        reporter,
        until.number()..=context.today.number(),
        |table| table.kind != TableKind::Delivery,
    );
}
