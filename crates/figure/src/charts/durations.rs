use super::axis::{Scale, TimeAxis};
use crate::chart::{Drawing, TOP, WIDTH};
use crate::context::Context;
use crate::dutch;
use crate::measure::{self, Face, Limits, wrap};
use crate::palette;
use crate::svg::{Canvas, Element, Style, line};
use crate::tables::durations::long_title;
use disclosure::{Cell, ReleasedDurations, ReleasedSummary};

const ROW: f64 = 38.0;
const WIDEST_LABEL: f64 = 190.0;
/// Room for the column with who stayed long.
const LONG: f64 = 120.0;

struct Plot<'a> {
    context: Context<'a>,
    released: &'a ReleasedDurations,
    x: Scale,
    axis: TimeAxis,
    top: f64,
}

/// A dot at the median and a line from the first to the third quartile, per group.
pub(super) fn draw(context: Context<'_>, released: &ReleasedDurations) -> Drawing {
    let groups = released.groups().iter().map(String::as_str);
    let left = measure::widest(groups, Face::Semibold, Style::BODY.size).min(WIDEST_LABEL) + 14.0;
    let axis = TimeAxis::up_to(longest(released));
    let plot = Plot {
        context,
        released,
        x: Scale::new((0.0, axis.end), (left, WIDTH - LONG - 24.0)),
        axis,
        top: TOP + 44.0,
    };
    let mut canvas = Canvas::default();
    plot.draw_axis(&mut canvas);
    for position in 0..released.groups().len() {
        plot.draw_group(&mut canvas, position);
    }
    Drawing {
        part: "",
        kind: "Puntdiagram van medianen en kwartielen",
        canvas,
        bottom: plot.bottom() + 50.0,
        words: words(context, released),
    }
}

impl Plot<'_> {
    fn bottom(&self) -> f64 {
        self.top + ROW * self.released.groups().len() as f64
    }

    fn draw_axis(&self, canvas: &mut Canvas) {
        let (left, right) = self.x.pixels;
        let bottom = self.bottom();
        for (day, text) in self.axis.ticks() {
            let x = self.x.at(day);
            canvas.line((x, self.top), (x, bottom), palette::GRID);
            canvas.label((x, bottom + 18.0), &text, Style::SMALL.middle());
        }
        canvas.line((left, bottom), (right, bottom), palette::FAINT);
        let middle = (left + right) / 2.0;
        let title = format!(
            "{} (punt: mediaan, lijn: eerste tot derde kwartiel)",
            self.axis.unit()
        );
        canvas.label((middle, bottom + 38.0), &title, Style::SMALL.middle());
        let limits = Limits {
            max_width: LONG,
            max_lines: 2,
        };
        let heading = wrap(
            &long_title(self.released),
            Face::Semibold,
            Style::SMALL.size,
            limits,
        );
        let style = Style {
            face: Face::Semibold,
            ..Style::SMALL.end()
        };
        canvas.lines((WIDTH, self.top - 24.0), &heading, style);
    }

    fn draw_group(&self, canvas: &mut Canvas, position: usize) {
        let y = self.top + ROW * (position as f64 + 0.5);
        let is_total = position + 1 == self.released.groups().len();
        let style = if is_total { Style::STRONG } else { Style::BODY };
        let limits = Limits {
            max_width: self.x.pixels.0 - 12.0,
            max_lines: 2,
        };
        let group = &self.released.groups()[position];
        let lines = wrap(group, style.face, style.size, limits);
        let first = y + 5.0 - (lines.len() as f64 - 1.0) * style.leading() / 2.0;
        canvas.lines((self.x.pixels.0 - 10.0, first), &lines, style.end());
        let colour = if is_total {
            palette::TOTAL
        } else {
            palette::BLUE
        };
        let summary = self.released.per_group()[position].as_ref();
        match summary.and_then(|summary| summary.median().map(|median| (summary, median))) {
            Some((summary, median)) => {
                self.draw_summary(canvas, (group, summary, median), y, colour)
            }
            None => canvas.label(
                (self.x.pixels.0 + 8.0, y + 5.0),
                "niet getoond",
                Style::SMALL,
            ),
        }
        canvas.label((WIDTH, y + 5.0), &self.long(position), style.end());
    }

    fn draw_summary(
        &self,
        canvas: &mut Canvas,
        (group, summary, median): (&str, &ReleasedSummary, f64),
        y: f64,
        colour: &'static str,
    ) {
        let tip = format!("{group}: {}", summary_words(self.context, summary, median));
        if let Some((lower, upper)) = summary.quartiles() {
            let (from, to) = (self.x.at(lower), self.x.at(upper));
            canvas.add(line((from, y), (to, y), colour).with("stroke-width", "3"));
            for x in [from, to] {
                canvas.add(line((x, y - 5.0), (x, y + 5.0), colour).with("stroke-width", "2"));
            }
        }
        let x = self.x.at(median);
        canvas.add(
            Element::new("circle")
                .all([("cx", x), ("cy", y), ("r", 6.5)])
                .with("fill", colour)
                .with("stroke", palette::PAPER)
                .with("stroke-width", "1.5")
                .tip(&tip),
        );
        let text = dutch::days(median);
        let half = measure::width(&text, Face::Regular, Style::SMALL.size) / 2.0;
        let (left, right) = self.x.pixels;
        let at = x.clamp(left + half + 2.0, right - half);
        canvas.label((at, y - 10.0), &text, Style::SMALL.middle());
    }

    /// Who stayed long, with the share where it can be made.
    fn long(&self, position: usize) -> String {
        let Some(&long) = self.released.long().get(position) else {
            return "–".to_owned();
        };
        let n = self.released.per_group()[position]
            .as_ref()
            .map(|summary| summary.n());
        let share = match (long, n) {
            (Cell::Count(long), Some(Cell::Count(n @ 1..))) => Some(long as f64 / n as f64),
            _ => None,
        };
        let share = share.map(|share| format!(" ({})", dutch::percentage(share, 0)));
        format!("{}{}", self.context.sign(long), share.unwrap_or_default())
    }
}

fn longest(released: &ReleasedDurations) -> i32 {
    let summaries = released.per_group().iter().flatten();
    let ends = summaries.filter_map(|summary| {
        let upper = summary.quartiles().map(|(_, upper)| upper);
        upper.or(summary.median())
    });
    ends.fold(0.0, f64::max).ceil() as i32
}

fn summary_words(context: Context<'_>, summary: &ReleasedSummary, median: f64) -> String {
    let mut words = format!("mediaan {}", dutch::days(median));
    if let Some((lower, upper)) = summary.quartiles() {
        words.push_str(&format!(
            ", kwartielen {}",
            dutch::interval(lower, upper, 0)
        ));
    }
    words.push_str(&format!(", n = {}", context.cell(summary.n())).replace("= v", "v"));
    words
}

fn words(context: Context<'_>, released: &ReleasedDurations) -> String {
    let groups = released
        .groups()
        .iter()
        .enumerate()
        .map(|(position, group)| {
            let summary = released.per_group()[position].as_ref();
            let summary = match summary.and_then(|s| s.median().map(|median| (s, median))) {
                Some((summary, median)) => summary_words(context, summary, median),
                None => "niet getoond".to_owned(),
            };
            let long = released
                .long()
                .get(position)
                .map(|&long| format!(", {}: {}", long_title(released), context.cell(long)));
            format!("{group}: {summary}{}.", long.unwrap_or_default())
        });
    groups.collect::<Vec<_>>().join(" ")
}
