//! Multi-state models: by hand, by property, and by simulation.

use proptest::prelude::*;
use statistics::NotEstimable;
use statistics::cox::{CoxControl, Ties};
use statistics::imputation::Draws;
use statistics::matrix::Matrix;
use statistics::multistate::{
    CoefficientNoise, CovarianceForm, CumulativeHazards, Direction, Effects, EventCounts,
    ExpectedStay, HazardOptions, HazardVariance, Histories, LandmarkOptions, LandmarkProbabilities,
    LongData, MarkovTest, MarkovTestOptions, Multipliers, MultistateCox, ProbabilityErrors,
    ProbabilityOptions, StateOccupation, StateRows, TransitionProbabilities, TransitionRows,
    Transitions, WideRows,
};

/// Persons of an illness–death model, in long form.
#[derive(Clone, Debug, Default)]
struct Long {
    person: Vec<u32>,
    start: Vec<f64>,
    stop: Vec<f64>,
    event: Vec<bool>,
    transition: Vec<u32>,
}

impl Long {
    fn row(&mut self, (person, transition): (u32, u32), (start, stop): (f64, f64), event: bool) {
        self.person.push(person);
        self.transition.push(transition);
        self.start.push(start);
        self.stop.push(stop);
        self.event.push(event);
    }

    /// Somebody ill at `ill` (or never), and dead or censored at `end`.
    fn person(&mut self, ill: Option<f64>, end: f64, dies: bool) {
        let person = self.person.last().map_or(0, |last| last + 1);
        let first = ill.unwrap_or(end);
        self.row((person, 0), (0.0, first), ill.is_some());
        self.row((person, 1), (0.0, first), dies && ill.is_none());
        if let Some(ill) = ill {
            self.row((person, 2), (ill, end), dies);
        }
    }

    fn rows(&self) -> TransitionRows<'_> {
        TransitionRows {
            start: &self.start,
            stop: &self.stop,
            event: &self.event,
            transition: &self.transition,
            weights: None,
        }
    }

    fn histories(&self) -> Histories<'_> {
        Histories {
            person: &self.person,
            rows: self.rows(),
        }
    }
}

fn illness_death() -> Transitions {
    Transitions::new(3, &[(0, 1), (0, 2), (1, 2)]).expect("a model")
}

/// Four persons: ill at 1 and dead at 4; dead at 2; ill at 3 and censored at 5; censored at 6.
fn four() -> Long {
    let mut long = Long::default();
    long.person(Some(1.0), 4.0, true);
    long.person(None, 2.0, true);
    long.person(Some(3.0), 5.0, false);
    long.person(None, 6.0, false);
    long
}

fn estimate(long: &Long, variance: HazardVariance) -> CumulativeHazards {
    let options = HazardOptions {
        ties: Ties::Breslow,
        variance,
    };
    CumulativeHazards::estimate(long.rows(), &illness_death(), options).expect("hazards")
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * (1.0 + b.abs())
}

#[test]
fn four_persons_by_hand() {
    let hazards = estimate(&four(), HazardVariance::Aalen);
    // Events at 1 (0→1, of 4), 2 (0→2, of 3), 3 (0→1, of 2), 4 (1→2, of 2); followed until 6.
    assert_eq!(hazards.times(), [1.0, 2.0, 3.0, 4.0, 6.0]);
    assert_eq!(hazards.cumulative(0), [0.25, 0.25, 0.75, 0.75, 0.75]);
    assert_eq!(hazards.cumulative(1)[4], 1.0 / 3.0);
    assert_eq!(hazards.cumulative(2), [0.0, 0.0, 0.0, 0.5, 0.5]);
    // Aalen: 1/16 + 1/4.
    let variance = hazards.cumulative_covariance(0, 0).expect("a covariance");
    assert_eq!(variance[4], 0.3125);

    let options = ProbabilityOptions::default();
    let probabilities = TransitionProbabilities::compute(&hazards, options).expect("probabilities");
    // P00: ¾ · ⅔ · ½ = ¼. P01: ¼ after 1; + ½ · ½ = ½ after 3; · ½ = ¼ after 4. P02: the rest.
    let last = probabilities.times.len() - 1;
    assert!(close(probabilities.probability(last, 0, 0), 0.25));
    assert!(close(probabilities.probability(last, 0, 1), 0.25));
    assert!(close(probabilities.probability(last, 0, 2), 0.5));
    assert!(close(probabilities.probability(last, 1, 2), 0.5));
    // Without illness before death nothing moves: from 1 on its own, Aalen's form is
    // P(s, u)² dN / Y² = (½)² · ¼.
    let error = probabilities.std_err(last, 1, 1).expect("an error");
    assert!(close(error * error, 0.25 * 0.25));
}

