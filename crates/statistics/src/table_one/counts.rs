use super::Test;
use crate::NotEstimable;
use crate::distribution::{ChiSquared, Distribution};

/// A table of counts, one row after the other. R: `table`.
///
/// ```
/// use statistics::table_one::CountTable;
/// let table = CountTable::from_codes(&[0, 0, 1], &[1, 1, 0], 2, 2);
/// assert_eq!(table.rows(), [[0.0, 2.0], [1.0, 0.0]]);
/// assert_eq!(table, CountTable::new(&[[0.0, 2.0], [1.0, 0.0]])?);
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CountTable {
    rows: Vec<Vec<f64>>,
}

impl CountTable {
    /// From rows of counts.
    ///
    /// # Errors
    /// No cells, rows of different lengths, counts that are negative or not finite.
    pub fn new<R: AsRef<[f64]>>(rows: &[R]) -> Result<Self, NotEstimable> {
        let rows: Vec<Vec<f64>> = rows.iter().map(|row| row.as_ref().to_vec()).collect();
        let width = rows.first().map_or(0, Vec::len);
        if width == 0 {
            return Err(NotEstimable::Empty { what: "cells" });
        }
        for row in &rows {
            NotEstimable::unless_length("a row of the table", width, row.len())?;
            NotEstimable::unless_finite("the table", row)?;
            if let Some(&value) = row.iter().find(|&&count| count < 0.0) {
                return Err(NotEstimable::Domain {
                    what: "a count",
                    value,
                });
            }
        }
        Ok(Self { rows })
    }

    /// Cross-classifies two factors given as codes. R: `table(a, b)`.
    ///
    /// # Panics
    /// If a code is not below the number of its levels.
    pub fn from_codes(a: &[usize], b: &[usize], a_levels: usize, b_levels: usize) -> Self {
        let mut rows = vec![vec![0.0; b_levels]; a_levels];
        for (&a, &b) in a.iter().zip(b) {
            rows[a][b] += 1.0;
        }
        Self { rows }
    }

    /// The rows.
    pub fn rows(&self) -> &[Vec<f64>] {
        &self.rows
    }

    /// The sum of each row. R: `rowSums`.
    ///
    /// ```
    /// use statistics::table_one::CountTable;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let table = CountTable::new(&[[10.0, 20.0], [30.0, 40.0]])?;
    /// assert_eq!(table.row_totals(), [30.0, 70.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn row_totals(&self) -> Vec<f64> {
        self.rows.iter().map(|row| row.iter().sum()).collect()
    }

    /// The sum of each column. R: `colSums`.
    ///
    /// ```
    /// use statistics::table_one::CountTable;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let table = CountTable::new(&[[10.0, 20.0], [30.0, 40.0]])?;
    /// assert_eq!(table.column_totals(), [40.0, 60.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn column_totals(&self) -> Vec<f64> {
        let width = self.rows.first().map_or(0, Vec::len);
        (0..width)
            .map(|column| self.rows.iter().map(|row| row[column]).sum())
            .collect()
    }

    /// Whether it has two rows and two columns.
    pub(super) fn demand_two_by_two(&self) -> Result<[[f64; 2]; 2], NotEstimable> {
        NotEstimable::unless_length("the table's rows", 2, self.rows.len())?;
        NotEstimable::unless_length("the table's columns", 2, self.rows[0].len())?;
        Ok([
            [self.rows[0][0], self.rows[0][1]],
            [self.rows[1][0], self.rows[1][1]],
        ])
    }
}

