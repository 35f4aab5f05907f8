//! `pool`: a regression over several imputations, as R's `mice::pool`.

use super::Fit;
use super::glm::{FamilyArguments, Regression};
use crate::arguments::ModelArguments;
use crate::text::{TextTable, p_value, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use formula::Frame;
use serde_json::{Value, json};
use statistics::glm::{Family, Glm, Link};
use statistics::imputation::{Pooled, PooledWald};
use statistics::matrix::Matrix;

/// Options of `pool`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: ModelArguments,
    #[command(flatten)]
    family: FamilyArguments,
    /// Kolom met het nummer van de imputatie; 0 staat voor de onvolledige gegevens en telt niet.
    #[arg(long, value_name = "KOLOM", default_value = ".imp")]
    imp: String,
    /// Toets deze coëfficiënten samen (D1), bijvoorbeeld "bmi,hyp".
    #[arg(long, value_name = "COËFFICIËNTEN", value_delimiter = ',')]
    d1: Vec<String>,
    /// Vrijheidsgraden van de volledige gegevens; zonder deze optie rijen min coëfficiënten.
    #[arg(long, value_name = "GETAL")]
    dfcom: Option<f64>,
    /// Betrouwbaarheid van intervallen.
    #[arg(long, default_value_t = 0.95)]
    conf_level: f64,
}

/// What one completed data set gives.
struct Estimate {
    names: Vec<String>,
    coefficients: Vec<f64>,
    covariance: Matrix,
    df: f64,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let frame = self.model.data.frame(inputs)?;
        let estimates = self
            .completed(&frame)?
            .iter()
            .map(|completed| self.estimate(inputs, completed))
            .collect::<Result<Vec<_>, Failure>>()?;
        if estimates
            .iter()
            .any(|estimate| estimate.names != estimates[0].names)
        {
            let message = "De imputaties geven niet dezelfde coëfficiënten.";
            return Err(Failure::new("different_designs", message));
        }
        if self.d1.is_empty() {
            self.each(&estimates)
        } else {
            self.together(&estimates)
        }
    }
}

impl Options {
    /// The rows of each imputation.
    fn completed(&self, frame: &Frame) -> Result<Vec<Frame>, Failure> {
        let numbers = frame.factor(&self.imp)?;
        let is_completed = |level: &usize| numbers.levels[*level] != "0";
        let rows = |level: usize| -> Vec<usize> {
            let own = |row: &usize| numbers.codes[*row] as usize == level;
            (0..frame.rows()).filter(own).collect()
        };
        let levels = (0..numbers.levels.len()).filter(is_completed);
        Ok(levels.map(|level| frame.select(&rows(level))).collect())
    }

    fn estimate(&self, inputs: &Inputs<'_>, frame: &Frame) -> Result<Estimate, Failure> {
        let model = self.model.model_of(inputs, frame, &[])?;
        let (family, link): (Family, Link) = (self.family.family(), self.family.link());
        let regression = Regression::of(&model, family)?;
        let fit = Glm::fit(regression.data(), family, link)?;
        if !fit.aliased.is_empty() {
            return Err(statistics::NotEstimable::Singular {
                columns: fit.aliased,
            }
            .into());
        }
        Ok(Estimate {
            names: regression.names,
            coefficients: fit.coefficients,
            covariance: fit.covariance,
            df: fit.df_residual,
        })
    }

