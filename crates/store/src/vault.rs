//! A delivery at rest: the rows of each client sealed under a random key of their own.
//!
//! ```text
//! leveringen/<digest>.kluis             cover of the sealed file | rows of each client, sealed
//! kluissleutels/levering-<digest>.age   row id and key of each client, in the same order
//! ```
//!
//! A client is erased by dropping the entry: the rows stay where they are, in every backup too,
//! and nobody opens them any more. Each key seals one message, so the nonce may be fixed; what
//! is sealed is bound to its delivery and its place.

use crate::lockbox::Lockbox;
use crate::randomness::secure_rng;
use crate::{Error, files};
use calendar::Day;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use envelope::Cover;
use rand::Rng;
use rayon::prelude::*;
use record::{Content, RowId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// How a delivery at rest starts.
pub(crate) const MAGIC: &[u8] = b"DSKLUIS1";

/// Clients that are sealed or opened at a time: enough for all threads, and little memory.
const CHUNK: usize = 4096;

/// No cover, and no client's rows, are longer; what claims to be is damaged.
const LONGEST: u32 = 1 << 30;

/// The key of one client's rows in one delivery; wiped when dropped.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct ClientKey {
    #[zeroize(skip)]
    row: RowId,
    key: [u8; 32],
}

/// The keys of a delivery, by the place of each client; `None` where the client was erased.
#[derive(Serialize, Deserialize)]
pub(crate) struct ClientKeys(Vec<Option<ClientKey>>);

impl ClientKeys {
    /// The rows that can be opened.
    pub(crate) fn rows(&self) -> impl Iterator<Item = RowId> + '_ {
        self.0.iter().flatten().map(|entry| entry.row)
    }

    /// Drops the keys of these rows; how many there were.
    fn drop_rows(&mut self, rows: &BTreeSet<RowId>) -> usize {
        let mut dropped = 0;
        for entry in &mut self.0 {
            if entry
                .as_ref()
                .is_some_and(|entry| rows.contains(&entry.row))
            {
                *entry = None;
                dropped += 1;
            }
        }
        dropped
    }
}

/// The deliveries of one study folder, each by the digest of its sealed file.
#[derive(Clone, Copy)]
pub(crate) struct Vault<'a> {
    folder: &'a Path,
    lockbox: Lockbox<'a>,
}

impl<'a> Vault<'a> {
    pub(crate) fn new(folder: &'a Path, lockbox: Lockbox<'a>) -> Self {
        Self { folder, lockbox }
    }

    /// Where the delivery lies.
    pub(crate) fn path(&self, digest: &str) -> PathBuf {
        self.folder
            .join("leveringen")
            .join(format!("{digest}.kluis"))
    }

    /// Keeps a delivery: first the keys, then the rows.
    ///
    /// # Errors
    /// What the file system or the cipher says.
    pub(crate) fn keep(
        &self,
        digest: &str,
        cover: &Cover,
        content: Content<Day>,
    ) -> Result<(), Error> {
        let keys = draw_keys(&content.row_ids);
        self.write_keys(digest, &keys)?;
        let path = self.path(digest);
        files::write_atomically(&path, |out| {
            let mut write = |bytes: &[u8]| out.write_all(bytes).map_err(Error::at(&path));
            write(MAGIC)?;
            write_piece(&cover.to_bytes(), &mut write)?;
            let mut clients = content.per_client();
            let mut place = 0;
            loop {
                let chunk: Vec<Content<Day>> = clients.by_ref().take(CHUNK).collect();
                if chunk.is_empty() {
                    return Ok(());
                }
                let keyed = &keys.0[place..place + chunk.len()];
                for sealed in seal_chunk(digest, place, (&chunk, keyed)) {
                    write_piece(&sealed, &mut write)?;
                }
                place += chunk.len();
            }
        })
    }

    /// The cover of a delivery, and the rows of every client who was not erased.
    ///
    /// # Errors
    /// What the file system says; keys that are gone or do not fit; a file that was changed.
    pub(crate) fn open(&self, digest: &str) -> Result<(Cover, Content<Day>), Error> {
        let path = self.path(digest);
        let mut content = Content::default();
        let cover = self.each_client(&path, digest, |client| {
            content.append(client.ok_or_else(|| damaged(&path))??);
            Ok(())
        })?;
        Ok((cover, content))
    }

