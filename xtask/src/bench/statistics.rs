//! The statistics engine beside its peers: the same tables, one after the other in each round.
//!
//! What is timed is a call as its user makes it, from a table in memory to a summary, and beside
//! bare kernels the estimator alone; reading the table is left out on both sides. R is asked
//! what it has: with `R_LIBS` set to a library that holds a newer `survival` than Debian's, that
//! one is timed, and its version printed; `fastcmprsk` is timed only if R has it.

use crate::run::{cargo, command, output, root};
use crate::tools;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

/// How often all is measured; medians are printed.
const ROUNDS: usize = 3;

/// One thing that is done, and who else does it.
struct Task {
    name: &'static str,
    ours: Ours,
    /// How many times faster than the first peer it has to be.
    bar: f64,
    peers: &'static [Peer],
}

/// What is timed of ours.
enum Ours {
    /// A call of `fit`, from a table in memory to a summary: beside calls that users make.
    Call(&'static str),
    /// The estimator alone, from arrays to structs: beside bare kernels.
    Kernel,
}

/// A package that does the same.
struct Peer {
    name: &'static str,
    language: Language,
    /// With more rows it needs too long or too much memory, and is left out.
    most_rows: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    R,
    Python,
}

const fn r(name: &'static str, most_rows: usize) -> Peer {
    Peer {
        name,
        language: Language::R,
        most_rows,
    }
}

const fn python(name: &'static str, most_rows: usize) -> Peer {
    Peer {
        name,
        language: Language::Python,
        most_rows,
    }
}

const MILLION: usize = 1_000_000;

const TASKS: &[Task] = &[
    Task {
        name: "km",
        ours: Ours::Call(r#"km survival.csv "Surv(time, status > 0) ~ 1""#),
        bar: 10.0,
        peers: &[
            r("survival", MILLION),
            python("lifelines", MILLION),
            python("scikit-survival", MILLION),
        ],
    },
    Task {
        name: "km-kernel",
        ours: Ours::Kernel,
        bar: 10.0,
        peers: &[python("statsmodels", MILLION), python("survival", MILLION)],
    },
    Task {
        name: "logrank",
        ours: Ours::Call(r#"logrank survival.csv "Surv(time, status > 0) ~ group""#),
        bar: 1.0,
        peers: &[r("survival", MILLION)],
    },
    Task {
        name: "cif",
        ours: Ours::Call(r#"aj survival.csv "Surv(time, factor(status)) ~ 1""#),
        bar: 10.0,
        peers: &[r("survival", 100_000)],
    },
    Task {
        name: "cif-kernel",
        ours: Ours::Kernel,
        bar: 10.0,
        peers: &[python("survival", MILLION)],
    },
    Task {
        name: "multistate",
        ours: Ours::Call(
            r#"aj states.csv "Surv(t0, t1, factor(event)) ~ 1" --id id --istate from"#,
        ),
        bar: 100.0,
        peers: &[r("survival", 100_000)],
    },
    Task {
        name: "multistate-kernel",
        ours: Ours::Kernel,
        bar: 100.0,
        peers: &[python("survival", 100_000)],
    },
    Task {
        name: "cox",
        ours: Ours::Call(r#"cox survival.csv "Surv(time, status == 1) ~ x1 + x2 + x3 + x4 + x5""#),
        bar: 10.0,
        peers: &[
            r("survival", MILLION),
            python("lifelines", MILLION),
            python("scikit-survival", 100_000),
            python("statsmodels", 100_000),
        ],
    },
    Task {
        name: "cox-kernel",
        ours: Ours::Kernel,
        bar: 3.0,
        peers: &[r("coxph.fit", MILLION), python("survival", MILLION)],
    },
    Task {
        name: "start-stop-robust",
        ours: Ours::Call(
            r#"cox startstop.csv "Surv(start, stop, event) ~ x1 + x2 + x3 + x4 + x5 + strata(stratum)" --cluster id"#,
        ),
        bar: 10.0,
        peers: &[r("survival", MILLION)],
    },
    Task {
        name: "fine-gray",
        ours: Ours::Call(
            r#"crr survival.csv "Surv(time, factor(status)) ~ x1 + x2 + x3 + x4 + x5""#,
        ),
        bar: 10.0,
        peers: &[r("mets", 100_000), r("cmprsk", 2_000)],
    },
    Task {
        name: "fine-gray-kernel",
        ours: Ours::Kernel,
        bar: 10.0,
        peers: &[r("fastcmprsk", MILLION)],
    },
    Task {
        name: "concordance",
        ours: Ours::Call(r#"concordance survival.csv "Surv(time, status == 1) ~ x1""#),
        bar: 5.0,
        peers: &[r("survival", MILLION)],
    },
    Task {
        name: "concordance-kernel",
        ours: Ours::Kernel,
        bar: 5.0,
        peers: &[python("survival", MILLION)],
    },
    Task {
        name: "mixed",
        ours: Ours::Call(r#"lmm repeated.csv "y ~ x + day + (day | id)""#),
        bar: 30.0,
        peers: &[r("lme4", MILLION), python("statsmodels", 10_000)],
    },
    Task {
        name: "gee",
        ours: Ours::Call(r#"gee repeated.csv "y ~ x + day" --id id --corstr exchangeable"#),
        bar: 10.0,
        peers: &[r("geepack", MILLION), python("statsmodels", 100_000)],
    },
];

/// What was measured of one task: by whom (ours is empty), the seconds of each round.
type Measured = BTreeMap<(String, String), Vec<f64>>;

/// Times every task at these sizes.
pub fn bench(sizes: &[usize]) -> Result<()> {
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
    for &rows in sizes {
        let folder = super::target_directory()?
            .join("bench")
            .join("statistics")
            .join(rows.to_string());
        output(
            "timings write",
            timings().arg("write").arg(&folder).arg(rows.to_string()),
        )?;
        let mut measured = Measured::new();
        for round in 1..=ROUNDS {
            eprintln!("── {rows} rows, round {round} of {ROUNDS}");
            ours(&folder, &mut measured)?;
            for language in [Language::R, Language::Python] {
                peers(language, &python, &folder, rows, &mut measured)?;
            }
        }
        print!("{}", table(rows, &measured));
    }
    Ok(())
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

fn ours(folder: &Path, measured: &mut Measured) -> Result<()> {
    let (mut calls, mut kernels) = (timings(), timings());
    calls.arg("run").arg(folder);
    kernels.arg("kernel").arg(folder);
    for task in TASKS {
        match task.ours {
            Ours::Call(call) => calls.arg(format!("{}={call}", task.name)),
            Ours::Kernel => kernels.arg(task.name),
        };
    }
    for mut run in [calls, kernels] {
        for told in lines(&output("timings", &mut run)?)? {
            let seconds = number(&told, "seconds")?;
            add(measured, &told, String::new(), seconds);
        }
    }
    Ok(())
}

fn peers(
    language: Language,
    python: &Path,
    folder: &Path,
    rows: usize,
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
    for task in TASKS {
        let able = task.peers.iter().filter(|peer| peer.language == language);
        for peer in able.filter(|peer| rows <= peer.most_rows) {
            run.arg(format!("{}/{}", task.name, peer.name));
        }
    }
    for told in lines(&output("peers", &mut run)?)? {
        let seconds = number(&told, "seconds")?;
        let peer = format!("{} {}", text(&told, "peer")?, text(&told, "version")?);
        add(measured, &told, peer, seconds);
    }
    Ok(())
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

fn add(measured: &mut Measured, told: &Value, peer: String, seconds: f64) {
    let task = told["task"].as_str().unwrap_or_default().to_owned();
    measured.entry((task, peer)).or_default().push(seconds);
}

fn median(seconds: &[f64]) -> f64 {
    let mut sorted = seconds.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The table in plain text: a line for each task and peer.
fn table(rows: usize, measured: &Measured) -> String {
    let mut out = format!(
        "\n{rows} rows; medians of {ROUNDS} rounds; seconds without reading the table\n\n{:<20}{:>10}  {:<26}{:>10}{:>9}  {}\n",
        "task", "ours", "peer", "peer's", "ratio", "bar"
    );
    for task in TASKS {
        let of_task = |peer: &str| measured.get(&(task.name.to_owned(), peer.to_owned()));
        let own = of_task("").map_or(f64::NAN, |seconds| median(seconds));
        for (at, peer) in task.peers.iter().enumerate() {
            let found = measured
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
                "{:<20}{own:>10.4}  {told:<26}{theirs:>10.4}{:>8.1}×  {bar}",
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
        let mut measured = Measured::new();
        let mut add = |peer: &str, seconds: &[f64]| {
            measured.insert(("km-kernel".into(), peer.into()), seconds.to_vec());
        };
        add("", &[0.2, 0.1, 0.3]);
        add("statsmodels 0.15", &[4.0]);
        let text = table(10, &measured);
        assert!(
            text.contains("statsmodels 0.15") && text.contains("20.0×"),
            "{text}"
        );
        assert!(
            text.contains("≥ 10, met") && !text.contains("lifelines"),
            "{text}"
        );
    }
}
