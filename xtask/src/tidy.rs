//! Tests of the repository itself: walls between crates, sizes, wording, licences, documentation.

mod api_docs;
mod edges;
mod licences;
mod text;
mod threats;

use anyhow::{Result, bail};

/// Runs every test of the repository and reports all breaches at once.
pub fn tidy() -> Result<()> {
    eprintln!("── tidy");
    let metadata = edges::metadata()?;
    let mut breaches = edges::breaches(&metadata);
    breaches.extend(licences::breaches(&metadata)?);
    breaches.extend(text::breaches()?);
    breaches.extend(api_docs::breaches()?);
    breaches.extend(threats::breaches()?);
    if breaches.is_empty() {
        return Ok(());
    }
    bail!(
        "tidy found {}:\n  {}",
        breaches.len(),
        breaches.join("\n  ")
    )
}
