//! What goes with leaving and with coming back: models of several factors at once.

mod complete;
mod design;
mod export;
mod fit;
mod rows;
mod values;

use crate::context::{Context, Wording, at_risk_text, days_text};
use calendar::{DayCount, DayPoint, RelativeDay};
use codes::ExitKind;
use cohort::{Factor, ReturnOutcome, Scope, StayOutcome};
pub use export::factor_csv;

use complete::{IMPUTATIONS, completed};
use design::{Coding, Design, Term};
use estimate::{Caveat, Count, Effect, Estimate, NotEstimable, Regression, Section, Shape, Unit};
use fit::{Fitted, Hazard, Problem, Unfitted};
use rows::{Piece, RiskRows};
use std::collections::BTreeSet;
use trajectory::Stay;
use values::value;

/// The results about factors.
pub(crate) const FACTOR_IDS: [&str; 6] = [
    "factoren-gepland",
    "factoren-gepland-kans",
    "factoren-voortijdig",
    "factoren-voortijdig-kans",
    "factoren-terugkeer",
    "factoren-terugkeer-kans",
];

/// What is asked of whom.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Planned,
    Premature,
    Return,
}

struct Question {
    id: &'static str,
    outcome: Outcome,
    hazard: Hazard,
}

impl Question {
    fn of(id: &'static str) -> Self {
        let outcome = match id {
            "factoren-gepland" | "factoren-gepland-kans" => Outcome::Planned,
            "factoren-voortijdig" | "factoren-voortijdig-kans" => Outcome::Premature,
            _ => Outcome::Return,
        };
        let hazard = match id.ends_with("-kans") {
            true => Hazard::Subdistribution,
            false => Hazard::CauseSpecific,
        };
        Self {
            id,
            outcome,
            hazard,
        }
    }

    /// The code of the event in [`RiskRows::event`].
    fn cause(&self) -> u8 {
        match self.outcome {
            Outcome::Planned => ExitKind::Planned as u8 + 1,
            Outcome::Premature => ExitKind::Premature as u8 + 1,
            Outcome::Return => RETURNED,
        }
    }

    fn label(&self) -> &'static str {
        match self.outcome {
            Outcome::Planned => "gepland vertrek",
            Outcome::Premature => "voortijdig vertrek",
            Outcome::Return => "terugkeer",
        }
    }
}

/// The event code of returning.
const RETURNED: u8 = 1;

pub(crate) fn estimate(context: &Context<'_>, id: &'static str) -> Estimate {
    let question = Question::of(id);
    let rows = rows(context, &question);
    let basis = rows.count(|_| true);
    let outcome = if basis.count == 0 {
        Err(NotEstimable::EmptyCohort)
    } else {
        let found = model(context, &question, &rows);
        found.map(|model| Shape::Regression(regression(&question, &rows, &model)))
    };
    context.result(wording(context, &question), basis, outcome)
}

/// The rows of a question. A model of chances over time asks what was known at the start.
fn rows(context: &Context<'_>, question: &Question) -> RiskRows {
    let rows = match question.outcome {
        Outcome::Planned | Outcome::Premature => stays(context),
        Outcome::Return => exits(context),
    };
    let rows = rows.sorted();
    match question.hazard {
        Hazard::CauseSpecific => rows,
        Hazard::Subdistribution => rows.followed_from_start(),
    }
}

/// Stays from admission on, cut where a title, the funding or the security changes.
fn stays(context: &Context<'_>) -> RiskRows {
    let known = |factor: &Factor| !factor.is_known_at_exit();
    let mut rows = RiskRows::new(factors(context, known));
    for (stay, observed) in context.followed_admissions() {
        let event = match observed.outcome {
            StayOutcome::Censored => 0,
            StayOutcome::Left(departure) if departure.died() => ExitKind::Died as u8 + 1,
            StayOutcome::Left(departure) => departure.reason.kind() as u8 + 1,
        };
        let days = changes(context, &stay, (observed.entry, observed.exit));
        let pieces = days.into_iter().map(|from| {
            // What holds on a day is set against what happens after it.
            let day = stay.admitted.plus(DayCount::new(from.max(0)));
            let values = rows.factors.iter();
            Piece {
                from,
                values: values
                    .map(|&factor| value(context, factor, (&stay, day)))
                    .collect(),
            }
        });
        let pieces = pieces.collect();
        rows.add(stay.institution, pieces, (observed.exit, event));
    }
    rows
}

