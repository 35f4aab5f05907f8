//! Heads and moments that stand for a whole vector or table.

use super::tree::Tree;

/// What a name says of a whole: `first50`, `sum`, `sumsq`, `colsum`, `colsumsq`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    First(usize),
    Sum,
    SumOfSquares,
    ColumnSums,
    ColumnSumsOfSquares,
}

impl Part {
    /// The part that a field is named after, and the name of the whole: empty for the object
    /// itself, `fitted` for `fitted.first20`.
    pub(super) fn of(name: &str) -> Option<(&str, Self)> {
        let (whole, part) = name.rsplit_once('.').unwrap_or(("", name));
        let part = match part {
            "sum" => Self::Sum,
            "sumsq" => Self::SumOfSquares,
            "colsum" => Self::ColumnSums,
            "colsumsq" => Self::ColumnSumsOfSquares,
            _ => Self::First(part.strip_prefix("first")?.parse().ok()?),
        };
        Some((whole, part))
    }

    /// This part of a whole. `names` are the columns to take, in order, where the whole is an
    /// object of columns.
    pub(super) fn take(self, whole: &Tree, names: &[&str]) -> Option<Tree> {
        match self {
            Self::First(count) => Some(first(whole, count)),
            Self::Sum => Some(Tree::Number(whole.numbers()?.iter().sum())),
            Self::SumOfSquares => Some(Tree::Number(sum_of_squares(&whole.numbers()?))),
            Self::ColumnSums => {
                let sums = columns(whole, names)?
                    .into_iter()
                    .map(|column| column.iter().sum());
                Some(Tree::Array(sums.map(Tree::Number).collect()))
            }
            Self::ColumnSumsOfSquares => {
                let columns = columns(whole, names)?;
                let sums = columns
                    .iter()
                    .map(|column| Tree::Number(sum_of_squares(column)));
                Some(Tree::Array(sums.collect()))
            }
        }
    }
}

fn sum_of_squares(numbers: &[f64]) -> f64 {
    numbers.iter().map(|x| x * x).sum()
}

fn first(whole: &Tree, count: usize) -> Tree {
    match whole {
        Tree::Array(elements) => Tree::Array(elements.iter().take(count).cloned().collect()),
        Tree::Object(fields) => {
            let shortened = |(name, column): &(String, Tree)| (name.clone(), first(column, count));
            Tree::Object(fields.iter().map(shortened).collect())
        }
        other => other.clone(),
    }
}

/// The columns of an array of rows, or of an object of columns.
fn columns(whole: &Tree, names: &[&str]) -> Option<Vec<Vec<f64>>> {
    match whole {
        Tree::Object(fields) if names.is_empty() => {
            fields.iter().map(|(_, column)| column.numbers()).collect()
        }
        Tree::Object(_) => names
            .iter()
            .map(|name| whole.get(name)?.numbers())
            .collect(),
        Tree::Array(rows) => {
            let rows: Vec<Vec<f64>> = rows.iter().map(Tree::numbers).collect::<Option<_>>()?;
            let width = rows.first()?.len();
            let column = |place: usize| rows.iter().map(|row| row.get(place).copied()).collect();
            (0..width).map(column).collect()
        }
        _ => None,
    }
}
