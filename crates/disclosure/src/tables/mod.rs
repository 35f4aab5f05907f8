//! Tables made by anybody: what can be worked out of them, and what to hide.
//!
//! This is the engine of the gate for people who have only a table: the same attack and the
//! same search, but no [`Publication`](crate::Publication) comes out of it. A [`Table`] has
//! dimensions with labels, totals among them, and cells that are shown or hidden. Several
//! tables are judged together: a group of people that stands in two of them is one number.
//!
//! ```
//! use disclosure::tables::{Rules, Table, audit, protect};
//! let table = Table::with_margins(
//!     "regio naar geslacht",
//!     &[("regio", &["A", "B", "C"]), ("geslacht", &["man", "vrouw"])],
//!     &[95, 4, 60, 73, 40, 88],
//! );
//! let rules = Rules::default();
//! assert_eq!(audit(std::slice::from_ref(&table), &rules).findings.len(), 2);
//! let protected = protect(&[table], &rules)?;
//! assert!(protected.audit.findings.is_empty());
//! # Ok::<(), disclosure::tables::NotProtected>(())
//! ```

mod audit;
mod join;
mod merging;
mod read;
mod report;
mod rounding;
mod rules;
mod suppress;
mod table;
#[cfg(test)]
mod tests;
mod text;

pub use audit::{Audit, Finding, FindingKind, audit, feasible};
pub use merging::Merge;
pub use read::{Read, ReadError, read};
pub use report::{audit_text, csv_text, protected_text};
pub use rounding::rounded;
pub use rules::{Cost, Dominance, Measure, Rules};
pub use suppress::{Hiding, NotProtected, Protected, protect};
pub use table::{Contributors, Dimension, Entry, Label, Table, TableCell};

/// A number as people write it, with a decimal comma.
pub(crate) fn written(value: i64, decimals: u32) -> String {
    if decimals == 0 {
        return value.to_string();
    }
    let whole = 10_i64.pow(decimals);
    let sign = if value < 0 { "-" } else { "" };
    let (above, below) = (value.abs() / whole, value.abs() % whole);
    format!("{sign}{above},{below:0width$}", width = decimals as usize)
}
