//! Writes the factsheet and all exports of the invented sample:
//! `cargo run -p report --example render -- DIR [gewoon|lang|ingehouden|verborgen|deels|echt]`.

#[path = "../tests/sample/mod.rs"]
mod sample;

use std::path::Path;
use std::time::Instant;
use std::{env, error::Error, fs};

#[allow(
    clippy::disallowed_methods,
    reason = "an example may read its arguments and write files"
)]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let dir = arguments.next().ok_or("usage: render DIR [VARIANT]")?;
    let publication = match arguments.next().as_deref() {
        None | Some("gewoon") => sample::publication(),
        Some("lang") => sample::long_words(),
        Some("ingehouden") => sample::all_withheld(),
        Some("verborgen") => sample::mostly_hidden(),
        Some("deels") => sample::only(|id| id.starts_with('v') || id.starts_with("geb")),
        Some("echt") => sample::not_synthetic(),
        Some(other) => return Err(format!("no variant {other}").into()),
    };
    let start = Instant::now();
    write(&dir, "factsheet.pdf", &report::factsheet(&publication)?)?;
    println!("factsheet: {:?}", start.elapsed());
    let start = Instant::now();
    let files = report::exports(&publication)?;
    println!("exports: {:?}, {} files", start.elapsed(), files.len());
    for file in files {
        write(&dir, &file.path, &file.bytes)?;
    }
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "an example may write files")]
fn write(dir: &str, path: &str, bytes: &[u8]) -> std::io::Result<()> {
    let path = Path::new(dir).join(path);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, bytes)
}
