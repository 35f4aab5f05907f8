//! Where the nodes, links and labels of a flow lie. One pass over the links, one over the nodes.

use crate::chart::WIDTH;
use crate::context::Context;
use crate::dutch;
use crate::measure::{self, Face, Limits, wrap};
use crate::palette;
use crate::svg::{Anchor, Style};
use disclosure::{Cell, ReleasedFlow};

const NODE: f64 = 16.0;
/// Height that the largest layer's counts take up.
const FILL: f64 = 300.0;
/// Room between the slots of nodes.
const GAP: f64 = 12.0;
/// The widest that labels beside the drawing may be.
const WIDEST_LABEL: f64 = 160.0;
/// The thickness that a hidden link takes up at a node.
const HIDDEN_WIDTH: f64 = 7.0;
/// Half the width and height of the label of a hidden link, with room around it.
const HIDDEN_LABEL: (f64, f64) = (16.0, 9.0);
/// How many neighbours a label is compared with: labels lie in the order of their links, and
/// a page has no room for more.
const NEIGHBOURS: usize = 200;
/// Where on a link its label may stand, best first.
const PLACES: [f64; 7] = [0.5, 0.6, 0.4, 0.7, 0.3, 0.8, 0.2];

/// A node with its label.
pub(super) struct Slot {
    pub name: String,
    pub n: String,
    pub lines: Vec<String>,
    pub colour: &'static str,
    pub is_hidden: bool,
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    pub label_at: (f64, f64),
    pub plate: Option<((f64, f64), (f64, f64))>,
    anchor: Anchor,
}

/// A link from the middle of one end to that of the other; without a width it is hidden.
pub(super) struct Ribbon {
    pub from: (f64, f64),
    pub to: (f64, f64),
    pub width: Option<f64>,
    /// All that leaves the node it leaves, if all of that may be shown.
    pub whole: Option<u64>,
    pub colour: &'static str,
}

pub(super) struct Layout {
    pub slots: Vec<Vec<Slot>>,
    pub ribbons: Vec<Ribbon>,
    pub hidden_labels: Vec<(f64, f64)>,
    pub bottom: f64,
}

/// What enters or leaves a node.
#[derive(Clone, Copy, Default)]
struct Sum {
    shown: u64,
    hidden: u64,
}

impl Sum {
    fn add(&mut self, cell: Cell) {
        match cell {
            Cell::Count(count) => self.shown += count,
            Cell::Suppressed => self.hidden += 1,
        }
    }

    /// The sum, if nothing in it is hidden.
    fn whole(self) -> Option<u64> {
        (self.hidden == 0 && self.shown > 0).then_some(self.shown)
    }
}

/// Sums per layer and node, of what enters and of what leaves.
struct Sums {
    entering: Vec<Vec<Sum>>,
    leaving: Vec<Vec<Sum>>,
}

impl Sums {
    fn of(flow: &ReleasedFlow) -> Self {
        let empty = || {
            flow.nodes()
                .iter()
                .map(|layer| vec![Sum::default(); layer.len()])
        };
        let mut sums = Self {
            entering: empty().collect(),
            leaving: empty().collect(),
        };
        for link in flow.links() {
            sums.leaving[link.layer()][link.from()].add(link.count());
            sums.entering[link.layer() + 1][link.to()].add(link.count());
        }
        sums
    }

    /// Height of a node: that of the side that takes up most.
    fn height(&self, layer: usize, node: usize, scale: f64) -> f64 {
        let sides = [self.entering[layer][node], self.leaving[layer][node]];
        let heights =
            sides.map(|side| side.shown as f64 * scale + side.hidden as f64 * HIDDEN_WIDTH);
        heights[0].max(heights[1]).max(2.0)
    }

