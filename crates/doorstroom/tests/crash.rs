//! Killing the program at any moment of `receive` or `run` loses nothing and leaves nothing
//! half-written: the same command afterwards gives what it would have given.
//!
//! Moments are of two kinds: after a random time (seeded), and right after the n-th new name
//! appears in the study folder, which is where a file is begun or put in its place.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use codes::Institution;
use common::{Places, Ran, copy, doorstroom};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use store::{DeliveryStatus, Study};
use tempfile::TempDir;

/// Where receiving and running write.
const FOLDERS: [&str; 4] = ["leveringen", "koppelingen", "momenten", "resultaten"];

/// What everything starts from: sealed files, and the study before and after receiving.
struct Base {
    _root: TempDir,
    sealed: Vec<PathBuf>,
    empty: PathBuf,
    received: PathBuf,
    finished: State,
}

/// All of a study that must not depend on crashes.
#[derive(Debug, PartialEq)]
struct State {
    deliveries: Vec<(String, DeliveryStatus)>,
    links: Vec<String>,
    snapshot: Option<String>,
    runs: Vec<String>,
    results: Vec<estimate::Estimate>,
    files: BTreeSet<String>,
}

impl State {
    fn of(folder: &Path) -> Self {
        let study = Study::open(folder).unwrap();
        let ledger = study.database();
        let mut deliveries: Vec<_> = ledger.deliveries().unwrap();
        deliveries.sort_by(|a, b| a.digest.cmp(&b.digest));
        let runs: Vec<_> = ledger.runs().unwrap();
        Self {
            deliveries: deliveries
                .into_iter()
                .map(|row| (row.digest, row.status))
                .collect(),
            links: ledger
                .link_files()
                .unwrap()
                .into_iter()
                .map(|link| link.0)
                .collect(),
            snapshot: ledger.newest_snapshot().unwrap().map(|snapshot| snapshot.0),
            results: runs
                .iter()
                .flat_map(|run| study.results(&run.digest).unwrap())
                .collect(),
            runs: runs.into_iter().map(|run| run.digest).collect(),
            files: names(folder),
        }
    }
}

/// Names below the folders in which files about deliveries and results lie.
fn names(folder: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for part in FOLDERS {
        for entry in fs::read_dir(folder.join(part)).unwrap() {
            let name = entry.unwrap().file_name();
            names.insert(format!("{part}/{}", name.to_string_lossy()));
        }
    }
    names
}

fn base() -> &'static Base {
    static BASE: OnceLock<Base> = OnceLock::new();
    BASE.get_or_init(|| {
        let root = tempfile::tempdir().unwrap();
        let (places, _) = Places::prepare(&root.path().join("alles"), 60, 7);
        places.seal_and_link();
        let (empty, received) = (root.path().join("leeg"), root.path().join("ontvangen"));
        copy(&places.study(), &empty);
        places.receive(&places.for_study()).fine();
        copy(&places.study(), &received);
        doorstroom!["run", &places.study()].fine();
        Base {
            sealed: places.for_study(),
            empty,
            received,
            finished: State::of(&places.study()),
            _root: root,
        }
    })
}

fn receive_arguments(study: &Path) -> Vec<OsString> {
    let head = ["--quiet".into(), "receive".into(), study.into()];
    head.into_iter()
        .chain(base().sealed.iter().map(OsString::from))
        .collect()
}

fn run_arguments(study: &Path) -> Vec<OsString> {
    vec!["--quiet".into(), "run".into(), study.into()]
}

/// When to kill.
#[derive(Clone, Copy, Debug)]
enum Moment {
    After(Duration),
    NewNames(usize),
}

/// Starts the program and kills it at the moment; whether it was still running.
fn kill_at(moment: Moment, study: &Path, arguments: Vec<OsString>) -> bool {
    let known = names(study);
    let mut child = Command::new(env!("CARGO_BIN_EXE_doorstroom"))
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    match moment {
        Moment::After(time) => std::thread::sleep(time),
        Moment::NewNames(wanted) => wait_for_names(&mut child, study, known, wanted),
    }
    // SIGKILL: the program cannot tidy up.
    child.kill().unwrap();
    child.wait().unwrap().code().is_none()
}

