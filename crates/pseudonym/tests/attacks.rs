//! Attacks on the scheme, one for each row of `docs/threat-model.md` that is not about the
//! sealed files alone. Each has a control that shows that the attack would work if it could.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[allow(dead_code, reason = "shared with the examples")]
#[path = "../../linkage/tests/population/mod.rs"]
mod population;
#[allow(dead_code, reason = "shared with the examples")]
mod study;

use envelope::{Expected, FileKind, Identity, Party, SealedFile};
use linkage::{
    BlindedKey, KeyTable, KoppelSecret, LinkId, LinkOutcome, MatchSecret, Register, RowId,
    StudySecret, link, study_pseudonym,
};
use population::{NONE, Recorded, USUAL, person, recorded};
use pseudonym::{Error, KeysExpected, match_keys, open_content, open_keys};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Cursor;
use study::{Sealed, Study, identifiers, split};

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn persons(count: u32, seed: u64) -> Vec<Recorded> {
    let mut rng = rng(seed);
    (0..count).map(|index| person(index, &mut rng)).collect()
}

fn linked(study: &Study, register: Register, files: &[&Sealed]) -> LinkOutcome {
    let tables = files.iter().map(|file| study.delivery(file)).collect();
    link(register, tables, &study.linkage(), &mut rng(12)).unwrap()
}

/// Two institutions with the same 40 persons, linked.
struct World {
    study: Study,
    persons: Vec<Recorded>,
    files: Vec<Sealed>,
    outcome: LinkOutcome,
}

fn world() -> World {
    let study = Study::new(1);
    let persons = persons(40, 2);
    let files: Vec<Sealed> = (0..2)
        .map(|place| study.seal(place, 1, split(&persons, place), &mut rng(place as u64)))
        .collect();
    let outcome = linked(&study, Register::new(), &files.iter().collect::<Vec<_>>());
    World {
        study,
        persons,
        files,
        outcome,
    }
}

impl World {
    /// File A as the koppelpunt decrypts it, before it evaluates.
    fn travelling(&self, file: &Sealed) -> KeyTable {
        let verified = self.study.verified(FileKind::KeysForKoppelpunt, &file.keys);
        verified
            .decrypt(&self.study.koppelpunt.identity, |plain| {
                KeyTable::read(plain).map_err(Error::from)
            })
            .unwrap()
    }

    /// The keys of every person, blinded with a secret that the attacker has.
    fn dictionary(&self, secret: &MatchSecret) -> Vec<BlindedKey> {
        let keys = self.persons.iter().flat_map(|who| {
            match_keys(
                &identifiers(who),
                secret,
                self.study.name,
                &self.study.policy,
            )
        });
        keys.flatten().collect()
    }

    /// How many guesses are in the register, when evaluated with a secret the attacker has.
    fn hits(&self, guesses: &[BlindedKey], secret: &KoppelSecret) -> usize {
        let register = self.outcome.register.to_bytes();
        let held: HashSet<&[u8]> = register.windows(32).collect();
        let tried = linkage::evaluate(guesses, secret).unwrap();
        let found = tried
            .iter()
            .filter(|key| held.contains(&key.as_bytes()[..]));
        found.count()
    }
}

/// The study team and the koppelpunt together have the content, linked, and the register, but
/// cannot try a name: they lack the institutions' secret.
#[test]
fn study_team_and_koppelpunt_together_find_no_identity() {
    let world = world();
    let own_guess = world.dictionary(&MatchSecret::generate(&mut rng(99)));
    assert_eq!(world.hits(&own_guess, &world.study.koppel_secret), 0);
    let travelling: HashSet<[u8; 32]> = world
        .travelling(&world.files[0])
        .rows
        .iter()
        .flat_map(|(_, keys)| keys.iter().flatten().map(|key| *key.as_bytes()))
        .collect();
    assert!(
        own_guess
            .iter()
            .all(|key| !travelling.contains(key.as_bytes()))
    );
    let with_a = world.dictionary(&world.study.match_secret);
    assert_eq!(
        world.hits(&with_a, &world.study.koppel_secret),
        with_a.len()
    );
}

