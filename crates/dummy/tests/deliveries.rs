//! The four deliveries: each can be read with its own profile, and says what the network knows.

use calendar::Day;
use dummy::{Dirt, Network, Parameters};

fn network() -> Network {
    let today = Day::from_ymd(2026, 7, 1).unwrap();
    Network::invent(&Parameters::declared(), 60, 1, today)
}

#[test]
fn a_seed_gives_the_same_bytes() {
    let (first, second) = (
        network().deliveries().unwrap(),
        network().deliveries().unwrap(),
    );
    for (one, other) in first.iter().zip(&second) {
        assert_eq!(one.files, other.files);
        assert_eq!(one.profile_toml, other.profile_toml);
    }
}

#[test]
fn every_institution_delivers_and_every_table_is_filled() {
    let deliveries = network().deliveries_with(Dirt::NONE).unwrap();
    assert_eq!(deliveries.len(), 4);
    for delivery in &deliveries {
        assert!(delivery.planted.is_empty());
        assert!(delivery.files.iter().all(|(_, bytes)| !bytes.is_empty()));
    }
    let total =
        |table: usize| -> usize { deliveries.iter().map(|d| d.row_counts()[table].1).sum() };
    for (position, (table, _)) in deliveries[0].row_counts().iter().enumerate() {
        assert!(total(position) > 0, "{table} stays empty");
    }
}
