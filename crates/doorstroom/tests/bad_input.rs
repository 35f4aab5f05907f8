//! Bad input of any kind gets one clear sentence and its exit code: what is wrong, where, and
//! how to go on. Never a panic, a name from the code, or a value from a delivery.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use codes::Institution;
use common::{Places, Ran, copy, doorstroom};
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

const UNREADABLE: i32 = 3;
const REFUSED: i32 = 4;
const SEALED: i32 = 5;
const USAGE: i32 = 64;
const IO: i32 = 74;

/// Parties, a study and sealed files, as everything goes well; made once, never changed.
fn base() -> &'static Places {
    static BASE: OnceLock<(TempDir, Places)> = OnceLock::new();
    let (_, places) = BASE.get_or_init(|| {
        let root = tempfile::tempdir().unwrap();
        let (places, _) = Places::prepare(root.path(), 40, 3);
        places.seal_and_link();
        (root, places)
    });
    places
}

/// A copy of [`base`] to be changed.
fn fresh() -> (TempDir, Places) {
    let root = tempfile::tempdir().unwrap();
    let places = base().copy_to(root.path());
    (root, places)
}

/// The command refused with this code and one sentence that says this.
#[track_caller]
fn refused(ran: &Ran, code: i32, says: &str) {
    assert_eq!(ran.code, code, "{ran:?}");
    let lines: Vec<&str> = ran.err.lines().collect();
    assert_eq!(lines.len(), 1, "one sentence on standard error: {ran:?}");
    clear(lines[0], says);
}

/// The check finds a file that it cannot read, and says this of it.
#[track_caller]
fn unreadable(file: &str, bytes: &[u8], says: &str) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(file), bytes).unwrap();
    let ran = doorstroom!["--quiet", "check", folder.path()];
    assert_eq!(ran.code, UNREADABLE, "{ran:?}");
    // The findings are wrapped for reading.
    let text = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(text.matches(says).count(), 1, "{text}");
    assert!(text.contains(file), "{text}");
    clear(&text, says);
    assert!(ran.err.is_empty(), "{ran:?}");
}

#[track_caller]
fn clear(text: &str, says: &str) {
    assert!(text.contains(says), "`{says}` is not in: {text}");
    let traces = [
        "panicked",
        "RUST_BACKTRACE",
        "unwrap",
        "Error",
        "Some(",
        "None",
        "Err(",
        "\\n",
        "os error",
    ];
    for trace in traces {
        assert!(!text.contains(trace), "`{trace}` in: {text}");
    }
    let end = text.trim_end().chars().last().unwrap();
    assert!(
        matches!(end, '.' | '!' | '?' | '…' | ')') || end.is_alphanumeric(),
        "{text}"
    );
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn check_zip(bytes: &[u8]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("levering.zip");
    fs::write(&path, bytes).unwrap();
    doorstroom!["--quiet", "check", &path]
}

#[test]
fn zips_that_cannot_be_trusted() {
    let rows = "client_id;geslacht\n".repeat(5_000);
    let whole = zip_of(&[("client.csv", rows.as_bytes())]);
    refused(
        &check_zip(&whole[..whole.len() / 2]),
        UNREADABLE,
        "afgebroken",
    );
    refused(
        &check_zip(b"PK\x03\x04 en verder niets"),
        UNREADABLE,
        "geen leesbare zip",
    );
    let mut damaged = whole.clone();
    damaged[60] ^= 0xff;
    refused(&check_zip(&damaged), UNREADABLE, "beschadigd of afgebroken");
    let hostile = zip_of(&[("../buiten.csv", b"client_id\n")]);
    refused(&check_zip(&hostile), UNREADABLE, "buiten de zip wijst");
    let absolute = zip_of(&[("/etc/buiten.csv", b"client_id\n")]);
    refused(&check_zip(&absolute), UNREADABLE, "buiten de zip wijst");
    let twice = zip_of(&[("a.csv", b"x\n"), ("A.csv", b"x\n")]);
    refused(&check_zip(&twice), UNREADABLE, "meer dan eens voor");
}

#[test]
fn a_zip_bomb_is_not_unpacked() {
    let zeros = vec![b'0'; 1 << 20];
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("client.csv", SimpleFileOptions::default())
        .unwrap();
    (0..96).for_each(|_| zip.write_all(&zeros).unwrap());
    let bomb = zip.finish().unwrap().into_inner();
    assert!(bomb.len() < 1 << 20);
    refused(&check_zip(&bomb), UNREADABLE, "keer zijn eigen omvang");
}

#[test]
fn files_that_are_something_else() {
    unreadable(
        "clienten.xlsx",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        "dit is geen",
    );
    let workbook = zip_of(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", b"<workbook/>"),
    ]);
    unreadable("clienten.csv", &workbook, "dit is geen");
    unreadable(
        "clienten.xlsx",
        &workbook[..workbook.len() / 2],
        "beschadigd of afgebroken",
    );
    let mut encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    encrypted.extend([0; 600]);
    encrypted.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    unreadable("clienten.xlsx", &encrypted, "beveiligd met een wachtwoord");
    unreadable("clienten.sav", b"geen SPSS", "clienten.sav");
}

