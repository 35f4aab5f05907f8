//! At the koppelpunt: a withdrawal becomes an order for the study, and the study's answer a proof
//! for the institution. At the study: what the order says.

use super::withdraw::{file_of, short, write};
use super::{open_sealed, public_key, read_protocol};
use crate::exit::{Exit, Failure};
use crate::keyboard::key_folder;
use crate::progress::Reporter;
use envelope::{
    DeliveryId, Expected, FileKind, Manifest, Party, Recipient, SealedFile, Sealing, VerifiedFile,
};
use linkage::{LinkId, WithdrawalId};
use pseudonym::KeysExpected;
use std::fs::File;
use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};
use store::{Erased, Koppelpunt, Protocol, Study};

/// What the koppelpunt works with.
pub struct Desk<'a> {
    /// The koppelpunt's folder.
    pub register: &'a Path,
    /// `study.toml`.
    pub study: &'a Path,
    /// Where files go.
    pub out: &'a Path,
}

/// Refuses a client who withdrew from now on, and writes the order to erase. Returns the order.
///
/// The order is written before the register is kept: a crash in between does no more than write
/// it again.
///
/// # Errors
/// A file that is no withdrawal of this study from a known institution, or was dealt with before.
pub fn detach(desk: &Desk<'_>, file: &Path, reporter: &Reporter) -> Result<PathBuf, Failure> {
    let protocol = read_protocol(desk.study)?;
    let mut koppelpunt = Koppelpunt::open(key_folder(desk.register))?;
    let verified = verify(desk, &protocol, file, FileKind::WithdrawalForKoppelpunt)?;
    let request = verified.manifest().delivery_id;
    let Party::Institution(institution) = verified.manifest().sender.clone() else {
        return Err(Failure::new(
            Exit::Sealed,
            "De afzender van deze intrekking is geen instelling.",
        ));
    };
    let declaration = protocol.match_keys();
    let expected = KeysExpected {
        declaration: &declaration,
        key_epoch: koppelpunt.register.key_epoch(),
    };
    let own = &koppelpunt.keys.identity;
    let (client, for_study) =
        pseudonym::open_withdrawal(verified, own, &koppelpunt.secret, expected)
            .map_err(|error| Failure::new(Exit::Sealed, error.sentence()))?;
    let code = institution.as_str();
    let id = number(request);
    let links = (koppelpunt.register)
        .withdraw(id, code, &client, &declaration)
        .map_err(refused)?;
    let path = order(desk, (&koppelpunt, &protocol), request, &|out| {
        linkage::write_link_ids(out, &links)?;
        out.write_all(&for_study)
    })?;
    koppelpunt.save()?;
    reporter.say(&format!(
        "Intrekking {} van {code} verwerkt: rijen van deze cliënt worden vanaf nu geweigerd. Stuur {} naar het studieteam.",
        short(request),
        path.display()
    ));
    Ok(path)
}

/// What a file holds.
type Payload<'a> = &'a dyn Fn(&mut dyn Write) -> io::Result<()>;

fn order(
    desk: &Desk<'_>,
    (koppelpunt, protocol): (&Koppelpunt, &Protocol),
    request: DeliveryId,
    payload: Payload<'_>,
) -> Result<PathBuf, Failure> {
    let (study, kind) = (&protocol.study.id, FileKind::ErasureForStudy);
    let parties = (Party::Koppelpunt, Party::Study);
    let links = koppelpunt
        .chain
        .last(FileKind::LinksForStudy, &Party::Study);
    let manifest = Manifest {
        // The study must have every link id that was given until now.
        delivery: links.map_or(0, |state| state.delivery),
        ..Manifest::single(study, kind, parties, request, store::clock::today())
    };
    let known = &protocol.linkage.study_recipient;
    let recipient: Recipient = public_key(known, "studie_ontvangt", desk.study)?;
    let path = file_of(desk.out, study, ("koppelpunt", "wisopdracht"), request);
    write(&path, &seal(koppelpunt, &manifest, &recipient, payload)?)?;
    Ok(path)
}

fn seal(
    koppelpunt: &Koppelpunt,
    manifest: &Manifest,
    recipient: &Recipient,
    payload: Payload<'_>,
) -> Result<Vec<u8>, Failure> {
    let sealing = Sealing {
        signing_key: &koppelpunt.keys.signing_key,
        recipients: std::slice::from_ref(recipient),
    };
    let mut sealed = Vec::new();
    envelope::seal(manifest, sealing, &mut sealed, payload)?;
    Ok(sealed)
}

fn verify(
    desk: &Desk<'_>,
    protocol: &Protocol,
    file: &Path,
    kind: FileKind,
) -> Result<VerifiedFile<File>, Failure> {
    let senders = store::senders(protocol, desk.study)?;
    open_sealed(file, protocol, &senders, (kind, Party::Koppelpunt))
}

/// The study's answer to an order.
struct Answer {
    erased: Vec<LinkId>,
    delivered: bool,
    for_institution: Vec<u8>,
}

