use super::sheet::{Bar, Bars, Grid, GridRow, Panel, Picture};
use crate::words;
use disclosure::{
    Cell, PublicationHeader, Published, Released, ReleasedCurves, ReleasedDurations,
    ReleasedHorizon, ReleasedSeries, ReleasedSummary, ReleasedTable,
};
use estimate::CurveKind;
use figure::dutch;

/// What stands for a number that cannot be shown.
const NOTHING: &str = "–";
/// The most rows that are shown of a table.
const MOST_ROWS: usize = 9;

/// A result with what is common to its release.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    published: &'a Published,
    header: &'a PublicationHeader,
}

/// Fills the panel of a result that is not withheld.
pub(super) type Draw = fn(Context<'_>, &mut Panel);

/// The panel of a result, or the sentence that it is withheld.
pub(super) fn panel(published: &Published, header: &PublicationHeader, draw: Draw) -> Panel {
    let mut panel = Panel {
        title: published.title().to_owned(),
        definition: published.definition().to_owned(),
        ..Panel::default()
    };
    match published.released() {
        Released::Withheld(reason) => panel.withheld = Some(reason.sentence().to_owned()),
        _ => draw(Context { published, header }, &mut panel),
    }
    panel
}

/// The panel where nothing was released.
pub(super) fn absent(title: &str) -> Panel {
    Panel {
        title: title.to_owned(),
        withheld: Some("Over deze vraag is in deze publicatie niets vrijgegeven.".to_owned()),
        ..Panel::default()
    }
}

/// A chart that tells the whole result.
pub(super) fn chart(context: Context<'_>, panel: &mut Panel) {
    let charts = figure::charts(context.published, context.header);
    panel.chart = charts.into_iter().next().map(|chart| Picture {
        svg: chart.svg().to_owned(),
        alt: chart.alt().to_owned(),
    });
}

/// Curves as a chart, and as a table at the protocol's horizons.
pub(super) fn chart_and_horizons(context: Context<'_>, panel: &mut Panel) {
    chart(context, panel);
    let Released::Curves(curves) = context.published.released() else {
        return;
    };
    let days = horizon_days(curves);
    let rows = curves.series().iter().map(|series| {
        let cells = days
            .iter()
            .map(|&day| share_with_limits(horizon(series, day)));
        GridRow {
            cells: std::iter::once(dutch::sentence_case(series.label()))
                .chain(cells)
                .collect(),
            total: false,
        }
    });
    let titles = days
        .iter()
        .map(|&day| format!("binnen {}", figure::duration(day)));
    panel.grid = Some(Grid {
        columns: std::iter::once("Wat er daarna gebeurt".to_owned())
            .chain(titles)
            .collect(),
        rows: rows.collect(),
    });
    panel.notes.push(
        "Tussen haakjes het 95%-betrouwbaarheidsinterval. Bij een streepje zijn er te \
         weinig mensen of gebeurtenissen om een getal te tonen."
            .to_owned(),
    );
}

fn share_with_limits(horizon: Option<&ReleasedHorizon>) -> String {
    match horizon.and_then(ReleasedHorizon::estimate) {
        Some((share, lower, upper)) => {
            let limits = dutch::percentage_interval(lower, upper, 0);
            format!("{} ({limits})", dutch::percentage(share, 0))
        }
        None => NOTHING.to_owned(),
    }
}

fn horizon_days(curves: &ReleasedCurves) -> Vec<i32> {
    let horizons = curves.series().iter().flat_map(ReleasedSeries::horizons);
    let mut days: Vec<i32> = horizons.map(ReleasedHorizon::day).collect();
    days.sort_unstable();
    days.dedup();
    days
}

fn horizon(series: &ReleasedSeries, day: i32) -> Option<&ReleasedHorizon> {
    series
        .horizons()
        .iter()
        .find(|horizon| horizon.day() == day)
}

/// The first curve at the protocol's horizons, and its median.
pub(super) fn stay(context: Context<'_>, panel: &mut Panel) {
    let Released::Curves(curves) = context.published.released() else {
        return chart(context, panel);
    };
    let Some(series) = curves.series().first() else {
        return;
    };
    let rows = series.horizons().iter().map(|horizon| {
        let estimate = horizon.estimate();
        let shown = |text: Option<String>| text.unwrap_or_else(|| NOTHING.to_owned());
        Bar {
            label: figure::duration(horizon.day()),
            share: estimate.map(|(share, ..)| share),
            first: shown(estimate.map(|(share, ..)| dutch::percentage(share, 0))),
            second: shown(
                estimate.map(|(_, lower, upper)| dutch::percentage_interval(lower, upper, 0)),
            ),
        }
    });
    let title = match curves.kind() {
        CurveKind::Survival => "Nog aanwezig na",
        CurveKind::CumulativeIncidence => "Gebeurd na",
    };
    panel.bars = Some(Bars {
        columns: [title, "Aandeel", "95%-BI"],
        rows: rows.collect(),
    });
    panel.notes.extend(series.median().map(median));
    panel.notes.push(basis(context));
}

fn median((median, lower, upper): (Option<f64>, Option<f64>, Option<f64>)) -> String {
    match median {
        Some(days) => format!(
            "De helft blijft langer dan {} (95%-BI {}).",
            dutch::days(days),
            dutch::open_interval(lower, upper, 0)
        ),
        None => "Meer dan de helft is er aan het eind van de metingen nog.".to_owned(),
    }
}

fn basis(context: Context<'_>) -> String {
    format!("{}.", words::basis(context.published))
}

/// Counts per row, the largest first unless the rows have an order of their own.
pub(super) fn destination(context: Context<'_>, panel: &mut Panel) {
    let Released::Table(table) = context.published.released() else {
        return chart(context, panel);
    };
    let order = row_order(table);
    let rows = order.iter().take(MOST_ROWS).map(|&row| Bar {
        label: dutch::sentence_case(&table.rows()[row]),
        share: table.row_share(row),
        first: table
            .row_share(row)
            .map_or_else(|| NOTHING.to_owned(), |share| dutch::percentage(share, 0)),
        second: words::count(table.row_totals()[row]),
    });
    panel.bars = Some(Bars {
        columns: ["Bestemming", "Aandeel", "Aantal"],
        rows: rows.collect(),
    });
    let rest = order.len().saturating_sub(MOST_ROWS);
    if rest > 0 {
        panel.notes.push(format!(
            "Nog {} bestemmingen staan in de tabel bij deze publicatie.",
            words::numeral(rest)
        ));
    }
    panel.notes.push(basis(context));
}

fn row_order(table: &ReleasedTable) -> Vec<usize> {
    let mut order: Vec<usize> = (0..table.rows().len()).collect();
    if !table.ordered() {
        // A stable sort; hidden rows come last.
        order.sort_by_key(|&row| std::cmp::Reverse(table.row_totals()[row].count()));
    }
    order
}

/// A row per group: how many, the median, the quartiles, and how many are long.
pub(super) fn durations(context: Context<'_>, panel: &mut Panel) {
    let Released::Durations(durations) = context.published.released() else {
        return chart(context, panel);
    };
    let last = durations.groups().len().saturating_sub(1);
    let rows = durations
        .groups()
        .iter()
        .enumerate()
        .map(|(position, group)| GridRow {
            cells: duration_cells(durations, (position, group)),
            total: position == last,
        });
    let long = i32::try_from(durations.long_from_days()).unwrap_or(i32::MAX);
    panel.grid = Some(Grid {
        columns: vec![
            "Groep".to_owned(),
            "Aantal".to_owned(),
            "Mediaan".to_owned(),
            "Q1–Q3".to_owned(),
            format!("{} of langer", figure::duration(long)),
        ],
        rows: rows.collect(),
    });
    panel
        .notes
        .push("Mediaan en kwartielen (Q1–Q3) in dagen.".to_owned());
}

fn duration_cells(durations: &ReleasedDurations, (position, group): (usize, &str)) -> Vec<String> {
    let shown = |text: Option<String>| text.unwrap_or_else(|| NOTHING.to_owned());
    let summary = durations.per_group()[position].as_ref();
    let quartiles = summary.and_then(ReleasedSummary::quartiles);
    vec![
        group.to_owned(),
        words::count(summary.map_or(Cell::Suppressed, ReleasedSummary::n)),
        shown(
            summary
                .and_then(ReleasedSummary::median)
                .map(|days| dutch::number(days, 0)),
        ),
        shown(quartiles.map(|(lower, upper)| dutch::interval(lower, upper, 0))),
        words::count(
            durations
                .long()
                .get(position)
                .copied()
                .unwrap_or(Cell::Suppressed),
        ),
    ]
}