#[test]
fn places_that_hold_no_delivery() {
    let folder = tempfile::tempdir().unwrap();
    let ran = doorstroom!["--quiet", "check", folder.path()];
    refused(
        &ran,
        UNREADABLE,
        "staat geen bestand dat kan worden gelezen",
    );
    let ran = doorstroom!["--quiet", "check", &folder.path().join("weg")];
    refused(&ran, IO, "bestaat niet. Controleer het pad.");
}

#[test]
fn a_profile_that_is_none() {
    let places = base();
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profiel.toml");
    let check = || {
        doorstroom![
            "--quiet",
            "check",
            &places.delivery(Institution::Wier),
            "--profile",
            &profile
        ]
    };
    refused(&check(), IO, "bestaat niet");
    for text in [
        "dit is [ geen TOML",
        "onbekend = 1\n",
        "[tabellen]\nclient = 3\n",
    ] {
        fs::write(&profile, text).unwrap();
        refused(&check(), UNREADABLE, "profiel.toml");
    }
}

#[test]
fn a_protocol_that_is_none() {
    let (_root, places) = fresh();
    let text = fs::read_to_string(places.protocol()).unwrap();
    let changes: [(&str, &str, &str); 5] = [
        ("[studie]", "[studie", "geldige TOML"),
        ("id = \"proef\"", "id = \"Proef 1\"", "kleine letters"),
        (
            "akkoord = \"verzonnen, voor een proef\"",
            "akkoord = \"\"",
            "akkoord",
        ),
        ("threshold = 10", "threshold = 2", "threshold"),
        ("beleid = \"relatief\"", "beleid = \"precies\"", "beleid"),
    ];
    for (from, to, says) in changes {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        fs::write(places.protocol(), text.replace(from, to)).unwrap();
        refused(&places.seal(Institution::Wier), UNREADABLE, says);
        let ran = doorstroom!["--quiet", "run", &places.study()];
        refused(&ran, UNREADABLE, says);
    }
    fs::remove_file(places.protocol()).unwrap();
    refused(&places.seal(Institution::Wier), IO, "bestaat niet");
    let ran = doorstroom!["--quiet", "run", &places.study()];
    refused(&ran, REFUSED, "is geen studiemap");
}

#[test]
fn keys_that_do_not_fit() {
    let (_root, places) = fresh();
    let (own, other) = (
        places.keys(Institution::Wier),
        places.keys(Institution::Stevig),
    );
    fs::remove_dir_all(&own).unwrap();
    refused(&places.seal(Institution::Wier), IO, "bestaat niet");
    copy(&other, &own);
    refused(
        &places.seal(Institution::Wier),
        REFUSED,
        "zijn niet die van",
    );
    fs::write(own.join("koppelgeheim.geheim"), "geen geheim").unwrap();
    refused(
        &places.seal(Institution::Wier),
        UNREADABLE,
        "koppelgeheim.geheim",
    );
    let ran = doorstroom!["key", "new", "--role", "instelling", &other];
    refused(&ran, REFUSED, "sleutels");
    let shared = other.join("koppelgeheim.geheim");
    let place = places.root.join("nieuw");
    let ran = doorstroom![
        "key",
        "new",
        "--role",
        "koppelpunt",
        "--shared",
        &shared,
        &place
    ];
    refused(&ran, REFUSED, "nooit hebben");
}

