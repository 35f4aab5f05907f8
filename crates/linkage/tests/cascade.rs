//! What the cascade promises, on small made cases and on an invented population.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[allow(dead_code, reason = "shared with other tests and the example")]
#[path = "population/files.rs"]
mod files;
#[allow(dead_code, reason = "shared with other tests and the example")]
mod population;

use files::{compare, delivery, two_files};
use linkage::{
    Error, EvaluatedKey, Event, KeyDeclaration, LinkId, LinkOutcome, LinkagePolicy, MatchKey, Part,
    Register, ReviewReason, RowId, link,
};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

type Row = (RowId, Vec<Option<EvaluatedKey>>);

/// Six keys, as the made cases have them: two numbers, the full name, and three weak ones.
fn six_keys() -> KeyDeclaration {
    use Part::{BirthDate, GivenName, Initial, Postcode4, Sex, Surname};
    let keys: [&[Part]; 6] = [
        &[Part::Bsn],
        &[Part::Skn],
        &[Surname, GivenName, BirthDate, Sex],
        &[Initial, Surname, BirthDate],
        &[GivenName, BirthDate, Postcode4],
        &[Surname, BirthDate, Postcode4],
    ];
    let keys = keys.iter().map(|parts| MatchKey::new(parts).unwrap());
    KeyDeclaration::new(keys.collect()).unwrap()
}

fn policy() -> LinkagePolicy {
    LinkagePolicy::usual(six_keys())
}

/// A row whose keys are equal to another row's where the numbers are; 0 is no key.
fn row(id: u8, values: [u8; 6]) -> Row {
    let key = |position: usize| {
        let mut bytes = [values[position]; 32];
        bytes[31] = position as u8;
        (values[position] != 0).then(|| EvaluatedKey::from_bytes(bytes))
    };
    (RowId([id; 16]), (0..6).map(key).collect())
}

fn run(register: Register, deliveries: &[(&str, u32, Vec<Row>)]) -> LinkOutcome {
    run_with(register, deliveries, &policy())
}

fn run_with(
    register: Register,
    deliveries: &[(&str, u32, Vec<Row>)],
    policy: &LinkagePolicy,
) -> LinkOutcome {
    let deliveries = deliveries
        .iter()
        .map(|(institution, number, rows)| delivery(institution, *number, rows.clone()));
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    link(register, deliveries.collect(), policy, &mut rng).unwrap()
}

fn link_of(outcome: &LinkOutcome, id: u8) -> LinkId {
    let mut links = outcome
        .deliveries
        .iter()
        .flat_map(|delivery| &delivery.links);
    links.find(|(row, _)| *row == RowId([id; 16])).unwrap().1
}

fn reason_of(outcome: &LinkOutcome, id: u8) -> Option<ReviewReason> {
    let mut review = outcome
        .deliveries
        .iter()
        .flat_map(|delivery| &delivery.review);
    review
        .find(|entry| entry.row == RowId([id; 16]))
        .map(|entry| entry.reason)
}

#[test]
fn one_person_at_four_institutions_is_one_person() {
    // Each institution shares another key with the one before.
    let outcome = run(
        Register::new(),
        &[
            ("A", 1, vec![row(1, [0, 0, 1, 1, 1, 1])]),
            ("B", 1, vec![row(2, [0, 0, 1, 1, 2, 2])]),
            ("C", 1, vec![row(3, [0, 0, 3, 3, 2, 3])]),
            ("D", 1, vec![row(4, [0, 0, 4, 4, 4, 3])]),
        ],
    );
    for id in 2..=4 {
        assert_eq!(link_of(&outcome, id), link_of(&outcome, 1), "{id}");
    }
    assert_eq!(outcome.register.persons(), 1);
}

#[test]
fn a_later_delivery_finds_the_same_person_also_under_a_new_name() {
    let first = run(
        Register::new(),
        &[("A", 1, vec![row(1, [0, 0, 1, 1, 1, 1])])],
    );
    let bytes = first.register.to_bytes();
    let register = Register::from_bytes(&bytes).unwrap();
    // Another surname: only given name, birth date and postcode are the same.
    let second = run(register, &[("A", 2, vec![row(2, [0, 0, 2, 2, 1, 2])])]);
    assert_eq!(link_of(&second, 2), link_of(&first, 1));
    // From now on the new name is known as well.
    let third = run(
        second.register,
        &[("B", 1, vec![row(3, [0, 0, 2, 2, 3, 3])])],
    );
    assert_eq!(link_of(&third, 3), link_of(&first, 1));
}

