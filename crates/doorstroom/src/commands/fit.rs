//! `doorstroom fit`: the statistics engine on any table, with a formula as in R.

use crate::commands::dictionary::write_out;
use crate::exit::{Exit, Failure};
use ::fit::{Files, FitCall, Format, Outcome};
use std::io;

/// Fits, and prints the result; warnings go to standard error.
pub fn run(call: &FitCall) -> Result<Exit, Failure> {
    match call.run(&Disk) {
        Ok(outcome) => {
            write_out(shown(&outcome, call.format).as_bytes(), None, false)?;
            for warning in &outcome.warnings {
                eprintln!("Let op: {}", warning.message);
            }
            Ok(if outcome.warnings.is_empty() {
                Exit::Fine
            } else {
                Exit::Warnings
            })
        }
        Err(failure) => {
            if call.format == Format::Json {
                let refusal = serde_json::json!({"failure": failure.to_json()});
                write_out(format!("{refusal}\n").as_bytes(), None, false)?;
            }
            Err(Failure::new(exit(&failure.code), failure.message))
        }
    }
}

/// Files as they lie on the disk, named from where the user stands.
struct Disk;

impl Files for Disk {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        std::fs::read(name)
    }
}

fn shown(outcome: &Outcome, format: Format) -> String {
    match format {
        Format::Text => outcome.to_text(),
        Format::Json => format!("{}\n", outcome.to_json()),
    }
}

/// What cannot be read, what is asked wrongly, and what cannot be estimated end differently.
fn exit(code: &str) -> Exit {
    match code {
        "unreadable_file" => Exit::Io,
        "unreadable_table" | "unreadable_schema" | "no_parquet" => Exit::Unreadable,
        "bad_option" | "bad_argument" | "formula_syntax" | "formula_too_long"
        | "formula_too_deep" | "no_term" | "unknown_column" | "unknown_function" | "wrong_kind"
        | "lengths_differ" => Exit::Usage,
        _ => Exit::Refused,
    }
}
