//! At the institution: from a delivery to two sealed files.

use super::{public_key, read_protocol, secure_rng};
use crate::delivery;
use crate::exit::{Exit, Failure};
use crate::progress::Reporter;
use calendar::Day;
use codes::{Coded, Institution};
use envelope::{FileKind, InstitutionCode, ObservedPeriod, Party, Recipient};
use intake::render::{self, TextOptions};
use pseudonym::{
    IdentifiedClient, Identifiers, KeyPolicy, Outputs, RecordedDecision, SealKeys, SealOrder, Split,
};
use std::path::{Path, PathBuf};
use store::{InstitutionKeys, Protocol};

/// What is sealed, for what, with what.
pub struct Sealing<'a> {
    /// The delivery: a folder or a zip file.
    pub delivery: &'a Path,
    /// The mapping profile, if the delivery needs one.
    pub profile: Option<&'a Path>,
    /// `study.toml`.
    pub study: &'a Path,
    /// The institution's folder with keys.
    pub keys: &'a Path,
    /// Where the files go.
    pub out: &'a Path,
}

/// The two files, and how the check went.
pub struct Sealed {
    /// For the koppelpunt.
    pub for_koppelpunt: PathBuf,
    /// For the study team.
    pub for_study: PathBuf,
    /// Fine, or warnings.
    pub exit: Exit,
}

/// Checks a delivery and seals it; blocking findings stop it.
///
/// # Errors
/// A delivery that cannot be read or is blocked; keys that do not fit the study.
pub fn seal(sealing: &Sealing<'_>, reporter: &Reporter) -> Result<Sealed, Failure> {
    let protocol = read_protocol(sealing.study)?;
    let mut keys = InstitutionKeys::open(sealing.keys)?;
    let checked = delivery::check(sealing.delivery, sealing.profile, reporter)?;
    let exit = checked.exit();
    if matches!(exit, Exit::Blocking | Exit::Unreadable) {
        let look = TextOptions {
            colour: false,
            width: 100,
            max_places: 5,
        };
        let text = render::text(&checked.findings, &checked.tables, look);
        return Err(Failure::new(
            exit,
            format!(
                "{text}\nDe levering is niet verzegeld. Herstel wat blokkeert en probeer opnieuw."
            ),
        ));
    }
    let (institution, from, until) = known_info(&checked.tables.info)?;
    check_sender(&protocol, institution, &keys)?;
    let validated = intake::validate(checked.tables, &checked.findings)
        .map_err(|blocked| Failure::new(Exit::Blocking, blocked.to_string()))?;
    let step = reporter.step("Persoonsgegevens afsplitsen");
    let split = split(validated);
    step.finish_and_clear();

    let party = Party::Institution(institution_code(institution));
    let order = order(
        &protocol,
        &keys,
        &party,
        (institution, ObservedPeriod { from, until }),
    )?;
    let recipients = Recipients::of(&protocol, sealing.study)?;
    let name = format!(
        "{}-{}-{:03}",
        protocol.study.id,
        institution.key(),
        order.delivery
    );
    let for_koppelpunt = sealing.out.join(format!("{name}-koppelpunt.verzegeld"));
    let for_study = sealing.out.join(format!("{name}-studie.verzegeld"));
    store::files::create_folder(sealing.out)?;
    let step = reporter.step("Koppelsleutels maken en verzegelen");
    let receipt = store::files::write_atomically(&for_koppelpunt, |keys_file| {
        store::files::write_atomically(&for_study, |content_file| {
            let seal_keys = SealKeys {
                match_secret: &keys.match_secret,
                signing_key: &keys.keys.signing_key,
                koppelpunt: &recipients.koppelpunt,
                study: &recipients.study,
            };
            let out = Outputs {
                keys: keys_file,
                content: content_file,
            };
            pseudonym::seal(split, &order, seal_keys, out, &mut secure_rng())
                .map_err(|error| Failure::new(Exit::Sealed, error.sentence()))
        })
    })?;
    step.finish_and_clear();
    keys.chain.remember(
        FileKind::KeysForKoppelpunt,
        &party,
        receipt.keys.state(&receipt.keys_manifest),
    );
    keys.chain.remember(
        FileKind::ContentForStudy,
        &party,
        receipt.content.state(&receipt.content_manifest),
    );
    keys.save()?;
    reporter.say(&format!(
        "{}: {} cliënten verzegeld; {} bezwaar en {} nog niet gevraagd blijven achter; {} zonder koppelsleutel.",
        institution.label(),
        receipt.clients,
        receipt.objected,
        receipt.not_asked,
        receipt.without_keys
    ));
    Ok(Sealed {
        for_koppelpunt,
        for_study,
        exit,
    })
}

