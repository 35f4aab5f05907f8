//! `SCHEMA.json` beside a table: types of columns and the order of levels.

use crate::{Failure, Inputs};
use formula::{ColumnType, Schema};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct TableEntry {
    #[serde(default)]
    columns: BTreeMap<String, ColumnEntry>,
}

#[derive(Deserialize)]
struct ColumnEntry {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    levels: Vec<String>,
    #[serde(default)]
    ordered: bool,
}

/// What the `SCHEMA.json` in the folder of a table says of it; nothing if there is none.
pub(crate) fn beside(inputs: &Inputs<'_>, data: &str) -> Result<Schema, Failure> {
    let (folder, file) = match data.rfind(['/', '\\']) {
        Some(end) => data.split_at(end + 1),
        None => ("", data),
    };
    let name = format!("{folder}SCHEMA.json");
    let Some(bytes) = inputs.read_if_there(&name)? else {
        return Ok(Schema::unknown());
    };
    let tables: Value = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::new("unreadable_schema", format!("{name}: {error}.")))?;
    if !tables.is_object() {
        let message = format!("{name} heeft een andere vorm en is niet gebruikt.");
        inputs.warn("schema_not_used", message);
    }
    let table = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let Some(entry) = tables.get(table) else {
        return Ok(Schema::unknown());
    };
    let entry: TableEntry = serde_json::from_value(entry.clone())
        .map_err(|error| Failure::new("unreadable_schema", format!("{name}: {table}: {error}.")))?;
    Ok(schema(entry))
}

fn schema(entry: TableEntry) -> Schema {
    let mut schema = Schema::unknown();
    for (column, entry) in entry.columns {
        if let Some(kind) = column_type(entry) {
            schema.set(&column, kind);
        }
    }
    schema
}

/// The types are those of R's `class()`; an unknown one is no type.
fn column_type(entry: ColumnEntry) -> Option<ColumnType> {
    match entry.kind.as_deref()? {
        "numeric" | "integer" | "double" | "number" => Some(ColumnType::Number),
        "factor" | "ordered" => {
            let ordered = entry.ordered || entry.kind.as_deref() == Some("ordered");
            Some(ColumnType::Factor {
                levels: entry.levels,
                ordered,
            })
        }
        "character" | "text" | "string" => Some(ColumnType::Text),
        "Date" | "date" => Some(ColumnType::Date),
        "logical" | "boolean" => Some(ColumnType::Logical),
        _ => None,
    }
}
