//! Deliveries of any size, as streams of CSV in the dictionary's own names: for measuring speed.

use crate::Error;
use crate::identity::Card;
use crate::life::{Life, chance_of};
use crate::parameters::Parameters;
use crate::person::Traits;
use crate::stay::Stay;
use crate::tables::Window;
use calendar::Day;
use codes::{Coded, Facility, Institution, LegalGround, Sex};
use rayon::prelude::*;
use std::io::Write;

/// The tables that are written, with their columns.
const TABLES: [(&str, &str); 7] = [
    (
        "persoon",
        "client_id,bsn,achternaam,tussenvoegsel,voornamen,voorletters,geboortedatum,geslacht,postcode",
    ),
    (
        "client",
        "client_id,geboortejaar,geslacht,iq_totaal,iq_klasse,grondslag,grondslag_datum",
    ),
    (
        "opname",
        "opname_id,client_id,opnamedatum,leeftijd_opname,herkomst_voorziening,ontslagklaar_datum",
    ),
    (
        "plaatsing",
        "plaatsing_id,opname_id,plaatsing_start,plaatsing_eind,voorziening,beveiligingsniveau,fase",
    ),
    (
        "titelperiode",
        "client_id,juridische_titel,titel_start,titel_eind",
    ),
    (
        "financieringsperiode",
        "client_id,financiering,financiering_start,financiering_eind,zorgprofiel",
    ),
    (
        "ontslag",
        "opname_id,ontslagdatum,ontslagreden,ontslag_gepland,bestemming_voorziening,bestemming_beveiliging",
    ),
];

/// The number of clients invented at a time by one thread.
const CHUNK: u32 = 8_192;

/// The number of chunks held in memory at once.
const CHUNKS_AT_ONCE: usize = 8;

/// The same lives as [`Network::invent`](crate::Network::invent) tells, for any number of
/// clients, written as one folder of CSV files per institution (`STEVIG/opname.csv` and so on).
///
/// The deliveries are complete from the day after the first admission, so that every client is
/// delivered; they carry the declared faults in the identifiers, and none in the content.
/// Consecutive placements and title periods that differ in nothing but their dates are one.
/// Returns the number of rows. Memory does not grow with the number of clients.
///
/// # Errors
/// Where `sink` gives no stream for a file, or writing to it fails.
pub fn write_csv_scale(
    clients: usize,
    seed: u64,
    mut sink: impl FnMut(&str) -> std::io::Result<Box<dyn Write>>,
) -> Result<u64, Error> {
    let mut parameters = Parameters::declared();
    let calendar = &mut parameters.calendar;
    calendar.observed_from = Day::from_number(calendar.first_admission.number() + 1);
    let window = Window {
        from: calendar.observed_from,
        until: calendar.observed_until,
    };
    let mut streams = Vec::new();
    for &institution in Institution::ALL {
        write_delivery(institution, window, &mut sink)?;
        for (table, header) in TABLES {
            let mut stream = sink(&format!("{}/{table}.csv", institution.key()))?;
            writeln!(stream, "{header}")?;
            streams.push(stream);
        }
    }
    let clients = clients as u32;
    let starts: Vec<u32> = (0..clients).step_by(CHUNK as usize).collect();
    let mut rows = Institution::ALL.len() as u64;
    for batch in starts.chunks(CHUNKS_AT_ONCE) {
        let written: Vec<Pages> = batch
            .par_iter()
            .map(|&start| Pages::of(start..clients.min(start + CHUNK), &parameters, window, seed))
            .collect();
        for pages in written {
            rows += pages.rows;
            for (stream, bytes) in streams.iter_mut().zip(&pages.bytes) {
                stream.write_all(bytes)?;
            }
        }
    }
    streams.iter_mut().try_for_each(|stream| stream.flush())?;
    Ok(rows)
}

fn write_delivery(
    institution: Institution,
    window: Window,
    sink: &mut impl FnMut(&str) -> std::io::Result<Box<dyn Write>>,
) -> Result<(), Error> {
    let key = institution.key();
    let mut stream = sink(&format!("{key}/levering.csv"))?;
    writeln!(stream, "instelling_code,waarneming_vanaf,waarneming_tot")?;
    writeln!(stream, "{key},{},{}", window.from, window.until)?;
    Ok(stream.flush()?)
}

/// The lines of some clients, per institution and table.
struct Pages {
    bytes: Vec<Vec<u8>>,
    rows: u64,
    window: Window,
}

/// A day before the export, or nothing.
struct Ended(Option<Day>);

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.map_or(Ok(()), |day| write!(f, "{day}"))
    }
}

impl Pages {
    fn of(
        clients: std::ops::Range<u32>,
        parameters: &Parameters,
        window: Window,
        seed: u64,
    ) -> Self {
        let bytes = vec![Vec::new(); Institution::ALL.len() * TABLES.len()];
        let mut pages = Self {
            bytes,
            rows: 0,
            window,
        };
        for number in clients {
            let chance = &mut chance_of(seed, number);
            let life = Life::invent(number, parameters, chance);
            for &institution in Institution::ALL {
                let card = Card::written(&life.person, &parameters.identifier_dirt, chance);
                pages.add(&life, institution, &card);
            }
        }
        pages
    }

    fn line(&mut self, institution: Institution, table: usize, line: std::fmt::Arguments<'_>) {
        let page = &mut self.bytes[institution.position() * TABLES.len() + table];
        writeln!(page, "{line}").expect("writing into memory cannot fail");
        self.rows += 1;
    }

