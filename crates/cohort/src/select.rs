use crate::definition::{CohortDefinition, CohortKind, ReturnRules, TimeOuts};
use crate::follow::follow_stay;
use crate::returns::{is_time_out, is_transfer};
use codes::{Institution, LegalGround};
use record::{LinkedContent, Person, PersonIndex};
use trajectory::{Ending, Stay, StayIndex, Trajectories};

/// Why a stay is not in a cohort, or not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exclusion {
    /// No consent or exception in one of the person's rows, or an objection.
    NoGround,
    /// An exit before the admission, or two exits that contradict each other.
    ContradictoryDates,
    /// Admission or exit outside the cohort's period.
    OutsidePeriod,
    /// A time-out, where the definition leaves those out.
    TimeOut,
    /// A stay shorter than the definition asks for.
    ShortStay,
    /// Not followed: died at exit.
    Died,
    /// Not followed: moved directly to another stay in the network.
    Transfer,
    /// Not followed: outside the days that the institution observes.
    OutsideWindow,
    /// Not followed: an earlier one of the same client is.
    LaterOfSameClient,
}

impl Exclusion {
    /// The steps of a cohort of this kind, in order.
    pub fn steps(kind: CohortKind) -> &'static [Self] {
        match kind {
            CohortKind::Intake => &[
                Self::NoGround,
                Self::ContradictoryDates,
                Self::OutsidePeriod,
                Self::TimeOut,
                Self::ShortStay,
                Self::OutsideWindow,
                Self::LaterOfSameClient,
            ],
            CohortKind::Exit => &[
                Self::NoGround,
                Self::ContradictoryDates,
                Self::OutsidePeriod,
                Self::TimeOut,
                Self::ShortStay,
                Self::Died,
                Self::Transfer,
                Self::OutsideWindow,
                Self::LaterOfSameClient,
            ],
        }
    }

    /// Whether who is left out for this reason is still in the cohort, only not followed.
    pub fn keeps_member(self) -> bool {
        self >= Self::Died
    }

    /// What people read.
    pub fn label(self, kind: CohortKind) -> &'static str {
        let intake = kind == CohortKind::Intake;
        match self {
            Self::NoGround => "bezwaar gemaakt, of niet om toestemming gevraagd",
            Self::ContradictoryDates => "einddatum vóór de opname of tegenstrijdig",
            Self::OutsidePeriod if intake => "opname buiten de periode",
            Self::OutsidePeriod => "ontslag buiten de periode",
            Self::TimeOut => "time-out",
            Self::ShortStay => "verblijf korter dan het protocol vraagt",
            Self::Died => "niet gevolgd: overleden bij ontslag",
            Self::Transfer => "niet gevolgd: direct door naar een ander verblijf binnen De Borg",
            Self::OutsideWindow => "niet gevolgd: buiten het waarnemingsvenster",
            Self::LaterOfSameClient if intake => "niet gevolgd: latere opname van dezelfde cliënt",
            Self::LaterOfSameClient => "niet gevolgd: later ontslag van dezelfde cliënt",
        }
    }
}

/// A stay that was considered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which stay.
    pub stay: StayIndex,
    /// The first reason that applies, if any.
    pub excluded: Option<Exclusion>,
}

/// Who was considered, and the step at which each was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attrition {
    /// The kind of cohort.
    pub kind: CohortKind,
    /// All candidates, ordered by person and time.
    pub candidates: Vec<Candidate>,
}

impl Attrition {
    /// The candidates left out for `reason`.
    pub fn excluded(&self, reason: Exclusion) -> impl Iterator<Item = StayIndex> + '_ {
        self.candidates
            .iter()
            .filter(move |candidate| candidate.excluded == Some(reason))
            .map(|candidate| candidate.stay)
    }

    /// The candidates that remain after the step `reason`.
    pub fn remaining(&self, reason: Exclusion) -> impl Iterator<Item = StayIndex> + '_ {
        self.candidates
            .iter()
            .filter(move |candidate| candidate.excluded.is_none_or(|found| found > reason))
            .map(|candidate| candidate.stay)
    }
}

/// The stays that were selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cohort {
    /// Everybody that meets the definition; a client may be in it more than once.
    pub members: Vec<StayIndex>,
    /// The members that are followed over time: at most one per client, the first.
    pub followed: Vec<StayIndex>,
}

/// A cohort with its attrition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// Who is in it.
    pub cohort: Cohort,
    /// Who is not, and why.
    pub attrition: Attrition,
}

/// Selects the cohort that `definition` asks for.
pub fn select(
    definition: &CohortDefinition,
    rules: ReturnRules,
    trajectories: &Trajectories,
    linked: &LinkedContent,
) -> Selected {
    let usable = usable_persons(linked);
    let selection = Selection {
        definition,
        rules,
        trajectories,
    };
    let mut candidates = Vec::new();
    for (position, person) in linked.persons.iter().enumerate() {
        selection.person(position, person, usable[position], &mut candidates);
    }
    let keep = |wanted: fn(Option<Exclusion>) -> bool| {
        candidates
            .iter()
            .filter(|candidate| wanted(candidate.excluded))
            .map(|candidate| candidate.stay)
            .collect()
    };
    Selected {
        cohort: Cohort {
            members: keep(|excluded| excluded.is_none_or(Exclusion::keeps_member)),
            followed: keep(|excluded| excluded.is_none()),
        },
        attrition: Attrition {
            kind: definition.kind,
            candidates,
        },
    }
}

