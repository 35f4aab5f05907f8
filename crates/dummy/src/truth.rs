//! What is true of the network, to be kept beside the deliveries.

use crate::life::{EventKind, ExitRisk, Life};
use crate::network::{Dirt, Network};
use crate::parameters::Parameters;
use crate::stay::EntryKind;
use crate::tables::{Window, years};
use calendar::Day;
use codes::{Coded, Institution, LegalGround};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// The truth about a network.
#[derive(Clone, Debug, Serialize)]
pub struct Truth {
    /// Delivered from this day on.
    #[serde(serialize_with = "iso")]
    pub observed_from: Day,
    /// Delivered up to this day.
    #[serde(serialize_with = "iso")]
    pub observed_until: Day,
    /// Which clients of the institutions are the same person.
    pub links: Vec<TrueLink>,
    /// All stays that are delivered.
    pub stays: Vec<TrueStay>,
    /// Admissions per institution and calendar year, within the window; here and in the next
    /// two without those who objected.
    pub admissions: BTreeMap<&'static str, BTreeMap<i32, u32>>,
    /// Exits within the window by destination.
    pub exits_by_destination: BTreeMap<&'static str, u32>,
    /// Exits within the window by reason.
    pub exits_by_reason: BTreeMap<&'static str, u32>,
    /// All exits within the window after which a return was possible, and what happened first.
    pub exits: Vec<TrueExit>,
}

/// A client of an institution, and the person it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrueLink {
    /// The institution.
    pub institution: &'static str,
    /// Its own client number.
    pub client_id: String,
    /// The person, from 0.
    pub person: u32,
    /// Whether the person objected to use in research.
    pub objection: bool,
}

/// One delivered stay.
#[derive(Clone, Debug, Serialize)]
pub struct TrueStay {
    /// The person.
    pub person: u32,
    /// The institution.
    pub institution: &'static str,
    /// Why it began.
    pub kind: EntryKind,
    /// First day.
    #[serde(serialize_with = "iso")]
    pub admitted: Day,
    /// Day of exit, if delivered.
    #[serde(serialize_with = "iso_option")]
    pub exit: Option<Day>,
    /// Destination, if left.
    pub destination: Option<&'static str>,
    /// Whether that exit is for a time-out elsewhere, after which the client comes back.
    pub away: bool,
    /// Whether the person objected to use in research.
    pub objection: bool,
}

/// An exit from which the client may return.
#[derive(Clone, Debug, Serialize)]
pub struct TrueExit {
    /// The person.
    pub person: u32,
    /// The institution.
    pub institution: &'static str,
    /// Day of exit.
    #[serde(serialize_with = "iso")]
    pub day: Day,
    /// Whether it ended a bed for a time-out.
    pub time_out: bool,
    /// Whether it is for a time-out elsewhere, after which the client comes back.
    pub away: bool,
    /// The true hazard ratio of return.
    pub hazard_ratio: f64,
    /// Whether the exit was planned, so that a return may be a time-out.
    pub may_time_out: bool,
    /// What happened first, if before the export.
    pub first_event: Option<EventKind>,
    /// When.
    #[serde(serialize_with = "iso_option")]
    pub event_day: Option<Day>,
    /// Whether the person objected to use in research.
    pub objection: bool,
}