/// Pearson's χ² test of independence; `continuity` applies Yates' correction to 2 × 2 tables.
/// R: `chisq.test(table, correct = continuity)`.
///
/// ```
/// use statistics::table_one::{CountTable, chi_squared};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let table = CountTable::new(&[[10.0, 20.0], [20.0, 10.0]])?;
/// // All expected counts are 15: 4 · 25/15.
/// assert!((chi_squared(&table, false)?.statistic - 20.0 / 3.0).abs() < 1e-14);
/// // With the correction 4 · 4.5²/15.
/// assert!((chi_squared(&table, true)?.statistic - 5.4).abs() < 1e-14);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// A row or column without counts (leave it out first), or only one of them.
pub fn chi_squared(table: &CountTable, continuity: bool) -> Result<Test, NotEstimable> {
    let (rows, columns) = (table.row_totals(), table.column_totals());
    if rows.len() < 2 || columns.len() < 2 {
        return Err(NotEstimable::OneLevel {
            what: "a margin of the table",
        });
    }
    if rows.iter().chain(&columns).any(|&total| total == 0.0) {
        return Err(NotEstimable::Empty {
            what: "counts in a row or column",
        });
    }
    let n: f64 = rows.iter().sum();
    let mut cells = Vec::new();
    for (row, row_total) in table.rows.iter().zip(&rows) {
        for (count, column_total) in row.iter().zip(&columns) {
            cells.push((*count, row_total * column_total / n));
        }
    }
    let correction = if continuity && rows.len() == 2 && columns.len() == 2 {
        // R takes no more off than the smallest difference.
        cells
            .iter()
            .map(|(count, expected)| (count - expected).abs())
            .fold(0.5, f64::min)
    } else {
        0.0
    };
    let statistic = cells
        .iter()
        .map(|(count, expected)| ((count - expected).abs() - correction).powi(2) / expected)
        .sum();
    let df = ((rows.len() - 1) * (columns.len() - 1)) as f64;
    upper_tail(statistic, df)
}

/// McNemar's test (1947) that two paired yes/no answers are equally often yes, with the
/// continuity correction if asked. R: `mcnemar.test(table, correct = continuity)`.
///
/// ```
/// use statistics::table_one::{CountTable, mcnemar};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let table = CountTable::new(&[[5.0, 9.0], [1.0, 5.0]])?;
/// assert!((mcnemar(&table, false)?.statistic - 6.4).abs() < 1e-15);
/// assert!((mcnemar(&table, true)?.statistic - 4.9).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Not a 2 × 2 table, or no pair with different answers.
pub fn mcnemar(table: &CountTable, continuity: bool) -> Result<Test, NotEstimable> {
    let [[_, b], [c, _]] = table.demand_two_by_two()?;
    if b + c == 0.0 {
        return Err(NotEstimable::Empty {
            what: "pairs with different answers",
        });
    }
    let correction = if continuity && b != c { 1.0 } else { 0.0 };
    upper_tail(((b - c).abs() - correction).powi(2) / (b + c), 1.0)
}

/// The χ² test for a linear trend in proportions over scores (1, 2, … if `None`).
/// R: `prop.trend.test(x, n, score)`.
///
/// ```
/// use statistics::table_one::proportion_trend;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let test = proportion_trend(&[5.0, 9.0, 14.0], &[30.0, 31.0, 29.0], None)?;
/// assert!((test.statistic - 6.857_536_068_219_082).abs() < 1e-12);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Lengths that differ, fewer than two groups, an empty group, or a pooled proportion of 0 or 1.
pub fn proportion_trend(
    successes: &[f64],
    trials: &[f64],
    scores: Option<&[f64]>,
) -> Result<Test, NotEstimable> {
    NotEstimable::unless_length("the trials", successes.len(), trials.len())?;
    let numbered: Vec<f64> = (1..=successes.len()).map(|place| place as f64).collect();
    let scores = scores.unwrap_or(&numbered);
    NotEstimable::unless_length("the scores", successes.len(), scores.len())?;
    let n: f64 = trials.iter().sum();
    let p = successes.iter().sum::<f64>() / n;
    if !(p > 0.0 && p < 1.0) {
        return Err(NotEstimable::OneLevel {
            what: "the outcome",
        });
    }
    let weighted = |values: &dyn Fn(usize) -> f64| -> f64 { (0..trials.len()).map(values).sum() };
    let centre = weighted(&|group| trials[group] * scores[group]) / n;
    let slope =
        weighted(&|group| (successes[group] - trials[group] * p) * (scores[group] - centre));
    let spread = weighted(&|group| trials[group] * (scores[group] - centre).powi(2));
    if spread == 0.0 {
        return Err(NotEstimable::OneLevel { what: "the score" });
    }
    upper_tail(slope * slope / (spread * p * (1.0 - p)), 1.0)
}

pub(super) fn upper_tail(statistic: f64, df: f64) -> Result<Test, NotEstimable> {
    NotEstimable::unless_finite("the statistic", &[statistic])?;
    Ok(Test {
        statistic,
        df: Some(df),
        df2: None,
        p_value: ChiSquared::new(df)?.upper(statistic),
    })
}
