//! Arguments that procedures share. Help is Dutch: users read it.

use crate::prepare::{Expansion, Split};
use crate::{Failure, Inputs, Rows, schema};
use clap::Args;
use formula::{Censoring, Expression, Formula, Frame, ModelFrame, Role, Schema, Survival};
use statistics::tied_times;

/// A table, and what is done to it before anything is estimated.
#[derive(Args, Clone, Debug)]
pub struct DataArguments {
    /// Bestand met de gegevens (.csv of .parquet). Ligt er een SCHEMA.json naast, dan gelden
    /// daarvan de typen en de volgorde van niveaus.
    #[arg(value_name = "GEGEVENS")]
    pub data: String,
    /// Volgorde van niveaus van een factor, het eerste is de referentie: "sex=F,M". Herhaalbaar.
    #[arg(long, value_name = "KOLOM=A,B,…")]
    pub levels: Vec<String>,
    /// Nieuwe of gewijzigde kolom: "d = status == 2". Herhaalbaar, in volgorde.
    #[arg(long, value_name = "KOLOM=UITDRUKKING")]
    pub set: Vec<String>,
    /// Alleen rijen waarvoor dit geldt: "trans == 3". Herhaalbaar; werkt na --set.
    #[arg(long = "where", alias = "subset", value_name = "VOORWAARDE")]
    pub condition: Vec<String>,
    /// Alleen rijen zonder ontbrekende waarde in deze kolommen (zonder kolommen: in alle).
    #[arg(long, value_name = "KOLOMMEN", value_delimiter = ',', num_args = 0..=1)]
    pub na_omit: Option<Vec<String>>,
    /// Knip de volgtijd in episodes, zoals survSplit: "Surv(time, status)"; met --split-at.
    #[arg(long, value_name = "SURV", requires = "split_at")]
    pub split: Option<String>,
    /// Tijden waarop een episode eindigt: 90,180.
    #[arg(long, value_name = "TIJDEN", value_delimiter = ',', requires = "split")]
    pub split_at: Vec<f64>,
    /// Kolom voor het nummer van de episode.
    #[arg(long, value_name = "KOLOM", requires = "split")]
    pub split_episode: Option<String>,
    /// Kolom voor het nummer van de oorspronkelijke rij.
    #[arg(long, value_name = "KOLOM", requires = "split")]
    pub split_id: Option<String>,
    /// Schrijf rijen uit voor Fine en Gray, zoals finegray: "Surv(time, event) ~ strata(sex)". Geeft
    /// de kolommen fgstart, fgstop, fgstatus, fgwt en fgcount.
    #[arg(long, value_name = "FORMULE")]
    pub expand: Option<String>,
    /// De oorzaak voor --expand; zonder deze optie de eerste.
    #[arg(long, value_name = "OORZAAK", requires = "expand")]
    pub expand_cause: Option<String>,
    /// Kolom die bij --expand zegt van wie een rij is.
    #[arg(long, value_name = "UITDRUKKING", requires = "expand")]
    pub expand_id: Option<String>,
    /// Gewicht van de rijen bij --expand.
    #[arg(long, value_name = "UITDRUKKING", requires = "expand")]
    pub expand_weights: Option<String>,
}

impl DataArguments {
    /// Reads the table and prepares it.
    ///
    /// # Errors
    /// Files, cells or expressions that cannot be read.
    pub fn frame(&self, inputs: &Inputs<'_>) -> Result<Frame, Failure> {
        let schema = schema::beside(inputs, &self.data)?;
        let mut frame = read_table(inputs, &self.data, &schema)?;
        for levels in &self.levels {
            let (column, levels) = split_levels(levels)?;
            frame.set_levels(column, levels)?;
        }
        for assignment in &self.set {
            let (name, expression) = Expression::parse_assignment(assignment)?;
            let evaluator = formula::Evaluator::new(&frame);
            let column = evaluator.column(&expression)?;
            tell(inputs, evaluator.into_notices());
            frame.set(&name, column)?;
        }
        for condition in &self.condition {
            frame = selected(inputs, &frame, condition)?;
        }
        if let Some(columns) = &self.na_omit {
            frame = frame.without_missing(columns)?;
        }
        if let Some(split) = self.split()? {
            frame = split.apply(inputs, &frame)?;
        }
        if let Some(formula) = &self.expand {
            let expansion = Expansion {
                formula,
                cause: self.expand_cause.as_deref(),
                id: self.expand_id.as_deref(),
                weights: self.expand_weights.as_deref(),
            };
            frame = expansion.apply(inputs, &frame)?.1;
        }
        let rows = frame.rows();
        inputs.count_rows(Rows {
            read: rows,
            used: rows,
        });
        Ok(frame)
    }
}