#[test]
fn greenwood_of_one_transition_is_that_of_kaplan_and_meier() {
    let mut long = Long::default();
    for (time, dies) in [
        (1.0, true),
        (2.0, true),
        (2.0, false),
        (3.0, true),
        (4.0, false),
    ] {
        long.person(None, time, dies);
    }
    // S² Σ d / (Y (Y − d)) with (d, Y) = (1, 5), (1, 4), (1, 2).
    let survival = 0.8 * 0.75 * 0.5;
    let expected = survival * survival * (1.0 / 20.0 + 1.0 / 12.0 + 1.0 / 2.0);
    let hazards = estimate(&long, HazardVariance::Greenwood);
    for (direction, at) in [(Direction::Forward, 0.0), (Direction::FixedHorizon, 10.0)] {
        let options = ProbabilityOptions {
            at,
            direction,
            form: CovarianceForm::Greenwood,
            ..ProbabilityOptions::default()
        };
        let probabilities = TransitionProbabilities::compute(&hazards, options).expect("them");
        let place = match direction {
            Direction::Forward => probabilities.times.len() - 1,
            Direction::FixedHorizon => 0,
        };
        let error = probabilities.std_err(place, 0, 0).expect("an error");
        assert!(close(error * error, expected), "{direction:?}");
    }
}

#[test]
fn counts_tell_where_everybody_went() {
    let long = four();
    let counts = EventCounts::of(long.histories(), &illness_death()).expect("counts");
    assert_eq!(
        [counts.count(0, 1), counts.count(0, 2), counts.count(1, 2)],
        [2, 1, 1]
    );
    assert_eq!(counts.no_event, [1, 1, 2]);
    assert_eq!([0, 1, 2].map(|state| counts.entering(state)), [4, 2, 2]);
}

#[test]
fn stays_add_up_and_have_the_errors_of_their_sum() {
    let hazards = estimate(&four(), HazardVariance::Aalen);
    let stay = ExpectedStay::compute(&hazards, ProbabilityOptions::default(), 5.0).expect("stays");
    for from in 0..3 {
        assert!(close(stay.stay.row(from).iter().sum(), 5.0));
    }
    // From 1: stays 4 for sure, then 1 · ½.
    assert!(close(stay.stay[(1, 1)], 4.5));
    let errors = stay.std_err.expect("errors");
    // One unit of time after the only step: the error of P11 itself, and its mirror image.
    assert!(close(errors[(1, 1)], 0.25));
    assert!(close(errors[(1, 2)], 0.25));
    assert_eq!(errors[(2, 2)], 0.0);
}

#[test]
fn a_landmark_at_the_start_is_the_whole_and_a_late_one_is_kaplan_meier() {
    let long = four();
    let model = illness_death();
    let at = |at, from: &[usize]| {
        let options = LandmarkOptions {
            at,
            ..LandmarkOptions::default()
        };
        LandmarkProbabilities::estimate(long.histories(), &model, from, options)
    };
    let start = at(0.0, &[0]).expect("all are in 0");
    assert_eq!(start.persons, 4);
    assert!(close(start.probability(start.times.len() - 1, 1), 0.25));
    // At 3.5 two are ill; one dies at 4.
    let late = at(3.5, &[1]).expect("two are in 1");
    assert_eq!((late.persons, &late.times[..]), (2, &[3.5, 4.0, 5.0][..]));
    assert!(close(late.probability(1, 2), 0.5));
    // With the third, who stays in 0: a third each.
    let both = at(3.5, &[0, 1]).expect("three");
    assert!(close(both.probability(2, 0), 1.0 / 3.0));
    // The share of a state that nobody leaves is binomial: ⅓ · ⅔ / 3.
    let error = both.std_err(2, 0).expect("an error");
    assert!(close(error * error, 2.0 / 27.0));
    let nobody = at(7.0, &[0]);
    assert_eq!(nobody, Err(NotEstimable::EmptyRiskSet { time: 7.0 }));
}

