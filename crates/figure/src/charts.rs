//! Released shapes as pictures. One file per kind of picture.

mod attrition;
mod axis;
mod bars;
mod curves;
mod durations;
mod flow;
mod flow_layout;
mod shares;

use crate::chart::Chart;
use crate::context::Context;
use disclosure::{PublicationHeader, Published, Released};

/// The charts of a result, the most telling first; none where nothing may be said.
pub fn charts(published: &Published, header: &PublicationHeader) -> Vec<Chart> {
    let context = Context { published, header };
    let drawings = match published.released() {
        Released::Table(table) if shares::suits(table) => {
            vec![shares::draw(context, table), bars::draw(context, table)]
        }
        Released::Table(table) => vec![bars::draw(context, table)],
        Released::Curves(curves) => vec![curves::draw(context, curves)],
        Released::Flow(flow) => vec![flow::draw(context, flow)],
        Released::Attrition(attrition) => vec![attrition::draw(context, attrition)],
        Released::Durations(durations) => vec![durations::draw(context, durations)],
        // Table 1 is read as a table.
        Released::Characteristics(_) | Released::Withheld(_) => Vec::new(),
    };
    drawings
        .into_iter()
        .map(|drawing| drawing.into_chart(context))
        .collect()
}
