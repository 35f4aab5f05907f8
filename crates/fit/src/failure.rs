//! Named failures: why a fit cannot be had. What the user reads is Dutch.

use serde_json::{Value, json};
use statistics::NotEstimable;

/// Why a fit cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// A name for programs: stable, English, in snake case.
    pub code: String,
    /// A Dutch sentence for the user.
    pub message: String,
}

impl Failure {
    /// A failure with this name and sentence.
    ///
    /// ```
    /// use fit::Failure;
    /// assert_eq!(Failure::new("empty", "Er zijn geen rijen.").code, "empty");
    /// ```
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
        }
    }

    /// An option with a value that cannot be used.
    ///
    /// ```
    /// use fit::Failure;
    /// assert_eq!(Failure::option("cl", "verwacht een kans").message, "--cl: verwacht een kans.");
    /// ```
    pub fn option(name: &str, message: impl std::fmt::Display) -> Self {
        Self::new("bad_option", format!("--{name}: {message}."))
    }

    /// The failure as data.
    ///
    /// ```
    /// use fit::Failure;
    /// assert_eq!(Failure::new("empty", "Er zijn geen rijen.").to_json()["code"], "empty");
    /// ```
    pub fn to_json(&self) -> Value {
        json!({"code": self.code, "message": self.message})
    }
}

impl From<formula::Error> for Failure {
    fn from(error: formula::Error) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<NotEstimable> for Failure {
    fn from(reason: NotEstimable) -> Self {
        let (code, message) = match &reason {
            NotEstimable::Empty { what } => {
                ("empty", format!("Er is niets om mee te rekenen ({what})."))
            }
            NotEstimable::Length {
                what,
                expected,
                found,
            } => (
                "lengths_differ",
                format!("'{what}' heeft {found} waarden waar er {expected} nodig zijn."),
            ),
            NotEstimable::NotFinite { what, position } => (
                "not_finite",
                format!(
                    "'{what}' heeft in rij {} een waarde die geen eindig getal is.",
                    position + 1
                ),
            ),
            NotEstimable::Domain { what, value } => {
                ("out_of_domain", format!("'{what}' mag niet {value} zijn."))
            }
            NotEstimable::UnknownCode { what, code, .. } => {
                ("unknown_code", format!("'{what}' {code} is onbekend."))
            }
            NotEstimable::Singular { columns } => (
                "singular_design",
                format!("Kolommen {} volgen uit de andere.", places(columns)),
            ),
            NotEstimable::NotPositiveDefinite { .. } => (
                "not_positive_definite",
                "De informatiematrix is niet positief definiet.".into(),
            ),
            NotEstimable::OneLevel { what } => (
                "one_level_factor",
                format!("'{what}' heeft maar één waarde."),
            ),
            NotEstimable::Separation { columns } => (
                "separation",
                format!(
                    "De covariaten scheiden de uitkomst volledig: coëfficiënten {} lopen weg. Firths methode geeft dan wel een schatting.",
                    places(columns)
                ),
            ),
            NotEstimable::InfiniteCoefficient { columns } => (
                "infinite_coefficient",
                format!(
                    "Coëfficiënten {} zijn oneindig: de aannemelijkheid convergeert eerder dan zij. Firths methode geeft dan wel een schatting.",
                    places(columns)
                ),
            ),
            NotEstimable::NotConverged { what, iterations } => (
                "not_converged",
                format!("'{what}' is na {iterations} stappen niet geconvergeerd."),
            ),
            NotEstimable::NoEvents => ("no_events", "Er zijn geen gebeurtenissen.".into()),
            NotEstimable::EmptyRiskSet { time } => (
                "empty_risk_set",
                format!("Op tijdstip {time} is niemand meer in de risicogroep."),
            ),
            NotEstimable::NegativeTime { row } => (
                "negative_time",
                format!("Rij {} heeft een negatieve tijd.", row + 1),
            ),
            NotEstimable::EmptyInterval { row } => (
                "empty_interval",
                format!("Rij {} eindigt op of vóór het begin.", row + 1),
            ),
            NotEstimable::WeightNotPositive { row, weight } => (
                "weight_not_positive",
                format!(
                    "Rij {} heeft gewicht {weight}; een gewicht moet boven 0 liggen.",
                    row + 1
                ),
            ),
            NotEstimable::InconsistentHistory { row, reason } => (
                "inconsistent_history",
                match reason.starts_with("overlaps") {
                    true => format!(
                        "Rij {} overlapt een eerdere rij van dezelfde persoon.",
                        row + 1
                    ),
                    false => format!(
                        "Rij {} begint in een andere toestand dan waarin de persoon was (zie survcheck).",
                        row + 1
                    ),
                },
            ),
            NotEstimable::Confounded { what, with } => (
                "confounded",
                format!("De gegevens kunnen '{what}' niet onderscheiden van '{with}'."),
            ),
            NotEstimable::NotDefined { what } => (
                "not_defined",
                format!("Deze methode kent dit niet: {what}."),
            ),
            // The engine may name more; its English sentence is better than silence.
            other => ("not_estimable", format!("Niet te schatten: {other}.")),
        };
        Self::new(code, message)
    }
}

impl From<statistics::Error> for Failure {
    fn from(error: statistics::Error) -> Self {
        Self::new("not_estimable", format!("Niet te schatten: {error}."))
    }
}

/// Positions from 1, for readers.
fn places(columns: &[usize]) -> String {
    let places: Vec<String> = columns
        .iter()
        .map(|place| (place + 1).to_string())
        .collect();
    places.join(", ")
}
