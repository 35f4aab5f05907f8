//! Seals four deliveries of an invented population, links them, and measures each stage next to
//! the bare scalar multiplications that no implementation can do without.
//!
//! `cargo run --release -p pseudonym --example seal_and_link -- 1000000`

use curve25519_dalek::{RistrettoPoint, Scalar};
use linkage::{Register, link};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;
use std::time::Instant;

#[allow(dead_code, clippy::unwrap_used, reason = "shared with the tests")]
#[path = "../../linkage/tests/population/mod.rs"]
mod population;
#[allow(dead_code, clippy::unwrap_used, reason = "shared with the tests")]
#[path = "../tests/study/mod.rs"]
mod study;

fn main() {
    let clients: u32 = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(100_000);
    let study = study::Study::new(3);
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    // Four deliveries, half of whose clients are in the next one too.
    let size = clients / 4;
    let persons: Vec<_> = (0..size * 5 / 2)
        .map(|index| population::person(index, &mut rng))
        .collect();
    let splits: Vec<_> = (0..4)
        .map(|place: u32| {
            let from = (place * size / 2) as usize;
            let records = persons[from..from + size as usize].iter();
            let records = records.map(|who| population::recorded(who, population::USUAL, &mut rng));
            study::split(&records.collect::<Vec<_>>(), place as usize)
        })
        .collect();

    let start = Instant::now();
    let mut files = Vec::new();
    let mut keys = 0;
    for (place, split) in splits.into_iter().enumerate() {
        let sealed = study.seal(place, 1, split, &mut rng);
        keys += sealed.clients() * study.policy.declaration().len() as u64;
        files.push(sealed);
    }
    let seal = start.elapsed().as_secs_f64();

    let start = Instant::now();
    let tables: Vec<_> = files.iter().map(|file| study.delivery(file)).collect();
    let open = start.elapsed().as_secs_f64();

    let start = Instant::now();
    let outcome = link(Register::new(), tables, &study.linkage(), &mut rng)
        .expect("invented deliveries are well formed");
    let link = start.elapsed().as_secs_f64();

    let start = Instant::now();
    let rows: usize = files
        .iter()
        .map(|file| study.content(file).clients.len())
        .sum();
    let receive = start.elapsed().as_secs_f64();

    let raw = raw_multiplications(keys as usize, &mut rng);
    println!(
        "{rows} clients, about {keys} keys, {} persons",
        outcome.register.persons()
    );
    println!("scalar multiplications alone {raw:.1} s");
    println!("seal {seal:.1} s ({:.2} x)", seal / raw);
    println!("open and evaluate {open:.1} s ({:.2} x)", open / raw);
    println!("link {link:.2} s; open content {receive:.2} s");
}

/// Seconds for this many multiplications of random points by one scalar, on all threads.
fn raw_multiplications(count: usize, rng: &mut ChaCha20Rng) -> f64 {
    let scalar = Scalar::random(rng);
    let mut points: Vec<_> = (0..1024).map(|_| RistrettoPoint::random(rng)).collect();
    let start = Instant::now();
    for _ in 0..count.div_ceil(points.len()) {
        points
            .par_iter_mut()
            .with_min_len(64)
            .for_each(|point| *point *= scalar);
    }
    std::hint::black_box(&points);
    start.elapsed().as_secs_f64()
}
