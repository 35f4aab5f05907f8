//! From deliveries and links to one linked content on relative days.
//!
//! The result is a function of the deliveries, the link files, the study key and the dates
//! policy alone: order of arrival and number of threads do not matter.

use crate::DatesPolicy;
use crate::agreement::Agreement;
use calendar::{Day, DayPoint, HalfYear, RelativeDay};
use codes::{Institution, Sex};
use rayon::prelude::*;
use record::{
    ClientIndex, Content, LeftBehind, LinkedContent, ObservationWindow, Person, PersonIndex,
};
use std::cell::RefCell;

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
    let zero_of = |client: ClientIndex| day_zero[person_of_client[client.position()].position()];
    let half_years = HalfYears::of(&calendar, zero_of, policy);
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
        RelativeDay::from_number(day.since(zero_of(client)).get())
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

/// The pseudonyms of everybody, in order: that of the persons in the linked content.
pub(crate) fn distinct_pseudonyms(deliveries: &[DeliveredContent]) -> Vec<[u8; 16]> {
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
/// either the first day in any row. Who has no day at all gets the first observed day.
fn first_days(
    content: &Content<Day>,
    person_of: &[PersonIndex],
    persons: usize,
    windows: &[(Institution, Day, Day)],
) -> Vec<Day> {
    let admissions = content.admissions.iter();
    let mut first = earliest(
        admissions.map(|row| (row.client, row.admitted)),
        person_of,
        persons,
    );
    let referrals = content.referrals.iter();
    let referred = earliest(
        referrals.map(|row| (row.client, row.referred)),
        person_of,
        persons,
    );
    fill(&mut first, &referred);
    if first.iter().any(Option::is_none) {
        fill(&mut first, &earliest(all_days(content), person_of, persons));
    }
    let from = windows.iter().map(|window| window.1).min();
    let fallback = from.unwrap_or(Day::from_number(0));
    let day = |day: Option<Day>| day.unwrap_or(fallback);
    first.into_iter().map(day).collect()
}

/// Per person the earliest of these days.
fn earliest(
    days: impl IntoIterator<Item = (ClientIndex, Day)>,
    person_of: &[PersonIndex],
    persons: usize,
) -> Vec<Option<Day>> {
    let mut first: Vec<Option<Day>> = vec![None; persons];
    for (client, day) in days {
        let known = &mut first[person_of[client.position()].position()];
        *known = Some(known.map_or(day, |known| known.min(day)));
    }
    first
}

fn fill(first: &mut [Option<Day>], otherwise: &[Option<Day>]) {
    for (known, other) in first.iter_mut().zip(otherwise) {
        *known = known.or(*other);
    }
}

/// Every day in any row, with whose it is. Hardly ever needed, so it may cost a copy.
fn all_days(content: &Content<Day>) -> Vec<(ClientIndex, Day)> {
    let days = RefCell::new(Vec::new());
    content.clone().on_axis(|client, day| {
        days.borrow_mut().push((client, day));
        day
    });
    days.into_inner()
}

struct HalfYears {
    admissions: Vec<HalfYear>,
    exits: Vec<HalfYear>,
}

impl HalfYears {
    fn of(
        content: &Content<Day>,
        zero_of: impl Fn(ClientIndex) -> Day,
        policy: DatesPolicy,
    ) -> Self {
        let kept = |client, day| policy.half_year(zero_of(client), day);
        let admissions = content.admissions.iter();
        let exits = content.exits.iter();
        Self {
            admissions: admissions
                .map(|row| kept(row.client, row.admitted))
                .collect(),
            exits: exits
                .map(|row| kept(content.client_of(row.admission), row.day))
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
            .and_then(|year| keep.policy.age(*zero, year)),
        sex: sex.value().unwrap_or(Sex::Unknown),
        first_half_year: HalfYear::of(*zero),
        day_zero: (keep.policy == DatesPolicy::Calendar).then_some(*zero),
        windows: kept_windows(*zero, keep),
    };
    day_zero.par_iter().zip(known).map(person).collect()
}

fn kept_windows(zero: Day, keep: &Keeping) -> [Option<ObservationWindow>; Institution::ALL.len()] {
    let mut windows = [None; Institution::ALL.len()];
    for &(institution, from, until) in &keep.windows {
        windows[institution as usize] = Some(keep.policy.window(zero, (from, until)));
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;
    use calendar::Day;
    use record::{Admission, Client, RowId};

    fn relative() -> DatesPolicy {
        DatesPolicy::Relative {
            edges: [HalfYear::new(2024, 1).unwrap(); 4],
        }
    }

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
        let linked = assemble(deliveries(), relative());
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
        assert!(assemble(reversed, relative()).content == linked.content);
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
            let person = assemble(deliveries, relative()).persons.remove(0);
            (person.sex, person.age.is_some())
        };
        assert_eq!(person(Sex::Male, Some(1990)), (Sex::Male, true));
        assert_eq!(person(Sex::Unknown, None), (Sex::Male, true));
        assert_eq!(person(Sex::Female, Some(1990)), (Sex::Unknown, true));
        assert_eq!(person(Sex::Male, Some(1991)), (Sex::Male, false));
    }

    #[test]
    fn who_was_never_admitted_has_a_day_zero_of_his_own_rows() {
        let mut incident = delivery(Institution::Wier, "2024-03-01");
        incident.content.admissions.clear();
        incident.content.diagnoses.push(record::DiagnosisRow {
            client: ClientIndex(0),
            diagnosis: codes::Coded::at(0).unwrap(),
            primary: true,
            established: Some(day("2022-09-09")),
        });
        let linked = assemble(vec![incident], relative());
        assert_eq!(linked.persons[0].first_half_year.to_string(), "2022-H2");
        let established = linked.content.diagnoses[0].established;
        assert_eq!(established, Some(RelativeDay::from_number(0)));
    }

    #[test]
    fn half_years_and_windows_follow_the_policy() {
        let linked = |policy| {
            let mut wier = delivery(Institution::Wier, "2023-12-20");
            wier.content.admissions.push(Admission {
                admitted: day("2024-06-25"),
                ..wier.content.admissions[0].clone()
            });
            assemble(
                vec![wier, delivery(Institution::Stevig, "2023-03-02")],
                policy,
            )
        };
        let half_years = |linked: &LinkedContent| {
            let half_years = linked.admission_half_years.iter();
            half_years.map(HalfYear::to_string).collect::<Vec<_>>()
        };
        let (exact, kept) = (linked(DatesPolicy::Calendar), linked(relative()));
        assert_eq!(half_years(&exact), ["2023-H1", "2023-H2", "2024-H1"]);
        // From the middle of 2023-H1 both later admissions would be a half-year later; the edge
        // before 2024-H1 keeps one of them on its side.
        assert_eq!(half_years(&kept), ["2023-H1", "2023-H2", "2024-H2"]);
        let window = |linked: &LinkedContent| linked.persons[0].windows[0].unwrap();
        assert!(window(&kept).from > window(&exact).from);
        assert!(window(&kept).until < window(&exact).until);
        let others = kept.persons[0].windows.iter().flatten().count();
        assert_eq!(others, 2, "of those who delivered");
    }
}
