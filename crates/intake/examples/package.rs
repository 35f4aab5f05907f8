//! Writes the Data Package descriptor and the csv templates to a folder, to hold them against
//! `frictionless validate DIR/datapackage.json`.

use std::fs;
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let directory = PathBuf::from(
        std::env::args()
            .nth(1)
            .unwrap_or_else(|| "package".to_owned()),
    );
    fs::create_dir_all(&directory)?;
    let descriptor = intake::dictionary::data_package_json();
    fs::write(directory.join("datapackage.json"), descriptor)?;
    for (name, bytes) in intake::template::csv_files() {
        fs::write(directory.join(name), bytes)?;
    }
    Ok(())
}
