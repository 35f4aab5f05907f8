//! Through the gate and out of the house: show, release, report.

use crate::exit::{Exit, Failure};
use crate::progress::Reporter;
use disclosure::{Approval, Ledger, Publication, ReleaseDetails, ScreenedSet};
use estimate::Digest;
use site::Download;
use std::path::Path;
use store::{ReleaseRow, Study, files};

/// What would go out, and the run behind it.
pub struct Shown {
    /// The screened results.
    pub screened: ScreenedSet,
    /// Digest of the run.
    pub run: String,
    ledger: Ledger,
}

impl Shown {
    /// What an approval is bound to.
    pub fn digest(&self) -> Digest {
        self.screened.digest()
    }
}

/// Screens the newest run against the policy and all earlier releases.
///
/// # Errors
/// No run yet; the gate's refusal.
pub fn show(study: &Study) -> Result<Shown, Failure> {
    let current = super::study::current_run(study)?.to_string();
    let run = study.database().run(&current)?.ok_or_else(|| {
        let nothing = study.database().runs().is_ok_and(|runs| runs.is_empty());
        let why = if nothing {
            "Er zijn nog geen resultaten. Voer eerst `doorstroom run` uit."
        } else {
            "Er is iets veranderd sinds de laatste `doorstroom run`. Voer die eerst opnieuw uit."
        };
        Failure::new(Exit::Refused, why)
    })?;
    let estimates = study.results(&run.digest)?;
    let ledger = study.ledger()?;
    let key = study.letter_key();
    let screened = disclosure::screen(&estimates, &study.protocol().policy(), &ledger, &key)?;
    Ok(Shown {
        screened,
        run: run.digest.clone(),
        ledger,
    })
}

/// Releases what was shown, under the names of its author and checkers. Returns its number.
///
/// # Errors
/// The gate's refusal; what the store says.
pub fn release(
    study: &Study,
    shown: Shown,
    author: &str,
    checkers: &[String],
) -> Result<u32, Failure> {
    let policy = study.protocol().policy();
    let names: Vec<&str> = checkers.iter().map(String::as_str).collect();
    let approval = Approval::new(author, &names, shown.digest(), &policy)?;
    let details = details(study);
    let digest = shown.digest();
    let (_, entry) = shown.screened.release(approval, details)?;
    // The ledger refuses an entry that does not follow on the others.
    shown.ledger.with(entry.clone())?;
    let row = ReleaseRow {
        number: i64::from(entry.number()),
        digest: digest.to_string(),
        run: shown.run,
        author: author.to_owned(),
        checkers: checkers.join("; "),
        released_at: store::clock::timestamp(),
    };
    study.save_release(&row, entry.bytes())?;
    Ok(entry.number())
}

/// What the gate cannot know by itself.
pub fn details(study: &Study) -> ReleaseDetails {
    ReleaseDetails {
        study_title: study.protocol().study.title.clone(),
        released_on: store::clock::today().to_string(),
        institutions: institutions(study),
    }
}

fn institutions(study: &Study) -> Vec<String> {
    let entries = &study.protocol().institutions;
    let known = entries.iter().filter_map(|entry| entry.institution());
    known
        .map(|institution| codes::Coded::label(institution).to_owned())
        .collect()
}

/// Reads a release back through the ledger; the newest where no number is given.
///
/// # Errors
/// A number that is not there; a ledger that was tampered with.
pub fn publication(study: &Study, number: Option<u32>) -> Result<Publication, Failure> {
    let ledger = study.ledger()?;
    let newest = ledger.next_number() - 1;
    let number = number.unwrap_or(newest);
    if number == 0 || number > newest {
        return Err(Failure::new(
            Exit::Refused,
            if newest == 0 {
                "Er is nog niets vrijgegeven. Geef eerst vrij met `doorstroom release`.".to_owned()
            } else {
                format!("Publicatie {number} bestaat niet; de nieuwste is {newest}.")
            },
        ));
    }
    Ok(ledger.reopen(number)?)
}

/// Writes the factsheet, the tables, the figures and the site of a publication to a folder,
/// which appears as a whole.
///
/// # Errors
/// What could not be made or written.
pub fn report(publication: &Publication, out: &Path, reporter: &Reporter) -> Result<(), Failure> {
    refuse_foreign_folder(out)?;
    let step = reporter.step("Factsheet zetten");
    let factsheet = report::factsheet(publication).map_err(made)?;
    step.set_message("Tabellen en figuren schrijven");
    let exports = report::exports(publication).map_err(made)?;
    step.set_message("Site maken");
    let mut downloads = vec![Download {
        result_id: None,
        label: "Factsheet (pdf)".into(),
        file_name: "downloads/factsheet.pdf".into(),
        bytes_len: factsheet.len() as u64,
    }];
    downloads.extend(exports.iter().map(|file| Download {
        result_id: file.result_id.clone(),
        label: file.label.clone(),
        file_name: format!("downloads/{}", file.path),
        bytes_len: file.bytes.len() as u64,
    }));
    let pages = site::pages(publication, &downloads).map_err(made)?;
    let mut all: Vec<(String, &[u8])> = vec![
        ("factsheet.pdf".into(), &factsheet),
        ("site/downloads/factsheet.pdf".into(), &factsheet),
    ];
    for file in &exports {
        all.push((file.path.clone(), &file.bytes));
        all.push((format!("site/downloads/{}", file.path), &file.bytes));
    }
    all.extend(
        pages
            .iter()
            .map(|page| (format!("site/{}", page.path), page.bytes.as_slice())),
    );
    files::write_folder(out, |folder| write_all(folder, &all))?;
    step.finish_and_clear();
    Ok(())
}

/// Only an empty folder, or one that an earlier report made, is ever replaced.
fn refuse_foreign_folder(out: &Path) -> Result<(), Failure> {
    let is_ours = out.join("factsheet.pdf").is_file() && out.join("site/index.html").is_file();
    let is_empty = !out.exists()
        || out
            .read_dir()
            .is_ok_and(|mut entries| entries.next().is_none());
    if is_ours || is_empty {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Refused,
        format!(
            "{} bestaat al en is niet door `doorstroom report` gemaakt. Kies een andere map.",
            out.display()
        ),
    ))
}

fn write_all(folder: &Path, all: &[(String, &[u8])]) -> Result<(), store::Error> {
    for (name, bytes) in all {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            files::create_folder(parent)?;
        }
        files::write_bytes(&path, bytes)?;
    }
    Ok(())
}

fn made(error: impl std::fmt::Display) -> Failure {
    Failure::new(
        Exit::Io,
        format!("De publicatie kon niet worden gemaakt: {error}."),
    )
}
