use super::owner;
use crate::schema::{FieldKind, FieldSpec, TABLES, TableSpec};
use codes::{CodeList, all_lists};
use serde_json::{Map, Value, json};

/// The dictionary as a Data Package descriptor (Frictionless), for the csv files of the
/// templates: one resource per table, with keys, types, limits and codes.
pub fn data_package_json() -> String {
    let package = json!({
        "name": "doorstroom-levering",
        "title": "Levering aan Doorstroom",
        "profile": "tabular-data-package",
        "resources": TABLES.iter().map(resource).collect::<Vec<_>>(),
        "codelijsten": all_lists().iter().map(|list| code_list(list)).collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&package).expect("plain values always serialise");
    text.push('\n');
    text
}

fn resource(table: &TableSpec) -> Value {
    let mut schema = Map::new();
    let fields: Vec<Value> = table.fields.iter().map(field).collect();
    schema.insert("fields".into(), fields.into());
    schema.insert(
        "missingValues".into(),
        json!(["", "NULL", "n.v.t.", "-", "onbekend"]),
    );
    if let Some(key) = table.primary_key() {
        schema.insert("primaryKey".into(), json!([key.name]));
    }
    let foreign: Vec<Value> = table.fields.iter().filter_map(foreign_key).collect();
    if !foreign.is_empty() {
        schema.insert("foreignKeys".into(), foreign.into());
    }
    json!({
        "name": table.name,
        "title": table.title,
        "description": table.description,
        "path": format!("{}.csv", table.name),
        "profile": "tabular-data-resource",
        "format": "csv",
        "encoding": "utf-8",
        "dialect": { "delimiter": ";" },
        "schema": schema,
    })
}

fn field(field: &FieldSpec) -> Value {
    let (kind, mut constraints) = match field.kind {
        FieldKind::Date => ("date", Map::new()),
        FieldKind::Integer { min, max } => ("integer", limits(min.into(), max.into())),
        FieldKind::Decimal { min, max } => ("number", limits(min.into(), max.into())),
        FieldKind::Code(list) => ("string", codes(list())),
        FieldKind::CodeSet(list) => ("string", code_set(list())),
        FieldKind::PrimaryKey(_) | FieldKind::ForeignKey(_) | FieldKind::Identifier(_) => {
            ("string", Map::new())
        }
    };
    if field.required {
        constraints.insert("required".into(), true.into());
    }
    let mut descriptor = Map::new();
    descriptor.insert("name".into(), field.name.into());
    descriptor.insert("type".into(), kind.into());
    descriptor.insert("description".into(), field.description.into());
    descriptor.insert("engelse_naam".into(), field.english.into());
    if let Some(list) = field.kind.codes() {
        descriptor.insert("codelijst".into(), list.id.into());
    }
    if !constraints.is_empty() {
        descriptor.insert("constraints".into(), constraints.into());
    }
    descriptor.into()
}

fn limits(min: Value, max: Value) -> Map<String, Value> {
    Map::from_iter([("minimum".to_owned(), min), ("maximum".to_owned(), max)])
}

fn codes(list: &CodeList) -> Map<String, Value> {
    let keys: Vec<&str> = list.codes.iter().map(|code| code.key).collect();
    Map::from_iter([("enum".to_owned(), json!(keys))])
}

fn code_set(list: &CodeList) -> Map<String, Value> {
    // Keys hold letters, digits, hyphens and underscores only, so none needs escaping.
    let keys: Vec<&str> = list.codes.iter().map(|code| code.key).collect();
    let one = keys.join("|");
    Map::from_iter([(
        "pattern".to_owned(),
        json!(format!("^({one})(\\|({one}))*$")),
    )])
}

fn foreign_key(field: &FieldSpec) -> Option<Value> {
    let FieldKind::ForeignKey(domain) = field.kind else {
        return None;
    };
    Some(json!({
        "fields": [field.name],
        "reference": { "resource": owner(domain), "fields": [field.name] },
    }))
}

fn code_list(list: &CodeList) -> Value {
    let codes = list.codes.iter().map(|code| {
        json!({
            "code": code.key,
            "betekenis": code.label,
            "geldig_vanaf": code.validity.from().map(|day| day.to_string()),
            "geldig_tot": code.validity.until().map(|day| day.to_string()),
        })
    });
    json!({
        "id": list.id,
        "titel": list.title,
        "bron": list.source,
        "codes": codes.collect::<Vec<_>>(),
    })
}
