//! What it does: looks for item scores whose measurement has no row in `meting`.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "K107",
    severity: Blocking,
    title: "Meting bestaat niet",
    why: "Een itemscore zonder meting heeft geen cliënt, dag of instrument.",
    example: "Een itemscore noemt een meting_id dat niet in de tabel meting staat.",
    mend: "Lever de meting mee in de tabel meting, of verbeter het nummer.",
    check,
    sentence: |place, tables| {
        format!(
            "Het metingnummer in kolom {} staat niet in de tabel ‘meting’.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::k104_unknown_client::report_orphans(context, reporter, KeyDomain::Measurement);
}
