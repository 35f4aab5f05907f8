//! `logrank`: comparing survival between groups, as R's `survdiff` and more.

use super::Fit;
use crate::arguments::SurvivalArguments;
use crate::text::{TextTable, p_value, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use formula::{Censoring, Factor, ModelFrame, Survival};
use serde_json::{Map, Value};
use statistics::matrix::Matrix;
use statistics::rank_test::{
    Adjustment, KSample, OneSample, Pair, RankData, RankWeight, TieVariance, Trend, pairwise,
};

/// Options of `logrank`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: SurvivalArguments,
    /// Gewicht van verschillen in de tijd; fh is S^rho (1-S)^gamma.
    #[arg(long, value_enum, default_value_t = WeightName::Fh)]
    weight: WeightName,
    /// Exponent van S (R: survdiff(rho)); 0 is de log-ranktoets, 1 lijkt op die van Peto en Peto.
    #[arg(long, default_value_t = 0.0, allow_hyphen_values = true)]
    rho: f64,
    /// Exponent van 1-S.
    #[arg(long, default_value_t = 0.0, allow_hyphen_values = true)]
    gamma: f64,
    /// Variantie van gelijktijdige gebeurtenissen.
    #[arg(long, value_enum, default_value_t = Ties::Exact)]
    ties: Ties,
    /// Toets op trend, met een score per groep; zonder scores de waarden van de groepen zelf, of 1, 2, …
    #[arg(long, value_name = "SCORES", value_delimiter = ',', num_args = 0..=1, allow_negative_numbers = true)]
    trend: Option<Vec<f64>>,
    /// Ook alle paren van groepen, met aangepaste p-waarden.
    #[arg(long)]
    pairwise: bool,
}

/// Weights over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum WeightName {
    /// Fleming en Harrington, met --rho en --gamma
    Fh,
    /// Aantal dat risico loopt (Gehan, Breslow)
    Gehan,
    /// Wortel van dat aantal
    TaroneWare,
    /// Peto en Peto
    Peto,
    /// Peto en Peto, gewijzigd door Andersen
    ModifiedPeto,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Ties {
    /// Hypergeometrisch (R: survdiff; scoretoets van coxph met ties = "exact")
    Exact,
    /// Zonder correctie (scoretoets van coxph met ties = "breslow")
    Breslow,
}

impl Options {
    fn weight(&self) -> RankWeight {
        match self.weight {
            WeightName::Fh if self.rho == 0.0 && self.gamma == 0.0 => RankWeight::LogRank,
            WeightName::Fh => RankWeight::FlemingHarrington {
                rho: self.rho,
                gamma: self.gamma,
            },
            WeightName::Gehan => RankWeight::Gehan,
            WeightName::TaroneWare => RankWeight::TaroneWare,
            WeightName::Peto => RankWeight::PetoPeto,
            WeightName::ModifiedPeto => RankWeight::ModifiedPeto,
        }
    }

    fn ties(&self) -> TieVariance {
        match self.ties {
            Ties::Exact => TieVariance::Hypergeometric,
            Ties::Breslow => TieVariance::Breslow,
        }
    }
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let (model, survival) = self.model.model(inputs, &[])?;
        if survival.is_multistate() || survival.censoring == Censoring::Interval {
            let message =
                "De log-ranktoets vraagt één soort gebeurtenis; zie gray voor concurrerende.";
            return Err(Failure::new("wrong_outcome", message));
        }
        let groups = model.groups(&["strata"])?;
        match (&model.offset, groups) {
            (Some(offset), None) if model.strata().is_none() => self.one_sample(&survival, offset),
            (Some(_), _) => Err(Failure::new(
                "offset_and_groups",
                "offset() toetst één steekproef; groepen of strata kunnen er niet bij.",
            )),
            (None, None) => Err(Failure::new("no_groups", "De formule noemt geen groepen.")),
            (None, Some(groups)) => self.groups(&model, &survival, &groups),
        }
    }
}

