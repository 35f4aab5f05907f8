//! What must hold for any data, and the fast estimators against plain slow ones.

use proptest::prelude::*;
use statistics::{
    AalenJohansen, Confidence, FROM_START, FollowUp, KaplanMeier, RiskTable, Transform,
};

const LOG: Confidence = Confidence::p95(Transform::Log);
const CAUSES: usize = 3;

#[derive(Clone, Debug)]
struct Rows {
    entry: Vec<i32>,
    exit: Vec<i32>,
    event: Vec<u8>,
}

impl Rows {
    fn of(rows: &[(i32, i32, u8)]) -> Self {
        Self {
            entry: rows.iter().map(|row| row.0).collect(),
            exit: rows.iter().map(|row| row.1).collect(),
            event: rows.iter().map(|row| row.2).collect(),
        }
    }

    fn follow_up(&self) -> FollowUp<'_> {
        FollowUp {
            entry: &self.entry,
            exit: &self.exit,
            event: &self.event,
        }
    }

    fn estimate(&self) -> AalenJohansen {
        AalenJohansen::estimate(self.follow_up(), CAUSES, LOG).expect("the rows are sound")
    }
}

/// Rows with many ties and, for about half of them, delayed entry.
fn rows() -> impl Strategy<Value = Vec<(i32, i32, u8)>> {
    let entry = prop_oneof![Just(FROM_START), 0..12_i32];
    let row = (entry, 1..25_i32, 0..=CAUSES as u8);
    let row = row.prop_map(|(entry, length, event)| (entry, entry + length, event));
    proptest::collection::vec(row, 1..60)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) + 1e-11
}

/// The infinitesimal jackknife as it is defined: each subject's influence, day by day.
fn slow_variances(rows: &[(i32, i32, u8)], times: &[i32]) -> Vec<[f64; CAUSES]> {
    let mut free_influence = vec![0.0; rows.len()];
    let mut influence = vec![[0.0; CAUSES]; rows.len()];
    let mut free = 1.0;
    let mut variances = Vec::new();
    for &day in times {
        let at_risk = |row: &(i32, i32, u8)| row.0 < day && day <= row.1;
        let has = |row: &(i32, i32, u8), cause: usize| {
            f64::from(u8::from(row.1 == day && usize::from(row.2) == cause + 1))
        };
        let n: f64 = rows.iter().filter(|row| at_risk(row)).count() as f64;
        let hazards: [f64; CAUSES] = std::array::from_fn(|cause| {
            rows.iter().map(|row| has(row, cause)).sum::<f64>() / n.max(1.0)
        });
        let hazard: f64 = hazards.iter().sum();
        for (subject, row) in rows.iter().enumerate() {
            let present = f64::from(u8::from(at_risk(row)));
            let mut jump = 0.0;
            for cause in 0..CAUSES {
                let increment = (has(row, cause) - present * hazards[cause]) / n.max(1.0);
                influence[subject][cause] +=
                    free_influence[subject] * hazards[cause] + free * increment;
                jump += increment;
            }
            free_influence[subject] = free_influence[subject] * (1.0 - hazard) - free * jump;
        }
        free *= 1.0 - hazard;
        variances.push(std::array::from_fn(|cause| {
            influence.iter().map(|own| own[cause] * own[cause]).sum()
        }));
    }
    variances
}

