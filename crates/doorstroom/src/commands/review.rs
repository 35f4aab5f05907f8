//! `doorstroom review`: which own clients the koppelpunt asks to look at again.

use crate::arguments::Review;
use crate::commands::dictionary::write_out;
use crate::exit::{Exit, Failure};
use crate::stream;

/// Prints a line per client, its number at the institution and the reason, with a tab between.
pub fn run(options: &Review) -> Result<Exit, Failure> {
    let review = stream::review(&options.file, &options.study, &options.keys)?;
    let lines: String = review
        .clients
        .iter()
        .map(|(client, reason)| format!("{client}\t{}\n", reason.sentence()))
        .collect();
    write_out(lines.as_bytes(), None, false)?;
    if review.unknown == 0 {
        return Ok(Exit::Fine);
    }
    eprintln!(
        "{} rijen op de controlelijst horen niet bij een levering die met deze sleutelmap is verzegeld. Gebruik de map waarmee is verzegeld.",
        review.unknown
    );
    Ok(Exit::Warnings)
}
