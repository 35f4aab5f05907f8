//! A formula → the terms of a model, by the algebra of Wilkinson and Rogers (1973) as R has it.

use crate::expression::{Binary, Expression, Unary};
use crate::{Error, limits, parser, random};
use std::collections::{HashMap, HashSet};
use std::fmt::{self, Display, Formatter};

/// An outcome and what it is explained by.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    /// What stands before the tilde.
    pub response: Option<Expression>,
    /// What stands after it.
    pub right: Expression,
}

impl Formula {
    /// Reads `outcome ~ terms` or `~ terms`.
    ///
    /// # Errors
    /// Text that is no formula, or that is too long or too deeply nested.
    ///
    /// ```
    /// let formula = formula::Formula::parse("Surv(time, status) ~ age*sex").unwrap();
    /// assert_eq!(formula.to_string(), "Surv(time, status) ~ age * sex");
    /// assert!(formula::Formula::parse("age +").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, Error> {
        match parser::parse(text)? {
            Expression::Binary(Binary::Tilde, response, right) => Ok(Self {
                response: Some(*response),
                right: *right,
            }),
            Expression::Unary(Unary::Tilde, right) => Ok(Self {
                response: None,
                right: *right,
            }),
            _ => Err(Error::Syntax {
                position: 1,
                message: "een formule heeft een tilde: uitkomst ~ termen".into(),
            }),
        }
    }

    /// The terms; a dot stands for all `columns` that the outcome does not mention.
    ///
    /// # Errors
    /// Parts that are no terms, or too many of them.
    pub fn terms(&self, columns: &[String]) -> Result<Terms, Error> {
        let outcome = self
            .response
            .as_ref()
            .map(Expression::names)
            .unwrap_or_default();
        let outcome: HashSet<&str> = outcome.into_iter().collect();
        let dot = columns
            .iter()
            .filter(|column| !outcome.contains(column.as_str()))
            .map(|column| Expression::Name(column.clone()));
        Terms::of(&self.right, dot.collect())
    }
}

impl Display for Formula {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(response) = &self.response {
            write!(f, "{response} ")?;
        }
        write!(f, "~ {}", self.right)
    }
}

/// The terms of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// The variables in the order in which they are mentioned.
    pub variables: Vec<Expression>,
    /// Main effects, then interactions of two, and so on; each in the order of mention.
    pub terms: Vec<Term>,
    /// Whether the model has an intercept.
    pub intercept: bool,
    /// What stands in `offset()`.
    pub offsets: Vec<Expression>,
    /// `(1 + x | g)` of mixed models.
    pub random: Vec<random::RandomTerm>,
}

/// A main effect or an interaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Term {
    /// Positions of its variables, rising.
    pub variables: Vec<usize>,
}

impl Term {
    fn union(&self, other: &Self) -> Self {
        let mut variables = [self.variables.as_slice(), &other.variables].concat();
        variables.sort_unstable();
        variables.dedup();
        Self { variables }
    }
}

impl Terms {
    /// The terms of an expression; `dot` is what `.` stands for.
    pub(crate) fn of(expression: &Expression, dot: Vec<Expression>) -> Result<Self, Error> {
        let mut expansion = Expansion {
            variables: Vec::new(),
            places: HashMap::new(),
            intercept: true,
            offsets: Vec::new(),
            random: Vec::new(),
            dot,
        };
        let mut set = expansion.expand(expression)?;
        set.sort_by_key(|term| term.variables.len());
        Ok(Self {
            terms: set,
            variables: expansion.variables,
            intercept: expansion.intercept,
            offsets: expansion.offsets,
            random: expansion.random,
        })
    }

    /// The name of a term: `age:sex`.
    pub fn label(&self, term: &Term) -> String {
        let labels = term
            .variables
            .iter()
            .map(|&place| self.variables[place].to_string());
        labels.collect::<Vec<_>>().join(":")
    }

    /// The names of all terms.
    pub fn labels(&self) -> Vec<String> {
        self.terms.iter().map(|term| self.label(term)).collect()
    }

    /// The variable of a main effect.
    pub fn main_effect(&self, term: &Term) -> Option<&Expression> {
        match term.variables.as_slice() {
            [place] => Some(&self.variables[*place]),
            _ => None,
        }
    }
}

/// Terms in order, each once.
type Set = Vec<Term>;

struct Expansion {
    variables: Vec<Expression>,
    places: HashMap<String, usize>,
    intercept: bool,
    offsets: Vec<Expression>,
    random: Vec<random::RandomTerm>,
    dot: Vec<Expression>,
}

