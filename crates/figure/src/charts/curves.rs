use super::axis::{Scale, TimeAxis};
use super::series::{EndLabels, band, marker, stroke};
use crate::chart::{Drawing, TOP, WIDTH};
use crate::context::{Context, duration};
use crate::dutch;
use crate::measure::{self, Face, Limits, wrap};
use crate::palette;
use crate::svg::{Canvas, Element, Style, line, polyline};
use crate::tables::curves::{quantity, series_label};
use disclosure::{ReleasedCurves, ReleasedSeries, ReleasedStep, RiskAt};
use estimate::CurveKind;

const PLOT_HEIGHT: f64 = 300.0;
/// The widest that direct labels may be.
const WIDEST_LABEL: f64 = 180.0;
/// From this many curves on, bands would hide the curves; they are in the table.
const MOST_BANDS: usize = 3;
/// Height of a row of numbers at risk.
const RISK_ROW: f64 = 20.0;

struct Plot<'a> {
    context: Context<'a>,
    released: &'a ReleasedCurves,
    x: Scale,
    y: Scale,
    axis: TimeAxis,
    labels: Vec<Vec<String>>,
}

pub(super) fn draw(context: Context<'_>, released: &ReleasedCurves) -> Drawing {
    let plot = Plot::new(context, released);
    let mut canvas = Canvas::default();
    plot.draw_axes(&mut canvas);
    if plot.has_bands() {
        for position in 0..released.series().len() {
            plot.draw_band(&mut canvas, position);
        }
    }
    for position in 0..released.series().len() {
        plot.draw_line(&mut canvas, position);
    }
    plot.draw_labels(&mut canvas);
    let bottom = plot.draw_risk(&mut canvas);
    Drawing {
        part: "",
        kind: "Lijndiagram",
        canvas,
        bottom,
        words: words(context, released),
    }
}

impl<'a> Plot<'a> {
    fn new(context: Context<'a>, released: &'a ReleasedCurves) -> Self {
        let style = Style::BODY;
        let labels: Vec<Vec<String>> = released
            .series()
            .iter()
            .map(|series| {
                let limits = Limits {
                    max_width: WIDEST_LABEL,
                    max_lines: 3,
                };
                wrap(&end_label(released, series), style.face, style.size, limits)
            })
            .collect();
        let lines = labels.iter().flatten().map(String::as_str);
        let right = measure::widest(lines, style.face, style.size) + 46.0;
        let strata = released.strata().iter().map(String::as_str);
        let left =
            (measure::widest(strata, Face::Regular, Style::SMALL.size) + 26.0).clamp(52.0, 180.0);
        let axis = TimeAxis::up_to(last_day(released));
        let top = TOP + 22.0;
        Self {
            x: Scale::new((0.0, axis.end), (left, WIDTH - right)),
            y: Scale::new((0.0, highest(released)), (top + PLOT_HEIGHT, top)),
            context,
            released,
            axis,
            labels,
        }
    }

    fn has_bands(&self) -> bool {
        self.released.series().len() <= MOST_BANDS
    }

    fn draw_axes(&self, canvas: &mut Canvas) {
        let (left, right) = self.x.pixels;
        let (bottom, top) = self.y.pixels;
        let y_title = match self.has_bands() {
            true => format!(
                "{}, met 95%-betrouwbaarheidsinterval",
                quantity(self.released.kind())
            ),
            false => quantity(self.released.kind()).to_owned(),
        };
        canvas.label((0.0, top - 16.0), &y_title, Style::SMALL);
        for share in shares(self.y.values.1) {
            let y = self.y.at(share);
            canvas.line((left, y), (right, y), palette::GRID);
            let text = dutch::percentage(share, 0);
            canvas.label((left - 8.0, y + 4.5), &text, Style::SMALL.end());
        }
        canvas.line((left, bottom), (right, bottom), palette::FAINT);
        for (day, text) in self.axis.ticks() {
            let x = self.x.at(day);
            canvas.line((x, bottom), (x, bottom + 5.0), palette::FAINT);
            canvas.label((x, bottom + 20.0), &text, Style::SMALL.middle());
        }
        let title = self.axis.title(self.released.time_title());
        let middle = (left + right) / 2.0;
        canvas.label((middle, bottom + 40.0), &title, Style::SMALL.middle());
    }