#[test]
fn an_institution_outside_the_study() {
    let (_root, places) = fresh();
    let text = fs::read_to_string(places.protocol()).unwrap();
    let (before, entry) = text
        .split_once("\n[[instelling]]\ncode = \"WIER\"")
        .unwrap();
    let after = entry
        .split_once("\n[[instelling]]")
        .map_or(String::new(), |(_, rest)| format!("\n[[instelling]]{rest}"));
    fs::write(places.protocol(), format!("{before}{after}")).unwrap();
    refused(
        &places.seal(Institution::Wier),
        REFUSED,
        "staat niet in study.toml",
    );
    let ran = quiet_receive(&places, &[places.content_file(Institution::Wier, 1)]);
    refused(&ran, SEALED, "geen openbare sleutel bekend");
}

fn quiet_receive(places: &Places, files: &[PathBuf]) -> Ran {
    let head = ["--quiet".into(), "receive".into(), places.study().into()];
    common::run(head.into_iter().chain(files.iter().map(Into::into)))
}

/// Receives and links a changed copy of a sealed file; both must refuse.
#[track_caller]
fn changed_file(change: impl Fn(&mut Vec<u8>), says: &str) {
    let (root, places) = fresh();
    let changed = root.path().join("veranderd.verzegeld");
    let write = |from: &Path| {
        let mut bytes = fs::read(from).unwrap();
        change(&mut bytes);
        fs::write(&changed, bytes).unwrap();
    };
    write(&places.content_file(Institution::Wier, 1));
    let received = quiet_receive(&places, std::slice::from_ref(&changed));
    refused(&received, SEALED, says);
    write(&places.key_file(Institution::Wier, 1));
    let linked = places.link(std::slice::from_ref(&changed));
    refused(&linked, SEALED, says);
    // Of several files it is clear which one it is.
    assert!(
        received.err.starts_with("veranderd.verzegeld: ")
            && linked.err.starts_with("veranderd.verzegeld: ")
    );
    // Nothing was taken in.
    let known = quiet_receive(&places, &[places.content_file(Institution::Wier, 1)]);
    assert_eq!(known.code, 0, "{known:?}");
}

#[test]
fn sealed_files_that_were_changed() {
    changed_file(|bytes| bytes.truncate(bytes.len() - 20), "niet compleet");
    changed_file(|bytes| bytes.truncate(40), "niet compleet");
    let flip = |at: fn(usize) -> usize| {
        move |bytes: &mut Vec<u8>| {
            let at = at(bytes.len());
            bytes[at] ^= 0x40;
        }
    };
    changed_file(flip(|length| length / 2), "veranderd");
    changed_file(flip(|length| length - 200), "veranderd");
    changed_file(flip(|_| 100), "kop van dit bestand");
    changed_file(
        |bytes| *bytes = b"%PDF-1.7 geen verzegeld bestand".to_vec(),
        "geen verzegeld Doorstroom-bestand",
    );
    changed_file(Vec::clear, "geen verzegeld Doorstroom-bestand");
}

#[test]
fn sealed_files_for_somebody_else() {
    let (_root, places) = fresh();
    let content = places.content_file(Institution::Wier, 1);
    let keys = places.key_file(Institution::Wier, 1);
    refused(
        &quiet_receive(&places, std::slice::from_ref(&keys)),
        SEALED,
        "Dit is bestand A",
    );
    refused(
        &places.link(std::slice::from_ref(&content)),
        SEALED,
        "Dit is bestand B",
    );
    refused(
        &places.link(&[places.link_file(1)]),
        SEALED,
        "koppelbestand",
    );
    places.edit_protocol("id = \"proef\"", "id = \"andere-proef\"");
    refused(
        &quiet_receive(&places, &[content]),
        SEALED,
        "voor studie „proef”",
    );
    refused(&places.link(&[keys]), SEALED, "voor studie „proef”");
}

