use crate::keys::match_keys_of_many;
use crate::{Error, IdentifiedClient, Identifiers, KeyPolicy};
use calendar::Day;
use codes::LegalGround;
use envelope::{
    DeliveryId, Digest, FileKind, InstitutionCode, LeftBehind, Manifest, ObservedPeriod, Party,
    Receipt, Recipient, Sealing, SigningKey,
};
use linkage::{KeyTableWriter, METHOD, MatchSecret};
use rand::CryptoRng;
use record::{ClientIndex, Content, RowId, SCHEMA_VERSION};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Clients whose keys are made at a time: enough for all threads, and little memory.
const CHUNK: usize = 2048;

/// A checked delivery, split into who the clients are and what is known of them.
#[derive(Debug)]
pub struct Split {
    /// Who they are; a client without identifiers travels without keys.
    pub identifiers: Vec<IdentifiedClient>,
    /// What is known of them. Its row ids are replaced.
    pub content: Content<Day>,
}

/// What the two files of a delivery say about themselves.
#[derive(Clone, Debug)]
pub struct SealOrder {
    /// The study; it also enters every key, so that keys of two studies do not match.
    pub study: String,
    /// The institution that delivers.
    pub institution: InstitutionCode,
    /// The number of the delivery, higher than any before.
    pub delivery: u32,
    /// The days that the delivery covers.
    pub period: ObservedPeriod,
    /// The day on which the files are made.
    pub created_on: Day,
    /// The header digest of the previous file A.
    pub previous_keys: Option<Digest>,
    /// The header digest of the previous file B.
    pub previous_content: Option<Digest>,
    /// The epoch of the institutions' secret.
    pub key_epoch: u32,
    /// Which match keys are made.
    pub policy: KeyPolicy,
}

/// The keys that sealing takes.
#[derive(Clone, Copy, Debug)]
pub struct SealKeys<'a> {
    /// The institutions' secret `a`.
    pub match_secret: &'a MatchSecret,
    /// The institution's signing key.
    pub signing_key: &'a SigningKey,
    /// Who opens file A.
    pub koppelpunt: &'a [Recipient],
    /// Who opens file B.
    pub study: &'a [Recipient],
}

/// Where the two files go.
#[derive(Debug)]
pub struct Outputs<A, B> {
    /// File A, for the koppelpunt.
    pub keys: A,
    /// File B, for the study team.
    pub content: B,
}

/// What the institution keeps of a sealed delivery: counts, digests, and which row is whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealReceipt {
    /// Under which row id each client went out. It never leaves the institution: with it, what
    /// the koppelpunt asks about a row can be answered.
    pub rows: Vec<(RowId, ClientIndex)>,
    /// The manifest of file A.
    pub keys_manifest: Manifest,
    /// The digests of file A.
    pub keys: Receipt,
    /// The manifest of file B.
    pub content_manifest: Manifest,
    /// The digests of file B.
    pub content: Receipt,
    /// Clients that went out.
    pub clients: u64,
    /// Clients that stayed behind because they object.
    pub objected: u64,
    /// Clients that stayed behind because they have not been asked.
    pub not_asked: u64,
    /// Clients that went out without any match key, and so cannot be linked.
    pub without_keys: u64,
}

/// Seals a delivery into file A and file B.
///
/// Clients who object or were not asked are left out of both, with all their rows. `rng` draws
/// the row ids and the delivery id; file B is written first, and file A names it.
///
/// # Errors
/// Identifiers that do not fit the clients; a file that cannot be written.
pub fn seal<A: Write, B: Write, R: CryptoRng + ?Sized>(
    split: Split,
    order: &SealOrder,
    keys: SealKeys<'_>,
    out: Outputs<A, B>,
    rng: &mut R,
) -> Result<SealReceipt, Error> {
    let identifiers = by_client(&split.identifiers, split.content.clients.len())?;
    let grounds = left_behind(&split.content);
    let rows = draw_rows(&split.content, rng);
    let clients: Vec<ClientIndex> = rows.iter().map(|(_, client)| *client).collect();
    let mut content = split.content.of_clients(&clients);
    content.row_ids = rows.iter().map(|(row, _)| *row).collect();
    let delivery_id = DeliveryId::generate(rng);

    let content_manifest = content_manifest(order, delivery_id, &content, grounds);
    let to_study = Sealing {
        signing_key: keys.signing_key,
        recipients: keys.study,
    };
    let content_receipt = envelope::seal(&content_manifest, to_study, out.content, |out| {
        content.write_to(out)
    })?;
    drop(content);

    let keys_manifest = keys_manifest(order, delivery_id, rows.len(), content_receipt.ciphertext);
    let to_koppelpunt = Sealing {
        signing_key: keys.signing_key,
        recipients: keys.koppelpunt,
    };
    let mut without_keys = 0;
    let keys_receipt = envelope::seal(&keys_manifest, to_koppelpunt, out.keys, |out| {
        let maker = KeyMaker {
            identifiers: &identifiers,
            secret: keys.match_secret,
            order,
        };
        without_keys = maker.write(&rows, out)?;
        Ok(())
    })?;
    Ok(SealReceipt {
        keys_manifest,
        keys: keys_receipt,
        content_manifest,
        content: content_receipt,
        clients: rows.len() as u64,
        objected: grounds.objected,
        not_asked: grounds.not_asked,
        without_keys,
        rows,
    })
}

