//! Writes the page for checkers of the invented sample results to a file:
//! `cargo run -p site --example sample_review -- FILE`.

use disclosure::{Ledger, LetterKey, Policy, PolicyDraft, ReleaseDetails, screen};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("usage: sample_review FILE")?;
    let policy = Policy::new(PolicyDraft::default())?;
    let key = LetterKey::from_secret(b"a secret of the example");
    let set = screen(&estimate::sample(), &policy, &Ledger::empty(), &key)?;
    let header = set.proposed_header(ReleaseDetails {
        study_title: "Van opname tot terugkeer in de SGLVG-zorg".to_owned(),
        released_on: "2026-11-22".to_owned(),
        institutions: Vec::new(),
    });
    std::fs::write(file, site::review_page(&set, &set.explained(), &header)?)?;
    Ok(())
}
