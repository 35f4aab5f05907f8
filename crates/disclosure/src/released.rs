//! What may be shown. Fields are private to the crate; others get getters.

use crate::wire::{Fields, Wire, object};
use estimate::{Caveat, CurveKind, Effect, Method, Provenance, ResultId, Section, Unit};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A published count: rounded, or hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cell {
    /// May be shown; rounded to the policy's base.
    Count(u64),
    /// Is not shown, because it is small or would give away a small one.
    Suppressed,
}

impl Cell {
    /// The number, if it may be shown.
    pub fn count(self) -> Option<u64> {
        match self {
            Self::Count(count) => Some(count),
            Self::Suppressed => None,
        }
    }
}

/// Everything of one release.
#[derive(Debug)]
pub struct Publication {
    pub(crate) header: PublicationHeader,
    pub(crate) results: Vec<Published>,
}

impl Publication {
    /// What is common to all results.
    pub fn header(&self) -> &PublicationHeader {
        &self.header
    }

    /// The results, in the order of the story.
    pub fn results(&self) -> &[Published] {
        &self.results
    }

    /// The result with this name.
    pub fn result(&self, id: &str) -> Option<&Published> {
        self.results.iter().find(|result| result.id.as_str() == id)
    }
}

/// What is common to all results of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicationHeader {
    /// Dutch title of the study.
    pub study_title: String,
    /// Number of the release in the ledger, from 1.
    pub release_number: u32,
    /// Day of release, `jjjj-mm-dd`.
    pub released_on: String,
    /// The last half-year that the data reach into, as "eerste helft van 2026".
    pub data_until: String,
    /// Names of the institutions that delivered, if they may be named.
    pub institutions: Vec<String>,
    /// How many persons checked the release.
    pub checkers: usize,
    /// The smallest number that is shown.
    pub threshold: u64,
    /// What counts are rounded to.
    pub rounding_base: u64,
    /// Version of the program.
    pub code_version: String,
    /// Whether the data are invented.
    pub synthetic: bool,
    /// Digest of all that is released, in hexadecimal.
    pub digest: String,
}

/// One published result.
#[derive(Debug)]
pub struct Published {
    pub(crate) id: ResultId,
    pub(crate) section: Section,
    pub(crate) title: String,
    pub(crate) definition: String,
    pub(crate) plain: String,
    pub(crate) unit: Unit,
    pub(crate) n: Cell,
    pub(crate) provenance: Provenance,
    pub(crate) released: Released,
}

impl Published {
    /// Stable name; fits as a file name and as an anchor.
    pub fn id(&self) -> &ResultId {
        &self.id
    }
    /// Where it belongs.
    pub fn section(&self) -> Section {
        self.section
    }
    /// Dutch title.
    pub fn title(&self) -> &str {
        &self.title
    }
    /// Dutch definition.
    pub fn definition(&self) -> &str {
        &self.definition
    }
    /// What it means, in one plain Dutch sentence.
    pub fn plain(&self) -> &str {
        &self.plain
    }
    /// What is counted.
    pub fn unit(&self) -> Unit {
        self.unit
    }
    /// How many units it rests on, rounded.
    pub fn n(&self) -> Cell {
        self.n
    }
    /// Where it comes from.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }
    /// What may be shown.
    pub fn released(&self) -> &Released {
        &self.released
    }
}

/// The shapes that may be shown.
#[derive(Debug)]
pub enum Released {
    /// Counts in one or two dimensions.
    Table(ReleasedTable),
    /// Characteristics of groups.
    Characteristics(ReleasedCharacteristics),
    /// Step functions over time.
    Curves(ReleasedCurves),
    /// Counts along layers.
    Flow(ReleasedFlow),
    /// Who was left out of a cohort.
    Attrition(ReleasedAttrition),
    /// Summaries of a duration per group.
    Durations(ReleasedDurations),
    /// What goes with an outcome.
    Regression(ReleasedRegression),
    /// A quantity over time.
    Course(ReleasedCourse),
    /// What a model expects under scenarios.
    Projection(ReleasedProjection),
    /// Numbers that each stand for themselves.
    Measures(ReleasedMeasures),
    /// What people said.
    Quotations(ReleasedQuotations),
    /// Nothing may or can be said.
    Withheld(Withheld),
}

