//! Attacks on what was released, from outside: with the tables as published and a solver.

#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use common::{Numbers, named as policy, release, released, table};
use disclosure::{Ledger, ReleasedTable};
use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};

/// A table as the attacker sees it: the exact number where one is shown (which is more than
/// the rounded one that a reader has), nothing where it is hidden.
struct Seen {
    cells: Vec<Option<u64>>,
    row_totals: Vec<Option<u64>>,
    column_totals: Vec<Option<u64>>,
    total: Option<u64>,
}

impl Seen {
    fn new(truth: &[[u64; 4]], shown: &ReleasedTable) -> Self {
        let open = |cell: disclosure::Cell, truth: u64| cell.count().map(|_| truth);
        let cells = truth.iter().flatten().zip(shown.cells());
        let rows = truth
            .iter()
            .map(|row| row.iter().sum())
            .zip(shown.row_totals());
        let columns = (0..4).map(|i| truth.iter().map(|row| row[i]).sum());
        Self {
            cells: cells.map(|(&truth, &cell)| open(cell, truth)).collect(),
            row_totals: rows.map(|(truth, &cell)| open(cell, truth)).collect(),
            column_totals: columns
                .zip(shown.column_totals())
                .map(|(truth, &cell)| open(cell, truth))
                .collect(),
            total: open(shown.total(), truth.iter().flatten().sum()),
        }
    }

    /// Adds what another table showed of the same people.
    fn join(&mut self, other: &Self) {
        let join = |all: &mut [Option<u64>], more: &[Option<u64>]| {
            all.iter_mut()
                .zip(more)
                .for_each(|(one, more)| *one = one.or(*more));
        };
        join(&mut self.cells, &other.cells);
        join(&mut self.row_totals, &other.row_totals);
        join(&mut self.column_totals, &other.column_totals);
        self.total = self.total.or(other.total);
    }

    /// The least and most that a hidden cell can be, for a reader or for an institution that
    /// knows its own column.
    fn bounds(&self, cell: usize, knows: Option<usize>, truth: &[[u64; 4]]) -> (f64, f64) {
        let solve = |direction| {
            let mut lp = Problem::new(direction);
            let cells: Vec<Variable> = (0..self.cells.len())
                .map(|i| {
                    let gain = if i == cell { 1.0 } else { 0.0 };
                    let own = knows
                        .filter(|&own| i % 4 == own)
                        .map(|own| truth[i / 4][own]);
                    match self.cells[i].or(own) {
                        Some(known) => lp.add_var(gain, (known as f64, known as f64)),
                        None => lp.add_var(gain, (0.0, 1e5)),
                    }
                })
                .collect();
            let mut sum = |of: Vec<usize>, total: Option<u64>| {
                if let Some(total) = total {
                    let terms: Vec<_> = of.into_iter().map(|i| (cells[i], 1.0)).collect();
                    lp.add_constraint(&terms[..], ComparisonOp::Eq, total as f64);
                }
            };
            for (row, &total) in self.row_totals.iter().enumerate() {
                sum((0..4).map(|column| row * 4 + column).collect(), total);
            }
            for column in 0..4 {
                let own: u64 = truth.iter().map(|row| row[column]).sum();
                let known = self.column_totals[column].or((knows == Some(column)).then_some(own));
                sum(
                    (0..truth.len()).map(|row| row * 4 + column).collect(),
                    known,
                );
            }
            sum((0..cells.len()).collect(), self.total);
            let solution = lp.solve().unwrap().into_solution().unwrap();
            solution.var_value(cells[cell])
        };
        (
            solve(OptimizationDirection::Minimize),
            solve(OptimizationDirection::Maximize),
        )
    }

    /// That nobody can tell a small cell from none, or from a number that may be shown.
    fn assert_safe(&self, truth: &[[u64; 4]], threshold: f64) -> usize {
        let mut tried = 0;
        for (cell, &value) in truth.iter().flatten().enumerate() {
            if value == 0 || value as f64 >= threshold {
                continue;
            }
            assert_eq!(self.cells[cell], None, "a small cell is shown");
            let outsiders = (0..4)
                .filter(|institution| cell % 4 != *institution)
                .map(Some);
            for who in outsiders.chain([None]) {
                let (low, high) = self.bounds(cell, who, truth);
                assert!(
                    low <= 1.0 + 1e-6,
                    "{who:?} knows that cell {cell} is at least {low}"
                );
                assert!(
                    high >= threshold - 1e-6,
                    "{who:?} knows that cell {cell} is at most {high}"
                );
                tried += 1;
            }
        }
        tried
    }
}

