//! The model matrix: treatment contrasts, interactions, and the names that R gives the columns.

use crate::evaluate::Evaluator;
use crate::model::Variable;
use crate::{Column, Error, Factor, Frame, ModelFrame, Term, Terms, Value, limits};
use statistics::spline::OrthogonalPolynomials;
use std::collections::HashSet;
use std::fmt::{self, Debug, Formatter};

/// The columns of a model.
#[derive(Clone, PartialEq)]
pub struct Design {
    /// Rows.
    pub rows: usize,
    /// One per column: `age`, `sexM`, `rx:strata(enum)enum=2`.
    pub names: Vec<String>,
    /// The columns one after the other.
    pub values: Vec<f64>,
    /// Per column the position of its term from 1; 0 is the intercept.
    pub assign: Vec<usize>,
    /// The names of the terms that have columns, in the order of `assign` from 1.
    pub terms: Vec<String>,
}

impl Design {
    /// Columns.
    pub fn columns(&self) -> usize {
        self.names.len()
    }

    /// A column.
    pub fn column(&self, place: usize) -> &[f64] {
        &self.values[place * self.rows..(place + 1) * self.rows]
    }

    /// The same without the column of the intercept.
    pub fn without_intercept(mut self) -> Self {
        if self.assign.first() == Some(&0) {
            self.names.remove(0);
            self.assign.remove(0);
            self.values.drain(..self.rows);
        }
        self
    }
}

/// How variables become columns, kept for new data.
#[derive(Clone, Debug, PartialEq)]
pub struct DesignPlan {
    terms: Terms,
    variables: Vec<PlannedVariable>,
    /// Terms that have columns, with per variable whether contrasts or all levels are used.
    coded: Vec<(Term, Vec<Coding>)>,
    intercept: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct PlannedVariable {
    label: String,
    fixed: crate::Expression,
    kind: PlannedKind,
    /// Whether contrasts of factors sum to zero over the levels.
    sums_to_zero: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum PlannedKind {
    Number,
    Factor {
        levels: Vec<String>,
        ordered: bool,
    },
    Table,
    /// Not used by any term that has columns.
    Unused,
}

/// How a factor takes part in a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    /// One column less than there are levels.
    Contrasts,
    /// A column per level.
    AllLevels,
}

/// What a matrix should hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DesignOptions<'a> {
    /// Functions whose main effects get no columns, though factors are coded as if they did:
    /// `strata`, `cluster`, `frailty`.
    pub except: &'a [&'a str],
    /// Codes factors as with an intercept even if the formula says there is none, as `coxph`
    /// does.
    pub always_intercept: bool,
}

impl ModelFrame {
    /// The model matrix of the formula.
    ///
    /// # Errors
    /// Factors with one level, variables that are no numbers or factors, and sizes beyond
    /// [`limits`].
    pub fn design(&self, options: DesignOptions<'_>) -> Result<Design, Error> {
        self.plan(options)?.matrix(&self.variables, self.len())
    }

    /// How the variables of the formula become columns, to be used for new data.
    ///
    /// # Errors
    /// As [`Self::design`].
    pub fn plan(&self, options: DesignOptions<'_>) -> Result<DesignPlan, Error> {
        let mut terms = self.terms.clone();
        terms.intercept |= options.always_intercept;
        DesignPlan::new(terms, &self.variables, options.except)
    }

    /// How the variables of the random effects become columns, to be used for new data.
    ///
    /// # Errors
    /// As [`Self::design`].
    pub fn random_plans(&self) -> Result<Vec<DesignPlan>, Error> {
        let pairs = self.terms.random.iter().zip(&self.effects);
        pairs
            .map(|(term, variables)| DesignPlan::new(term.effects.clone(), variables, &[]))
            .collect()
    }

    /// The matrices of the random effects, in the order of the formula.
    ///
    /// # Errors
    /// As [`Self::design`].
    pub fn random_designs(&self) -> Result<Vec<Design>, Error> {
        let design = |(term, variables): (&crate::RandomTerm, &Vec<Variable>)| {
            DesignPlan::new(term.effects.clone(), variables, &[])?.matrix(variables, self.len())
        };
        self.terms
            .random
            .iter()
            .zip(&self.effects)
            .map(design)
            .collect()
    }
}

