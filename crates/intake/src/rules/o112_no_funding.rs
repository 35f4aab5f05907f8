//! What it does: looks for clients with a stay who have no funding at all.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "O112",
    severity: Warning,
    title: "Cliënt zonder financiering",
    why: "Elke verblijfsdag wordt door iemand betaald.",
    example: "Een opgenomen cliënt komt in de tabel financieringsperiode niet voor.",
    mend: "Lever de financiering; is die niet bekend, gebruik dan ONB.",
    check,
    sentence: |_, _| "De cliënt van deze opname heeft geen enkele financieringsperiode.".into(),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::o110_no_title::report_without(context, reporter, "financieringsperiode");
}
