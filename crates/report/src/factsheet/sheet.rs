//! What the template gets: words, numbers as words, and pictures. Nothing is computed there.

use serde::Serialize;

/// The whole factsheet.
#[derive(Debug, Serialize)]
pub(super) struct Sheet {
    pub title: String,
    pub subtitle: String,
    /// The line above the title.
    pub kicker: String,
    pub footer: String,
    /// The mark of invented data, on every page.
    pub mark: Option<&'static str>,
    /// Year, month and day of release.
    pub date: [u32; 3],
    pub about: Vec<String>,
    pub tiles: Vec<Tile>,
    pub flow: Panel,
    pub stay: Panel,
    pub destination: Panel,
    pub returns: Panel,
    pub blocked: Panel,
    pub meaning: Points,
    pub protection: Points,
    pub unsaid: Points,
    pub provenance: Line,
}

/// A key figure.
#[derive(Debug, Serialize)]
pub(super) struct Tile {
    pub value: String,
    /// Stands small beside the value; may be empty.
    pub unit: String,
    pub label: String,
    pub note: String,
}

/// A result: a heading, and under it what there is.
#[derive(Debug, Default, Serialize)]
pub(super) struct Panel {
    pub title: String,
    pub definition: String,
    /// The sentence that stands where a result is withheld.
    pub withheld: Option<String>,
    pub chart: Option<Picture>,
    pub bars: Option<Bars>,
    pub grid: Option<Grid>,
    pub notes: Vec<String>,
}

/// A chart with its description.
#[derive(Debug, Serialize)]
pub(super) struct Picture {
    pub svg: String,
    pub alt: String,
}

/// A table of which the shares are drawn as well.
#[derive(Debug, Serialize)]
pub(super) struct Bars {
    pub columns: [&'static str; 3],
    pub rows: Vec<Bar>,
}

/// A row of [`Bars`].
#[derive(Debug, Serialize)]
pub(super) struct Bar {
    pub label: String,
    /// 0–1; `None` where it may not be shown.
    pub share: Option<f64>,
    pub first: String,
    pub second: String,
}

/// A plain table; the first column holds words.
#[derive(Debug, Serialize)]
pub(super) struct Grid {
    pub columns: Vec<String>,
    pub rows: Vec<GridRow>,
}

/// A row of a [`Grid`].
#[derive(Debug, Serialize)]
pub(super) struct GridRow {
    pub cells: Vec<String>,
    pub total: bool,
}

/// A list under a heading.
#[derive(Debug, Serialize)]
pub(super) struct Points {
    pub title: &'static str,
    pub sentences: Vec<String>,
}

/// A line under a heading.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    pub title: &'static str,
    pub line: String,
}
