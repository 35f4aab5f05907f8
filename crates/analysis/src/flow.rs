//! From where, through which institution, to where.

use crate::context::{Context, Wording};
use crate::destination::{destination_row, group_labels, origin_row};
use crate::tally::{Tally, count};
use estimate::{
    Count, Estimate, Flow, FrequencyTable, Layer, Link, NotEstimable, Section, Shape, Unit,
};

pub(crate) fn flow(context: &Context<'_>) -> Estimate {
    let groups = group_labels();
    let institutions = context.institution_labels();
    let (wide, narrow) = (groups.len(), institutions.len());
    let (mut inward, mut outward) = (Tally::new(wide * narrow), Tally::new(narrow * wide));
    for stay in context.exits() {
        let institution = context.column(stay.institution);
        inward.add(origin_row(&stay) * narrow + institution, &stay);
        outward.add(institution * wide + destination_row(&stay), &stay);
    }
    let mut links = links(0, narrow, inward.cells());
    links.extend(self::links(1, wide, outward.cells()));
    let period = context.study.exit.period_text();
    let wording = Wording {
        id: "stroom",
        section: Section::Outflow,
        unit: Unit::Exits,
        title: "De stroom van cliënten".into(),
        definition: format!(
            "Alle ontslagen in {period}: waar de cliënt vóór de opname was, in welke instelling de \
             cliënt verbleef, en waar de cliënt daarna naartoe ging."
        ),
        plain: "De banden laten zien waar cliënten vandaan kwamen en waar zij naartoe gingen: hoe \
                breder de band, hoe meer ontslagen.",
    };
    let basis = count(context.exits());
    let outcome = if basis.count == 0 {
        Err(NotEstimable::EmptyCohort)
    } else {
        Ok(Shape::Flow(Flow {
            layers: vec![
                layer("herkomst", groups.clone(), false),
                layer("instelling", institutions, true),
                layer("bestemming", groups, false),
            ],
            links,
        }))
    };
    context.result(wording, basis, outcome)
}

fn layer(title: &str, nodes: Vec<String>, is_institutions: bool) -> Layer {
    Layer {
        title: title.to_owned(),
        nodes,
        is_institutions,
    }
}

/// The links that anybody passes.
fn links(layer: usize, width: usize, cells: Vec<Count>) -> Vec<Link> {
    let cells = cells.into_iter().enumerate();
    cells
        .filter(|(_, count)| count.count > 0)
        .map(|(cell, count)| Link {
            layer,
            from: cell / width,
            to: cell % width,
            count,
        })
        .collect()
}

pub(crate) fn matrix(context: &Context<'_>) -> Estimate {
    let groups = group_labels();
    let mut tally = Tally::new(groups.len() * groups.len());
    for stay in context.exits() {
        tally.add(
            origin_row(&stay) * groups.len() + destination_row(&stay),
            &stay,
        );
    }
    let period = context.study.exit.period_text();
    let wording = Wording {
        id: "stroom-matrix",
        section: Section::Outflow,
        unit: Unit::Exits,
        title: "Van herkomst naar bestemming".into(),
        definition: format!(
            "Alle ontslagen in {period}, naar de voorziening vóór de opname (rijen) en na het \
             ontslag (kolommen)."
        ),
        plain: "De tabel laat zien of cliënten teruggaan naar de soort plek waar zij vandaan kwamen.",
    };
    let basis = count(context.exits());
    let outcome = if basis.count == 0 {
        Err(NotEstimable::EmptyCohort)
    } else {
        Ok(Shape::Frequency(FrequencyTable {
            row_title: "herkomst".into(),
            column_title: "bestemming".into(),
            rows: groups.clone(),
            columns: groups,
            cells: tally.cells(),
            columns_are_institutions: false,
            ordered: false,
        }))
    };
    context.result(wording, basis, outcome)
}
