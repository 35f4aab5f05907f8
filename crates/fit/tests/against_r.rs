//! Calls whose numbers were made by R 4.2.2 on tables that R makes from the same formula as
//! [`noise`]: `((i*i*7919 + i*104729 + 12345) %% 10007)/10007 - 0.5`, i = 0, 1, …
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

use fit::{Files, FitCall};
use serde_json::Value;
use std::fmt::Write;
use std::io;

fn noise(i: u64) -> f64 {
    ((i * i * 7919 + i * 104_729 + 12_345) % 10_007) as f64 / 10_007.0 - 0.5
}

/// `x = noise(i), g = c("a", "b", "c")[1 + i %% 3], time = 1 + i %% 5,
/// y = floor(3 * (noise(i + 300) + 0.5) * exp(noise(i))), s = floor(5.999 * (noise(i + 1500) + 0.5)),
/// m = 6, z = 0.5 + (noise(i + 1200) + 0.5)^2, w = 1 + i %% 2` for i = 0 … 59.
fn table() -> String {
    let mut text = String::from("x,g,time,y,s,m,z,w\n");
    for i in 0..60 {
        let x = noise(i);
        let y = (3.0 * (noise(i + 300) + 0.5) * x.exp()).floor();
        let s = (5.999 * (noise(i + 1500) + 0.5)).floor();
        let z = 0.5 + (noise(i + 1200) + 0.5).powi(2);
        let (g, time, w) = (["a", "b", "c"][i as usize % 3], 1 + i % 5, 1 + i % 2);
        writeln!(text, "{x},{g},{time},{y},{s},6,{z},{w}").unwrap();
    }
    text
}

/// `x = noise(i), z = as.numeric(noise(i + 300) > 0.1),
/// u = (floor(1e5 * exp(-1.1 * x) * (noise(i + 600) + 0.5001)) + i/1000)/1e5, c = noise(i + 900),
/// cause = ifelse(c < -0.25, 0, ifelse(c < 0.2, 1, 2))` for i = 0 … 149.
fn competing() -> String {
    let mut text = String::from("x,z,u,e\n");
    for i in 0..150 {
        let (x, z, c) = (noise(i), u8::from(noise(i + 300) > 0.1), noise(i + 900));
        let days = (1e5 * (-1.1 * x).exp() * (noise(i + 600) + 0.5001)).floor();
        let u = (days + i as f64 / 1000.0) / 1e5;
        let e = match c {
            _ if c < -0.25 => "none",
            _ if c < 0.2 => "first",
            _ => "second",
        };
        writeln!(text, "{x},{z},{u},{e}").unwrap();
    }
    text
}

/// `a = noise(i), b = noise(i + 300) + 0.5 * noise(i), c = 2 * noise(i + 700), e = noise(i + 1100),
/// g = i %/% 8, u = floor(1e5 * exp(-(1.2 * a + 0.8 * b + 1.5 * noise(g + 5000))) *
/// (noise(i + 2000) + 0.5001)) + i/1000, s = as.numeric(noise(i + 4000) > -0.25)` for i = 0 … 199.
fn penalty() -> String {
    let mut text = String::from("a,b,c,e,g,u,s\n");
    for i in 0..200 {
        let (a, b) = (noise(i), noise(i + 300) + 0.5 * noise(i));
        let (c, e, g) = (2.0 * noise(i + 700), noise(i + 1100), i / 8);
        let risk = (-(1.2 * a + 0.8 * b + 1.5 * noise(g + 5000))).exp();
        let u = (1e5 * risk * (noise(i + 2000) + 0.5001)).floor() + i as f64 / 1000.0;
        let s = u8::from(noise(i + 4000) > -0.25);
        writeln!(text, "{a},{b},{c},{e},{g},{u},{s}").unwrap();
    }
    text
}

struct Made;

