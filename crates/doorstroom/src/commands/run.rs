//! `doorstroom run`: the analyses of a study.

use crate::arguments::Run;
use crate::exit::{Exit, Failure};
use crate::keyboard::key_folder;
use crate::progress::Reporter;
use crate::stream;
use store::Study;

/// Runs the analyses, unless nothing changed since the last time.
pub fn run(options: &Run, reporter: &Reporter) -> Result<Exit, Failure> {
    let study = Study::open(key_folder(&options.study))?;
    stream::run(&study, reporter)?;
    Ok(Exit::Fine)
}
