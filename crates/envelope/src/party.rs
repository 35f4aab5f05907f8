use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

const INSTITUTION: &str = "instelling:";
const KOPPELPUNT: &str = "koppelpunt";
const STUDY: &str = "studieteam";

/// The code of an institution, as the code list writes it: 1 to 32 capitals, digits or `_`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct InstitutionCode(String);

impl InstitutionCode {
    /// The code with this text.
    ///
    /// # Errors
    /// Text of another form; it could otherwise smuggle a path or a line break into a manifest.
    pub fn new(code: &str) -> Result<Self, PartyError> {
        let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        if (1..=32).contains(&code.len()) && code.bytes().all(allowed) {
            Ok(Self(code.to_owned()))
        } else {
            Err(PartyError)
        }
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who sends or receives a file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Party {
    /// An institution, which knows its own clients and the institutions' key `a`.
    Institution(InstitutionCode),
    /// The koppelpunt, which holds the key `k` and the register, and sees no content.
    Koppelpunt,
    /// The study team, which sees content under pseudonyms and no match key.
    Study,
}

impl Party {
    /// The institution with this code.
    ///
    /// # Errors
    /// As [`InstitutionCode::new`].
    pub fn institution(code: &str) -> Result<Self, PartyError> {
        InstitutionCode::new(code).map(Self::Institution)
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Institution(code) => write!(f, "{INSTITUTION}{}", code.as_str()),
            Self::Koppelpunt => f.write_str(KOPPELPUNT),
            Self::Study => f.write_str(STUDY),
        }
    }
}

impl FromStr for Party {
    type Err = PartyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            KOPPELPUNT => Ok(Self::Koppelpunt),
            STUDY => Ok(Self::Study),
            _ => Self::institution(text.strip_prefix(INSTITUTION).ok_or(PartyError)?),
        }
    }
}

impl Serialize for Party {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Party {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Text that names no party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a party is `koppelpunt`, `studieteam` or `instelling:` and a code of 1–32 capitals, digits or `_`"
)]
pub struct PartyError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_party_reads_back_as_it_was_written() {
        for text in ["koppelpunt", "studieteam", "instelling:TRAJECTUM"] {
            assert_eq!(text.parse::<Party>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_text_is_no_party() {
        for text in [
            "",
            "instelling:",
            "instelling:../x",
            "Koppelpunt",
            "instelling:wier",
        ] {
            assert_eq!(text.parse::<Party>(), Err(PartyError), "{text}");
        }
    }
}
