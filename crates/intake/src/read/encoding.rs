use rayon::prelude::*;
use std::borrow::Cow;

/// How a text file writes its letters. Both kinds write ASCII as ASCII, so cells are cut from
/// the raw bytes and only text that is kept is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Windows1252,
}

impl Encoding {
    /// UTF-8 if all of the bytes are, else Windows-1252.
    pub(super) fn of(bytes: &[u8]) -> Self {
        const PIECE: usize = 1 << 22;
        let mut from = 0;
        let mut pieces = Vec::new();
        while from < bytes.len() {
            let near = (from + PIECE).min(bytes.len());
            // A line feed is never part of a longer letter, so a piece may end behind it.
            let to = memchr::memchr(b'\n', &bytes[near..]).map_or(bytes.len(), |at| near + at + 1);
            pieces.push(&bytes[from..to]);
            from = to;
        }
        if pieces
            .into_par_iter()
            // Most files are ASCII, which is told faster.
            .all(|piece| piece.is_ascii() || std::str::from_utf8(piece).is_ok())
        {
            Self::Utf8
        } else {
            Self::Windows1252
        }
    }

    pub(super) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 => match std::str::from_utf8(bytes) {
                Ok(text) => Cow::Borrowed(text),
                Err(_) => String::from_utf8_lossy(bytes),
            },
            Self::Windows1252 => {
                encoding_rs::WINDOWS_1252
                    .decode_without_bom_handling(bytes)
                    .0
            }
        }
    }
}
