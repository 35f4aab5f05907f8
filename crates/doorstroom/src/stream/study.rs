//! At the study team: receive and run.

use crate::exit::{Exit, Failure};
use crate::progress::Reporter;
use analysis::Stage;
use calendar::{Day, DayCount, DayPoint, HalfYear};
use codes::Coded;
use estimate::{Digest, Provenance};
use std::path::PathBuf;
use store::{DeliveryStatus, Joined, Received, RunManifest, Study};

/// The version of the program, as results remember it.
const CODE_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Takes in files one by one, then joins deliveries and links.
///
/// # Errors
/// The first file that is refused; those before it are in.
pub fn receive(
    study: &Study,
    files: &[PathBuf],
    correction: Option<&str>,
    reporter: &Reporter,
) -> Result<Joined, Failure> {
    for path in files {
        let received = study
            .receive(path, correction)
            .map_err(|error| Failure::from(error).about(path))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        reporter.say(&format!("{name}: {}", received_sentence(&received)));
    }
    for (institution, path) in study.write_receipts(&mut super::secure_rng())? {
        reporter.say(&format!(
            "Ontvangstbewijs voor {}: {}",
            institution.label(),
            path.display()
        ));
    }
    let step = reporter.step("Leveringen samenvoegen");
    let joined = study.join()?;
    step.finish_and_clear();
    reporter.say(&joined_sentence(&joined));
    if let Joined::Made { .. } = joined {
        report_recognisability(study, reporter)?;
    }
    Ok(joined)
}

/// Tells how recognisable persons are in the rows that were just joined, and keeps that in the
/// log: counts only.
fn report_recognisability(study: &Study, reporter: &Reporter) -> Result<(), Failure> {
    let step = reporter.step("Herkenbaarheid meten");
    let measured = study.recognisability()?;
    step.finish_and_clear();
    let (k, l) = study.protocol().recognition.wanted();
    reporter.say(&format!(
        "Herkenbaarheid in de samengevoegde gegevens (streef: ten minste {k} gelijken, met {l} bestemmingen):"
    ));
    for found in &measured {
        let sentence = recognisability_sentence(found, (k, l));
        reporter.say(&format!("  {sentence}"));
        study
            .database()
            .add_event("herkenbaarheid gemeten", &known(found), &sentence)?;
    }
    if measured.iter().any(|found| found.anonymity.below > 0) {
        reporter.say("Deze gegevens zijn persoonsgegevens, ook zonder namen: werk ermee in de gesloten omgeving en geef niets vrij buiten `doorstroom release` om.");
    }
    Ok(())
}

fn known(found: &record::Recognisability) -> String {
    let known = found.known.iter().map(|one| one.key().replace('_', " "));
    known.collect::<Vec<_>>().join(" + ")
}

fn recognisability_sentence(found: &record::Recognisability, (k, l): (u64, usize)) -> String {
    let counted = found.anonymity;
    let share =
        |count: usize| figure::dutch::percentage(count as f64 / counted.rows.max(1) as f64, 0);
    format!(
        "{}: {} van {} uniek ({}), {} met minder dan {k} gelijken ({}), {} met minder dan {l} bestemmingen onder hun gelijken; k = {}, l = {}",
        known(found),
        counted.unique,
        counted.rows,
        share(counted.unique),
        counted.below,
        share(counted.below),
        found.undiverse,
        counted.k,
        found.l
    )
}

fn received_sentence(received: &Received) -> String {
    match received {
        Received::AlreadyHere => "was al ontvangen; er is niets veranderd.".into(),
        Received::Delivery {
            institution,
            correction: false,
            clients,
        } => {
            format!(
                "levering van {} met {clients} cliënten opgenomen.",
                institution.label()
            )
        }
        Received::Delivery {
            institution,
            correction: true,
            clients,
        } => {
            format!(
                "correctie van {} met {clients} cliënten opgenomen; de vorige levering is vervangen.",
                institution.label()
            )
        }
        Received::Links { rows } => format!("koppelbestand met {rows} rijen opgenomen."),
    }
}

fn joined_sentence(joined: &Joined) -> String {
    match joined {
        Joined::Made { persons, rows } => {
            format!("Samengevoegd: {persons} personen, {rows} rijen.")
        }
        Joined::Unchanged => "De samengevoegde gegevens zijn ongewijzigd.".into(),
        Joined::Waiting(institution) => format!(
            "De levering van {} wacht op het koppelbestand. Vraag het koppelpunt erom en ontvang het met `doorstroom receive`.",
            institution.label()
        ),
    }
}

/// Runs the analyses, unless the same inputs were run before. Returns the run's digest.
///
/// # Errors
/// No content yet; what the store says.
pub fn run(study: &Study, reporter: &Reporter) -> Result<String, Failure> {
    // A crash or a changed protocol may have left the rows behind the deliveries.
    if let waiting @ Joined::Waiting(_) = study.join()? {
        return Err(Failure::new(Exit::Refused, joined_sentence(&waiting)));
    }
    let run = current_run(study)?;
    if study.database().run(&run.to_string())?.is_some() {
        reporter.say("Er is niets veranderd sinds de vorige keer; de resultaten staan er al.");
        return Ok(run.to_string());
    }
    let provenance = provenance(study)?;
    let step = reporter.step("Gegevens openen");
    let linked = study.linked_content()?;
    let estimates =
        analysis::analyse_with(&linked, &study.protocol().questions, &provenance, |stage| {
            step.set_message(stage_text(stage));
        });
    step.finish_and_clear();
    let manifest = RunManifest {
        run,
        inputs: provenance.inputs,
        protocol: provenance.protocol,
        code_version: provenance.code_version,
        results: estimates.len(),
    };
    study.save_results(&manifest, &estimates)?;
    reporter.say(&format!(
        "{} resultaten berekend (run {}).",
        estimates.len(),
        run.short()
    ));
    Ok(run.to_string())
}

fn stage_text(stage: Stage) -> String {
    match stage {
        Stage::Assembling => "Trajecten samenstellen".into(),
        Stage::Selecting => "Cohorten kiezen".into(),
        Stage::Estimating(id) => format!("Berekenen: {id}"),
    }
}

fn provenance(study: &Study) -> Result<Provenance, Failure> {
    let deliveries = study.database().deliveries()?;
    let current = deliveries
        .iter()
        .filter(|row| row.status == DeliveryStatus::Current);
    let until = current
        .filter_map(|row| Day::parse_iso(&row.period_until))
        .max();
    // The day itself is no longer observed: what counts is the one before.
    let last_day = until.map_or(Day::from_number(0), |day| day.plus(DayCount::new(-1)));
    Ok(Provenance {
        inputs: study.inputs()?,
        protocol: study.protocol_digest(),
        code_version: CODE_VERSION.into(),
        data_until: HalfYear::of(last_day),
        linkage: study.linkage_evidence()?,
        synthetic: study.protocol().study.synthetic,
    })
}

/// The run of the current deliveries, protocol and program, whether or not it was done.
/// Equal digests mean equal results. Opens no delivery and no link file.
///
/// # Errors
/// What the store says.
pub(super) fn current_run(study: &Study) -> Result<Digest, Failure> {
    let mut bytes = Vec::new();
    for digest in study.inputs()?.iter().chain([&study.protocol_digest()]) {
        bytes.extend(digest.0);
    }
    bytes.extend(CODE_VERSION.as_bytes());
    bytes.extend(study.protocol().study.id.as_bytes());
    Ok(store::files::digest_of(&bytes))
}
