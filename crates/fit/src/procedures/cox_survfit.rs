//! `cox-survfit`: survival curves of a Cox model, as R's `survfit` of a `coxph`.

use super::Fit;
use super::cox::{CoxArguments, CurveArguments, FittedCox, Subjects, curve_type, curves};
use crate::arguments::new_table;
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs};
use clap::Args;
use serde_json::{Map, Value};
use statistics::cox::CurveType;

/// Options of `cox-survfit`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    cox: CoxArguments,
    #[command(flatten)]
    curve: CurveArguments,
    /// Nieuwe rijen: "age=60,70; sex=1,2" of een bestand; zonder deze optie de gemiddelden.
    #[arg(long, value_name = "RIJEN")]
    newdata: Option<String>,
    /// Kolom van de nieuwe rijen die zegt van wie zij zijn: de rijen van een persoon volgen
    /// elkaar in de tijd op en geven één curve.
    #[arg(long, value_name = "UITDRUKKING", requires = "newdata")]
    newid: Option<String>,
    /// Hoe overleving en hazard tot stand komen, als stype,ctype; herhaalbaar, met een naam:
    /// "a=1,1" (R: stype, ctype).
    #[arg(long, value_name = "[NAAM=]STYPE,CTYPE")]
    curves: Vec<String>,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let fitted = FittedCox::new(self.cox.rows(inputs)?, &self.cox.options, inputs)?;
        let new = match &self.newdata {
            Some(text) => Some(new_table(inputs, text)?),
            None => None,
        };
        let subjects = Subjects::of(&fitted, inputs, new.as_ref(), self.newid.as_deref())?;
        let of = |kind| curves(&fitted, &subjects, kind, &self.curve);
        let mut named = Map::new();
        for text in &self.curves {
            match text.split_once('=') {
                Some((name, kind)) => {
                    named.insert(name.trim().into(), of(curve_type(kind)?)?);
                }
                None => {
                    let result = of(curve_type(text)?)?;
                    let text = summary(&result);
                    return Ok(Fitted::new(result, text));
                }
            }
        }
        if !named.is_empty() {
            let text: Vec<String> = named
                .iter()
                .map(|(name, curves)| format!("{name}\n{}", summary(curves)))
                .collect();
            return Ok(Fitted::new(Value::Object(named), text.join("\n")));
        }
        let result = of(CurveType::of(fitted.likelihood.ties()))?;
        let text = summary(&result);
        Ok(Fitted::new(result, text))
    }
}

/// The curves line by line; of several curves the first.
fn summary(curves: &Value) -> String {
    let names = [
        "time", "n.risk", "n.event", "surv", "std.err", "lower", "upper",
    ];
    let shown: Vec<&str> = names
        .into_iter()
        .filter(|name| curves.get(name).is_some())
        .collect();
    let mut table = TextTable::new(shown.clone());
    let cell = |name: &str, row: usize| {
        let value = &curves[name][row];
        let value = if value.is_array() { &value[0] } else { value };
        value.as_f64().map_or("NA".into(), |x| signif(x, 4))
    };
    let rows = curves["time"].as_array().map_or(0, Vec::len);
    for row in 0..rows {
        table.row("", shown.iter().map(|name| cell(name, row)));
    }
    table.print()
}
