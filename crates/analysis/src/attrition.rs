//! Who was selected, and who was not.

use crate::context::{Context, Wording, days_text, left_out_text};
use crate::tally::Tally;
use cohort::{CohortKind, Exclusion, Selected};
use estimate::{Attrition, AttritionStep, Count, Estimate, NotEstimable, Section, Shape, Unit};

pub(crate) fn intake(context: &Context<'_>) -> Estimate {
    let period = context.study.intake.period_text();
    let left_out = left_out_text(context.study, &context.study.intake);
    let wording = Wording {
        id: "instroom-verloop",
        section: Section::Cohort,
        unit: Unit::Admissions,
        title: "Van alle opnames naar het instroomcohort".into(),
        definition: format!(
            "Het instroomcohort bestaat uit alle opnames in {period}. Van wie bezwaar maakte of niet \
             om toestemming is gevraagd, blijven de gegevens bij de instelling; die cliënten staan \
             hier niet bij. Over de tijd volgen we per cliënt de eerste opname.{left_out}"
        ),
        plain: "Hier ziet u welke opnames meetellen, en waarom andere niet meetellen.",
    };
    attrition(context, wording, &context.intake, "alle geleverde opnames")
}

pub(crate) fn exits(context: &Context<'_>) -> Estimate {
    let period = context.study.exit.period_text();
    let left_out = left_out_text(context.study, &context.study.exit);
    let days = days_text(context.study.returns.transfer_max_days);
    let wording = Wording {
        id: "uitstroom-verloop",
        section: Section::Cohort,
        unit: Unit::Exits,
        title: "Van alle ontslagen naar het ontslagcohort".into(),
        definition: format!(
            "Het ontslagcohort bestaat uit alle ontslagen in {period}, ook van cliënten die lang \
             daarvoor zijn opgenomen. Voor terugkeer volgen we per cliënt het eerste ontslag. Wie \
             is overleden of binnen {days} in een ander verblijf binnen De Borg zit, is \
             niet vertrokken en wordt niet gevolgd.{left_out}"
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
    let (start, steps) = steps(context, found);
    let outcome = if start.count == 0 {
        Err(NotEstimable::EmptyCohort)
    } else {
        Ok(Shape::Attrition(Attrition {
            start_label: start_label.to_owned(),
            start,
            steps,
        }))
    };
    context.result(wording, start, outcome)
}

/// Counts every candidate once: at the step that left it out, and as remaining after all steps
/// before.
fn steps(context: &Context<'_>, found: &cohort::Attrition) -> (Count, Vec<AttritionStep>) {
    let reasons = Exclusion::steps(found.kind);
    let mut start = Tally::new(1);
    let mut excluded = Tally::new(reasons.len());
    let mut remaining = Tally::new(reasons.len());
    for candidate in &found.candidates {
        let stay = context.trajectories().stay(candidate.stay);
        let out = candidate.excluded.map_or(reasons.len(), |reason| {
            let step = reasons.iter().position(|&step| step == reason);
            step.expect("a cohort leaves out only for its own reasons")
        });
        start.add(0, stay);
        (0..out).for_each(|step| remaining.add(step, stay));
        if out < reasons.len() {
            excluded.add(out, stay);
        }
    }
    let counts = excluded.cells().into_iter().zip(remaining.cells());
    let steps = reasons.iter().zip(counts);
    let steps = steps
        .filter(|&(&reason, (excluded, _))| {
            // Institutions keep such rows to themselves, so there is nothing to tell.
            let idle = reason == Exclusion::NoGround && excluded.count == 0;
            !idle && shown(context, found.kind, reason)
        })
        .map(|(reason, (excluded, remaining))| AttritionStep {
            reason: reason.label(found.kind).to_owned(),
            excluded,
            remaining,
        })
        .collect();
    (start.cells()[0], steps)
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
