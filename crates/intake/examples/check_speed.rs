//! Invents a large delivery, reads it and times the check.
//!
//! `cargo run --release -p intake --example check_speed -- [CLIENTS]`

use calendar::{Day, DayCount, DayPoint};
use intake::{DeliveryFile, ParsedTables, check, parse};
use std::borrow::Cow;
use std::fmt::Write;
use std::time::Instant;

fn main() {
    let clients = std::env::args().nth(1).and_then(|count| count.parse().ok());
    let tables = read(clients.unwrap_or(1_000_000));
    let today = Day::parse_iso("2025-07-15").expect("the day exists");
    for _ in 0..3 {
        let start = Instant::now();
        let findings = check(&tables, today, &|_, _| {});
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "check: {} rows, {} findings, {seconds:.2} s, {:.2} million rows/s",
            tables.rows(),
            findings.count(),
            tables.rows() as f64 / seconds / 1e6,
        );
    }
}

/// The files of a delivery, each as text.
#[derive(Default)]
struct Files {
    client: String,
    persoon: String,
    opname: String,
    plaatsing: String,
    ontslag: String,
    titelperiode: String,
    financieringsperiode: String,
}

fn read(clients: usize) -> ParsedTables {
    let mut files = Files {
        client: "client_id;geboortejaar;geslacht;iq_totaal;iq_klasse;grondslag\n".into(),
        persoon: "client_id;bsn;achternaam;geboortedatum;geslacht\n".into(),
        opname: "opname_id;client_id;opnamedatum;leeftijd_opname\n".into(),
        plaatsing: "plaatsing_id;opname_id;plaatsing_start;plaatsing_eind;voorziening;beveiligingsniveau\n".into(),
        ontslag: "opname_id;ontslagdatum;ontslagreden;ontslag_gepland;bestemming_voorziening;bestemming_beveiliging\n".into(),
        titelperiode: "client_id;juridische_titel;titel_start;titel_eind\n".into(),
        financieringsperiode: "client_id;financiering;financiering_start;financiering_eind;zorgprofiel\n".into(),
    };
    for number in 0..clients {
        add(&mut files, number).expect("writing to a string cannot fail");
    }
    let levering =
        "instelling_code;waarneming_vanaf;waarneming_tot\nSTEVIG;2015-01-01;2025-07-01\n";
    let files = [
        ("levering.csv", levering.to_owned()),
        ("client.csv", files.client),
        ("persoon.csv", files.persoon),
        ("opname.csv", files.opname),
        ("plaatsing.csv", files.plaatsing),
        ("ontslag.csv", files.ontslag),
        ("titelperiode.csv", files.titelperiode),
        ("financieringsperiode.csv", files.financieringsperiode),
    ];
    let files = files.map(|(name, text)| DeliveryFile {
        name: name.into(),
        bytes: Cow::Owned(text.into_bytes()),
    });
    parse(files.into(), None, &|_: u64| {})
}

/// One client: a stay of two placements; one in a hundred leaves before the admission.
fn add(files: &mut Files, number: usize) -> std::fmt::Result {
    let from = Day::parse_iso("2016-01-01").expect("the day exists");
    let after = |days: usize| from.plus(DayCount::new((number % 3000 + days) as i32));
    let (admitted, moved) = (after(0), after(100));
    let exit = if number % 100 == 7 {
        after(0).plus(DayCount::new(-9))
    } else {
        after(300)
    };
    let born = 1970 + number % 25;
    let age = admitted.year() as usize - born;
    let (id, admission) = (format!("C{number:07}"), format!("O{number:07}"));
    writeln!(files.client, "{id};{born};M;60;LVB;UITZONDERING")?;
    writeln!(files.persoon, "{id};;Voorbeeld;{born}-03-01;M")?;
    writeln!(files.opname, "{admission};{id};{admitted};{age}")?;
    writeln!(
        files.plaatsing,
        "{admission}a;{admission};{admitted};{moved};BORG_KLIN;2H"
    )?;
    writeln!(
        files.plaatsing,
        "{admission}b;{admission};{moved};{exit};BORG_KLIN;1"
    )?;
    writeln!(files.ontslag, "{admission};{exit};DOORSTR_LAGER;J;RIBW;0")?;
    writeln!(files.titelperiode, "{id};VRIJW;{admitted};")?;
    writeln!(files.financieringsperiode, "{id};WLZ;{admitted};;790")
}
