//! What it does: looks for open placements while a title runs that asks for a secured bed.

use super::periods::CodedPeriods;
use super::prelude::*;
use codes::{SecurityLevel, Title};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "L103",
    severity: Warning,
    title: "Beveiligde titel op een open plek",
    why: "Een machtiging op grond van artikel 28a Wzd via artikel 2.3 Wfz wordt uitgevoerd op een beveiligd bed.",
    example: "Tijdens de machtiging staat de cliënt op een plaatsing met niveau 0.",
    mend: "Verbeter het beveiligingsniveau van de plaatsing, of de titel.",
    check,
    sentence: |place, tables| {
        format!(
            "Het niveau in kolom {} is open, terwijl een titel loopt die een beveiligd bed vraagt.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let (placements, admissions) = (
        context.tables.table("plaatsing"),
        context.tables.table("opname"),
    );
    let levels = placements.packed("beveiligingsniveau");
    let keys = admissions.packed("opname_id");
    let periods = Periods::of(placements, "plaatsing_start", "plaatsing_eind");
    let by_admission = context.index.groups("plaatsing");
    let titles = CodedPeriods::titles(context);
    let mut union = Vec::new();
    for (client, rows) in context.index.groups("opname").iter() {
        titles.unite(
            client,
            |title: Title| title == Title::Wfz23Wzd28a,
            &mut union,
        );
        if union.is_empty() {
            continue;
        }
        let admissions = rows.iter().filter_map(|row| value(keys, *row as usize));
        let open = admissions
            .flat_map(|key| by_admission.of(key as usize))
            .filter(|row| code(levels, **row as usize) == Some(SecurityLevel::Open))
            .filter_map(|row| periods.span(*row));
        for span in open.filter(|span| spans::meets(&union, span.start, span.end)) {
            let place = Place::table("plaatsing").row(span.row as usize);
            reporter.report(place.field("beveiligingsniveau"));
        }
    }
}
