//! What a file is: by its name, and by its first bytes.

use crate::Unreadable;

/// The kinds of files that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Xlsx,
    Xls,
    Ods,
    Sav,
}

impl Kind {
    fn label(self) -> &'static str {
        match self {
            Self::Text => "csv-bestand",
            Self::Xlsx => "Excel-werkmap (.xlsx)",
            Self::Xls => "oude Excel-werkmap (.xls)",
            Self::Ods => "rekenblad (.ods)",
            Self::Sav => "SPSS-bestand (.sav)",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        Some(match extension.to_ascii_lowercase().as_str() {
            "csv" | "tsv" | "txt" => Self::Text,
            "xlsx" | "xlsm" => Self::Xlsx,
            "xls" => Self::Xls,
            "ods" => Self::Ods,
            "sav" | "zsav" => Self::Sav,
            _ => return None,
        })
    }
}

/// The kind of a file, if its name and its first bytes agree.
pub(super) fn kind(name: &str, bytes: &[u8]) -> Result<Kind, Unreadable> {
    let file = || name.to_owned();
    let kind = Kind::of_name(name).ok_or_else(|| Unreadable::UnknownKind { file: file() })?;
    if bytes.is_empty() {
        return if kind == Kind::Text {
            Ok(kind)
        } else {
            Err(Unreadable::Damaged {
                file: file(),
                part: "het is leeg".to_owned(),
            })
        };
    }
    if is_encrypted(kind, bytes) {
        return Err(Unreadable::Encrypted { file: file() });
    }
    match found(bytes) {
        Found::Kind(found) if found == kind => Ok(kind),
        // A zip without the parts of a workbook is a workbook that has been damaged.
        Found::Zip if matches!(kind, Kind::Xlsx | Kind::Ods) => Ok(kind),
        Found::Kind(other) => Err(Unreadable::Disguised {
            file: file(),
            expected: kind.label(),
            found: other.label(),
        }),
        found => Err(Unreadable::Disguised {
            file: file(),
            expected: kind.label(),
            found: found.label(),
        }),
    }
}

enum Found {
    Kind(Kind),
    Zip,
    Named(&'static str),
}

impl Found {
    fn label(&self) -> &'static str {
        match self {
            Self::Kind(kind) => kind.label(),
            Self::Zip => "zip-bestand",
            Self::Named(name) => name,
        }
    }
}

/// Marks at the start of files that are none of ours.
const MARKS: [(&[u8], &str); 9] = [
    (b"%PDF", "PDF-document"),
    (b"{\\rtf", "tekstdocument (RTF)"),
    (b"\x89PNG", "afbeelding"),
    (b"\xff\xd8\xff", "afbeelding"),
    (b"GIF8", "afbeelding"),
    (b"\x1f\x8b", "gecomprimeerd bestand (gzip)"),
    (b"7z\xbc\xaf\x27\x1c", "gecomprimeerd bestand (7z)"),
    (b"Rar!", "gecomprimeerd bestand (rar)"),
    (b"SQLite format 3", "database"),
];

fn found(bytes: &[u8]) -> Found {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return found_in_zip(bytes);
    }
    if bytes.starts_with(OLE) {
        return Found::Kind(Kind::Xls);
    }
    if bytes.starts_with(b"$FL2") || bytes.starts_with(b"$FL3") {
        return Found::Kind(Kind::Sav);
    }
    if let Some((_, name)) = MARKS.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Found::Named(name);
    }
    let start = &bytes[..bytes.len().min(4096)];
    let text = start.trim_ascii_start();
    let web = [&b"<html"[..], b"<!doctype", b"<?xml", b"<table"];
    if web
        .iter()
        .any(|mark| text.len() >= mark.len() && text[..mark.len()].eq_ignore_ascii_case(mark))
    {
        return Found::Named("webpagina of XML");
    }
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    if start.contains(&0) && !utf16 {
        return Found::Named("binair bestand");
    }
    Found::Kind(Kind::Text)
}

fn found_in_zip(bytes: &[u8]) -> Found {
    let Ok(archive) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else {
        return Found::Zip;
    };
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("xl/workbook.xml") {
        Found::Kind(Kind::Xlsx)
    } else if has("word/document.xml") {
        Found::Named("Word-document")
    } else if has("content.xml") && has("mimetype") {
        Found::Kind(Kind::Ods)
    } else {
        Found::Zip
    }
}

/// How compound files (old Office files, and encrypted new ones) begin.
const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

fn is_encrypted(kind: Kind, bytes: &[u8]) -> bool {
    // "EncryptedPackage" in UTF-16 is the name of the stream that holds an encrypted workbook.
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    matches!(kind, Kind::Xlsx | Kind::Xls)
        && bytes.starts_with(OLE)
        && memchr::memmem::find(bytes, &name).is_some()
}
