//! What it does: looks for rows without a value in a required field. Keys and the ground have
//! rules of their own, and a column that is not there is reported once.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "S107",
    severity: Blocking,
    title: "Verplicht veld is leeg",
    why: "Een rij zonder dit veld kan niet worden gebruikt.",
    example: "Bij een ontslag is geen bestemming ingevuld.",
    mend: "Vul het veld in; is het niet bekend, gebruik dan de code voor onbekend als de lijst die heeft.",
    check,
    sentence: |place, tables| {
        format!(
            "De kolom {} is verplicht, maar hier is niets ingevuld.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for (position, table) in context.tables.tables.iter().enumerate() {
        for (field, spec) in table.spec.fields.iter().enumerate() {
            let has_missing = context.index.extent(position, field).has_missing;
            if spec.required && has_missing && !has_own_rule(spec) {
                check_field(table, position, field, reporter);
            }
        }
    }
}

fn has_own_rule(spec: &FieldSpec) -> bool {
    matches!(
        spec.kind,
        FieldKind::PrimaryKey(_) | FieldKind::ForeignKey(_)
    ) || spec.name == "grondslag"
}

fn check_field(table: &Table, position: usize, field: usize, reporter: &mut Reporter) {
    for (at, origin) in table.origins.iter().enumerate() {
        if super::s102_required_column::is_missing(table, at, origin, field) {
            continue;
        }
        let end = table
            .origins
            .get(at + 1)
            .map_or(table.rows, |next| next.first_row);
        for row in origin.first_row..end {
            if is_empty(&table.columns[field], row) {
                reporter.report(Place::table_at(position).row(row).field_at(field));
            }
        }
    }
}

fn is_empty(column: &Column, row: usize) -> bool {
    match column {
        Column::Absent => true,
        Column::Packed(cells) | Column::Decimal { cells, .. } => {
            let cell = cells[row];
            !cell.is_value() && matches!(cell.cell(), Cell::Missing(_))
        }
        Column::Text(texts) => texts.get(row).is_empty(),
    }
}
