use crate::chart::{Drawing, TOP, WIDTH};
use crate::context::Context;
use crate::dutch;
use crate::measure::{self, Face, Limits, wrap};
use crate::palette;
use crate::svg::{Canvas, Style, hidden_rect, rect};
use disclosure::{Cell, ReleasedTable};

/// Height of a row of bars.
const ROW: f64 = 36.0;
/// Height of a bar.
const BAR: f64 = 20.0;
/// Room between panels.
const GUTTER: f64 = 18.0;
/// The most panels beside each other.
const ABREAST: usize = 5;
/// The widest that row labels may be.
const WIDEST_LABEL: f64 = 210.0;
/// Length of the outline that stands for a hidden count.
const HIDDEN_LENGTH: f64 = 14.0;

/// One bar beside each other row, one panel per column: the eye compares lengths within a
/// panel and across, and nothing depends on colour.
struct Layout {
    order: Vec<usize>,
    panels: Vec<Panel>,
    labels: f64,
    largest: f64,
}

/// The counts of a column, or the totals per row.
struct Panel {
    title: Option<String>,
    fill: &'static str,
    bars: Vec<Bar>,
}

#[derive(Clone, Copy)]
struct Bar {
    count: Cell,
    share: Option<f64>,
}

pub(super) fn draw(context: Context<'_>, table: &ReleasedTable) -> Drawing {
    let layout = Layout::new(table);
    let mut canvas = Canvas::default();
    let mut bottom = TOP;
    for band in layout.panels.chunks(ABREAST) {
        bottom = layout.draw_band(&mut canvas, (context, table), band, bottom);
    }
    Drawing {
        part: if super::shares::suits(table) {
            "aantallen"
        } else {
            ""
        },
        kind: "Staafdiagram",
        canvas,
        bottom,
        words: layout.words(context, table),
    }
}

impl Layout {
    fn new(table: &ReleasedTable) -> Self {
        let panels = panels(table);
        let counts = panels.iter().flat_map(|panel| &panel.bars);
        let largest = counts
            .filter_map(|bar| bar.count.count())
            .max()
            .unwrap_or(0);
        let rows = table.rows().iter().map(String::as_str);
        Self {
            order: row_order(table),
            labels: measure::widest(rows, Face::Regular, Style::BODY.size).min(WIDEST_LABEL) + 12.0,
            largest: largest.max(1) as f64,
            panels,
        }
    }

