//! The statistics engine beside its peers: the same tables, one after the other in each round.
//!
//! What is timed is a call as its user makes it, from a table in memory to a summary, and beside
//! bare kernels the estimator alone; reading the table is left out on both sides. R is asked
//! what it has: with `R_LIBS` set to a library that holds a newer `survival` than Debian's, that
//! one is timed, and its version printed; `fastcmprsk` is timed only if R has it.
//!
//! What takes less than half a second is done again until half a second has gone by, by everyone.
//! The first two times do not count (caches are filled, threads started, R's functions compiled)
//! unless the first takes half a minute.

mod tasks;

use crate::run::{cargo, command, output, root};
use crate::tools;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use tasks::{Language, Ours, TASKS, Task};

/// How often all is measured; medians are printed.
const ROUNDS: usize = 3;
/// With more rows than this, some peers need minutes, and all is measured once.
const ROWS_FOR_MORE_ROUNDS: usize = 10_000;

/// What was measured: seconds and memory of each task.
#[derive(Default)]
struct Measured {
    /// By task and who did it (ours is empty), the seconds of each round.
    seconds: BTreeMap<(String, String), Vec<f64>>,
    /// By task, the most memory our estimator took, as a part of the columns it was given.
    memory: BTreeMap<String, f64>,
}

/// Times tasks at some sizes: `words` are numbers of rows and names of tasks; without names
/// all tasks are timed.
pub fn bench(words: &[&str]) -> Result<()> {
    let (sizes, tasks) = what_to_bench(words)?;
    tools::debian_packages(&[
        (
            "r-cran-survival",
            "/usr/lib/R/library/survival|/usr/lib/R/site-library/survival",
        ),
        ("r-cran-cmprsk", "/usr/lib/R/site-library/cmprsk"),
        ("r-cran-lme4", "/usr/lib/R/site-library/lme4"),
        ("r-cran-geepack", "/usr/lib/R/site-library/geepack"),
        ("r-cran-mets", "/usr/lib/R/site-library/mets"),
        ("python3-venv", "/usr/bin/python3"),
    ])?;
    let python = tools::python(&[
        "pandas",
        "lifelines",
        "scikit-survival",
        "statsmodels",
        "survival",
    ])?;
    for rows in sizes {
        let folder = super::target_directory()?
            .join("bench")
            .join("statistics")
            .join(rows.to_string());
        output(
            "timings write",
            timings().arg("write").arg(&folder).arg(rows.to_string()),
        )?;
        let rounds = if rows <= ROWS_FOR_MORE_ROUNDS {
            ROUNDS
        } else {
            1
        };
        let mut measured = Measured::default();
        for round in 1..=rounds {
            eprintln!("── {rows} rows, round {round} of {rounds}");
            ours(&folder, &tasks, &mut measured)?;
            for language in [Language::R, Language::Python] {
                peers(language, &python, &folder, (rows, &tasks), &mut measured)?;
            }
        }
        print!("{}", table(rows, rounds, &measured));
    }
    Ok(())
}

fn what_to_bench(words: &[&str]) -> Result<(Vec<usize>, Vec<&'static Task>)> {
    let (mut sizes, mut tasks) = (Vec::new(), Vec::new());
    for &word in words {
        match word.parse() {
            Ok(rows) => sizes.push(rows),
            Err(_) => tasks.push(
                TASKS
                    .iter()
                    .find(|task| task.name == word)
                    .with_context(|| format!("no number of rows and no task: {word}"))?,
            ),
        }
    }
    if sizes.is_empty() {
        sizes = vec![10_000, 100_000];
    }
    if tasks.is_empty() {
        tasks = TASKS.iter().collect();
    }
    Ok((sizes, tasks))
}

fn timings() -> Command {
    let mut timings = cargo();
    timings.args([
        "run",
        "--release",
        "--locked",
        "--quiet",
        "--package",
        "fit",
    ]);
    timings.args(["--example", "timings", "--"]);
    timings
}

fn ours(folder: &Path, tasks: &[&Task], measured: &mut Measured) -> Result<()> {
    let (mut calls, mut kernels) = (timings(), timings());
    calls.arg("run").arg(folder);
    kernels.arg("kernel").arg(folder);
    for task in tasks {
        match task.ours {
            Ours::Call(call) => calls.arg(format!("{}={call}", task.name)),
            Ours::Kernel => kernels.arg(task.name),
        };
    }
    for mut run in [calls, kernels] {
        for told in lines(&output("timings", &mut run)?)? {
            let seconds = number(&told, "seconds")?;
            measured.add_seconds(&told, String::new(), seconds)?;
            if let Some(memory) = told["memory"].as_f64() {
                measured.add_memory(&told, memory)?;
            }
        }
    }
    Ok(())
}

