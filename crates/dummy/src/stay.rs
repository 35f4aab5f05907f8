//! One stay: how long, how it ends, the placements in it.

use crate::draw::{Chance, MONTH, Weibull, between, happens, one_of};
use crate::law::{Spell, funding_of, titles_of};
use crate::parameters::Parameters;
use crate::person::Person;
use calendar::Day;
use codes::*;

/// Why a stay began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// The first stay of all.
    First,
    /// After an exit, for treatment.
    Return,
    /// After an exit, for a short time, the place elsewhere being kept.
    TimeOut,
    /// Straight from another Borg institution.
    Transfer,
    /// Back from a time-out elsewhere: the same stay goes on.
    Resumed,
}

/// How a stay begins.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) kind: EntryKind,
    pub(crate) institution: Institution,
    pub(crate) day: Day,
    pub(crate) origin: Facility,
    pub(crate) referrer: Referrer,
    pub(crate) group: TitleGroup,
    /// The highest level that fits the step before, if there was one.
    pub(crate) at_most: Option<SecurityLevel>,
    /// Whether the client stayed in De Borg before, time-outs left out.
    pub(crate) previous: bool,
    /// Where a time-out ends.
    pub(crate) kept_place: Facility,
}

/// A stretch on one ward.
#[derive(Clone, Copy)]
pub(crate) struct Placement {
    pub(crate) start: Day,
    pub(crate) end: Day,
    pub(crate) security: SecurityLevel,
    pub(crate) phase: Phase,
    pub(crate) group_type: GroupType,
}

/// How a stay ends.
#[derive(Clone, Copy)]
pub(crate) struct Departure {
    pub(crate) reason: ExitReason,
    pub(crate) planned: bool,
    pub(crate) destination: Facility,
    pub(crate) security: Option<SecurityLevel>,
    pub(crate) warm: bool,
    pub(crate) handover_days: i32,
    pub(crate) outreach: bool,
}

/// A stay in one institution, told to its end even where that lies after the export.
#[derive(Clone)]
pub(crate) struct Stay {
    pub(crate) entry: Entry,
    /// Days from referral to admission.
    pub(crate) waited: i32,
    pub(crate) refused_before: bool,
    pub(crate) completed: bool,
    pub(crate) exit: Day,
    pub(crate) ready: Option<Day>,
    pub(crate) departure: Departure,
    pub(crate) placements: Vec<Placement>,
    pub(crate) titles: Vec<Spell<Title>>,
    pub(crate) fundings: Vec<Spell<Funding>>,
}

impl Stay {
    pub(crate) fn invent(
        person: &Person,
        entry: Entry,
        parameters: &Parameters,
        chance: &mut Chance,
    ) -> Self {
        let (completed, planned_days) = length(&entry, parameters, chance);
        let death = Weibull {
            shape: 1.0,
            at_12_months: parameters.stay.death_per_year.max(1e-9),
        };
        let death_days = death.draw(1.0, chance);
        let died = death_days < planned_days;
        let days = planned_days.min(death_days);
        let start = start_level(&entry, parameters, chance);
        let mut departure = draw_departure(&entry, completed, parameters, chance);
        let level_needed = departure.security.filter(|_| completed && !died);
        let placements = placements(
            &entry,
            (days, completed),
            (start, level_needed),
            parameters,
            chance,
        );
        let last = placements[placements.len() - 1].security;
        if died {
            departure = DEATH;
        } else {
            departure.settle_reason(&entry, completed, last, chance);
        }
        let exit = later(entry.day, days);
        let titles = titles_of(&entry, exit, &placements, parameters, chance);
        let fundings = funding_of(&titles, person.age_on(entry.day));
        let ready = (completed && !died && entry.kind != EntryKind::TimeOut).then(|| {
            let waiting = parameters.stay.waiting_days.draw(chance) as i32;
            later(exit, -waiting.min(days / 2))
        });
        let waited = (parameters.stay.referral_days.draw(chance) as i32).clamp(3, 400);
        let refused_before = happens(parameters.stay.refused_before, chance);
        Self {
            entry,
            waited,
            refused_before,
            completed,
            exit,
            ready,
            departure,
            placements,
            titles,
            fundings,
        }
    }

    /// The exit, if it falls before the export.
    pub(crate) fn exit_before(&self, until: Day) -> Option<Day> {
        Some(self.exit).filter(|&exit| exit < until)
    }

    pub(crate) fn last_level(&self) -> SecurityLevel {
        self.placements[self.placements.len() - 1].security
    }

    /// Whether the client went straight on to another Borg institution.
    pub(crate) fn is_transfer(&self) -> bool {
        self.departure.destination == Facility::BorgKlin
    }

    pub(crate) fn died(&self) -> bool {
        self.departure.reason == ExitReason::Died
    }

    /// Whether the step down at exit is at least two levels.
    pub(crate) fn steps_two_down(&self) -> bool {
        self.departure
            .security
            .is_some_and(|level| self.last_level().rank() - level.rank() >= 2)
    }
}

/// No stay is drawn shorter than this, so that stays which overlap at a transfer never meet a
/// next stay in the first institution.
const SHORTEST_STAY: i32 = 14;

const DEATH: Departure = Departure {
    reason: ExitReason::Died,
    planned: false,
    destination: Facility::Overleden,
    security: None,
    warm: false,
    handover_days: 0,
    outreach: false,
};

pub(crate) fn later(day: Day, days: i32) -> Day {
    Day::from_number(day.number() + days)
}

