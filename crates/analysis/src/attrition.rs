//! Who was selected, and who was not.

use crate::context::{Basis, Context, Wording};
use crate::tally::Tally;
use cohort::{CohortKind, Exclusion, Selected};
use estimate::{Attrition, AttritionStep, Estimate, NotEstimable, Section, Shape, Unit};

pub(crate) fn intake(context: &Context<'_>) -> Estimate {
    let period = context.study.intake.period_text();
    let wording = Wording {
        id: "instroom-verloop",
        section: Section::Cohort,
        unit: Unit::Admissions,
        title: "Van alle opnames naar het instroomcohort".into(),
        definition: format!(
            "Het instroomcohort bestaat uit alle opnames in {period}. Een cliënt van wie één rij \
             niet gebruikt mag worden, doet nergens mee. Over de tijd volgen we per cliënt \
             de eerste opname."
        ),
        plain: "Hier ziet u welke opnames meetellen, en waarom andere niet meetellen.",
    };
    attrition(context, wording, &context.intake, "alle geleverde opnames")
}

pub(crate) fn exits(context: &Context<'_>) -> Estimate {
    let period = context.study.exit.period_text();
    let days = context.study.returns.transfer_max_days;
    let wording = Wording {
        id: "uitstroom-verloop",
        section: Section::Cohort,
        unit: Unit::Exits,
        title: "Van alle ontslagen naar het ontslagcohort".into(),
        definition: format!(
            "Het ontslagcohort bestaat uit alle ontslagen in {period}, ook van cliënten die lang \
             daarvoor zijn opgenomen. Voor terugkeer volgen we per cliënt het eerste ontslag. Wie \
             is overleden of binnen {days} dag(en) in een ander verblijf binnen De Borg zit, is \
             niet vertrokken en wordt niet gevolgd."
        ),
        plain: "Hier ziet u welke ontslagen meetellen, en waarom andere niet meetellen.",
    };
    attrition(context, wording, &context.exit, "alle geleverde ontslagen")
}

fn attrition(
    context: &Context<'_>,
    wording: Wording,
    selected: &Selected,
    start_label: &str,
) -> Estimate {
    let found = &selected.attrition;
    let all = found
        .candidates
        .iter()
        .map(|candidate| context.stay(candidate.stay));
    let start = Tally::of(all);
    let basis = Basis {
        n: start.count,
        clients: start.clients,
    };
    let shown = |&reason: &Exclusion| shown(context, found.kind, reason);
    let steps = Exclusion::steps(found.kind)
        .iter()
        .copied()
        .filter(shown)
        .map(|reason| AttritionStep {
            reason: reason.label(found.kind).to_owned(),
            excluded: Tally::of(found.excluded(reason).map(|index| context.stay(index))),
            remaining: Tally::of(found.remaining(reason).map(|index| context.stay(index))),
        })
        .collect();
    let outcome = if start.count == 0 {
        Err(NotEstimable::EmptyCohort)
    } else {
        Ok(Shape::Attrition(Attrition {
            start_label: start_label.to_owned(),
            start,
            steps,
        }))
    };
    context.result(wording, basis, outcome)
}

/// Steps that the protocol does not take are not shown.
fn shown(context: &Context<'_>, kind: CohortKind, reason: Exclusion) -> bool {
    let definition = match kind {
        CohortKind::Intake => &context.study.intake,
        CohortKind::Exit => &context.study.exit,
    };
    match reason {
        Exclusion::TimeOut => definition.time_outs == cohort::TimeOuts::Drop,
        Exclusion::ShortStay => definition.min_stay_days > 0,
        _ => true,
    }
}
