//! Numbers over time as lines with bands: courses that were measured, and what a model expects.

use super::axis::{Scale, TimeAxis, even};
use super::series::{EndLabels, band, marker, stroke};
use crate::chart::{Drawing, TOP, WIDTH};
use crate::context::{Context, duration};
use crate::dutch;
use crate::measure::{self, Face, Limits, wrap};
use crate::palette;
use crate::svg::{Canvas, Element, Style, polyline};
use crate::tables::course::direction;
use disclosure::{Cell, ReleasedCourse, ReleasedProjection};

const PLOT_HEIGHT: f64 = 280.0;
/// The widest that labels at the ends of lines may be.
const WIDEST_LABEL: f64 = 180.0;
/// From more lines on, only the first has a band; all limits are in the table.
const MOST_BANDS: usize = 3;
/// Height of a row of counts below the plot.
const COUNT_ROW: f64 = 20.0;

/// An estimate with its limits.
type Estimate = (f64, f64, f64);

/// A line: its name and, per day, an estimate with its limits, or nothing.
struct Line {
    label: String,
    points: Vec<(i32, Option<Estimate>)>,
}

/// A row of counts below the plot.
struct CountRow {
    label: String,
    counts: Vec<(i32, Cell)>,
}

struct Plot<'a> {
    context: Context<'a>,
    lines: Vec<Line>,
    decimals: u8,
    has_marks: bool,
    x: Scale,
    y: Scale,
    ticks: Vec<f64>,
    axis: TimeAxis,
    labels: Vec<Vec<String>>,
}

/// Means over time, and below them who was measured and who was not.
pub(super) fn course(context: Context<'_>, released: &ReleasedCourse) -> Drawing {
    let line = |line: &disclosure::ReleasedCourseLine| Line {
        label: line.label().to_owned(),
        points: line
            .points()
            .iter()
            .map(|at| (at.day(), at.mean()))
            .collect(),
    };
    let lines = released.lines().iter().map(line).collect();
    let plot = Plot::new(context, lines, (1, true));
    let title = format!("{} ({})", released.quantity(), direction(released));
    let mut canvas = Canvas::default();
    plot.draw(&mut canvas, &title, released.time_title());
    let counts = released.lines().iter().flat_map(|line| {
        let of = |what: &str, count: fn(&disclosure::ReleasedCoursePoint) -> Cell| CountRow {
            label: format!("{}, {what}", line.label()),
            counts: line
                .points()
                .iter()
                .map(|at| (at.day(), count(at)))
                .collect(),
        };
        [
            of("gemeten", |at| at.measured()),
            of("niet gemeten", |at| at.unmeasured()),
        ]
    });
    let bottom = plot.draw_counts(&mut canvas, &counts.collect::<Vec<_>>());
    let words = format!(
        "{}; {}. {}",
        released.quantity(),
        direction(released),
        plot.words()
    );
    Drawing {
        part: "",
        kind: "Lijndiagram van gemiddelden",
        canvas,
        bottom,
        words,
    }
}

/// What a model expects, scenario by scenario.
pub(super) fn projection(context: Context<'_>, released: &ReleasedProjection) -> Drawing {
    let line = |scenario: &disclosure::ReleasedScenario| Line {
        label: scenario.label().to_owned(),
        points: scenario
            .points()
            .iter()
            .map(|&(day, value)| (day, Some(value)))
            .collect(),
    };
    let lines = released.scenarios().iter().map(line).collect();
    let plot = Plot::new(context, lines, (0, false));
    let mut canvas = Canvas::default();
    let title = format!("{} (verwacht)", released.quantity());
    plot.draw(&mut canvas, &title, released.time_title());
    let words = format!(
        "{}, verwacht door een model, niet gemeten. {}",
        released.quantity(),
        plot.words()
    );
    Drawing {
        part: "",
        kind: "Lijndiagram van verwachtingen",
        canvas,
        bottom: plot.y.pixels.0 + 50.0,
        words,
    }
}

