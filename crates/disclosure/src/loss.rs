//! What a result lost on its way through the gate, worked out of what is published alone: an
//! exact share would give away what is hidden.

use crate::released::{ReleasedBlock, ReleasedSummary};
use crate::{Cell, Published, Released, ReleasedCharacteristics, ReleasedSeries, ReleasedTable};
use serde::{Serialize, Serializer};

/// What a result lost.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Loss {
    /// Counts in the result.
    pub counts: usize,
    /// How many of them are hidden.
    pub counts_hidden: usize,
    /// The share of the total that stands in hidden cells, 0–1, as a reader can work it out from
    /// rounded numbers; `None` where the total is hidden, or there is none.
    pub share_hidden: Option<f64>,
    /// Means, medians and pairs of quartiles in the result.
    pub measures: usize,
    /// How many of them are hidden.
    pub measures_hidden: usize,
    /// Classes, steps or events that were taken together with others.
    pub merged: usize,
    /// What each curve lost.
    pub curves: Vec<CurveLoss>,
    /// Whether the result is withheld whole.
    pub withheld: bool,
}

/// What a curve lost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CurveLoss {
    /// Label.
    pub label: String,
    /// Points that are drawn.
    pub points: usize,
    /// Events that they stand for, as published.
    #[serde(serialize_with = "count")]
    pub events: Cell,
    /// The largest difference between two points in a row, 0–1: what lies between is a line.
    pub largest_step: f64,
    /// The day after which the curve is not shown.
    pub cut_at: Option<i32>,
    /// Horizons that were asked for.
    pub horizons: usize,
    /// How many of them are hidden.
    pub horizons_hidden: usize,
}

/// A number, or nothing where it is hidden.
fn count<S: Serializer>(cell: &Cell, serializer: S) -> Result<S::Ok, S::Error> {
    cell.count().serialize(serializer)
}

/// Counts, and how many of them are hidden.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    all: usize,
    hidden: usize,
}

impl Tally {
    fn add(&mut self, hidden: impl IntoIterator<Item = bool>) {
        for hidden in hidden {
            self.all += 1;
            self.hidden += usize::from(hidden);
        }
    }

    fn cells(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.add(cells.into_iter().map(is_hidden));
    }
}

fn is_hidden(cell: Cell) -> bool {
    cell == Cell::Suppressed
}

impl Loss {
    /// What a result lost; `merged` classes were taken together.
    pub(crate) fn new(published: &Published, merged: usize) -> Self {
        let (mut counts, mut measures) = (Tally::default(), Tally::default());
        let mut loss = Self {
            merged,
            ..Self::default()
        };
        match &published.released {
            Released::Table(table) => {
                counts.cells(all_counts(table));
                let shown = table.cells.iter().filter_map(|cell| cell.count()).sum();
                let any = table.cells.iter().any(|&cell| is_hidden(cell));
                loss.share_hidden = missing(table.total.count(), shown, any);
            }
            Released::Characteristics(shape) => {
                counts.cells(shape.sizes.iter().copied());
                for block in &shape.blocks {
                    match block {
                        ReleasedBlock::Categories { cells, .. } => {
                            counts.cells(cells.iter().copied());
                        }
                        ReleasedBlock::Quantity { per_group, .. } => {
                            summaries(per_group, &mut counts, &mut measures);
                        }
                    }
                }
                loss.share_hidden = missing_levels(shape);
            }
            Released::Curves(shape) => {
                let risk = shape.risk.iter().flatten().map(|at| at.at_risk);
                counts.cells(risk.chain(shape.series.iter().map(|one| one.events)));
                loss.curves = shape.series.iter().map(CurveLoss::new).collect();
            }
            Released::Flow(shape) => {
                counts.cells(shape.links.iter().map(|link| link.count));
                let shown = shape
                    .links
                    .iter()
                    .filter_map(|link| link.count.count())
                    .sum();
                let any = shape.links.iter().any(|link| is_hidden(link.count));
                let layers = shape.layers.len().saturating_sub(1) as u64;
                let whole = published.n.count().map(|n| n * layers);
                loss.share_hidden = missing(whole, shown, any);
            }
            Released::Attrition(shape) => {
                let steps = shape.steps.iter().flat_map(|step| [step.1, step.2]);
                counts.cells(std::iter::once(shape.start).chain(steps));
            }
            Released::Durations(shape) => {
                counts.cells(shape.long.iter().copied());
                summaries(&shape.per_group, &mut counts, &mut measures);
            }
            Released::Regression(shape) => {
                let terms = || shape.terms.iter();
                let levels = terms().flat_map(|term| &term.levels);
                let of_levels = levels.flat_map(|level| [Some(level.size), level.events]);
                counts.cells([shape.size].into_iter().chain(shape.events));
                counts.cells(of_levels.flatten().chain(terms().map(|term| term.missing)));
            }
            Released::Course(shape) => {
                for point in shape.lines.iter().flat_map(|line| &line.points) {
                    counts.cells([point.measured, point.unmeasured]);
                    measures.add([point.mean.is_none()]);
                }
            }
            Released::Projection(shape) => {
                counts.cells(shape.basis.iter().map(|(_, count)| *count));
            }
            Released::Measures(shape) => {
                counts.cells(shape.rows.iter().map(|row| row.size));
                let values = shape.rows.iter().flat_map(|row| &row.values);
                measures.add(values.map(Option::is_none));
            }
            // Those that are left out are told one by one.
            Released::Quotations(_) => {}
            Released::Withheld(_) => loss.withheld = true,
        }
        (loss.counts, loss.counts_hidden) = (counts.all, counts.hidden);
        (loss.measures, loss.measures_hidden) = (measures.all, measures.hidden);
        loss
    }
}

