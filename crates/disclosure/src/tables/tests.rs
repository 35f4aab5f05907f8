//! Instances with answers that others published; sources in `docs/methods/disclosure.md`.

use super::*;
use proptest::prelude::*;

const REGION_AND_SEX: [(&str, &[&str]); 2] = [
    ("regio", &["A", "B", "C", "D"]),
    ("geslacht", &["man", "vrouw"]),
];

/// A table of magnitudes in which A-vrouw has two contributors, of whom the largest rules.
fn tau_argus() -> Table {
    let inner = [895, 137, 753, 973, 569, 486, 540, 793];
    let mut table = Table::with_margins("regio", &REGION_AND_SEX, &inner);
    for index in 0..table.cells.len() {
        let Entry::Shown(value) = table.cells[index].entry else {
            unreachable!()
        };
        let (largest, second) = if value == 137 {
            (100, 36)
        } else {
            (value / 10, value / 10)
        };
        table.cells[index].contributors = Some(Contributors {
            count: 30,
            largest,
            second,
        });
    }
    table
}

/// The places of what is hidden, and why.
fn hidden(protected: &Protected) -> Vec<(String, Hiding)> {
    let mut all = Vec::new();
    for (table, hidden) in protected.tables.iter().zip(&protected.hidden) {
        let cells = hidden.iter().enumerate();
        all.extend(cells.filter_map(|(cell, why)| Some((table.place(cell), (*why)?))));
    }
    all.sort();
    all
}

fn with(places: &[&str], table: &mut Table) {
    for place in places {
        let cell = (0..table.cells.len()).find(|&cell| table.place(cell) == *place);
        table.cells[cell.unwrap()].entry = Entry::Hidden;
    }
}

fn magnitudes(dominance: Dominance) -> Rules {
    Rules {
        measure: Measure::Magnitudes,
        threshold: 3,
        dominance,
        cost: Cost::Values,
        ..Rules::default()
    }
}

#[test]
fn tau_argus_example_one() {
    let protected = protect(&[tau_argus()], &magnitudes(Dominance::Percent(10.0))).unwrap();
    let expected = [
        ("regio A, geslacht man", Hiding::Secondary),
        ("regio A, geslacht vrouw", Hiding::Primary),
        ("regio C, geslacht man", Hiding::Secondary),
        ("regio C, geslacht vrouw", Hiding::Secondary),
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|(p, why)| ((*p).to_owned(), *why))
        .collect();
    assert_eq!(hidden(&protected), expected);
}

fn problem_data() -> Table {
    let inner = [
        30, 47, 64, 89, 90, 124, 5, 31, 92, 100, 59, 85, 800, 991, 651, 685,
    ];
    let dimensions: [(&str, &[&str]); 2] =
        [("", &["w", "x", "y", "z"]), ("", &["a", "b", "c", "d"])];
    let mut table = Table::with_margins("t", &dimensions, &inner);
    let places = [
        "w, a", "w, b", "w, c", "x, a", "x, c", "y, b", "y, d", "z, b", "z, d",
    ];
    with(&places, &mut table);
    table
}

fn range(table: &Table, place: &str) -> (i64, Option<i64>) {
    let ranges = feasible(std::slice::from_ref(table), &Rules::default());
    let cell = (0..table.cells.len())
        .find(|&cell| table.place(cell) == place)
        .unwrap();
    ranges[0][cell]
}

#[test]
fn sdc_table_problem_data() {
    let table = problem_data();
    let expected = [
        ("w, a", 25, 94),
        ("w, b", 47, 47),
        ("w, c", 0, 69),
        ("x, a", 26, 95),
        ("x, c", 0, 69),
        ("y, b", 0, 185),
        ("y, d", 0, 185),
        ("z, b", 906, 1091),
        ("z, d", 585, 770),
    ];
    for (place, least, most) in expected {
        assert_eq!(range(&table, place), (least, Some(most)), "{place}");
    }
    let found = audit(std::slice::from_ref(&table), &Rules::default()).findings;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].kind, found[0].place.as_str()),
        (FindingKind::Exact, "w, b")
    );
    for healing in ["x, d", "x, b"] {
        let mut healed = table.clone();
        with(&[healing], &mut healed);
        assert_eq!(
            audit(&[healed], &Rules::default()).findings,
            [],
            "{healing}"
        );
    }
}

