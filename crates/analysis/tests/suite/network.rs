//! A made-up network: linked rows straight from a seed, for tests and measurements.
//!
//! The rows have the traits that matter to the analyses (transfers, overlaps, time-outs, returns,
//! reported events, unknown values, windows that start late), with no claim to be realistic.

use calendar::{Age, Day, HalfYear, RelativeDay};
use codes::*;
use record::*;

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: i32) -> i32 {
        (self.next() % end as u64) as i32
    }

    fn percent(&mut self, percent: i32) -> bool {
        self.below(100) < percent
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as i32) as usize]
    }

    /// Exponential-like waiting times: a product of uniforms keeps whole numbers whole.
    fn wait(&mut self, mean: f64) -> i32 {
        let uniform = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        (-mean * (1.0 - uniform).ln()) as i32
    }
}

/// Days from 1 January 2020; the exports were made at the end of 2026.
const EXPORT: i32 = 2557;
/// From this day on institutions deliver.
const DELIVERED_FROM: i32 = 731;

fn calendar_day(day: i32) -> Day {
    let zero = Day::from_ymd(2020, 1, 1).expect("a real day");
    Day::from_number(zero.number() + day)
}

/// Linked rows of `persons` persons.
pub fn fabricate(persons: usize, seed: u64) -> LinkedContent {
    let mut network = Network {
        linked: LinkedContent::default(),
        chance: Chance(seed),
    };
    for _ in 0..persons {
        network.person();
    }
    network.linked
}

struct Network {
    linked: LinkedContent,
    chance: Chance,
}

impl Network {
    fn person(&mut self) {
        let zero = self.chance.below(2400);
        let sex = if self.chance.percent(80) {
            Sex::Male
        } else {
            Sex::Female
        };
        let age = 18 + self.chance.below(45);
        // Windows lie on a grid of seven days, as the relative dates policy asks.
        let grid = |day: i32| RelativeDay::from_number((day - zero).div_euclid(7) * 7);
        let window = ObservationWindow {
            from: grid(DELIVERED_FROM + 6),
            until: grid(EXPORT),
        };
        self.linked.persons.push(Person {
            age: Age::from_years(age),
            sex,
            first_half_year: HalfYear::of(calendar_day(zero)),
            day_zero: None,
            windows: [Some(window); Institution::ALL.len()],
        });
        self.life(zero);
    }

    /// Stays until the export, each in a client row of its institution.
    fn life(&mut self, zero: i32) {
        let mut day = 0;
        let mut institution = self.chance.one(Institution::ALL);
        let mut clients = [None; Institution::ALL.len()];
        loop {
            if zero + day >= EXPORT {
                return;
            }
            let client = match clients[institution.position()] {
                Some(client) => client,
                None => *clients[institution.position()].insert(self.client(institution)),
            };
            let Some((left, reason, destination)) = self.stay(client, zero, day) else {
                return;
            };
            if reason == ExitReason::Died {
                return;
            }
            self.afterwards(client, left);
            match self.chance.below(100) {
                0..8 => {
                    institution = self.chance.one(Institution::ALL);
                    day = left - self.chance.below(3) + 1;
                }
                8..40 => {
                    if self.chance.percent(25) {
                        institution = self.chance.one(Institution::ALL);
                    }
                    day = left + 2 + self.chance.wait(250.0);
                    if self.chance.percent(15) {
                        self.report(client, day, ReturnKind::TimeOut, Facility::BorgKlin);
                    }
                }
                _ if reason == ExitReason::TimeOut || destination == Facility::BorgKlin => {
                    day = left + 1 + self.chance.below(80);
                }
                _ => return,
            }
        }
    }

    fn client(&mut self, institution: Institution) -> ClientIndex {
        let person = PersonIndex(self.linked.persons.len() as u32 - 1);
        let iq = 50 + self.chance.below(36) as u8;
        let index = ClientIndex(self.linked.content.clients.len() as u32);
        let client = Client {
            institution,
            iq: self.chance.percent(90).then_some(iq),
            earlier_admissions: self.chance.percent(80).then(|| self.chance.below(6) as u8),
            substance_status: Some(self.chance.one(SubstanceStatus::ALL)),
            origin: Some(self.chance.one(Origin::ALL)),
            ground: match self.chance.below(100) {
                0..3 => LegalGround::Objection,
                3..30 => LegalGround::Exception,
                _ => LegalGround::Consent,
            },
            ..Client::unknown(institution)
        };
        let content = &mut self.linked.content;
        content.clients.push(client);
        content.row_ids.push(RowId([0; 16]));
        for _ in 0..1 + self.chance.below(2) {
            content.diagnoses.push(DiagnosisRow {
                client: index,
                diagnosis: self.chance.one(Diagnosis::ALL),
                primary: false,
                established: None,
            });
        }
        if self.chance.percent(60) {
            content.offences.push(OffenceRow {
                client: index,
                offence: self.chance.one(Offence::ALL),
                reoffence_risk: None,
            });
        }
        self.linked.person_of_client.push(person);
        index
    }

