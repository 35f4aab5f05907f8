//! Every number that R's `survival` gives on small data, compared at a relative tolerance of
//! 1e-8. Made by `tests/r/survival_reference.R`; versions stand in the file.
//!
//! DIFFERENCE: where the standard error is 0, R 3.5-3 gives no limits; ours are the estimate, as
//! in R 3.8-6.

use serde_json::Value;
use statistics::{
    AalenJohansen, Confidence, FollowUp, KaplanMeier, NelsonAalen, Quantile, RiskTable, Transform,
};

const REFERENCE: &str = include_str!("reference/survival.json");

struct Case<'a> {
    name: String,
    json: &'a Value,
    entry: Vec<i32>,
    exit: Vec<i32>,
    event: Vec<u8>,
    confidence: Confidence,
}

impl<'a> Case<'a> {
    fn read(json: &'a Value) -> Self {
        let column = |name: &str| numbers(&json["data"][name]);
        let days = |name: &str| {
            column(name)
                .iter()
                .map(|&x| x.expect("data have no gaps") as i32)
                .collect()
        };
        let conf_type = json["conf_type"].as_str().expect("a name");
        Self {
            name: format!("{} {} {conf_type}", json["kind"], json["name"]),
            entry: days("entry"),
            exit: days("exit"),
            event: column("event")
                .iter()
                .map(|&x| x.expect("data have no gaps") as u8)
                .collect(),
            confidence: Confidence::p95(match conf_type {
                "plain" => Transform::Plain,
                "log" => Transform::Log,
                "log-log" => Transform::LogLog,
                "logit" => Transform::Logit,
                "arcsin" => Transform::Arcsin,
                other => panic!("unknown transform {other}"),
            }),
            json,
        }
    }

    fn rows(&self) -> FollowUp<'_> {
        FollowUp {
            entry: &self.entry,
            exit: &self.exit,
            event: &self.event,
        }
    }

    fn compare(&self, what: &str, expected: &Value, found: &[Option<f64>]) {
        let expected = numbers(expected);
        assert_eq!(expected.len(), found.len(), "{} {what}", self.name);
        for (place, (expected, found)) in expected.iter().zip(found).enumerate() {
            match (expected, found) {
                (Some(expected), Some(found)) => assert!(
                    (expected - found).abs() <= 1e-8 * expected.abs() + 1e-10,
                    "{} {what}[{place}]: R {expected}, ours {found}",
                    self.name
                ),
                (None, None) => {}
                _ => panic!(
                    "{} {what}[{place}]: R {expected:?}, ours {found:?}",
                    self.name
                ),
            }
        }
    }
}

fn numbers(json: &Value) -> Vec<Option<f64>> {
    let list = json.as_array().expect("an array");
    list.iter().map(Value::as_f64).collect()
}

/// Positions of the days that R lists: with events or censorings, not with entries only.
fn listed(table: &RiskTable) -> Vec<usize> {
    (0..table.times.len())
        .filter(|&p| table.events_at(p) + table.n_censor[p] > 0)
        .collect()
}

fn pick<T: Copy>(positions: &[usize], values: &[T], to: impl Fn(T) -> f64) -> Vec<Option<f64>> {
    positions.iter().map(|&p| Some(to(values[p]))).collect()
}

fn check_survival(case: &Case<'_>) {
    let events: Vec<u8> = case.event.iter().map(|&event| event.min(1)).collect();
    let rows = FollowUp {
        event: &events,
        ..case.rows()
    };
    let table = RiskTable::count(rows, 1).expect("rows of the reference are sound");
    let at = listed(&table);
    let curve = KaplanMeier::estimate(&table, case.confidence);
    let json = case.json;
    case.compare("time", &json["time"], &pick(&at, &curve.times, f64::from));
    case.compare(
        "n_risk",
        &json["n_risk"],
        &pick(&at, &curve.n_risk, |n| n as f64),
    );
    case.compare(
        "n_event",
        &json["n_event"],
        &pick(&at, &curve.n_event, |n| n as f64),
    );
    case.compare(
        "n_censor",
        &json["n_censor"],
        &pick(&at, &table.n_censor, |n| n as f64),
    );
    case.compare("surv", &json["surv"], &pick(&at, &curve.survival, |s| s));
    let std_err: Vec<_> = at.iter().map(|&p| curve.std_err_log[p]).collect();
    case.compare("std_err", &json["std_err_log"], &std_err);
    // Where S is 1 the standard error is 0: R 3.5-3 has no limits there.
    let limit = |lower: bool| -> Vec<Option<f64>> {
        let wanted = numbers(&json[if lower { "lower" } else { "upper" }]);
        at.iter()
            .zip(wanted)
            .map(|(&p, wanted)| {
                let limits =
                    curve.limits[p].filter(|_| wanted.is_some() || curve.survival[p] < 1.0);
                limits.map(|limits| if lower { limits.lower } else { limits.upper })
            })
            .collect()
    };
    case.compare("lower", &json["lower"], &limit(true));
    case.compare("upper", &json["upper"], &limit(false));
    let hazard = NelsonAalen::estimate(&table);
    case.compare("cumhaz", &json["cumhaz"], &pick(&at, &hazard.hazard, |h| h));
    case.compare(
        "std_chaz",
        &json["std_chaz"],
        &pick(&at, &hazard.std_err, |h| h),
    );
    check_quantiles(case, &curve);
}

