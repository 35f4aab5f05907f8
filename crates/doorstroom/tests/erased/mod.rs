//! Two institutions with a few clients of whom it is known who is whom, and the steps of an
//! erasure as people do them.

use crate::common::{Places, Ran, doorstroom, run};
use codes::{Coded, Institution};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use store::Study;
use tempfile::TempDir;

pub const WIER: Institution = Institution::Wier;
pub const STEVIG: Institution = Institution::Stevig;

/// A client: own number, surname (without one there are no keys), ground.
pub type Client = (&'static str, &'static str, &'static str);

/// W1 and S1 are one person; of W3 nothing is known.
pub const AT_WIER: [Client; 3] = [
    ("W1", "Rood", "TOESTEMMING"),
    ("W2", "Blauw", "TOESTEMMING"),
    ("W3", "", "TOESTEMMING"),
];
pub const AT_STEVIG: [Client; 2] = [
    ("S1", "Rood", "TOESTEMMING"),
    ("S2", "Groen", "TOESTEMMING"),
];

/// The study, sealed, linked and received once.
pub struct World {
    pub places: Places,
    _root: TempDir,
}

impl World {
    /// Everybody has keys; nothing was sealed.
    pub fn empty() -> Self {
        let root = tempfile::tempdir().unwrap();
        let (places, _) = Places::prepare(root.path(), 8, 3);
        Self {
            places,
            _root: root,
        }
    }

    /// Both delivered, all was linked, received and run.
    pub fn new() -> Self {
        let world = Self::empty();
        world.deliver(&[(WIER, &AT_WIER), (STEVIG, &AT_STEVIG)], 1);
        doorstroom!["--quiet", "run", world.places.study()].fine();
        world
    }

    /// Writes a delivery of these clients.
    pub fn write(&self, institution: Institution, clients: &[Client], number: u32) -> PathBuf {
        let folder = self
            .places
            .root
            .join(format!("{}-{number}", institution.key()));
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in tables(institution, clients, number) {
            fs::write(folder.join(name), text).unwrap();
        }
        folder
    }

    pub fn seal(&self, institution: Institution, clients: &[Client], number: u32) -> Ran {
        let folder = self.write(institution, clients, number);
        doorstroom![
            "seal",
            folder,
            "--study",
            self.places.protocol(),
            "--keys",
            self.places.keys(institution),
            "--out",
            self.places.sealed()
        ]
    }

    /// Seals, links and receives; the last command as it ran.
    pub fn deliver(&self, all: &[(Institution, &[Client])], number: u32) -> Ran {
        let (mut keys, mut content) = (Vec::new(), Vec::new());
        for (institution, clients) in all {
            self.seal(*institution, clients, number).fine();
            keys.push(self.places.key_file(*institution, number));
            content.push(self.places.content_file(*institution, number));
        }
        self.places.link(&keys).fine();
        content.push(self.places.link_file(number));
        self.places.receive(&content).fine()
    }

    /// Asks to erase a client, by the delivery with this number, if any.
    pub fn request(&self, institution: Institution, client: &str, number: Option<u32>) -> Ran {
        let mut arguments: Vec<OsString> = ["erasure", "request", "--client", client]
            .map(OsString::from)
            .into();
        if let Some(number) = number {
            let folder = self
                .places
                .root
                .join(format!("{}-{number}", institution.key()));
            arguments.extend(["--delivery".into(), folder.into()]);
        }
        arguments.extend(["--study".into(), self.places.protocol().into()]);
        arguments.extend(["--keys".into(), self.places.keys(institution).into()]);
        arguments.extend(["--out".into(), self.places.sealed().into()]);
        run(arguments)
    }

    /// The newest file under way of this name, such as `intrekking`.
    #[track_caller]
    pub fn under_way(&self, name: &str) -> PathBuf {
        let files = fs::read_dir(self.places.sealed()).unwrap();
        let paths = files.map(|entry| entry.unwrap().path());
        let named = paths.filter(|path| path.to_string_lossy().contains(&format!("-{name}-")));
        named
            .max_by_key(|path| path.metadata().unwrap().modified().unwrap())
            .unwrap_or_else(|| panic!("no {name}"))
    }

    fn at_koppelpunt(&self, step: &str, file: &Path) -> Ran {
        doorstroom![
            "erasure",
            step,
            self.places.koppelpunt(),
            file,
            "--study",
            self.places.protocol(),
            "--out",
            self.places.sealed()
        ]
    }

    pub fn detach(&self, file: &Path) -> Ran {
        self.at_koppelpunt("detach", file)
    }

    pub fn forward(&self, file: &Path) -> Ran {
        self.at_koppelpunt("forward", file)
    }

    pub fn apply(&self, file: &Path) -> Ran {
        run(self.apply_arguments(&self.places.study(), file))
    }

    pub fn apply_arguments(&self, study: &Path, file: &Path) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = ["erasure", "apply"].map(OsString::from).into();
        arguments.extend([study.into(), file.into()]);
        arguments.extend(["--out".into(), self.places.sealed().into()]);
        arguments
    }

    pub fn receipt(&self, institution: Institution, file: &Path) -> Ran {
        doorstroom![
            "erasure",
            "receipt",
            file,
            "--study",
            self.places.protocol(),
            "--keys",
            self.places.keys(institution)
        ]
    }

    /// From the request to the proof.
    pub fn erase(&self, institution: Institution, client: &str, number: Option<u32>) -> Ran {
        self.request(institution, client, number).fine();
        self.detach(&self.under_way("intrekking")).fine();
        self.apply(&self.under_way("wisopdracht")).fine();
        self.forward(&self.under_way("wisbericht")).fine();
        self.receipt(institution, &self.under_way("wisbewijs"))
            .fine()
    }

    pub fn verify(&self, also: &[&Path]) -> Ran {
        verify(&self.places.study(), also)
    }

    /// Persons and clients in the joined rows.
    pub fn joined(&self) -> (usize, usize) {
        let study = Study::open(self.places.study().as_path()).unwrap();
        study.join().unwrap();
        let linked = study.linked_content().unwrap();
        (linked.persons.len(), linked.content.clients.len())
    }
}

