//! The statistics engine for people who think in R: a table and a formula in, numbers with R's
//! names out.
//!
//! A [`FitCall`] is one call (`km lung.csv "Surv(time, status) ~ sex" --conf-type log-log`). It
//! reads its table through [`Files`], prepares it, hands plain arrays to `statistics`, and gives
//! an [`Outcome`]: a JSON value with the names that R gives, a text like R's `summary`, and
//! warnings; or a [`Failure`] with a name.
//!
//! What this crate does not do: it estimates nothing itself, opens no file, and decides nothing
//! about what may be shown of a result.
//!
//! # Adding a procedure
//!
//! 1. One file `src/procedures/NAME.rs` with `#[derive(clap::Args)] pub struct Options`. Its
//!    arguments are clap's; help is Dutch. Flatten [`arguments::ModelArguments`] (table, formula,
//!    weights, and all data preparation: `--set`, `--where`, `--na-omit`, `--levels`, `--split`),
//!    [`arguments::SurvivalArguments`] (the same; merges times that differ by rounding), or
//!    [`arguments::DataArguments`] (table without formula), or neither (numbers on the command
//!    line). Columns beside the formula (`--cluster`, `--id`, `--istate`) are own options of type
//!    `Option<String>`, handed to [`arguments::ModelArguments::model`] as roles.
//! 2. `impl Fit for Options`: get a `ModelFrame`, take from it what `statistics` wants, and give
//!    [`Fitted::new`]`(result, summary)`.
//!    * `model.survival()?` – start, stop, status, states; `model.response_numbers()?`,
//!      `model.response_table()` (`cbind`)
//!    * `model.design(DesignOptions { except: &["strata", "cluster"], always_intercept: true })?`
//!      – names, values column after column, `assign`; `.without_intercept()` for Cox
//!    * `model.plan(..)?.apply(&new_frame)?` – the same columns for new data
//!      ([`arguments::new_table`] reads "age=60,70; sex=F,M", or a file)
//!    * `model.strata()`, `model.groups(&[])?` (as `survfit` names them), `model.specials("frailty")`,
//!      `model.offset`, `model.role_numbers("weights")?`, `model.role_groups("cluster")`
//!    * `model.terms.random`, `model.random_designs()?`, `model.random_groups()` – `(1 + x | g)`
//!    * `model.rows` – positions of the used rows in the table
//! 3. Two lines in `src/procedures.rs`: `pub mod NAME;` and the line of the registry.
//! 4. The field names of the result are those that R gives, as in `expected` of the reference
//!    cases; [`json`] has the layouts (NaN and infinities as text, NA as null, a matrix as array
//!    of rows, a table as object of columns). Give whole vectors and tables: the comparison
//!    itself computes `first50`, `sum`, `colsumsq` and picks thinned rows by their time.
//!    [`coefficients`] and [`text`] print as R does.
//! 5. A named reason for every "no": [`Failure`] converts from `formula::Error` and
//!    `statistics::NotEstimable`; other errors get a `From` in `src/failure.rs`. What is merely
//!    worth knowing goes to [`Inputs::warn`] (an infinite coefficient: code
//!    `infinite_coefficient`).
//! 6. Its cases: lines in `crates/statistics/tests/reference/calls.toml`, run by
//!    `cargo run -p fit --example reference -- DIR --only '^km-'`.

pub mod arguments;
mod call;
pub mod coefficients;
mod failure;
mod inputs;
pub mod json;
pub mod manual;
mod outcome;
pub mod prepare;
pub mod procedures;
pub mod reference;
mod schema;
pub mod text;
mod words;

pub use call::{FitCall, Format};
pub use failure::Failure;
pub use inputs::{Files, Inputs, Rows, Warning};
pub use outcome::{Fitted, Outcome};
