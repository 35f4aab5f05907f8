//! Typed columns.

use crate::print_number;
use statistics::time_index::TimeIndex;
use std::collections::HashMap;
use std::fmt::{self, Debug, Formatter};

/// The code of a missing level.
pub const MISSING_CODE: u32 = u32::MAX;

/// A column of a table.
#[derive(Clone, PartialEq)]
pub enum Column {
    /// Numbers; missing is NaN.
    Number(Vec<f64>),
    /// True, false or missing.
    Logical(Vec<Option<bool>>),
    /// Text; the levels stand in the order of their first appearance and mean nothing.
    Text(Factor),
    /// A factor; its first level is the reference.
    Factor(Factor),
}

/// Values out of a short list.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Factor {
    /// Position in `levels` per row; [`MISSING_CODE`] where missing.
    pub codes: Vec<u32>,
    /// The values.
    pub levels: Vec<String>,
    /// Whether the order of the levels means more than which one is the reference.
    pub ordered: bool,
}

impl Factor {
    /// A factor from texts, its levels in the order of first appearance.
    pub fn by_appearance<'a>(values: impl Iterator<Item = Option<&'a str>>) -> Self {
        let mut builder = FactorBuilder::default();
        for value in values {
            builder.push(value);
        }
        builder.finish()
    }

    /// The text of a row.
    pub fn text(&self, row: usize) -> Option<&str> {
        self.levels
            .get(self.codes[row] as usize)
            .map(String::as_str)
    }

    /// Whether a row has no value.
    pub fn is_missing(&self, row: usize) -> bool {
        self.codes[row] == MISSING_CODE
    }

    /// The same values with other levels; what is not among them becomes missing.
    pub fn with_levels(&self, levels: Vec<String>, ordered: bool) -> Self {
        let places: HashMap<&str, u32> = levels
            .iter()
            .enumerate()
            .map(|(place, level)| (level.as_str(), place as u32))
            .collect();
        let map: Vec<u32> = self
            .levels
            .iter()
            .map(|level| places.get(level.as_str()).copied().unwrap_or(MISSING_CODE))
            .collect();
        let recode = |&code: &u32| map.get(code as usize).copied().unwrap_or(MISSING_CODE);
        Self {
            codes: self.codes.iter().map(recode).collect(),
            levels,
            ordered,
        }
    }

    /// The same values with only the levels that occur, in the same order.
    pub fn without_unused(&self) -> Self {
        let mut used = vec![false; self.levels.len()];
        for &code in self.codes.iter().filter(|&&code| code != MISSING_CODE) {
            used[code as usize] = true;
        }
        let kept = self.levels.iter().zip(&used).filter(|(_, used)| **used);
        let levels = kept.map(|(level, _)| level.clone()).collect();
        self.with_levels(levels, self.ordered)
    }

    /// The same values with the levels that occur in byte order, numbers by size.
    pub fn sorted(&self) -> Self {
        let mut levels = self.without_unused().levels;
        sort_levels(&mut levels);
        self.with_levels(levels, false)
    }

    /// The rows at these positions.
    pub fn rows(&self, rows: &[usize]) -> Self {
        Self {
            codes: rows.iter().map(|&row| self.codes[row]).collect(),
            levels: self.levels.clone(),
            ordered: self.ordered,
        }
    }
}

/// Sorts numbers by size if all are numbers, else texts by their bytes (R's locale "C").
pub(crate) fn sort_levels(levels: &mut [String]) {
    let numbers: Option<Vec<f64>> = levels.iter().map(|level| level.parse().ok()).collect();
    if numbers.is_some_and(|numbers| numbers.iter().all(|number: &f64| !number.is_nan())) {
        let size = |level: &String| level.parse::<f64>().unwrap_or(f64::NAN);
        levels.sort_by(|a, b| size(a).total_cmp(&size(b)));
    } else {
        levels.sort_unstable();
    }
}

/// Collects values of a factor, one by one.
#[derive(Default)]
pub(crate) struct FactorBuilder {
    places: HashMap<String, u32>,
    factor: Factor,
}

impl FactorBuilder {
    pub(crate) fn push(&mut self, value: Option<&str>) {
        let code = match value {
            None => MISSING_CODE,
            Some(value) => match self.places.get(value) {
                Some(&code) => code,
                None => self.add(value),
            },
        };
        self.factor.codes.push(code);
    }

