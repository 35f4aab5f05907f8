//! `doorstroom audit`: what can be worked out of tables made by anybody.

use crate::arguments::Audit;
use crate::commands::dictionary::write_out;
use crate::exit::{Exit, Failure};
use crate::tables;
use disclosure::tables::{Rules, Table, audit, audit_text};

/// Audits all tables together; findings are blocking.
pub fn run(options: &Audit) -> Result<Exit, Failure> {
    let opened = tables::open(&options.tables)?.into_iter();
    let all: Vec<Table> = opened.map(|one| one.read.table).collect();
    let rules = Rules {
        rounding_base: tables::rounding_base("--rounded", options.rounded)?,
        ..tables::rules(&options.rules)?
    };
    let audit = audit(&all, &rules);
    let text = if options.json {
        tables::json(&audit)?
    } else {
        audit_text(&audit)
    };
    write_out(text.as_bytes(), None, false)?;
    Ok(if audit.findings.is_empty() {
        Exit::Fine
    } else {
        Exit::Blocking
    })
}
