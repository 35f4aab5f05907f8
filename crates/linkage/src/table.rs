//! The payloads that the koppelpunt reads and writes: plain binary tables.

use crate::declaration::{Mask, mask};
use crate::link::{ReviewReason, ReviewRow};
use crate::{
    BlindedKey, Error, EvaluatedKey, KeyDeclaration, Keys, KoppelSecret, LinkId, RowId, evaluate,
};
use std::fmt;
use std::io::{self, Read, Write};

const VERSION: u8 = 2;
const KEYS: u8 = b'A';
const LINKS: u8 = b'L';
const REVIEW: u8 = b'R';
const ROWS: u8 = b'N';
const LINK_IDS: u8 = b'E';

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

/// The keys of a table by their tags, each behind its length.
fn write_tags(out: &mut dyn Write, declaration: &KeyDeclaration) -> io::Result<()> {
    out.write_all(&[byte_length(declaration.len())?])?;
    declaration.tags().iter().try_for_each(|tag| {
        out.write_all(&[byte_length(tag.len())?])?;
        out.write_all(tag.as_bytes())
    })
}

fn byte_length(length: usize) -> io::Result<u8> {
    u8::try_from(length).map_err(|_| io::ErrorKind::InvalidInput.into())
}

fn read_tags(input: &mut dyn Read) -> Result<Vec<String>, Error> {
    let [count] = read_array(input, KEY_TABLE)?;
    if usize::from(count) > KeyDeclaration::MAX {
        return Err(Error::Unreadable(KEY_TABLE));
    }
    let mut tags = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let [length] = read_array(input, KEY_TABLE)?;
        let tag: Result<Vec<u8>, Error> = (0..length)
            .map(|_| read_array::<1>(input, KEY_TABLE).map(|[byte]| byte))
            .collect();
        tags.push(String::from_utf8(tag?).map_err(|_| Error::Unreadable(KEY_TABLE))?);
    }
    Ok(tags)
}

/// Writes the payload of file A row by row.
pub struct KeyTableWriter<W> {
    out: W,
    left: u64,
    width: usize,
}

impl<W: Write> KeyTableWriter<W> {
    /// Starts a table of `rows` rows with the keys of this declaration.
    ///
    /// # Errors
    /// Where writing fails.
    pub fn start(mut out: W, rows: u64, declaration: &KeyDeclaration) -> io::Result<Self> {
        write_start(&mut out, KEYS, rows)?;
        write_tags(&mut out, declaration)?;
        Ok(Self {
            out,
            left: rows,
            width: declaration.len(),
        })
    }

