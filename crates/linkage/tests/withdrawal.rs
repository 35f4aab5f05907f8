//! Whoever withdraws is detached from the link id and refused from then on, by all institutions
//! and after every rotation; and nobody else is.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use linkage::{
    BlindedKey, Delivery, Error, EvaluatedTable, KeyDeclaration, KoppelSecret, LinkId, LinkOutcome,
    LinkagePolicy, MatchKey, MatchSecret, Part, Register, RowId, SeenDelivery, evaluate, link,
};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

const ID: [u8; 16] = [9; 16];
const OTHER: [u8; 16] = [8; 16];

/// A number, the full name, and a weak key.
fn declaration() -> KeyDeclaration {
    use Part::{BirthDate, GivenName, Postcode4, Sex, Surname};
    let keys: [&[Part]; 3] = [
        &[Part::Bsn],
        &[Surname, GivenName, BirthDate, Sex],
        &[GivenName, BirthDate, Postcode4],
    ];
    let keys = keys.iter().map(|parts| MatchKey::new(parts).unwrap());
    KeyDeclaration::new(keys.collect()).unwrap()
}

struct World {
    a: MatchSecret,
    k: KoppelSecret,
}

impl World {
    fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        Self {
            a: MatchSecret::generate(&mut rng),
            k: KoppelSecret::generate(&mut rng),
        }
    }

    /// Rows whose keys are equal where the numbers are; 0 is no key.
    fn table(&self, rows: &[(u8, [u8; 3])]) -> EvaluatedTable {
        let row = |(id, values): &(u8, [u8; 3])| {
            let keys = values.iter().enumerate().map(|(position, value)| {
                let seed = u64::from(*value) * 10 + position as u64;
                let mut rng = ChaCha20Rng::seed_from_u64(seed);
                let point = curve25519_dalek::RistrettoPoint::random(&mut rng);
                let blinded = BlindedKey::blind(&mut [point], &self.a);
                (*value != 0).then(|| evaluate(&blinded, &self.k).unwrap()[0])
            });
            (RowId([*id; 16]), keys.collect())
        };
        EvaluatedTable::from_rows(rows.iter().map(row).collect(), 3).unwrap()
    }

    fn link(&self, register: Register, from: &str, number: u32, rows: &[(u8, [u8; 3])]) -> Linked {
        let delivery = Delivery {
            institution: from.into(),
            seen: SeenDelivery {
                number,
                manifest: [number as u8; 32],
            },
            table: self.table(rows),
        };
        let policy = LinkagePolicy::usual(declaration());
        let mut rng = ChaCha20Rng::seed_from_u64(u64::from(number));
        Linked(link(register, vec![delivery], &policy, &mut rng).unwrap())
    }

    fn withdraw(
        &self,
        register: &mut Register,
        from: &str,
        keys: [u8; 3],
    ) -> Result<Vec<LinkId>, Error> {
        register.withdraw(ID, from, &self.table(&[(0, keys)]), &declaration())
    }
}

struct Linked(LinkOutcome);

impl Linked {
    fn of(&self, row: u8) -> Option<LinkId> {
        let delivery = &self.0.deliveries[0];
        let row = RowId([row; 16]);
        let link = delivery.links.iter().find(|(id, _)| *id == row);
        assert_eq!(link.is_none(), delivery.refused.contains(&row));
        link.map(|(_, link)| *link)
    }
}

#[test]
fn a_withdrawn_client_is_refused_from_every_institution_and_nobody_else_is() {
    let world = World::new();
    let first = world.link(Register::new(), "A", 1, &[(1, [1, 1, 1]), (2, [2, 2, 2])]);
    let (gone, stays) = (first.of(1).unwrap(), first.of(2).unwrap());
    let mut register = first.0.register;
    // The number is not known at this institution, and the client moved: the full name is enough.
    let links = world.withdraw(&mut register, "A", [0, 1, 7]).unwrap();
    assert_eq!(links, [gone]);
    assert_eq!((register.persons(), register.refused()), (1, 1));
    let rows = [(3, [1, 0, 0]), (4, [0, 1, 0]), (5, [2, 2, 2])];
    let asked = world.link(register.clone(), "B", 1, &rows);
    assert_eq!(
        (asked.of(3), asked.of(4), asked.of(5)),
        (None, None, Some(stays))
    );
    register.answer_withdrawal(ID, &[gone], true).unwrap();
    let bytes = register.to_bytes();
    assert!(
        !bytes.windows(16).any(|window| window == gone.0),
        "detached"
    );
    let register = Register::from_bytes(&bytes).unwrap();
    let answered = world.link(register, "C", 1, &rows);
    let refused = rows.map(|(row, _)| answered.of(row).is_none());
    assert_eq!(refused, [true, true, false]);
    let delivery = &answered.0.deliveries[0];
    assert_eq!((delivery.quality.refused, delivery.quality.linked), (2, 1));
    assert!(delivery.review.is_empty(), "nobody is told of a withdrawal");
}

#[test]
fn the_register_learns_nothing_of_a_refused_row() {
    let world = World::new();
    let mut register = world
        .link(Register::new(), "A", 1, &[(1, [1, 1, 1])])
        .0
        .register;
    world.withdraw(&mut register, "A", [1, 1, 1]).unwrap();
    let keys = register.keys();
    let later = world.link(register, "B", 1, &[(2, [1, 5, 5])]);
    assert_eq!(later.0.register.keys(), keys);
}