    /// Draws panels beside each other; gives where they end.
    fn draw_band(
        &self,
        canvas: &mut Canvas,
        (context, table): (Context<'_>, &ReleasedTable),
        band: &[Panel],
        top: f64,
    ) -> f64 {
        let across = band.len() as f64;
        let width = (WIDTH - self.labels - GUTTER * (across - 1.0)) / across;
        let titles: Vec<Vec<String>> = band.iter().map(|panel| panel.title_lines(width)).collect();
        let title_lines = titles.iter().map(Vec::len).max().unwrap_or(0) as f64;
        let first = top + title_lines * Style::STRONG.leading() + 8.0;
        for (position, (panel, title)) in band.iter().zip(&titles).enumerate() {
            let x = self.labels + position as f64 * (width + GUTTER);
            canvas.lines((x, top + 12.0), title, Style::STRONG);
            let bottom = first + self.order.len() as f64 * ROW;
            canvas.line((x, first), (x, bottom), palette::FAINT);
            for (line, &row) in self.order.iter().enumerate() {
                let corner = (x, first + line as f64 * ROW + (ROW - BAR) / 2.0);
                self.draw_bar(canvas, (context, table), (panel, row), (corner, width));
            }
        }
        self.draw_labels(canvas, table, first);
        first + self.order.len() as f64 * ROW + 10.0
    }

    fn draw_labels(&self, canvas: &mut Canvas, table: &ReleasedTable, first: f64) {
        let limits = Limits {
            max_width: self.labels - 10.0,
            max_lines: 2,
        };
        for (line, &row) in self.order.iter().enumerate() {
            let style = Style::BODY;
            let lines = wrap(&table.rows()[row], style.face, style.size, limits);
            let middle = first + (line as f64 + 0.5) * ROW;
            let y = middle + 5.0 - (lines.len() as f64 - 1.0) * style.leading() / 2.0;
            canvas.lines((self.labels - 8.0, y), &lines, style.end());
        }
    }

    fn draw_bar(
        &self,
        canvas: &mut Canvas,
        (context, table): (Context<'_>, &ReleasedTable),
        (panel, row): (&Panel, usize),
        (corner, width): ((f64, f64), f64),
    ) {
        let bar = panel.bars[row];
        let is_roomy = self.panels.len() <= 3;
        let room = width - if is_roomy { 92.0 } else { 44.0 };
        let tip = tip(context, &table.rows()[row], panel, bar);
        let length = match bar.count {
            Cell::Count(count) => count as f64 / self.largest * room,
            Cell::Suppressed => HIDDEN_LENGTH,
        };
        canvas.add(match bar.count {
            Cell::Count(_) => rect(corner, (length, BAR), panel.fill).tip(&tip),
            Cell::Suppressed => hidden_rect(corner, (length, BAR)).tip(&tip),
        });
        let text = match (is_roomy, bar.share) {
            (true, Some(share)) => {
                format!(
                    "{} ({})",
                    context.cell(bar.count),
                    dutch::percentage(share, 0)
                )
            }
            _ => context.cell(bar.count),
        };
        canvas.label(
            (corner.0 + length + 6.0, corner.1 + 15.0),
            &text,
            Style::BODY,
        );
    }

    fn words(&self, context: Context<'_>, table: &ReleasedTable) -> String {
        let panels = self.panels.iter().map(|panel| {
            let bars = self.order.iter().map(|&row| {
                let bar = panel.bars[row];
                let share = bar
                    .share
                    .map(|share| format!(" ({})", dutch::percentage(share, 0)));
                let count = context.cell(bar.count);
                format!("{} {count}{}", table.rows()[row], share.unwrap_or_default())
            });
            let bars = bars.collect::<Vec<_>>().join(", ");
            match &panel.title {
                Some(title) => format!("{title}: {bars}."),
                None => format!("{}: {bars}.", table.row_title()),
            }
        });
        panels.collect::<Vec<_>>().join(" ")
    }
}

impl Panel {
    fn title_lines(&self, width: f64) -> Vec<String> {
        let limits = Limits {
            max_width: width,
            max_lines: 2,
        };
        let style = Style::STRONG;
        let title = self.title.as_deref();
        title.map_or(Vec::new(), |title| {
            wrap(title, style.face, style.size, limits)
        })
    }
}

fn panels(table: &ReleasedTable) -> Vec<Panel> {
    let rows = 0..table.rows().len();
    let is_single = table.columns().len() == 1;
    let columns = table
        .columns()
        .iter()
        .enumerate()
        .map(|(column, title)| Panel {
            title: (!is_single).then(|| title.clone()),
            fill: palette::BLUE,
            bars: rows
                .clone()
                .map(|row| Bar {
                    count: table.cell(row, column),
                    share: table.column_share(row, column),
                })
                .collect(),
        });
    let mut panels: Vec<Panel> = columns.collect();
    if !is_single {
        panels.push(Panel {
            title: Some("Totaal".to_owned()),
            fill: palette::TOTAL,
            bars: rows
                .map(|row| Bar {
                    count: table.row_totals()[row],
                    share: table.row_share(row),
                })
                .collect(),
        });
    }
    panels
}

/// Rows in their own order, or else the largest first, hidden ones and rests last.
fn row_order(table: &ReleasedTable) -> Vec<usize> {
    let mut order: Vec<usize> = (0..table.rows().len()).collect();
    if !table.ordered() {
        order.sort_by_key(|&row| {
            let count = table.row_totals()[row].count();
            let is_rest = is_rest(&table.rows()[row]);
            (is_rest, std::cmp::Reverse(count), row)
        });
    }
    order
}

/// Whether a category holds what fits in no other.
fn is_rest(label: &str) -> bool {
    let label = label.to_lowercase();
    ["onbekend", "overig", "anders"]
        .iter()
        .any(|start| label.starts_with(start))
}

fn tip(context: Context<'_>, row: &str, panel: &Panel, bar: Bar) -> String {
    let place = panel.title.as_ref().map(|title| format!(", {title}"));
    let share = bar
        .share
        .map(|share| format!(" ({})", dutch::percentage(share, 1)));
    format!(
        "{row}{}: {} {}{}",
        place.unwrap_or_default(),
        context.cell(bar.count),
        context.unit(),
        share.unwrap_or_default()
    )
}
