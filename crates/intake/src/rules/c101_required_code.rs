//! What it does: looks for codes in required fields that the list does not have.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "C101",
    severity: Blocking,
    title: "Onbekende code in een verplicht veld",
    why: "Een rij zonder bekende code in dit veld kan niet worden gebruikt.",
    example: "Bij een plaatsing staat als beveiligingsniveau ‘2M’.",
    mend: "Gebruik een code van de lijst, of vertaal uw eigen code in het mappingprofiel.",
    check,
    sentence: |place, tables| super::c101_required_code::unknown(place, tables, ""),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    context.report_marks(reporter, Invalid::UnknownCode, |field| field.required);
}

/// Says which list the code is not in.
pub(super) fn unknown(place: &Place, tables: &ParsedTables, then: &str) -> String {
    let list = place.field_spec().and_then(|field| field.kind.codes());
    let list = list.map_or(String::new(), |list| {
        format!(" {} ({})", list.id, list.title)
    });
    format!(
        "De code in kolom {} staat niet in lijst{list}{then}.",
        column(place, tables)
    )
}
