use crate::chart::{Drawing, TOP};
use crate::context::Context;
use crate::dutch;
use crate::measure::{Face, Limits, wrap};
use crate::palette;
use crate::svg::line;
use crate::svg::{Canvas, Element, Style, polyline, rect};
use disclosure::{Cell, ReleasedAttrition};

/// Left edge and width of the boxes of those who remain.
const MAIN: (f64, f64) = (0.0, 330.0);
/// Left edge and width of the boxes of those who are left out.
const SIDE: (f64, f64) = (400.0, 360.0);
const PADDING: f64 = 12.0;
const GAP: f64 = 22.0;

/// A flow diagram: boxes downward for who remains, to the right for who is left out, and why.
pub(super) fn draw(context: Context<'_>, attrition: &ReleasedAttrition) -> Drawing {
    let mut canvas = Canvas::default();
    let start = dutch::sentence_case(attrition.start_label());
    let first = Box::new(context, &start, attrition.start(), MAIN);
    let mut above = TOP + 4.0;
    let mut bottom = first.draw(&mut canvas, above, palette::TINT);
    let last = attrition.steps().len().saturating_sub(1);
    for (position, (reason, excluded, remaining)) in attrition.steps().iter().enumerate() {
        let why = dutch::sentence_case(reason);
        let side = Box::new(context, &why, *excluded, SIDE);
        let label = if position == last {
            "In het onderzoek"
        } else {
            "Blijft over"
        };
        let main = Box::new(context, label, *remaining, MAIN);
        let side_top = bottom + GAP / 2.0;
        let side_bottom = side.draw(&mut canvas, side_top, palette::PAPER);
        let branch = (side_top + side_bottom) / 2.0;
        let next = side_bottom + GAP / 2.0;
        let x = MAIN.0 + MAIN.1 / 2.0;
        arrow(&mut canvas, (x, bottom), (x, next));
        arrow(&mut canvas, (x, branch), (SIDE.0, branch));
        above = next;
        bottom = main.draw(&mut canvas, above, palette::TINT);
    }
    Drawing {
        part: "",
        kind: "Stroomschema van de selectie",
        canvas,
        bottom: bottom + 6.0,
        words: words(context, attrition),
    }
}

/// A box with a text and a number.
struct Box {
    lines: Vec<String>,
    n: String,
    tip: String,
    is_hidden: bool,
    place: (f64, f64),
}

impl Box {
    fn new(context: Context<'_>, text: &str, count: Cell, place: (f64, f64)) -> Self {
        let limits = Limits {
            max_width: place.1 - 2.0 * PADDING,
            max_lines: 4,
        };
        let n = format!("n = {}", context.cell(count)).replace("= v", "v");
        Self {
            lines: wrap(text, Face::Regular, Style::BODY.size, limits),
            tip: format!("{text}: {} {}", context.cell(count), context.unit()),
            is_hidden: count == Cell::Suppressed,
            n,
            place,
        }
    }

    fn height(&self) -> f64 {
        self.lines.len() as f64 * Style::BODY.leading() + Style::STRONG.leading() + 14.0
    }

    /// Draws the box; gives its lower edge.
    fn draw(&self, canvas: &mut Canvas, top: f64, fill: &str) -> f64 {
        let (left, width) = self.place;
        let outline = rect((left + 0.5, top), (width - 1.0, self.height()), fill)
            .with("stroke", palette::FAINT)
            .with("rx", "4")
            .tip(&self.tip);
        canvas.add(match self.is_hidden {
            true => outline.with("stroke-dasharray", "3 2"),
            false => outline,
        });
        let at = (left + PADDING, top + 20.0);
        canvas.lines(at, &self.lines, Style::BODY);
        let y = at.1 + self.lines.len() as f64 * Style::BODY.leading();
        canvas.label((at.0, y), &self.n, Style::STRONG);
        top + self.height()
    }
}

fn arrow(canvas: &mut Canvas, from: (f64, f64), to: (f64, f64)) {
    canvas.add(line(from, to, palette::MUTED).with("stroke-width", "1.5"));
    let is_down = to.1 > from.1;
    let head = match is_down {
        true => [(to.0 - 5.0, to.1 - 8.0), to, (to.0 + 5.0, to.1 - 8.0)],
        false => [(to.0 - 8.0, to.1 - 5.0), to, (to.0 - 8.0, to.1 + 5.0)],
    };
    let path = format!("{}Z", polyline(&head));
    canvas.add(
        Element::new("path")
            .with("d", &path)
            .with("fill", palette::MUTED),
    );
}

fn words(context: Context<'_>, attrition: &ReleasedAttrition) -> String {
    let start = dutch::sentence_case(attrition.start_label());
    let mut words = format!("{start}: {}.", context.cell(attrition.start()));
    for (reason, excluded, remaining) in attrition.steps() {
        words.push_str(&format!(
            " {}: {} vallen af, {} blijven over.",
            dutch::sentence_case(reason),
            context.cell(*excluded),
            context.cell(*remaining)
        ));
    }
    words
}
