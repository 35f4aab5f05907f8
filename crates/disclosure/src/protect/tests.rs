//! Instances with answers that others published.

use super::attack::{Worlds, attack};
use super::optimise::hide_more;
use super::problem::{Attacker, Demand, Number, Problem, Side, Status};

/// A table with its margins known or to be chosen: cells row by row, then row totals, column
/// totals and the total.
struct Table {
    rows: usize,
    columns: usize,
    numbers: Vec<Number>,
    sums: Vec<Vec<(usize, i64)>>,
}

fn number(value: i64, status: Status) -> Number {
    Number::count(value, status)
}

impl Table {
    fn new(cells: &[&[i64]], margins: fn(i64) -> Status) -> Self {
        let (rows, columns) = (cells.len(), cells[0].len());
        let choice = |value: i64| number(value, Status::Choice(value as f64));
        let mut numbers: Vec<Number> = cells
            .iter()
            .flat_map(|row| row.iter().map(|&value| choice(value)))
            .collect();
        let mut sums = Vec::new();
        let mut total = |numbers: &mut Vec<Number>, parts: Vec<usize>| {
            let value = parts.iter().map(|&part| numbers[part].value).sum();
            sums.push(
                parts
                    .iter()
                    .map(|&part| (part, 1))
                    .chain([(numbers.len(), -1)])
                    .collect(),
            );
            numbers.push(number(value, margins(value)));
        };
        for row in 0..rows {
            total(
                &mut numbers,
                (0..columns).map(|column| row * columns + column).collect(),
            );
        }
        for column in 0..columns {
            total(
                &mut numbers,
                (0..rows).map(|row| row * columns + column).collect(),
            );
        }
        let first = rows * columns;
        total(&mut numbers, (first..first + rows).collect());
        let whole = numbers.len() - 1;
        let by_column = (first + rows..whole).map(|column| (column, 1));
        sums.push(by_column.chain([(whole, -1)]).collect());
        Self {
            rows,
            columns,
            numbers,
            sums,
        }
    }

    fn at(&self, row: usize, column: usize) -> usize {
        assert!(row < self.rows && column < self.columns);
        row * self.columns + column
    }

    fn hide(&mut self, cells: &[(usize, usize)]) {
        for &(row, column) in cells {
            let cell = self.at(row, column);
            self.numbers[cell].status = Status::Hidden;
        }
    }

    fn problem(&self, demands: Vec<Demand>) -> Problem {
        Problem::new(self.numbers.clone(), self.sums.clone(), demands)
    }
}

fn within(number: usize, at_most: i64, at_least: i64) -> Demand {
    Demand {
        number,
        attacker: Attacker::Public,
        at_most,
        at_least,
    }
}

fn hidden_from_the_start(problem: &Problem) -> Vec<bool> {
    problem
        .numbers
        .iter()
        .map(|number| number.status == Status::Hidden)
        .collect()
}

/// What is hidden in the end besides what was from the start.
fn secondaries(problem: &Problem) -> Vec<usize> {
    let start = hidden_from_the_start(problem);
    let mut hidden = start.clone();
    for component in problem.components(|n| !problem.numbers[n].status.is_known()) {
        hide_more(problem, &component, &mut hidden);
    }
    assert_eq!(
        attack(problem, &hidden, &problem.demands, &mut Worlds::default()),
        []
    );
    (0..hidden.len())
        .filter(|&n| hidden[n] && !start[n])
        .collect()
}

/// The interval that the attacker finds for a number, in whole numbers.
fn interval(problem: &Problem, number: usize) -> (i64, i64) {
    let hidden = hidden_from_the_start(problem);
    let reachable = |side: Side, to: i64| {
        let value = problem.numbers[number].value;
        let demand = match side {
            Side::Low => within(number, to, value),
            Side::High => within(number, value, to),
        };
        attack(problem, &hidden, &[demand], &mut Worlds::default()).is_empty()
    };
    // The farthest that can be reached, by halving: what lies nearer can be reached too.
    let farthest = |side: Side, most: i64| {
        let (mut reached, mut beyond) = (0, most + 1);
        while beyond - reached > 1 {
            let middle = (reached + beyond) / 2;
            let to = problem.numbers[number].value + side.sign() * middle;
            if reachable(side, to) {
                reached = middle
            } else {
                beyond = middle
            }
        }
        reached
    };
    let value = problem.numbers[number].value;
    (
        value - farthest(Side::Low, value),
        value + farthest(Side::High, 2_000),
    )
}

