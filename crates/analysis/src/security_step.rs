//! The step in security at exit.

use crate::context::{Context, Wording};
use crate::tally::{Tally, count};
use calendar::RelativeDay;
use codes::SecurityLevel;
use estimate::{Estimate, FrequencyTable, NotEstimable, Section, Shape, Unit};
use trajectory::{Rule, Stay};

/// Labels of the rows, from far down to far up.
const ROWS: [&str; 7] = [
    "drie of meer stappen lager",
    "twee stappen lager",
    "één stap lager",
    "gelijk",
    "één stap hoger",
    "twee of meer stappen hoger",
    "onbekend",
];

/// The row of a step `from − to` on the scale 0 < 1 < 2L < 2H < 3 < 4.
fn row(step: Option<i8>) -> usize {
    match step {
        Some(3..) => 0,
        Some(2) => 1,
        Some(1) => 2,
        Some(0) => 3,
        Some(-1) => 4,
        Some(..=-2) => 5,
        None => 6,
    }
}

/// The strictest placement on the last day inside.
fn security_before_exit(context: &Context<'_>, stay: &Stay) -> Option<SecurityLevel> {
    let last_day = RelativeDay::from_number(stay.left()?.number() - 1);
    let trajectories = context.trajectories();
    let state = trajectories.state_on(stay.person, Rule::HighestSecurity, last_day);
    state?.1
}

/// How many levels of security less the destination has; negative where it has more.
pub(crate) fn step_at_exit(context: &Context<'_>, stay: &Stay) -> Option<i8> {
    let from = security_before_exit(context, stay)?;
    let to = stay.departure()?.destination_security()?;
    Some(from.rank() - to.rank())
}

pub(crate) fn estimate(context: &Context<'_>) -> Estimate {
    let columns = context.institution_labels();
    let mut tally = Tally::new(ROWS.len() * columns.len());
    for stay in alive(context) {
        let step = step_at_exit(context, &stay);
        tally.add(
            row(step) * columns.len() + context.column(stay.institution),
            &stay,
        );
    }
    let period = context.study.exit.period_text();
    let wording = Wording {
        id: "stap-beveiliging",
        section: Section::Outflow,
        unit: Unit::Exits,
        title: "Stap in beveiliging bij ontslag".into(),
        definition: format!(
            "Alle ontslagen in {period}, zonder overlijden. De stap is het beveiligingsniveau van \
             de zwaarste plaatsing op de laatste dag, min dat van de bestemming, op de schaal \
             0, 1, 2L, 2H, 3, 4. Is het niveau van de bestemming niet geleverd, dan geldt het \
             niveau dat bij die voorziening gebruikelijk is."
        ),
        plain: "De tabel laat zien of cliënten naar een plek met minder of met meer beveiliging gaan.",
    };
    let basis = count(alive(context));
    let outcome = if basis.count == 0 {
        Err(NotEstimable::EmptyCohort)
    } else {
        Ok(Shape::Frequency(FrequencyTable {
            row_title: "stap".into(),
            column_title: "instelling".into(),
            rows: ROWS.map(str::to_owned).to_vec(),
            columns,
            cells: tally.cells(),
            columns_are_institutions: true,
            ordered: true,
        }))
    };
    context.result(wording, basis, outcome)
}

fn alive<'a>(context: &'a Context<'_>) -> impl Iterator<Item = Stay> + 'a {
    let departed = |stay: &Stay| stay.departure().is_some_and(|departure| !departure.died());
    context.exits().filter(departed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_its_row() {
        let rows: Vec<usize> = (-5..=5).rev().map(|step| row(Some(step))).collect();
        assert_eq!(rows, [0, 0, 0, 1, 2, 3, 4, 5, 5, 5, 5]);
        assert_eq!(ROWS[row(None)], "onbekend");
    }
}
