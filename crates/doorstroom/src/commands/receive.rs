//! `doorstroom receive`: sealed deliveries and link files into a study.

use crate::arguments::Receive;
use crate::exit::{Exit, Failure};
use crate::keyboard::key_folder;
use crate::progress::Reporter;
use crate::stream;
use store::Study;

/// Takes in files, then joins what can be joined.
pub fn run(options: &Receive, reporter: &Reporter) -> Result<Exit, Failure> {
    let study = Study::open(key_folder(&options.study))?;
    stream::receive(
        &study,
        &options.files,
        options.correction.as_deref(),
        reporter,
    )?;
    Ok(Exit::Fine)
}
