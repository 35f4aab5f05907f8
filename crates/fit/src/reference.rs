//! Runs a folder of reference cases and compares every number.
//!
//! A folder holds `manifest.json`, `data/` and `cases/`, as written by R; a table of calls says
//! which [`FitCall`](crate::FitCall) answers which case. The rules of comparison are those of
//! the reference folder's README: `|a − b| ≤ rtol·|b| + 1e-10`; NaN, infinities and NA by kind;
//! rows in which nobody has an event or is censored don't count; `first50`, `sum`, `sumsq`,
//! `colsum` and `colsumsq` stand for a whole vector or table; thinned tables are found by time.

mod align;
mod compare;
mod folder;
mod moments;
mod tree;

pub use compare::{Comparison, compare};
pub use folder::{CaseReport, Status, cases, run_case};
pub use tree::Tree;
