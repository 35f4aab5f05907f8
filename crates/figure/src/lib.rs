//! Released results as accessible SVG charts with their data tables.
//!
//! [`charts`] draws a result, [`data_tables`] gives its numbers as typed tables; page, factsheet
//! and workbook take both, so one place decides what is shown. Only what passed the gate comes
//! in, and ratios are made of released numbers alone.
//!
//! Every chart is a deterministic string with coordinates in tenths of a pixel, literal colours
//! (a renderer without a style sheet must see the same), a description in words, `data-tip` on
//! its marks, and never tells anything by colour alone. Widths of text are measured on the
//! embedded font ([`fonts`]), so labels neither clip nor overlap.
//!
//! What this crate does not do: it reads no file, and it estimates nothing.

mod chart;
mod charts;
mod context;
pub mod dutch;
pub mod fonts;
mod measure;
mod palette;
mod spread;
mod svg;
mod table;
mod tables;

pub use chart::{Chart, SYNTHETIC_MARK};
pub use charts::charts;
pub use context::duration;
pub use table::{Column, ColumnKind, DataTable, Measure, Row, RowKind, Value};
pub use tables::data_tables;
