//! Reliable change of one person, and where nothing may be said of one person.
//!
//! The standard deviation is that of the institution's own baseline and is handed in: this crate
//! estimates nothing. The reliability is a published one, of this population; where there is none
//! high enough, only groups can be spoken of.

use crate::definition::InstrumentDefinition;
use crate::reliability::{Population, Reliability};
use crate::scale::{Direction, Scale};
use std::fmt;

/// When the change of one person may be judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChangePolicy {
    /// The population whose reliabilities count. What is published of another does not. The
    /// invented instrument always counts.
    pub population: Population,
    /// The least reliability for a statement on one person.
    pub minimum_reliability: f64,
    /// The size of the index from which change is reliable; above 0.
    pub critical: f64,
}

impl Default for ChangePolicy {
    /// The study's population, 0.70 and 1.96 (95 %).
    ///
    /// The level of 0.70 stands between the scales of the GCI that may be used for one person
    /// (0.76 and higher) and repression (0.64), which may not; it is a choice of this program that
    /// a study may raise.
    fn default() -> Self {
        Self {
            population: Population::LvbInpatient,
            minimum_reliability: 0.70,
            critical: 1.96,
        }
    }
}

/// Why only groups can be spoken of.
#[derive(Clone, Debug, PartialEq)]
pub enum GroupLevelOnly {
    /// The instrument has no such scale or total.
    NoSuchScale,
    /// The file of the instrument says so; the reason, in Dutch.
    ByDefinition(String),
    /// No reliability is published.
    NotPublished,
    /// What is published is of others.
    OtherPopulation,
    /// What is published of this population is too low.
    TooLow {
        /// The lowest that is published.
        value: f64,
        /// The least that is asked.
        minimum: f64,
    },
    /// It is not known which way is worse.
    DirectionUnknown,
    /// The standard deviation at baseline is not above 0.
    NoSpread,
    /// The policy asks something that cannot be.
    UnusablePolicy,
}

impl fmt::Display for GroupLevelOnly {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchScale => write!(formatter, "dit instrument heeft deze schaal niet"),
            Self::ByDefinition(reason) => write!(formatter, "{reason}"),
            Self::NotPublished => write!(
                formatter,
                "in het instrumentbestand staat geen gepubliceerde betrouwbaarheid"
            ),
            Self::OtherPopulation => write!(
                formatter,
                "de betrouwbaarheid is alleen in een andere doelgroep onderzocht"
            ),
            Self::TooLow { value, minimum } => write!(
                formatter,
                "de betrouwbaarheid ({}) is lager dan {}",
                comma(*value),
                comma(*minimum)
            ),
            Self::DirectionUnknown => write!(
                formatter,
                "of een hogere score slechter of beter is, is niet bekend; de studie stelt het vast"
            ),
            Self::NoSpread => write!(formatter, "de scores bij de eerste meting verschillen niet"),
            Self::UnusablePolicy => write!(
                formatter,
                "de gevraagde betrouwbaarheid ligt niet van 0 tot 1, of de grens is niet hoger dan 0"
            ),
        }
    }
}

impl std::error::Error for GroupLevelOnly {}

fn comma(value: f64) -> String {
    format!("{value:.2}").replace('.', ",")
}

/// What became of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Better, beyond measurement error.
    ReliablyImproved,
    /// No change beyond measurement error.
    NoReliableChange,
    /// Worse, beyond measurement error.
    ReliablyDeteriorated,
}

impl Change {
    /// What users read.
    pub fn label(self) -> &'static str {
        match self {
            Self::ReliablyImproved => "betrouwbaar verbeterd",
            Self::NoReliableChange => "geen betrouwbare verandering",
            Self::ReliablyDeteriorated => "betrouwbaar verslechterd",
        }
    }
}

/// How far two scores of one person must be apart.
#[derive(Clone, Debug, PartialEq)]
pub struct ReliableBand<'a> {
    reliability: &'a Reliability,
    standard_error_of_difference: f64,
    critical: f64,
    /// 1 where a rise is better, −1 where it is worse.
    better: f64,
}

