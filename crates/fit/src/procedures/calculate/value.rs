//! What an expression of `calculate` gives.

use crate::json;
use serde_json::{Map, Value as Json};
use statistics::table_one::CountTable;

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Numbers; R's NA is NaN with `missing` below.
    Numbers(Vec<f64>),
    /// Numbers that are shown as a vector even if there is one of them.
    Vector(Vec<f64>),
    /// Texts.
    Texts(Vec<String>),
    /// Something that is not there (R's NULL or NA).
    Missing,
    /// Values by name or position.
    List(Vec<(Option<String>, Value)>),
    /// A table of counts, or several of them in strata.
    Tables(Vec<CountTable>),
}

impl Value {
    pub(super) fn number(x: f64) -> Self {
        Self::Numbers(vec![x])
    }

    /// A list with names.
    pub(super) fn named<const N: usize>(fields: [(&str, Value); N]) -> Self {
        let named = fields
            .into_iter()
            .map(|(name, value)| (Some(name.to_owned()), value));
        Self::List(named.collect())
    }

    /// As the reference cases write it: single numbers as numbers, lists with names as objects.
    pub(super) fn to_json(&self) -> Json {
        match self {
            Self::Numbers(numbers) if numbers.len() == 1 => json::number(numbers[0]),
            Self::Numbers(numbers) | Self::Vector(numbers) => json::numbers(numbers),
            Self::Texts(texts) if texts.len() == 1 => Json::from(texts[0].as_str()),
            Self::Texts(texts) => json::texts(texts),
            Self::Missing => Json::Null,
            Self::List(fields) if fields.iter().any(|(name, _)| name.is_some()) => {
                let named = fields.iter().enumerate().map(|(place, (name, value))| {
                    let name = name.clone().unwrap_or_else(|| (place + 1).to_string());
                    (name, value.to_json())
                });
                Json::Object(named.collect::<Map<_, _>>())
            }
            Self::List(fields) => fields.iter().map(|(_, value)| value.to_json()).collect(),
            Self::Tables(tables) if tables.len() == 1 => table(&tables[0]),
            Self::Tables(tables) => tables.iter().map(table).collect(),
        }
    }

    /// The same as indented text.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0);
        text
    }

    fn write(&self, text: &mut String, depth: usize) {
        let indent = "  ".repeat(depth);
        match self {
            Self::List(fields) => {
                for (place, (name, value)) in fields.iter().enumerate() {
                    let name = name.clone().unwrap_or_else(|| format!("[{}]", place + 1));
                    if let Self::List(_) = value {
                        text.push_str(&format!("{indent}{name}\n"));
                        value.write(text, depth + 1);
                    } else {
                        text.push_str(&format!("{indent}{name}: "));
                        value.write(text, 0);
                    }
                }
            }
            Self::Numbers(numbers) | Self::Vector(numbers) => {
                let shown: Vec<String> =
                    numbers.iter().map(|&x| crate::text::signif(x, 7)).collect();
                text.push_str(&format!("{indent}{}\n", shown.join(" ")));
            }
            Self::Texts(texts) => text.push_str(&format!("{indent}{}\n", texts.join(" "))),
            Self::Missing => text.push_str(&format!("{indent}NA\n")),
            Self::Tables(_) => text.push_str(&format!("{indent}{}\n", self.to_json())),
        }
    }
}

fn table(table: &CountTable) -> Json {
    table.rows().iter().map(|row| json::numbers(row)).collect()
}