impl Expansion {
    fn expand(&mut self, expression: &Expression) -> Result<Set, Error> {
        match expression {
            Expression::Binary(Binary::Plus | Binary::Minus, ..) => self.sum(expression),
            Expression::Binary(Binary::Colon | Binary::In, left, right) => {
                let (left, right) = (self.expand(left)?, self.expand(right)?);
                crossed(&left, &right)
            }
            Expression::Binary(Binary::Times, left, right) => {
                let (left, right) = (self.expand(left)?, self.expand(right)?);
                let both = crossed(&left, &right)?;
                united(united(left, right)?, both)
            }
            Expression::Binary(Binary::Divide, left, right) => self.nested(left, right),
            Expression::Binary(Binary::Power, left, right) => self.power(left, right),
            Expression::Bracketed(inner) => match inner.as_ref() {
                Expression::Binary(Binary::Or | Binary::OrOr, ..) => {
                    self.random.extend(random::random_terms(inner)?);
                    Ok(Vec::new())
                }
                _ => self.expand(inner),
            },
            Expression::Unary(Unary::Plus, inner) => self.expand(inner),
            Expression::Unary(Unary::Minus, inner) => self.without(Vec::new(), inner),
            Expression::Number(number) => self.constant(expression, *number),
            Expression::Name(name) if name == "." => self.all_columns(),
            Expression::Name(_) => self.variable(expression),
            Expression::Call(call) if call.function == "offset" => {
                let inner = crate::evaluate::required(call, "x", 0)?;
                self.offsets.push(inner.clone());
                Ok(Vec::new())
            }
            Expression::Call(_) | Expression::Unary(Unary::Not, _) => self.variable(expression),
            Expression::Binary(operator, ..)
                if !matches!(operator, Binary::Tilde | Binary::Or | Binary::OrOr) =>
            {
                self.variable(expression)
            }
            _ => Err(Error::NoTerm {
                part: expression.to_string(),
            }),
        }
    }

    /// Walks down the left side in a loop, because sums are long chains.
    fn sum(&mut self, expression: &Expression) -> Result<Set, Error> {
        let mut chain = Vec::new();
        let mut rest = expression;
        while let Expression::Binary(operator @ (Binary::Plus | Binary::Minus), left, right) = rest
        {
            chain.push((*operator, right.as_ref()));
            rest = left;
        }
        let mut set = self.expand(rest)?;
        let mut known: HashSet<Term> = set.iter().cloned().collect();
        for (operator, right) in chain.into_iter().rev() {
            if operator == Binary::Minus {
                set = self.without(set, right)?;
                known = set.iter().cloned().collect();
                continue;
            }
            for term in self.expand(right)? {
                if known.insert(term.clone()) {
                    set.push(term);
                }
            }
            check_size(&set)?;
        }
        Ok(set)
    }

    fn without(&mut self, mut set: Set, right: &Expression) -> Result<Set, Error> {
        match right.unbracketed() {
            Expression::Number(0.0) => self.intercept = true,
            Expression::Number(1.0) => self.intercept = false,
            _ => {
                let intercept = self.intercept;
                let removed: HashSet<Term> = self.expand(right)?.into_iter().collect();
                self.intercept = intercept;
                set.retain(|term| !removed.contains(term));
            }
        }
        Ok(set)
    }

    fn constant(&mut self, expression: &Expression, number: f64) -> Result<Set, Error> {
        if number != 0.0 && number != 1.0 {
            return Err(Error::NoTerm {
                part: expression.to_string(),
            });
        }
        self.intercept = number == 1.0;
        Ok(Vec::new())
    }

    fn all_columns(&mut self) -> Result<Set, Error> {
        let dot = self.dot.clone();
        let mut set = Vec::with_capacity(dot.len());
        for column in &dot {
            set.extend(self.variable(column)?);
        }
        check_size(&set)?;
        Ok(set)
    }

    fn variable(&mut self, expression: &Expression) -> Result<Set, Error> {
        let next = self.variables.len();
        let place = *self.places.entry(expression.to_string()).or_insert(next);
        if place == next {
            self.variables.push(expression.clone());
        }
        Ok(vec![Term {
            variables: vec![place],
        }])
    }

    /// `a/b` is `a + a:b`, with all variables of `a`.
    fn nested(&mut self, left: &Expression, right: &Expression) -> Result<Set, Error> {
        let (left, right) = (self.expand(left)?, self.expand(right)?);
        let all = left.iter().fold(
            Term {
                variables: Vec::new(),
            },
            |all, term| all.union(term),
        );
        let inner = right.iter().map(|term| all.union(term)).collect();
        united(left, inner)
    }

    fn power(&mut self, left: &Expression, right: &Expression) -> Result<Set, Error> {
        let exponent = match right.unbracketed() {
            Expression::Number(n) if n.fract() == 0.0 && (1.0..=1000.0).contains(n) => *n as usize,
            other => {
                return Err(Error::NoTerm {
                    part: format!("^{other}"),
                });
            }
        };
        let base = self.expand(left)?;
        let mut set = base.clone();
        for _ in 1..exponent {
            let before = set.len();
            let next = crossed(&set, &base)?;
            set = united(set, next)?;
            if set.len() == before {
                break;
            }
        }
        Ok(set)
    }
}

fn check_size(set: &Set) -> Result<(), Error> {
    match set.len() > limits::TERMS {
        false => Ok(()),
        true => Err(Error::TooLarge {
            what: "Het aantal termen".into(),
            limit: limits::TERMS,
        }),
    }
}

fn united(mut left: Set, right: Set) -> Result<Set, Error> {
    let mut known: HashSet<Term> = left.iter().cloned().collect();
    for term in right {
        if known.insert(term.clone()) {
            left.push(term);
        }
    }
    check_size(&left)?;
    Ok(left)
}

fn crossed(left: &Set, right: &Set) -> Result<Set, Error> {
    let mut known = HashSet::new();
    let mut set = Vec::new();
    for a in left {
        for b in right {
            let term = a.union(b);
            if known.insert(term.clone()) {
                set.push(term);
            }
        }
        check_size(&set)?;
    }
    Ok(set)
}
