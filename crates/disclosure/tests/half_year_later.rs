//! Two releases half a year apart, with a few new clients between them: attacked together, from
//! outside, with what was published of both and the rules that everybody may know.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use common::followed::{Followed, clients, survival};
use common::{Numbers, at, meta, named, release, released, table};
use disclosure::{Cell, Ledger, Publication, Released};
use estimate::{Count, Estimate, Flow, Layer, Link, Shape};
use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem, Variable};

const THRESHOLD: f64 = 10.0;

/// A published number as the sum of atoms, in both releases.
struct Told {
    atoms: Vec<usize>,
    first: Cell,
    second: Cell,
}

/// Everything that was told of atoms, and their true counts in both releases.
struct Joint {
    truth: [Vec<u64>; 2],
    told: Vec<Told>,
    /// Sums of atoms that equal other sums of atoms: what flows in flows out.
    equal: Vec<(Vec<usize>, Vec<usize>)>,
}

/// What the attacker wants to know of an atom.
#[derive(Clone, Copy, Debug)]
enum Asked {
    First,
    Second,
    Difference,
}

/// The numbers between which a count lies that was rounded to this one.
fn rounded(count: u64) -> (f64, f64) {
    match count as f64 {
        0.0 => (0.0, 0.0),
        count => ((count - 2.0).max(THRESHOLD), count + 2.0),
    }
}

impl Joint {
    /// Between which numbers the attacker knows an atom to lie. Clients only come. What was
    /// shown again as it was, may have changed by less than the threshold.
    fn range(&self, atom: usize, asked: Asked) -> (f64, f64) {
        let solve = |direction| {
            let mut lp = Problem::new(direction);
            let n = self.truth[0].len();
            let (of_first, of_new) = match asked {
                Asked::First => (1.0, 0.0),
                Asked::Second => (1.0, 1.0),
                Asked::Difference => (0.0, 1.0),
            };
            let add = |lp: &mut Problem, gain: f64| -> Vec<Variable> {
                (0..n)
                    .map(|i| lp.add_var(if i == atom { gain } else { 0.0 }, (0.0, 1e5)))
                    .collect()
            };
            let (first, new) = (add(&mut lp, of_first), add(&mut lp, of_new));
            for told in &self.told {
                let before = sum(&first, &told.atoms);
                let after = [before.clone(), sum(&new, &told.atoms)].concat();
                if let Some(count) = told.first.count() {
                    bound(&mut lp, &before, rounded(count));
                }
                if let Some(count) = told.second.count() {
                    let (low, high) = rounded(count);
                    let kept = told.first == told.second;
                    let moved = if kept { THRESHOLD - 1.0 } else { 0.0 };
                    bound(&mut lp, &after, (low - moved, high + moved));
                }
            }
            for (one, other) in &self.equal {
                for all in [&first, &new] {
                    let mut terms = sum(all, one);
                    terms.extend(sum(all, other).into_iter().map(|(v, c)| (v, -c)));
                    bound(&mut lp, &terms, (0.0, 0.0));
                }
            }
            let solution = lp.solve().unwrap().into_solution().unwrap();
            of_first * solution.var_value(first[atom]) + of_new * solution.var_value(new[atom])
        };
        (
            solve(OptimizationDirection::Minimize),
            solve(OptimizationDirection::Maximize),
        )
    }

    /// That no small count and no small difference can be told; how many were tried.
    fn assert_safe(&self, what: &str) -> usize {
        let mut tried = 0;
        for atom in 0..self.truth[0].len() {
            let (first, second) = (self.truth[0][atom], self.truth[1][atom]);
            let small = |count: u64| count > 0 && (count as f64) < THRESHOLD;
            for (asked, count) in [(Asked::First, first), (Asked::Second, second)] {
                if small(count) {
                    let (low, high) = self.range(atom, asked);
                    let wide = low <= 1.0 + 1e-6 && high >= THRESHOLD - 1e-6;
                    assert!(wide, "{what}: {asked:?} of atom {atom} in {low}..{high}");
                    tried += 1;
                }
            }
            if small(second - first) {
                // Not even that somebody came. A number that is shown as it was says that fewer
                // than the threshold did, and no more than that.
                let (low, high) = self.range(atom, Asked::Difference);
                let wide = low <= 1e-6 && high >= THRESHOLD - 1.0 - 1e-6;
                assert!(wide, "{what}: {low}..{high} new in atom {atom}");
                tried += 1;
            }
        }
        tried
    }
}

