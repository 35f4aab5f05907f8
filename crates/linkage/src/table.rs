//! The payloads that the koppelpunt reads and writes: plain binary tables.

use crate::link::{ReviewReason, ReviewRow};
use crate::{
    BlindedKey, Error, EvaluatedKey, KeyLabel, Keys, KoppelSecret, LinkId, RowId, evaluate,
};
use std::fmt;
use std::io::{self, Read, Write};

const VERSION: u8 = 1;
const KEYS: u8 = b'A';
const LINKS: u8 = b'L';
const REVIEW: u8 = b'R';

/// Rows that are evaluated at a time: enough for all threads, and little memory.
const CHUNK: usize = 8 * 1024;

/// Rows for which room is made on the word of the file alone.
const TRUSTED_ROWS: u64 = 64 * 1024;

fn write_start(out: &mut dyn Write, kind: u8, rows: u64) -> io::Result<()> {
    out.write_all(&[kind, VERSION])?;
    out.write_all(&rows.to_le_bytes())
}

fn read_start(input: &mut dyn Read, kind: u8, name: &'static str) -> Result<u64, Error> {
    let start: [u8; 10] = read_array(input, name)?;
    let rows = *start[2..].first_chunk().expect("10 bytes less 2 are 8");
    if start[..2] == [kind, VERSION] {
        Ok(u64::from_le_bytes(rows))
    } else {
        Err(Error::Unreadable(name))
    }
}

fn read_array<const N: usize>(input: &mut dyn Read, name: &'static str) -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    match input.read_exact(&mut bytes) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(Error::Unreadable(name)),
        other => Ok(other.map(|()| bytes)?),
    }
}

fn room(rows: u64) -> usize {
    rows.min(TRUSTED_ROWS) as usize
}

/// Writes the payload of file A row by row.
pub struct KeyTableWriter<W> {
    out: W,
    left: u64,
}

impl<W: Write> KeyTableWriter<W> {
    /// Starts a table of `rows` rows.
    ///
    /// # Errors
    /// Where writing fails.
    pub fn start(mut out: W, rows: u64) -> io::Result<Self> {
        write_start(&mut out, KEYS, rows)?;
        Ok(Self { out, left: rows })
    }

    /// Writes one row.
    ///
    /// # Errors
    /// Where writing fails, or more rows are written than were announced.
    pub fn row(&mut self, row: RowId, keys: &Keys<BlindedKey>) -> io::Result<()> {
        self.left = self
            .left
            .checked_sub(1)
            .ok_or(io::ErrorKind::InvalidInput)?;
        self.out.write_all(&row.0)?;
        self.out.write_all(&[mask(keys)])?;
        keys.iter()
            .flatten()
            .try_for_each(|key| self.out.write_all(key.as_bytes()))
    }

    /// Ends the table.
    ///
    /// # Errors
    /// Where fewer rows were written than announced.
    pub fn finish(self) -> io::Result<()> {
        if self.left == 0 {
            Ok(())
        } else {
            Err(io::ErrorKind::InvalidInput.into())
        }
    }
}

/// One bit per key that is present.
pub(crate) fn mask<K>(keys: &Keys<K>) -> u8 {
    let bit = |(position, key): (usize, &Option<K>)| u8::from(key.is_some()) << position;
    keys.iter().enumerate().map(bit).sum()
}

/// The payload of file A: per row its id and its blinded keys.
pub struct KeyTable {
    /// The rows, in the order of the file.
    pub rows: Vec<(RowId, Keys<BlindedKey>)>,
}

const KEY_TABLE: &str = "key table";

impl KeyTable {
    /// Reads what [`KeyTableWriter`] wrote.
    ///
    /// # Errors
    /// Bytes of another form.
    pub fn read(input: &mut dyn Read) -> Result<Self, Error> {
        let count = read_start(input, KEYS, KEY_TABLE)?;
        let mut rows = Vec::with_capacity(room(count));
        for _ in 0..count {
            rows.push(read_keys(input)?);
        }
        Ok(Self { rows })
    }
}

