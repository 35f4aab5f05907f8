//! Occupation of states: by hand, against the slow way, properties, and coverage.

use statistics::NotEstimable;
use statistics::imputation::Draws;
use statistics::matrix::Matrix;
use statistics::multistate::aalen_johansen::{Histories, OccupationOptions, StateOccupation};
use statistics::multistate::sojourn::Estimand;

/// Owned columns.
#[derive(Clone, Default)]
struct Table {
    entry: Vec<f64>,
    exit: Vec<f64>,
    event: Vec<u32>,
    state: Vec<u32>,
    person: Vec<u32>,
    cluster: Vec<u32>,
    weight: Vec<f64>,
    states: usize,
}

impl Table {
    fn histories(&self) -> Histories<'_> {
        Histories {
            entry: &self.entry,
            exit: &self.exit,
            event: &self.event,
            state: &self.state,
            states: self.states,
            person: &self.person,
            cluster: &self.cluster,
            weight: &self.weight,
            ..Histories::default()
        }
    }

    fn push(&mut self, row: (f64, f64, u32, u32), person: usize, weight: f64) {
        self.entry.push(row.0);
        self.exit.push(row.1);
        self.state.push(row.2);
        self.event.push(row.3);
        self.person.push(person as u32);
        self.cluster.push(person as u32 / 3);
        self.weight.push(weight);
    }
}

/// Persons who wander between three states and end in a fourth, entered late, with ties.
fn wanderers(persons: usize, seed: u64) -> Table {
    println!("seed {seed}");
    let mut draws = Draws::new(seed);
    let mut table = Table {
        states: 4,
        ..Table::default()
    };
    for person in 0..persons {
        let mut at = draws.below(6) as f64;
        let mut state = draws.below(3) as u32;
        let weight = 0.5 + draws.uniform();
        loop {
            let until = at + 1.0 + draws.below(9) as f64;
            let event = match draws.below(5) {
                0 => 0,
                1 => 4,
                _ => (state + 1 + draws.below(2) as u32) % 3 + 1,
            };
            table.push((at, until, state, event), person, weight);
            if event == 0 || event == 4 || until > 40.0 {
                break;
            }
            (at, state) = (until, event - 1);
        }
    }
    table
}

fn fit(table: &Table) -> StateOccupation {
    StateOccupation::fit(&table.histories(), &OccupationOptions::default()).expect("consistent")
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (1.0 + b.abs())
}

