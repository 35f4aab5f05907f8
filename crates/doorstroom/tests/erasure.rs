//! A client withdraws: everything of the client goes, everywhere, and comes back by nobody; and
//! nobody can use that against another.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;
mod erased;

use common::{copy, run};
use erased::{AT_STEVIG, AT_WIER, Client, STEVIG, WIER, World, verify};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use store::{InstitutionKeys, Study};

const REFUSED: i32 = 4;
const SEALED: i32 = 5;
const NOT_ERASED: i32 = 6;

#[test]
fn a_client_is_erased_everywhere_and_delivered_again_by_nobody() {
    let world = World::new();
    assert_eq!(world.joined(), (4, 5));
    let told = world.erase(WIER, "W1", Some(1));
    assert!(told.out.starts_with("W1\tGewist op "), "{told:?}");
    assert!(
        told.out.contains("alle 1 geleverde rijen zijn gewist"),
        "{told:?}"
    );
    // The row of the other institution went as well.
    assert_eq!(world.joined(), (3, 3));
    let looked = world.verify(&[]);
    assert_eq!(looked.code, 0, "{looked:?}");
    assert!(looked.out.contains("Nergens is nog iets"), "{looked:?}");
    common::doorstroom!["--quiet", "run", world.places.study()].fine();

    // The other institution knows of nothing and delivers the client again, as does the first,
    // whose own file still gives a ground.
    let again = world.seal(WIER, &AT_WIER, 2).fine();
    assert!(
        again.err.contains("2 cliënten verzegeld; 1 bezwaar"),
        "{again:?}"
    );
    let places = &world.places;
    world.seal(STEVIG, &AT_STEVIG, 2).fine();
    let keys = [WIER, STEVIG].map(|institution| places.key_file(institution, 2));
    places.link(&keys).fine();
    let files = [
        places.content_file(WIER, 2),
        places.content_file(STEVIG, 2),
        places.link_file(2),
    ];
    places.receive(&files).fine();
    assert_eq!(world.joined(), (3, 3));
    assert_eq!(world.verify(&[]).code, 0);
    let review = fs::read_dir(places.sealed()).unwrap().any(|entry| {
        let name = entry.unwrap().file_name();
        name.to_string_lossy().contains("002-controlelijst-STEVIG")
    });
    assert!(!review, "nobody is told that a client withdrew elsewhere");
}

/// Rows that are on their way when the client is erased do not stay either.
#[test]
fn a_delivery_that_comes_after_the_erasure_is_received_without_the_client() {
    let world = World::empty();
    let places = &world.places;
    world.seal(WIER, &AT_WIER, 1).fine();
    world.seal(STEVIG, &AT_STEVIG, 1).fine();
    let keys = [WIER, STEVIG].map(|institution| places.key_file(institution, 1));
    places.link(&keys).fine();
    places
        .receive(&[places.content_file(WIER, 1), places.link_file(1)])
        .fine();
    world.erase(WIER, "W1", Some(1));
    let late = places.receive(&[places.content_file(STEVIG, 1)]).fine();
    // As many as were sent: nobody is told who withdrew.
    assert!(late.err.contains("met 2 cliënten opgenomen"), "{late:?}");
    assert_eq!(world.joined(), (3, 3));
    assert_eq!(world.verify(&[]).code, 0);
}

#[test]
fn a_client_without_any_key_is_erased_by_the_rows_that_went_out() {
    let world = World::new();
    let told = world.erase(WIER, "W3", None);
    assert!(told.out.starts_with("W3\tGewist op "), "{told:?}");
    assert_eq!(world.joined(), (3, 4));
    assert_eq!(world.verify(&[]).code, 0);
    let nobody = world.request(WIER, "W9", None);
    assert_eq!(nobody.code, REFUSED, "{nobody:?}");
}