fn check_quantiles(case: &Case<'_>, curve: &KaplanMeier) {
    let (mut days, mut lower, mut upper) = (Vec::new(), Vec::new(), Vec::new());
    for probability in [0.25, 0.5, 0.75] {
        let (day, low, high) = match curve.quantile(probability) {
            Quantile::NotReached => (None, None, None),
            Quantile::At { days, lower, upper } => (Some(days), lower, upper),
        };
        days.push(day);
        lower.push(low);
        upper.push(high);
    }
    case.compare("quantile", &case.json["quantile"], &days);
    // R gives a lower limit also where the quantile itself is not reached.
    for (name, ours) in [("quantile_lower", lower), ("quantile_upper", upper)] {
        let reached = numbers(&case.json[name]).into_iter().zip(&days);
        let wanted: Vec<Value> = reached
            .map(|(limit, day)| limit.filter(|_| day.is_some()).into())
            .collect();
        case.compare(name, &Value::Array(wanted), &ours);
    }
}

fn check_incidence(case: &Case<'_>) {
    let curve = AalenJohansen::estimate(case.rows(), 3, case.confidence)
        .expect("rows of the reference are sound");
    let at = listed(&curve.table);
    let json = case.json;
    case.compare(
        "time",
        &json["time"],
        &pick(&at, &curve.table.times, f64::from),
    );
    case.compare(
        "n_risk",
        &json["n_risk"],
        &pick(&at, &curve.table.n_risk, |n| n as f64),
    );
    case.compare(
        "n_censor",
        &json["n_censor"],
        &pick(&at, &curve.table.n_censor, |n| n as f64),
    );
    case.compare(
        "event_free",
        &json["event_free"],
        &pick(&at, &curve.event_free, |s| s),
    );
    for (number, cause) in curve.causes.iter().enumerate() {
        case.compare(
            "incidence",
            &json["incidence"][number],
            &pick(&at, &cause.incidence, |p| p),
        );
        case.compare(
            "std_err",
            &json["std_err"][number],
            &pick(&at, &cause.std_err, |p| p),
        );
        for (name, ours) in [
            ("lower", pick(&at, &cause.limits, |limits| limits.lower)),
            ("upper", pick(&at, &cause.limits, |limits| limits.upper)),
        ] {
            let wanted = numbers(&json[name][number]);
            let ours = ours.into_iter().zip(&wanted).zip(&at);
            let ours: Vec<_> = ours
                .map(|((limit, wanted), &p)| {
                    limit.filter(|_| wanted.is_some() || cause.std_err[p] > 0.0)
                })
                .collect();
            case.compare(name, &json[name][number], &ours);
        }
    }
}

#[test]
fn survival_curves_equal_those_of_r() {
    let reference: Value = serde_json::from_str(REFERENCE).unwrap();
    let cases = reference["cases"].as_array().unwrap();
    let curves = cases.iter().filter(|case| case["kind"] == "km");
    assert_eq!(
        curves.map(|json| check_survival(&Case::read(json))).count(),
        14
    );
}

#[test]
fn cumulative_incidences_equal_those_of_r() {
    let reference: Value = serde_json::from_str(REFERENCE).unwrap();
    let cases = reference["cases"].as_array().unwrap();
    let curves = cases.iter().filter(|case| case["kind"] == "aj");
    assert_eq!(
        curves
            .map(|json| check_incidence(&Case::read(json)))
            .count(),
        11
    );
}