    /// Writes one row.
    ///
    /// # Errors
    /// Where writing fails, more rows are written than were announced, or with other keys.
    pub fn row(&mut self, row: RowId, keys: &Keys<BlindedKey>) -> io::Result<()> {
        if self.left == 0 || keys.len() != self.width {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.left -= 1;
        self.out.write_all(&row.0)?;
        self.out.write_all(&mask(keys).to_le_bytes())?;
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

const KEY_TABLE: &str = "key table";

/// The payload of file A: per row its id and its blinded keys.
pub struct KeyTable {
    /// Which keys each row has, by their tags.
    pub tags: Vec<String>,
    /// The rows, in the order of the file, each with one place per tag.
    pub rows: Vec<(RowId, Vec<Option<BlindedKey>>)>,
}

impl KeyTable {
    /// Reads what [`KeyTableWriter`] wrote.
    ///
    /// # Errors
    /// Bytes of another form.
    pub fn read(input: &mut dyn Read) -> Result<Self, Error> {
        let count = read_start(input, KEYS, KEY_TABLE)?;
        let tags = read_tags(input)?;
        let mut rows = Vec::with_capacity(room(count));
        for _ in 0..count {
            let mut keys = Vec::with_capacity(tags.len());
            let row = read_keys(input, tags.len(), &mut keys)?;
            rows.push((row, keys));
        }
        Ok(Self { tags, rows })
    }
}

impl fmt::Debug for KeyTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyTable {{ {} rows }}", self.rows.len())
    }
}

/// Reads a row: gives its id, and adds its keys.
fn read_keys(
    input: &mut dyn Read,
    width: usize,
    keys: &mut Vec<Option<BlindedKey>>,
) -> Result<RowId, Error> {
    let row = RowId(read_array(input, KEY_TABLE)?);
    let mask = Mask::from_le_bytes(read_array(input, KEY_TABLE)?);
    if u32::from(mask) >> width != 0 {
        return Err(Error::Unreadable(KEY_TABLE));
    }
    for position in 0..width {
        let present = mask >> position & 1 == 1;
        keys.push(if present {
            Some(BlindedKey::from_bytes(read_array(input, KEY_TABLE)?))
        } else {
            None
        });
    }
    Ok(row)
}

/// Rows with their evaluated keys, ordered by row id, so that the file's order says nothing.
pub struct EvaluatedTable {
    rows: Vec<RowId>,
    width: usize,
    /// The keys of the first row, then of the second, and so on.
    keys: Vec<Option<EvaluatedKey>>,
}

impl EvaluatedTable {
    /// Reads the payload of file A and evaluates it in passing; the blinded keys are not kept.
    ///
    /// # Errors
    /// Bytes of another form, other keys than the study declares, and keys that are no group
    /// elements.
    pub fn read(
        input: &mut dyn Read,
        secret: &KoppelSecret,
        declaration: &KeyDeclaration,
    ) -> Result<Self, Error> {
        let mut left = read_start(input, KEYS, KEY_TABLE)?;
        if read_tags(input)? != declaration.tags() {
            return Err(Error::OtherKeys);
        }
        let width = declaration.len();
        let (mut rows, mut keys) = (Vec::with_capacity(room(left)), Vec::new());
        let mut chunk = Vec::with_capacity(CHUNK * width);
        while left > 0 {
            chunk.clear();
            for _ in 0..left.min(CHUNK as u64) {
                rows.push(read_keys(input, width, &mut chunk)?);
                left -= 1;
            }
            evaluate_chunk(&chunk, secret, &mut keys)?;
        }
        Ok(Self { rows, width, keys }.in_order())
    }

    /// A table of rows that were evaluated elsewhere, each with `width` places for keys.
    ///
    /// # Errors
    /// A row with another number of places.
    pub fn from_rows(
        rows: Vec<(RowId, Vec<Option<EvaluatedKey>>)>,
        width: usize,
    ) -> Result<Self, Error> {
        if rows.iter().any(|(_, keys)| keys.len() != width) {
            return Err(Error::OtherKeys);
        }
        let (rows, keys): (Vec<RowId>, Vec<_>) = rows.into_iter().unzip();
        let keys = keys.into_iter().flatten().collect();
        Ok(Self { rows, width, keys }.in_order())
    }

    /// Rows by row id. Sealed files already come so; then nothing is moved.
    fn in_order(self) -> Self {
        if self.rows.is_sorted() {
            return self;
        }
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_unstable_by_key(|row| (self.rows[*row], self.keys(*row)));
        Self {
            rows: order.iter().map(|row| self.rows[*row]).collect(),
            width: self.width,
            keys: order
                .iter()
                .flat_map(|row| self.keys(*row))
                .copied()
                .collect(),
        }
    }

    /// The row ids, in order.
    pub fn row_ids(&self) -> &[RowId] {
        &self.rows
    }

    /// The keys of the row at this position.
    pub fn keys(&self, row: usize) -> &Keys<EvaluatedKey> {
        &self.keys[row * self.width..(row + 1) * self.width]
    }