#[test]
fn a_markov_trace_is_the_score_of_a_log_rank_test() {
    let mut long = Long::default();
    // Four who are ill at 1 or 3 and die at 4, 5, 6, 7 in turn; grouped at 2 by being ill.
    for (ill, end) in [(1.0, 4.0), (3.0, 5.0), (1.0, 6.0), (3.0, 7.0)] {
        long.person(Some(ill), end, true);
    }
    let options = MarkovTestOptions {
        transition: 2,
        grid: vec![2.0, 8.0],
        qualifying: None,
        samples: 50,
        multipliers: Multipliers::Poisson,
        seed: 1,
    };
    let test = MarkovTest::compute(long.histories(), &illness_death(), &options).expect("a test");
    assert_eq!(test.qualifying, [0, 1]);
    assert_eq!(test.persons[0], [2, 2]);
    // Ill at 2: observed 2 deaths; expected ½ + ⅓ + ½ + 0 = 4/3. Variance ¼ + 2/9 + ¼ = 13/18.
    let expected = (2.0 - 4.0 / 3.0) / (13.0_f64 / 18.0).sqrt();
    let trace = test.trace[0][1].expect("a statistic");
    assert!(close(trace, expected), "{trace} {expected}");
    assert!(close(test.trace[0][0].expect("its mirror"), -expected));
    assert!(close(
        test.chi_squared_trace[0].expect("χ²"),
        expected * expected
    ));
    assert_eq!((test.trace[1][0], test.chi_squared_trace[1]), (None, None));
    let p = test.mean_chi_squared.p_value.expect("a p-value");
    assert!(p > 0.0 && p <= 1.0);
}

#[test]
fn long_data_follow_the_first_state_entered() {
    let wide = WideRows {
        time: &[vec![], vec![2.0, 7.0, 3.0], vec![5.0, 7.0, 3.0]],
        entered: &[vec![], vec![true, false, true], vec![true, false, true]],
        start_state: &[0; 3],
        start_time: &[0.0; 3],
    };
    let long = LongData::of(wide, &illness_death()).expect("long data");
    let of = |person: usize| -> Vec<(usize, f64, f64, bool)> {
        let rows = long.rows.iter().filter(|row| row.person == person);
        rows.map(|row| (row.transition, row.start, row.stop, row.event))
            .collect()
    };
    assert_eq!(
        of(0),
        [
            (0, 0.0, 2.0, true),
            (1, 0.0, 2.0, false),
            (2, 2.0, 5.0, true)
        ]
    );
    assert_eq!(of(1), [(0, 0.0, 7.0, false), (1, 0.0, 7.0, false)]);
    // Ill and dead at once: ill first, and no time is left to be at risk of death.
    assert_eq!(of(2), [(0, 0.0, 3.0, true), (1, 0.0, 3.0, false)]);
    assert_eq!(long.ties, [2]);
}

#[test]
fn occupation_by_exponentials_of_tied_transitions() {
    let hazards = CumulativeHazards::new(illness_death(), vec![1.0], vec![0.3, 0.2, 0.4]);
    let hazards = hazards.expect("hazards");
    let occupation = StateOccupation::compute(&hazards, &[1.0, 0.0, 0.0], 0.0).expect("it");
    // exp of the generator: P00 = e^−0.5, P01 = 0.3 (e^−0.5 − e^−0.4) / (0.4 − 0.5).
    let (stay, ill) = (
        (-0.5_f64).exp(),
        0.3 * ((-0.4_f64).exp() - (-0.5_f64).exp()) / 0.1,
    );
    assert!(close(occupation.probability(0, 0), stay));
    assert!(close(occupation.probability(0, 1), ill));
    assert!(close(occupation.probability(0, 2), 1.0 - stay - ill));
}

