use crate::{DatesPolicy, Error, RecognitionSection, toml_error};
use calendar::HalfYear;
use codes::{Coded, Institution};
use cohort::StudyDefinition;
use disclosure::{Policy, PolicyDraft};
use linkage::{DeclarationError, KeyDeclaration, MatchKey, Part};
use serde::Deserialize;
use std::path::Path;

/// The protocol of a study: `study.toml`.
///
/// The file holds no secret: it is also what an institution is given as `--study`. Sections
/// about questions and small numbers are defined where they are used, in `cohort` and
/// `disclosure`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    /// What the study is.
    #[serde(rename = "studie")]
    pub study: StudySection,
    /// How dates are kept.
    #[serde(rename = "datums", default)]
    pub dates: DatesSection,
    /// How persons are linked.
    #[serde(rename = "koppeling")]
    pub linkage: LinkageSection,
    /// Who delivers.
    #[serde(rename = "instelling", default)]
    pub institutions: Vec<InstitutionEntry>,
    /// What is asked: cohorts, returns, horizons.
    #[serde(rename = "vragen")]
    pub questions: StudyDefinition,
    /// How recognisable persons may be in the study's rows.
    #[serde(rename = "herkenbaarheid", default)]
    pub recognition: RecognitionSection,
    /// What may be shown of small numbers.
    #[serde(rename = "kleine_aantallen", default)]
    pub small_numbers: PolicyDraft,
}

/// What the study is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudySection {
    /// Name in sealed files: lower case, digits and hyphens.
    pub id: String,
    /// Dutch title, as on the factsheet.
    #[serde(rename = "titel")]
    pub title: String,
    /// Who answers for releases.
    #[serde(rename = "auteur", default)]
    pub author: String,
    /// Whether the data are invented.
    #[serde(rename = "verzonnen", default)]
    pub synthetic: bool,
}

/// How dates are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatesSection {
    /// "relatief" or "kalender".
    #[serde(rename = "beleid")]
    policy: String,
    /// Who agreed to calendar dates, and when.
    #[serde(rename = "kalender_akkoord", default)]
    calendar_agreed: String,
}

impl Default for DatesSection {
    fn default() -> Self {
        Self {
            policy: "relatief".into(),
            calendar_agreed: String::new(),
        }
    }
}

/// How persons are linked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkageSection {
    /// Whether the BSN is used as a match key.
    #[serde(default)]
    pub bsn: bool,
    /// Whether the SKN is used as a match key.
    #[serde(default)]
    pub skn: bool,
    /// Who agreed to the use of BSN or SKN, and when.
    #[serde(rename = "akkoord", default)]
    pub agreed: String,
    /// The match keys without numbers, strictest first, each a list of parts; empty for the
    /// usual ones.
    #[serde(rename = "sleutels", default)]
    keys: Vec<Vec<String>>,
    /// The koppelpunt's public encryption key.
    #[serde(rename = "koppelpunt_ontvangt", default)]
    pub koppelpunt_recipient: String,
    /// The koppelpunt's public signing key.
    #[serde(rename = "koppelpunt_tekent", default)]
    pub koppelpunt_verifies: String,
    /// The study team's public encryption key.
    #[serde(rename = "studie_ontvangt")]
    pub study_recipient: String,
    /// The study team's public signing key.
    #[serde(rename = "studie_tekent", default)]
    pub study_verifies: String,
}

/// One institution that delivers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstitutionEntry {
    /// Code of list CL01.
    pub code: String,
    /// Public signing key.
    #[serde(rename = "tekent")]
    pub verifies: String,
    /// Public encryption key, for what the koppelpunt sends back; empty where not known.
    #[serde(rename = "ontvangt", default)]
    pub receives: String,
}

impl LinkageSection {
    /// The match keys without numbers, strictest first.
    fn names(&self) -> Result<KeyDeclaration, String> {
        if self.keys.is_empty() {
            return Ok(KeyDeclaration::usual());
        }
        let keys = self.keys.iter().map(|parts| MatchKey::from_labels(parts));
        let keys: Result<Vec<MatchKey>, _> = keys.collect();
        let names = keys.and_then(KeyDeclaration::new).map_err(cannot_be)?;
        if names.keys().iter().any(MatchKey::holds_number) {
            return Err("[koppeling] sleutels: een sleutel met BSN of SKN hoort niet in deze lijst. Zet `bsn` of `skn` aan, met het `akkoord` van de FG.".into());
        }
        Ok(names)
    }

