//! What it does: compares the day on which a client was ready for exit with the exit.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D105",
    severity: Warning,
    title: "Ontslagklaar na ontslag",
    why: "Wie al weg is, wacht niet meer; de wachtdagen kloppen dan niet.",
    example: "Ontslag op 1 maart, ontslagklaar op 10 maart.",
    mend: "Verbeter één van de datums, of laat ontslagklaar_datum leeg.",
    check,
    sentence: |place, tables| {
        format!(
            "De datum in kolom {} ligt na het ontslag uit dezelfde opname.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("opname");
    let keys = table.packed("opname_id");
    for (row, ready) in table.packed("ontslagklaar_datum").iter().enumerate() {
        let exit = value(keys, row).and_then(|key| context.index.exit(key));
        if ready
            .get()
            .zip(exit)
            .is_some_and(|(ready, exit)| ready > exit.day)
        {
            reporter.report(Place::table("opname").row(row).field("ontslagklaar_datum"));
        }
    }
}
