//! Zip files: those that deliveries come in, and those that workbooks are.

use super::DeliveryFile;
use crate::Unreadable;
use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zip::read::ZipFile;

/// The most that a delivery may unpack to.
pub(super) const MOST_BYTES: u64 = 4 << 30;
/// The most files that a delivery may have.
const MOST_ENTRIES: u64 = 2_000;

/// How much may be unpacked.
#[derive(Clone, Copy)]
struct Limits {
    /// In all.
    bytes: u64,
    /// Past this size, unpacked data may be at most `ratio` times the packed.
    ratio_from: u64,
    ratio: u64,
}

/// Ordinary tables of text pack ten to fifty times; sheets of empty formatted rows come higher.
const LIMITS: Limits = Limits {
    bytes: MOST_BYTES,
    ratio_from: 64 << 20,
    ratio: 400,
};

/// Unpacks a delivery that came as a zip with this name. Folders and what operating systems
/// add by themselves are left out.
///
/// # Errors
/// Bytes that are no zip, and anything in it that cannot be trusted: names that point outside,
/// links, encryption, too many files, too much data.
pub fn open_delivery(name: &str, bytes: &[u8]) -> Result<Vec<DeliveryFile<'static>>, Unreadable> {
    open_within(name, bytes, LIMITS)
}

fn open_within(
    name: &str,
    bytes: &[u8],
    limits: Limits,
) -> Result<Vec<DeliveryFile<'static>>, Unreadable> {
    let mut archive = open(name, bytes)?;
    let entries = archive.len() as u64;
    if entries > MOST_ENTRIES {
        return Err(Unreadable::TooManyEntries {
            entries,
            limit: MOST_ENTRIES,
        });
    }
    let mut budget = Budget::new(bytes.len() as u64, limits);
    let mut names = HashSet::new();
    let mut files = Vec::new();
    for number in 0..archive.len() {
        let mut entry = entry(&mut archive, number, name)?;
        if entry.is_dir() {
            continue;
        }
        let Some(path) = safe_name(&entry) else {
            return Err(Unreadable::HostilePath {
                number: number as u64 + 1,
            });
        };
        if is_added_by_system(&path) {
            continue;
        }
        if entry.encrypted() {
            return Err(Unreadable::EncryptedEntry { file: path });
        }
        if !names.insert(path.to_lowercase()) {
            return Err(Unreadable::Repeated { file: path });
        }
        let bytes = budget.unpack(&mut entry, &path)?;
        files.push(DeliveryFile {
            name: path,
            bytes: Cow::Owned(bytes),
        });
    }
    Ok(files)
}

/// Unpacks a workbook's parts once, to nowhere, so that a bomb is known before it is opened.
pub(super) fn check_package(name: &str, bytes: &[u8]) -> Result<(), Unreadable> {
    let mut archive = open_part(name, bytes)?;
    let mut budget = Budget::new(bytes.len() as u64, LIMITS);
    for number in 0..archive.len() {
        let mut entry = entry(&mut archive, number, name)?;
        if entry.encrypted() {
            return Err(Unreadable::Encrypted {
                file: name.to_owned(),
            });
        }
        budget.pass(&mut entry, name)?;
    }
    Ok(())
}

fn open<'a>(_name: &str, bytes: &'a [u8]) -> Result<ZipArchive<Cursor<&'a [u8]>>, Unreadable> {
    ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::NoZip)
}

fn open_part<'a>(name: &str, bytes: &'a [u8]) -> Result<ZipArchive<Cursor<&'a [u8]>>, Unreadable> {
    open(name, bytes).map_err(|_| damaged(name, "de inhoudsopgave ontbreekt"))
}

fn entry<'a, 'b>(
    archive: &'a mut ZipArchive<Cursor<&'b [u8]>>,
    number: usize,
    name: &str,
) -> Result<ZipFile<'a, Cursor<&'b [u8]>>, Unreadable> {
    let encrypted = archive
        .by_index_raw(number)
        .is_ok_and(|entry| entry.encrypted());
    if encrypted {
        return Err(Unreadable::EncryptedEntry {
            file: name.to_owned(),
        });
    }
    archive
        .by_index(number)
        .map_err(|_| damaged(name, &format!("onderdeel {} van de zip", number + 1)))
}

fn damaged(name: &str, part: &str) -> Unreadable {
    Unreadable::Damaged {
        file: name.to_owned(),
        part: part.to_owned(),
    }
}

/// The entry's name with `/` between folders, if it is that of an ordinary file inside.
fn safe_name<R: Read>(entry: &ZipFile<'_, R>) -> Option<String> {
    let name = entry.name().ok()?.replace('\\', "/");
    let parts = name.split('/');
    let harmless = |part: &str| !part.is_empty() && part != "." && part != "..";
    let plain = parts.clone().all(harmless)
        && !name.contains([':', '\0'])
        && !name.chars().any(char::is_control);
    (plain && !entry.is_symlink() && !name.is_empty()).then_some(name)
}

fn is_added_by_system(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or(path);
    path.starts_with("__MACOSX/")
        || last.starts_with("~$")
        || last.starts_with('.')
        || matches!(last, "Thumbs.db" | "desktop.ini")
}

/// How much may still be unpacked. Sizes that the zip declares are not believed.
struct Budget {
    limits: Limits,
    packed: u64,
    used: u64,
}

impl Budget {
    fn new(packed: u64, limits: Limits) -> Self {
        Self {
            limits,
            packed,
            used: 0,
        }
    }

    fn left(&self) -> u64 {
        let by_ratio = self.packed.saturating_mul(self.limits.ratio);
        let most = self.limits.ratio_from.max(by_ratio);
        self.limits.bytes.min(most) - self.used
    }

    fn unpack(&mut self, entry: &mut impl Read, name: &str) -> Result<Vec<u8>, Unreadable> {
        let mut bytes = Vec::new();
        let read = entry.take(self.left() + 1).read_to_end(&mut bytes);
        self.account(read.map(|count| count as u64), name)?;
        Ok(bytes)
    }

    fn pass(&mut self, entry: &mut impl Read, name: &str) -> Result<(), Unreadable> {
        let read = std::io::copy(&mut entry.take(self.left() + 1), &mut std::io::sink());
        self.account(read, name)
    }

    fn account(&mut self, read: std::io::Result<u64>, name: &str) -> Result<(), Unreadable> {
        let count = read.map_err(|_| damaged(name, "het uitpakken mislukt"))?;
        if count <= self.left() {
            self.used += count;
            return Ok(());
        }
        Err(if self.used + count > self.limits.bytes {
            Unreadable::TooLarge {
                file: name.to_owned(),
                limit_mib: self.limits.bytes >> 20,
            }
        } else {
            Unreadable::Bomb {
                file: name.to_owned(),
                ratio: self.limits.ratio,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    #[test]
    fn data_that_unpack_to_too_much_are_refused() {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("client.csv", SimpleFileOptions::default())
            .unwrap();
        zip.write_all(&vec![b'0'; 1 << 20]).unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        let bomb = Limits {
            ratio_from: 1 << 16,
            ..LIMITS
        };
        let found = open_within("d.zip", &bytes, bomb);
        assert!(matches!(found, Err(Unreadable::Bomb { .. })));
        let small = Limits {
            bytes: 1 << 16,
            ..LIMITS
        };
        let found = open_within("d.zip", &bytes, small);
        assert!(matches!(found, Err(Unreadable::TooLarge { .. })));
        assert_eq!(open_within("d.zip", &bytes, LIMITS).unwrap().len(), 1);
    }
}
