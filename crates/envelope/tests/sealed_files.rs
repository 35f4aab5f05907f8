//! What a receiver can rely on: a file opens only unchanged, and only for whom it was made.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use calendar::Day;
use envelope::{
    DeliveryId, Error, Expected, FileKind, Identity, Manifest, ObservedPeriod, Part, Party,
    SealedFile, Sealing, SecretKeys, SenderState, VerifyingKey, seal,
};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use std::collections::BTreeMap;
use std::io::{Cursor, Write};

struct World {
    wier: SecretKeys,
    stevig: SecretKeys,
    koppelpunt: SecretKeys,
    senders: BTreeMap<Party, VerifyingKey>,
}

fn institution(code: &str) -> Party {
    Party::institution(code).unwrap()
}

fn world() -> World {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut keys = || SecretKeys::generate(&mut rng);
    let (wier, stevig, koppelpunt) = (keys(), keys(), keys());
    let senders = BTreeMap::from([
        (institution("WIER"), wier.signing_key.verifying_key()),
        (institution("STEVIG"), stevig.signing_key.verifying_key()),
    ]);
    World {
        wier,
        stevig,
        koppelpunt,
        senders,
    }
}

fn manifest() -> Manifest {
    let day = |text| Day::parse_iso(text).unwrap();
    Manifest {
        study: "borg".into(),
        kind: FileKind::KeysForKoppelpunt,
        sender: institution("WIER"),
        addressee: Party::Koppelpunt,
        delivery: 3,
        delivery_id: DeliveryId::generate(&mut ChaCha20Rng::seed_from_u64(2)),
        period: ObservedPeriod {
            from: day("2020-01-01"),
            until: day("2026-07-01"),
        },
        created_on: day("2026-07-08"),
        schema_version: 1,
        rows: BTreeMap::from([("keys".into(), 2)]),
        left_behind: None,
        sibling: None,
        previous: None,
        method: "doorstroom/v1".into(),
        key_epoch: 1,
    }
}

fn sealed(world: &World, manifest: &Manifest, payload: &[u8]) -> Vec<u8> {
    sealed_by(&world.wier, world, manifest, payload)
}

fn sealed_by(by: &SecretKeys, world: &World, manifest: &Manifest, payload: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let sealing = Sealing {
        signing_key: &by.signing_key,
        recipients: &[world.koppelpunt.identity.recipient()],
    };
    seal(manifest, sealing, &mut file, |out| out.write_all(payload)).unwrap();
    file
}

fn expected(world: &World) -> Expected<'_> {
    Expected {
        study: "borg",
        kind: FileKind::KeysForKoppelpunt,
        addressee: Party::Koppelpunt,
        senders: &world.senders,
    }
}

fn open(world: &World, file: &[u8]) -> Result<Vec<u8>, Error> {
    open_with(&expected(world), &world.koppelpunt.identity, file)
}

fn open_with(expected: &Expected<'_>, identity: &Identity, file: &[u8]) -> Result<Vec<u8>, Error> {
    let file = SealedFile::read(Cursor::new(file))?;
    file.verify(expected)?.decrypt_to_vec(identity)
}

#[test]
fn a_file_opens_for_whom_it_was_made() {
    let world = world();
    let payload = vec![7; 200_000];
    let file = sealed(&world, &manifest(), &payload);
    assert_eq!(open(&world, &file).unwrap(), payload);
    let outside = SealedFile::read(Cursor::new(&file)).unwrap();
    assert_eq!(outside.claimed(), &manifest());
}

#[test]
fn the_plaintext_is_nowhere_in_the_file() {
    let world = world();
    let secret = b"a very recognisable run of plaintext";
    let file = sealed(&world, &manifest(), secret);
    assert!(!file.windows(8).any(|window| window == &secret[..8]));
}

#[test]
fn a_change_of_any_byte_is_found() {
    let world = world();
    let file = sealed(&world, &manifest(), b"payload");
    for position in 0..file.len() {
        let mut changed = file.clone();
        changed[position] ^= 1;
        assert!(open(&world, &changed).is_err(), "byte {position}");
    }
}

#[test]
fn the_error_tells_which_part_was_changed() {
    let world = world();
    let file = sealed(&world, &manifest(), b"payload");
    let change = |position: usize, value: u8| {
        let mut changed = file.clone();
        changed[position] = value;
        open(&world, &changed).unwrap_err()
    };
    assert!(matches!(change(0, b'X'), Error::NotSealed));
    assert!(matches!(change(9, 2), Error::UnknownVersion(2)));
    assert!(matches!(change(10, 1), Error::HeaderTooLarge(_)));
    assert!(matches!(change(14, b'!'), Error::HeaderUnreadable(_)));
    let digit = file
        .windows(12)
        .position(|w| w == b"\"delivery\":3")
        .unwrap()
        + 11;
    assert!(matches!(change(digit, b'4'), Error::Tampered(Part::Header)));
    let inside = file.len() - 112 - 10;
    let other = file[inside] ^ 1;
    assert!(matches!(
        change(inside, other),
        Error::Tampered(Part::Payload)
    ));
    let signature = file.len() - 30;
    let other = file[signature] ^ 1;
    assert!(matches!(
        change(signature, other),
        Error::Tampered(Part::Header)
    ));
}

