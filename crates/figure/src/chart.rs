use crate::context::Context;
use crate::dutch;
use crate::fonts;
use crate::measure::{self, Face};
use crate::palette;
use crate::svg::{Canvas, Element, Style, rect};
use crate::table::DataTable;
use crate::tables::main_table;

/// The width of every chart; page and factsheet scale it.
pub(crate) const WIDTH: f64 = 760.0;
/// Room above the drawing for the mark of invented data.
pub(crate) const TOP: f64 = 34.0;
/// Room below the drawing for the line that says what it rests on.
const FOOT: f64 = 30.0;
/// What stands on everything that is made of invented data.
pub const SYNTHETIC_MARK: &str = "Verzonnen gegevens";

/// A chart: a picture, the same in words, and the same as a table.
#[derive(Clone, Debug)]
pub struct Chart {
    id: String,
    title: String,
    alt: String,
    svg: String,
    table: DataTable,
    height: f64,
}

impl Chart {
    /// Unique name; fits as a file name and as an anchor.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Dutch title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The picture: a whole SVG document without XML declaration, fit to be put in a page.
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// All that the picture says, in Dutch words.
    pub fn alt(&self) -> &str {
        &self.alt
    }

    /// The numbers that are drawn.
    pub fn table(&self) -> &DataTable {
        &self.table
    }

    /// Width in pixels at its natural size.
    pub fn width(&self) -> f64 {
        WIDTH
    }

    /// Height in pixels at its natural size.
    pub fn height(&self) -> f64 {
        self.height
    }
}

/// What a shape draws: the marks, how high they reach, and the words for them.
pub(crate) struct Drawing {
    /// Distinguishes charts of one result; empty for the first.
    pub part: &'static str,
    /// What kind of picture it is, as "Staafdiagram".
    pub kind: &'static str,
    pub canvas: Canvas,
    /// The lowest y that is drawn on.
    pub bottom: f64,
    /// The numbers in sentences.
    pub words: String,
}

impl Drawing {
    /// Frames the drawing: mark of invented data, foot line, title and description.
    pub fn into_chart(self, context: Context<'_>) -> Chart {
        let height = (self.bottom + FOOT).ceil();
        let alt = alt(context, self.kind, &self.words);
        let id = context.part_id(self.part);
        let mut frame = Canvas::default();
        frame.add(rect((0.0, 0.0), (WIDTH, height), palette::PAPER));
        let mut body = frame.into_body();
        body.push_str(&self.canvas.into_body());
        let mut foot = Canvas::default();
        add_foot(&mut foot, context, height);
        if context.header.synthetic {
            add_synthetic_mark(&mut foot);
        }
        body.push_str(&foot.into_body());
        Chart {
            svg: document(&id, context.title(), &alt, (height, &body)),
            title: context.title().to_owned(),
            table: main_table(context),
            id,
            alt,
            height,
        }
    }
}

fn alt(context: Context<'_>, kind: &str, words: &str) -> String {
    let mut alt = format!("{kind}: {}. ", context.title());
    if context.header.synthetic {
        alt.push_str(SYNTHETIC_MARK);
        alt.push_str(". ");
    }
    alt.push_str(&format!("Het gaat om {}. {words}", context.n()));
    if words.contains(dutch::HIDDEN) {
        alt.push(' ');
        alt.push_str(&context.hidden_note(dutch::HIDDEN));
    }
    alt
}

fn add_foot(canvas: &mut Canvas, context: Context<'_>, height: f64) {
    let style = Style::SMALL;
    let text = format!(
        "{} · gegevens tot en met {} · publicatie {}",
        context.n(),
        context.header.data_until,
        context.header.release_number
    );
    canvas.label((0.0, height - 8.0), &text, style);
}

fn add_synthetic_mark(canvas: &mut Canvas) {
    let style = Style {
        face: Face::Semibold,
        ..Style::SMALL
    };
    let width = measure::width(SYNTHETIC_MARK, style.face, style.size) + 20.0;
    // On the left, where a narrow screen shows it without scrolling.
    let corner = (0.5, 0.5);
    canvas.add(
        rect(corner, (width, 22.0), palette::WARNING_FILL)
            .with("stroke", palette::WARNING_INK)
            .with("rx", "11"),
    );
    let at = (corner.0 + width / 2.0, 16.0);
    canvas.label(
        at,
        SYNTHETIC_MARK,
        style.middle().colour(palette::WARNING_INK),
    );
}

fn document(id: &str, title: &str, alt: &str, (height, body): (f64, &str)) -> String {
    let (title_id, desc_id) = (format!("{id}-titel"), format!("{id}-tekst"));
    let named = |name, id: &str, text: &str| Element::new(name).with("id", id).text(text);
    let mut head = String::new();
    named("title", &title_id, title).write_to(&mut head);
    named("desc", &desc_id, alt).write_to(&mut head);
    let view = format!("0 0 {WIDTH} {height}");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"{view}\" role=\"img\" aria-labelledby=\"{title_id} {desc_id}\" lang=\"nl\" \
         font-family=\"{}\">\n{head}\n{body}</svg>\n",
        format_args!("'{}', sans-serif", fonts::FAMILY)
    )
}
