//! What the koppelpunt asks about rows reaches the people who know the clients: in the
//! institution's own numbers, at the institution alone.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use codes::Institution;
use common::{Places, Ran, doorstroom};
use std::fs;
use std::path::PathBuf;

const WIER: Institution = Institution::Wier;

/// Four clients: of one nothing is known, two look like the same, one objects.
const FILES: [(&str, &str); 8] = [
    (
        "levering.csv",
        "instelling_code;waarneming_vanaf;waarneming_tot\nWIER;2020-01-01;2025-01-01\n",
    ),
    (
        "client.csv",
        "client_id;geslacht;grondslag;grondslag_datum\nC-0012;M;TOESTEMMING;2021-01-01\nC-0013;M;TOESTEMMING;2022-01-01\nC-0014;M;TOESTEMMING;2023-01-01\nC-0015;M;BEZWAAR;2023-01-01\n",
    ),
    (
        "persoon.csv",
        "client_id;bsn;achternaam;voornamen;geboortedatum;postcode\nC-0012;;Rood;;1900-01-01;\nC-0013;;Zwart;Pieter;1980-01-31;1234 AB\nC-0014;;Zwart;Pieter;1980-01-31;1234 AB\nC-0015;;Wit;Jan;1990-01-31;1234 AB\n",
    ),
    (
        "opname.csv",
        "opname_id;client_id;opnamedatum\n1;C-0012;2021-01-01\n2;C-0013;2022-01-01\n3;C-0014;2023-01-01\n4;C-0015;2023-01-01\n",
    ),
    (
        "plaatsing.csv",
        "plaatsing_id;opname_id;plaatsing_start;plaatsing_eind;voorziening;beveiligingsniveau\n1;1;2021-01-01;;BORG_KLIN;1\n2;2;2022-01-01;2022-06-01;BORG_KLIN;1\n3;3;2023-01-01;;BORG_KLIN;1\n4;4;2023-01-01;;BORG_KLIN;1\n",
    ),
    (
        "ontslag.csv",
        "opname_id;ontslagdatum;ontslagreden;ontslag_gepland;bestemming_voorziening;bestemming_beveiliging\n2;2022-06-01;BEH_AFGEROND;J;VG_7;1\n",
    ),
    (
        "titelperiode.csv",
        "client_id;juridische_titel;titel_start;titel_eind\nC-0012;VRIJW;2021-01-01;\nC-0013;VRIJW;2022-01-01;2022-06-01\nC-0014;VRIJW;2023-01-01;\nC-0015;VRIJW;2023-01-01;\n",
    ),
    (
        "financieringsperiode.csv",
        "client_id;financiering;financiering_start;financiering_eind;zorgprofiel\nC-0012;WLZ;2021-01-01;;790\nC-0013;WLZ;2022-01-01;2022-06-01;790\nC-0014;WLZ;2023-01-01;;790\nC-0015;WLZ;2023-01-01;;790\n",
    ),
];

fn review(places: &Places, file: &PathBuf, institution: Institution) -> Ran {
    doorstroom![
        "review",
        file,
        "--study",
        places.protocol(),
        "--keys",
        places.keys(institution)
    ]
}

fn review_file(places: &Places) -> PathBuf {
    let name = "proef-koppelpunt-001-controlelijst-WIER.verzegeld";
    places.sealed().join(name)
}

#[test]
fn the_institution_is_told_of_its_own_clients() {
    let root = tempfile::tempdir().unwrap();
    let (places, _) = Places::prepare(root.path(), 40, 3);
    let delivery = root.path().join("klein");
    fs::create_dir(&delivery).unwrap();
    for (name, text) in FILES {
        fs::write(delivery.join(name), text).unwrap();
    }
    doorstroom![
        "seal",
        &delivery,
        "--study",
        places.protocol(),
        "--keys",
        places.keys(WIER),
        "--out",
        places.sealed()
    ]
    .fine();
    places.link(&[places.key_file(WIER, 1)]).fine();
    let file = review_file(&places);
    let told = review(&places, &file, WIER);
    assert_eq!(told.code, 0, "{told:?}");
    let lines: Vec<&str> = told.out.lines().collect();
    assert_eq!(lines.len(), 3, "{told:?}");
    assert!(
        lines[0].starts_with("C-0012\tEr zijn te weinig gegevens"),
        "{told:?}"
    );
    assert!(
        lines[1].starts_with("C-0013\t") && lines[1].contains("twee keer"),
        "{told:?}"
    );
    assert!(
        lines[2].starts_with("C-0014\t") && lines[2].contains("twee keer"),
        "{told:?}"
    );
    for secret in ["Zwart", "Pieter", "1980", "1234"] {
        assert!(!told.out.contains(secret) && !told.err.contains(secret));
    }

    // Another institution cannot open it, and other keys do not know the rows.
    let other = review(&places, &file, Institution::Stevig);
    assert_eq!(other.code, 5, "{other:?}");
    assert!(other.err.contains("bestemd voor"), "{other:?}");
    let koppelpunt = review(&places, &places.link_file(1), WIER);
    assert_eq!(koppelpunt.code, 5, "{koppelpunt:?}");

    // What is kept says nothing without the key, and without it the rows are nobody's.
    let kept: Vec<PathBuf> = fs::read_dir(places.keys(WIER).join("rijen"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(kept.len(), 1);
    let bytes = fs::read(&kept[0]).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"C-0012"));
    fs::remove_file(&kept[0]).unwrap();
    let lost = review(&places, &file, WIER);
    assert_eq!((lost.code, lost.out.as_str()), (1, ""), "{lost:?}");
    assert!(lost.err.starts_with("3 rijen"), "{lost:?}");
}
