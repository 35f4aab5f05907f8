//! The model frame: outcome, variables and roles on the rows that miss nothing.

use crate::evaluate::{Evaluator, fixed, named_groups};
use crate::expression::{Call, Expression};
use crate::{Column, Error, Factor, Formula, Frame, Survival, Table, Terms, Value};
use std::fmt::{self, Debug, Formatter};

/// What the user should know although it is no error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// A name for programs.
    pub code: &'static str,
    /// A Dutch sentence.
    pub message: String,
}

/// A variable on the rows that are used.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// The variable as R prints it.
    pub label: String,
    /// Its expression, with what it took from the data written out.
    pub fixed: Expression,
    /// Its values.
    pub value: Value,
}

/// Weights, clusters, identifiers: columns beside the formula that must not be missing either.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// What it is for.
    pub name: &'static str,
    /// The expression.
    pub expression: Expression,
}

/// Outcome, variables and roles on the rows that miss nothing.
#[derive(Clone)]
pub struct ModelFrame {
    /// The terms of the formula.
    pub terms: Terms,
    /// The outcome, if the formula has one.
    pub response: Option<Variable>,
    /// One per variable of the terms.
    pub variables: Vec<Variable>,
    /// The sum of the offsets, if there are any.
    pub offset: Option<Vec<f64>>,
    /// The rows of the table that are used, rising.
    pub rows: Vec<usize>,
    /// The rows of the table.
    pub read: usize,
    /// What the user should know.
    pub notices: Vec<Notice>,
    roles: Vec<(&'static str, Column)>,
    pub(crate) groups: Vec<Vec<Variable>>,
    pub(crate) effects: Vec<Vec<Variable>>,
}

impl ModelFrame {
    /// Evaluates a formula and the columns beside it, and leaves out rows that miss any of them
    /// (R's `na.omit`).
    ///
    /// # Errors
    /// Whatever cannot be evaluated, and no row that is complete.
    pub fn new(formula: &Formula, frame: &Frame, roles: &[Role]) -> Result<Self, Error> {
        let terms = formula.terms(frame.names())?;
        let evaluator = Evaluator::new(frame);
        let variable = |expression: &Expression| Variable::evaluate(&evaluator, expression);
        let all = |list: &[Expression]| list.iter().map(variable).collect::<Result<Vec<_>, _>>();
        let mut model = Self {
            response: formula.response.as_ref().map(variable).transpose()?,
            variables: all(&terms.variables)?,
            offset: offset(&evaluator, &terms.offsets)?,
            roles: roles
                .iter()
                .map(|role| Ok((role.name, evaluator.column(&role.expression)?)))
                .collect::<Result<_, Error>>()?,
            groups: terms
                .random
                .iter()
                .map(|term| all(&term.group))
                .collect::<Result<_, _>>()?,
            effects: terms
                .random
                .iter()
                .map(|term| all(&term.effects.variables))
                .collect::<Result<_, _>>()?,
            rows: Vec::new(),
            read: frame.rows(),
            notices: Vec::new(),
            terms,
        };
        model.notices = evaluator.into_notices();
        model.leave_out_missing()?;
        Ok(model)
    }

    /// The sum of the offsets of the model for a new table, if it has any.
    ///
    /// # Errors
    /// Columns that are missing or no numbers.
    pub fn offset_of(&self, frame: &Frame) -> Result<Option<Vec<f64>>, Error> {
        offset(&Evaluator::new(frame), &self.terms.offsets)
    }

    fn leave_out_missing(&mut self) -> Result<(), Error> {
        let mut complete = vec![true; self.read];
        let mut mark = |missing: &dyn Fn(usize) -> bool| {
            for (row, complete) in complete.iter_mut().enumerate() {
                *complete &= !missing(row);
            }
        };
        for variable in self.all_variables() {
            mark(&|row| variable.value.is_missing(row));
        }
        for (_, column) in &self.roles {
            mark(&|row| column.is_missing(row));
        }
        if let Some(offset) = &self.offset {
            mark(&|row| offset[row].is_nan());
        }
        self.rows = (0..self.read).filter(|&row| complete[row]).collect();
        if self.rows.is_empty() {
            return Err(Error::NoRows {
                read: self.read,
                missing: self.read,
            });
        }
        if self.rows.len() < self.read {
            self.keep_rows();
        }
        self.drop_unused_levels();
        Ok(())
    }

    fn all_variables(&self) -> impl Iterator<Item = &Variable> {
        let random = self.groups.iter().chain(&self.effects).flatten();
        self.response.iter().chain(&self.variables).chain(random)
    }

