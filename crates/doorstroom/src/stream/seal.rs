//! At the institution: from a delivery to two sealed files.

use super::{public_key, read_protocol, secure_rng};
use crate::delivery;
use crate::exit::{Exit, Failure};
use crate::keyboard::key_folder;
use crate::progress::Reporter;
use calendar::Day;
use codes::{Coded, Institution, LegalGround};
use envelope::{InstitutionCode, ObservedPeriod, Recipient};
use intake::TextColumn;
use intake::render::{self, TextOptions};
use pseudonym::{
    IdentifiedClient, Identifiers, KeyPolicy, Outputs, RecordedDecision, SealKeys, SealOrder,
    SealReceipt, Split,
};
use record::{Content, RowId};
use std::io::Write;
use std::path::{Path, PathBuf};
use store::{InstitutionKeys, Placing, Protocol, SealedDelivery};

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
    /// Where the delivery comes in the order of deliveries.
    pub placing: Placing,
}

/// The two files, and how the check went.
pub struct Sealed {
    /// For the koppelpunt.
    pub for_koppelpunt: PathBuf,
    /// For the study team.
    pub for_study: PathBuf,
    /// Fine, or warnings.
    pub exit: Exit,
    /// Clients, by their own number, who went out before and have no ground any more: their
    /// erasure is still to be asked.
    pub to_withdraw: Vec<String>,
}

/// Checks a delivery and seals it; blocking findings stop it.
///
/// # Errors
/// A delivery that cannot be read or is blocked; keys that do not fit the study; a delivery over
/// a period that was sealed before, while nobody said whether that one was sent.
pub fn seal(sealing: &Sealing<'_>, reporter: &Reporter) -> Result<Sealed, Failure> {
    let protocol = read_protocol(sealing.study)?;
    let mut keys = InstitutionKeys::open(key_folder(sealing.keys))?;
    let checked = delivery::check(sealing.delivery, sealing.profile, reporter)?;
    let exit = refuse_blocked(&checked)?;
    let (institution, period) = known_info(&checked.tables.info)?;
    check_sender(&protocol, institution, &keys)?;
    let validated = intake::validate(checked.tables, &checked.findings)
        .map_err(|blocked| Failure::new(Exit::Blocking, blocked.to_string()))?;
    let log = keys.sealed(&protocol.study.id);
    let previous = log.predecessor(&sealing.placing, &period)?;
    let step = reporter.step("Persoonsgegevens afsplitsen");
    let (mut split, client_ids) = split(validated);
    let to_withdraw = leave_behind(&mut split.content, &client_ids, &keys, &protocol.study.id)?;
    step.finish_and_clear();

    let order = order(&protocol, institution, period, (previous, keys.key_epoch))?;
    let recipients = Recipients::of(&protocol, sealing.study)?;
    let pair = Pair::of(sealing.out, &order);
    store::files::create_folder(sealing.out)?;
    let step = reporter.step("Koppelsleutels maken en verzegelen");
    let receipt = pair.write(&keys, &recipients, |seal_keys, out| {
        let receipt = pseudonym::seal(split, &order, seal_keys, out, &mut secure_rng())
            .map_err(|error| Failure::new(Exit::Sealed, error.sentence()))?;
        // Before either file is there: no row may go out that cannot be found back.
        keep_rows(&keys, &receipt, &client_ids)?;
        Ok(receipt)
    })?;
    step.finish_and_clear();
    let after = previous.map(|previous| previous.delivery_id);
    keys.remember(&protocol.study.id, sealed_delivery(&order, &receipt), after)?;
    tell(institution, &order, &receipt, reporter);
    Ok(Sealed {
        for_koppelpunt: pair.for_koppelpunt,
        for_study: pair.for_study,
        exit: if to_withdraw.is_empty() {
            exit
        } else {
            Exit::Warnings
        },
        to_withdraw,
    })
}

/// Whoever withdrew stays behind, whatever ground the delivery gives. Tells who went out before,
/// has no ground any more, and did not withdraw yet.
fn leave_behind(
    content: &mut Content<Day>,
    client_ids: &TextColumn,
    keys: &InstitutionKeys,
    study: &str,
) -> Result<Vec<String>, Failure> {
    let withdrawn = keys.withdrawn_clients(study)?;
    let delivered = keys.rows_of_clients(study)?;
    let mut to_withdraw = Vec::new();
    for (place, client) in content.clients.iter_mut().enumerate() {
        let own = client_ids.get(place);
        if withdrawn.contains(own) {
            client.ground = LegalGround::Objection;
        } else if !may_go(client.ground) && delivered.contains_key(own) {
            to_withdraw.push(own.to_owned());
        }
    }
    to_withdraw.sort_unstable();
    Ok(to_withdraw)
}

fn may_go(ground: LegalGround) -> bool {
    matches!(ground, LegalGround::Consent | LegalGround::Exception)
}

/// Fine or warnings; what blocks is told in full.
pub(super) fn refuse_blocked(checked: &delivery::Checked) -> Result<Exit, Failure> {
    let exit = checked.exit();
    if !matches!(exit, Exit::Blocking | Exit::Unreadable) {
        return Ok(exit);
    }
    let look = TextOptions {
        colour: false,
        width: 100,
        max_places: 5,
    };
    let text = render::text(&checked.findings, &checked.tables, look);
    Err(Failure::new(
        exit,
        format!("{text}\nDe levering is niet verzegeld. Herstel wat blokkeert en probeer opnieuw."),
    ))
}

