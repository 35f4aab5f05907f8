//! Every file that is handed out opens again, says what the tables say, and no more.

mod sample;

use calamine::{Data, DataType, Reader, Xlsx};
use disclosure::{PolicyDraft, Publication};
use estimate::{Block, Count, Estimate, Shape};
use figure::{DataTable, RowKind, Value};
use report::{ExportFile, exports};
use resvg::usvg;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::LazyLock;

/// Row of the headings in a workbook, counted from 0.
const HEADING_ROW: usize = 3;

fn tables(publication: &Publication) -> Vec<DataTable> {
    let header = publication.header();
    publication
        .results()
        .iter()
        .flat_map(|it| figure::data_tables(it, header))
        .collect()
}

/// The files of the plain sample, made once for all tests.
fn sample_files() -> &'static BTreeMap<String, ExportFile> {
    static FILES: LazyLock<BTreeMap<String, ExportFile>> =
        LazyLock::new(|| by_path(&sample::publication()));
    &FILES
}

fn by_path(publication: &Publication) -> BTreeMap<String, ExportFile> {
    let files = exports(publication).expect("everything can be exported");
    let count = files.len();
    let files: BTreeMap<String, ExportFile> = files
        .into_iter()
        .map(|file| (file.path.clone(), file))
        .collect();
    assert_eq!(files.len(), count, "a path is used twice");
    files
}

fn read_csv(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = bytes
        .strip_prefix("\u{feff}".as_bytes())
        .expect("a mark that it is UTF-8");
    assert!(text.ends_with(b"\r\n"));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .from_reader(text);
    let rows = reader
        .records()
        .map(|record| record.expect("rows of equal length"));
    rows.map(|record| record.iter().map(str::to_owned).collect())
        .collect()
}

fn read_xlsx(bytes: &[u8]) -> Vec<(String, calamine::Range<Data>)> {
    let mut book: Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook");
    book.worksheets()
}

fn record_rows(table: &DataTable) -> usize {
    table
        .rows()
        .iter()
        .filter(|row| row.kind != RowKind::Section)
        .count()
}

#[test]
fn equal_releases_give_equal_bytes() {
    let again = by_path(&sample::publication());
    assert!(sample_files() == &again);
    let pdf = || report::factsheet(&sample::publication()).unwrap();
    assert_eq!(pdf(), pdf());
}

#[test]
fn every_table_is_there_as_text_with_its_numbers() {
    let publication = sample::publication();
    let files = sample_files();
    for table in tables(&publication) {
        let rows = read_csv(&files[&format!("tabellen/{}.csv", table.id())].bytes);
        assert_eq!(rows.len(), record_rows(&table) + 1, "{}", table.id());
        let (heading, rows) = rows.split_first().expect("a heading");
        let records = table
            .rows()
            .iter()
            .filter(|row| row.kind != RowKind::Section);
        for (record, row) in records.zip(rows) {
            check_record(&record.cells, heading, row);
        }
    }
}

/// The cells of a record say what its values say; an interval may take two columns.
fn check_record(values: &[Value], heading: &[String], row: &[String]) {
    let mut cells = heading
        .iter()
        .zip(row)
        .skip(usize::from(heading[0] == "Onderdeel"));
    for value in values {
        let (title, cell) = cells.next().expect("a cell per value");
        let mut cell = cell.clone();
        if title.ends_with(", ondergrens") {
            let (_, upper) = cells.next().expect("an upper end");
            if matches!(value, Value::Interval { .. }) {
                cell = format!("{cell}–{upper}");
            }
        }
        assert_eq!(bare(&cell), bare(&value.text()), "{title}");
    }
    assert!(cells.next().is_none());
}

/// A number without what only makes it easier to read.
fn bare(text: &str) -> String {
    let is_number = text.chars().any(|c| c.is_ascii_digit()) && !text.contains(char::is_alphabetic);
    match is_number {
        true => text.replace(['.', '%'], "").replace('−', "-"),
        false => text.to_owned(),
    }
}

