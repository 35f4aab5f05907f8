//! What it does: looks for codes in optional fields that the list does not have.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "C102",
    severity: Warning,
    title: "Onbekende code",
    why: "De code telt nu als ontbrekend.",
    example: "Bij een cliënt staat als burgerlijke staat ‘LAT’.",
    mend: "Gebruik een code van de lijst, of vertaal uw eigen code in het mappingprofiel.",
    check,
    sentence: |place, tables| {
        super::c101_required_code::unknown(place, tables, " en telt als ontbrekend")
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    context.report_marks(reporter, Invalid::UnknownCode, |field| !field.required);
}