/// Groups of regions, with some cells hidden.
fn grouped(name: &str, groups: &[(&str, &str)], hidden: &str) -> Table {
    let value = |region: char| match region {
        'A' | 'B' => 2,
        'I' | 'J' => 8,
        'N' => 7,
        _ => 3,
    };
    let mut grid = vec![vec!["regio".to_owned(), "aantal".to_owned()]];
    let mut total = 0;
    for (group, regions) in groups {
        let sum: i64 = regions.chars().map(value).sum();
        grid.push(vec![(*group).to_owned(), sum.to_string()]);
        for region in regions.chars() {
            let shown = if hidden.contains(region) {
                "x".to_owned()
            } else {
                value(region).to_string()
            };
            grid.push(vec![format!("{group} > {region}"), shown]);
        }
        total += sum;
    }
    grid.push(vec!["Totaal".to_owned(), total.to_string()]);
    read(name, &grid).unwrap().table
}

/// sdcTable's linked tables: each is safe by itself; together they give K away; hiding N heals.
#[test]
fn sdc_table_linked_tables() {
    let tables = |hidden| {
        let counties = [("P1", "ABIJ"), ("P2", "KLMN")];
        let sizes = [("klein", "LM"), ("groot", "ABIJKN")];
        [
            grouped("provincies", &counties, hidden),
            grouped("omvang", &sizes, hidden),
        ]
    };
    let rules = Rules {
        threshold: 1,
        ..Rules::default()
    };
    let k = |tables: &[Table]| {
        let cell = (0..tables[0].cells.len()).find(|&c| tables[0].place(c) == "regio P2 > K");
        feasible(tables, &rules)[0][cell.unwrap()]
    };
    let [one, other] = tables("ABKLM");
    assert_eq!(k(std::slice::from_ref(&one)), (0, Some(9)));
    assert_eq!(k(&[one.clone(), other.clone()]), (3, Some(3)));
    assert_eq!(audit(std::slice::from_ref(&one), &rules).findings, []);
    assert_eq!(audit(std::slice::from_ref(&other), &rules).findings, []);
    let found = audit(&[one, other], &rules).findings;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].place, "regio P2 > K");
    let healed = tables("ABKLMN");
    assert_eq!(audit(&healed, &rules).findings, []);
    assert_eq!(k(&healed), (0, Some(10)));
}

/// The Handbook's example: by the p%-rule with p = 10 the cell is safe, because the second
/// contributor overestimates the first by 15.4 %; by the (2, 90.9)-rule it is not.
#[test]
fn handbook_percent_and_dominance() {
    let contributors = Some(Contributors {
        count: 5,
        largest: 52_000,
        second: 50_000,
    });
    let span = |dominance| magnitudes(dominance).must_span(110_000, contributors);
    assert_eq!(span(Dominance::Percent(10.0)), None);
    assert_eq!(span(Dominance::Percent(15.3)), None);
    assert_eq!(
        span(Dominance::Percent(15.5)),
        Some((110_000 - 60, 110_000 + 60))
    );
    let upper = (100.0 / 90.9 * 102_000.0 - 110_000.0_f64).ceil() as i64;
    assert_eq!(
        span(Dominance::Share(2, 90.9)),
        Some((110_000 - upper, 110_000 + upper))
    );
}

