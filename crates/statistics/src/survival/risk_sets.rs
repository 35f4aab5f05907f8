use super::Observations;
use super::spans::{End, NO_PLACE, Spans};
use crate::whole_days::{DayRange, cell};
use rayon::prelude::*;

/// Rows that one thread looks at by itself.
const PART: usize = 1 << 17;

/// Who is at risk and what happens, time by time; weighted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RiskSets {
    /// The times, rising.
    pub times: Vec<f64>,
    /// At risk just before each time.
    pub n_risk: Vec<f64>,
    /// Events at each time.
    pub n_event: Vec<f64>,
    /// Censored at each time.
    pub n_censor: Vec<f64>,
    /// Entering at each time, at risk after it; empty unless entries are listed.
    pub n_enter: Vec<f64>,
    /// Rows with an event, whatever they weigh (as long as they weigh something).
    pub event_rows: Vec<u32>,
    /// Whether anything at all happens at each time.
    pub(crate) is_busy: Vec<bool>,
}

impl RiskSets {
    pub(crate) fn of(spans: &Spans) -> Self {
        let places = spans.times.len();
        let mut sets = Self {
            times: spans.times.clone(),
            n_risk: vec![0.0; places],
            n_event: vec![0.0; places],
            n_censor: vec![0.0; places],
            n_enter: vec![0.0; if spans.entered.is_empty() { 0 } else { places }],
            event_rows: vec![0; places],
            is_busy: vec![false; places],
        };
        // Changes of the risk set; rows beside their weights, because sums of weights round.
        let mut entering = vec![Change::default(); places + 1];
        let mut leaving = vec![Change::default(); places + 1];
        for row in 0..spans.len() {
            sets.add(spans, row);
            if spans.is_ever_at_risk(row) {
                entering[spans.first(row) as usize].add(spans.weight(row));
                leaving[spans.gone[row] as usize].add(spans.weight(row));
            }
        }
        sets.count_at_risk(&entering, &leaving);
        sets
    }

    fn add(&mut self, spans: &Spans, row: usize) {
        let (place, weight) = (spans.end_place(row), spans.weight(row));
        match spans.end[row] {
            End::GoesOn => {}
            _ if spans.event[row] => {
                self.n_event[place] += weight;
                self.event_rows[place] += u32::from(weight > 0.0);
                self.is_busy[place] = true;
            }
            _ => {
                self.n_censor[place] += weight;
                self.is_busy[place] = true;
            }
        }
        if let Some(&entered) = spans.entered.get(row)
            && entered != NO_PLACE
        {
            self.n_enter[entered as usize] += weight;
            self.is_busy[entered as usize] = true;
        }
    }

    /// From the last time back, so that the small risk sets at the end are sums of few weights.
    fn count_at_risk(&mut self, entering: &[Change], leaving: &[Change]) {
        let places = self.times.len();
        let mut now = Change::default();
        for place in (0..places).rev() {
            now.weight += leaving[place + 1].weight - entering[place + 1].weight;
            now.rows += leaving[place + 1].rows - entering[place + 1].rows;
            if now.rows == 0 {
                now.weight = 0.0;
            }
            let only_events = now.rows == i64::from(self.event_rows[place]);
            if only_events {
                now.weight = self.n_event[place];
            }
            self.n_risk[place] = now.weight;
        }
    }

    /// Adds a later time: at risk, events and censored.
    pub(crate) fn push(&mut self, time: f64, [n_risk, n_event, n_censor]: [f64; 3]) {
        self.times.push(time);
        self.n_risk.push(n_risk);
        self.n_event.push(n_event);
        self.n_censor.push(n_censor);
        self.event_rows.push(u32::from(n_event > 0.0));
        self.is_busy.push(true);
    }

    /// Keeps the times at which anything happens.
    pub(crate) fn keep_busy(&mut self) {
        let is_busy = std::mem::take(&mut self.is_busy);
        keep(&mut self.times, &is_busy);
        keep(&mut self.n_risk, &is_busy);
        keep(&mut self.n_event, &is_busy);
        keep(&mut self.n_censor, &is_busy);
        keep(&mut self.n_enter, &is_busy);
        keep(&mut self.event_rows, &is_busy);
        self.is_busy = vec![true; self.times.len()];
    }

