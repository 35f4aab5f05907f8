//! Expressions over a table → values, as R would give them.

mod arithmetic;
mod basis;
mod factors;
mod functions;

use crate::expression::{Argument, Binary, Call, Expression, Unary};
use crate::{Column, Error, Factor, Frame, Notice, Value, survival};
pub(crate) use factors::{fixed, named_groups};
use std::cell::RefCell;

/// Evaluates expressions over one table, and remembers what the user should know.
pub struct Evaluator<'a> {
    frame: &'a Frame,
    notices: RefCell<Vec<Notice>>,
}

impl<'a> Evaluator<'a> {
    /// An evaluator over `frame`.
    pub fn new(frame: &'a Frame) -> Self {
        Self {
            frame,
            notices: RefCell::default(),
        }
    }

    /// What came up that is no error: a logarithm of a negative number, for instance.
    pub fn into_notices(self) -> Vec<Notice> {
        self.notices.into_inner()
    }

    pub(crate) fn notice(&self, code: &'static str, message: String) {
        let notice = Notice { code, message };
        let mut notices = self.notices.borrow_mut();
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.frame.rows()
    }

    /// What an expression gives: a value per row, or a constant.
    ///
    /// # Errors
    /// Unknown names and functions, and values of a kind that an operation cannot use.
    pub fn value(&self, expression: &Expression) -> Result<Value, Error> {
        match expression {
            Expression::Number(number) => Ok(constant(*number)),
            Expression::Missing => Ok(constant(f64::NAN)),
            Expression::Logical(value) => Ok(Value::Column(Column::Logical(vec![Some(*value)]))),
            Expression::Text(text) => Ok(Value::Column(Column::Text(Factor::by_appearance(
                std::iter::once(Some(text.as_str())),
            )))),
            Expression::Name(name) => self.name(name),
            Expression::Bracketed(inner) => self.value(inner),
            Expression::Unary(operator, inner) => self.unary(*operator, inner),
            Expression::Binary(..) => self.binary(expression).map(Value::Column),
            Expression::Call(call) => self.call(call),
        }
    }

    /// The same, with constants repeated to one value per row.
    ///
    /// # Errors
    /// As [`Self::value`], and a constant of another length than the table.
    pub fn variable(&self, expression: &Expression) -> Result<Value, Error> {
        let value = self.value(expression)?;
        let length = value.len();
        value.stretched(self.rows()).ok_or_else(|| Error::Lengths {
            part: expression.to_string(),
            left: self.rows(),
            right: length,
        })
    }

    /// A column of what an expression gives, one value per row.
    ///
    /// # Errors
    /// As [`Self::variable`], and values that are no column.
    pub fn column(&self, expression: &Expression) -> Result<Column, Error> {
        match self.variable(expression)? {
            Value::Column(column) => Ok(column),
            _ => Err(kind(expression, "enkele kolom")),
        }
    }

    /// Numbers, one per row.
    ///
    /// # Errors
    /// As [`Self::column`], and texts.
    pub fn numbers(&self, expression: &Expression) -> Result<Vec<f64>, Error> {
        let column = self.column(expression)?;
        column.to_numbers().ok_or_else(|| kind(expression, "getal"))
    }

    /// Which rows fulfil a condition; a missing answer is no.
    ///
    /// # Errors
    /// As [`Self::column`], and anything but true and false.
    pub fn condition(&self, expression: &Expression) -> Result<Vec<bool>, Error> {
        match self.column(expression)? {
            Column::Logical(values) => Ok(values.into_iter().map(|v| v == Some(true)).collect()),
            Column::Number(values) => Ok(values.iter().map(|&v| v != 0.0 && !v.is_nan()).collect()),
            _ => Err(kind(expression, "voorwaarde")),
        }
    }

    fn name(&self, name: &str) -> Result<Value, Error> {
        if let Some(column) = self.frame.get(name) {
            return Ok(Value::Column(column.clone()));
        }
        match name {
            "T" => Ok(Value::Column(Column::Logical(vec![Some(true)]))),
            "F" => Ok(Value::Column(Column::Logical(vec![Some(false)]))),
            "pi" => Ok(constant(std::f64::consts::PI)),
            _ => Err(self.frame.column(name).expect_err("the name is unknown")),
        }
    }

    fn unary(&self, operator: Unary, inner: &Expression) -> Result<Value, Error> {
        let value = self.plain(inner)?;
        match operator {
            Unary::Not => {
                let truth = arithmetic::truth(&value).ok_or_else(|| kind(inner, "voorwaarde"))?;
                let not = truth.into_iter().map(|v| v.map(|v| !v)).collect();
                Ok(Value::Column(Column::Logical(not)))
            }
            Unary::Minus | Unary::Plus => {
                let mut numbers = value.to_numbers().ok_or_else(|| kind(inner, "getal"))?;
                if operator == Unary::Minus {
                    numbers.iter_mut().for_each(|number| *number = -*number);
                }
                Ok(Value::Column(Column::Number(numbers)))
            }
            Unary::Tilde => Err(kind(inner, "waarde")),
        }
    }