    fn path(
        &self,
        series: &ReleasedSeries,
        value: impl Fn(&ReleasedStep) -> f64,
    ) -> Vec<(f64, f64)> {
        let steps = series.steps();
        let start = match self.released.kind() {
            CurveKind::Survival => 1.0,
            CurveKind::CumulativeIncidence => 0.0,
        };
        let needs_start = steps.first().is_none_or(|step| step.day() > 0);
        let origin = needs_start.then(|| (self.x.at(0.0), self.y.at(start)));
        let points = steps
            .iter()
            .map(|step| (self.x.at(f64::from(step.day())), self.y.at(value(step))));
        origin.into_iter().chain(points).collect()
    }

    fn draw_band(&self, canvas: &mut Canvas, position: usize) {
        let series = &self.released.series()[position];
        if series.steps().is_empty() {
            return;
        }
        let upper = self.path(series, |step| step.upper());
        let lower = self.path(series, |step| step.lower());
        canvas.add(band(position, &upper, &lower));
    }

    fn draw_line(&self, canvas: &mut Canvas, position: usize) {
        let series = &self.released.series()[position];
        let points = self.path(series, |step| step.estimate());
        let path = Element::new("path")
            .with("d", &polyline(&points))
            .with("fill", "none")
            .with("stroke-linejoin", "round");
        canvas.add(stroke(path, position));
        for horizon in series.horizons() {
            if let Some((estimate, lower, upper)) = horizon.estimate() {
                let at = (self.x.at(f64::from(horizon.day())), self.y.at(estimate));
                let tip = format!(
                    "{}, na {}: {} (95%-BI {})",
                    series_label(self.released, series),
                    duration(horizon.day()),
                    dutch::percentage(estimate, 0),
                    dutch::percentage_interval(lower, upper, 0)
                );
                canvas.add(marker(position, at).tip(&tip));
            }
        }
        self.draw_cut(canvas, series, points.last().copied());
    }

    /// An upright stroke where a curve stops because too few are followed after it.
    fn draw_cut(&self, canvas: &mut Canvas, series: &ReleasedSeries, end: Option<(f64, f64)>) {
        if let (Some(day), Some((x, y))) = (series.cut_at(), end) {
            let tip = format!(
                "{}: stopt na {}; daarna worden te weinig mensen gevolgd",
                series_label(self.released, series),
                duration(day)
            );
            canvas.add(
                line((x, y - 7.0), (x, y + 7.0), palette::INK)
                    .with("stroke-width", "2")
                    .tip(&tip),
            );
        }
    }

    /// Names the curves at their ends, moved apart.
    fn draw_labels(&self, canvas: &mut Canvas) {
        let origin = (self.x.at(0.0), self.y.at(0.0));
        let ends: Vec<(f64, f64)> = self
            .released
            .series()
            .iter()
            .map(|series| {
                let points = self.path(series, ReleasedStep::estimate);
                points.last().copied().unwrap_or(origin)
            })
            .collect();
        let labels = EndLabels {
            labels: &self.labels,
            right: self.x.pixels.1,
            edges: self.y.pixels,
            has_marks: true,
        };
        labels.draw(canvas, &ends);
    }

    /// Writes the numbers at risk under the axis; gives where they end.
    fn draw_risk(&self, canvas: &mut Canvas) -> f64 {
        let top = self.y.pixels.0 + 66.0;
        if self.released.risk().is_empty() {
            return top - 16.0;
        }
        canvas.label((0.0, top), "Aantal nog gevolgd", Style::STRONG);
        let mut y = top;
        for (label, risk) in self.released.strata().iter().zip(self.released.risk()) {
            y += RISK_ROW;
            let limits = Limits {
                max_width: self.x.pixels.0 - 22.0,
                max_lines: 1,
            };
            let label = wrap(label, Face::Regular, Style::SMALL.size, limits);
            canvas.lines((0.0, y), &label, Style::SMALL);
            self.draw_risk_row(canvas, risk, y);
        }
        y + 8.0
    }

