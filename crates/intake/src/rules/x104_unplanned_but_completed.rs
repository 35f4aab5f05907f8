//! What it does: looks for exits that were not planned with a reason that says they were.

use super::prelude::*;
use codes::{ExitKind, YesNo};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "X104",
    severity: Note,
    title: "Ongepland ontslag met een geplande reden",
    why: "Of een ontslag volgens plan was, is een belangrijk kenmerk van de uitstroom.",
    example: "ontslag_gepland is N, de reden BEH_AFGEROND.",
    mend: "Controleer de reden en ontslag_gepland; klopt het, dan hoeft u niets te doen.",
    check,
    sentence: |place, tables| {
        format!(
            "Volgens kolom {} was het ontslag niet gepland, maar de reden hoort bij een gepland ontslag.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::x103_planned_but_early::report_plans(context, reporter, YesNo::No, ExitKind::Planned);
}