    /// The same behind the numbers that were agreed to.
    fn all(&self) -> Result<KeyDeclaration, String> {
        let numbers = [(self.skn, Part::Skn), (self.bsn, Part::Bsn)];
        let used = numbers.into_iter().filter(|(used, _)| *used);
        used.map(|(_, number)| number)
            .try_fold(self.names()?, KeyDeclaration::behind)
            .map_err(cannot_be)
    }
}

fn cannot_be(error: DeclarationError) -> String {
    format!("[koppeling] sleutels: {}", error.sentence())
}

impl InstitutionEntry {
    /// The institution.
    pub fn institution(&self) -> Option<Institution> {
        Institution::from_key(&self.code)
    }
}

impl Protocol {
    /// Reads `study.toml` and refuses what cannot be meant.
    ///
    /// # Errors
    /// A Dutch sentence with the place.
    pub fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        let malformed = |message: String| Error::Malformed {
            path: path.to_path_buf(),
            message,
        };
        let protocol: Self =
            toml::from_str(text).map_err(|error| malformed(toml_error::sentence(text, &error)))?;
        protocol.check().map_err(malformed)?;
        Ok(protocol)
    }

    fn check(&self) -> Result<(), String> {
        let id = &self.study.id;
        if id.is_empty()
            || !id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        {
            return Err("[studie] id: gebruik alleen kleine letters, cijfers en streepjes.".into());
        }
        if (self.linkage.bsn || self.linkage.skn) && self.linkage.agreed.trim().is_empty() {
            return Err(
                "[koppeling] bsn of skn staat aan zonder `akkoord`. Vul in wie (FG) akkoord gaf en wanneer, of zet ze uit.".into(),
            );
        }
        self.linkage.all()?;
        self.dates_policy()?;
        self.recognition.sets()?;
        Policy::new(self.small_numbers.clone())
            .map_err(|refusal| format!("[kleine_aantallen] {}", refusal))?;
        let mut seen = Vec::new();
        for entry in &self.institutions {
            let Some(institution) = entry.institution() else {
                return Err(format!(
                    "[[instelling]] code: `{}` staat niet in lijst CL01.",
                    entry.code
                ));
            };
            if seen.contains(&institution) {
                return Err(format!(
                    "[[instelling]] code: `{}` staat er twee keer.",
                    entry.code
                ));
            }
            seen.push(institution);
        }
        Ok(())
    }

    fn dates_policy(&self) -> Result<DatesPolicy, String> {
        match self.dates.policy.as_str() {
            "relatief" => Ok(DatesPolicy::Relative { edges: self.edges() }),
            "kalender" if self.dates.calendar_agreed.trim().is_empty() => Err(
                "[datums] beleid = \"kalender\" vraagt om `kalender_akkoord`: wie gaf akkoord, en wanneer?".into(),
            ),
            "kalender" => Ok(DatesPolicy::Calendar),
            _ => Err("[datums] beleid: kies \"relatief\" of \"kalender\".".into()),
        }
    }

    /// Where the cohorts' periods begin, and where they have just ended.
    fn edges(&self) -> [HalfYear; 4] {
        let (intake, exit) = (&self.questions.intake, &self.questions.exit);
        [
            intake.from,
            intake.until.next(),
            exit.from,
            exit.until.next(),
        ]
    }

    /// What the study keeps of dates.
    pub fn dates(&self) -> DatesPolicy {
        self.dates_policy()
            .expect("a protocol is only made after its check")
    }

    /// The match keys without numbers, strictest first.
    pub fn name_keys(&self) -> KeyDeclaration {
        self.linkage
            .names()
            .expect("a protocol is only made after its check")
    }

    /// All match keys, strictest first: what institutions make and the koppelpunt compares.
    pub fn match_keys(&self) -> KeyDeclaration {
        self.linkage
            .all()
            .expect("a protocol is only made after its check")
    }

    /// What may be shown of small numbers.
    pub fn policy(&self) -> Policy {
        Policy::new(self.small_numbers.clone()).expect("a protocol is only made after its check")
    }

    /// The institution's public signing key, if it takes part.
    pub fn verifies(&self, institution: Institution) -> Option<&str> {
        let entry = self
            .institutions
            .iter()
            .find(|entry| entry.institution() == Some(institution));
        entry.map(|entry| entry.verifies.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = r#"
[studie]
id = "proef"
titel = "Proef"
[koppeling]
studie_ontvangt = "age1x"
[vragen.instroom]
soort = "instroom"
jaar = 2024
[vragen.ontslag]
soort = "ontslag"
van = "2019-H1"
tot_en_met = "2025-H2"
"#;

    fn parse(more: &str) -> Result<Protocol, Error> {
        Protocol::parse(&format!("{BASE}{more}"), Path::new("study.toml"))
    }

    #[test]
    fn dates_are_relative_unless_somebody_agreed_otherwise() {
        let half = |year, half| HalfYear::new(year, half).unwrap();
        let edges = [half(2024, 1), half(2025, 1), half(2019, 1), half(2026, 1)];
        assert_eq!(parse("").unwrap().dates(), DatesPolicy::Relative { edges });
        assert!(parse("[datums]\nbeleid = \"kalender\"\n").is_err());
        let agreed = "[datums]\nbeleid = \"kalender\"\nkalender_akkoord = \"FG, 1-2-2026\"\n";
        assert_eq!(parse(agreed).unwrap().dates(), DatesPolicy::Calendar);
    }

    /// What a protocol decides about privacy, as the rest of the program asks for it.
    fn decided(protocol: &Protocol) -> String {
        let (zero, from) = (day("2024-03-05"), day("2020-01-01"));
        let dates = protocol.dates();
        format!(
            "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {}",
            dates.window(zero, (from, day("2026-01-01"))),
            dates.age(zero, 1950),
            protocol.match_keys().tags(),
            protocol.policy(),
            protocol.recognition.wanted(),
            protocol.recognition.sets(),
            protocol.verifies(Institution::ALL[0]),
            protocol.study.synthetic,
        )
    }

    fn day(iso: &str) -> calendar::Day {
        calendar::Day::parse_iso(iso).unwrap()
    }

    /// Every setting of privacy in the protocol changes what the program gets. The patterns name
    /// all settings, so that a new one does not compile until somebody has looked here.
    #[test]
    fn every_setting_of_privacy_changes_what_is_decided() {
        let Protocol {
            study,
            dates,
            linkage,
            institutions: _,
            questions: _,
            recognition: _,
            small_numbers,
        } = parse("").unwrap();
        let StudySection {
            id: _,
            title: _,
            author: _,
            synthetic: _,
        } = study;
        let DatesSection {
            policy: _,
            calendar_agreed: _,
        } = dates;
        let LinkageSection {
            bsn: _,
            skn: _,
            agreed: _,
            keys: _,
            koppelpunt_recipient: _,
            koppelpunt_verifies: _,
            study_recipient: _,
            study_verifies: _,
        } = linkage;
        let usual = decided(&parse("").unwrap());
        let linked = |lines: &str| BASE.replace("[koppeling]", &format!("[koppeling]\n{lines}"));
        let agreed = "akkoord = \"FG, 1-2-2026\"";
        let recognised = |line: &str| format!("{BASE}[herkenbaarheid]\n{line}\n");
        let mut rows = vec![
            recognised("k = 11"),
            recognised("l = 3"),
            recognised("bekend = [[\"leeftijd\", \"delicten\"]]"),
            BASE.replace("[koppeling]", "verzonnen = true\n[koppeling]"),
            format!("{BASE}[datums]\nbeleid = \"kalender\"\nkalender_akkoord = \"FG\"\n"),
            linked(&format!("bsn = true\n{agreed}")),
            linked(&format!("skn = true\n{agreed}")),
            linked("sleutels = [[\"achternaam\", \"voornaam\", \"geboortedatum\"]]"),
            format!(
                "{BASE}[[instelling]]\ncode = \"{}\"\ntekent = \"x\"\n",
                Institution::ALL[0].key()
            ),
        ];
        // The settings for small numbers are those that the gate knows, each by its name.
        let defaults = toml::Table::try_from(small_numbers).unwrap();
        for (setting, value) in &defaults {
            let other = match value {
                toml::Value::Boolean(is) => (!is).to_string(),
                toml::Value::Float(share) if *share < 1.0 => "0.8".to_owned(),
                toml::Value::Float(_) => "20.0".to_owned(),
                toml::Value::Integer(2) => "1".to_owned(),
                toml::Value::Integer(number) => (number + 1).to_string(),
                other => panic!("{setting} is {other}"),
            };
            rows.push(format!("{BASE}[kleine_aantallen]\n{setting} = {other}\n"));
        }
        assert!(rows.len() >= 9 + 12, "{} rows", rows.len());
        for row in rows {
            let other = Protocol::parse(&row, Path::new("study.toml")).unwrap();
            assert!(decided(&other) != usual, "nothing changes:\n{row}");
        }
    }

    #[test]
    fn bsn_needs_a_recorded_agreement() {
        let text = BASE.replace("[koppeling]", "[koppeling]\nbsn = true");
        let error = Protocol::parse(&text, Path::new("study.toml")).unwrap_err();
        assert!(error.sentence().contains("akkoord"));
        let text = text.replace("bsn = true", "bsn = true\nakkoord = \"FG, 1-2-2026\"");
        assert!(Protocol::parse(&text, Path::new("study.toml")).is_ok());
    }

    #[test]
    fn the_keys_and_their_order_are_those_of_the_protocol() {
        let with = |lines: &str| {
            let text = BASE.replace("[koppeling]", &format!("[koppeling]\n{lines}"));
            Protocol::parse(&text, Path::new("study.toml"))
        };
        assert_eq!(parse("").unwrap().match_keys(), KeyDeclaration::usual());
        let two = "sleutels = [[\"achternaam\", \"voornaam\", \"geboortedatum\"], [\"achternaam\", \"postcode4\"]]\n";
        let numbers = format!("{two}bsn = true\nskn = true\nakkoord = \"FG, 1-2-2026\"\n");
        let tags = with(&numbers).unwrap().match_keys().tags();
        assert_eq!(tags, ["bsn", "skn", "surname+given+birth", "surname+pc4"]);
        let names = with(&numbers).unwrap().name_keys();
        assert_eq!(names, with(two).unwrap().match_keys());
        let smuggled = with("sleutels = [[\"BSN\"]]\n").unwrap_err();
        assert!(smuggled.sentence().contains("akkoord"));
        let unknown = with("sleutels = [[\"schoenmaat\"]]\n").unwrap_err();
        assert!(unknown.sentence().contains("schoenmaat"));
    }

    #[test]
    fn what_may_be_known_of_a_person_is_declared() {
        let sets = |text: &str| parse(text).map(|protocol| protocol.recognition.sets().unwrap());
        assert_eq!(sets("").unwrap().len(), 4);
        let one = "[herkenbaarheid]\nk = 11\nbekend = [[\"leeftijd\", \"delicten\"]]\n";
        assert_eq!(
            sets(one).unwrap(),
            [[
                record::QuasiIdentifier::Age,
                record::QuasiIdentifier::Offences
            ]]
        );
        assert_eq!(parse(one).unwrap().recognition.wanted(), (11, 2));
        for wrong in ["bekend = [[\"schoenmaat\"]]", "bekend = [[]]", "m = 3"] {
            assert!(
                sets(&format!("[herkenbaarheid]\n{wrong}\n")).is_err(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn institutions_are_known_and_stand_once() {
        assert!(parse("[[instelling]]\ncode = \"ELDERS\"\ntekent = \"x\"\n").is_err());
        let one = "[[instelling]]\ncode = \"WIER\"\ntekent = \"x\"\n";
        assert!(parse(one).is_ok());
        assert!(parse(&one.repeat(2)).is_err());
    }
}
