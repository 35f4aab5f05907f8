//! `doorstroom dictionary` and `doorstroom template`.

use crate::arguments::{Dictionary, DictionaryFormat, Template};
use crate::exit::{Exit, Failure};
use std::path::Path;

/// Prints the dictionary.
pub fn run(options: &Dictionary) -> Result<Exit, Failure> {
    let bytes = match options.format {
        DictionaryFormat::Md => intake::dictionary::markdown().into_bytes(),
        DictionaryFormat::Json => intake::dictionary::data_package_json().into_bytes(),
        DictionaryFormat::Xlsx => intake::dictionary::workbook().map_err(workbook_failure)?,
    };
    write_out(
        &bytes,
        options.out.as_deref(),
        options.format == DictionaryFormat::Xlsx,
    )
}

/// Writes the templates.
pub fn template(options: &Template) -> Result<Exit, Failure> {
    store::files::create_folder(&options.dir)?;
    let workbook = intake::template::workbook().map_err(workbook_failure)?;
    store::files::write_bytes(&options.dir.join("sjabloon.xlsx"), &workbook)?;
    let files = intake::template::csv_files();
    for (name, bytes) in &files {
        store::files::write_bytes(&options.dir.join(name), bytes)?;
    }
    eprintln!(
        "Sjablonen geschreven in {}: sjabloon.xlsx en {} csv-bestanden.",
        options.dir.display(),
        files.len()
    );
    Ok(Exit::Fine)
}

/// Writes to a file or to standard output; what is no text goes to a file only.
pub fn write_out(bytes: &[u8], out: Option<&Path>, binary: bool) -> Result<Exit, Failure> {
    use std::io::Write;
    match out {
        Some(path) => store::files::write_bytes(path, bytes)?,
        None if binary => {
            return Err(Failure::new(
                Exit::Usage,
                "Een Excel-bestand past niet op het scherm: geef een bestand op met --out.",
            ));
        }
        None => match std::io::stdout().write_all(bytes) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                return Err(Failure::new(
                    Exit::Io,
                    format!("Schrijven naar het scherm mislukte: {error}."),
                ));
            }
            _ => {}
        },
    }
    Ok(Exit::Fine)
}

/// A workbook that could not be made.
pub fn workbook_failure(error: impl std::fmt::Display) -> Failure {
    Failure::new(
        Exit::Io,
        format!("Het Excel-bestand kon niet worden gemaakt: {error}."),
    )
}
