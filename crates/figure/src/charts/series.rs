//! How series are told apart: by colour, dash and mark, never by colour alone.

use crate::palette;
use crate::spread::spread;
use crate::svg::{Canvas, Element, Style, line, polyline};

/// The colour of a series.
pub(super) fn colour(position: usize) -> &'static str {
    palette::SERIES[position % palette::SERIES.len()]
}

/// The second time round the colours, each gets another dash.
pub(super) fn dash(position: usize) -> &'static str {
    let round = position / palette::SERIES.len();
    palette::DASHES[(position + round) % palette::DASHES.len()]
}

/// A stroke in the colour and dash of a series.
pub(super) fn stroke(element: Element, position: usize) -> Element {
    let element = element
        .with("stroke", colour(position))
        .with("stroke-width", "2.5");
    match dash(position) {
        "" => element,
        dash => element.with("stroke-dasharray", dash),
    }
}

/// A mark of its own shape per series.
pub(super) fn marker(position: usize, (x, y): (f64, f64)) -> Element {
    let shape: &[(f64, f64)] = match position % 4 {
        0 => {
            return Element::new("circle")
                .all([("cx", x), ("cy", y), ("r", 4.5)])
                .with("fill", colour(position))
                .with("stroke", palette::PAPER);
        }
        1 => &[(-4.0, -4.0), (4.0, -4.0), (4.0, 4.0), (-4.0, 4.0)],
        2 => &[(0.0, -5.5), (5.5, 4.0), (-5.5, 4.0)],
        _ => &[(0.0, -5.5), (5.5, 0.0), (0.0, 5.5), (-5.5, 0.0)],
    };
    let points: Vec<(f64, f64)> = shape.iter().map(|&(dx, dy)| (x + dx, y + dy)).collect();
    Element::new("path")
        .with("d", &format!("{}Z", polyline(&points)))
        .with("fill", colour(position))
        .with("stroke", palette::PAPER)
}

/// The area between two lines in the colour of a series.
pub(super) fn band(position: usize, upper: &[(f64, f64)], lower: &[(f64, f64)]) -> Element {
    let outline: Vec<(f64, f64)> = upper.iter().chain(lower.iter().rev()).copied().collect();
    Element::new("path")
        .with("d", &format!("{}Z", polyline(&outline)))
        .with("fill", colour(position))
        .with("fill-opacity", "0.1")
        .with("stroke", colour(position))
        .with("stroke-opacity", "0.35")
}

/// The names of series, beside the plot at the ends of their lines.
pub(super) struct EndLabels<'a> {
    /// The lines of text of each.
    pub labels: &'a [Vec<String>],
    /// The right edge of the plot.
    pub right: f64,
    /// Its bottom and top.
    pub edges: (f64, f64),
    /// Whether series have marks.
    pub has_marks: bool,
}

impl EndLabels<'_> {
    /// Names the series at their ends, moved apart.
    pub fn draw(&self, canvas: &mut Canvas, ends: &[(f64, f64)]) {
        let lines = self.labels.iter().map(Vec::len).max().unwrap_or(1) as f64;
        let (bottom, top) = self.edges;
        let wanted: Vec<f64> = ends.iter().map(|end| end.1).collect();
        let places = spread(&wanted, lines * Style::BODY.leading() + 6.0, (top, bottom));
        for (position, (&end, place)) in ends.iter().zip(places).enumerate() {
            self.draw_one(canvas, position, end, place);
        }
    }

    /// A leader from the end of the line, a stroke of its kind, and its name.
    fn draw_one(&self, canvas: &mut Canvas, position: usize, (x, y): (f64, f64), place: f64) {
        let right = self.right;
        canvas.add(
            line((x + 4.0, y), (right + 8.0, place), palette::FAINT).with("stroke-width", "0.8"),
        );
        let key = Element::new("line").all([
            ("x1", right + 8.0),
            ("y1", place),
            ("x2", right + 34.0),
            ("y2", place),
        ]);
        canvas.add(stroke(key, position));
        if self.has_marks {
            canvas.add(marker(position, (right + 21.0, place)));
        }
        let (text, style) = (&self.labels[position], Style::BODY);
        let first = place + 5.0 - (text.len() as f64 - 1.0) * style.leading() / 2.0;
        canvas.lines((right + 40.0, first), text, style);
    }
}