fn sum(variables: &[Variable], atoms: &[usize]) -> Vec<(Variable, f64)> {
    atoms.iter().map(|&atom| (variables[atom], 1.0)).collect()
}

fn bound(lp: &mut Problem, terms: &[(Variable, f64)], (low, high): (f64, f64)) {
    let expression = || -> LinearExpr { terms.iter().copied().collect() };
    lp.add_constraint(expression(), ComparisonOp::Ge, low);
    lp.add_constraint(expression(), ComparisonOp::Le, high);
}

/// Releases one after the other.
fn both(before: &[Estimate], after: &[Estimate]) -> [Publication; 2] {
    let (first, entry) = release(before, &named(), &Ledger::empty());
    let ledger = Ledger::empty().with(entry).unwrap();
    let (second, _) = release(after, &named(), &ledger);
    [first, second]
}

/// From 0 to 10 new clients, each at a few seeds.
fn each_growth(mut attack: impl FnMut(&mut Numbers, u64) -> usize) {
    let mut tried = 0;
    for new in 0..=10 {
        for seed in 0..3 {
            tried += attack(&mut Numbers(100 * new + seed), new);
        }
    }
    assert!(tried > 60, "{tried} small numbers");
}

/// A table, and the same with new clients.
fn tables(numbers: &mut Numbers, new: u64) -> [Vec<[u64; 4]>; 2] {
    let rows = 3 + numbers.below(2) as usize;
    let most = [30, 60][numbers.below(2) as usize];
    let before: Vec<[u64; 4]> = (0..rows)
        .map(|_| std::array::from_fn(|_| numbers.below(most)))
        .collect();
    let mut after = before.clone();
    for _ in 0..new {
        let (row, column) = (numbers.below(rows as u64), numbers.below(4));
        after[row as usize][column as usize] += 1;
    }
    [before, after]
}

/// What two publications tell of a table; nothing where one withholds it.
fn joint_of_tables(truth: &[Vec<[u64; 4]>; 2], shown: &[Publication; 2]) -> Option<Joint> {
    let is_table =
        |one: &Publication| matches!(one.result("t").unwrap().released(), Released::Table(_));
    if !shown.iter().all(is_table) {
        return None;
    }
    let [first, second] = [&shown[0], &shown[1]].map(|one| released(one, "t"));
    let rows = truth[0].len();
    let tell = |atoms: Vec<usize>, first, second| Told {
        atoms,
        first,
        second,
    };
    let mut told: Vec<Told> = (0..rows * 4)
        .map(|at| tell(vec![at], first.cells()[at], second.cells()[at]))
        .collect();
    for row in 0..rows {
        let atoms = (0..4).map(|column| row * 4 + column).collect();
        told.push(tell(
            atoms,
            first.row_totals()[row],
            second.row_totals()[row],
        ));
    }
    for column in 0..4 {
        let atoms = (0..rows).map(|row| row * 4 + column).collect();
        let totals = [first, second].map(|one| one.column_totals()[column]);
        told.push(tell(atoms, totals[0], totals[1]));
    }
    told.push(tell((0..rows * 4).collect(), first.total(), second.total()));
    Some(Joint {
        truth: [truth[0].concat(), truth[1].concat()],
        told,
        equal: Vec::new(),
    })
}

