//! Time-outs elsewhere: a client leaves for a while, the bed is kept, and the stay goes on.

use crate::draw::{Chance, between, happens};
use crate::law::Spell;
use crate::life::{EventKind, ExitRisk, Life};
use crate::parameters::Away;
use crate::stay::{Departure, Entry, EntryKind, Placement, Stay, later};
use calendar::Day;
use codes::{ExitReason, Facility};

/// Where these time-outs are spent. [A]
const ELSEWHERE: Facility = Facility::KibHic;

/// Days of stay before the first time-out, and between one and the next exit. Longer than any
/// bed for a time-out, so that nobody can take the parts of a stay for one. [A]
const BEFORE: i32 = 90;
const AFTER: i32 = 60;

impl Life {
    /// The same life, some of its stays interrupted by time-outs elsewhere. Each such exit is
    /// one of which the first event is that the client comes back.
    pub(crate) fn interrupted(self, away: &Away, chance: &mut Chance) -> Self {
        let mut stays = Vec::with_capacity(self.stays.len());
        let mut exits = Vec::new();
        // For each stay its last part.
        let mut last = Vec::with_capacity(self.stays.len());
        for stay in self.stays {
            let mut rest = stay;
            while let Some((left, back)) = absence(&rest, away, chance) {
                let (before, after) = rest.split(left, back);
                exits.push(away_from(stays.len(), back));
                stays.push(before);
                rest = after;
            }
            last.push(stays.len());
            stays.push(rest);
        }
        let mut events = self.events;
        events
            .iter_mut()
            .for_each(|event| event.stay = last[event.stay]);
        exits.extend(self.exits.into_iter().map(|exit| ExitRisk {
            stay: last[exit.stay],
            ..exit
        }));
        exits.sort_by_key(|exit| exit.stay);
        Self {
            stays,
            exits,
            events,
            ..self
        }
    }
}

/// From when to when the client is away, if at all.
fn absence(stay: &Stay, away: &Away, chance: &mut Chance) -> Option<(Day, Day)> {
    let [shortest, longest] = away.days;
    let goes_on_until = stay.ready.unwrap_or(stay.exit);
    let room = goes_on_until.number() - stay.entry.day.number() - BEFORE - AFTER - longest;
    let goes = stay.entry.kind != EntryKind::TimeOut && room > 0 && happens(away.share, chance);
    goes.then(|| {
        let left = later(stay.entry.day, BEFORE + between(0, room, chance));
        (left, later(left, between(shortest, longest, chance)))
    })
}

fn away_from(stay: usize, back: Day) -> ExitRisk {
    ExitRisk {
        stay,
        hazard_ratio: 1.0,
        may_time_out: false,
        away: true,
        first: (EventKind::Resumed, back),
    }
}

impl Stay {
    /// The part up to `left` and the part from `back` on.
    fn split(self, left: Day, back: Day) -> (Self, Self) {
        let before = Self {
            exit: left,
            ready: None,
            departure: Departure {
                reason: ExitReason::TimeOut,
                planned: true,
                destination: ELSEWHERE,
                security: ELSEWHERE.usual_security(),
                warm: false,
                handover_days: 0,
                outreach: false,
            },
            placements: cut(&self.placements, (self.entry.day, left)),
            titles: cut(&self.titles, (self.entry.day, left)),
            fundings: cut(&self.fundings, (self.entry.day, left)),
            ..self.clone()
        };
        let after = Self {
            entry: Entry {
                kind: EntryKind::Resumed,
                day: back,
                origin: ELSEWHERE,
                ..self.entry
            },
            placements: cut(&self.placements, (back, self.exit)),
            titles: cut(&self.titles, (back, self.exit)),
            fundings: cut(&self.fundings, (back, self.exit)),
            ..self
        };
        (before, after)
    }
}

/// Something that lasts from one day to another.
trait Stretch: Copy {
    fn days(&mut self) -> (&mut Day, &mut Day);
}

impl Stretch for Placement {
    fn days(&mut self) -> (&mut Day, &mut Day) {
        (&mut self.start, &mut self.end)
    }
}

impl<T: Copy> Stretch for Spell<T> {
    fn days(&mut self) -> (&mut Day, &mut Day) {
        (&mut self.start, &mut self.end)
    }
}

/// What of some stretches lies between two days.
fn cut<T: Stretch>(stretches: &[T], (from, until): (Day, Day)) -> Vec<T> {
    let parts = stretches.iter().map(|&stretch| {
        let mut part = stretch;
        let (start, end) = part.days();
        (*start, *end) = ((*start).max(from), (*end).min(until));
        let lasts = *start < *end;
        (part, lasts)
    });
    parts
        .filter_map(|(part, lasts)| lasts.then_some(part))
        .collect()
}