fn iso<S: Serializer>(day: &Day, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

fn iso_option<S: Serializer>(day: &Option<Day>, serializer: S) -> Result<S::Ok, S::Error> {
    match day {
        Some(day) => iso(day, serializer),
        None => serializer.serialize_none(),
    }
}

impl Truth {
    pub(crate) fn of(network: &Network, dirt: Dirt) -> Self {
        let window = network.window;
        let objects = |person: u32| {
            dirt.content && network.clients[person as usize].traits.ground == LegalGround::Objection
        };
        let links = links(network, objects);
        let delivered = || {
            network.clients.iter().flat_map(move |client| {
                let life = &client.life;
                (0..life.stays.len())
                    .filter(move |&at| window.delivers(&life.stays[at]))
                    .map(move |at| (life, at))
            })
        };
        let stays = delivered()
            .map(|(life, at)| true_stay(life, at, window, objects))
            .collect();
        let mut admissions = no_admissions(window);
        let mut exits_by_destination = BTreeMap::new();
        let mut exits_by_reason = BTreeMap::new();
        for (life, at) in delivered().filter(|(life, _)| !objects(life.person.number)) {
            let stay = &life.stays[at];
            if window.holds(stay.entry.day) {
                let years = admissions.entry(stay.entry.institution.key()).or_default();
                *years.entry(stay.entry.day.year()).or_default() += 1;
            }
            if window.holds(stay.exit) {
                *exits_by_destination
                    .entry(stay.departure.destination.key())
                    .or_default() += 1;
                *exits_by_reason
                    .entry(stay.departure.reason.key())
                    .or_default() += 1;
            }
        }
        let exits = network
            .clients
            .iter()
            .flat_map(|client| client.life.exits.iter().map(|exit| (&client.life, exit)))
            .filter(|(life, exit)| window.holds(life.stays[exit.stay].exit))
            .map(|(life, exit)| true_exit(life, exit, window, objects))
            .collect();
        Self {
            observed_from: window.from,
            observed_until: window.until,
            links,
            stays,
            admissions,
            exits_by_destination,
            exits_by_reason,
            exits,
        }
    }

    /// The pairs of clients, of different institutions, that are one person: what linking should
    /// find.
    pub fn pairs(&self) -> u64 {
        let mut clients: BTreeMap<u32, u64> = BTreeMap::new();
        for link in &self.links {
            *clients.entry(link.person).or_default() += 1;
        }
        clients.values().map(|count| count * (count - 1) / 2).sum()
    }

    /// The links as CSV: institution, client number, person.
    pub fn links_csv(&self) -> String {
        let mut text = String::from("instelling_code,client_id,persoon\n");
        for link in &self.links {
            text.push_str(&format!(
                "{},{},{}\n",
                link.institution, link.client_id, link.person
            ));
        }
        text
    }

    /// The truth as JSON.
    ///
    /// # Errors
    /// Never for values that this crate makes; the signature is that of the serialiser.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }
}

fn links(network: &Network, objects: impl Fn(u32) -> bool) -> Vec<TrueLink> {
    let mut links = Vec::new();
    for &institution in Institution::ALL {
        let (_, known) = network.write_down(institution, Dirt::NONE);
        links.extend(known.into_iter().map(|(person, client_id)| TrueLink {
            institution: institution.key(),
            client_id,
            person,
            objection: objects(person),
        }));
    }
    links
}

fn no_admissions(window: Window) -> BTreeMap<&'static str, BTreeMap<i32, u32>> {
    let none: BTreeMap<i32, u32> = years(window)
        .into_iter()
        .map(|(start, _)| (start.year(), 0))
        .collect();
    Institution::ALL
        .iter()
        .map(|institution| (institution.key(), none.clone()))
        .collect()
}

fn true_stay(life: &Life, at: usize, window: Window, objects: impl Fn(u32) -> bool) -> TrueStay {
    let stay = &life.stays[at];
    let exit = stay.exit_before(window.until);
    TrueStay {
        person: life.person.number,
        institution: stay.entry.institution.key(),
        kind: stay.entry.kind,
        admitted: stay.entry.day,
        exit,
        destination: exit.map(|_| stay.departure.destination.key()),
        away: exit.is_some() && life.exits.iter().any(|risk| risk.stay == at && risk.away),
        objection: objects(life.person.number),
    }
}

fn true_exit(
    life: &Life,
    exit: &ExitRisk,
    window: Window,
    objects: impl Fn(u32) -> bool,
) -> TrueExit {
    let stay = &life.stays[exit.stay];
    let seen = Some(exit.first).filter(|&(_, day)| day < window.until);
    TrueExit {
        person: life.person.number,
        institution: stay.entry.institution.key(),
        day: stay.exit,
        time_out: stay.entry.kind == EntryKind::TimeOut,
        away: exit.away,
        hazard_ratio: exit.hazard_ratio,
        may_time_out: exit.may_time_out,
        first_event: seen.map(|(kind, _)| kind),
        event_day: seen.map(|(_, day)| day),
        objection: objects(life.person.number),
    }
}

/// The true curves, from the declared parameters alone.
#[derive(Clone, Debug)]
pub struct TrueCurves {
    parameters: Parameters,
}

/// Which returns count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnDefinition {
    /// Whether a time-out is a return: a bed for one, and the end of one elsewhere.
    pub time_outs: bool,
    /// Whether a readmission in another Borg institution is one.
    pub other_borg: bool,
}

impl TrueCurves {
    /// The curves that follow from these parameters.
    pub fn of(parameters: &Parameters) -> Self {
        Self {
            parameters: parameters.clone(),
        }
    }

    /// The chance that a stay that is no time-out still lasts after so many days.
    pub fn stay_survival(&self, days: u32) -> f64 {
        let stay = &self.parameters.stay;
        let months = f64::from(days) / crate::draw::MONTH;
        let alive = (1.0 - stay.death_per_year).powf(f64::from(days) / crate::draw::YEAR);
        let lasts = stay.premature * stay.premature_months.survival(months)
            + (1.0 - stay.premature) * stay.completed_months.survival(months);
        lasts * alive
    }

