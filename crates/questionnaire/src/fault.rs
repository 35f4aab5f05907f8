//! What is wrong with a file, in Dutch: where, what, and how to mend it.

use std::fmt;

/// One fault in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: a line, or the name of a heading and key.
    pub place: String,
    /// What is wrong and how to mend it, without a full stop.
    pub what: String,
}

impl Fault {
    pub(crate) fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            what: what.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}.", self.place, self.what)
    }
}

/// All faults of one file, in the order of the file; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// The faults.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }

    pub(crate) fn one(fault: Fault) -> Self {
        Self(vec![fault])
    }

    /// `value`, where nothing was found.
    pub(crate) fn unless<T>(found: Vec<Fault>, value: impl FnOnce() -> T) -> Result<T, Self> {
        if found.is_empty() {
            Ok(value())
        } else {
            Err(Self(found))
        }
    }

    /// What the reader of TOML refused, with its line and the names it expected.
    pub(crate) fn of_toml(text: &str, error: &toml::de::Error) -> Self {
        let at = error.span().map_or(0, |span| span.start);
        let before = text.get(..at).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        Self::one(Fault::new(
            format!("regel {line}"),
            sentence(error.message()),
        ))
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            write!(formatter, "{separator}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

fn sentence(message: &str) -> String {
    let named: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let first = named.first().copied().unwrap_or_default();
    let allowed = named.get(1..).unwrap_or_default().join(", ");
    if message.starts_with("unknown field") {
        format!("de sleutel `{first}` bestaat hier niet; toegestaan zijn {allowed}")
    } else if message.starts_with("unknown variant") {
        format!("`{first}` is geen toegestane waarde; kies uit {allowed}")
    } else if message.starts_with("missing field") {
        format!("de sleutel `{first}` ontbreekt; vul hem aan")
    } else if message.starts_with("invalid type") || message.starts_with("invalid value") {
        "hier staat een ander soort waarde dan verwacht; zet tekst tussen aanhalingstekens en getallen niet, en gebruik hele getallen waar items worden geteld".into()
    } else if message.starts_with("invalid length") {
        "deze lijst heeft een ander aantal waarden dan verwacht; een bereik heeft er twee".into()
    } else if message.starts_with("duplicate") {
        "deze sleutel of kop staat er twee keer; laat er één staan".into()
    } else {
        "dit is geen geldige TOML; let op aanhalingstekens, haken en het =-teken".into()
    }
}
