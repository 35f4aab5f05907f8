//! The declared numbers of the invented network.

use crate::Error;
use crate::draw::{Chance, LogNormal, TruncatedNormal, Weibull};
use calendar::Day;
use codes::{Coded, Diagnosis, Facility, Institution, Offence, ReturnReason, SecurityLevel, Title};
use rand::RngExt;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::collections::BTreeMap;

/// Codes with a weight each.
#[derive(Clone, Debug)]
pub struct Weighted<T>(Vec<(T, f64)>);

impl<T: Copy> Weighted<T> {
    /// The codes and their weights.
    pub fn entries(&self) -> &[(T, f64)] {
        &self.0
    }

    pub(crate) fn draw(&self, chance: &mut Chance) -> T {
        let total: f64 = self.0.iter().map(|(_, weight)| weight).sum();
        let mut left = chance.random::<f64>() * total;
        for &(code, weight) in &self.0 {
            left -= weight;
            if left < 0.0 {
                return code;
            }
        }
        self.0[self.0.len() - 1].0
    }
}

impl<'de, T: Coded> Deserialize<'de> for Weighted<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let weights = BTreeMap::<String, f64>::deserialize(deserializer)?;
        if !weights.values().any(|&weight| weight > 0.0) {
            return Err(D::Error::custom("no weight is above zero"));
        }
        let coded = |(key, weight): (String, f64)| {
            let code = T::from_key(&key)
                .ok_or_else(|| D::Error::custom(format!("{key} is not in {}", T::list().id)))?;
            if !(weight >= 0.0 && weight.is_finite()) {
                return Err(D::Error::custom(format!(
                    "the weight of {key} is below zero"
                )));
            }
            Ok((code, weight))
        };
        weights
            .into_iter()
            .map(coded)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn iso_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
    let text = String::deserialize(deserializer)?;
    Day::parse_iso(&text).ok_or_else(|| D::Error::custom("a date must be written as jjjj-mm-dd"))
}

/// All parameters. The declared file is [`Parameters::declared`].
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The stretch of time.
    pub calendar: Calendar,
    /// Who the clients are.
    pub population: Population,
    /// Legal titles.
    pub titles: Titles,
    /// Security at the start, given the title.
    pub security: Security,
    /// The stay itself.
    pub stay: StayParameters,
    /// The exit.
    pub exit: ExitParameters,
    /// What happens after it.
    pub after_exit: AfterExit,
    /// What happens during the stay.
    pub course: Course,
    /// Faults in identifiers.
    pub identifier_dirt: IdentifierDirt,
    /// Faults in content.
    pub content_dirt: ContentDirt,
}

/// The stretch of time.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// First day on which anybody is admitted.
    #[serde(deserialize_with = "iso_day")]
    pub first_admission: Day,
    /// First day of which deliveries are complete.
    #[serde(deserialize_with = "iso_day")]
    pub observed_from: Day,
    /// First day that is no longer delivered.
    #[serde(deserialize_with = "iso_day")]
    pub observed_until: Day,
}

/// Who the clients are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// The number of clients where none is asked for.
    pub default_clients: usize,
    /// Share of men.
    pub male: f64,
    /// Age at the first admission, in years.
    pub age: TruncatedNormal,
    /// Full-scale IQ.
    pub iq: TruncatedNormal,
    /// Share with a substance use disorder.
    pub substances: f64,
    /// Share with an index offence.
    pub offence: f64,
    /// Share that objected to research.
    pub objection: f64,
    /// Share of the others that consented.
    pub consent: f64,
    /// First institution.
    pub institutions: Weighted<Institution>,
    /// Chance of each diagnosis beside the intellectual disability.
    pub diagnoses: Weighted<Diagnosis>,
    /// Clusters of index offences.
    pub offences: Weighted<Offence>,
}

/// Legal titles.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Titles {
    /// Weights of the groups.
    pub groups: TitleGroups,
    /// Share of criminal titles that end during resocialisation.
    pub ends_before_exit: f64,
    /// Within the criminal titles.
    pub criminal: Weighted<Title>,
    /// Within the civil titles, from 2020 on.
    pub civil: Weighted<Title>,
}

/// Weights of the groups of titles.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TitleGroups {
    /// Under criminal law.
    pub criminal: f64,
    /// Under civil law.
    pub civil: f64,
    /// Voluntary.
    pub voluntary: f64,
}

/// Security at the start, given the group of the title.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Security {
    /// Under criminal law.
    pub criminal: Weighted<SecurityLevel>,
    /// Under civil law.
    pub civil: Weighted<SecurityLevel>,
    /// Voluntary.
    pub voluntary: Weighted<SecurityLevel>,
}

