//! What it does: counts the exits in each period of `telling`.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "Q104",
    severity: Warning,
    title: "Uitstroom sluit niet aan",
    why: "Verschilt de eigen telling van de levering, dan ontbreken er ontslagen, of zijn er te veel.",
    example: "De telling zegt 12 ontslagen, in de levering zijn het er 11.",
    mend: "Zoek het verschil op in de tabel ontslag, of verbeter de telling.",
    check,
    sentence: |place, tables| super::q102_stock_at_start::different(place, tables),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::q102_stock_at_start::report_difference(
        context,
        reporter,
        "uitstroom",
        |days, from, until| days.outflow(from, until),
    );
}
