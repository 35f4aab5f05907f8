//! What it does: counts the stays on the first day after each period of `telling`.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "Q105",
    severity: Warning,
    title: "Stand aan het einde sluit niet aan",
    why: "Verschilt de eigen telling van de levering, dan ontbreken er opnames of ontslagen, of zijn er te veel.",
    example: "De telling zegt 78 opgenomen cliënten, in de levering zijn het er 80.",
    mend: "Zoek het verschil op in de tabellen opname en ontslag, of verbeter de telling.",
    check,
    sentence: |place, tables| super::q102_stock_at_start::different(place, tables),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::q102_stock_at_start::report_difference(
        context,
        reporter,
        "stand_eind",
        |days, _, until| days.stock(until),
    );
}