#[test]
fn faults_have_names() {
    let model = illness_death();
    let mut long = four();
    long.transition[0] = 3;
    let unknown = CumulativeHazards::estimate(long.rows(), &model, HazardOptions::default());
    assert!(matches!(
        unknown,
        Err(NotEstimable::UnknownCode { code: 3, .. })
    ));
    let mut long = four();
    long.start[2] = 4.0;
    let empty = CumulativeHazards::estimate(long.rows(), &model, HazardOptions::default());
    assert!(matches!(empty, Err(NotEstimable::EmptyInterval { row: 2 })));
    let mut long = four();
    long.event.fill(false);
    let none = CumulativeHazards::estimate(long.rows(), &model, HazardOptions::default());
    assert_eq!(none, Err(NotEstimable::NoEvents));
    assert!(CumulativeHazards::new(model.clone(), vec![1.0], vec![f64::NAN; 3]).is_err());
    assert!(CumulativeHazards::new(model.clone(), vec![1.0], vec![-0.1, 0.0, 0.0]).is_err());
    assert!(CumulativeHazards::new(model.clone(), vec![2.0, 1.0], vec![0.0; 6]).is_err());
    let bare = CumulativeHazards::new(model, vec![1.0], vec![1.2, 0.0, 0.0]).expect("hazards");
    let without = TransitionProbabilities::compute(&bare, ProbabilityOptions::default());
    assert!(matches!(without, Err(NotEstimable::Empty { .. })));
    let errors = ProbabilityErrors::None;
    let options = ProbabilityOptions {
        errors,
        ..ProbabilityOptions::default()
    };
    let beyond = TransitionProbabilities::compute(&bare, options).expect("numbers, with a warning");
    assert_eq!(beyond.beyond_one, [1.0]);
    let nan = ProbabilityOptions {
        at: f64::NAN,
        ..options
    };
    assert!(TransitionProbabilities::compute(&bare, nan).is_err());
}

/// Persons with rates 0.3 (to illness), 0.1 (to death) and 0.4 (from illness to death), each
/// times exp(β z) for the given transitions, censored at 8.
fn simulate(draws: &mut Draws, persons: usize, beta: [f64; 3]) -> (Long, Vec<f64>) {
    let (mut long, mut z) = (Long::default(), Vec::new());
    for _ in 0..persons {
        let own = f64::from(u8::from(draws.uniform() < 0.5));
        let mut wait = |rate: f64, beta: f64| draws.exponential(rate * (beta * own).exp());
        let (ill, dead) = (wait(0.3, beta[0]), wait(0.1, beta[1]));
        let after = ill + wait(0.4, beta[2]);
        match (ill < dead.min(8.0), ill < dead) {
            (true, _) => long.person(Some(ill), after.min(8.0), after < 8.0),
            (false, _) => long.person(None, dead.min(8.0), dead < 8.0),
        }
        z.push(own);
    }
    (long, z)
}

