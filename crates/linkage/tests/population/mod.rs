//! An invented population whose members are recorded by several institutions, with errors.
//!
//! Nothing in it is taken from real data. Names are made of syllables; their frequencies fall
//! with rank (Zipf–Mandelbrot), so that the most frequent surname has about 0.7 % of people.
//! The error rates are assumptions, spread over the two records of a pair: 5 % of pairs have a
//! typing error in a name, 1 % have day and month exchanged, a quarter moved house, and 3 % of
//! records lack the number.

use calendar::Day;
use rand::{Rng, RngExt};

/// What an institution recorded of a person.
#[derive(Clone)]
pub struct Recorded {
    pub number: Option<String>,
    pub surname: String,
    pub given: String,
    pub birth: Day,
    pub male: bool,
    pub postcode: String,
}

/// How often records are wrong.
#[derive(Clone, Copy)]
pub struct Errors {
    pub name: f64,
    pub birth: f64,
    pub moved: f64,
    pub no_number: f64,
}

pub const USUAL: Errors = Errors {
    name: 0.025,
    birth: 0.005,
    moved: 0.25,
    no_number: 0.03,
};

pub const NONE: Errors = Errors {
    name: 0.0,
    birth: 0.0,
    moved: 0.0,
    no_number: 0.0,
};

const SURNAMES: f64 = 20_000.0;
const GIVEN_NAMES: f64 = 2_000.0;

/// A person as he or she really is; `index` makes the number unique.
pub fn person(index: u32, rng: &mut impl Rng) -> Recorded {
    let male = rng.random_bool(0.85);
    let offset = if male { 0 } else { 50_000 };
    let surname = name(1_000_000 + rank(SURNAMES, 20.0, rng));
    let given = name(offset + rank(GIVEN_NAMES, 10.0, rng));
    let first = Day::from_ymd(1950, 1, 1).unwrap().number();
    let last = Day::from_ymd(2006, 12, 31).unwrap().number();
    Recorded {
        number: Some(number(index)),
        surname,
        given,
        birth: Day::from_number(rng.random_range(first..=last)),
        male,
        postcode: postcode(rng),
    }
}

/// The record that an institution makes of a person.
pub fn recorded(person: &Recorded, errors: Errors, rng: &mut impl Rng) -> Recorded {
    let mut record = person.clone();
    if rng.random_bool(errors.name) {
        record.surname = mistyped(&record.surname, rng);
    }
    if rng.random_bool(errors.name) {
        record.given = mistyped(&record.given, rng);
    }
    if rng.random_bool(errors.birth) {
        let (year, month, day) = record.birth.ymd();
        record.birth = Day::from_ymd(year, day, month).unwrap_or(record.birth);
    }
    // Half of the moves lie before the one record and half before the other.
    if rng.random_bool(errors.moved / 2.0) {
        record.postcode = postcode(rng);
    }
    if rng.random_bool(errors.no_number) {
        record.number = None;
    }
    record
}

fn postcode(rng: &mut impl Rng) -> String {
    (1000 + rng.random_range(0..4_000)).to_string()
}

/// A rank below `names`, of which rank r has a probability proportional to 1 / (r + shift).
fn rank(names: f64, shift: f64, rng: &mut impl Rng) -> u32 {
    let u: f64 = rng.random();
    (shift * (((names + shift) / shift).powf(u) - 1.0)) as u32
}

/// A name of consonants and vowels that spells the rank.
fn name(rank: u32) -> String {
    let consonants = b"bdfghklmnprstvwz";
    let vowels = b"aeiou";
    let mut left = u64::from(rank) * 7 + 11;
    let mut name = String::new();
    while left > 0 || name.len() < 4 {
        name.push(consonants[(left % 16) as usize] as char);
        left /= 16;
        name.push(vowels[(left % 5) as usize] as char);
        left /= 5;
    }
    name
}

fn mistyped(name: &str, rng: &mut impl Rng) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let place = rng.random_range(0..letters.len());
    match rng.random_range(0..3) {
        0 => letters[place] = (b'a' + rng.random_range(0..26)) as char,
        1 => {
            letters.remove(place);
        }
        _ => letters.swap(place, (place + 1) % name.len()),
    }
    letters.into_iter().collect()
}

/// The `index`th nine-digit number that passes the eleven-test.
fn number(index: u32) -> String {
    // Eight free digits; where the check digit would be ten, the next number is taken.
    let mut first = 10_000_000 + index * 3;
    loop {
        let digits = first.to_string();
        let sum: u32 = digits
            .bytes()
            .zip((2..=9).rev())
            .map(|(d, w)| u32::from(d - b'0') * w)
            .sum();
        if sum % 11 < 10 {
            return format!("{digits}{}", sum % 11);
        }
        first += 1;
    }
}
