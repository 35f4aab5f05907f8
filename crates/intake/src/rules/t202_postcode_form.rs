//! What it does: looks for postcodes in the identifier table that are no Dutch postcode.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "T202",
    severity: Warning,
    title: "Postcode heeft niet de juiste vorm",
    why: "De vier cijfers van de postcode helpen bij het koppelen.",
    example: "Een postcode van drie cijfers.",
    mend: "Schrijf vier cijfers, en eventueel twee letters; laat een buitenlandse postcode leeg.",
    check,
    sentence: |place, tables| {
        format!(
            "Wat in kolom {} staat, heeft niet de vorm van een Nederlandse postcode.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::t201_bsn_form::report_texts(
        context,
        reporter,
        "postcode",
        super::text_forms::is_postcode,
    );
}