/// The stay.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StayParameters {
    /// Share of stays that end early.
    pub premature: f64,
    /// Length of those, in months.
    pub premature_months: LogNormal,
    /// Length of the others, in months.
    pub completed_months: LogNormal,
    /// Days from ready to exit.
    pub waiting_days: LogNormal,
    /// Deaths per year of stay.
    pub death_per_year: f64,
    /// Length of the first placement.
    pub observation_days: i32,
    /// Share that steps down half-way.
    pub step_down: f64,
    /// Share of completers with a last, more open placement.
    pub resocialisation: f64,
    /// Days from referral to admission.
    pub referral_days: LogNormal,
    /// Share with an earlier, refused referral.
    pub refused_before: f64,
    /// Time-outs elsewhere during a stay.
    pub away: Away,
}

/// Time-outs elsewhere during a stay: the client leaves, the bed is kept, the client comes back.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Away {
    /// Share of the stays with one; and of those the share with another, and so on.
    pub share: f64,
    /// Shortest and longest time away, in days.
    pub days: [i32; 2],
}

/// The exit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExitParameters {
    /// Where completers go.
    pub planned: Weighted<Facility>,
    /// Where the others go.
    pub premature: Weighted<Facility>,
    /// How they are handed over.
    pub handover: Handover,
}

/// How clients are handed over.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handover {
    /// Share of planned exits with a warm handover.
    pub warm: f64,
    /// Share of those with outreach.
    pub outreach_if_warm: f64,
    /// Share of the others with outreach.
    pub outreach_otherwise: f64,
    /// Share of transfers within De Borg whose stays overlap.
    pub overlap: f64,
}

/// What happens after an exit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AfterExit {
    /// Return to any Borg institution, time-outs included.
    pub return_to_borg: Weibull,
    /// Factors on that hazard.
    pub hazard_ratios: RiskFactors,
    /// Share of exits with each factor, to centre the hazard.
    pub expected_shares: RiskFactors,
    /// Share of the returns after a planned exit that are time-outs.
    pub time_out: f64,
    /// Shortest and longest time-out, in days.
    pub time_out_days: [i32; 2],
    /// Share of readmissions in the same institution.
    pub same_institution: f64,
    /// Detention.
    pub detention: Weibull,
    /// Admission outside De Borg.
    pub admission_elsewhere: Weibull,
    /// Death.
    pub death: Weibull,
    /// Share of events elsewhere that the last institution hears of.
    pub reported: f64,
    /// Where admissions elsewhere are.
    pub elsewhere: Weighted<Facility>,
    /// Main reason of a return.
    pub reasons: Weighted<ReturnReason>,
}

/// One number for each factor that changes the hazard of return.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskFactors {
    /// Substance use disorder.
    pub substances: f64,
    /// Left early.
    pub premature: f64,
    /// At least two levels of security less.
    pub step_of_two: f64,
    /// Warm handover and outreach both.
    pub warm_with_outreach: f64,
    /// Stayed in De Borg before.
    pub previous_admission: f64,
}

impl RiskFactors {
    pub(crate) fn values(&self) -> [f64; 5] {
        [
            self.substances,
            self.premature,
            self.step_of_two,
            self.warm_with_outreach,
            self.previous_admission,
        ]
    }
}

impl AfterExit {
    /// The mean hazard ratio of the expected mix, by which all are divided.
    pub fn centre(&self) -> f64 {
        let (ratios, shares) = (self.hazard_ratios.values(), self.expected_shares.values());
        ratios
            .iter()
            .zip(shares)
            .map(|(ratio, share)| 1.0 + share * (ratio - 1.0))
            .product()
    }
}

/// What happens during the stay.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// Months between measurements.
    pub measurement_months: u32,
    /// Share of measurements not taken.
    pub measurement_missing: f64,
    /// Change of the scores in completers, in standard deviations a year.
    pub drift_sd_per_year: f64,
    /// Incidents per week.
    pub incidents_per_week: PerPhase,
    /// Shape of the gamma by which clients differ.
    pub incident_dispersion: f64,
    /// Share of physical incidents followed by coercion.
    pub coercion_after_physical: f64,
    /// Leaves per month.
    pub leave_per_month: PerPhase,
    /// Share of leaves that end in absconding.
    pub absconding: f64,
    /// Share that follows a module that fits.
    pub module: f64,
}

/// A number for each phase of treatment.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerPhase {
    /// Observation.
    pub observation: f64,
    /// Treatment.
    pub treatment: f64,
    /// Resocialisation.
    pub resocialisation: f64,
}

/// Share of rows with each fault in the identifiers.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentifierDirt {
    /// No BSN.
    pub bsn_missing: f64,
    /// Day and month of birth swapped, where that gives a date.
    pub day_month_swapped: f64,
    /// A letter wrong in the surname.
    pub typo_in_surname: f64,
    /// A letter wrong in the given names.
    pub typo_in_given_name: f64,
    /// Prefix written in the surname's column.
    pub prefix_in_surname: f64,
    /// Only initials.
    pub given_names_as_initials: f64,
    /// Another postcode than in the rest of the network.
    pub postcode_moved: f64,
    /// No postcode.
    pub postcode_missing: f64,
}

/// How many of each fault are planted in the content.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContentDirt {
    /// Exits one day before ready.
    pub exit_before_ready: usize,
    /// Days between two placements.
    pub placement_gap: usize,
    /// Codes that the list does not have, in an optional field.
    pub invalid_optional_code: usize,
    /// A day without a title.
    pub title_gap: usize,
}

