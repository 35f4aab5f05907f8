//! `doorstroom link`: what the koppelpunt runs.

use crate::arguments::Link;
use crate::exit::{Exit, Failure};
use crate::progress::Reporter;
use crate::stream;

/// Links sealed key files and writes the link file for the study.
pub fn run(options: &Link, reporter: &Reporter) -> Result<Exit, Failure> {
    let study = stream::read_protocol(&options.study)?;
    stream::link(
        &options.register,
        &study,
        &options.files,
        &options.out,
        reporter,
    )?;
    Ok(Exit::Fine)
}
