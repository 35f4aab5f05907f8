//! What it does: compares each exit with the admission that it ends.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D101",
    severity: Blocking,
    title: "Ontslag vóór opname",
    why: "Een verblijf kan niet eindigen voordat het begint.",
    example: "Opname op 1 maart 2024, ontslag op 20 februari 2024.",
    mend: "Kijk welke van de twee datums klopt en verbeter de andere, in de tabel opname of ontslag.",
    check,
    sentence: |place, tables| {
        format!(
            "De datum in kolom {} ligt vóór de opnamedatum van dezelfde opname.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let (exits, admissions) = (
        context.tables.table("ontslag"),
        context.tables.table("opname"),
    );
    let (keys, days) = (exits.packed("opname_id"), exits.packed("ontslagdatum"));
    let admitted = admissions.packed("opnamedatum");
    for row in 0..exits.rows {
        let start = value(keys, row)
            .and_then(|key| context.index.row_of(KeyDomain::Admission, key))
            .and_then(|row| value(admitted, row));
        if value(days, row)
            .zip(start)
            .is_some_and(|(day, start)| day < start)
        {
            reporter.report(Place::table("ontslag").row(row).field("ontslagdatum"));
        }
    }
}