#[test]
fn tables_of_two_releases() {
    each_growth(|numbers, new| {
        let truth = tables(numbers, new);
        let shown = both(&[table("t", &truth[0])], &[table("t", &truth[1])]);
        let joint = joint_of_tables(&truth, &shown);
        joint.map_or(0, |joint| joint.assert_safe(&format!("{new} new")))
    });
}

/// The attack is one: it finds new clients where the second release does not know of the first.
#[test]
fn releases_that_do_not_know_of_each_other_give_new_clients_away() {
    let mut found = 0;
    for seed in 0..40 {
        let truth = tables(&mut Numbers(seed), 9);
        let alone =
            |truth: &[[u64; 4]]| release(&[table("t", truth)], &named(), &Ledger::empty()).0;
        let shown = [alone(&truth[0]), alone(&truth[1])];
        let Some(joint) = joint_of_tables(&truth, &shown) else {
            continue;
        };
        let atoms = 0..joint.truth[0].len();
        found += atoms
            .filter(|&atom| joint.range(atom, Asked::Difference).0 > 1e-6)
            .count();
    }
    assert!(found > 3, "{found}");
}

/// Where a client came from, stayed and went.
type Path = [usize; 3];
const NODES: [usize; 3] = [3, 4, 3];

fn path(numbers: &mut Numbers) -> Path {
    // Some ways are rare.
    let node = |numbers: &mut Numbers, of: usize| {
        let (one, other) = (numbers.below(of as u64), numbers.below(of as u64));
        one.min(other) as usize
    };
    NODES.map(|of| node(numbers, of))
}

fn flow(paths: &[Path]) -> Estimate {
    let mut links = Vec::new();
    for layer in 0..2 {
        for from in 0..NODES[layer] {
            for to in 0..NODES[layer + 1] {
                let on = |path: &&Path| path[layer] == from && path[layer + 1] == to;
                let all = paths.iter().filter(on);
                let count = all
                    .map(|path| at(path[1], 1))
                    .fold(Count::default(), Count::plus);
                links.push(Link {
                    layer,
                    from,
                    to,
                    count,
                });
            }
        }
    }
    let layer = |title: &str, nodes: &[&str], is_institutions| Layer {
        title: title.into(),
        nodes: nodes.iter().map(|&node| node.into()).collect(),
        is_institutions,
    };
    let layers = vec![
        layer("Herkomst", &["thuis", "ggz", "cel"], false),
        layer("Instelling", &["Noord", "Oost", "West", "Zuid"], true),
        layer("Bestemming", &["huis", "woonvorm", "ggz"], false),
    ];
    let parts = std::array::from_fn(|i| paths.iter().filter(|path| path[1] == i).count() as u64);
    Estimate {
        meta: meta("stroom", parts),
        outcome: Ok(Shape::Flow(Flow { layers, links })),
    }
}

/// The true counts of all links, in the order of [`flow`].
fn link_counts(estimate: &Estimate) -> Vec<u64> {
    match &estimate.outcome {
        Ok(Shape::Flow(flow)) => flow.links.iter().map(|link| link.count.count).collect(),
        other => panic!("not a flow: {other:?}"),
    }
}

fn shown_links(publication: &Publication) -> Option<Vec<Cell>> {
    match publication.result("stroom").unwrap().released() {
        Released::Flow(flow) => Some(flow.links().iter().map(|link| link.count()).collect()),
        _ => None,
    }
}

