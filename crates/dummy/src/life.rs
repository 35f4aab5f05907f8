//! A client's way through the network: stay after stay, and what happens in between.

use crate::draw::{Chance, between, happens, one_of};
use crate::parameters::Parameters;
use crate::person::{Person, draw_group};
use crate::stay::{Entry, EntryKind, Stay, later};
use calendar::Day;
use codes::*;
use rand::SeedableRng;

/// A person with all stays and all that happened after them.
#[derive(Clone)]
pub(crate) struct Life {
    pub(crate) person: Person,
    pub(crate) stays: Vec<Stay>,
    pub(crate) events: Vec<AfterExit>,
    pub(crate) exits: Vec<ExitRisk>,
}

/// Something after an exit that the institution of that exit may report.
#[derive(Clone, Copy)]
pub(crate) struct AfterExit {
    /// The stay that it comes after; its institution reports.
    pub(crate) stay: usize,
    pub(crate) day: Day,
    pub(crate) kind: EventKind,
    pub(crate) reason: ReturnReason,
    pub(crate) facility: Facility,
    pub(crate) reported: bool,
}

/// What happened first after an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A bed for a time-out in the same institution.
    TimeOut,
    /// Back after a time-out elsewhere, to the bed that was kept.
    Resumed,
    /// Readmitted in the same institution.
    SameBorg,
    /// Readmitted in another Borg institution.
    OtherBorg,
    /// Detained.
    Detention,
    /// Admitted outside De Borg.
    Elsewhere,
    /// Died.
    Death,
}

/// An exit from which a client may return, with the hazard it carries.
#[derive(Clone, Copy)]
pub(crate) struct ExitRisk {
    pub(crate) stay: usize,
    pub(crate) hazard_ratio: f64,
    pub(crate) may_time_out: bool,
    /// The client is only away for a time-out.
    pub(crate) away: bool,
    /// The first event and its day, even after the export.
    pub(crate) first: (EventKind, Day),
}

/// The stream of chance of one person: the same whatever thread invents it.
pub(crate) fn chance_of(seed: u64, person: u32) -> Chance {
    let mut chance = Chance::seed_from_u64(seed);
    chance.set_stream(u64::from(person));
    chance
}

impl Life {
    pub(crate) fn invent(number: u32, parameters: &Parameters, chance: &mut Chance) -> Self {
        let person = Person::invent(number, parameters, chance);
        let mut next = Some(first_entry(&person, chance));
        let mut life = Self {
            person,
            stays: Vec::new(),
            events: Vec::new(),
            exits: Vec::new(),
        };
        while let Some(entry) = next.filter(|entry| entry.day < parameters.calendar.observed_until)
        {
            let stay = Stay::invent(&life.person, entry, parameters, chance);
            life.stays.push(stay);
            next = life.go_on(parameters, chance);
        }
        life
    }

    /// What follows the last stay: another, or nothing more.
    fn go_on(&mut self, parameters: &Parameters, chance: &mut Chance) -> Option<Entry> {
        let stay = &self.stays[self.stays.len() - 1];
        if stay.died() {
            None
        } else if stay.is_transfer() {
            Some(transfer(stay, parameters, chance))
        } else {
            self.after_exit(parameters, chance)
        }
    }

    /// Four clocks start at the exit; the first to ring is the event. After detention or an
    /// admission elsewhere the clock of return runs on.
    fn after_exit(&mut self, parameters: &Parameters, chance: &mut Chance) -> Option<Entry> {
        let after = &parameters.after_exit;
        let at = self.stays.len() - 1;
        let hazard_ratio = self.hazard_ratio(parameters);
        let exit = self.stays[at].exit;
        let returned = later(exit, after.return_to_borg.draw(hazard_ratio, chance));
        let detained = later(exit, after.detention.draw(1.0, chance));
        let elsewhere = later(exit, after.admission_elsewhere.draw(1.0, chance));
        let died = later(exit, after.death.draw(1.0, chance));
        let stay = &self.stays[at];
        let may_time_out = stay.departure.planned;
        let time_out = may_time_out && happens(after.time_out, chance);
        let same = time_out || happens(after.same_institution, chance);
        let kind = match (time_out, same) {
            (true, _) => EventKind::TimeOut,
            (_, true) => EventKind::SameBorg,
            _ => EventKind::OtherBorg,
        };
        let others = [
            (EventKind::Detention, detained),
            (EventKind::Elsewhere, elsewhere),
            (EventKind::Death, died),
        ];
        let rival = others.into_iter().min_by_key(|event| event.1)?;
        let first = if returned <= rival.1 {
            (kind, returned)
        } else {
            rival
        };
        let institution = if same {
            stay.entry.institution
        } else {
            another(stay.entry.institution, chance)
        };
        let entry = return_entry(stay, (kind, returned, institution), parameters, chance);
        self.exits.push(ExitRisk {
            stay: at,
            hazard_ratio,
            may_time_out,
            away: false,
            first,
        });
        self.report(at, first, parameters, chance);
        if first.0 != kind && first.0 != EventKind::Death && returned < died {
            self.report(at, (kind, returned), parameters, chance);
        }
        Some(entry).filter(|_| returned < died)
    }