impl<'a> Plot<'a> {
    fn new(context: Context<'a>, lines: Vec<Line>, (decimals, has_marks): (u8, bool)) -> Self {
        let style = Style::BODY;
        let limits = Limits {
            max_width: WIDEST_LABEL,
            max_lines: 3,
        };
        let labels: Vec<Vec<String>> = lines
            .iter()
            .map(|line| wrap(&line.label, style.face, style.size, limits))
            .collect();
        let texts = labels.iter().flatten().map(String::as_str);
        let right = measure::widest(texts, style.face, style.size) + 46.0;
        let values = || {
            lines
                .iter()
                .flat_map(|line| &line.points)
                .filter_map(|point| point.1)
        };
        let low = values().map(|value| value.1).fold(f64::INFINITY, f64::min);
        let high = values()
            .map(|value| value.2)
            .fold(f64::NEG_INFINITY, f64::max);
        let (low, high, ticks) = if low <= high {
            even(low, high)
        } else {
            even(0.0, 1.0)
        };
        let days = lines
            .iter()
            .flat_map(|line| line.points.iter().map(|point| point.0));
        let axis = TimeAxis::up_to(days.max().unwrap_or(0));
        let top = TOP + 22.0;
        Self {
            context,
            x: Scale::new((0.0, axis.end), (52.0, WIDTH - right)),
            y: Scale::new((low, high), (top + PLOT_HEIGHT, top)),
            lines,
            decimals,
            has_marks,
            ticks,
            axis,
            labels,
        }
    }

    fn draw(&self, canvas: &mut Canvas, y_title: &str, time_title: &str) {
        self.draw_axes(canvas, y_title, time_title);
        for position in 0..self.bands() {
            self.draw_bands(canvas, position);
        }
        for position in 0..self.lines.len() {
            self.draw_line(canvas, position);
        }
        self.draw_labels(canvas);
    }

    /// How many lines have a band. Many would hide the lines; the first is what others are beside.
    fn bands(&self) -> usize {
        match self.lines.len() {
            ..=MOST_BANDS => self.lines.len(),
            _ => 1,
        }
    }

    fn draw_axes(&self, canvas: &mut Canvas, y_title: &str, time_title: &str) {
        let (left, right) = self.x.pixels;
        let (bottom, top) = self.y.pixels;
        let of = match self.bands() < self.lines.len() {
            true => format!(" van ‘{}’", self.lines[0].label),
            false => String::new(),
        };
        let title = format!("{y_title}, met 95%-interval{of}");
        canvas.label((0.0, top - 16.0), &title, Style::SMALL);
        for &tick in &self.ticks {
            let y = self.y.at(tick);
            canvas.line((left, y), (right, y), palette::GRID);
            let decimals = u8::from(tick.fract().abs() > 1e-9);
            let text = dutch::number(tick, decimals);
            canvas.label((left - 8.0, y + 4.5), &text, Style::SMALL.end());
        }
        canvas.line((left, bottom), (right, bottom), palette::FAINT);
        for (day, text) in self.axis.ticks() {
            let x = self.x.at(day);
            canvas.line((x, bottom), (x, bottom + 5.0), palette::FAINT);
            canvas.label((x, bottom + 20.0), &text, Style::SMALL.middle());
        }
        let title = self.axis.title(time_title);
        canvas.label(
            ((left + right) / 2.0, bottom + 40.0),
            &title,
            Style::SMALL.middle(),
        );
    }

    /// The parts of a line that can be drawn without a gap, with their limits.
    fn stretches(&self, position: usize) -> Vec<Vec<[(f64, f64); 3]>> {
        let mut stretches = vec![Vec::new()];
        for &(day, value) in &self.lines[position].points {
            match value {
                None => stretches.push(Vec::new()),
                Some((estimate, lower, upper)) => {
                    let x = self.x.at(f64::from(day));
                    let points = [estimate, lower, upper].map(|value| (x, self.y.at(value)));
                    stretches
                        .last_mut()
                        .expect("there is always one")
                        .push(points);
                }
            }
        }
        stretches.retain(|stretch| !stretch.is_empty());
        stretches
    }

