//! `ms-cox`: Cox models of all transitions, as R's `coxph` with a multi-state outcome.

mod effects;
mod model;
mod rows;

pub(super) use model::{FittedModel, MultistateArguments, strata_of};

use super::Fit;
use crate::coefficients::{Coefficients, normal_p_values, ratios};
use crate::text::{p_value, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use serde_json::{Map, Value, json};
use statistics::distribution::{ChiSquared, Distribution, Normal};

/// Options of `ms-cox`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: MultistateArguments,
    /// Betrouwbaarheid van de grenzen van exp(coef).
    #[arg(long, default_value_t = 0.95)]
    level: f64,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let critical = Normal::critical(self.level)?;
        let fitted = self.model.fitted(inputs)?;
        let result = result(&fitted, (self.level, critical))?;
        Ok(Fitted::new(Value::Object(result), summary(&fitted)?))
    }
}

/// The columns of R's table of coefficients; NaN where aliased.
struct Columns {
    coef: Vec<f64>,
    naive: Vec<f64>,
    robust: Option<Vec<f64>>,
}

impl Columns {
    fn of(fitted: &FittedModel) -> Self {
        let or_na = |k: usize, value: f64| match fitted.fit.aliased.contains(&k) {
            true => f64::NAN,
            false => value,
        };
        let errors = |matrix: &statistics::matrix::Matrix| -> Vec<f64> {
            let all = matrix.diagonal_values().into_iter().enumerate();
            all.map(|(k, variance)| or_na(k, variance.max(0.0).sqrt()))
                .collect()
        };
        let coef = fitted.fit.coefficients.iter().enumerate();
        Self {
            coef: coef.map(|(k, &value)| or_na(k, value)).collect(),
            naive: errors(&fitted.fit.covariance),
            robust: fitted
                .robust
                .as_ref()
                .map(|robust| errors(&robust.covariance)),
        }
    }

    fn errors(&self) -> &[f64] {
        self.robust.as_ref().unwrap_or(&self.naive)
    }

    /// The rows of some coefficients, under other names.
    fn table(&self, names: &[String], places: &[usize], p: &str) -> Coefficients {
        let pick = |values: &[f64]| places.iter().map(|&k| values[k]).collect::<Vec<f64>>();
        let coef = pick(&self.coef);
        let z = ratios(&coef, &pick(self.errors()));
        let p_values = normal_p_values(&z);
        let table = Coefficients::new(names)
            .with("coef", coef.clone())
            .with("exp(coef)", coef.iter().map(|b| b.exp()).collect())
            .with("se(coef)", pick(&self.naive));
        let table = match &self.robust {
            Some(robust) => table.with("robust se", pick(robust)),
            None => table,
        };
        table.with("z", z).with(p, p_values)
    }
}

struct Tests {
    df: usize,
    likelihood_ratio: f64,
    score: f64,
    wald: f64,
}

impl Tests {
    fn of(fitted: &FittedModel) -> Result<Self, Failure> {
        let [start, end] = fitted.fit.log_likelihoods;
        Ok(Self {
            df: fitted.fit.coefficients.len() - fitted.fit.aliased.len(),
            likelihood_ratio: 2.0 * (end - start),
            score: fitted.fit.score_test,
            wald: fitted.fit.wald_test(fitted.covariance())?,
        })
    }

    fn p(&self, statistic: f64) -> f64 {
        match ChiSquared::new(self.df as f64) {
            Ok(distribution) => distribution.upper(statistic.max(0.0)),
            Err(_) => f64::NAN,
        }
    }

    fn json(&self, statistic: f64) -> Value {
        json!({
            "test": json::number(statistic),
            "df": self.df,
            "pvalue": json::or_na(self.p(statistic)),
        })
    }
}

fn transition_names(fitted: &FittedModel) -> Vec<String> {
    let pairs = fitted.named.effects.transitions.pairs().iter();
    pairs
        .map(|(from, to)| format!("{}:{}", from + 1, to + 1))
        .collect()
}

