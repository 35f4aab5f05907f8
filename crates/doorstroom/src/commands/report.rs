//! `doorstroom report`: the pieces of a release.

use crate::arguments::Report;
use crate::exit::{Exit, Failure};
use crate::keyboard::key_folder;
use crate::progress::Reporter;
use crate::stream;
use store::Study;

/// Writes factsheet, tables, figures and site.
pub fn run(options: &Report, reporter: &Reporter) -> Result<Exit, Failure> {
    // Without a folder of its own, a report is written into the study's.
    let study = match options.out {
        Some(_) => Study::open_to_read(key_folder(&options.study))?,
        None => Study::open(key_folder(&options.study))?,
    };
    let publication = stream::publication(&study, options.release)?;
    let number = publication.header().release_number;
    let out = options
        .out
        .clone()
        .unwrap_or_else(|| options.study.join(format!("publicatie-{number}")));
    stream::report(&publication, &out, reporter)?;
    reporter.say(&format!(
        "Publicatie {number}: {0}/factsheet.pdf, tabellen en figuren in {0}, de site in {0}/site/index.html.",
        out.display()
    ));
    Ok(Exit::Fine)
}
