//! How recognisable persons may be in the study's rows, as its protocol declares it, and how
//! recognisable they are.

use crate::{Error, Study};
use record::{QuasiIdentifier, Recognisability, recognisability};
use serde::Deserialize;

/// What is aimed at, and by what somebody might recognise a person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecognitionSection {
    /// So many persons should be alike.
    k: u64,
    /// So many different destinations should be found among them.
    l: usize,
    /// Sets of things that may be known of a person.
    #[serde(rename = "bekend")]
    known: Vec<Vec<String>>,
}

/// k = 5 and l = 2 for what is coarse; finer sets show what each thing known more costs.
impl Default for RecognitionSection {
    fn default() -> Self {
        let set = |keys: &[QuasiIdentifier]| keys.iter().map(|one| one.key().to_owned()).collect();
        use QuasiIdentifier::{AgeBand, HalfYear, Institution, LengthOfStay, Sex};
        Self {
            k: 5,
            l: 2,
            known: vec![
                set(&[Sex, AgeBand]),
                set(&[Sex, AgeBand, Institution]),
                set(&[Sex, AgeBand, Institution, HalfYear]),
                set(&[Sex, AgeBand, Institution, HalfYear, LengthOfStay]),
            ],
        }
    }
}

impl RecognitionSection {
    /// The sets that are declared.
    ///
    /// # Errors
    /// A Dutch sentence with the place.
    pub(crate) fn sets(&self) -> Result<Vec<Vec<QuasiIdentifier>>, String> {
        let known = |key: &String| {
            QuasiIdentifier::from_key(key).ok_or_else(|| {
                let all: Vec<&str> = QuasiIdentifier::ALL.iter().map(|one| one.key()).collect();
                format!(
                    "[herkenbaarheid] bekend: `{key}` bestaat niet. Kies uit {}.",
                    all.join(", ")
                )
            })
        };
        let set = |keys: &Vec<String>| match keys.is_empty() {
            true => Err("[herkenbaarheid] bekend: een lege lijst zegt niets.".to_owned()),
            false => keys.iter().map(known).collect(),
        };
        self.known.iter().map(set).collect()
    }

    /// The k and the l that are aimed at.
    pub fn wanted(&self) -> (u64, usize) {
        (self.k, self.l)
    }
}

impl Study {
    /// How recognisable the linked persons are by each declared set.
    ///
    /// # Errors
    /// As [`Study::linked_content`].
    pub fn recognisability(&self) -> Result<Vec<Recognisability>, Error> {
        let linked = self.linked_content()?;
        let section = &self.protocol().recognition;
        let sets = section.sets().map_err(Error::Refused)?;
        Ok(recognisability(&linked, &sets, section.wanted()))
    }
}