    /// The side of a node that says most: the one with the least hidden, else the larger.
    fn at(&self, layer: usize, node: usize) -> Sum {
        let (entering, leaving) = (self.entering[layer][node], self.leaving[layer][node]);
        match (layer == 0, layer + 1 == self.entering.len()) {
            (true, _) => leaving,
            (_, true) => entering,
            _ if entering.hidden < leaving.hidden => entering,
            _ if leaving.hidden < entering.hidden => leaving,
            _ if entering.shown >= leaving.shown => entering,
            _ => leaving,
        }
    }
}

impl Layout {
    pub fn new(context: Context<'_>, flow: &ReleasedFlow, top: f64) -> Self {
        let sums = Sums::of(flow);
        let scale = scale(flow, &sums);
        let (left, right) = margins(context, flow, &sums);
        let layers = flow.nodes().len();
        let step = (WIDTH - left - right - NODE) / (layers.max(2) - 1) as f64;
        let mut slots: Vec<Vec<Slot>> = (0..layers)
            .map(|layer| {
                let x = left + step * layer as f64;
                let place = Place {
                    layer,
                    layers,
                    x,
                    step,
                };
                layer_slots(context, flow, (&sums, scale), place)
            })
            .collect();
        let bottom = stack(&mut slots, top);
        slots.iter_mut().flatten().for_each(Slot::place_label);
        let ribbons = ribbons(flow, &slots, (&sums, scale));
        let hidden_labels = hidden_labels(&ribbons, &slots);
        Self {
            slots,
            ribbons,
            hidden_labels,
            bottom,
        }
    }

    /// Where the title of a layer is written: over its nodes, but inside the drawing.
    pub fn title_place(&self, layer: usize, title: &str) -> (f64, Style) {
        let style = Style::STRONG;
        let width = measure::width(title, style.face, style.size);
        let x = self.slots[layer].first().map_or(0.0, |slot| slot.x);
        match layer {
            0 if width <= x + NODE => (x + NODE, style.end()),
            0 => (0.0, style),
            _ if layer + 1 == self.slots.len() && x + width <= WIDTH => (x, style),
            _ if layer + 1 == self.slots.len() => (WIDTH, style.end()),
            _ => (x + NODE / 2.0, style.middle()),
        }
    }
}

/// Where a layer stands.
#[derive(Clone, Copy)]
struct Place {
    layer: usize,
    layers: usize,
    x: f64,
    step: f64,
}

impl Place {
    fn is_first(self) -> bool {
        self.layer == 0
    }

    fn is_last(self) -> bool {
        self.layer + 1 == self.layers
    }

    /// Whether labels lie on links.
    fn is_between(self) -> bool {
        !self.is_first() && !self.is_last()
    }

    /// Labels of the first layer stand before its nodes, all others behind theirs.
    fn anchor(self) -> Anchor {
        match (self.is_first(), self.is_last()) {
            (true, false) => Anchor::End,
            _ => Anchor::Start,
        }
    }

    /// Room for a label.
    fn limits(self) -> Limits {
        let max_width = match self.is_between() {
            true => (self.step - NODE - 24.0).clamp(60.0, WIDEST_LABEL),
            false => WIDEST_LABEL,
        };
        Limits {
            max_width,
            max_lines: 2,
        }
    }
}

/// Pixels per unit.
fn scale(flow: &ReleasedFlow, sums: &Sums) -> f64 {
    let heights = flow.nodes().iter().enumerate().map(|(layer, nodes)| {
        let shown = (0..nodes.len()).map(|node| sums.at(layer, node).shown);
        shown.sum::<u64>()
    });
    FILL / heights.max().unwrap_or(0).max(1) as f64
}

/// Room for the labels of the first and the last layer.
fn margins(context: Context<'_>, flow: &ReleasedFlow, sums: &Sums) -> (f64, f64) {
    let widest = |layer: usize| {
        let Some(nodes) = flow.nodes().get(layer) else {
            return 0.0;
        };
        let names = measure::widest(
            nodes.iter().map(String::as_str),
            Face::Semibold,
            Style::STRONG.size,
        );
        let ns: Vec<String> = (0..nodes.len())
            .map(|node| n_text(context, sums.at(layer, node)))
            .collect();
        let ns = measure::widest(
            ns.iter().map(String::as_str),
            Face::Regular,
            Style::SMALL.size,
        );
        names.min(WIDEST_LABEL).max(ns) + 10.0
    };
    (widest(0), widest(flow.nodes().len().saturating_sub(1)))
}