/// Names of the files in a folder.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// Puts files of an old copy back: those below a folder of which the name starts so.
fn put_back(old: &Path, study: &Path, folder: &str, start: &str) -> usize {
    let mut count = 0;
    for path in files(&old.join(folder)) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with(start) {
            let target = study.join(folder).join(&name);
            match path.is_dir() {
                true => copy(&path, &target),
                false => drop(fs::copy(&path, &target).unwrap()),
            }
            count += 1;
        }
    }
    count
}

/// The search would find what was left: each file of before, put back, is found; and without
/// its keys a whole backup is closed.
#[test]
fn the_search_finds_whatever_is_put_back() {
    let world = World::new();
    let study = world.places.study();
    let old = world.places.root.join("reservekopie");
    copy(&study, &old);
    world.erase(WIER, "W1", Some(1));
    common::doorstroom!["--quiet", "run", &study].fine();
    assert_eq!(world.verify(&[]).code, 0);
    let cases: [(&str, &[(&str, &str)]); 4] = [
        (
            "Hierin staan nog gegevens",
            &[("kluissleutels", "levering-")],
        ),
        (
            "Hierin staan nog gegevens",
            &[("momenten", ""), ("kluissleutels", "moment-")],
        ),
        (
            "Hierin staat nog een nummer",
            &[("koppelingen", ""), ("kluissleutels", "koppeling-")],
        ),
        (
            "Deze resultaten zijn berekend",
            &[("resultaten", ""), ("kluissleutels", "resultaat-")],
        ),
    ];
    for (what, parts) in cases {
        let tried = world.places.root.join("geprobeerd");
        copy(&study, &tried);
        for (folder, start) in parts {
            assert!(put_back(&old, &tried, folder, start) > 0, "{folder}");
        }
        let found = verify(&tried, &[]);
        assert_eq!(found.code, NOT_ERASED, "{what}: {found:?}");
        assert!(found.out.contains(what), "{what}: {found:?}");
        fs::remove_dir_all(&tried).unwrap();
    }
    // The sealed file itself still opens: it must go wherever it lies.
    let sealed = world.places.root.join("post");
    fs::create_dir(&sealed).unwrap();
    let file = world.places.content_file(STEVIG, 1);
    fs::copy(&file, sealed.join("b.verzegeld")).unwrap();
    let found = world.verify(&[&sealed]);
    assert_eq!(found.code, NOT_ERASED, "{found:?}");
    // A number in plain text is found as well.
    let record = files(&study.join("wissingen")).pop_first().unwrap();
    let named = record.file_stem().unwrap().to_string_lossy().into_owned();
    assert_eq!(named.len(), 32);

    let with_keys = world.verify(&[&old]);
    assert_eq!(with_keys.code, NOT_ERASED, "{with_keys:?}");
    fs::remove_dir_all(old.join("kluissleutels")).unwrap();
    let without_keys = world.verify(&[&old]);
    assert_eq!(without_keys.code, 0, "{without_keys:?}");
    fs::remove_file(record).unwrap();
    let blind = world.verify(&[]);
    assert_eq!(
        blind.code, REFUSED,
        "a search that knows not whom fails: {blind:?}"
    );
}

/// An institution that never delivered a client, and knows who that is, erases nothing.
#[test]
fn a_client_of_another_institution_cannot_be_withdrawn() {
    let world = World::new();
    let victim: [Client; 1] = [("X1", "Blauw", "TOESTEMMING")];
    world.write(STEVIG, &victim, 9);
    world.request(STEVIG, "X1", Some(9)).fine();
    world.detach(&world.under_way("intrekking")).fine();
    let applied = world.apply(&world.under_way("wisopdracht")).fine();
    assert!(applied.err.contains("nooit geleverd"), "{applied:?}");
    world.forward(&world.under_way("wisbericht")).fine();
    assert_eq!(world.joined(), (4, 5));
    assert!(!files(&world.places.study().join("resultaten")).is_empty());
    // Nor is the client refused afterwards.
    world.deliver(&[(WIER, &AT_WIER)], 2);
    assert_eq!(world.joined(), (4, 5));
}