impl DesignPlan {
    fn new(terms: Terms, variables: &[Variable], except: &[&str]) -> Result<Self, Error> {
        let has_columns = |term: &&Term| {
            let call = terms.main_effect(term).and_then(crate::Expression::as_call);
            !call.is_some_and(|call| except.contains(&call.function.as_str()))
        };
        let kept: Vec<Term> = terms.terms.iter().filter(has_columns).cloned().collect();
        let used: HashSet<usize> = kept
            .iter()
            .flat_map(|term| term.variables.clone())
            .collect();
        let planned = variables
            .iter()
            .enumerate()
            .map(|(place, variable)| PlannedVariable::of(variable, used.contains(&place)))
            .collect::<Result<Vec<_>, _>>()?;
        let coded = codings(&terms, &planned);
        let coded = coded
            .into_iter()
            .filter(|(term, _)| has_columns(&term))
            .collect();
        Ok(Self {
            intercept: terms.intercept,
            variables: planned,
            coded,
            terms,
        })
    }

    /// The same with contrasts that sum to zero over the levels (R: `contr.sum`): they span the
    /// same space, and tests of main effects mean the same whatever interactions there are.
    pub fn with_sums_to_zero(mut self) -> Self {
        for variable in &mut self.variables {
            variable.sums_to_zero = true;
        }
        self
    }

    /// The matrix for the rows of the model frame that the plan was made of.
    ///
    /// # Errors
    /// As [`ModelFrame::design`].
    pub fn matrix_of(&self, model: &ModelFrame) -> Result<Design, Error> {
        self.matrix(&model.variables, model.len())
    }

    /// The matrix for a new table, its factors coded as in the model.
    ///
    /// # Errors
    /// Columns that are missing, and levels that the model does not know.
    pub fn apply(&self, frame: &Frame) -> Result<Design, Error> {
        let evaluator = Evaluator::new(frame);
        let evaluate = |planned: &PlannedVariable| match planned.kind {
            PlannedKind::Unused => Ok(Variable {
                label: planned.label.clone(),
                fixed: planned.fixed.clone(),
                value: Value::Column(Column::Number(vec![0.0; frame.rows()])),
            }),
            _ => planned.evaluate(&evaluator),
        };
        let variables: Vec<Variable> = self
            .variables
            .iter()
            .map(evaluate)
            .collect::<Result<_, _>>()?;
        self.matrix(&variables, frame.rows())
    }

    fn matrix(&self, variables: &[Variable], rows: usize) -> Result<Design, Error> {
        let columns = self.count_columns(variables);
        check_size(columns, rows)?;
        let mut design = Design {
            rows,
            names: Vec::with_capacity(columns),
            // Exactly: a matrix that grows would need twice its memory.
            values: Vec::with_capacity(columns * rows),
            assign: Vec::new(),
            terms: Vec::new(),
        };
        if self.intercept {
            design.names.push("(Intercept)".into());
            design.assign.push(0);
            design.values.resize(rows, 1.0);
        }
        for (number, (term, codings)) in self.coded.iter().enumerate() {
            let parts = term
                .variables
                .iter()
                .zip(codings)
                .map(|(&place, &coding)| self.variables[place].columns(&variables[place], coding))
                .collect::<Result<Vec<_>, _>>()?;
            design.terms.push(self.terms.label(term));
            add_term(&mut design, &parts);
            design.assign.resize(design.names.len(), number + 1);
        }
        Ok(design)
    }

    /// How many columns the matrix will have.
    fn count_columns(&self, variables: &[Variable]) -> usize {
        let of_term = |(term, codings): &(Term, Vec<Coding>)| {
            let parts = term.variables.iter().zip(codings);
            parts.fold(1_usize, |count, (&place, &coding)| {
                count.saturating_mul(self.variables[place].count(&variables[place], coding))
            })
        };
        let terms = self.coded.iter().map(of_term);
        terms.fold(usize::from(self.intercept), usize::saturating_add)
    }
}

fn check_size(columns: usize, rows: usize) -> Result<(), Error> {
    let (limit, size) = match columns > limits::COLUMNS {
        true => (limits::COLUMNS, columns),
        false => (limits::CELLS, columns.saturating_mul(rows)),
    };
    match size > limit {
        false => Ok(()),
        true => Err(Error::TooLarge {
            what: "De modelmatrix".into(),
            limit,
        }),
    }
}

/// Adds the products of the columns of the parts, those of the first part varying fastest.
fn add_term(design: &mut Design, parts: &[Part]) {
    let count: usize = parts.iter().map(|part| part.names.len()).product();
    for combination in 0..count {
        let mut rest = combination;
        let mut name = String::new();
        let start = design.values.len();
        for (number, part) in parts.iter().enumerate() {
            let column = rest % part.names.len();
            rest /= part.names.len();
            if number == 0 {
                name.push_str(&part.names[column]);
                part.append(column, &mut design.values);
            } else {
                name.push(':');
                name.push_str(&part.names[column]);
                part.multiply(column, &mut design.values[start..]);
            }
        }
        design.names.push(name);
    }
}

