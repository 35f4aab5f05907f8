//! The folders and keys of an invented network.

use crate::arguments::Demo;
use crate::exit::{Exit, Failure};
use crate::progress::Reporter;
use crate::stream::secure_rng;
use codes::{Coded, Institution};
use dummy::{Network, Parameters};
use std::path::{Path, PathBuf};
use store::{InstitutionKeys, Koppelpunt, NewStudy, Study, files};

/// Where everything of the demo lies.
pub struct Places {
    /// Per institution its delivery, profile and keys.
    pub institutions: PathBuf,
    /// The koppelpunt's keys and register.
    pub koppelpunt: PathBuf,
    /// The study folder.
    pub study: PathBuf,
    /// Sealed files under way.
    pub sealed: PathBuf,
    /// What is released.
    pub output: PathBuf,
    /// What is true of the network.
    pub truth: PathBuf,
}

impl Places {
    /// The places below a folder.
    pub fn in_folder(root: &Path) -> Self {
        Self {
            institutions: root.join("instellingen"),
            koppelpunt: root.join("koppelpunt"),
            study: root.join("studie"),
            sealed: root.join("onderweg"),
            output: root.join("publicatie"),
            truth: root.join("waarheid"),
        }
    }

    /// The protocol that everybody gets.
    pub fn protocol(&self) -> PathBuf {
        self.study.join("study.toml")
    }

    /// The folder of an institution.
    pub fn institution(&self, institution: Institution) -> PathBuf {
        self.institutions.join(institution.key().to_lowercase())
    }

    /// A delivery as it was before its faults were mended.
    pub fn damaged(&self) -> PathBuf {
        self.institution(DAMAGED).join("levering-met-fouten")
    }

    /// The profile that goes with it.
    pub fn damaged_profile(&self) -> PathBuf {
        self.institution(DAMAGED).join("profiel.toml")
    }
}

const DAMAGED: Institution = Institution::Wier;

/// The institutions that deliver.
pub fn institutions() -> impl Iterator<Item = Institution> {
    Institution::ALL.iter().copied()
}

/// Invents the network and writes deliveries, truth, keys and the study.
pub fn prepare(
    places: &Places,
    options: &Demo,
    author: &str,
    reporter: &Reporter,
) -> Result<(), Failure> {
    let step = reporter.step("Cliënten en hun jaren verzinnen");
    let network = Network::invent(
        &Parameters::declared(),
        options.clients,
        options.seed,
        store::clock::today(),
    );
    write_deliveries(places, &network)?;
    write_truth(places, &network)?;
    step.finish_and_clear();
    make_parties(places, author)
}

fn write_deliveries(places: &Places, network: &Network) -> Result<(), Failure> {
    for delivery in network.deliveries().map_err(invented)? {
        let place = places.institution(delivery.institution);
        write_files(&place.join("levering"), &delivery.files)?;
        files::write_bytes(
            &place.join("profiel.toml"),
            delivery.profile_toml.as_bytes(),
        )?;
        if delivery.institution == DAMAGED {
            write_files(
                &places.damaged(),
                &delivery.damaged().map_err(invented)?.files,
            )?;
        }
    }
    Ok(())
}

fn write_files(folder: &Path, delivered: &[(String, Vec<u8>)]) -> Result<(), Failure> {
    files::create_folder(folder)?;
    for (name, bytes) in delivered {
        files::write_bytes(&folder.join(name), bytes)?;
    }
    Ok(())
}

fn write_truth(places: &Places, network: &Network) -> Result<(), Failure> {
    files::create_folder(&places.truth)?;
    let truth = network.truth();
    let json = truth.to_json().map_err(invented)?;
    files::write_bytes(&places.truth.join("waarheid.json"), json.as_bytes())?;
    files::write_bytes(
        &places.truth.join("personen.csv"),
        truth.links_csv().as_bytes(),
    )?;
    Ok(())
}

/// Keys for everybody; the first institution makes the shared secret, the others get it.
fn make_parties(places: &Places, author: &str) -> Result<(), Failure> {
    let mut rng = secure_rng();
    let koppelpunt = Koppelpunt::create(&places.koppelpunt, &mut rng)?
        .keys
        .public();
    let mut shared: Option<String> = None;
    let mut entries = Vec::new();
    for institution in institutions() {
        let folder = places.institution(institution).join("sleutels");
        let made = InstitutionKeys::create(&folder, shared.as_deref(), &mut rng)?;
        shared.get_or_insert_with(|| made.match_secret.to_text().to_string());
        let public = made.keys.public();
        entries.push([
            institution.key().to_owned(),
            public.verifying_key.to_string(),
            public.recipient.to_string(),
        ]);
    }
    let new = NewStudy {
        id: "demo".into(),
        title: "In- en uitstroom van cliënten van De Borg".into(),
        author: author.into(),
        synthetic: true,
        bsn_agreed: "verzonnen akkoord van een verzonnen FG, voor de demo".into(),
        koppelpunt: (
            koppelpunt.recipient.to_string(),
            koppelpunt.verifying_key.to_string(),
        ),
        institutions: entries,
        ..NewStudy::default()
    };
    Study::create(&places.study, &new, &mut rng)?;
    Ok(())
}

fn invented(error: impl std::fmt::Display) -> Failure {
    Failure::new(
        Exit::Io,
        format!("De verzonnen gegevens konden niet worden gemaakt: {error}."),
    )
}
