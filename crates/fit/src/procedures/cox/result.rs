//! A fitted Cox model as data, with R's names, and as text, as R prints it.

use super::fitted::{ChiSquaredTest, FittedCox};
use crate::coefficients::{Coefficients, normal_p_values, ratios, std_errs};
use crate::json;
use crate::text::{TextTable, fixed, p_value, signif};
use serde_json::{Map, Value};
use statistics::cox::PredictorConcordance;
use statistics::distribution::Normal;

/// z for 95% limits.
fn critical(level: f64) -> f64 {
    Normal::critical(level).unwrap_or(f64::NAN)
}

/// Columns of the summary.
struct Columns {
    coef: Vec<f64>,
    se: Vec<f64>,
    robust: Option<Vec<f64>>,
    z: Vec<f64>,
    p: Vec<f64>,
}

impl Columns {
    fn of(fitted: &FittedCox) -> Self {
        let coef = fitted.coefficients();
        let se = std_errs(&fitted.fit.covariance);
        let robust = fitted.robust.as_ref();
        let robust = robust.map(|robust| std_errs(&robust.covariance));
        let z = ratios(&coef, robust.as_ref().unwrap_or(&se));
        let p = normal_p_values(&z);
        Self {
            coef,
            se,
            robust,
            z,
            p,
        }
    }

    fn exponentials(&self) -> Vec<f64> {
        self.coef.iter().map(|coef| coef.exp()).collect()
    }

    fn table(&self, names: &[String]) -> Coefficients {
        let mut table = Coefficients::new(names)
            .with("coef", self.coef.clone())
            .with("exp(coef)", self.exponentials())
            .with("se(coef)", self.se.clone());
        if let Some(robust) = &self.robust {
            table = table.with("robust se", robust.clone());
        }
        table
            .with("z", self.z.clone())
            .with("Pr(>|z|)", self.p.clone())
    }

    /// exp(coef), its inverse, and limits.
    fn limits(&self, level: f64) -> Vec<(String, Vec<f64>)> {
        let se = self.robust.as_ref().unwrap_or(&self.se);
        let z = critical(level);
        let limit = |z: f64| -> Vec<f64> {
            let pairs = self.coef.iter().zip(se);
            pairs.map(|(coef, se)| (coef + z * se).exp()).collect()
        };
        let inverse = self.coef.iter().map(|coef| (-coef).exp()).collect();
        let percent = crate::text::signif(level, 7);
        let percent = percent.trim_start_matches('0');
        vec![
            ("exp(coef)".into(), self.exponentials()),
            ("exp(-coef)".into(), inverse),
            (format!("lower {percent}"), limit(-z)),
            (format!("upper {percent}"), limit(z)),
        ]
    }
}

fn test(of: ChiSquaredTest) -> Value {
    test_of(of.statistic, of)
}

fn test_of(shown: f64, of: ChiSquaredTest) -> Value {
    json::columns([
        ("test", json::number(shown)),
        ("df", of.df.into()),
        ("pvalue", json::number(of.p())),
    ])
}

/// Rounded to two decimals, as R's summary shows the Wald test.
fn rounded(x: f64) -> f64 {
    (x * 100.0).round() / 100.0
}

