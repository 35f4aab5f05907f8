//! Findings as text, JSON, SARIF and workbook. No form holds a cell's value.

mod grouping;
mod json;
mod markdown;
mod sarif;
mod text;
mod workbook;

pub use json::json;
pub use markdown::rules_markdown;
pub use sarif::sarif;
pub use text::{TextOptions, text};
pub use workbook::workbook;
