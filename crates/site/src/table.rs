use figure::{ColumnKind, DataTable, Row, RowKind, Value};

/// A table as its template needs it.
pub(crate) struct TableView {
    pub id: String,
    pub caption: String,
    /// Headings that span columns; empty where there are none.
    pub groups: Vec<HeadView>,
    /// Headings of single columns, those excepted that reach over both rows.
    pub heads: Vec<HeadView>,
    pub bodies: Vec<BodyView>,
    pub totals: Vec<RowView>,
    pub notes: Vec<String>,
    pub width: usize,
    pub sortable: bool,
}

pub(crate) struct HeadView {
    pub title: String,
    pub columns: usize,
    pub rows: usize,
    pub is_group: bool,
    pub class: &'static str,
    /// Position of the column that sorting by this heading is about.
    pub column: usize,
}

/// Rows with the heading over them.
#[derive(Default)]
pub(crate) struct BodyView {
    pub heading: Option<String>,
    pub rows: Vec<RowView>,
}

pub(crate) struct RowView {
    pub heading: String,
    pub cells: Vec<CellView>,
}

pub(crate) struct CellView {
    pub text: String,
    pub class: &'static str,
    /// The number to sort by; empty for words and for what is hidden.
    pub value: String,
}

impl TableView {
    pub fn new(table: &DataTable) -> Self {
        let (groups, heads) = headings(table);
        let totals = table.rows().iter().filter(|row| row.kind == RowKind::Total);
        Self {
            id: table.id().to_owned(),
            caption: table.caption().to_owned(),
            groups,
            heads,
            bodies: bodies(table),
            totals: totals.map(|row| row_view(table, row)).collect(),
            notes: table.notes().to_vec(),
            width: table.columns().len(),
            sortable: table.is_sortable() && table.rows().len() > 2,
        }
    }
}

fn headings(table: &DataTable) -> (Vec<HeadView>, Vec<HeadView>) {
    let has_groups = table.columns().iter().any(|column| column.group.is_some());
    let mut groups = Vec::new();
    let mut heads = Vec::new();
    let mut column = 0;
    for (group, span) in table.column_groups() {
        if let Some(group) = group {
            groups.push(HeadView {
                title: group.to_owned(),
                columns: span,
                rows: 1,
                is_group: true,
                class: "group",
                column,
            });
        }
        for position in column..column + span {
            let head = HeadView {
                title: table.columns()[position].title.clone(),
                columns: 1,
                rows: if has_groups && group.is_none() { 2 } else { 1 },
                is_group: false,
                class: class(table.columns()[position].kind),
                column: position,
            };
            let in_first_row = has_groups && group.is_none();
            if in_first_row {
                &mut groups
            } else {
                &mut heads
            }
            .push(head);
        }
        column += span;
    }
    (groups, heads)
}

fn bodies(table: &DataTable) -> Vec<BodyView> {
    let mut bodies = vec![BodyView::default()];
    for row in table.rows() {
        match row.kind {
            RowKind::Total => {}
            RowKind::Section => bodies.push(BodyView {
                heading: Some(row.cells[0].text()),
                rows: Vec::new(),
            }),
            RowKind::Body => {
                let last = bodies.last_mut().expect("there is a first body");
                last.rows.push(row_view(table, row));
            }
        }
    }
    bodies.retain(|body| !body.rows.is_empty() || body.heading.is_some());
    bodies
}

fn row_view(table: &DataTable, row: &Row) -> RowView {
    let kinds = table.columns().iter().map(|column| column.kind);
    let cells = row.cells.iter().zip(kinds).skip(1);
    RowView {
        heading: row.cells[0].text(),
        cells: cells.map(|(value, kind)| cell_view(value, kind)).collect(),
    }
}

fn cell_view(value: &Value, kind: ColumnKind) -> CellView {
    CellView {
        text: value.text(),
        class: if value.is_hidden() {
            "number hidden-value"
        } else {
            class(kind)
        },
        value: value
            .as_number()
            .map_or(String::new(), |number| number.to_string()),
    }
}

fn class(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "text",
        ColumnKind::Number => "number",
    }
}