#[test]
fn a_file_that_is_cut_off_or_added_to_is_refused() {
    let world = world();
    let file = sealed(&world, &manifest(), b"payload");
    for length in 0..file.len() {
        assert!(open(&world, &file[..length]).is_err(), "{length} bytes");
    }
    let cut = open(&world, &file[..file.len() - 1]).unwrap_err();
    assert!(matches!(cut, Error::Truncated));
    let mut hole = file.clone();
    hole.drain(file.len() - 150..file.len() - 140);
    assert!(matches!(open(&world, &hole).unwrap_err(), Error::Truncated));
    let mut longer = file.clone();
    longer.splice(file.len() - 112..file.len() - 112, [0; 5]);
    let longer = open(&world, &longer).unwrap_err();
    assert!(matches!(longer, Error::Tampered(Part::Payload)));
}

#[test]
fn the_wrong_reader_study_kind_and_sender_are_told_apart() {
    let world = world();
    let file = sealed(&world, &manifest(), b"payload");
    let right = expected(&world);

    let not_mine = open_with(&right, &world.stevig.identity, &file);
    assert!(matches!(not_mine.unwrap_err(), Error::WrongRecipient));

    let of_study = |study| Expected {
        study,
        ..right.clone()
    };
    let other_study = open_with(&of_study("other"), &world.koppelpunt.identity, &file);
    assert!(matches!(other_study.unwrap_err(), Error::WrongStudy { .. }));

    let kind = Expected {
        kind: FileKind::ContentForStudy,
        ..right.clone()
    };
    let other_kind = open_with(&kind, &world.koppelpunt.identity, &file);
    assert!(matches!(other_kind.unwrap_err(), Error::WrongKind { .. }));

    let nobody = BTreeMap::new();
    let unknown = Expected {
        senders: &nobody,
        ..right.clone()
    };
    let unknown = open_with(&unknown, &world.koppelpunt.identity, &file);
    assert!(matches!(unknown.unwrap_err(), Error::UnknownSender(_)));

    let forged = sealed_by(&world.stevig, &world, &manifest(), b"payload");
    assert!(matches!(
        open(&world, &forged).unwrap_err(),
        Error::WrongSender(_)
    ));

    let stranger = SecretKeys::generate(&mut ChaCha20Rng::seed_from_u64(9));
    let forged = sealed_by(&stranger, &world, &manifest(), b"payload");
    let forged = open(&world, &forged).unwrap_err();
    assert!(matches!(forged, Error::Tampered(Part::Header)));
}

#[test]
fn another_institutions_review_file_is_refused() {
    let world = world();
    let review = Manifest {
        kind: FileKind::ReviewForInstitution,
        sender: Party::Koppelpunt,
        addressee: institution("STEVIG"),
        ..manifest()
    };
    let file = sealed_by(&world.koppelpunt, &world, &review, b"");
    let koppelpunt = world.koppelpunt.signing_key.verifying_key();
    let senders = BTreeMap::from([(Party::Koppelpunt, koppelpunt)]);
    let expected = Expected {
        study: "borg",
        kind: FileKind::ReviewForInstitution,
        addressee: institution("WIER"),
        senders: &senders,
    };
    let error = open_with(&expected, &world.koppelpunt.identity, &file).unwrap_err();
    assert!(matches!(error, Error::WrongAddressee { .. }));
}

#[test]
fn files_go_only_the_ways_of_the_scheme() {
    let world = world();
    let wrong_way = Manifest {
        kind: FileKind::ContentForStudy,
        ..manifest()
    };
    let sealing = Sealing {
        signing_key: &world.wier.signing_key,
        recipients: &[world.koppelpunt.identity.recipient()],
    };
    let error = seal(&wrong_way, sealing, Vec::new(), |_| Ok(())).unwrap_err();
    assert!(matches!(error, Error::WrongRoute { .. }));
}

