//! What it does: looks for clients with a stay who have no legal title at all.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "O110",
    severity: Warning,
    title: "Cliënt zonder juridische titel",
    why: "Op elke dag van een verblijf geldt een titel, al is het ‘vrijwillig’.",
    example: "Een opgenomen cliënt komt in de tabel titelperiode niet voor.",
    mend: "Lever de titel; was het verblijf vrijwillig, gebruik dan VRIJW.",
    check,
    sentence: |_, _| "De cliënt van deze opname heeft geen enkele titelperiode.".into(),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_without(context, reporter, "titelperiode");
}

/// Reports the first stay of each client without a row in `table`.
pub(super) fn report_without(context: &Context<'_>, reporter: &mut Reporter, table: &'static str) {
    if context.tables.table(table).rows == 0 {
        return;
    }
    let groups = context.index.groups(table);
    for (client, stays) in context.index.stays().iter() {
        if let Some(first) = stays
            .first()
            .filter(|_| groups.of(client as usize).is_empty())
        {
            reporter.report(Place::table("opname").row(first.row as usize));
        }
    }
}