/// An institution that got hold of row ids of another erases nothing with them.
#[test]
fn rows_of_another_institution_cannot_be_withdrawn() {
    let world = World::new();
    let places = &world.places;
    let rows = InstitutionKeys::open(places.keys(WIER).as_path())
        .unwrap()
        .rows_of_clients("proef")
        .unwrap();
    let stevig = InstitutionKeys::open(places.keys(STEVIG).as_path()).unwrap();
    // What an honest program would not write: another's rows under the own signature.
    let delivered = stevig.sealed("proef").newest().unwrap().delivery_id;
    stevig
        .keep_rows(delivered, &[(rows["W2"][0], "S9".into())])
        .unwrap();
    drop(stevig);
    world.request(STEVIG, "S9", None).fine();
    world.detach(&world.under_way("intrekking")).fine();
    let refused = world.apply(&world.under_way("wisopdracht"));
    assert_eq!(refused.code, REFUSED, "{refused:?}");
    assert!(refused.err.contains("Er is niets gewist"), "{refused:?}");
    assert_eq!(world.joined(), (4, 5));
}

#[test]
fn a_forged_or_changed_withdrawal_is_refused_at_every_party() {
    let world = World::new();
    let other = World::new();
    other.request(WIER, "W1", Some(1)).fine();
    let forged = other.under_way("intrekking");
    assert_eq!(world.detach(&forged).code, SEALED);
    world.request(WIER, "W1", Some(1)).fine();
    let request = world.under_way("intrekking");
    // Not the koppelpunt's word, and not for this party.
    assert_eq!(world.apply(&request).code, SEALED);
    assert_eq!(world.forward(&request).code, SEALED);
    world.detach(&request).fine();
    let order = world.under_way("wisopdracht");
    let mut bytes = fs::read(&order).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let changed = order.with_file_name("veranderd.verzegeld");
    fs::write(&changed, bytes).unwrap();
    assert_eq!(world.apply(&changed).code, SEALED);
    assert_eq!(world.joined(), (4, 5));
    let study = Study::open(world.places.study().as_path()).unwrap();
    let events = study.database().events().unwrap();
    assert!(events.iter().any(|event| event.what == "bestand geweigerd"));
}

#[test]
fn a_replayed_withdrawal_does_nothing() {
    let world = World::new();
    world.erase(WIER, "W1", Some(1));
    let replayed = world.detach(&world.under_way("intrekking"));
    assert_eq!(replayed.code, REFUSED, "{replayed:?}");
    let (order, answer) = (
        world.under_way("wisopdracht"),
        world.under_way("wisbericht"),
    );
    let again = world.apply(&order).fine();
    assert!(again.err.contains("was al gewist"), "{again:?}");
    world.forward(&answer).fine();
    assert_eq!(world.joined(), (3, 3));
    let stranger = World::new();
    let unknown = stranger.forward(&answer);
    assert_eq!(unknown.code, SEALED, "{unknown:?}");
    let not_asked = world.receipt(STEVIG, &world.under_way("wisbewijs"));
    assert_eq!(not_asked.code, SEALED, "{not_asked:?}");
}

#[test]
fn every_link_that_was_given_must_be_here_first() {
    let world = World::new();
    world.seal(STEVIG, &AT_STEVIG, 2).fine();
    world
        .places
        .link(&[world.places.key_file(STEVIG, 2)])
        .fine();
    world.request(WIER, "W1", Some(1)).fine();
    world.detach(&world.under_way("intrekking")).fine();
    let early = world.apply(&world.under_way("wisopdracht"));
    assert_eq!(early.code, REFUSED, "{early:?}");
    assert!(early.err.contains("Ontvang eerst"), "{early:?}");
    let files = [
        world.places.content_file(STEVIG, 2),
        world.places.link_file(2),
    ];
    world.places.receive(&files).fine();
    world.apply(&world.under_way("wisopdracht")).fine();
    assert_eq!(world.joined(), (3, 3));
    assert_eq!(world.verify(&[]).code, 0);
}

