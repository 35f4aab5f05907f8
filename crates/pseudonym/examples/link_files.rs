//! Links two files of people through the whole scheme (spelling, blinding, evaluation, cascade)
//! and compares the links with the truth.
//!
//! `cargo run --release -p pseudonym --example link_files -- FOLDER KEYS [number]`
//!
//! FOLDER holds `left.csv` and `right.csv` with the columns `person` (who it really is),
//! `number`, `surname`, `given`, `birth` (ISO), `sex` (M or V) and `postcode`. KEYS is a text
//! file with one match key a line: its parts, strictest key first. With `number` the number is a
//! key too; it is taken without eleven-test. Prints one line of JSON.

use calendar::Day;
use codes::Sex;
use linkage::{
    Delivery, EvaluatedTable, KeyDeclaration, KeyTableWriter, KoppelSecret, LinkId, LinkagePolicy,
    MatchKey, MatchSecret, Register, RowId, SeenDelivery, link,
};
use pseudonym::{Identifiers, KeyPolicy, RecordedDecision, match_keys_of_many};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::time::Instant;

/// A file of people: who they really are, and what was recorded.
type People = Vec<(String, Identifiers)>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, keys, rest @ ..] = arguments.as_slice() else {
        return Err("give a folder and a file with match keys".into());
    };
    let policy = policy(Path::new(keys), rest.iter().any(|word| word == "number"))?;
    let declaration = policy.declaration();
    let files = ["left.csv", "right.csv"].map(|name| read(&Path::new(folder).join(name)));
    let [left, right] = files;
    let (left, right) = (left?, right?);

    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let secret = MatchSecret::generate(&mut rng);
    let koppel = KoppelSecret::generate(&mut rng);
    let start = Instant::now();
    let tables = [&left, &right].map(|people| key_table(people, &secret, &policy));
    let blind = start.elapsed().as_secs_f64();

    let start = Instant::now();
    let mut deliveries = Vec::new();
    for (name, table) in ["LEFT", "RIGHT"].into_iter().zip(tables) {
        deliveries.push(Delivery {
            institution: name.into(),
            seen: SeenDelivery {
                number: 1,
                manifest: [0; 32],
            },
            table: EvaluatedTable::read(&mut table?.as_slice(), &koppel, &declaration)?,
        });
    }
    let evaluate = start.elapsed().as_secs_f64();

    let start = Instant::now();
    let policy = LinkagePolicy::usual(declaration.clone());
    let outcome = link(Register::new(), deliveries, &policy, &mut rng)?;
    let linked = start.elapsed().as_secs_f64();

    let [of_left, of_right] = [0, 1].map(|place| &outcome.deliveries[place].links);
    let (precision, recall) = truthful((&left, of_left), (&right, of_right));
    for (key, quality) in declaration
        .keys()
        .iter()
        .zip(&outcome.deliveries[1].quality.keys)
    {
        eprintln!(
            "{key}: {} candidates, {} linked, {} refused, {:.2} by chance",
            quality.unique, quality.linked, quality.refused, quality.expected_by_chance
        );
    }
    println!(
        "{{\"version\": \"{}\", \"rows\": {}, \"precision\": {precision}, \"recall\": {recall}, \"seconds\": {}, \"blind\": {blind}, \"evaluate\": {evaluate}, \"link\": {linked}}}",
        env!("CARGO_PKG_VERSION"),
        left.len() + right.len(),
        blind + evaluate + linked,
    );
    Ok(())
}

fn policy(keys: &Path, number: bool) -> Result<KeyPolicy, Box<dyn Error>> {
    let text = std::fs::read_to_string(keys)?;
    let lines = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let keys: Result<Vec<MatchKey>, _> = lines
        .map(|line| MatchKey::from_labels(&line.split(',').collect::<Vec<_>>()))
        .collect();
    let policy = KeyPolicy::of_names(KeyDeclaration::new(keys?)?)?;
    // A number without check digit is what the number in the criminal-justice chain is.
    Ok(if number {
        policy.with_skn(RecordedDecision {
            reference: "invented people".into(),
            decided_on: Day::from_number(0),
        })
    } else {
        policy
    })
}

fn read(path: &Path) -> Result<People, Box<dyn Error>> {
    let mut people = Vec::new();
    for row in csv::Reader::from_path(path)?.deserialize() {
        let row: HashMap<String, String> = row?;
        let text = |name: &str| row.get(name).filter(|text| !text.is_empty()).cloned();
        let identifiers = Identifiers {
            bsn: None,
            skn: text("number"),
            surname: text("surname"),
            given_names: text("given"),
            initials: None,
            birth_date: text("birth").and_then(|text| Day::parse_iso(&text)),
            sex: text("sex").map(|code| if code == "M" { Sex::Male } else { Sex::Female }),
            postcode: text("postcode"),
        };
        people.push((text("person").ok_or("a row without person")?, identifiers));
    }
    Ok(people)
}

/// The payload of file A; the row id is the position in the file.
fn key_table(
    people: &People,
    secret: &MatchSecret,
    policy: &KeyPolicy,
) -> Result<Vec<u8>, Box<dyn Error>> {
    let declaration = policy.declaration();
    let mut bytes = Vec::new();
    let mut table = KeyTableWriter::start(&mut bytes, people.len() as u64, &declaration)?;
    let identifiers: Vec<&Identifiers> = people.iter().map(|(_, who)| who).collect();
    let keys = match_keys_of_many(&identifiers, secret, "bench", &declaration);
    for (row, keys) in (0_u128..).zip(keys.chunks(declaration.len())) {
        table.row(RowId(row.to_be_bytes()), keys)?;
    }
    table.finish()?;
    Ok(bytes)
}

type Linked<'a> = (&'a People, &'a Vec<(RowId, LinkId)>);

/// Precision and recall of the pairs of rows that have one link id.
fn truthful((left, of_left): Linked<'_>, (right, of_right): Linked<'_>) -> (f64, f64) {
    let position = |row: &RowId| u128::from_be_bytes(row.0) as usize;
    let known: HashMap<LinkId, &str> = of_left
        .iter()
        .map(|(row, link)| (*link, left[position(row)].0.as_str()))
        .collect();
    let persons: HashMap<&str, ()> = left.iter().map(|(who, _)| (who.as_str(), ())).collect();
    let (mut found, mut correct, mut real) = (0_u64, 0_u64, 0_u64);
    for (row, link) in of_right {
        let who = right[position(row)].0.as_str();
        real += u64::from(persons.contains_key(who));
        if let Some(other) = known.get(link) {
            found += 1;
            correct += u64::from(*other == who);
        }
    }
    (correct as f64 / found as f64, correct as f64 / real as f64)
}
