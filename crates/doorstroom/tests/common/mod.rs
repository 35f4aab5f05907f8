//! The stream as people run it: folders, keys and the program itself.

#![allow(
    dead_code,
    unused_macros,
    unused_imports,
    clippy::unwrap_used,
    reason = "each test file is a crate that uses its own part; a test may panic"
)]

use calendar::Day;
use codes::{Coded, Institution};
use dummy::{Network, Parameters, Truth};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The day of the export: fixed, so that a seed gives the same network on any day.
pub const EXPORTED: Day = match Day::from_ymd(2026, 1, 1) {
    Some(day) => day,
    None => panic!("1 January always exists"),
};

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// The command went well, perhaps with warnings of the check.
    #[track_caller]
    pub fn fine(self) -> Self {
        assert!(self.code == 0 || self.code == 1, "{self:?}");
        self
    }
}

/// Runs `doorstroom` with these arguments.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_doorstroom"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Ran {
        code: output
            .status
            .code()
            .expect("the program ends by itself, not by a signal"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// `doorstroom!["seal", &folder, …]`
macro_rules! doorstroom {
    ($($argument:expr),+ $(,)?) => {
        $crate::common::run([$(std::ffi::OsString::from($argument)),+])
    };
}
pub(crate) use doorstroom;

/// Everybody's folders, below one root.
#[derive(Clone)]
pub struct Places {
    /// The root.
    pub root: PathBuf,
}

impl Places {
    /// The delivery of an institution.
    pub fn delivery(&self, institution: Institution) -> PathBuf {
        self.root.join(institution.key()).join("levering")
    }

    /// The profile that goes with it.
    pub fn profile(&self, institution: Institution) -> PathBuf {
        self.root.join(institution.key()).join("profiel.toml")
    }

    /// The keys of an institution.
    pub fn keys(&self, institution: Institution) -> PathBuf {
        self.root.join(institution.key()).join("sleutels")
    }

    /// The koppelpunt's folder.
    pub fn koppelpunt(&self) -> PathBuf {
        self.root.join("koppelpunt")
    }

    /// The study folder.
    pub fn study(&self) -> PathBuf {
        self.root.join("studie")
    }

    /// The protocol.
    pub fn protocol(&self) -> PathBuf {
        self.study().join("study.toml")
    }

    /// Sealed files under way.
    pub fn sealed(&self) -> PathBuf {
        self.root.join("onderweg")
    }

    /// The sealed file of an institution for the koppelpunt.
    pub fn key_file(&self, institution: Institution, number: u32) -> PathBuf {
        let name = format!("proef-{}-{number:03}-koppelpunt", institution.key());
        self.sealed().join(name + ".verzegeld")
    }

    /// The sealed file of an institution for the study.
    pub fn content_file(&self, institution: Institution, number: u32) -> PathBuf {
        let name = format!("proef-{}-{number:03}-studie", institution.key());
        self.sealed().join(name + ".verzegeld")
    }

    /// The link file of the koppelpunt.
    pub fn link_file(&self, number: u32) -> PathBuf {
        let name = format!("proef-koppelpunt-{number:03}-koppelingen");
        self.sealed().join(name + ".verzegeld")
    }

    /// All that the study receives.
    pub fn for_study(&self) -> Vec<PathBuf> {
        let content = Institution::ALL.iter().map(|&i| self.content_file(i, 1));
        content.chain([self.link_file(1)]).collect()
    }

    /// Changes `study.toml` as a person would; the text to change stands in it once.
    #[track_caller]
    pub fn edit_protocol(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.protocol()).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from}");
        fs::write(self.protocol(), text.replace(from, to)).unwrap();
    }

    /// Invents a network, writes its deliveries, and makes all keys and the study, with the
    /// commands that people use.
    pub fn prepare(root: &Path, clients: usize, seed: u64) -> (Self, Truth) {
        let places = Self { root: root.into() };
        let network = Network::invent(&Parameters::declared(), clients, seed, EXPORTED);
        for delivery in network.deliveries().unwrap() {
            let folder = places.delivery(delivery.institution);
            for (name, bytes) in &delivery.files {
                let path = folder.join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
            fs::write(places.profile(delivery.institution), &delivery.profile_toml).unwrap();
        }
        places.make_parties();
        (places, network.truth())
    }

    fn make_parties(&self) {
        let made = doorstroom!["key", "new", "--role", "koppelpunt", &self.koppelpunt()].fine();
        doorstroom![
            "new",
            &self.study(),
            "--id",
            "proef",
            "--author",
            "V. Onderzoeker"
        ]
        .fine();
        for key in ["tekent", "ontvangt"] {
            let public = value_of(&made.out, key);
            let empty = format!("koppelpunt_{key} = \"\"");
            self.edit_protocol(&empty, &format!("koppelpunt_{key} = \"{public}\""));
        }
        self.edit_protocol("bsn = false", "bsn = true");
        self.edit_protocol("akkoord = \"\"", "akkoord = \"verzonnen, voor een proef\"");
        self.edit_protocol("verzonnen = false", "verzonnen = true");
        let mut text = fs::read_to_string(self.protocol()).unwrap();
        let first = self.keys(Institution::ALL[0]).join("koppelgeheim.geheim");
        for (place, &institution) in Institution::ALL.iter().enumerate() {
            let keys = self.keys(institution);
            let made = if place == 0 {
                doorstroom!["key", "new", "--role", "instelling", &keys].fine()
            } else {
                doorstroom![
                    "key",
                    "new",
                    "--role",
                    "instelling",
                    "--shared",
                    &first,
                    &keys
                ]
                .fine()
            };
            text.push_str(&format!(
                "\n[[instelling]]\ncode = \"{}\"\n{}",
                institution.key(),
                made.out
            ));
        }
        fs::write(self.protocol(), text).unwrap();
    }

    /// Seals the delivery of an institution.
    pub fn seal(&self, institution: Institution) -> Ran {
        self.seal_with(institution, &["--quiet"])
    }

    /// Seals the delivery of an institution with more options.
    pub fn seal_with(&self, institution: Institution, more: &[&str]) -> Ran {
        let mut arguments: Vec<OsString> = vec!["seal".into()];
        arguments.push(self.delivery(institution).into());
        arguments.extend(["--profile".into(), self.profile(institution).into()]);
        arguments.extend(["--keys".into(), self.keys(institution).into()]);
        arguments.extend(["--study".into(), self.protocol().into()]);
        arguments.extend(["--out".into(), self.sealed().into()]);
        arguments.extend(more.iter().map(OsString::from));
        run(arguments)
    }

    /// Links these files.
    pub fn link(&self, files: &[PathBuf]) -> Ran {
        let mut arguments: Vec<OsString> = vec!["--quiet".into(), "link".into()];
        arguments.push(self.koppelpunt().into());
        arguments.extend(files.iter().map(OsString::from));
        arguments.extend(["--study".into(), self.protocol().into()]);
        arguments.extend(["--out".into(), self.sealed().into()]);
        run(arguments)
    }

    /// Receives these files.
    pub fn receive(&self, files: &[PathBuf]) -> Ran {
        let mut arguments: Vec<OsString> = vec!["receive".into(), self.study().into()];
        arguments.extend(files.iter().map(OsString::from));
        run(arguments)
    }

    /// Seals all deliveries and links them.
    pub fn seal_and_link(&self) {
        for &institution in Institution::ALL {
            self.seal(institution).fine();
        }
        let files: Vec<PathBuf> = Institution::ALL
            .iter()
            .map(|&i| self.key_file(i, 1))
            .collect();
        self.link(&files).fine();
    }

    /// A copy of everything, below another root.
    pub fn copy_to(&self, root: &Path) -> Self {
        copy(&self.root, root);
        Self { root: root.into() }
    }
}

fn value_of<'a>(text: &'a str, key: &str) -> &'a str {
    let line = text.lines().find(|line| line.starts_with(key)).unwrap();
    line.split('"').nth(1).unwrap()
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