    fn add(&mut self, value: &str) -> u32 {
        let code = self.factor.levels.len() as u32;
        self.factor.levels.push(value.into());
        self.places.insert(value.into(), code);
        code
    }

    pub(crate) fn finish(self) -> Factor {
        self.factor
    }
}

impl Column {
    /// Rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Number(values) => values.len(),
            Self::Logical(values) => values.len(),
            Self::Text(factor) | Self::Factor(factor) => factor.codes.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a row has no value.
    pub fn is_missing(&self, row: usize) -> bool {
        match self {
            Self::Number(values) => values[row].is_nan(),
            Self::Logical(values) => values[row].is_none(),
            Self::Text(factor) | Self::Factor(factor) => factor.is_missing(row),
        }
    }

    /// The rows at these positions.
    pub fn rows(&self, rows: &[usize]) -> Self {
        match self {
            Self::Number(values) => Self::Number(rows.iter().map(|&row| values[row]).collect()),
            Self::Logical(values) => Self::Logical(rows.iter().map(|&row| values[row]).collect()),
            Self::Text(factor) => Self::Text(factor.rows(rows)),
            Self::Factor(factor) => Self::Factor(factor.rows(rows)),
        }
    }

    /// Numbers as they are, logical values as 0 and 1; texts are no numbers.
    pub fn to_numbers(&self) -> Option<Vec<f64>> {
        match self {
            Self::Number(values) => Some(values.clone()),
            Self::Logical(values) => Some(
                values
                    .iter()
                    .map(|value| value.map_or(f64::NAN, |value| f64::from(u8::from(value))))
                    .collect(),
            ),
            Self::Text(_) | Self::Factor(_) => None,
        }
    }

    /// A factor as R's `factor()` makes it: numbers by size, texts in byte order.
    pub fn to_factor(&self) -> Factor {
        match self {
            Self::Factor(factor) => factor.clone(),
            Self::Text(factor) => factor.sorted(),
            Self::Number(values) => number_levels(values),
            Self::Logical(values) => {
                let text =
                    |value: &Option<bool>| value.map(|yes| if yes { "TRUE" } else { "FALSE" });
                Factor::by_appearance(values.iter().map(text)).sorted()
            }
        }
    }

    /// The text of a row, as R's `as.character` gives it.
    pub fn text(&self, row: usize) -> Option<String> {
        match self {
            Self::Number(values) if values[row].is_nan() => None,
            Self::Number(values) => Some(print_number(values[row])),
            Self::Logical(values) => {
                values[row].map(|yes| if yes { "TRUE" } else { "FALSE" }.into())
            }
            Self::Text(factor) | Self::Factor(factor) => factor.text(row).map(str::to_owned),
        }
    }
}

fn number_levels(values: &[f64]) -> Factor {
    // What finds times among the distinct ones finds any numbers; only infinite ones it leaves
    // out.
    let index = TimeIndex::new(&[values]);
    let infinite = |number: f64| values.contains(&number).then_some(number);
    let (lowest, highest) = (infinite(f64::NEG_INFINITY), infinite(f64::INFINITY));
    let distinct = lowest.iter().chain(index.times()).chain(&highest);
    // Numbers that print the same in 15 digits are one level, as in R.
    let mut levels: Vec<String> = Vec::new();
    let mut codes_of_distinct = Vec::with_capacity(index.len() + 2);
    for &value in distinct {
        let text = print_number(value);
        if levels.last() != Some(&text) {
            levels.push(text);
        }
        codes_of_distinct.push(levels.len() as u32 - 1);
    }
    let lower = usize::from(lowest.is_some());
    let code = |(value, not_after): (&f64, u32)| match value.is_nan() {
        true => MISSING_CODE,
        false => {
            let itself = usize::from(*value < f64::INFINITY);
            codes_of_distinct[lower + not_after as usize - itself]
        }
    };
    let not_after = index.count_not_after(values);
    Factor {
        codes: values.iter().zip(not_after).map(code).collect(),
        levels,
        ordered: false,
    }
}

/// Kind and size only: cells are nobody's business in a log.
impl Debug for Column {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Number(_) => "Number",
            Self::Logical(_) => "Logical",
            Self::Text(_) => "Text",
            Self::Factor(_) => "Factor",
        };
        write!(f, "{kind}({} rows)", self.len())
    }
}

/// Size only, as for a column.
impl Debug for Factor {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Factor({} rows, {} levels)",
            self.codes.len(),
            self.levels.len()
        )
    }
}