#[test]
fn workbooks_hold_real_numbers_and_say_where_they_come_from() {
    let publication = sample::publication();
    let files = sample_files();
    for published in publication.results() {
        let expected = figure::data_tables(published, publication.header());
        let path = format!("tabellen/{}.xlsx", published.id().as_str());
        let Some(file) = files.get(&path) else {
            assert!(expected.is_empty(), "{path} is missing");
            continue;
        };
        let sheets = read_xlsx(&file.bytes);
        let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names[0], "Tabel");
        assert_eq!(names[expected.len()..], ["Codeboek", "Verantwoording"]);
        for (table, (_, range)) in expected.iter().zip(&sheets) {
            check_sheet(table, range);
        }
        let account = &sheets[expected.len() + 1].1;
        let says = |text: &str| account.rows().any(|row| row[1].get_string() == Some(text));
        assert!(says(published.definition()) && says(&publication.header().digest));
    }
}

/// All counts of a table stand in its sheet as numbers, all hidden ones as signs.
fn check_sheet(table: &DataTable, range: &calamine::Range<Data>) {
    assert_eq!(
        range.get((0, 0)),
        Some(&Data::String(table.caption().to_owned()))
    );
    let records = table
        .rows()
        .iter()
        .filter(|row| row.kind != RowKind::Section);
    for (record, row) in records.zip(range.rows().skip(HEADING_ROW + 1)) {
        let mut counts = record
            .cells
            .iter()
            .filter(|it| matches!(it, Value::Count(_)))
            .filter_map(Value::as_number);
        let numbers: Vec<f64> = row.iter().filter_map(Data::get_float).collect();
        assert!(
            counts.all(|count| numbers.contains(&count)),
            "{}",
            table.id()
        );
        let hidden = record
            .cells
            .iter()
            .filter(|it| matches!(it, Value::Hidden))
            .count();
        let signs = row
            .iter()
            .filter(|cell| matches!(cell, Data::String(text) if *text == Value::Hidden.text()));
        assert_eq!(signs.count(), hidden, "{}", table.id());
    }
}

#[test]
fn one_workbook_holds_all_tables() {
    let publication = sample::publication();
    let files = sample_files();
    let sheets = read_xlsx(&files["alle-tabellen.xlsx"].bytes);
    // Contents, code book and account come on top of the tables.
    assert_eq!(sheets.len(), tables(&publication).len() + 3);
    assert_eq!(sheets[0].0, "Inhoud");
    for (table, (_, range)) in tables(&publication).iter().zip(&sheets[1..]) {
        check_sheet(table, range);
    }
}

#[test]
fn every_chart_is_there_as_drawing_and_as_picture_for_print() {
    let publication = sample::publication();
    let files = sample_files();
    let charts = publication
        .results()
        .iter()
        .flat_map(|it| figure::charts(it, publication.header()));
    for chart in charts {
        let svg = &files[&format!("figuren/{}.svg", chart.id())];
        usvg::Tree::from_data(&svg.bytes, &usvg::Options::default()).expect("a drawing");
        let png = &files[&format!("figuren/{}.png", chart.id())];
        let reader = png::Decoder::new(Cursor::new(&png.bytes))
            .read_info()
            .expect("a picture");
        let info = reader.info();
        let density = info.pixel_dims.expect("a density");
        assert_eq!((density.xppu, density.yppu), (11_811, 11_811));
        assert_eq!(f64::from(info.width), (chart.width() * 300.0 / 96.0).ceil());
        assert_eq!(svg.result_id, png.result_id);
    }
}

#[test]
fn the_archive_holds_all_other_files() {
    let files = sample_files();
    let archive = &files["alles.zip"];
    let rest: Vec<&ExportFile> = files
        .values()
        .filter(|file| file.path != archive.path)
        .collect();
    let mut zip = zip::ZipArchive::new(Cursor::new(&archive.bytes)).unwrap();
    assert_eq!(zip.len(), rest.len());
    for file in rest {
        let mut bytes = Vec::new();
        zip.by_name(&file.path)
            .unwrap()
            .read_to_end(&mut bytes)
            .unwrap();
        assert_eq!(bytes, file.bytes, "{}", file.path);
    }
}