/// The institution reads the same whether or not anybody else knows the client.
#[test]
fn a_withdrawal_tells_nothing_of_other_institutions() {
    let answer = |elsewhere: &[Client]| {
        let world = World::empty();
        world.deliver(&[(WIER, &AT_WIER), (STEVIG, elsewhere)], 1);
        world.erase(WIER, "W1", Some(1)).out
    };
    assert_eq!(answer(&AT_STEVIG), answer(&AT_STEVIG[1..]));
}

#[test]
fn sealing_tells_of_whom_the_ground_was_withdrawn() {
    let world = World::new();
    let mut clients = AT_WIER;
    clients[1].2 = "BEZWAAR";
    let told = world.seal(WIER, &clients, 2);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(
        told.err.contains("erasure request --client W2 "),
        "{told:?}"
    );
    assert_eq!(told.err.matches("erasure request").count(), 1, "{told:?}");
    // Once asked, it is not told again.
    world.request(WIER, "W2", Some(2)).fine();
    let folder = world.write(WIER, &clients, 3);
    let places = &world.places;
    let later = common::doorstroom![
        "seal",
        folder,
        "--study",
        places.protocol(),
        "--keys",
        places.keys(WIER),
        "--out",
        places.sealed()
    ];
    assert!(!later.err.contains("erasure request"), "{later:?}");
}

/// Killing the program while it erases leaves nothing that the next command does not finish.
#[test]
fn killing_an_erasure_loses_nothing_and_leaves_nothing() {
    let world = World::new();
    world.request(WIER, "W1", Some(1)).fine();
    world.detach(&world.under_way("intrekking")).fine();
    let order = world.under_way("wisopdracht");
    let mut killed = 0;
    for changes in 1..=12 {
        let study = world.places.root.join("afgebroken");
        copy(&world.places.study(), &study);
        killed += usize::from(kill_after(changes, &study, &world, &order));
        run(world.apply_arguments(&study, &order)).fine();
        let looked = verify(&study, &[]);
        assert_eq!(looked.code, 0, "{changes}: {looked:?}");
        let again = Study::open(study.as_path()).unwrap();
        again.join().unwrap();
        assert_eq!(again.linked_content().unwrap().persons.len(), 3);
        drop(again);
        fs::remove_dir_all(&study).unwrap();
    }
    println!("{killed} of 12 were killed while erasing");
    assert!(killed >= 4, "only {killed} were killed");
}

/// Starts the erasure and kills it after so many changes of names; whether it still ran.
fn kill_after(changes: usize, study: &Path, world: &World, order: &Path) -> bool {
    let names = || {
        let folders = [
            "wissingen",
            "kluissleutels",
            "koppelingen",
            "momenten",
            "resultaten",
        ];
        let all = folders.iter().flat_map(|folder| files(&study.join(folder)));
        all.collect::<BTreeSet<PathBuf>>()
    };
    let mut child = Command::new(env!("CARGO_BIN_EXE_doorstroom"))
        .args(world.apply_arguments(study, order))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut seen, mut known) = (0, names());
    while seen < changes && child.try_wait().unwrap().is_none() {
        let now = names();
        seen += usize::from(now != known);
        known = now;
    }
    child.kill().unwrap();
    child.wait().unwrap().code().is_none()
}

/// A crash at the koppelpunt between the file and the register: the same command again.
#[test]
fn a_register_that_was_not_kept_loses_no_withdrawal() {
    let world = World::new();
    let register = world.places.koppelpunt().join("register.age");
    let before = fs::read(&register).unwrap();
    world.request(WIER, "W1", Some(1)).fine();
    let request = world.under_way("intrekking");
    world.detach(&request).fine();
    fs::write(&register, before).unwrap();
    world.detach(&request).fine();
    world.apply(&world.under_way("wisopdracht")).fine();
    let before = fs::read(&register).unwrap();
    let answer = world.under_way("wisbericht");
    world.forward(&answer).fine();
    fs::write(&register, before).unwrap();
    world.forward(&answer).fine();
    world.deliver(&[(STEVIG, &AT_STEVIG)], 2);
    assert_eq!(world.joined(), (3, 3));
}
