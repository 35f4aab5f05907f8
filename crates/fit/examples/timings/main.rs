//! Times the engine on tables of any size, for `cargo xtask bench statistics`.
//!
//! `timings write FOLDER ROWS` invents the tables; `timings run FOLDER NAME=CALL …` runs each call
//! of the front, `timings kernel FOLDER NAME …` each estimator alone, from arrays to structs.
//! A line of JSON tells the seconds after the table was read: its peers are not timed on reading
//! either.

mod kernels;
mod seconds;
mod tables;

use fit::Files;
use fit::FitCall;
use peak_alloc::PeakAlloc;
use std::cell::Cell;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Counts what is allocated.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["write", folder, rows] => tables::write(Path::new(folder), rows),
        ["run", folder, calls @ ..] => calls.iter().try_for_each(|call| run(folder, call)),
        ["kernel", folder, names @ ..] => names
            .iter()
            .try_for_each(|name| kernels::run(Path::new(folder), name)),
        _ => Err(
            "usage: timings write FOLDER ROWS | run FOLDER NAME=CALL … | kernel FOLDER NAME …"
                .into(),
        ),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Files of a folder, and when the last table among them was read.
struct Folder {
    path: PathBuf,
    read: Cell<Instant>,
}

impl Files for Folder {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.path.join(name))
    }

    fn table_is_read(&self, _name: &str) {
        self.read.set(Instant::now());
    }
}

fn run(folder: &str, named: &str) -> Result<(), String> {
    let (name, line) = named.split_once('=').ok_or("a call has a name")?;
    let files = Folder {
        path: folder.into(),
        read: Cell::new(Instant::now()),
    };
    let call = FitCall::parse(line).map_err(|failure| format!("{name}: {}", failure.message))?;
    let mut printed = 0;
    let seconds = seconds::typical(|| {
        let outcome = call.run(&files).map_err(|failure| failure.message)?;
        let seconds = files.read.get().elapsed().as_secs_f64();
        // What is printed is part of the answer; it keeps the compiler from leaving anything out.
        printed = outcome.fitted.summary.len();
        Ok(seconds)
    });
    let seconds = seconds.map_err(|message| format!("{name}: {message}"))?;
    println!(r#"{{"task":"{name}","seconds":{seconds},"printed":{printed}}}"#);
    Ok(())
}