    /// How many places for keys each row has.
    pub fn width(&self) -> usize {
        self.width
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

fn evaluate_chunk(
    chunk: &[Option<BlindedKey>],
    secret: &KoppelSecret,
    keys: &mut Vec<Option<EvaluatedKey>>,
) -> Result<(), Error> {
    let blinded: Vec<BlindedKey> = chunk.iter().flatten().copied().collect();
    let mut evaluated = evaluate(&blinded, secret)?.into_iter();
    keys.extend(chunk.iter().map(|key| key.and_then(|_| evaluated.next())));
    Ok(())
}

/// Reads a list of one kind, entry by entry.
fn read_list<T>(
    input: &mut dyn Read,
    (kind, name): (u8, &'static str),
    entry: impl Fn(&mut dyn Read) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let count = read_start(input, kind, name)?;
    let mut entries = Vec::with_capacity(room(count));
    for _ in 0..count {
        entries.push(entry(input)?);
    }
    Ok(entries)
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
    read_list(input, (LINKS, NAME), |input| {
        let row = RowId(read_array(input, NAME)?);
        Ok((row, LinkId(read_array(input, NAME)?)))
    })
}

/// Writes a list of rows: those that the study team may not keep, behind the links, or those of
/// a client who withdrew.
///
/// # Errors
/// Where writing fails.
pub fn write_rows(out: &mut dyn Write, rows: &[RowId]) -> io::Result<()> {
    write_start(out, ROWS, rows.len() as u64)?;
    rows.iter().try_for_each(|row| out.write_all(&row.0))
}

/// Reads what [`write_rows`] wrote.
///
/// # Errors
/// Bytes of another form.
pub fn read_rows(input: &mut dyn Read) -> Result<Vec<RowId>, Error> {
    const NAME: &str = "list of rows";
    read_list(input, (ROWS, NAME), |input| {
        read_array(input, NAME).map(RowId)
    })
}

/// Writes a list of link ids: those to erase, or those that were erased.
///
/// # Errors
/// Where writing fails.
pub fn write_link_ids(out: &mut dyn Write, links: &[LinkId]) -> io::Result<()> {
    write_start(out, LINK_IDS, links.len() as u64)?;
    links.iter().try_for_each(|link| out.write_all(&link.0))
}

/// Reads what [`write_link_ids`] wrote.
///
/// # Errors
/// Bytes of another form.
pub fn read_link_ids(input: &mut dyn Read) -> Result<Vec<LinkId>, Error> {
    const NAME: &str = "list of link ids";
    read_list(input, (LINK_IDS, NAME), |input| {
        read_array(input, NAME).map(LinkId)
    })
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
    read_list(input, (REVIEW, NAME), |input| {
        let row = RowId(read_array(input, NAME)?);
        let [code] = read_array(input, NAME)?;
        let reason = ReviewReason::from_code(code).ok_or(Error::Unreadable(NAME))?;
        Ok(ReviewRow { row, reason })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;

    fn key_rows() -> impl Strategy<Value = Vec<(RowId, Vec<Option<BlindedKey>>)>> {
        let row = any::<[u8; 16]>().prop_map(RowId);
        let key = prop::option::of(any::<[u8; 32]>().prop_map(BlindedKey::from_bytes));
        let keys = prop::collection::vec(key, KeyDeclaration::usual().len());
        prop::collection::vec((row, keys), 0..20)
    }

    proptest! {
        #[test]
        fn keys_read_back_as_they_were_written(rows in key_rows()) {
            let mut bytes = Vec::new();
            let mut table = KeyTableWriter::start(&mut bytes, rows.len() as u64, &KeyDeclaration::usual()).unwrap();
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
            for kind in [KEYS, LINKS, REVIEW, ROWS, LINK_IDS] {
                bytes[0] = kind;
                bytes[1] = VERSION;
                prop_assert!(KeyTable::read(&mut bytes.as_slice()).is_err());
                prop_assert!(read_links(&mut bytes.as_slice()).is_err());
                prop_assert!(read_review(&mut bytes.as_slice()).is_err());
                prop_assert!(read_rows(&mut bytes.as_slice()).is_err());
                prop_assert!(read_link_ids(&mut bytes.as_slice()).is_err());
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
    fn a_table_of_other_keys_than_declared_is_refused() {
        let usual = KeyDeclaration::usual();
        let other = usual.clone().behind(crate::Part::Bsn).unwrap();
        let mut bytes = Vec::new();
        let table = KeyTableWriter::start(&mut bytes, 0, &other).unwrap();
        table.finish().unwrap();
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
        let secret = KoppelSecret::generate(&mut rng);
        let read = |declaration| EvaluatedTable::read(&mut bytes.as_slice(), &secret, declaration);
        assert!(read(&other).is_ok());
        assert!(matches!(read(&usual), Err(Error::OtherKeys)));
    }

    #[test]
    fn the_announced_number_of_rows_must_be_written() {
        let declaration = KeyDeclaration::usual();
        let mut table = KeyTableWriter::start(Vec::new(), 1, &declaration).unwrap();
        let none = vec![None; declaration.len()];
        assert!(table.row(RowId([0; 16]), &none[1..]).is_err());
        table.row(RowId([0; 16]), &none).unwrap();
        assert!(table.row(RowId([1; 16]), &none).is_err());
        let short = KeyTableWriter::start(Vec::new(), 1, &declaration).unwrap();
        assert!(short.finish().is_err());
    }
}