#[test]
fn invented_data_are_marked_in_every_file() {
    let files = sample_files();
    for file in files.values() {
        let is_marked = match file.media_type {
            "image/svg+xml" | "text/plain; charset=utf-8" => {
                String::from_utf8_lossy(&file.bytes).contains(figure::SYNTHETIC_MARK)
            }
            media_type if media_type.ends_with("sheet") => {
                read_xlsx(&file.bytes).iter().any(|(_, range)| {
                    range
                        .used_cells()
                        .any(|(.., cell)| cell.to_string().contains(figure::SYNTHETIC_MARK))
                })
            }
            // Pictures are drawn from marked drawings; text tables carry nothing but their rows.
            _ => true,
        };
        assert!(is_marked, "{}", file.path);
    }
}

#[test]
fn a_release_without_results_to_show_still_has_its_files() {
    let files = by_path(&sample::all_withheld());
    let paths: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(paths, ["LEESMIJ.txt", "alle-tabellen.xlsx", "alles.zip"]);
}

/// Two studies that differ in what the gate hides, and in nothing else.
fn studies_that_differ_in_hidden_cells() -> [Vec<Estimate>; 2] {
    [[3, 4], [4, 3]].map(|small| {
        let mut estimates = estimate::sample();
        // The rest would only cost time.
        estimates.retain(|it| ["stap-beveiliging", "kenmerken"].contains(&it.meta.id.as_str()));
        for estimate in &mut estimates {
            match &mut estimate.outcome {
                Ok(Shape::Frequency(table)) if table.columns.len() == 1 => {
                    let last = table.cells.len() - 1;
                    table.cells[last] = spread(small[0]);
                    table.cells[last - 1] = spread(small[1]);
                    let all = table.cells.iter().copied();
                    let all = all.fold(Count::default(), Count::plus);
                    estimate.meta.n = all.count;
                    estimate.meta.clients = all.clients;
                    estimate.meta.per_institution = all.per_institution;
                }
                Ok(Shape::Characteristics(it)) => it
                    .blocks
                    .iter_mut()
                    .for_each(|block| swap_small(block, small)),
                _ => {}
            }
        }
        estimates
    })
}

/// A few units, one at each of the first institutions.
fn spread(units: usize) -> Count {
    (0..units)
        .map(Count::one)
        .fold(Count::default(), Count::plus)
}

/// Puts two small numbers in the first institution's cells of the first two levels of age.
fn swap_small(block: &mut Block, small: [usize; 2]) {
    let Block::Categories { title, cells, .. } = block else {
        return;
    };
    if title != "Leeftijdsklasse" {
        return;
    }
    let institutions = 4;
    let of = |units: usize| {
        (0..units)
            .map(|_| Count::one(0))
            .fold(Count::default(), Count::plus)
    };
    let whole: u64 = cells
        .iter()
        .step_by(institutions)
        .map(|cell| cell.count)
        .sum();
    let others: u64 = cells
        .iter()
        .step_by(institutions)
        .skip(3)
        .map(|cell| cell.count)
        .sum();
    cells[0] = of(small[0]);
    cells[institutions] = of(small[1]);
    let rest = usize::try_from(whole - others).expect("a small count") - small[0] - small[1];
    cells[2 * institutions] = of(rest);
}

#[test]
fn hidden_numbers_leave_no_trace_in_any_file() {
    let [first, second] = studies_that_differ_in_hidden_cells();
    assert_ne!(first, second);
    let [first, second] = [first, second].map(|it| sample::release(&it, PolicyDraft::default()));
    let hidden = tables(&first)
        .iter()
        .filter(|table| table.has_hidden())
        .count();
    assert!(hidden >= 2, "the gate hides the small numbers");
    assert_eq!(first.header().digest, second.header().digest);
    assert_eq!(
        report::factsheet(&first).unwrap(),
        report::factsheet(&second).unwrap()
    );
    let pairs = exports(&first)
        .unwrap()
        .into_iter()
        .zip(exports(&second).unwrap());
    for (one, other) in pairs {
        assert!(one == other, "{} tells two hidden numbers apart", one.path);
    }
}