    fn all_variables_mut(&mut self) -> impl Iterator<Item = &mut Variable> {
        let random = self.groups.iter_mut().chain(&mut self.effects).flatten();
        self.response
            .iter_mut()
            .chain(&mut self.variables)
            .chain(random)
    }

    fn keep_rows(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        for variable in self.all_variables_mut() {
            variable.value = variable.value.rows(&rows);
        }
        for (_, column) in &mut self.roles {
            *column = column.rows(&rows);
        }
        if let Some(offset) = &mut self.offset {
            *offset = rows.iter().map(|&row| offset[row]).collect();
        }
        self.rows = rows;
    }

    fn drop_unused_levels(&mut self) {
        for variable in self
            .variables
            .iter_mut()
            .chain(self.effects.iter_mut().flatten())
        {
            if let Value::Column(column @ (Column::Factor(_) | Column::Text(_))) = &variable.value {
                let factor = column.to_factor().without_unused();
                variable.value = Value::Column(Column::Factor(factor));
            }
        }
    }

    /// Rows that are used.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no row is used; never, because that is an error.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Rows left out because they miss something.
    pub fn omitted(&self) -> usize {
        self.read - self.rows.len()
    }

    /// The column of a role, if it was asked for.
    pub fn role(&self, name: &str) -> Option<&Column> {
        let found = self.roles.iter().find(|(known, _)| *known == name);
        found.map(|(_, column)| column)
    }

    /// The numbers of a role.
    ///
    /// # Errors
    /// The column has no numbers.
    pub fn role_numbers(&self, name: &str) -> Result<Option<Vec<f64>>, Error> {
        let Some(column) = self.role(name) else {
            return Ok(None);
        };
        let wrong = || Error::Kind {
            part: name.into(),
            wanted: "kolom met getallen",
        };
        column.to_numbers().ok_or_else(wrong).map(Some)
    }

    /// The groups of a role: numbers by size, texts in byte order, factors in their own.
    pub fn role_groups(&self, name: &str) -> Option<Factor> {
        self.role(name)
            .map(|column| column.to_factor().without_unused())
    }

    /// The outcome as times.
    ///
    /// # Errors
    /// The outcome is no `Surv()`.
    pub fn survival(&self) -> Result<&Survival, Error> {
        match self.response.as_ref().map(|response| &response.value) {
            Some(Value::Survival(survival)) => Ok(survival),
            _ => Err(self.wrong_response("uitkomst met Surv()")),
        }
    }

    /// The outcome as numbers; of a factor or text 0 for the first level and 1 for the others.
    ///
    /// # Errors
    /// The outcome is no column.
    pub fn response_numbers(&self) -> Result<Vec<f64>, Error> {
        let wrong = || self.wrong_response("uitkomst in getallen");
        match self.response.as_ref().map(|response| &response.value) {
            Some(Value::Column(column @ (Column::Factor(_) | Column::Text(_)))) => {
                let codes = column.to_factor().codes;
                Ok(codes
                    .iter()
                    .map(|&code| f64::from(u8::from(code > 0)))
                    .collect())
            }
            Some(Value::Column(column)) => column.to_numbers().ok_or_else(wrong),
            Some(Value::Table(table)) if table.columns.len() == 1 => Ok(table.columns[0].clone()),
            _ => Err(wrong()),
        }
    }

    /// The outcome as several columns: `cbind(successes, failures)`.
    pub fn response_table(&self) -> Option<&Table> {
        match self.response.as_ref().map(|response| &response.value) {
            Some(Value::Table(table)) => Some(table),
            _ => None,
        }
    }

    fn wrong_response(&self, wanted: &'static str) -> Error {
        Error::Kind {
            part: self
                .response
                .as_ref()
                .map_or("~", |response| &response.label)
                .into(),
            wanted,
        }
    }

    /// The main effects that are calls of `function`: `strata(a)`, `frailty(id)`.
    pub fn specials(&self, function: &str) -> Vec<(&Call, &Variable)> {
        let places = self
            .terms
            .terms
            .iter()
            .filter_map(|term| match term.variables.as_slice() {
                [place] => Some(*place),
                _ => None,
            });
        places
            .filter_map(|place| {
                let call = self.terms.variables[place].as_call()?;
                (call.function == function).then_some((call, &self.variables[place]))
            })
            .collect()
    }

    /// The strata of all `strata()` in the formula together, with R's names; `None` without any.
    pub fn strata(&self) -> Option<Factor> {
        let parts: Vec<(String, Factor)> = self
            .specials("strata")
            .iter()
            .filter_map(|(_, variable)| variable.factor().map(|f| (variable.label.clone(), f)))
            .collect();
        match parts.as_slice() {
            [] => None,
            [(_, only)] => Some(only.without_unused()),
            _ => Some(named_groups(&parts, true)),
        }
    }