impl Released {
    /// Whether every number of it is hidden.
    pub(crate) fn shows_nothing(&self) -> bool {
        let hidden = |cells: &[Cell]| cells.iter().all(|cell| *cell == Cell::Suppressed);
        match self {
            Self::Table(table) => {
                let margins = [&table.row_totals[..], &table.column_totals, &[table.total]];
                hidden(&table.cells) && hidden(&margins.concat())
            }
            Self::Characteristics(shape) => {
                let hidden_block = |block: &ReleasedBlock| match block {
                    ReleasedBlock::Categories { cells, .. } => hidden(cells),
                    ReleasedBlock::Quantity { per_group, .. } => {
                        per_group.iter().all(Option::is_none)
                    }
                };
                hidden(&shape.sizes) && shape.blocks.iter().all(hidden_block)
            }
            Self::Flow(flow) => flow.links.iter().all(|link| link.count == Cell::Suppressed),
            Self::Attrition(shape) => {
                let steps = shape.steps.iter();
                hidden(&[shape.start]) && steps.into_iter().all(|step| hidden(&[step.1, step.2]))
            }
            Self::Durations(shape) => {
                hidden(&shape.long) && shape.per_group.iter().all(Option::is_none)
            }
            Self::Curves(shape) => {
                let nothing = |series: &ReleasedSeries| {
                    let read = series.horizons.iter().any(|one| one.estimate.is_some());
                    let drawn = !series.steps.is_empty() || series.median.is_some();
                    !read && !drawn && series.events == Cell::Suppressed
                };
                let risk = shape.risk.iter().flatten();
                shape.series.iter().all(nothing)
                    && risk.into_iter().all(|at| at.at_risk == Cell::Suppressed)
            }
            Self::Course(shape) => {
                let mut points = shape.lines.iter().flat_map(|line| &line.points);
                points.all(|point| point.mean.is_none() && hidden(&[point.measured]))
            }
            Self::Measures(shape) => {
                let mut rows = shape.rows.iter();
                rows.all(|row| hidden(&[row.size]) && row.values.iter().all(Option::is_none))
            }
            // These are shown with their estimates, or withheld.
            Self::Regression(_) | Self::Projection(_) | Self::Quotations(_) | Self::Withheld(_) => {
                false
            }
        }
    }
}

/// A Dutch sentence instead of a result.
#[derive(Debug, PartialEq, Eq)]
pub struct Withheld {
    pub(crate) sentence: String,
}

impl Withheld {
    /// Why there is no result ("Te weinig gebeurtenissen om iets te kunnen zeggen.").
    pub fn sentence(&self) -> &str {
        &self.sentence
    }
}