#[test]
fn a_key_that_is_not_unique_links_nobody() {
    // Two persons share the weak keys; a third row has only those.
    let two = vec![row(1, [0, 0, 1, 1, 1, 1]), row(2, [0, 0, 2, 1, 2, 1])];
    let outcome = run(
        Register::new(),
        &[("A", 1, two), ("B", 1, vec![row(3, [0, 0, 0, 1, 0, 1])])],
    );
    assert_ne!(link_of(&outcome, 3), link_of(&outcome, 1));
    assert_ne!(link_of(&outcome, 3), link_of(&outcome, 2));
    assert_eq!(reason_of(&outcome, 3), Some(ReviewReason::SeveralPersons));
}

#[test]
fn a_stricter_key_takes_a_person_out_of_the_way() {
    // Rows 3 and 4 share weak keys with both persons, but 3 is person 1 by full name.
    let two = vec![row(1, [0, 0, 1, 1, 1, 1]), row(2, [0, 0, 2, 1, 2, 1])];
    let again = vec![row(3, [0, 0, 1, 1, 3, 1]), row(4, [0, 0, 4, 1, 4, 1])];
    let outcome = run(Register::new(), &[("A", 1, two), ("B", 1, again)]);
    assert_eq!(link_of(&outcome, 3), link_of(&outcome, 1));
    assert_eq!(link_of(&outcome, 4), link_of(&outcome, 2));
}

#[test]
fn rows_that_cannot_be_told_apart_are_not_entered() {
    let twins = |from| {
        vec![
            row(from, [0, 0, 1, 1, 1, 1]),
            row(from + 1, [0, 0, 1, 1, 1, 1]),
        ]
    };
    let first = run(Register::new(), &[("A", 1, twins(1))]);
    assert_ne!(link_of(&first, 1), link_of(&first, 2));
    assert_eq!(reason_of(&first, 1), Some(ReviewReason::TwiceInDelivery));
    assert_eq!(first.register.persons(), 0);
    // Delivered again they do not pile up; mended, the client is simply new.
    let second = run(first.register, &[("A", 2, twins(3))]);
    assert_eq!(second.register.persons(), 0);
    let mended = run(
        second.register,
        &[("A", 3, vec![row(5, [0, 0, 1, 1, 1, 1])])],
    );
    assert_eq!(mended.register.persons(), 1);
    assert_eq!(reason_of(&mended, 5), None);
}

#[test]
fn names_do_not_link_over_a_number_that_differs() {
    let outcome = run(
        Register::new(),
        &[
            ("A", 1, vec![row(1, [1, 0, 1, 1, 1, 1])]),
            ("B", 1, vec![row(2, [2, 0, 1, 1, 1, 1])]),
            ("C", 1, vec![row(3, [2, 0, 3, 3, 3, 3])]),
        ],
    );
    assert_ne!(link_of(&outcome, 2), link_of(&outcome, 1));
    assert_eq!(
        reason_of(&outcome, 2),
        Some(ReviewReason::ConflictingNumber)
    );
    assert_eq!(
        link_of(&outcome, 3),
        link_of(&outcome, 2),
        "the number itself links"
    );
}

#[test]
fn a_row_without_keys_is_reported() {
    let outcome = run(Register::new(), &[("A", 1, vec![row(1, [0; 6])])]);
    assert_eq!(reason_of(&outcome, 1), Some(ReviewReason::NoKey));
}

#[test]
fn a_row_that_fits_two_persons_proposes_to_merge_them() {
    // One person under two names; later a row has the number of the one, the name of the other.
    let outcome = run(
        Register::new(),
        &[
            (
                "A",
                1,
                vec![row(1, [1, 0, 1, 1, 1, 1]), row(2, [0, 0, 2, 2, 2, 2])],
            ),
            ("B", 1, vec![row(3, [1, 0, 2, 2, 3, 3])]),
        ],
    );
    let proposal = Event::MergeProposed {
        kept: link_of(&outcome, 1),
        other: link_of(&outcome, 2),
        key: six_keys().keys()[2].clone(),
    };
    assert_eq!(link_of(&outcome, 3), link_of(&outcome, 1));
    assert_eq!(outcome.events, [proposal]);
}