pub fn verify(study: &Path, also: &[&Path]) -> Ran {
    let mut arguments: Vec<OsString> = ["erasure", "verify"].map(OsString::from).into();
    arguments.push(study.into());
    for folder in also {
        arguments.extend(["--also".into(), folder.into()]);
    }
    run(arguments)
}

fn tables(
    institution: Institution,
    clients: &[Client],
    number: u32,
) -> Vec<(&'static str, String)> {
    // Every delivery covers another period, and none reaches into the future.
    let until = 2015 + number;
    let each = |row: &dyn Fn(usize, &Client) -> String| -> String {
        let rows = clients.iter().enumerate();
        rows.map(|(place, client)| row(place + 1, client)).collect()
    };
    let start = "2011-01-01";
    vec![
        (
            "levering.csv",
            format!(
                "instelling_code;waarneming_vanaf;waarneming_tot\n{};2010-01-01;{until}-01-01\n",
                institution.key()
            ),
        ),
        (
            "client.csv",
            "client_id;geslacht;grondslag;grondslag_datum\n".to_owned()
                + &each(&|_, (id, _, ground)| format!("{id};M;{ground};{start}\n")),
        ),
        (
            "persoon.csv",
            "client_id;bsn;achternaam;voornamen;geboortedatum;geslacht;postcode\n".to_owned()
                + &each(&|_, (id, name, _)| match *name {
                    "" => format!("{id};;Paars;;1900-01-01;M;\n"),
                    name => format!("{id};;{name};Pieter;1980-01-{};M;1234 AB\n", birth(name)),
                }),
        ),
        (
            "opname.csv",
            "opname_id;client_id;opnamedatum\n".to_owned()
                + &each(&|place, (id, ..)| format!("{place};{id};{start}\n")),
        ),
        (
            "plaatsing.csv",
            "plaatsing_id;opname_id;plaatsing_start;plaatsing_eind;voorziening;beveiligingsniveau\n"
                .to_owned() + &each(&|place, _| {
                format!("{place};{place};{start};;BORG_KLIN;1\n")
            }),
        ),
        (
            "ontslag.csv",
            "opname_id;ontslagdatum;ontslagreden;ontslag_gepland;bestemming_voorziening;bestemming_beveiliging\n"
                .to_owned(),
        ),
        (
            "titelperiode.csv",
            "client_id;juridische_titel;titel_start;titel_eind\n".to_owned()
                + &each(&|_, (id, ..)| format!("{id};VRIJW;{start};\n")),
        ),
        (
            "financieringsperiode.csv",
            "client_id;financiering;financiering_start;financiering_eind;zorgprofiel\n".to_owned()
                + &each(&|_, (id, ..)| format!("{id};WLZ;{start};;790\n")),
        ),
    ]
}

/// Another day of birth for each name.
fn birth(name: &str) -> usize {
    let mut known = ["Rood", "Blauw", "Groen"].iter();
    10 + known.position(|known| *known == name).unwrap()
}
