//! `doorstroom map`: proposes a mapping profile.

use crate::arguments::Map;
use crate::commands::dictionary::write_out;
use crate::delivery;
use crate::exit::{Exit, Failure};
use crate::progress::Reporter;

/// Proposes a profile; what is unsure stands in it as a comment, to be decided by a person.
pub fn run(options: &Map, reporter: &Reporter) -> Result<Exit, Failure> {
    let files = delivery::open(&options.dir)?;
    let step = reporter.step("Kolommen en codes vergelijken");
    let proposal = intake::profile::propose(&files);
    step.finish_and_clear();
    let exit = write_out(proposal.to_toml().as_bytes(), options.out.as_deref(), false)?;
    reporter.say(&proposal.summary());
    Ok(exit)
}