/// An institution and the koppelpunt together know who is in the register, but open no content
/// and cannot tell under which pseudonym the study team keeps anybody.
#[test]
fn institution_and_koppelpunt_together_get_no_content_of_others() {
    let world = world();
    let own = &world.study.institutions[0].identity;
    for thief in [own, &world.study.koppelpunt.identity] {
        let file = &world.files[1].content;
        let verified = world.study.verified(FileKind::ContentForStudy, file);
        let refused = open_content(verified, thief).unwrap_err();
        assert!(matches!(
            refused,
            Error::Envelope(envelope::Error::WrongRecipient)
        ));
    }
    let secrets = [
        StudySecret::generate(&mut rng(1)),
        StudySecret::generate(&mut rng(2)),
    ];
    let pseudonyms = secrets.map(|secret| -> BTreeSet<[u8; 16]> {
        let links = world.outcome.deliveries[0].links.iter();
        links
            .map(|(_, link)| study_pseudonym(&secret, *link).0)
            .collect()
    });
    assert!(pseudonyms[0].is_disjoint(&pseudonyms[1]));
    let own_file = world.study.content(&world.files[1]);
    assert_eq!(own_file.clients.len(), 40, "the study team itself opens it");
}

/// An institution and the study team together have `a` and all content, but neither opens a key
/// file of another institution, nor is there any key in what the study team has.
#[test]
fn institution_and_study_team_together_match_no_key() {
    let world = world();
    let declaration = world.study.policy.declaration();
    let expected = KeysExpected {
        declaration: &declaration,
        key_epoch: 1,
    };
    let open = |thief: &Identity| {
        let file = &world.files[1].keys;
        let verified = world.study.verified(FileKind::KeysForKoppelpunt, file);
        open_keys(
            verified,
            thief,
            &KoppelSecret::generate(&mut rng(5)),
            expected,
        )
    };
    for thief in [
        &world.study.institutions[0].identity,
        &world.study.study.identity,
    ] {
        let refused = open(thief).unwrap_err();
        assert!(matches!(
            refused,
            Error::Envelope(envelope::Error::WrongRecipient)
        ));
    }
    assert!(open(&world.study.koppelpunt.identity).is_ok());
    // A register stolen from the koppelpunt without `k` does not help them either.
    let with_a = world.dictionary(&world.study.match_secret);
    assert_eq!(world.hits(&with_a, &KoppelSecret::generate(&mut rng(6))), 0);
    assert_eq!(
        world.hits(&with_a, &world.study.koppel_secret),
        with_a.len()
    );
}

/// All three together have everything: the table of the threat model says so, and this shows
/// that the other attacks fail for want of a key and not by accident.
#[test]
fn all_three_together_know_everything() {
    let world = world();
    let with_a = world.dictionary(&world.study.match_secret);
    assert_eq!(
        world.hits(&with_a, &world.study.koppel_secret),
        with_a.len()
    );
}

/// The koppelpunt learns from two deliveries which rows share which keys, and nothing of what
/// the keys hold: the same persons under another secret give other keys with the same pattern.
#[test]
fn a_curious_koppelpunt_sees_only_which_rows_agree() {
    let world = world();
    let other = Study {
        match_secret: MatchSecret::generate(&mut rng(77)),
        ..Study::new(1)
    };
    let table = |study: &Study| -> BTreeSet<[u8; 32]> {
        let sealed = study.seal(0, 1, split(&world.persons, 0), &mut rng(0));
        let rows = world.travelling(&sealed).rows;
        let keys = rows.iter().flat_map(|(_, keys)| keys.iter().flatten());
        keys.map(|key| *key.as_bytes()).collect()
    };
    let (one, two) = (table(&world.study), table(&other));
    assert!(one.is_disjoint(&two));
    assert_eq!(one.len(), two.len());
}

/// What comes back to an institution that delivers a made-up row.
fn answer(known: bool, probe: &Recorded) -> Vec<linkage::ReviewReason> {
    let study = Study::new(1);
    let crowd = persons(30, 8);
    let mut elsewhere = crowd.clone();
    if known {
        elsewhere.push(person(900, &mut rng(42)));
    }
    let there = study.seal(1, 1, split(&elsewhere, 1), &mut rng(1));
    let first = linked(&study, Register::new(), &[&there]);
    let here = study.seal(0, 1, split(std::slice::from_ref(probe), 0), &mut rng(2));
    let outcome = linked(&study, first.register, &[&here]);
    let review = outcome.deliveries[0].review.iter();
    review.map(|entry| entry.reason).collect()
}