    fn each(&self, estimates: &[Estimate]) -> Result<Fitted, Failure> {
        let names = estimates
            .first()
            .map(|first| first.names.clone())
            .unwrap_or_default();
        let smallest = estimates
            .iter()
            .map(|estimate| estimate.df)
            .fold(f64::INFINITY, f64::min);
        let complete = Some(self.dfcom.unwrap_or(smallest)).filter(|df| df.is_finite());
        let pooled = (0..names.len())
            .map(|column| {
                let values: Vec<f64> = estimates.iter().map(|e| e.coefficients[column]).collect();
                let variances: Vec<f64> = estimates
                    .iter()
                    .map(|e| e.covariance[(column, column)])
                    .collect();
                Ok(Pooled::of(&values, &variances, complete)?)
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        let tests = pooled
            .iter()
            .map(|pooled| Ok(pooled.test(self.conf_level)?))
            .collect::<Result<Vec<_>, Failure>>()?;
        let column = |pick: &dyn Fn(&Pooled) -> f64| -> Value {
            json::numbers(&pooled.iter().map(pick).collect::<Vec<_>>())
        };
        let tail = (1.0 - self.conf_level) / 2.0;
        let percent =
            |share: f64| format!("{} %", formula::print_number(((share * 1e6).round()) / 1e4));
        let summary = json!({
            "estimate": column(&|pooled| pooled.estimate),
            "std.error": column(&|pooled| pooled.total.sqrt()),
            "statistic": json::numbers(&tests.iter().map(|test| test.0).collect::<Vec<_>>()),
            "df": column(&|pooled| pooled.df),
            "p.value": json::numbers(&tests.iter().map(|test| test.1).collect::<Vec<_>>()),
            (percent(tail)): json::numbers(&tests.iter().map(|test| test.2.0).collect::<Vec<_>>()),
            (percent(1.0 - tail)): json::numbers(&tests.iter().map(|test| test.2.1).collect::<Vec<_>>()),
        });
        let result = json!({
            "term": names,
            "m": vec![estimates.len(); names.len()],
            "estimate": column(&|pooled| pooled.estimate),
            "ubar": column(&|pooled| pooled.within),
            "b": column(&|pooled| pooled.between),
            "t": column(&|pooled| pooled.total),
            "dfcom": json::optionals(&vec![complete; names.len()]),
            "df": column(&|pooled| pooled.df),
            "riv": column(&|pooled| pooled.relative_increase),
            "lambda": column(&|pooled| pooled.lambda),
            "fmi": column(&|pooled| pooled.missing_information),
            "summary": summary,
        });
        let mut table = TextTable::new(["estimate", "std.error", "statistic", "df", "p.value"]);
        for ((name, pooled), test) in names.iter().zip(&pooled).zip(&tests) {
            let numbers = [pooled.estimate, pooled.total.sqrt(), test.0, pooled.df];
            let cells = numbers
                .map(|x| signif(x, 5))
                .into_iter()
                .chain([p_value(test.1)]);
            table.row(name.clone(), cells);
        }
        Ok(Fitted::new(result, table.print()))
    }

    fn together(&self, estimates: &[Estimate]) -> Result<Fitted, Failure> {
        let places = self
            .d1
            .iter()
            .map(|name| {
                let unknown = || Failure::option("d1", format!("er is geen coëfficiënt '{name}'"));
                estimates[0]
                    .names
                    .iter()
                    .position(|known| known == name)
                    .ok_or_else(unknown)
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        let values: Vec<Vec<f64>> = estimates
            .iter()
            .map(|estimate| {
                places
                    .iter()
                    .map(|&place| estimate.coefficients[place])
                    .collect()
            })
            .collect();
        let covariances: Vec<Matrix> = estimates
            .iter()
            .map(|estimate| estimate.covariance.principal(&places))
            .collect();
        let wald = PooledWald::of(&values, &covariances)?;
        let one = |x: f64| Value::Array(vec![json::number(x)]);
        let result = json!({
            "term": self.d1,
            "qbar": json::numbers(&wald.estimate),
            "ubar": json::rows(wald.within.values(), places.len()),
            "b": json::rows(wald.between.values(), places.len()),
            "r": one(wald.relative_increase),
            "D1": one(wald.statistic),
            "df1": one(wald.df1),
            "df2": one(wald.df2),
            "p": one(wald.p_value),
        });
        let text = format!(
            "D1 = {} on {} and {} df, p {}\n",
            signif(wald.statistic, 5),
            wald.df1,
            signif(wald.df2, 5),
            p_value(wald.p_value)
        );
        Ok(Fitted::new(result, text))
    }
}