/// Who writes to whom, and what; everything else is refused.
#[test]
fn the_routes_of_each_kind_are_these() {
    use FileKind::*;
    let (one, other) = (institution("WIER"), institution("STEVIG"));
    let parties = [&one, &other, &Party::Koppelpunt, &Party::Study];
    let ways = |kind: FileKind| -> Vec<(usize, usize)> {
        let pairs = (0..4).flat_map(|from| (0..4).map(move |to| (from, to)));
        let fits = |(from, to): &(usize, usize)| kind.fits(parties[*from], parties[*to]);
        pairs.filter(fits).collect()
    };
    for (kind, expected) in [
        (KeysForKoppelpunt, &[(0, 2), (1, 2)][..]),
        (RatioForKoppelpunt, &[(0, 2), (1, 2)]),
        (ContentForStudy, &[(0, 3), (1, 3)]),
        (LinksForStudy, &[(2, 3)]),
        (ReviewForInstitution, &[(2, 0), (2, 1)]),
        (ReceiptForInstitution, &[(3, 0), (3, 1)]),
        (SecretForInstitution, &[(0, 1), (1, 0)]),
        (WithdrawalForKoppelpunt, &[(0, 2), (1, 2)]),
        (WithdrawnRowsForStudy, &[(0, 3), (1, 3)]),
        (ErasureForStudy, &[(2, 3)]),
        (ErasedForKoppelpunt, &[(3, 2)]),
        (ErasedForInstitution, &[(3, 0), (3, 1)]),
        (RefusedForInstitution, &[(2, 0), (2, 1)]),
    ] {
        assert_eq!(ways(kind), expected, "{kind:?}");
    }
}

/// Somebody whose key is known puts his own manifest around a ciphertext that he cannot read.
#[test]
fn a_ciphertext_cannot_be_taken_over_by_another_sender() {
    let world = world();
    let stolen = sealed(&world, &manifest(), b"payload");
    let own = Manifest {
        sender: institution("STEVIG"),
        ..manifest()
    };
    let theirs = sealed_by(&world.stevig, &world, &own, b"payload");
    let forged = repackage(&stolen, &theirs, &world.stevig);
    let error = open(&world, &forged).unwrap_err();
    assert!(matches!(error, Error::Repackaged), "{error}");
}

/// The ciphertext of `stolen` in the header of `theirs`, signed anew as the format says.
fn repackage(stolen: &[u8], theirs: &[u8], by: &SecretKeys) -> Vec<u8> {
    use ed25519_dalek::Signer;
    use sha2::{Digest, Sha256};
    let header_end = |file: &[u8]| {
        let length: [u8; 4] = file[10..14].try_into().unwrap();
        14 + u32::from_be_bytes(length) as usize
    };
    let body = &stolen[header_end(stolen)..stolen.len() - 112];
    let header = &theirs[..header_end(theirs)];
    let digest = Sha256::digest(body);
    let length = (body.len() as u64).to_be_bytes();
    let mut message = Sha256::new();
    message.update(b"doorstroom/sealed-file/v1");
    message.update(Sha256::digest(header));
    message.update(digest);
    message.update(length);
    let text = by.signing_key.to_text();
    let (_, secret) = bech32::decode(&text).unwrap();
    let key = ed25519_dalek::SigningKey::from_bytes(&secret.try_into().unwrap());
    let signature = key.sign(&message.finalize()).to_bytes();
    [header, body, &digest, &length, &signature, b"\nDSTREND"].concat()
}

#[test]
fn a_payload_must_be_read_to_its_end() {
    let world = world();
    let file = sealed(&world, &manifest(), b"payload");
    let file = SealedFile::read(Cursor::new(&file)).unwrap();
    let file = file.verify(&expected(&world)).unwrap();
    let error = file
        .decrypt(&world.koppelpunt.identity, |plain| {
            let mut first = [0];
            plain.read_exact(&mut first)?;
            Ok::<_, Error>(first)
        })
        .unwrap_err();
    assert!(matches!(error, Error::Payload(_)));
}

#[test]
fn deliveries_come_in_order_and_as_a_chain() {
    let world = world();
    let first = sealed(&world, &manifest(), b"");
    let first = SealedFile::read(Cursor::new(&first)).unwrap();
    let state: SenderState = first.verify(&expected(&world)).unwrap().state();
    assert!(manifest().check_order(None).is_ok());
    let again = manifest().check_order(Some(&state)).unwrap_err();
    assert!(matches!(
        again,
        Error::OldDelivery {
            delivery: 3,
            last: 3
        }
    ));
    let mut next = Manifest {
        delivery: 4,
        ..manifest()
    };
    let unchained = next.check_order(Some(&state)).unwrap_err();
    assert!(
        matches!(&unchained, Error::BrokenChain { delivery: 4, last: Some(last), .. } if *last == state)
    );
    let sentence = unchained.sentence();
    let remedy = format!("--after {}", state.manifest.short());
    assert!(sentence.contains("levering 3 (kenmerk ") && sentence.contains(&remedy));
    next.previous = Some(state.manifest);
    assert!(next.check_order(Some(&state)).is_ok());
    assert!(
        next.check_order(None).is_err(),
        "its predecessor is missing"
    );
}

