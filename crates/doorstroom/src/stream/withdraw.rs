//! At the institution: a client withdraws, and the proof of erasure comes back.

use super::seal::{Recipients, check_sender, key_policy, known_info, refuse_blocked, split};
use super::{identified_by, open_sealed, read_protocol, secure_rng};
use crate::delivery;
use crate::exit::{Exit, Failure};
use crate::keyboard::key_folder;
use crate::progress::Reporter;
use envelope::{DeliveryId, Expected, FileKind, InstitutionCode, Party, SealedFile};
use pseudonym::{Identifiers, SealKeys, Withdrawal, WithdrawalOrder, seal_withdrawal};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use store::{ErasureProof, InstitutionKeys, KeptWithdrawal, Protocol};

/// Who withdraws, from what, with what.
pub struct Withdrawing<'a> {
    /// The client, by the institution's own number.
    pub client: &'a str,
    /// A delivery in which the client stands; without one only earlier deliveries count.
    pub delivery: Option<&'a Path>,
    /// The mapping profile, if the delivery needs one.
    pub profile: Option<&'a Path>,
    /// `study.toml`.
    pub study: &'a Path,
    /// The institution's folder with keys.
    pub keys: &'a Path,
    /// Where the file goes.
    pub out: &'a Path,
}

/// Seals the withdrawal of a client for the koppelpunt. Returns the file.
///
/// # Errors
/// A client who is not in the delivery, or of whom there is neither a key nor a delivered row;
/// what sealing a delivery refuses.
pub fn withdraw(withdrawing: &Withdrawing<'_>, reporter: &Reporter) -> Result<PathBuf, Failure> {
    let protocol = read_protocol(withdrawing.study)?;
    let keys = InstitutionKeys::open(key_folder(withdrawing.keys))?;
    let institution = identified_by(&protocol, &keys)?;
    let identifiers = identifiers(withdrawing, &protocol, &keys, reporter)?;
    let mut delivered = keys.rows_of_clients(&protocol.study.id)?;
    let rows = delivered.remove(withdrawing.client).unwrap_or_default();
    let nobody = Identifiers::default();
    let withdrawal = Withdrawal {
        identifiers: identifiers.as_ref().unwrap_or(&nobody),
        rows: &rows,
    };
    if identifiers.is_none() && rows.is_empty() {
        return Err(Failure::new(
            Exit::Refused,
            "Met deze sleutels is van deze cliënt niets verzegeld voor deze studie. Controleer het nummer, of geef met --delivery een levering waarin de cliënt staat.",
        ));
    }
    seal(
        withdrawing,
        withdrawal,
        (&protocol, institution),
        &keys,
        reporter,
    )
}

fn seal(
    withdrawing: &Withdrawing<'_>,
    withdrawal: Withdrawal<'_>,
    (protocol, institution): (&Protocol, InstitutionCode),
    keys: &InstitutionKeys,
    reporter: &Reporter,
) -> Result<PathBuf, Failure> {
    let recipients = Recipients::of(protocol, withdrawing.study)?;
    let order = WithdrawalOrder {
        study: protocol.study.id.clone(),
        institution,
        created_on: store::clock::today(),
        key_epoch: keys.key_epoch,
        policy: key_policy(protocol)?,
    };
    let seal_keys = SealKeys {
        match_secret: &keys.match_secret,
        signing_key: &keys.keys.signing_key,
        koppelpunt: &recipients.koppelpunt,
        study: &recipients.study,
    };
    let mut sealed = Vec::new();
    let receipt = seal_withdrawal(
        withdrawal,
        &order,
        seal_keys,
        &mut sealed,
        &mut secure_rng(),
    )
    .map_err(|error| Failure::new(Exit::Sealed, error.sentence()))?;
    if receipt.keys == 0 && withdrawal.rows.is_empty() {
        return Err(Failure::new(
            Exit::Refused,
            "Van deze cliënt is te weinig bekend om een koppelsleutel te maken, en er is nooit iets van verzegeld: er is niets te wissen.",
        ));
    }
    // Kept first: no withdrawal may go out that cannot be answered.
    keys.keep_withdrawal(&KeptWithdrawal {
        request: receipt.id.to_string(),
        study: order.study.clone(),
        client: withdrawing.client.to_owned(),
        asked_on: order.created_on.to_string(),
        proof: None,
    })?;
    let path = file_of(
        withdrawing.out,
        &order.study,
        (order.institution.as_str(), "intrekking"),
        receipt.id,
    );
    write(&path, &sealed)?;
    reporter.say(&format!(
        "Intrekking {}: {} koppelsleutels, {} geleverde rijen. Stuur {} naar het koppelpunt. De cliënt gaat niet meer mee in volgende leveringen.",
        short(receipt.id),
        receipt.keys,
        withdrawal.rows.len(),
        path.display()
    ));
    Ok(path)
}