/// Persons of whom every row may be used. One objection, or one row of which nobody asked,
/// takes the person out everywhere: what happens next could otherwise not be used either.
fn usable_persons(linked: &LinkedContent) -> Vec<bool> {
    let mut usable = vec![true; linked.persons.len()];
    for (client, person) in linked.content.clients.iter().zip(&linked.person_of_client) {
        if matches!(client.ground, LegalGround::Objection | LegalGround::Unknown) {
            usable[person.position()] = false;
        }
    }
    usable
}

struct Selection<'a> {
    definition: &'a CohortDefinition,
    rules: ReturnRules,
    trajectories: &'a Trajectories,
}

impl Selection<'_> {
    fn person(&self, position: usize, person: &Person, usable: bool, out: &mut Vec<Candidate>) {
        let index = PersonIndex(position as u32);
        let stays = self.trajectories.stays_of(index);
        let range = self.trajectories.stay_range(index);
        let first = out.len();
        for (place, stay) in stays
            .iter()
            .enumerate()
            .filter(|(_, stay)| self.considers(stay))
        {
            let excluded = if usable {
                self.reason(stays, place, person)
            } else {
                Some(Exclusion::NoGround)
            };
            out.push(Candidate {
                stay: StayIndex((range.start + place) as u32),
                excluded,
            });
            debug_assert_eq!(
                self.trajectories.stays()[range.start + place].admission,
                stay.admission
            );
        }
        self.follow_first(&mut out[first..]);
    }

    fn considers(&self, stay: &Stay) -> bool {
        match self.definition.kind {
            CohortKind::Intake => true,
            CohortKind::Exit => !matches!(stay.ending, Ending::Ongoing),
        }
    }

    /// The first reason that applies, in the order of [`Exclusion::steps`].
    fn reason(&self, stays: &[Stay], place: usize, person: &Person) -> Option<Exclusion> {
        let stay = &stays[place];
        let departure = stay.departure();
        let intake = self.definition.kind == CohortKind::Intake;
        let half_year = match departure {
            Some(departure) if !intake => departure.half_year,
            _ => stay.admitted_half_year,
        };
        let short = self.definition.min_stay_days as i32;
        if matches!(stay.ending, Ending::Contradictory) {
            Some(Exclusion::ContradictoryDates)
        } else if !self.definition.covers(half_year) {
            Some(Exclusion::OutsidePeriod)
        } else if self.definition.time_outs == TimeOuts::Drop && self.time_out(stays, place) {
            Some(Exclusion::TimeOut)
        } else if stay.length().is_some_and(|length| length.get() < short) {
            Some(Exclusion::ShortStay)
        } else if !intake && departure.is_some_and(|departure| departure.died()) {
            Some(Exclusion::Died)
        } else if !intake && is_transfer(stays, stay, self.rules) {
            Some(Exclusion::Transfer)
        } else if !self.is_observed(stay, person) {
            Some(Exclusion::OutsideWindow)
        } else {
            None
        }
    }

    fn time_out(&self, stays: &[Stay], place: usize) -> bool {
        let returns = self.trajectories.returns_of(stays[place].person);
        is_time_out(stays, returns, place, self.rules)
    }

    /// Whether the institution observes the stay (intake), or the day of exit (exit).
    fn is_observed(&self, stay: &Stay, person: &Person) -> bool {
        let window = person.windows[stay.institution as usize];
        match self.definition.kind {
            CohortKind::Intake => follow_stay(stay, window).is_some(),
            CohortKind::Exit => window.zip(stay.left()).is_some_and(|(window, left)| {
                window.from <= left && left.number() < window.until.number() - 1
            }),
        }
    }

    /// Of one client's candidates only the first stays in follow-up.
    fn follow_first(&self, candidates: &mut [Candidate]) {
        let day = |candidate: &Candidate| {
            let stay = self.trajectories.stay(candidate.stay);
            match self.definition.kind {
                CohortKind::Intake => Some(stay.admitted),
                CohortKind::Exit => stay.left(),
            }
        };
        let first = candidates
            .iter()
            .filter(|candidate| candidate.excluded.is_none())
            .min_by_key(|candidate| (day(candidate), candidate.stay))
            .map(|candidate| candidate.stay);
        for candidate in candidates {
            if candidate.excluded.is_none() && Some(candidate.stay) != first {
                candidate.excluded = Some(Exclusion::LaterOfSameClient);
            }
        }
    }
}

/// The institutions that delivered, in the order of the code list.
pub fn institutions(linked: &LinkedContent) -> Vec<Institution> {
    let mut delivered = [false; Institution::ALL.len()];
    for person in &linked.persons {
        for (found, window) in delivered.iter_mut().zip(&person.windows) {
            *found |= window.is_some();
        }
    }
    let all = Institution::ALL.iter().zip(delivered);
    all.filter_map(|(&institution, found)| found.then_some(institution))
        .collect()
}
