//! Which match keys a study uses, and in what order: declared, not built in.

use crate::Part;
use crate::part::Subject;
use std::fmt;

/// One value per declared key, in the order of the declaration.
pub type Keys<K> = [Option<K>];

/// One bit per declared key, the first key lowest.
pub(crate) type Mask = u16;

/// One bit per value that is present.
pub(crate) fn mask<K>(keys: &Keys<K>) -> Mask {
    let bit = |(position, key): (usize, &Option<K>)| Mask::from(key.is_some()) << position;
    keys.iter().enumerate().map(bit).sum()
}

/// A match key: the parts that must all be equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MatchKey {
    parts: Vec<Part>,
}

impl MatchKey {
    /// A key of these parts.
    ///
    /// # Errors
    /// No parts, or one twice.
    pub fn new(parts: &[Part]) -> Result<Self, DeclarationError> {
        let twice = (1..parts.len()).any(|index| parts[..index].contains(&parts[index]));
        if parts.is_empty() || twice {
            return Err(DeclarationError::Parts);
        }
        Ok(Self {
            parts: parts.to_vec(),
        })
    }

    /// A key of the parts with these Dutch names.
    ///
    /// # Errors
    /// A name of no part; otherwise as [`MatchKey::new`].
    pub fn from_labels<T: AsRef<str>>(labels: &[T]) -> Result<Self, DeclarationError> {
        let part = |label: &T| {
            let label = label.as_ref().trim();
            Part::from_label(label).ok_or_else(|| DeclarationError::UnknownPart(label.to_owned()))
        };
        let parts: Result<Vec<Part>, _> = labels.iter().map(part).collect();
        Self::new(&parts?)
    }

    /// The parts, in the order in which they enter the hash.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The word that enters the hash to the group, and by which key tables and registers know
    /// the key.
    pub fn tag(&self) -> String {
        self.joined("+", Part::tag)
    }

    /// Whether the key holds a personal number, which needs a recorded decision.
    pub fn holds_number(&self) -> bool {
        self.parts.iter().any(|part| part.is_number())
    }

    /// Whether two different values always mean two persons: only a number whose check digit
    /// finds typing errors says that. A number without one can be mistyped into another.
    pub fn decides(&self) -> bool {
        self.parts == [Part::Bsn]
    }

    /// Whether the key says enough to link on it alone, without looking at chance: a personal
    /// number, or both names in full with the whole date of birth.
    pub fn is_strict(&self) -> bool {
        let full = [Part::Surname, Part::GivenName, Part::BirthDate];
        self.holds_number() || full.iter().all(|part| self.parts.contains(part))
    }

    /// Whether a part of this key is about the subject.
    pub(crate) fn holds(&self, subject: Subject) -> bool {
        self.parts.iter().any(|part| {
            let of = part.subject();
            let both = of == Subject::BothNames;
            of == subject || both && matches!(subject, Subject::Surname | Subject::GivenName)
        })
    }

    fn joined(&self, between: &str, word: fn(Part) -> &'static str) -> String {
        let words: Vec<&str> = self.parts.iter().map(|part| word(*part)).collect();
        words.join(between)
    }
}

/// The Dutch name, for reports.
impl fmt::Display for MatchKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.joined(", ", Part::label))
    }
}

/// The match keys of a study, strictest first: the order of the cascade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDeclaration {
    keys: Vec<MatchKey>,
}

impl KeyDeclaration {
    /// The most keys that a declaration can hold.
    pub const MAX: usize = Mask::BITS as usize;

    /// A cascade of these keys, in this order.
    ///
    /// # Errors
    /// No keys, more than [`KeyDeclaration::MAX`], one twice, or a key that is not strict
    /// before one that is.
    pub fn new(keys: Vec<MatchKey>) -> Result<Self, DeclarationError> {
        if keys.is_empty() || keys.len() > Self::MAX {
            return Err(DeclarationError::Count);
        }
        if (1..keys.len()).any(|index| keys[..index].contains(&keys[index])) {
            return Err(DeclarationError::KeyTwice);
        }
        if !keys.iter().is_sorted_by_key(|key| !key.is_strict()) {
            return Err(DeclarationError::Order);
        }
        Ok(Self { keys })
    }

    /// The keys that are used where a study declares none: names, date of birth, sex and
    /// postcode; no number.
    ///
    /// One typing error spoils either the start or the end of a name and not both, so that one
    /// of the two keys with the other name in full survives it, also where somebody moved. The
    /// last key survives any error in the date of birth.
    pub fn usual() -> Self {
        use Part::{
            BirthDate, BirthExchanged, GivenEnd, GivenName, GivenStart, Initial, Postcode4, Sex,
            Surname, SurnameEnd, SurnameStart,
        };
        let keys: [&[Part]; 10] = [
            &[Surname, GivenName, BirthDate, Sex],
            &[GivenName, BirthDate, Postcode4],
            &[Surname, BirthDate, Postcode4],
            &[Surname, GivenName, BirthExchanged, Sex],
            &[GivenName, SurnameStart, BirthDate, Sex],
            &[GivenName, SurnameEnd, BirthDate, Sex],
            &[Surname, GivenStart, BirthDate, Sex],
            &[Surname, GivenEnd, BirthDate, Sex],
            &[Initial, Surname, BirthDate],
            &[Surname, GivenName, Postcode4, Sex],
        ];
        Self {
            keys: keys.iter().map(|parts| key(parts)).collect(),
        }
    }