/// OpenSAFELY: 3, 8, 16, 23 of 18, 23, 31, 44 become redacted, 10, 15, 25 of 20, 25, 30, 45; the
/// totals, recomputed from what is shown, are 50 and 120. The Handbook's instance likewise.
#[test]
fn rounded_with_totals_of_what_is_shown() {
    let rules = Rules {
        threshold: 8,
        rounding_base: 5,
        ..Rules::default()
    };
    let inner = [3, 18, 8, 23, 16, 31, 23, 44];
    let columns: [(&str, &[&str]); 2] = [
        ("leeftijd", &["a", "b", "c", "d"]),
        ("", &["hartziekte", "allen samen"]),
    ];
    let table = Table::with_margins("t", &columns, &inner);
    let rounded = rounded(&table, &rules);
    let at = |place: &str| {
        let cell = (0..table.cells.len()).find(|&cell| table.place(cell) == place);
        rounded.cells[cell.unwrap()].entry
    };
    assert_eq!(at("leeftijd a, hartziekte"), Entry::Hidden);
    assert_eq!(at("leeftijd c, hartziekte"), Entry::Shown(15));
    assert_eq!(at("hartziekte"), Entry::Shown(50));
    assert_eq!(at("allen samen"), Entry::Shown(120));

    let rules = Rules {
        threshold: 1,
        ..rules
    };
    let dimensions: [(&str, &[&str]); 2] = [("", &["p", "q", "r"]), ("", &["c", "d"])];
    let table = Table::with_margins("t", &dimensions, &[1, 0, 3, 3, 12, 20]);
    let shown = super::rounded(&table, &rules);
    let of = |place: &str| {
        let cell = (0..table.cells.len()).find(|&cell| table.place(cell) == place);
        shown.cells[cell.unwrap()].entry
    };
    let expected = [
        ("p, c", 0),
        ("p, d", 0),
        ("q, c", 5),
        ("r, c", 10),
        ("r, d", 20),
        ("c", 15),
        ("d", 25),
        ("totaal", 40),
    ];
    for (place, value) in expected {
        assert_eq!(of(place), Entry::Shown(value), "{place}");
    }
}

/// A rounded number is an interval: 10 and 5 of 10 in all are known exactly only if exact.
#[test]
fn rounded_numbers_are_intervals() {
    let mut table = Table::with_margins("t", &[("", &["a", "b", "c"])], &[10, 20, 35]);
    with(&["a"], &mut table);
    assert_eq!(
        feasible(&[table.clone()], &Rules::default())[0][0],
        (10, Some(10))
    );
    let rules = Rules {
        rounding_base: 5,
        ..Rules::default()
    };
    assert_eq!(feasible(&[table], &rules)[0][0], (4, Some(16)));
}

#[test]
fn a_later_table_with_few_more_is_a_difference() {
    let before = Table::with_margins("2024", &[("regio", &["A", "B"])], &[40, 60]);
    let after = Table::with_margins("2025", &[("regio", &["A", "B"])], &[43, 60]);
    let found = audit(&[before, after], &Rules::default()).findings;
    let places: Vec<(FindingKind, &str)> = found
        .iter()
        .map(|finding| (finding.kind, finding.place.as_str()))
        .collect();
    assert_eq!(
        places,
        [
            (FindingKind::Difference, "regio A"),
            (FindingKind::Difference, "totaal")
        ]
    );
}

/// What one table hides another shows.
#[test]
fn a_number_hidden_in_one_table_and_shown_in_another() {
    let whole = Table::with_margins("een", &REGION_AND_SEX, &[95, 40, 60, 73, 40, 88, 55, 66]);
    let mut part = whole.clone();
    part.name = "twee".into();
    with(
        &["regio A, geslacht man", "regio A, geslacht vrouw"],
        &mut part,
    );
    with(
        &["regio B, geslacht man", "regio B, geslacht vrouw"],
        &mut part,
    );
    assert_eq!(audit(&[part.clone()], &Rules::default()).findings, []);
    let found = audit(&[whole, part], &Rules::default()).findings;
    assert_eq!(found.len(), 4);
    assert!(
        found
            .iter()
            .all(|finding| finding.kind == FindingKind::Exact)
    );
}

#[test]
fn group_disclosure_is_found_and_healed() {
    let inner = [50, 0, 0, 30, 40, 20, 20, 60, 30];
    let dimensions: [(&str, &[&str]); 2] = [("r", &["A", "B", "C"]), ("d", &["p", "q", "r"])];
    let table = Table::with_margins("t", &dimensions, &inner);
    let found = audit(std::slice::from_ref(&table), &Rules::default()).findings;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].kind, found[0].place.as_str()),
        (FindingKind::Group, "r A, d p")
    );
    assert!(found[0].sentence.contains("iedereen"));
    let protected = protect(&[table], &Rules::default()).unwrap();
    assert_eq!(protected.audit.findings, []);
    let ranges = feasible(&protected.tables, &Rules::default());
    let rest = |d: &str| {
        let cells = 0..protected.tables[0].cells.len();
        let mut cells =
            cells.filter(|&cell| protected.tables[0].place(cell) == format!("r A, d {d}"));
        ranges[0][cells.next().unwrap()].1.unwrap()
    };
    assert!(rest("q") + rest("r") >= 10);
}

