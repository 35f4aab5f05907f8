//! `cox`: proportional hazards, as R's `coxph` and what is asked of its result.

mod arguments;
mod curves;
mod fitted;
mod predict;
mod residuals;
mod result;
mod time_transform;
mod zph;

pub(super) use arguments::{CoxArguments, CoxRows};
pub(super) use curves::{CurveArguments, Subjects, curve_type, curves};
pub(super) use fitted::{ChiSquaredTest, FittedCox};
pub(super) use predict::{PredictionName, PredictionRequest, ReferenceName, RiskError, predict};
pub(super) use zph::{Choice, Transform, Zph};

use super::Fit;
use crate::arguments::new_table;
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use formula::{Column, Expression, Factor, Frame};
use residuals::ResidualName;
use serde_json::{Map, Value};
use statistics::cox::CurveType;

/// Options of `cox`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    cox: CoxArguments,
    /// Betrouwbaarheid van de grenzen van exp(coef).
    #[arg(long, default_value_t = 0.95)]
    level: f64,
    /// Residuen, een of meer soorten.
    #[arg(long, value_enum, value_delimiter = ',')]
    residuals: Vec<ResidualName>,
    /// Residuen maal het gewicht van de rij, of juist niet (R: weighted =).
    #[arg(long, value_name = "true|false")]
    weighted: Option<bool>,
    /// Residuen opgeteld per groep, bijvoorbeeld per persoon (R: collapse =).
    #[arg(long, value_name = "UITDRUKKING")]
    collapse: Option<String>,
    /// De lineaire voorspellers van de rijen.
    #[arg(long)]
    linear_predictors: bool,
    /// Toetsen van evenredigheid: km, rank, identity, log of een uitdrukking van t.
    #[arg(long, value_delimiter = ',', value_name = "TRANSFORMATIES")]
    zph: Vec<String>,
    /// De cumulatieve basishazard, bij de gemiddelden en bij nul (R: basehaz).
    #[arg(long)]
    basehaz: bool,
    /// Nieuwe rijen: "age=60,70; sex=1,2" of een bestand. Geeft voorspellingen en curven.
    #[arg(long, value_name = "RIJEN")]
    newdata: Option<String>,
    /// Hoe de standaardfout van een risico tot stand komt.
    #[arg(long, value_enum, default_value_t = RiskError::Delta)]
    risk_se: RiskError,
    #[command(flatten)]
    curve: CurveArguments,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let frame = self.cox.survival.model.data.frame(inputs)?;
        let rows = self
            .cox
            .rows_of(inputs, &frame, &self.cox.survival.model.formula)?;
        let collapse = self.collapse(&frame, &rows)?;
        let fitted = FittedCox::new(rows, &self.cox.options, inputs)?;
        let mut result = result::result(&fitted, self.level);
        let concordance = fitted.concordance()?;
        if let Some(found) = &concordance {
            result.insert("concordance".into(), result::concordance(found));
        }
        if self.linear_predictors {
            let predictors = json::numbers(&fitted.linear_predictors());
            result.insert("linear.predictors".into(), predictors);
        }
        let request = residuals::Request {
            kinds: &self.residuals,
            weighted: self.weighted,
            collapse: collapse.as_ref(),
        };
        residuals::add(&mut result, &fitted, &request)?;
        for name in &self.zph {
            let transform = Transform::parse(name);
            let zph = Zph::new(&fitted, &transform, Choice::default())?;
            result.insert(format!("zph.{}", transform.name()), zph.table());
        }
        if self.basehaz {
            result.insert("basehaz".into(), curves::baseline_hazard(&fitted, true)?);
            result.insert(
                "basehaz.uncentered".into(),
                curves::baseline_hazard(&fitted, false)?,
            );
        }
        self.add_new(&mut result, &fitted, inputs)?;
        let text = result::summary(&fitted, self.level, concordance.as_ref());
        Ok(Fitted::new(Value::Object(result), text))
    }
}

impl Options {
    /// The groups of `--collapse` on the rows that are used.
    fn collapse(&self, frame: &Frame, rows: &CoxRows) -> Result<Option<Factor>, Failure> {
        let Some(text) = &self.collapse else {
            return Ok(None);
        };
        let column = formula::Evaluator::new(frame).column(&Expression::parse(text)?)?;
        if rows.written_from.is_some() {
            let message = "gaat niet samen met tt()";
            return Err(Failure::option("collapse", message));
        }
        let groups = match column.rows(&rows.model.rows) {
            Column::Factor(factor) => factor,
            other => other.to_factor(),
        };
        match (0..groups.codes.len()).any(|row| groups.is_missing(row)) {
            true => Err(Failure::option(
                "collapse",
                "een gebruikte rij heeft geen groep",
            )),
            false => Ok(Some(groups.without_unused())),
        }
    }

    /// Predictions and curves for new rows.
    fn add_new(
        &self,
        result: &mut Map<String, Value>,
        fitted: &FittedCox,
        inputs: &Inputs<'_>,
    ) -> Result<(), Failure> {
        let Some(text) = &self.newdata else {
            return Ok(());
        };
        let new = new_table(inputs, text)?;
        let reference = match fitted.rows.strata_of(&new)? {
            None if fitted.rows.strata.is_some() => ReferenceName::Sample,
            _ => ReferenceName::Strata,
        };
        for kind in [PredictionName::Lp, PredictionName::Risk] {
            let request = PredictionRequest {
                kind,
                reference,
                errors: true,
                risk_error: self.risk_se,
                new: Some(&new),
            };
            let mut table = Map::new();
            predict(fitted, inputs, &request)?.insert(&mut table);
            table.insert("newdata".into(), shown(&new));
            result.insert(format!("predict.{}", kind.key()), Value::Object(table));
        }
        let subjects = Subjects::of(fitted, inputs, Some(&new), None)?;
        let kind = CurveType::of(fitted.likelihood.ties());
        let curves = curves(fitted, &subjects, kind, &self.curve)?;
        result.insert("survfit.newdata".into(), curves);
        Ok(())
    }
}

/// New rows as they were read.
fn shown(frame: &Frame) -> Value {
    let column = |name: &String| {
        let column = frame.get(name);
        let value = match column {
            Some(Column::Number(values)) => json::numbers_or_na(values),
            Some(column) => (0..column.len()).map(|row| column.text(row)).collect(),
            None => Value::Null,
        };
        (name.clone(), value)
    };
    json::columns(frame.names().iter().map(column))
}
