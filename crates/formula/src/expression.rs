//! The tree of an expression, and how R would print it.

use std::fmt::{self, Display, Formatter};

/// An expression of R, as far as formulas need it.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// `3.5`
    Number(f64),
    /// `"large"`
    Text(String),
    /// `TRUE`
    Logical(bool),
    /// `NA`
    Missing,
    /// `age`; also `.`
    Name(String),
    /// `log(age)`
    Call(Call),
    /// `-x`
    Unary(Unary, Box<Expression>),
    /// `x + y`
    Binary(Binary, Box<Expression>, Box<Expression>),
    /// `(x)`
    Bracketed(Box<Expression>),
}

/// A function and what it gets.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// `splines` in `splines::ns(age)`.
    pub namespace: Option<String>,
    /// The name of the function.
    pub function: String,
    /// Its arguments in order.
    pub arguments: Vec<Argument>,
}

/// An argument of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// `df` in `df = 3`.
    pub name: Option<String>,
    /// The value.
    pub value: Expression,
}

impl Call {
    /// The argument called `name`, or else the unnamed argument at `position` (from 0).
    pub fn argument(&self, name: &str, position: usize) -> Option<&Expression> {
        self.named(name).or_else(|| self.positional(position))
    }

    /// The argument called `name`.
    pub fn named(&self, name: &str) -> Option<&Expression> {
        let named = |argument: &&Argument| argument.name.as_deref() == Some(name);
        self.arguments
            .iter()
            .find(named)
            .map(|argument| &argument.value)
    }

    /// The unnamed argument at `position` (from 0).
    pub fn positional(&self, position: usize) -> Option<&Expression> {
        self.unnamed().nth(position)
    }

    /// The arguments without a name.
    pub fn unnamed(&self) -> impl Iterator<Item = &Expression> {
        let unnamed = |argument: &&Argument| argument.name.is_none();
        self.arguments
            .iter()
            .filter(unnamed)
            .map(|argument| &argument.value)
    }
}

impl Expression {
    /// Whether this is a call of `function`, in whatever namespace.
    pub fn is_call(&self, function: &str) -> bool {
        self.as_call().is_some_and(|call| call.function == function)
    }

    /// The call, if this is one.
    pub fn as_call(&self) -> Option<&Call> {
        match self {
            Self::Call(call) => Some(call),
            _ => None,
        }
    }

    /// The expression without brackets around it.
    pub fn unbracketed(&self) -> &Self {
        match self {
            Self::Bracketed(inner) => inner.unbracketed(),
            other => other,
        }
    }

    /// The names of columns that this expression mentions, in order and possibly twice.
    pub fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.visit_names(&mut |name| names.push(name));
        names
    }

    fn visit_names<'a>(&'a self, found: &mut impl FnMut(&'a str)) {
        match self {
            Self::Name(name) => found(name),
            Self::Call(call) => {
                for argument in &call.arguments {
                    argument.value.visit_names(found);
                }
            }
            Self::Unary(_, inner) | Self::Bracketed(inner) => inner.visit_names(found),
            Self::Binary(_, left, right) => {
                left.visit_names(found);
                right.visit_names(found);
            }
            Self::Number(_) | Self::Text(_) | Self::Logical(_) | Self::Missing => {}
        }
    }
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `-x`
    Minus,
    /// `+x`
    Plus,
    /// `!x`
    Not,
    /// `~ x`
    Tilde,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `~`
    Tilde,
    /// `|`
    Or,
    /// `||`
    OrOr,
    /// `&`
    And,
    /// `&&`
    AndAnd,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Divide,
    /// `%in%`
    In,
    /// `%%`
    Remainder,
    /// `%/%`
    Quotient,
    /// `:`
    Colon,
    /// `^`
    Power,
}

impl Binary {
    /// How R prints the operator, with its spaces.
    pub fn printed(self) -> &'static str {
        match self {
            Self::Tilde => " ~ ",
            Self::Or => " | ",
            Self::OrOr => " || ",
            Self::And => " & ",
            Self::AndAnd => " && ",
            Self::Equal => " == ",
            Self::NotEqual => " != ",
            Self::Less => " < ",
            Self::LessEqual => " <= ",
            Self::Greater => " > ",
            Self::GreaterEqual => " >= ",
            Self::Plus => " + ",
            Self::Minus => " - ",
            Self::Times => " * ",
            Self::Divide => "/",
            Self::In => " %in% ",
            Self::Remainder => "%%",
            Self::Quotient => "%/%",
            Self::Colon => ":",
            Self::Power => "^",
        }
    }
}

impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => f.write_str(&print_number(*number)),
            Self::Text(text) => write!(f, "{}", quoted(text)),
            Self::Logical(true) => f.write_str("TRUE"),
            Self::Logical(false) => f.write_str("FALSE"),
            Self::Missing => f.write_str("NA"),
            Self::Name(name) => f.write_str(&printed_name(name)),
            Self::Call(call) => write!(f, "{call}"),
            Self::Unary(operator, inner) => write!(f, "{}{inner}", operator.printed()),
            Self::Binary(operator, left, right) => {
                write!(f, "{left}{}{right}", operator.printed())
            }
            Self::Bracketed(inner) => write!(f, "({inner})"),
        }
    }
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(namespace) = &self.namespace {
            write!(f, "{namespace}::")?;
        }
        write!(f, "{}(", printed_name(&self.function))?;
        for (position, argument) in self.arguments.iter().enumerate() {
            if position > 0 {
                f.write_str(", ")?;
            }
            if let Some(name) = &argument.name {
                write!(f, "{} = ", printed_name(name))?;
            }
            write!(f, "{}", argument.value)?;
        }
        f.write_str(")")
    }
}

impl Unary {
    fn printed(self) -> &'static str {
        match self {
            Self::Minus => "-",
            Self::Plus => "+",
            Self::Not => "!",
            Self::Tilde => "~",
        }
    }
}

fn quoted(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
        .replace('\t', "\\t");
    format!("\"{escaped}\"")
}

fn printed_name(name: &str) -> String {
    if is_plain_name(name) {
        name.into()
    } else {
        format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
    }
}

/// Whether R would print `name` without backticks.
pub fn is_plain_name(name: &str) -> bool {
    const RESERVED: &[&str] = &["TRUE", "FALSE", "NA", "NaN", "Inf", "NULL"];
    let mut letters = name.chars();
    let starts = match letters.next() {
        Some('.') => !letters
            .clone()
            .next()
            .is_some_and(|next| next.is_ascii_digit()),
        Some(first) => first.is_alphabetic(),
        None => false,
    };
    starts
        && name
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '.' || letter == '_')
        && !RESERVED.contains(&name)
}

/// A number as R prints it: at most 15 significant digits, and scientific only where shorter.
///
/// ```
/// assert_eq!(formula::print_number(365.25), "365.25");
/// assert_eq!(formula::print_number(100000.0), "1e+05");
/// assert_eq!(formula::print_number(0.1 + 0.2), "0.3");
/// ```
pub fn print_number(number: f64) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Inf" } else { "-Inf" }.into();
    }
    if number == 0.0 {
        return "0".into();
    }
    if let Some(text) = whole(number) {
        return text;
    }
    let (digits, exponent) = significant_digits(number);
    let sign = if number < 0.0 { "-" } else { "" };
    let fixed = fixed(&digits, exponent);
    let scientific = scientific(&digits, exponent);
    let shorter = if fixed.len() <= scientific.len() {
        fixed
    } else {
        scientific
    };
    format!("{sign}{shorter}")
}

/// A whole number that is no longer in full than as a power of ten: most numbers in tables, and
/// quickly printed.
fn whole(number: f64) -> Option<String> {
    const MOST: f64 = 1e15;
    if number.fract() != 0.0 || number.abs() >= MOST {
        return None;
    }
    let text = (number as i64).to_string();
    let digits = text.trim_start_matches('-');
    let significant = digits.trim_end_matches('0').len();
    let scientific = significant + usize::from(significant > 1) + "e+00".len();
    (digits.len() <= scientific).then_some(text)
}

/// The significant digits without trailing zeros, and the power of ten of the first.
fn significant_digits(number: f64) -> (String, i32) {
    let text = format!("{:.14e}", number.abs());
    let (mantissa, exponent) = text.split_once('e').expect("the format has an exponent");
    let digits = mantissa.replace('.', "");
    let digits = digits.trim_end_matches('0');
    let exponent = exponent.parse().expect("the exponent is a number");
    (digits.into(), exponent)
}

fn fixed(digits: &str, exponent: i32) -> String {
    let count = digits.len() as i32;
    if exponent < 0 {
        format!("0.{}{digits}", "0".repeat((-exponent - 1) as usize))
    } else if count <= exponent + 1 {
        format!("{digits}{}", "0".repeat((exponent + 1 - count) as usize))
    } else {
        let (whole, fraction) = digits.split_at((exponent + 1) as usize);
        format!("{whole}.{fraction}")
    }
}

fn scientific(digits: &str, exponent: i32) -> String {
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}e{sign}{:02}", exponent.abs())
}
