//! What it does: looks for forensic funding on days without a criminal title. For the time
//! after a title there is a code of its own (`OVERBR`).

use super::periods::CodedPeriods;
use super::prelude::*;
use codes::{Funding, Title, TitleGroup};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "L101",
    severity: Warning,
    title: "Forensische financiering zonder strafrechtelijke titel",
    why: "Forensische zorg wordt betaald zolang een strafrechtelijke titel loopt.",
    example: "De titel eindigt op 1 mei, de financiering FZ loopt door tot 1 juli.",
    mend: "Verbeter de titel of de financiering; gebruik OVERBR voor overbruggingszorg na de titel.",
    check,
    sentence: |place, tables| {
        format!(
            "De financiering in kolom {} is forensisch op dagen zonder strafrechtelijke titel.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("financieringsperiode");
    let fundings = table.packed("financiering");
    let periods = Periods::of(table, "financiering_start", "financiering_eind");
    let titles = CodedPeriods::titles(context);
    let mut union = Vec::new();
    for (client, rows) in context.index.groups("financieringsperiode").iter() {
        let is_forensic = |row: &&u32| code(fundings, **row as usize) == Some(Funding::Fz);
        let mut forensic = rows
            .iter()
            .filter(is_forensic)
            .filter_map(|row| periods.span(*row))
            .peekable();
        if forensic.peek().is_none() {
            continue;
        }
        let is_criminal = |title: Title| title.group() == TitleGroup::Criminal;
        titles.unite(client, is_criminal, &mut union);
        for span in forensic.filter(|span| !spans::covers(&union, span.start, span.end)) {
            let place = Place::table("financieringsperiode").row(span.row as usize);
            reporter.report(place.field("financiering"));
        }
    }
}