fn random(numbers: &mut Numbers) -> Vec<[u64; 4]> {
    let rows = 2 + numbers.below(4) as usize;
    let most = [12, 25, 40, 90][numbers.below(4) as usize];
    (0..rows)
        .map(|_| std::array::from_fn(|_| numbers.below(most)))
        .collect()
}

#[test]
fn no_small_cell_of_a_random_table_can_be_worked_out() {
    let mut numbers = Numbers(20_261_122);
    let mut tried = 0;
    for _ in 0..25 {
        let truth = random(&mut numbers);
        let (publication, _) = release(&[table("t", &truth)], &policy(), &Ledger::empty());
        tried += Seen::new(&truth, released(&publication, "t")).assert_safe(&truth, 10.0);
    }
    assert!(
        tried > 100,
        "the tables had hardly any small cells: {tried}"
    );
}

/// The same closed group in two releases: with another table beside it, other cells might be
/// hidden for protection, and the two patterns together would give a cell away.
#[test]
fn two_releases_of_a_closed_group_together_give_nothing_away() {
    let mut numbers = Numbers(7);
    for _ in 0..12 {
        let truth = random(&mut numbers);
        let (first, entry) = release(&[table("t", &truth)], &policy(), &Ledger::empty());
        let ledger = Ledger::read(&[entry.bytes()]).unwrap();
        let strict = disclosure::Policy::new(disclosure::PolicyDraft {
            threshold: 10,
            group_share: 0.6,
            name_institutions: true,
            ..disclosure::PolicyDraft::default()
        })
        .unwrap();
        let (second, _) = release(&[table("t", &truth)], &strict, &ledger);
        let mut seen = Seen::new(&truth, released(&first, "t"));
        seen.join(&Seen::new(&truth, released(&second, "t")));
        seen.assert_safe(&truth, 10.0);
    }
}

#[test]
fn a_few_new_clients_do_not_show() {
    let before = [[120, 80, 60, 40], [90, 70, 50, 30]];
    let (first, entry) = release(&[table("t", &before)], &policy(), &Ledger::empty());
    let ledger = Ledger::read(&[entry.bytes()]).unwrap();
    for new in 1..10 {
        let after = [[120 + new, 80, 60, 40], [90, 70, 50, 30]];
        let (second, _) = release(&[table("t", &after)], &policy(), &ledger);
        assert_eq!(
            released(&first, "t"),
            released(&second, "t"),
            "{new} new clients show"
        );
        assert_eq!(
            first.result("t").unwrap().n(),
            second.result("t").unwrap().n()
        );
    }
    let after = [[130, 80, 60, 40], [90, 70, 50, 30]];
    let (second, _) = release(&[table("t", &after)], &policy(), &ledger);
    assert_eq!(released(&second, "t").cell(0, 0).count(), Some(130));
}

/// Small changes add up: what stays hidden from release to release is shown once it is enough.
#[test]
fn small_changes_add_up_until_they_may_be_seen() {
    let mut ledger = Ledger::empty();
    let mut shown = Vec::new();
    for step in 0..5 {
        let truth = [[120 + 4 * step, 80, 60, 40], [90, 70, 50, 30]];
        let (publication, entry) = release(&[table("t", &truth)], &policy(), &ledger);
        shown.push(released(&publication, "t").cell(0, 0).count().unwrap());
        ledger = ledger.with(entry).unwrap();
    }
    assert_eq!(shown, [120, 120, 120, 130, 130]);
}

#[test]
fn a_number_shown_in_one_table_is_hidden_in_none_and_the_other_way_round() {
    // The size of the fourth institution is small in both tables; only if both hide it, and
    // another size with it, does it not follow.
    let one = table("een", &[[60, 50, 40, 4], [60, 50, 40, 3]]);
    let two = table("twee", &[[70, 60, 50, 5], [50, 40, 30, 2]]);
    let (publication, _) = release(&[one, two], &policy(), &Ledger::empty());
    let hidden = |id: &str| -> Vec<bool> {
        let totals = released(&publication, id).column_totals();
        totals.iter().map(|cell| cell.count().is_none()).collect()
    };
    assert_eq!(hidden("een"), hidden("twee"));
    assert!(hidden("een")[3]);
    assert!(
        hidden("een").iter().filter(|&&hidden| hidden).count() >= 2 || {
            released(&publication, "een").total().count().is_none()
        }
    );
}