/// The columns of a variable in a term.
struct Part<'v> {
    names: Vec<String>,
    columns: Columns<'v>,
}

enum Columns<'v> {
    One(&'v [f64]),
    Owned(Vec<Vec<f64>>),
    Table(&'v [Vec<f64>]),
    /// Codes, and the level of each column.
    Indicators(&'v [u32], Vec<u32>),
}

impl Part<'_> {
    fn append(&self, column: usize, to: &mut Vec<f64>) {
        match &self.columns {
            Columns::One(values) => to.extend_from_slice(values),
            Columns::Owned(columns) => to.extend_from_slice(&columns[column]),
            Columns::Table(columns) => to.extend_from_slice(&columns[column]),
            Columns::Indicators(codes, levels) => {
                let level = levels[column];
                to.extend(codes.iter().map(|&code| f64::from(u8::from(code == level))));
            }
        }
    }

    fn multiply(&self, column: usize, by: &mut [f64]) {
        let product = |by: &mut [f64], values: &[f64]| {
            by.iter_mut()
                .zip(values)
                .for_each(|(by, value)| *by *= value);
        };
        match &self.columns {
            Columns::One(values) => product(by, values),
            Columns::Owned(columns) => product(by, &columns[column]),
            Columns::Table(columns) => product(by, &columns[column]),
            Columns::Indicators(codes, levels) => {
                let level = levels[column];
                for (by, &code) in by.iter_mut().zip(*codes) {
                    *by *= f64::from(u8::from(code == level));
                }
            }
        }
    }
}

impl PlannedVariable {
    fn of(variable: &Variable, used: bool) -> Result<Self, Error> {
        let kind = match &variable.value {
            _ if !used => PlannedKind::Unused,
            Value::Column(Column::Number(_)) => PlannedKind::Number,
            Value::Column(column) => {
                let factor = column.to_factor();
                if factor.levels.len() < 2 {
                    return Err(Error::OneLevel {
                        variable: variable.label.clone(),
                        levels: factor.levels.len(),
                    });
                }
                PlannedKind::Factor {
                    levels: factor.levels,
                    ordered: factor.ordered,
                }
            }
            Value::Table(_) => PlannedKind::Table,
            Value::Survival(_) => {
                return Err(Error::NoTerm {
                    part: variable.label.clone(),
                });
            }
        };
        Ok(Self {
            label: variable.label.clone(),
            fixed: variable.fixed.clone(),
            kind,
            sums_to_zero: false,
        })
    }

    /// How many columns the variable gives.
    fn count(&self, variable: &Variable, coding: Coding) -> usize {
        match (&self.kind, &variable.value) {
            (PlannedKind::Factor { levels, .. }, _) => match coding {
                Coding::Contrasts => levels.len() - 1,
                Coding::AllLevels => levels.len(),
            },
            (_, Value::Table(table)) => table.columns.len(),
            _ => 1,
        }
    }

    fn is_factor(&self) -> bool {
        matches!(self.kind, PlannedKind::Factor { .. })
    }

    fn evaluate(&self, evaluator: &Evaluator<'_>) -> Result<Variable, Error> {
        let value = evaluator.variable(&self.fixed)?;
        let value = match (&self.kind, value) {
            (PlannedKind::Factor { levels, ordered }, Value::Column(column)) => {
                let found = column.to_factor().without_unused();
                if let Some(level) = found.levels.iter().find(|level| !levels.contains(level)) {
                    return Err(Error::UnknownLevel {
                        variable: self.label.clone(),
                        level: level.clone(),
                    });
                }
                Value::Column(Column::Factor(found.with_levels(levels.clone(), *ordered)))
            }
            (_, value) => value,
        };
        Ok(Variable {
            label: self.label.clone(),
            fixed: self.fixed.clone(),
            value,
        })
    }

    fn columns<'v>(&self, variable: &'v Variable, coding: Coding) -> Result<Part<'v>, Error> {
        match &variable.value {
            Value::Column(Column::Number(values)) => Ok(Part {
                names: vec![self.label.clone()],
                columns: Columns::One(values),
            }),
            Value::Column(Column::Logical(_) | Column::Text(_)) => {
                self.own_factor(variable, coding)
            }
            Value::Column(Column::Factor(factor)) => Ok(self.factor_columns(factor, coding)),
            Value::Table(table) => Ok(Part {
                names: table
                    .names
                    .iter()
                    .map(|name| self.column_name(name))
                    .collect(),
                columns: Columns::Table(&table.columns),
            }),
            Value::Survival(_) => Err(Error::NoTerm {
                part: self.label.clone(),
            }),
        }
    }

    /// `ns(age, df = 3)2`, but `ridge(age)`: R names penalised columns after themselves.
    fn column_name(&self, name: &str) -> String {
        match self.fixed.is_call("ridge") {
            true => format!("ridge({name})"),
            false => format!("{}{name}", self.label),
        }
    }

    /// A variable that first has to become a factor.
    fn own_factor<'v>(&self, variable: &'v Variable, coding: Coding) -> Result<Part<'v>, Error> {
        let factor = variable.factor().unwrap_or_default();
        let part = self.factor_columns(&factor, coding);
        let mut columns = Vec::with_capacity(part.names.len());
        for column in 0..part.names.len() {
            let mut values = Vec::with_capacity(factor.codes.len());
            part.append(column, &mut values);
            columns.push(values);
        }
        Ok(Part {
            names: part.names,
            columns: Columns::Owned(columns),
        })
    }

    fn factor_columns<'v>(&self, factor: &'v Factor, coding: Coding) -> Part<'v> {
        if factor.ordered && coding == Coding::Contrasts {
            return self.polynomial_columns(factor);
        }
        if self.sums_to_zero && coding == Coding::Contrasts {
            return self.deviation_columns(factor);
        }
        let first = match coding {
            Coding::Contrasts => 1,
            Coding::AllLevels => 0,
        };
        let levels = factor.levels.iter().skip(first);
        Part {
            names: levels
                .map(|level| format!("{}{level}", self.label))
                .collect(),
            columns: Columns::Indicators(
                &factor.codes,
                (first as u32..factor.levels.len() as u32).collect(),
            ),
        }
    }

    /// Each level but the last against the last.
    fn deviation_columns(&self, factor: &Factor) -> Part<'static> {
        let last = factor.levels.len().saturating_sub(1);
        let column = |level: usize| {
            let value = |&code: &u32| match code as usize {
                code if code == level => 1.0,
                code if code == last => -1.0,
                _ => 0.0,
            };
            factor.codes.iter().map(value).collect()
        };
        Part {
            names: (1..=last)
                .map(|number| format!("{}{number}", self.label))
                .collect(),
            columns: Columns::Owned((0..last).map(column).collect()),
        }
    }

    /// Orthogonal polynomials over the levels of an ordered factor.
    fn polynomial_columns(&self, factor: &Factor) -> Part<'static> {
        let scores: Vec<f64> = (1..=factor.levels.len()).map(|k| k as f64).collect();
        let degree = factor.levels.len() - 1;
        let basis = OrthogonalPolynomials::over(&scores, degree)
            .expect("there are more levels than the degree")
            .matrix(&scores);
        let name = |degree: usize| match degree {
            1 => format!("{}.L", self.label),
            2 => format!("{}.Q", self.label),
            3 => format!("{}.C", self.label),
            _ => format!("{}^{degree}", self.label),
        };
        let column = |place: usize| {
            let contrast = basis.column(place);
            let value = |&code: &u32| contrast.get(code as usize).copied().unwrap_or(f64::NAN);
            factor.codes.iter().map(value).collect()
        };
        Part {
            names: (1..factor.levels.len()).map(name).collect(),
            columns: Columns::Owned((0..degree).map(column).collect()),
        }
    }
}

