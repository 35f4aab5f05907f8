//! Sets of many shapes about small groups: the gate must find a way for each of them.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use common::{Numbers, at, meta, policy, release, table};
use disclosure::{Cell, Ledger, Released, ReleasedBlock};
use estimate::{Block, Characteristics, Count, Estimate, Flow, Layer, Link, Shape};

fn names() -> Vec<String> {
    ["Noord", "Oost", "West", "Zuid"].map(String::from).to_vec()
}

/// Clients as they are counted in several results: institution, origin, level and trait.
struct Client {
    institution: usize,
    origin: usize,
    level: usize,
    has_trait: bool,
}

fn clients(numbers: &mut Numbers) -> Vec<Client> {
    let per_institution: [u64; 4] = std::array::from_fn(|_| numbers.below(40));
    let mut all = Vec::new();
    for (institution, &count) in per_institution.iter().enumerate() {
        for _ in 0..count {
            all.push(Client {
                institution,
                origin: (numbers.below(10) / 4) as usize,
                level: (numbers.below(12) / 5) as usize,
                has_trait: numbers.below(10) < 9,
            });
        }
    }
    all
}

fn count(clients: &[Client], wanted: impl Fn(&Client) -> bool) -> Count {
    let found = clients.iter().filter(|client| wanted(client));
    found
        .map(|client| at(client.institution, 1))
        .fold(Count::default(), Count::plus)
}

fn characteristics(clients: &[Client]) -> Estimate {
    let sizes: Vec<Count> = (0..4)
        .map(|i| count(clients, |c| c.institution == i))
        .collect();
    let cells = |wanted: &dyn Fn(&Client, usize) -> bool, levels: usize| -> Vec<Count> {
        let of =
            |level: usize, i: usize| count(clients, |c| c.institution == i && wanted(c, level));
        (0..levels)
            .flat_map(|level| (0..4).map(move |i| (level, i)))
            .map(|(l, i)| of(l, i))
            .collect()
    };
    let blocks = vec![
        Block::Categories {
            title: "Niveau".into(),
            levels: ["een", "twee", "drie"].map(String::from).to_vec(),
            cells: cells(&|client, level| client.level == level, 3),
            exclusive: true,
        },
        Block::Categories {
            title: "Eigenschap".into(),
            levels: vec!["heeft die".into()],
            cells: cells(&|client, _| client.has_trait, 1),
            exclusive: false,
        },
    ];
    let shape = Characteristics {
        groups: names(),
        sizes,
        groups_are_institutions: true,
        blocks,
    };
    let meta = meta("kenmerken", count(clients, |_| true).per_institution);
    Estimate {
        meta,
        outcome: Ok(Shape::Characteristics(shape)),
    }
}

fn flow(clients: &[Client]) -> Estimate {
    let mut links = Vec::new();
    for from in 0..3 {
        for to in 0..4 {
            let count = count(clients, |c| c.origin == from && c.institution == to);
            links.push(Link {
                layer: 0,
                from,
                to,
                count,
            });
        }
    }
    for from in 0..4 {
        for to in 0..3 {
            let count = count(clients, |c| c.institution == from && c.level == to);
            links.push(Link {
                layer: 1,
                from,
                to,
                count,
            });
        }
    }
    links.retain(|link| link.count.count > 0);
    let layer = |title: &str, nodes: Vec<String>, is_institutions| Layer {
        title: title.into(),
        nodes,
        is_institutions,
    };
    let shape = Flow {
        layers: vec![
            layer("Van", ["a", "b", "c"].map(String::from).to_vec(), false),
            layer("Langs", names(), true),
            layer(
                "Naar",
                ["een", "twee", "drie"].map(String::from).to_vec(),
                false,
            ),
        ],
        links,
    };
    Estimate {
        meta: meta("stroom", count(clients, |_| true).per_institution),
        outcome: Ok(Shape::Flow(shape)),
    }
}

fn levels(clients: &[Client]) -> Estimate {
    let row = |level: usize| -> [u64; 4] {
        std::array::from_fn(|i| count(clients, |c| c.institution == i && c.level == level).count)
    };
    table("niveaus", &[row(0), row(1), row(2)])
}

#[test]
fn every_set_about_small_groups_finds_a_way_and_shows_no_small_number() {
    let mut numbers = Numbers(11);
    for _ in 0..4 {
        let clients = clients(&mut numbers);
        let set = [characteristics(&clients), flow(&clients), levels(&clients)];
        let (publication, _) = release(&set, &policy(), &Ledger::empty());
        for result in publication.results() {
            let cells: Vec<Cell> = match result.released() {
                Released::Table(table) => table.cells().to_vec(),
                Released::Flow(flow) => flow.links().iter().map(|link| link.count()).collect(),
                Released::Characteristics(shape) => {
                    let of = |block: &ReleasedBlock| match block {
                        ReleasedBlock::Categories { cells, .. } => cells.clone(),
                        _ => Vec::new(),
                    };
                    shape.blocks().iter().flat_map(of).collect()
                }
                other => panic!("{other:?}"),
            };
            let small = |cell: &Cell| cell.count().is_some_and(|count| (1..10).contains(&count));
            assert!(!cells.iter().any(small));
        }
    }
}
