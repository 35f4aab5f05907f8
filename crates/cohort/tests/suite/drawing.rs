//! The mini-language of `spec/*.md`: one person's stays, drawn in text.

use calendar::{Day, HalfYear, RelativeDay};
use codes::*;
use cohort::{Episodes, ReturnRules};
use record::*;
use trajectory::Trajectories;

/// A drawn person with questions about it.
pub struct Drawing {
    pub linked: LinkedContent,
    pub questions: Vec<Question>,
    /// What is asked about the cohorts: `stays` or `exits`, and the answer.
    pub cohorts: Vec<(String, String)>,
}

/// What a drawing asks about the exit on one day.
pub struct Question {
    pub exit: i32,
    /// Name of a definition, and what follows from it.
    pub answers: Vec<(String, String)>,
}

/// The fenced `trajectory` blocks of a document, with the line on which each starts.
pub fn blocks(document: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut rest = document;
    while let Some(start) = rest.find("```trajectory\n") {
        let body = &rest[start + "```trajectory\n".len()..];
        let end = body.find("```").expect("a block is closed");
        let offset = document.len() - body.len();
        found.push((document[..offset].lines().count(), &body[..end]));
        rest = &body[end + 3..];
    }
    found
}

fn code<C: Coded>(key: &str) -> C {
    C::from_key(key).unwrap_or_else(|| panic!("{} has no code {key}", C::list().id))
}

fn day(text: &str) -> RelativeDay {
    RelativeDay::from_number(number(text))
}

fn number(text: &str) -> i32 {
    text.parse().unwrap_or_else(|_| panic!("{text} is no day"))
}

/// Day 0 of all drawings.
fn half_year_of(day: RelativeDay) -> HalfYear {
    let zero = Day::from_ymd(2022, 1, 1).expect("a real day");
    HalfYear::of(Day::from_number(zero.number() + day.number()))
}

impl Drawing {
    pub fn parse(text: &str, first_line: usize) -> Self {
        let mut drawing = Self {
            linked: LinkedContent {
                persons: vec![Person {
                    age: None,
                    sex: Sex::Unknown,
                    first_half_year: half_year_of(RelativeDay::from_number(0)),
                    day_zero: None,
                    windows: [None; Institution::ALL.len()],
                }],
                ..LinkedContent::default()
            },
            questions: Vec::new(),
            cohorts: Vec::new(),
        };
        for (line, text) in text
            .lines()
            .enumerate()
            .filter(|(_, text)| !text.is_empty())
        {
            let words: Vec<&str> = text.split_whitespace().collect();
            drawing
                .line(&words)
                .unwrap_or_else(|| panic!("line {}: cannot read `{text}`", first_line + line + 1));
        }
        drawing
    }

    /// The stays, by the usual rules of what a time-out is.
    pub fn episodes(&self) -> Episodes {
        Episodes::find(Trajectories::assemble(&self.linked), ReturnRules::default())
    }

    fn line(&mut self, words: &[&str]) -> Option<()> {
        match words {
            ["window", institution, days] => {
                let (from, until) = days.split_once("..")?;
                let institution: Institution = code(institution);
                self.linked.persons[0].windows[institution.position()] = Some(ObservationWindow {
                    from: day(from),
                    until: day(until),
                });
            }
            ["report", institution, on, kind, ">", facility] => {
                let client = self.client(code(institution));
                self.linked.content.returns.push(Return {
                    client,
                    day: day(on),
                    kind: code(kind),
                    reason: None,
                    facility: Some(code(facility)),
                });
            }
            ["follow", exit] => self.questions.push(Question {
                exit: number(exit),
                answers: Vec::new(),
            }),
            [
                name @ ("stays" | "stays+" | "exits" | "exits+"),
                answer @ ..,
            ] => {
                self.cohorts.push((name.to_string(), answer.join(" ")));
            }
            [name, answer @ ..] if name.starts_with(char::is_lowercase) => {
                let answers = &mut self.questions.last_mut()?.answers;
                answers.push((name.to_string(), answer.join(" ")));
            }
            [institution, days] => {
                let (from, until) = days.split_once("..")?;
                until.is_empty().then(|| self.admit(institution, from))?;
            }
            [institution, days, reason, ">", destination] => {
                let (from, until) = days.split_once("..")?;
                let admission = self.admit(institution, from);
                self.leave(admission, day(until), code(reason), code(destination));
            }
            _ => return None,
        }
        Some(())
    }

    fn client(&mut self, institution: Institution) -> ClientIndex {
        let clients = &mut self.linked.content.clients;
        let known = clients
            .iter()
            .position(|client| client.institution == institution);
        let position = known.unwrap_or_else(|| {
            clients.push(Client {
                ground: LegalGround::Consent,
                ..Client::unknown(institution)
            });
            self.linked.content.row_ids.push(RowId([0; 16]));
            self.linked.person_of_client.push(PersonIndex(0));
            clients.len() - 1
        });
        ClientIndex(position as u32)
    }

    fn admit(&mut self, institution: &str, from: &str) -> AdmissionIndex {
        let client = self.client(code(institution));
        self.linked.content.admissions.push(Admission {
            client,
            admitted: day(from),
            origin: None,
            referrer: None,
            ready_for_exit: None,
        });
        self.linked
            .admission_half_years
            .push(half_year_of(day(from)));
        AdmissionIndex(self.linked.content.admissions.len() as u32 - 1)
    }

    fn leave(
        &mut self,
        admission: AdmissionIndex,
        day: RelativeDay,
        reason: ExitReason,
        destination: Facility,
    ) {
        self.linked.content.exits.push(Exit {
            admission,
            day,
            reason,
            planned: None,
            destination,
            destination_security: None,
            warm_handover: None,
            handover_days: None,
            outreach: None,
            signal_plan: None,
        });
        self.linked.exit_half_years.push(half_year_of(day));
    }
}
