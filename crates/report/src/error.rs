/// Why a report could not be made. Each is a fault of ours, never of the data: what may be
/// shown was decided before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The day of release is not `jjjj-mm-dd`.
    #[error("de dag van vrijgave is geen datum (jjjj-mm-dd)")]
    ReleaseDay,
    /// The template and the data do not fit together, or a standard is broken.
    #[error("de factsheet kan niet worden opgemaakt: {0}")]
    Typesetting(String),
    /// The factsheet does not fit on its pages.
    #[error("de factsheet telt {0} bladzijden in plaats van twee")]
    Pages(usize),
    /// The data for the template cannot be written.
    #[error("de inhoud van de factsheet kan niet worden klaargezet")]
    Content(#[from] serde_json::Error),
    /// A workbook cannot be written.
    #[error("een Excel-bestand kan niet worden gemaakt")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// A text table cannot be written.
    #[error("een csv-bestand kan niet worden gemaakt")]
    Csv(#[from] csv::Error),
    /// A chart cannot be read as a picture.
    #[error("figuur {chart} kan niet als plaatje worden gemaakt: {reason}")]
    Picture {
        /// Name of the chart.
        chart: String,
        /// What the renderer says.
        reason: String,
    },
    /// The archive cannot be written.
    #[error("het zip-bestand kan niet worden gemaakt")]
    Archive(#[from] zip::result::ZipError),
    /// Writing to memory failed.
    #[error("een bestand kan niet worden geschreven")]
    Write(#[from] std::io::Error),
}