#[test]
fn another_file_with_the_number_of_an_accepted_one_is_told_apart() {
    let world = world();
    let verified = |manifest: &Manifest| {
        let file = SealedFile::read(Cursor::new(sealed(&world, manifest, b""))).unwrap();
        file.verify(&expected(&world)).unwrap()
    };
    let first = verified(&manifest());
    let state = first.state();
    assert!(matches!(
        first.check_order(Some(&state)),
        Err(Error::OldDelivery { .. })
    ));
    let fork = verified(&Manifest {
        schema_version: 2,
        ..manifest()
    });
    assert!(fork.check_order(None).is_ok());
    let error = fork.check_order(Some(&state)).unwrap_err();
    assert!(
        matches!(&error, Error::Fork { delivery: 3, accepted, .. } if *accepted == state.manifest)
    );
    assert!(error.sentence().contains(&state.manifest.short()));
}

#[test]
fn a_recovery_key_opens_the_file_too() {
    let world = world();
    let recovery = Identity::generate(&mut ChaCha20Rng::seed_from_u64(8));
    let sealing = Sealing {
        signing_key: &world.wier.signing_key,
        recipients: &[world.koppelpunt.identity.recipient(), recovery.recipient()],
    };
    let mut file = Vec::new();
    seal(&manifest(), sealing, &mut file, |out| out.write_all(b"x")).unwrap();
    assert_eq!(
        open_with(&expected(&world), &recovery, &file).unwrap(),
        b"x"
    );
}

#[test]
fn a_failing_payload_leaves_no_valid_file() {
    let world = world();
    let sealing = Sealing {
        signing_key: &world.wier.signing_key,
        recipients: &[world.koppelpunt.identity.recipient()],
    };
    let mut file = Vec::new();
    let failing = |_: &mut dyn Write| Err(std::io::Error::other("disk full"));
    assert!(matches!(
        seal(&manifest(), sealing, &mut file, failing),
        Err(Error::Io(_))
    ));
    assert!(open(&world, &file).is_err());
}

#[test]
fn keys_read_back_from_text_and_hide_themselves() {
    let keys = world().wier;
    let text = keys.to_text();
    let read = SecretKeys::parse(&text).unwrap();
    assert_eq!(read.public(), keys.public());
    let public: envelope::PublicKeys = keys.public().to_string().parse().unwrap();
    assert_eq!(public, keys.public());
    let shown = format!("{keys:?}");
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        assert!(!shown.contains(line));
        let without = text.replace(line, "");
        assert!(matches!(
            SecretKeys::parse(&without),
            Err(envelope::KeyError::Missing(_))
        ));
        let twice = format!("{}{line}\n", text.as_str());
        assert_eq!(
            SecretKeys::parse(&twice).unwrap_err(),
            envelope::KeyError::UnexpectedLine(6)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_payload_comes_back(payload in prop::collection::vec(any::<u8>(), 0..150_000)) {
        let world = world();
        let file = sealed(&world, &manifest(), &payload);
        prop_assert_eq!(open(&world, &file).unwrap(), payload);
    }

    #[test]
    fn bytes_that_are_no_sealed_file_give_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(SealedFile::read(Cursor::new(bytes)).is_err());
    }
}

#[test]
fn a_cover_shows_what_was_signed_and_holds_no_payload() {
    let world = world();
    let payload = b"a very recognisable run of plaintext";
    let file = sealed(&world, &manifest(), payload);
    let verified = SealedFile::read(Cursor::new(&file))
        .unwrap()
        .verify(&expected(&world))
        .unwrap();
    let (state, ciphertext) = (verified.state(), verified.ciphertext_digest());
    let bytes = verified.cover().to_bytes();
    assert!(bytes.len() + payload.len() < file.len());
    let cover = envelope::Cover::read(&bytes).unwrap();
    assert_eq!(cover.verify(&expected(&world)).unwrap(), &manifest());
    assert_eq!(
        (cover.state(), cover.ciphertext_digest()),
        (state, ciphertext)
    );
    let other = Expected {
        study: "other",
        ..expected(&world)
    };
    assert!(cover.verify(&other).is_err());
    for position in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[position] ^= 1;
        let read = envelope::Cover::read(&changed);
        let fine = read.is_ok_and(|cover| cover.verify(&expected(&world)).is_ok());
        assert!(!fine, "byte {position}");
    }
    assert!(envelope::Cover::read(&bytes[..bytes.len() - 1]).is_err());
    assert!(envelope::Cover::read(&[&bytes[..], &[0]].concat()).is_err());
}