/// Each setting changes what is hidden or found.
#[test]
fn every_rule_changes_the_outcome() {
    let inner = [12, 31, 45, 7, 28, 90, 64, 33, 5, 48, 51, 22];
    let dimensions: [(&str, &[&str]); 2] =
        [("regio", &["A", "B", "C"]), ("d", &["p", "q", "r", "s"])];
    let table = Table::with_margins("t", &dimensions, &inner);
    let count = |rules: &Rules| {
        protect(std::slice::from_ref(&table), rules)
            .map(|done| hidden(&done))
            .unwrap()
    };
    let plain = count(&Rules::default());
    assert_ne!(
        plain,
        count(&Rules {
            threshold: 6,
            ..Rules::default()
        }),
        "threshold"
    );
    assert_ne!(
        plain,
        count(&Rules {
            group_share: 0.5,
            threshold: 40,
            ..Rules::default()
        }),
        "share"
    );
    let owners = Rules {
        owners: Some("d".to_owned()),
        ..Rules::default()
    };
    assert_ne!(plain, count(&owners), "owners");
    let detour = [5, 10, 1_000, 1_000, 10, 10, 10, 1_000, 10];
    let dimensions: [(&str, &[&str]); 2] = [("", &["A", "B", "C"]), ("", &["p", "q", "r"])];
    let detour = Table::with_margins("t", &dimensions, &detour);
    let number = |cost| {
        let rules = Rules {
            cost,
            ..Rules::default()
        };
        hidden(&protect(std::slice::from_ref(&detour), &rules).unwrap()).len()
    };
    assert_eq!((number(Cost::Cells), number(Cost::Values)), (4, 6), "cost");
    let magnitudes = |singletons| {
        let mut table =
            Table::with_margins("t", &REGION_AND_SEX, &[50, 40, 60, 73, 40, 88, 55, 66]);
        for (index, cell) in table.cells.iter_mut().enumerate() {
            let Entry::Shown(value) = cell.entry else {
                unreachable!()
            };
            let count = if index < 2 { 1 } else { 20 };
            let largest = if index < 2 { value } else { value / 20 };
            let second = if index < 2 { 0 } else { value / 20 };
            cell.contributors = Some(Contributors {
                count,
                largest,
                second,
            });
        }
        let dominance = Dominance::Percent(10.0);
        let rules = Rules {
            singletons,
            ..super::tests::magnitudes(dominance)
        };
        protect(&[table], &rules).map(|done| hidden(&done)).unwrap()
    };
    assert_ne!(magnitudes(true), magnitudes(false), "singletons");
}

#[test]
fn what_cannot_be_protected_is_withheld() {
    let table = Table::with_margins("t", &[("", &["a", "b"])], &[3, 2]);
    let refused = protect(&[table], &Rules::default());
    assert!(
        matches!(refused, Err(NotProtected::Withheld { .. })),
        "{refused:?}"
    );
}

/// What cannot be worked out in good time is not shown at all.
#[test]
fn what_is_too_large_is_withheld() {
    let labels: Vec<String> = (0..14).map(|label| label.to_string()).collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let dimensions = [("a", labels.as_slice()), ("b", &labels), ("c", &labels)];
    let table = Table::with_margins("t", &dimensions, &[7; 14 * 14 * 14]);
    let refused = protect(&[table], &Rules::default());
    let Err(NotProtected::Withheld { reason }) = refused else {
        panic!("it was protected")
    };
    assert!(reason.contains("te groot"));
}

#[test]
fn merging_is_proposed() {
    let inner = [40, 50, 3, 4, 2, 6, 60, 70];
    let table = Table::with_margins("t", &REGION_AND_SEX, &inner);
    let merges = protect(&[table], &Rules::default()).unwrap().merges;
    assert_eq!(merges.len(), 1);
    assert_eq!(merges[0].labels, ["B", "C"]);
    assert!(merges[0].unsafe_after < merges[0].unsafe_before);
}

fn grid(text: &str) -> Vec<Vec<String>> {
    text.lines()
        .map(|line| line.split(';').map(str::to_owned).collect())
        .collect()
}

