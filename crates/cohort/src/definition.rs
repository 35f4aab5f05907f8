use crate::factor::Factor;
use crate::half_years;
use crate::{ReturnDefinition, Scope};
use calendar::HalfYear;
use serde::{Deserialize, Serialize};

/// What the protocol asks. The keys are Dutch, because people write them in `study.toml`:
///
/// ```toml
/// horizonten = [183, 365, 730]
/// minimum_gebeurtenissen = 10
/// kenmerken = ["leeftijd", "geslacht", "iq"]
///
/// [instroom]
/// soort = "instroom"
/// jaar = 2024
///
/// [ontslag]
/// soort = "ontslag"
/// van = "2022-H1"
/// tot_en_met = "2024-H2"
///
/// [terugkeer]
/// time_out_dagen = 56
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudyDefinition {
    /// The cohort of admissions.
    #[serde(rename = "instroom")]
    pub intake: CohortDefinition,
    /// The cohort of exits.
    #[serde(rename = "ontslag")]
    pub exit: CohortDefinition,
    /// What counts as a return.
    #[serde(rename = "terugkeer", default)]
    pub returns: ReturnRules,
    /// The days at which curves are read.
    #[serde(rename = "horizonten", default = "default_horizons")]
    pub horizons: Vec<u32>,
    /// Fewer events than this give no curve.
    #[serde(rename = "minimum_gebeurtenissen", default = "default_min_events")]
    pub min_events: u64,
    /// Days between ready for exit and exit from which a wait counts as long.
    #[serde(rename = "lang_wachten_dagen", default = "default_long_wait")]
    pub long_wait_days: u32,
    /// The characteristics that the protocol declares.
    #[serde(rename = "kenmerken", default = "Covariate::usual")]
    pub covariates: Vec<Covariate>,
    /// What is set beside leaving and coming back in models.
    #[serde(rename = "factoren", default = "Factor::usual")]
    pub factors: Vec<Factor>,
    /// What may change in the years to come.
    #[serde(rename = "vooruitblik", default)]
    pub outlook: OutlookRules,
}

/// Half a year, a year and two years: the horizons of issue 2 (6, 12 and 24 months).
fn default_horizons() -> Vec<u32> {
    vec![183, 365, 730]
}

/// A choice of this project: below ten events the limits span most of the scale.
fn default_min_events() -> u64 {
    10
}

/// As in the monitor of secured beds: blocked for more than 90 days.
fn default_long_wait() -> u32 {
    90
}

/// A characteristic of clients at admission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Covariate {
    /// Age.
    #[serde(rename = "leeftijd")]
    Age,
    /// Sex.
    #[serde(rename = "geslacht")]
    Sex,
    /// Intelligence.
    #[serde(rename = "iq")]
    Iq,
    /// Legal title.
    #[serde(rename = "titel")]
    Title,
    /// Funding.
    #[serde(rename = "financiering")]
    Funding,
    /// Level of security at the start.
    #[serde(rename = "beveiliging")]
    Security,
    /// Diagnosis groups.
    #[serde(rename = "diagnosen")]
    Diagnoses,
    /// Index offences.
    #[serde(rename = "delicten")]
    Offences,
    /// Region of origin: a special category of data, so only where the protocol names it.
    #[serde(rename = "herkomst")]
    Origin,
    /// Earlier admissions.
    #[serde(rename = "eerdere_opnamen")]
    EarlierAdmissions,
    /// Substance use.
    #[serde(rename = "middelen")]
    Substances,
}

impl Covariate {
    /// All characteristics except region of origin.
    pub fn usual() -> Vec<Self> {
        vec![
            Self::Age,
            Self::Sex,
            Self::Iq,
            Self::Title,
            Self::Funding,
            Self::Security,
            Self::Diagnoses,
            Self::Offences,
            Self::EarlierAdmissions,
            Self::Substances,
        ]
    }
}

/// What may change in the years to come, each as a factor of what it is now.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OutlookRules {
    /// How many years to look ahead.
    #[serde(rename = "jaren")]
    pub years: u32,
    /// The time between ready for exit and exit.
    #[serde(rename = "wachten")]
    pub waiting: f64,
    /// New clients.
    #[serde(rename = "instroom")]
    pub inflow: f64,
    /// Returns.
    #[serde(rename = "terugkeer")]
    pub returns: f64,
}

impl Default for OutlookRules {
    /// Round numbers to start a conversation with: a choice of this project.
    fn default() -> Self {
        Self {
            years: 5,
            waiting: 0.5,
            inflow: 1.2,
            returns: 0.5,
        }
    }
}

/// Which stays a cohort is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenCohort")]
pub struct CohortDefinition {
    /// By admission or by exit.
    #[serde(rename = "soort")]
    pub kind: CohortKind,
    /// The first half-year.
    #[serde(rename = "van", serialize_with = "half_years::serialize")]
    pub from: HalfYear,
    /// The last half-year.
    #[serde(rename = "tot_en_met", serialize_with = "half_years::serialize")]
    pub until: HalfYear,
    /// Stays shorter than this many days are left out; the others are at risk from then on.
    #[serde(rename = "minimale_verblijfsduur_dagen")]
    pub min_stay_days: u32,
    /// What becomes of time-outs.
    #[serde(rename = "time_outs")]
    pub time_outs: TimeOuts,
}

