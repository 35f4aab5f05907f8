//! Deliveries of the invented population, and how well they were linked.

use super::population::{Errors, Recorded, person, recorded};
use linkage::{
    Delivery, EvaluatedKey, EvaluatedTable, KeyDeclaration, LinkId, LinkedDelivery, Part, RowId,
    SeenDelivery,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Two institutions' deliveries and, per row, who it really is.
pub struct TwoFiles {
    pub deliveries: Vec<Delivery>,
    pub truth: HashMap<RowId, u32>,
}

/// Two deliveries of `size` rows, half of whose persons are in both.
pub fn two_files(size: u32, numbers: bool, errors: Errors, seed: u64) -> TwoFiles {
    let declaration = declaration(numbers);
    let mut truth = HashMap::new();
    let mut files = [Vec::new(), Vec::new()];
    each_record(size, errors, seed, |file, who, row, record| {
        truth.insert(row, who);
        files[file].push((row, keys(record, &declaration)));
    });
    let [left, right] = files;
    let deliveries = vec![delivery("STEVIG", 1, left), delivery("WIER", 1, right)];
    TwoFiles { deliveries, truth }
}

/// Visits each record of two files of `size` rows: which file (0 or 1), who it really is, the
/// row, and what was recorded.
pub fn each_record(
    size: u32,
    errors: Errors,
    seed: u64,
    mut visit: impl FnMut(usize, u32, RowId, &Recorded),
) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let persons: Vec<Recorded> = (0..size + size / 2)
        .map(|index| person(index, &mut rng))
        .collect();
    for (file, from) in [(0, 0), (1, size / 2)] {
        for who in from..from + size {
            let row = RowId(rng.random());
            let record = recorded(&persons[who as usize], errors, &mut rng);
            visit(file, who, row, &record);
        }
    }
}

pub fn delivery(
    institution: &str,
    number: u32,
    rows: Vec<(RowId, Vec<Option<EvaluatedKey>>)>,
) -> Delivery {
    let width = rows.first().map_or(0, |(_, keys)| keys.len());
    Delivery {
        institution: institution.into(),
        seen: SeenDelivery {
            number,
            manifest: [number as u8; 32],
        },
        table: EvaluatedTable::from_rows(rows, width).unwrap(),
    }
}

/// The usual keys, behind one of the BSN where numbers are used.
pub fn declaration(numbers: bool) -> KeyDeclaration {
    let usual = KeyDeclaration::usual();
    if numbers {
        usual.behind(Part::Bsn).unwrap()
    } else {
        usual
    }
}

/// Stand-ins for evaluated keys: what matters to the cascade is only which are equal.
pub fn keys(of: &Recorded, declaration: &KeyDeclaration) -> Vec<Option<EvaluatedKey>> {
    let key = |parts: &[Part]| {
        let mut hasher = Sha256::new();
        for part in parts {
            let text = field(of, *part)?;
            hasher.update(part.tag());
            hasher.update([text.len() as u8]);
            hasher.update(text);
        }
        Some(EvaluatedKey::from_bytes(hasher.finalize().into()))
    };
    let keys = declaration.keys().iter();
    keys.map(|declared| key(declared.parts())).collect()
}

fn field(of: &Recorded, part: Part) -> Option<String> {
    let (year, month, day) = of.birth.ymd();
    Some(match part {
        Part::Bsn => of.number.clone()?,
        Part::Skn => return None,
        Part::Surname => of.surname.clone(),
        Part::SurnameStart => of.surname.chars().take(3).collect(),
        Part::SurnameEnd => of.surname.chars().rev().take(3).collect(),
        Part::GivenName => of.given.clone(),
        Part::GivenStart => of.given.chars().take(3).collect(),
        Part::GivenEnd => of.given.chars().rev().take(3).collect(),
        Part::Initial => of.given.chars().take(1).collect(),
        Part::NamesExchanged => {
            let mut names = [of.surname.as_str(), of.given.as_str()];
            names.sort_unstable();
            names.join(" ")
        }
        Part::BirthDate => of.birth.to_string(),
        Part::BirthExchanged => format!("{year} {} {}", month.min(day), month.max(day)),
        Part::Sex => if of.male { "M" } else { "F" }.into(),
        Part::Postcode4 => of.postcode.clone(),
    })
}

/// Precision and recall of the pairs that have one link id.
#[derive(Debug)]
pub struct Truthful {
    pub precision: f64,
    pub recall: f64,
}

pub fn compare(linked: &[LinkedDelivery], truth: &HashMap<RowId, u32>) -> Truthful {
    let mut first: HashMap<LinkId, u32> = HashMap::new();
    let mut persons: HashMap<u32, ()> = HashMap::new();
    for (row, link) in &linked[0].links {
        first.insert(*link, truth[row]);
        persons.insert(truth[row], ());
    }
    let (mut found, mut right, mut real) = (0.0, 0.0, 0.0);
    for (row, link) in &linked[1].links {
        let who = truth[row];
        real += f64::from(u8::from(persons.contains_key(&who)));
        if let Some(other) = first.get(link) {
            found += 1.0;
            right += f64::from(u8::from(*other == who));
        }
    }
    Truthful {
        precision: right / found,
        recall: right / real,
    }
}