impl fmt::Debug for KeyTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyTable {{ {} rows }}", self.rows.len())
    }
}

fn read_keys(input: &mut dyn Read) -> Result<(RowId, Keys<BlindedKey>), Error> {
    let row = RowId(read_array(input, KEY_TABLE)?);
    let [mask] = read_array(input, KEY_TABLE)?;
    if mask >> KeyLabel::COUNT != 0 {
        return Err(Error::Unreadable(KEY_TABLE));
    }
    let mut keys = [None; KeyLabel::COUNT];
    for (position, key) in keys.iter_mut().enumerate() {
        if mask >> position & 1 == 1 {
            *key = Some(BlindedKey::from_bytes(read_array(input, KEY_TABLE)?));
        }
    }
    Ok((row, keys))
}

/// Rows with their evaluated keys, ordered by row id, so that the file's order says nothing.
pub struct EvaluatedTable {
    pub(crate) rows: Vec<(RowId, Keys<EvaluatedKey>)>,
}

impl EvaluatedTable {
    /// Reads the payload of file A and evaluates it in passing; the blinded keys are not kept.
    ///
    /// # Errors
    /// Bytes of another form, and keys that are no group elements.
    pub fn read(input: &mut dyn Read, secret: &KoppelSecret) -> Result<Self, Error> {
        let mut left = read_start(input, KEYS, KEY_TABLE)?;
        let mut rows = Vec::with_capacity(room(left));
        let mut chunk = Vec::with_capacity(CHUNK);
        while left > 0 {
            chunk.clear();
            for _ in 0..left.min(CHUNK as u64) {
                chunk.push(read_keys(input)?);
            }
            left -= chunk.len() as u64;
            evaluate_rows(&chunk, secret, &mut rows)?;
        }
        Ok(Self::from_rows(rows))
    }

    /// Evaluates rows that are already in memory.
    ///
    /// # Errors
    /// Keys that are no group elements.
    pub fn evaluate(table: &KeyTable, secret: &KoppelSecret) -> Result<Self, Error> {
        let mut rows = Vec::with_capacity(table.rows.len());
        for chunk in table.rows.chunks(CHUNK) {
            evaluate_rows(chunk, secret, &mut rows)?;
        }
        Ok(Self::from_rows(rows))
    }

    /// A table of rows that were evaluated elsewhere.
    pub fn from_rows(mut rows: Vec<(RowId, Keys<EvaluatedKey>)>) -> Self {
        rows.sort_unstable();
        Self { rows }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl fmt::Debug for EvaluatedTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EvaluatedTable {{ {} rows }}", self.rows.len())
    }
}

fn evaluate_rows(
    chunk: &[(RowId, Keys<BlindedKey>)],
    secret: &KoppelSecret,
    rows: &mut Vec<(RowId, Keys<EvaluatedKey>)>,
) -> Result<(), Error> {
    let present = chunk.iter().flat_map(|(_, keys)| keys.iter().flatten());
    let blinded: Vec<BlindedKey> = present.copied().collect();
    let mut evaluated = evaluate(&blinded, secret)?.into_iter();
    rows.extend(chunk.iter().map(|(row, keys)| {
        let next = |key: Option<BlindedKey>| key.and_then(|_| evaluated.next());
        (*row, keys.map(next))
    }));
    Ok(())
}

/// Writes the payload of the file that tells the study team which row is which person.
///
/// # Errors
/// Where writing fails.
pub fn write_links(out: &mut dyn Write, links: &[(RowId, LinkId)]) -> io::Result<()> {
    write_start(out, LINKS, links.len() as u64)?;
    links.iter().try_for_each(|(row, link)| {
        out.write_all(&row.0)?;
        out.write_all(&link.0)
    })
}

/// Reads what [`write_links`] wrote.
///
/// # Errors
/// Bytes of another form.
pub fn read_links(input: &mut dyn Read) -> Result<Vec<(RowId, LinkId)>, Error> {
    const NAME: &str = "link list";
    let count = read_start(input, LINKS, NAME)?;
    let mut links = Vec::with_capacity(room(count));
    for _ in 0..count {
        let row = RowId(read_array(input, NAME)?);
        links.push((row, LinkId(read_array(input, NAME)?)));
    }
    Ok(links)
}

