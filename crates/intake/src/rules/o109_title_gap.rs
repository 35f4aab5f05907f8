//! What it does: looks for stays with days on which the client had no legal title, not even
//! `VRIJW`, though there are titles of the client.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "O109",
    severity: Warning,
    title: "Gat in de juridische titels",
    why: "Op elke dag van een verblijf geldt een titel, al is het ‘vrijwillig’; een gat wijst op een vergeten verlenging.",
    example: "De titel eindigt op 1 mei, de volgende begint op 15 mei, terwijl het verblijf doorloopt.",
    mend: "Lever de titel die ertussen gold; was het verblijf vrijwillig, gebruik dan VRIJW.",
    check,
    sentence: |_, _| "Tijdens dit verblijf zijn er dagen zonder juridische titel.".into(),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_gaps(
        context,
        reporter,
        "titelperiode",
        ["titel_start", "titel_eind"],
    );
}

/// Reports each stay that the client's periods in `table` do not cover up to the end of the
/// stay or of the observation. Clients with no period at all, and with one that cannot be
/// used, are passed over.
pub(super) fn report_gaps(
    context: &Context<'_>,
    reporter: &mut Reporter,
    table: &'static str,
    [start, end]: [&'static str; 2],
) {
    let periods = Periods::of(context.tables.table(table), start, end);
    let groups = context.index.groups(table);
    let horizon = context.horizon();
    let mut union = Vec::new();
    for (client, stays) in context.index.stays().iter() {
        let rows = groups.of(client as usize);
        let usable = rows.iter().all(|row| periods.span(*row).is_some());
        if stays.is_empty() || rows.is_empty() || !usable {
            continue;
        }
        spans::unite(rows.iter().filter_map(|row| periods.span(*row)), &mut union);
        for stay in stays {
            if !spans::covers(&union, stay.start, stay.end.min(horizon)) {
                reporter.report(Place::table("opname").row(stay.row as usize));
            }
        }
    }
}
