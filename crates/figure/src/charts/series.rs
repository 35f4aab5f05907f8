//! How series are told apart: by colour, dash and mark, never by colour alone.

use crate::palette;
use crate::svg::{Element, polyline};

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
