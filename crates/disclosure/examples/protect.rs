//! Protects tables of counts, for attacks and measurements from outside: on standard input one
//! table a line, `{"sizes": [4, 3], "inner": [...]}`; on standard output a line for each, with
//! all cells in the order of their labels (totals last), what is hidden, and how long it took.

use disclosure::tables::{Entry, Rules, Table, protect};
use serde::Deserialize;
use std::io::{BufRead, Write};
use std::time::Instant;

#[derive(Deserialize)]
struct Wanted {
    sizes: Vec<usize>,
    inner: Vec<i64>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let wanted: Wanted = serde_json::from_str(&line?)?;
        let labels: Vec<Vec<String>> = wanted
            .sizes
            .iter()
            .map(|&size| (0..size).map(|label| label.to_string()).collect())
            .collect();
        let labels: Vec<Vec<&str>> = labels
            .iter()
            .map(|labels| labels.iter().map(String::as_str).collect())
            .collect();
        let dimensions: Vec<(&str, &[&str])> = labels.iter().map(|l| ("d", l.as_slice())).collect();
        let table = Table::with_margins("t", &dimensions, &wanted.inner);
        let before = Instant::now();
        let protected = protect(std::slice::from_ref(&table), &Rules::default());
        let seconds = before.elapsed().as_secs_f64();
        let values: Vec<i64> = table
            .cells
            .iter()
            .map(|cell| match cell.entry {
                Entry::Shown(value) => value,
                _ => 0,
            })
            .collect();
        let hidden: Option<Vec<bool>> = protected
            .ok()
            .map(|one| one.hidden[0].iter().map(Option::is_some).collect());
        let answer = serde_json::json!({"values": values, "hidden": hidden, "seconds": seconds});
        writeln!(out, "{answer}")?;
    }
    Ok(())
}
