//! Columns of a table as numbers, for procedures without a formula.

use crate::Failure;
use formula::Frame;

/// The numbers of the named columns, or of all; missing is NaN.
pub(super) fn numeric_columns(frame: &Frame, names: &[String]) -> Result<Vec<Vec<f64>>, Failure> {
    let names = if names.is_empty() {
        frame.names()
    } else {
        names
    };
    names.iter().map(|name| Ok(frame.numbers(name)?)).collect()
}
