//! What it does: looks for stays without an exit that began more than 25 years ago.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "X105",
    severity: Warning,
    title: "Verblijf van meer dan 25 jaar zonder ontslag",
    why: "Zo'n verblijf is meestal een dossier dat nooit is afgesloten.",
    example: "Een opname uit 1995 zonder ontslag.",
    mend: "Lever het ontslag; is de cliënt er echt nog, dan mag het blijven staan.",
    check,
    sentence: |place, tables| {
        format!(
            "De opname begon volgens kolom {} meer dan 25 jaar geleden en heeft geen ontslag.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    // 25 years hold at most 9,132 days.
    const LIMIT: i32 = 9_132;
    let horizon = context.horizon();
    for (_, stays) in context.index.stays().iter() {
        for stay in stays
            .iter()
            .filter(|stay| stay.end == NEVER && horizon - stay.start > LIMIT)
        {
            reporter.report(
                Place::table("opname")
                    .row(stay.row as usize)
                    .field("opnamedatum"),
            );
        }
    }
}