/// A dishonest institution delivers a well-known person to learn whether another institution has
/// him: whether it does or not, the same comes back. Made-up rows with a false number are
/// answered, and the answer tells that somebody of that name is known; the threat model says so.
#[test]
fn a_probe_for_a_known_person_is_answered_the_same_whether_he_is_known_or_not() {
    let target = person(900, &mut rng(42));
    assert_eq!(answer(true, &target), answer(false, &target));
    let no_number = Recorded {
        number: None,
        ..target.clone()
    };
    assert_eq!(answer(true, &no_number), answer(false, &no_number));
    let false_number = Recorded {
        number: person(7_000, &mut rng(1)).number,
        ..target
    };
    assert_eq!(answer(false, &false_number), []);
    assert_eq!(
        answer(true, &false_number),
        [linkage::ReviewReason::ConflictingNumber]
    );
}

/// Keys of an old epoch, and keys that say they were made by another method, are refused.
#[test]
fn another_method_and_another_epoch_are_refused() {
    let study = Study::new(1);
    let people = persons(3, 4);
    let open = |epoch: u32, method: &str, expected: u32| {
        let mut order = study.order(0, 1);
        order.key_epoch = epoch;
        let sealed = study.seal_with(&order, split(&people, 0), method, &mut rng(1));
        let declaration = study.policy.declaration();
        let expected = KeysExpected {
            declaration: &declaration,
            key_epoch: expected,
        };
        let file = study.verified(FileKind::KeysForKoppelpunt, &sealed);
        open_keys(
            file,
            &study.koppelpunt.identity,
            &study.koppel_secret,
            expected,
        )
    };
    assert!(open(1, linkage::METHOD, 1).is_ok());
    let old = open(1, linkage::METHOD, 2).unwrap_err();
    assert!(matches!(
        old,
        Error::OtherEpoch {
            found: 1,
            expected: 2
        }
    ));
    let future = open(3, linkage::METHOD, 2).unwrap_err();
    assert!(matches!(future, Error::OtherEpoch { .. }));
    assert!(matches!(
        open(1, "doorstroom/v0", 1).unwrap_err(),
        Error::OtherMethod
    ));
}

/// Replacing `a` (by its ratio alone) and `k` leaves every link as it was, and what was taken of
/// the old secrets is worth nothing afterwards.
#[test]
fn after_a_rotation_links_are_the_same_and_old_keys_are_worthless() {
    let mut study = Study::new(1);
    let people = persons(40, 2);
    let mut noise = rng(5);
    let records: Vec<Recorded> = people
        .iter()
        .map(|who| recorded(who, USUAL, &mut noise))
        .collect();
    let first = study.seal(0, 1, split(&people, 0), &mut rng(1));
    let outcome = linked(&study, Register::new(), &[&first]);
    let links_of = |outcome: &LinkOutcome, study: &Study, file: &Sealed| -> BTreeMap<i32, LinkId> {
        let content = study.content(file);
        let links: BTreeMap<RowId, LinkId> = outcome.deliveries[0].links.iter().copied().collect();
        let admissions = content.admissions.iter();
        let of = admissions.map(|row| {
            let id = content.row_ids[row.client.position()];
            (row.admitted.number(), links[&RowId(id.0)])
        });
        of.collect()
    };
    let before = links_of(&outcome, &study, &first);
    // Without rotation, as the control.
    let second = study.seal(1, 1, split(&records, 1), &mut rng(2));
    let control = linked(&study, outcome.register.clone(), &[&second]);
    let control = links_of(&control, &study, &second);
    assert!(
        control
            .iter()
            .filter(|(day, link)| before[*day] == **link)
            .count()
            > 35
    );

    let mut register = outcome.register;
    let new_a = MatchSecret::generate(&mut rng(31));
    let ratio = study.match_secret.ratio_to(&new_a).to_text();
    register
        .rotate_match_secret(&linkage::MatchRatio::parse(&ratio).unwrap())
        .unwrap();
    let new_k = KoppelSecret::generate(&mut rng(32));
    register
        .rotate_koppel_secret(&study.koppel_secret, &new_k)
        .unwrap();
    assert_eq!(register.key_epoch(), 2);
    let register = Register::from_bytes(&register.to_bytes()).unwrap();

    let stale = study.seal(1, 1, split(&people, 1), &mut rng(3));
    let stale = linked(&study, register.clone(), &[&stale]);
    assert_eq!(
        stale.deliveries[0].quality.linked, 0,
        "old secrets match nothing"
    );
    study.match_secret = new_a;
    study.koppel_secret = new_k;
    let third = study.seal(1, 1, split(&records, 1), &mut rng(2));
    let outcome = linked(&study, register, &[&third]);
    let after = links_of(&outcome, &study, &third);
    for (day, link) in &control {
        let known = before.values().any(|known| known == link);
        assert!(
            !known || after[day] == *link,
            "the same persons, the same links"
        );
    }
}

