//! Residuals and predictions, as R's `residuals` and `predict` of a `glm`.

use super::Regression;
use crate::arguments::new_table;
use crate::text::{TextTable, signif};
use crate::{Failure, Inputs, json};
use clap::{Args, ValueEnum};
use formula::{DesignOptions, ModelFrame};
use serde_json::{Map, Value};
use statistics::glm::{Glm, GlmPrediction, GlmResidual};
use statistics::matrix::Matrix;

/// What is asked of rows.
#[derive(Args, Clone, Debug)]
pub(super) struct RowArguments {
    /// Residuen: deviance, pearson, working, response.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "SOORTEN")]
    residuals: Vec<ResidualName>,
    /// Voorspellingen met hun standaardfout: link (lineaire voorspeller), response (gemiddelde).
    #[arg(long, value_enum, value_delimiter = ',', value_name = "SOORTEN")]
    predict: Vec<PredictionName>,
    /// Voorspel voor nieuwe gegevens: een bestand, of "age=60,70; sex=1,2".
    #[arg(long, value_name = "GEGEVENS")]
    newdata: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ResidualName {
    /// Wortel van het aandeel in de deviantie, met teken
    Deviance,
    /// Gedeeld door de standaardafwijking
    Pearson,
    /// Op de schaal van de lineaire voorspeller
    Working,
    /// Uitkomst min gemiddelde
    Response,
}

impl ResidualName {
    fn kind(self) -> (&'static str, GlmResidual) {
        match self {
            Self::Deviance => ("deviance", GlmResidual::Deviance),
            Self::Pearson => ("pearson", GlmResidual::Pearson),
            Self::Working => ("working", GlmResidual::Working),
            Self::Response => ("response", GlmResidual::Response),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PredictionName {
    /// Lineaire voorspeller
    Link,
    /// Gemiddelde
    Response,
}

impl PredictionName {
    fn of(self, predicted: &GlmPrediction) -> (&'static str, &[f64], &[f64]) {
        match self {
            Self::Link => ("link", &predicted.link, &predicted.link_errors),
            Self::Response => ("response", &predicted.response, &predicted.response_errors),
        }
    }
}

/// Predictions as fields of the result, and as text where there are new data.
#[derive(Debug, Default)]
pub(super) struct Predicted {
    pub(super) values: Map<String, Value>,
    pub(super) text: String,
}

impl RowArguments {
    /// Adds `resid.<kind>` for every kind asked for.
    pub(super) fn add_residuals(
        &self,
        result: &mut Map<String, Value>,
        fit: &Glm,
        regression: &Regression,
    ) -> Result<(), Failure> {
        for residual in &self.residuals {
            let (name, kind) = residual.kind();
            let values = fit.residuals(regression.data(), kind)?;
            result.insert(format!("resid.{name}"), json::numbers(&values));
        }
        Ok(())
    }

    /// `predict.<kind>` with `fit` and `se.fit`, for the rows of the model or for new ones.
    pub(super) fn predict(
        &self,
        inputs: &Inputs<'_>,
        model: &ModelFrame,
        (fit, regression): (&Glm, &Regression),
    ) -> Result<Predicted, Failure> {
        let kinds = match (self.predict.as_slice(), &self.newdata) {
            ([], None) => return Ok(Predicted::default()),
            ([], Some(_)) => &[PredictionName::Link, PredictionName::Response],
            (kinds, _) => kinds,
        };
        let predicted = match &self.newdata {
            None => fit.predict(&regression.x, regression.offset.as_deref())?,
            Some(text) => {
                let new = new_table(inputs, text)?;
                let design = model.plan(DesignOptions::default())?.apply(&new)?;
                let x = Matrix::from_values(design.rows, design.columns(), design.values);
                fit.predict(&x, model.offset_of(&new)?.as_deref())?
            }
        };
        let mut values = Map::new();
        for kind in kinds {
            let (name, fit, errors) = kind.of(&predicted);
            let columns = [
                ("fit", json::numbers_or_na(fit)),
                ("se.fit", json::numbers_or_na(errors)),
            ];
            values.insert(format!("predict.{name}"), json::columns(columns));
        }
        let text = match &self.newdata {
            None => String::new(),
            Some(_) => table(kinds, &predicted),
        };
        Ok(Predicted { values, text })
    }
}

fn table(kinds: &[PredictionName], predicted: &GlmPrediction) -> String {
    let header = kinds.iter().flat_map(|kind| {
        let (name, ..) = kind.of(predicted);
        [name.to_owned(), format!("se({name})")]
    });
    let mut table = TextTable::new(header);
    for row in 0..predicted.link.len() {
        let cells = kinds.iter().flat_map(|kind| {
            let (_, fit, errors) = kind.of(predicted);
            [signif(fit[row], 6), signif(errors[row], 5)]
        });
        table.row((row + 1).to_string(), cells);
    }
    format!("\nPredictions:\n{}", table.print())
}
