//! `rmst`: restricted means of two arms, as R's `survRM2::rmst2`.

use super::Fit;
use super::curve_groups::CurveData;
use crate::arguments::SurvivalArguments;
use crate::text::{TextTable, p_value, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use formula::{Censoring, DesignOptions, Formula, Frame, ModelFrame};
use serde_json::{Map, Value};
use statistics::distribution::Normal;
use statistics::matrix::Matrix;
use statistics::survival::{AdjustedMeans, Contrast, MeanModel, Observations, RestrictedMeans};

/// Options of `rmst`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    survival: SurvivalArguments,
    /// Horizon; zonder deze optie de kortste follow-up van beide armen.
    #[arg(long, value_name = "TIJD")]
    tau: Option<f64>,
    /// Dekking van de grenzen.
    #[arg(long, alias = "conf-int", value_name = "KANS", default_value_t = 0.95)]
    level: f64,
    /// Covariaten waarvoor de vergelijking gecorrigeerd wordt: "age + sex".
    #[arg(long, value_name = "TERMEN")]
    covariates: Option<String>,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let prepared = self.prepared(inputs)?;
        let (model, covariates) = &prepared;
        let survival = self.survival.times(model)?;
        if survival.censoring != Censoring::Right {
            let message = "De armen moeten vanaf het begin gevolgd zijn: Surv(tijd, status).";
            return Err(Failure::new("not_right_censored", message));
        }
        let data = CurveData::of(model, &survival, false)?;
        if data.weights.is_some() {
            return Err(Failure::option("weights", "kan hier niet"));
        }
        let [control, treated] = data.groups.as_slice() else {
            let message = format!(
                "Er zijn {} groepen; twee armen zijn nodig.",
                data.groups.len()
            );
            return Err(Failure::new("not_two_arms", message));
        };
        let means =
            RestrictedMeans::of([control.observations(), treated.observations()], self.tau)?;
        let mut report = Report {
            level: self.level,
            result: Map::new(),
            text: format!(
                "The truncation time: tau = {}\narm0: {}, arm1: {}\n",
                signif(means.until, 7),
                control.name,
                treated.name
            ),
        };
        report.arms(&means)?;
        report.contrasts(&means)?;
        if let Some(covariates) = covariates {
            let mut arms = vec![0_u32; data.rows];
            treated.rows.iter().for_each(|&row| arms[row] = 1);
            let event: Vec<bool> = survival.events();
            let rows = Observations::right_censored(&survival.stop, &event);
            report.adjusted((rows, &arms), covariates, means.until)?;
        }
        Ok(Fitted::new(Value::Object(report.result), report.text))
    }
}

/// Columns that the comparison is adjusted for.
struct Covariates {
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
}

impl Options {
    /// The frame of the arms and, on the same rows, the covariates.
    fn prepared(&self, inputs: &Inputs<'_>) -> Result<(ModelFrame, Option<Covariates>), Failure> {
        let arguments = &self.survival.model;
        let frame = arguments.data.frame(inputs)?;
        let Some(terms) = &self.covariates else {
            return Ok((arguments.model_of(inputs, &frame, &[])?, None));
        };
        let text = format!("~ {terms}");
        let covariates = ModelFrame::new(&Formula::parse(&text)?, &frame, &[])?;
        let frame = frame.select(&covariates.rows);
        let model = arguments.model_of(inputs, &frame, &[])?;
        let covariates = on_rows(&text, &frame, &model)?;
        Ok((model, Some(covariates)))
    }
}

/// The columns of the terms on the rows of a model.
fn on_rows(text: &str, frame: &Frame, model: &ModelFrame) -> Result<Covariates, Failure> {
    let covariates = ModelFrame::new(&Formula::parse(text)?, &frame.select(&model.rows), &[])?;
    let design = covariates.design(DesignOptions {
        except: &[],
        always_intercept: true,
    })?;
    let design = design.without_intercept();
    Ok(Covariates {
        columns: (0..design.columns())
            .map(|place| design.column(place).to_vec())
            .collect(),
        names: design.names.clone(),
    })
}

/// What is told, field by field.
struct Report {
    level: f64,
    result: Map<String, Value>,
    text: String,
}

impl Report {
    fn set(&mut self, name: &str, value: Value) {
        self.result.insert(name.into(), value);
    }

    /// " .95", as in R's names of limits.
    fn suffix(&self) -> String {
        let level = formula::print_number(self.level);
        level.strip_prefix('0').unwrap_or(&level).to_owned()
    }

    fn header(&self, first: &str) -> [String; 3] {
        [
            first.to_owned(),
            format!("lower {}", self.suffix()),
            format!("upper {}", self.suffix()),
        ]
    }

    fn arms(&mut self, means: &RestrictedMeans) -> Result<(), Failure> {
        let [estimate, lower_name, upper_name] = self.header("Est.");
        let mut table = TextTable::new([estimate, "se".into(), lower_name, upper_name]);
        for arm in [1, 0] {
            let (mean, (lower, upper)) = (means.arms[arm], means.limits(arm, self.level)?);
            let lost = |value: f64| means.until - value;
            let rows = [
                ("rmst", [mean.mean, mean.std_err, lower, upper]),
                (
                    "rmtl",
                    [lost(mean.mean), mean.std_err, lost(upper), lost(lower)],
                ),
            ];
            for (name, values) in rows {
                self.set(&format!("arm{arm}.{name}"), json::numbers(&values));
                let title = format!("{} (arm={arm})", name.to_uppercase());
                table.row(title, values.map(|value| signif(value, 6)));
            }
        }
        self.set("tau", json::number(means.until));
        self.text.push_str(&table.print());
        Ok(())
    }