fn layer_slots(
    context: Context<'_>,
    flow: &ReleasedFlow,
    (sums, scale): (&Sums, f64),
    place: Place,
) -> Vec<Slot> {
    let nodes = flow.nodes()[place.layer].iter().enumerate();
    let slots = nodes.map(|(node, name)| {
        let sum = sums.at(place.layer, node);
        let slot = Slot {
            name: name.clone(),
            n: n_text(context, sum),
            lines: wrap(name, Face::Semibold, Style::STRONG.size, place.limits()),
            colour: node_colour(place, node),
            is_hidden: sum.shown == 0 && sum.hidden > 0,
            x: place.x,
            y: 0.0,
            width: NODE,
            height: sums.height(place.layer, node, scale),
            label_at: (0.0, 0.0),
            plate: None,
            anchor: place.anchor(),
        };
        slot.with_plate(place.is_between())
    });
    slots.collect()
}

/// Nodes of the first layer colour what leaves them; the others are ink.
fn node_colour(place: Place, node: usize) -> &'static str {
    match place.is_first() {
        true => palette::SERIES[node % 4],
        false => palette::MUTED,
    }
}

fn n_text(context: Context<'_>, sum: Sum) -> String {
    match (sum.shown, sum.hidden) {
        (shown, 0) => format!("n = {}", dutch::count(shown)),
        (0, 1) => format!("n {}", dutch::hidden(context.header.threshold)),
        (0, _) => "n niet getoond".to_owned(),
        (shown, _) => format!("n ≥ {}", dutch::count(shown)),
    }
}

/// Stacks the nodes of each layer, each in a slot that holds its label, layers around one
/// middle line; gives the lowest point.
fn stack(slots: &mut [Vec<Slot>], top: f64) -> f64 {
    let heights = slots.iter().map(|layer| {
        let sum: f64 = layer.iter().map(Slot::room).sum();
        sum + GAP * layer.len().saturating_sub(1) as f64
    });
    let heights: Vec<f64> = heights.collect();
    let tallest = heights.iter().copied().fold(0.0, f64::max);
    for (layer, height) in slots.iter_mut().zip(heights) {
        let mut y = top + (tallest - height) / 2.0;
        for slot in layer {
            slot.y = y + (slot.room() - slot.height) / 2.0;
            y += slot.room() + GAP;
        }
    }
    top + tallest + 6.0
}

impl Slot {
    /// Height of the label.
    fn label_height(&self) -> f64 {
        self.lines.len() as f64 * self.name_style().leading() + self.n_style().leading()
    }

    /// Height that the node or its label takes up.
    fn room(&self) -> f64 {
        self.height.max(self.label_height())
    }

    fn with_plate(mut self, has_plate: bool) -> Self {
        if has_plate {
            let names = measure::widest(
                self.lines.iter().map(String::as_str),
                Face::Semibold,
                Style::STRONG.size,
            );
            let n = measure::width(&self.n, Face::Regular, Style::SMALL.size);
            self.plate = Some(((0.0, 0.0), (names.max(n) + 8.0, self.label_height() + 2.0)));
        }
        self
    }

    fn place_label(&mut self) {
        let middle = self.y + self.height / 2.0;
        let x = match self.anchor {
            Anchor::End => self.x - 8.0,
            _ => self.x + self.width + 8.0,
        };
        self.label_at = (x, middle - self.label_height() / 2.0 + 13.0);
        if let Some((corner, size)) = &mut self.plate {
            *corner = (x - 4.0, middle - size.1 / 2.0);
        }
    }

    pub fn name_style(&self) -> Style {
        Style {
            anchor: self.anchor,
            ..Style::STRONG
        }
    }

    pub fn n_style(&self) -> Style {
        Style {
            anchor: self.anchor,
            ..Style::SMALL
        }
    }
}

