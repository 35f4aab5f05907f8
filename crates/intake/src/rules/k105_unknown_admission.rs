//! What it does: looks for placements and exits whose admission has no row in `opname`.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "K105",
    severity: Blocking,
    title: "Opname bestaat niet",
    why: "Een plaatsing of ontslag zonder opname heeft geen begin.",
    example: "Een ontslag van een opname_id dat niet in de tabel opname staat.",
    mend: "Lever de opname mee in de tabel opname, of verbeter het nummer.",
    check,
    sentence: |place, tables| {
        format!(
            "Het opnamenummer in kolom {} staat niet in de tabel ‘opname’.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::k104_unknown_client::report_orphans(context, reporter, KeyDomain::Admission);
}
