//! Writes the site of the invented sample results to a folder:
//! `cargo run -p site --example sample_site -- DIR`.

#[path = "../../figure/tests/sample/mod.rs"]
mod sample;

use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args().nth(1).ok_or("usage: sample_site DIR")?;
    let publication = sample::publication();
    let mut downloads = Vec::new();
    for result in publication.results() {
        for chart in figure::charts(result, publication.header()) {
            let file_name = format!("downloads/{}.svg", chart.id());
            write(&directory, &file_name, chart.svg().as_bytes())?;
            downloads.push(site::Download {
                result_id: Some(result.id().as_str().to_owned()),
                label: format!("Figuur (SVG): {}", chart.id()),
                file_name,
                bytes_len: chart.svg().len() as u64,
            });
        }
    }
    for page in site::pages(publication, &downloads)? {
        write(&directory, &page.path, &page.bytes)?;
    }
    Ok(())
}

fn write(directory: &str, path: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let path = Path::new(directory).join(path);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, bytes)?;
    Ok(())
}
