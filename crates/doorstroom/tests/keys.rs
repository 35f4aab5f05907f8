//! Keys as people handle them: replaced while the study goes on, behind a passphrase, and back
//! from recovery parts.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use codes::{Coded, Institution};
use common::{Places, Ran, doorstroom};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const REFUSED: i32 = 4;
const SEALED: i32 = 5;
const USAGE: i32 = 64;

/// The file that one institution makes for another, or for the koppelpunt.
fn key_post(places: &Places, from: Institution, word: &str, to: &str) -> PathBuf {
    let name = format!("proef-{}-{word}-2-{to}.verzegeld", from.key());
    places.sealed().join(name)
}

fn accept(places: &Places, folder: &Path, files: &[PathBuf]) -> Ran {
    let mut arguments: Vec<OsString> = vec!["key".into(), "accept".into(), folder.into()];
    arguments.extend(files.iter().map(OsString::from));
    arguments.extend(["--study".into(), places.protocol().into()]);
    arguments.extend(["--out".into(), places.sealed().into()]);
    common::run(arguments)
}

fn persons(received: &Ran) -> String {
    let line = received
        .err
        .lines()
        .find(|line| line.starts_with("Samengevoegd"));
    line.unwrap_or_else(|| panic!("{received:?}")).to_owned()
}

#[test]
fn all_three_secrets_are_replaced_and_persons_stay_who_they_were() {
    let root = tempfile::tempdir().unwrap();
    let (places, _) = Places::prepare(root.path(), 60, 5);
    places.seal_and_link();
    let before = persons(&places.receive(&places.for_study()).fine());
    let [first, rest @ ..] = Institution::ALL else {
        panic!("there are institutions")
    };

    // The institutions' secret: one begins, the others follow, the koppelpunt gets ratios.
    let nowhere = doorstroom!["key", "rotate", &places.keys(*first)];
    assert_eq!(nowhere.code, USAGE, "{nowhere:?}");
    doorstroom![
        "key",
        "rotate",
        &places.keys(*first),
        "--study",
        &places.protocol(),
        "--out",
        &places.sealed()
    ]
    .fine();
    let ratio = |institution| key_post(&places, institution, "verhouding", "koppelpunt");
    let early = accept(&places, &places.koppelpunt(), &[ratio(*first)]);
    assert_eq!(
        early.code, REFUSED,
        "one institution is not enough: {early:?}"
    );
    let twice = accept(
        &places,
        &places.koppelpunt(),
        &[ratio(*first), ratio(*first)],
    );
    assert_eq!(twice.code, REFUSED, "{twice:?}");

    // Who seals with the new secret before the koppelpunt knows it is refused, and loses nothing.
    places.seal_with(*first, &["--correction"]).fine();
    let ahead = places.link(&[places.key_file(*first, 2)]);
    assert_eq!(ahead.code, SEALED, "{ahead:?}");

    for &institution in rest {
        let secret = key_post(&places, *first, "koppelgeheim", institution.key());
        accept(&places, &places.keys(institution), &[secret]).fine();
    }
    let ratios: Vec<PathBuf> = Institution::ALL.iter().map(|&i| ratio(i)).collect();
    accept(&places, &places.koppelpunt(), &ratios).fine();
    let again = accept(&places, &places.koppelpunt(), &ratios);
    assert_eq!(again.code, REFUSED, "a ratio works once: {again:?}");

    doorstroom!["key", "rotate", &places.koppelpunt()].fine();
    doorstroom!["key", "rotate", &places.study()].fine();

    for &institution in rest {
        places.seal_with(institution, &["--correction"]).fine();
    }
    let files: Vec<PathBuf> = Institution::ALL
        .iter()
        .map(|&i| places.key_file(i, 2))
        .collect();
    places.link(&files).fine();
    let mut arguments: Vec<OsString> = vec!["receive".into(), places.study().into()];
    arguments.extend(
        Institution::ALL
            .iter()
            .map(|&i| places.content_file(i, 2).into()),
    );
    arguments.push(places.link_file(2).into());
    arguments.extend(["--correction".into(), "nieuwe sleutels".into()]);
    assert_eq!(persons(&common::run(arguments).fine()), before);
    // No former secret is left anywhere.
    for folder in Institution::ALL
        .iter()
        .map(|&i| places.keys(i))
        .chain([places.koppelpunt()])
    {
        assert!(!folder.join("koppelgeheim.geheim").exists());
        assert!(folder.join("koppelgeheim-2.geheim").exists());
    }
}

