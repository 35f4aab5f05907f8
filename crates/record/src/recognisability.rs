//! How well the persons of a study hide among each other, by what somebody may know of a person
//! from elsewhere. Counts only; a study of a whole population has no sample to hide behind.

use crate::anonymity::{Among, Anonymity, Column, among};
use crate::{ClientIndex, LinkedContent, PersonIndex};
use calendar::{DayPoint, RelativeDay};
use codes::{Coded, Sex};

/// Something that may be known of a person from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuasiIdentifier {
    /// Sex.
    Sex,
    /// Age on day 0, in years.
    Age,
    /// Age on day 0, in bands of ten years.
    AgeBand,
    /// The institution of the first admission.
    Institution,
    /// The half-year of day 0.
    HalfYear,
    /// How many quarters of a year the first stay lasted, or that it lasts still.
    LengthOfStay,
    /// Every offence cluster that is known.
    Offences,
    /// The legal titles on day 0.
    Titles,
}

/// Days in a quarter of a year, on average.
const QUARTER: f64 = 365.25 / 4.0;

impl QuasiIdentifier {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Sex,
        Self::Age,
        Self::AgeBand,
        Self::Institution,
        Self::HalfYear,
        Self::LengthOfStay,
        Self::Offences,
        Self::Titles,
    ];

    /// How a protocol writes it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Sex => "geslacht",
            Self::Age => "leeftijd",
            Self::AgeBand => "leeftijd_per_10_jaar",
            Self::Institution => "instelling",
            Self::HalfYear => "halfjaar",
            Self::LengthOfStay => "verblijfsduur",
            Self::Offences => "delicten",
            Self::Titles => "titels",
        }
    }

    /// What a protocol writes so.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.key() == key)
    }

    /// A code per person; nothing where it is not known.
    pub fn column(self, linked: &LinkedContent) -> Column {
        let persons = linked.persons.iter();
        match self {
            Self::Sex => persons
                .map(|person| (person.sex != Sex::Unknown).then(|| person.sex.position() as u32))
                .collect(),
            Self::Age => persons
                .map(|person| person.age.map(|age| u32::from(age.years())))
                .collect(),
            Self::AgeBand => persons
                .map(|person| person.age.map(|age| u32::from(age.years() / 10)))
                .collect(),
            Self::HalfYear => persons
                .map(|person| {
                    let half = person.first_half_year;
                    Some(half.year() as u32 * 2 + u32::from(half.half()))
                })
                .collect(),
            Self::Institution => first_stays(linked)
                .into_iter()
                .map(|stay| stay.map(|stay| stay.institution))
                .collect(),
            Self::LengthOfStay => first_stays(linked)
                .into_iter()
                .map(|stay| stay.map(|stay| stay.quarters))
                .collect(),
            Self::Offences => {
                let rows = linked.content.offences.iter();
                sets(linked, rows.map(|row| (row.client, row.offence.position())))
            }
            Self::Titles => {
                let zero = RelativeDay::from_number(0);
                let rows = linked.content.titles.iter();
                let then =
                    rows.filter(|row| row.start <= zero && row.end.is_none_or(|end| zero < end));
                sets(linked, then.map(|row| (row.client, row.title.position())))
            }
        }
    }
}

/// Per person the set of codes of its rows, as bits; code lists have fewer than 32.
fn sets(linked: &LinkedContent, rows: impl Iterator<Item = (ClientIndex, usize)>) -> Column {
    let mut sets: Column = vec![None; linked.persons.len()];
    for (client, position) in rows {
        let set = &mut sets[linked.person_of(client).position()];
        *set = Some(set.unwrap_or(0) | 1 << (position % 32));
    }
    sets
}

/// A person's first admission.
#[derive(Clone, Copy)]
struct FirstStay {
    admitted: RelativeDay,
    institution: u32,
    /// Quarters until the exit; past all of them where there is none yet.
    quarters: u32,
}

fn first_stays(linked: &LinkedContent) -> Vec<Option<FirstStay>> {
    let content = &linked.content;
    let mut exits = vec![None; content.admissions.len()];
    for exit in &content.exits {
        exits[exit.admission.position()] = Some(exit.day);
    }
    let mut first: Vec<Option<FirstStay>> = vec![None; linked.persons.len()];
    for (admission, exit) in content.admissions.iter().zip(exits) {
        let stay = FirstStay {
            admitted: admission.admitted,
            institution: linked.institution_of(admission.client).position() as u32,
            quarters: exit.map_or(u32::MAX, |day: RelativeDay| {
                let days = day.since(admission.admitted).get().max(0);
                (f64::from(days) / QUARTER) as u32
            }),
        };
        let known = &mut first[linked.person_of(admission.client).position()];
        let order = |stay: &FirstStay| (stay.admitted, stay.institution);
        if known
            .as_ref()
            .is_none_or(|known| order(&stay) < order(known))
        {
            *known = Some(stay);
        }
    }
    first
}

/// Per person where the first stay that ended led to: what nobody should learn of somebody whom
/// he recognises.
fn destinations(linked: &LinkedContent) -> Column {
    let content = &linked.content;
    let mut first: Vec<Option<(RelativeDay, u32)>> = vec![None; linked.persons.len()];
    for exit in &content.exits {
        let person: PersonIndex = linked.person_of(content.client_of(exit.admission));
        let found = (exit.day, exit.destination.position() as u32);
        let known = &mut first[person.position()];
        *known = Some(known.map_or(found, |known| known.min(found)));
    }
    first
        .into_iter()
        .map(|found| found.map(|(_, destination)| destination))
        .collect()
}

