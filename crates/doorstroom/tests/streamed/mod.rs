//! Invented networks that went through the whole stream, once for all tests.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::common::Places;
use calendar::{Day, DayCount, DayPoint, HalfYear};
use cohort::StudyDefinition;
use dummy::{EventKind, TrueExit, Truth};
use estimate::{Estimate, Provenance};
use record::{ClientIndex, LinkedContent};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use store::Study;

const SEEDS: [u64; 6] = [1, 2, 3, 4, 5, 6];
/// The networks of these seeds are linked without the BSN, as studies are by default.
const WITHOUT_BSN: std::ops::RangeInclusive<u64> = 4..=6;
const CLIENTS: usize = 300;

/// One network after the stream.
pub struct Streamed {
    /// Whether the BSN was a match key.
    pub bsn: bool,
    /// What is true of it.
    pub truth: Truth,
    /// What the study asks: all years, time-outs counted.
    pub questions: StudyDefinition,
    /// What `doorstroom run` found.
    pub estimates: Vec<Estimate>,
    /// Where it comes from.
    pub provenance: Provenance,
    /// The linked rows on relative days, as by default.
    pub relative: LinkedContent,
    /// The linked rows of the same files with calendar days, by which clients are recognised.
    pub linked: LinkedContent,
}

/// The networks, made side by side.
pub fn streams() -> &'static [Streamed] {
    static STREAMS: OnceLock<Vec<Streamed>> = OnceLock::new();
    STREAMS.get_or_init(|| {
        std::thread::scope(|scope| {
            let half = |seeds: &'static [u64]| {
                scope.spawn(move || seeds.iter().map(|&seed| stream(seed)).collect::<Vec<_>>())
            };
            let (first, second) = SEEDS.split_at(SEEDS.len() / 2);
            let threads = [half(first), half(second)];
            threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap())
                .collect()
        })
    })
}

fn stream(seed: u64) -> Streamed {
    let root = tempfile::tempdir().unwrap();
    let (places, truth) = Places::prepare(root.path(), CLIENTS, seed);
    places.edit_protocol("\"2024-H1\"", "\"2019-H1\"");
    places.edit_protocol("\"2024-H2\"", "\"2025-H2\"");
    for kind in ["instroom", "ontslag"] {
        let written = format!("soort = \"{kind}\"");
        places.edit_protocol(&written, &format!("time_outs = \"meetellen\"\n{written}"));
    }
    let bsn = !WITHOUT_BSN.contains(&seed);
    places.edit_protocol("bsn = true", &format!("bsn = {bsn}"));
    places.seal_and_link();
    places.receive(&places.for_study()).fine();
    crate::common::doorstroom!["run", &places.study()].fine();
    let (estimates, relative) = {
        let study = Study::open(&places.study()).unwrap();
        let run = study.database().runs().unwrap().pop().unwrap();
        (
            study.results(&run.digest).unwrap(),
            study.linked_content().unwrap(),
        )
    };
    let policy = "beleid = \"relatief\"";
    places.edit_protocol(
        policy,
        "kalender_akkoord = \"proef\"\nbeleid = \"kalender\"",
    );
    places.receive(&places.for_study()[..1]).fine();
    let study = Study::open(&places.study()).unwrap();
    Streamed {
        bsn,
        truth,
        questions: study.protocol().questions.clone(),
        provenance: estimates[0].meta.provenance.clone(),
        estimates,
        relative,
        linked: study.linked_content().unwrap(),
    }
}

/// A client as its stays show it: institution, and days of admission and exit.
type Stays<'a> = (&'a str, Vec<(Day, Option<Day>)>);

