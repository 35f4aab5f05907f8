use super::axis::Scale;
use crate::chart::{Drawing, TOP, WIDTH};
use crate::context::Context;
use crate::dutch;
use crate::measure::{self, Face, Limits, wrap};
use crate::palette;
use crate::svg::{Canvas, Element, Style, line, point};
use crate::tables::regression::{effect, level_label, notes};
use disclosure::{ReleasedLevel, ReleasedRegression, ReleasedTerm};
use estimate::Effect;

const ROW: f64 = 26.0;
/// Room above a term after the first.
const GAP: f64 = 10.0;
const WIDEST_LABEL: f64 = 250.0;
/// Room for the numbers beside the plot.
const NUMBERS: f64 = 140.0;
/// Ratios that get a tick where they lie on the axis.
const RATIOS: [f64; 11] = [0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0];

struct Plot<'a> {
    released: &'a ReleasedRegression,
    x: Scale,
    ticks: Vec<f64>,
    top: f64,
}

/// The coefficients of a model with their limits, term by term, on a scale of ratios.
pub(super) fn draw(context: Context<'_>, released: &ReleasedRegression) -> Drawing {
    let plot = Plot::new(released);
    let mut canvas = Canvas::default();
    let bottom = plot.top + plot.height();
    plot.draw_axis(&mut canvas, bottom);
    let mut y = plot.top;
    for (position, term) in released.terms().iter().enumerate() {
        y += if position > 0 { GAP } else { 0.0 };
        y = plot.draw_term(&mut canvas, term, y);
    }
    Drawing {
        part: "",
        kind: "Puntdiagram van schattingen met intervallen",
        canvas,
        bottom: bottom + 46.0,
        words: words(context, released),
    }
}

impl<'a> Plot<'a> {
    fn new(released: &'a ReleasedRegression) -> Self {
        let labels: Vec<String> = released
            .terms()
            .iter()
            .flat_map(|term| term.levels().iter().map(|level| level_label(term, level)))
            .chain(released.terms().iter().map(|term| term.label().to_owned()))
            .collect();
        let texts = labels.iter().map(String::as_str);
        let widest = measure::widest(texts, Face::Semibold, Style::BODY.size);
        let left = widest.min(WIDEST_LABEL) + 22.0;
        let (values, ticks) = axis(released);
        Self {
            released,
            x: Scale::new(values, (left, WIDTH - NUMBERS - 16.0)),
            ticks,
            top: TOP + 40.0,
        }
    }

    fn height(&self) -> f64 {
        let terms = self.released.terms();
        let rows = terms.iter().map(rows).sum::<usize>() as f64;
        rows * ROW + GAP * (terms.len() as f64 - 1.0)
    }

    fn place(&self, value: f64) -> f64 {
        self.x.at(on_axis(self.released.effect(), value))
    }

    fn draw_axis(&self, canvas: &mut Canvas, bottom: f64) {
        let (left, right) = self.x.pixels;
        let kind = self.released.effect();
        for &tick in &self.ticks {
            let x = self.place(tick);
            canvas.line((x, self.top - 6.0), (x, bottom), palette::GRID);
            let text = tick_text(tick);
            canvas.label((x, bottom + 18.0), &text, Style::SMALL.middle());
        }
        canvas.line((left, bottom), (right, bottom), palette::FAINT);
        let neutral = self.place(kind.neutral());
        canvas.add(
            line((neutral, self.top - 6.0), (neutral, bottom), palette::INK)
                .with("stroke-width", "1.2"),
        );
        let (less, more) = directions(kind);
        let y = self.top - 16.0;
        canvas.label(
            (neutral - 10.0, y),
            &format!("← {less}"),
            Style::SMALL.end(),
        );
        canvas.label((neutral + 10.0, y), &format!("{more} →"), Style::SMALL);
        let title = format!("{}, met 95%-interval", dutch::sentence_case(effect(kind)));
        let middle = (left + right) / 2.0;
        canvas.label((middle, bottom + 38.0), &title, Style::SMALL.middle());
    }

    /// A term and its levels; gives where the next may begin.
    fn draw_term(&self, canvas: &mut Canvas, term: &ReleasedTerm, mut y: f64) -> f64 {
        self.draw_label(canvas, (term.label(), Style::STRONG, 0.0), y);
        y += ROW;
        for level in term.levels() {
            let label = level_label(term, level);
            self.draw_label(canvas, (&label, Style::BODY, 12.0), y);
            self.draw_level(canvas, (term, level), y + ROW / 2.0);
            y += ROW;
        }
        y
    }

    fn draw_label(&self, canvas: &mut Canvas, (text, style, indent): (&str, Style, f64), y: f64) {
        let limits = Limits {
            max_width: self.x.pixels.0 - indent - 12.0,
            max_lines: 1,
        };
        let lines = wrap(text, style.face, style.size, limits);
        canvas.lines((indent, y + ROW / 2.0 + 5.0), &lines, style);
    }