fn length(entry: &Entry, parameters: &Parameters, chance: &mut Chance) -> (bool, i32) {
    if entry.kind == EntryKind::TimeOut {
        let [shortest, longest] = parameters.after_exit.time_out_days;
        return (true, between(shortest, longest, chance));
    }
    let completed = !happens(parameters.stay.premature, chance);
    let months = if completed {
        parameters.stay.completed_months
    } else {
        parameters.stay.premature_months
    };
    let days = (months.draw(chance) * MONTH).ceil() as i32;
    (completed, days.clamp(SHORTEST_STAY, 365 * 40))
}

fn start_level(entry: &Entry, parameters: &Parameters, chance: &mut Chance) -> SecurityLevel {
    if entry.kind == EntryKind::TimeOut {
        return SecurityLevel::Closed;
    }
    let security = &parameters.security;
    let level = match entry.group {
        TitleGroup::Criminal => &security.criminal,
        TitleGroup::Civil => &security.civil,
        TitleGroup::Voluntary | TitleGroup::Unknown => &security.voluntary,
    }
    .draw(chance);
    entry.at_most.map_or(level, |most| level.min(most))
}

fn draw_departure(
    entry: &Entry,
    completed: bool,
    parameters: &Parameters,
    chance: &mut Chance,
) -> Departure {
    let exit = &parameters.exit;
    let destination = match (entry.kind, completed) {
        (EntryKind::TimeOut, _) => entry.kept_place,
        (_, true) => exit.planned.draw(chance),
        (_, false) => exit.premature.draw(chance),
    };
    let warm = completed && happens(exit.handover.warm, chance);
    let outreach_share = if warm {
        exit.handover.outreach_if_warm
    } else {
        exit.handover.outreach_otherwise
    };
    Departure {
        reason: ExitReason::Other,
        planned: completed,
        destination,
        security: security_at(destination),
        warm,
        handover_days: if warm { between(3, 42, chance) } else { 0 },
        outreach: completed && happens(outreach_share, chance),
    }
}

fn security_at(destination: Facility) -> Option<SecurityLevel> {
    match destination {
        Facility::BorgKlin => Some(SecurityLevel::Closed),
        Facility::BorgVerblijf => Some(SecurityLevel::Open),
        other => other.usual_security(),
    }
}

impl Departure {
    /// The reason that fits the destination, given the last level of security.
    fn settle_reason(
        &mut self,
        entry: &Entry,
        completed: bool,
        last: SecurityLevel,
        chance: &mut Chance,
    ) {
        let higher = self.security.is_some_and(|level| level > last);
        let lower = self.security.is_some_and(|level| level < last);
        if completed && higher {
            // No step up without a fall: an open clinic instead.
            self.destination = Facility::GgzKlin;
            self.security = security_at(Facility::GgzKlin);
        }
        self.reason = match (entry.kind, completed) {
            (EntryKind::TimeOut, _) => ExitReason::TimeOut,
            (_, true) if lower && happens(0.6, chance) => ExitReason::StepDown,
            (_, true) => one_of(
                &[
                    ExitReason::Completed,
                    ExitReason::Completed,
                    ExitReason::Completed,
                    ExitReason::TitleEnd,
                ],
                chance,
            ),
            (_, false) => match self.destination {
                Facility::Pi => ExitReason::Detention,
                Facility::Onttrokken => ExitReason::Absconded,
                _ if higher => ExitReason::StepUp,
                Facility::ThuisOuders | Facility::ThuisZelfst | Facility::Mo => {
                    ExitReason::EarlyClient
                }
                _ => ExitReason::EarlyInstitution,
            },
        };
    }
}

type Levels = (SecurityLevel, Option<SecurityLevel>);

fn placements(
    entry: &Entry,
    (days, completed): (i32, bool),
    (start, needed): Levels,
    parameters: &Parameters,
    chance: &mut Chance,
) -> Vec<Placement> {
    let stay = &parameters.stay;
    let floor = needed.map_or(SecurityLevel::Open, |level| level.min(start));
    let observed = if entry.kind == EntryKind::TimeOut {
        days
    } else {
        stay.observation_days
    };
    let mut marks = vec![(0, start, Phase::Observation)];
    if days > observed + 60 {
        marks.push((observed, start, Phase::Treatment));
    }
    let mut level = start;
    if days > observed + 240 && happens(stay.step_down, chance) {
        level = step_down(level).max(floor);
        marks.push((observed + (days - observed) / 2, level, Phase::Treatment));
    }
    if completed && days > observed + 240 && happens(stay.resocialisation, chance) {
        level = step_down(level).max(floor);
        marks.push((days - (days - observed) / 4, level, Phase::Resocialisation));
    }
    let ends = marks.iter().skip(1).map(|mark| mark.0).chain([days]);
    marks
        .iter()
        .zip(ends)
        .map(|(&(from, security, phase), until)| Placement {
            start: later(entry.day, from),
            end: later(entry.day, until),
            security,
            phase,
            group_type: group_type(phase, chance),
        })
        .collect()
}

fn step_down(level: SecurityLevel) -> SecurityLevel {
    SecurityLevel::at((level as usize).saturating_sub(1)).unwrap_or(SecurityLevel::Open)
}

fn group_type(phase: Phase, chance: &mut Chance) -> GroupType {
    use GroupType as G;
    match phase {
        Phase::Observation => one_of(&[G::MediumHigh, G::High, G::Medium], chance),
        Phase::Treatment => one_of(&[G::Medium, G::LowMedium, G::MediumHigh], chance),
        Phase::Resocialisation | Phase::Ambulant => one_of(&[G::Low, G::LowMedium], chance),
    }
}
