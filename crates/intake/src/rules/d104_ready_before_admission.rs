//! What it does: compares the day on which a client was ready for exit with the admission.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D104",
    severity: Warning,
    title: "Ontslagklaar vóór opname",
    why: "De wachtdagen tussen ontslagklaar en ontslag kloppen dan niet.",
    example: "Opname op 1 maart, ontslagklaar op 1 februari.",
    mend: "Verbeter één van de datums, of laat ontslagklaar_datum leeg.",
    check,
    sentence: |place, tables| {
        format!(
            "De datum in kolom {} ligt vóór de opnamedatum.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("opname");
    let admitted = table.packed("opnamedatum");
    for (row, ready) in table.packed("ontslagklaar_datum").iter().enumerate() {
        if ready
            .get()
            .zip(value(admitted, row))
            .is_some_and(|(ready, start)| ready < start)
        {
            reporter.report(Place::table("opname").row(row).field("ontslagklaar_datum"));
        }
    }
}
