//! Writing SVG: elements with literal presentation attributes and coordinates in tenths.

use crate::measure::Face;
use crate::palette;
use std::fmt::Write;

/// An element being written.
pub(crate) struct Element {
    name: &'static str,
    attributes: String,
    content: String,
}

impl Element {
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            attributes: String::new(),
            content: String::new(),
        }
    }

    /// An attribute with a text value.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        write!(self.attributes, " {name}=\"{}\"", escape(value)).expect("writing to a string");
        self
    }

    /// An attribute with a coordinate.
    pub fn at(self, name: &str, value: f64) -> Self {
        let text = coordinate(value);
        self.with(name, &text)
    }

    /// Several coordinates at once.
    pub fn all<const N: usize>(mut self, pairs: [(&str, f64); N]) -> Self {
        for (name, value) in pairs {
            self = self.at(name, value);
        }
        self
    }

    /// The text that a pointer or the keyboard brings up; makes this a mark.
    pub fn tip(self, tip: &str) -> Self {
        self.with("class", "mark").with("data-tip", tip)
    }

    pub fn text(mut self, text: &str) -> Self {
        self.content.push_str(&escape(text));
        self
    }

    pub fn write_to(&self, out: &mut String) {
        let (name, attributes) = (self.name, &self.attributes);
        match self.content.is_empty() {
            true => write!(out, "<{name}{attributes}/>"),
            false => write!(out, "<{name}{attributes}>{}</{name}>", self.content),
        }
        .expect("writing to a string");
    }
}

/// The drawing so far.
#[derive(Default)]
pub(crate) struct Canvas {
    body: String,
}

impl Canvas {
    pub fn add(&mut self, element: Element) {
        element.write_to(&mut self.body);
        self.body.push('\n');
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str) {
        self.add(line(from, to, stroke));
    }

    /// Writes a line of text; `at` is its anchor on the base line.
    pub fn label(&mut self, at: (f64, f64), text: &str, style: Style) {
        self.add(style.element(at).text(text));
    }

    /// Writes lines of text below each other; the first has its base line at `at`.
    pub fn lines(&mut self, at: (f64, f64), lines: &[String], style: Style) {
        for (position, text) in lines.iter().enumerate() {
            let y = at.1 + position as f64 * style.leading();
            self.label((at.0, y), text, style);
        }
    }

    pub fn into_body(self) -> String {
        self.body
    }
}

pub(crate) fn line(from: (f64, f64), to: (f64, f64), stroke: &str) -> Element {
    Element::new("line")
        .all([("x1", from.0), ("y1", from.1), ("x2", to.0), ("y2", to.1)])
        .with("stroke", stroke)
}

pub(crate) fn rect(corner: (f64, f64), size: (f64, f64), fill: &str) -> Element {
    Element::new("rect")
        .all([
            ("x", corner.0),
            ("y", corner.1),
            ("width", size.0),
            ("height", size.1),
        ])
        .with("fill", fill)
}

/// A hidden quantity: a dashed outline without a fill.
pub(crate) fn hidden_rect(corner: (f64, f64), size: (f64, f64)) -> Element {
    rect(corner, size, palette::PAPER)
        .with("stroke", palette::FAINT)
        .with("stroke-dasharray", "3 2")
}

/// Where a text is held.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    pub face: Face,
    pub size: f64,
    pub anchor: Anchor,
    pub colour: &'static str,
}

impl Style {
    pub const BODY: Self = Self {
        face: Face::Regular,
        size: 14.0,
        anchor: Anchor::Start,
        colour: palette::INK,
    };
    pub const STRONG: Self = Self {
        face: Face::Semibold,
        ..Self::BODY
    };
    pub const SMALL: Self = Self {
        size: 13.0,
        colour: palette::MUTED,
        ..Self::BODY
    };

    pub fn middle(self) -> Self {
        Self {
            anchor: Anchor::Middle,
            ..self
        }
    }

    pub fn end(self) -> Self {
        Self {
            anchor: Anchor::End,
            ..self
        }
    }

    pub fn colour(self, colour: &'static str) -> Self {
        Self { colour, ..self }
    }

    /// Distance between base lines.
    pub fn leading(self) -> f64 {
        (self.size * 1.25).round()
    }

    fn element(self, at: (f64, f64)) -> Element {
        let element = Element::new("text")
            .all([("x", at.0), ("y", at.1), ("font-size", self.size)])
            .with("fill", self.colour);
        let element = match self.face {
            Face::Regular => element,
            Face::Semibold => element.with("font-weight", self.face.weight()),
        };
        match self.anchor {
            Anchor::Start => element,
            Anchor::Middle => element.with("text-anchor", "middle"),
            Anchor::End => element.with("text-anchor", "end"),
        }
    }
}

/// A coordinate in tenths of a pixel: `12`, `12.3`; never `-0`.
pub(crate) fn coordinate(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    let sign = if tenths < 0 { "-" } else { "" };
    match (tenths.abs() / 10, tenths.abs() % 10) {
        (whole, 0) => format!("{sign}{whole}"),
        (whole, tenth) => format!("{sign}{whole}.{tenth}"),
    }
}

/// A point of a path: `12.3 4`.
pub(crate) fn point((x, y): (f64, f64)) -> String {
    format!("{} {}", coordinate(x), coordinate(y))
}

/// Straight lines through the points.
pub(crate) fn polyline(points: &[(f64, f64)]) -> String {
    let points: Vec<String> = points.iter().map(|&at| point(at)).collect();
    format!("M{}", points.join("L"))
}

/// Text that may stand in an attribute or between tags.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_tenths() {
        assert_eq!(coordinate(12.0), "12");
        assert_eq!(coordinate(12.34), "12.3");
        assert_eq!(coordinate(-0.04), "0");
        assert_eq!(coordinate(-0.5), "-0.5");
        assert_eq!(coordinate(-12.36), "-12.4");
    }

    #[test]
    fn text_cannot_break_out() {
        let mut canvas = Canvas::default();
        canvas.label((0.0, 0.0), "<script>\"&", Style::BODY);
        assert!(canvas.into_body().contains("&lt;script&gt;&quot;&amp;"));
    }
}