    fn ended(&self, day: Day) -> Ended {
        Ended(Some(day).filter(|&day| day < self.window.until))
    }

    fn add(&mut self, life: &Life, institution: Institution, card: &Card) {
        let window = self.window;
        let here = |stay: &&Stay| stay.entry.institution == institution && window.delivers(stay);
        if !life.stays.iter().any(|stay| here(&stay)) {
            return;
        }
        self.client(life, institution, card);
        for (at, stay) in life.stays.iter().enumerate().filter(|(_, stay)| here(stay)) {
            self.stay(life, institution, (at, stay));
        }
    }

    fn client(&mut self, life: &Life, institution: Institution, card: &Card) {
        let person = &life.person;
        let (id, sex) = (
            person.number,
            if person.sex == Sex::Male { "M" } else { "F" },
        );
        let bsn = card.bsn.map(|bsn| format!("{bsn:09}")).unwrap_or_default();
        let postcode = card
            .postcode
            .map(|postcode| postcode.text())
            .unwrap_or_default();
        self.line(
            institution,
            0,
            format_args!(
                "c{id},{bsn},{},{},{},{},{},{sex},{postcode}",
                card.surname,
                card.prefix.unwrap_or_default(),
                card.given_names.as_deref().unwrap_or_default(),
                card.initials,
                card.birth,
            ),
        );
        self.line(
            institution,
            1,
            format_args!(
                "c{id},{},{sex},{},{},{},{}",
                person.birth.year(),
                person.iq,
                Traits::iq_class(person.iq).key(),
                LegalGround::Exception.key(),
                Traits::ground_day(person, self.window.from),
            ),
        );
    }

    fn stay(&mut self, life: &Life, institution: Institution, (at, stay): (usize, &Stay)) {
        let person = &life.person;
        let client = person.number;
        let admission = format!("o{client}x{at}");
        let entry = &stay.entry;
        let ready = Ended(stay.ready.filter(|&ready| ready < self.window.until));
        self.line(
            institution,
            2,
            format_args!(
                "{admission},c{client},{},{},{},{ready}",
                entry.day,
                person.age_on(entry.day),
                entry.origin.key(),
            ),
        );
        self.placements(institution, &admission, stay);
        self.spells(institution, client, stay);
        if let Some(exit) = stay.exit_before(self.window.until) {
            let departure = &stay.departure;
            self.line(
                institution,
                6,
                format_args!(
                    "{admission},{exit},{},{},{},{}",
                    departure.reason.key(),
                    if departure.planned { "J" } else { "N" },
                    departure.destination.key(),
                    departure
                        .security
                        .map(|level| level.key())
                        .unwrap_or_default(),
                ),
            );
        }
    }

    fn placements(&mut self, institution: Institution, admission: &str, stay: &Stay) {
        let same =
            |a: &crate::stay::Placement, b: &crate::stay::Placement| a.security == b.security;
        for (at, run) in stay.placements.chunk_by(same).enumerate() {
            let (first, last) = (&run[0], &run[run.len() - 1]);
            if first.start >= self.window.until {
                break;
            }
            let end = self.ended(last.end);
            self.line(
                institution,
                3,
                format_args!(
                    "p{admission}x{at},{admission},{},{end},{},{},{}",
                    first.start,
                    Facility::BorgKlin.key(),
                    first.security.key(),
                    last.phase.key(),
                ),
            );
        }
    }

    fn spells(&mut self, institution: Institution, client: u32, stay: &Stay) {
        for run in stay.titles.chunk_by(|a, b| a.code == b.code) {
            let (first, last) = (&run[0], &run[run.len() - 1]);
            if first.start < self.window.until {
                let end = self.ended(last.end);
                let title = first.code.key();
                self.line(
                    institution,
                    4,
                    format_args!("c{client},{title},{},{end}", first.start),
                );
            }
        }
        let until = self.window.until;
        for spell in stay.fundings.iter().filter(|spell| spell.start < until) {
            let end = self.ended(spell.end);
            let profile = if spell.code == codes::Funding::Wlz {
                "790"
            } else {
                ""
            };
            let funding = spell.code.key();
            let start = spell.start;
            self.line(
                institution,
                5,
                format_args!("c{client},{funding},{start},{end},{profile}"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex};

    type Files = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

    struct Sink(Files, String);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0
                .lock()
                .unwrap()
                .entry(self.1.clone())
                .or_default()
                .extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn files(clients: usize) -> (u64, BTreeMap<String, Vec<u8>>) {
        let files = Files::default();
        let rows = write_csv_scale(clients, 3, |name| {
            Ok(Box::new(Sink(files.clone(), name.to_owned())))
        })
        .unwrap();
        let files = files.lock().unwrap().clone();
        (rows, files)
    }

    #[test]
    fn the_files_do_not_depend_on_the_number_of_threads() {
        let alone = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .build()
            .unwrap();
        assert_eq!(alone.install(|| files(300)), files(300));
    }

    #[test]
    fn each_row_has_as_many_cells_as_its_header() {
        let (rows, files) = files(300);
        let mut counted = 0;
        for (name, bytes) in &files {
            let text = String::from_utf8(bytes.clone()).unwrap();
            let commas: Vec<usize> = text.lines().map(|line| line.matches(',').count()).collect();
            assert!(commas.iter().all(|count| *count == commas[0]), "{name}");
            counted += commas.len() as u64 - 1;
        }
        assert_eq!(counted, rows);
        assert_eq!(files.len(), 4 * 8);
    }
}
