//! Tables of text, aligned as R prints them.

use std::fmt::Write;

/// A table of text: names of rows on the left, columns aligned to the right.
#[derive(Clone, Debug, Default)]
pub struct TextTable {
    header: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

impl TextTable {
    /// A table with these columns.
    ///
    /// ```
    /// use fit::text::TextTable;
    /// let mut table = TextTable::new(["n", "events"]);
    /// table.row("sex=1", ["138", "112"]);
    /// assert_eq!(table.print(), "        n events\nsex=1 138    112\n");
    /// ```
    pub fn new<T: Into<String>>(header: impl IntoIterator<Item = T>) -> Self {
        Self {
            header: header.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    ///
    /// ```
    /// use fit::text::TextTable;
    /// let mut table = TextTable::new(["n", "events"]);
    /// table.row("sex=1", ["138", "112"]);
    /// table.row("sex=2", ["90", "53"]);
    /// assert_eq!(table.print().lines().count(), 3);
    /// ```
    pub fn row<T: Into<String>>(
        &mut self,
        name: impl Into<String>,
        cells: impl IntoIterator<Item = T>,
    ) -> &mut Self {
        let cells = cells.into_iter().map(Into::into).collect();
        self.rows.push((name.into(), cells));
        self
    }

    /// The lines.
    ///
    /// ```
    /// use fit::text::TextTable;
    /// let mut table = TextTable::new(["n", "events"]);
    /// table.row("sex=1", ["138", "112"]);
    /// assert_eq!(table.print(), "        n events\nsex=1 138    112\n");
    /// ```
    pub fn print(&self) -> String {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|(_, cells)| cells.get(column));
            cells
                .chain(self.header.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.header.len()).map(width).collect();
        let names = self.rows.iter().map(|(name, _)| name.chars().count());
        let left = names.max().unwrap_or(0);
        let mut text = String::new();
        line(&mut text, "", left, &self.header, &widths);
        for (name, cells) in &self.rows {
            line(&mut text, name, left, cells, &widths);
        }
        text
    }
}

fn line(text: &mut String, name: &str, left: usize, cells: &[String], widths: &[usize]) {
    let start = text.len();
    // Writing to a String cannot fail.
    let _ = write!(text, "{name:<left$}");
    for (cell, width) in cells.iter().zip(widths) {
        let _ = write!(text, " {cell:>width$}");
    }
    let end = text.trim_end().len().max(start);
    text.truncate(end);
    text.push('\n');
}

/// A number with at most `digits` significant digits, as R prints a single number. R: `signif`.
///
/// ```
/// assert_eq!(fit::text::signif(0.123456, 3), "0.123");
/// ```
pub fn signif(x: f64, digits: usize) -> String {
    if !x.is_finite() || x == 0.0 {
        return formula::print_number(x);
    }
    let rounded = format!("{x:.*e}", digits.saturating_sub(1));
    formula::print_number(rounded.parse().unwrap_or(x))
}

/// A p-value, as R prints it: `<2e-16` below what a double can tell from 0. R: `format.pval`.
///
/// ```
/// assert_eq!(fit::text::p_value(1e-20), "<2e-16");
/// ```
pub fn p_value(p: f64) -> String {
    if p < f64::EPSILON {
        "<2e-16".into()
    } else {
        signif(p, 3)
    }
}

/// A number with a fixed number of decimals; NA where it is NaN.
/// R: `formatC(x, decimals, format = "f")`.
///
/// ```
/// assert_eq!(fit::text::fixed(0.5, 2), "0.50");
/// ```
pub fn fixed(x: f64, decimals: usize) -> String {
    if x.is_nan() {
        "NA".into()
    } else {
        format!("{x:.decimals$}")
    }
}