impl Options {
    fn one_sample(&self, survival: &Survival, offset: &[f64]) -> Result<Fitted, Failure> {
        if self.model.model.weights.is_some() || !survival.start.is_empty() {
            let message = "De toets van één steekproef kent geen gewichten en geen late instroom: \
                           neem die in de verwachte overleving op.";
            return Err(Failure::new("not_for_one_sample", message));
        }
        let test = OneSample::test(&survival.events(), offset, self.rho)?;
        let mut result = Map::new();
        let mut set = |name: &str, value| result.insert(name.into(), value);
        set("n", test.n.into());
        set("obs", json::number(test.observed));
        set("exp", json::number(test.expected));
        set("var", json::number(test.variance));
        set("chisq", json::number(test.chi_squared));
        set("df", 1.into());
        set("pvalue", json::number(test.p));
        let text = format!(
            "Observed Expected        Z        p\n{:>8} {:>8} {:>8} {:>8}\n",
            signif(test.observed, 5),
            signif(test.expected, 5),
            signif(-test.score / test.variance.sqrt(), 3),
            p_value(test.p),
        );
        Ok(Fitted::new(Value::Object(result), text))
    }

    fn groups(
        &self,
        model: &ModelFrame,
        survival: &Survival,
        groups: &Factor,
    ) -> Result<Fitted, Failure> {
        let strata = model.strata();
        let event = survival.events();
        let counts = counts(model)?;
        let data = RankData {
            entry: (!survival.start.is_empty()).then_some(&survival.start),
            time: &survival.stop,
            event: &event,
            group: &groups.codes,
            groups: groups.levels.len(),
            strata: strata.as_ref().map(|strata| strata.codes.as_slice()),
            counts: counts.as_deref(),
        };
        let test = KSample::test(&data, self.weight(), self.ties())?;
        let mut result = result(&test, &groups.levels);
        let mut text = summary(&test, &groups.levels);
        if let Some(scores) = &self.trend {
            let scores = match scores.is_empty() {
                true => own_scores(model, groups),
                false => scores.clone(),
            };
            let trend = test.trend(&scores)?;
            result.insert("trend".into(), trend_result(&trend, &scores));
            text.push_str(&format!(
                "\nTrend: z= {}, p= {}\n",
                signif(trend.z, 4),
                p_value(trend.p)
            ));
        }
        if self.pairwise {
            let pairs = pairwise(&data, self.weight(), self.ties())?;
            let labels = labels(&groups.levels);
            text.push_str(&add_pairs(&mut result, &pairs, &labels));
        }
        Ok(Fitted::new(Value::Object(result), text))
    }
}

/// Weights are counts here: a test with other weights needs a robust variance.
fn counts(model: &ModelFrame) -> Result<Option<Vec<f64>>, Failure> {
    let weights = model.role_numbers("weights")?;
    let whole = |weights: &Vec<f64>| weights.iter().all(|w| w.fract() == 0.0 && *w >= 0.0);
    match weights {
        Some(weights) if !whole(&weights) => Err(Failure::new(
            "weights_not_whole",
            "Gewichten van de log-ranktoets zijn aantallen. Met andere gewichten geeft een \
             Cox-model met robuuste variantie de scoretoets (robscore).",
        )),
        weights => Ok(weights),
    }
}

/// The values of the groups if they are numbers, else 1, 2, ….
fn own_scores(model: &ModelFrame, groups: &Factor) -> Vec<f64> {
    let numbers: Option<Vec<f64>> = labels(&groups.levels)
        .iter()
        .map(|label| label.parse().ok())
        .collect();
    let single = model.terms.terms.len() - model.specials("strata").len() == 1;
    match numbers {
        Some(numbers) if single => numbers,
        _ => (1..=groups.levels.len()).map(|rank| rank as f64).collect(),
    }
}

/// "sex=1" without "sex=" where all groups are of one variable.
fn labels(levels: &[String]) -> Vec<String> {
    let short = |level: &String| match level.split_once('=') {
        Some((_, value)) if !value.contains('=') => value.to_owned(),
        _ => level.clone(),
    };
    levels.iter().map(short).collect()
}