/// What `coxph` and its summary hold.
pub(in crate::procedures) fn result(fitted: &FittedCox, level: f64) -> Map<String, Value> {
    let fit = &fitted.fit;
    let columns = Columns::of(fitted);
    let order = fit.coefficients.len();
    let mut result = Map::new();
    let mut set = |name: &str, value: Value| {
        result.insert(name.into(), value);
    };
    set("n", fitted.original_rows().into());
    set("nevent", fit.events.into());
    set("names", json::texts(fitted.names()));
    set("coef", json::numbers_or_na(&columns.coef));
    set("var", json::rows(fitted.covariance().values(), order));
    if let Some(robust) = &fitted.robust {
        set("naive.var", json::rows(fit.covariance.values(), order));
        set("robust.score.test", json::number(robust.score_test));
        set("robscore", test(fitted.test(robust.score_test)));
    }
    let log_likelihood = match order {
        0 => json::number(fit.log_likelihood),
        _ => json::numbers(&[fit.log_likelihood_start, fit.log_likelihood]),
    };
    set("loglik", log_likelihood);
    set("score", json::number(fit.score_test));
    set("score.test", json::number(fit.score_test));
    set("wald.test", json::number(fitted.wald));
    set("iter", fit.iterations.into());
    set("converged", fit.converged.into());
    set("method", fitted.likelihood.ties().name().into());
    set("means", json::numbers(&fitted.means));
    set(
        "summary.coefficients",
        columns.table(fitted.names()).to_json(),
    );
    let limits = columns.limits(level).into_iter();
    set(
        "conf.int",
        json::columns(limits.map(|(name, values)| (name, json::numbers_or_na(&values)))),
    );
    set("lrt", test(fitted.likelihood_ratio()));
    set("sctest", test(fitted.test(fit.score_test)));
    set(
        "waldtest",
        test_of(rounded(fitted.wald), fitted.test(fitted.wald)),
    );
    set("aic", json::number(fitted.aic()));
    set("bic", json::number(fitted.bic()));
    set("df", fit.degrees_of_freedom().into());
    result
}

/// R's five counts, the concordance and its standard error.
pub(in crate::procedures) fn concordance(found: &PredictorConcordance) -> Value {
    json::columns([
        ("concordant", json::number(found.concordant)),
        ("discordant", json::number(found.discordant)),
        ("tied.x", json::number(found.tied_x)),
        ("tied.y", json::number(found.tied_y)),
        ("tied.xy", json::number(found.tied_xy)),
        ("concordance", json::or_na(found.concordance)),
        ("std", json::or_na(found.std_error)),
    ])
}

/// As R prints the summary of a `coxph`.
pub(in crate::procedures) fn summary(
    fitted: &FittedCox,
    level: f64,
    concordance: Option<&PredictorConcordance>,
) -> String {
    let fit = &fitted.fit;
    let mut text = format!(
        "  n= {}, number of events= {}\n\n",
        fitted.original_rows(),
        fit.events
    );
    if fit.coefficients.is_empty() {
        text.push_str(&format!(
            "Null model\n  log likelihood= {}\n",
            signif(fit.log_likelihood, 7)
        ));
        return text;
    }
    let columns = Columns::of(fitted);
    text.push_str(&columns.table(fitted.names()).to_text());
    text.push('\n');
    let limits = columns.limits(level);
    let mut table = TextTable::new(limits.iter().map(|(name, _)| name.clone()));
    for (row, name) in fitted.names().iter().enumerate() {
        let cell = |values: &Vec<f64>| match values[row].is_nan() {
            true => "NA".to_owned(),
            false => signif(values[row], 4),
        };
        table.row(name.clone(), limits.iter().map(|(_, values)| cell(values)));
    }
    text.push_str(&table.print());
    text.push('\n');
    if let Some(found) = concordance {
        text.push_str(&format!(
            "Concordance= {}  (se = {} )\n",
            fixed(found.concordance, 3),
            fixed(found.std_error, 3)
        ));
    }
    let mut line = |name: &str, test: ChiSquaredTest| {
        let df = test.df;
        text.push_str(&format!(
            "{name:<21}= {}  on {df} df,   p={}\n",
            signif(test.statistic, 4),
            p_value(test.p())
        ));
    };
    line("Likelihood ratio test", fitted.likelihood_ratio());
    line("Wald test", fitted.test(fitted.wald));
    line("Score (logrank) test", fitted.test(fit.score_test));
    if let Some(robust) = &fitted.robust {
        line("Robust", fitted.test(robust.score_test));
        text.push_str(
            "\n  (Note: the likelihood ratio and score tests assume independence of\n     \
             observations within a cluster, the Wald and robust score tests do not).\n",
        );
    }
    text
}
