//! `tt(x)`: covariates that depend on time, written out over all risk sets.

use crate::arguments::{SurvivalArguments, tell};
use crate::{Failure, Inputs};
use formula::{Argument, Call, Column, Evaluator, Expression, Formula, Frame};
use statistics::cox::{CoxData, RiskSets};
use statistics::matrix::Matrix;

/// The most rows that may be written out.
const MOST_ROWS: usize = 100_000_000;

/// Columns of the table written out; a user's column would need backticks to be called so.
const TIME: &str = ".time";
const STATUS: &str = ".status";
const RISK_SET: &str = ".riskset";

/// The calls of `tt()` in a formula, and what they stand for.
pub(super) struct TimeTransform {
    formula: Formula,
    calls: Vec<Call>,
    /// One per call.
    functions: Vec<Expression>,
}

/// A table with a row for everybody at risk at every event.
pub(in crate::procedures) struct Expanded {
    pub(super) frame: Frame,
    pub(super) formula: String,
    /// Names in the table written out, and what R calls them.
    pub(super) names: Vec<(String, String)>,
    /// The row of the table before that each row came from.
    pub(super) rows: Vec<usize>,
}

impl TimeTransform {
    /// `None` for a formula without `tt()`.
    pub(super) fn of(formula: &str, functions: &[String]) -> Result<Option<Self>, Failure> {
        let formula = Formula::parse(formula)?;
        let mut calls = Vec::new();
        find(&formula.right, &mut calls);
        if calls.is_empty() && functions.is_empty() {
            return Ok(None);
        }
        if calls.is_empty() {
            return Err(Failure::option("tt", "de formule heeft geen tt()"));
        }
        let functions: Vec<Expression> = functions
            .iter()
            .map(|text| Ok(Expression::parse(text)?))
            .collect::<Result<_, Failure>>()?;
        let functions = match (functions.len(), calls.len()) {
            (given, wanted) if given == wanted => functions,
            (1, wanted) => vec![functions[0].clone(); wanted],
            (_, wanted) => {
                let message = format!("de formule heeft {wanted} keer tt(); geef er evenveel");
                return Err(Failure::option("tt", message));
            }
        };
        Ok(Some(Self {
            formula,
            calls,
            functions,
        }))
    }

