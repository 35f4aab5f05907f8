//! Links two files of an invented population and compares the links with the truth.
//!
//! `cargo run --release -p linkage --example cascade_at_scale -- 1000000 [number] [write FOLDER]`
//!
//! With `number` the BSN is a key too. With `write` the two files are written to FOLDER as
//! `left.csv` and `right.csv` instead, for a peer to link. Prints one line of JSON; what each key
//! did goes to standard error. The keys are hashes, no group elements: what they cost is measured
//! by `koppelpunt` of the crate `pseudonym`, and their meaning to the cascade is the same.

use linkage::{LinkagePolicy, Register, link};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

#[allow(dead_code, clippy::unwrap_used, reason = "shared with the tests")]
#[path = "../tests/population/files.rs"]
mod files;
#[allow(dead_code, clippy::unwrap_used, reason = "shared with the tests")]
#[path = "../tests/population/mod.rs"]
mod population;

/// The same people on each machine, and for the peer.
const SEED: u64 = 1;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [size, "write", folder] => write(size.parse()?, Path::new(folder)),
        [size] => measure(size.parse()?, false),
        [size, "number"] => measure(size.parse()?, true),
        _ => Err("give a number of rows".into()),
    }
}

fn measure(size: u32, numbers: bool) -> Result<(), Box<dyn Error>> {
    let declaration = files::declaration(numbers);
    let policy = LinkagePolicy::usual(declaration.clone());
    let files = files::two_files(size, numbers, population::USUAL, SEED);
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let start = Instant::now();
    let outcome = link(Register::new(), files.deliveries, &policy, &mut rng)?;
    let seconds = start.elapsed().as_secs_f64();
    let found = files::compare(&outcome.deliveries, &files.truth);
    let quality = &outcome.deliveries[1].quality;
    for (key, of) in declaration.keys().iter().zip(&quality.keys) {
        eprintln!(
            "{key}: {} unique, {} linked, {} refused, {:.1} by chance; agrees in {:.3}",
            of.unique,
            of.linked,
            of.refused,
            of.expected_by_chance,
            of.sensitivity().unwrap_or(f64::NAN)
        );
    }
    eprintln!("estimated sensitivity {:?}", quality.sensitivity);
    println!(
        "{{\"version\": \"{}\", \"rows\": {}, \"precision\": {}, \"recall\": {}, \"seconds\": {seconds}}}",
        env!("CARGO_PKG_VERSION"),
        2 * size,
        found.precision,
        found.recall,
    );
    Ok(())
}

fn write(size: u32, folder: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let create = |name| File::create(folder.join(name)).map(BufWriter::new);
    let mut out = [create("left.csv")?, create("right.csv")?];
    for file in &mut out {
        writeln!(file, "person,number,surname,given,birth,sex,postcode")?;
    }
    let mut result = Ok(());
    files::each_record(size, population::USUAL, SEED, |file, who, _, record| {
        let number = record.number.as_deref().unwrap_or_default();
        let sex = if record.male { "M" } else { "V" };
        let written = writeln!(
            out[file],
            "{who},{number},{},{},{},{sex},{}",
            record.surname, record.given, record.birth, record.postcode
        );
        if written.is_err() {
            result = written;
        }
    });
    for file in &mut out {
        file.flush()?;
    }
    Ok(result?)
}