fn wait_for_names(child: &mut Child, study: &Path, mut seen: BTreeSet<String>, wanted: usize) {
    let before = seen.len();
    while seen.len() < before + wanted && child.try_wait().unwrap().is_none() {
        seen.extend(names(study));
    }
}

/// Kills at each moment in a fresh copy of `from`, then lets the command finish and compares.
fn crash(
    from: &Path,
    arguments: fn(&Path) -> Vec<OsString>,
    moments: &[Moment],
    expected: impl Fn(&Path),
) {
    let mut killed = 0;
    for &moment in moments {
        let folder = tempfile::tempdir().unwrap();
        let study = folder.path().join("studie");
        copy(from, &study);
        killed += usize::from(kill_at(moment, &study, arguments(&study)));
        nothing_half_written(&study);
        let again: Ran = common::run(arguments(&study));
        assert_eq!(again.code, 0, "{moment:?}: {}", again.err);
        assert!(
            leftovers(&study).is_empty(),
            "{moment:?}: {:?}",
            leftovers(&study)
        );
        expected(&study);
    }
    println!("{killed} of {} were killed while running", moments.len());
    assert!(
        killed * 2 >= moments.len(),
        "only {killed} of {} were killed",
        moments.len()
    );
}

/// What the ledger names after a crash is there, whole.
fn nothing_half_written(folder: &Path) {
    let study = Study::open(folder).unwrap();
    assert!(
        leftovers(folder).is_empty(),
        "opening sweeps: {:?}",
        leftovers(folder)
    );
    study.check_kept().unwrap();
    if study.database().newest_snapshot().unwrap().is_some() {
        study.linked_content().unwrap();
    }
    for run in study.database().runs().unwrap() {
        assert!(!study.results(&run.digest).unwrap().is_empty());
    }
}

/// Names anywhere below a folder of files that were not finished.
fn leftovers(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry
            .file_name()
            .to_string_lossy()
            .starts_with(".onvoltooid-")
        {
            found.push(entry.path());
        } else if entry.file_type().unwrap().is_dir() {
            found.extend(leftovers(&entry.path()));
        }
    }
    found
}

/// Random times up to what the command takes.
fn random_moments(seed: u64, count: usize, longest: Duration) -> Vec<Moment> {
    let mut rng = StdRng::seed_from_u64(seed);
    let time = |_| Moment::After(longest.mul_f64(rng.random_range(0.05..0.9)));
    (0..count).map(time).collect()
}

fn duration_of(from: &Path, arguments: fn(&Path) -> Vec<OsString>) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("studie");
    copy(from, &study);
    let start = Instant::now();
    common::run(arguments(&study)).fine();
    start.elapsed()
}

#[test]
fn killing_receive_loses_nothing() {
    let base = base();
    let mut moments = random_moments(1, 10, duration_of(&base.empty, receive_arguments));
    // Five files and the joined rows: each a name for the unfinished and one for the whole.
    moments.extend((1..=11).map(Moment::NewNames));
    crash(&base.empty, receive_arguments, &moments, |study| {
        let state = State::of(study);
        assert_eq!(state.deliveries, base.finished.deliveries);
        assert_eq!(state.links, base.finished.links);
        assert_eq!(state.snapshot, base.finished.snapshot);
        let received = base
            .finished
            .files
            .iter()
            .filter(|name| !name.starts_with("resultaten"));
        assert!(state.files.iter().eq(received), "{:?}", state.files);
    });
}

#[test]
fn killing_run_loses_nothing() {
    let base = base();
    let mut moments = random_moments(2, 8, duration_of(&base.received, run_arguments));
    moments.extend([1, 2, 1, 2].map(Moment::NewNames));
    crash(&base.received, run_arguments, &moments, |study| {
        assert_eq!(State::of(study), base.finished);
    });
}

#[test]
fn doing_it_twice_changes_nothing() {
    let base = base();
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("studie");
    copy(&base.received, &study);
    for _ in 0..2 {
        common::run(receive_arguments(&study)).fine();
        common::run(run_arguments(&study)).fine();
        assert_eq!(State::of(&study), base.finished);
    }
    let again = doorstroom!["receive", &study, &base.sealed[0]].fine();
    assert!(
        again
            .err
            .contains("was al ontvangen; er is niets veranderd"),
        "{}",
        again.err
    );
    assert_eq!(base.finished.deliveries.len(), Institution::ALL.len());
}
