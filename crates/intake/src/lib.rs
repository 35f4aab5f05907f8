//! Delivery formats, mapping profiles, the data dictionary, the rules and their findings.
//!
//! The way through is bytes → [`ParsedTables`] → findings → [`ValidatedTables`] → split into
//! identifiers and content. One schema ([`schema`]) is the source of the reading, the rules,
//! the printed dictionary, the templates and the synthetic data.
//!
//! Invariants: a bad row never stops the rest; a finding never holds a cell's value; data are
//! never repaired silently. What this crate does not do: it opens no file (it is handed bytes)
//! and it encodes no identifier.

pub mod dictionary;
pub mod profile;
pub mod render;
pub mod schema;
pub mod template;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

mod finding;
mod read;
mod rule;
mod rules;
mod split;
mod table;
mod unreadable;
mod validated;
#[cfg(test)]
mod validated_tests;

pub use finding::{Finding, Findings, Place, Severity};
pub use read::{DeliveryFile, Progress, Sheet, open_delivery, parse, read_sheets};
pub use rule::{Context, Reporter, Rule};
pub use rules::{all_rules, check};
pub use split::{IdentifierRow, IdentifierRows, IdentifierTable};
pub use table::{
    Cell, Column, DeliveryInfo, Invalid, KeyDomain, Lines, Missing, Origin, Packed, ParsedTables,
    RaggedRow, Remark, RemarkKind, Source, Suspicion, Table, TextColumn,
};
pub use unreadable::Unreadable;
pub use validated::{Blocked, SplitTables, ValidatedTables, validate};
