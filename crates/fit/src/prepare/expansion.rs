//! Rows written out for the regression of Fine and Gray.

use crate::{Failure, Inputs};
use formula::{Column, Expression, Formula, Frame, ModelFrame, Role, Survival};
use statistics::competing::{ExpandedRow, FineGrayData, expand};
use statistics::matrix::Matrix;
use statistics::tied_times;

/// R's `finegray(formula, etype =, id =, weights =)`.
#[derive(Clone, Copy, Debug)]
pub struct Expansion<'a> {
    /// The outcome, and `strata()` of the censoring distribution.
    pub formula: &'a str,
    /// The cause, by name or number.
    pub cause: Option<&'a str>,
    /// Whose row it is.
    pub id: Option<&'a str>,
    /// Case weights.
    pub weights: Option<&'a str>,
}

impl Expansion<'_> {
    /// The rows, and the table with `fgstart`, `fgstop`, `fgstatus`, `fgwt` and `fgcount`.
    ///
    /// # Errors
    /// An outcome without competing causes, and rows that cannot be used.
    pub fn apply(
        &self,
        inputs: &Inputs<'_>,
        frame: &Frame,
    ) -> Result<(Vec<ExpandedRow>, Frame), Failure> {
        let model = self.model(inputs, frame)?;
        let mut survival = model.survival()?.clone();
        if survival.start.is_empty() {
            tied_times::merge(&mut [&mut survival.stop]);
        } else {
            tied_times::merge_intervals(&mut survival.start, &mut survival.stop)?;
        }
        let strata = model.strata();
        let id = model.role_groups("id");
        let weights = model.role_numbers("weights")?;
        let no_covariates = Matrix::zeros(survival.stop.len(), 0);
        let data = FineGrayData {
            entry: (!survival.start.is_empty()).then_some(&survival.start),
            time: &survival.stop,
            status: &survival.status,
            cause: cause(&survival, self.cause)?,
            x: &no_covariates,
            weights: weights.as_deref(),
            offset: None,
            strata: None,
            censoring_groups: strata.as_ref().map(|strata| strata.codes.as_slice()),
            id: id.as_ref().map(|id| id.codes.as_slice()),
        };
        let rows = expand(&data)?;
        let table = table(frame, &model.rows, &rows)?;
        Ok((rows, table))
    }

    fn model(&self, inputs: &Inputs<'_>, frame: &Frame) -> Result<ModelFrame, Failure> {
        let named = [("id", self.id), ("weights", self.weights)];
        let roles = named
            .into_iter()
            .filter_map(|(name, text)| text.map(|text| (name, text)))
            .map(|(name, text)| {
                let expression = Expression::parse(text)?;
                Ok(Role { name, expression })
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        let model = ModelFrame::new(&Formula::parse(self.formula)?, frame, &roles)?;
        crate::arguments::tell(inputs, model.notices.clone());
        Ok(model)
    }
}

fn table(frame: &Frame, used: &[usize], rows: &[ExpandedRow]) -> Result<Frame, Failure> {
    let sources: Vec<usize> = rows.iter().map(|row| used[row.row]).collect();
    let mut table = frame.select(&sources);
    let number = |pick: fn(&ExpandedRow) -> f64| Column::Number(rows.iter().map(pick).collect());
    table.set("fgstart", number(|row| row.start))?;
    table.set("fgstop", number(|row| row.stop))?;
    table.set("fgstatus", number(|row| f64::from(u8::from(row.event))))?;
    table.set("fgwt", number(|row| row.weight))?;
    table.set("fgcount", number(|row| f64::from(row.count)))?;
    Ok(table)
}

/// The state that is modelled, by name or number; the first without either.
pub(crate) fn cause(survival: &Survival, wanted: Option<&str>) -> Result<u32, Failure> {
    let Some(wanted) = wanted else {
        return Ok(1);
    };
    let names = &survival.states;
    let by_name = names.iter().position(|name| name == wanted);
    let place = by_name.or_else(|| {
        let number: usize = wanted.parse().ok()?;
        (1..=names.len().max(1))
            .contains(&number)
            .then(|| number - 1)
    });
    place.map(|place| place as u32 + 1).ok_or_else(|| {
        let message = format!("'{wanted}' is geen oorzaak; wel: {}", names.join(", "));
        Failure::option("cause", message)
    })
}
