use super::ExportFile;
use crate::Error;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// All files in one archive; every file bears the same time, so that equal files give equal
/// bytes.
pub(super) fn zip(files: &[ExportFile]) -> Result<Vec<u8>, Error> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        archive.start_file(file.path.as_str(), options(&file.path))?;
        archive.write_all(&file.bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

fn options(path: &str) -> SimpleFileOptions {
    // Pictures and workbooks are compressed already.
    let method = match path.ends_with(".png") || path.ends_with(".xlsx") {
        true => CompressionMethod::Stored,
        false => CompressionMethod::Deflated,
    };
    SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
}
