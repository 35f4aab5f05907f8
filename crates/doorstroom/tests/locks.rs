//! One command at a time changes a folder; the next is told so and loses nothing, and a command
//! that is killed leaves no lock.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use codes::Institution;
use common::{Places, Ran, doorstroom};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use store::Study;

const BUSY: i32 = 75;
const WIER: Institution = Institution::Wier;

/// A command that waits, with its folder taken, for input that never comes.
struct Waiting {
    child: Child,
}

impl Waiting {
    /// Starts it; `probe` is another command on the same folder, tried until it is refused.
    fn start(arguments: Vec<OsString>, probe: impl Fn() -> Ran) -> (Self, Ran) {
        let mut waiting = Self::spawn(&arguments);
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let ran = probe();
            if ran.code == BUSY {
                return (waiting, ran);
            }
            assert!(Instant::now() < until, "never refused: {ran:?}");
            // The probe itself may have had the folder when the command asked for it.
            if waiting.child.try_wait().unwrap().is_some() {
                waiting = Self::spawn(&arguments);
            }
        }
    }

    fn spawn(arguments: &[OsString]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_doorstroom"))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { child }
    }

    fn kill(mut self) {
        assert!(self.child.try_wait().unwrap().is_none(), "it still waits");
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A pipe into which nobody writes: opening it waits.
fn pipe(folder: &Path) -> PathBuf {
    let path = folder.join("pijp.csv");
    assert!(
        Command::new("mkfifo")
            .arg(&path)
            .status()
            .unwrap()
            .success()
    );
    path
}

#[track_caller]
fn refused(ran: &Ran, folder: &Path) {
    assert_eq!(ran.code, BUSY, "{ran:?}");
    let wanted = format!(
        "De map {} is in gebruik door een andere opdracht van Doorstroom.",
        folder.display()
    );
    assert!(ran.err.starts_with(&wanted), "{ran:?}");
    assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
}

#[test]
fn folders_are_changed_by_one_command_at_a_time() {
    let root = tempfile::tempdir().unwrap();
    let (places, _) = Places::prepare(root.path(), 40, 3);
    let pipe = pipe(root.path());
    let (keys, study, koppelpunt) = (places.keys(WIER), places.study(), places.koppelpunt());

    let seal = vec![
        "seal".into(),
        (&pipe).into(),
        "--study".into(),
        places.protocol().into(),
        "--keys".into(),
        (&keys).into(),
        "--out".into(),
        places.sealed().into(),
    ];
    let (waiting, ran) = Waiting::start(seal, || doorstroom!["key", "show", &keys]);
    refused(&ran, &keys);
    refused(&places.seal(WIER), &keys);
    waiting.kill();
    places.seal_and_link();

    let link = vec![
        "link".into(),
        (&koppelpunt).into(),
        (&pipe).into(),
        "--study".into(),
        places.protocol().into(),
        "--out".into(),
        places.sealed().into(),
    ];
    let (waiting, ran) = Waiting::start(link, || doorstroom!["key", "show", &koppelpunt]);
    refused(&ran, &koppelpunt);
    waiting.kill();
    doorstroom!["key", "show", &koppelpunt].fine();

    // What another command is still writing stays.
    let unfinished = study.join("leveringen/.onvoltooid-levering");
    let receive = vec!["receive".into(), (&study).into(), (&pipe).into()];
    let (waiting, ran) = Waiting::start(receive, || doorstroom!["release", &study]);
    refused(&ran, &study);
    fs::write(&unfinished, "half").unwrap();
    refused(&doorstroom!["run", &study], &study);
    refused(&doorstroom!["report", &study], &study);
    assert!(unfinished.exists());
    waiting.kill();
    places.receive(&places.for_study()).fine();
    assert!(!unfinished.exists());
}

#[test]
fn readers_share_a_study() {
    let root = tempfile::tempdir().unwrap();
    let (places, _) = Places::prepare(root.path(), 40, 3);
    places.seal_and_link();
    places.receive(&places.for_study()).fine();
    let study = places.study();
    doorstroom!["--quiet", "run", &study].fine();
    let reader = Study::open_to_read(&study).unwrap();
    doorstroom!["release", &study].fine();
    refused(&doorstroom!["run", &study], &study);
    drop(reader);
    doorstroom!["run", &study].fine();
}
