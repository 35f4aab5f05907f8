//! Writes deliveries of any size as CSV, one folder per institution, to measure speed on.
//!
//! `cargo run --release -p dummy --example scale -- DIR CLIENTS [SEED]`

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

const USAGE: &str = "usage: scale DIR CLIENTS [SEED]";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or(USAGE)?);
    let clients = arguments.next().ok_or(USAGE)?.parse()?;
    let seed = arguments.next().map_or(Ok(1), |seed| seed.parse())?;
    let rows = dummy::write_csv_scale(clients, seed, |name| create(&folder.join(name)))?;
    println!("{rows}");
    Ok(())
}

fn create(path: &Path) -> io::Result<Box<dyn Write>> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    Ok(Box::new(BufWriter::with_capacity(
        1 << 20,
        File::create(path)?,
    )))
}
