//! Writes a large invented delivery as CSV and times reading it.
//!
//! `cargo run --release -p intake --example throughput -- DIR [CLIENTS] [read-only]`

use intake::{DeliveryFile, parse};
use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let directory = Path::new(arguments.first().map_or("throughput-data", String::as_str));
    let clients = arguments
        .get(1)
        .and_then(|count| count.parse().ok())
        .unwrap_or(1_000_000);
    if !directory.exists() {
        fs::create_dir_all(directory)?;
        write_delivery(directory, clients)?;
    }
    for _ in 0..3 {
        let files = load(directory)?;
        let size: usize = files.iter().map(|file| file.bytes.len()).sum();
        let start = Instant::now();
        let parsed = parse(files, None, &|_: u64| {});
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{} rows, {} MB: {seconds:.2} s, {:.2} million rows/s, {:.0} MB/s",
            parsed.rows(),
            size / 1_000_000,
            parsed.rows() as f64 / seconds / 1e6,
            size as f64 / seconds / 1e6,
        );
    }
    Ok(())
}

fn load(directory: &Path) -> std::io::Result<Vec<DeliveryFile<'static>>> {
    fs::read_dir(directory)?
        .map(|entry| {
            let entry = entry?;
            Ok(DeliveryFile {
                name: entry.file_name().to_string_lossy().into_owned(),
                bytes: Cow::Owned(fs::read(entry.path())?),
            })
        })
        .collect()
}

/// A small generator (SplitMix64): the same data on each run.
struct Draws(u64);

impl Draws {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % limit
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }

    fn date(&mut self, year: u64) -> String {
        let (day, month) = (1 + self.below(28), 1 + self.below(12));
        format!("{day:02}-{month:02}-{}", year + self.below(8))
    }
}

fn table(directory: &Path, name: &str, header: &str) -> std::io::Result<BufWriter<File>> {
    let mut file = BufWriter::new(File::create(directory.join(name))?);
    writeln!(file, "{header}")?;
    Ok(file)
}

const FACILITIES: [&str; 5] = ["BORG_KLIN", "FPC", "FPK", "GGZ_KLIN", "VG_7"];

fn write_delivery(directory: &Path, clients: u64) -> std::io::Result<()> {
    let mut draws = Draws(1);
    let mut about = table(
        directory,
        "levering.csv",
        "instelling_code;waarneming_vanaf;waarneming_tot",
    )?;
    writeln!(about, "STEVIG;01-01-2016;01-01-2026")?;
    write_persons(directory, clients, &mut draws)?;
    write_stays(directory, clients, &mut draws)?;
    write_measurements(directory, clients, &mut draws)
}

fn write_persons(directory: &Path, clients: u64, draws: &mut Draws) -> std::io::Result<()> {
    let mut person = table(
        directory,
        "persoon.csv",
        "client_id;bsn;achternaam;tussenvoegsel;voorletters;geboortedatum;geslacht;postcode",
    )?;
    let mut client = table(
        directory,
        "client.csv",
        "client_id;geboortejaar;geslacht;burgerlijke_staat;iq_totaal;iq_klasse;middelen;grondslag",
    )?;
    for number in 0..clients {
        let (id, year) = (10_000_000 + number, 1950 + draws.below(50));
        writeln!(
            person,
            "{id};;Naam{number};van;A.B.;{};{};{}AB",
            draws.date(year),
            draws.pick(&["M", "F"]),
            1000 + draws.below(8999)
        )?;
        writeln!(
            client,
            "{id};{year};{};{};{};{};GEEN;TOESTEMMING",
            draws.pick(&["M", "F"]),
            draws.pick(&["1", "2", "4", "n.v.t.", ""]),
            50 + draws.below(40),
            draws.pick(&["LVB", "ZB"])
        )?;
    }
    Ok(())
}

fn write_stays(directory: &Path, clients: u64, draws: &mut Draws) -> std::io::Result<()> {
    let mut admission = table(
        directory,
        "opname.csv",
        "opname_id;client_id;opnamedatum;leeftijd_opname;herkomst_voorziening;verwijzer_type;ontslagklaar_datum",
    )?;
    let mut placement = table(
        directory,
        "plaatsing.csv",
        "plaatsing_id;opname_id;plaatsing_start;plaatsing_eind;voorziening;beveiligingsniveau;leefgroep_type;fase",
    )?;
    let mut exit = table(
        directory,
        "ontslag.csv",
        "opname_id;ontslagdatum;ontslagreden;ontslag_gepland;bestemming_voorziening;bestemming_beveiliging",
    )?;
    let mut title = table(
        directory,
        "titelperiode.csv",
        "client_id;juridische_titel;titel_start;titel_eind",
    )?;
    for number in 0..clients {
        let (id, stay) = (10_000_000 + number, 50_000_000 + number);
        writeln!(
            admission,
            "{stay};{id};{};{};{};;",
            draws.date(2016),
            18 + draws.below(40),
            draws.pick(&FACILITIES)
        )?;
        writeln!(
            placement,
            "{};{stay};{};{};{};{};{};",
            70_000_000 + number,
            draws.date(2016),
            draws.date(2018),
            draws.pick(&FACILITIES),
            draws.pick(&["0", "1", "2L", "3"]),
            draws.pick(&["LAAG", "MIDDEN", "HOOG"])
        )?;
        writeln!(
            exit,
            "{stay};{};{};J;{};{}",
            draws.date(2018),
            draws.pick(&["BEH_AFGEROND", "DOORSTR_LAGER", "VROEG_CLIENT"]),
            draws.pick(&FACILITIES),
            draws.pick(&["0", "1", "2H"])
        )?;
        if number % 2 == 0 {
            writeln!(
                title,
                "{id};{};{};{}",
                draws.pick(&["WZD_24", "WVGGZ_ZM", "VRIJW"]),
                draws.date(2016),
                draws.date(2018)
            )?;
        }
    }
    Ok(())
}

fn write_measurements(directory: &Path, clients: u64, draws: &mut Draws) -> std::io::Result<()> {
    let mut measurement = table(
        directory,
        "meting.csv",
        "meting_id;client_id;instrument;meetdatum;totaalscore;afname_wijze",
    )?;
    for number in (0..clients).filter(|number| number % 2 == 0) {
        let id = 10_000_000 + draws.below(clients);
        writeln!(
            measurement,
            "{};{id};HONOS;{};{},{};",
            90_000_000 + number,
            draws.date(2017),
            draws.below(60),
            draws.below(10)
        )?;
    }
    Ok(())
}
