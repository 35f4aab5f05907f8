//! On how many days a person's first admission can still have been, for who holds the joined rows
//! of a study with relative dates and knows how they were made. The figures are those of
//! `docs/adr/0003-one-calendar-fact-per-person.md`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use calendar::{Day, DayCount, DayPoint, HalfYear};
use codes::Institution;
use common::{Places, doorstroom};
use record::{ClientIndex, LinkedContent};
use store::{DatesPolicy, DeliveryStatus, Study};

/// All that the joined rows say of one person's days.
#[derive(Clone, Default)]
struct Facts {
    /// Admissions and exits: the day, and the half-year that is kept of it.
    half_years: Vec<(i32, HalfYear)>,
    /// What must have happened before the last observed day of who reported it.
    past: Vec<(i32, Institution)>,
}

/// A study with relative dates, and the truth about its persons.
struct Known {
    policy: DatesPolicy,
    /// Until which day each institution delivered.
    until: Vec<(Institution, Day, Day)>,
    linked: LinkedContent,
    facts: Vec<Facts>,
    truth: Vec<Day>,
}

impl Known {
    fn of_network(clients: usize, seed: u64) -> Self {
        let root = tempfile::tempdir().unwrap();
        let (places, _) = Places::prepare(root.path(), clients, seed);
        places.seal_and_link();
        places.receive(&places.for_study()).fine();
        let (policy, until, linked) = {
            let study = Study::open(&places.study()).unwrap();
            let rows = study.database().deliveries().unwrap();
            let current = rows
                .iter()
                .filter(|row| row.status == DeliveryStatus::Current);
            let day = |text: &str| Day::parse_iso(text).unwrap();
            let until = current.map(|row| {
                let institution = codes::Coded::from_key(&row.institution).unwrap();
                (institution, day(&row.period_from), day(&row.period_until))
            });
            let linked = study.linked_content().unwrap();
            (study.protocol().dates(), until.collect(), linked)
        };
        let agreed = "kalender_akkoord = \"proef\"\nbeleid = \"kalender\"";
        places.edit_protocol("beleid = \"relatief\"", agreed);
        doorstroom![
            "--quiet",
            "receive",
            &places.study(),
            &places.content_file(Institution::Wier, 1)
        ]
        .fine();
        let exact = Study::open(&places.study()).unwrap().linked_content();
        let truth = exact.unwrap().persons;
        Self {
            facts: facts(&linked),
            truth: truth.iter().map(|p| p.day_zero.unwrap()).collect(),
            policy,
            until,
            linked,
        }
    }

    /// Per person the number of days that `possible` leaves of the half-year of day 0, ascending.
    fn remaining(&self, possible: impl Fn(usize, Day) -> bool) -> Vec<usize> {
        let count = |person: usize| {
            let half_year = self.linked.persons[person].first_half_year;
            let count = days_of(half_year).filter(|&zero| possible(person, zero));
            assert!(
                possible(person, self.truth[person]),
                "the truth is possible"
            );
            count.count()
        };
        let mut counts: Vec<usize> = (0..self.truth.len()).map(count).collect();
        counts.sort_unstable();
        counts
    }

    fn until(&self, institution: Institution) -> Day {
        let found = self.until.iter().find(|entry| entry.0 == institution);
        found.unwrap().2
    }

    /// Whether the kept half-years of events would be what they are with this day 0.
    fn fits_half_years(&self, person: usize, zero: Day) -> bool {
        let mut events = self.facts[person].half_years.iter();
        events.all(|&(day, kept)| self.policy.half_year(zero, at(zero, day)) == kept)
    }

    /// Whether everything that is known to have happened would lie in the past.
    fn fits_past(&self, person: usize, zero: Day) -> bool {
        let mut past = self.facts[person].past.iter();
        past.all(|&(day, institution)| at(zero, day) < self.until(institution))
    }

    /// The alternative that keeps the true half-year of every admission and exit.
    fn fits_true_half_years(&self, person: usize, zero: Day) -> bool {
        let mut events = self.facts[person].half_years.iter();
        let truth = self.truth[person];
        events.all(|&(day, _)| HalfYear::of(at(zero, day)) == HalfYear::of(at(truth, day)))
    }