impl InstrumentDefinition {
    /// The band of reliable change on a scale, or on the total where `scale` is `None`.
    ///
    /// # Method
    /// Jacobson and Truax (1991): S_diff = SD √2 √(1 − r), reliable from |x₂ − x₁| = critical ·
    /// S_diff on. `baseline_sd` is that of the institution's own first measurements. Where several
    /// coefficients are published of the population, the lowest counts: the widest band.
    ///
    /// ```
    /// use codes::Instrument;
    /// use questionnaire::{Change, ChangePolicy, GroupLevelOnly, Library};
    ///
    /// let gci = Library::shipped().get(Instrument::Gci).expect("the GCI is shipped");
    /// let policy = ChangePolicy::default();
    /// // r = 0.88: 1.96 · √2 · √0.12 = 0.96 of a standard deviation.
    /// let band = gci.reliable_band(Some("STEUN"), 0.5, policy).expect("it is published");
    /// assert!((band.half_width() - 0.4801).abs() < 1e-4);
    /// assert_eq!(band.judge(3.0, 3.5), Change::ReliablyImproved);
    /// let refused = gci.reliable_band(Some("REPRESSIE"), 0.5, policy).unwrap_err();
    /// assert!(matches!(refused, GroupLevelOnly::ByDefinition(_)));
    /// ```
    ///
    /// # Errors
    /// Why only groups can be spoken of.
    pub fn reliable_band(
        &self,
        scale: Option<&str>,
        baseline_sd: f64,
        policy: ChangePolicy,
    ) -> Result<ReliableBand<'_>, GroupLevelOnly> {
        let (scale, reliability) = self.individual_reliability(scale, policy)?;
        if !(baseline_sd.is_finite() && baseline_sd > 0.0) {
            return Err(GroupLevelOnly::NoSpread);
        }
        let error = baseline_sd * std::f64::consts::SQRT_2 * (1.0 - reliability.value).sqrt();
        Ok(ReliableBand {
            reliability,
            standard_error_of_difference: error,
            critical: policy.critical,
            better: better(scale.direction())?,
        })
    }

    /// The scale and the reliability by which one person may be judged: all of
    /// [`reliable_band`](Self::reliable_band) that needs no data.
    ///
    /// # Errors
    /// Why only groups can be spoken of.
    pub fn individual_reliability(
        &self,
        scale: Option<&str>,
        policy: ChangePolicy,
    ) -> Result<(&Scale, &Reliability), GroupLevelOnly> {
        let minimum = policy.minimum_reliability;
        let is_usable = policy.critical.is_finite() && policy.critical > 0.0;
        if !is_usable || !(0.0..1.0).contains(&minimum) {
            return Err(GroupLevelOnly::UnusablePolicy);
        }
        let found = match scale {
            Some(code) => self.scale(code),
            None => self.total(),
        };
        let judged = found.ok_or(GroupLevelOnly::NoSuchScale)?;
        if let Some(reason) = judged.group_only() {
            return Err(GroupLevelOnly::ByDefinition(reason.to_owned()));
        }
        let lowest = self.published(scale, policy.population)?;
        let value = lowest.value;
        if value < minimum {
            return Err(GroupLevelOnly::TooLow { value, minimum });
        }
        better(judged.direction())?;
        Ok((judged, lowest))
    }

    /// The lowest reliability that is published of a scale in a population.
    fn published(
        &self,
        scale: Option<&str>,
        population: Population,
    ) -> Result<&Reliability, GroupLevelOnly> {
        let of_scale = || {
            let all = self.reliabilities().iter();
            all.filter(|one| one.scale.as_deref() == scale)
        };
        let of_population = |one: &&Reliability| one.population == population || self.is_invented();
        let lowest = of_scale()
            .filter(of_population)
            .min_by(|one, other| one.value.total_cmp(&other.value));
        lowest.ok_or(match of_scale().next() {
            Some(_) => GroupLevelOnly::OtherPopulation,
            None => GroupLevelOnly::NotPublished,
        })
    }
}

fn better(direction: Direction) -> Result<f64, GroupLevelOnly> {
    match direction {
        Direction::HigherIsBetter => Ok(1.0),
        Direction::HigherIsWorse => Ok(-1.0),
        Direction::Unknown => Err(GroupLevelOnly::DirectionUnknown),
    }
}

impl ReliableBand<'_> {
    /// The reliability that was used, with its source.
    pub fn reliability(&self) -> &Reliability {
        self.reliability
    }

    /// The difference from which change is reliable, in points of the scale.
    pub fn half_width(&self) -> f64 {
        self.critical * self.standard_error_of_difference
    }

    /// The reliable change index: (after − before)/S_diff.
    pub fn index(&self, before: f64, after: f64) -> f64 {
        (after - before) / self.standard_error_of_difference
    }

    /// What became of somebody; a difference of exactly the half-width is reliable.
    pub fn judge(&self, before: f64, after: f64) -> Change {
        let gain = self.better * (after - before);
        if gain >= self.half_width() {
            Change::ReliablyImproved
        } else if gain <= -self.half_width() {
            Change::ReliablyDeteriorated
        } else {
            Change::NoReliableChange
        }
    }
}