#[test]
fn rotation_of_either_secret_keeps_the_refusal() {
    let mut world = World::new();
    let first = world.link(Register::new(), "A", 1, &[(1, [1, 1, 1]), (2, [2, 2, 2])]);
    let (gone, stays) = (first.of(1).unwrap(), first.of(2).unwrap());
    let mut register = first.0.register;
    world.withdraw(&mut register, "A", [1, 1, 1]).unwrap();
    register.answer_withdrawal(ID, &[gone], true).unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let (a, k) = (
        MatchSecret::generate(&mut rng),
        KoppelSecret::generate(&mut rng),
    );
    register.rotate_match_secret(&world.a.ratio_to(&a)).unwrap();
    register.rotate_koppel_secret(&world.k, &k).unwrap();
    let old = world.link(register.clone(), "B", 1, &[(3, [1, 1, 1])]);
    assert!(old.of(3).is_some(), "keys under old secrets are nobody's");
    (world.a, world.k) = (a, k);
    let new = world.link(register, "B", 1, &[(3, [1, 1, 1]), (4, [2, 2, 2])]);
    assert_eq!((new.of(3), new.of(4)), (None, Some(stays)));
}

#[test]
fn who_was_not_delivered_by_the_institution_is_known_again() {
    let world = World::new();
    let first = world.link(Register::new(), "A", 1, &[(1, [1, 1, 1])]);
    let victim = first.of(1).unwrap();
    let mut register = first.0.register;
    assert_eq!(
        world.withdraw(&mut register, "B", [1, 1, 1]).unwrap(),
        [victim]
    );
    register.answer_withdrawal(ID, &[], false).unwrap();
    let again = world.link(register, "C", 1, &[(2, [1, 1, 1])]);
    assert_eq!(again.of(2), Some(victim));
}

#[test]
fn two_withdrawals_of_one_client_end_as_one() {
    let world = World::new();
    let first = world.link(Register::new(), "A", 1, &[(1, [1, 1, 1])]);
    let gone = first.of(1).unwrap();
    let mut register = first.0.register;
    world.withdraw(&mut register, "A", [1, 1, 1]).unwrap();
    let client = world.table(&[(0, [1, 1, 1])]);
    let links = register
        .withdraw(OTHER, "B", &client, &declaration())
        .unwrap();
    assert_eq!(links, [gone]);
    // The second institution never delivered the client; the first did, and is answered later.
    register.answer_withdrawal(OTHER, &[], false).unwrap();
    assert_eq!(register.refused(), 1);
    register.answer_withdrawal(ID, &[gone], true).unwrap();
    assert_eq!(register.refused(), 1);
}

#[test]
fn a_client_whom_the_register_does_not_know_is_refused_once_the_study_had_rows() {
    let world = World::new();
    for (delivered, refused) in [(true, true), (false, false)] {
        let mut register = Register::new();
        assert_eq!(world.withdraw(&mut register, "A", [1, 1, 1]).unwrap(), []);
        assert_eq!(register.withdrawal(ID), Some(("A", false)));
        register.answer_withdrawal(ID, &[], delivered).unwrap();
        let later = world.link(register, "B", 1, &[(2, [1, 1, 1])]);
        assert_eq!(later.of(2).is_none(), refused);
    }
}

#[test]
fn whom_only_the_study_found_is_refused_too() {
    let world = World::new();
    let first = world.link(Register::new(), "A", 1, &[(1, [0, 0, 1])]);
    let gone = first.of(1).unwrap();
    let mut register = first.0.register;
    // A weak key alone names nobody for certain: the row id does, at the study.
    assert_eq!(world.withdraw(&mut register, "A", [0, 0, 1]).unwrap(), []);
    register.answer_withdrawal(ID, &[gone], true).unwrap();
    let later = world.link(register, "B", 1, &[(2, [0, 0, 1])]);
    assert_eq!(later.of(2), None);
}

#[test]
fn another_number_is_another_person() {
    let world = World::new();
    let first = world.link(Register::new(), "A", 1, &[(1, [1, 1, 0])]);
    let mut register = first.0.register;
    assert_eq!(world.withdraw(&mut register, "A", [2, 1, 0]).unwrap(), []);
    let later = world.link(register, "B", 1, &[(2, [1, 0, 0])]);
    assert!(later.of(2).is_some());
}

#[test]
fn a_withdrawal_is_done_once() {
    let world = World::new();
    let mut register = world
        .link(Register::new(), "A", 1, &[(1, [1, 1, 1])])
        .0
        .register;
    let links = world.withdraw(&mut register, "A", [1, 1, 1]).unwrap();
    // As long as nobody answered, it gives the same again: a crash may have come between.
    assert_eq!(
        world.withdraw(&mut register, "A", [1, 1, 1]).unwrap(),
        links
    );
    let stolen = world.withdraw(&mut register, "B", [1, 1, 1]);
    assert!(matches!(stolen, Err(Error::WithdrawnBefore)));
    register.answer_withdrawal(ID, &links, true).unwrap();
    let replayed = world.withdraw(&mut register, "A", [1, 1, 1]);
    assert!(matches!(replayed, Err(Error::WithdrawnBefore)));
    for id in [ID, OTHER] {
        let answer = register.answer_withdrawal(id, &[], false);
        assert!(matches!(answer, Err(Error::NoSuchWithdrawal)));
    }
    assert_eq!(register.refused(), 1);
    assert_eq!(register.withdrawal(ID), Some(("A", true)));
}
