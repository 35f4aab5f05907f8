//! Files that are wrong: each fault is one Dutch sentence with its place; no text ends in a panic.

mod common;

use codes::Instrument;
use common::{head, read, scale, total};
use proptest::prelude::*;
use questionnaire::{ContentPack, Faults, InstrumentDefinition, Library};

const DEMO: &str = include_str!("../instruments/demo-15.toml");

const PACK: &str = "soort = \"itemteksten\"\ninstrument = \"MOAS\"\nversie = \"1\"\n\
    [licentie]\nhouder = \"Verzonnen instelling\"\nkenmerk = \"verzonnen\"\n\
    [teksten]\n1 = \"een\"\n2 = \"twee\"\n3 = \"drie\"\n4 = \"vier\"\n";

/// The faults as text, each of which is one sentence with a place.
fn told<T: std::fmt::Debug>(result: Result<T, Faults>) -> String {
    let faults = result.expect_err("the file is wrong");
    for fault in faults.iter() {
        let sentence = fault.to_string();
        assert!(
            sentence.ends_with('.') && !sentence.contains('\n'),
            "{sentence}"
        );
        assert!(
            !fault.place.is_empty() && fault.what.len() > 20,
            "{sentence}"
        );
    }
    faults.to_string()
}

#[test]
fn one_damaged_line_is_one_fault_in_its_place() {
    let cases = [
        (
            "soort = \"instrument\"",
            "soort = \"itemteksten\"",
            "regel 1: `itemteksten` is geen",
        ),
        (
            "code = \"DEMO-15\"",
            "code = \"DEMO15\"",
            "code: `DEMO15` staat niet in codelijst",
        ),
        (
            "code = \"DEMO-15\"",
            "code = \"ANDERS\"",
            "code: `ANDERS` staat voor allerlei",
        ),
        (
            "versie = \"1\"",
            "versie = \"\"",
            "versie: deze tekst is leeg",
        ),
        (
            "versie = \"1\"",
            "versie = 1",
            "regel 4: hier staat een ander soort",
        ),
        ("versie = \"1\"", "", "de sleutel `versie` ontbreekt"),
        (
            "versie = \"1\"",
            "versi = \"1\"",
            "regel 4: de sleutel `versi` bestaat hier niet",
        ),
        (
            "items = 15",
            "items = 0",
            "[bouw], items: het aantal items loopt",
        ),
        (
            "items = 15",
            "items = 201",
            "[bouw], items: het aantal items loopt",
        ),
        ("items = 15", "items = -1", "hier staat een ander soort"),
        (
            "itemscores = [0, 4]",
            "itemscores = [0, 101]",
            "[bouw], itemscores: een levering",
        ),
        (
            "itemscores = [0, 4]",
            "itemscores = [0, 4, 5]",
            "deze lijst heeft een ander aantal",
        ),
        (
            "zekerheid = \"verzonnen\"",
            "zekerheid = \"gelezen\"",
            "[bouw], zekerheid: alleen DEMO-15",
        ),
        (
            "bereik = [0, 60]",
            "bereik = [0, 61]",
            "[totaal], bereik: uit de items volgt 0 tot en met 60",
        ),
        (
            "bereik = [0, 60]",
            "bereik = [60, 0]",
            "[totaal], bereik: de laagste score",
        ),
        (
            "bereik = [0, 60]",
            "bereik = [0, inf]",
            "[totaal], bereik: een levering kan",
        ),
        (
            "items = [1, 2, 3, 4, 5]",
            "items = [1, 2, 3, 4, 4]",
            "[[schaal]] SPANNING, items: een item staat er twee keer",
        ),
        (
            "items = [11, 12, 13, 14, 15]",
            "items = [12, 13, 14, 15, 16]",
            "[[schaal]] ZELFSTANDIG, items: noem itemnummers van 1 tot en met 15",
        ),
        (
            "code = \"OMGANG\"",
            "code = \"Omgang\"",
            "[[schaal]] 2, code: een code bestaat uit hoofdletters",
        ),
        (
            "code = \"OMGANG\"",
            "code = \"TOTAAL\"",
            "[[schaal]] 2, code: een code bestaat uit hoofdletters",
        ),
        (
            "waarde = 0.82",
            "waarde = 1.0",
            "[[betrouwbaarheid]] 1, waarde: een betrouwbaarheid ligt",
        ),
        (
            "waarde = 0.82",
            "waarde = nan",
            "[[betrouwbaarheid]] 1, waarde: een betrouwbaarheid ligt",
        ),
        (
            "populatie = \"verzonnen\"",
            "populatie = \"lvb klinisch\"",
            "[[betrouwbaarheid]] 1, populatie: een verzonnen betrouwbaarheid",
        ),
        (
            "15 = \"(verzonnen)",
            "16 = \"(verzonnen)",
            "[teksten], 16: dit itemnummer bestaat niet",
        ),
        (
            "15 = \"(verzonnen)",
            "015 = \"(verzonnen)",
            "[teksten], 015: dit itemnummer bestaat niet",
        ),
        (
            "klasse = \"A\"",
            "klasse = \"D\"",
            "`D` is geen toegestane waarde; kies uit A, B, C",
        ),
        (
            "klasse = \"A\"",
            "klasse = \"A\"\nklasse = \"A\"",
            "staat er twee keer",
        ),
        ("[licentie]", "[licentie", "dit is geen geldige TOML"),
    ];
    for (from, to, sentence) in cases {
        assert!(DEMO.contains(from), "{from}");
        let result = InstrumentDefinition::parse(&DEMO.replacen(from, to, 1));
        assert!(result.is_err(), "{from} → {to}");
        let faults = told(result);
        assert!(faults.contains(sentence), "{from} → {to}:\n{faults}");
    }
}

