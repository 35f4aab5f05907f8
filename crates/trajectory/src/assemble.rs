use crate::bucket::Buckets;
use crate::spells::*;
use record::{LinkedContent, PersonIndex};
use std::ops::Range;

/// The spells of all persons.
#[derive(Clone)]
pub struct Trajectories {
    stays: Buckets<Stay>,
    placements: Buckets<PlacementPeriod>,
    titles: Buckets<TitlePeriod>,
    fundings: Buckets<FundingPeriod>,
    returns: Buckets<ReportedReturn>,
    persons: usize,
}

impl Trajectories {
    /// Orders the rows of all institutions per person. Takes time linear in the rows.
    pub fn assemble(linked: &LinkedContent) -> Self {
        let persons = linked.persons.len();
        let content = &linked.content;
        let person = |client| linked.person_of(client).position();
        let ((stays, placements), ((titles, fundings), returns)) = rayon::join(
            || rayon::join(|| stays(linked), || placements(linked)),
            || {
                let titles = || {
                    Buckets::distribute(
                        &content.titles,
                        persons,
                        |row| person(row.client),
                        |row| TitlePeriod {
                            start: row.start,
                            end: row.end,
                            title: row.title,
                        },
                        |spell| (spell.start, spell.end, spell.title),
                    )
                };
                let fundings = || {
                    Buckets::distribute(
                        &content.fundings,
                        persons,
                        |row| person(row.client),
                        |row| FundingPeriod {
                            start: row.start,
                            end: row.end,
                            funding: row.funding,
                        },
                        |spell| (spell.start, spell.end, spell.funding),
                    )
                };
                (rayon::join(titles, fundings), returns(linked))
            },
        );
        Self {
            stays,
            placements,
            titles,
            fundings,
            returns,
            persons,
        }
    }

    /// The number of persons.
    pub fn persons(&self) -> usize {
        self.persons
    }

    /// All stays, ordered by person and time.
    pub fn stays(&self) -> &[Stay] {
        self.stays.values()
    }

    /// One stay.
    pub fn stay(&self, index: StayIndex) -> &Stay {
        &self.stays.values()[index.position()]
    }

    /// The stays of one person, in order of time.
    pub fn stays_of(&self, person: PersonIndex) -> &[Stay] {
        self.stays.bucket(person.position())
    }

    /// Where the stays of one person stand in [`Self::stays`].
    pub fn stay_range(&self, person: PersonIndex) -> Range<usize> {
        self.stays.range(person.position())
    }

    /// The placements of one stay, in order of time.
    pub fn placements_of(&self, stay: &Stay) -> &[PlacementPeriod] {
        self.placements.bucket(stay.admission.position())
    }

    /// The legal titles of one person, in order of time.
    pub fn titles_of(&self, person: PersonIndex) -> &[TitlePeriod] {
        self.titles.bucket(person.position())
    }

    /// The funding of one person, in order of time.
    pub fn fundings_of(&self, person: PersonIndex) -> &[FundingPeriod] {
        self.fundings.bucket(person.position())
    }

    /// The returns that institutions reported for one person, in order of time.
    pub fn returns_of(&self, person: PersonIndex) -> &[ReportedReturn] {
        self.returns.bucket(person.position())
    }
}

impl std::fmt::Debug for Trajectories {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Trajectories {{ {} persons, … }}", self.persons)
    }
}

fn stays(linked: &LinkedContent) -> Buckets<Stay> {
    let content = &linked.content;
    let endings = endings(linked);
    let rows: Vec<u32> = (0..content.admissions.len() as u32).collect();
    Buckets::distribute(
        &rows,
        linked.persons.len(),
        |&row| {
            let client = content.admissions[row as usize].client;
            linked.person_of(client).position()
        },
        |&row| {
            let admission = &content.admissions[row as usize];
            Stay {
                person: linked.person_of(admission.client),
                client: admission.client,
                admission: record::AdmissionIndex(row),
                institution: linked.institution_of(admission.client),
                admitted: admission.admitted,
                admitted_half_year: linked.admission_half_years[row as usize],
                origin: admission.origin,
                ready_for_exit: admission.ready_for_exit,
                ending: endings[row as usize],
            }
        },
        Stay::order,
    )
}

/// How each admission ended.
fn endings(linked: &LinkedContent) -> Vec<Ending> {
    let content = &linked.content;
    let mut endings = vec![Ending::Ongoing; content.admissions.len()];
    for (row, exit) in content.exits.iter().enumerate() {
        let admission = exit.admission.position();
        let departure = Departure {
            day: exit.day,
            half_year: linked.exit_half_years[row],
            reason: exit.reason,
            destination: exit.destination,
            security: exit.destination_security,
        };
        let possible = content.admissions[admission].admitted <= exit.day;
        endings[admission] = match endings[admission] {
            Ending::Ongoing if possible => Ending::Left(departure),
            // The same exit twice says nothing new.
            Ending::Left(known) if known == departure => Ending::Left(known),
            _ => Ending::Contradictory,
        };
    }
    endings
}

fn placements(linked: &LinkedContent) -> Buckets<PlacementPeriod> {
    Buckets::distribute(
        &linked.content.placements,
        linked.content.admissions.len(),
        |row| row.admission.position(),
        |row| PlacementPeriod {
            start: row.start,
            end: row.end,
            security: row.security,
            facility: row.facility,
        },
        |spell| (spell.start, spell.end, spell.security, spell.facility),
    )
}

fn returns(linked: &LinkedContent) -> Buckets<ReportedReturn> {
    Buckets::distribute(
        &linked.content.returns,
        linked.persons.len(),
        |row| linked.person_of(row.client).position(),
        |row| ReportedReturn {
            institution: linked.institution_of(row.client),
            day: row.day,
            kind: row.kind,
            reason: row.reason,
            facility: row.facility,
        },
        |spell| {
            (
                spell.day,
                spell.kind,
                spell.institution,
                spell.facility,
                spell.reason,
            )
        },
    )
}
