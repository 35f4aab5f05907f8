//! Where clients go.

use crate::context::{Context, Wording};
use crate::tally::{Tally, count};
use codes::FacilityGroup;
use estimate::{Estimate, FrequencyTable, NotEstimable, Section, Shape, Unit};
use trajectory::Stay;

/// The row of the group a stay ended in.
pub(crate) fn destination_row(stay: &Stay) -> usize {
    let group = match stay.departure() {
        Some(departure) if departure.died() => FacilityGroup::Died,
        Some(departure) => departure.destination.group(),
        None => FacilityGroup::OtherOrUnknown,
    };
    group as usize
}

/// The row of the group a stay began in; unknown counts as "other or unknown".
pub(crate) fn origin_row(stay: &Stay) -> usize {
    stay.origin
        .map_or(FacilityGroup::OtherOrUnknown, |facility| facility.group()) as usize
}

/// Labels of the groups.
pub(crate) fn group_labels() -> Vec<String> {
    let groups = FacilityGroup::ALL.iter();
    groups.map(|group| group.label().to_owned()).collect()
}

pub(crate) fn estimate(context: &Context<'_>) -> Estimate {
    let columns = context.institution_labels();
    let rows = group_labels();
    let mut tally = Tally::new(rows.len() * columns.len());
    for stay in context.exits() {
        tally.add(
            destination_row(&stay) * columns.len() + context.column(stay.institution),
            &stay,
        );
    }
    let period = context.study.exit.period_text();
    let wording = Wording {
        id: "bestemming",
        section: Section::Outflow,
        unit: Unit::Exits,
        title: "Waar cliënten naartoe gaan".into(),
        definition: format!(
            "Alle ontslagen in {period}, naar de voorziening waar de cliënt naartoe ging, per \
             instelling. Een cliënt met meer ontslagen telt vaker mee."
        ),
        plain: "De tabel laat zien naar wat voor plek cliënten gingen toen zij vertrokken.",
    };
    let basis = count(context.exits());
    let outcome = if basis.count == 0 {
        Err(NotEstimable::EmptyCohort)
    } else {
        Ok(Shape::Frequency(FrequencyTable {
            row_title: "bestemming".into(),
            column_title: "instelling".into(),
            rows,
            columns,
            cells: tally.cells(),
            columns_are_institutions: true,
            ordered: false,
        }))
    };
    context.result(wording, basis, outcome)
}