    /// Counts whole days straight into place: rows without entry, weights or subjects. Times
    /// that are no days, or columns of unequal length, give nothing.
    pub(crate) fn of_days(rows: Observations<'_>) -> Option<Self> {
        let is_plain = rows.entry.is_none() && rows.weights.is_none();
        if !is_plain || rows.event.len() != rows.exit.len() {
            return None;
        }
        let counts = day_counts(rows.exit, rows.event)?;
        let busy = |(_, [censored, events]): &(usize, [u32; 2])| censored + events > 0;
        let days: Vec<_> = counts.cells.into_iter().enumerate().filter(busy).collect();
        let column = |of: fn([u32; 2]) -> u32| -> Vec<f64> {
            days.iter().map(|&(_, counts)| of(counts).into()).collect()
        };
        let mut left = rows.len() as u64;
        let at_risk = |&(_, [censored, events]): &(usize, [u32; 2])| {
            let at_risk = left;
            left -= u64::from(censored + events);
            at_risk as f64
        };
        Some(Self {
            times: days
                .iter()
                .map(|&(cell, _)| counts.first + cell as f64)
                .collect(),
            n_risk: days.iter().map(at_risk).collect(),
            n_event: column(|[_, events]| events),
            n_censor: column(|[censored, _]| censored),
            n_enter: Vec::new(),
            event_rows: days.iter().map(|&(_, [_, events])| events).collect(),
            is_busy: vec![true; days.len()],
        })
    }
}

/// Censored and events, day by day from the first.
struct DayCounts {
    first: f64,
    cells: Vec<[u32; 2]>,
}

/// Counts days, in parts that are added up: whole numbers, so that their order is all one.
fn day_counts(exit: &[f64], event: &[bool]) -> Option<DayCounts> {
    let (first, days) = days(exit)?;
    let count = |(exit, event): (&[f64], &[bool])| {
        let mut counts = vec![[0_u32; 2]; days];
        for (&exit, &event) in exit.iter().zip(event) {
            counts[cell(exit, first)][usize::from(event)] += 1;
        }
        counts
    };
    if exit.len() <= PART {
        let cells = count((exit, event));
        return Some(DayCounts { first, cells });
    }
    let part = exit.len().div_ceil(rayon::current_num_threads()).max(PART);
    let parts: Vec<Vec<[u32; 2]>> = exit
        .par_chunks(part)
        .zip(event.par_chunks(part))
        .map(count)
        .collect();
    let mut parts = parts.into_iter();
    let mut cells = parts.next()?;
    for part in parts {
        for (sum, more) in cells.iter_mut().zip(part) {
            *sum = [sum[0] + more[0], sum[1] + more[1]];
        }
    }
    Some(DayCounts { first, cells })
}

/// The first of some whole days and how many there are up to the last, if that is not much more
/// than there are rows.
fn days(exit: &[f64]) -> Option<(f64, usize)> {
    let range = match exit.len() <= PART {
        true => DayRange::of(exit),
        false => {
            let ranges = exit.par_chunks(PART).map(DayRange::of);
            ranges.try_reduce(|| DayRange::NONE, |a, b| Some(a.with(b)))
        }
    }?;
    Some((range.first, range.days(exit.len())?))
}

/// Rows that come or go, and what they weigh. Rows of no weight are no rows.
#[derive(Clone, Copy, Debug, Default)]
struct Change {
    weight: f64,
    rows: i64,
}

impl Change {
    fn add(&mut self, weight: f64) {
        self.weight += weight;
        self.rows += i64::from(weight > 0.0);
    }
}

pub(crate) fn keep<T>(values: &mut Vec<T>, is_kept: &[bool]) {
    if values.is_empty() {
        return;
    }
    let mut kept = is_kept.iter();
    values.retain(|_| *kept.next().expect("one flag per value"));
}