/// Per term and variable whether contrasts or all levels are used.
///
/// A factor is coded by contrasts where the term without it is in the model too, since its
/// levels would else be told twice. Without an intercept the first factor of the first term
/// that has one gets all levels.
fn codings(terms: &Terms, variables: &[PlannedVariable]) -> Vec<(Term, Vec<Coding>)> {
    let known: HashSet<&Term> = terms.terms.iter().collect();
    let coding = |term: &Term, place: usize| {
        let rest: Vec<usize> = term
            .variables
            .iter()
            .copied()
            .filter(|&v| v != place)
            .collect();
        match rest.is_empty() || known.contains(&Term { variables: rest }) {
            true => Coding::Contrasts,
            false => Coding::AllLevels,
        }
    };
    let mut coded: Vec<(Term, Vec<Coding>)> = terms
        .terms
        .iter()
        .map(|term| {
            let codings = term.variables.iter().map(|&place| coding(term, place));
            (term.clone(), codings.collect())
        })
        .collect();
    if !terms.intercept {
        let first = coded.iter_mut().find_map(|(term, codings)| {
            let place = term
                .variables
                .iter()
                .position(|&v| variables[v].is_factor())?;
            Some(&mut codings[place])
        });
        if let Some(first) = first {
            *first = Coding::AllLevels;
        }
    }
    coded
}

/// Names and size only: cells are nobody's business in a log.
impl Debug for Design {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Design")
            .field("rows", &self.rows)
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}
