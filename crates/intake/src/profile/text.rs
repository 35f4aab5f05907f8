//! Reading a profile from TOML.

use super::{Profile, TableMapping, first_line};
use crate::read::missing_target;
use crate::schema::{FieldSpec, TableSpec};
use codes::{Coded, Institution};
use serde::Deserialize;

/// Why a text is no mapping profile. Each says on which line, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("regel {line}: {what}")]
pub struct ProfileError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and how to mend it.
    pub what: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileText {
    #[serde(rename = "profiel")]
    head: Head,
    #[serde(rename = "tabel", default)]
    tables: Vec<TableMapping>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    #[serde(rename = "naam")]
    name: String,
    #[serde(rename = "instelling", default)]
    institution: Option<String>,
    #[serde(rename = "versie", default = "first_line")]
    version: u32,
}

impl Profile {
    /// Reads a profile and checks that every table, field and code that it names exists.
    ///
    /// # Errors
    /// Text that is no TOML, or names something that the dictionary does not have.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let read: ProfileText = toml::from_str(text).map_err(|error| syntax(text, &error))?;
        let institution = match read.head.institution.as_deref() {
            None => None,
            Some(key) => Some(Institution::from_key(key).ok_or_else(|| {
                let known: Vec<&str> = Institution::ALL.iter().map(|one| one.key()).collect();
                error(
                    text,
                    key,
                    format!(
                        "instelling `{key}` bestaat niet; kies uit {}",
                        known.join(", ")
                    ),
                )
            })?),
        };
        let starts = table_starts(text);
        for (at, mapping) in read.tables.iter().enumerate() {
            // Names are looked up from the entry's own start on, so that the line is right.
            let from = starts.get(at).copied().unwrap_or(0);
            check(mapping).map_err(|(name, what)| error_from(text, from, &name, what))?;
        }
        Ok(Self {
            name: read.head.name,
            institution,
            version: read.head.version,
            tables: read.tables,
        })
    }
}

fn table_starts(text: &str) -> Vec<usize> {
    text.match_indices("[[tabel]]").map(|(at, _)| at).collect()
}

/// What is wrong with an entry: the name to point at, and what to say.
fn check(mapping: &TableMapping) -> Result<(), (String, String)> {
    let table = TableSpec::named(&mapping.table).ok_or_else(|| {
        let what = format!(
            "tabel `{}` staat niet in het gegevenswoordenboek",
            mapping.table
        );
        (mapping.table.clone(), what)
    })?;
    let field = |name: &str| -> Result<&'static FieldSpec, (String, String)> {
        table.field(name).ok_or_else(|| {
            let what = format!("tabel {} heeft geen veld `{name}`", table.name);
            (name.to_owned(), what)
        })
    };
    let single = mapping.only_if.iter().chain(&mapping.one_per);
    let keyed = mapping.unknown.keys().chain(mapping.fixed.keys());
    for name in single.chain(keyed).chain(mapping.columns.values()) {
        field(name)?;
    }
    if !mapping.separator.is_ascii() {
        let what = "het teken bij meervoud moet een gewoon leesteken zijn, zoals | of /".to_owned();
        return Err(("meervoud".to_owned(), what));
    }
    if mapping.header_line == 0 {
        let what = "kopregel telt vanaf 1".to_owned();
        return Err(("kopregel".to_owned(), what));
    }
    for (name, codes) in &mapping.codes {
        check_codes(field(name)?, codes.values())?;
    }
    Ok(())
}

fn check_codes<'a>(
    field: &FieldSpec,
    codes: impl Iterator<Item = &'a String>,
) -> Result<(), (String, String)> {
    let Some(list) = field.kind.codes() else {
        let what = format!("veld {} heeft geen codelijst", field.name);
        return Err((field.name.to_owned(), what));
    };
    for code in codes {
        if list.position(code).is_none() && missing_target(code).is_none() {
            let what = format!(
                "code `{code}` staat niet in lijst {} ({}); kies een code van de lijst, of \"onbekend\", \"n.v.t.\" of \"leeg\"",
                list.id, list.title
            );
            return Err((code.clone(), what));
        }
    }
    Ok(())
}

fn error(text: &str, name: &str, what: String) -> ProfileError {
    error_from(text, 0, name, what)
}

fn error_from(text: &str, from: usize, name: &str, what: String) -> ProfileError {
    let quoted = text[from..].find(&format!("\"{name}\""));
    let at = quoted.or_else(|| text[from..].find(name)).unwrap_or(0);
    ProfileError {
        line: line_of(text, from + at),
        what,
    }
}

fn line_of(text: &str, at: usize) -> usize {
    let before = &text.as_bytes()[..at.min(text.len())];
    memchr::memchr_iter(b'\n', before).count() + 1
}

fn syntax(text: &str, error: &toml::de::Error) -> ProfileError {
    let message = error.message();
    let named = message.split('`').nth(1).unwrap_or_default();
    let what = if message.starts_with("unknown field") {
        format!("de sleutel `{named}` bestaat niet in een profiel; zie docs/profile-format.md")
    } else if message.starts_with("missing field") {
        format!("de sleutel `{named}` ontbreekt")
    } else if message.starts_with("unknown variant") {
        format!("`{named}` is geen toegestane waarde; zie docs/profile-format.md")
    } else if message.starts_with("invalid type") {
        "hier staat een ander soort waarde dan verwacht (tekst tussen aanhalingstekens, getallen zonder)".to_owned()
    } else if message.starts_with("duplicate") {
        "deze sleutel staat er twee keer".to_owned()
    } else {
        "dit is geen geldige TOML; let op aanhalingstekens, haken en het =-teken".to_owned()
    };
    ProfileError {
        line: error.span().map_or(1, |span| line_of(text, span.start)),
        what,
    }
}
