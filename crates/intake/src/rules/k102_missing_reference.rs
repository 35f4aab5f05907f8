//! What it does: looks for rows that do not say to which client, admission or measurement they
//! belong.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "K102",
    severity: Blocking,
    title: "Verwijzing ontbreekt",
    why: "De rij hoort nu bij niemand.",
    example: "Een plaatsing zonder opname_id.",
    mend: "Vul het nummer in van de rij waar deze rij bij hoort.",
    check,
    sentence: |place, tables| {
        format!(
            "De kolom {} is leeg, zodat niet te zien is waar deze rij van tabel ‘{}’ bij hoort.",
            column(place, tables),
            table(place)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::k101_missing_key::report_missing(context, reporter, |kind| {
        matches!(kind, FieldKind::ForeignKey(_))
    });
}