#[test]
fn scales_that_cannot_be_scored_as_they_say() {
    let cases = [
        (
            scale("items = [1, 2]\nscore = \"som\"\ngewichten = [1, 2]"),
            "gewichten horen bij",
        ),
        (
            scale("items = [1, 2]\nscore = \"gewogen som\""),
            "gewichten horen bij",
        ),
        (
            scale("items = [1, 2]\nscore = \"gewogen som\"\ngewichten = [1]"),
            "evenveel gewichten",
        ),
        (
            scale("items = [1, 2]\nscore = \"gewogen som\"\ngewichten = [1, -1]"),
            "boven 0",
        ),
        (
            scale("items = [1, 2]\nscore = \"gewogen som\"\ngewichten = [1, nan]"),
            "boven 0",
        ),
        (
            scale("items = [1, 2]\nomgekeerd = [3]"),
            "omgekeerd item moet",
        ),
        (scale("items = []"), "noem itemnummers"),
        (scale("items = [0]"), "noem itemnummers"),
        (
            scale("items = [1, 2]\naantal_items = 3"),
            "anders dan `aantal_items`",
        ),
        (
            scale("aantal_items = 5"),
            "ruimte voor 1 tot en met 4 items",
        ),
        (
            scale("score = \"som van schalen\""),
            "alleen voor het totaal",
        ),
        (
            scale("items = [1, 2]\nscore = \"som\"\nontbrekend = 2\nnaar_rato = true"),
            "minder items ontbreken",
        ),
        (
            scale("score = \"som\"\nontbrekend = 1\nnaar_rato = true"),
            "minder items ontbreken",
        ),
        (
            scale("items = [1, 2]\nscore = \"som\"\nontbrekend = 1"),
            "altijd naar rato",
        ),
        (
            scale("items = [1, 2]\nscore = \"gemiddelde\"\nontbrekend = 1"),
            "altijd naar rato",
        ),
        (
            scale("items = [1, 2]\nscore = \"hoogste\"\nontbrekend = 1\nnaar_rato = true"),
            "altijd naar rato",
        ),
        (
            scale("items = [1, 2]\nscore = \"som\"\nnaar_rato = true"),
            "zegt niets zolang",
        ),
        (scale("alleen_groep = \" \""), "deze tekst is leeg"),
        (scale("") + &scale(""), "heeft al een andere schaal"),
        (
            total("score = \"som van schalen\""),
            "vraagt schalen die elk",
        ),
        (
            total("score = \"som van schalen\"") + &scale(""),
            "vraagt schalen die elk",
        ),
    ];
    for (parts, sentence) in cases {
        let faults = told(read(&head(4, 1, 5), &parts));
        assert!(faults.contains(sentence), "{parts}\n{faults}");
    }
}

