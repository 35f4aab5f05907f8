//! From deliveries and links to one linked content on relative days.
//!
//! The result is a function of the deliveries, the link files, the study key and the dates
//! policy alone: order of arrival and number of threads do not matter.

use crate::DatesPolicy;
use crate::agreement::Agreement;
use calendar::{Age, Day, DayPoint, HalfYear, RelativeDay};
use codes::{Institution, Sex};
use rayon::prelude::*;
use record::{
    ClientIndex, Content, LeftBehind, LinkedContent, ObservationWindow, Person, PersonIndex,
};

/// One institution's current delivery, decrypted, with the study pseudonym of each client.
pub struct DeliveredContent {
    /// Who delivered.
    pub institution: Institution,
    /// The first day of which the data are complete.
    pub observed_from: Day,
    /// The first day of which they no longer are.
    pub observed_until: Day,
    /// Who stayed behind, as the institution says.
    pub left_behind: LeftBehind,
    /// The rows.
    pub content: Content<Day>,
    /// The study pseudonym of each client row.
    pub pseudonyms: Vec<[u8; 16]>,
}

/// Joins the deliveries into one linked content.
pub fn assemble(mut deliveries: Vec<DeliveredContent>, policy: DatesPolicy) -> LinkedContent {
    deliveries.sort_by_key(|delivery| delivery.institution);
    let persons = distinct_pseudonyms(&deliveries);
    let person_of_client = number_clients(&deliveries, &persons);
    let windows: Vec<(Institution, Day, Day)> = deliveries
        .iter()
        .map(|d| (d.institution, d.observed_from, d.observed_until))
        .collect();
    let mut calendar = Content::<Day>::default();
    let mut left_behind = [LeftBehind::default(); Institution::ALL.len()];
    for delivery in deliveries {
        left_behind[delivery.institution as usize] = delivery.left_behind;
        calendar.append(delivery.content);
    }
    // Random row ids have done their work; they are not kept.
    calendar.row_ids.iter_mut().for_each(|id| id.0 = [0; 16]);
    let day_zero = first_days(&calendar, &person_of_client, persons.len(), &windows);
    let half_years = HalfYears::of(&calendar);
    let persons = describe(
        &calendar,
        &person_of_client,
        &day_zero,
        &Keeping { policy, windows },
    );
    if policy != DatesPolicy::Calendar {
        calendar
            .clients
            .iter_mut()
            .for_each(|client| client.birth_year = None);
    }
    let content = calendar.on_axis(|client: ClientIndex, day: Day| {
        let zero = day_zero[person_of_client[client.position()].position()];
        RelativeDay::from_number(day.since(zero).get())
    });
    LinkedContent {
        persons,
        left_behind,
        person_of_client,
        admission_half_years: half_years.admissions,
        exit_half_years: half_years.exits,
        content,
    }
}

fn distinct_pseudonyms(deliveries: &[DeliveredContent]) -> Vec<[u8; 16]> {
    let mut all: Vec<[u8; 16]> = deliveries
        .iter()
        .flat_map(|d| d.pseudonyms.iter().copied())
        .collect();
    all.par_sort_unstable();
    all.dedup();
    all
}

fn number_clients(deliveries: &[DeliveredContent], persons: &[[u8; 16]]) -> Vec<PersonIndex> {
    let pseudonyms: Vec<&[u8; 16]> = deliveries.iter().flat_map(|d| &d.pseudonyms).collect();
    let number = |pseudonym: &&[u8; 16]| {
        let position = persons
            .binary_search(pseudonym)
            .expect("persons are made of these pseudonyms");
        PersonIndex(position as u32)
    };
    pseudonyms.par_iter().map(number).collect()
}

/// Day 0 of each person: the first admission anywhere; without one the first referral; without
/// either the first observed day.
fn first_days(
    content: &Content<Day>,
    person_of: &[PersonIndex],
    persons: usize,
    windows: &[(Institution, Day, Day)],
) -> Vec<Day> {
    let mut first: Vec<Option<Day>> = vec![None; persons];
    let mut earliest = |client: ClientIndex, day: Day, overrule: bool, settled: &[bool]| {
        let person = person_of[client.position()].position();
        let slot = &mut first[person];
        if overrule || !settled[person] {
            *slot = Some(slot.map_or(day, |known| known.min(day)));
        }
    };
    let mut admitted = vec![false; persons];
    for row in &content.admissions {
        earliest(row.client, row.admitted, true, &[]);
        admitted[person_of[row.client.position()].position()] = true;
    }
    for row in &content.referrals {
        earliest(row.client, row.referred, false, &admitted);
    }
    let fallback = windows
        .iter()
        .map(|window| window.1)
        .min()
        .unwrap_or(Day::from_number(0));
    first
        .into_iter()
        .map(|day| day.unwrap_or(fallback))
        .collect()
}

struct HalfYears {
    admissions: Vec<HalfYear>,
    exits: Vec<HalfYear>,
}

impl HalfYears {
    fn of(content: &Content<Day>) -> Self {
        Self {
            admissions: content
                .admissions
                .iter()
                .map(|row| HalfYear::of(row.admitted))
                .collect(),
            exits: content
                .exits
                .iter()
                .map(|row| HalfYear::of(row.day))
                .collect(),
        }
    }
}

struct Keeping {
    policy: DatesPolicy,
    windows: Vec<(Institution, Day, Day)>,
}

