//! What it does: looks for a second main diagnosis of one client.

use super::prelude::*;
use codes::YesNo;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "C107",
    severity: Warning,
    title: "Meer dan één hoofddiagnose",
    why: "De hoofddiagnose wordt per cliënt één keer geteld.",
    example: "Bij twee diagnoses van één cliënt staat primair op J.",
    mend: "Laat bij één diagnose primair op J staan.",
    check,
    sentence: |place, tables| {
        format!(
            "Volgens kolom {} heeft deze cliënt meer dan één hoofddiagnose.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("diagnose");
    let (primary, groups) = (table.packed("primair"), table.packed("dsm5_hoofdgroep"));
    for (_, rows) in context.index.groups("diagnose").iter() {
        let is_main = |row: &&u32| code(primary, **row as usize) == Some(YesNo::Yes);
        let mut main = rows.iter().filter(is_main).map(|row| *row as usize);
        let Some(first) = main.next() else {
            continue;
        };
        for row in main.filter(|row| value(groups, *row) != value(groups, first)) {
            reporter.report(
                Place::table("diagnose")
                    .row(row)
                    .other(first)
                    .field("primair"),
            );
        }
    }
}
