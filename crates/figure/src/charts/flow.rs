use super::flow_layout::{HIDDEN_WIDTH, Layout, Ribbon, Slot, Stub};
use crate::chart::{Drawing, TOP};
use crate::context::Context;
use crate::dutch;
use crate::palette;
use crate::svg::{Canvas, Element, Style, coordinate, point, rect};
use disclosure::{Cell, ReleasedFlow, ReleasedLink};

/// Length of a grey stub.
const STUB: f64 = 16.0;

/// A Sankey diagram: layers from left to right in the order of time, links as wide as their
/// counts. What is hidden at one side of a node is one grey stub, which tells neither how many
/// links nor how many people it stands for; the table names them.
pub(super) fn draw(context: Context<'_>, flow: &ReleasedFlow) -> Drawing {
    let layout = Layout::new(flow, TOP + 34.0);
    let mut canvas = Canvas::default();
    for (layer, title) in flow.layers().iter().enumerate() {
        let (x, style) = layout.title_place(layer, title);
        canvas.label((x, TOP + 12.0), title, style);
    }
    for ribbon in &layout.ribbons {
        let tip = link_tip(context, flow, &flow.links()[ribbon.link], ribbon.whole);
        draw_ribbon(&mut canvas, ribbon, &tip);
    }
    for stub in &layout.stubs {
        draw_stub(&mut canvas, stub);
    }
    for slot in layout.slots.iter().flatten() {
        draw_node(&mut canvas, slot);
    }
    for slot in layout.slots.iter().flatten() {
        draw_label(&mut canvas, slot);
    }
    let mut bottom = layout.bottom;
    if !layout.stubs.is_empty() {
        bottom = explain_hidden(&mut canvas, bottom);
    }
    Drawing {
        part: "",
        kind: "Stroomdiagram",
        bottom,
        canvas,
        words: words(context, flow, &layout),
    }
}

fn draw_ribbon(canvas: &mut Canvas, ribbon: &Ribbon, tip: &str) {
    let (from, to) = (ribbon.from, ribbon.to);
    let middle = (from.0 + to.0) / 2.0;
    let path = format!(
        "M{}C{} {} {}",
        point(from),
        point((middle, from.1)),
        point((middle, to.1)),
        point(to)
    );
    let element = Element::new("path").with("d", &path).with("fill", "none");
    canvas.add(
        element
            .with("stroke", ribbon.colour)
            .with("stroke-width", &coordinate(ribbon.width))
            .with("stroke-opacity", "0.42")
            .tip(tip),
    );
}

/// A wedge that points away from the node where links leave it, and comes in where they enter.
fn draw_stub(canvas: &mut Canvas, stub: &Stub) {
    let list = dutch::list(&stub.others);
    let tip = match stub.leaves {
        true => format!("{} → {list}: {}", stub.node, dutch::HIDDEN),
        false => format!("{list} → {}: {}", stub.node, dutch::HIDDEN),
    };
    let length = if stub.leaves { STUB } else { -STUB };
    canvas.add(wedge(stub.at, length).tip(&tip));
}

fn wedge((x, y): (f64, f64), length: f64) -> Element {
    let half = HIDDEN_WIDTH / 2.0 - 1.0;
    let path = format!(
        "M{}L{}L{}Z",
        point((x, y - half)),
        point((x + length, y)),
        point((x, y + half))
    );
    Element::new("path")
        .with("d", &path)
        .with("fill", palette::FAINT)
}

fn draw_node(canvas: &mut Canvas, slot: &Slot) {
    let fill = if slot.is_hidden {
        palette::PAPER
    } else {
        slot.colour
    };
    let element = rect((slot.x, slot.y), (slot.width, slot.height), fill)
        .with("stroke", slot.colour)
        .tip(&format!("{}: {}", slot.name, slot.n));
    canvas.add(match slot.is_hidden {
        true => element.with("stroke-dasharray", "3 2"),
        false => element,
    });
}

fn draw_label(canvas: &mut Canvas, slot: &Slot) {
    if let Some((corner, size)) = slot.plate {
        let plate = rect(corner, size, palette::PAPER).with("rx", "3");
        canvas.add(plate.with("fill-opacity", "0.86"));
    }
    let (name, n) = (slot.name_style(), slot.n_style());
    canvas.lines(slot.label_at, &slot.lines, name);
    let y = slot.label_at.1 + slot.lines.len() as f64 * name.leading();
    canvas.label((slot.label_at.0, y), &slot.n, n);
}

/// Says what grey wedges are; gives where that ends.
fn explain_hidden(canvas: &mut Canvas, top: f64) -> f64 {
    let y = top + 14.0;
    canvas.add(wedge((0.0, y - 4.5), STUB));
    let text = "grijze punt: een of meer aantallen die verborgen zijn; de tabel noemt welke";
    canvas.label((STUB + 8.0, y), text, Style::SMALL);
    y + 6.0
}

fn link_tip(
    context: Context<'_>,
    flow: &ReleasedFlow,
    link: &ReleasedLink,
    whole: Option<u64>,
) -> String {
    let (from, to) = ends(flow, link);
    let of = whole.map(|whole| {
        let share = link
            .count()
            .count()
            .map(|count| count as f64 / whole as f64);
        let share = share.map(|share| format!(", {}", dutch::percentage(share, 0)));
        format!(
            " (van {}{})",
            dutch::count(whole),
            share.unwrap_or_default()
        )
    });
    format!(
        "{from} → {to}: {} {}{}",
        context.cell(link.count()),
        context.unit(),
        of.unwrap_or_default()
    )
}

fn ends<'a>(flow: &'a ReleasedFlow, link: &ReleasedLink) -> (&'a str, &'a str) {
    let layer = link.layer();
    (
        &flow.nodes()[layer][link.from()],
        &flow.nodes()[layer + 1][link.to()],
    )
}

fn words(context: Context<'_>, flow: &ReleasedFlow, layout: &Layout) -> String {
    let mut words = format!("De lagen zijn: {}.", dutch::list(flow.layers()));
    for (title, slots) in flow.layers().iter().zip(&layout.slots) {
        let nodes: Vec<String> = slots
            .iter()
            .map(|slot| format!("{} ({})", slot.name, slot.n))
            .collect();
        words.push_str(&format!(" {title}: {}.", nodes.join(", ")));
    }
    let mut links: Vec<&ReleasedLink> = flow.links().iter().collect();
    links.sort_by_key(|link| (link.layer(), std::cmp::Reverse(link.count().count())));
    for link in links
        .into_iter()
        .filter(|link| link.count() != Cell::Count(0))
    {
        let (from, to) = ends(flow, link);
        words.push_str(&format!(
            " Van {from} naar {to}: {}.",
            context.cell(link.count())
        ));
    }
    words
}
