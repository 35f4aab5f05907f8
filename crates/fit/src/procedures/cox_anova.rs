//! `cox-anova`: analysis of deviance of Cox models, as R's `anova` of a `coxph`.

use super::Fit;
use super::cox::{ChiSquaredTest, CoxArguments, CoxRows, FittedCox};
use crate::text::{TextTable, p_value, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use formula::Frame;
use serde_json::{Map, Value};

/// Options of `cox-anova`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    cox: CoxArguments,
    /// Nog een model van dezelfde rijen, als formule; herhaalbaar. Zonder deze optie komen de
    /// termen van het model een voor een.
    #[arg(long, value_name = "FORMULE")]
    versus: Vec<String>,
}

/// A line of the table.
struct Line {
    name: String,
    log_likelihood: f64,
    df: usize,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let frame = self.cox.survival.model.data.frame(inputs)?;
        let lines = match self.versus.is_empty() {
            true => self.by_term(inputs, &frame)?,
            false => self.models(inputs, &frame)?,
        };
        Ok(table(&lines))
    }
}

impl Options {
    fn model(&self, inputs: &Inputs<'_>, rows: CoxRows) -> Result<FittedCox, Failure> {
        if rows.is_robust {
            let message = "Met robuuste standaardfouten zegt het verschil in aannemelijkheid niets; \
                           toets met Wald, of kies --no-robust.";
            return Err(Failure::new("robust_anova", message));
        }
        FittedCox::new(rows, &self.cox.options, inputs)
    }

    fn models(&self, inputs: &Inputs<'_>, frame: &Frame) -> Result<Vec<Line>, Failure> {
        let first = &self.cox.survival.model.formula;
        let mut lines: Vec<Line> = Vec::new();
        let mut used: Option<Vec<usize>> = None;
        for formula in std::iter::once(first).chain(&self.versus) {
            let fitted = self.model(inputs, self.cox.rows_of(inputs, frame, formula)?)?;
            let rows = &fitted.rows.model.rows;
            if used.as_ref().is_some_and(|used| used != rows) {
                let message = "De modellen gebruiken niet dezelfde rijen; laat met --na-omit eerst \
                               de rijen met een ontbrekende waarde weg.";
                return Err(Failure::new("other_rows", message));
            }
            used = Some(rows.clone());
            lines.push(Line {
                name: formula.clone(),
                log_likelihood: fitted.fit.log_likelihood,
                df: fitted.fit.degrees_of_freedom(),
            });
        }
        Ok(lines)
    }

    /// Terms one after the other, on the rows of the whole model.
    fn by_term(&self, inputs: &Inputs<'_>, frame: &Frame) -> Result<Vec<Line>, Failure> {
        let rows = self
            .cox
            .rows_of(inputs, frame, &self.cox.survival.model.formula)?;
        let terms = rows.design.terms.clone();
        let whole = self.model(inputs, rows)?;
        let mut lines = vec![Line {
            name: "NULL".into(),
            log_likelihood: whole.log_likelihood_of_nothing()?,
            df: 0,
        }];
        for (place, name) in terms.into_iter().enumerate() {
            let part = whole.with_terms(place + 1, &self.cox.options)?;
            lines.push(Line {
                name,
                log_likelihood: part.log_likelihood,
                df: part.degrees_of_freedom(),
            });
        }
        Ok(lines)
    }
}

fn table(lines: &[Line]) -> Fitted {
    let tests: Vec<Option<ChiSquaredTest>> = std::iter::once(None)
        .chain(lines.windows(2).map(|pair| {
            // A smaller model may come second: then the gain is the other way round.
            let gain = 2.0 * (pair[1].log_likelihood - pair[0].log_likelihood);
            Some(ChiSquaredTest {
                statistic: gain.abs(),
                df: pair[1].df.abs_diff(pair[0].df),
            })
        }))
        .collect();
    let column = |pick: fn(&ChiSquaredTest) -> Value| -> Value {
        tests
            .iter()
            .map(|test| test.as_ref().map_or(Value::Null, pick))
            .collect()
    };
    let mut result = Map::new();
    let names: Vec<&String> = lines.iter().map(|line| &line.name).collect();
    result.insert("rownames".into(), json::texts(&names));
    let values: Vec<f64> = lines.iter().map(|line| line.log_likelihood).collect();
    result.insert("loglik".into(), json::numbers(&values));
    result.insert("Chisq".into(), column(|test| json::number(test.statistic)));
    result.insert("Df".into(), column(|test| test.df.into()));
    result.insert("Pr(>|Chi|)".into(), column(|test| json::number(test.p())));
    let mut text = TextTable::new(["loglik", "Chisq", "Df", "Pr(>|Chi|)"]);
    for (line, test) in lines.iter().zip(&tests) {
        let of =
            |pick: &dyn Fn(&ChiSquaredTest) -> String| test.as_ref().map_or(String::new(), pick);
        text.row(
            line.name.clone(),
            [
                signif(line.log_likelihood, 5),
                of(&|test| signif(test.statistic, 5)),
                of(&|test| test.df.to_string()),
                of(&|test| p_value(test.p())),
            ],
        );
    }
    let heading = "Analysis of Deviance Table\n";
    Fitted::new(Value::Object(result), format!("{heading}{}", text.print()))
}