/// Writes the payload of the file that tells an institution which rows to look at again.
///
/// # Errors
/// Where writing fails.
pub fn write_review(out: &mut dyn Write, review: &[ReviewRow]) -> io::Result<()> {
    write_start(out, REVIEW, review.len() as u64)?;
    review.iter().try_for_each(|entry| {
        out.write_all(&entry.row.0)?;
        out.write_all(&[entry.reason.code()])
    })
}

/// Reads what [`write_review`] wrote.
///
/// # Errors
/// Bytes of another form.
pub fn read_review(input: &mut dyn Read) -> Result<Vec<ReviewRow>, Error> {
    const NAME: &str = "review list";
    let count = read_start(input, REVIEW, NAME)?;
    let mut review = Vec::with_capacity(room(count));
    for _ in 0..count {
        let row = RowId(read_array(input, NAME)?);
        let [code] = read_array(input, NAME)?;
        let reason = ReviewReason::from_code(code).ok_or(Error::Unreadable(NAME))?;
        review.push(ReviewRow { row, reason });
    }
    Ok(review)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key_rows() -> impl Strategy<Value = Vec<(RowId, Keys<BlindedKey>)>> {
        let row = any::<[u8; 16]>().prop_map(RowId);
        let key = prop::option::of(any::<[u8; 32]>().prop_map(BlindedKey::from_bytes));
        prop::collection::vec((row, prop::array::uniform6(key)), 0..20)
    }

    proptest! {
        #[test]
        fn keys_read_back_as_they_were_written(rows in key_rows()) {
            let mut bytes = Vec::new();
            let mut table = KeyTableWriter::start(&mut bytes, rows.len() as u64).unwrap();
            for (row, keys) in &rows {
                table.row(*row, keys).unwrap();
            }
            table.finish().unwrap();
            prop_assert_eq!(&KeyTable::read(&mut bytes.as_slice()).unwrap().rows, &rows);
            if !rows.is_empty() {
                let cut = bytes.len() - 1;
                prop_assert!(KeyTable::read(&mut &bytes[..cut]).is_err());
            }
        }

        #[test]
        fn bytes_that_are_no_table_give_an_error(mut bytes in prop::collection::vec(any::<u8>(), 10..300)) {
            // A count that no file of this length can hold must not make room for it either.
            bytes[9] |= 0x80;
            for kind in [KEYS, LINKS, REVIEW] {
                bytes[0] = kind;
                bytes[1] = VERSION;
                prop_assert!(KeyTable::read(&mut bytes.as_slice()).is_err());
                prop_assert!(read_links(&mut bytes.as_slice()).is_err());
                prop_assert!(read_review(&mut bytes.as_slice()).is_err());
            }
        }
    }

    #[test]
    fn a_review_list_reads_back_and_unknown_reasons_are_refused() {
        let review: Vec<ReviewRow> = (0..5)
            .map(|code| ReviewRow {
                row: RowId([code; 16]),
                reason: ReviewReason::from_code(code).unwrap(),
            })
            .collect();
        let mut bytes = Vec::new();
        write_review(&mut bytes, &review).unwrap();
        assert_eq!(read_review(&mut bytes.as_slice()).unwrap(), review);
        *bytes.last_mut().unwrap() = 5;
        assert!(read_review(&mut bytes.as_slice()).is_err());
    }

    #[test]
    fn the_announced_number_of_rows_must_be_written() {
        let mut table = KeyTableWriter::start(Vec::new(), 1).unwrap();
        let none = [None; KeyLabel::COUNT];
        table.row(RowId([0; 16]), &none).unwrap();
        assert!(table.row(RowId([1; 16]), &none).is_err());
        let short = KeyTableWriter::start(Vec::new(), 1).unwrap();
        assert!(short.finish().is_err());
    }
}
