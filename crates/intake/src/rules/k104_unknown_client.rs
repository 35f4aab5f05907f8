//! What it does: looks for rows whose client has no row in `client`. The identifier table has
//! a rule of its own.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "K104",
    severity: Blocking,
    title: "Cliënt bestaat niet",
    why: "Een rij van een cliënt die niet is geleverd, kan niet meetellen.",
    example: "Een incident van een cliëntnummer dat niet in de tabel client staat.",
    mend: "Lever de cliënt mee in de tabel client, of verbeter het nummer.",
    check,
    sentence: |place, tables| {
        format!(
            "Het cliëntnummer in kolom {} staat niet in de tabel ‘client’.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_orphans(context, reporter, KeyDomain::Client);
}

/// Reports each reference to a row of this domain that is not there. Where the whole table is
/// not there, that is reported once.
pub(super) fn report_orphans(context: &Context<'_>, reporter: &mut Reporter, domain: KeyDomain) {
    for (position, table) in context.tables.tables.iter().enumerate() {
        if table.spec.kind == TableKind::Identifiers {
            continue;
        }
        for (field, spec) in table.spec.fields.iter().enumerate() {
            if !matches!(spec.kind, FieldKind::ForeignKey(own) if own == domain) {
                continue;
            }
            for (row, cell) in table.packed(spec.name).iter().enumerate() {
                if cell
                    .get()
                    .is_some_and(|key| context.index.row_of(domain, key).is_none())
                {
                    reporter.report(Place::table_at(position).row(row).field_at(field));
                }
            }
        }
    }
}
