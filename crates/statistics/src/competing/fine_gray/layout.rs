//! Rows in time order, and the moments at which the cause happens.

use super::censoring::{Censoring, Ends};
use super::data::{CensoringTies, FineGrayData};
use crate::NotEstimable;
use crate::matrix::{Matrix, dot};
use crate::time_order::{Clock, runs};
use std::ops::Range;

/// Everything about the data that does not depend on coefficients.
///
/// Rows stand by stratum and end; moments by stratum and time. A row is at risk at the moments
/// `from .. upto`; who had a competing event stays at risk with a falling weight from `upto` to
/// the last moment of the stratum.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// Positions of the rows in the data.
    pub(super) order: Vec<usize>,
    /// Covariates, centred, in this order.
    pub(super) x: Matrix,
    /// What was subtracted from each column.
    pub(super) centre: Vec<f64>,
    /// The mean square of what is left.
    pub(super) spread: Vec<f64>,
    pub(super) weight: Vec<f64>,
    pub(super) offset: Option<Vec<f64>>,
    /// The place of each row's end on the clock.
    pub(super) place: Vec<u32>,
    pub(super) from: Vec<u32>,
    pub(super) upto: Vec<u32>,
    /// Moments, the events of each, and their weights.
    pub(super) moments: Vec<Moment>,
    /// Rows (in this order) with the cause, by moment.
    pub(super) events: Vec<u32>,
    pub(super) cells: Vec<Cell>,
    /// The moments of each stratum.
    pub(super) strata: Vec<Range<usize>>,
    pub(super) censoring: Vec<Censoring>,
    /// The censoring group of each row, and whether it ends with no event.
    pub(super) group: Vec<u32>,
    pub(super) is_censored: Vec<bool>,
    /// Whether who has an event is at risk of censoring then.
    pub(super) events_stay: bool,
    pub(super) clock: Clock,
    /// Whether a row ends its person's follow-up.
    pub(super) ends: Vec<bool>,
}

/// A time at which the cause happens in a stratum.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    pub(super) time: f64,
    pub(super) place: u32,
    /// Its events, in [`Layout::events`].
    pub(super) events: Range<usize>,
    /// Their mean weight.
    pub(super) mean_weight: f64,
}

/// Competing events of one stratum and censoring group.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) group: usize,
    /// The moments of the stratum.
    pub(super) moments: Range<usize>,
    /// G(t−)H(t−) at those moments.
    pub(super) kept: Vec<f64>,
    /// Rows (in the layout's order) and 1/(G H) just before their own end.
    pub(super) rows: Vec<(u32, f64)>,
}

impl Layout {
    pub(super) fn new(data: &FineGrayData<'_>, ties: CensoringTies) -> Result<Self, NotEstimable> {
        data.check()?;
        let clock = Clock::new(data.entry, data.time, data.strata)?;
        let ends = Ends::of(data);
        let censoring = Censoring::of(data, &clock, &ends, ties)?;
        let rows = data.time.len();
        let order: Vec<usize> = (0..clock.by_stop.strata())
            .flat_map(|stratum| clock.by_stop.rows(stratum))
            .map(|&row| row as usize)
            .collect();
        let (x, centre) = centred(data.x, &order);
        let mut layout = Self {
            weight: order.iter().map(|&row| data.weight(row)).collect(),
            offset: data
                .offset
                .map(|offset| order.iter().map(|&row| offset[row]).collect()),
            ends: order.iter().map(|&row| ends.is_last(row)).collect(),
            spread: (0..x.columns())
                .map(|column| dot(x.column(column), x.column(column)) / rows as f64)
                .collect(),
            x,
            centre,
            place: order.iter().map(|&row| clock.stop[row]).collect(),
            group: order
                .iter()
                .map(|&row| data.censoring_group(row) as u32)
                .collect(),
            is_censored: order.iter().map(|&row| data.status[row] == 0).collect(),
            events_stay: ties == CensoringTies::EventsAtRisk,
            order,
            from: vec![0; rows],
            upto: vec![0; rows],
            moments: Vec::new(),
            events: Vec::new(),
            cells: Vec::new(),
            strata: Vec::new(),
            censoring,
            clock,
        };
        let mut first_row = 0;
        for stratum in 0..layout.clock.by_stop.strata() {
            first_row = layout.add_stratum(data, stratum, first_row)?;
        }
        Ok(layout)
    }

