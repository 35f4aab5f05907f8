//! Return: cumulative incidence from exit, with death, detention and admission elsewhere as
//! competing events.

use crate::context::{Context, Wording, days_text};
use crate::curves::{CurveRequest, incidence_curves};
use crate::survival_rows::{Row, SurvivalRows};
use cohort::{ReturnDefinition, ReturnOutcome, Scope};
use estimate::{CurveKind, Estimate, Section, Shape, Unit};
use std::borrow::Cow;
use trajectory::StayIndex;

/// The results about return.
pub(crate) const RETURN_IDS: [&str; 4] = [
    "terugkeer-elke-borg",
    "terugkeer-zelfde-borg",
    "terugkeer-elke-borg-met-timeout",
    "terugkeer-instroomcohort",
];

/// Labels of event codes 1 to 4.
const CAUSES: [&str; 4] = ["terugkeer", "overleden", "detentie", "opname elders"];

/// The event code of returning itself.
const RETURNED: u8 = 1;

fn code(outcome: ReturnOutcome) -> u8 {
    match outcome {
        ReturnOutcome::Censored => 0,
        ReturnOutcome::Returned => RETURNED,
        ReturnOutcome::Died => 2,
        ReturnOutcome::Detained => 3,
        ReturnOutcome::AdmittedElsewhere => 4,
    }
}

/// What a result asks.
struct Question<'a> {
    definition: ReturnDefinition,
    exits: Cow<'a, [StayIndex]>,
}

fn question<'a>(context: &'a Context<'_>, id: &str) -> Question<'a> {
    let rules = context.study.returns;
    let definition = match id {
        "terugkeer-zelfde-borg" => rules.definition(Scope::SameInstitution, false),
        "terugkeer-elke-borg-met-timeout" => rules.definition(Scope::AnyInstitution, true),
        _ => rules.definition(Scope::AnyInstitution, false),
    };
    let exits = match id {
        // The cohort names admissions by their first part; the exit is that of the last.
        "terugkeer-instroomcohort" => {
            let followed = context.intake.cohort.followed.iter();
            let last = followed.map(|&stay| context.episodes.last_part(stay));
            last.collect()
        }
        _ => Cow::Borrowed(context.index_exits(definition.time_outs())),
    };
    Question { definition, exits }
}

pub(crate) fn rows(context: &Context<'_>, id: &'static str) -> SurvivalRows {
    let question = question(context, id);
    let strata = vec!["alle instellingen".to_owned()];
    let mut rows =
        SurvivalRows::new(id, CurveKind::CumulativeIncidence, strata).with_causes(CAUSES);
    let delivered = &context.institutions;
    for &exit in question.exits.iter() {
        let stay = context.trajectories().stay(exit);
        let person = &context.linked.persons[stay.person.position()];
        let definition = question.definition;
        if let Some(observed) = definition.follow(&context.episodes, person, delivered, exit) {
            rows.push(&Row {
                stratum: 0,
                entry: observed.entry,
                exit: observed.exit,
                event: code(observed.outcome),
                institution: stay.institution,
            });
        }
    }
    rows
}

pub(crate) fn estimate(context: &Context<'_>, id: &'static str) -> Estimate {
    let rows = rows(context, id);
    let request = CurveRequest {
        time_title: "dagen sinds ontslag",
        horizons: &context.study.horizons,
        min_events: context.study.min_events,
        main_event: Some(RETURNED),
    };
    let outcome = incidence_curves(&rows, &request).map(Shape::Curves);
    context.result(wording(context, id), rows.size(), outcome)
}

fn wording(context: &Context<'_>, id: &'static str) -> Wording {
    let (title, plain) = match id {
        "terugkeer-zelfde-borg" => (
            "Terugkeer naar dezelfde instelling",
            "De lijn laat zien welk deel van de cliënten na ontslag opnieuw is opgenomen in \
             dezelfde instelling.",
        ),
        "terugkeer-elke-borg-met-timeout" => (
            "Terugkeer naar De Borg, time-outs meegeteld",
            "De lijn laat zien welk deel van de cliënten na ontslag opnieuw is opgenomen in een \
             Borg-instelling, ook voor een korte time-out.",
        ),
        "terugkeer-instroomcohort" => (
            "Terugkeer van cliënten uit het instroomcohort",
            "De lijn laat zien welk deel van de nieuwe cliënten na ontslag opnieuw is opgenomen; \
             omdat velen er nog zijn, is hierover vaak nog weinig te zeggen.",
        ),
        _ => (
            "Terugkeer naar De Borg",
            "De lijn laat zien welk deel van de cliënten na ontslag opnieuw is opgenomen in een \
             Borg-instelling.",
        ),
    };
    Wording {
        id,
        section: Section::Return,
        unit: Unit::Clients,
        title: title.into(),
        definition: definition_text(context, id),
        plain,
    }
}

fn definition_text(context: &Context<'_>, id: &str) -> String {
    let study = context.study;
    let days = days_text(study.returns.transfer_max_days);
    let short = days_text(study.returns.time_out_max_days);
    let whom = match id {
        "terugkeer-instroomcohort" => format!(
            "Wie: cliënten met een eerste opname in {} die daarna zijn vertrokken.",
            study.intake.period_text()
        ),
        _ => format!(
            "Wie: cliënten met een ontslag in {}; het eerste telt.",
            study.exit.period_text()
        ),
    };
    let where_to = match id {
        "terugkeer-zelfde-borg" => {
            "in dezelfde instelling; een opname in een andere Borg-instelling is een opname elders"
        }
        _ => "in een van de instellingen die leverden",
    };
    let time_out = match id {
        "terugkeer-elke-borg-met-timeout" => {
            "Een time-out telt mee: elke opname is er een, en elk vertrek ook.".to_owned()
        }
        _ => format!(
            "Een time-out telt niet mee: de cliënt blijft gevolgd. Pas na {short} staat vast wat \
             een time-out was. Daarom tellen de laatste {short} van de waarneming niet mee, en telt \
             wie voor een time-out vertrok en niet terugkwam pas mee vanaf de dag daarna."
        ),
    };
    format!(
        "De kans op een nieuwe opname {where_to}, vanaf de dag van ontslag (Aalen–Johansen). {whom} \
         Overlijden, detentie en opname elders zijn concurrerende gebeurtenissen; ze tellen vanaf de \
         dag na ontslag. Wie direct naar detentie of een kliniek ging, kan ook terugkeren en telt \
         dus mee. Een opname binnen {days} na ontslag is doorstroom en geen terugkeer. \
         {time_out} Een time-out is een opname die zo is gemeld, een verblijf van hoogstens \
         {short} dat eindigde als time-out, of de tijd tussen een vertrek om die reden en een \
         heropname binnen {short} in dezelfde instelling. Elke cliënt telt mee tot de laatste dag \
         waarop alle betrokken instellingen gegevens leverden."
    )
}
