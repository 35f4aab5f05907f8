//! How stays end: cumulative incidence of competing kinds of exit.

use crate::context::{Context, Wording, at_risk_text};
use crate::curves::{CurveRequest, incidence_curves};
use crate::survival_rows::{Row, SurvivalRows};
use codes::ExitKind;
use cohort::StayOutcome;
use estimate::{CurveKind, Estimate, Section, Shape, Unit};

pub(crate) fn rows(context: &Context<'_>) -> SurvivalRows {
    let strata = vec!["alle instellingen".to_owned()];
    let labels = ExitKind::ALL.iter().map(|kind| kind.label());
    let mut rows = SurvivalRows::new("uitstroom-soort", CurveKind::CumulativeIncidence, strata)
        .with_causes(labels);
    for (stay, observed) in context.followed_admissions() {
        let event = match observed.outcome {
            StayOutcome::Censored => 0,
            StayOutcome::Left(departure) if departure.died() => ExitKind::Died as u8 + 1,
            StayOutcome::Left(departure) => departure.reason.kind() as u8 + 1,
        };
        rows.push(&Row {
            stratum: 0,
            entry: observed.entry,
            exit: observed.exit,
            event,
            institution: stay.institution,
        });
    }
    rows
}

pub(crate) fn estimate(context: &Context<'_>) -> Estimate {
    let rows = rows(context);
    let period = context.study.intake.period_text();
    let at_risk = at_risk_text(context.study);
    let wording = Wording {
        id: "uitstroom-soort",
        section: Section::Outflow,
        unit: Unit::Clients,
        title: "Op welke manier cliënten vertrekken".into(),
        definition: format!(
            "De kans dat een cliënt binnen een aantal dagen na opname op deze manier is vertrokken \
             (Aalen–Johansen, met de andere manieren als concurrerende gebeurtenissen). Van elke \
             cliënt telt de eerste opname in {period}. De manier volgt uit de ontslagreden.{at_risk}"
        ),
        plain: "De lijnen laten zien hoe groot het deel is dat volgens plan, voortijdig of op een \
                andere manier is vertrokken.",
    };
    let horizons = context.stay_horizons();
    let request = CurveRequest {
        time_title: "dagen sinds opname",
        horizons: &horizons,
        min_events: context.study.min_events,
        main_event: None,
    };
    let outcome = incidence_curves(&rows, &request).map(Shape::Curves);
    context.result(wording, rows.size(), outcome)
}
