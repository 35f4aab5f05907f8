//! What it does: takes the eleven-test of every BSN in the identifier table.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "T201",
    severity: Warning,
    title: "BSN voldoet niet aan de elfproef",
    why: "Met een BSN met een tikfout wordt de cliënt elders niet teruggevonden.",
    example: "Twee cijfers van het BSN zijn verwisseld.",
    mend: "Verbeter het BSN, of laat het leeg als het niet bekend is.",
    check,
    sentence: |place, tables| {
        format!(
            "Het nummer in kolom {} is geen geldig BSN.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_texts(context, reporter, "bsn", |text| {
        super::text_forms::bsn(text).is_some()
    });
}

/// Reports each text in a field of the identifier table that is not as it should be.
pub(super) fn report_texts(
    context: &Context<'_>,
    reporter: &mut Reporter,
    field: &'static str,
    is_right: fn(&str) -> bool,
) {
    let table = context.tables.table("persoon");
    let Column::Text(texts) = table.column(field) else {
        return;
    };
    for row in 0..texts.len() {
        let text = texts.get(row);
        if !text.is_empty() && !is_right(text) {
            reporter.report(Place::table("persoon").row(row).field(field));
        }
    }
}
