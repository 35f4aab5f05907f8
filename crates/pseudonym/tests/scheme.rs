//! What the three-key scheme promises, over whole files.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[allow(dead_code, reason = "shared with the examples")]
#[path = "../../linkage/tests/population/mod.rs"]
mod population;
#[allow(dead_code, reason = "shared with the examples")]
mod study;

use codes::{Institution, LegalGround};
use envelope::FileKind;
use linkage::{
    BlindedKey, EvaluatedTable, KeyTable, KoppelSecret, LinkId, LinkOutcome, Register, link,
    read_links, write_links,
};
use population::{Errors, NONE, Recorded, USUAL, person, recorded};
use pseudonym::{Error, KeyPolicy, Split, match_keys, open_content};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use std::collections::{BTreeMap, HashSet};
use study::{Sealed, Study, identifiers, split};

fn persons(count: u32, seed: u64) -> Vec<Recorded> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    (0..count).map(|index| person(index, &mut rng)).collect()
}

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Each institution's records of its part of the persons: half of it overlaps with the next.
fn deliveries(study: &Study, persons: &[Recorded], errors: Errors) -> Vec<Sealed> {
    let mut rng = rng(11);
    let size = persons.len() * 2 / 5;
    let sealed = (0..4).map(|place| {
        let from = place * size / 2;
        let records = persons[from..from + size].iter();
        let records: Vec<_> = records.map(|who| recorded(who, errors, &mut rng)).collect();
        study.seal(place, 1, split(&records, place), &mut rng)
    });
    sealed.collect()
}

fn linked(study: &Study, files: &[Sealed]) -> LinkOutcome {
    let tables = files.iter().map(|file| study.delivery(file)).collect();
    link(Register::new(), tables, &study.linkage(), &mut rng(12)).unwrap()
}

/// Per person (by position in the population) the link ids that its rows received.
fn links_per_person(
    study: &Study,
    files: &[Sealed],
    outcome: &LinkOutcome,
) -> BTreeMap<usize, Vec<LinkId>> {
    let mut of = BTreeMap::<usize, Vec<LinkId>>::new();
    for (file, delivery) in files.iter().zip(&outcome.deliveries) {
        let content = study.content(file);
        let links: BTreeMap<_, _> = delivery
            .links
            .iter()
            .map(|(row, link)| (row.0, *link))
            .collect();
        for admission in &content.admissions {
            let first = calendar::Day::from_ymd(2020, 1, 1).unwrap().number();
            let position = (admission.admitted.number() - first) as usize;
            let size = content.clients.len();
            let row = content.row_ids[admission.client.position()];
            of.entry(file.place * size / 2 + position)
                .or_default()
                .push(links[&row.0]);
        }
    }
    of
}

#[test]
fn persons_are_linked_over_four_institutions_and_content_follows() {
    let study = Study::new(1);
    let persons = persons(200, 2);
    let files = deliveries(&study, &persons, NONE);
    let outcome = linked(&study, &files);
    let of = links_per_person(&study, &files, &outcome);
    assert_eq!(of.len(), 200);
    let distinct: HashSet<_> = of.values().map(|links| links[0]).collect();
    assert_eq!(distinct.len(), 200, "no two persons share a link id");
    for links in of.values() {
        assert!(links.iter().all(|link| *link == links[0]));
    }
    assert_eq!(of.values().filter(|links| links.len() == 2).count(), 120);
}

#[test]
fn precision_and_recall_are_as_declared() {
    for (policy, recall) in [
        (KeyPolicy::default().with_bsn(study::decision()), 0.99),
        (KeyPolicy::default(), 0.98),
    ] {
        let study = Study {
            policy,
            ..Study::new(1)
        };
        let persons = persons(300, 3);
        let files = deliveries(&study, &persons, USUAL);
        let of = links_per_person(&study, &files, &linked(&study, &files));
        let in_two: Vec<_> = of.values().filter(|links| links.len() == 2).collect();
        let found = in_two.iter().filter(|links| links[0] == links[1]).count();
        assert!(
            found as f64 >= recall * in_two.len() as f64,
            "{found} of {}",
            in_two.len()
        );
        let distinct: HashSet<_> = of.values().flatten().collect();
        let split_persons = in_two.len() - found;
        assert_eq!(
            distinct.len(),
            of.len() + split_persons,
            "two persons became one"
        );
    }
}

