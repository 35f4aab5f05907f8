use crate::definition::{CohortDefinition, CohortKind, TimeOuts};
use crate::episodes::Episodes;
use calendar::DayPoint;
use codes::{Institution, LegalGround};
use record::{LinkedContent, ObservationWindow, Person, PersonIndex};
use trajectory::{Ending, Stay, StayIndex};

/// Why a stay is not in a cohort, or not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exclusion {
    /// No consent or exception in one of the person's rows, or an objection.
    NoGround,
    /// An exit before the admission, or two exits that contradict each other.
    ContradictoryDates,
    /// Admission or exit outside the cohort's period.
    OutsidePeriod,
    /// A time-out, where the definition leaves those out: a bed for one, the exit or the
    /// readmission of somebody who was away for one, or an exit for that reason of which it is
    /// not yet known.
    TimeOut,
    /// A stay shorter than the definition asks for, or not yet as long.
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
            Self::TimeOut if intake => "time-out, of terug van een time-out",
            Self::TimeOut => "time-out, of weg voor een time-out",
            Self::ShortStay if intake => {
                "verblijf korter dan het protocol vraagt, of nog niet zo lang"
            }
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
///
/// Where time-outs are left out, an index stands for a whole episode: by its first part in a
/// cohort of admissions, by its last one in a cohort of exits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cohort {
    /// How its stays are read.
    pub time_outs: TimeOuts,
    /// Everybody that meets the definition; a client may be in it more than once.
    pub members: Vec<StayIndex>,
    /// The members that are followed over time: at most one per client, the first.
    pub followed: Vec<StayIndex>,
}

impl Cohort {
    /// The stays of [`Self::members`], ordered by person and time.
    pub fn member_stays<'a>(&'a self, episodes: &'a Episodes) -> impl Iterator<Item = Stay> + 'a {
        let members = self.members.iter();
        members.map(|&stay| episodes.read(stay, self.time_outs))
    }

    /// The stays of [`Self::followed`], ordered by person.
    pub fn followed_stays<'a>(&'a self, episodes: &'a Episodes) -> impl Iterator<Item = Stay> + 'a {
        let followed = self.followed.iter();
        followed.map(|&stay| episodes.read(stay, self.time_outs))
    }
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
    episodes: &Episodes,
    linked: &LinkedContent,
) -> Selected {
    let usable = usable_persons(linked);
    let selection = Selection {
        definition,
        episodes,
    };
    let mut candidates = Vec::new();
    for (position, person) in linked.persons.iter().enumerate() {
        let first = candidates.len();
        selection.add_stays(position, person, &mut candidates);
        if usable[position] {
            selection.follow_first(&mut candidates[first..]);
        } else {
            let own = candidates[first..].iter_mut();
            own.for_each(|candidate| candidate.excluded = Some(Exclusion::NoGround));
        }
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
            time_outs: definition.time_outs,
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
    episodes: &'a Episodes,
}

impl Selection<'_> {
    fn add_stays(&self, position: usize, person: &Person, out: &mut Vec<Candidate>) {
        let trajectories = self.episodes.trajectories();
        let range = trajectories.stay_range(PersonIndex(position as u32));
        let stays = range.map(|position| StayIndex(position as u32));
        let considered = stays.filter(|&stay| self.considers(trajectories.stay(stay)));
        out.extend(considered.map(|stay| Candidate {
            stay,
            excluded: self.reason(stay, person),
        }));
    }

    fn considers(&self, stay: &Stay) -> bool {
        match self.definition.kind {
            CohortKind::Intake => true,
            CohortKind::Exit => !matches!(stay.ending, Ending::Ongoing),
        }
    }

    fn read(&self, index: StayIndex) -> Stay {
        self.episodes.read(index, self.definition.time_outs)
    }

    /// The first reason that applies, in the order of [`Exclusion::steps`].
    fn reason(&self, index: StayIndex, person: &Person) -> Option<Exclusion> {
        let delivered = self.episodes.trajectories().stay(index);
        let stay = self.read(index);
        let departure = stay.departure();
        let intake = self.definition.kind == CohortKind::Intake;
        let half_year = match delivered.departure() {
            Some(departure) if !intake => departure.half_year,
            _ => delivered.admitted_half_year,
        };
        let window = person.windows[stay.institution as usize];
        if matches!(stay.ending, Ending::Contradictory) {
            Some(Exclusion::ContradictoryDates)
        } else if !self.definition.covers(half_year) {
            Some(Exclusion::OutsidePeriod)
        } else if self.definition.time_outs == TimeOuts::Drop && self.is_time_out(index, window) {
            Some(Exclusion::TimeOut)
        } else if self.is_short(&stay, window) {
            Some(Exclusion::ShortStay)
        } else if !intake && departure.is_some_and(|departure| departure.died()) {
            Some(Exclusion::Died)
        } else if !intake && self.is_transfer(index) {
            Some(Exclusion::Transfer)
        } else if !self.is_observed(&stay, window) {
            Some(Exclusion::OutsideWindow)
        } else {
            None
        }
    }

    fn is_transfer(&self, index: StayIndex) -> bool {
        self.episodes.is_transfer(index, self.definition.time_outs)
    }

    /// Whether the admission (intake) or exit (exit) of a stay is that of a time-out.
    fn is_time_out(&self, index: StayIndex, window: Option<ObservationWindow>) -> bool {
        let other_end = match self.definition.kind {
            CohortKind::Intake => self.episodes.is_resumed(index),
            CohortKind::Exit => {
                self.episodes.is_interrupted(index) || self.is_unsettled(index, window)
            }
        };
        self.episodes.is_time_out(index) || other_end
    }

    /// Whether the client left for a time-out so late that who is back in time is not yet seen.
    fn is_unsettled(&self, index: StayIndex, window: Option<ObservationWindow>) -> bool {
        let (rules, time_outs) = (self.episodes.rules(), self.definition.time_outs);
        let stay = self.episodes.trajectories().stay(index);
        stay.departure().is_some_and(|departure| {
            let unknown_until = rules.unknown_until(departure, time_outs);
            let seen = window.map(|window| window.until.since(departure.day).get());
            unknown_until >= 0 && seen.is_none_or(|days| days <= unknown_until)
        })
    }

    /// Whether a stay is not, or not yet, as long as the definition asks.
    fn is_short(&self, stay: &Stay, window: Option<ObservationWindow>) -> bool {
        let so_far = || window.map(|window| window.until.since(stay.admitted));
        let length = stay.length().or_else(so_far);
        length.is_some_and(|length| length.get() < self.definition.shortest_stay())
    }

    /// Whether the institution observes the stay (intake), or days after the exit (exit).
    fn is_observed(&self, stay: &Stay, window: Option<ObservationWindow>) -> bool {
        let (rules, time_outs) = (self.episodes.rules(), self.definition.time_outs);
        match self.definition.kind {
            CohortKind::Intake => self.definition.follow(rules, stay, window).is_some(),
            CohortKind::Exit => window.zip(stay.departure()).is_some_and(|(window, left)| {
                let last = rules.settled(window, time_outs).until.since(left.day).get() - 1;
                window.from <= left.day && last > rules.unknown_until(left, time_outs).max(0)
            }),
        }
    }

    /// Of one client's candidates only the first stays in follow-up.
    fn follow_first(&self, candidates: &mut [Candidate]) {
        let day = |candidate: &Candidate| {
            let stay = self.read(candidate.stay);
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