/// Who the client is, by the delivery, if one was given.
fn identifiers(
    withdrawing: &Withdrawing<'_>,
    protocol: &Protocol,
    keys: &InstitutionKeys,
    reporter: &Reporter,
) -> Result<Option<Identifiers>, Failure> {
    let Some(path) = withdrawing.delivery else {
        return Ok(None);
    };
    let checked = delivery::check(path, withdrawing.profile, reporter)?;
    refuse_blocked(&checked)?;
    let (institution, _) = known_info(&checked.tables.info)?;
    check_sender(protocol, institution, keys)?;
    let validated = intake::validate(checked.tables, &checked.findings)
        .map_err(|blocked| Failure::new(Exit::Blocking, blocked.to_string()))?;
    let (split, client_ids) = split(validated);
    let mut clients = 0..split.content.clients.len();
    let client = clients
        .find(|place| client_ids.get(*place) == withdrawing.client)
        .ok_or_else(|| {
            Failure::new(
                Exit::Refused,
                "De cliënt staat niet in deze levering. Controleer het nummer, of laat --delivery weg: dan wordt gewist wat eerder is geleverd.",
            )
        })?;
    let mut identified = split.identifiers.into_iter();
    let known = identified.find(|entry| entry.client.position() == client);
    Ok(known.map(|entry| entry.identifiers))
}

/// A proof of erasure, told of an own client.
pub struct Proof {
    /// The client, by the institution's own number.
    pub client: String,
    /// What the study team says.
    pub proof: ErasureProof,
}

/// Opens a proof of erasure and keeps it beside the withdrawal that it answers.
///
/// # Errors
/// A file that is not what it should be, or answers no withdrawal of these keys.
pub fn proof(file: &Path, study: &Path, keys: &Path) -> Result<Proof, Failure> {
    let protocol = read_protocol(study)?;
    let keys = InstitutionKeys::open(key_folder(keys))?;
    let senders = store::senders(&protocol, study)?;
    let own = Party::Institution(identified_by(&protocol, &keys)?);
    let sought = (FileKind::RefusedForInstitution, own.clone());
    let outer = open_sealed(file, &protocol, &senders, sought)?;
    let request = outer.manifest().delivery_id;
    let inner = outer.decrypt_to_vec(&keys.keys.identity)?;
    let inner = SealedFile::read(Cursor::new(inner))?;
    let inner = inner.verify(&Expected {
        study: &protocol.study.id,
        kind: FileKind::ErasedForInstitution,
        addressee: own,
        senders: &senders,
    })?;
    let answers_it = inner.manifest().delivery_id == request;
    let kept = keys.withdrawal(request)?.filter(|_| answers_it);
    let mut kept = kept.ok_or_else(|| {
        Failure::new(
            Exit::Refused,
            "Dit wisbewijs hoort niet bij een intrekking die met deze sleutelmap is gemaakt. Gebruik de map waarmee de intrekking is gemaakt.",
        )
    })?;
    let bytes = inner.decrypt_to_vec(&keys.keys.identity)?;
    let proof: ErasureProof = serde_json::from_slice(&bytes).map_err(|_| {
        Failure::new(
            Exit::Sealed,
            "Het wisbewijs heeft niet de vorm die hier hoort; gebruik aan beide kanten dezelfde versie van Doorstroom.",
        )
    })?;
    kept.proof = Some(proof.clone());
    keys.keep_withdrawal(&kept)?;
    Ok(Proof {
        client: kept.client,
        proof,
    })
}

/// Where a file about a withdrawal goes.
pub(super) fn file_of(
    folder: &Path,
    study: &str,
    (from, what): (&str, &str),
    request: DeliveryId,
) -> PathBuf {
    folder.join(format!(
        "{study}-{from}-{what}-{}.verzegeld",
        short(request)
    ))
}

/// Enough of the number to tell withdrawals apart.
pub(super) fn short(request: DeliveryId) -> String {
    request.to_string()[..12].to_owned()
}

pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        store::files::create_folder(folder)?;
    }
    Ok(store::files::write_bytes(path, bytes)?)
}