    fn contrasts(&mut self, means: &RestrictedMeans) -> Result<(), Failure> {
        let rows = [
            ("RMST (arm=1)-(arm=0)", means.difference(self.level)?),
            ("RMST (arm=1)/(arm=0)", means.ratio(self.level)?),
            ("RMTL (arm=1)/(arm=0)", means.loss_ratio(self.level)?),
        ];
        self.table("contrast", &rows);
        Ok(())
    }

    fn table(&mut self, name: &str, rows: &[(&str, Contrast)]) {
        let [estimate, lower, upper] = self.header("Est.");
        let column = |pick: fn(&Contrast) -> f64| -> Value {
            rows.iter()
                .map(|(_, row)| json::number(pick(row)))
                .collect()
        };
        let names: Vec<&str> = rows.iter().map(|(name, _)| *name).collect();
        let columns = [
            (estimate.clone(), column(|row| row.estimate)),
            (lower.clone(), column(|row| row.lower)),
            (upper.clone(), column(|row| row.upper)),
            ("p".to_owned(), column(|row| row.p)),
        ];
        self.set(name, json::table(&names, columns));
        let mut table = TextTable::new([estimate, lower, upper, "p".into()]);
        for (name, row) in rows {
            let numbers = [row.estimate, row.lower, row.upper].map(|value| signif(value, 6));
            table.row(*name, numbers.into_iter().chain([p_value(row.p)]));
        }
        self.text.push('\n');
        self.text.push_str(&table.print());
    }

    fn adjusted(
        &mut self,
        (rows, arms): (Observations<'_>, &[u32]),
        covariates: &Covariates,
        until: f64,
    ) -> Result<(), Failure> {
        let mut columns = vec![
            vec![1.0; arms.len()],
            arms.iter().map(|&arm| f64::from(arm)).collect(),
        ];
        columns.extend(covariates.columns.iter().cloned());
        let x = Matrix::from_columns(&columns);
        let mut names = vec!["intercept".to_owned(), "arm".to_owned()];
        names.extend(covariates.names.iter().cloned());
        let models = [
            (
                "RMST (arm=1)-(arm=0)",
                "RMST.difference.adjusted",
                MeanModel::Difference,
            ),
            (
                "RMST (arm=1)/(arm=0)",
                "RMST.ratio.adjusted",
                MeanModel::Ratio,
            ),
            (
                "RMTL (arm=1)/(arm=0)",
                "RMTL.ratio.adjusted",
                MeanModel::LossRatio,
            ),
        ];
        let mut of_arm = Vec::new();
        for (title, field, model) in models {
            let fit = AdjustedMeans::fit(rows, arms, &x, (model, until))?;
            let effects = effects(&fit, model, self.level)?;
            of_arm.push((title, effects[1].contrast));
            let table = self.coefficients(&names, &effects, model);
            self.set(field, table);
        }
        self.table("adjusted", &of_arm);
        Ok(())
    }

    fn coefficients(&self, names: &[String], effects: &[Effect], model: MeanModel) -> Value {
        let column = |pick: fn(&Effect) -> f64| -> Value {
            effects
                .iter()
                .map(|effect| json::number(pick(effect)))
                .collect()
        };
        let [_, lower, upper] = self.header("");
        let mut columns = vec![
            ("coef".to_owned(), column(|effect| effect.coefficient)),
            ("se(coef)".to_owned(), column(|effect| effect.std_err)),
            (
                "z".to_owned(),
                column(|effect| effect.coefficient / effect.std_err),
            ),
            ("p".to_owned(), column(|effect| effect.contrast.p)),
        ];
        if model != MeanModel::Difference {
            columns.push((
                "exp(coef)".to_owned(),
                column(|effect| effect.contrast.estimate),
            ));
        }
        columns.push((lower, column(|effect| effect.contrast.lower)));
        columns.push((upper, column(|effect| effect.contrast.upper)));
        json::table(names, columns)
    }
}

/// A coefficient and what it means.
struct Effect {
    coefficient: f64,
    std_err: f64,
    contrast: Contrast,
}

fn effects(fit: &AdjustedMeans, model: MeanModel, level: f64) -> Result<Vec<Effect>, Failure> {
    let z = Normal::critical(level)?;
    let back = |x: f64| match model {
        MeanModel::Difference => x,
        _ => x.exp(),
    };
    let effect = |(place, &coefficient): (usize, &f64)| {
        let std_err = fit.covariance[(place, place)].sqrt();
        Effect {
            coefficient,
            std_err,
            contrast: Contrast {
                estimate: back(coefficient),
                lower: back(coefficient - z * std_err),
                upper: back(coefficient + z * std_err),
                p: Normal::two_sided(coefficient / std_err),
            },
        }
    };
    Ok(fit.coefficients.iter().enumerate().map(effect).collect())
}