/// A row of the file for the study team and one of the file for the koppelpunt have nothing in
/// common but a random number, and that is another one in each delivery.
#[test]
fn row_ids_join_no_two_deliveries() {
    let study = Study::new(1);
    let people: Vec<Recorded> = persons(20, 3)
        .iter()
        .map(|who| recorded(who, NONE, &mut rng(1)))
        .collect();
    let ids = |number, seed| -> BTreeSet<[u8; 16]> {
        let file = study.seal(0, number, split(&people, 0), &mut rng(seed));
        study
            .content(&file)
            .row_ids
            .iter()
            .map(|row| row.0)
            .collect()
    };
    assert!(ids(1, 1).is_disjoint(&ids(2, 2)));
}

/// A withdrawal carries row ids past the koppelpunt: it reads none, and the study team no key.
#[test]
fn the_koppelpunt_learns_no_row_of_who_withdraws() {
    let study = Study::new(1);
    let people = persons(1, 4);
    let split = split(&people, 0);
    let rows = [record::RowId([0xab; 16]), record::RowId([0xcd; 16])];
    let withdrawal = pseudonym::Withdrawal {
        identifiers: &split.identifiers[0].identifiers,
        rows: &rows,
    };
    let delivery = study.order(0, 1);
    let order = pseudonym::WithdrawalOrder {
        study: delivery.study,
        institution: delivery.institution,
        created_on: delivery.created_on,
        key_epoch: 1,
        policy: delivery.policy,
    };
    let with = pseudonym::SealKeys {
        match_secret: &study.match_secret,
        signing_key: &study.institutions[0].signing_key,
        koppelpunt: &[study.koppelpunt.identity.recipient()],
        study: &[study.study.identity.recipient()],
    };
    let mut file = Vec::new();
    let made =
        pseudonym::seal_withdrawal(withdrawal, &order, with, &mut file, &mut rng(5)).unwrap();
    assert!(made.keys > 0);

    let at_koppelpunt = |file: &[u8]| {
        let file = SealedFile::read(Cursor::new(file.to_vec())).unwrap();
        file.verify(&Expected {
            study: study.name,
            kind: FileKind::WithdrawalForKoppelpunt,
            addressee: Party::Koppelpunt,
            senders: &study.senders,
        })
        .unwrap()
    };
    let plain = at_koppelpunt(&file)
        .decrypt_to_vec(&study.koppelpunt.identity)
        .unwrap();
    for row in rows {
        assert!(!plain.windows(16).any(|window| window == row.0));
    }
    let declaration = study.policy.declaration();
    let expected = KeysExpected {
        declaration: &declaration,
        key_epoch: 1,
    };
    let own = &study.koppelpunt.identity;
    let opened =
        pseudonym::open_withdrawal(at_koppelpunt(&file), own, &study.koppel_secret, expected);
    let (client, inner) = opened.unwrap();
    assert_eq!((client.len(), client.row_ids()[0].0), (1, [0; 16]));
    let inner = study.verified(FileKind::WithdrawnRowsForStudy, &inner);
    let inner = inner.decrypt_to_vec(&study.study.identity).unwrap();
    let found = linkage::read_rows(&mut inner.as_slice()).unwrap();
    assert_eq!(
        found.iter().map(|row| row.0).collect::<Vec<_>>(),
        rows.map(|row| row.0)
    );
    let next = KeysExpected {
        key_epoch: 2,
        ..expected
    };
    let old = pseudonym::open_withdrawal(at_koppelpunt(&file), own, &study.koppel_secret, next);
    assert!(matches!(old, Err(Error::OtherEpoch { .. })));
}
