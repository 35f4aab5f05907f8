//! What it does: looks for stays with days on which nobody paid, though there is funding.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "O111",
    severity: Warning,
    title: "Gat in de financiering",
    why: "Elke verblijfsdag wordt door iemand betaald; een gat wijst op een vergeten periode.",
    example: "De financiering uit de Wlz eindigt op 1 mei, terwijl het verblijf doorloopt.",
    mend: "Lever de financiering die toen gold; is die niet bekend, gebruik dan ONB.",
    check,
    sentence: |_, _| "Tijdens dit verblijf zijn er dagen zonder financiering.".into(),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::o109_title_gap::report_gaps(
        context,
        reporter,
        "financieringsperiode",
        ["financiering_start", "financiering_eind"],
    );
}