#[test]
fn a_client_who_is_delivered_again_keeps_its_link_id_and_gets_a_new_row_id() {
    let study = Study::new(1);
    let persons = persons(50, 4);
    let first = study.seal(0, 1, split(&persons, 0), &mut rng(1));
    let second = study.seal(0, 2, split(&persons, 0), &mut rng(2));
    let one = linked(&study, &[first]);
    let tables = vec![study.delivery(&second)];
    let two = link(one.register, tables, &study.linkage(), &mut rng(3)).unwrap();
    let links = |outcome: &[linkage::LinkedDelivery]| -> HashSet<LinkId> {
        outcome[0].links.iter().map(|(_, link)| *link).collect()
    };
    assert_eq!(links(&one.deliveries), links(&two.deliveries));
    let rows = |outcome: &[linkage::LinkedDelivery]| -> HashSet<_> {
        outcome[0].links.iter().map(|(row, _)| *row).collect()
    };
    assert!(rows(&one.deliveries).is_disjoint(&rows(&two.deliveries)));
}

#[test]
fn keys_of_two_studies_two_institution_secrets_or_two_koppelpunten_do_not_match() {
    let study = Study::new(1);
    let other = Study::new(2);
    let who = identifiers(&persons(1, 5)[0]);
    let keys = |secret, project| match_keys(&who, secret, project, &study.policy);
    let own = keys(&study.match_secret, "borg");
    assert_eq!(own, keys(&study.match_secret, "borg"));
    let other_study = keys(&study.match_secret, "borg-2");
    let other_secret = keys(&other.match_secret, "borg");
    assert!(own.iter().all(Option::is_some));
    for position in 0..own.len() {
        assert_ne!(own[position], other_study[position]);
        assert_ne!(own[position], other_secret[position]);
    }
    let blinded: Vec<BlindedKey> = own.into_iter().flatten().collect();
    let evaluated = |k: &KoppelSecret| linkage::evaluate(&blinded, k).unwrap();
    let (one, two) = (
        evaluated(&study.koppel_secret),
        evaluated(&other.koppel_secret),
    );
    assert!(one.iter().zip(&two).all(|(one, two)| one != two));
}

/// An attacker who knows everybody's identifiers and one of the two secrets tries a dictionary.
#[test]
fn one_secret_alone_recognises_nobody() {
    let study = Study::new(1);
    let guess = Study::new(99);
    let persons = persons(60, 6);
    let sealed = study.seal(0, 1, split(&persons, 0), &mut rng(1));
    let file = study.verified(FileKind::KeysForKoppelpunt, &sealed.keys);
    let travelling = file
        .decrypt(&study.koppelpunt.identity, |plain| {
            KeyTable::read(plain).map_err(Error::from)
        })
        .unwrap();
    let blinded: HashSet<[u8; 32]> = travelling
        .rows
        .iter()
        .flat_map(|(_, keys)| keys.iter().flatten().map(|key| *key.as_bytes()))
        .collect();
    let evaluated: HashSet<[u8; 32]> = evaluated_bytes(&travelling, &study.koppel_secret);
    let dictionary = |secret| -> Vec<BlindedKey> {
        let keys = persons
            .iter()
            .map(|who| match_keys(&identifiers(who), secret, "borg", &study.policy));
        keys.flat_map(|keys| keys.into_iter().flatten()).collect()
    };
    let hits = |keys: &[BlindedKey], k: &KoppelSecret| {
        let tried = linkage::evaluate(keys, k).unwrap();
        tried
            .iter()
            .filter(|key| evaluated.contains(key.as_bytes()))
            .count()
    };
    let with_a = dictionary(&study.match_secret);
    let without_a = dictionary(&guess.match_secret);
    // The koppelpunt: has k and sees blinded keys, but cannot blind a guess.
    assert_eq!(hits(&without_a, &study.koppel_secret), 0);
    assert!(
        without_a
            .iter()
            .all(|key| !blinded.contains(key.as_bytes()))
    );
    // A thief of the register with an institution's secret, but without k.
    assert_eq!(hits(&with_a, &guess.koppel_secret), 0);
    assert!(with_a.iter().all(|key| !evaluated.contains(key.as_bytes())));
    // Only both together do: the test would notice a dictionary that cannot hit at all.
    assert_eq!(hits(&with_a, &study.koppel_secret), with_a.len());
}

