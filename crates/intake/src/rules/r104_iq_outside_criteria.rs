//! What it does: looks for a total IQ outside the limits for SGLVG treatment.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "R104",
    severity: Note,
    title: "IQ buiten 50–85",
    why: "SGLVG-behandeling is er voor mensen met een IQ van 50 tot en met 85 (CIZ, behandelcriteria De Borg); uitzonderingen bestaan.",
    example: "Een IQ van 92.",
    mend: "Controleer het IQ; klopt het, dan hoeft u niets te doen.",
    check,
    sentence: |place, tables| {
        format!(
            "Het IQ in kolom {} ligt buiten 50 tot en met 85.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let spec = TABLES.iter().find_map(|table| table.field("iq_totaal"));
    let Some(FieldKind::Integer { min, max }) = spec.map(|field| field.kind) else {
        return;
    };
    for (row, iq) in context
        .tables
        .table("client")
        .packed("iq_totaal")
        .iter()
        .enumerate()
    {
        // What is no sensible IQ at all has been reported as such.
        let is_out = |iq: i32| (min..=max).contains(&iq) && !(50..=85).contains(&iq);
        if iq.get().is_some_and(is_out) {
            reporter.report(Place::table("client").row(row).field("iq_totaal"));
        }
    }
}
