//! What it costs the koppelpunt to evaluate and link, beside the bare scalar multiplications that
//! no implementation can do without.
//!
//! `cargo run --release -p pseudonym --example koppelpunt -- write FOLDER 1000000`, then
//! `… koppelpunt -- link FOLDER`: two processes, so that the memory of the second is that of the
//! koppelpunt alone. Prints one line of JSON.
//!
//! The keys are points at equal steps from a random one: valid, all different, and cheap to make.
//! Half of the clients of each of four institutions are also at the next.

use curve25519_dalek::{RistrettoPoint, Scalar};
use linkage::{
    BlindedKey, Delivery, EvaluatedTable, KeyDeclaration, KeyTableWriter, KoppelSecret,
    LinkagePolicy, Part, Register, RowId, SeenDelivery, link,
};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;
use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

const INSTITUTIONS: u64 = 4;

/// Multiplications that are timed on their own, before and after the work.
const BARE: usize = 50_000;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["write", folder, records] => write(Path::new(folder), records.parse()?),
        ["link", folder] => measure(Path::new(folder)),
        _ => Err("say `write FOLDER RECORDS` or `link FOLDER`".into()),
    }
}

fn declaration() -> Result<KeyDeclaration, Box<dyn Error>> {
    Ok(KeyDeclaration::usual().behind(Part::Bsn)?)
}

fn path(folder: &Path, institution: u64) -> PathBuf {
    folder.join(format!("{institution}.keys"))
}

fn write(folder: &Path, records: u64) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let declaration = declaration()?;
    let width = declaration.len() as u64;
    let rows = records / INSTITUTIONS;
    let base = RistrettoPoint::random(&mut ChaCha20Rng::seed_from_u64(1));
    for institution in 0..INSTITUTIONS {
        let out = BufWriter::new(File::create(path(folder, institution))?);
        let mut table = KeyTableWriter::start(out, rows, &declaration)?;
        let first = institution * rows / 2 * width;
        let mut point = base + RistrettoPoint::mul_base(&Scalar::from(first));
        for row in 0..rows {
            let points: Vec<RistrettoPoint> = (0..width)
                .map(|_| {
                    point += curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
                    point
                })
                .collect();
            let keys = RistrettoPoint::double_and_compress_batch(&points);
            let keys: Vec<Option<BlindedKey>> = keys
                .iter()
                .map(|key| Some(BlindedKey::from_bytes(key.to_bytes())))
                .collect();
            table.row(RowId(u128::from(row).to_be_bytes()), &keys)?;
        }
        table.finish()?;
    }
    Ok(())
}

fn measure(folder: &Path) -> Result<(), Box<dyn Error>> {
    let declaration = declaration()?;
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let secret = KoppelSecret::generate(&mut rng);
    let before = bare_seconds(&mut rng);
    let start = Instant::now();
    let mut deliveries = Vec::new();
    for institution in 0..INSTITUTIONS {
        let mut file = BufReader::new(File::open(path(folder, institution))?);
        deliveries.push(Delivery {
            institution: institution.to_string(),
            seen: SeenDelivery {
                number: 1,
                manifest: [0; 32],
            },
            table: EvaluatedTable::read(&mut file, &secret, &declaration)?,
        });
    }
    let evaluate = start.elapsed().as_secs_f64();
    let rows: usize = deliveries.iter().map(|delivery| delivery.table.len()).sum();
    let start = Instant::now();
    let policy = LinkagePolicy::usual(declaration.clone());
    let outcome = link(Register::new(), deliveries, &policy, &mut rng)?;
    let bytes = outcome.register.to_bytes();
    let linked = start.elapsed().as_secs_f64();
    let after = bare_seconds(&mut rng);

    let keys = rows * declaration.len();
    let bare = (before + after) / 2.0 * keys as f64;
    writeln!(
        std::io::stdout(),
        "{{\"version\": \"{}\", \"rows\": {rows}, \"keys\": {keys}, \"persons\": {}, \"register\": {}, \"seconds\": {}, \"evaluate\": {evaluate}, \"link\": {linked}, \"bare\": {bare}}}",
        env!("CARGO_PKG_VERSION"),
        outcome.register.persons(),
        bytes.len(),
        evaluate + linked,
    )?;
    Ok(())
}

/// Seconds for one multiplication of a random point by a scalar, on all threads.
fn bare_seconds(rng: &mut ChaCha20Rng) -> f64 {
    let scalar = Scalar::random(rng);
    let mut points: Vec<_> = (0..1024).map(|_| RistrettoPoint::random(rng)).collect();
    let start = Instant::now();
    let rounds = BARE.div_ceil(points.len());
    for _ in 0..rounds {
        points
            .par_iter_mut()
            .with_min_len(64)
            .for_each(|point| *point *= scalar);
    }
    std::hint::black_box(&points);
    start.elapsed().as_secs_f64() / (rounds * points.len()) as f64
}