impl DataArguments {
    fn split(&self) -> Result<Option<Split>, Failure> {
        let Some(outcome) = &self.split else {
            return Ok(None);
        };
        Ok(Some(Split {
            outcome: Expression::parse(outcome)?,
            cut: self.split_at.clone(),
            episode: self.split_episode.clone(),
            id: self.split_id.clone(),
            start: "tstart".into(),
        }))
    }
}

fn read_table(inputs: &Inputs<'_>, name: &str, schema: &Schema) -> Result<Frame, Failure> {
    let bytes = inputs.read(name)?;
    let frame = match name.to_ascii_lowercase().ends_with(".parquet") {
        true => read_parquet(name, bytes, schema)?,
        false => formula::read_csv(&bytes, schema)?,
    };
    inputs.table_is_read(name);
    Ok(frame)
}

#[cfg(feature = "parquet")]
fn read_parquet(_name: &str, bytes: Vec<u8>, schema: &Schema) -> Result<Frame, Failure> {
    Ok(formula::read_parquet(bytes, schema)?)
}

#[cfg(not(feature = "parquet"))]
fn read_parquet(name: &str, _bytes: Vec<u8>, _schema: &Schema) -> Result<Frame, Failure> {
    let message = format!("{name}: dit programma is gebouwd zonder Parquet.");
    Err(Failure::new("no_parquet", message))
}

fn split_levels(text: &str) -> Result<(&str, Vec<String>), Failure> {
    let (column, levels) = text
        .split_once('=')
        .ok_or_else(|| Failure::option("levels", "verwacht KOLOM=A,B,…"))?;
    let levels = levels.split(',').map(|level| level.trim().to_owned());
    Ok((column.trim(), levels.collect()))
}

fn selected(inputs: &Inputs<'_>, frame: &Frame, condition: &str) -> Result<Frame, Failure> {
    let evaluator = formula::Evaluator::new(frame);
    let holds = evaluator.condition(&Expression::parse(condition)?)?;
    tell(inputs, evaluator.into_notices());
    let rows: Vec<usize> = (0..frame.rows()).filter(|&row| holds[row]).collect();
    Ok(frame.select(&rows))
}

pub(crate) fn tell(inputs: &Inputs<'_>, notices: Vec<formula::Notice>) {
    for notice in notices {
        inputs.warn(notice.code, notice.message);
    }
}

/// A table, a formula over it, and weights.
#[derive(Args, Clone, Debug)]
pub struct ModelArguments {
    /// The table.
    #[command(flatten)]
    pub data: DataArguments,
    /// Formule zoals in R: "Surv(time, status) ~ age + strata(sex)".
    #[arg(value_name = "FORMULE")]
    pub formula: String,
    /// Gewicht per rij: een kolom of een uitdrukking.
    #[arg(long, value_name = "UITDRUKKING")]
    pub weights: Option<String>,
}