    fn draw_level(
        &self,
        canvas: &mut Canvas,
        (term, level): (&ReleasedTerm, &ReleasedLevel),
        y: f64,
    ) {
        let Some((estimate, lower, upper)) = level.effect() else {
            let x = self.place(self.released.effect().neutral());
            canvas.add(
                Element::new("circle")
                    .all([("cx", x), ("cy", y), ("r", 4.5)])
                    .with("fill", palette::PAPER)
                    .with("stroke", palette::INK),
            );
            return;
        };
        let (from, to) = (self.place(lower), self.place(upper));
        canvas.add(line((from, y), (to, y), palette::BLUE).with("stroke-width", "2.5"));
        for x in [from, to] {
            canvas.add(line((x, y - 4.0), (x, y + 4.0), palette::BLUE).with("stroke-width", "2"));
        }
        let x = self.place(estimate);
        let tip = format!(
            "{}: {}",
            full_label(term, level),
            numbers((estimate, lower, upper))
        );
        canvas.add(
            Element::new("path")
                .with("d", &format!("M{}h10v10h-10Z", point((x - 5.0, y - 5.0))))
                .with("fill", palette::BLUE)
                .with("stroke", palette::PAPER)
                .tip(&tip),
        );
        let text = numbers((estimate, lower, upper));
        canvas.label((WIDTH, y + 5.0), &text, Style::BODY.end());
    }
}

/// A line for the term itself, and one for each level.
fn rows(term: &ReleasedTerm) -> usize {
    1 + term.levels().len()
}

/// A value as it lies on the axis: ratios by their logarithm, so that twice and half are as far.
fn on_axis(effect: Effect, value: f64) -> f64 {
    match effect {
        Effect::Difference => value,
        _ => value.max(1e-3).ln(),
    }
}

/// The ends of the axis, and the values that get a tick.
fn axis(released: &ReleasedRegression) -> ((f64, f64), Vec<f64>) {
    let kind = released.effect();
    let levels = released.terms().iter().flat_map(|term| term.levels());
    let limits = levels.filter_map(ReleasedLevel::effect);
    let (mut low, mut high) = match kind {
        Effect::Difference => (0.0, 0.0),
        _ => (0.5, 2.0),
    };
    for (_, lower, upper) in limits {
        (low, high) = (f64::min(low, lower), f64::max(high, upper));
    }
    if kind == Effect::Difference {
        let (low, high, ticks) = super::axis::even(low, high);
        return ((low, high), ticks);
    }
    let low = RATIOS.iter().rev().copied().find(|&tick| tick <= low);
    let high = RATIOS.iter().copied().find(|&tick| tick >= high);
    let (low, high) = (low.unwrap_or(RATIOS[0]), high.unwrap_or(RATIOS[10]));
    let ticks = RATIOS.iter().copied();
    let ticks = ticks.filter(|&tick| low <= tick && tick <= high).collect();
    ((low.ln(), high.ln()), ticks)
}

fn directions(effect: Effect) -> (&'static str, &'static str) {
    match effect {
        Effect::HazardRatio | Effect::SubdistributionRatio => ("minder snel", "sneller"),
        Effect::RateRatio | Effect::OddsRatio => ("minder vaak", "vaker"),
        Effect::Difference => ("lager", "hoger"),
    }
}

fn tick_text(tick: f64) -> String {
    let whole = |scale: f64| (tick * scale).fract().abs() < 1e-9;
    let decimals = if whole(1.0) {
        0
    } else if whole(10.0) {
        1
    } else {
        2
    };
    dutch::number(tick, decimals)
}

fn numbers((estimate, lower, upper): (f64, f64, f64)) -> String {
    format!(
        "{} ({})",
        dutch::number(estimate, 2),
        dutch::interval(lower, upper, 2)
    )
}

fn full_label(term: &ReleasedTerm, level: &ReleasedLevel) -> String {
    format!("{}, {}", term.label(), level.label())
}

fn words(context: Context<'_>, released: &ReleasedRegression) -> String {
    let kind = effect(released.effect());
    let mut words = format!(
        "{} voor {}.",
        dutch::sentence_case(kind),
        released.outcome()
    );
    if let Some(events) = released.events() {
        words.push_str(&format!(" {} gebeurtenissen.", context.cell(events)));
    }
    for term in released.terms() {
        let reference = term.levels().iter().find(|level| level.is_reference());
        let beside = reference.map(|level| format!(" vergeleken met {}", level.label()));
        for level in term.levels() {
            if let Some(values) = level.effect() {
                let label = full_label(term, level);
                let beside = beside.as_deref().unwrap_or_default();
                words.push_str(&format!(" {label}{beside}: {}.", numbers(values)));
            }
        }
    }
    for note in notes(released) {
        words.push_str(&format!(" {note}"));
    }
    words
}