    /// The alternative that moves the ends of observation inwards to a grid of 91 days.
    fn fits_grid(&self, person: usize, zero: Day) -> bool {
        let grid = |zero: Day, day: Day| day.since(zero).get().div_euclid(91);
        let truth = self.truth[person];
        self.until.iter().all(|&(_, from, until)| {
            grid(zero, until) == grid(truth, until)
                && (from.since(zero).get() - 1).div_euclid(91)
                    == (from.since(truth).get() - 1).div_euclid(91)
        })
    }
}

fn at(zero: Day, day: i32) -> Day {
    zero.plus(DayCount::new(day))
}

fn days_of(half_year: HalfYear) -> impl Iterator<Item = Day> {
    let (first, next) = (half_year.first_day(), half_year.next().first_day());
    (first.number()..next.number()).map(Day::from_number)
}

fn facts(linked: &LinkedContent) -> Vec<Facts> {
    let mut facts = vec![Facts::default(); linked.persons.len()];
    let content = &linked.content;
    let person = |client: ClientIndex| linked.person_of(client).position();
    for (row, &half_year) in content.admissions.iter().zip(&linked.admission_half_years) {
        let event = (row.admitted.number(), half_year);
        facts[person(row.client)].half_years.push(event);
    }
    for (row, &half_year) in content.exits.iter().zip(&linked.exit_half_years) {
        let client = content.client_of(row.admission);
        facts[person(client)]
            .half_years
            .push((row.day.number(), half_year));
    }
    let mut past = |client: ClientIndex, day: calendar::RelativeDay| {
        let institution = linked.institution_of(client);
        facts[person(client)].past.push((day.number(), institution));
    };
    let by_client = |admission| content.client_of(admission);
    content
        .referrals
        .iter()
        .for_each(|row| past(row.client, row.referred));
    content
        .admissions
        .iter()
        .for_each(|row| past(row.client, row.admitted));
    content
        .exits
        .iter()
        .for_each(|row| past(by_client(row.admission), row.day));
    content
        .placements
        .iter()
        .for_each(|row| past(by_client(row.admission), row.start));
    content
        .measurements
        .iter()
        .for_each(|row| past(row.client, row.taken));
    content
        .modules
        .iter()
        .for_each(|row| past(row.client, row.start));
    content
        .incidents
        .iter()
        .for_each(|row| past(row.client, row.day));
    content
        .measures
        .iter()
        .for_each(|row| past(row.client, row.start));
    content
        .leaves
        .iter()
        .for_each(|row| past(row.client, row.start));
    content
        .returns
        .iter()
        .for_each(|row| past(row.client, row.day));
    facts
}

/// The smallest, the 5th percentile and the median.
fn summary(what: &str, counts: &[usize]) -> (usize, usize, usize) {
    let found = (
        counts[0],
        counts[counts.len() / 20],
        counts[counts.len() / 2],
    );
    let whole = counts.iter().filter(|&&count| count >= 181).count();
    println!(
        "{what}: {found:?} days, {whole} of {} persons with the whole half-year",
        counts.len()
    );
    found
}

#[test]
fn day_zero_is_hidden_in_its_half_year() {
    let known = Known::of_network(400, 11);
    let all =
        |person, zero| known.fits_true_half_years(person, zero) && known.fits_past(person, zero);
    let grid = known.remaining(|person, zero| all(person, zero) && known.fits_grid(person, zero));
    let every = known.remaining(all);
    let calendar_facts = known.remaining(|person, zero| known.fits_half_years(person, zero));
    let kept = known.remaining(|person, zero| {
        known.fits_half_years(person, zero) && known.fits_past(person, zero)
    });
    let grid = summary("grid of 91 days, all half-years", &grid);
    let every = summary("windows by half-year, all half-years", &every);
    let facts = summary("as kept, calendar facts alone", &calendar_facts);
    let kept = summary("as kept, with the end of the data", &kept);
    assert!(facts.2 >= 181, "most keep the whole half-year: {facts:?}");
    for (less, more) in [(grid, every), (every, kept), (kept, facts)] {
        assert!(less.0 <= more.0 && less.1 <= more.1 && less.2 <= more.2);
    }
    // The windows depend on the half-year alone.
    for (person, zero) in known.linked.persons.iter().zip(&known.truth) {
        for &(institution, from, until) in &known.until {
            let first = person.first_half_year.first_day();
            let window = known.policy.window(first, (from, until));
            assert_eq!(person.windows[institution as usize], Some(window));
            assert_eq!(known.policy.window(*zero, (from, until)), window);
        }
    }
}