    /// Writes each number at its own day, leaving out those for which there is no room.
    fn draw_risk_row(&self, canvas: &mut Canvas, risk: &[RiskAt], y: f64) {
        let mut free_from = f64::MIN;
        for at in risk
            .iter()
            .filter(|at| f64::from(at.day()) <= self.axis.end)
        {
            let text = self.context.sign(at.at_risk());
            let half = measure::width(&text, Face::Regular, Style::SMALL.size) / 2.0;
            let x = self.x.at(f64::from(at.day()));
            if x - half > free_from {
                canvas.label((x, y), &text, Style::SMALL.middle());
                free_from = x + half + 6.0;
            }
        }
    }
}

/// The name of a curve, with where it ends if all end together ("Overleden 4%"); otherwise
/// the ends would invite a comparison of different moments.
fn end_label(released: &ReleasedCurves, series: &ReleasedSeries) -> String {
    let label = series_label(released, series);
    let mut last_days = released
        .series()
        .iter()
        .map(|s| s.steps().last().map(|step| step.day()));
    let first = last_days.next().flatten();
    match series.steps().last() {
        Some(step) if last_days.all(|day| day == first) => {
            format!("{label} {}", dutch::percentage(step.estimate(), 0))
        }
        _ => label,
    }
}

fn last_day(released: &ReleasedCurves) -> i32 {
    let series = released.series().iter();
    let days = series.flat_map(|s| {
        let steps = s.steps().iter().map(|step| step.day());
        let horizons = s.horizons().iter().filter(|h| h.estimate().is_some());
        steps.chain(horizons.map(|h| h.day()))
    });
    days.max().unwrap_or(0)
}

/// Top of the axis: 100% for survival, else the next ten per cent above the bands.
fn highest(released: &ReleasedCurves) -> f64 {
    if released.kind() == CurveKind::Survival {
        return 1.0;
    }
    let steps = released.series().iter().flat_map(|s| s.steps());
    let upper = steps.map(|step| step.upper()).fold(0.0, f64::max);
    ((upper * 10.0).ceil() / 10.0).clamp(0.2, 1.0)
}

/// Shares that get a grid line.
fn shares(highest: f64) -> Vec<f64> {
    let step = if highest <= 0.3 {
        5
    } else if highest <= 0.5 {
        10
    } else {
        20
    };
    let top = (highest * 100.0).round() as u32;
    (0..=top)
        .step_by(step)
        .map(|percent| f64::from(percent) / 100.0)
        .collect()
}

fn words(context: Context<'_>, released: &ReleasedCurves) -> String {
    let mut words = format!(
        "{}, gerekend in {}.",
        quantity(released.kind()),
        released.time_title()
    );
    for series in released.series() {
        words.push_str(&format!(
            " {}: {}.",
            series_label(released, series),
            series_words(context, series)
        ));
    }
    words
}

fn series_words(context: Context<'_>, series: &ReleasedSeries) -> String {
    let mut parts: Vec<String> = series
        .horizons()
        .iter()
        .map(|horizon| match horizon.estimate() {
            Some((estimate, lower, upper)) => format!(
                "na {} {} (95%-BI {})",
                duration(horizon.day()),
                dutch::percentage(estimate, 0),
                dutch::percentage_interval(lower, upper, 0)
            ),
            None => format!("na {} niet getoond", duration(horizon.day())),
        })
        .collect();
    match series.median() {
        Some((Some(median), ..)) => parts.push(format!("mediaan {}", dutch::days(median))),
        Some((None, ..)) => parts.push("mediaan niet bereikt".to_owned()),
        None => {}
    }
    parts.push(format!("{} gebeurtenissen", context.cell(series.events())));
    if let Some(day) = series.cut_at() {
        parts.push(format!("de lijn stopt na {}", duration(day)));
    }
    parts.join(", ")
}