    /// The same keys behind one of a personal number.
    ///
    /// # Errors
    /// As [`KeyDeclaration::new`].
    pub fn behind(self, number: Part) -> Result<Self, DeclarationError> {
        let mut keys = vec![MatchKey::new(&[number])?];
        keys.extend(self.keys);
        Self::new(keys)
    }

    /// The keys, strictest first.
    pub fn keys(&self) -> &[MatchKey] {
        &self.keys
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are no keys; never, as a declaration without keys cannot be made.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The tags of the keys, by which files and registers know them.
    pub fn tags(&self) -> Vec<String> {
        self.keys.iter().map(MatchKey::tag).collect()
    }

    /// The position of a key.
    pub fn position(&self, key: &MatchKey) -> Option<usize> {
        self.keys.iter().position(|declared| declared == key)
    }

    /// The first strict key without a number: what stands for the full name. Without one no
    /// two rows count as having the same name.
    pub(crate) fn full_name(&self) -> Option<usize> {
        self.keys
            .iter()
            .position(|key| key.is_strict() && !key.holds_number())
    }

    /// One bit per key that holds the subject.
    pub(crate) fn holding(&self, subject: Subject) -> Mask {
        let holds = self.keys.iter().enumerate();
        holds
            .map(|(position, key)| Mask::from(key.holds(subject)) << position)
            .sum()
    }

    /// One bit per key of which two different values mean two persons.
    pub(crate) fn deciding(&self) -> Mask {
        let decides = self.keys.iter().enumerate();
        decides
            .map(|(position, key)| Mask::from(key.decides()) << position)
            .sum()
    }
}

fn key(parts: &[Part]) -> MatchKey {
    MatchKey::new(parts).expect("the parts of a usual key are different")
}

/// Why a declaration of match keys cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeclarationError {
    /// A word that names no part.
    #[error("`{0}` is no part of a match key")]
    UnknownPart(String),
    /// A key has no parts, or one twice.
    #[error("a key has no parts, or one part twice")]
    Parts,
    /// There are no keys, or too many.
    #[error("there are no keys, or more than {}", KeyDeclaration::MAX)]
    Count,
    /// A key stands twice.
    #[error("a key stands twice")]
    KeyTwice,
    /// A key that can agree by chance stands before one that cannot.
    #[error("a weak key stands before a strict one")]
    Order,
}

impl DeclarationError {
    /// One Dutch sentence for the person who wrote the declaration.
    pub fn sentence(&self) -> String {
        match self {
            Self::UnknownPart(word) => format!(
                "`{word}` is geen onderdeel van een koppelsleutel. Kies uit: {}.",
                Part::ALL.map(Part::label).join(", ")
            ),
            Self::Parts => "Een koppelsleutel heeft geen onderdelen, of een onderdeel staat er twee keer in.".into(),
            Self::Count => format!(
                "Er staan geen koppelsleutels, of meer dan {}: noem er ten minste één en hooguit {}.",
                KeyDeclaration::MAX,
                KeyDeclaration::MAX
            ),
            Self::KeyTwice => "Een koppelsleutel staat er twee keer: laat er één weg.".into(),
            Self::Order => "Een zwakke koppelsleutel staat vóór een sterke: zet sleutels met een nummer, of met achternaam, voornaam en geboortedatum samen, vooraan.".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_keys_are_a_declaration_without_numbers() {
        let usual = KeyDeclaration::usual();
        assert_eq!(KeyDeclaration::new(usual.keys.clone()), Ok(usual.clone()));
        assert!(usual.keys.iter().all(|key| !key.holds_number()));
        assert_eq!(usual.full_name(), Some(0));
        assert_eq!(usual.keys[0].tag(), "surname+given+birth+sex");
        let with = usual.clone().behind(Part::Skn).unwrap();
        let with = with.behind(Part::Bsn).unwrap();
        assert_eq!(with.tags()[..2], ["bsn", "skn"]);
        assert_eq!(
            with.deciding(),
            1,
            "a number without check digit decides nothing"
        );
        assert_eq!(with.full_name(), Some(2));
        assert_eq!(
            with.clone().behind(Part::Bsn),
            Err(DeclarationError::KeyTwice)
        );
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let weak = MatchKey::new(&[Part::Surname, Part::BirthDate]).unwrap();
        let strict = MatchKey::new(&[Part::Bsn]).unwrap();
        assert_eq!(KeyDeclaration::new(vec![]), Err(DeclarationError::Count));
        let order = KeyDeclaration::new(vec![weak.clone(), strict]);
        assert_eq!(order, Err(DeclarationError::Order));
        let twice = KeyDeclaration::new(vec![weak.clone(), weak]);
        assert_eq!(twice, Err(DeclarationError::KeyTwice));
        assert_eq!(MatchKey::new(&[]), Err(DeclarationError::Parts));
        let twice = MatchKey::new(&[Part::Sex, Part::Sex]);
        assert_eq!(twice, Err(DeclarationError::Parts));
        let unknown = MatchKey::from_labels(&["achternaam", "schoenmaat"]).unwrap_err();
        assert!(unknown.sentence().contains("`schoenmaat`"));
        let read = MatchKey::from_labels(&["achternaam", "geboortedatum"]);
        assert_eq!(read, MatchKey::new(&[Part::Surname, Part::BirthDate]));
    }

    #[test]
    fn every_part_has_a_tag_and_a_name_of_its_own() {
        for part in Part::ALL {
            assert_eq!(Part::from_label(part.label()), Some(part));
            let same = Part::ALL.iter().filter(|other| other.tag() == part.tag());
            assert_eq!(same.count(), 1);
        }
    }
}
