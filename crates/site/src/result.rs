use crate::Download;
use crate::table::TableView;
use disclosure::{Cell, PublicationHeader, Published, Released};
use estimate::LinkageEvidence;
use figure::{Chart, dutch};

/// A result as its templates need it.
pub(crate) struct ResultView {
    pub id: String,
    pub title: String,
    pub plain: String,
    pub definition: String,
    pub n: String,
    pub page: &'static str,
    pub withheld: Option<String>,
    pub charts: Vec<ChartView>,
    /// The table that is shown at once, where there is no chart to see first.
    pub open_table: Option<TableView>,
    pub tables: Vec<TableView>,
    pub downloads: Vec<DownloadView>,
    pub provenance: ProvenanceView,
}

pub(crate) struct ChartView {
    pub id: String,
    pub title: String,
    pub svg: String,
}

pub(crate) struct DownloadView {
    pub label: String,
    pub href: String,
    pub size: String,
}

/// Where a result comes from.
pub(crate) struct ProvenanceView {
    pub inputs: Vec<String>,
    pub protocol: String,
    pub code_version: String,
    pub linkage: Option<LinkageView>,
}

impl ResultView {
    pub fn new(published: &Published, header: &PublicationHeader, downloads: &[Download]) -> Self {
        let id = published.id().as_str();
        let charts: Vec<ChartView> = figure::charts(published, header)
            .iter()
            .map(ChartView::new)
            .collect();
        let mut tables: Vec<TableView> = figure::data_tables(published, header)
            .iter()
            .map(TableView::new)
            .collect();
        let is_open = charts.is_empty() && !tables.is_empty();
        Self {
            id: id.to_owned(),
            title: published.title().to_owned(),
            plain: published.plain().to_owned(),
            definition: published.definition().to_owned(),
            n: n(published),
            page: crate::section::text(published.section()).file,
            withheld: match published.released() {
                Released::Withheld(withheld) => Some(withheld.sentence().to_owned()),
                _ => None,
            },
            charts,
            open_table: is_open.then(|| tables.remove(0)),
            tables,
            downloads: downloads
                .iter()
                .filter(|download| download.result_id.as_deref() == Some(id))
                .map(DownloadView::new)
                .collect(),
            provenance: ProvenanceView::new(published),
        }
    }
}

/// What a result rests on: `n = 400 opnames`.
fn n(published: &Published) -> String {
    let unit = published.unit().label();
    match published.n() {
        Cell::Count(n) => format!("n = {} {unit}", dutch::count(n)),
        Cell::Suppressed => format!("n {} ({unit})", dutch::HIDDEN),
    }
}

impl ChartView {
    fn new(chart: &Chart) -> Self {
        Self {
            id: chart.id().to_owned(),
            title: chart.title().to_owned(),
            svg: chart.svg().to_owned(),
        }
    }
}

impl DownloadView {
    pub fn new(download: &Download) -> Self {
        Self {
            label: download.label.clone(),
            href: download.file_name.clone(),
            size: size(download.bytes_len),
        }
    }
}

/// How much was linked, and what that does to returns, as text.
pub struct LinkageView {
    /// The share of true links that were found.
    pub found: String,
    /// By how much the share of returns elsewhere is underestimated.
    pub missed: Option<String>,
}

impl LinkageView {
    pub(crate) fn new(linkage: &LinkageEvidence) -> Self {
        let (low, high) = linkage.sensitivity;
        let missed = linkage
            .return_factors
            .map(|(least, most)| dutch::percentage_interval(least - 1.0, most - 1.0, 1));
        Self {
            found: dutch::percentage_interval(low, high, 1),
            missed,
        }
    }
}

impl ProvenanceView {
    fn new(published: &Published) -> Self {
        let provenance = published.provenance();
        Self {
            inputs: provenance.inputs.iter().map(ToString::to_string).collect(),
            protocol: provenance.protocol.to_string(),
            code_version: provenance.code_version.clone(),
            linkage: provenance.linkage.map(|linkage| LinkageView::new(&linkage)),
        }
    }
}

/// A length in decimal units, as on other Dutch sites.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", dutch::number(bytes as f64 / 1e3, 0)),
        _ => format!("{} MB", dutch::number(bytes as f64 / 1e6, 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_dutch() {
        assert_eq!(size(12), "12 bytes");
        assert_eq!(size(67_400), "67 kB");
        assert_eq!(size(1_740_000), "1,7 MB");
    }
}