#[test]
fn what_needs_the_number_of_items_or_their_scores_says_so() {
    let bare = head(4, 0, 4)
        .replace("items = 4\n", "")
        .replace("itemscores = [0, 4]\n", "");
    let cases = [
        (
            total("score = \"som\""),
            "een totaal uit items vraagt het aantal items",
        ),
        (scale("items = [1]"), "itemnummers vragen het aantal items"),
        (
            scale("items = [1]\nomgekeerd = [1]"),
            "omkeren vraagt de laagste en hoogste",
        ),
    ];
    for (parts, sentence) in cases {
        let faults = told(read(&bare, &parts));
        assert!(faults.contains(sentence), "{parts}\n{faults}");
    }
}

#[test]
fn closed_instruments_keep_their_items_and_texts() {
    let honos = head(12, 0, 4)
        .replace("DEMO-15", "HONOS")
        .replace("zekerheid = \"verzonnen\"", "zekerheid = \"gelezen\"");
    let as_class = |class: &str| honos.replace("klasse = \"A\"", &format!("klasse = \"{class}\""));
    let texts: String = (1..=12).map(|item| format!("{item} = \"t\"\n")).collect();
    let faults = told(InstrumentDefinition::parse(&honos));
    assert!(
        faults.contains("klasse A is er alleen voor DEMO-15"),
        "{faults}"
    );
    let faults = told(read(&as_class("B"), &format!("[teksten]\n{texts}")));
    assert!(faults.contains("itemteksten horen niet"), "{faults}");
    let faults = told(read(&as_class("C"), &total("score = \"som\"")));
    assert!(faults.contains("alleen totalen bewaard"), "{faults}");
    assert!(read(&as_class("B"), &total("score = \"som\"")).is_ok());
    let made_up = "[[betrouwbaarheid]]\nwaarde = 0.9\nsoort = \"alfa\"\npopulatie = \"verzonnen\"\n\
        omschrijving = \"niemand\"\nbron = \"niets\"\n";
    let faults = told(read(&as_class("B"), made_up));
    assert!(faults.contains("bij geen ander instrument"), "{faults}");
}

#[test]
fn all_faults_are_told_in_the_order_of_the_file() {
    let text = DEMO
        .replace("items = 15", "items = 14")
        .replace("waarde = 0.9", "waarde = 9.0")
        .replace("naam = \"spanning (verzonnen)\"", "naam = \"\"");
    let faults = told(InstrumentDefinition::parse(&text));
    let lines: Vec<&str> = faults.lines().collect();
    let places = [
        "[[schaal]] SPANNING, naam",
        "[[schaal]] ZELFSTANDIG, items",
        "[totaal], bereik",
        "[[betrouwbaarheid]] 4",
        "[teksten], 15",
    ];
    assert_eq!(lines.len(), places.len(), "{faults}");
    for (line, place) in lines.iter().zip(places) {
        assert!(line.starts_with(place), "{line}");
    }
}