#[test]
fn a_secret_of_other_institutions_or_a_false_ratio_changes_nothing() {
    let root = tempfile::tempdir().unwrap();
    let (places, _) = Places::prepare(root.path(), 20, 6);
    places.seal_and_link();
    let [one, other, ..] = Institution::ALL else {
        panic!("there are institutions")
    };
    // Both replace the secret, each by one of its own: their ratios differ.
    for institution in [one, other] {
        doorstroom![
            "key",
            "rotate",
            &places.keys(*institution),
            "--study",
            &places.protocol(),
            "--out",
            &places.sealed()
        ]
        .fine();
    }
    let ratios = [one, other].map(|&i| key_post(&places, i, "verhouding", "koppelpunt"));
    let register = fs::read(places.koppelpunt().join("register.age")).unwrap();
    let differ = accept(&places, &places.koppelpunt(), &ratios);
    assert_eq!(differ.code, REFUSED, "{differ:?}");
    assert!(differ.err.contains("verschillende verhoudingen"));
    assert_eq!(
        fs::read(places.koppelpunt().join("register.age")).unwrap(),
        register
    );
    // A secret meant for another, and a ratio given to an institution.
    let meant = key_post(&places, *one, "koppelgeheim", other.key());
    let third = Institution::ALL[2];
    assert_eq!(
        accept(&places, &places.keys(third), std::slice::from_ref(&meant)).code,
        SEALED
    );
    assert_eq!(
        accept(&places, &places.koppelpunt(), std::slice::from_ref(&meant)).code,
        SEALED
    );
    let ratio = ratios[0].clone();
    assert_eq!(accept(&places, &places.keys(third), &[ratio]).code, SEALED);
    // The other has a secret of its own of that epoch and has sealed before.
    let conflict = accept(&places, &places.keys(*other), &[meant]);
    assert_eq!(conflict.code, REFUSED, "{conflict:?}");
    assert!(conflict.err.contains("tegelijk"));
}