/// Per client its identifiers, if there are any.
fn by_client(
    identified: &[IdentifiedClient],
    clients: usize,
) -> Result<Vec<Option<&Identifiers>>, Error> {
    let mut of = vec![None; clients];
    for entry in identified {
        let place = of
            .get_mut(entry.client.position())
            .ok_or(Error::ClientsDiffer)?;
        if place.replace(&entry.identifiers).is_some() {
            return Err(Error::ClientsDiffer);
        }
    }
    Ok(of)
}

/// How many clients stay behind, and why.
fn left_behind(content: &Content<Day>) -> LeftBehind {
    let count = |ground| {
        let clients = content.clients.iter();
        clients.filter(|client| client.ground == ground).count() as u64
    };
    LeftBehind {
        objected: count(LegalGround::Objection),
        not_asked: count(LegalGround::Unknown),
    }
}

/// A fresh row id for every client who may go out, in the order of those ids: as the ids are
/// random, so is the order.
fn draw_rows<R: CryptoRng + ?Sized>(
    content: &Content<Day>,
    rng: &mut R,
) -> Vec<(RowId, ClientIndex)> {
    let may_go = |ground| matches!(ground, LegalGround::Consent | LegalGround::Exception);
    let mut rows: Vec<(RowId, ClientIndex)> = (0..)
        .map(ClientIndex)
        .zip(&content.clients)
        .filter(|(_, client)| may_go(client.ground))
        .map(|(index, _)| {
            let mut row = [0; 16];
            rng.fill_bytes(&mut row);
            (RowId(row), index)
        })
        .collect();
    rows.sort_unstable();
    rows
}

/// Makes and writes the keys, some clients at a time.
struct KeyMaker<'a> {
    identifiers: &'a [Option<&'a Identifiers>],
    secret: &'a MatchSecret,
    order: &'a SealOrder,
}

impl KeyMaker<'_> {
    /// Writes the payload of file A; gives the number of rows without any key.
    fn write(&self, rows: &[(RowId, ClientIndex)], out: &mut dyn Write) -> io::Result<u64> {
        let nobody = Identifiers::default();
        let declaration = self.order.policy.declaration();
        let mut table = KeyTableWriter::start(out, rows.len() as u64, &declaration)?;
        let mut without_keys = 0;
        for chunk in rows.chunks(CHUNK) {
            let clients: Vec<&Identifiers> = chunk
                .iter()
                .map(|(_, client)| self.identifiers[client.position()].unwrap_or(&nobody))
                .collect();
            let keys = match_keys_of_many(&clients, self.secret, &self.order.study, &declaration);
            for ((row, _), keys) in chunk.iter().zip(keys.chunks(declaration.len())) {
                table.row(linkage::RowId(row.0), keys)?;
                without_keys += u64::from(keys.iter().all(Option::is_none));
            }
        }
        table.finish()?;
        Ok(without_keys)
    }
}

fn keys_manifest(
    order: &SealOrder,
    delivery_id: DeliveryId,
    rows: usize,
    sibling: Digest,
) -> Manifest {
    Manifest {
        kind: FileKind::KeysForKoppelpunt,
        addressee: Party::Koppelpunt,
        rows: BTreeMap::from([(KEYS_TABLE.to_owned(), rows as u64)]),
        sibling: Some(sibling),
        previous: order.previous_keys,
        schema_version: KEYS_VERSION,
        ..manifest(order, delivery_id)
    }
}

fn content_manifest(
    order: &SealOrder,
    delivery_id: DeliveryId,
    content: &Content<Day>,
    grounds: LeftBehind,
) -> Manifest {
    Manifest {
        rows: rows_per_table(content),
        left_behind: Some(grounds),
        ..manifest(order, delivery_id)
    }
}

/// The manifest of file B, without its counts.
fn manifest(order: &SealOrder, delivery_id: DeliveryId) -> Manifest {
    Manifest {
        study: order.study.clone(),
        kind: FileKind::ContentForStudy,
        sender: Party::Institution(order.institution.clone()),
        addressee: Party::Study,
        delivery: order.delivery,
        delivery_id,
        period: order.period,
        created_on: order.created_on,
        schema_version: SCHEMA_VERSION,
        rows: BTreeMap::new(),
        left_behind: None,
        sibling: None,
        previous: order.previous_content,
        method: METHOD.to_owned(),
        key_epoch: order.key_epoch,
    }
}

/// The name of file A's only table.
pub(crate) const KEYS_TABLE: &str = "keys";

/// The version of file A's layout.
const KEYS_VERSION: u32 = 2;

/// The rows of each table, by its name.
pub(crate) fn rows_per_table(content: &Content<Day>) -> BTreeMap<String, u64> {
    macro_rules! counts {
        ($($table:ident),+ $(,)?) => {
            [$((stringify!($table).to_owned(), content.$table.len() as u64)),+]
        };
    }
    BTreeMap::from(counts![
        clients,
        referrals,
        admissions,
        placements,
        titles,
        fundings,
        indications,
        diagnoses,
        offences,
        measurements,
        item_scores,
        modules,
        incidents,
        measures,
        leaves,
        exits,
        returns,
    ])
}