#[test]
fn probabilities_and_stays_are_covered_at_their_level() {
    let mut draws = Draws::new(20);
    // exp(Qt) at t = 3: P00 = e^−1.2; P01 = 0.3 (e^−1.2 − e^−1.2)/(0.4 − 0.4) → 0.3 · 3 e^−1.2.
    let truth = [(-1.2_f64).exp(), 0.9 * (-1.2_f64).exp()];
    let stay = (1.0 - (-1.2_f64).exp()) / 0.4;
    let (mut covered, runs) = ([0; 3], 200);
    for _ in 0..runs {
        let (long, _) = simulate(&mut draws, 150, [0.0; 3]);
        let hazards = estimate(&long, HazardVariance::Greenwood);
        let options = ProbabilityOptions {
            form: CovarianceForm::Greenwood,
            ..ProbabilityOptions::default()
        };
        let probabilities = TransitionProbabilities::compute(&hazards, options).expect("them");
        let place = probabilities.times.partition_point(|&time| time <= 3.0) - 1;
        for state in 0..2 {
            let error = probabilities.std_err(place, 0, state).expect("an error");
            let far = (probabilities.probability(place, 0, state) - truth[state]).abs();
            covered[state] += u32::from(far <= 1.96 * error);
        }
        let expected = ExpectedStay::compute(&hazards, options, 3.0).expect("stays");
        let error = expected.std_err.expect("errors")[(0, 0)];
        covered[2] += u32::from((expected.stay[(0, 0)] - stay).abs() <= 1.96 * error);
    }
    // 95% of 200, give or take 3.5 standard errors.
    for covered in covered {
        assert!((179..=200).contains(&covered), "{covered} of {runs}");
    }
}

fn cox(long: &Long, z: &[f64]) -> (MultistateCox, Vec<f64>) {
    let people: Vec<usize> = long.person.iter().map(|&person| person as usize).collect();
    // One row per stay: the first transition of each state stands for it.
    let rows: Vec<usize> = (0..people.len())
        .filter(|&row| long.transition[row] != 1)
        .collect();
    let to = |row: usize| match (long.transition[row], long.event[row]) {
        (0, true) => Some(1),
        (0, false) if long.event[row + 1] => Some(2),
        (2, true) => Some(2),
        _ => None,
    };
    let x = Matrix::from_columns(&[rows.iter().map(|&row| z[people[row]]).collect::<Vec<f64>>()]);
    let data = StateRows {
        start: &rows
            .iter()
            .map(|&row| long.start[row])
            .collect::<Vec<f64>>(),
        stop: &rows.iter().map(|&row| long.stop[row]).collect::<Vec<f64>>(),
        from: &rows
            .iter()
            .map(|&row| u32::from(long.transition[row] == 2))
            .collect::<Vec<u32>>(),
        to: &rows.iter().map(|&row| to(row)).collect::<Vec<_>>(),
        design: &x,
        strata: None,
        weights: None,
        offset: None,
    };
    let effects = Effects::separate(illness_death(), 1);
    let control = CoxControl {
        tolerance: 1e-12,
        ..CoxControl::default()
    };
    let fit = MultistateCox::fit(data, effects, Ties::Breslow, &control).expect("a fit");
    let clusters: Vec<u32> = rows.iter().map(|&row| people[row] as u32).collect();
    let influence = fit.cluster_influence(&clusters).expect("influence");
    let errors = influence.transpose().multiply(&influence).diagonal_values();
    (fit, errors.into_iter().map(f64::sqrt).collect())
}

#[test]
fn cox_models_of_transitions_recover_what_was_simulated() {
    let mut draws = Draws::new(5);
    let beta = [0.5, -0.5, 0.3];
    let (mut covered, mut robust, runs) = ([0; 3], [0; 3], 100);
    for _ in 0..runs {
        let (long, z) = simulate(&mut draws, 150, beta);
        let (fit, errors) = cox(&long, &z);
        for transition in 0..3 {
            let far = (fit.coefficients[transition] - beta[transition]).abs();
            let error = fit.covariance[(transition, transition)].sqrt();
            covered[transition] += u32::from(far <= 1.96 * error);
            robust[transition] += u32::from(far <= 1.96 * errors[transition]);
        }
    }
    for covered in covered.into_iter().chain(robust) {
        assert!((86..=100).contains(&covered), "{covered} of {runs}");
    }
}