/// Runs with a passphrase in a file, as a server does.
fn run_with(variables: &[(&str, &Path)], arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_doorstroom"))
        .args(arguments)
        .envs(
            variables
                .iter()
                .map(|(name, path)| (*name, path.as_os_str())),
        )
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

const NOW: &str = "DOORSTROOM_WACHTZIN_BESTAND";
const NEW: &str = "DOORSTROOM_NIEUWE_WACHTZIN_BESTAND";

#[test]
fn keys_behind_a_passphrase_come_back_from_two_parts() {
    let root = tempfile::tempdir().unwrap();
    let path = |name: &str| root.path().join(name);
    let text = |name: &str| path(name).to_str().unwrap().to_owned();
    fs::write(path("wachtzin"), "een lange zin die niemand raadt\n").unwrap();
    fs::write(path("andere"), "een andere lange zin, ook goed\n").unwrap();
    let phrase = path("wachtzin");
    let (keys, back, parts) = (text("sleutels"), text("terug"), text("delen"));

    let nobody = run_with(
        &[],
        &["key", "new", "--role", "koppelpunt", "--passphrase", &keys],
    );
    assert_eq!(nobody.code, REFUSED, "{nobody:?}");
    assert!(
        !path("sleutels").exists(),
        "who cannot answer leaves nothing behind"
    );
    let new = ["key", "new", "--role", "koppelpunt", "--passphrase", &keys];
    let made = run_with(&[(NEW, &phrase)], &new).fine();

    assert_eq!(run_with(&[], &["key", "show", &keys]).code, REFUSED);
    let other = path("andere");
    let wrong = run_with(&[(NOW, &other)], &["key", "show", &keys]);
    assert_eq!(wrong.code, REFUSED, "{wrong:?}");
    let shown = run_with(&[(NOW, &phrase)], &["key", "show", &keys]).fine();
    assert_eq!(shown.out, made.out);

    run_with(&[(NOW, &phrase)], &["key", "share", &keys, "--out", &parts]).fine();
    let again = run_with(&[(NOW, &phrase)], &["key", "share", &keys, "--out", &parts]);
    assert_eq!(
        again.code, REFUSED,
        "parts are never overwritten: {again:?}"
    );
    let part = |number: u8| format!("{parts}/hersteldeel-{number}.txt");
    let (one, three) = (part(1), part(3));
    let alone = run_with(&[], &["key", "recover", "--part", &one, &back]);
    assert_eq!(alone.code, REFUSED, "{alone:?}");
    let both = [
        "key",
        "recover",
        "--part",
        &one,
        "--part",
        &three,
        "--passphrase",
        &back,
    ];
    run_with(&[(NEW, &other), (NOW, &other)], &both).fine();
    let recovered = run_with(&[(NOW, &other)], &["key", "show", &back]).fine();
    assert_eq!(recovered.out, made.out);

    run_with(&[(NOW, &other), (NEW, &phrase)], &["key", "protect", &back]).fine();
    assert_eq!(
        run_with(&[(NOW, &other)], &["key", "show", &back]).code,
        REFUSED
    );
    assert_eq!(
        run_with(&[(NOW, &phrase)], &["key", "show", &back])
            .fine()
            .out,
        made.out
    );
}

/// The public key and the identity text of the plugin that stands in for a hardware key.
fn hardware() -> (String, String) {
    let text = |prefix: &str| {
        let prefix = bech32::Hrp::parse(prefix).unwrap();
        bech32::encode::<bech32::Bech32>(prefix, &[7; 8]).unwrap()
    };
    (text("age1proef"), text("age-plugin-proef-").to_uppercase())
}

#[test]
fn keys_behind_a_hardware_key_open_with_it_and_its_pin_and_with_nothing_else() {
    let root = tempfile::tempdir().unwrap();
    let path = |name: &str| root.path().join(name);
    fs::write(path("pin"), "de pin van deze proef\n").unwrap();
    fs::write(path("fout"), "een andere pin\n").unwrap();
    fs::write(path("token"), [5; 32]).unwrap();
    fs::write(path("ander-token"), [6; 32]).unwrap();
    let keys = path("sleutels").to_str().unwrap().to_owned();
    let made = run_with(&[], &["key", "new", "--role", "koppelpunt", &keys]).fine();
    let (recipient, identity) = hardware();
    let protect = [
        "key",
        "protect",
        "--hardware",
        &recipient,
        "--hardware-identity",
        &identity,
        &keys,
    ];
    let absent = run_with(&[("PATH", root.path())], &protect);
    assert_eq!(absent.code, REFUSED, "{absent:?}");
    assert!(absent.err.contains("hulpprogramma"));

    let program = Path::new(env!("CARGO_BIN_EXE_doorstroom"));
    let plugins = program.parent().unwrap().join("examples");
    assert!(
        plugins.join("age-plugin-proef").exists(),
        "`cargo test -p doorstroom` builds it"
    );
    let with = |token: &str, pin: &str, arguments: &[&str]| {
        let (token, pin) = (path(token), path(pin));
        run_with(
            &[("PATH", &plugins), ("PROEF_TOKEN", &token), (NOW, &pin)],
            arguments,
        )
    };
    with("token", "pin", &protect).fine();
    let show = ["key", "show", &keys];
    assert_eq!(with("token", "pin", &show).fine().out, made.out);
    assert_eq!(with("ander-token", "pin", &show).code, REFUSED);
    assert_eq!(with("token", "fout", &show).code, REFUSED);
    assert_eq!(run_with(&[], &show).code, REFUSED);
}