/// Links leave a node in the order of their targets and enter it in the order of their sources,
/// so that links of one pair of layers cross as little as their nodes allow.
fn ribbons(flow: &ReleasedFlow, slots: &[Vec<Slot>], (sums, scale): (&Sums, f64)) -> Vec<Ribbon> {
    let links = flow.links();
    let thickness = |index: usize| match links[index].count() {
        Cell::Count(count) => count as f64 * scale,
        Cell::Suppressed => HIDDEN_WIDTH,
    };
    let mut starts = vec![0.0; links.len()];
    let mut ends = vec![0.0; links.len()];
    let mut order: Vec<usize> = (0..links.len()).collect();
    order.sort_by_key(|&i| (links[i].layer(), links[i].from(), links[i].to(), i));
    let leaves = |i: usize| (links[i].layer(), links[i].from());
    fill(&order, leaves, thickness, &mut starts);
    order.sort_by_key(|&i| (links[i].layer(), links[i].to(), links[i].from(), i));
    let enters = |i: usize| (links[i].layer() + 1, links[i].to());
    fill(&order, enters, thickness, &mut ends);
    (0..links.len())
        .map(|index| {
            let link = &links[index];
            let from = &slots[link.layer()][link.from()];
            let to = &slots[link.layer() + 1][link.to()];
            Ribbon {
                from: (from.x + NODE, from.y + starts[index]),
                to: (to.x, to.y + ends[index]),
                width: link.count().count().map(|_| thickness(index)),
                whole: sums.leaving[link.layer()][link.from()].whole(),
                colour: from.colour,
            }
        })
        .collect()
}

/// Lays links beside each other at their nodes; `middles` gets the middle of each.
fn fill(
    order: &[usize],
    node: impl Fn(usize) -> (usize, usize),
    thickness: impl Fn(usize) -> f64,
    middles: &mut [f64],
) {
    let mut at = 0.0;
    for (position, &index) in order.iter().enumerate() {
        if position == 0 || node(order[position - 1]) != node(index) {
            at = 0.0;
        }
        middles[index] = at + thickness(index) / 2.0;
        at += thickness(index);
    }
}

/// Places for the labels of hidden links, left out where they would lie on another label.
fn hidden_labels(ribbons: &[Ribbon], slots: &[Vec<Slot>]) -> Vec<(f64, f64)> {
    let (half_width, half_height) = HIDDEN_LABEL;
    let plates: Vec<_> = slots
        .iter()
        .flatten()
        .filter_map(|slot| slot.plate)
        .collect();
    let on_plate = |(x, y): (f64, f64)| {
        plates
            .iter()
            .take(NEIGHBOURS)
            .any(|&((left, top), (width, height))| {
                x + half_width > left
                    && x - half_width < left + width
                    && y + half_height > top
                    && y - half_height < top + height
            })
    };
    let mut labels: Vec<(f64, f64)> = Vec::new();
    for ribbon in ribbons.iter().filter(|ribbon| ribbon.width.is_none()) {
        let free = PLACES.iter().map(|&t| along(ribbon, t)).find(|&(x, y)| {
            let near = |&(other_x, other_y): &(f64, f64)| {
                (x - other_x).abs() < 2.0 * half_width && (y - other_y).abs() < 2.0 * half_height
            };
            !on_plate((x, y)) && !labels.iter().rev().take(NEIGHBOURS).any(near)
        });
        labels.extend(free);
    }
    labels
}

/// The point at `t` on the curve that a link is drawn with.
fn along(ribbon: &Ribbon, t: f64) -> (f64, f64) {
    let (from, to) = (ribbon.from, ribbon.to);
    let middle = (from.0 + to.0) / 2.0;
    let s = 1.0 - t;
    let mix = |a: f64, b: f64, c: f64, d: f64| {
        s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d
    };
    (
        mix(from.0, middle, middle, to.0),
        mix(from.1, from.1, to.1, to.1),
    )
}
