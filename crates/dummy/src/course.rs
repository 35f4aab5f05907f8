//! What happens during a stay: measurements, incidents, coercion, leave, modules.

use crate::draw::{Chance, MONTH, YEAR, between, happens, one_of};
use crate::parameters::{Parameters, PerPhase};
use crate::person::{Person, Traits};
use crate::stay::{EntryKind, Placement, Stay, later};
use calendar::Day;
use codes::*;
use rand::RngExt;
use rand_distr::{Gamma, Poisson, StandardNormal};

/// The number of items of DEMO-15, an invented instrument.
pub(crate) const ITEMS: usize = 15;
/// The highest score on an item of DEMO-15; the lowest is 0.
const HIGHEST_ITEM_SCORE: f64 = 4.0;

/// All that happens during one stay.
#[derive(Default)]
pub(crate) struct Course {
    pub(crate) measurements: Vec<Measured>,
    pub(crate) incidents: Vec<IncidentRow>,
    pub(crate) coercions: Vec<Coercion>,
    pub(crate) leaves: Vec<LeaveRow>,
    pub(crate) modules: Vec<ModuleRow>,
}

pub(crate) struct Measured {
    pub(crate) day: Day,
    pub(crate) items: [u8; ITEMS],
    pub(crate) administration: Administration,
}

pub(crate) struct IncidentRow {
    pub(crate) day: Day,
    pub(crate) kind: IncidentKind,
    pub(crate) severity: i32,
    pub(crate) target: IncidentTarget,
}

pub(crate) struct Coercion {
    pub(crate) start: Day,
    pub(crate) last: Day,
    pub(crate) measure: Measure,
    pub(crate) assent: Assent,
}

pub(crate) struct LeaveRow {
    pub(crate) start: Day,
    pub(crate) last: Day,
    pub(crate) kind: LeaveKind,
    pub(crate) absconded: bool,
}

pub(crate) struct ModuleRow {
    pub(crate) module: Module,
    pub(crate) start: Day,
    pub(crate) last: Day,
    pub(crate) stopped: bool,
}

/// What makes one client differ from another during all stays.
pub(crate) struct Temper {
    incidents: f64,
    burden: f64,
}

impl Temper {
    pub(crate) fn invent(parameters: &Parameters, chance: &mut Chance) -> Self {
        let shape = parameters.course.incident_dispersion;
        let gamma = Gamma::new(shape, 1.0 / shape).expect("the parameters were checked");
        Self {
            incidents: chance.sample(gamma),
            burden: chance.sample(StandardNormal),
        }
    }
}

impl Course {
    pub(crate) fn invent(
        (person, traits, temper): (&Person, &Traits, &Temper),
        stay: &Stay,
        parameters: &Parameters,
        chance: &mut Chance,
    ) -> Self {
        let mut course = Self::default();
        let full = stay.entry.kind != EntryKind::TimeOut;
        if full {
            course.measurements = measurements(stay, temper, parameters, chance);
            course.modules = modules((person, traits), stay, parameters, chance);
        }
        for placement in &stay.placements {
            course.add_incidents((stay, placement), temper, parameters, chance);
            course.add_leaves(placement, parameters, chance);
        }
        course
    }

    fn add_incidents(
        &mut self,
        (stay, placement): (&Stay, &Placement),
        temper: &Temper,
        parameters: &Parameters,
        chance: &mut Chance,
    ) {
        let weekly = parameters.course.incidents_per_week.at(placement.phase) * temper.incidents;
        for day in days_of_events(placement, weekly / 7.0, chance) {
            let incident = incident(day, chance);
            let physical = incident.kind == IncidentKind::Physical;
            self.incidents.push(incident);
            if physical && happens(parameters.course.coercion_after_physical, chance) {
                let last = later(day, between(0, 2, chance)).min(later(placement.end, -1));
                self.coercions.push(Coercion {
                    start: day,
                    last,
                    measure: one_of(
                        &[
                            Measure::Seclusion,
                            Measure::Isolation,
                            Measure::Holding,
                            Measure::RoomStay,
                        ],
                        chance,
                    ),
                    assent: assent(stay, day, chance),
                });
            }
        }
        self.keep_apart();
    }

    /// A client undergoes no two measures on the same day.
    fn keep_apart(&mut self) {
        self.coercions.sort_by_key(|coercion| coercion.start);
        let mut free = Day::from_number(i32::MIN);
        self.coercions.retain(|coercion| {
            let apart = coercion.start > free;
            if apart {
                free = coercion.last;
            }
            apart
        });
    }

    fn add_leaves(&mut self, placement: &Placement, parameters: &Parameters, chance: &mut Chance) {
        let monthly = parameters.course.leave_per_month.at(placement.phase);
        let mut free = placement.start;
        for day in days_of_events(placement, monthly / MONTH, chance) {
            let last = later(day, between(0, 3, chance)).min(later(placement.end, -1));
            if day < free {
                continue;
            }
            free = later(last, 1);
            let resocialising = placement.phase == Phase::Resocialisation;
            self.leaves.push(LeaveRow {
                start: day,
                last,
                kind: if resocialising {
                    one_of(
                        &[
                            LeaveKind::Unescorted,
                            LeaveKind::Transmural,
                            LeaveKind::Trial,
                        ],
                        chance,
                    )
                } else {
                    one_of(
                        &[
                            LeaveKind::Escorted,
                            LeaveKind::Escorted,
                            LeaveKind::Unescorted,
                        ],
                        chance,
                    )
                },
                absconded: happens(parameters.course.absconding, chance),
            });
        }
    }
}

