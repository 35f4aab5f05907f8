//! Invented Dutch-sounding names and fictitious numbers. None belongs to anybody we know of.

use crate::draw::{Chance, happens, one_of};

const FIRST_PARTS: &[&str] = &[
    "Appel", "Berg", "Bos", "Bloem", "Brand", "Dijk", "Donker", "Duin", "Eik", "Elzen", "Gras",
    "Groen", "Haver", "Heide", "Hof", "Hooi", "Hout", "Kamp", "Kerk", "Klaver", "Koorn", "Kruis",
    "Lage", "Linden", "Maas", "Meer", "Molen", "Noord", "Oever", "Ooster", "Polder", "Riet",
    "Rogge", "Schaap", "Steen", "Struik", "Terp", "Veen", "Veld", "Vliet", "Voort", "Water",
    "Weide", "Wester", "Wilgen", "Winter", "Zand", "Zomer", "Zuider", "Zwaan",
];
const LAST_PARTS: &[&str] = &[
    "aard", "beek", "berg", "burg", "dam", "dijk", "haven", "hoek", "hof", "hout", "huis", "inga",
    "kamp", "laan", "land", "ma", "man", "meijer", "mans", "oord", "ouwer", "ringa", "sema", "sma",
    "stra", "veld", "vaart", "weg", "wijk", "zoon",
];
const PREFIXES: &[&str] = &[
    "van", "van de", "van den", "van der", "de", "ten", "ter", "in 't",
];
const MALE: &[&str] = &[
    "Aad", "Abel", "Arjan", "Bart", "Bram", "Cas", "Cees", "Daan", "Dirk", "Eelco", "Fedde",
    "Floris", "Gerrit", "Gijs", "Hans", "Harm", "Hidde", "Ivo", "Jan", "Jasper", "Jelle", "Joost",
    "Jörgen", "Kees", "Klaas", "Koen", "Lars", "Luuk", "Maarten", "Mees", "Niels", "Olaf",
    "Pieter", "Quinten", "René", "Ruben", "Sander", "Sjoerd", "Stijn", "Teun", "Thijs", "Tim",
    "Tycho", "Victor", "Wessel", "Willem", "Wout", "Xander", "Yorick", "Zeger",
];
const FEMALE: &[&str] = &[
    "Aafke", "Anouk", "Babette", "Bregje", "Cato", "Daphne", "Els", "Femke", "Floor", "Geke",
    "Hanna", "Heleen", "Ineke", "Iris", "Jette", "Joke", "Karin", "Lieke", "Loïs", "Maaike",
    "Marijke", "Mirthe", "Nienke", "Noëlle", "Paula", "Renske", "Roos", "Saskia", "Tess", "Zoë",
];

/// What somebody is called.
#[derive(Clone, Copy)]
pub(crate) struct Name {
    first_part: &'static str,
    last_part: &'static str,
    pub(crate) prefix: Option<&'static str>,
    pub(crate) given: &'static str,
    pub(crate) second: Option<&'static str>,
}

impl Name {
    pub(crate) fn invent(male: bool, chance: &mut Chance) -> Self {
        let given = if male { MALE } else { FEMALE };
        Self {
            first_part: one_of(FIRST_PARTS, chance),
            last_part: one_of(LAST_PARTS, chance),
            prefix: happens(0.25, chance).then(|| one_of(PREFIXES, chance)),
            given: one_of(given, chance),
            second: happens(0.4, chance).then(|| one_of(given, chance)),
        }
    }

    pub(crate) fn surname(&self) -> String {
        format!("{}{}", self.first_part, self.last_part)
    }

    pub(crate) fn given_names(&self) -> String {
        match self.second {
            Some(second) => format!("{} {second}", self.given),
            None => self.given.to_owned(),
        }
    }

    pub(crate) fn initials(&self) -> String {
        let initial = |name: &str| {
            name.chars()
                .next()
                .map(|c| format!("{c}."))
                .unwrap_or_default()
        };
        format!(
            "{}{}",
            initial(self.given),
            self.second.map(initial).unwrap_or_default()
        )
    }
}

/// A number that passes the eleven-test of the BSN, but belongs to nobody.
///
/// The first five thousand begin with 9999, the range of the test persons of the population
/// register (general knowledge, not checked against its documents); further ones, only needed
/// for measuring speed, begin with 90 or above, which is far beyond what has been given out.
pub(crate) fn fictitious_bsn(person: u32) -> u32 {
    const TEST_RANGE: u32 = 5_000;
    let stem = if person < TEST_RANGE {
        99_990_000 + 2 * person
    } else {
        90_000_000 + 2 * (person % 4_900_000)
    };
    // Where an even stem would need the check "digit" 10, the next needs 1: the last digit of
    // the stem weighs two.
    check_digit(stem).map_or_else(|| (stem + 1) * 10 + 1, |digit| stem * 10 + digit)
}

fn check_digit(stem: u32) -> Option<u32> {
    let mut rest = stem;
    let mut sum = 0;
    for weight in 2..=9 {
        sum += weight * (rest % 10);
        rest /= 10;
    }
    Some(sum % 11).filter(|&digit| digit < 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn passes_eleven_test(number: u32) -> bool {
        let digit = |place: u32| (number / 10u32.pow(place) % 10) as i32;
        let sum: i32 = (1..9).map(|place| (place as i32 + 1) * digit(place)).sum();
        (sum - digit(0)) % 11 == 0
    }

    #[test]
    fn fictitious_numbers_are_distinct_and_pass_the_test() {
        let numbers: HashSet<u32> = (0..20_000).map(fictitious_bsn).collect();
        assert_eq!(numbers.len(), 20_000);
        assert!(numbers.iter().all(|&number| passes_eleven_test(number)));
        assert!((0..5_000).all(|person| fictitious_bsn(person) / 100_000 == 9_999));
        assert!(numbers.iter().all(|&number| number >= 900_000_000));
    }
}