    fn draw_bands(&self, canvas: &mut Canvas, position: usize) {
        for stretch in self
            .stretches(position)
            .iter()
            .filter(|stretch| stretch.len() > 1)
        {
            let lower: Vec<(f64, f64)> = stretch.iter().map(|points| points[1]).collect();
            let upper: Vec<(f64, f64)> = stretch.iter().map(|points| points[2]).collect();
            canvas.add(band(position, &upper, &lower));
        }
    }

    fn draw_line(&self, canvas: &mut Canvas, position: usize) {
        for stretch in self.stretches(position) {
            let points: Vec<(f64, f64)> = stretch.iter().map(|points| points[0]).collect();
            let path = Element::new("path")
                .with("d", &polyline(&points))
                .with("fill", "none")
                .with("stroke-linejoin", "round");
            canvas.add(stroke(path, position));
        }
        let line = &self.lines[position];
        for &(day, value) in &line.points {
            let Some(value) = value else { continue };
            let at = (self.x.at(f64::from(day)), self.y.at(value.0));
            let tip = format!(
                "{}, na {}: {}",
                line.label,
                duration(day),
                self.numbers(value)
            );
            let mark = marker(position, at);
            let mark = if self.has_marks {
                mark
            } else {
                mark.with("opacity", "0")
            };
            canvas.add(mark.tip(&tip));
        }
    }

    /// Names the lines at their ends, moved apart.
    fn draw_labels(&self, canvas: &mut Canvas) {
        let origin = (self.x.pixels.0, self.y.pixels.0);
        let end = |position: usize| {
            let stretches = self.stretches(position);
            let last = stretches.last().and_then(|stretch| stretch.last());
            last.map_or(origin, |points| points[0])
        };
        let ends: Vec<(f64, f64)> = (0..self.lines.len()).map(end).collect();
        let labels = EndLabels {
            labels: &self.labels,
            right: self.x.pixels.1,
            edges: self.y.pixels,
            has_marks: self.has_marks,
        };
        labels.draw(canvas, &ends);
    }

    /// Writes who was measured under the axis; gives where that ends.
    fn draw_counts(&self, canvas: &mut Canvas, rows: &[CountRow]) -> f64 {
        let mut y = self.y.pixels.0 + 66.0;
        canvas.label((0.0, y), "Aantal cliënten", Style::STRONG);
        for row in rows {
            y += COUNT_ROW;
            canvas.label((0.0, y), &row.label, Style::SMALL);
            y += COUNT_ROW;
            let mut free_from = f64::MIN;
            for &(day, count) in &row.counts {
                let text = self.context.sign(count);
                let half = measure::width(&text, Face::Regular, Style::SMALL.size) / 2.0;
                let x = self.x.at(f64::from(day));
                if x - half > free_from {
                    canvas.label((x, y), &text, Style::SMALL.middle());
                    free_from = x + half + 6.0;
                }
            }
        }
        y + 8.0
    }

    fn numbers(&self, (estimate, lower, upper): Estimate) -> String {
        format!(
            "{} (95%-BI {})",
            dutch::number(estimate, self.decimals),
            dutch::interval(lower, upper, self.decimals)
        )
    }

    /// Each line where it begins and where it ends.
    fn words(&self) -> String {
        let line = |line: &Line| {
            let shown = || {
                line.points
                    .iter()
                    .filter_map(|&(day, value)| Some((day, value?)))
            };
            let at = |(day, value)| format!("na {} {}", duration(day), self.numbers(value));
            match (shown().next(), shown().next_back()) {
                (Some(first), Some(last)) if first.0 < last.0 => {
                    format!("{}: {}; {}.", line.label, at(first), at(last))
                }
                (Some(only), _) => format!("{}: {}.", line.label, at(only)),
                _ => format!("{}: niet getoond.", line.label),
            }
        };
        self.lines.iter().map(line).collect::<Vec<_>>().join(" ")
    }
}
