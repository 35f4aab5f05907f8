use crate::context::{Context, duration};
use crate::table::{Column, DataTable, Measure, Row, Value};
use disclosure::{ReleasedCurves, ReleasedSeries};
use estimate::CurveKind;

/// The curves at their horizons, the numbers at risk, and the points as drawn.
pub(crate) fn tables(context: Context<'_>, released: &ReleasedCurves) -> Vec<DataTable> {
    let mut tables = vec![horizons(context, released)];
    if !released.risk().is_empty() {
        tables.push(at_risk(context, released));
    }
    tables.push(points(context, released));
    tables
}

/// Name of what a curve gives.
pub(crate) fn quantity(kind: CurveKind) -> &'static str {
    match kind {
        CurveKind::Survival => "Aandeel nog aanwezig",
        CurveKind::CumulativeIncidence => "Aandeel met de gebeurtenis",
    }
}

/// The label of a curve, with its group where that says more.
pub(crate) fn series_label(released: &ReleasedCurves, series: &ReleasedSeries) -> String {
    let is_ambiguous = released.strata().len() > 1
        && released
            .series()
            .iter()
            .any(|other| other.label() == series.label() && other.stratum() != series.stratum());
    match released.strata().get(series.stratum()) {
        Some(stratum) if is_ambiguous => format!("{}, {stratum}", series.label()),
        _ => series.label().to_owned(),
    }
}

fn horizons(context: Context<'_>, released: &ReleasedCurves) -> DataTable {
    let days = horizon_days(released);
    let mut columns = vec![Column::text("Lijn")];
    for &day in &days {
        columns.push(Column::number("Aandeel").under(duration(day)));
        columns.push(Column::number("95%-BI").under(duration(day)));
    }
    let has_median = released.series().iter().any(|s| s.median().is_some());
    if has_median {
        columns.push(Column::number("Mediaan (dagen)"));
        columns.push(Column::number("95%-BI van de mediaan"));
    }
    columns.push(Column::number("Gebeurtenissen"));
    let title = context.title().to_owned();
    let mut table = DataTable::new(context.part_id(""), title, columns);
    for series in released.series() {
        let mut cells = vec![Value::Text(series_label(released, series))];
        days.iter()
            .for_each(|&day| cells.extend(at_horizon(series, day)));
        if has_median {
            cells.extend(median(series));
        }
        cells.push(context.value(series.events()));
        table.push(Row::body(cells));
    }
    table.note(format!(
        "{}, gerekend in {}. 95%-BI: 95%-betrouwbaarheidsinterval.",
        quantity(released.kind()),
        released.time_title()
    ));
    table
}

/// All horizons of all curves, rising.
pub(crate) fn horizon_days(released: &ReleasedCurves) -> Vec<i32> {
    let horizons = released.series().iter().flat_map(|s| s.horizons());
    let mut days: Vec<i32> = horizons.map(|horizon| horizon.day()).collect();
    days.sort_unstable();
    days.dedup();
    days
}

fn at_horizon(series: &ReleasedSeries, day: i32) -> [Value; 2] {
    let horizon = series.horizons().iter().find(|h| h.day() == day);
    match horizon.and_then(|horizon| horizon.estimate()) {
        Some((share, lower, upper)) => [Value::Share { share, decimals: 0 }, band(lower, upper)],
        None => [Value::Withheld, Value::Withheld],
    }
}

fn band(lower: f64, upper: f64) -> Value {
    Value::Interval {
        lower: Some(lower),
        upper: Some(upper),
        measure: Measure::Share(0),
    }
}

fn median(series: &ReleasedSeries) -> [Value; 2] {
    match series.median() {
        Some((median, lower, upper)) => [
            median.map_or(Value::NotReached, Value::Days),
            Value::Interval {
                lower,
                upper,
                measure: Measure::Days,
            },
        ],
        None => [Value::Withheld, Value::Withheld],
    }
}

fn at_risk(context: Context<'_>, released: &ReleasedCurves) -> DataTable {
    let mut days: Vec<i32> = released.risk().iter().flatten().map(|r| r.day()).collect();
    days.sort_unstable();
    days.dedup();
    let mut columns = vec![Column::text("Groep")];
    columns.extend(days.iter().map(|&day| Column::number(duration(day))));
    let caption = format!("{}: aantal nog gevolgd", context.title());
    let mut table = DataTable::new(context.part_id("gevolgd"), caption, columns);
    for (label, risk) in released.strata().iter().zip(released.risk()) {
        let mut cells = vec![Value::Text(label.clone())];
        for &day in &days {
            let at = risk.iter().find(|at| at.day() == day);
            cells.push(at.map_or(Value::Withheld, |at| context.value(at.at_risk())));
        }
        table.push(Row::body(cells));
    }
    table.note(format!(
        "Aantal dat op dat moment nog gevolgd werd ({}).",
        released.time_title()
    ));
    table
}

fn points(context: Context<'_>, released: &ReleasedCurves) -> DataTable {
    let columns = vec![
        Column::text("Lijn"),
        Column::number("Dag"),
        Column::number("Aandeel"),
        Column::number("95%-BI"),
    ];
    let caption = format!("{}: punten van de lijnen", context.title());
    let mut table = DataTable::new(context.part_id("punten"), caption, columns);
    for series in released.series() {
        let label = series_label(released, series);
        for step in series.steps() {
            table.push(Row::body(vec![
                Value::Text(label.clone()),
                Value::Days(f64::from(step.day())),
                Value::Share {
                    share: step.estimate(),
                    decimals: 0,
                },
                band(step.lower(), step.upper()),
            ]));
        }
    }
    table.note(
        "Tussen de punten loopt een rechte lijn; elk punt vat meer gebeurtenissen samen, \
         zodat niemand te herkennen is.",
    );
    table
}