impl Files for Made {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        match name {
            "d.csv" => Ok(table().into_bytes()),
            "penalty.csv" => Ok(penalty().into_bytes()),
            "competing.csv" => Ok(competing().into_bytes()),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

fn result(call: &str) -> Value {
    let outcome = FitCall::parse(call).unwrap().run(&Made);
    outcome
        .unwrap_or_else(|failure| panic!("{call}: {failure:?}"))
        .to_json()["result"]
        .clone()
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().map(|value| value.as_f64().unwrap()).collect(),
        value => vec![value.as_f64().unwrap_or_else(|| panic!("{value}"))],
    }
}

/// The first numbers of a value are these, to a relative 1e-9 (or 1e-12 where they are 0).
fn check(found: &Value, expected: &[f64]) {
    check_within(found, expected, 1e-9);
}

fn check_within(found: &Value, expected: &[f64], tolerance: f64) {
    let found = numbers(found);
    assert!(found.len() >= expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        let error = (found - expected).abs();
        assert!(
            error <= tolerance * expected.abs() + 1e-12,
            "{found} for {expected}"
        );
    }
}

/// The first three of a vector, and the sum of the squares of all.
fn check_vector(found: &Value, [a, b, c, squares]: [f64; 4]) {
    check(found, &[a, b, c]);
    let sum: f64 = numbers(found).iter().map(|value| value * value).sum();
    check(&Value::from(sum), &[squares]);
}

const NEW: &str = "--newdata 'x=-0.3,0.2,0.4; g=a,b,c; time=1,2,5'";

/// Fits, `predict(fit, newdata, type = …, se.fit = TRUE)` and `residuals(fit, type = …)`.
struct Expected {
    call: &'static str,
    /// Link and its errors, response and its errors.
    predicted: [[f64; 3]; 4],
    /// Deviance, Pearson, working and response residuals.
    residuals: [[f64; 4]; 4],
}

/// `glm(…, control = glm.control(epsilon = 1e-15, maxit = 100))`, started again from its own
/// coefficients until nothing moves: R's covariance is that of the step before the last, and
/// with the last model each step leaves a tenth of the error.
const MODELS: [Expected; 3] = [
    Expected {
        // glm(y ~ x + g + offset(log(time)), poisson, d)
        call: "glm d.csv 'y ~ x + g + offset(log(time))' --family poisson",
        predicted: [
            [-1.637513428342169, -0.226390895145912, 0.9020510197260279],
            [0.3189034229356957, 0.2455099581539087, 0.26379227789443],
            [0.1944629877566518, 0.7974063384692568, 2.4646529825788153],
            [0.06201491242989859, 0.19577119678924887, 0.6501564244937671],
        ],
        residuals: [
            [
                -0.6393068837627697,
                -1.0820734406585486,
                0.4181719993943752,
                71.81200611707939,
            ],
            [
                -0.4520582327678944,
                -0.7651414676315188,
                0.4532566017475034,
                76.07353988563834,
            ],
            [-1.0, -1.0, 0.5674713564494454, 166.9340217273166],
            [
                -0.2043566458132318,
                -0.5854414654893146,
                0.3620298094217504,
                61.65717172302529,
            ],
        ],
    },
    Expected {
        // glm(cbind(s, m - s) ~ x + g, binomial("probit"), d)
        call: "glm d.csv 'cbind(s, m - s) ~ x + g' --family binomial --link probit",
        predicted: [
            [0.1044508614007374, -0.2615013116300435, -0.3461903143587826],
            [0.1391973408591462, 0.1359833170902988, 0.143696365836399],
            [0.5415942190906229, 0.3968529690830701, 0.3645998466206514],
            [0.0552296043530831, 0.05242597677915978, 0.05399222759117016],
        ],
        residuals: [
            [
                -1.87870205219404,
                0.3572303702390693,
                -0.5693879435477339,
                127.635071092732,
            ],
            [
                -1.8170560346877618,
                0.3591382900827179,
                -0.5620991876678232,
                108.2478671048588,
            ],
            [
                -0.9311464247677268,
                0.1848782745967078,
                -0.288519893240378,
                28.70214432633105,
            ],
            [
                -0.3699111818939903,
                0.07253332756830683,
                -0.11410220716410774,
                4.413151525459524,
            ],
        ],
    },
    Expected {
        // glm(z ~ x, Gamma("log"), d, weights = w)
        call: "glm d.csv 'z ~ x' --family gamma --link log --weights w",
        predicted: [
            [
                -0.1855966052964308,
                -0.1551373876359727,
                -0.1429537005717895,
            ],
            [0.07376757529256586, 0.0643673176646725, 0.09065151568010928],
            [0.830608590515831, 0.8562975247091712, 0.8667942000422953],
            [
                0.06127198173952857,
                0.05511757478842798,
                0.07857620801656191,
            ],
        ],
        residuals: [
            [
                -0.3711394214821554,
                0.2998197383567831,
                0.3306378787169061,
                13.56478709655806,
            ],
            [
                -0.3267163870585045,
                0.321371346983036,
                0.3680391151823479,
                14.04258332122024,
            ],
            [
                -0.3267163870585045,
                0.2272438587307597,
                0.3680391151823479,
                8.957063231927718,
            ],
            [
                -0.2719300737860599,
                0.1921213795011608,
                0.3081301636910927,
                6.404474038703955,
            ],
        ],
    },
];

#[test]
fn generalised_linear_models_predict_and_leave_residuals() {
    for model in &MODELS {
        let options = format!("{NEW} --residuals deviance,pearson,working,response");
        let found = result(&format!("{} {options}", model.call));
        let [link, link_errors, response, response_errors] = &model.predicted;
        check(&found["predict.link"]["fit"], link);
        check(&found["predict.link"]["se.fit"], link_errors);
        check(&found["predict.response"]["fit"], response);
        check(&found["predict.response"]["se.fit"], response_errors);
        let names = ["deviance", "pearson", "working", "response"];
        for (name, expected) in names.into_iter().zip(model.residuals) {
            check_vector(&found[format!("resid.{name}")], expected);
        }
    }
    // predict(fit, type = "response", se.fit = TRUE): for the rows of the model.
    let own = result(&format!("{} --predict response", MODELS[0].call));
    let own = &own["predict.response"];
    check(
        &own["fit"],
        &[0.2043566458132318, 0.5854414654893146, 0.6379701905782496],
    );
    check(
        &own["se.fit"],
        &[0.06267673313574346, 0.1397136694063063, 0.1778495710466291],
    );
}

/// `anova(fit, test = "Chisq")`, and `test = "F"` where the dispersion is estimated.
#[test]
fn terms_of_generalised_linear_models_are_tested_in_turn() {
    let found = result("glm d.csv 'y ~ x + g + offset(log(time))' --family poisson --anova");
    let columns = &found["anova"]["columns"];
    let last = |name: &str| Value::from(columns[name].as_array().unwrap()[1..].to_vec());
    check(&last("Df"), &[1.0, 2.0]);
    check(&last("Deviance"), &[9.32965319364428, 0.11648435914438]);
    check(
        &columns["Resid. Dev"],
        &[81.2581436698680, 71.9284904762238, 71.8120061170794],
    );
    check(
        &last("Pr(>Chi)"),
        &[0.00225475023746827, 0.9434214423669781],
    );
    let found = result("glm d.csv 'z ~ x + g' --family gamma --link log --anova");
    let columns = &found["anova"]["columns"];
    let last = |name: &str| Value::from(columns[name].as_array().unwrap()[1..].to_vec());
    check(&last("F"), &[0.299807996084679, 0.703356203670572]);
    check(&last("Pr(>F)"), &[0.586178605596076, 0.49924051461412]);
}

/// `prop.test(…)`: statistic, degrees of freedom, p-value, limits.
#[test]
fn proportions_are_compared() {
    let check_test = |call: &str, expected: [f64; 3], limits: &[f64]| {
        let found = result(&format!("calculate '{call}'"));
        check(&found["statistic"], &expected[..1]);
        check(&found["parameter"], &expected[1..2]);
        check(&found["p.value"], &expected[2..]);
        match limits {
            [] => assert!(found["conf.int"].is_null()),
            limits => check(&found["conf.int"], limits),
        }
        found
    };
    let found = check_test(
        "prop.test(c(15, 25), c(50, 50))",
        [3.375, 1.0, 0.06619257972219339],
        &[-0.40799314123229585, 0.00799314123229583],
    );
    check(&found["estimate"], &[0.3, 0.5]);
    check_test(
        "prop.test(c(15, 25), c(50, 50), correct = FALSE)",
        [4.166666666666667, 1.0, 0.04122683333716357],
        &[-0.3879931412322959, -0.01200685876770416],
    );
    // A table of two columns: 15 of 50 and 25 of 50.
    check_test(
        "prop.test(matrix(c(15, 25, 35, 25), 2))",
        [3.375, 1.0, 0.06619257972219339],
        &[-0.40799314123229585, 0.00799314123229583],
    );
    // The correction takes all of the difference.
    check_test(
        "prop.test(c(3, 4), c(31, 40))",
        [0.0, 1.0, 1.0],
        &[-0.1460038497331207, 0.1395522368298948],
    );
    check_test(
        "prop.test(c(7, 0), c(9, 12), conf.level = 0.9)",
        [10.71875, 1.0, 0.001060552953142742],
        &[0.4526118991316711, 1.0],
    );
    check_test(
        "prop.test(c(15, 9, 30), c(50, 45, 61))",
        [10.4351012536162, 2.0, 0.005420589927138131],
        &[],
    );
    check_test(
        "prop.test(14, 40)",
        [3.025, 1.0, 0.08199032100038307],
        &[0.2110460172702159, 0.5173553858921485],
    );
    check_test(
        "prop.test(14, 40, p = 0.3)",
        [0.2678571428571428, 1.0, 0.6047728544859003],
        &[0.2110460172702159, 0.5173553858921485],
    );
    check_test(
        "prop.test(14, 40, p = 0.3, correct = FALSE)",
        [0.4761904761904762, 1.0, 0.490152960415825],
        &[0.2213452887317629, 0.504941191627423],
    );
    check_test(
        "prop.test(c(14, 30), c(40, 50), p = c(0.3, 0.5))",
        [1.887857142857143, 2.0, 0.389096236472987],
        &[],
    );
    check_test(
        "prop.test(c(14, 30, 6), c(40, 50, 20), p = c(0.3, 0.5, 0.4))",
        [3.309523809523809, 3.0, 0.3463193059221569],
        &[],
    );
}

/// cmprsk 2.2-11: `crr(u, cause, cov1 = cbind(x, z), cov2 = x, tf = function(t) log(t),
/// gtol = 1e-12)`; `coxph(Surv(fgstart, fgstop, fgstatus) ~ x + z + tt(x), finegray(…))` of
/// survival 3.8-6 is the same to the last digit.
#[test]
fn subdistribution_effects_may_change_with_time() {
    let found = result(
        "cox competing.csv 'Surv(fgstart, fgstop, fgstatus) ~ x + z + tt(x)' \
         --levels e=none,first,second --expand 'Surv(u, e) ~ 1' --expand-cause first \
         --weights fgwt --ties breslow --tt 'x * log(t)'",
    );
    check(
        &found["coef"],
        &[1.066124604198868, -0.217309648147274, 0.277203475226611],
    );
    check(&found["loglik"][1], &[-338.537781389644]);
}

/// survival 3.8-6: `coxph(Surv(u, s) ~ ridge(a, b, c, e, df = 2))`, also with `eps = 1e-8`, and
/// `coxph(Surv(u, s) ~ a + frailty(g, distribution = …, df = 8, eps = 1e-8))`, all with
/// `coxph.control(eps = 1e-13)`. Without its own `eps` R ends at 2.04 degrees of freedom, and so
/// does `ridge()` here; with gamma frailties at 7.94.
#[test]
fn penalties_have_the_degrees_of_freedom_asked_for() {
    let ridge = |df: &str| {
        let formula = format!("Surv(u, s) ~ ridge(a, b, c, e, {df})");
        result(&format!("coxpenal penalty.csv '{formula}'"))["coef"].clone()
    };
    check_within(
        &ridge("df = 2, eps = 1e-8"),
        &[
            0.8433087715095127,
            0.7566178294054811,
            -0.0874444166600184,
            0.1580614579388974,
        ],
        1e-8,
    );
    check_within(
        &ridge("df = 2"),
        &[
            0.8593477061946312,
            0.7700275607723202,
            -0.0885964376835743,
            0.1618051780924966,
        ],
        1e-8,
    );
    check_within(
        &ridge("df = 3"),
        &[
            1.252863879175588,
            1.080922950820639,
            -0.111849788457997,
            0.268438777653604,
        ],
        1e-8,
    );
    for (distribution, coefficient) in [("gamma", 2.17704259553788), ("gaussian", 2.18434186032494)]
    {
        let frailty = format!("frailty(g, distribution = \"{distribution}\", df = 8)");
        let found = result(&format!(
            "coxpenal penalty.csv 'Surv(u, s) ~ a + {frailty}'"
        ));
        check_within(&found["coef"], &[coefficient], 1e-6);
    }
}