    /// The groups that all main effects together make ("sex=1, ph.ecog=0"), as `survfit` and
    /// `survdiff` take them; `except` are functions to leave out. `None` for `~ 1`.
    ///
    /// # Errors
    /// Interactions, and variables of several columns.
    pub fn groups(&self, except: &[&str]) -> Result<Option<Factor>, Error> {
        let mut parts = Vec::new();
        for term in &self.terms.terms {
            let [place] = term.variables.as_slice() else {
                return Err(Error::NoTerm {
                    part: self.terms.label(term),
                });
            };
            let variable = &self.variables[*place];
            let call = self.terms.variables[*place].as_call();
            if call.is_some_and(|call| except.contains(&call.function.as_str())) {
                continue;
            }
            let factor = variable.factor().ok_or_else(|| Error::Kind {
                part: variable.label.clone(),
                wanted: "groep",
            })?;
            parts.push((variable.label.clone(), factor));
        }
        Ok((!parts.is_empty()).then(|| named_groups(&parts, false)))
    }

    /// Random effects: for each term its groups (first variable slowest) on the rows that are
    /// used.
    pub fn random_groups(&self) -> Vec<Factor> {
        let group = |variables: &Vec<Variable>| {
            let factors = variables.iter().filter_map(Variable::factor);
            let parts: Vec<(String, Factor)> =
                factors.map(|factor| (String::new(), factor)).collect();
            joined(&parts)
        };
        self.groups.iter().map(group).collect()
    }
}

impl ModelFrame {
    /// The groups of the random effects in new data.
    ///
    /// # Errors
    /// Columns that are missing.
    pub fn random_groups_of(&self, frame: &Frame) -> Result<Vec<Factor>, Error> {
        let evaluator = Evaluator::new(frame);
        let of = |term: &crate::RandomTerm| {
            let parts = term.group.iter().map(|expression| {
                let factor = Variable::evaluate(&evaluator, expression)?.factor();
                Ok((String::new(), factor.unwrap_or_default()))
            });
            Ok(joined(&parts.collect::<Result<Vec<_>, Error>>()?))
        };
        self.terms.random.iter().map(of).collect()
    }
}

/// Groups named `a:b`.
fn joined(parts: &[(String, Factor)]) -> Factor {
    if let [(_, only)] = parts {
        return only.without_unused();
    }
    let mut factor = named_groups(parts, true);
    for level in &mut factor.levels {
        *level = level.replace(", ", ":");
    }
    factor
}

impl Variable {
    pub(crate) fn evaluate(
        evaluator: &Evaluator<'_>,
        expression: &Expression,
    ) -> Result<Self, Error> {
        let value = evaluator.variable(expression)?;
        let fixed = match &value {
            Value::Table(Table {
                fixed: Some(fixed), ..
            }) => fixed.clone(),
            _ => match expression.as_call() {
                Some(call) => {
                    fixed(evaluator, call)?.map_or_else(|| expression.clone(), Expression::Call)
                }
                None => expression.clone(),
            },
        };
        Ok(Self {
            label: expression.to_string(),
            fixed,
            value,
        })
    }

    /// The variable as groups; `None` if it has several columns.
    pub fn factor(&self) -> Option<Factor> {
        match &self.value {
            Value::Column(column) => Some(column.to_factor()),
            _ => None,
        }
    }

    /// The variable as numbers; `None` if it has none or several columns of them.
    pub fn numbers(&self) -> Option<Vec<f64>> {
        match &self.value {
            Value::Column(column) => column.to_numbers(),
            Value::Table(table) if table.columns.len() == 1 => Some(table.columns[0].clone()),
            _ => None,
        }
    }
}

fn offset(evaluator: &Evaluator<'_>, offsets: &[Expression]) -> Result<Option<Vec<f64>>, Error> {
    let mut sum: Option<Vec<f64>> = None;
    for expression in offsets {
        let numbers = evaluator.numbers(expression)?;
        sum = Some(match sum {
            None => numbers,
            Some(sum) => sum.iter().zip(&numbers).map(|(a, b)| a + b).collect(),
        });
    }
    Ok(sum)
}

/// Terms and size only: cells are nobody's business in a log.
impl Debug for ModelFrame {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelFrame")
            .field("terms", &self.terms.labels())
            .field("rows", &self.rows.len())
            .finish_non_exhaustive()
    }
}