/// The days since admission from which something may be different, the first being the entry.
fn changes(context: &Context<'_>, stay: &Stay, (entry, exit): (i32, i32)) -> BTreeSet<i32> {
    let trajectories = context.trajectories();
    let titles = trajectories.titles_of(stay.person).iter();
    let fundings = trajectories.fundings_of(stay.person).iter();
    let placements = trajectories.placements_of(stay).iter();
    let spells = titles
        .map(|spell| (spell.start, spell.end))
        .chain(fundings.map(|spell| (spell.start, spell.end)))
        .chain(placements.map(|spell| (spell.start, spell.end)));
    let days = spells.flat_map(|(start, end)| [Some(start), end]).flatten();
    let since = days.map(|day| day.since(stay.admitted).get());
    let inside = since.filter(|&day| entry.max(0) < day && day < exit);
    inside.chain([entry]).collect()
}

/// Exits, followed until return, with what was known on the last day.
fn exits(context: &Context<'_>) -> RiskRows {
    let mut rows = RiskRows::new(factors(context, |_| true));
    let definition = context
        .study
        .returns
        .definition(Scope::AnyInstitution, false);
    for &exit in context.index_exits(definition.time_outs()) {
        let stay = context.episodes.read(exit, definition.time_outs());
        let person = &context.linked.persons[stay.person.position()];
        let delivered = &context.institutions;
        let followed = definition.follow(&context.episodes, person, delivered, exit);
        let (Some(observed), Some(left)) = (followed, stay.left()) else {
            continue;
        };
        let event = match observed.outcome {
            ReturnOutcome::Censored => 0,
            ReturnOutcome::Returned => RETURNED,
            ReturnOutcome::Died => 2,
            ReturnOutcome::Detained => 3,
            ReturnOutcome::AdmittedElsewhere => 4,
        };
        // How a stay ended is said of the part that it ended with.
        let last = context
            .trajectories()
            .stay(context.episodes.last_part(exit));
        let stay = Stay {
            admission: last.admission,
            ..stay
        };
        let last_day = RelativeDay::from_number(left.number() - 1).max(stay.admitted);
        let values = rows.factors.iter();
        let piece = Piece {
            from: observed.entry,
            values: values
                .map(|&factor| value(context, factor, (&stay, last_day)))
                .collect(),
        };
        rows.add(stay.institution, vec![piece], (observed.exit, event));
    }
    rows
}

fn factors(context: &Context<'_>, asked: impl Fn(&Factor) -> bool) -> Vec<Factor> {
    let mut factors: Vec<Factor> = Vec::new();
    for &factor in context.study.factors.iter().filter(|factor| asked(factor)) {
        if !factors.contains(&factor) {
            factors.push(factor);
        }
    }
    factors
}

/// A model that the data can carry.
struct Model {
    design: Design,
    /// The values of all factors in all rows, once per imputation.
    completed: Vec<Vec<Vec<f64>>>,
    fitted: Fitted,
    events: Count,
}

/// Fits the factors that the data can carry; a term that says nothing beside the others goes.
fn model(
    context: &Context<'_>,
    question: &Question,
    rows: &RiskRows,
) -> Result<Model, NotEstimable> {
    let least = context.study.min_events;
    let cause = question.cause();
    let events = rows.count(|subject| rows.event[subject] == cause);
    let too_few = |needed| NotEstimable::TooFewEvents {
        seen: events.count,
        needed,
    };
    if events.count < least {
        return Err(too_few(least));
    }
    let mut design = Design::new(rows, cause, least);
    loop {
        if design.terms.is_empty() {
            return Err(too_few(least * 2));
        }
        let problem = Problem {
            rows,
            design: &design,
            cause,
            hazard: question.hazard,
            events: events.count,
        };
        let completed = completed(rows, &design, cause).map_err(|_| NotEstimable::NotObserved)?;
        match problem.fit(&completed) {
            Ok(fitted) => {
                return Ok(Model {
                    design,
                    completed,
                    fitted,
                    events,
                });
            }
            Err(Unfitted::Aliased(columns)) => design = design.without(&columns),
            Err(Unfitted::TooFewEvents(needed)) => return Err(too_few(needed)),
            Err(Unfitted::NotEstimable) => return Err(NotEstimable::NotObserved),
        }
    }
}

fn regression(question: &Question, rows: &RiskRows, model: &Model) -> Regression {
    let (design, fitted) = (&model.design, &model.fitted);
    Regression {
        outcome: question.label().to_owned(),
        effect: match question.hazard {
            Hazard::CauseSpecific => Effect::HazardRatio,
            Hazard::Subdistribution => Effect::SubdistributionRatio,
        },
        method: fitted.method,
        size: rows.count(|_| true),
        events: Some(model.events),
        residual_df: model.events.count.saturating_sub(design.columns() as u64),
        caveats: caveats(design, fitted, model.completed.len()),
        terms: terms(design, fitted),
    }
}