    /// Moments and risk intervals of a stratum; returns where the next one starts.
    fn add_stratum(
        &mut self,
        data: &FineGrayData<'_>,
        stratum: usize,
        first_row: usize,
    ) -> Result<usize, NotEstimable> {
        let rows = self.clock.by_stop.rows(stratum);
        let first_moment = self.moments.len();
        for (place, run) in runs(rows, &self.clock.stop) {
            let from = self.events.len();
            let mut weight = 0.0;
            for at in run.clone() {
                if data.is_event(rows[at] as usize) {
                    self.events.push((first_row + at) as u32);
                    weight += data.weight(rows[at] as usize);
                }
            }
            let events = from..self.events.len();
            if !events.is_empty() {
                self.moments.push(Moment {
                    time: self.clock.times[place as usize],
                    place,
                    mean_weight: weight / events.len() as f64,
                    events,
                });
            }
            for at in run {
                self.upto[first_row + at] = self.moments.len() as u32;
            }
        }
        let moments = first_moment..self.moments.len();
        self.set_entries(stratum, first_row, &moments);
        self.strata.push(moments.clone());
        let next = first_row + self.clock.by_stop.rows(stratum).len();
        self.add_cells(data, first_row..next, moments)?;
        Ok(next)
    }

    fn set_entries(&mut self, stratum: usize, first_row: usize, moments: &Range<usize>) {
        let count = self.clock.by_stop.rows(stratum).len();
        self.from[first_row..first_row + count].fill(moments.start as u32);
        let Some(first) = &self.clock.first else {
            return;
        };
        let places: Vec<u32> = self.moments[moments.clone()]
            .iter()
            .map(|moment| moment.place)
            .collect();
        for row in first_row..first_row + count {
            let first = first[self.order[row]];
            let before = places.partition_point(|&place| place < first);
            self.from[row] = (moments.start + before) as u32;
        }
    }

    fn add_cells(
        &mut self,
        data: &FineGrayData<'_>,
        rows: Range<usize>,
        moments: Range<usize>,
    ) -> Result<(), NotEstimable> {
        let mut cells: Vec<Cell> = Vec::new();
        let mut of_group: std::collections::BTreeMap<usize, usize> = Default::default();
        for at in rows {
            let row = self.order[at];
            let competes = data.status[row] != 0 && !data.is_event(row) && self.ends[at];
            if !competes {
                continue;
            }
            let group = data.censoring_group(row);
            let place = self.clock.stop[row] as usize;
            let kept = self.censoring[group].before[place];
            if kept <= 0.0 {
                let time = data.time[row];
                return Err(NotEstimable::EmptyRiskSet { time });
            }
            let cell = *of_group.entry(group).or_insert_with(|| {
                cells.push(self.cell(group, moments.clone()));
                cells.len() - 1
            });
            cells[cell].rows.push((at as u32, 1.0 / kept));
        }
        self.cells.extend(cells);
        Ok(())
    }

    fn cell(&self, group: usize, moments: Range<usize>) -> Cell {
        let before = &self.censoring[group].before;
        let kept = self.moments[moments.clone()]
            .iter()
            .map(|moment| before[moment.place as usize])
            .collect();
        Cell {
            group,
            moments,
            kept,
            rows: Vec::new(),
        }
    }
}

/// Rows in order, each column minus its mean.
fn centred(x: &Matrix, order: &[usize]) -> (Matrix, Vec<f64>) {
    let mut sorted = x.gather_rows(order);
    let mut centre = Vec::with_capacity(x.columns());
    for column in 0..x.columns() {
        let values = sorted.column_mut(column);
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        for value in values {
            *value -= mean;
        }
        centre.push(mean);
    }
    (sorted, centre)
}
