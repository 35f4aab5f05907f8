//! What it does: compares the validity period of each code with the main date of its row.

use super::index::main_date;
use super::prelude::*;
use calendar::Day;
use codes::CodeList;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "C103",
    severity: Warning,
    title: "Code was toen niet geldig",
    why: "Titels en regelingen komen en gaan; een code buiten zijn tijd wijst op een verkeerde code of datum.",
    example: "Een rechterlijke machtiging op grond van de Wzd die in 2018 begint.",
    mend: "Kies de code die op die dag gold, of verbeter de datum.",
    check,
    sentence: |place, tables| {
        format!(
            "De code in kolom {} was niet geldig op de datum van de rij.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for (position, table) in context.tables.tables.iter().enumerate() {
        let Some(date) = main_date(table.spec) else {
            continue;
        };
        let days = table.packed(date.name);
        for (field, spec) in table.spec.fields.iter().enumerate() {
            if let FieldKind::Code(list) = spec.kind
                && let Some(limits) = limits(list())
            {
                let cells = table.packed(spec.name);
                for row in (0..table.rows).filter(|row| is_out(cells, days, *row, &limits)) {
                    reporter.report(Place::table_at(position).row(row).field_at(field));
                }
            }
        }
    }
}

/// First and first later day of each code; `None` where all codes are valid always.
fn limits(list: &CodeList) -> Option<Vec<(i32, i32)>> {
    let number = |day: Option<Day>, open: i32| day.map_or(open, Day::number);
    let of_code = |code: &codes::Code| {
        let validity = code.validity;
        (
            number(validity.from(), i32::MIN),
            number(validity.until(), NEVER),
        )
    };
    let limits: Vec<_> = list.codes.iter().map(of_code).collect();
    limits
        .iter()
        .any(|limit| *limit != (i32::MIN, NEVER))
        .then_some(limits)
}

fn is_out(cells: &[Packed], days: &[Packed], row: usize, limits: &[(i32, i32)]) -> bool {
    match value(cells, row).zip(value(days, row)) {
        Some((code, day)) => limits
            .get(code as usize)
            .is_some_and(|(from, until)| day < *from || day >= *until),
        None => false,
    }
}