/// By admission or by exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CohortKind {
    /// Admissions in the period.
    #[serde(rename = "instroom")]
    Intake,
    /// Exits in the period, whenever the admission was.
    #[serde(rename = "ontslag")]
    Exit,
}

/// What becomes of time-outs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimeOuts {
    /// They count like others.
    #[serde(rename = "meetellen")]
    Keep,
    /// A bed for a time-out is no inflow, and its end is no exit; being away for a time-out
    /// interrupts no stay. See [`Episodes`](crate::Episodes).
    #[default]
    #[serde(rename = "weglaten")]
    Drop,
}

/// Why a written cohort is no definition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// Neither a year nor a first and last half-year.
    #[error("geef óf `jaar`, óf `van` en `tot_en_met`")]
    Period,
    /// The last half-year comes before the first.
    #[error("`tot_en_met` ligt vóór `van`")]
    Backwards,
    /// A year without half-years of its own.
    #[error("dit jaar kan niet")]
    Year,
}

/// A cohort as people write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCohort {
    soort: CohortKind,
    jaar: Option<i32>,
    #[serde(default, deserialize_with = "half_years::deserialize_option")]
    van: Option<HalfYear>,
    #[serde(default, deserialize_with = "half_years::deserialize_option")]
    tot_en_met: Option<HalfYear>,
    #[serde(default)]
    minimale_verblijfsduur_dagen: u32,
    #[serde(default)]
    time_outs: TimeOuts,
}

impl TryFrom<WrittenCohort> for CohortDefinition {
    type Error = DefinitionError;

    fn try_from(written: WrittenCohort) -> Result<Self, DefinitionError> {
        let (from, until) = match (written.jaar, written.van, written.tot_en_met) {
            (Some(year), None, None) => year_period(year)?,
            (None, Some(from), Some(until)) => (from, until),
            _ => return Err(DefinitionError::Period),
        };
        if until < from {
            return Err(DefinitionError::Backwards);
        }
        Ok(Self {
            kind: written.soort,
            from,
            until,
            min_stay_days: written.minimale_verblijfsduur_dagen,
            time_outs: written.time_outs,
        })
    }
}

fn year_period(year: i32) -> Result<(HalfYear, HalfYear), DefinitionError> {
    if !(1900..=2200).contains(&year) {
        return Err(DefinitionError::Year);
    }
    HalfYear::new(year, 1)
        .zip(HalfYear::new(year, 2))
        .ok_or(DefinitionError::Year)
}

impl CohortDefinition {
    /// The cohort of a kind over a run of half-years, without time-outs.
    ///
    /// # Errors
    /// A last half-year before the first.
    pub fn over(
        kind: CohortKind,
        from: HalfYear,
        until: HalfYear,
    ) -> Result<Self, DefinitionError> {
        if until < from {
            return Err(DefinitionError::Backwards);
        }
        Ok(Self {
            kind,
            from,
            until,
            min_stay_days: 0,
            time_outs: TimeOuts::Drop,
        })
    }

    /// Whether a half-year falls in the period.
    pub fn covers(&self, half_year: HalfYear) -> bool {
        (self.from..=self.until).contains(&half_year)
    }

    /// The period as people read it after "in": "2024", "de jaren 2022 tot en met 2024", "de
    /// eerste helft van 2024".
    pub fn period_text(&self) -> String {
        let whole_years = self.from.half() == 1 && self.until.half() == 2;
        let (from, until) = (half_year_text(self.from), half_year_text(self.until));
        match (whole_years, self.from.year() == self.until.year()) {
            (true, true) => self.from.year().to_string(),
            (true, false) => format!(
                "de jaren {} tot en met {}",
                self.from.year(),
                self.until.year()
            ),
            _ if self.from == self.until => from,
            _ => format!("de periode van {from} tot en met {until}"),
        }
    }
}

fn half_year_text(half_year: HalfYear) -> String {
    let half = match half_year.half() {
        1 => "eerste",
        _ => "tweede",
    };
    format!("de {half} helft van {}", half_year.year())
}

/// What counts as a return, apart from the two switches of [`ReturnDefinition`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReturnRules {
    /// A time-out lasts at most this many days (CL16: eight weeks): the stay in a bed for one,
    /// and the time away for one.
    #[serde(rename = "time_out_dagen")]
    pub time_out_max_days: u32,
    /// An admission within this many days after an exit is a transfer, not a return.
    #[serde(rename = "doorstroom_dagen")]
    pub transfer_max_days: u32,
    /// Follow-up ends after this many days, if set.
    #[serde(rename = "venster_dagen")]
    pub window_days: Option<u32>,
}

impl Default for ReturnRules {
    fn default() -> Self {
        Self {
            time_out_max_days: 56,
            transfer_max_days: 1,
            window_days: None,
        }
    }
}

impl ReturnRules {
    /// The definition with its two switches set.
    pub fn definition(self, scope: Scope, with_time_out: bool) -> ReturnDefinition {
        ReturnDefinition {
            scope,
            with_time_out,
            rules: self,
        }
    }
}
