//! What it does: looks for readmissions to the same institution without an admission within
//! two weeks (an assumption, for the days that an administration takes).

use super::prelude::*;
use codes::ReturnKind;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "Q108",
    severity: Warning,
    title: "Heropname zonder opname",
    why: "Een heropname in dezelfde instelling is ook een opname; die ontbreekt hier.",
    example: "Een terugkeer HEROPN_ZELFDE van 1 mei, zonder opname in die weken.",
    mend: "Lever de opname mee, of verbeter de soort of de datum van de terugkeer.",
    check,
    sentence: |place, tables| {
        format!(
            "Binnen {} dagen van de datum in kolom {} begint geen opname van deze cliënt.",
            place.numbers[0],
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    const NEAR: i32 = 14;
    let table = context.tables.table("terugkeer");
    let (clients, days) = (table.packed("client_id"), table.packed("terugkeer_datum"));
    let kinds = table.packed("terugkeer_soort");
    for row in (0..table.rows).filter(|row| code(kinds, *row) == Some(ReturnKind::SameBorg)) {
        let Some((client, day)) = value(clients, row).zip(value(days, row)) else {
            continue;
        };
        let stays = context.index.stays().of(client);
        let next = stays.partition_point(|stay| stay.start < day - NEAR);
        let is_near = stays.get(next).is_some_and(|stay| stay.start <= day + NEAR);
        if !is_near && context.client_row(client).is_some() {
            let place = Place::table("terugkeer").row(row).field("terugkeer_datum");
            reporter.report(place.numbers(i64::from(NEAR), 0));
        }
    }
}
