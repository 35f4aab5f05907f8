use super::{Plan, Planner, Verdicts, owner};
use crate::system::VarId;
use crate::{Refusal, ReleasedFlow, ReleasedLink};
use estimate::{Count, Flow};

/// A flow whose numbers are in the system.
pub(crate) struct FlowPlan {
    layers: Vec<String>,
    nodes: Vec<Vec<String>>,
    links: Vec<PlannedLink>,
}

/// A link whose number is in the system.
#[derive(Clone, Copy)]
struct PlannedLink {
    layer: usize,
    from: usize,
    to: usize,
    id: VarId,
}

pub(super) fn plan(
    planner: &mut Planner<'_>,
    flow: &Flow,
) -> Result<(Option<VarId>, Plan), Refusal> {
    validate(planner, flow)?;
    let first = flow
        .links
        .iter()
        .filter(|link| link.layer == 0)
        .map(|link| link.count);
    let whole = planner.total(first);
    let at = planner.place(&["totaal"], "totaal van de stroom".to_owned());
    let whole = planner.system.margin(at, "totaal", &whole, None);

    let nodes = nodes(planner, flow);
    let links = links(planner, flow);
    for (layer, of_layer) in nodes.iter().enumerate() {
        planner.system.sum(whole, of_layer);
        for (index, &node) in of_layer.iter().enumerate() {
            let ids = |wanted: &dyn Fn(&PlannedLink) -> bool| -> Vec<VarId> {
                links
                    .iter()
                    .filter(|link| wanted(link))
                    .map(|link| link.id)
                    .collect()
            };
            let leaving = ids(&|link| link.layer == layer && link.from == index);
            let entering = ids(&|link| link.layer + 1 == layer && link.to == index);
            for line in [leaving, entering] {
                if !line.is_empty() {
                    planner.system.line(node, &line);
                }
            }
        }
    }

    let plan = FlowPlan {
        layers: flow
            .layers
            .iter()
            .map(|layer| planner.naming.text(&layer.title))
            .collect(),
        nodes: flow
            .layers
            .iter()
            .map(|layer| {
                layer
                    .nodes
                    .iter()
                    .map(|node| planner.naming.label(node))
                    .collect()
            })
            .collect(),
        links,
    };
    Ok((Some(whole), Plan::Flow(plan)))
}

fn validate(planner: &Planner<'_>, flow: &Flow) -> Result<(), Refusal> {
    planner.ensure(flow.layers.len() > 1, "een stroom zonder lagen")?;
    for link in &flow.links {
        let inside = link.layer + 1 < flow.layers.len()
            && link.from < flow.layers[link.layer].nodes.len()
            && link.to < flow.layers[link.layer + 1].nodes.len();
        planner.ensure(inside, "een pijl naar iets dat er niet is")?;
        planner.ensure_count(&link.count)?;
    }
    for layer in 1..flow.layers.len() - 1 {
        for node in 0..flow.layers[layer].nodes.len() {
            let entering: u64 = entering(flow, layer, node).map(|count| count.count).sum();
            let leaving: u64 = leaving(flow, layer, node).map(|count| count.count).sum();
            planner.ensure(
                entering == leaving,
                "wat een knoop ingaat, komt er niet uit",
            )?;
        }
    }
    Ok(())
}

fn entering(flow: &Flow, layer: usize, node: usize) -> impl Iterator<Item = Count> {
    let links = flow
        .links
        .iter()
        .filter(move |link| link.layer + 1 == layer && link.to == node);
    links.map(|link| link.count)
}

fn leaving(flow: &Flow, layer: usize, node: usize) -> impl Iterator<Item = Count> {
    let links = flow
        .links
        .iter()
        .filter(move |link| link.layer == layer && link.from == node);
    links.map(|link| link.count)
}

/// What passes each node: not shown, but it follows from the links.
fn nodes(planner: &mut Planner<'_>, flow: &Flow) -> Vec<Vec<VarId>> {
    let mut nodes = Vec::with_capacity(flow.layers.len());
    for (layer, shape) in flow.layers.iter().enumerate() {
        let mut of_layer = Vec::with_capacity(shape.nodes.len());
        for (index, label) in shape.nodes.iter().enumerate() {
            let through: Vec<Count> = if layer == 0 {
                leaving(flow, layer, index).collect()
            } else {
                entering(flow, layer, index).collect()
            };
            let owner = owner(shape.is_institutions, &through);
            let count = planner.total(through);
            let public = planner.naming.label(label);
            let at = planner.place(
                &["knoop", &layer.to_string(), label],
                format!("knoop ‘{public}’"),
            );
            of_layer.push(planner.system.implied_margin(at, label, &count, owner));
        }
        nodes.push(of_layer);
    }
    nodes
}

fn links(planner: &mut Planner<'_>, flow: &Flow) -> Vec<PlannedLink> {
    let mut links = Vec::with_capacity(flow.links.len());
    for link in &flow.links {
        let (left, right) = (&flow.layers[link.layer], &flow.layers[link.layer + 1]);
        let (from, to) = (&left.nodes[link.from], &right.nodes[link.to]);
        let names = (planner.naming.label(from), planner.naming.label(to));
        let words = format!("van ‘{}’ naar ‘{}’", names.0, names.1);
        let at = planner.place(&["pijl", &link.layer.to_string(), from, to], words);
        let beside = left.is_institutions || right.is_institutions;
        let owner = owner(beside, [&link.count]);
        let id = planner.system.cell(at, &link.count, owner);
        if !beside {
            planner.system.mark_pooled(id);
        }
        links.push(PlannedLink {
            layer: link.layer,
            from: link.from,
            to: link.to,
            id,
        });
    }
    links
}

impl FlowPlan {
    pub(super) fn show(&self, verdicts: &Verdicts<'_>) -> ReleasedFlow {
        let link = |&PlannedLink {
                        layer,
                        from,
                        to,
                        id,
                    }: &PlannedLink| ReleasedLink {
            layer,
            from,
            to,
            count: verdicts.cell(id),
        };
        ReleasedFlow {
            layers: self.layers.clone(),
            nodes: self.nodes.clone(),
            links: self.links.iter().map(link).collect(),
        }
    }
}
