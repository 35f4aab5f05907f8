use super::{Plan, Planner, Verdicts, owner};
use crate::check::Check;
use crate::system::VarId;
use crate::{Refusal, ReleasedTable};
use estimate::{Count, FrequencyTable};

/// A table whose numbers are in the system.
pub(crate) struct TablePlan {
    row_title: String,
    column_title: String,
    rows: Vec<String>,
    columns: Vec<String>,
    ordered: bool,
    cells: Vec<VarId>,
    row_totals: Vec<VarId>,
    column_totals: Vec<VarId>,
    total: VarId,
}

pub(super) fn plan(
    planner: &mut Planner<'_>,
    table: &FrequencyTable,
) -> Result<(Option<VarId>, Plan), Refusal> {
    let (rows, columns) = (table.rows.len(), table.columns.len());
    planner.ensure(rows > 0 && columns > 0, "een tabel zonder cellen")?;
    planner.ensure(
        table.cells.len() == rows * columns,
        "de cellen passen niet in de tabel",
    )?;
    table
        .cells
        .iter()
        .try_for_each(|cell| planner.ensure_count(cell))?;

    let column_totals = column_totals(planner, table);
    let total = planner.total(table.cells.iter().copied());
    let at = planner.place(&["totaal"], "totaal".to_owned());
    let total = planner.system.margin(at, "totaal", &total, None);
    let cells = cells(planner, table, &column_totals);
    let row_totals = row_totals(planner, table, &cells, total);
    for column in 0..columns {
        let line: Vec<VarId> = (0..rows).map(|row| cells[row * columns + column]).collect();
        planner.system.line(column_totals[column], &line);
    }
    planner.system.line(total, &row_totals);
    planner.system.sum(total, &column_totals);
    suggest_merging(planner, table);

    let plan = TablePlan {
        row_title: planner.naming.text(&table.row_title),
        column_title: planner.naming.text(&table.column_title),
        rows: table
            .rows
            .iter()
            .map(|label| planner.naming.label(label))
            .collect(),
        columns: table
            .columns
            .iter()
            .map(|label| planner.naming.label(label))
            .collect(),
        ordered: table.ordered,
        cells,
        row_totals,
        column_totals,
        total,
    };
    Ok((Some(total), Plan::Table(plan)))
}

fn column(table: &FrequencyTable, column: usize) -> impl Iterator<Item = &Count> {
    (0..table.rows.len()).map(move |row| table.cell(row, column))
}

fn column_owner(table: &FrequencyTable, index: usize) -> Option<usize> {
    owner(table.columns_are_institutions, column(table, index))
}

fn column_totals(planner: &mut Planner<'_>, table: &FrequencyTable) -> Vec<VarId> {
    let mut totals = Vec::with_capacity(table.columns.len());
    for (index, label) in table.columns.iter().enumerate() {
        let count = planner.total(column(table, index).copied());
        let public = planner.naming.label(label);
        let at = planner.place(&["kolom", label], format!("totaal van kolom ‘{public}’"));
        let owner = column_owner(table, index);
        // A table with one column has one total, whatever the column is called.
        let group = if table.columns.len() == 1 {
            "totaal"
        } else {
            label
        };
        totals.push(planner.system.margin(at, group, &count, owner));
    }
    totals
}

fn cells(planner: &mut Planner<'_>, table: &FrequencyTable, column_totals: &[VarId]) -> Vec<VarId> {
    let mut cells = Vec::with_capacity(table.cells.len());
    for row in &table.rows {
        for (index, label) in table.columns.iter().enumerate() {
            let row_index = cells.len() / table.columns.len();
            let (public_row, public) = (planner.naming.label(row), planner.naming.label(label));
            let words = format!("rij ‘{public_row}’, kolom ‘{public}’");
            let at = planner.place(&["cel", row, label], words);
            let owner = planner.system.variable(column_totals[index]).owner;
            let cell = planner.system.cell(at, table.cell(row_index, index), owner);
            if !table.columns_are_institutions {
                planner.system.mark_pooled(cell);
            }
            cells.push(cell);
        }
    }
    cells
}

fn row_totals(
    planner: &mut Planner<'_>,
    table: &FrequencyTable,
    cells: &[VarId],
    total: VarId,
) -> Vec<VarId> {
    let columns = table.columns.len();
    if columns == 1 {
        return cells.to_vec();
    }
    let mut totals = Vec::with_capacity(table.rows.len());
    for (index, label) in table.rows.iter().enumerate() {
        let line = &cells[index * columns..(index + 1) * columns];
        if table.rows.len() == 1 {
            totals.push(total);
            continue;
        }
        let counts = (0..columns).map(|column| *table.cell(index, column));
        let count = planner.total(counts);
        let public = planner.naming.label(label);
        let at = planner.place(&["rij", label], format!("totaal van rij ‘{public}’"));
        let whole = planner.system.cell(at, &count, None);
        planner.system.line(whole, line);
        totals.push(whole);
    }
    totals
}

/// Tells which rows would keep more numbers if they were taken together beforehand.
fn suggest_merging(planner: &mut Planner<'_>, table: &FrequencyTable) {
    if !planner.policy.settings().merge_suggestions || table.rows.len() < 3 {
        return;
    }
    let half = table.columns.len().div_ceil(2);
    let is_small = |row: &usize| {
        let small = (0..table.columns.len()).filter(|&column| {
            let cell = table.cell(*row, column);
            planner.policy.is_small(cell.clients)
        });
        small.count() >= half
    };
    let small: Vec<String> = (0..table.rows.len())
        .filter(is_small)
        .map(|row| format!("‘{}’", planner.naming.label(&table.rows[row])))
        .collect();
    if small.len() > 1 {
        let sentence = format!(
            "Tip: neem de rijen {} samen in de analyse; dan hoeven er minder getallen te worden \
             verborgen.",
            small.join(", ")
        );
        planner.record(Check::Merging, sentence);
    }
}

impl TablePlan {
    pub(super) fn show(&self, verdicts: &Verdicts<'_>) -> ReleasedTable {
        ReleasedTable {
            row_title: self.row_title.clone(),
            column_title: self.column_title.clone(),
            rows: self.rows.clone(),
            columns: self.columns.clone(),
            cells: verdicts.all(&self.cells),
            row_totals: verdicts.all(&self.row_totals),
            column_totals: verdicts.all(&self.column_totals),
            total: verdicts.cell(self.total),
            ordered: self.ordered,
        }
    }
}