#[test]
fn a_content_pack_fits_its_instrument() {
    let library = Library::shipped();
    let pack = ContentPack::parse(PACK, library).unwrap();
    assert_eq!(pack.instrument(), Instrument::Moas);
    assert_eq!(
        (pack.version(), pack.holder()),
        ("1", "Verzonnen instelling")
    );
    assert_eq!((pack.reference(), pack.len()), ("verzonnen", 4));
    assert_eq!((pack.text(4), pack.text(5)), (Some("vier"), None));
    assert!(!pack.is_empty());
    assert!(
        !format!("{pack:?}").contains("vier"),
        "texts are somebody's property"
    );
    let cases = [
        (
            "4 = \"vier\"\n",
            "",
            "[teksten]: de tekst van item 4 ontbreekt",
        ),
        (
            "4 = \"vier\"",
            "5 = \"vier\"",
            "[teksten], 5: dit itemnummer bestaat niet",
        ),
        (
            "4 = \"vier\"",
            "4 = \"\"",
            "[teksten], 4: deze tekst is leeg",
        ),
        (
            "4 = \"vier\"",
            "4 = \"vier\\nvijf\"",
            "[teksten], 4: deze tekst bevat een regeleinde",
        ),
        (
            "versie = \"1\"",
            "versie = \"2\"",
            "versie: deze teksten horen bij een andere versie",
        ),
        (
            "houder = \"Verzonnen instelling\"",
            "houder = \"\"",
            "[licentie], houder",
        ),
        (
            "kenmerk = \"verzonnen\"",
            "",
            "de sleutel `kenmerk` ontbreekt",
        ),
        (
            "\"MOAS\"",
            "\"SCIL\"",
            "instrument: van dit instrument (licentieklasse C)",
        ),
        ("\"MOAS\"", "\"DROS-2\"", "het aantal items niet bekend"),
        (
            "\"MOAS\"",
            "\"ANDERS\"",
            "instrument: `ANDERS` staat voor allerlei",
        ),
        (
            "\"MOAS\"",
            "\"MAOS\"",
            "instrument: `MAOS` staat niet in codelijst",
        ),
        (
            "soort = \"itemteksten\"",
            "soort = \"instrument\"",
            "regel 1",
        ),
    ];
    for (from, to, sentence) in cases {
        let faults = told(ContentPack::parse(&PACK.replacen(from, to, 1), library));
        assert!(faults.contains(sentence), "{from} → {to}:\n{faults}");
    }
    let faults = told(ContentPack::parse(PACK, &Library::default()));
    assert!(faults.contains("geen instrumentbestand"), "{faults}");
}

/// Replaces, drops or doubles a stretch of `text`.
fn damaged(text: &str, from: usize, length: usize, put: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let from = from % signs.len();
    let until = (from + length).min(signs.len());
    let (before, after) = (&signs[..from], &signs[until..]);
    before.iter().collect::<String>() + put + &after.iter().collect::<String>()
}

proptest! {
    /// A damaged file reads or says what is wrong; a definition that reads can be scored.
    #[test]
    fn damaged_files_never_panic(
        from in any::<usize>(),
        length in 0usize..40,
        put in "[\\PC\n]{0,6}|-?[0-9]{1,6}|\\[|\\]|nan|inf|true|\"",
    ) {
        match InstrumentDefinition::parse(&damaged(DEMO, from, length, &put)) {
            Ok(definition) => {
                let scored = definition.score((1..=15).map(|item| (item, 2)));
                prop_assert!(scored.scales.iter().all(|(_, score)| score.is_ok_and(f64::is_finite) || score.is_err()));
            }
            Err(faults) => prop_assert!(faults.iter().all(|fault| !fault.place.is_empty())),
        }
        if let Err(faults) = ContentPack::parse(&damaged(PACK, from, length, &put), Library::shipped()) {
            prop_assert!(faults.iter().count() > 0);
        }
    }

    /// Any text at all.
    #[test]
    fn hostile_text_never_panics(text in "\\PC{0,200}") {
        prop_assert!(InstrumentDefinition::parse(&text).is_err());
        prop_assert!(ContentPack::parse(&text, Library::shipped()).is_err());
    }
}