    fn hazard_ratio(&self, parameters: &Parameters) -> f64 {
        let stay = &self.stays[self.stays.len() - 1];
        let present = [
            self.person.substances,
            !stay.completed,
            stay.steps_two_down(),
            stay.departure.warm && stay.departure.outreach,
            stay.entry.previous,
        ];
        let ratios = parameters.after_exit.hazard_ratios.values();
        let product: f64 = ratios
            .iter()
            .zip(present)
            .filter(|(_, present)| *present)
            .map(|(ratio, _)| ratio)
            .product();
        product / parameters.after_exit.centre()
    }

    fn report(
        &mut self,
        stay: usize,
        event: (EventKind, Day),
        parameters: &Parameters,
        chance: &mut Chance,
    ) {
        let (kind, day) = event;
        let after = &parameters.after_exit;
        let own = matches!(kind, EventKind::TimeOut | EventKind::SameBorg);
        self.events.push(AfterExit {
            stay,
            day,
            kind,
            reason: after.reasons.draw(chance),
            facility: match kind {
                EventKind::Detention => Facility::Pi,
                EventKind::Elsewhere => after.elsewhere.draw(chance),
                EventKind::Death => Facility::Overleden,
                _ => Facility::BorgKlin,
            },
            reported: own || happens(after.reported, chance),
        });
    }
}

fn first_entry(person: &Person, chance: &mut Chance) -> Entry {
    let (origins, referrers) = ways_in(person.title_group);
    Entry {
        kind: EntryKind::First,
        institution: person.institution,
        day: person.first_admission,
        origin: one_of(origins, chance),
        referrer: one_of(referrers, chance),
        group: person.title_group,
        at_most: None,
        previous: false,
        kept_place: Facility::Onb,
    }
}

/// Where clients come from and who refers them; equal shares. [A]
fn ways_in(group: TitleGroup) -> (&'static [Facility], &'static [Referrer]) {
    use Facility as F;
    use Referrer as R;
    match group {
        TitleGroup::Criminal => (
            &[
                F::Pi,
                F::Pi,
                F::Pi,
                F::Fpk,
                F::Fpa,
                F::GgzKlin,
                F::ThuisZelfst,
            ],
            &[R::Diz, R::Diz, R::Reclassering, R::PmoPi, R::Om],
        ),
        TitleGroup::Civil => (
            &[F::GgzKlin, F::KibHic, F::Vg7, F::Vg6, F::ThuisOuders],
            &[R::Ciz, R::Ggz, R::Vg, R::Crisis],
        ),
        _ => (
            &[
                F::Vg6,
                F::VgOverig,
                F::LvgBeh,
                F::ThuisOuders,
                F::BeglZelfst,
                F::Vg7,
            ],
            &[R::Huisarts, R::Gemeente, R::Vg, R::Ciz],
        ),
    }
}

fn return_entry(
    stay: &Stay,
    (kind, day, institution): (EventKind, Day, Institution),
    parameters: &Parameters,
    chance: &mut Chance,
) -> Entry {
    let group = draw_group(parameters, chance);
    Entry {
        kind: if kind == EventKind::TimeOut {
            EntryKind::TimeOut
        } else {
            EntryKind::Return
        },
        institution,
        day,
        origin: stay.departure.destination,
        referrer: one_of(ways_in(group).1, chance),
        group,
        at_most: None,
        previous: stay.entry.previous || stay.entry.kind != EntryKind::TimeOut,
        kept_place: stay.departure.destination,
    }
}

fn transfer(stay: &Stay, parameters: &Parameters, chance: &mut Chance) -> Entry {
    let overlap = happens(parameters.exit.handover.overlap, chance);
    let days_early = if overlap { between(1, 7, chance) } else { 0 };
    let day = later(stay.exit, -days_early).max(later(stay.entry.day, 1));
    Entry {
        kind: EntryKind::Transfer,
        institution: another(stay.entry.institution, chance),
        day,
        origin: Facility::BorgKlin,
        referrer: Referrer::Borg,
        group: stay.entry.group,
        at_most: Some(SecurityLevel::Closed),
        previous: true,
        kept_place: Facility::Onb,
    }
}

fn another(institution: Institution, chance: &mut Chance) -> Institution {
    let others: Vec<_> = Institution::ALL
        .iter()
        .copied()
        .filter(|&i| i != institution)
        .collect();
    one_of(&others, chance)
}
