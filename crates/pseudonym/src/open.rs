use crate::Error;
use crate::seal::{KEYS_TABLE, rows_per_table};
use calendar::Day;
use envelope::{Identity, Manifest, VerifiedFile};
use linkage::{EvaluatedTable, KeyDeclaration, KoppelSecret, METHOD};
use record::Content;
use std::collections::BTreeMap;
use std::io::{Read, Seek};

/// What keys must be made of for the koppelpunt to compare them with those it has.
#[derive(Clone, Copy, Debug)]
pub struct KeysExpected<'a> {
    /// The match keys of the study.
    pub declaration: &'a KeyDeclaration,
    /// The epoch of the institutions' secret that the register is in.
    pub key_epoch: u32,
}

/// Opens file A at the koppelpunt: decrypts it and evaluates the keys in passing.
///
/// # Errors
/// A file for somebody else, whose payload is not what its manifest says, or of another
/// method or key epoch, or with other keys than the study declares.
pub fn open_keys<R: Read + Seek>(
    file: VerifiedFile<R>,
    identity: &Identity,
    secret: &KoppelSecret,
    expected: KeysExpected<'_>,
) -> Result<EvaluatedTable, Error> {
    check_keys(file.manifest(), expected)?;
    let announced = file.manifest().rows.clone();
    let table = file.decrypt(identity, |plain| {
        EvaluatedTable::read(plain, secret, expected.declaration).map_err(Error::from)
    })?;
    let found = BTreeMap::from([(KEYS_TABLE.to_owned(), table.len() as u64)]);
    check_rows(&announced, &found)?;
    Ok(table)
}

/// Whether keys are comparable with those of the register.
pub(crate) fn check_keys(manifest: &Manifest, expected: KeysExpected<'_>) -> Result<(), Error> {
    if manifest.method != METHOD {
        return Err(Error::OtherMethod);
    }
    if manifest.key_epoch != expected.key_epoch {
        return Err(Error::OtherEpoch {
            found: manifest.key_epoch,
            expected: expected.key_epoch,
        });
    }
    Ok(())
}

/// Opens file B at the study team.
///
/// # Errors
/// A file for somebody else, or whose payload is not what its manifest says.
pub fn open_content<R: Read + Seek>(
    file: VerifiedFile<R>,
    identity: &Identity,
) -> Result<Content<Day>, Error> {
    let announced = file.manifest().rows.clone();
    let bytes = file.decrypt_to_vec(identity)?;
    let content = Content::<Day>::from_bytes(&bytes)?;
    check_rows(&announced, &rows_per_table(&content))?;
    let mut rows = content.row_ids.clone();
    rows.sort_unstable();
    if rows.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Error::RowTwice);
    }
    Ok(content)
}

fn check_rows(
    announced: &BTreeMap<String, u64>,
    found: &BTreeMap<String, u64>,
) -> Result<(), Error> {
    let tables = announced.keys().chain(found.keys());
    match tables
        .into_iter()
        .find(|table| announced.get(*table) != found.get(*table))
    {
        Some(table) => Err(Error::RowsDiffer {
            table: table.clone(),
        }),
        None => Ok(()),
    }
}