#[test]
fn deliveries_out_of_order() {
    let (_root, places) = fresh();
    let wier = Institution::Wier;
    let (keys, before) = (places.keys(wier), places.root.join("sleutels-voorheen"));
    // Sealed twice with the same state: two deliveries with number 2, after number 1.
    copy(&keys, &before);
    refused(&places.seal(wier), REFUSED, "--replace-unsent");
    let correct = || places.seal_with(wier, &["--correction"]).fine();
    correct();
    let second = places.root.join("tweede");
    fs::rename(places.content_file(wier, 2), &second).unwrap();
    correct();
    let (third, third_keys) = (places.content_file(wier, 3), places.key_file(wier, 3));
    fs::remove_dir_all(&keys).unwrap();
    fs::rename(&before, &keys).unwrap();
    correct();
    let replay = places.content_file(wier, 2);

    quiet_receive(&places, &[places.content_file(wier, 1)]).fine();
    refused(
        &quiet_receive(&places, std::slice::from_ref(&third)),
        SEALED,
        "sluit niet aan",
    );
    refused(
        &quiet_receive(&places, std::slice::from_ref(&second)),
        REFUSED,
        "Is dit een correctie",
    );
    let empty_reason = doorstroom![
        "--quiet",
        "receive",
        &places.study(),
        &second,
        "--correction",
        " "
    ];
    refused(&empty_reason, REFUSED, "Is dit een correctie");
    let corrected = doorstroom![
        "--quiet",
        "receive",
        &places.study(),
        &second,
        "--correction",
        "verkeerde export"
    ];
    assert_eq!(corrected.code, 0, "{corrected:?}");
    refused(
        &quiet_receive(&places, &[replay]),
        SEALED,
        "hier al ontvangen, als een ander bestand",
    );
    // The same file again is not out of order: it is here already.
    assert_eq!(quiet_receive(&places, &[second]).code, 0);

    refused(
        &places.link(&[places.key_file(wier, 1)]),
        SEALED,
        "al verwerkt of ouder",
    );
    refused(&places.link(&[third_keys]), SEALED, "sluit niet aan");
}

#[test]
fn steps_out_of_order() {
    let (_root, places) = fresh();
    let study = places.study();
    let run = || doorstroom!["--quiet", "run", &study];
    refused(&run(), REFUSED, "Ontvang eerst");
    refused(&doorstroom!["release", &study], REFUSED, "Voer eerst");
    refused(
        &doorstroom!["--quiet", "report", &study],
        REFUSED,
        "Er is nog niets vrijgegeven",
    );
    let elsewhere = tempfile::tempdir().unwrap();
    let ran = quiet_receive(
        &Places {
            root: elsewhere.path().into(),
        },
        &places.for_study(),
    );
    refused(&ran, REFUSED, "is geen studiemap");
    refused(&doorstroom!["new", &study], REFUSED, "staat al een studie");
    let ran = doorstroom!["--quiet", "demo", "--dir", &places.root];
    refused(&ran, REFUSED, "is niet leeg");
}

/// Text, JSON and page tell of each hidden number why, and what an outsider still knows.
fn checkers_see_why(places: &Places, shown: &serde_json::Value, digest: &str) {
    let file = places.root.join("controle.html");
    let text = doorstroom!["release", &places.study(), "--page", &file].fine();
    let page = std::fs::read_to_string(&file).unwrap();
    assert!(page.contains(digest) && page.contains("Alleen voor controleurs"));
    let results = shown["results"].as_array().unwrap();
    let hidden: Vec<&serde_json::Value> = results
        .iter()
        .flat_map(|result| result["hidden"].as_array().unwrap())
        .collect();
    assert!(!hidden.is_empty(), "nothing is hidden");
    for number in &hidden {
        let place = number["place"].as_str().unwrap();
        assert!(number["span"]["least"].is_u64(), "{place}");
        assert!(text.out.contains(place) && page.contains(place), "{place}");
    }
    let told = text.out.matches("een buitenstaander weet").count();
    assert_eq!(told, hidden.len());
    assert!(results.iter().all(|result| result["loss"].is_object()));
}

#[test]
fn a_release_needs_others_and_what_they_saw() {
    let (_root, places) = fresh();
    let study = places.study();
    quiet_receive(&places, &places.for_study()).fine();
    doorstroom!["--quiet", "run", &study].fine();
    let shown = doorstroom!["release", &study, "--format", "json"].fine();
    let shown: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    let digest = shown["digest"].as_str().unwrap();
    checkers_see_why(&places, &shown, digest);
    let release = |digest: &str, checkers: [&str; 2]| {
        doorstroom![
            "release",
            &study,
            "--digest",
            digest,
            "--checker",
            checkers[0],
            "--checker",
            checkers[1]
        ]
    };
    let author = "V. Onderzoeker";
    refused(
        &release(digest, [author, "A. Ander"]),
        REFUSED,
        "niet zelf controleren",
    );
    refused(
        &release(digest, ["A. Ander", "a. ander "]),
        REFUSED,
        "niet twee keer",
    );
    refused(
        &release(&"0".repeat(64), ["A. Ander", "B. Ander"]),
        REFUSED,
        "kenmerkcode",
    );
    refused(
        &release(&digest[..4], ["A. Ander", "B. Ander"]),
        REFUSED,
        "kenmerkcode",
    );
    let one = doorstroom![
        "release",
        &study,
        "--digest",
        digest,
        "--checker",
        "A. Ander"
    ];
    refused(&one, REFUSED, "2 controleurs nodig");
    refused(
        &doorstroom!["--quiet", "report", &study],
        REFUSED,
        "Er is nog niets vrijgegeven",
    );
}