fn result(test: &KSample, levels: &[String]) -> Map<String, Value> {
    let by_stratum = |matrix: &Matrix| match matrix.columns() {
        1 => json::numbers(matrix.values()),
        _ => json::rows(matrix.values(), matrix.rows()),
    };
    let mut result = Map::new();
    let mut set = |name: &str, value| result.insert(name.into(), value);
    set("n", json::numbers(&test.n));
    set("obs", by_stratum(&test.observed));
    set("exp", by_stratum(&test.expected));
    set("var", json::rows(test.variance.values(), levels.len()));
    set("chisq", json::number(test.chi_squared));
    set("df", test.df.into());
    set("pvalue", json::number(test.p));
    set("groups", json::texts(levels));
    result
}

fn trend_result(trend: &Trend, scores: &[f64]) -> Value {
    json::columns([
        ("scores", json::numbers(scores)),
        ("statistic", json::number(trend.statistic)),
        ("var", json::number(trend.variance)),
        ("z", json::number(trend.z)),
        ("chisq", json::number(trend.chi_squared)),
        ("pvalue", json::number(trend.p)),
    ])
}

/// The methods of adjustment, by R's names.
const ADJUSTMENTS: &[(&str, Adjustment)] = &[
    ("p.holm", Adjustment::Holm),
    ("p.BH", Adjustment::BenjaminiHochberg),
    ("p.bonferroni", Adjustment::Bonferroni),
    ("p.hochberg", Adjustment::Hochberg),
    ("p.hommel", Adjustment::Hommel),
    ("p.BY", Adjustment::BenjaminiYekutieli),
];

/// Makes the pairs the result, and keeps the test of all groups as `overall`.
fn add_pairs(result: &mut Map<String, Value>, pairs: &[Pair], labels: &[String]) -> String {
    let value = |label: &String| match label.parse::<f64>() {
        Ok(number) => json::number(number),
        Err(_) => Value::from(label.as_str()),
    };
    let of = |pick: fn(&KSample) -> f64| -> Vec<f64> {
        let pick = |pair: &Pair| pair.test.as_ref().map_or(f64::NAN, pick);
        pairs.iter().map(pick).collect()
    };
    let named = |pair: &Pair| {
        Value::Array(vec![
            value(&labels[pair.first]),
            value(&labels[pair.second]),
        ])
    };
    let chi_squared = of(|test| test.chi_squared);
    let p = of(|test| test.p);
    let mut columns = Map::new();
    let mut set = |name: &str, value| columns.insert(name.into(), value);
    set("pairs", pairs.iter().map(named).collect());
    set("chisq", json::numbers_or_na(&chi_squared));
    set("p", json::numbers_or_na(&p));
    for (name, adjustment) in ADJUSTMENTS {
        set(name, json::numbers_or_na(&adjustment.apply(&p)));
    }
    let mut table = TextTable::new(["Chisq", "p", "p (Holm)", "p (BH)"]);
    let holm = Adjustment::Holm.apply(&p);
    let false_discovery = Adjustment::BenjaminiHochberg.apply(&p);
    for (place, pair) in pairs.iter().enumerate() {
        let cells = [
            signif(chi_squared[place], 4),
            p_value(p[place]),
            p_value(holm[place]),
            p_value(false_discovery[place]),
        ];
        let name = format!("{} - {}", labels[pair.first], labels[pair.second]);
        table.row(name, cells);
    }
    let overall = std::mem::replace(result, columns);
    result.insert("overall".into(), Value::Object(overall));
    format!("\n{}", table.print())
}

fn summary(test: &KSample, levels: &[String]) -> String {
    let header = ["N", "Observed", "Expected", "(O-E)^2/E", "(O-E)^2/V"];
    let mut table = TextTable::new(header);
    let total =
        |matrix: &Matrix, group| -> f64 { (0..matrix.columns()).map(|s| matrix[(group, s)]).sum() };
    for (group, name) in levels.iter().enumerate() {
        let (observed, expected) = (total(&test.observed, group), total(&test.expected, group));
        let square = (observed - expected).powi(2);
        let cells = [
            signif(test.n[group], 7),
            signif(observed, 4),
            signif(expected, 4),
            signif(square / expected, 3),
            signif(square / test.variance[(group, group)], 3),
        ];
        table.row(name.clone(), cells);
    }
    format!(
        "{}\n Chisq= {}  on {} degrees of freedom, p= {}\n",
        table.print(),
        signif(test.chi_squared, 3),
        test.df,
        p_value(test.p),
    )
}