fn result(
    fitted: &FittedModel,
    (level, critical): (f64, f64),
) -> Result<Map<String, Value>, Failure> {
    let (fit, names) = (&fitted.fit, &fitted.named.names);
    let columns = Columns::of(fitted);
    let order = names.len();
    let tests = Tests::of(fitted)?;
    let mut result = Map::new();
    let mut set = |name: &str, value: Value| {
        result.insert(name.into(), value);
    };
    let named = names.iter().zip(&columns.coef);
    set("n", fit.rows.into());
    set("nevent", fit.events.into());
    set("names", json::texts(names));
    set(
        "coef",
        json::columns(named.map(|(name, &value)| (name, json::or_na(value)))),
    );
    set("var", json::rows(fitted.covariance().values(), order));
    if let Some(robust) = &fitted.robust {
        set("naive.var", json::rows(fit.covariance.values(), order));
        set("robust.score.test", json::number(robust.score_test));
        set("robscore", tests.json(robust.score_test));
    }
    set("loglik", json::numbers(&fit.log_likelihoods));
    set("score.test", json::number(tests.score));
    set("wald.test", json::number(tests.wald));
    set("iter", fit.iterations.into());
    set("states", json::texts(&fitted.states.names));
    let all: Vec<usize> = (0..order).collect();
    set(
        "summary.coefficients",
        columns.table(names, &all, "Pr(>|z|)").to_json(),
    );
    let limit = |side: f64| {
        let pairs = columns.coef.iter().zip(columns.errors());
        let limits: Vec<f64> = pairs
            .map(|(b, se)| (b + side * critical * se).exp())
            .collect();
        json::numbers_or_na(&limits)
    };
    let exponential = |sign: f64| {
        let values: Vec<f64> = columns.coef.iter().map(|b| (sign * b).exp()).collect();
        json::numbers_or_na(&values)
    };
    let shown = format!("{level}").trim_start_matches('0').to_owned();
    set(
        "conf.int",
        json::columns([
            ("exp(coef)".to_owned(), exponential(1.0)),
            ("exp(-coef)".to_owned(), exponential(-1.0)),
            (format!("lower {shown}"), limit(-1.0)),
            (format!("upper {shown}"), limit(1.0)),
        ]),
    );
    set("lrt", tests.json(tests.likelihood_ratio));
    set("sctest", tests.json(tests.score));
    set("waldtest", tests.json(tests.wald));
    set("cmap", cmap(fitted));
    Ok(result)
}

/// Which coefficient each transition has, and which baseline.
fn cmap(fitted: &FittedModel) -> Value {
    let rows = &fitted.named.rows;
    let names: Vec<&String> = rows.iter().map(|(name, _)| name).collect();
    let map: Vec<&Vec<usize>> = rows.iter().map(|(_, numbers)| numbers).collect();
    let mut firsts: Vec<usize> = Vec::new();
    let baseline = fitted.named.effects.baseline.iter().map(|&baseline| {
        let known = firsts.iter().position(|&first| first == baseline);
        known.unwrap_or_else(|| {
            firsts.push(baseline);
            firsts.len() - 1
        }) + 1
    });
    let baseline: Vec<usize> = baseline.collect();
    json!({"rows": names, "cols": transition_names(fitted), "map": map, "baseline": baseline})
}

fn summary(fitted: &FittedModel) -> Result<String, Failure> {
    let columns = Columns::of(fitted);
    let mut text = String::new();
    for (transition, name) in transition_names(fitted).iter().enumerate() {
        let own = fitted.named.rows.iter();
        let own = own.filter_map(|(name, numbers)| {
            Some((name.clone(), numbers[transition].checked_sub(1)?))
        });
        let (names, places): (Vec<String>, Vec<usize>) = own.unzip();
        text.push_str(&format!("\n{name}:\n"));
        if !names.is_empty() {
            text.push_str(&columns.table(&names, &places, "p").to_text());
        }
    }
    let states = fitted.states.names.iter().enumerate();
    let states: Vec<String> = states
        .map(|(k, name)| format!("{}= {name}", k + 1))
        .collect();
    let tests = Tests::of(fitted)?;
    text.push_str(&format!(
        "\n States:  {}\n\nLikelihood ratio test={}  on {} df, p={}\nn= {}, number of events= {}\n",
        states.join(", "),
        signif(tests.likelihood_ratio, 4),
        tests.df,
        p_value(tests.p(tests.likelihood_ratio)),
        fitted.fit.rows,
        fitted.fit.events
    ));
    Ok(text)
}
