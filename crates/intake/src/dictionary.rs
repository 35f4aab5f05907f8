//! The data dictionary, printed: for people (Markdown, a workbook) and for programs (a
//! Frictionless Data Package descriptor).

mod package;
pub(crate) mod sheets;

pub use package::data_package_json;
pub use sheets::workbook;

use crate::schema::{FieldKind, FieldSpec, IdentifierForm, TABLES, TableSpec};
use codes::{Code, CodeList, all_lists};
use std::fmt::Write;

/// The dictionary as Markdown, in Dutch.
pub fn markdown() -> String {
    let mut text = String::from(
        "# Gegevenswoordenboek\n\nTabellen en velden van een levering aan Doorstroom. Datums als `jjjj-mm-dd` of `dd-mm-jjjj`.\n",
    );
    for table in TABLES {
        write_table(&mut text, table).expect("writing into a String cannot fail");
    }
    text.push_str("\n# Codelijsten\n");
    for list in all_lists() {
        write_list(&mut text, list).expect("writing into a String cannot fail");
    }
    text
}

fn write_table(text: &mut String, table: &TableSpec) -> std::fmt::Result {
    let required = if table.required {
        "Verplicht."
    } else {
        "Facultatief."
    };
    write!(
        text,
        "\n## {} (`{}`)\n\n{} {required}\n\n| veld | soort | verplicht | uitleg |\n|---|---|---|---|\n",
        table.title, table.name, table.description
    )?;
    for field in table.fields {
        let kind = kind_label(field).replace('|', "\\|");
        let must = if field.required { "ja" } else { "nee" };
        let explanation = field.description.replace('|', "\\|");
        writeln!(
            text,
            "| `{}` | {kind} | {must} | {explanation} |",
            field.name
        )?;
    }
    Ok(())
}

fn write_list(text: &mut String, list: &CodeList) -> std::fmt::Result {
    write!(
        text,
        "\n## {} {}\n\nBron: {}.\n\n| code | betekenis | geldig |\n|---|---|---|\n",
        list.id, list.title, list.source
    )?;
    for code in list.codes {
        writeln!(
            text,
            "| `{}` | {} | {} |",
            code.key,
            code.label,
            validity(code)
        )?;
    }
    Ok(())
}

/// The days on which a code may be used, in words.
fn validity(code: &Code) -> String {
    match (code.validity.from(), code.validity.until()) {
        (None, None) => "altijd".to_owned(),
        (Some(from), None) => format!("vanaf {from}"),
        (None, Some(until)) => format!("tot {until}"),
        (Some(from), Some(until)) => format!("van {from} tot {until}"),
    }
}

/// What a field holds, in words.
pub(crate) fn kind_label(field: &FieldSpec) -> String {
    match field.kind {
        FieldKind::PrimaryKey(_) => "sleutel".to_owned(),
        FieldKind::ForeignKey(domain) => format!("verwijzing naar {}", owner(domain)),
        FieldKind::Date => "datum".to_owned(),
        FieldKind::Integer { min, max } => format!("geheel getal, {min} tot en met {max}"),
        FieldKind::Decimal { min, max } => format!("getal, {min} tot en met {max}"),
        FieldKind::Code(list) => format!("code van {}", list().id),
        FieldKind::CodeSet(list) => format!("codes van {}, met | ertussen", list().id),
        FieldKind::Identifier(IdentifierForm::Bsn) => "BSN".to_owned(),
        FieldKind::Identifier(IdentifierForm::Postcode) => "postcode".to_owned(),
        FieldKind::Identifier(_) => "tekst".to_owned(),
    }
}

/// The table that owns the keys of a domain.
fn owner(domain: crate::KeyDomain) -> &'static str {
    let owns = |table: &&TableSpec| {
        table
            .primary_key()
            .is_some_and(|key| matches!(key.kind, FieldKind::PrimaryKey(own) if own == domain))
    };
    TABLES
        .iter()
        .find(owns)
        .map(|table| table.name)
        .expect("every domain has a table that owns it; a test of the schema holds this")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_and_code_is_in_the_printed_dictionary() {
        let text = markdown();
        let package: serde_json::Value = serde_json::from_str(&data_package_json()).unwrap();
        for (at, table) in TABLES.iter().enumerate() {
            assert!(text.contains(&format!("(`{}`)", table.name)));
            let fields = package["resources"][at]["schema"]["fields"]
                .as_array()
                .unwrap();
            assert_eq!(fields.len(), table.fields.len());
            for field in table.fields {
                assert!(
                    text.contains(&format!("| `{}` |", field.name)),
                    "{}",
                    field.name
                );
            }
        }
        for list in all_lists() {
            assert!(text.contains(list.source));
        }
    }

    #[test]
    fn workbooks_are_the_same_each_time() {
        assert_eq!(workbook().unwrap(), workbook().unwrap());
        assert_eq!(
            crate::template::workbook().unwrap(),
            crate::template::workbook().unwrap()
        );
    }
}