#[test]
fn command_lines_that_are_none() {
    let ran = [
        doorstroom!["seal", "map", "--onbekend"],
        doorstroom!["verzegel"],
        doorstroom!["seal"],
        doorstroom!["check", "map", "--format", "word"],
        doorstroom!["demo", "--clients", "veel"],
        doorstroom!["link", "map"],
        doorstroom!["run"],
        doorstroom!["run", "map", "nog een"],
        doorstroom!["run", "map", "--quiet=ja"],
        doorstroom!["seal", "map", "--study"],
        doorstroom!["seal", "a", "--keys", "b", "--keys", "c"],
        doorstroom!["seal", "a", "--correction", "--replace-unsent"],
    ];
    for ran in &ran {
        refused(ran, USAGE, "--help");
        for english in [
            "error",
            "unexpected",
            "argument",
            "value",
            "usage",
            "OUT",
            "DIR",
        ] {
            assert!(!ran.err.contains(english), "`{english}` in {ran:?}");
        }
    }
}

#[test]
fn help_is_there_without_an_order() {
    for ran in [doorstroom!["key"], common::run([])] {
        assert_eq!(ran.code, USAGE, "{ran:?}");
        assert!(ran.err.contains("Gebruik: doorstroom"), "{ran:?}");
    }
    let asked = doorstroom!["seal", "--help"].fine();
    assert!(asked.out.contains("Gebruik: doorstroom seal"), "{asked:?}");
    assert!(
        doorstroom!["--version"]
            .fine()
            .out
            .starts_with("doorstroom ")
    );
}

/// Releases in the database and in the folder must be the same ones: who puts one of them back
/// from a copy would let the gate forget what is out.
#[test]
fn releases_that_were_put_back_or_taken_away() {
    let (_root, places) = fresh();
    let study = places.study();
    quiet_receive(&places, &places.for_study()).fine();
    doorstroom!["--quiet", "run", &study].fine();
    let before = database(&study);
    let shown = doorstroom!["release", &study, "--format", "json"].fine();
    let shown: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    doorstroom![
        "release",
        &study,
        "--digest",
        shown["digest"].as_str().unwrap(),
        "--checker",
        "A. Ander",
        "--checker",
        "B. Ander"
    ]
    .fine();
    let report = || doorstroom!["--quiet", "report", &study];
    report().fine();
    let file = study.join("publicaties/0001.age");
    let aside = places.root.join("publicatie");

    fs::rename(&file, &aside).unwrap();
    for ran in [
        report(),
        doorstroom!["release", &study],
        doorstroom!["--quiet", "run", &study],
    ] {
        refused(&ran, REFUSED, "publicatie 1 staat alleen in de database");
    }
    fs::rename(&aside, &file).unwrap();
    fs::copy(&file, study.join("publicaties/0002.age")).unwrap();
    refused(&report(), REFUSED, "publicatie 2 staat alleen in de map");
    fs::remove_file(study.join("publicaties/0002.age")).unwrap();
    report().fine();

    let after = database(&study);
    put_back(&study, &before);
    refused(&report(), REFUSED, "publicatie 1 staat alleen in de map");
    put_back(&study, &after);
    report().fine();
}

/// The database, with the files that SQLite may keep beside it.
fn database(study: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(study).unwrap().map(|entry| entry.unwrap());
    let ours = entries.filter(|entry| {
        let name = entry.file_name();
        name.to_string_lossy().starts_with("doorstroom.sqlite")
    });
    ours.map(|entry| (entry.path(), fs::read(entry.path()).unwrap()))
        .collect()
}

fn put_back(study: &Path, files: &[(PathBuf, Vec<u8>)]) {
    for (path, _) in database(study) {
        fs::remove_file(path).unwrap();
    }
    for (path, bytes) in files {
        fs::write(path, bytes).unwrap();
    }
}