fn evaluated_bytes(table: &KeyTable, k: &KoppelSecret) -> HashSet<[u8; 32]> {
    let keys = table
        .rows
        .iter()
        .flat_map(|(_, keys)| keys.iter().flatten());
    let keys: Vec<BlindedKey> = keys.copied().collect();
    let evaluated = linkage::evaluate(&keys, k).unwrap();
    evaluated.iter().map(|key| *key.as_bytes()).collect()
}

#[test]
fn neither_file_holds_what_the_other_is_for() {
    let study = Study::new(1);
    let persons = persons(30, 7);
    let sealed = study.seal(1, 1, split(&persons, 1), &mut rng(1));
    let file = study.verified(FileKind::ContentForStudy, &sealed.content);
    let content = file.decrypt_to_vec(&study.study.identity).unwrap();
    let file = study.verified(FileKind::KeysForKoppelpunt, &sealed.keys);
    let keys = file.decrypt_to_vec(&study.koppelpunt.identity).unwrap();
    let holds =
        |file: &[u8], text: &str| file.windows(text.len()).any(|part| part == text.as_bytes());
    for who in &persons {
        let birth = who.birth.to_string();
        for text in [
            &who.surname,
            &who.given,
            &birth,
            who.number.as_ref().unwrap(),
        ] {
            assert!(!holds(&content, text));
            assert!(!holds(&keys, text));
        }
    }
    // The start, the tags of the keys each behind its length, and per row an id, a mask and
    // the keys: nothing else travels.
    let declared = study.policy.declaration();
    let tags: usize = declared.tags().iter().map(|tag| 1 + tag.len()).sum();
    let rows = 30 * (16 + 2 + declared.len() * 32);
    assert_eq!(keys.len(), 10 + 1 + tags + rows);
}

#[test]
fn the_order_of_rows_says_nothing() {
    let study = Study::new(1);
    let persons = persons(200, 8);
    let order = |seed| -> Vec<i32> {
        let sealed = study.seal(0, 1, split(&persons, 0), &mut rng(seed));
        let content = study.content(&sealed);
        assert!(content.row_ids.is_sorted());
        // Admissions stand in the order of their clients.
        assert!(content.admissions.iter().map(|row| row.client).is_sorted());
        content
            .admissions
            .iter()
            .map(|row| row.admitted.number())
            .collect()
    };
    let one = order(1);
    let ascending = one.windows(2).filter(|pair| pair[0] < pair[1]).count();
    assert!(
        (70..130).contains(&ascending),
        "{ascending} of 199 steps ascend"
    );
    assert_ne!(one, order(2));
    let mut sorted = one.clone();
    sorted.sort_unstable();
    assert_eq!(sorted.len(), 200);
}

#[test]
fn clients_without_a_ground_stay_behind_with_all_their_rows() {
    let study = Study::new(1);
    let mut delivery = split(&persons(10, 9), 0);
    delivery.content.clients[2].ground = LegalGround::Objection;
    delivery.content.clients[5].ground = LegalGround::Unknown;
    delivery.content.clients[6].ground = LegalGround::Exception;
    let sealed = study.seal(0, 1, delivery, &mut rng(1));
    let receipt = &sealed.receipt;
    assert_eq!(
        (receipt.clients, receipt.objected, receipt.not_asked),
        (8, 1, 1)
    );
    let left_behind = envelope::LeftBehind {
        objected: 1,
        not_asked: 1,
    };
    assert_eq!(receipt.content_manifest.left_behind, Some(left_behind));
    assert_eq!(receipt.keys_manifest.left_behind, None);
    assert_eq!(study.delivery(&sealed).table.len(), 8);
    let content = study.content(&sealed);
    let first = calendar::Day::from_ymd(2020, 1, 1).unwrap().number();
    let mut stayed: Vec<i32> = content
        .admissions
        .iter()
        .map(|row| row.admitted.number() - first)
        .collect();
    stayed.sort_unstable();
    assert_eq!(stayed, [0, 1, 3, 4, 6, 7, 8, 9]);
    for admission in &content.admissions {
        let days = admission.admitted.number() - first;
        let client = &content.clients[admission.client.position()];
        assert_eq!(
            client.care_years,
            Some(days as u8),
            "the row moved with its client"
        );
    }
}

