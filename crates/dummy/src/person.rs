//! One invented person: who it is, and the traits that the table `client` asks for.

use crate::draw::{Chance, YEAR, between, happens, one_of};
use crate::names::{Name, fictitious_bsn};
use crate::parameters::Parameters;
use calendar::Day;
use codes::*;
use rand::RngExt;

/// One invented person.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) number: u32,
    pub(crate) name: Name,
    pub(crate) birth: Day,
    pub(crate) sex: Sex,
    pub(crate) bsn: u32,
    pub(crate) postcode: Postcode,
    pub(crate) institution: Institution,
    pub(crate) first_admission: Day,
    pub(crate) substances: bool,
    pub(crate) offender: bool,
    pub(crate) iq: i32,
    pub(crate) title_group: TitleGroup,
}

/// Four digits and two letters.
#[derive(Clone, Copy)]
pub(crate) struct Postcode {
    pub(crate) digits: u16,
    pub(crate) letters: [u8; 2],
}

impl Postcode {
    pub(crate) fn invent(chance: &mut Chance) -> Self {
        // Without the letters that Dutch postcodes do not have in these places.
        const LETTERS: &[u8] = b"ABCDEGHJKLMNPRTVWXZ";
        Self {
            digits: between(1000, 9999, chance) as u16,
            letters: [one_of(LETTERS, chance), one_of(LETTERS, chance)],
        }
    }

    pub(crate) fn text(self) -> String {
        let [a, b] = self.letters.map(char::from);
        format!("{} {a}{b}", self.digits)
    }
}

impl Person {
    pub(crate) fn invent(number: u32, parameters: &Parameters, chance: &mut Chance) -> Self {
        let population = &parameters.population;
        let sex = if happens(population.male, chance) {
            Sex::Male
        } else {
            Sex::Female
        };
        let calendar = &parameters.calendar;
        let first_admission = Day::from_number(
            chance
                .random_range(calendar.first_admission.number()..calendar.observed_until.number()),
        );
        let age_days = (population.age.draw(chance) * YEAR).ceil() as i32 + 1;
        let title_group = draw_group(parameters, chance);
        Self {
            number,
            name: Name::invent(sex == Sex::Male, chance),
            birth: Day::from_number(first_admission.number() - age_days),
            sex,
            bsn: fictitious_bsn(number),
            postcode: Postcode::invent(chance),
            institution: population.institutions.draw(chance),
            first_admission,
            substances: happens(population.substances, chance),
            offender: title_group == TitleGroup::Criminal
                || happens(offence_without_criminal_title(parameters), chance),
            iq: population.iq.draw(chance).round() as i32,
            title_group,
        }
    }

    /// Age in completed years.
    pub(crate) fn age_on(&self, day: Day) -> i32 {
        let (year, month, date) = day.ymd();
        let (birth_year, birth_month, birth_date) = self.birth.ymd();
        year - birth_year - i32::from((month, date) < (birth_month, birth_date))
    }
}

pub(crate) fn draw_group(parameters: &Parameters, chance: &mut Chance) -> TitleGroup {
    let groups = &parameters.titles.groups;
    let drawn = chance.random::<f64>() * (groups.criminal + groups.civil + groups.voluntary);
    if drawn < groups.criminal {
        TitleGroup::Criminal
    } else if drawn < groups.criminal + groups.civil {
        TitleGroup::Civil
    } else {
        TitleGroup::Voluntary
    }
}

/// All with a criminal title have an offence; so many of the others that the margin is right.
fn offence_without_criminal_title(parameters: &Parameters) -> f64 {
    let groups = &parameters.titles.groups;
    let criminal = groups.criminal / (groups.criminal + groups.civil + groups.voluntary);
    ((parameters.population.offence - criminal) / (1.0 - criminal)).clamp(0.0, 1.0)
}

const GDPR: Day = match Day::from_ymd(2018, 5, 25) {
    Some(day) => day,
    None => panic!("25 May always exists"),
};

/// The traits that only the demonstration's tables hold.
pub(crate) struct Traits {
    pub(crate) marital_status: MaritalStatus,
    pub(crate) household: Household,
    pub(crate) education: Education,
    pub(crate) daytime: Daytime,
    pub(crate) representation: Representation,
    pub(crate) iq_test: IqTest,
    pub(crate) iq_date: Day,
    pub(crate) scil: i32,
    pub(crate) social_emotional_months: i32,
    pub(crate) adaptive: Adaptive,
    pub(crate) substances: Vec<Substance>,
    pub(crate) substance_status: SubstanceStatus,
    pub(crate) trauma: Trauma,
    pub(crate) care_years: i32,
    pub(crate) earlier_admissions: i32,
    pub(crate) age_first_offence: Option<i32>,
    pub(crate) convictions: i32,
    pub(crate) ground: LegalGround,
    pub(crate) ground_date: Day,
    pub(crate) diagnoses: Vec<Diagnosis>,
    pub(crate) primary: usize,
    pub(crate) offences: Vec<Offence>,
    pub(crate) reoffence_risk: ReoffenceRisk,
}

