//! Deliveries of the invented population, and how well they were linked.

use super::population::{Errors, Recorded, person, recorded};
use linkage::{
    Delivery, EvaluatedKey, EvaluatedTable, KeyLabel, Keys, LinkId, LinkedDelivery, RowId,
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
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let persons: Vec<Recorded> = (0..size + size / 2)
        .map(|index| person(index, &mut rng))
        .collect();
    let mut truth = HashMap::new();
    let mut file = |institution: &str, from: u32| {
        let rows = (from..from + size).map(|who| {
            let row = RowId(rng.random());
            truth.insert(row, who);
            let record = recorded(&persons[who as usize], errors, &mut rng);
            (row, keys(&record, numbers))
        });
        delivery(institution, 1, rows.collect())
    };
    let deliveries = vec![file("STEVIG", 0), file("WIER", size / 2)];
    TwoFiles { deliveries, truth }
}

pub fn delivery(
    institution: &str,
    number: u32,
    rows: Vec<(RowId, Keys<EvaluatedKey>)>,
) -> Delivery {
    Delivery {
        institution: institution.into(),
        seen: SeenDelivery {
            number,
            manifest: [number as u8; 32],
        },
        table: EvaluatedTable::from_rows(rows),
    }
}

/// Stand-ins for evaluated keys: what matters to the cascade is only which are equal.
pub fn keys(of: &Recorded, numbers: bool) -> Keys<EvaluatedKey> {
    let birth = of.birth.to_string();
    let sex = if of.male { "M" } else { "F" };
    let initial = &of.given[..1];
    let key = |label: KeyLabel, fields: &[&str]| {
        let mut hasher = Sha256::new();
        hasher.update([label as u8]);
        for field in fields {
            hasher.update([field.len() as u8]);
            hasher.update(field);
        }
        Some(EvaluatedKey::from_bytes(hasher.finalize().into()))
    };
    let number = of.number.as_deref().filter(|_| numbers);
    [
        number.and_then(|number| key(KeyLabel::Bsn, &[number])),
        None,
        key(KeyLabel::FullName, &[&of.surname, &of.given, &birth, sex]),
        key(KeyLabel::InitialSurname, &[initial, &of.surname, &birth]),
        key(KeyLabel::GivenPostcode, &[&of.given, &birth, &of.postcode]),
        key(
            KeyLabel::SurnamePostcode,
            &[&of.surname, &birth, &of.postcode],
        ),
    ]
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
