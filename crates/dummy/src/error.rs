use thiserror::Error;

/// Why dummy data could not be made.
#[derive(Debug, Error)]
pub enum Error {
    /// The parameter file has a fault.
    #[error("the parameters of the dummy network: {0}")]
    Parameters(String),
    /// A workbook could not be written.
    #[error("writing a workbook: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// A zip or ODS file could not be written.
    #[error("writing a zip: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// An SPSS file could not be written.
    #[error("writing an SPSS file: {0}")]
    Spss(String),
    /// A CSV file or another stream could not be written.
    #[error("writing a file: {0}")]
    Write(#[from] std::io::Error),
}
