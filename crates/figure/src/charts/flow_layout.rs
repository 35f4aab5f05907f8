//! Where the nodes, links and labels of a flow lie. One pass over the links, one over the nodes.

use crate::chart::WIDTH;
use crate::dutch;
use crate::measure::{self, Face, Limits, wrap};
use crate::palette;
use crate::svg::{Anchor, Style};
use disclosure::{Cell, ReleasedFlow, ReleasedLink};
use std::collections::BTreeMap;

const NODE: f64 = 16.0;
/// Height that the largest layer's counts take up.
const FILL: f64 = 300.0;
/// Room between the slots of nodes.
const GAP: f64 = 12.0;
/// The widest that labels beside the drawing may be.
const WIDEST_LABEL: f64 = 160.0;
/// The thickness that all hidden links at one side of a node take up together, however many
/// they are.
pub(super) const HIDDEN_WIDTH: f64 = 9.0;

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

/// A link that is shown, from the middle of one end to that of the other.
pub(super) struct Ribbon {
    /// Position of the link in the flow.
    pub link: usize,
    pub from: (f64, f64),
    pub to: (f64, f64),
    pub width: f64,
    /// All that leaves the node it leaves, if all of that may be shown.
    pub whole: Option<u64>,
    pub colour: &'static str,
}

/// All hidden links at one side of a node.
pub(super) struct Stub {
    /// The middle of where they touch the node.
    pub at: (f64, f64),
    /// Whether they leave the node; otherwise they enter it.
    pub leaves: bool,
    pub node: String,
    /// The nodes at their other ends.
    pub others: Vec<String>,
}

pub(super) struct Layout {
    pub slots: Vec<Vec<Slot>>,
    pub ribbons: Vec<Ribbon>,
    pub stubs: Vec<Stub>,
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

    /// The height that it takes up.
    fn height(self, scale: f64) -> f64 {
        let hidden = if self.hidden > 0 { HIDDEN_WIDTH } else { 0.0 };
        self.shown as f64 * scale + hidden
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
        let heights = sides.map(|side| side.height(scale));
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
    pub fn new(flow: &ReleasedFlow, top: f64) -> Self {
        let sums = Sums::of(flow);
        let scale = scale(flow, &sums);
        let (left, right) = margins(flow, &sums);
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
                layer_slots(flow, (&sums, scale), place)
            })
            .collect();
        let bottom = stack(&mut slots, top);
        slots.iter_mut().flatten().for_each(Slot::place_label);
        let ribbons = ribbons(flow, &slots, (&sums, scale));
        let stubs = stubs(flow, &slots, (&sums, scale));
        Self {
            slots,
            ribbons,
            stubs,
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
fn margins(flow: &ReleasedFlow, sums: &Sums) -> (f64, f64) {
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
            .map(|node| n_text(sums.at(layer, node)))
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

fn layer_slots(flow: &ReleasedFlow, (sums, scale): (&Sums, f64), place: Place) -> Vec<Slot> {
    let nodes = flow.nodes()[place.layer].iter().enumerate();
    let slots = nodes.map(|(node, name)| {
        let sum = sums.at(place.layer, node);
        let slot = Slot {
            name: name.clone(),
            n: n_text(sum),
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

fn n_text(sum: Sum) -> String {
    match (sum.shown, sum.hidden) {
        (shown, 0) => format!("n = {}", dutch::count(shown)),
        (0, _) => format!("n {}", dutch::HIDDEN),
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
    let thickness = |index: usize| links[index].count().count().unwrap_or(0) as f64 * scale;
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
        .filter(|&index| links[index].count().count().is_some_and(|count| count > 0))
        .map(|index| {
            let link = &links[index];
            let from = &slots[link.layer()][link.from()];
            let to = &slots[link.layer() + 1][link.to()];
            Ribbon {
                link: index,
                from: (from.x + NODE, from.y + starts[index]),
                to: (to.x, to.y + ends[index]),
                width: thickness(index),
                whole: sums.leaving[link.layer()][link.from()].whole(),
                colour: from.colour,
            }
        })
        .collect()
}

/// Hidden links of one side of a node lie together below those that are shown.
fn stubs(flow: &ReleasedFlow, slots: &[Vec<Slot>], (sums, scale): (&Sums, f64)) -> Vec<Stub> {
    let mut others: BTreeMap<(usize, usize, bool), Vec<String>> = BTreeMap::new();
    let hidden = |link: &&ReleasedLink| link.count() == Cell::Suppressed;
    for link in flow.links().iter().filter(hidden) {
        let (layer, from, to) = (link.layer(), link.from(), link.to());
        let mut add = |node: (usize, usize, bool), other: &String| {
            others.entry(node).or_default().push(other.clone());
        };
        add((layer, from, true), &flow.nodes()[layer + 1][to]);
        add((layer + 1, to, false), &flow.nodes()[layer][from]);
    }
    let stub = |((layer, node, leaves), others): ((usize, usize, bool), Vec<String>)| {
        let slot = &slots[layer][node];
        let side = if leaves {
            &sums.leaving
        } else {
            &sums.entering
        };
        let shown = side[layer][node].shown as f64 * scale;
        Stub {
            at: (
                if leaves { slot.x + NODE } else { slot.x },
                slot.y + shown + HIDDEN_WIDTH / 2.0,
            ),
            leaves,
            node: slot.name.clone(),
            others,
        }
    };
    others.into_iter().map(stub).collect()
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
