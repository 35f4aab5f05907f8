use crate::chart::{Drawing, TOP, WIDTH};
use crate::context::Context;
use crate::dutch;
use crate::measure::{self, Face, Limits, wrap};
use crate::palette;
use crate::svg::{Canvas, Style, hidden_rect, rect};
use disclosure::{Cell, ReleasedTable};

const ROW: f64 = 40.0;
const BAR: f64 = 26.0;
const LABELS: f64 = 170.0;
/// Shares that fit in less room than this are told in the table and the tip alone.
const LABEL_ROOM: f64 = 34.0;

/// Whether the rows are few steps of a scale and there are groups to compare.
pub(super) fn suits(table: &ReleasedTable) -> bool {
    table.ordered() && table.columns().len() > 1 && table.rows().len() <= palette::SCALE.len()
}

/// A bar of 100% per column, divided along the scale: how groups differ in their mix.
pub(super) fn draw(context: Context<'_>, table: &ReleasedTable) -> Drawing {
    let mut canvas = Canvas::default();
    let mut y = legend(&mut canvas, table) + 8.0;
    for bar in bars(table) {
        draw_bar(&mut canvas, context, &bar, y);
        y += ROW;
    }
    Drawing {
        part: "",
        kind: "Gestapeld staafdiagram van aandelen",
        canvas,
        bottom: y + 4.0,
        words: words(context, table),
    }
}

/// One column of the table, or the total.
struct Bar<'a> {
    title: &'a str,
    whole: Cell,
    parts: Vec<Part<'a>>,
}

struct Part<'a> {
    label: &'a str,
    count: Cell,
    share: Option<f64>,
}

fn bars(table: &ReleasedTable) -> Vec<Bar<'_>> {
    let rows = table.rows().iter().enumerate();
    let columns = table
        .columns()
        .iter()
        .enumerate()
        .map(|(column, title)| Bar {
            title,
            whole: table.column_totals()[column],
            parts: rows
                .clone()
                .map(|(row, label)| Part {
                    label,
                    count: table.cell(row, column),
                    share: table.column_share(row, column),
                })
                .collect(),
        });
    let mut bars: Vec<Bar<'_>> = columns.collect();
    bars.push(Bar {
        title: "Totaal",
        whole: table.total(),
        parts: rows
            .map(|(row, label)| Part {
                label,
                count: table.row_totals()[row],
                share: table.row_share(row),
            })
            .collect(),
    });
    bars
}

/// Names the steps in the order in which they lie in the bars; gives where it ends.
fn legend(canvas: &mut Canvas, table: &ReleasedTable) -> f64 {
    let style = Style::BODY;
    let (mut x, mut y) = (LABELS, TOP + 4.0);
    for (row, label) in table.rows().iter().enumerate() {
        let width = 22.0 + measure::width(label, style.face, style.size) + 18.0;
        if x > LABELS && x + width > WIDTH {
            (x, y) = (LABELS, y + 22.0);
        }
        let swatch = rect((x, y - 2.0), (14.0, 14.0), palette::SCALE[row].0);
        canvas.add(swatch.with("stroke", palette::FAINT));
        canvas.label((x + 20.0, y + 10.0), label, style);
        x += width;
    }
    y + 22.0
}

fn draw_bar(canvas: &mut Canvas, context: Context<'_>, bar: &Bar<'_>, y: f64) {
    draw_title(canvas, context, bar, y);
    let whole = WIDTH - LABELS;
    let mut x = LABELS;
    for (part, (fill, ink)) in bar.parts.iter().zip(palette::SCALE) {
        let Some(share) = part.share else { continue };
        let width = share * whole;
        let tip = tip(context, bar, part);
        canvas.add(
            rect((x, y), (width, BAR), fill)
                .with("stroke", palette::PAPER)
                .tip(&tip),
        );
        if width >= LABEL_ROOM {
            let at = (x + width / 2.0, y + 18.0);
            let text = dutch::percentage(share, 0);
            canvas.label(at, &text, Style::BODY.middle().colour(ink));
        }
        x += width;
    }
    draw_rest(canvas, bar, (x, y));
}

fn draw_title(canvas: &mut Canvas, context: Context<'_>, bar: &Bar<'_>, y: f64) {
    let style = Style {
        face: if bar.title == "Totaal" {
            Face::Semibold
        } else {
            Face::Regular
        },
        ..Style::BODY
    };
    let limits = Limits {
        max_width: LABELS - 12.0,
        max_lines: 1,
    };
    let title = wrap(bar.title, style.face, style.size, limits);
    canvas.lines((LABELS - 10.0, y + 11.0), &title, style.end());
    let n = format!("n = {}", context.cell(bar.whole)).replace("= v", "v");
    canvas.label((LABELS - 10.0, y + 26.0), &n, Style::SMALL.end());
}

/// What hidden parts leave open.
fn draw_rest(canvas: &mut Canvas, bar: &Bar<'_>, (x, y): (f64, f64)) {
    let hidden: Vec<&str> = bar
        .parts
        .iter()
        .filter(|part| part.share.is_none())
        .map(|part| part.label)
        .collect();
    let room = WIDTH - x;
    if hidden.is_empty() || room < 1.0 {
        return;
    }
    let tip = format!("{}: niet getoond: {}", bar.title, dutch::list(&hidden));
    canvas.add(hidden_rect((x, y + 0.5), (room - 0.5, BAR - 1.0)).tip(&tip));
    if room >= LABEL_ROOM {
        let at = (x + room / 2.0, y + 18.0);
        canvas.label(at, dutch::HIDDEN_SIGN, Style::BODY.middle());
    }
}

fn tip(context: Context<'_>, bar: &Bar<'_>, part: &Part<'_>) -> String {
    let share = part
        .share
        .map(|share| format!(" ({})", dutch::percentage(share, 1)));
    format!(
        "{}, {}: {} van {} {}{}",
        bar.title,
        part.label,
        context.cell(part.count),
        context.cell(bar.whole),
        context.unit(),
        share.unwrap_or_default()
    )
}

fn words(context: Context<'_>, table: &ReleasedTable) -> String {
    let bars = bars(table);
    let sentences = bars.iter().map(|bar| {
        let parts = bar.parts.iter().map(|part| match part.share {
            Some(share) => format!("{} {}", part.label, dutch::percentage(share, 0)),
            None => format!("{} {}", part.label, context.cell(Cell::Suppressed)),
        });
        let parts: Vec<String> = parts.collect();
        format!("{}: {}.", bar.title, parts.join(", "))
    });
    sentences.collect::<Vec<_>>().join(" ")
}
