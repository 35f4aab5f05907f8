//! Simulated chains of a network beside ciw, which simulates the same one: time and outcome.
//!
//! Ten thousand chains of five years are to take at most two seconds on two cores: from a network of
//! some 150 places that is full at the start. The peer starts from empty, so ours is timed from
//! there as well, and the ratio is of those two, per chain. Means must agree; how far they are
//! apart is printed in Monte Carlo errors.

use crate::run::{cargo, command, output, root};
use crate::tools;
use anyhow::{Context, Result};
use serde_json::Value;

/// Of ours, in each round.
const CHAINS: usize = 10_000;
/// Of the peer, over all rounds, in which it needs a minute.
const CHAINS_OF_PEER: usize = 900;
const ROUNDS: usize = 3;
/// Seconds for our chains, from a full network.
const BAR: f64 = 2.0;

/// A simulation as it tells of itself.
struct Told {
    seconds_per_chain: f64,
    /// Numbers in each state at the end, with those who wait for it from outside or from home.
    numbers: Vec<f64>,
    errors: Vec<f64>,
}

/// Times ours and the peer in turn, and prints medians.
pub fn bench() -> Result<()> {
    let python = tools::python(&["ciw"])?;
    let (mut full, mut empty, mut peer) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        eprintln!("── round {round} of {ROUNDS}");
        full.push(ours("full")?);
        empty.push(ours("empty")?);
        let script = root().join("xtask").join("bench").join("chains");
        let mut run = command(&python);
        run.arg(script.join("peers.py"))
            .arg((CHAINS_OF_PEER / ROUNDS).to_string());
        peer.push(told(&output("ciw", &mut run)?)?);
    }
    print!("{}", report(&full, &empty, &peer));
    Ok(())
}

fn ours(start: &str) -> Result<Told> {
    let mut run = cargo();
    run.args(["run", "--release", "--locked", "--quiet"]);
    run.args(["--package", "statistics", "--example", "chains", "--"]);
    run.arg(CHAINS.to_string()).arg(start);
    told(&output("chains", &mut run)?)
}

fn told(printed: &str) -> Result<Told> {
    let told: Value = serde_json::from_str(printed.trim())?;
    let numbers = |name: &str| -> Option<Vec<f64>> {
        told[name].as_array()?.iter().map(Value::as_f64).collect()
    };
    let seconds = told["seconds"].as_f64().context("no seconds")?;
    let chains = told["chains"].as_f64().context("no chains")?;
    Ok(Told {
        seconds_per_chain: seconds / chains,
        numbers: numbers("occupancy").context("no occupancy")?,
        errors: numbers("error").context("no errors")?,
    })
}

fn report(full: &[Told], empty: &[Told], peer: &[Told]) -> String {
    let seconds = |of: &[Told]| {
        let mut each: Vec<f64> = of.iter().map(|told| told.seconds_per_chain).collect();
        each.sort_by(f64::total_cmp);
        each[each.len() / 2]
    };
    let of_bar = seconds(full) * CHAINS as f64;
    let met = if of_bar <= BAR { "met" } else { "not met" };
    format!(
        "\n{CHAINS} chains of five years, network full at the start: {of_bar:.2} s (at most {BAR} s: {met})\n\
         from empty, per chain: ours {:.6} s, ciw {:.6} s, ratio {:.0}\n\
         largest distance between means in the end: {:.1} Monte Carlo errors\n",
        seconds(empty),
        seconds(peer),
        seconds(peer) / seconds(empty),
        distance(&empty[0], peer),
    )
}

/// The largest difference of a state's mean number between ours and the peer's rounds together, in
/// Monte Carlo errors.
fn distance(ours: &Told, peer: &[Told]) -> f64 {
    let rounds = peer.len() as f64;
    let of_state = |state: usize| {
        let mean = peer.iter().map(|told| told.numbers[state]).sum::<f64>() / rounds;
        let squares: f64 = peer.iter().map(|told| told.errors[state].powi(2)).sum();
        let error = (squares / rounds.powi(2) + ours.errors[state].powi(2)).sqrt();
        ((ours.numbers[state] - mean) / error).abs()
    };
    (0..ours.numbers.len()).map(of_state).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratio_bar_and_distance_by_hand() -> Result<()> {
        let ours = |seconds: f64| {
            told(&format!(
                r#"{{"seconds": {seconds}, "chains": 10000, "occupancy": [10.0], "error": [0.3]}}"#
            ))
        };
        let peer = r#"{"seconds": 30, "chains": 300, "occupancy": [11.0], "error": [0.4]}"#;
        let full = [ours(3.0)?, ours(1.0)?, ours(1.5)?];
        let text = report(&full, &[ours(1.0)?], &[told(peer)?]);
        // 0.1 s against 0.0001 s; (11 − 10)/√(0.3² + 0.4²) = 2.
        assert!(text.contains("1.50 s (at most 2 s: met)"), "{text}");
        assert!(text.contains("ratio 1000"), "{text}");
        assert!(text.contains("2.0 Monte Carlo errors"), "{text}");
        Ok(())
    }
}
