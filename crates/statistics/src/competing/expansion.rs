//! Rows for a weighted Cox regression of the subdistribution.

use super::fine_gray::{Censoring, CensoringTies, Ends, FineGrayData};
use crate::NotEstimable;
use crate::time_order::{Clock, runs};

/// A piece of somebody's follow-up with a weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExpandedRow {
    /// The row of the data.
    pub row: usize,
    /// When the piece starts.
    pub start: f64,
    /// When it ends.
    pub stop: f64,
    /// Whether it ends with the cause.
    pub event: bool,
    /// The chance to be observed still, given that the row's own end was; times its case weight.
    pub weight: f64,
    /// 0 for the row itself, 1, 2, … for its pieces after a competing event.
    pub count: u32,
}

/// Writes out the rows of [`FineGrayData`] (whose covariates do not matter): a competing event is
/// followed by pieces of falling weight. Strata are those of the censoring distribution; rows come
/// stratum by stratum. Pieces without an event of the cause are left out.
///
/// [`super::FineGray::fit`] needs none of this: it is for other models, and to look at.
///
/// # Method
/// Geskus (2011). R: `finegray(Surv(time, status) ~ ., etype, id, weights, count)`.
///
/// # Errors
/// As [`super::FineGray::fit`], and more than 10⁹ rows.
///
/// ```
/// use statistics::competing::{FineGrayData, expand};
/// use statistics::matrix::Matrix;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let data = FineGrayData {
///     entry: None,
///     time: &[1.0, 2.0, 3.0],
///     status: &[2, 0, 1],
///     cause: 1,
///     x: &Matrix::zeros(3, 0),
///     weights: None,
///     offset: None,
///     strata: None,
///     censoring_groups: None,
///     id: None,
/// };
/// let rows = expand(&data)?;
/// assert_eq!(rows.len(), 4);
/// // The competing event at 1 goes on after the censoring at 2, by half.
/// assert_eq!((rows[1].start, rows[1].stop, rows[1].weight), (2.0, 3.0, 0.5));
/// # Ok(())
/// # }
/// ```
pub fn expand(data: &FineGrayData<'_>) -> Result<Vec<ExpandedRow>, NotEstimable> {
    data.check()?;
    let groups = data.censoring_groups;
    let clock = Clock::new(data.entry, data.time, groups)?;
    let ends = Ends::of(data);
    let censoring = Censoring::of(data, &clock, &ends, CensoringTies::EventsFirst)?;
    let mut expanded = Vec::with_capacity(data.time.len());
    for (group, censoring) in censoring.iter().enumerate() {
        let stratum = Stratum::of(data, &clock, &ends, group);
        let mut rows = clock.by_stop.rows(group).to_vec();
        rows.sort_unstable();
        for row in rows {
            stratum.add(
                data,
                row as usize,
                (&clock, censoring, &ends),
                &mut expanded,
            )?;
        }
    }
    Ok(expanded)
}

/// More rows than memory is likely to hold.
const MOST_ROWS: usize = 1_000_000_000;

/// Times of a stratum.
struct Stratum {
    /// Where the weight changes.
    cuts: Vec<f64>,
    /// Places and times of the cause.
    events: Vec<(u32, f64)>,
    last: f64,
}

impl Stratum {
    fn of(data: &FineGrayData<'_>, clock: &Clock, ends: &Ends, group: usize) -> Self {
        let rows = clock.by_stop.rows(group);
        let mut cuts = Vec::new();
        let mut events = Vec::new();
        for (place, run) in runs(rows, &clock.stop) {
            let time = clock.times[place as usize];
            let each = || rows[run.clone()].iter().map(|&row| row as usize);
            if each().any(|row| data.is_event(row)) {
                events.push((place, time));
            }
            if each().any(|row| data.status[row] == 0 && ends.is_last(row)) {
                cuts.push(time);
            }
        }
        if let Some(entry) = data.entry {
            let first = rows.iter().map(|&row| row as usize);
            cuts.extend(
                first
                    .filter(|&row| ends.is_first(row))
                    .map(|row| entry[row]),
            );
            cuts.sort_by(f64::total_cmp);
            cuts.dedup();
        }
        Self {
            cuts,
            events,
            last: rows.last().map_or(0.0, |&row| data.time[row as usize]),
        }
    }

    fn add(
        &self,
        data: &FineGrayData<'_>,
        row: usize,
        (clock, censoring, ends): (&Clock, &Censoring, &Ends),
        expanded: &mut Vec<ExpandedRow>,
    ) -> Result<(), NotEstimable> {
        let time = data.time[row];
        let event = data.is_event(row);
        let mut piece = ExpandedRow {
            row,
            start: data.entry.map_or(0.0, |entry| entry[row]),
            stop: time,
            event,
            weight: data.weight(row),
            count: 0,
        };
        if event || data.status[row] == 0 || !ends.is_last(row) {
            expanded.push(piece);
            return Ok(());
        }
        let kept = censoring.before[clock.stop[row] as usize];
        if kept <= 0.0 {
            return Err(NotEstimable::EmptyRiskSet { time });
        }
        let mut cut = self.cuts.partition_point(|&cut| cut < time);
        let end = |cut: usize| self.cuts.get(cut).copied().unwrap_or(self.last);
        piece.stop = end(cut).max(time);
        expanded.push(piece);
        let mut event = self.events.partition_point(|&(_, at)| at <= piece.stop);
        while let Some(&(place, at)) = self.events.get(event) {
            // The piece that this event is in.
            cut += self.cuts[cut.min(self.cuts.len())..].partition_point(|&cut| cut < at);
            let start = self.cuts[cut - 1];
            piece = ExpandedRow {
                start,
                stop: end(cut),
                weight: data.weight(row) * censoring.before[place as usize] / kept,
                count: piece.count + 1,
                ..piece
            };
            expanded.push(piece);
            event += self.events[event..].partition_point(|&(_, at)| at <= piece.stop);
        }
        match expanded.len() > MOST_ROWS {
            true => Err(NotEstimable::Domain {
                what: "the number of rows",
                value: expanded.len() as f64,
            }),
            false => Ok(()),
        }
    }
}
