//! `calculate`: distributions, tests and intervals as one expression in R's words:
//! `list(t = t.test(age ~ trt), p = pchisq(3.84, 1, lower.tail = FALSE))`.

mod counts;
mod describe;
mod distributions;
mod evaluate;
mod rates;
mod tests_of_groups;
mod uniroot;
mod value;

use super::Fit;
use crate::arguments::DataArguments;
use crate::{Failure, Fitted, Inputs};
use clap::{Args, Parser};
use evaluate::Evaluation;
use formula::{Expression, Frame};

/// Options of `calculate`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Uitdrukking: "t.test(age ~ sex)", "list(p = pnorm(1.96), q = qt(0.975, 10))". Zie
    /// docs/fit.md voor de functies.
    #[arg(value_name = "UITDRUKKING")]
    expression: String,
    /// Bestand met de gegevens (.csv of .parquet), voor namen van kolommen.
    #[arg(long, value_name = "GEGEVENS")]
    data: Option<String>,
    /// Naam voor een waarde: "z = c(-1, 0, 1)". Herhaalbaar, in volgorde.
    #[arg(long = "let", value_name = "NAAM=UITDRUKKING")]
    names: Vec<String>,
    /// Nieuwe of gewijzigde kolom: "d = status == 2". Herhaalbaar.
    #[arg(long, value_name = "KOLOM=UITDRUKKING")]
    set: Vec<String>,
    /// Alleen rijen waarvoor dit geldt. Herhaalbaar; werkt na --set.
    #[arg(long = "where", alias = "subset", value_name = "VOORWAARDE")]
    condition: Vec<String>,
    /// Volgorde van niveaus van een factor: "sex=F,M". Herhaalbaar.
    #[arg(long, value_name = "KOLOM=A,B,…")]
    levels: Vec<String>,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let frame = match &self.data {
            Some(data) => self.data_arguments(data)?.frame(inputs)?,
            None => Frame::new(),
        };
        let mut evaluation = Evaluation::new(&frame, inputs);
        for name in &self.names {
            let (name, expression) = Expression::parse_assignment(name)?;
            let value = evaluation.value(&expression)?;
            evaluation.set(&name, value);
        }
        let value = evaluation.value(&Expression::parse(&self.expression)?)?;
        Ok(Fitted::new(value.to_json(), value.to_text()))
    }
}

/// The shared arguments of a table, read as if they stood on a line of their own.
#[derive(Parser)]
#[command(no_binary_name = true)]
struct Table {
    #[command(flatten)]
    data: DataArguments,
}

impl Options {
    fn data_arguments(&self, data: &str) -> Result<DataArguments, Failure> {
        let mut words = Vec::new();
        for (option, values) in [
            ("--set", &self.set),
            ("--where", &self.condition),
            ("--levels", &self.levels),
        ] {
            words.extend(values.iter().map(|value| format!("{option}={value}")));
        }
        words.extend(["--".to_owned(), data.to_owned()]);
        Table::try_parse_from(words)
            .map(|table| table.data)
            .map_err(|error| Failure::new("bad_call", error.to_string()))
    }
}
