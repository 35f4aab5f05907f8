//! What each factor is of a client on a day.

use crate::characteristics::age_at;
use crate::context::Context;
use crate::security_step::step_at_exit;
use calendar::RelativeDay;
use codes::{ExitKind, Funding, Sex, SubstanceStatus, TitleGroup};
use cohort::Factor;
use trajectory::{Rule, Stay};

/// How a factor is measured.
pub(crate) enum Scale {
    /// In levels, the reference first.
    Levels(&'static [&'static str]),
    /// As a number, of which the coefficient is per this many.
    Number { step: f64, per: &'static str },
}

/// What a factor is called, and how it is measured.
pub(crate) fn scale(factor: Factor) -> (&'static str, Scale) {
    use Scale::{Levels, Number};
    let no_yes = |no: &'static [&'static str]| Levels(no);
    match factor {
        Factor::Title => (
            "Juridische titel",
            Levels(&["vrijwillig", "civielrechtelijk", "strafrechtelijk"]),
        ),
        Factor::Funding => (
            "Financiering",
            Levels(&[
                "Wet langdurige zorg",
                "Zorgverzekeringswet",
                "forensische zorg",
                "anders",
            ]),
        ),
        Factor::Security => (
            "Beveiligingsniveau",
            Levels(&["0 of 1", "2 laag", "2 hoog of hoger"]),
        ),
        Factor::Age => (
            "Leeftijd",
            Number {
                step: 10.0,
                per: "per 10 jaar ouder",
            },
        ),
        Factor::Sex => ("Geslacht", no_yes(&["man", "vrouw"])),
        Factor::Iq => (
            "Totaal IQ",
            Number {
                step: 10.0,
                per: "per 10 punten hoger",
            },
        ),
        Factor::Substances => ("Middelengebruik", no_yes(&["nooit", "nu of vroeger"])),
        Factor::EarlierStay => ("Eerder verblijf in De Borg", no_yes(&["nee", "ja"])),
        Factor::Premature => (
            "Manier van vertrek",
            no_yes(&["volgens plan", "voortijdig"]),
        ),
        Factor::SecurityStep => (
            "Stap in beveiliging",
            no_yes(&[
                "minder dan twee niveaus lager",
                "twee of meer niveaus lager",
            ]),
        ),
        Factor::Handover => (
            "Warme overdracht en ambulante nazorg",
            no_yes(&["niet allebei", "allebei"]),
        ),
    }
}

/// The value of a factor for a stay on a day: the position of a level, or a number; NaN where it
/// is unknown.
pub(crate) fn value(
    context: &Context<'_>,
    factor: Factor,
    (stay, day): (&Stay, RelativeDay),
) -> f64 {
    let client = &context.linked.content.clients[stay.client.position()];
    let person = &context.linked.persons[stay.person.position()];
    let level = match factor {
        Factor::Title => title(context, stay, day),
        Factor::Funding => funding(context, stay, day),
        Factor::Security => security(context, stay, day),
        Factor::Age => return number(age_at(context, stay).map(f64::from)),
        Factor::Iq => return number(client.iq.map(f64::from)),
        Factor::Sex => match person.sex {
            Sex::Male => Some(0),
            Sex::Female => Some(1),
            Sex::Other | Sex::Unknown => None,
        },
        Factor::Substances => match client.substance_status {
            Some(SubstanceStatus::Never) => Some(0),
            Some(SubstanceStatus::Unknown) | None => None,
            Some(_) => Some(1),
        },
        Factor::EarlierStay => Some(usize::from(stayed_before(context, stay))),
        Factor::Premature => stay
            .departure()
            .and_then(|departure| match departure.reason.kind() {
                ExitKind::Planned => Some(0),
                ExitKind::Premature | ExitKind::StepUp => Some(1),
                ExitKind::Died | ExitKind::Other => None,
            }),
        Factor::SecurityStep => step_at_exit(context, stay).map(|step| usize::from(step >= 2)),
        Factor::Handover => context.handover(stay),
    };
    number(level.map(|level| level as f64))
}

fn number(value: Option<f64>) -> f64 {
    value.unwrap_or(f64::NAN)
}

/// The heaviest title that runs.
fn title(context: &Context<'_>, stay: &Stay, day: RelativeDay) -> Option<usize> {
    let titles = context.trajectories().titles_of(stay.person).iter();
    let running = titles.filter(|spell| spell.runs_on(day));
    match running.map(|spell| spell.title.group()).min()? {
        TitleGroup::Voluntary => Some(0),
        TitleGroup::Civil => Some(1),
        TitleGroup::Criminal => Some(2),
        TitleGroup::Unknown => None,
    }
}

/// The funding that began last of those that run.
fn funding(context: &Context<'_>, stay: &Stay, day: RelativeDay) -> Option<usize> {
    let fundings = context.trajectories().fundings_of(stay.person).iter();
    let running = fundings.filter(|spell| spell.runs_on(day));
    let latest = running.max_by_key(|spell| (spell.start, std::cmp::Reverse(spell.funding)))?;
    match latest.funding {
        Funding::Wlz => Some(0),
        Funding::Zvw => Some(1),
        Funding::Fz | Funding::Overbr => Some(2),
        Funding::Onb => None,
        _ => Some(3),
    }
}

fn security(context: &Context<'_>, stay: &Stay, day: RelativeDay) -> Option<usize> {
    let trajectories = context.trajectories();
    let (_, level) = trajectories.state_on(stay.person, Rule::LatestAdmission, day)?;
    Some(match level?.rank() {
        ..=1 => 0,
        2 => 1,
        _ => 2,
    })
}

/// Whether the client had left De Borg before this stay began.
fn stayed_before(context: &Context<'_>, stay: &Stay) -> bool {
    let stays = context.trajectories().stays_of(stay.person).iter();
    let mut ends = stays.filter(|other| other.admission != stay.admission);
    ends.any(|other| other.left().is_some_and(|left| left <= stay.admitted))
}
