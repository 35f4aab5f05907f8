use std::collections::BTreeMap;

/// Which values are missing together.
///
/// ```
/// use statistics::imputation::MissingPatterns;
/// let nan = f64::NAN;
/// let patterns = MissingPatterns::of(&[[1.0, 2.0, 3.0], [nan, 1.0, nan]]);
/// assert_eq!(patterns.missing, [0, 2]);
/// assert_eq!(patterns.patterns[0].rows, 1);
/// assert_eq!(patterns.patterns[1].rows, 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingPatterns {
    /// Columns (positions in the input), the ones with fewest missing values first.
    pub columns: Vec<usize>,
    /// Missing values of each of these.
    pub missing: Vec<usize>,
    /// The patterns, complete rows first.
    pub patterns: Vec<MissingPattern>,
}

/// One pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingPattern {
    /// Whether each column (in the order of `columns`) is there.
    pub present: Vec<bool>,
    /// How many rows have the pattern.
    pub rows: usize,
}

impl MissingPatterns {
    /// Counts the patterns of columns in which NaN is missing. R: `mice::md.pattern`.
    pub fn of<C: AsRef<[f64]>>(columns: &[C]) -> Self {
        let counts: Vec<usize> = columns
            .iter()
            .map(|column| {
                column
                    .as_ref()
                    .iter()
                    .filter(|value| value.is_nan())
                    .count()
            })
            .collect();
        let mut order: Vec<usize> = (0..columns.len()).collect();
        order.sort_by_key(|&column| counts[column]);
        let rows = columns.first().map_or(0, |column| column.as_ref().len());
        // Sorted by how many are missing, then from the left: what is there comes first.
        let mut found: BTreeMap<(usize, Vec<bool>), usize> = BTreeMap::new();
        for row in 0..rows {
            let absent: Vec<bool> = order
                .iter()
                .map(|&column| columns[column].as_ref()[row].is_nan())
                .collect();
            let count = absent.iter().filter(|&&absent| absent).count();
            *found.entry((count, absent)).or_default() += 1;
        }
        let pattern = |((_, absent), rows): ((usize, Vec<bool>), usize)| MissingPattern {
            present: absent.iter().map(|absent| !absent).collect(),
            rows,
        };
        Self {
            missing: order.iter().map(|&column| counts[column]).collect(),
            columns: order,
            patterns: found.into_iter().map(pattern).collect(),
        }
    }
}
