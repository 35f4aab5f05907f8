//! What it does: looks for admissions whose last placement has ended, but that have no exit.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "O107",
    severity: Warning,
    title: "Ontslag ontbreekt",
    why: "De cliënt lijkt nog opgenomen, terwijl de laatste plaatsing voorbij is.",
    example: "De laatste plaatsing eindigt op 1 mei; er is geen ontslag en geen volgende plaatsing.",
    mend: "Lever het ontslag, of de plaatsing die volgde.",
    check,
    sentence: |_, _| {
        "De laatste plaatsing van deze opname is geëindigd, maar er is geen ontslag.".into()
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for &(key, last) in context.index.last_placements() {
        let ended = last.end != NEVER && context.index.exit(key).is_none();
        let known = context.index.row_of(KeyDomain::Admission, key).is_some();
        if ended && known {
            reporter.report(
                Place::table("plaatsing")
                    .row(last.row as usize)
                    .field("plaatsing_eind"),
            );
        }
    }
}