    /// Walks down the left side in a loop, because sums are long chains.
    fn binary(&self, expression: &Expression) -> Result<Column, Error> {
        let mut chain = Vec::new();
        let mut rest = expression;
        while let Expression::Binary(operator, left, right) = rest {
            if *operator == Binary::Tilde {
                return Err(kind(rest, "waarde"));
            }
            chain.push((rest, *operator, right.as_ref()));
            rest = left;
        }
        let mut value = self.plain(rest)?;
        for (whole, operator, right) in chain.into_iter().rev() {
            let right = self.plain(right)?;
            let made = arithmetic::binary(whole, operator, &value, &right)?;
            self.check_new_nan(whole, &made, &[&value, &right]);
            value = made;
        }
        Ok(value)
    }

    /// Says so where NaN arises from values that were there.
    pub(crate) fn check_new_nan(&self, whole: &Expression, made: &Column, from: &[&Column]) {
        let Column::Number(values) = made else {
            return;
        };
        let was_missing = |row: usize| {
            from.iter().any(|column| match column.len() {
                0 => true,
                length => column.is_missing(row % length),
            })
        };
        let new = |row: &usize| values[*row].is_nan() && !was_missing(*row);
        let count = (0..values.len()).filter(new).count();
        if count > 0 {
            self.notice(
                "nan_produced",
                format!("'{whole}' geeft in {count} rijen geen getal (NaN)."),
            );
        }
    }

    /// A plain column or constant.
    pub(crate) fn plain(&self, expression: &Expression) -> Result<Column, Error> {
        match self.value(expression)? {
            Value::Column(column) => Ok(column),
            Value::Table(table) if table.columns.len() == 1 => Ok(Column::Number(
                table.columns.into_iter().next().unwrap_or_default(),
            )),
            _ => Err(kind(expression, "enkele kolom")),
        }
    }

    fn call(&self, call: &Call) -> Result<Value, Error> {
        match call.function.as_str() {
            "Surv" => survival::surv(self, call).map(Value::Survival),
            "factor" | "as.factor" | "ordered" | "relevel" | "cut" | "interaction" | "strata"
            | "cluster" | "droplevels" => {
                factors::call(self, call).map(|factor| Value::Column(Column::Factor(factor)))
            }
            // The groups of a frailty are looked at by the procedure; here they are a column.
            "frailty" | "frailty.gamma" | "frailty.gaussian" | "frailty.t" | "tt" | "I"
            | "offset" | "identity" | "as.vector" => self.first(call),
            "ns" | "bs" | "rcs" | "poly" | "scale" | "cbind" | "ridge" => {
                basis::call(self, call).map(Value::Table)
            }
            _ => functions::call(self, call).map(Value::Column),
        }
    }

    fn first(&self, call: &Call) -> Result<Value, Error> {
        self.value(required(call, "x", 0)?)
    }
}

/// The argument called `name`, or else at `position`.
pub(crate) fn required<'c>(
    call: &'c Call,
    name: &str,
    position: usize,
) -> Result<&'c Expression, Error> {
    call.argument(name, position)
        .ok_or_else(|| Error::argument(&call.function, format!("het argument {name} ontbreekt")))
}

/// The values of constant arguments: numbers.
pub(crate) fn constants(
    evaluator: &Evaluator<'_>,
    call: &Call,
    expression: &Expression,
) -> Result<Vec<f64>, Error> {
    evaluator
        .plain(expression)?
        .to_numbers()
        .ok_or_else(|| Error::argument(&call.function, format!("'{expression}' is geen getal")))
}

/// One number, if the argument is given.
pub(crate) fn one_number(
    evaluator: &Evaluator<'_>,
    call: &Call,
    argument: Option<&Expression>,
) -> Result<Option<f64>, Error> {
    let Some(expression) = argument else {
        return Ok(None);
    };
    if *expression == Expression::Missing {
        return Ok(None);
    }
    match constants(evaluator, call, expression)?.as_slice() {
        [number] => Ok(Some(*number)),
        _ => Err(Error::argument(
            &call.function,
            format!("'{expression}' is niet één getal"),
        )),
    }
}

/// A logical argument, or its default.
pub(crate) fn flag(call: &Call, name: &str, default: bool) -> Result<bool, Error> {
    match call.named(name) {
        None => Ok(default),
        Some(Expression::Logical(value)) => Ok(*value),
        Some(Expression::Name(name)) if name == "T" => Ok(true),
        Some(Expression::Name(name)) if name == "F" => Ok(false),
        Some(other) => Err(Error::argument(
            &call.function,
            format!("'{other}' is niet TRUE of FALSE"),
        )),
    }
}

/// A call with one argument more, or with other numbers for it.
pub(crate) fn with_argument(call: &Call, name: &str, values: &[f64]) -> Call {
    let numbers = values.iter().map(|&number| Expression::Number(number));
    with_expressions(call, name, numbers.collect())
}

/// A call with one argument more, or with other values for it.
pub(crate) fn with_expressions(call: &Call, name: &str, values: Vec<Expression>) -> Call {
    let unnamed = |value: Expression| Argument { name: None, value };
    let value = Expression::Call(Call {
        namespace: None,
        function: "c".into(),
        arguments: values.into_iter().map(unnamed).collect(),
    });
    let mut call = call.clone();
    call.arguments
        .retain(|argument| argument.name.as_deref() != Some(name));
    call.arguments.push(Argument {
        name: Some(name.into()),
        value,
    });
    call
}

pub(crate) fn kind(expression: &Expression, wanted: &'static str) -> Error {
    Error::Kind {
        part: expression.to_string(),
        wanted,
    }
}

pub(crate) fn constant(number: f64) -> Value {
    Value::Column(Column::Number(vec![number]))
}
