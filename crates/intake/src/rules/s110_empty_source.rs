//! What it does: looks for files and sheets with nothing in them.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "S110",
    severity: Warning,
    title: "Bestand of blad zonder inhoud",
    why: "Een leeg bestand wijst meestal op een export die is misgegaan.",
    example: "Het bestand ‘incident.csv’ is 0 bytes groot.",
    mend: "Maak de export opnieuw, of haal het bestand uit de levering.",
    check,
    sentence: |_, _| "In dit bestand of blad staat niets, ook geen kolomnamen.".into(),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_remarks(context, reporter, crate::RemarkKind::Empty);
}

/// Reports each source of which this was remarked while reading.
pub(super) fn report_remarks(
    context: &Context<'_>,
    reporter: &mut Reporter,
    kind: crate::RemarkKind,
) {
    for remark in context
        .tables
        .remarks
        .iter()
        .filter(|remark| remark.kind == kind)
    {
        reporter.report(Place::delivery().source(remark.source));
    }
}