/// τ-ARGUS, example 1 of its batch tests: with women of region A unsafe, the optimum also
/// hides the men of A and both of C, and nothing else.
#[test]
fn tau_argus_example_one() {
    let margins = |value| Status::Choice(value as f64);
    let mut table = Table::new(
        &[&[895, 137], &[753, 973], &[569, 486], &[540, 793]],
        margins,
    );
    assert_eq!(table.numbers.last().unwrap().value, 5146);
    table.hide(&[(0, 1)]);
    let problem = table.problem(vec![within(table.at(0, 1), 123, 151)]);
    let expected = [table.at(0, 0), table.at(2, 0), table.at(2, 1)];
    assert_eq!(secondaries(&problem), expected);
}

/// sdcTable's `problemdata()`: at least two cells are hidden in every row and column, and yet
/// one of them follows exactly; hiding the cheapest other cell (x, d) heals it.
#[test]
fn sdc_table_problem_data() {
    let mut table = Table::new(
        &[
            &[30, 47, 64, 89],
            &[90, 124, 5, 31],
            &[92, 100, 59, 85],
            &[800, 991, 651, 685],
        ],
        |_| Status::Known,
    );
    assert_eq!(table.numbers.last().unwrap().value, 3943);
    let hidden = [
        (0, 0),
        (0, 1),
        (0, 2),
        (1, 0),
        (1, 2),
        (2, 1),
        (2, 3),
        (3, 1),
        (3, 3),
    ];
    table.hide(&hidden);
    let problem = table.problem(Vec::new());
    let expected = [
        (25, 94),
        (47, 47),
        (0, 69),
        (26, 95),
        (0, 69),
        (0, 185),
        (0, 185),
        (906, 1091),
        (585, 770),
    ];
    for ((row, column), expected) in hidden.into_iter().zip(expected) {
        assert_eq!(
            interval(&problem, table.at(row, column)),
            expected,
            "{row}, {column}"
        );
    }
    let exact = within(table.at(0, 1), 46, 48);
    assert_eq!(secondaries(&table.problem(vec![exact])), [table.at(1, 3)]);
}

/// sdcTable's linked tables: by county {A B I J} {K L M N} and by size {L M} {A B I J K N}. Each
/// table alone is safe with A, B, K, L and M hidden; together they give K away.
#[test]
fn sdc_table_linked_tables() {
    const NAMES: [char; 8] = ['A', 'B', 'I', 'J', 'K', 'L', 'M', 'N'];
    let values = [2, 2, 8, 8, 3, 3, 3, 7];
    let primary = ['A', 'B', 'K', 'L', 'M'];
    let mut numbers: Vec<Number> = NAMES
        .iter()
        .zip(values)
        .map(|(name, value)| {
            let hidden = primary.contains(name);
            number(
                value,
                if hidden {
                    Status::Hidden
                } else {
                    Status::Choice(value as f64)
                },
            )
        })
        .collect();
    let mut sums = Vec::new();
    for group in ["ABIJ", "KLMN", "LM", "ABIJKN"] {
        let of = |name: char| NAMES.iter().position(|&other| other == name).unwrap();
        let mut terms: Vec<(usize, i64)> = group.chars().map(|name| (of(name), 1)).collect();
        let value = terms.iter().map(|term| numbers[term.0].value).sum();
        terms.push((numbers.len(), -1));
        numbers.push(number(value, Status::Known));
        sums.push(terms);
    }
    let k = 4;
    let apart = Problem::new(numbers.clone(), sums[..2].to_vec(), Vec::new());
    assert_eq!(interval(&apart, k), (0, 9));
    let together = Problem::new(numbers.clone(), sums.clone(), vec![within(k, 2, 4)]);
    assert_eq!(interval(&together, k), (3, 3));
    assert_eq!(secondaries(&together), [7]);
    numbers[7].status = Status::Hidden;
    assert_eq!(
        interval(&Problem::new(numbers, sums, Vec::new()), k),
        (0, 10)
    );
}

/// An institution that knows its own cell is not fooled by it.
#[test]
fn a_cell_of_the_attacker_protects_nothing() {
    let mut table = Table::new(&[&[5, 40, 30], &[60, 70, 80]], |_| Status::Known);
    for row in 0..2 {
        for column in 0..3 {
            let cell = table.at(row, column);
            table.numbers[cell].owner = Some(column);
        }
    }
    table.hide(&[(0, 0)]);
    let demand = |i| Demand {
        attacker: Attacker::Institution(i),
        ..within(0, 1, 10)
    };
    let public = table.problem(vec![within(0, 1, 10)]);
    assert_eq!(secondaries(&public).len(), 3);
    let all = table.problem(vec![demand(1), demand(2)]);
    assert_eq!(secondaries(&all).len(), 5);
}
