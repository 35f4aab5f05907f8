//! Length of stay: Kaplan–Meier with left truncation.

use crate::context::{Context, Wording, at_risk_text};
use crate::curves::{CurveRequest, survival_curves};
use crate::survival_rows::{Row, SurvivalRows};
use cohort::StayOutcome;
use estimate::{CurveKind, Estimate, Section, Shape, Unit};
use trajectory::Stay;

pub(crate) fn overall_rows(context: &Context<'_>) -> SurvivalRows {
    let strata = vec!["alle instellingen".to_owned()];
    rows(context, "verblijfsduur", strata, |_| 0)
}

pub(crate) fn per_institution_rows(context: &Context<'_>) -> SurvivalRows {
    let strata = context.institution_labels();
    rows(context, "verblijfsduur-instelling", strata, |stay| {
        context.column(stay.institution)
    })
}

fn rows(
    context: &Context<'_>,
    id: &'static str,
    strata: Vec<String>,
    stratum: impl Fn(&Stay) -> usize,
) -> SurvivalRows {
    let mut rows = SurvivalRows::new(id, CurveKind::Survival, strata).with_causes(["ontslag"]);
    for (stay, observed) in context.followed_admissions() {
        rows.push(&Row {
            stratum: stratum(&stay),
            entry: observed.entry,
            exit: observed.exit,
            event: u8::from(matches!(observed.outcome, StayOutcome::Left(_))),
            institution: stay.institution,
        });
    }
    rows
}

pub(crate) fn overall(context: &Context<'_>) -> Estimate {
    let period = context.study.intake.period_text();
    let at_risk = at_risk_text(context.study);
    let wording = Wording {
        id: "verblijfsduur",
        section: Section::Throughflow,
        unit: Unit::Clients,
        title: "Hoe lang cliënten blijven".into(),
        definition: format!(
            "De kans om na een aantal dagen nog in de instelling te zijn, vanaf de dag van opname \
             (Kaplan–Meier). Van elke cliënt telt de eerste opname in {period}. Wie er aan het eind \
             van de waarneming nog is, telt mee tot die dag. Wie pas na de opname in beeld kwam, \
             telt mee vanaf de eerste dag van de waarneming.{at_risk}"
        ),
        plain: "De lijn laat zien welk deel van de cliënten er na een tijd nog is.",
    };
    estimate(context, wording, overall_rows(context))
}

pub(crate) fn per_institution(context: &Context<'_>) -> Estimate {
    let least = context.study.min_events;
    let period = context.study.intake.period_text();
    let at_risk = at_risk_text(context.study);
    let wording = Wording {
        id: "verblijfsduur-instelling",
        section: Section::Throughflow,
        unit: Unit::Clients,
        title: "Hoe lang cliënten blijven, per instelling".into(),
        definition: format!(
            "De kans om na een aantal dagen nog in de instelling te zijn, vanaf de dag van opname \
             (Kaplan–Meier), per instelling. Van elke cliënt telt de eerste opname in {period}. Een \
             instelling met minder dan {least} ontslagen in deze groep heeft geen lijn.{at_risk}"
        ),
        plain: "Elke lijn laat zien welk deel van de cliënten van een instelling er na een tijd \
                nog is.",
    };
    estimate(context, wording, per_institution_rows(context))
}

fn estimate(context: &Context<'_>, wording: Wording, rows: SurvivalRows) -> Estimate {
    let horizons = context.stay_horizons();
    let request = CurveRequest {
        time_title: "dagen sinds opname",
        horizons: &horizons,
        min_events: context.study.min_events,
        main_event: None,
    };
    let outcome = survival_curves(&rows, &request).map(Shape::Curves);
    context.result(wording, rows.size(), outcome)
}
