use serde::{Deserialize, Serialize};

/// The match keys, strictest first: the order of the cascade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum KeyLabel {
    /// Citizen service number; off by default.
    Bsn,
    /// Number in the criminal-justice chain; off by default.
    Skn,
    /// Surname, given name, date of birth, sex.
    FullName,
    /// Initial, surname, date of birth.
    InitialSurname,
    /// Given name, date of birth, four digits of the postcode.
    GivenPostcode,
    /// Surname, date of birth, four digits of the postcode.
    SurnamePostcode,
}

/// One value per match key, in the order of [`KeyLabel::ALL`].
pub type Keys<K> = [Option<K>; KeyLabel::COUNT];

impl KeyLabel {
    /// How many match keys there are.
    pub const COUNT: usize = 6;

    /// All match keys, strictest first.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Bsn,
        Self::Skn,
        Self::FullName,
        Self::InitialSurname,
        Self::GivenPostcode,
        Self::SurnamePostcode,
    ];

    /// The position in [`KeyLabel::ALL`].
    pub const fn position(self) -> usize {
        self as usize
    }

    /// The label that enters the hash to the group; never change one.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Bsn => "bsn",
            Self::Skn => "skn",
            Self::FullName => "surname+given+birth+sex",
            Self::InitialSurname => "initial+surname+birth",
            Self::GivenPostcode => "given+birth+pc4",
            Self::SurnamePostcode => "surname+birth+pc4",
        }
    }

    /// The Dutch name, for reports.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Bsn => "BSN",
            Self::Skn => "SKN",
            Self::FullName => "achternaam, voornaam, geboortedatum, geslacht",
            Self::InitialSurname => "voorletter, achternaam, geboortedatum",
            Self::GivenPostcode => "voornaam, geboortedatum, postcode (4 cijfers)",
            Self::SurnamePostcode => "achternaam, geboortedatum, postcode (4 cijfers)",
        }
    }

    /// Whether the key is a number that one person has for life: two different values then
    /// mean two different persons.
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Bsn | Self::Skn)
    }

    /// Whether the key says enough to link on it alone, without looking at chance.
    pub const fn is_strict(self) -> bool {
        matches!(self, Self::Bsn | Self::Skn | Self::FullName)
    }
}
