//! `doorstroom erasure`: a client withdraws, from the institution to the study and back.

use crate::arguments::{Erasure, ErasureAction};
use crate::commands::dictionary::write_out;
use crate::exit::{Exit, Failure};
use crate::keyboard::key_folder;
use crate::progress::Reporter;
use crate::stream::{self, Withdrawing};
use std::path::{Path, PathBuf};
use store::{Study, Verification};

/// Does what is asked.
pub fn run(options: &Erasure, reporter: &Reporter) -> Result<Exit, Failure> {
    match &options.action {
        ErasureAction::Request {
            client,
            delivery,
            profile,
            study,
            keys,
            out,
        } => {
            let withdrawing = Withdrawing {
                client,
                delivery: delivery.as_deref(),
                profile: profile.as_deref(),
                study,
                keys,
                out,
            };
            stream::withdraw(&withdrawing, reporter)?;
        }
        ErasureAction::Detach(at) => {
            stream::detach(&at.desk(), &at.file, reporter)?;
        }
        ErasureAction::Apply { study, file, out } => {
            let study = Study::open(key_folder(study))?;
            stream::erase(&study, file, out, reporter)?;
        }
        ErasureAction::Forward(at) => {
            stream::forward(&at.desk(), &at.file, reporter)?;
        }
        ErasureAction::Receipt { file, study, keys } => return receipt(file, study, keys),
        ErasureAction::Verify { study, also } => return verify(study, also),
    }
    Ok(Exit::Fine)
}

/// Prints the client, by the institution's own number, and what became of the withdrawal.
fn receipt(file: &Path, study: &Path, keys: &Path) -> Result<Exit, Failure> {
    let told = stream::proof(file, study, keys)?;
    let proof = &told.proof;
    let what = match (proof.erased, proof.named) {
        (0, 0) => "de studie had geen rijen van deze cliënt onder een eigen nummer".to_owned(),
        (erased, named) if erased == named => format!("alle {named} geleverde rijen zijn gewist"),
        (erased, named) => format!(
            "{erased} van de {named} verzegelde rijen zijn gewist; de andere heeft de studie nooit ontvangen"
        ),
    };
    let line = format!(
        "{}\tGewist op {}: {what}. Het koppelpunt weigert deze cliënt voortaan, ook van andere instellingen.\n",
        told.client, proof.erased_on
    );
    write_out(line.as_bytes(), None, false)?;
    Ok(Exit::Fine)
}

fn verify(study: &Path, also: &[PathBuf]) -> Result<Exit, Failure> {
    let study = Study::open_to_read(key_folder(study))?;
    let verification = study.verify_erasures(also)?;
    write_out(report(&verification).as_bytes(), None, false)?;
    Ok(match verification.found.is_empty() {
        true => Exit::Fine,
        false => Exit::NotErased,
    })
}

fn report(verification: &Verification) -> String {
    let mut text = format!("Gezocht naar {} wissingen in:\n", verification.erasures);
    for (kind, count) in &verification.looked {
        text += &format!("  {count:>6} {kind}\n");
    }
    for found in &verification.found {
        text += &format!("GEVONDEN  {}: {}\n", found.path.display(), found.what);
    }
    text += match verification.found.is_empty() {
        true => "Nergens is nog iets van een gewiste cliënt te openen.\n",
        false => "Verwijder deze bestanden, ook uit reservekopieën, en zoek opnieuw.\n",
    };
    text
}
