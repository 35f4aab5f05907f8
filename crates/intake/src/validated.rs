use crate::schema::{FieldKind, TABLES, TableKind, TableSpec};
use crate::split::{IdentifierTable, content};
use crate::table::KeyDomain;
use crate::{Column, DeliveryInfo, Findings, Packed, ParsedTables, Severity, Table, TextColumn};
use calendar::Day;
use codes::Institution;
use rayon::prelude::*;
use record::Content;

/// A delivery that may be used: no finding blocks it, and each row has what a row needs.
#[derive(Debug)]
pub struct ValidatedTables {
    tables: ParsedTables,
    institution: Institution,
}

/// Why a delivery may not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Blocked {
    /// The rules found something that blocks.
    #[error("de controle heeft {0} blokkerende bevindingen; herstel ze en controleer opnieuw")]
    Findings(usize),
    /// Files could not be read.
    #[error("{0} bestanden konden niet worden gelezen; lever ze opnieuw")]
    Unreadable(usize),
    /// The delivery does not say whose it is.
    #[error("de tabel levering noemt geen instelling; vul instelling_code in")]
    NoInstitution,
    /// Rows lack a value, or a row that they point at.
    #[error(
        "in tabel {table} ontbreekt in veld {field} een geldige waarde of verwijzing; vul haar aan en controleer opnieuw"
    )]
    Incomplete {
        /// The dictionary table.
        table: &'static str,
        /// The field.
        field: &'static str,
    },
}

/// The two parts of a delivery. Nothing in the content says who anybody is; what binds the two
/// are positions, which sealing replaces by random row ids.
#[derive(Debug)]
pub struct SplitTables {
    /// Who the clients are.
    pub identifiers: IdentifierTable,
    /// Everything else. `row_ids` is left empty: whoever seals the delivery fills it.
    pub content: Content<Day>,
    /// The sender's own number of each client of the content; it stays at the institution.
    pub client_ids: TextColumn,
    /// What is known of the delivery as a whole.
    pub info: DeliveryInfo,
}

/// Lets a checked delivery through if nothing blocks it.
///
/// # Errors
/// Any blocking finding, any file that could not be read, and (so that what follows need not
/// doubt) any required value or reference that is not there.
pub fn validate(tables: ParsedTables, findings: &Findings) -> Result<ValidatedTables, Blocked> {
    let blocking = findings
        .iter()
        .filter(|finding| finding.rule.severity == Severity::Blocking)
        .count();
    if blocking > 0 {
        return Err(Blocked::Findings(blocking));
    }
    if !tables.unreadable.is_empty() {
        return Err(Blocked::Unreadable(tables.unreadable.len()));
    }
    let institution = tables.info.institution.ok_or(Blocked::NoInstitution)?;
    let broken = tables
        .tables
        .par_iter()
        .filter(|table| table.spec.kind != TableKind::Delivery)
        .find_map_first(|table| broken_field(table, &tables));
    if let Some((table, field)) = broken {
        return Err(Blocked::Incomplete { table, field });
    }
    Ok(ValidatedTables {
        tables,
        institution,
    })
}

impl ValidatedTables {
    /// What is known of the delivery as a whole.
    pub fn info(&self) -> &DeliveryInfo {
        &self.tables.info
    }

    /// The number of rows over all tables.
    pub fn rows(&self) -> usize {
        self.tables.rows()
    }

    /// Parts who the clients are from everything else.
    ///
    /// Rows keep their order. Optional cells that hold no value, or one that cannot be kept
    /// (an IQ of 4000), are missing in the content; the check has reported each of them. Ends
    /// that a delivery gives as a last day become the first day after it.
    pub fn split(self) -> SplitTables {
        let content = content(&self.tables, self.institution);
        let mut tables = self.tables;
        let persons = TABLES
            .iter()
            .position(|table| table.kind == TableKind::Identifiers)
            .expect("the dictionary has an identifier table");
        SplitTables {
            identifiers: IdentifierTable::new(tables.tables.swap_remove(persons)),
            content,
            client_ids: tables.client_ids,
            info: tables.info,
        }
    }
}

/// The first field that lacks a required value or points at nothing.
fn broken_field(table: &Table, tables: &ParsedTables) -> Option<(&'static str, &'static str)> {
    let broken = table
        .spec
        .fields
        .iter()
        .zip(&table.columns)
        .find(|(field, column)| {
            if table.rows == 0 {
                return false;
            }
            match (field.kind, column) {
                // Split reads positions as row numbers, so each row must be its own key's first.
                (FieldKind::PrimaryKey(_), Column::Packed(cells)) => !cells
                    .iter()
                    .enumerate()
                    .all(|(row, cell)| cell.get() == Some(row as i32)),
                (FieldKind::ForeignKey(domain), Column::Packed(cells)) => {
                    let rows = owner(domain).map_or(0, |owner| tables.table(owner.name).rows);
                    let known = |cell: &Packed| match cell.get() {
                        Some(key) => (key as usize) < rows,
                        None => !field.required,
                    };
                    !cells.iter().all(known)
                }
                (FieldKind::Integer { min, .. }, Column::Packed(cells)) if field.required => {
                    let lowest = if min < 0 { i32::from(i16::MIN) } else { 0 };
                    let fits = |cell: &Packed| {
                        cell.get()
                            .is_some_and(|number| (lowest..=i32::from(i16::MAX)).contains(&number))
                    };
                    !cells.iter().all(fits)
                }
                (_, Column::Packed(cells)) if field.required => {
                    !cells.iter().all(|cell| cell.is_value())
                }
                (FieldKind::Identifier(_), _) => false,
                (_, Column::Absent) => field.required,
                _ => false,
            }
        });
    broken.map(|(field, _)| (table.spec.name, field.name))
}

fn owner(domain: KeyDomain) -> Option<&'static TableSpec> {
    TABLES.iter().find(|table| {
        table
            .primary_key()
            .is_some_and(|field| matches!(field.kind, FieldKind::PrimaryKey(own) if own == domain))
    })
}
