//! What it does: counts the stays on the first day of each period of `telling`.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "Q102",
    severity: Warning,
    title: "Stand aan het begin sluit niet aan",
    why: "Verschilt de eigen telling van de levering, dan ontbreken er opnames of ontslagen, of zijn er te veel.",
    example: "De telling zegt 80 opgenomen cliënten, in de levering zijn het er 78.",
    mend: "Zoek het verschil op in de tabellen opname en ontslag, of verbeter de telling.",
    check,
    sentence: |place, tables| different(place, tables),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_difference(context, reporter, "stand_begin", |days, from, _| {
        days.stock(from)
    });
}

/// Says by how many the count and the delivery differ.
pub(super) fn different(place: &Place, tables: &ParsedTables) -> String {
    let [difference, _] = place.numbers;
    let direction = if difference > 0 { "meer" } else { "minder" };
    format!(
        "In de levering zijn het er {} {direction} dan in kolom {} is geteld.",
        difference.abs(),
        column(place, tables)
    )
}

/// The days of admission and exit of all stays, each in order.
pub(super) struct Days {
    admitted: Vec<i32>,
    left: Vec<i32>,
}

impl Days {
    fn of(context: &Context<'_>) -> Self {
        let stays = || context.index.stays().iter().flat_map(|(_, stays)| stays);
        let mut admitted: Vec<i32> = stays().map(|stay| stay.start).collect();
        let mut left: Vec<i32> = stays()
            .map(|stay| stay.end)
            .filter(|end| *end != NEVER)
            .collect();
        admitted.sort_unstable();
        left.sort_unstable();
        Self { admitted, left }
    }

    /// How many were there at the start of a day, before its admissions and exits.
    pub(super) fn stock(&self, day: i32) -> i64 {
        Self::before(&self.admitted, day) - Self::before(&self.left, day)
    }

    /// How many were admitted in a period.
    pub(super) fn inflow(&self, from: i32, until: i32) -> i64 {
        Self::before(&self.admitted, until) - Self::before(&self.admitted, from)
    }

    /// How many left in a period.
    pub(super) fn outflow(&self, from: i32, until: i32) -> i64 {
        Self::before(&self.left, until) - Self::before(&self.left, from)
    }

    fn before(days: &[i32], day: i32) -> i64 {
        days.partition_point(|other| *other < day) as i64
    }
}

/// Reports each row of `telling` that lies within the observation and whose count in `field`
/// is another than `count` makes it.
pub(super) fn report_difference(
    context: &Context<'_>,
    reporter: &mut Reporter,
    field: &'static str,
    count: fn(&Days, i32, i32) -> i64,
) {
    let table = context.tables.table("telling");
    if table.rows == 0 {
        return;
    }
    let days = Days::of(context);
    let info = &context.tables.info;
    for row in 0..table.rows {
        let (from, until) = (
            table.day("periode_start", row),
            table.day("periode_eind", row),
        );
        let Some((from, until)) = from.zip(until) else {
            continue;
        };
        let is_observed = info.observed_from.is_none_or(|first| first <= from)
            && info.observed_until.is_none_or(|end| until <= end);
        let Some(counted) = table.number(field, row).filter(|_| is_observed) else {
            continue;
        };
        let difference = count(&days, from.number(), until.number()) - i64::from(counted);
        if difference != 0 {
            let place = Place::table("telling").row(row).field(field);
            reporter.report(place.numbers(difference, 0));
        }
    }
}
