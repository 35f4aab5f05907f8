//! Links two files of an invented population and compares the links with the truth.
//!
//! `cargo run --release -p linkage --example cascade_at_scale -- 1000000`

use linkage::{LinkagePolicy, Register, link};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use std::time::Instant;

#[allow(dead_code, clippy::unwrap_used, reason = "shared with the tests")]
#[path = "../tests/population/files.rs"]
mod files;
#[allow(dead_code, clippy::unwrap_used, reason = "shared with the tests")]
#[path = "../tests/population/mod.rs"]
mod population;

fn main() {
    let size = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(100_000);
    for numbers in [false, true] {
        let files = files::two_files(size, numbers, population::USUAL, 1);
        let start = Instant::now();
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let outcome = link(
            Register::new(),
            files.deliveries,
            &LinkagePolicy::default(),
            &mut rng,
        )
        .expect("invented deliveries are well formed");
        let seconds = start.elapsed().as_secs_f64();
        let found = files::compare(&outcome.deliveries, &files.truth);
        println!("{size} + {size} rows, with number: {numbers}");
        println!("  linked in {seconds:.2} s; {found:?}");
        let quality = &outcome.deliveries[1].quality;
        println!(
            "  estimated sensitivity {:?}",
            quality.estimated_sensitivity()
        );
        for (label, key) in linkage::KeyLabel::ALL.iter().zip(&quality.keys) {
            println!("  {label:?}: {key:?} sensitivity {:?}", key.sensitivity());
        }
        let start = Instant::now();
        let bytes = outcome.register.to_bytes();
        let read = Register::from_bytes(&bytes).expect("a register reads itself");
        assert!(read == outcome.register);
        println!(
            "  register {} MB, written and read in {:.2} s",
            bytes.len() / 1_000_000,
            start.elapsed().as_secs_f64()
        );
    }
}