impl Traits {
    pub(crate) fn invent(person: &Person, parameters: &Parameters, chance: &mut Chance) -> Self {
        let age = person.age_on(person.first_admission);
        let diagnoses = diagnoses(person, parameters, chance);
        let (substances, substance_status) = substances(person, chance);
        let days_before = |days: i32| Day::from_number(person.first_admission.number() - days);
        Self {
            marital_status: one_of(
                &[
                    MaritalStatus::C4,
                    MaritalStatus::C4,
                    MaritalStatus::C7,
                    MaritalStatus::C2,
                ],
                chance,
            ),
            household: one_of(
                &[
                    Household::C1,
                    Household::C5,
                    Household::C6,
                    Household::C7,
                    Household::C7,
                ],
                chance,
            ),
            education: one_of(
                &[
                    Education::Special,
                    Education::SpecialSecondary,
                    Education::C121,
                    Education::C122,
                ],
                chance,
            ),
            daytime: one_of(
                &[
                    Daytime::None,
                    Daytime::Activities,
                    Daytime::Sheltered,
                    Daytime::Unknown,
                ],
                chance,
            ),
            representation: one_of(
                &[
                    Representation::None,
                    Representation::Mentor,
                    Representation::Administration,
                    Representation::Curatorship,
                ],
                chance,
            ),
            iq_test: one_of(
                &[IqTest::WaisIv, IqTest::WaisIv, IqTest::WaisIii, IqTest::Wnv],
                chance,
            ),
            iq_date: days_before(between(1, 300, chance)),
            scil: (person.iq / 4 + between(-3, 3, chance)).clamp(0, 28),
            social_emotional_months: between(18, 120, chance),
            adaptive: one_of(
                &[Adaptive::Mild, Adaptive::Moderate, Adaptive::Moderate],
                chance,
            ),
            substances,
            substance_status,
            trauma: one_of(Trauma::ALL, chance),
            care_years: between(1, (age - 10).clamp(2, 25), chance),
            earlier_admissions: between(0, 6, chance),
            age_first_offence: person.offender.then(|| between(12, age.min(25), chance)),
            convictions: if person.offender {
                between(1, 12, chance)
            } else {
                0
            },
            ground: ground(parameters, chance),
            ground_date: Self::ground_day(person, parameters.calendar.observed_from),
            primary: between(0, diagnoses.len() as i32 - 1, chance) as usize,
            diagnoses,
            offences: offences(person, parameters, chance),
            reoffence_risk: one_of(
                &[
                    ReoffenceRisk::Low,
                    ReoffenceRisk::Medium,
                    ReoffenceRisk::High,
                ],
                chance,
            ),
        }
    }

    /// The day on which the ground was put down: on admission, but not before the deliveries
    /// begin, nor before the GDPR applied (25 May 2018).
    pub(crate) fn ground_day(person: &Person, observed_from: Day) -> Day {
        person.first_admission.max(observed_from).max(GDPR)
    }

    pub(crate) fn iq_class(iq: i32) -> IqClass {
        match iq {
            ..50 => IqClass::Below,
            50..70 => IqClass::Mild,
            70..=85 => IqClass::Borderline,
            _ => IqClass::Above,
        }
    }
}

fn diagnoses(person: &Person, parameters: &Parameters, chance: &mut Chance) -> Vec<Diagnosis> {
    let mut found = vec![Diagnosis::IntellectualDisability];
    for &(diagnosis, share) in parameters.population.diagnoses.entries() {
        if happens(share, chance) {
            found.push(diagnosis);
        }
    }
    if person.substances {
        found.push(Diagnosis::SubstanceUse);
    }
    found
}

fn substances(person: &Person, chance: &mut Chance) -> (Vec<Substance>, SubstanceStatus) {
    if !person.substances {
        return (vec![Substance::None], SubstanceStatus::Never);
    }
    const USED: &[Substance] = &[
        Substance::Alcohol,
        Substance::Cannabis,
        Substance::Cocaine,
        Substance::Amphetamine,
        Substance::Ghb,
    ];
    let mut used: Vec<_> = USED
        .iter()
        .copied()
        .filter(|_| happens(0.4, chance))
        .collect();
    if used.is_empty() {
        used.push(Substance::Cannabis);
    }
    (
        used,
        one_of(
            &[
                SubstanceStatus::Misuse,
                SubstanceStatus::Current,
                SubstanceStatus::Past,
            ],
            chance,
        ),
    )
}

fn ground(parameters: &Parameters, chance: &mut Chance) -> LegalGround {
    if happens(parameters.population.objection, chance) {
        LegalGround::Objection
    } else if happens(parameters.population.consent, chance) {
        LegalGround::Consent
    } else {
        LegalGround::Exception
    }
}

fn offences(person: &Person, parameters: &Parameters, chance: &mut Chance) -> Vec<Offence> {
    if !person.offender {
        return vec![Offence::NoOffence];
    }
    let mut found = vec![parameters.population.offences.draw(chance)];
    if happens(0.2, chance) {
        let second = parameters.population.offences.draw(chance);
        if second != found[0] {
            found.push(second);
        }
    }
    found
}
