//! `impute`: completed data by chained equations, as R's `mice`.

use super::Fit;
use super::columns::numeric_columns;
use crate::arguments::DataArguments;
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use serde_json::{Map, Value, json};
use statistics::imputation::{ChainedEquations, Imputation, Method};

/// Options of `impute`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    data: DataArguments,
    /// Kolommen die meedoen; zonder deze optie alle.
    #[arg(long, value_name = "KOLOMMEN", value_delimiter = ',')]
    columns: Vec<String>,
    /// Aantal voltooide gegevensbestanden.
    #[arg(short, long, default_value_t = 5)]
    m: usize,
    /// Rondes langs de kolommen.
    #[arg(long, default_value_t = 5)]
    maxit: usize,
    /// Waar de toevalsgetallen beginnen.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Wijze per kolom: "bmi=norm", "hyp=logreg", "chl=pmm". Herhaalbaar; anders pmm.
    #[arg(long, value_name = "KOLOM=WIJZE")]
    method: Vec<String>,
    /// Donoren van pmm.
    #[arg(long, default_value_t = 5)]
    donors: usize,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let frame = self.data.frame(inputs)?;
        let names = if self.columns.is_empty() {
            frame.names().to_vec()
        } else {
            self.columns.clone()
        };
        let columns = numeric_columns(&frame, &names)?;
        let equations = ChainedEquations {
            methods: self.methods(&names)?,
            imputations: self.m,
            rounds: self.maxit,
            seed: self.seed,
        };
        let imputations = equations.impute(&columns)?;
        let missing: Vec<usize> = columns
            .iter()
            .map(|column| column.iter().filter(|x| x.is_nan()).count())
            .collect();
        let text = summary(&imputations, &names, &missing);
        Ok(Fitted::new(
            result(&imputations, &names, frame.rows()),
            text,
        ))
    }
}

impl Options {
    fn methods(&self, names: &[String]) -> Result<Vec<Option<Method>>, Failure> {
        let usual = Method::PredictiveMean {
            donors: self.donors,
        };
        let mut methods = vec![Some(usual); names.len()];
        for choice in &self.method {
            let wrong = || {
                Failure::option(
                    "method",
                    format!("'{choice}' is geen KOLOM=norm, pmm of logreg"),
                )
            };
            let (name, method) = choice.split_once('=').ok_or_else(wrong)?;
            let place = names
                .iter()
                .position(|known| known == name.trim())
                .ok_or_else(wrong)?;
            methods[place] = Some(match method.trim() {
                "norm" => Method::Normal,
                "pmm" => usual,
                "logreg" => Method::Logistic,
                _ => return Err(wrong()),
            });
        }
        Ok(methods)
    }
}

/// R's `complete(imputed, "long")`: one column per variable, imputations below each other.
fn result(imputations: &[Imputation], names: &[String], rows: usize) -> Value {
    let mut long = Map::new();
    let numbers = 1..=imputations.len();
    let imp: Vec<usize> = numbers
        .clone()
        .flat_map(|number| vec![number; rows])
        .collect();
    let id: Vec<usize> = numbers.flat_map(|_| 1..=rows).collect();
    long.insert(".imp".into(), json!(imp));
    long.insert(".id".into(), json!(id));
    for (place, name) in names.iter().enumerate() {
        let all = imputations
            .iter()
            .flat_map(|imputation| &imputation.columns[place]);
        long.insert(
            name.clone(),
            json::numbers(&all.copied().collect::<Vec<_>>()),
        );
    }
    json!({"m": imputations.len(), "completed": long})
}

fn summary(imputations: &[Imputation], names: &[String], missing: &[usize]) -> String {
    let header: Vec<String> = std::iter::once("missing".to_owned())
        .chain((1..=imputations.len()).map(|number| format!("mean {number}")))
        .collect();
    let mut table = TextTable::new(header);
    for (place, name) in names.iter().enumerate() {
        let mean = |imputation: &Imputation| {
            let column = &imputation.columns[place];
            signif(column.iter().sum::<f64>() / column.len() as f64, 4)
        };
        let cells = std::iter::once(missing[place].to_string()).chain(imputations.iter().map(mean));
        table.row(name.clone(), cells);
    }
    table.print()
}