/// The stays (admission, exit) of each client of an institution, by person number.
type TrueClients = BTreeMap<(&'static str, u32), Vec<(Day, Option<Day>)>>;

impl Streamed {
    /// For each client row the true person, recognised by its days of admission and exit;
    /// `None` where two clients look the same.
    pub fn true_persons(&self) -> Vec<Option<u32>> {
        let mut known: BTreeMap<Stays<'static>, Vec<u32>> = BTreeMap::new();
        for ((institution, person), mut stays) in self.true_clients() {
            stays.sort_unstable();
            known.entry((institution, stays)).or_default().push(person);
        }
        let person = |row: usize| {
            let found = known.get(&self.stays_of_row(row));
            match found.expect("each row is a client of the truth").as_slice() {
                [only] => Some(*only),
                _ => None,
            }
        };
        (0..self.linked.content.clients.len()).map(person).collect()
    }

    fn true_clients(&self) -> TrueClients {
        let mut clients: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for stay in self.truth.stays.iter().filter(|stay| !stay.objection) {
            let client = clients.entry((stay.institution, stay.person)).or_default();
            client.push((stay.admitted, stay.exit));
        }
        clients
    }

    fn stays_of_row(&self, row: usize) -> Stays<'static> {
        let client = ClientIndex(row as u32);
        let person = &self.linked.persons[self.linked.person_of(client).position()];
        let zero = person.day_zero.expect("the policy keeps calendar days");
        let content = &self.linked.content;
        let mut stays = Vec::new();
        for (position, admission) in content.admissions.iter().enumerate() {
            if admission.client == client {
                let exits = &content.exits;
                let exit = exits
                    .iter()
                    .find(|exit| exit.admission.position() == position);
                let day = |day: i32| zero.plus(DayCount::new(day));
                stays.push((
                    day(admission.admitted.number()),
                    exit.map(|exit| day(exit.day.number())),
                ));
            }
        }
        stays.sort_unstable();
        (codes::Coded::key(self.linked.institution_of(client)), stays)
    }

    /// How many true pairs of clients linking did not put together.
    pub fn missed_pairs(&self) -> u64 {
        let persons = self.true_persons();
        let mut rows: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (row, person) in persons.iter().enumerate() {
            if let Some(person) = person {
                rows.entry(*person).or_default().push(row);
            }
        }
        let of = &self.linked.person_of_client;
        let apart = |rows: &Vec<usize>| {
            let pairs = (0..rows.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
            pairs.filter(|&(a, b)| of[rows[a]] != of[rows[b]]).count() as u64
        };
        rows.values().map(apart).sum()
    }

    /// The exits that the curve of return follows with time-outs: per person the first in the
    /// period that is not followed by an admission within a day, which is a transfer.
    pub fn first_exits(&self) -> Vec<TrueExit> {
        self.first_exit_of_each(|_| true)
    }

    /// The exits that it follows without: none of a bed for a time-out, none for a time-out
    /// elsewhere, and none so late that such a thing cannot be known.
    pub fn first_exits_without_time_outs(&self) -> Vec<TrueExit> {
        let known_until = self.known_until();
        self.first_exit_of_each(|exit| !exit.time_out && !exit.away && exit.day < known_until)
    }

    /// The last day on which it is known of everything whether it is a time-out.
    fn known_until(&self) -> Day {
        let lasts = self.questions.returns.time_out_max_days as i32;
        self.truth.observed_until.plus(DayCount::new(-lasts - 1))
    }

    fn first_exit_of_each(&self, counts: impl Fn(&TrueExit) -> bool) -> Vec<TrueExit> {
        let cohort = &self.questions.exit;
        let back = [
            EventKind::TimeOut,
            EventKind::SameBorg,
            EventKind::OtherBorg,
        ];
        let transfer = |exit: &TrueExit| {
            exit.first_event.is_some_and(|kind| back.contains(&kind))
                && exit
                    .event_day
                    .is_some_and(|day| day.since(exit.day).get() <= 1)
        };
        let mut first: BTreeMap<u32, &TrueExit> = BTreeMap::new();
        let exits = self.truth.exits.iter().filter(|exit| {
            !exit.objection
                && counts(exit)
                && cohort.covers(HalfYear::of(exit.day))
                && !transfer(exit)
        });
        for exit in exits {
            let known = first.entry(exit.person).or_insert(exit);
            if exit.day < known.day {
                *known = exit;
            }
        }
        first.into_values().cloned().collect()
    }

    /// What happens first after an exit where beds for a time-out are passed over: whoever
    /// leaves one is followed on. Nothing after the last day on which time-outs are known.
    pub fn event_without_time_outs(&self, exit: &TrueExit) -> Option<EventKind> {
        let mut exit = exit;
        loop {
            let day = exit.event_day.filter(|&day| day <= self.known_until())?;
            if exit.first_event != Some(EventKind::TimeOut) {
                return exit.first_event;
            }
            let mut later =
                self.truth.exits.iter().filter(|later| {
                    later.person == exit.person && later.time_out && later.day > day
                });
            let next = later.next();
            if self.died_in_time_out(exit.person, day) {
                return Some(EventKind::Death);
            }
            exit = next?;
        }
    }

    /// Whether the bed for a time-out from `day` on is the last of all.
    fn died_in_time_out(&self, person: u32, day: Day) -> bool {
        let dead = codes::Coded::key(codes::Facility::Overleden);
        let mut stays = self.truth.stays.iter();
        stays.any(|stay| {
            let here = stay.person == person && stay.admitted == day;
            let known = stay.exit.is_some_and(|exit| exit <= self.known_until());
            here && known && stay.destination == Some(dead)
        })
    }
}
