use std::fmt;

/// A part of a person's identity that a match key can hold, in the one spelling of the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Citizen service number, checked by the eleven-test.
    Bsn,
    /// Number in the criminal-justice chain, which has no check digit.
    Skn,
    /// Surname at birth.
    Surname,
    /// The first three letters of the surname at birth.
    SurnameStart,
    /// The last three letters of the surname at birth.
    SurnameEnd,
    /// First given name.
    GivenName,
    /// The first three letters of the first given name.
    GivenStart,
    /// The last three letters of the first given name.
    GivenEnd,
    /// First initial.
    Initial,
    /// Surname and first given name, of which one may stand in the place of the other.
    NamesExchanged,
    /// Date of birth.
    BirthDate,
    /// Date of birth of which day and month may be exchanged.
    BirthExchanged,
    /// Sex.
    Sex,
    /// Four digits of the postcode.
    Postcode4,
}

/// What parts are about: two parts about the same thing are wrong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Bsn,
    Skn,
    Surname,
    GivenName,
    BothNames,
    Birth,
    Sex,
    Postcode,
}

impl Subject {
    /// All subjects, in order.
    pub(crate) const ALL: [Self; 8] = [
        Self::Bsn,
        Self::Skn,
        Self::Surname,
        Self::GivenName,
        Self::BothNames,
        Self::Birth,
        Self::Sex,
        Self::Postcode,
    ];
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 14] = [
        Self::Bsn,
        Self::Skn,
        Self::Surname,
        Self::SurnameStart,
        Self::SurnameEnd,
        Self::GivenName,
        Self::GivenStart,
        Self::GivenEnd,
        Self::Initial,
        Self::NamesExchanged,
        Self::BirthDate,
        Self::BirthExchanged,
        Self::Sex,
        Self::Postcode4,
    ];

    /// The word that enters the hash to the group; never change one.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Bsn => "bsn",
            Self::Skn => "skn",
            Self::Surname => "surname",
            Self::SurnameStart => "surname-start",
            Self::SurnameEnd => "surname-end",
            Self::GivenName => "given",
            Self::GivenStart => "given-start",
            Self::GivenEnd => "given-end",
            Self::Initial => "initial",
            Self::NamesExchanged => "names-exchanged",
            Self::BirthDate => "birth",
            Self::BirthExchanged => "birth-exchanged",
            Self::Sex => "sex",
            Self::Postcode4 => "pc4",
        }
    }

    /// The Dutch name, for protocols and reports.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Bsn => "BSN",
            Self::Skn => "SKN",
            Self::Surname => "achternaam",
            Self::SurnameStart => "achternaam-begin",
            Self::SurnameEnd => "achternaam-einde",
            Self::GivenName => "voornaam",
            Self::GivenStart => "voornaam-begin",
            Self::GivenEnd => "voornaam-einde",
            Self::Initial => "voorletter",
            Self::NamesExchanged => "namen-verwisseld",
            Self::BirthDate => "geboortedatum",
            Self::BirthExchanged => "geboortedatum-verwisseld",
            Self::Sex => "geslacht",
            Self::Postcode4 => "postcode4",
        }
    }

    /// The part with this Dutch name.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.label() == label)
    }

    /// Whether the part is a personal number, which needs a recorded decision.
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Bsn | Self::Skn)
    }

    /// Whether the part can survive an error in what it is about.
    pub(crate) const fn is_tolerant(self) -> bool {
        matches!(
            self,
            Self::SurnameStart
                | Self::SurnameEnd
                | Self::GivenStart
                | Self::GivenEnd
                | Self::Initial
                | Self::BirthExchanged
        )
    }

    pub(crate) const fn subject(self) -> Subject {
        match self {
            Self::Bsn => Subject::Bsn,
            Self::Skn => Subject::Skn,
            Self::Surname | Self::SurnameStart | Self::SurnameEnd => Subject::Surname,
            Self::GivenName | Self::GivenStart | Self::GivenEnd | Self::Initial => {
                Subject::GivenName
            }
            Self::NamesExchanged => Subject::BothNames,
            Self::BirthDate | Self::BirthExchanged => Subject::Birth,
            Self::Sex => Subject::Sex,
            Self::Postcode4 => Subject::Postcode,
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}
