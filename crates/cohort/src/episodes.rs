use crate::definition::{ReturnRules, TimeOuts};
use calendar::{DayPoint, RelativeDay};
use codes::{ExitReason, Facility, Institution, ReturnKind};
use record::{ObservationWindow, PersonIndex};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use trajectory::{Departure, ReportedReturn, Stay, StayIndex, Trajectories};

/// The stays of everybody, with the time-outs among them made out.
///
/// Two things are called a time-out. A *bed for a time-out* is a short stay of somebody whose
/// place is elsewhere: no inflow, and its end is no exit. *Away for a time-out* is an exit for
/// that reason from an institution that keeps the bed: with the client back there within
/// [`ReturnRules::time_out_max_days`], the exit is no exit and the readmission no admission. The
/// two stays are parts of one episode, and so on for as many time-outs as follow.
///
/// [`TimeOuts::Drop`] reads stays as episodes, [`TimeOuts::Keep`] one by one.
#[derive(Clone)]
pub struct Episodes {
    trajectories: Trajectories,
    rules: ReturnRules,
    /// One per stay, in the same order.
    parts: Vec<Part>,
}

/// What a stay is in its episode.
#[derive(Clone, Copy)]
struct Part {
    /// It is a bed for a time-out.
    bed: bool,
    first: StayIndex,
    last: StayIndex,
}

impl Episodes {
    /// Makes out the time-outs. What a stay is follows from the stays before it, its own end and
    /// what is reported on its first day; from no observation window.
    pub fn find(trajectories: Trajectories, rules: ReturnRules) -> Self {
        let mut parts = Vec::with_capacity(trajectories.stays().len());
        for person in 0..trajectories.persons() as u32 {
            let person = PersonIndex(person);
            let own = Own {
                stays: trajectories.stays_of(person),
                returns: trajectories.returns_of(person),
                start: parts.len(),
                rules,
            };
            own.add_parts(&mut parts);
        }
        Self {
            trajectories,
            rules,
            parts,
        }
    }

    /// The stays as they were delivered.
    pub fn trajectories(&self) -> &Trajectories {
        &self.trajectories
    }

    /// The rules by which time-outs were made out.
    pub fn rules(&self) -> ReturnRules {
        self.rules
    }

    /// Whether a stay is a bed for a time-out.
    pub fn is_time_out(&self, stay: StayIndex) -> bool {
        self.part(stay).bed
    }

    /// Whether a stay goes on after a time-out, so that its admission is none.
    pub fn is_resumed(&self, stay: StayIndex) -> bool {
        self.part(stay).first != stay
    }

    /// Whether a stay goes on after its exit, so that the exit is none.
    pub fn is_interrupted(&self, stay: StayIndex) -> bool {
        self.part(stay).last != stay
    }

    /// The last part of the episode that a stay belongs to.
    pub fn last_part(&self, stay: StayIndex) -> StayIndex {
        self.part(stay).last
    }

    /// A stay as `time_outs` reads it: by itself, or as the whole episode, from the first
    /// admission to the last exit. Ready for exit is what the last part says.
    pub fn read(&self, stay: StayIndex, time_outs: TimeOuts) -> Stay {
        let part = self.part(stay);
        match time_outs {
            TimeOuts::Keep => *self.trajectories.stay(stay),
            TimeOuts::Drop => {
                let last = self.trajectories.stay(part.last);
                Stay {
                    ending: last.ending,
                    ready_for_exit: last.ready_for_exit,
                    ..*self.trajectories.stay(part.first)
                }
            }
        }
    }

    /// The stays of one person as `time_outs` reads them, each with the index of its first part.
    pub(crate) fn of_person(
        &self,
        person: PersonIndex,
        time_outs: TimeOuts,
    ) -> impl Iterator<Item = (StayIndex, Stay)> + '_ {
        let range = self.trajectories.stay_range(person);
        let all = range.map(|position| StayIndex(position as u32));
        all.filter(move |&stay| time_outs == TimeOuts::Keep || !self.is_resumed(stay))
            .map(move |stay| (stay, self.read(stay, time_outs)))
    }

    /// Whether the exit of a stay is one.
    pub(crate) fn is_exit(&self, stay: StayIndex, time_outs: TimeOuts) -> bool {
        time_outs == TimeOuts::Keep || !(self.is_time_out(stay) || self.is_interrupted(stay))
    }

    /// Whether the client did not leave the network at the exit of `index`: the destination is
    /// a clinic of De Borg, another stay runs on the day of exit, or one starts within
    /// [`ReturnRules::transfer_max_days`] after it.
    pub(crate) fn is_transfer(&self, index: StayIndex, time_outs: TimeOuts) -> bool {
        let own = self.read(index, time_outs);
        let Some(departure) = own.departure() else {
            return false;
        };
        let others = self
            .of_person(own.person, time_outs)
            .filter(|(_, stay)| stay.admission != own.admission);
        departure.destination == Facility::BorgKlin
            || others.map(|(_, stay)| stay).any(|stay| {
                let gap = stay.admitted.since(departure.day).get();
                let follows = (0..=self.rules.transfer_max_days as i32).contains(&gap);
                follows || stay.contains(departure.day)
            })
    }

    fn part(&self, stay: StayIndex) -> Part {
        self.parts[stay.position()]
    }
}

