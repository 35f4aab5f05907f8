//! What it does: looks for a second row in the identifier table for one client.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "K110",
    severity: Blocking,
    title: "Twee rijen persoonsgegevens voor één cliënt",
    why: "Er is dan niet te zeggen wie de cliënt is.",
    example: "Eén cliëntnummer staat in de tabel persoon met twee verschillende geboortedatums.",
    mend: "Laat per cliënt één rij staan in de tabel persoon.",
    check,
    sentence: |_, _| "Voor deze cliënt staat al een eerdere rij in de tabel ‘persoon’.".into(),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_later(context, reporter, "persoon");
}

/// Reports each row whose owner has a row before it in the file.
pub(super) fn report_later(context: &Context<'_>, reporter: &mut Reporter, table: &'static str) {
    for (_, rows) in context
        .index
        .groups(table)
        .iter()
        .filter(|(_, rows)| rows.len() > 1)
    {
        let first = *rows.iter().min().expect("the group has more than one row");
        for row in rows.iter().filter(|row| **row != first) {
            reporter.report(Place::table(table).row(*row as usize).other(first as usize));
        }
    }
}