fn known_info(info: &intake::DeliveryInfo) -> Result<(Institution, Day, Day), Failure> {
    match (info.institution, info.observed_from, info.observed_until) {
        (Some(institution), Some(from), Some(until)) => Ok((institution, from, until)),
        _ => Err(Failure::new(
            Exit::Blocking,
            "De tabel `levering` zegt niet van welke instelling en over welke periode dit is. Vul instelling_code, waarneming_vanaf en waarneming_tot in.",
        )),
    }
}

fn check_sender(
    protocol: &Protocol,
    institution: Institution,
    keys: &InstitutionKeys,
) -> Result<(), Failure> {
    let own = keys.keys.public().verifying_key.to_string();
    match protocol.verifies(institution) {
        Some(known) if known == own => Ok(()),
        Some(_) => Err(Failure::new(
            Exit::Refused,
            format!(
                "De sleutels in deze map zijn niet die van {} in study.toml. Gebruik de eigen sleutelmap (--keys), of laat de studie de openbare sleutel bijwerken.",
                institution.label()
            ),
        )),
        None => Err(Failure::new(
            Exit::Refused,
            format!(
                "{} staat niet in study.toml. Vraag de studie om [[instelling]] met de openbare sleutel toe te voegen.",
                institution.label()
            ),
        )),
    }
}

fn split(validated: intake::ValidatedTables) -> Split {
    let parts = validated.split();
    let identifiers = parts.identifiers.into_iter().map(|row| IdentifiedClient {
        client: row.client,
        identifiers: Identifiers {
            bsn: row.bsn,
            skn: row.skn,
            surname: row.achternaam,
            given_names: row.voornamen,
            initials: row.voorletters,
            birth_date: row.geboortedatum,
            sex: row.geslacht,
            postcode: row.postcode,
        },
    });
    Split {
        identifiers: identifiers.collect(),
        content: parts.content,
    }
}

fn order(
    protocol: &Protocol,
    keys: &InstitutionKeys,
    party: &Party,
    (institution, period): (Institution, ObservedPeriod),
) -> Result<SealOrder, Failure> {
    let last = |kind| keys.chain.last(kind, party);
    let last_keys = last(FileKind::KeysForKoppelpunt);
    let last_content = last(FileKind::ContentForStudy);
    Ok(SealOrder {
        study: protocol.study.id.clone(),
        institution: institution_code(institution),
        delivery: last_content.map_or(1, |state| state.delivery + 1),
        period,
        created_on: store::clock::today(),
        previous_keys: last_keys.map(|state| state.manifest),
        previous_content: last_content.map(|state| state.manifest),
        key_epoch: 1,
        policy: key_policy(protocol),
    })
}

/// BSN and SKN only where the protocol records who agreed; `Protocol` refuses it otherwise.
fn key_policy(protocol: &Protocol) -> KeyPolicy {
    let decision = || RecordedDecision {
        reference: protocol.linkage.agreed.clone(),
        decided_on: store::clock::today(),
    };
    let mut policy = KeyPolicy::default();
    if protocol.linkage.bsn {
        policy = policy.with_bsn(decision());
    }
    if protocol.linkage.skn {
        policy = policy.with_skn(decision());
    }
    policy
}

struct Recipients {
    koppelpunt: [Recipient; 1],
    study: [Recipient; 1],
}

impl Recipients {
    fn of(protocol: &Protocol, path: &Path) -> Result<Self, Failure> {
        Ok(Self {
            koppelpunt: [public_key(
                &protocol.linkage.koppelpunt_recipient,
                "koppelpunt_ontvangt",
                path,
            )?],
            study: [public_key(
                &protocol.linkage.study_recipient,
                "studie_ontvangt",
                path,
            )?],
        })
    }
}

fn institution_code(institution: Institution) -> InstitutionCode {
    InstitutionCode::new(institution.key()).expect("the codes of list CL01 are institution codes")
}