    /// The chance that a client leaves early or completes (in this order) within so many days,
    /// death during the stay competing.
    pub fn exit_incidence(&self, days: u32) -> [f64; 2] {
        let stay = &self.parameters.stay;
        let alive = |day: f64| (1.0 - stay.death_per_year).powf(day / crate::draw::YEAR);
        let month = |day: u32| f64::from(day) / crate::draw::MONTH;
        let mut incidence = [0.0; 2];
        for day in 0..days {
            let weight = alive(f64::from(day) + 0.5);
            let within = |length: &crate::draw::LogNormal| {
                length.survival(month(day)) - length.survival(month(day + 1))
            };
            incidence[0] += weight * stay.premature * within(&stay.premature_months);
            incidence[1] += weight * (1.0 - stay.premature) * within(&stay.completed_months);
        }
        incidence
    }

    /// The cumulative incidence of each event on each day from 0 up to and including `days`
    /// after these exits: return as defined, detention, admission elsewhere, death, and returns
    /// that the definition leaves out, in this order.
    ///
    /// # Method
    /// Per exit the hazards are those declared, the one of return times the exit's hazard
    /// ratio; in steps of a day, as events fall on whole days. Who is away for a time-out comes
    /// back on each of the declared days with the same chance. The mean over the exits.
    pub fn return_incidence(
        &self,
        exits: &[TrueExit],
        definition: ReturnDefinition,
        days: u32,
    ) -> Vec<[f64; 5]> {
        let mut groups: BTreeMap<(u64, bool, bool), f64> = BTreeMap::new();
        for exit in exits {
            let ratio = exit.hazard_ratio.to_bits();
            let alike = (ratio, exit.may_time_out, exit.away);
            *groups.entry(alike).or_default() += 1.0;
        }
        let mut mean = vec![[0.0; 5]; days as usize + 1];
        for ((ratio, may_time_out, away), count) in groups {
            let share = count / exits.len() as f64;
            let counted = self.counted_share(definition, may_time_out);
            let curve = if away {
                self.back_incidence(definition, days)
            } else {
                self.one_incidence(f64::from_bits(ratio), counted, days)
            };
            for (sum, value) in mean.iter_mut().zip(curve) {
                for (total, part) in sum.iter_mut().zip(value) {
                    *total += share * part;
                }
            }
        }
        mean
    }

    fn counted_share(&self, definition: ReturnDefinition, may_time_out: bool) -> f64 {
        let after = &self.parameters.after_exit;
        let time_out = if may_time_out { after.time_out } else { 0.0 };
        let same = (1.0 - time_out) * after.same_institution;
        let other = (1.0 - time_out) * (1.0 - after.same_institution);
        let counted = |share: f64, counts: bool| if counts { share } else { 0.0 };
        same + counted(time_out, definition.time_outs) + counted(other, definition.other_borg)
    }

    /// Back from a time-out elsewhere; nothing else happens to those who are.
    fn back_incidence(&self, definition: ReturnDefinition, days: u32) -> Vec<[f64; 5]> {
        let [shortest, longest] = self.parameters.stay.away.days.map(f64::from);
        let back = |day: u32| (f64::from(day) - shortest + 1.0) / (longest - shortest + 1.0);
        let cause = if definition.time_outs { 0 } else { 4 };
        let mut curve = vec![[0.0; 5]; days as usize + 1];
        for (day, incidence) in (0..=days).zip(&mut curve) {
            incidence[cause] = back(day).clamp(0.0, 1.0);
        }
        curve
    }

    fn one_incidence(&self, ratio: f64, counted: f64, days: u32) -> Vec<[f64; 5]> {
        let after = &self.parameters.after_exit;
        let hazards = |day: u32| {
            let at = f64::from(day);
            [
                ratio * after.return_to_borg.cumulative_hazard(at),
                after.detention.cumulative_hazard(at),
                after.admission_elsewhere.cumulative_hazard(at),
                after.death.cumulative_hazard(at),
            ]
        };
        let mut curve = vec![[0.0; 5]];
        let mut now = [0.0; 5];
        for day in 0..days {
            let (before, after) = (hazards(day), hazards(day + 1));
            let step: Vec<f64> = after.iter().zip(before).map(|(b, a)| b - a).collect();
            let total: f64 = step.iter().sum();
            let free = (-before.iter().sum::<f64>()).exp();
            let share = |cause: usize| {
                if total > 0.0 {
                    free * (1.0 - (-total).exp()) * step[cause] / total
                } else {
                    0.0
                }
            };
            now[0] += counted * share(0);
            now[1] += share(1);
            now[2] += share(2);
            now[3] += share(3);
            now[4] += (1.0 - counted) * share(0);
            curve.push(now);
        }
        curve
    }
}
