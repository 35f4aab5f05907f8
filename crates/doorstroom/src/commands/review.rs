//! `doorstroom review`: which own clients the koppelpunt asks to look at again.

use crate::arguments::Review;
use crate::exit::{Exit, Failure};
use crate::stream;

/// Prints a line per client, its number at the institution and the reason, with a tab between.
pub fn run(options: &Review) -> Result<Exit, Failure> {
    let review = stream::review(&options.file, &options.study, &options.keys)?;
    for (client, reason) in &review.clients {
        println!("{client}\t{}", reason.sentence());
    }
    if review.unknown == 0 {
        return Ok(Exit::Fine);
    }
    eprintln!(
        "{} rijen op de controlelijst horen niet bij een levering die met deze sleutelmap is verzegeld. Gebruik de map waarmee is verzegeld.",
        review.unknown
    );
    Ok(Exit::Warnings)
}
