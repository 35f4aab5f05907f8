//! Covariates with an effect per transition: R's `expand.covs`.

use crate::Failure;
use formula::{Column, Frame};

/// Adds for each covariate a column per transition, which is the covariate on rows of that
/// transition and 0 elsewhere: `age.1`, `age.2`; for a factor one for each level but the first,
/// `dissub1.1`, `dissub2.1`. The levels are those of `levels`.
pub fn expand(
    frame: &mut Frame,
    levels: &Frame,
    covariates: &[String],
    (trans, transitions): (&str, usize),
) -> Result<(), Failure> {
    if covariates.is_empty() {
        return Ok(());
    }
    let number = frame.numbers(trans)?;
    for name in covariates.iter().map(|name| name.trim()) {
        for (stem, values) in coded(frame, levels, name)? {
            for transition in 1..=transitions {
                let own = |(value, trans): (&f64, &f64)| match *trans == transition as f64 {
                    true => *value,
                    false => 0.0,
                };
                let column = values.iter().zip(&number).map(own).collect();
                frame.set(&format!("{stem}.{transition}"), Column::Number(column))?;
            }
        }
    }
    Ok(())
}

/// A covariate as numbers: itself, or an indicator for each level but the first.
fn coded(frame: &Frame, levels: &Frame, name: &str) -> Result<Vec<(String, Vec<f64>)>, Failure> {
    let column = frame.column(name)?;
    let known = levels.column(name)?;
    if let (Column::Factor(_) | Column::Text(_), _) | (_, Column::Factor(_) | Column::Text(_)) =
        (known, column)
    {
        let known = known.to_factor();
        let own = column.to_factor();
        let code = |row: usize| match own.text(row) {
            None => Ok(f64::NAN),
            Some(text) => match known.levels.iter().position(|level| level == text) {
                Some(place) => Ok(place as f64),
                None => Err(Failure::option(
                    "newdata",
                    format!("'{name}' kent geen niveau '{text}'"),
                )),
            },
        };
        let codes: Vec<f64> = (0..column.len()).map(code).collect::<Result<_, _>>()?;
        let indicator = |level: usize| {
            let is = |&code: &f64| match code.is_nan() {
                true => code,
                false => f64::from(u8::from(code == level as f64)),
            };
            (format!("{name}{level}"), codes.iter().map(is).collect())
        };
        // A factor of two levels keeps its own name, as in R.
        return Ok(match known.levels.len() {
            2 => vec![(name.to_owned(), indicator(1).1)],
            count => (1..count).map(indicator).collect(),
        });
    }
    Ok(vec![(name.to_owned(), frame.numbers(name)?)])
}
