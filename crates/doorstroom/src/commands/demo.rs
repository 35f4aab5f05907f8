//! `doorstroom demo`: an invented network, and the whole stream on it.

mod deliveries;
mod network;
mod serve;

use crate::arguments::Demo;
use crate::delivery;
use crate::exit::{Exit, Failure};
use crate::progress::Reporter;
use crate::stream::{self, Sealing};
use codes::Coded;
use network::{Places, institutions, prepare};
use std::path::{Path, PathBuf};
use store::{Placing, Study, files};

/// The people of the demo; they do not exist.
const AUTHOR: &str = "V. Onderzoeker (verzonnen)";
const CHECKERS: [&str; 2] = ["A. Controleur (verzonnen)", "B. Nazicht (verzonnen)"];

/// Invents, checks, seals, links, receives, runs, releases, reports, and shows the site.
pub fn run(options: &Demo, reporter: &Reporter) -> Result<Exit, Failure> {
    let root = folder(options)?;
    if options.only_deliveries {
        return deliveries::write(&root, options, reporter);
    }
    let places = Places::in_folder(&root);
    say(
        reporter,
        1,
        "Vier instellingen, een koppelpunt en een studie verzinnen",
    );
    prepare(&places, options, AUTHOR, reporter)?;
    say(reporter, 2, "Een levering met fouten wordt tegengehouden");
    refuse_damaged(&places, reporter)?;
    say(
        reporter,
        3,
        "Elke instelling controleert en verzegelt haar levering",
    );
    let (key_files, content_files) = seal_all(&places, reporter)?;
    say(
        reporter,
        4,
        "Het koppelpunt koppelt, zonder te zien wie het zijn",
    );
    let protocol = stream::read_protocol(&places.protocol())?;
    let link_file = stream::link(
        &places.koppelpunt,
        &protocol,
        &key_files,
        &places.sealed,
        reporter,
    )?;
    say(reporter, 5, "De studie ontvangt");
    let study = Study::open(&places.study)?;
    let received: Vec<PathBuf> = content_files.into_iter().chain([link_file]).collect();
    stream::receive(&study, &received, None, reporter)?;
    say(reporter, 6, "De analyses");
    stream::run(&study, reporter)?;
    say(
        reporter,
        7,
        "Door de poort: kleine aantallen beschermen en vrijgeven",
    );
    let shown = stream::show(&study)?;
    let hidden: usize = shown
        .screened
        .results()
        .iter()
        .flat_map(|r| &r.checks)
        .map(|c| c.hidden.len())
        .sum();
    let results = shown.screened.results().len();
    let checkers = CHECKERS.map(str::to_owned);
    let number = stream::release(&study, shown, AUTHOR, &checkers)?;
    reporter.say(&format!(
        "Publicatie {number}: {results} resultaten, {hidden} getallen verborgen."
    ));
    say(reporter, 8, "Factsheet, tabellen, figuren en site");
    let publication = stream::publication(&study, None)?;
    stream::report(&publication, &places.output, reporter)?;
    // The site may be looked at while other commands use the study.
    drop(study);
    print_places(&places);
    if !options.no_serve {
        serve::serve(&places.output.join("site"), options.port, reporter)?;
    }
    Ok(Exit::Fine)
}

fn say(reporter: &Reporter, step: u8, what: &str) {
    reporter.say(&format!("\n{step}/8  {what}"));
}

/// The folder that was asked for, if it is new or empty; else a fresh temporary one.
fn folder(options: &Demo) -> Result<PathBuf, Failure> {
    let root = options.dir.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!(
            "doorstroom-demo-{}-{}",
            store::clock::now_seconds(),
            std::process::id()
        ))
    });
    if root.exists()
        && root
            .read_dir()
            .map_err(store::Error::at(&root))?
            .next()
            .is_some()
    {
        return Err(Failure::new(
            Exit::Refused,
            format!(
                "{} is niet leeg. Kies een nieuwe of lege map.",
                root.display()
            ),
        ));
    }
    files::create_folder(&root)?;
    Ok(root)
}

/// Shows that a delivery with blocking faults does not get through.
fn refuse_damaged(places: &Places, reporter: &Reporter) -> Result<(), Failure> {
    let checked = delivery::check(&places.damaged(), Some(&places.damaged_profile()), reporter)?;
    if checked.exit() != Exit::Blocking {
        return Err(Failure::new(
            Exit::Refused,
            "De beschadigde levering werd niet tegengehouden. Dat is een fout in Doorstroom.",
        ));
    }
    let blocking = checked
        .findings
        .iter()
        .filter(|f| f.rule.severity == intake::Severity::Blocking);
    let mut codes: Vec<&str> = blocking.map(|finding| finding.rule.code).collect();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    reporter.say(&format!(
        "Tegengehouden: {count} blokkerende bevindingen (regels {}).",
        codes.join(", ")
    ));
    Ok(())
}

fn seal_all(places: &Places, reporter: &Reporter) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Failure> {
    let (mut key_files, mut content_files) = (Vec::new(), Vec::new());
    for institution in institutions() {
        let place = places.institution(institution);
        let sealing = Sealing {
            delivery: &place.join("levering"),
            profile: Some(&place.join("profiel.toml")),
            study: &places.protocol(),
            keys: &place.join("sleutels"),
            out: &places.sealed,
            placing: Placing::Next,
        };
        let sealed = stream::seal(&sealing, reporter)?;
        if sealed.exit == Exit::Warnings {
            reporter.say(&format!(
                "{}: met waarschuwingen; zie `doorstroom check`.",
                institution.label()
            ));
        }
        key_files.push(sealed.for_koppelpunt);
        content_files.push(sealed.for_study);
    }
    Ok((key_files, content_files))
}

fn print_places(places: &Places) {
    let line = |what: &str, path: &Path| println!("  {what:<22} {}", path.display());
    println!("\nAlles is verzonnen. Waar alles staat:");
    line("factsheet", &places.output.join("factsheet.pdf"));
    line("site", &places.output.join("site/index.html"));
    line("tabellen en figuren", &places.output);
    line("leveringen", &places.institutions);
    line("verzegelde bestanden", &places.sealed);
    line("studie", &places.study);
    line("de waarheid", &places.truth);
}
