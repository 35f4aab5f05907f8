//! What it does: counts the admissions in each period of `telling`.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "Q103",
    severity: Warning,
    title: "Instroom sluit niet aan",
    why: "Verschilt de eigen telling van de levering, dan ontbreken er opnames, of zijn er te veel.",
    example: "De telling zegt 10 opnames, in de levering zijn het er 9.",
    mend: "Zoek het verschil op in de tabel opname, of verbeter de telling.",
    check,
    sentence: |place, tables| super::q102_stock_at_start::different(place, tables),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::q102_stock_at_start::report_difference(
        context,
        reporter,
        "instroom",
        |days, from, until| days.inflow(from, until),
    );
}
