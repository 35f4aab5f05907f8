//! Keys behind a lock, in recovery parts, and after they were replaced.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use linkage::MatchSecret;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::{
    Accepted, InstitutionKeys, KeyFolder, Koppelpunt, Lock, NewStudy, Prompt, Study, recover,
    recovery_parts,
};
use zeroize::Zeroizing;

const PASSPHRASE: &str = "vijf losse woorden op een rij";

/// Gives one answer, and counts how often it was asked.
struct Answers(&'static str, AtomicUsize);

impl Prompt for Answers {
    fn ask(&self, _: &str) -> Option<Zeroizing<String>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Some(Zeroizing::new(self.0.into()))
    }

    fn tell(&self, _: &str) {}
}

fn asking(folder: &Path, answer: &'static str) -> (KeyFolder, Arc<Answers>) {
    let answers = Arc::new(Answers(answer, AtomicUsize::new(0)));
    (KeyFolder::asking(folder, answers.clone()), answers)
}

fn rng() -> StdRng {
    StdRng::seed_from_u64(7)
}

fn locked_with(passphrase: &str) -> Lock {
    Lock::Passphrase(Zeroizing::new(passphrase.into()))
}

fn secret_files(folder: &Path) -> Vec<Vec<u8>> {
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let secret = files.filter(|path| path.extension().is_some_and(|end| end == "geheim"));
    secret.map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn behind_a_lock_no_secret_is_readable_and_the_passphrase_opens_them_with_one_question() {
    let folder = tempfile::tempdir().unwrap();
    let mut keys = InstitutionKeys::create(folder.path(), None, &mut rng()).unwrap();
    let (own, shared) = (keys.keys.public(), keys.match_secret.to_text());
    keys.lock(&locked_with(PASSPHRASE), &mut rng()).unwrap();
    drop(keys);
    let files = secret_files(folder.path());
    assert_eq!(files.len(), 2);
    for bytes in files {
        assert!(bytes.starts_with(b"age-encryption.org/v1"));
        assert!(!bytes.windows(10).any(|window| window == b"doorstroom"));
    }
    let (place, answers) = asking(folder.path(), PASSPHRASE);
    let opened = InstitutionKeys::open(place).unwrap();
    assert_eq!(answers.1.load(Ordering::Relaxed), 1);
    assert_eq!(opened.keys.public(), own);
    assert_eq!(*opened.match_secret.to_text(), *shared);
}

#[test]
fn a_wrong_passphrase_nobody_to_ask_and_a_short_one_are_refused_in_so_many_words() {
    let folder = tempfile::tempdir().unwrap();
    let mut keys = InstitutionKeys::create(folder.path(), None, &mut rng()).unwrap();
    let short = keys.lock(&locked_with("te kort"), &mut rng()).unwrap_err();
    assert!(short.sentence().contains("te kort"));
    assert!(!folder.path().join("slot.age").exists());
    keys.lock(&locked_with(PASSPHRASE), &mut rng()).unwrap();
    drop(keys);
    let nobody = InstitutionKeys::open(folder.path()).err().unwrap();
    assert!(
        nobody.sentence().contains("wachtzin"),
        "{}",
        nobody.sentence()
    );
    let (place, _) = asking(folder.path(), "een andere zin dan die");
    let wrong = InstitutionKeys::open(place).err().unwrap();
    assert!(
        wrong.sentence().contains("past niet"),
        "{}",
        wrong.sentence()
    );
}

#[test]
fn another_passphrase_takes_the_place_of_the_former() {
    let folder = tempfile::tempdir().unwrap();
    let mut keys = Koppelpunt::create(folder.path(), &mut rng()).unwrap();
    let own = keys.keys.public();
    keys.lock(&locked_with(PASSPHRASE), &mut rng()).unwrap();
    keys.lock(&locked_with("en dit is een heel andere"), &mut rng())
        .unwrap();
    drop(keys);
    let (former, _) = asking(folder.path(), PASSPHRASE);
    assert!(Koppelpunt::open(former).is_err());
    let (now, _) = asking(folder.path(), "en dit is een heel andere");
    assert_eq!(Koppelpunt::open(now).unwrap().keys.public(), own);
}

/// The lock is written first; then the power fails before the secrets are behind it.
#[test]
fn a_lock_that_was_interrupted_still_opens_and_is_finished_by_doing_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut keys = InstitutionKeys::create(folder.path(), None, &mut rng()).unwrap();
    let open = fs::read(folder.path().join("koppelgeheim.geheim")).unwrap();
    keys.lock(&locked_with(PASSPHRASE), &mut rng()).unwrap();
    drop(keys);
    fs::write(folder.path().join("koppelgeheim.geheim"), open).unwrap();
    let (place, _) = asking(folder.path(), PASSPHRASE);
    let mut again = InstitutionKeys::open(place.clone()).unwrap();
    again.lock(&locked_with(PASSPHRASE), &mut rng()).unwrap();
    drop(again);
    for bytes in secret_files(folder.path()) {
        assert!(bytes.starts_with(b"age-encryption.org/v1"));
    }
    assert!(InstitutionKeys::open(place).is_ok());
}