/// The errors of predicted probabilities against those of many simulated studies: coefficients
/// that all times share make them larger than independent increments would.
#[test]
fn shared_coefficients_have_the_error_that_simulation_shows() {
    let mut draws = Draws::new(77);
    let (mut found, mut shared, mut independent) = (Vec::new(), 0.0, 0.0);
    let runs = 300;
    for _ in 0..runs {
        let (long, z) = simulate(&mut draws, 120, [0.5, 0.2, 0.4]);
        let (fit, _) = cox(&long, &z);
        let hazards = fit.hazards(&[1.0], (0.0, 0), &[]).expect("hazards");
        let error = |coefficients| {
            let options = ProbabilityOptions {
                coefficients,
                ..ProbabilityOptions::default()
            };
            let probabilities = TransitionProbabilities::compute(&hazards, options).expect("them");
            let place = probabilities.times.partition_point(|&time| time <= 4.0) - 1;
            (
                probabilities.probability(place, 0, 1),
                probabilities.std_err(place, 0, 1).expect("an error"),
            )
        };
        let (value, own) = error(CoefficientNoise::Shared);
        found.push(value);
        shared += own * own / f64::from(runs);
        independent += error(CoefficientNoise::IndependentIncrements).1.powi(2) / f64::from(runs);
    }
    let mean = found.iter().sum::<f64>() / f64::from(runs);
    let variance = found.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(runs - 1);
    // A variance over 300 runs has a relative error of 8%.
    assert!(
        (shared / variance - 1.0).abs() < 0.25,
        "{shared} {variance}"
    );
    // Independent increments say 18% too much here.
    assert!(independent > 1.1 * variance, "{independent} {variance}");
}

fn persons() -> impl Strategy<Value = Long> {
    let one = (1..8_u8, 1..8_u8, any::<bool>(), any::<bool>());
    prop::collection::vec(one, 3..25).prop_map(|all| {
        let mut long = Long::default();
        for (first, more, ill, dies) in all {
            let (first, end) = (f64::from(first), f64::from(first) + f64::from(more));
            long.person(ill.then_some(first), if ill { end } else { first }, dies);
        }
        long
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn forward_and_backward_agree(long in persons()) {
        prop_assume!(long.event.contains(&true));
        for variance in [HazardVariance::Aalen, HazardVariance::Greenwood] {
            let hazards = estimate(&long, variance);
            for form in [CovarianceForm::Aalen, CovarianceForm::Greenwood] {
                let options = ProbabilityOptions { form, ..ProbabilityOptions::default() };
                let forward = TransitionProbabilities::compute(&hazards, options).expect("it");
                let back = TransitionProbabilities::compute(&hazards, ProbabilityOptions {
                    at: 20.0,
                    direction: Direction::FixedHorizon,
                    errors: ProbabilityErrors::Covariances,
                    ..options
                }).expect("it");
                let last = forward.times.len() - 1;
                for from in 0..3 {
                    let mut sum = 0.0;
                    for to in 0..3 {
                        sum += forward.probability(last, from, to);
                        let pair = (forward.probability(last, from, to), back.probability(0, from, to));
                        prop_assert!(close(pair.0, pair.1));
                        let pair = (forward.std_err(last, from, to), back.std_err(0, from, to));
                        // Of the variances: the root of nothing but rounding is large.
                        let square = |error: Option<f64>| error.expect("an error").powi(2);
                        prop_assert!(close(square(pair.0), square(pair.1)), "{pair:?}");
                    }
                    prop_assert!(close(sum, 1.0));
                }
                // Probabilities that add up to 1 have covariances that add up to 0.
                let covariances = &back.covariances.as_ref().expect("them")[0];
                let row: f64 = (0..3).map(|to| covariances[(0, 3 * to)]).sum();
                prop_assert!(row.abs() < 1e-12);
            }
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter(long in persons()) {
        prop_assume!(long.event.contains(&true));
        let mut turned = Long::default();
        for row in (0..long.person.len()).rev() {
            let interval = (long.start[row], long.stop[row]);
            turned.row((long.person[row], long.transition[row]), interval, long.event[row]);
        }
        let (one, other) = (estimate(&long, HazardVariance::Aalen), estimate(&turned, HazardVariance::Aalen));
        prop_assert_eq!(one, other);
    }
}
