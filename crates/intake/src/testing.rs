//! Deliveries from a few lines of text, for tests.

use crate::{DeliveryFile, ParsedTables, parse};
use std::borrow::Cow;

/// Reads the files, given as name and text (CSV), as one delivery without a profile.
pub fn parse_texts(files: &[(&str, &str)]) -> ParsedTables {
    let files = files.iter().map(|(name, text)| DeliveryFile {
        name: (*name).to_owned(),
        bytes: Cow::Borrowed(text.as_bytes()),
    });
    parse(files.collect(), None, &|_: u64| {})
}