fn peers(
    language: Language,
    python: &Path,
    folder: &Path,
    (rows, tasks): (usize, &[&Task]),
    measured: &mut Measured,
) -> Result<()> {
    let script = |name: &str| {
        root()
            .join("xtask")
            .join("bench")
            .join("statistics")
            .join(name)
    };
    let mut run = match language {
        Language::R => command("Rscript"),
        Language::Python => command(python),
    };
    run.arg(match language {
        Language::R => script("peers.R"),
        Language::Python => script("peers.py"),
    });
    run.arg(folder);
    for task in tasks {
        let able = task.peers.iter().filter(|peer| peer.language == language);
        for peer in able.filter(|peer| rows <= peer.most_rows) {
            run.arg(format!("{}/{}", task.name, peer.name));
        }
    }
    for told in lines(&output("peers", &mut run)?)? {
        let seconds = number(&told, "seconds")?;
        let peer = format!("{} {}", text(&told, "peer")?, text(&told, "version")?);
        measured.add_seconds(&told, peer, seconds)?;
    }
    Ok(())
}

impl Measured {
    fn add_seconds(&mut self, told: &Value, peer: String, seconds: f64) -> Result<()> {
        let task = text(told, "task")?.to_owned();
        self.seconds.entry((task, peer)).or_default().push(seconds);
        Ok(())
    }

    fn add_memory(&mut self, told: &Value, memory: f64) -> Result<()> {
        let most = self.memory.entry(text(told, "task")?.to_owned());
        let most = most.or_default();
        *most = most.max(memory);
        Ok(())
    }
}

fn lines(printed: &str) -> Result<Vec<Value>> {
    let lines = printed.lines().filter(|line| line.starts_with('{'));
    lines
        .map(|line| serde_json::from_str(line).with_context(|| line.to_owned()))
        .collect()
}

fn number(told: &Value, name: &str) -> Result<f64> {
    told[name]
        .as_f64()
        .with_context(|| format!("no {name}: {told}"))
}

fn text<'a>(told: &'a Value, name: &str) -> Result<&'a str> {
    told[name]
        .as_str()
        .with_context(|| format!("no {name}: {told}"))
}

fn median(seconds: &[f64]) -> f64 {
    let mut sorted = seconds.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The table in plain text: a line for each task and peer.
fn table(rows: usize, rounds: usize, measured: &Measured) -> String {
    let mut out = format!(
        "\n{rows} rows; medians of {rounds} rounds; seconds without reading the table; \
         memory beside the columns given\n\n\
         {:<20}{:>11}{:>8}  {:<26}{:>11}{:>9}  {}\n",
        "task", "ours", "memory", "peer", "peer's", "ratio", "bar"
    );
    for task in TASKS {
        let of_task = |peer: &str| {
            measured
                .seconds
                .get(&(task.name.to_owned(), peer.to_owned()))
        };
        let own = of_task("").map_or(f64::NAN, |seconds| median(seconds));
        let memory = measured.memory.get(task.name);
        let memory = memory.map_or(String::new(), |part| format!("{part:.1}×"));
        for (at, peer) in task.peers.iter().enumerate() {
            let found = measured
                .seconds
                .range((task.name.to_owned(), peer.name.to_owned())..)
                .next()
                .filter(|((name, told), _)| name == task.name && told.starts_with(peer.name));
            let Some(((_, told), seconds)) = found else {
                continue;
            };
            let theirs = median(seconds);
            let bar = match at {
                0 if theirs / own >= task.bar => format!("≥ {}, met", task.bar),
                0 => format!("≥ {}, not met", task.bar),
                _ => String::new(),
            };
            writeln!(
                out,
                "{:<20}{own:>11.5}{memory:>8}  {told:<26}{theirs:>11.5}{:>8.1}×  {bar}",
                task.name,
                theirs / own
            )
            .expect("writing to a string cannot fail");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_line_for_each_peer_that_was_measured() {
        let mut measured = Measured::default();
        let mut add = |peer: &str, seconds: &[f64]| {
            let key = ("km-kernel".into(), peer.into());
            measured.seconds.insert(key, seconds.to_vec());
        };
        add("", &[0.2, 0.1, 0.3]);
        add("statsmodels 0.15", &[4.0]);
        measured.memory.insert("km-kernel".into(), 0.25);
        let text = table(10, 3, &measured);
        assert!(
            text.contains("statsmodels 0.15") && text.contains("20.0×"),
            "{text}"
        );
        assert!(
            text.contains("≥ 10, met") && !text.contains("lifelines"),
            "{text}"
        );
        assert!(text.contains("0.2×") || text.contains("0.3×"), "{text}");
    }

    #[test]
    fn rows_and_tasks_may_be_named_in_any_order() {
        let (sizes, tasks) = what_to_bench(&["km", "1000", "gee"]).expect("both are known");
        let names: Vec<&str> = tasks.iter().map(|task| task.name).collect();
        assert_eq!((sizes, names), (vec![1000], vec!["km", "gee"]));
        assert!(what_to_bench(&["kn"]).is_err());
    }
}
