//! R-style formulas over typed columns.
//!
//! Delimited text becomes a [`Frame`] of typed columns; a [`Formula`] over it becomes a
//! [`ModelFrame`] (outcome, variables and roles on the rows that miss nothing) and a [`Design`]
//! (the model matrix with R's treatment contrasts, column order and names).
//!
//! ```
//! use formula::{DesignOptions, Formula, ModelFrame, Schema, read_csv};
//!
//! let csv = b"time,status,age,sex\n5,1,61,F\n8,0,70,M\n9,1,55,M\n";
//! let frame = read_csv(csv, &Schema::unknown()).unwrap();
//! let formula = Formula::parse("Surv(time, status) ~ age + sex").unwrap();
//! let model = ModelFrame::new(&formula, &frame, &[]).unwrap();
//! assert_eq!(model.survival().unwrap().stop, [5.0, 8.0, 9.0]);
//! let design = model.design(DesignOptions::default()).unwrap();
//! assert_eq!(design.names, ["(Intercept)", "age", "sexM"]);
//! ```
//!
//! Invariants: the parser bounds length and depth, so that no formula can exhaust the stack;
//! missing numbers are NaN and never reach a model; nothing here reads files.
//!
//! What this crate does not do: it estimates nothing and knows no procedure. Where it departs
//! from R: texts are sorted by their bytes (R's locale "C"), there is one table (`lung$age` is
//! `age`), and there is no indexing with brackets.

mod column;
mod date;
mod design;
mod error;
mod evaluate;
mod expression;
mod frame;
mod lexer;
pub mod limits;
mod model;
#[cfg(feature = "parquet")]
mod parquet;
mod parser;
mod random;
mod read;
mod survival;
mod terms;
mod value;

pub use column::{Column, Factor, MISSING_CODE};
pub use design::{Design, DesignOptions, DesignPlan};
pub use error::Error;
pub use evaluate::Evaluator;
pub use expression::{Argument, Binary, Call, Expression, Unary, is_plain_name, print_number};
pub use frame::Frame;
pub use model::{ModelFrame, Notice, Role, Variable};
#[cfg(feature = "parquet")]
pub use parquet::read_parquet;
pub use random::RandomTerm;
pub use read::{ColumnType, Schema, read_csv};
pub use survival::{Censoring, Survival};
pub use terms::{Formula, Term, Terms};
pub use value::{Table, Value};

impl Expression {
    /// Reads an expression: `log(age) > 4 & sex == "F"`.
    ///
    /// # Errors
    /// Text that is no expression, or that is too long or too deeply nested.
    pub fn parse(text: &str) -> Result<Self, Error> {
        parser::parse(text)
    }

    /// Reads `name = expression`.
    ///
    /// # Errors
    /// As [`Self::parse`], and text without a name and an equals sign.
    pub fn parse_assignment(text: &str) -> Result<(String, Self), Error> {
        parser::parse_assignment(text)
    }
}