/// The product limit, straight from the rows.
fn slow_survival(rows: &[(i32, i32, u8)], day: i32) -> f64 {
    (0..=day).fold(1.0, |survival, day| {
        let at_risk = rows
            .iter()
            .filter(|row| row.0 < day && day <= row.1)
            .count();
        let events = rows.iter().filter(|row| row.1 == day && row.2 > 0).count();
        if events > 0 {
            survival * (1.0 - events as f64 / at_risk as f64)
        } else {
            survival
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_fast_variance_is_the_defined_one(rows in rows()) {
        let curve = Rows::of(&rows).estimate();
        let slow = slow_variances(&rows, &curve.table.times);
        for (day, variances) in slow.iter().enumerate() {
            for (cause, variance) in variances.iter().enumerate() {
                let fast = curve.causes[cause].std_err[day];
                prop_assert!(
                    (fast - variance.sqrt()).abs() <= 1e-8,
                    "cause {cause} day {day}: fast {fast}, slow {}", variance.sqrt()
                );
            }
        }
    }

    #[test]
    fn survival_is_the_product_limit(rows in rows()) {
        let data = Rows::of(&rows);
        let table = RiskTable::count(data.follow_up(), CAUSES).unwrap();
        let curve = KaplanMeier::estimate(&table, LOG);
        for (position, &day) in table.times.iter().enumerate() {
            prop_assert!(close(curve.survival[position], slow_survival(&rows, day)));
        }
    }

    #[test]
    fn probabilities_stay_probabilities_and_sum_to_one(rows in rows()) {
        let curve = Rows::of(&rows).estimate();
        for day in 0..curve.table.times.len() {
            let incidences = curve.causes.iter().map(|cause| cause.incidence[day]);
            let total: f64 = curve.event_free[day] + incidences.sum::<f64>();
            prop_assert!(close(total, 1.0), "{total}");
            for cause in &curve.causes {
                let limits = cause.limits[day];
                prop_assert!((0.0..=1.0 + 1e-12).contains(&cause.incidence[day]));
                prop_assert!(limits.lower <= cause.incidence[day] + 1e-12);
                prop_assert!(cause.incidence[day] <= limits.upper + 1e-12);
                prop_assert!(limits.lower.is_finite() && limits.upper.is_finite());
            }
        }
    }

    #[test]
    fn the_order_of_the_rows_does_not_matter(
        (rows, shuffled) in rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
    ) {
        prop_assert_eq!(Rows::of(&rows).estimate(), Rows::of(&shuffled).estimate());
    }

    #[test]
    fn splitting_a_row_changes_no_curve(rows in rows()) {
        let mut split = Vec::new();
        for &(entry, exit, event) in &rows {
            let middle = entry + (exit - entry) / 2;
            if middle > entry.max(0) {
                split.push((entry, middle, 0));
                split.push((middle, exit, event));
            } else {
                split.push((entry, exit, event));
            }
        }
        let (whole, split) = (Rows::of(&rows), Rows::of(&split));
        let table = RiskTable::count(whole.follow_up(), CAUSES).unwrap();
        let parts = RiskTable::count(split.follow_up(), CAUSES).unwrap();
        let (curve, same) = (KaplanMeier::estimate(&table, LOG), KaplanMeier::estimate(&parts, LOG));
        for &day in &table.times {
            prop_assert!(close(curve.survival_at(day), same.survival_at(day)));
            prop_assert_eq!(table.at_risk_on(day), parts.at_risk_on(day));
        }
    }

    #[test]
    fn one_cause_is_one_minus_kaplan_meier(rows in rows()) {
        let events: Vec<u8> = rows.iter().map(|row| row.2.min(1)).collect();
        let data = Rows { event: events, ..Rows::of(&rows) };
        let curve = AalenJohansen::estimate(data.follow_up(), 1, LOG).unwrap();
        let survival = KaplanMeier::estimate(&curve.table, LOG).survival;
        for (incidence, survival) in curve.causes[0].incidence.iter().zip(survival) {
            prop_assert!(close(*incidence, 1.0 - survival));
        }
    }

    #[test]
    fn sparse_days_give_the_same_as_dense_ones(rows in rows()) {
        // Times a million: too many days for a table per day.
        let far = |day: i32| if day == FROM_START { day } else { day * 1_000_000 };
        let sparse: Vec<_> = rows.iter().map(|&(a, b, event)| (far(a), far(b), event)).collect();
        let (near, sparse) = (Rows::of(&rows).estimate(), Rows::of(&sparse).estimate());
        prop_assert_eq!(near.causes, sparse.causes);
        prop_assert_eq!(near.table.n_risk, sparse.table.n_risk);
    }
}