#[test]
fn any_two_recovery_parts_bring_the_keys_back_and_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut keys = InstitutionKeys::create(folder.path(), None, &mut rng()).unwrap();
    let (own, shared) = (keys.keys.public(), keys.match_secret.to_text());
    keys.lock(&locked_with(PASSPHRASE), &mut rng()).unwrap();
    drop(keys);
    let (place, _) = asking(folder.path(), PASSPHRASE);
    let parts = recovery_parts(&place, &mut rng()).unwrap();
    assert_eq!(parts.len(), 3);
    for pair in [[0, 1], [1, 2], [2, 0]] {
        let new = tempfile::tempdir().unwrap();
        let two = pair.map(|number: usize| parts[number].clone());
        assert_eq!(recover(&two, new.path()).unwrap().len(), 2);
        let back = InstitutionKeys::open(new.path()).unwrap();
        assert_eq!(back.keys.public(), own);
        assert_eq!(*back.match_secret.to_text(), *shared);
        drop(back);
        // Nothing is overwritten.
        assert!(recover(&two, new.path()).is_err());
    }
    let new = tempfile::tempdir().unwrap();
    for too_few in [&parts[..1], &[parts[1].clone(), parts[1].clone()]] {
        let refused = recover(too_few, new.path()).unwrap_err();
        assert!(refused.sentence().contains("twee verschillende"));
    }
    let others = recovery_parts(&place, &mut StdRng::seed_from_u64(8)).unwrap();
    let mixed = recover(&[parts[0].clone(), others[1].clone()], new.path()).unwrap_err();
    assert!(mixed.sentence().contains("horen niet bij elkaar"));
    assert_eq!(fs::read_dir(new.path()).unwrap().count(), 0);
}

#[test]
fn a_part_holds_no_secret_in_the_clear() {
    let folder = tempfile::tempdir().unwrap();
    drop(Koppelpunt::create(folder.path(), &mut rng()).unwrap());
    let secrets = secret_files(folder.path());
    for part in recovery_parts(&folder.path().into(), &mut rng()).unwrap() {
        for secret in &secrets {
            let text = String::from_utf8(secret.clone()).unwrap();
            let mut keys = text.lines().filter(|line| !line.starts_with('#'));
            assert!(keys.all(|key| !part.contains(key)));
        }
    }
}

#[test]
fn an_institutions_secret_is_replaced_in_two_steps_of_which_the_second_may_come_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut keys = InstitutionKeys::create(folder.path(), None, &mut rng()).unwrap();
    let former = MatchSecret::parse(&keys.match_secret.to_text()).unwrap();
    assert!(keys.ratio_to_former().unwrap().is_none());
    keys.replace_secret(&mut StdRng::seed_from_u64(8)).unwrap();
    let next = keys.match_secret.to_text();
    assert_ne!(*former.to_text(), *next);
    // Interrupted here: another rotation goes on with this one.
    drop(keys);
    let mut keys = InstitutionKeys::open(folder.path()).unwrap();
    keys.replace_secret(&mut StdRng::seed_from_u64(9)).unwrap();
    assert_eq!((keys.key_epoch, &*keys.match_secret.to_text()), (2, &*next));
    let ratio = keys.ratio_to_former().unwrap().unwrap();
    assert!(ratio == former.ratio_to(&keys.match_secret));
    keys.forget_former_secret().unwrap();
    assert!(keys.ratio_to_former().unwrap().is_none());
    assert!(!folder.path().join("koppelgeheim.geheim").exists());
    drop(keys);
    let again = InstitutionKeys::open(folder.path()).unwrap();
    assert_eq!(
        (again.key_epoch, &*again.match_secret.to_text()),
        (2, &*next)
    );
}