#[test]
fn flows_of_two_releases() {
    each_growth(|numbers, new| {
        let before: Vec<Path> = (0..300).map(|_| path(numbers)).collect();
        let mut after = before.clone();
        after.extend((0..new).map(|_| path(numbers)));
        let (one, two) = (flow(&before), flow(&after));
        let truth = [link_counts(&one), link_counts(&two)];
        let shown = both(&[one], &[two]);
        let [Some(first), Some(second)] = [&shown[0], &shown[1]].map(shown_links) else {
            return 0;
        };
        assert_eq!(
            first.len(),
            truth[0].len(),
            "links are shown in their order"
        );
        let in_first_layer = NODES[0] * NODES[1];
        let mut told: Vec<Told> = (0..first.len())
            .map(|link| Told {
                atoms: vec![link],
                first: first[link],
                second: second[link],
            })
            .collect();
        let n = [&shown[0], &shown[1]].map(|one| one.result("stroom").unwrap().n());
        told.push(Told {
            atoms: (0..in_first_layer).collect(),
            first: n[0],
            second: n[1],
        });
        let through = |node: usize| {
            let into = (0..NODES[0]).map(|from| from * NODES[1] + node).collect();
            let out = (0..NODES[2]).map(|to| in_first_layer + node * NODES[2] + to);
            (into, out.collect())
        };
        let joint = Joint {
            truth,
            told,
            equal: (0..NODES[1]).map(through).collect(),
        };
        joint.assert_safe(&format!("{new} new"))
    });
}

const NAMES: [&str; 4] = ["Noord", "Oost", "West", "Zuid"];

/// The curve of all, and those per institution.
fn curves(all: &[Followed]) -> Vec<Estimate> {
    let per: Vec<Vec<Followed>> = (0..4)
        .map(|i| {
            all.iter()
                .filter(|one| one.institution == i)
                .copied()
                .collect()
        })
        .collect();
    let groups: Vec<(&str, &[Followed])> = NAMES
        .into_iter()
        .zip(per.iter().map(Vec::as_slice))
        .collect();
    vec![
        survival("duur", &[("allen", all)], &[365]),
        survival("duur-instelling", &groups, &[365]),
    ]
}

/// Per group the published number at risk on a day.
fn at_risk(publication: &Publication, id: &str, day: i32) -> Vec<(String, Cell)> {
    let Released::Curves(curves) = publication.result(id).unwrap().released() else {
        return Vec::new();
    };
    let groups = curves.strata().iter().zip(curves.risk());
    let on_day = groups.filter_map(|(label, risk)| {
        let at = risk.iter().find(|at| at.day() == day)?;
        Some((label.clone(), at.at_risk()))
    });
    on_day.collect()
}

/// Numbers at risk on one day: an atom per institution, and their total.
#[test]
fn numbers_at_risk_of_two_releases() {
    each_growth(|numbers, new| {
        let before = clients(numbers, [60, 45, 35, 25], [1_200; 4]);
        let mut after = before.clone();
        for _ in 0..new {
            let institution = numbers.below(4) as usize;
            after.push(Followed {
                day: 1 + numbers.below(1_200) as i32,
                event: numbers.below(2) == 0,
                institution,
            });
        }
        let shown = both(&curves(&before), &curves(&after));
        let mut tried = 0;
        for day in [0, 183, 365, 548, 731, 913, 1_096] {
            let truth = [&before, &after].map(|all| {
                let count = |i: usize| {
                    all.iter()
                        .filter(|one| one.institution == i && one.day >= day)
                        .count() as u64
                };
                (0..4).map(count).collect::<Vec<u64>>()
            });
            let of = |release: usize, id: &str, label: Option<&str>| {
                let all = at_risk(&shown[release], id, day);
                let found = all
                    .iter()
                    .find(|one| label.is_none_or(|label| one.0 == label));
                found.map_or(Cell::Suppressed, |one| one.1)
            };
            let mut told: Vec<Told> = (0..4)
                .map(|i| Told {
                    atoms: vec![i],
                    first: of(0, "duur-instelling", Some(NAMES[i])),
                    second: of(1, "duur-instelling", Some(NAMES[i])),
                })
                .collect();
            told.push(Told {
                atoms: (0..4).collect(),
                first: of(0, "duur", None),
                second: of(1, "duur", None),
            });
            let joint = Joint {
                truth,
                told,
                equal: Vec::new(),
            };
            tried += joint.assert_safe(&format!("{new} new, day {day}"));
        }
        tried
    });
}
