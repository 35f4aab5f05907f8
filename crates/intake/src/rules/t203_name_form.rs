//! What it does: looks for surnames in the identifier table that hold a digit.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "T203",
    severity: Warning,
    title: "Cijfer in een achternaam",
    why: "Met een naam met een cijfer erin wordt de cliënt elders niet teruggevonden; vaak zijn kolommen verschoven.",
    example: "In de kolom voor de achternaam staat een nummer.",
    mend: "Kijk of de kolommen zijn verschoven en verbeter de naam.",
    check,
    sentence: |place, tables| {
        format!(
            "In kolom {} staat een cijfer, en dat hoort niet in een naam.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let names = context.tables.table("persoon").column("achternaam");
    if matches!(names, Column::Text(texts) if !texts.holds(u8::is_ascii_digit)) {
        return;
    }
    super::t201_bsn_form::report_texts(context, reporter, "achternaam", |name| {
        !name.bytes().any(|byte| byte.is_ascii_digit())
    });
}
