//! The withdrawal of a client: blinded keys for the koppelpunt around row ids for the study team.

use crate::keys::match_keys_of_many;
use crate::open::check_keys;
use crate::{Error, Identifiers, KeyPolicy, KeysExpected, SealKeys};
use calendar::Day;
use envelope::{
    DeliveryId, FileKind, Identity, InstitutionCode, Manifest, Party, Sealing, VerifiedFile,
};
use linkage::{EvaluatedTable, KeyTableWriter, KoppelSecret, METHOD};
use rand::CryptoRng;
use record::RowId;
use std::io::{Read, Seek, Write};

/// Who withdraws.
#[derive(Clone, Copy, Debug)]
pub struct Withdrawal<'a> {
    /// Who it is; without any key the row ids alone must do.
    pub identifiers: &'a Identifiers,
    /// Under which row ids the client went out in earlier deliveries.
    pub rows: &'a [RowId],
}

/// What a withdrawal says about itself.
#[derive(Clone, Debug)]
pub struct WithdrawalOrder {
    /// The study.
    pub study: String,
    /// The institution that asks.
    pub institution: InstitutionCode,
    /// The day on which it is made.
    pub created_on: Day,
    /// The epoch of the institutions' secret.
    pub key_epoch: u32,
    /// Which match keys are made.
    pub policy: KeyPolicy,
}

/// What the institution keeps of a withdrawal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawalReceipt {
    /// The random number by which its answers name it.
    pub id: DeliveryId,
    /// How many match keys could be made.
    pub keys: usize,
}

/// Seals a withdrawal for the koppelpunt. The row ids in it are sealed once more, for the study
/// team: the koppelpunt passes them on unread.
///
/// # Errors
/// A file that cannot be written.
pub fn seal_withdrawal<W: Write, R: CryptoRng + ?Sized>(
    withdrawal: Withdrawal<'_>,
    order: &WithdrawalOrder,
    keys: SealKeys<'_>,
    out: W,
    rng: &mut R,
) -> Result<WithdrawalReceipt, Error> {
    let id = DeliveryId::generate(rng);
    let for_study = rows_for_study(withdrawal.rows, order, keys, id)?;
    let declaration = order.policy.declaration();
    let made = match_keys_of_many(
        &[withdrawal.identifiers],
        keys.match_secret,
        &order.study,
        &declaration,
    );
    let manifest = Manifest {
        method: METHOD.to_owned(),
        key_epoch: order.key_epoch,
        ..manifest(
            order,
            FileKind::WithdrawalForKoppelpunt,
            Party::Koppelpunt,
            id,
        )
    };
    let to_koppelpunt = Sealing {
        signing_key: keys.signing_key,
        recipients: keys.koppelpunt,
    };
    envelope::seal(&manifest, to_koppelpunt, out, |mut out| {
        let mut table = KeyTableWriter::start(&mut out, 1, &declaration)?;
        table.row(NO_ROW, &made)?;
        table.finish()?;
        out.write_all(&for_study)
    })?;
    Ok(WithdrawalReceipt {
        id,
        keys: made.iter().flatten().count(),
    })
}

/// The koppelpunt learns no row id: the key table has this one.
const NO_ROW: linkage::RowId = linkage::RowId([0; 16]);

fn rows_for_study(
    rows: &[RowId],
    order: &WithdrawalOrder,
    keys: SealKeys<'_>,
    id: DeliveryId,
) -> Result<Vec<u8>, Error> {
    let manifest = manifest(order, FileKind::WithdrawnRowsForStudy, Party::Study, id);
    let to_study = Sealing {
        signing_key: keys.signing_key,
        recipients: keys.study,
    };
    let rows: Vec<linkage::RowId> = rows.iter().map(|row| linkage::RowId(row.0)).collect();
    let mut sealed = Vec::new();
    envelope::seal(&manifest, to_study, &mut sealed, |out| {
        linkage::write_rows(out, &rows)
    })?;
    Ok(sealed)
}

fn manifest(order: &WithdrawalOrder, kind: FileKind, addressee: Party, id: DeliveryId) -> Manifest {
    let sender = Party::Institution(order.institution.clone());
    let parties = (sender, addressee);
    Manifest::single(&order.study, kind, parties, id, order.created_on)
}

/// Opens a withdrawal at the koppelpunt: the evaluated keys of the client, and the sealed file
/// for the study team.
///
/// # Errors
/// A file for somebody else, of another method or key epoch, or with other keys than the study
/// declares.
pub fn open_withdrawal<R: Read + Seek>(
    file: VerifiedFile<R>,
    identity: &Identity,
    secret: &KoppelSecret,
    expected: KeysExpected<'_>,
) -> Result<(EvaluatedTable, Vec<u8>), Error> {
    check_keys(file.manifest(), expected)?;
    file.decrypt(identity, |plain| {
        let client = EvaluatedTable::read(plain, secret, expected.declaration)?;
        let mut for_study = Vec::new();
        plain
            .read_to_end(&mut for_study)
            .map_err(linkage::Error::from)?;
        Ok((client, for_study))
    })
}
