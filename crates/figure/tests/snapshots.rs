//! Every chart and every table of the sample publication, as last looked at.

mod sample;

use figure::{DataTable, charts, data_tables};

#[test]
fn charts_are_as_last_looked_at() {
    for publication in [sample::publication(), sample::ordered_publication()] {
        for result in publication.results() {
            for chart in charts(result, publication.header()) {
                insta::assert_snapshot!(format!("chart-{}", chart.id()), chart.svg());
            }
        }
    }
}

#[test]
fn tables_are_as_last_looked_at() {
    for publication in [sample::publication(), sample::ordered_publication()] {
        for result in publication.results() {
            for table in data_tables(result, publication.header()) {
                insta::assert_snapshot!(format!("table-{}", table.id()), written(&table));
            }
        }
    }
}

#[test]
fn withheld_results_have_neither_chart_nor_table() {
    let publication = sample::publication();
    let withheld = publication.result("terugkeer-instroomcohort");
    let withheld = withheld.expect("the sample has a result with too few events");
    assert!(charts(withheld, publication.header()).is_empty());
    assert!(data_tables(withheld, publication.header()).is_empty());
}

fn written(table: &DataTable) -> String {
    let titles: Vec<String> = table
        .columns()
        .iter()
        .map(|column| column.full_title())
        .collect();
    let mut lines = vec![table.caption().to_owned(), titles.join(" | ")];
    for row in table.rows() {
        let cells: Vec<String> = row.cells.iter().map(|cell| cell.text()).collect();
        lines.push(cells.join(" | "));
    }
    lines.extend(table.notes().iter().map(|note| format!("* {note}")));
    lines.join("\n")
}