impl PerPhase {
    fn at(&self, phase: Phase) -> f64 {
        match phase {
            Phase::Observation => self.observation,
            Phase::Treatment => self.treatment,
            Phase::Resocialisation | Phase::Ambulant => self.resocialisation,
        }
    }
}

/// Resistance asks for a title other than a voluntary stay.
fn assent(stay: &Stay, day: Day, chance: &mut Chance) -> Assent {
    let title = stay
        .titles
        .iter()
        .find(|spell| spell.start <= day && day < spell.end);
    let voluntary = title.is_none_or(|spell| spell.code == Title::Vrijw);
    let resists = happens(0.7, chance);
    if resists && !voluntary {
        Assent::C3
    } else {
        Assent::C2
    }
}

/// The days of a Poisson number of events, in order.
fn days_of_events(placement: &Placement, per_day: f64, chance: &mut Chance) -> Vec<Day> {
    let days = placement.end.number() - placement.start.number();
    let expected = per_day * f64::from(days);
    if days <= 0 || expected <= 1e-9 {
        return Vec::new();
    }
    let poisson = Poisson::new(expected).expect("the expected number is above zero and finite");
    let count: f64 = chance.sample(poisson);
    let mut days: Vec<_> = (0..count as usize)
        .map(|_| later(placement.start, between(0, days - 1, chance)))
        .collect();
    days.sort_unstable();
    days
}

fn incident(day: Day, chance: &mut Chance) -> IncidentRow {
    use IncidentKind as K;
    let kind = one_of(
        &[
            K::Verbal,
            K::Verbal,
            K::Verbal,
            K::Material,
            K::Auto,
            K::Physical,
            K::Physical,
        ],
        chance,
    );
    let (target, severity) = match kind {
        K::Auto => (IncidentTarget::Self_, between(3, 16, chance)),
        K::Material => (IncidentTarget::Object, between(2, 12, chance)),
        K::Verbal => (
            one_of(&[IncidentTarget::Staff, IncidentTarget::Client], chance),
            between(1, 10, chance),
        ),
        // About three in four at staff, as in the literature on such wards.
        K::Physical => {
            let staff = happens(0.75, chance);
            (
                if staff {
                    IncidentTarget::Staff
                } else {
                    IncidentTarget::Client
                },
                between(6, 22, chance),
            )
        }
    };
    IncidentRow {
        day,
        kind,
        severity,
        target,
    }
}

fn measurements(
    stay: &Stay,
    temper: &Temper,
    parameters: &Parameters,
    chance: &mut Chance,
) -> Vec<Measured> {
    let course = &parameters.course;
    let length = stay.exit.number() - stay.entry.day.number();
    let drift = if stay.completed {
        course.drift_sd_per_year
    } else {
        0.0
    };
    let mut found = Vec::new();
    for round in 0.. {
        let planned = (f64::from(round) * f64::from(course.measurement_months) * MONTH) as i32;
        let at = planned + between(7, 28, chance);
        if at >= length {
            break;
        }
        if !happens(course.measurement_missing, chance) {
            let burden = temper.burden + drift * f64::from(at) / YEAR;
            found.push(Measured {
                day: later(stay.entry.day, at),
                items: std::array::from_fn(|_| item_score(burden, chance)),
                administration: one_of(
                    &[Administration::ReadAloud, Administration::Observer],
                    chance,
                ),
            });
        }
    }
    found
}

fn item_score(burden: f64, chance: &mut Chance) -> u8 {
    let noise: f64 = chance.sample(StandardNormal);
    (2.0 + 0.7 * burden + 0.8 * noise)
        .round()
        .clamp(0.0, HIGHEST_ITEM_SCORE) as u8
}

fn modules(
    (person, traits): (&Person, &Traits),
    stay: &Stay,
    parameters: &Parameters,
    chance: &mut Chance,
) -> Vec<ModuleRow> {
    let mut fitting = vec![Module::Goa, Module::Sova, Module::Vakth];
    if person.substances {
        fitting.push(Module::Mid);
    }
    if traits.offences.contains(&Offence::Sexual) {
        fitting.push(Module::Sgg);
    }
    if traits.diagnoses.contains(&Diagnosis::Trauma) {
        fitting.push(Module::Trauma);
    }
    let length = stay.exit.number() - stay.entry.day.number();
    if length < 60 {
        return Vec::new();
    }
    let mut found = Vec::new();
    for module in fitting {
        if happens(parameters.course.module, chance) {
            let start = between(30, length - 2, chance);
            let full = between(60, 240, chance);
            let stopped = happens(0.2, chance) || start + full >= length;
            let last = if stopped {
                start + full / 2
            } else {
                start + full
            };
            found.push(ModuleRow {
                module,
                start: later(stay.entry.day, start),
                last: later(stay.entry.day, last.min(length - 1)),
                stopped,
            });
        }
    }
    found
}