    /// Adds a stay; how it ended, if before the export.
    fn stay(
        &mut self,
        client: ClientIndex,
        zero: i32,
        from: i32,
    ) -> Option<(i32, ExitReason, Facility)> {
        let day = RelativeDay::from_number;
        let left = from + 14 + self.chance.wait(500.0);
        let ended = zero + left < EXPORT;
        let ready = left - self.chance.wait(90.0).min(left - from);
        let content = &mut self.linked.content;
        let admission = AdmissionIndex(content.admissions.len() as u32);
        content.admissions.push(Admission {
            client,
            admitted: day(from),
            origin: self
                .chance
                .percent(95)
                .then(|| self.chance.one(Facility::ALL)),
            referrer: None,
            ready_for_exit: (ended && self.chance.percent(70)).then(|| day(ready)),
        });
        self.linked
            .admission_half_years
            .push(HalfYear::of(calendar_day(zero + from)));
        let middle = from + (left - from) / 2;
        for (start, end) in [(from, Some(middle)), (middle, ended.then_some(left))] {
            content.placements.push(Placement {
                admission,
                start: day(start),
                end: end.map(day),
                facility: Facility::BorgKlin,
                security: self.chance.one(SecurityLevel::ALL),
                group_type: None,
                phase: None,
            });
        }
        content.titles.push(TitleSpell {
            client,
            start: day(from),
            end: ended.then(|| day(left)),
            title: self.chance.one(Title::ALL),
        });
        content.fundings.push(FundingSpell {
            client,
            start: day(from),
            end: None,
            funding: self.chance.one(Funding::ALL),
            profile: None,
            zpm_setting: None,
            intensity: None,
        });
        ended.then(|| self.exit(admission, left, zero))
    }

    fn exit(
        &mut self,
        admission: AdmissionIndex,
        left: i32,
        zero: i32,
    ) -> (i32, ExitReason, Facility) {
        let reason = self.chance.one(ExitReason::ALL);
        let destination = match reason {
            ExitReason::Died => Facility::Overleden,
            ExitReason::Detention => Facility::Pi,
            _ => self.chance.one(&Facility::ALL[2..30]),
        };
        self.linked.content.exits.push(Exit {
            admission,
            day: RelativeDay::from_number(left),
            reason,
            planned: None,
            destination,
            destination_security: destination.usual_security(),
            warm_handover: None,
            handover_days: None,
            outreach: None,
            signal_plan: None,
        });
        self.linked
            .exit_half_years
            .push(HalfYear::of(calendar_day(zero + left)));
        (left, reason, destination)
    }

    /// What an institution may report after an exit.
    fn afterwards(&mut self, client: ClientIndex, left: i32) {
        let day = left + 1 + self.chance.wait(600.0);
        match self.chance.below(100) {
            0..6 => self.report(client, day, ReturnKind::Detention, Facility::Pi),
            6..11 => self.report(client, day, ReturnKind::Crisis, Facility::GgzKlin),
            11..14 => self.report(client, day, ReturnKind::Relocation, Facility::Overleden),
            14..16 => self.report(client, day, ReturnKind::Relocation, Facility::Vg6),
            _ => {}
        }
    }

    fn report(&mut self, client: ClientIndex, day: i32, kind: ReturnKind, facility: Facility) {
        self.linked.content.returns.push(Return {
            client,
            day: RelativeDay::from_number(day),
            kind,
            reason: None,
            facility: Some(facility),
        });
    }
}

/// The protocol of the made-up study.
pub fn study() -> analysis::StudyDefinition {
    let half = |year, half| HalfYear::new(year, half).expect("1 and 2 are halves");
    let cohort = |kind, from, until| {
        analysis::CohortDefinition::over(kind, from, until).expect("the halves rise")
    };
    analysis::StudyDefinition {
        intake: cohort(analysis::CohortKind::Intake, half(2021, 1), half(2024, 2)),
        exit: cohort(analysis::CohortKind::Exit, half(2022, 1), half(2025, 2)),
        returns: analysis::ReturnRules::default(),
        horizons: vec![183, 365, 730],
        min_events: 10,
        long_wait_days: 90,
        covariates: analysis::Covariate::usual(),
        factors: analysis::Factor::usual(),
        outlook: analysis::OutlookRules::default(),
    }
}

/// Provenance of made-up data.
pub fn provenance() -> estimate::Provenance {
    estimate::Provenance {
        inputs: vec![estimate::Digest([1; 32])],
        protocol: estimate::Digest([2; 32]),
        code_version: "test".into(),
        data_until: HalfYear::new(2026, 2).expect("1 and 2 are halves"),
        linkage: None,
        synthetic: true,
    }
}