impl ReturnRules {
    /// The longest time-out, in days.
    pub(crate) fn longest_time_out(self) -> i32 {
        i32::try_from(self.time_out_max_days).unwrap_or(i32::MAX)
    }

    /// The days of a window on which it is known what is a time-out and what is not. That takes
    /// up to [`Self::time_out_max_days`], so the last ones drop out, for everybody alike.
    pub(crate) fn settled(
        self,
        window: ObservationWindow,
        time_outs: TimeOuts,
    ) -> ObservationWindow {
        let until = match time_outs {
            TimeOuts::Keep => window.until.number(),
            TimeOuts::Drop => window
                .until
                .number()
                .saturating_sub(self.longest_time_out()),
        };
        ObservationWindow {
            until: RelativeDay::from_number(until),
            ..window
        }
    }

    /// The last day after an exit on which it is not yet known that it is one; −1 where it is
    /// known at once.
    pub(crate) fn unknown_until(self, departure: &Departure, time_outs: TimeOuts) -> i32 {
        match (time_outs, departure.reason) {
            (TimeOuts::Drop, ExitReason::TimeOut) => self.longest_time_out(),
            _ => -1,
        }
    }
}

/// What is known of one person.
struct Own<'a> {
    stays: &'a [Stay],
    returns: &'a [ReportedReturn],
    /// Where the stays stand among all.
    start: usize,
    rules: ReturnRules,
}

/// Of one institution the stays that have ended, as the admissions go by.
#[derive(Default)]
struct Ended {
    /// By day of exit; the first one on top.
    running: BinaryHeap<Reverse<(RelativeDay, usize)>>,
    /// The one that ended last, unless another goes on from it.
    latest: Option<usize>,
}

impl Ended {
    /// The stay that ended last, on `day` or before.
    fn until(&mut self, day: RelativeDay) -> Option<usize> {
        while let Some(&Reverse((left, position))) = self.running.peek()
            && left <= day
        {
            self.running.pop();
            self.latest = Some(position);
        }
        self.latest
    }
}

impl Own<'_> {
    fn add_parts(&self, parts: &mut Vec<Part>) {
        parts.extend((0..self.stays.len()).map(|position| {
            let index = StayIndex((self.start + position) as u32);
            Part {
                bed: self.is_labelled(position),
                first: index,
                last: index,
            }
        }));
        // Most people never leave for a time-out.
        if self.stays.iter().any(left_for_time_out) {
            self.join(&mut parts[self.start..]);
        }
    }

    /// Joins what goes on after a time-out. Whoever is back is so whatever the next exit will
    /// be, so this goes before the label of the stay itself.
    fn join(&self, parts: &mut [Part]) {
        let mut ended: [Ended; Institution::ALL.len()] = Default::default();
        for (position, stay) in self.stays.iter().enumerate() {
            let here = &mut ended[stay.institution as usize];
            let before = here.until(stay.admitted);
            if let Some(before) = before.filter(|&before| self.goes_on(before, stay, parts)) {
                let first = parts[before].first;
                here.latest = None;
                parts[position].bed = false;
                parts[position].first = first;
                parts[first.position() - self.start].last = parts[position].last;
            }
            if let Some(left) = stay.left() {
                here.running.push(Reverse((left, position)));
            }
        }
        for position in 0..parts.len() {
            let first = parts[position].first.position() - self.start;
            parts[position].last = parts[first].last;
        }
    }

    /// Whether the client left `before` for a time-out, and is back with `stay`.
    fn goes_on(&self, before: usize, stay: &Stay, parts: &[Part]) -> bool {
        let earlier = &self.stays[before];
        let away = earlier.left().map(|left| stay.admitted.since(left).get());
        !parts[before].bed
            && left_for_time_out(earlier)
            && away.is_some_and(|days| days <= self.rules.longest_time_out())
    }

    /// Whether the institution reports a stay as a time-out (on its first day, give or take
    /// one), or it ended by time-out within the longest one.
    fn is_labelled(&self, position: usize) -> bool {
        let stay = &self.stays[position];
        let admitted = stay.admitted.number();
        let from = self
            .returns
            .partition_point(|report| report.day.number() < admitted - 1);
        let near = self.returns[from..].iter();
        let mut near = near.take_while(|report| report.day.number() <= admitted + 1);
        let short = |days: i32| days <= self.rules.longest_time_out();
        near.any(|report| report.kind == ReturnKind::TimeOut)
            || (left_for_time_out(stay) && stay.length().is_some_and(|days| short(days.get())))
    }
}

fn left_for_time_out(stay: &Stay) -> bool {
    let departure = stay.departure();
    departure.is_some_and(|departure| departure.reason == ExitReason::TimeOut)
}

impl fmt::Debug for Episodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Episodes {{ {} stays, … }}", self.parts.len())
    }
}