/// The two files of a delivery.
struct Pair {
    for_koppelpunt: PathBuf,
    for_study: PathBuf,
}

impl Pair {
    fn of(folder: &Path, order: &SealOrder) -> Self {
        let (study, institution) = (&order.study, order.institution.as_str());
        let file = |whom: &str| {
            let number = order.delivery;
            folder.join(format!(
                "{study}-{institution}-{number:03}-{whom}.verzegeld"
            ))
        };
        Self {
            for_koppelpunt: file("koppelpunt"),
            for_study: file("studie"),
        }
    }

    /// Writes both files, which appear when both are whole.
    fn write<T>(
        &self,
        keys: &InstitutionKeys,
        recipients: &Recipients,
        fill: impl FnOnce(SealKeys<'_>, Outputs<&mut dyn Write, &mut dyn Write>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let seal_keys = SealKeys {
            match_secret: &keys.match_secret,
            signing_key: &keys.keys.signing_key,
            koppelpunt: &recipients.koppelpunt,
            study: &recipients.study,
        };
        store::files::write_atomically(&self.for_koppelpunt, |keys| {
            store::files::write_atomically(&self.for_study, |content| {
                fill(seal_keys, Outputs { keys, content })
            })
        })
    }
}

fn sealed_delivery(order: &SealOrder, receipt: &SealReceipt) -> SealedDelivery {
    SealedDelivery {
        delivery: order.delivery,
        delivery_id: receipt.content_manifest.delivery_id,
        period: order.period,
        sealed_on: order.created_on.to_string(),
        keys: receipt.keys.manifest,
        content: receipt.content.manifest,
    }
}

fn tell(institution: Institution, order: &SealOrder, receipt: &SealReceipt, reporter: &Reporter) {
    reporter.say(&format!(
        "{}: {} cliënten verzegeld; {} bezwaar en {} nog niet gevraagd blijven achter; {} zonder koppelsleutel.",
        institution.label(),
        receipt.clients,
        receipt.objected,
        receipt.not_asked,
        receipt.without_keys
    ));
    reporter.say(&format!(
        "Levering {}: kenmerk {} (koppelpunt) en {} (studie). Stuur beide bestanden.",
        order.delivery,
        receipt.keys.manifest.short(),
        receipt.content.manifest.short()
    ));
}

pub(super) fn known_info(
    info: &intake::DeliveryInfo,
) -> Result<(Institution, ObservedPeriod), Failure> {
    match (info.institution, info.observed_from, info.observed_until) {
        (Some(institution), Some(from), Some(until)) => {
            Ok((institution, ObservedPeriod { from, until }))
        }
        _ => Err(Failure::new(
            Exit::Blocking,
            "De tabel `levering` zegt niet van welke instelling en over welke periode dit is. Vul instelling_code, waarneming_vanaf en waarneming_tot in.",
        )),
    }
}

pub(super) fn check_sender(
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

/// Keeps which row is which client, for when the koppelpunt asks to look at a row again.
fn keep_rows(
    keys: &InstitutionKeys,
    receipt: &SealReceipt,
    client_ids: &TextColumn,
) -> Result<(), Failure> {
    let rows = receipt.rows.iter().map(|(row, client)| {
        let own = client_ids.get(client.position());
        (*row, own.to_owned())
    });
    let rows: Vec<(RowId, String)> = rows.collect();
    Ok(keys.keep_rows(receipt.content_manifest.delivery_id, &rows)?)
}

/// Who the clients are beside what is known of them, and their numbers at the institution.
pub(super) fn split(validated: intake::ValidatedTables) -> (Split, TextColumn) {
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
    let split = Split {
        identifiers: identifiers.collect(),
        content: parts.content,
    };
    (split, parts.client_ids)
}

fn order(
    protocol: &Protocol,
    institution: Institution,
    period: ObservedPeriod,
    (previous, key_epoch): (Option<&SealedDelivery>, u32),
) -> Result<SealOrder, Failure> {
    Ok(SealOrder {
        study: protocol.study.id.clone(),
        institution: institution_code(institution),
        delivery: previous.map_or(1, |previous| previous.delivery + 1),
        period,
        created_on: store::clock::today(),
        previous_keys: previous.map(|previous| previous.keys),
        previous_content: previous.map(|previous| previous.content),
        key_epoch,
        policy: key_policy(protocol)?,
    })
}

/// BSN and SKN only where the protocol records who agreed; `Protocol` refuses it otherwise.
pub(super) fn key_policy(protocol: &Protocol) -> Result<KeyPolicy, Failure> {
    let decision = || RecordedDecision {
        reference: protocol.linkage.agreed.clone(),
        decided_on: store::clock::today(),
    };
    let mut policy = KeyPolicy::of_names(protocol.name_keys())
        .map_err(|error| Failure::new(Exit::Refused, error.sentence()))?;
    if protocol.linkage.bsn {
        policy = policy.with_bsn(decision());
    }
    if protocol.linkage.skn {
        policy = policy.with_skn(decision());
    }
    Ok(policy)
}

/// To whom an institution encrypts.
pub(super) struct Recipients {
    pub(super) koppelpunt: [Recipient; 1],
    pub(super) study: [Recipient; 1],
}

impl Recipients {
    pub(super) fn of(protocol: &Protocol, path: &Path) -> Result<Self, Failure> {
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