#[test]
fn the_number_is_used_only_where_the_policy_says_so() {
    let study = Study::new(1);
    let who = identifiers(&persons(1, 10)[0]);
    let keys = |policy| match_keys(&who, &study.match_secret, "borg", &policy);
    let off = keys(KeyPolicy::default());
    let on = keys(KeyPolicy::default().with_bsn(study::decision()));
    assert_eq!(on.len(), off.len() + 1);
    assert_eq!(off, on[1..]);
}

#[test]
fn the_two_files_name_each_other_and_a_client_without_identifiers_has_no_keys() {
    let study = Study::new(1);
    let mut delivery = split(&persons(3, 11), 0);
    delivery.identifiers.pop();
    let sealed = study.seal(0, 1, delivery, &mut rng(1));
    let receipt = &sealed.receipt;
    assert_eq!(receipt.without_keys, 1);
    assert_eq!(
        receipt.keys_manifest.sibling,
        Some(receipt.content.ciphertext)
    );
    assert_eq!(
        receipt.keys_manifest.delivery_id,
        receipt.content_manifest.delivery_id
    );
    let file = study.verified(FileKind::ContentForStudy, &sealed.content);
    assert_eq!(file.ciphertext_digest(), receipt.content.ciphertext);
}

#[test]
fn identifiers_that_fit_no_client_or_two_are_refused() {
    let study = Study::new(1);
    let with = |change: fn(&mut Split)| {
        let mut delivery = split(&persons(3, 12), 0);
        change(&mut delivery);
        let keys = pseudonym::SealKeys {
            match_secret: &study.match_secret,
            signing_key: &study.institutions[0].signing_key,
            koppelpunt: &[study.koppelpunt.identity.recipient()],
            study: &[study.study.identity.recipient()],
        };
        let out = pseudonym::Outputs {
            keys: Vec::new(),
            content: Vec::new(),
        };
        pseudonym::seal(delivery, &study.order(0, 1), keys, out, &mut rng(1))
    };
    let outside = with(|delivery| delivery.identifiers[0].client.0 = 3);
    assert!(matches!(outside, Err(Error::ClientsDiffer)));
    let twice = with(|delivery| delivery.identifiers[0].client.0 = 1);
    assert!(matches!(twice, Err(Error::ClientsDiffer)));
}

#[test]
fn the_study_team_cannot_open_the_keys_nor_the_koppelpunt_the_content() {
    let study = Study::new(1);
    let sealed = study.seal(0, 1, split(&persons(3, 13), 0), &mut rng(1));
    let file = study.verified(FileKind::ContentForStudy, &sealed.content);
    let error = open_content(file, &study.koppelpunt.identity).unwrap_err();
    assert!(matches!(
        error,
        Error::Envelope(envelope::Error::WrongRecipient)
    ));
    let file = study.verified(FileKind::KeysForKoppelpunt, &sealed.keys);
    let declaration = study.policy.declaration();
    let keys = pseudonym::KeysExpected {
        declaration: &declaration,
        key_epoch: 1,
    };
    let error =
        pseudonym::open_keys(file, &study.study.identity, &study.koppel_secret, keys).unwrap_err();
    assert!(matches!(
        error,
        Error::Envelope(envelope::Error::WrongRecipient)
    ));
}

#[test]
fn links_read_back_as_they_were_written() {
    let study = Study::new(1);
    let files = deliveries(&study, &persons(20, 14), NONE);
    let links = &linked(&study, &files).deliveries[0].links;
    let mut bytes = Vec::new();
    write_links(&mut bytes, links).unwrap();
    assert_eq!(&read_links(&mut bytes.as_slice()).unwrap(), links);
    assert!(read_links(&mut &bytes[..bytes.len() - 1]).is_err());
    let keys = study.policy.declaration();
    assert!(EvaluatedTable::read(&mut bytes.as_slice(), &study.koppel_secret, &keys).is_err());
    assert_eq!(Institution::ALL.len(), study::CODES.len());
}