fn describe(
    content: &Content<Day>,
    person_of: &[PersonIndex],
    day_zero: &[Day],
    keep: &Keeping,
) -> Vec<Person> {
    let silent = (Agreement::Silent, Agreement::Silent);
    let mut known: Vec<(Agreement<Sex>, Agreement<u16>)> = vec![silent; day_zero.len()];
    for (client, person) in content.clients.iter().zip(person_of) {
        let (sex, birth_year) = &mut known[person.position()];
        sex.hear(Some(client.sex).filter(|&sex| sex != Sex::Unknown));
        birth_year.hear(client.birth_year);
    }
    let person = |(zero, (sex, birth_year)): (&Day, (Agreement<Sex>, Agreement<u16>))| Person {
        age: birth_year
            .value()
            .and_then(|year| kept_age(*zero, year, keep.policy)),
        sex: sex.value().unwrap_or(Sex::Unknown),
        first_half_year: HalfYear::of(*zero),
        day_zero: (keep.policy == DatesPolicy::Calendar).then_some(*zero),
        windows: kept_windows(*zero, keep),
    };
    day_zero.par_iter().zip(known).map(person).collect()
}

/// The relative policy keeps ages from 18 to 65 apart and caps those outside.
fn kept_age(zero: Day, birth_year: u16, policy: DatesPolicy) -> Option<Age> {
    let age = Age::in_year_of(zero, i32::from(birth_year))?;
    match policy {
        DatesPolicy::Calendar => Some(age),
        DatesPolicy::Relative { .. } => Age::from_years(i32::from(age.years()).clamp(18, 65)),
    }
}

fn kept_windows(zero: Day, keep: &Keeping) -> [Option<ObservationWindow>; Institution::ALL.len()] {
    let mut windows = [None; Institution::ALL.len()];
    for &(institution, from, until) in &keep.windows {
        let (from, until) = (from.since(zero).get(), until.since(zero).get());
        let (from, until) = match keep.policy {
            DatesPolicy::Calendar => (from, until),
            // Inwards, so that nothing is claimed to be observed that was not.
            DatesPolicy::Relative { grid } => (
                -(-from).div_euclid(grid) * grid,
                until.div_euclid(grid) * grid,
            ),
        };
        windows[institution as usize] = (from < until).then_some(ObservationWindow {
            from: RelativeDay::from_number(from),
            until: RelativeDay::from_number(until),
        });
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;
    use calendar::Day;
    use record::{Admission, Client, RowId};

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    fn client(institution: Institution) -> Client {
        Client {
            birth_year: Some(1990),
            sex: Sex::Male,
            ..Client::unknown(institution)
        }
    }

    fn delivery(institution: Institution, admitted: &str) -> DeliveredContent {
        let content = Content {
            row_ids: vec![RowId([7; 16])],
            clients: vec![client(institution)],
            admissions: vec![Admission {
                client: ClientIndex(0),
                admitted: day(admitted),
                origin: None,
                referrer: None,
                ready_for_exit: None,
            }],
            ..Content::default()
        };
        DeliveredContent {
            institution,
            observed_from: day("2019-01-01"),
            observed_until: day("2026-07-01"),
            left_behind: LeftBehind::default(),
            content,
            pseudonyms: vec![[1; 16]],
        }
    }

    #[test]
    fn one_person_at_two_institutions_has_one_day_zero() {
        let deliveries = || {
            vec![
                delivery(Institution::Wier, "2024-03-01"),
                delivery(Institution::Stevig, "2023-03-02"),
            ]
        };
        let linked = assemble(deliveries(), DatesPolicy::Relative { grid: 91 });
        assert_eq!(linked.persons.len(), 1);
        assert_eq!(linked.persons[0].first_half_year.to_string(), "2023-H1");
        assert_eq!(linked.persons[0].day_zero, None);
        let days: Vec<i32> = linked
            .content
            .admissions
            .iter()
            .map(|row| row.admitted.number())
            .collect();
        assert_eq!(days, [0, 365]);
        assert_eq!(linked.content.clients[0].birth_year, None);
        let reversed = deliveries().into_iter().rev().collect();
        assert!(assemble(reversed, DatesPolicy::Relative { grid: 91 }).content == linked.content);
    }

    #[test]
    fn institutions_that_contradict_each_other_leave_sex_and_age_unknown() {
        let person = |sex, birth_year| {
            let mut wier = delivery(Institution::Wier, "2024-03-01");
            (
                wier.content.clients[0].sex,
                wier.content.clients[0].birth_year,
            ) = (sex, birth_year);
            let deliveries = vec![wier, delivery(Institution::Stevig, "2023-03-02")];
            let person = assemble(deliveries, DatesPolicy::Calendar)
                .persons
                .remove(0);
            (person.sex, person.age.is_some())
        };
        assert_eq!(person(Sex::Male, Some(1990)), (Sex::Male, true));
        assert_eq!(person(Sex::Unknown, None), (Sex::Male, true));
        assert_eq!(person(Sex::Female, Some(1990)), (Sex::Unknown, true));
        assert_eq!(person(Sex::Male, Some(1991)), (Sex::Male, false));
    }

    #[test]
    fn the_ends_of_observation_are_moved_inwards() {
        let zero = day("2023-03-02");
        let window = |policy| {
            let keep = Keeping {
                policy,
                windows: vec![(Institution::Stevig, day("2019-01-01"), day("2026-07-01"))],
            };
            kept_windows(zero, &keep)[0].unwrap()
        };
        let exact = window(DatesPolicy::Calendar);
        let kept = window(DatesPolicy::Relative { grid: 91 });
        assert!(kept.from >= exact.from && kept.until <= exact.until);
        assert_eq!(kept.from.number() % 91, 0);
        assert_eq!(kept.until.number() % 91, 0);
        assert!(kept.from.number() - exact.from.number() < 91);
        assert!(exact.until.number() - kept.until.number() < 91);
    }
}