impl Parameters {
    /// The declared file itself, with sources, as text.
    pub const DECLARED: &'static str = include_str!("../parameters.toml");

    /// The declared parameters.
    ///
    /// # Panics
    /// Never in a released version: a test reads the file.
    pub fn declared() -> Self {
        Self::from_toml(Self::DECLARED)
            .expect("the declared parameter file is sound; a test reads it")
    }

    /// Reads a parameter file.
    ///
    /// # Errors
    /// Where the text is no TOML, lacks a value, has an unknown one or one out of range.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let parameters: Self =
            toml::from_str(text).map_err(|e| Error::Parameters(e.to_string()))?;
        match parameters.fault() {
            Some(fault) => Err(Error::Parameters(fault.to_owned())),
            None => Ok(parameters),
        }
    }

    fn fault(&self) -> Option<&'static str> {
        let calendar = &self.calendar;
        let share = |value: f64| (0.0..=1.0).contains(&value);
        let checks = [
            (
                calendar.first_admission < calendar.observed_from
                    && calendar.observed_from < calendar.observed_until,
                "[calendar]: the days must be in order",
            ),
            (self.population.age.is_sound(), "population.age"),
            (
                self.population.age.min >= 16.0,
                "population.age: from 16 years",
            ),
            (self.population.iq.is_sound(), "population.iq"),
            (
                self.shares().into_iter().all(share),
                "a share must lie between 0 and 1",
            ),
            (
                [
                    self.stay.premature_months,
                    self.stay.completed_months,
                    self.stay.waiting_days,
                    self.stay.referral_days,
                ]
                .iter()
                .all(LogNormal::is_sound),
                "[stay]: medians and sigmas must be above zero",
            ),
            (
                [
                    self.after_exit.return_to_borg,
                    self.after_exit.detention,
                    self.after_exit.admission_elsewhere,
                    self.after_exit.death,
                ]
                .iter()
                .all(Weibull::is_sound),
                "[after_exit]: shapes above zero, chances between 0 and 1",
            ),
            (
                self.after_exit
                    .hazard_ratios
                    .values()
                    .iter()
                    .all(|&ratio| ratio > 0.0),
                "hazard ratios must be above zero",
            ),
            (
                (1..=self.after_exit.time_out_days[1]).contains(&self.after_exit.time_out_days[0]),
                "time_out_days: the shortest first",
            ),
            (
                (2..=self.stay.away.days[1]).contains(&self.stay.away.days[0]),
                "stay.away.days: more than one day, the shortest first",
            ),
            (self.stay.observation_days > 0, "stay.observation_days"),
            (
                self.course.measurement_months > 0,
                "course.measurement_months",
            ),
            (
                self.course.incident_dispersion > 0.0,
                "course.incident_dispersion",
            ),
        ];
        checks
            .iter()
            .find(|(sound, _)| !sound)
            .map(|&(_, fault)| fault)
    }

    fn shares(&self) -> Vec<f64> {
        let (dirt, exit) = (&self.identifier_dirt, &self.exit.handover);
        let mut shares = vec![
            self.population.male,
            self.population.substances,
            self.population.offence,
            self.population.objection,
            self.population.consent,
            self.titles.ends_before_exit,
            self.stay.premature,
            self.stay.death_per_year,
            self.stay.step_down,
            self.stay.resocialisation,
            self.stay.refused_before,
            self.stay.away.share,
            exit.warm,
            exit.outreach_if_warm,
            exit.outreach_otherwise,
            exit.overlap,
            self.after_exit.time_out,
            self.after_exit.same_institution,
            self.after_exit.reported,
            self.course.measurement_missing,
            self.course.coercion_after_physical,
            self.course.absconding,
            self.course.module,
            dirt.bsn_missing,
            dirt.day_month_swapped,
            dirt.typo_in_surname,
            dirt.typo_in_given_name,
            dirt.prefix_in_surname,
            dirt.given_names_as_initials,
            dirt.postcode_moved,
            dirt.postcode_missing,
        ];
        shares.extend(self.after_exit.expected_shares.values());
        shares.extend(
            self.population
                .diagnoses
                .entries()
                .iter()
                .map(|(_, share)| share),
        );
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declared_file_is_sound() {
        let parameters = Parameters::declared();
        assert_eq!(parameters.population.default_clients, 1200);
        assert!((1.2..2.0).contains(&parameters.after_exit.centre()));
    }

    #[test]
    fn a_wrong_file_is_refused_with_its_reason() {
        for (from, to) in [
            ("male = 0.80", "male = 1.80"),
            ("VG_7 = 22", "VG_77 = 22"),
            ("2019-01-01", "2013-01-01"),
            ("male = 0.80", "female = 0.80"),
        ] {
            let text = Parameters::DECLARED.replacen(from, to, 1);
            assert!(Parameters::from_toml(&text).is_err(), "{to}");
        }
    }
}
