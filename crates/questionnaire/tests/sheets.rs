//! What people read of an instrument, and the table of the manual.

use codes::Instrument;
use questionnaire::{Library, render};

const MANUAL: &str = include_str!("../../../docs/methods/instruments.md");

#[test]
fn the_table_of_the_manual_is_current() {
    assert!(
        MANUAL.contains(&render::markdown(Library::shipped())),
        "put in docs/methods/instruments.md what this prints: cargo run -p questionnaire --example list_instruments"
    );
}

#[test]
fn a_sheet_tells_all_that_is_known() {
    let sheet = render::sheet(Library::shipped().get(Instrument::Gci).unwrap());
    for line in [
        "Code: GCI",
        "Licentie: B (alleen bouw en scoring; itemteksten met eigen licentie). Geen vrije licentie bekend.",
        "Bouw: 28 items, scores 1 tot en met 5",
        "REPRESSIE – repressie",
        "  Items: 5; welke, is hier niet bekend",
        "  Score: gemiddelde, bereik 1 t/m 5",
        "  Richting: hoger is slechter",
        "  Ontbrekende items: geen: anders geen score",
        "  Verandering van één cliënt: alleen op groepsniveau: te onbetrouwbaar voor verandering van één persoon (α = 0,64)",
        "  Verandering van één cliënt: mag worden beoordeeld, met r = 0,88",
    ] {
        assert!(sheet.lines().any(|one| one == line), "{line}\n{sheet}");
    }
    let moas = render::sheet(Library::shipped().get(Instrument::Moas).unwrap());
    assert!(
        moas.contains("  Items: 1, 2 (× 2), 3 (× 3), 4 (× 4)\n"),
        "{moas}"
    );
    let demo = render::sheet(Library::shipped().get(Instrument::Demo15).unwrap());
    assert!(demo.contains("hooguit 1; naar rato aangevuld"), "{demo}");
    assert!(demo.contains("niemand: een verzonnen getal"), "{demo}");
}

#[test]
fn the_list_has_a_line_for_each_and_columns_that_stand_under_each_other() {
    let list = render::list(Library::shipped());
    let lines: Vec<Vec<char>> = list.lines().map(|line| line.chars().collect()).collect();
    assert_eq!(lines.len(), Library::shipped().iter().count() + 1);
    let at = list.lines().next().unwrap().find("naam").unwrap();
    assert!(
        lines
            .iter()
            .all(|line| line[at - 1] == ' ' && line[at] != ' ')
    );
}