/// Takes in the study's answer: whoever was erased is refused for good. Writes the proof for the
/// institution and returns it.
///
/// # Errors
/// A file that is no answer of the study, or answers no withdrawal that is known here.
pub fn forward(desk: &Desk<'_>, file: &Path, reporter: &Reporter) -> Result<PathBuf, Failure> {
    let protocol = read_protocol(desk.study)?;
    let mut koppelpunt = Koppelpunt::open(key_folder(desk.register))?;
    let verified = verify(desk, &protocol, file, FileKind::ErasedForKoppelpunt)?;
    let request = verified.manifest().delivery_id;
    let answer = open_answer(verified, &koppelpunt)?;
    let known = koppelpunt.register.withdrawal(number(request));
    let (institution, answered) = known
        .map(|(code, answered)| (code.to_owned(), answered))
        .ok_or_else(|| refused(linkage::Error::NoSuchWithdrawal))?;
    check_inner(
        desk,
        &protocol,
        (&answer.for_institution, &institution),
        request,
    )?;
    let path = pass_on(
        desk,
        (&koppelpunt, &protocol),
        &institution,
        (request, &answer),
    )?;
    if !answered {
        let id = number(request);
        (koppelpunt.register)
            .answer_withdrawal(id, &answer.erased, answer.delivered)
            .map_err(refused)?;
        koppelpunt.save()?;
    }
    reporter.say(&format!(
        "Wissing {} is klaar; {} personen worden geweigerd. Stuur {} naar {institution}.",
        short(request),
        koppelpunt.register.refused(),
        path.display()
    ));
    Ok(path)
}

fn open_answer(file: VerifiedFile<File>, koppelpunt: &Koppelpunt) -> Result<Answer, Failure> {
    file.decrypt(&koppelpunt.keys.identity, |plain| {
        let erased = linkage::read_link_ids(plain)?;
        let mut rest = Vec::new();
        plain
            .read_to_end(&mut rest)
            .map_err(envelope::Error::from)?;
        let (delivered, inner) = rest.split_first().ok_or(envelope::Error::Truncated)?;
        Ok(Answer {
            erased,
            delivered: *delivered == 1,
            for_institution: inner.to_vec(),
        })
    })
}

/// What goes on unread must be the study's, for this institution, about this withdrawal.
fn check_inner(
    desk: &Desk<'_>,
    protocol: &Protocol,
    (inner, institution): (&[u8], &str),
    request: DeliveryId,
) -> Result<(), Failure> {
    let senders = store::senders(protocol, desk.study)?;
    let addressee = Party::institution(institution)
        .map_err(|error| Failure::new(Exit::Sealed, error.to_string()))?;
    let verified = SealedFile::read(Cursor::new(inner))?.verify(&Expected {
        study: &protocol.study.id,
        kind: FileKind::ErasedForInstitution,
        addressee,
        senders: &senders,
    })?;
    if verified.manifest().delivery_id == request {
        Ok(())
    } else {
        Err(refused(linkage::Error::NoSuchWithdrawal))
    }
}

fn pass_on(
    desk: &Desk<'_>,
    (koppelpunt, protocol): (&Koppelpunt, &Protocol),
    institution: &str,
    (request, answer): (DeliveryId, &Answer),
) -> Result<PathBuf, Failure> {
    let entries = protocol.institutions.iter();
    let entry = entries.clone().find(|entry| entry.code == institution);
    let receives = entry.map_or("", |entry| entry.receives.as_str());
    let recipient: Recipient = public_key(receives, "ontvangt", desk.study)?;
    let to = Party::institution(institution)
        .map_err(|error| Failure::new(Exit::Sealed, error.to_string()))?;
    let (study, kind) = (&protocol.study.id, FileKind::RefusedForInstitution);
    let today = store::clock::today();
    let manifest = Manifest::single(study, kind, (Party::Koppelpunt, to), request, today);
    let sealed = seal(koppelpunt, &manifest, &recipient, &|out| {
        out.write_all(&answer.for_institution)
    })?;
    let path = file_of(desk.out, study, (institution, "wisbewijs"), request);
    write(&path, &sealed)?;
    Ok(path)
}

/// Erases at the study what an order says, and writes the answer for the koppelpunt.
///
/// # Errors
/// What the store refuses.
pub fn erase(
    study: &Study,
    file: &Path,
    out: &Path,
    reporter: &Reporter,
) -> Result<Erased, Failure> {
    let step = reporter.step("Wissen");
    let erased = study
        .erase(file)
        .map_err(|error| Failure::from(error).about(file))?;
    step.finish_and_clear();
    let id = &study.protocol().study.id;
    let path = file_of(out, id, ("studie", "wisbericht"), erased.request);
    write(&path, &erased.answer)?;
    let what = match (erased.before, erased.delivered) {
        (true, _) => "was al gewist; het antwoord is opnieuw geschreven".to_owned(),
        (false, true) => format!(
            "gewist: {} rijen in leveringen, met alles wat ervan is afgeleid. Voer `doorstroom run` opnieuw uit",
            erased.rows
        ),
        (false, false) => format!(
            "er is niets gewist: {} heeft deze cliënt nooit geleverd",
            erased.institution
        ),
    };
    reporter.say(&format!(
        "Wisopdracht {}: {what}. Stuur {} naar het koppelpunt, en verwijder ontvangen bestanden buiten de studiemap.",
        short(erased.request),
        path.display()
    ));
    Ok(erased)
}

fn number(request: DeliveryId) -> WithdrawalId {
    *request.as_bytes()
}

fn refused(error: linkage::Error) -> Failure {
    Failure::new(Exit::Refused, error.sentence())
}
