//! From expressions to values.

use super::value::Value;
use super::{counts, describe, distributions, rates, tests_of_groups};
use crate::{Failure, Inputs};
use formula::{Argument, Call, Column, Evaluator, Expression, Factor, Frame};
use statistics::NotEstimable;

/// A table, and names given to values.
pub(super) struct Evaluation<'a> {
    frame: &'a Frame,
    inputs: &'a Inputs<'a>,
    names: Vec<(String, Value)>,
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(frame: &'a Frame, inputs: &'a Inputs<'a>) -> Self {
        Self {
            frame,
            inputs,
            names: Vec::new(),
        }
    }

    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.names.push((name.to_owned(), value));
    }

    /// The value of an expression; later names hide earlier ones and columns.
    pub(super) fn value(&mut self, expression: &Expression) -> Result<Value, Failure> {
        match expression.unbracketed() {
            Expression::Name(name) => match self.named(name) {
                Some(value) => Ok(value.clone()),
                None if name == "NULL" => Ok(Value::Missing),
                None => self.plain(expression),
            },
            Expression::Text(text) => Ok(Value::Texts(vec![text.clone()])),
            Expression::Call(call) => match self.function(call)? {
                Some(value) => Ok(value),
                None => self.plain(expression),
            },
            other => self.plain(other),
        }
    }

    fn named(&self, name: &str) -> Option<&Value> {
        self.names
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    /// A function of this procedure; `None` if it is none.
    fn function(&mut self, call: &Call) -> Result<Option<Value>, Failure> {
        match call.function.as_str() {
            "list" => self.list(call).map(Some),
            "lapply" | "sapply" | "each" => self.each(call).map(Some),
            "element" => self.element(call).map(Some),
            "field" => self.field(call).map(Some),
            _ => {
                let mut arguments = Arguments {
                    evaluation: self,
                    call,
                };
                for library in [
                    distributions::call,
                    rates::call,
                    describe::call,
                    counts::call,
                    tests_of_groups::call,
                ] {
                    if let Some(value) = library(&mut arguments)? {
                        return Ok(Some(value));
                    }
                }
                Ok(None)
            }
        }
    }

    fn list(&mut self, call: &Call) -> Result<Value, Failure> {
        let field = |argument: &Argument| Ok((argument.name.clone(), self.value(&argument.value)?));
        Ok(Value::List(
            call.arguments
                .iter()
                .map(field)
                .collect::<Result<_, Failure>>()?,
        ))
    }

    /// `lapply(df = c(1, 2), body)`: the body for each value of the names, in parallel.
    fn each(&mut self, call: &Call) -> Result<Value, Failure> {
        let wrong = || bad(call, "verwacht lapply(naam = waarden, uitdrukking)");
        let body = call.positional(0).ok_or_else(wrong)?;
        let mut lists: Vec<(String, Vec<Value>)> = Vec::new();
        for argument in &call.arguments {
            if let Some(name) = &argument.name {
                lists.push((name.clone(), items(self.value(&argument.value)?)));
            }
        }
        let length = lists
            .first()
            .map(|(_, list)| list.len())
            .ok_or_else(wrong)?;
        if lists.iter().any(|(_, list)| list.len() != length) {
            return Err(bad(call, "de waarden verschillen in aantal"));
        }
        let depth = self.names.len();
        let mut results = Vec::with_capacity(length);
        for place in 0..length {
            for (name, list) in &lists {
                self.set(name, list[place].clone());
            }
            results.push((None, self.value(body)?));
            self.names.truncate(depth);
        }
        Ok(Value::List(results))
    }

    /// `element(x, 2)`: R's `x[2]` or `x[[2]]`.
    fn element(&mut self, call: &Call) -> Result<Value, Failure> {
        let mut arguments = Arguments {
            evaluation: self,
            call,
        };
        let place = arguments.number("i", 1, None)?;
        let list = items(arguments.value("x", 0)?);
        let found = (place >= 1.0)
            .then(|| list.get(place as usize - 1))
            .flatten();
        found
            .cloned()
            .ok_or_else(|| bad(call, "dat element is er niet"))
    }

    /// `field(x, "p.value")`: R's `x$p.value`.
    fn field(&mut self, call: &Call) -> Result<Value, Failure> {
        let Some(Expression::Text(wanted)) = call.argument("name", 1) else {
            return Err(bad(call, "verwacht field(lijst, \"naam\")"));
        };
        let Some(list) = call.argument("x", 0) else {
            return Err(bad(call, "verwacht field(lijst, \"naam\")"));
        };
        if let Value::List(fields) = self.value(list)? {
            let found = fields
                .into_iter()
                .find(|(name, _)| name.as_ref() == Some(wanted));
            if let Some((_, value)) = found {
                return Ok(value);
            }
        }
        Err(bad(call, "dat veld is er niet"))
    }

    /// Whatever R can say about columns: arithmetic, `c()`, `log()` …
    fn plain(&mut self, expression: &Expression) -> Result<Value, Failure> {
        match self.column(expression)? {
            column @ (Column::Factor(_) | Column::Text(_)) => {
                let text = |row| column.text(row).unwrap_or_else(|| "NA".into());
                Ok(Value::Texts((0..column.len()).map(text).collect()))
            }
            column => Ok(Value::Numbers(column.to_numbers().unwrap_or_default())),
        }
    }

    /// The column that an expression gives.
    pub(super) fn column(&mut self, expression: &Expression) -> Result<Column, Failure> {
        let expression = self.substituted(expression)?;
        let evaluator = Evaluator::new(self.frame);
        let value = evaluator.value(&expression)?;
        crate::arguments::tell(self.inputs, evaluator.into_notices());
        match value {
            formula::Value::Column(column) => Ok(column),
            _ => Err(Failure::new(
                "bad_call",
                format!("'{expression}' is geen kolom."),
            )),
        }
    }

    /// Writes names and results of this procedure's functions out as numbers.
    fn substituted(&mut self, expression: &Expression) -> Result<Expression, Failure> {
        Ok(match expression {
            Expression::Name(name) => match self.named(name).cloned() {
                Some(value) => literal(numbers(value, name)?),
                None => expression.clone(),
            },
            Expression::Call(call) => match self.function(call)? {
                Some(value) => literal(numbers(value, &call.function)?),
                None => {
                    let mut call = call.clone();
                    for argument in &mut call.arguments {
                        argument.value = self.substituted(&argument.value)?;
                    }
                    Expression::Call(call)
                }
            },
            Expression::Unary(operator, inner) => {
                Expression::Unary(*operator, Box::new(self.substituted(inner)?))
            }
            Expression::Bracketed(inner) => {
                Expression::Bracketed(Box::new(self.substituted(inner)?))
            }
            Expression::Binary(operator, left, right) => Expression::Binary(
                *operator,
                Box::new(self.substituted(left)?),
                Box::new(self.substituted(right)?),
            ),
            other => other.clone(),
        })
    }
}