/// How recognisable the persons of a study are by one set of quasi-identifiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognisability {
    /// What is known from elsewhere.
    pub known: Vec<QuasiIdentifier>,
    /// k-anonymity.
    pub anonymity: Anonymity,
    /// The l of l-diversity: the fewest different destinations among persons who are alike, of
    /// those groups in which any is known; 0 where none is.
    pub l: usize,
    /// Persons among whose likes fewer destinations than wanted are found, of those whose
    /// destination is known.
    pub undiverse: usize,
}

/// Measures this for each of these sets.
pub fn recognisability(
    linked: &LinkedContent,
    sets: &[Vec<QuasiIdentifier>],
    wanted: (u64, usize),
) -> Vec<Recognisability> {
    let used = |one: &QuasiIdentifier| sets.iter().flatten().any(|known| known == one);
    // Sets hold much the same; each column is made once.
    let columns = QuasiIdentifier::ALL.map(|one| used(&one).then(|| one.column(linked)));
    let sensitive = destinations(linked);
    let measure = |known: &Vec<QuasiIdentifier>| {
        let of = |one: &QuasiIdentifier| columns[*one as usize].clone();
        let columns: Vec<Column> = known.iter().filter_map(of).collect();
        measured(known, &among(&columns), &sensitive, wanted)
    };
    sets.iter().map(measure).collect()
}

fn measured(
    known: &[QuasiIdentifier],
    among: &Among,
    sensitive: &[Option<u32>],
    (k, l): (u64, usize),
) -> Recognisability {
    let diversity = among.diversity(sensitive);
    let counted = diversity.iter().zip(sensitive);
    let found: Vec<usize> = counted
        .filter_map(|(diversity, own)| own.map(|_| *diversity))
        .collect();
    Recognisability {
        known: known.to_vec(),
        anonymity: among.anonymity(k),
        l: found.iter().copied().min().unwrap_or(0),
        undiverse: found.iter().filter(|&&diversity| diversity < l).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Admission, AdmissionIndex, Client, Content, Exit, Person};
    use calendar::{Age, HalfYear};
    use codes::{ExitReason, Facility, Institution};

    fn measured_by(
        linked: &LinkedContent,
        known: &[QuasiIdentifier],
        wanted: (u64, usize),
    ) -> Recognisability {
        recognisability(linked, &[known.to_vec()], wanted).remove(0)
    }

    /// One person per (age, days of the first stay, destination).
    fn linked(persons: &[(i32, i32, usize)]) -> LinkedContent {
        let mut linked = LinkedContent::default();
        for (index, &(age, days, destination)) in (0..).zip(persons) {
            linked.persons.push(Person {
                age: Age::from_years(age),
                sex: Sex::Male,
                first_half_year: HalfYear::new(2024, 1).unwrap(),
                day_zero: None,
                windows: [None; Institution::ALL.len()],
            });
            linked.person_of_client.push(PersonIndex(index));
            let content: &mut Content<RelativeDay> = &mut linked.content;
            content.clients.push(Client::unknown(Institution::Wier));
            content.admissions.push(Admission {
                client: ClientIndex(index),
                admitted: RelativeDay::from_number(0),
                origin: None,
                referrer: None,
                ready_for_exit: None,
            });
            content.exits.push(Exit {
                admission: AdmissionIndex(index),
                day: RelativeDay::from_number(days),
                reason: ExitReason::at(0).unwrap(),
                planned: None,
                destination: Facility::at(destination).unwrap(),
                destination_security: None,
                warm_handover: None,
                handover_days: None,
                outreach: None,
                signal_plan: None,
            });
        }
        linked
    }

    const FIVE: [(i32, i32, usize); 5] = [
        (21, 10, 0),
        (22, 20, 0),
        (29, 400, 1),
        (35, 10, 1),
        (35, 12, 1),
    ];

    #[test]
    fn each_thing_known_more_leaves_fewer_alike() {
        use QuasiIdentifier::{Age, AgeBand, LengthOfStay, Sex};
        let linked = linked(&FIVE);
        let found = |known: &[QuasiIdentifier]| {
            let found = measured_by(&linked, known, (3, 2));
            let Anonymity {
                k, unique, below, ..
            } = found.anonymity;
            (k, unique, below, found.l, found.undiverse)
        };
        assert_eq!(found(&[Sex]), (5, 0, 0, 2, 0));
        // Twenties: three with two destinations; thirties: two with one.
        assert_eq!(found(&[Sex, AgeBand]), (2, 0, 2, 1, 2));
        assert_eq!(found(&[Sex, Age]), (1, 3, 5, 1, 5));
        // First quarter: four with two destinations; the one who stayed a year is alone.
        assert_eq!(found(&[LengthOfStay]), (1, 1, 1, 1, 1));
    }

    #[test]
    fn what_is_aimed_at_decides_who_counts_as_too_few() {
        let linked = linked(&FIVE);
        let found = |wanted| {
            let known = [QuasiIdentifier::AgeBand];
            let found = measured_by(&linked, &known, wanted);
            (found.anonymity.below, found.undiverse)
        };
        assert_eq!(found((2, 1)), (0, 0));
        assert_eq!(found((3, 2)), (2, 2));
        assert_eq!(found((4, 3)), (5, 5));
    }

    #[test]
    fn who_is_still_there_is_no_quarter_of_anybody_else() {
        let mut linked = linked(&[(21, 10, 0), (22, 20, 0)]);
        linked.content.exits.pop();
        let column = QuasiIdentifier::LengthOfStay.column(&linked);
        assert_eq!(column, [Some(0), Some(u32::MAX)]);
    }

    #[test]
    fn what_a_protocol_writes_reads_back() {
        for one in QuasiIdentifier::ALL {
            assert_eq!(QuasiIdentifier::from_key(one.key()), Some(one));
        }
        assert_eq!(QuasiIdentifier::from_key("schoenmaat"), None);
    }
}