    /// The rows that open in a copy of a delivery, with the keys that are here.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub(crate) fn rows_that_open(&self, path: &Path, digest: &str) -> Result<Vec<RowId>, Error> {
        let mut rows = Vec::new();
        self.each_client(path, digest, |client| {
            if let Some(Ok(client)) = client {
                rows.extend(client.row_ids);
            }
            Ok(())
        })?;
        Ok(rows)
    }

    /// Opens the clients who were not erased one by one, in order, and gives the cover; a client
    /// is `None` where the key does not fit.
    fn each_client(
        &self,
        path: &Path,
        digest: &str,
        mut each: impl FnMut(Option<Result<Content<Day>, Error>>) -> Result<(), Error>,
    ) -> Result<Cover, Error> {
        let keys = self.keys(digest)?;
        let mut reader = Pieces::open(path)?;
        let cover = Cover::read(&reader.next_piece()?)?;
        for (chunk, keyed) in keys.0.chunks(CHUNK).enumerate() {
            let pieces = keyed.iter().map(|_| reader.next_piece());
            let pieces = pieces.collect::<Result<Vec<_>, _>>()?;
            let opened = open_chunk(digest, chunk * CHUNK, (&pieces, keyed));
            opened.into_iter().try_for_each(&mut each)?;
        }
        reader.finish()?;
        Ok(cover)
    }

    /// The keys of a delivery.
    ///
    /// # Errors
    /// What the file system says; a file that was changed.
    pub(crate) fn keys(&self, digest: &str) -> Result<ClientKeys, Error> {
        let name = key_name(digest);
        let bytes = self.lockbox.read_key_file(&name)?;
        postcard::from_bytes(&bytes).map_err(|error| Error::Cipher {
            path: self.lockbox.key_path(&name),
            message: error.to_string(),
        })
    }

    /// Erases these rows from a delivery; how many there were. Doing so twice is the same as
    /// once.
    ///
    /// # Errors
    /// As [`Vault::keys`].
    pub(crate) fn erase(&self, digest: &str, rows: &BTreeSet<RowId>) -> Result<usize, Error> {
        let mut keys = self.keys(digest)?;
        let dropped = keys.drop_rows(rows);
        if dropped > 0 {
            self.write_keys(digest, &keys)?;
        }
        Ok(dropped)
    }

    fn write_keys(&self, digest: &str, keys: &ClientKeys) -> Result<(), Error> {
        let bytes = postcard::to_stdvec(keys).expect("plain keys always serialise");
        let bytes = zeroize::Zeroizing::new(bytes);
        self.lockbox.write_key_file(&key_name(digest), &bytes)
    }
}

/// The name of the keys of a delivery.
pub(crate) fn key_name(digest: &str) -> String {
    format!("levering-{digest}")
}

fn draw_keys(rows: &[RowId]) -> ClientKeys {
    let mut rng = secure_rng();
    let keyed = rows.iter().map(|row| {
        let mut key = [0; 32];
        rng.fill_bytes(&mut key);
        Some(ClientKey { row: *row, key })
    });
    ClientKeys(keyed.collect())
}

/// Rows of clients, sealed, in order.
fn seal_chunk(
    digest: &str,
    first: usize,
    (clients, keys): (&[Content<Day>], &[Option<ClientKey>]),
) -> Vec<Vec<u8>> {
    let seal = |(place, client): (usize, &Content<Day>)| {
        let entry = keys[place].as_ref().expect("a fresh key for every client");
        let bytes = zeroize::Zeroizing::new(client.to_bytes());
        let bound = binding(digest, first + place);
        let payload = Payload {
            msg: &bytes,
            aad: bound.as_bytes(),
        };
        let sealed = cipher(entry).encrypt(&Nonce::default(), payload);
        sealed.expect("rows are shorter than what the cipher takes")
    };
    clients.par_iter().enumerate().map(seal).collect()
}

/// Rows of the clients who were not erased, in order; `None` where a key does not fit.
fn open_chunk(
    digest: &str,
    first: usize,
    (sealed, keys): (&[Vec<u8>], &[Option<ClientKey>]),
) -> Vec<Option<Result<Content<Day>, Error>>> {
    let open = |(place, entry): (usize, &Option<ClientKey>)| {
        let entry = entry.as_ref()?;
        let bound = binding(digest, first + place);
        let payload = Payload {
            msg: &sealed[place],
            aad: bound.as_bytes(),
        };
        let bytes = cipher(entry).decrypt(&Nonce::default(), payload).ok();
        Some(bytes.map(|bytes| Content::from_bytes(&bytes).map_err(Error::from)))
    };
    let places = keys.par_iter().enumerate();
    let opened: Vec<Option<Option<Result<_, _>>>> = places.map(open).collect();
    opened.into_iter().flatten().collect()
}

fn cipher(entry: &ClientKey) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(Key::from_slice(&entry.key))
}

/// What sealed rows are bound to: the delivery, and their place in it.
fn binding(digest: &str, place: usize) -> String {
    format!("doorstroom/kluis/1|{digest}|{place}")
}

fn write_piece(
    bytes: &[u8],
    write: &mut impl FnMut(&[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    write(&length.to_le_bytes())?;
    write(bytes)
}

/// The pieces of a delivery at rest, one after the other.
struct Pieces {
    path: PathBuf,
    reader: BufReader<File>,
}

impl Pieces {
    /// Opens a delivery at rest.
    ///
    /// # Errors
    /// What the file system says; a file of another form.
    fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(Error::at(path))?;
        let mut pieces = Self {
            path: path.to_path_buf(),
            reader: BufReader::with_capacity(1 << 20, file),
        };
        let mut magic = [0; MAGIC.len()];
        pieces.fill(&mut magic)?;
        if magic == *MAGIC {
            Ok(pieces)
        } else {
            Err(damaged(path))
        }
    }

    fn next_piece(&mut self) -> Result<Vec<u8>, Error> {
        let mut length = [0; 4];
        self.fill(&mut length)?;
        let length = u32::from_le_bytes(length);
        if length > LONGEST {
            return Err(damaged(&self.path));
        }
        let mut bytes = vec![0; length as usize];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.reader
            .read_exact(bytes)
            .map_err(|_| damaged(&self.path))
    }

    /// Nothing may follow.
    fn finish(mut self) -> Result<(), Error> {
        let mut more = [0];
        match self.reader.read(&mut more).map_err(Error::at(&self.path))? {
            0 => Ok(()),
            _ => Err(damaged(&self.path)),
        }
    }
}

fn damaged(path: &Path) -> Error {
    Error::Cipher {
        path: path.to_path_buf(),
        message: "not a delivery at rest, or one that was changed".into(),
    }
}
