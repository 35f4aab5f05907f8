//! Measures the whole analysis on a made-up network: `cargo run --release --example speed -- N`.

#[path = "../tests/suite/network.rs"]
mod network;

use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let persons = std::env::args().nth(1).map_or(Ok(100_000), |n| n.parse())?;
    let linked = network::fabricate(persons, 7);
    println!("{persons} persons, {} rows", linked.content.rows());
    let start = Instant::now();
    let (study, provenance) = (network::study(), network::provenance());
    let estimates = analysis::analyse_with(&linked, &study, &provenance, |stage| {
        println!("{:>9.3} s  {stage:?}", start.elapsed().as_secs_f64());
    });
    let seconds = start.elapsed().as_secs_f64();
    println!("{} results in {seconds:.3} s", estimates.len());
    Ok(())
}
