//! How each institution wrote down who somebody is, faults included.

use crate::draw::{Chance, between, happens};
use crate::names::Name;
use crate::parameters::IdentifierDirt;
use crate::person::{Person, Postcode};
use calendar::Day;

/// What one institution has in its table `persoon`.
#[derive(Clone)]
pub(crate) struct Card {
    pub(crate) bsn: Option<u32>,
    pub(crate) surname: String,
    pub(crate) prefix: Option<&'static str>,
    pub(crate) given_names: Option<String>,
    pub(crate) initials: String,
    pub(crate) birth: Day,
    pub(crate) postcode: Option<Postcode>,
}

impl Card {
    /// Without a fault.
    pub(crate) fn exact(person: &Person) -> Self {
        Self {
            bsn: Some(person.bsn),
            surname: person.name.surname(),
            prefix: person.name.prefix,
            given_names: Some(person.name.given_names()),
            initials: person.name.initials(),
            birth: person.birth,
            postcode: Some(person.postcode),
        }
    }

    /// As the institution wrote it down.
    pub(crate) fn written(person: &Person, dirt: &IdentifierDirt, chance: &mut Chance) -> Self {
        let mut card = Self::exact(person);
        if happens(dirt.bsn_missing, chance) {
            card.bsn = None;
        }
        if happens(dirt.day_month_swapped, chance) {
            card.birth = swapped(person.birth);
        }
        if happens(dirt.typo_in_surname, chance) {
            card.surname = with_typo(&card.surname, chance);
        }
        if happens(dirt.typo_in_given_name, chance) {
            card.given_names = card.given_names.map(|names| with_typo(&names, chance));
        }
        if happens(dirt.prefix_in_surname, chance) {
            card.move_prefix(&person.name);
        }
        if happens(dirt.given_names_as_initials, chance) {
            card.given_names = None;
        }
        if happens(dirt.postcode_moved, chance) {
            card.postcode = Some(Postcode::invent(chance));
        }
        if happens(dirt.postcode_missing, chance) {
            card.postcode = None;
        }
        card
    }

    fn move_prefix(&mut self, name: &Name) {
        if let Some(prefix) = name.prefix {
            self.surname = format!("{prefix} {}", self.surname);
            self.prefix = None;
        }
    }
}

/// Day and month the other way round, where such a day exists.
fn swapped(day: Day) -> Day {
    let (year, month, date) = day.ymd();
    Day::from_ymd(year, date, month).unwrap_or(day)
}

/// Two neighbouring letters swapped, or one left out.
fn with_typo(text: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 4 {
        return text.to_owned();
    }
    let at = between(1, letters.len() as i32 - 3, chance) as usize;
    if happens(0.5, chance) {
        letters.swap(at, at + 1);
    } else {
        letters.remove(at);
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_gives_a_real_day_in_the_same_year() {
        let day = |y, m, d| Day::from_ymd(y, m, d).unwrap();
        assert_eq!(swapped(day(1990, 3, 11)), day(1990, 11, 3));
        assert_eq!(swapped(day(1990, 3, 31)), day(1990, 3, 31));
    }
}