#[test]
fn a_setting_that_forbids_chance_links_changes_the_output() {
    let deliveries = [
        ("A", 1, vec![row(1, [0, 0, 1, 1, 1, 1])]),
        ("B", 1, vec![row(2, [0, 0, 2, 2, 1, 2])]),
    ];
    let usual = run(Register::new(), &deliveries);
    assert_eq!(link_of(&usual, 1), link_of(&usual, 2));
    let strict = LinkagePolicy {
        max_chance_share: 0.0,
        ..policy()
    };
    let strict = run_with(Register::new(), &deliveries, &strict);
    assert_ne!(link_of(&strict, 1), link_of(&strict, 2));
    assert_eq!(reason_of(&strict, 2), Some(ReviewReason::WeakKeyOnly));
    let reason = |assumed_coincidence, max_chance_of_link| {
        let policy = LinkagePolicy {
            assumed_coincidence,
            max_chance_of_link,
            ..policy()
        };
        let outcome = run_with(Register::new(), &deliveries, &policy);
        let linked = link_of(&outcome, 1) == link_of(&outcome, 2);
        (linked, reason_of(&outcome, 2))
    };
    let look_again = Some(ReviewReason::WeakKeyOnly);
    assert_eq!(reason(4e-4, 0.1), (true, None));
    assert_eq!(reason(4e-4, 1e-4), (false, look_again));
    assert_eq!(reason(0.2, 0.1), (false, look_again));
    // Most such pairs would be strangers: nobody is bothered with them.
    assert_eq!(reason(0.5, 0.1), (false, None));
}

/// An SKN has no check digit, so that a mistyped one is a valid other one.
#[test]
fn a_number_without_check_digit_that_differs_forbids_nothing() {
    let outcome = run(
        Register::new(),
        &[
            ("A", 1, vec![row(1, [0, 1, 1, 1, 1, 1])]),
            ("B", 1, vec![row(2, [0, 2, 1, 1, 1, 1])]),
        ],
    );
    assert_eq!(link_of(&outcome, 2), link_of(&outcome, 1));
}

/// A register that was made with other keys still knows its persons by the keys that stayed.
#[test]
fn another_declaration_keeps_what_the_register_knows() {
    let first = run(
        Register::new(),
        &[("A", 1, vec![row(1, [0, 0, 1, 1, 1, 1])])],
    );
    let mut keys = six_keys().keys().to_vec();
    keys.swap(4, 5);
    keys.remove(3);
    let fewer = LinkagePolicy::usual(KeyDeclaration::new(keys).unwrap());
    let (id, mut values) = row(2, [0, 0, 2, 2, 1, 2]);
    values.swap(4, 5);
    values.remove(3);
    let second = run_with(
        first.register.clone(),
        &[("B", 1, vec![(id, values)])],
        &fewer,
    );
    assert_eq!(link_of(&second, 2), link_of(&first, 1));
    // The key that is not declared now is not lost.
    let third = run(
        second.register,
        &[("C", 1, vec![row(3, [0, 0, 3, 1, 3, 3])])],
    );
    assert_eq!(link_of(&third, 3), link_of(&first, 1));
}

#[test]
fn an_old_or_repeated_delivery_is_refused() {
    let first = run(
        Register::new(),
        &[("A", 2, vec![row(1, [0, 0, 1, 1, 1, 1])])],
    );
    for number in [1, 2] {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let old = vec![delivery("A", number, vec![row(2, [0, 0, 2, 2, 2, 2])])];
        let error = link(first.register.clone(), old, &policy(), &mut rng);
        assert!(matches!(error, Err(Error::OldDelivery { last: 2, .. })));
    }
    let twice = vec![delivery("B", 1, vec![row(1, [1; 6]), row(1, [2; 6])])];
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let error = link(first.register, twice, &policy(), &mut rng);
    assert!(matches!(error, Err(Error::RowTwice { .. })));
}

#[test]
fn neither_row_order_nor_delivery_order_nor_threads_matter() {
    let of = |threads: usize, reversed: bool| {
        let files = two_files(1_000, true, population::USUAL, 5);
        let mut deliveries = files.deliveries;
        if reversed {
            deliveries.reverse();
        }
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        pool.install(|| {
            link(
                Register::new(),
                deliveries,
                &LinkagePolicy::usual(files::declaration(true)),
                &mut rng,
            )
            .unwrap()
        })
    };
    let one = of(1, false);
    let many = of(4, true);
    assert_eq!(one.deliveries, many.deliveries);
    assert!(one.register == many.register);
}