fn caveats(design: &Design, fitted: &Fitted, times: usize) -> Vec<Caveat> {
    let mut caveats: Vec<Caveat> = Vec::new();
    let doubtful = fitted.not_proportional.iter();
    caveats.extend(doubtful.map(|&term| Caveat::NotProportional(term)));
    if times > 1 {
        caveats.push(Caveat::Imputed(IMPUTATIONS));
    }
    if design.left_out > 0 {
        caveats.push(Caveat::TermsLeftOut(design.left_out));
    }
    caveats
}

fn terms(design: &Design, fitted: &Fitted) -> Vec<estimate::Term> {
    let mut ratios = fitted.ratios.iter().copied();
    let mut next = || ratios.next().expect("there is a ratio for every column");
    let coding = |term: &Term, next: &mut dyn FnMut() -> estimate::Interval| match &term.coding {
        Coding::Number { per, .. } => estimate::Coding::Slope {
            per: (*per).to_owned(),
            effect: next(),
        },
        Coding::Levels(levels) => {
            let levels = levels.iter().enumerate();
            let level = |(position, level): (usize, &design::Level)| estimate::Level {
                label: level.label.to_owned(),
                size: level.size,
                events: level.events,
                effect: (position > 0).then(&mut *next),
            };
            estimate::Coding::Levels(levels.map(level).collect())
        }
    };
    let terms = design.terms.iter();
    terms
        .map(|term| estimate::Term {
            label: term.label.to_owned(),
            coding: coding(term, &mut next),
            missing: term.missing,
        })
        .collect()
}

fn wording(context: &Context<'_>, question: &Question) -> Wording {
    let chance = question.hazard == Hazard::Subdistribution;
    let (title, plain) = match (question.outcome, chance) {
        (Outcome::Planned, false) => (
            "Wat samengaat met sneller gepland vertrek",
            "Rechts van de lijn vertrekken cliënten sneller volgens plan dan de groep waarmee zij worden vergeleken.",
        ),
        (Outcome::Planned, true) => (
            "Wat samengaat met een grotere kans op gepland vertrek",
            "Rechts van de lijn is de kans op gepland vertrek groter dan in de groep waarmee wordt vergeleken.",
        ),
        (Outcome::Premature, false) => (
            "Wat samengaat met sneller voortijdig vertrek",
            "Rechts van de lijn vertrekken cliënten sneller voortijdig dan de groep waarmee zij worden vergeleken.",
        ),
        (Outcome::Premature, true) => (
            "Wat samengaat met een grotere kans op voortijdig vertrek",
            "Rechts van de lijn is de kans op voortijdig vertrek groter dan in de groep waarmee wordt vergeleken.",
        ),
        (Outcome::Return, false) => (
            "Wat samengaat met snellere terugkeer",
            "Rechts van de lijn keren cliënten sneller terug dan de groep waarmee zij worden vergeleken.",
        ),
        (Outcome::Return, true) => (
            "Wat samengaat met een grotere kans op terugkeer",
            "Rechts van de lijn is de kans op terugkeer groter dan in de groep waarmee wordt vergeleken.",
        ),
    };
    Wording {
        id: question.id,
        section: Section::Factors,
        unit: Unit::Clients,
        title: title.into(),
        definition: definition(context, question),
        plain,
    }
}

fn definition(context: &Context<'_>, question: &Question) -> String {
    let study = context.study;
    let who = match question.outcome {
        Outcome::Return => format!(
            "Cliënten met een ontslag in {}, gevolgd vanaf hun eerste ontslag. Terugkeer is een \
             nieuwe opname in een van de instellingen die leverden; time-outs en opnames binnen {} \
             tellen niet. Overlijden, detentie en opname elders zijn andere gebeurtenissen.",
            study.exit.period_text(),
            days_text(study.returns.transfer_max_days),
        ),
        _ => format!(
            "Cliënten met een opname in {}, gevolgd vanaf hun eerste opname. De andere manieren van \
             vertrekken zijn andere gebeurtenissen.{}",
            study.intake.period_text(),
            at_risk_text(study),
        ),
    };
    let model = match question.hazard {
        Hazard::CauseSpecific => {
            "Verhoudingen van de snelheid onder wie er nog is (Cox per oorzaak). Juridische titel, \
             financiering en beveiliging veranderen mee met de tijd; de aantallen per groep zijn die \
             van de laatste waarneming."
        }
        Hazard::Subdistribution => {
            "Verhoudingen van de kans door de tijd heen (Fine en Gray), met wat aan het begin bekend \
             was, voor wie vanaf de eerste dag is gevolgd."
        }
    };
    format!(
        "{who} {model} Alle kenmerken staan samen in het model, met een eigen basislijn voor elke \
         instelling. Een kenmerk waarvan een groep minder dan {} cliënten of gebeurtenissen heeft, \
         staat er niet in.",
        study.min_events
    )
}