    /// Writes the table out: for every event time (of a stratum) all rows at risk then.
    pub(super) fn expand(
        &self,
        inputs: &Inputs<'_>,
        arguments: &SurvivalArguments,
        roles: &[(&'static str, Option<&str>)],
        frame: &Frame,
    ) -> Result<Expanded, Failure> {
        let (model, survival) = {
            let model = arguments.model.model_of(inputs, frame, roles)?;
            let survival = arguments.times(&model)?;
            (model, survival)
        };
        super::arguments::check(&survival)?;
        let events = survival.events();
        let strata = model.strata();
        let nothing = Matrix::zeros(0, 0);
        let sets = RiskSets::new(&CoxData {
            entry: (!survival.start.is_empty()).then_some(survival.start.as_slice()),
            strata: strata.as_ref().map(|strata| strata.codes.as_slice()),
            ..CoxData::new(&survival.stop, &events, &nothing)
        })?;
        let written = written(&sets)?;
        let rows: Vec<usize> = written.iter().map(|&(row, _)| model.rows[row]).collect();
        let mut used = self.formula.right.names();
        let texts = roles.iter().filter_map(|(_, text)| *text);
        let beside: Vec<Expression> = texts
            .chain(arguments.model.weights.as_deref())
            .map(|text| Ok(Expression::parse(text)?))
            .collect::<Result<_, Failure>>()?;
        used.extend(
            beside
                .iter()
                .chain(&self.functions)
                .flat_map(Expression::names),
        );
        let mut expanded = narrow(frame, &used)?.select(&rows);
        let moment = |moment: usize| sets.moments()[moment];
        let times: Vec<f64> = written.iter().map(|&(_, k)| moment(k).time).collect();
        let status = |&(row, k): &(usize, usize)| {
            f64::from(u8::from(
                events[row] && survival.stop[row] == moment(k).time,
            ))
        };
        expanded.set(TIME, Column::Number(times.clone()))?;
        expanded.set(STATUS, Column::Number(written.iter().map(status).collect()))?;
        let numbers = written.iter().map(|&(_, k)| k as f64);
        expanded.set(RISK_SET, Column::Number(numbers.collect()))?;
        let names = self.transform(inputs, &mut expanded, times)?;
        let mut right = self.formula.right.clone();
        self.replace(&mut right);
        Ok(Expanded {
            frame: expanded,
            formula: format!("Surv({TIME}, {STATUS}) ~ {right} + strata({RISK_SET})"),
            names,
            rows,
        })
    }

    /// Puts our own columns where the calls have theirs.
    fn replace(&self, expression: &mut Expression) {
        match expression {
            Expression::Call(call) if call.function == "tt" => {
                if let Some(place) = self.calls.iter().position(|known| known == call) {
                    let own = Expression::Name(column_name(place));
                    call.arguments = vec![Argument {
                        name: None,
                        value: own,
                    }];
                }
            }
            Expression::Binary(_, left, right) => {
                self.replace(left);
                self.replace(right);
            }
            Expression::Unary(_, inner) | Expression::Bracketed(inner) => self.replace(inner),
            _ => {}
        }
    }

    /// Adds the columns that the calls stand for.
    fn transform(
        &self,
        inputs: &Inputs<'_>,
        expanded: &mut Frame,
        times: Vec<f64>,
    ) -> Result<Vec<(String, String)>, Failure> {
        let mut names = Vec::new();
        for (place, (call, function)) in self.calls.iter().zip(&self.functions).enumerate() {
            let argument = call
                .positional(0)
                .ok_or_else(|| Failure::option("tt", "tt() heeft een variabele nodig"))?;
            let evaluator = Evaluator::new(expanded);
            let mut scope = expanded.clone();
            scope.set("x", evaluator.column(argument)?)?;
            scope.set("t", Column::Number(times.clone()))?;
            tell(inputs, evaluator.into_notices());
            let evaluator = Evaluator::new(&scope);
            let column = evaluator.column(function)?;
            tell(inputs, evaluator.into_notices());
            let name = column_name(place);
            expanded.set(&name, column)?;
            names.push((
                format!("tt({name})"),
                Expression::Call(call.clone()).to_string(),
            ));
        }
        Ok(names)
    }
}

fn narrow(frame: &Frame, used: &[&str]) -> Result<Frame, Failure> {
    if used.contains(&".") {
        return Ok(frame.clone());
    }
    let mut narrow = Frame::new();
    for &name in used {
        if let Some(column) = frame.get(name) {
            narrow.set(name, column.clone())?;
        }
    }
    Ok(narrow)
}

fn column_name(place: usize) -> String {
    format!(".tt{}", place + 1)
}

/// Per row of the table written out: the row and the moment it came from.
fn written(sets: &RiskSets) -> Result<Vec<(usize, usize)>, Failure> {
    let mut total = 0_usize;
    for moment in 0..sets.moments().len() {
        for position in sets.segment(moment) {
            total = total.saturating_add(sets.at_risk(position, moment).len());
        }
    }
    if total > MOST_ROWS {
        let message = format!("tt() zou {total} rijen maken; het hoogste is {MOST_ROWS}");
        return Err(Failure::option("tt", message));
    }
    let mut written = Vec::with_capacity(total);
    for segment in 0..sets.moments().len() {
        for position in sets.segment(segment) {
            let row = sets.rows()[position] as usize;
            written.extend(sets.at_risk(position, segment).map(|moment| (row, moment)));
        }
    }
    written.sort_unstable_by_key(|&(row, moment)| (moment, row));
    Ok(written)
}

/// The calls of `tt()`, from left to right, each once.
fn find(expression: &Expression, calls: &mut Vec<Call>) {
    match expression {
        Expression::Call(call) if call.function == "tt" && !calls.contains(call) => {
            calls.push(call.clone());
        }
        Expression::Binary(_, left, right) => {
            find(left, calls);
            find(right, calls);
        }
        Expression::Unary(_, inner) | Expression::Bracketed(inner) => find(inner, calls),
        _ => {}
    }
}
