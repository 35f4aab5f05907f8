//! Multi-state models from calls: long data, hazards, probabilities, Cox models and weights.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

use fit::{Files, FitCall};
use serde_json::{Value, json};
use std::io;

struct Tables;

impl Files for Tables {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let text = match name {
            "wide.csv" => {
                "who,ill,illstat,dead,deadstat,age,sex\n\
                 a,1,1,4,1,60,f\nb,2,0,2,1,50,m\nc,3,1,5,0,70,m\nd,6,0,6,0,40,f\n"
            }
            // The same persons as msprep makes them.
            "long.csv" => {
                "id,from,to,trans,Tstart,Tstop,status,age,sex\n\
                 1,1,2,1,0,1,1,60,f\n1,1,3,2,0,1,0,60,f\n1,2,3,3,1,4,1,60,f\n\
                 2,1,2,1,0,2,0,50,m\n2,1,3,2,0,2,1,50,m\n\
                 3,1,2,1,0,3,1,70,m\n3,1,3,2,0,3,0,70,m\n3,2,3,3,3,5,0,70,m\n\
                 4,1,2,1,0,6,0,40,f\n4,1,3,2,0,6,0,40,f\n"
            }
            "states.csv" => {
                "id,t0,t1,state,x\n1,0,1,ill,1\n1,1,4,dead,1\n2,0,2,dead,0\n3,0,3,ill,0\n\
                 3,3,5,cens,0\n4,0,6,cens,1\n5,0,2.5,ill,1\n5,2.5,3.5,dead,1\n6,0,4.5,dead,1\n\
                 7,0,1.5,ill,0\n7,1.5,5.5,dead,0\n"
            }
            "visits.csv" => {
                "id,day,a,l\n1,1,0,1\n1,2,1,2\n1,3,1,2\n2,1,0,0\n2,2,0,1\n2,3,0,0\n\
                 3,1,1,2\n3,2,1,1\n4,1,0,2\n4,2,0,1\n4,3,1,1\n"
            }
            _ => return Err(io::ErrorKind::NotFound.into()),
        };
        Ok(text.as_bytes().to_vec())
    }
}

fn result(call: &str) -> Value {
    let outcome = FitCall::parse(call).unwrap().run(&Tables);
    outcome
        .unwrap_or_else(|failure| panic!("{call}: {failure:?}"))
        .to_json()["result"]
        .clone()
}

fn code(call: &str) -> String {
    match FitCall::parse(call) {
        Err(failure) => failure.code,
        Ok(call) => call.run(&Tables).unwrap_err().code,
    }
}

const STATES: &str = "--levels state=cens,ill,dead --id id";

#[test]
fn long_data_are_made_from_wide() {
    let table = result(
        "msprep wide.csv --tmat '2,3;3;' --time NA,ill,dead --status NA,illstat,deadstat \
         --id who --keep age --expand-covs sex",
    );
    assert_eq!(table["who"][2], json!("a"));
    let transitions = [1.0, 2.0, 3.0, 1.0, 2.0, 1.0, 2.0, 3.0, 1.0, 2.0];
    assert_eq!(table["trans"], json!(transitions));
    assert_eq!(table["Tstop"][2], json!(4.0));
    assert_eq!(table["sex.2"][4], json!(1.0));
    assert_eq!(table["sex.1"][4], json!(0.0));
}

#[test]
fn transitions_come_from_options_or_from_the_table() {
    let formula = "'Surv(Tstart, Tstop, status) ~ strata(trans)'";
    let of = |options: &str| result(&format!("probtrans long.csv {formula} --predt 0 {options}"));
    let from_table = of("");
    assert_eq!(from_table["from1"], of("--tmat '2,3;3;'")["from1"]);
    let named = of("--states A,B,C --transitions 'A>B,A>C,B>C'");
    assert_eq!(from_table["from1"], named["from1"]);
    assert_eq!(named["trans"][1][2], json!(3));
    assert_eq!(from_table["from1"]["pstate1"][3], json!(0.25));
    let covariances = of("--covariance");
    assert_eq!(covariances["from1"]["se1"], from_table["from1"]["se1"]);
    let call = |options: &str| code(&format!("msfit long.csv {formula} {options}"));
    assert_eq!(call("--transitions '1>2'"), "unknown_transition");
    assert_eq!(call("--tmat '2,x'"), "bad_option");
    assert_eq!(call("--states A,B"), "bad_option");
    assert_eq!(
        code("msfit wide.csv 'Surv(ill, illstat) ~ 1'"),
        "no_transitions"
    );
}