/// All counts of a table, those that are margins and cells at once only once.
fn all_counts(table: &ReleasedTable) -> impl Iterator<Item = Cell> + '_ {
    let more =
        |several: bool, totals: &'_ [Cell]| if several { totals.to_vec() } else { Vec::new() };
    let rows = more(table.columns.len() > 1, &table.row_totals);
    let columns = more(table.rows.len() > 1, &table.column_totals);
    let total = more(table.columns.len() > 1, &[table.total]);
    let cells = table.cells.iter().copied();
    cells.chain(rows).chain(columns).chain(total)
}

/// The means, medians and quartiles of groups; the whole of a group that is hidden counts as
/// all of them.
fn summaries(groups: &[Option<ReleasedSummary>], counts: &mut Tally, measures: &mut Tally) {
    for group in groups {
        match group {
            Some(summary) => {
                counts.cells([summary.n]);
                measures.add([
                    summary.mean_sd.is_none(),
                    summary.median.is_none(),
                    summary.quartiles.is_none(),
                ]);
            }
            None => {
                counts.add([true]);
                measures.add([true; 3]);
            }
        }
    }
}

/// The share of the whole that is not shown; rounding can make it seem a little more or less.
fn missing(whole: Option<u64>, shown: u64, any_hidden: bool) -> Option<f64> {
    let whole = whole.filter(|&whole| whole > 0)?;
    let missing = whole.saturating_sub(shown) as f64 / whole as f64;
    Some(if any_hidden { missing } else { 0.0 })
}

/// The share of the totals per level that stands in hidden groups, over the levels of which the
/// total is shown.
fn missing_levels(shape: &ReleasedCharacteristics) -> Option<f64> {
    let groups = shape.groups.len();
    let (mut whole, mut shown, mut any) = (0, 0, false);
    for block in &shape.blocks {
        let ReleasedBlock::Categories { cells, .. } = block else {
            continue;
        };
        for level in cells.chunks(groups) {
            let Some((total, parts)) = level.split_last().filter(|(_, parts)| parts.len() > 1)
            else {
                continue;
            };
            let Some(total) = total.count() else {
                continue;
            };
            whole += total;
            shown += parts.iter().filter_map(|part| part.count()).sum::<u64>();
            any |= parts.iter().any(|&part| is_hidden(part));
        }
    }
    missing(Some(whole), shown, any)
}

impl CurveLoss {
    fn new(series: &ReleasedSeries) -> Self {
        let steps = series.steps.windows(2);
        let step = |pair: &[crate::ReleasedStep]| (pair[1].estimate - pair[0].estimate).abs();
        let hidden = series.horizons.iter().filter(|one| one.estimate.is_none());
        Self {
            label: series.label.clone(),
            points: series.steps.len(),
            events: series.events,
            largest_step: steps.map(step).fold(0.0, f64::max),
            cut_at: series.cut_at,
            horizons: series.horizons.len(),
            horizons_hidden: hidden.count(),
        }
    }
}
