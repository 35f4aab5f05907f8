use super::flat::{FlatCell, FlatTable};
use crate::Error;
use csv::{Terminator, WriterBuilder};

/// What tells Excel that a text file is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// First characters that make a spreadsheet read a text as a formula.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A table as a Dutch .csv file: semicolons, decimal commas, and a mark that it is UTF-8, so
/// that it opens with a double click.
pub(super) fn csv(table: &FlatTable<'_>) -> Result<Vec<u8>, Error> {
    let mut writer = WriterBuilder::new()
        .delimiter(b';')
        .terminator(Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    writer.write_record(table.columns.iter().map(|column| harmless(&column.title)))?;
    for row in &table.rows {
        writer.write_record(row.cells.iter().map(text))?;
    }
    writer
        .into_inner()
        .map_err(|error| Error::Write(error.into_error()))
}

fn text(cell: &FlatCell) -> String {
    match cell {
        FlatCell::Empty => String::new(),
        FlatCell::Text(text) | FlatCell::Sign(text) => harmless(text),
        FlatCell::Number {
            value,
            decimals,
            is_share: false,
        } => decimal(*value, *decimals),
        FlatCell::Number {
            value, decimals, ..
        } => format!("{}%", decimal(value * 100.0, *decimals)),
    }
}

/// A number as Dutch spreadsheets read it: a comma, no dots between thousands, a plain hyphen.
fn decimal(value: f64, decimals: u8) -> String {
    format!("{value:.*}", usize::from(decimals)).replace('.', ",")
}

/// A text that no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    match text.starts_with(FORMULA_STARTS) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_dutch_and_plain() {
        let cell = |value, decimals, is_share| {
            text(&FlatCell::Number {
                value,
                decimals,
                is_share,
            })
        };
        assert_eq!(cell(1234.0, 0, false), "1234");
        assert_eq!(cell(-0.25, 2, false), "-0,25");
        assert_eq!(cell(0.1234, 1, true), "12,3%");
    }

    #[test]
    fn formulas_become_text() {
        for formula in ["=1+1", "+31 6", "-2", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(
                text(&FlatCell::Text(formula.to_owned())),
                format!("'{formula}")
            );
        }
        assert_eq!(text(&FlatCell::Sign("<10".to_owned())), "<10");
        assert_eq!(text(&FlatCell::Sign("–".to_owned())), "–");
    }
}
