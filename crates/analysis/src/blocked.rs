//! Blocked days: ready to leave, and still there.

use crate::context::{Context, Wording, first_per_client};
use crate::summary::Values;
use crate::tally::Tally;
use calendar::DayPoint;
use estimate::{Count, Durations, Estimate, NotEstimable, Section, Shape, Unit};
use trajectory::Stay;

/// Days from ready for exit to exit; `None` where the first is unknown or comes after the exit.
fn blocked_days(stay: &Stay) -> Option<i32> {
    let days = stay.left()?.since(stay.ready_for_exit?).get();
    (days >= 0).then_some(days)
}

pub(crate) fn estimate(context: &Context<'_>) -> Estimate {
    let groups = context.institution_labels();
    let long_from = context.study.long_wait_days;
    let mut values = vec![Values::default(); groups.len()];
    let mut long = Tally::new(groups.len());
    let mut basis = Count::default();
    let exit_day = |stay: &Stay| stay.left().map_or(i32::MAX, |day| day.number());
    for stay in &first_per_client(context.exits(), exit_day) {
        let column = context.column(stay.institution);
        let days = blocked_days(stay);
        values[column].add(stay.institution as usize, days.map(f64::from));
        basis = basis.plus(Count::one(stay.institution as usize));
        if days.is_some_and(|days| days as u32 >= long_from) {
            long.add(column, stay);
        }
    }
    let mut total = Values::default();
    values.iter().for_each(|group| total.extend(group));
    let total = total.summary();
    let period = context.study.exit.period_text();
    let wording = Wording {
        id: "geblokkeerde-dagen",
        section: Section::Outflow,
        unit: Unit::Clients,
        title: "Wachten na ‘ontslagklaar’".into(),
        definition: format!(
            "Het aantal dagen tussen ‘ontslagklaar’ en ontslag, voor het eerste ontslag van elke \
             cliënt in {period}. Lang is {long_from} dagen of meer. Wie geen datum ‘ontslagklaar’ \
             heeft, of een datum na het ontslag, telt als ontbrekend."
        ),
        plain: "Dit zijn de dagen die cliënten nog bleven terwijl zij klaar waren om te gaan.",
    };
    let outcome = match (basis.count, total.n) {
        (0, _) => Err(NotEstimable::EmptyCohort),
        (_, 0) => Err(NotEstimable::NotObserved),
        _ => Ok(Shape::Durations(Durations {
            groups,
            groups_are_institutions: true,
            per_group: values.into_iter().map(Values::summary).collect(),
            total,
            long_from_days: long_from,
            long: long.cells(),
        })),
    };
    context.result(wording, basis, outcome)
}
