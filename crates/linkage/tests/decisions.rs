//! Merges and splits at the koppelpunt.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use curve25519_dalek::RistrettoPoint;
use linkage::{
    BlindedKey, Decision, Delivery, Error, EvaluatedTable, KeyDeclaration, KeyTableWriter,
    KoppelSecret, LinkId, LinkOutcome, LinkagePolicy, Part, Register, RowId, SeenDelivery, link,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use sha2::Sha512;

/// The usual keys behind the citizen service number.
fn declaration() -> KeyDeclaration {
    KeyDeclaration::usual().behind(Part::Bsn).unwrap()
}

/// A key with some value; the same text is the same key.
fn key(text: &str) -> BlindedKey {
    let point = RistrettoPoint::hash_from_bytes::<Sha512>(text.as_bytes());
    BlindedKey::from_bytes(point.compress().to_bytes())
}

/// A delivery with one row: the texts of its keys, by position.
fn delivery(institution: &str, number: u32, keys: &[(usize, &str)]) -> Delivery {
    let declaration = declaration();
    let mut row = vec![None; declaration.len()];
    for (position, text) in keys {
        row[*position] = Some(key(&format!("{position} {text}")));
    }
    let mut bytes = Vec::new();
    let mut table = KeyTableWriter::start(&mut bytes, 1, &declaration).unwrap();
    table.row(RowId([number as u8; 16]), &row).unwrap();
    table.finish().unwrap();
    let secret = KoppelSecret::generate(&mut StdRng::seed_from_u64(1));
    Delivery {
        institution: institution.into(),
        seen: SeenDelivery {
            number,
            manifest: [number as u8; 32],
        },
        table: EvaluatedTable::read(&mut bytes.as_slice(), &secret, &declaration).unwrap(),
    }
}

fn linked(register: Register, delivery: Delivery, seed: u64) -> (LinkOutcome, LinkId) {
    let policy = LinkagePolicy::usual(declaration());
    let outcome = link(
        register,
        vec![delivery],
        &policy,
        &mut StdRng::seed_from_u64(seed),
    )
    .unwrap();
    let id = outcome.deliveries[0].links[0].1;
    (outcome, id)
}

/// Two persons in the register, whom a third row shows to be one: by number and by full name.
fn two_who_are_one() -> (Register, LinkId, LinkId) {
    let (outcome, one) = linked(Register::new(), delivery("WIER", 1, &[(0, "bsn")]), 1);
    let (outcome, other) = linked(outcome.register, delivery("STEVIG", 1, &[(1, "naam")]), 2);
    assert_ne!(one, other);
    let both = delivery("TRAJECTUM", 1, &[(0, "bsn"), (1, "naam")]);
    let (outcome, third) = linked(outcome.register, both, 3);
    assert_eq!(third, one);
    (outcome.register, one, other)
}

#[test]
fn a_merge_is_proposed_decided_told_once_and_holds_for_later_rows() {
    let (mut register, one, other) = two_who_are_one();
    let [proposal] = register.proposals() else {
        panic!("{:?}", register.proposals())
    };
    assert_eq!((proposal.kept, proposal.other), (one, other));
    assert_eq!(register.persons(), 2);
    register
        .merge((one, other), "zelfde naam en nummer", &declaration())
        .unwrap();
    assert_eq!(register.persons(), 1);
    assert!(register.proposals().is_empty());
    let told = register.take_untold();
    assert!(
        matches!(&told[..], [Decision::Merge { kept, other: gone, .. }] if (*kept, *gone) == (one, other))
    );
    assert!(register.take_untold().is_empty());
    // It survives being kept, and whoever has either key is that one person.
    let register = Register::from_bytes(&register.to_bytes()).unwrap();
    let (outcome, by_name) = linked(register, delivery("STEVIG", 2, &[(1, "naam")]), 4);
    let (_, by_number) = linked(outcome.register, delivery("WIER", 2, &[(0, "bsn")]), 5);
    assert_eq!((by_name, by_number), (one, one));
}

#[test]
fn what_was_dismissed_is_not_proposed_again() {
    let (mut register, ..) = two_who_are_one();
    let proposal = register.proposals()[0].clone();
    register.dismiss(&proposal).unwrap();
    assert!(register.dismiss(&proposal).is_err());
    let both = delivery("TRAJECTUM", 2, &[(0, "bsn"), (1, "naam")]);
    let (outcome, _) = linked(register, both, 6);
    assert!(!outcome.events.is_empty());
    assert!(outcome.register.proposals().is_empty());
}

#[test]
fn two_numbers_are_two_persons_and_nobody_is_merged_with_nobody() {
    let (outcome, one) = linked(Register::new(), delivery("WIER", 1, &[(0, "een")]), 1);
    let (outcome, other) = linked(outcome.register, delivery("STEVIG", 1, &[(0, "twee")]), 2);
    let mut register = outcome.register;
    let refused = register.merge((one, other), "", &declaration());
    assert!(matches!(refused, Err(Error::NumbersDiffer)));
    for pair in [(one, one), (one, LinkId([9; 16]))] {
        let refused = register.merge(pair, "", &declaration());
        assert!(matches!(refused, Err(Error::NoSuchPerson)));
    }
    assert!(register.take_untold().is_empty());
}

#[test]
fn a_split_holds_for_one_institution_and_is_undone_by_merging_again() {
    let name = [(1, "naam")];
    let (outcome, one) = linked(Register::new(), delivery("WIER", 1, &name), 1);
    let (outcome, same) = linked(outcome.register, delivery("STEVIG", 1, &name), 2);
    assert_eq!(same, one);
    let mut register = outcome.register;
    let mut rng = StdRng::seed_from_u64(3);
    let apart = register
        .split(one, "STEVIG", "ander geslacht", &mut rng)
        .unwrap();
    assert!(register.split(one, "STEVIG", "nog eens", &mut rng).is_err());
    assert_eq!(register.take_untold().len(), 1);
    let (outcome, theirs) = linked(register, delivery("STEVIG", 2, &name), 4);
    let (outcome, ours) = linked(outcome.register, delivery("WIER", 2, &name), 5);
    let (outcome, third) = linked(outcome.register, delivery("TRAJECTUM", 1, &name), 6);
    assert_eq!((theirs, ours, third), (apart, one, one));
    let mut register = outcome.register;
    register
        .merge((one, apart), "toch dezelfde", &declaration())
        .unwrap();
    let (_, again) = linked(register, delivery("STEVIG", 3, &name), 7);
    assert_eq!(again, one);
}