fn items(value: Value) -> Vec<Value> {
    match value {
        Value::List(fields) => fields.into_iter().map(|(_, value)| value).collect(),
        Value::Numbers(numbers) | Value::Vector(numbers) => {
            numbers.into_iter().map(Value::number).collect()
        }
        Value::Texts(texts) => texts
            .into_iter()
            .map(|text| Value::Texts(vec![text]))
            .collect(),
        other => vec![other],
    }
}

fn numbers(value: Value, name: &str) -> Result<Vec<f64>, Failure> {
    match value {
        Value::Numbers(numbers) | Value::Vector(numbers) => Ok(numbers),
        _ => Err(Failure::new(
            "bad_call",
            format!("'{name}' is geen getal of rij getallen."),
        )),
    }
}

fn literal(numbers: Vec<f64>) -> Expression {
    if let [number] = numbers[..] {
        return Expression::Number(number);
    }
    let argument = |number| Argument {
        name: None,
        value: Expression::Number(number),
    };
    Expression::Call(Call {
        namespace: None,
        function: "c".into(),
        arguments: numbers.into_iter().map(argument).collect(),
    })
}

pub(super) fn bad(call: &Call, message: &str) -> Failure {
    Failure::new("bad_call", format!("{}(): {message}.", call.function))
}

/// The arguments of a call, evaluated when asked for.
pub(super) struct Arguments<'e, 'a, 'c> {
    evaluation: &'e mut Evaluation<'a>,
    pub(super) call: &'c Call,
}

impl Arguments<'_, '_, '_> {
    pub(super) fn function(&self) -> &str {
        &self.call.function
    }

    pub(super) fn has(&self, name: &str, position: usize) -> bool {
        self.call.argument(name, position).is_some()
    }

    fn demand(&self, name: &str, position: usize) -> Result<&Expression, Failure> {
        let missing = || bad(self.call, &format!("het argument '{name}' ontbreekt"));
        self.call.argument(name, position).ok_or_else(missing)
    }

    pub(super) fn value(&mut self, name: &str, position: usize) -> Result<Value, Failure> {
        let expression = self.demand(name, position)?.clone();
        self.evaluation.value(&expression)
    }

    pub(super) fn numbers(&mut self, name: &str, position: usize) -> Result<Vec<f64>, Failure> {
        numbers(self.value(name, position)?, name)
    }

    /// One number, or the default.
    pub(super) fn number(
        &mut self,
        name: &str,
        position: usize,
        default: Option<f64>,
    ) -> Result<f64, Failure> {
        if let (Some(default), false) = (default, self.has(name, position)) {
            return Ok(default);
        }
        match self.numbers(name, position)?[..] {
            [number] => Ok(number),
            _ => Err(bad(self.call, &format!("'{name}' moet één getal zijn"))),
        }
    }

    /// A named argument that is TRUE or FALSE.
    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, Failure> {
        match self.call.named(name) {
            None => Ok(default),
            Some(Expression::Logical(value)) => Ok(*value),
            Some(_) => Err(bad(self.call, &format!("'{name}' moet TRUE of FALSE zijn"))),
        }
    }

    /// A whole number that is not negative.
    pub(super) fn count(&mut self, name: &str, position: usize) -> Result<u64, Failure> {
        let number = self.number(name, position, None)?;
        if number >= 0.0 && number.fract() == 0.0 && number < 9e15 {
            return Ok(number as u64);
        }
        Err(NotEstimable::Domain {
            what: "a count",
            value: number,
        }
        .into())
    }

    /// Tells the user about results that are not numbers, as R's warning does.
    pub(super) fn warn_of_nan(&self, results: &[f64]) {
        if results.iter().any(|result| result.is_nan()) {
            let message = format!(
                "{}() geeft NaN: een waarde ligt buiten het domein.",
                self.function()
            );
            self.evaluation.inputs.warn("nan_produced", message);
        }
    }

    pub(super) fn unnamed(&self) -> Vec<Expression> {
        self.call.unnamed().cloned().collect()
    }

    pub(super) fn column(&mut self, expression: &Expression) -> Result<Column, Failure> {
        self.evaluation.column(expression)
    }

    /// A column as a factor without unused levels.
    pub(super) fn factor(&mut self, expression: &Expression) -> Result<Factor, Failure> {
        Ok(self.column(expression)?.to_factor().without_unused())
    }
}
