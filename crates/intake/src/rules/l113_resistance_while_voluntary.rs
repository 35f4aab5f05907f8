//! What it does: looks for coercive measures against resistance on days when the only title
//! was `VRIJW`.

use super::periods::CodedPeriods;
use super::prelude::*;
use codes::{Assent, Title};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "L113",
    severity: Warning,
    title: "Verzet bij een vrijwillig verblijf",
    why: "Onvrijwillige zorg vraagt een titel of een zorgplan volgens Wzd of Wvggz; hier ontbreekt waarschijnlijk een titel.",
    example: "Een separatie met verzet terwijl de cliënt vrijwillig verblijft.",
    mend: "Lever de titel die toen gold, of verbeter de instemming.",
    check,
    sentence: |place, tables| {
        format!(
            "Volgens kolom {} was er verzet, terwijl de cliënt alleen de titel ‘vrijwillig’ had.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("vrijheidsbeperking");
    let (assents, days) = (table.packed("instemming"), table.packed("vbi_start"));
    let titles = CodedPeriods::titles(context);
    let (mut voluntary, mut other) = (Vec::new(), Vec::new());
    for (client, rows) in context.index.groups("vrijheidsbeperking").iter() {
        let resists = |row: &&u32| code(assents, **row as usize) == Some(Assent::C3);
        let mut resisted = rows.iter().filter(resists).peekable();
        if resisted.peek().is_none() {
            continue;
        }
        titles.unite(client, |title: Title| title == Title::Vrijw, &mut voluntary);
        titles.unite(client, |title: Title| title != Title::Vrijw, &mut other);
        let only_voluntary = |day: i32| {
            spans::holding(&voluntary, day, false).is_some()
                && spans::holding(&other, day, true).is_none()
        };
        for row in resisted.filter(|row| value(days, **row as usize).is_some_and(only_voluntary)) {
            let place = Place::table("vrijheidsbeperking").row(*row as usize);
            reporter.report(place.field("instemming"));
        }
    }
}