#[test]
fn cross_tables_are_read_as_people_make_them() {
    let text = "Cliënten per regio\n\nregio \\ geslacht;man;vrouw;Totaal\nNoord;12;x;20\nZuid;<5;-;4\nTotaal;16;x;24\nBron: eigen telling";
    let found = read("t", &grid(text)).unwrap();
    let names: Vec<&str> = found
        .table
        .dimensions
        .iter()
        .map(|d| d.name.as_str())
        .collect();
    assert_eq!(names, ["regio", "geslacht"]);
    assert_eq!(found.table.cells.len(), 9);
    assert_eq!(found.stands[1], (3, 2));
    assert_eq!(found.table.place(1), "regio Noord, geslacht vrouw");
    assert_eq!(found.table.cells[3].entry, Entry::Between(1, Some(4)));
    assert_eq!(found.table.place(8), "totaal");
}

#[test]
fn lists_hierarchies_and_stacked_labels_are_read() {
    let list = read(
        "t",
        &grid("regio;jaar;aantal\nA;2024;10\nA;Totaal;10\nTotaal;2024;10"),
    )
    .unwrap();
    assert_eq!(list.table.dimensions.len(), 2);
    assert_eq!(list.table.place(0), "regio A, jaar 2024");
    let indented = read(
        "t",
        &grid("regio;aantal\nNoord;30\n  Drenthe;10\n  Groningen;20\nTotaal;30"),
    );
    let sums = indented.unwrap().table.sums();
    assert_eq!(sums.len(), 2);
    let stacked = ";man;;vrouw;\nregio;2024;2025;2024;2025\nA;1;2;3;4\nB;5;6;7;8";
    let stacked = read("t", &grid(stacked)).unwrap().table;
    assert_eq!(stacked.dimensions.len(), 3);
    assert_eq!(stacked.place(3), "regio A, vrouw, 2025");
    let two = read(
        "t",
        &grid("regio;sekse;2024;2025\nA;man;1;2\n;vrouw;3;4\nB;man;5;6"),
    )
    .unwrap()
    .table;
    assert_eq!(two.place(3), "regio A, sekse vrouw, 2025");
}

#[test]
fn what_is_no_table_is_refused_with_its_place() {
    assert_eq!(read("t", &grid("een\ntwee")), Err(ReadError::NoTable));
    assert_eq!(
        read("t", &grid("r;a;b\nA;1;geel\nB;2;3")),
        Err(ReadError::NoNumber { row: 2, column: 3 })
    );
    assert_eq!(
        read("t", &grid("r;a\nA;1\nA;2")),
        Err(ReadError::Twice { row: 3, column: 2 })
    );
    let unnamed = |row, column| Err(ReadError::Unnamed { row, column });
    assert_eq!(read("t", &grid("a;b\n1;x;;y")), unnamed(2, 4));
    assert_eq!(read("t", &grid("r;a;b\nA;1;2\nB;2;3;4")), unnamed(3, 4));
    let list = "r;aantal;bijdragers;grootste;\nA;12;12;1;\nB;13;13;1;geheim";
    assert_eq!(read("t", &grid(list)), unnamed(3, 5));
    assert!(
        read(
            "t",
            &grid("r;a;b;;\nA;1;2;;\nB;2;3; ;\nnoot onder de tabel")
        )
        .is_ok()
    );
}

#[test]
fn one_cell_is_one_cell() {
    let one = read("t", &grid("a;b\n1;x")).unwrap().table;
    let text = super::audit_text(&audit(&[one], &Rules::default()));
    assert!(
        text.starts_with("1 cel, waarvan 1 verborgen, en 0 sommen"),
        "{text}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever is protected passes the audit of the protected table, and shown numbers are
    /// the true ones.
    #[test]
    fn protected_tables_pass_the_audit(inner in proptest::collection::vec(0_i64..60, 24)) {
        let dimensions: [(&str, &[&str]); 3] =
            [("a", &["1", "2", "3", "4"]), ("b", &["p", "q", "r"]), ("c", &["x", "y"])];
        let table = Table::with_margins("t", &dimensions, &inner);
        if let Ok(protected) = protect(std::slice::from_ref(&table), &Rules::default()) {
            prop_assert_eq!(&protected.audit.findings, &[]);
            for (shown, truth) in protected.tables[0].cells.iter().zip(&table.cells) {
                prop_assert!(shown.entry == truth.entry || shown.entry == Entry::Hidden);
            }
        }
    }
}