#[test]
fn a_secret_of_another_institution_takes_the_place_of_an_unused_one() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut first = InstitutionKeys::create(one.path(), None, &mut rng()).unwrap();
    first.replace_secret(&mut StdRng::seed_from_u64(8)).unwrap();
    let text = first.match_secret.to_text();
    let secret = || MatchSecret::parse(&text).unwrap();
    let mut second = InstitutionKeys::create(other.path(), None, &mut rng()).unwrap();
    assert_eq!(
        second.accept_secret(secret(), 2).unwrap(),
        Accepted::Instead
    );
    assert_eq!(second.accept_secret(secret(), 2).unwrap(), Accepted::Known);
    drop(second);
    let again = InstitutionKeys::open(other.path()).unwrap();
    assert_eq!(
        (again.key_epoch, &*again.match_secret.to_text()),
        (2, &*text)
    );
    assert!(again.ratio_to_former().unwrap().is_none());
}

/// The new secret is on disk, the register not yet carried over: the folder is as it was.
#[test]
fn a_koppelpunt_that_stopped_half_way_still_has_its_register_and_secret() {
    let folder = tempfile::tempdir().unwrap();
    let mut koppelpunt = Koppelpunt::create(folder.path(), &mut rng()).unwrap();
    koppelpunt.save().unwrap();
    let (former, register) = (
        koppelpunt.secret.to_text(),
        fs::read(folder.path().join("register.age")).unwrap(),
    );
    koppelpunt
        .replace_secret(&mut StdRng::seed_from_u64(8))
        .unwrap();
    let next = koppelpunt.secret.to_text();
    assert_ne!(*former, *next);
    drop(koppelpunt);
    assert!(!folder.path().join("koppelgeheim.geheim").exists());
    assert_eq!(
        *Koppelpunt::open(folder.path()).unwrap().secret.to_text(),
        *next
    );
    // As it is on disk when the power fails in between.
    fs::write(folder.path().join("register.age"), register).unwrap();
    fs::write(folder.path().join("koppelgeheim.geheim"), former.as_bytes()).unwrap();
    let mut stopped = Koppelpunt::open(folder.path()).unwrap();
    assert_eq!(*stopped.secret.to_text(), *former);
    stopped
        .replace_secret(&mut StdRng::seed_from_u64(10))
        .unwrap();
    drop(stopped);
    let opened = Koppelpunt::open(folder.path()).unwrap();
    assert_ne!(*opened.secret.to_text(), *former);
    assert_ne!(*opened.secret.to_text(), *next);
}

#[test]
fn a_studys_letters_stay_when_its_pseudonyms_are_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let new = NewStudy {
        id: "proef".into(),
        ..NewStudy::default()
    };
    let mut study = Study::create(folder.path(), &new, &mut rng()).unwrap();
    let keys = folder.path().join("sleutels");
    let former = fs::read(keys.join("studie-pseudoniem.geheim")).unwrap();
    for (seed, name) in [
        (11, "studie-pseudoniem-2.geheim"),
        (12, "studie-pseudoniem-3.geheim"),
    ] {
        study
            .replace_secret(&mut StdRng::seed_from_u64(seed))
            .unwrap();
        assert_ne!(fs::read(keys.join(name)).unwrap(), former);
    }
    assert_eq!(
        fs::read(keys.join("studie-letters.geheim")).unwrap(),
        former
    );
    // Receiving, signing, pseudonyms, letters.
    assert_eq!(secret_files(&keys).len(), 4);
    let events = study.database().events().unwrap();
    assert_eq!(events.last().unwrap().what, "pseudoniemgeheim vervangen");
    study.lock(&locked_with(PASSPHRASE), &mut rng()).unwrap();
    drop(study);
    assert!(Study::open(folder.path()).is_err());
    let (place, _) = asking(folder.path(), PASSPHRASE);
    assert!(Study::open(place).is_ok());
}