impl ModelArguments {
    /// Reads the table and makes the model frame. `roles` are columns beside the formula
    /// (`("cluster", self.cluster.as_deref())`); the weights are always one of them.
    ///
    /// # Errors
    /// Files, cells, formulas or expressions that cannot be read, and no complete row.
    pub fn model(
        &self,
        inputs: &Inputs<'_>,
        roles: &[(&'static str, Option<&str>)],
    ) -> Result<ModelFrame, Failure> {
        let frame = self.data.frame(inputs)?;
        self.model_of(inputs, &frame, roles)
    }

    /// The same over a table that was read before.
    ///
    /// # Errors
    /// As [`Self::model`].
    pub fn model_of(
        &self,
        inputs: &Inputs<'_>,
        frame: &Frame,
        roles: &[(&'static str, Option<&str>)],
    ) -> Result<ModelFrame, Failure> {
        let weights = [("weights", self.weights.as_deref())];
        let named = weights.iter().chain(roles);
        let roles = named
            .filter_map(|(name, text)| text.map(|text| (*name, text)))
            .map(|(name, text)| {
                Ok(Role {
                    name,
                    expression: Expression::parse(text)?,
                })
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        let model = ModelFrame::new(&Formula::parse(&self.formula)?, frame, &roles)?;
        tell(inputs, model.notices.clone());
        inputs.count_rows(Rows {
            read: model.read,
            used: model.len(),
        });
        Ok(model)
    }
}

/// The same for survival data: times that differ by rounding alone are merged.
#[derive(Args, Clone, Debug)]
pub struct SurvivalArguments {
    /// The table, the formula and the weights.
    #[command(flatten)]
    pub model: ModelArguments,
    /// Tijden die alleen door afronding verschillen niet samenvoegen (R: timefix = FALSE).
    #[arg(long)]
    pub no_timefix: bool,
}

impl SurvivalArguments {
    /// The model frame and its outcome, with times merged.
    ///
    /// # Errors
    /// As [`ModelArguments::model`], an outcome that is no `Surv()`, and an interval that
    /// vanishes when its ends are merged.
    pub fn model(
        &self,
        inputs: &Inputs<'_>,
        roles: &[(&'static str, Option<&str>)],
    ) -> Result<(ModelFrame, Survival), Failure> {
        let model = self.model.model(inputs, roles)?;
        let survival = self.times(&model)?;
        Ok((model, survival))
    }

    /// The outcome of a model frame, with times merged.
    ///
    /// # Errors
    /// As [`Self::model`].
    pub fn times(&self, model: &ModelFrame) -> Result<Survival, Failure> {
        let mut survival = model.survival()?.clone();
        if !self.no_timefix {
            match survival.censoring {
                Censoring::Counting => {
                    tied_times::merge_intervals(&mut survival.start, &mut survival.stop)?;
                }
                _ => {
                    let Survival { start, stop, .. } = &mut survival;
                    tied_times::merge(&mut [start, stop]);
                }
            }
        }
        Ok(survival)
    }
}

/// New data written as "age=60,70; sex=F,M": one value per row, single values repeated.
///
/// # Errors
/// Text of another form, and unequal lengths.
pub fn new_data(text: &str) -> Result<Frame, Failure> {
    let mut columns: Vec<(&str, Vec<&str>)> = Vec::new();
    for part in text.split(';').filter(|part| !part.trim().is_empty()) {
        let (name, values) = part
            .split_once('=')
            .ok_or_else(|| Failure::option("newdata", "verwacht \"kolom=1,2; kolom=a,b\""))?;
        columns.push((name.trim(), values.split(',').map(str::trim).collect()));
    }
    let rows = columns
        .iter()
        .map(|(_, values)| values.len())
        .max()
        .unwrap_or(0);
    let mut frame = Frame::new();
    for (name, values) in columns {
        let value = |row: usize| values[if values.len() == 1 { 0 } else { row }];
        if values.len() != 1 && values.len() != rows {
            let message = format!(
                "'{name}' heeft {} waarden, een andere kolom {rows}",
                values.len()
            );
            return Err(Failure::option("newdata", message));
        }
        frame.set(name, typed((0..rows).map(value).collect()))?;
    }
    Ok(frame)
}

/// New data as [`new_data`] reads them, or else from a file of that name.
///
/// # Errors
/// As [`new_data`], and a file that cannot be read.
pub fn new_table(inputs: &Inputs<'_>, text: &str) -> Result<Frame, Failure> {
    if text.contains('=') {
        return new_data(text);
    }
    let schema = schema::beside(inputs, text)?;
    read_table(inputs, text, &schema)
}

/// Numbers if all are numbers, else text.
fn typed(values: Vec<&str>) -> formula::Column {
    let number = |text: &&str| match *text {
        "" | "NA" => Some(f64::NAN),
        text => text.parse().ok(),
    };
    match values.iter().map(number).collect::<Option<Vec<f64>>>() {
        Some(numbers) => formula::Column::Number(numbers),
        None => {
            let texts = values.iter().map(|text| (*text != "NA").then_some(*text));
            formula::Column::Text(formula::Factor::by_appearance(texts))
        }
    }
}
