use calendar::Day;
use codes::Sex;
use record::ClientIndex;
use std::fmt;
use zeroize::Zeroize;

/// Who a client is, as the institution's record system says it; wiped when dropped.
///
/// Fields hold what was delivered. They are normalised when keys are made from them, never
/// before, so that no second, tidied copy exists.
#[derive(Clone, Default)]
pub struct Identifiers {
    /// Citizen service number.
    pub bsn: Option<String>,
    /// Number in the criminal-justice chain.
    pub skn: Option<String>,
    /// Surname at birth, with or without its prefix. A prefix (`tussenvoegsel`) that has a
    /// column of its own is not asked for, because no key holds it.
    pub surname: Option<String>,
    /// Given names, or the name used.
    pub given_names: Option<String>,
    /// Initials.
    pub initials: Option<String>,
    /// Date of birth.
    pub birth_date: Option<Day>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Postcode, of which only the four digits are used.
    pub postcode: Option<String>,
}

impl Drop for Identifiers {
    fn drop(&mut self) {
        let Self {
            bsn,
            skn,
            surname,
            given_names,
            initials,
            birth_date,
            sex,
            postcode,
        } = self;
        for text in [bsn, skn, surname, given_names, initials, postcode] {
            text.zeroize();
        }
        *birth_date = None;
        *sex = None;
    }
}

impl fmt::Debug for Identifiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identifiers { … }")
    }
}

/// The identifiers of one client row.
#[derive(Clone, Debug)]
pub struct IdentifiedClient {
    /// The client's row in the content.
    pub client: ClientIndex,
    /// Who it is.
    pub identifiers: Identifiers,
}
