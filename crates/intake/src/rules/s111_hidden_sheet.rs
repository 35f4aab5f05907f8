//! What it does: names the hidden sheets that have been read.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "S111",
    severity: Warning,
    title: "Verborgen blad is meegelezen",
    why: "Op een verborgen blad staan vaak oude of andere gegevens dan u denkt te leveren.",
    example: "Het blad ‘opname’ is verborgen in de werkmap.",
    mend: "Maak het blad zichtbaar en controleer het, of haal het uit de werkmap.",
    check,
    sentence: |_, _| "Dit blad is verborgen in uw eigen programma, en is wel gelezen.".into(),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::s110_empty_source::report_remarks(context, reporter, crate::RemarkKind::HiddenSheet);
}