#[test]
fn an_illness_death_curve_by_hand() {
    // Four persons in state 0. At 1 one falls ill; at 2 one dies of the three left in 0; at 3
    // the ill one dies (1 at risk); at 4 one is censored, at 5 the last falls ill (1 at risk).
    let histories = Histories {
        entry: &[0.0, 1.0, 0.0, 0.0, 0.0],
        exit: &[1.0, 3.0, 2.0, 4.0, 5.0],
        state: &[0, 1, 0, 0, 0],
        event: &[2, 3, 3, 0, 2],
        person: &[0, 0, 1, 2, 3],
        states: 3,
        ..Histories::default()
    };
    let fit = StateOccupation::fit(&histories, &OccupationOptions::default()).expect("fits");
    let curve = &fit.curves[0];
    assert_eq!(curve.time, [1.0, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!(curve.n_risk.column(0), [4.0, 3.0, 2.0, 2.0, 1.0]);
    assert_eq!(curve.n_risk.column(1), [0.0, 1.0, 1.0, 0.0, 0.0]);
    assert_eq!(curve.occupation.row(0), [0.75, 0.25, 0.0]);
    // 3/4 · 2/3 = 1/2 stay in 0.
    assert!(close(curve.occupation[(1, 0)], 0.5, 1e-15));
    assert!(close(curve.occupation[(2, 2)], 0.5, 1e-15));
    assert!(close(curve.occupation[(4, 1)], 0.5, 1e-15));
    // Nelson and Aalen from 0 to 1: 1/4 + 1/1.
    assert_eq!(curve.cumulative_hazard[(4, 0)], 1.25);
    // Binomial at time 1: √(3/4 · 1/4 / 4).
    let std_err = curve.std_err.as_ref().expect("asked for");
    assert!(close(std_err[(0, 0)], (0.1875f64 / 4.0).sqrt(), 1e-15));
    assert_eq!(fit.counts, [[0, 2, 1, 1], [0, 0, 1, 0], [0, 0, 0, 0]]);
    // Time in state 0 until 5: 1 + 3/4 + 3 · 1/2.
    let sojourn = curve.sojourn(5.0).expect("after the start");
    assert!(close(sojourn.mean[0], 3.25, 1e-15));
    assert!(close(sojourn.mean.iter().sum(), 5.0, 1e-15));
}

#[test]
fn errors_are_the_sums_of_squared_influences() {
    for seed in [3, 17, 91] {
        let table = wanderers(60, seed);
        for clustered in [false, true] {
            let mut table = table.clone();
            if !clustered {
                table.cluster.clear();
            }
            let fit = fit(&table);
            let curve = &fit.curves[0];
            let influence = curve.influence();
            let std_err = curve.std_err.as_ref().expect("asked for");
            for time in 0..curve.time.len() {
                for state in 0..4 {
                    let squares: f64 = (0..influence.clusters.len())
                        .map(|cluster| influence.get(cluster, time, state).powi(2))
                        .sum();
                    let found = std_err[(time, state)];
                    assert!(close(found, squares.sqrt(), 1e-11), "{seed} {time} {state}");
                }
            }
        }
    }
}

/// The estimate after a small push to one person's weights, by central difference.
fn pushed(table: &Table, person: u32, of: &dyn Fn(&StateOccupation) -> Vec<f64>) -> Vec<f64> {
    let h = 1e-5;
    let moved = |factor: f64| {
        let mut table = table.clone();
        for (weight, owner) in table.weight.iter_mut().zip(&table.person) {
            if *owner == person {
                *weight *= factor;
            }
        }
        of(&fit(&table))
    };
    let (up, down) = (moved(1.0 + h), moved(1.0 - h));
    up.iter()
        .zip(&down)
        .map(|(a, b)| (a - b) / (2.0 * h))
        .collect()
}

#[test]
fn influences_are_derivatives_by_weight() {
    let table = wanderers(25, 5);
    let fitted = fit(&table);
    let at = 17.0;
    for estimand in [Estimand::Occupation, Estimand::Hazard, Estimand::Sojourn] {
        let curve = &fitted.curves[0];
        let (persons, influence) = curve
            .person_influence(estimand, at)
            .expect("after the start");
        for (row, &person) in persons.iter().enumerate() {
            let slope = pushed(&table, person, &|fit| {
                fit.curves[0]
                    .estimate(estimand, at)
                    .expect("after the start")
            });
            for (column, slope) in slope.iter().enumerate() {
                let found = influence[(row, column)];
                assert!(close(found, *slope, 1e-8), "{estimand:?} {person} {column}");
            }
        }
    }
}

#[test]
fn hazard_and_sojourn_errors_square_their_influences() {
    let mut table = wanderers(40, 29);
    table.cluster.clear();
    let fit = fit(&table);
    let curve = &fit.curves[0];
    let root = |influence: &Matrix, column: usize| -> f64 {
        influence
            .column(column)
            .iter()
            .map(|u| u * u)
            .sum::<f64>()
            .sqrt()
    };
    let last = curve.time.len() - 1;
    let (_, hazards) = curve
        .person_influence(Estimand::Hazard, curve.time[last])
        .expect("after the start");
    let errors = curve.hazard_std_err.as_ref().expect("asked for");
    for column in 0..fit.transitions.len() {
        assert!(close(errors[(last, column)], root(&hazards, column), 1e-11));
    }
    let (_, times) = curve
        .person_influence(Estimand::Sojourn, 20.0)
        .expect("after the start");
    let sojourn = curve.sojourn(20.0).expect("after the start");
    for state in 0..4 {
        assert!(close(sojourn.std_err[state], root(&times, state), 1e-12));
    }
}

#[test]
fn rows_may_be_split_and_shuffled() {
    let table = wanderers(40, 11);
    let expected = fit(&table);
    let mut split = Table {
        states: 4,
        ..Table::default()
    };
    for row in (0..table.exit.len()).rev() {
        let (entry, exit) = (table.entry[row], table.exit[row]);
        let (person, weight) = (table.person[row] as usize, table.weight[row]);
        let middle = entry + 0.5;
        split.push(
            (middle, exit, table.state[row], table.event[row]),
            person,
            weight,
        );
        split.push((entry, middle, table.state[row], 0), person, weight);
    }
    let found = fit(&split);
    assert_eq!(expected.curves[0].time, found.curves[0].time);
    let pairs = [
        (&expected.curves[0].occupation, &found.curves[0].occupation),
        (&expected.curves[0].n_censor, &found.curves[0].n_censor),
    ];
    for (a, b) in pairs {
        assert!(
            a.values()
                .iter()
                .zip(b.values())
                .all(|(a, b)| close(*a, *b, 1e-12))
        );
    }
    let errors = |fit: &StateOccupation| fit.curves[0].std_err.clone().expect("asked for");
    let (a, b) = (errors(&expected), errors(&found));
    // Variances: the root of one that is 0 but for rounding has half the digits.
    let mut pairs = a.values().iter().zip(b.values());
    assert!(pairs.all(|(a, b)| close(a * a, b * b, 1e-13)));
}

#[test]
fn probabilities_sum_to_one_and_threads_do_not_matter() {
    let table = wanderers(500, 77);
    let first = fit(&table);
    let curve = &first.curves[0];
    for time in 0..curve.time.len() {
        let sum: f64 = curve.occupation.row(time).iter().sum();
        assert!(close(sum, 1.0, 1e-12));
    }
    let again = fit(&table);
    assert_eq!(curve.std_err, again.curves[0].std_err);
}

#[test]
fn what_does_not_fit_has_a_name() {
    let base = Histories {
        entry: &[0.0, 1.0],
        exit: &[2.0, 3.0],
        state: &[0, 1],
        event: &[2, 0],
        person: &[0, 0],
        states: 2,
        ..Histories::default()
    };
    let fail = |histories: Histories<'_>, options: OccupationOptions| {
        StateOccupation::fit(&histories, &options).expect_err("does not fit")
    };
    let none = OccupationOptions::default;
    assert!(matches!(
        fail(base, none()),
        NotEstimable::InconsistentHistory { row: 1, .. }
    ));
    let jump = Histories {
        entry: &[0.0, 2.0],
        state: &[0, 0],
        ..base
    };
    assert!(matches!(
        fail(jump, none()),
        NotEstimable::InconsistentHistory { row: 1, .. }
    ));
    let backwards = Histories {
        entry: &[0.0, 3.0],
        ..base
    };
    assert_eq!(
        fail(backwards, none()),
        NotEstimable::EmptyInterval { row: 1 }
    );
    let negative = Histories {
        entry: &[0.0, 2.0],
        weight: &[1.0, -1.0],
        ..base
    };
    assert!(matches!(
        fail(negative, none()),
        NotEstimable::WeightNotPositive { row: 1, .. }
    ));
    let good = Histories {
        entry: &[0.0, 2.0],
        ..base
    };
    let options = OccupationOptions {
        initial: Some(vec![0.5, 0.4]),
        ..none()
    };
    assert!(matches!(fail(good, options), NotEstimable::Domain { .. }));
    let late = OccupationOptions {
        start_time: Some(10.0),
        ..none()
    };
    assert!(matches!(fail(good, late), NotEstimable::Empty { .. }));
    let fit = StateOccupation::fit(&good, &none()).expect("fits");
    assert!(fit.curves[0].sojourn(-1.0).is_err());
    assert!(fit.curves[0].sojourn(f64::NAN).is_err());
}

#[test]
fn weight_zero_is_as_if_absent_for_the_estimate() {
    let mut table = wanderers(30, 13);
    let kept = fit(&table).curves[0].estimate(Estimand::Occupation, 12.0);
    for row in 0..5 {
        table.push((0.0, 12.0 + f64::from(row), 0, 2), 100 + row as usize, 0.0);
    }
    table.person.iter_mut().for_each(|person| *person %= 60);
    table.cluster.clear();
    let with = fit(&table).curves[0].estimate(Estimand::Occupation, 12.0);
    for (a, b) in kept.expect("fits").iter().zip(with.expect("fits")) {
        assert!(close(*a, b, 1e-12));
    }
}

#[test]
fn intervals_cover_the_truth() {
    // 0 → 1 at rate 0.1, 0 → 2 at rate 0.05, 1 → 2 at rate 0.2; P(ill at 6) in closed form:
    // a/(c − h)·(e^{−ht} − e^{−ct}) with h = 0.15 the rate out of 0 and c that out of 1.
    let (ill, dies, dies_ill, at) = (0.1, 0.05, 0.2, 6.0f64);
    let out: f64 = ill + dies;
    let truth = ill / (dies_ill - out) * ((-out * at).exp() - (-dies_ill * at).exp());
    let mut draws = Draws::new(20_240_611);
    let (mut covered, runs) = (0, 300);
    for _ in 0..runs {
        let mut table = Table {
            states: 3,
            ..Table::default()
        };
        for person in 0..120 {
            let censored = 3.0 + 9.0 * draws.uniform();
            let leaves = draws.exponential(out);
            if leaves > censored {
                table.push((0.0, censored, 0, 0), person, 1.0);
            } else if draws.uniform() < dies / out {
                table.push((0.0, leaves, 0, 3), person, 1.0);
            } else {
                table.push((0.0, leaves, 0, 2), person, 1.0);
                let dead = leaves + draws.exponential(dies_ill);
                let event = if dead < censored { 3 } else { 0 };
                table.push((leaves, dead.min(censored), 1, event), person, 1.0);
            }
        }
        table.cluster.clear();
        let fit = fit(&table);
        let at = fit.curves[0].at(&[at]);
        let (p, se) = (
            at.occupation[(0, 1)],
            at.std_err.expect("asked for")[(0, 1)],
        );
        covered += usize::from((p - truth).abs() < 1.96 * se);
    }
    let share = f64::from(covered as u32) / f64::from(runs);
    // With 120 persons a plain interval covers 0.925 (2000 runs): ± 3 √(0.925 · 0.075/300).
    assert!((0.879..=0.971).contains(&share), "{share}");
}