/// Declares a released shape: private fields, lent out by getters.
macro_rules! released {
    ($(#[$meta:meta])* $name:ident { $( $(#[$field_meta:meta])* $field:ident : $type:ty => $lent:ty = |$this:ident| $get:expr ),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name { $( pub(crate) $field: $type ),+ }
        impl $name {
            $( $(#[$field_meta])* pub fn $field(&self) -> $lent { let $this = self; $get } )+
        }
        impl Wire for $name {
            fn write(&self) -> Value {
                object([ $( (stringify!($field), self.$field.write()) ),+ ])
            }
            fn read(form: Value) -> Option<Self> {
                let mut fields = Fields::of(form)?;
                Some(Self { $( $field: fields.take(stringify!($field))? ),+ })
            }
        }
    };
}

released! {
    /// Counts with margins, each rounded on its own or hidden; so rounded counts may differ a
    /// little from their rounded total.
    ReleasedTable {
        /// What the rows are.
        row_title: String => &str = |s| &s.row_title,
        /// What the columns are.
        column_title: String => &str = |s| &s.column_title,
        /// Row labels.
        rows: Vec<String> => &[String] = |s| &s.rows,
        /// Column labels.
        columns: Vec<String> => &[String] = |s| &s.columns,
        /// Counts, row by row.
        cells: Vec<Cell> => &[Cell] = |s| &s.cells,
        /// Totals per row.
        row_totals: Vec<Cell> => &[Cell] = |s| &s.row_totals,
        /// Totals per column.
        column_totals: Vec<Cell> => &[Cell] = |s| &s.column_totals,
        /// The total of all.
        total: Cell => Cell = |s| s.total,
        /// Whether the rows have an order of their own.
        ordered: bool => bool = |s| s.ordered,
    }
}

impl ReleasedTable {
    /// The cell in a row and a column.
    pub fn cell(&self, row: usize, column: usize) -> Cell {
        self.cells[row * self.columns.len() + column]
    }

    /// The share of a cell in its column, 0–1, from published numbers alone.
    pub fn column_share(&self, row: usize, column: usize) -> Option<f64> {
        let whole = self.column_totals[column]
            .count()
            .filter(|&whole| whole > 0)?;
        Some(share(self.cell(row, column).count()?, whole))
    }

    /// The share of a row in the total, 0–1, from published numbers alone.
    pub fn row_share(&self, row: usize) -> Option<f64> {
        let whole = self.total.count().filter(|&whole| whole > 0)?;
        Some(share(self.row_totals[row].count()?, whole))
    }
}

/// A part of a whole. A number kept from an earlier release may be a little larger than its
/// whole; a share never is.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    (part as f64 / whole as f64).min(1.0)
}

released! {
    /// Characteristics of groups; the last group is the total.
    ReleasedCharacteristics {
        /// Group labels, the last being "Totaal".
        groups: Vec<String> => &[String] = |s| &s.groups,
        /// Clients per group.
        sizes: Vec<Cell> => &[Cell] = |s| &s.sizes,
        /// The characteristics, in order.
        blocks: Vec<ReleasedBlock> => &[ReleasedBlock] = |s| &s.blocks,
    }
}

/// One published characteristic.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ReleasedBlock {
    /// Counts per level.
    #[non_exhaustive]
    Categories {
        /// What it is.
        title: String,
        /// Levels.
        levels: Vec<String>,
        /// Counts, level by level, one per group (the total last).
        cells: Vec<Cell>,
        /// Shares of the group, 0–1, from published numbers; `None` where hidden.
        shares: Vec<Option<f64>>,
    },
    /// A measured quantity.
    #[non_exhaustive]
    Quantity {
        /// What it is, with its unit.
        title: String,
        /// One summary per group (the total last); `None` where hidden.
        per_group: Vec<Option<ReleasedSummary>>,
    },
}

released! {
    /// Summary of a quantity.
    ReleasedSummary {
        /// Clients with a value, rounded.
        n: Cell => Cell = |s| s.n,
        /// Mean and standard deviation, if safe.
        mean_sd: Option<(f64, f64)> => Option<(f64, f64)> = |s| s.mean_sd,
        /// Median, if safe.
        median: Option<f64> => Option<f64> = |s| s.median,
        /// First and third quartile, if safe.
        quartiles: Option<(f64, f64)> => Option<(f64, f64)> = |s| s.quartiles,
    }
}

released! {
    /// Curves, thinned and cut where few are at risk.
    ReleasedCurves {
        /// What the curves say.
        kind: CurveKind => CurveKind = |s| s.kind,
        /// What day 0 is, in Dutch.
        time_title: String => &str = |s| &s.time_title,
        /// The curves.
        series: Vec<ReleasedSeries> => &[ReleasedSeries] = |s| &s.series,
        /// Labels of the groups whose numbers at risk are shown, in the order of `risk`.
        strata: Vec<String> => &[String] = |s| &s.strata,
        /// Numbers at risk per group at regular days.
        risk: Vec<Vec<RiskAt>> => &[Vec<RiskAt>] = |s| &s.risk,
    }
}

released! {
    /// One published curve: straight lines between its points.
    ReleasedSeries {
        /// Label.
        label: String => &str = |s| &s.label,
        /// Position of its group in the numbers at risk.
        stratum: usize => usize = |s| s.stratum,
        /// The points, rising in time; two decimals.
        steps: Vec<ReleasedStep> => &[ReleasedStep] = |s| &s.steps,
        /// The day after which the curve is not shown, because few are at risk.
        cut_at: Option<i32> => Option<i32> = |s| s.cut_at,
        /// Median in days with its limits (`None` inside: not reached); `None`: hidden or not asked.
        median: Option<(Option<f64>, Option<f64>, Option<f64>)> => Option<(Option<f64>, Option<f64>, Option<f64>)> = |s| s.median,
        /// The curve at the protocol's horizons.
        horizons: Vec<ReleasedHorizon> => &[ReleasedHorizon] = |s| &s.horizons,
        /// Events over the whole curve, rounded.
        events: Cell => Cell = |s| s.events,
    }
}

released! {
    /// A published point of a curve.
    ReleasedStep {
        /// Days since the index date.
        day: i32 => i32 = |s| s.day,
        /// The estimate, two decimals.
        estimate: f64 => f64 = |s| s.estimate,
        /// Lower limit, two decimals.
        lower: f64 => f64 = |s| s.lower,
        /// Upper limit, two decimals.
        upper: f64 => f64 = |s| s.upper,
    }
}

released! {
    /// A number at risk.
    RiskAt {
        /// Days since the index date.
        day: i32 => i32 = |s| s.day,
        /// At risk, rounded.
        at_risk: Cell => Cell = |s| s.at_risk,
    }
}

released! {
    /// A curve at a horizon.
    ReleasedHorizon {
        /// Days since the index date.
        day: i32 => i32 = |s| s.day,
        /// Estimate and limits; `None` where too few are at risk by then.
        estimate: Option<(f64, f64, f64)> => Option<(f64, f64, f64)> = |s| s.estimate,
    }
}

released! {
    /// Counts along layers.
    ReleasedFlow {
        /// Titles of the layers.
        layers: Vec<String> => &[String] = |s| &s.layers,
        /// Labels of the nodes, per layer.
        nodes: Vec<Vec<String>> => &[Vec<String>] = |s| &s.nodes,
        /// The links; hidden ones are there without a number.
        links: Vec<ReleasedLink> => &[ReleasedLink] = |s| &s.links,
    }
}

released! {
    /// A published link.
    ReleasedLink {
        /// Layer it leaves.
        layer: usize => usize = |s| s.layer,
        /// Node it leaves.
        from: usize => usize = |s| s.from,
        /// Node it enters.
        to: usize => usize = |s| s.to,
        /// How many pass.
        count: Cell => Cell = |s| s.count,
    }
}

released! {
    /// Who was left out of a cohort, and why.
    ReleasedAttrition {
        /// What was there to begin with.
        start_label: String => &str = |s| &s.start_label,
        /// How many there were to begin with.
        start: Cell => Cell = |s| s.start,
        /// Reason, left out, remaining.
        steps: Vec<(String, Cell, Cell)> => &[(String, Cell, Cell)] = |s| &s.steps,
    }
}

released! {
    /// Summaries of a duration in days; the last group is the total.
    ReleasedDurations {
        /// Group labels, the last being "Totaal".
        groups: Vec<String> => &[String] = |s| &s.groups,
        /// One summary per group; `None` where hidden.
        per_group: Vec<Option<ReleasedSummary>> => &[Option<ReleasedSummary>] = |s| &s.per_group,
        /// Days from which a duration counts as long.
        long_from_days: u32 => u32 = |s| s.long_from_days,
        /// How many are long, per group.
        long: Vec<Cell> => &[Cell] = |s| &s.long,
    }
}

/// An estimate with its lower and upper limit, 95 %.
type Limits = (f64, f64, f64);

released! {
    /// What goes with an outcome: a model and the counts behind it.
    ReleasedRegression {
        /// The outcome.
        outcome: String => &str = |s| &s.outcome,
        /// What the coefficients are.
        effect: Effect => Effect = |s| s.effect,
        /// How it was fitted.
        method: Method => Method = |s| s.method,
        /// Who the model is of.
        size: Cell => Cell = |s| s.size,
        /// The events that it rests on; `None` where the outcome is a quantity.
        events: Option<Cell> => Option<Cell> = |s| s.events,
        /// The terms.
        terms: Vec<ReleasedTerm> => &[ReleasedTerm] = |s| &s.terms,
        /// What a reader must know of the fit.
        caveats: Vec<Caveat> => &[Caveat] = |s| &s.caveats,
    }
}

released! {
    /// A term of a model.
    ReleasedTerm {
        /// What it is.
        label: String => &str = |s| &s.label,
        /// Whether it is a quantity: then its one level is the step that the coefficient is of.
        is_slope: bool => bool = |s| s.is_slope,
        /// Those without a value.
        missing: Cell => Cell = |s| s.missing,
        /// The levels, the reference first.
        levels: Vec<ReleasedLevel> => &[ReleasedLevel] = |s| &s.levels,
    }
}

released! {
    /// A level of a term.
    ReleasedLevel {
        /// Label.
        label: String => &str = |s| &s.label,
        /// Who is in it.
        size: Cell => Cell = |s| s.size,
        /// The events among them.
        events: Option<Cell> => Option<Cell> = |s| s.events,
        /// Whether the others are compared with it.
        is_reference: bool => bool = |s| s.is_reference,
        /// The coefficient; `None` for the reference.
        effect: Option<Limits> => Option<Limits> = |s| s.effect,
    }
}

released! {
    /// A quantity over time.
    ReleasedCourse {
        /// What is measured.
        quantity: String => &str = |s| &s.quantity,
        /// Whether more of it is better, if that is known.
        higher_is_better: Option<bool> => Option<bool> = |s| s.higher_is_better,
        /// What day 0 is.
        time_title: String => &str = |s| &s.time_title,
        /// The groups.
        lines: Vec<ReleasedCourseLine> => &[ReleasedCourseLine] = |s| &s.lines,
    }
}

released! {
    /// A group over time.
    ReleasedCourseLine {
        /// Label.
        label: String => &str = |s| &s.label,
        /// The moments, rising.
        points: Vec<ReleasedCoursePoint> => &[ReleasedCoursePoint] = |s| &s.points,
    }
}

released! {
    /// A moment of a course.
    ReleasedCoursePoint {
        /// Days since the index date.
        day: i32 => i32 = |s| s.day,
        /// Who were measured.
        measured: Cell => Cell = |s| s.measured,
        /// Who were there but not measured.
        unmeasured: Cell => Cell = |s| s.unmeasured,
        /// The mean, if enough were measured.
        mean: Option<Limits> => Option<Limits> = |s| s.mean,
    }
}

released! {
    /// What a model expects under scenarios.
    ReleasedProjection {
        /// What is expected.
        quantity: String => &str = |s| &s.quantity,
        /// What day 0 is.
        time_title: String => &str = |s| &s.time_title,
        /// The scenarios; the first is "if nothing changes".
        scenarios: Vec<ReleasedScenario> => &[ReleasedScenario] = |s| &s.scenarios,
        /// What the model was made from.
        basis: Vec<(String, Cell)> => &[(String, Cell)] = |s| &s.basis,
    }
}

released! {
    /// A scenario.
    ReleasedScenario {
        /// Label.
        label: String => &str = |s| &s.label,
        /// Days since day 0 and what is expected then.
        points: Vec<(i32, Limits)> => &[(i32, Limits)] = |s| &s.points,
    }
}

released! {
    /// Numbers that each stand for themselves.
    ReleasedMeasures {
        /// What the rows are.
        row_title: String => &str = |s| &s.row_title,
        /// Headings and decimals.
        columns: Vec<(String, u32)> => &[(String, u32)] = |s| &s.columns,
        /// The rows.
        rows: Vec<ReleasedMeasure> => &[ReleasedMeasure] = |s| &s.rows,
    }
}

/// A number, with its limits where it has any.
type Measured = (f64, Option<(f64, f64)>);

released! {
    /// A row of measures.
    ReleasedMeasure {
        /// Label.
        label: String => &str = |s| &s.label,
        /// Who it is about.
        size: Cell => Cell = |s| s.size,
        /// One per column; `None` where hidden or where there is none.
        values: Vec<Option<Measured>> => &[Option<Measured>] = |s| &s.values,
    }
}

released! {
    /// What people said.
    ReleasedQuotations {
        /// The quotations, in order of themes.
        quotations: Vec<ReleasedQuotation> => &[ReleasedQuotation] = |s| &s.quotations,
    }
}

released! {
    /// A quotation.
    ReleasedQuotation {
        /// What it is about.
        theme: String => &str = |s| &s.theme,
        /// Who speaks.
        voice: String => &str = |s| &s.voice,
        /// The words.
        words: String => &str = |s| &s.words,
    }
}
