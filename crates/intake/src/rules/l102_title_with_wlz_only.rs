//! What it does: looks for criminal titles during which the long-term care act pays and
//! nobody pays forensic care.

use super::periods::CodedPeriods;
use super::prelude::*;
use codes::{Funding, Title, TitleGroup};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "L102",
    severity: Warning,
    title: "Strafrechtelijke titel met alleen Wlz",
    why: "Bij een strafrechtelijke titel betaalt in de regel Justitie en Veiligheid; dit zijn de gevallen die tussen wal en schip raken.",
    example: "Tijdens een voorwaardelijke veroordeling staat er alleen financiering uit de Wlz.",
    mend: "Controleer de titel en de financiering; klopt het, dan mag het blijven staan.",
    check,
    sentence: |place, tables| {
        format!(
            "Tijdens de strafrechtelijke titel in kolom {} is er alleen financiering uit de Wlz.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("titelperiode");
    let titles = table.packed("juridische_titel");
    let periods = Periods::of(table, "titel_start", "titel_eind");
    let fundings = CodedPeriods::fundings(context);
    let (mut wlz, mut forensic) = (Vec::new(), Vec::new());
    for (client, rows) in context.index.groups("titelperiode").iter() {
        let is_criminal = |row: &&u32| {
            code::<Title>(titles, **row as usize)
                .is_some_and(|title| title.group() == TitleGroup::Criminal)
        };
        let mut criminal = rows
            .iter()
            .filter(is_criminal)
            .filter_map(|row| periods.span(*row))
            .peekable();
        if criminal.peek().is_none() {
            continue;
        }
        let is_forensic = |funding: Funding| matches!(funding, Funding::Fz | Funding::Overbr);
        fundings.unite(client, |funding: Funding| funding == Funding::Wlz, &mut wlz);
        fundings.unite(client, is_forensic, &mut forensic);
        let only_wlz = |span: &Span| {
            spans::meets(&wlz, span.start, span.end)
                && !spans::meets(&forensic, span.start, span.end)
        };
        for span in criminal.filter(only_wlz) {
            let place = Place::table("titelperiode").row(span.row as usize);
            reporter.report(place.field("juridische_titel"));
        }
    }
}
