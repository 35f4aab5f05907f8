//! `doorstroom fit`: the statistics engine on any table, with a formula as in R.

use crate::exit::{Exit, Failure};
use ::fit::{Files, FitCall, Format, Outcome};
use std::io::{self, BufWriter, ErrorKind, Write};

/// Fits, and prints the result; warnings go to standard error.
pub fn run(call: &FitCall) -> Result<Exit, Failure> {
    match call.run(&Disk) {
        Ok(outcome) => {
            print(|out| show(&outcome, call.format, out))?;
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
                print(|out| writeln!(out, "{refusal}"))?;
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

fn show(outcome: &Outcome, format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => out.write_all(outcome.to_text().as_bytes()),
        Format::Json => {
            serde_json::to_writer(&mut *out, &outcome.to_json())?;
            writeln!(out)
        }
    }
}

/// Writes to standard output; a reader that stops reading is nobody's problem.
fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(
            Exit::Io,
            format!("De uitvoer kon niet worden geschreven: {error}."),
        )),
        _ => Ok(()),
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
