//! Released shapes as tables. One function per shape; the first table holds the whole result.

mod attrition;
mod characteristics;
pub(crate) mod course;
pub(crate) mod curves;
pub(crate) mod durations;
mod flow;
mod frequency;
mod measures;
mod projection;
mod quotations;
pub(crate) mod regression;

use crate::context::Context;
use crate::table::DataTable;
use disclosure::{PublicationHeader, Published, Released};

/// The tables of a result; none where nothing may be said.
pub fn data_tables(published: &Published, header: &PublicationHeader) -> Vec<DataTable> {
    let context = Context { published, header };
    let mut tables = match published.released() {
        Released::Table(table) => vec![frequency::table(context, table)],
        Released::Characteristics(table) => vec![characteristics::table(context, table)],
        Released::Curves(curves) => curves::tables(context, curves),
        Released::Flow(flow) => vec![flow::table(context, flow)],
        Released::Attrition(attrition) => vec![attrition::table(context, attrition)],
        Released::Durations(durations) => vec![durations::table(context, durations)],
        Released::Regression(model) => vec![regression::table(context, model)],
        Released::Course(course) => vec![course::table(context, course)],
        Released::Projection(projection) => projection::tables(context, projection),
        Released::Measures(measures) => vec![measures::table(context, measures)],
        Released::Quotations(quotations) => vec![quotations::table(context, quotations)],
        Released::Withheld(_) => Vec::new(),
    };
    for table in &mut tables {
        context.add_notes(table);
    }
    tables
}

/// The first table of a result, the one that its chart draws.
///
/// # Panics
/// If the result is withheld; those have no chart.
pub(crate) fn main_table(context: Context<'_>) -> DataTable {
    data_tables(context.published, context.header)
        .into_iter()
        .next()
        .expect("every shape with a chart has a table")
}