#[test]
fn the_register_refuses_bytes_that_are_not_its_own() {
    let outcome = run(
        Register::new(),
        &[("A", 1, vec![row(1, [0, 0, 1, 1, 1, 1])])],
    );
    let bytes = outcome.register.to_bytes();
    assert!(Register::from_bytes(&bytes).unwrap() == outcome.register);
    assert!(Register::from_bytes(&bytes[..bytes.len() - 1]).is_err());
    assert!(Register::from_bytes(&[]).is_err());
    let mut version = bytes.clone();
    version[0] = 9;
    assert!(Register::from_bytes(&version).is_err());
}

/// Bounds below what was measured (`docs/methods/linkage.md`), over several seeds.
#[test]
fn an_invented_population_is_linked_as_declared() {
    for (numbers, recall) in [(true, 0.999), (false, 0.985)] {
        for seed in 1..=2 {
            let files = two_files(3_000, numbers, population::USUAL, seed);
            let mut rng = ChaCha20Rng::seed_from_u64(seed);
            let outcome = link(
                Register::new(),
                files.deliveries,
                &LinkagePolicy::usual(files::declaration(numbers)),
                &mut rng,
            )
            .unwrap();
            let found = compare(&outcome.deliveries, &files.truth);
            assert!(found.precision > 0.999, "{numbers} {seed} {found:?}");
            assert!(found.recall > recall, "{numbers} {seed} {found:?}");
        }
    }
}

/// The range of the sensitivity, and with it that of the share of returns, holds the truth: in
/// small and larger studies, with and without numbers, over many seeds.
#[test]
fn the_range_of_the_sensitivity_covers_the_truth() {
    for (size, seeds) in [(300, 20), (3_000, 6)] {
        for numbers in [true, false] {
            let mut covered = 0;
            for seed in 1..=seeds {
                covered += u64::from(range_covers(size, numbers, seed));
            }
            assert!(
                covered * 20 >= seeds * 19,
                "{size} {numbers}: {covered} of {seeds}"
            );
        }
    }
}

fn range_covers(size: u32, numbers: bool, seed: u64) -> bool {
    let files = two_files(size, numbers, population::USUAL, seed);
    let policy = LinkagePolicy::usual(files::declaration(numbers));
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let outcome = link(Register::new(), files.deliveries, &policy, &mut rng).unwrap();
    assert_eq!(outcome.deliveries[0].quality.sensitivity, None);
    let found = compare(&outcome.deliveries, &files.truth);
    let quality = &outcome.deliveries[1].quality;
    let range = quality.sensitivity.unwrap();
    assert!(range.low > 0.8, "a range that says nothing: {range:?}");
    let (least, most) = quality.return_factors().unwrap();
    // Of the persons in the first file half are in the second too; of all persons a third are.
    let half = 0.5 / (quality.linked as f64 / f64::from(size));
    let persons = f64::from(2 * size) - quality.linked as f64;
    let third = (1.0 / 3.0) / (quality.linked as f64 / persons);
    let slack = 1e-9;
    (range.low..=range.high).contains(&found.recall)
        && least <= half + slack
        && [half, third].iter().all(|factor| *factor <= most + slack)
}

#[test]
fn the_assumed_error_changes_the_range() {
    let files = || two_files(3_000, false, population::USUAL, 3).deliveries;
    let low = |assumed_error| {
        let policy = LinkagePolicy {
            assumed_error,
            ..LinkagePolicy::usual(files::declaration(false))
        };
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let outcome = link(Register::new(), files(), &policy, &mut rng).unwrap();
        outcome.deliveries[1].quality.sensitivity.unwrap().low
    };
    assert!(low(0.1) < low(0.0));
}

#[test]
fn without_errors_everybody_is_found() {
    let files = two_files(2_000, true, population::NONE, 7);
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let policy = LinkagePolicy::usual(files::declaration(true));
    let outcome = link(Register::new(), files.deliveries, &policy, &mut rng).unwrap();
    let found = compare(&outcome.deliveries, &files.truth);
    assert_eq!((found.precision, found.recall), (1.0, 1.0));
    let quality = &outcome.deliveries[1].quality;
    assert_eq!(
        (quality.linked, quality.new, quality.undecided),
        (1_000, 1_000, 0)
    );
    assert_eq!(quality.keys[1].sensitivity(), Some(1.0));
    assert!(quality.sensitivity.unwrap().high == 1.0);
}
