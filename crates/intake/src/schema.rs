//! The data dictionary in code: tables, fields, keys, ranges and code lists.
//!
//! Field names are the standard's own Dutch names, verbatim; they are translated once, in
//! `record`.

mod tables;

pub use tables::TABLES;

use crate::table::KeyDomain;
use codes::CodeList;

/// What kind of data a table holds, and so where it may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableKind {
    /// About the delivery itself.
    Delivery,
    /// Who somebody is; the only table in which identifiers may stand. Never leaves the source.
    Identifiers,
    /// Content without direct identifiers.
    Content,
}

/// One table of the dictionary.
#[derive(Debug)]
pub struct TableSpec {
    /// Name in deliveries.
    pub name: &'static str,
    /// Dutch title.
    pub title: &'static str,
    /// What a row is, in Dutch.
    pub description: &'static str,
    /// What kind of data it holds.
    pub kind: TableKind,
    /// Whether a delivery without it is incomplete.
    pub required: bool,
    /// The fields, in order.
    pub fields: &'static [FieldSpec],
}

impl TableSpec {
    /// The table with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TABLES.iter().find(|table| table.name == name)
    }

    /// The position of a field.
    pub fn position(&self, field: &str) -> Option<usize> {
        self.fields.iter().position(|spec| spec.name == field)
    }

    /// The field with this name.
    pub fn field(&self, name: &str) -> Option<&FieldSpec> {
        self.fields.iter().find(|spec| spec.name == name)
    }

    /// The field that names each row, if the table has one.
    pub fn primary_key(&self) -> Option<&FieldSpec> {
        self.fields
            .iter()
            .find(|spec| matches!(spec.kind, FieldKind::PrimaryKey(_)))
    }
}

/// One field of a table.
#[derive(Debug)]
pub struct FieldSpec {
    /// Name in deliveries.
    pub name: &'static str,
    /// English name, as in `record`.
    pub english: &'static str,
    /// Dutch explanation.
    pub description: &'static str,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether each row must have a value.
    pub required: bool,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum FieldKind {
    /// The row's own key; unique within the domain.
    PrimaryKey(KeyDomain),
    /// A key of another table's row.
    ForeignKey(KeyDomain),
    /// A date.
    Date,
    /// A whole number within limits, both included.
    Integer {
        /// Smallest sensible value.
        min: i32,
        /// Largest sensible value.
        max: i32,
    },
    /// A number within limits, both included.
    Decimal {
        /// Smallest sensible value.
        min: f64,
        /// Largest sensible value.
        max: f64,
    },
    /// A code of a list.
    Code(fn() -> &'static CodeList),
    /// Several codes of a list (at most 16 codes long), kept as bits; written with `|` between.
    CodeSet(fn() -> &'static CodeList),
    /// Text of one of the identifier forms; only in the identifier table.
    Identifier(IdentifierForm),
}

impl FieldKind {
    /// The code list behind a field, if it has one.
    pub fn codes(&self) -> Option<&'static CodeList> {
        match self {
            Self::Code(list) | Self::CodeSet(list) => Some(list()),
            _ => None,
        }
    }
}

/// The form of an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifierForm {
    /// Burgerservicenummer: nine digits that pass the eleven-test.
    Bsn,
    /// Strafrechtsketennummer.
    Skn,
    /// A name or part of one.
    Name,
    /// Initials.
    Initials,
    /// A Dutch postcode, four digits and perhaps two letters.
    Postcode,
}

const fn field(
    name: &'static str,
    english: &'static str,
    kind: FieldKind,
    description: &'static str,
) -> FieldSpec {
    FieldSpec {
        name,
        english,
        description,
        kind,
        required: false,
    }
}

const fn must(
    name: &'static str,
    english: &'static str,
    kind: FieldKind,
    description: &'static str,
) -> FieldSpec {
    FieldSpec {
        name,
        english,
        description,
        kind,
        required: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_foreign_keys_have_a_table() {
        for (position, table) in TABLES.iter().enumerate() {
            assert!(
                TABLES[..position]
                    .iter()
                    .all(|other| other.name != table.name)
            );
            for (at, field) in table.fields.iter().enumerate() {
                assert!(
                    table.fields[..at]
                        .iter()
                        .all(|other| other.name != field.name)
                );
                assert!(!field.description.is_empty());
                if let FieldKind::ForeignKey(domain) = field.kind {
                    let owner = |spec: &FieldSpec| matches!(spec.kind, FieldKind::PrimaryKey(own) if own == domain);
                    assert!(
                        TABLES.iter().any(|table| table.fields.iter().any(owner)),
                        "{}",
                        field.name
                    );
                }
                if let FieldKind::CodeSet(list) = field.kind {
                    assert!(list().codes.len() <= 16);
                }
                let identifier = matches!(field.kind, FieldKind::Identifier(_));
                assert!(
                    !identifier || table.kind == TableKind::Identifiers,
                    "{}",
                    field.name
                );
            }
        }
    }
}
