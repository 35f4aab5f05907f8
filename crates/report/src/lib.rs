//! The factsheet (PDF), tables (.xlsx, .csv) and pictures (.svg, .png) of released results.
//!
//! [`factsheet`] typesets two A4 pages as PDF/A-2a and PDF/UA-1; [`exports`] makes the files to
//! work with. Both take a [`disclosure::Publication`] and nothing else, so what did not pass the
//! gate cannot be in them. Equal publications give equal bytes: dates come from the release,
//! fonts are embedded, and no template reaches a file, the network or the clock.
//!
//! What this crate does not do: it draws no chart and makes no table (`figure` does), it computes
//! no number, and it writes no file.

mod error;
mod exports;
mod factsheet;
mod words;

pub use error::Error;
pub use exports::{ExportFile, exports};
pub use factsheet::factsheet;