#[test]
fn covariates_per_transition_are_expanded_here_and_in_new_data() {
    let of = |options: &str| {
        result(&format!(
            "msfit long.csv 'Surv(Tstart, Tstop, status) ~ age.1 + strata(trans)' --expand-covs age {options}"
        ))["Haz"]
            .clone()
    };
    let one = of("--newdata age=55");
    assert_eq!(one, of("--newdata 'age.1=55,0,0; age=55'"));
    let baseline = of("--newdata age=0");
    assert_ne!(one["1"], baseline["1"]);
    assert_eq!(one["2"], baseline["2"]);
}

#[test]
fn effects_are_common_or_shared() {
    let of = |options: &str| {
        result(&format!(
            "ms-cox states.csv 'Surv(t0, t1, state) ~ x' {STATES} {options}"
        ))
    };
    let separate = of("");
    assert_eq!(separate["cmap"]["cols"], json!(["1:2", "1:3", "2:3"]));
    assert_eq!(separate["names"], json!(["x_1:2", "x_1:3", "x_2:3"]));
    let common = of("--effect '1:2 + 1:3 ~ x / common'");
    assert_eq!(common["names"], json!(["x_1:2", "x_2:3"]));
    assert_eq!(common["coef"]["x_2:3"], separate["coef"]["x_2:3"]);
    let shared = of("--effect '0:dead ~ 1 / shared'");
    assert_eq!(shared["cmap"]["rows"], json!(["x", "ph(1:3)"]));
    assert_eq!(shared["names"][3], json!("ph(2:3/1:3)"));
    let call = |options: &str| {
        code(&format!(
            "ms-cox states.csv 'Surv(t0, t1, state) ~ x' {STATES} {options}"
        ))
    };
    assert_eq!(call("--effect '1:9 ~ x'"), "bad_option");
    assert_eq!(call("--effect '3:1 ~ x'"), "bad_option");
    assert_eq!(call("--init 1"), "bad_option");
}

#[test]
fn new_persons_get_probabilities_that_add_up() {
    let call = format!(
        "ms-survfit states.csv 'Surv(t0, t1, state) ~ x' {STATES} --newdata x=0,1 --p0 0.5,0.5,0"
    );
    let curves = result(&call);
    for row in curves["pstate.newdata2"].as_array().unwrap() {
        let sum: f64 = row
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p.as_f64().unwrap())
            .sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }
    assert_eq!(code(&call.replace("0.5,0.5,0", "0.5,0.4,0")), "bad_option");
}

#[test]
fn weights_of_visits() {
    let options = "--exposure a --denominator '~ l' --numerator '~ 1' --id id --timevar day";
    let first = result(&format!(
        "ipw visits.csv {options} --type first --trunc 0.1"
    ));
    let weights = &first["ipw.weights"];
    assert_eq!(
        weights[1], weights[2],
        "after the first exposure nothing changes"
    );
    assert_ne!(weights[0], weights[1]);
    let survival = result(&format!(
        "ipw visits.csv {options} --set 'begin = day - 1' --tstart begin --family survival"
    ));
    assert!(survival["summary"]["mean"].as_f64().unwrap() > 0.0);
    let gaussian = result(
        "ipw visits.csv --exposure l --denominator '~ a' --numerator '~ 1' --family gaussian",
    );
    assert_eq!(gaussian["ipw.weights"].as_array().unwrap().len(), 11);
    assert_eq!(
        code("ipw visits.csv --exposure a --denominator '~ l' --id id"),
        "bad_option"
    );
    assert_eq!(
        code("ipw visits.csv --exposure l --denominator '~ a'"),
        "bad_option"
    );
}
