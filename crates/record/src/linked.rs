use crate::{ClientIndex, Content, PersonIndex};
use calendar::{Age, Day, HalfYear, RelativeDay};
use codes::{Institution, Sex};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The run of days over which an institution's data on a person are complete.
///
/// Under the relative dates policy it is narrowed to what the half-year of day 0 alone says for
/// sure, so that it does not give away the calendar date of day 0; it may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservationWindow {
    /// The first day that is observed.
    pub from: RelativeDay,
    /// The first day that is no longer observed.
    pub until: RelativeDay,
}

/// One linked person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Age in the calendar year of day 0, unless institutions contradict each other about the
    /// year of birth; the study's policy may have capped it.
    pub age: Option<Age>,
    /// Sex; unknown where institutions contradict each other.
    pub sex: Sex,
    /// The calendar half-year of day 0, the first admission in the study.
    pub first_half_year: HalfYear,
    /// Day 0 itself, only where the protocol declares calendar dates.
    pub day_zero: Option<Day>,
    /// Per institution (in the order of the code list) what was observed, if it delivered.
    pub windows: [Option<ObservationWindow>; Institution::ALL.len()],
}

/// How many clients of an institution stayed behind there, and why: counts, as it gave them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftBehind {
    /// They objected to use in research.
    pub objected: u64,
    /// They were not asked, or nobody knows whether they were.
    pub not_asked: u64,
}

/// The rows of all institutions after linking, on relative days.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct LinkedContent {
    /// The linked persons.
    pub persons: Vec<Person>,
    /// For each client row of `content` the person it is about.
    pub person_of_client: Vec<PersonIndex>,
    /// For each admission the calendar half-year of its first day, as the dates policy keeps it:
    /// always on the right side of the edges of the cohorts' periods, but under the relative
    /// policy otherwise reckoned from the half-year of day 0, and so perhaps one off.
    pub admission_half_years: Vec<HalfYear>,
    /// For each exit the calendar half-year of its day, as for admissions.
    pub exit_half_years: Vec<HalfYear>,
    /// Per institution (in the order of the code list) who stayed behind.
    pub left_behind: [LeftBehind; Institution::ALL.len()],
    /// The rows.
    pub content: Content<RelativeDay>,
}

impl LinkedContent {
    /// The person a client row is about.
    pub fn person_of(&self, client: ClientIndex) -> PersonIndex {
        self.person_of_client[client.position()]
    }

    /// The institution that delivered a client row.
    pub fn institution_of(&self, client: ClientIndex) -> Institution {
        self.content.clients[client.position()].institution
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person { … }")
    }
}

impl fmt::Debug for LinkedContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LinkedContent {{ {} persons, … }}", self.persons.len())
    }
}
