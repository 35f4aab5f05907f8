//! Sums over the rows that leave at each moment, in chunks that a thread works on by itself.

use super::risk_sums::{RiskSums, Sources};
use crate::special::exponentials;
use std::ops::Range;

/// Rows that a thread works on together; they stay in its cache.
const CHUNK: usize = 2048;

/// Covariates that are summed in one pass: where a segment ends is guessed wrong once and not
/// for each.
const TOGETHER: usize = 5;

/// Consecutive moments whose segments make up a chunk.
pub(super) fn chunks(sets: &super::RiskSets) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let mut start = 0;
    for (moment, rows) in sets.segments() {
        if rows.end - sets.segments[start] as usize >= CHUNK {
            chunks.push(start..moment + 1);
            start = moment + 1;
        }
    }
    if start < sets.moments.len() {
        chunks.push(start..sets.moments.len());
    }
    chunks
}

/// Where the sums of a chunk go.
pub(super) struct Chunk<'a> {
    moments: Range<usize>,
    /// Per row its risk.
    risks: &'a mut [f64],
    /// Per moment the summed risks of its segment, and those with an event.
    risk: &'a mut [f64],
    event_risk: &'a mut [f64],
    /// Per covariate and moment the sums of `risk · x`.
    first: Vec<&'a mut [f64]>,
    /// Per covariate and tied moment the same over those with an event.
    event_first: Vec<&'a mut [f64]>,
}

/// Sums over the segment of each moment: of risks, and of the risks of those with an event.
#[derive(Clone, Debug, Default)]
pub(super) struct SegmentRisks {
    pub(super) all: Vec<f64>,
    pub(super) events: Vec<f64>,
}

impl<'a> Chunk<'a> {
    /// Cuts everything that is summed into chunks.
    pub(super) fn all(
        sources: &Sources<'_>,
        sums: &'a mut RiskSums,
        risks: &'a mut SegmentRisks,
    ) -> Vec<Self> {
        let (sets, chunks) = (sources.sets, &sources.rows.chunks);
        let (count, tied) = (sums.first.rows(), sums.tied.len());
        let mut of_rows = sums.risks.as_mut_slice();
        let (mut all, mut events) = (risks.all.as_mut_slice(), risks.events.as_mut_slice());
        let columns = sums.first.columns();
        let mut first = in_columns(sums.first.values_mut(), count, columns);
        let mut event_first = in_columns(sums.event_first.values_mut(), tied, columns);
        let mut passed = 0;
        let cut = |moments: &Range<usize>| {
            let rows = sets.segments[moments.end] - sets.segments[moments.start];
            let until = sums
                .tied
                .partition_point(|&tied| (tied as usize) < moments.end);
            let ties = until - passed;
            passed = until;
            Self {
                moments: moments.clone(),
                risks: head(&mut of_rows, rows as usize),
                risk: head(&mut all, moments.len()),
                event_risk: head(&mut events, moments.len()),
                first: first.iter_mut().map(|c| head(c, moments.len())).collect(),
                event_first: event_first.iter_mut().map(|c| head(c, ties)).collect(),
            }
        };
        chunks.iter().map(cut).collect()
    }

    /// Fills the chunk; returns Σ w η over its events of what is in η besides covariates.
    pub(super) fn fill(self, sources: &Sources<'_>, coefficients: &[f64]) -> f64 {
        pulp::Arch::new().dispatch(
            #[inline(always)]
            || self.sum(sources, coefficients),
        )
    }

    #[inline(always)]
    fn sum(mut self, sources: &Sources<'_>, coefficients: &[f64]) -> f64 {
        let rows = sources.rows;
        let base = sources.sets.segments[self.moments.start] as usize;
        let positions = base..base + self.risks.len();
        let weights = rows.weights.as_ref().map(|w| &w[positions.clone()]);
        let given = self.start_predictors(sources, positions.clone(), weights);
        for (column, &coefficient) in coefficients.iter().enumerate() {
            if coefficient != 0.0 {
                let x = &rows.x.column(column)[positions.clone()];
                add(self.risks, coefficient, x);
            }
        }
        exponentials(self.risks);
        if let Some(weights) = weights {
            for (risk, weight) in self.risks.iter_mut().zip(weights) {
                *risk *= weight;
            }
        }
        let mut first = std::mem::take(&mut self.first);
        let mut events = std::mem::take(&mut self.event_first);
        let (mut first, mut events) = (first.as_mut_slice(), events.as_mut_slice());
        for from in (0..rows.x.columns().max(1)).step_by(TOGETHER) {
            let x = |place: usize| &rows.x.column(from + place)[positions.clone()];
            match first.len() {
                0 => self.pass(sources, [].map(x), &mut first, &mut events),
                1 => self.pass(sources, [0].map(x), &mut first, &mut events),
                2 => self.pass(sources, [0, 1].map(x), &mut first, &mut events),
                3 => self.pass(sources, [0, 1, 2].map(x), &mut first, &mut events),
                4 => self.pass(sources, [0, 1, 2, 3].map(x), &mut first, &mut events),
                _ => self.pass(sources, [0, 1, 2, 3, 4].map(x), &mut first, &mut events),
            }
        }
        given
    }

    /// η before covariates, summed over events.
    #[inline(always)]
    fn start_predictors(
        &mut self,
        sources: &Sources<'_>,
        positions: Range<usize>,
        weights: Option<&[f64]>,
    ) -> f64 {
        let (offset, extra) = (sources.rows.offset.as_ref(), sources.extra);
        match offset {
            Some(offset) => self.risks.copy_from_slice(&offset[positions.clone()]),
            None => self.risks.fill(0.0),
        }
        if let Some(extra) = extra {
            add(self.risks, 1.0, &extra[positions]);
        }
        match offset.is_some() || extra.is_some() {
            true => self.event_sum(sources, weights),
            false => 0.0,
        }
    }

    /// The segments as rows of the chunk, with whether their events are to be summed apart.
    #[inline(always)]
    fn segments<'s>(&self, sources: &'s Sources<'_>) -> impl Iterator<Item = Segment> + use<'s> {
        let sets = sources.sets;
        let base = sets.segments[self.moments.start];
        let ends = &sets.segments[self.moments.start + 1..=self.moments.end];
        let mut start = 0;
        let moments = &sets.moments[self.moments.clone()];
        let is_efron = sources.ties == super::Ties::Efron;
        ends.iter().zip(moments).map(move |(&end, moment)| {
            let segment = Segment {
                start,
                events: start + moment.events as usize,
                until: (end - base) as usize,
                is_tied: is_efron && moment.events > 1,
            };
            start = segment.until;
            segment
        })
    }

    /// Σ w η over events, while `risks` still holds η.
    #[inline(always)]
    fn event_sum(&self, sources: &Sources<'_>, weights: Option<&[f64]>) -> f64 {
        let mut sum = 0.0;
        for segment in self.segments(sources) {
            let events = segment.start..segment.events;
            sum += match weights {
                None => self.risks[events].iter().sum::<f64>(),
                Some(weights) => {
                    let pairs = self.risks[events.clone()].iter().zip(&weights[events]);
                    pairs.map(|(eta, weight)| weight * eta).sum()
                }
            };
        }
        sum
    }

    /// Sums the risks and some columns, whose places it takes from the front.
    #[inline(always)]
    fn pass<const K: usize>(
        &mut self,
        sources: &Sources<'_>,
        x: [&[f64]; K],
        first: &mut &mut [&'a mut [f64]],
        event_first: &mut &mut [&'a mut [f64]],
    ) {
        let (Some(first), Some(event_first)) =
            (first.split_off_mut(..K), event_first.split_off_mut(..K))
        else {
            return;
        };
        let risks = &*self.risks;
        let x = x.map(|x| &x[..risks.len()]);
        let mut tied = 0;
        for (moment, segment) in self.segments(sources).enumerate() {
            let mut sums = ([0.0; K], 0.0);
            let mut add = |positions: Range<usize>| {
                for position in positions {
                    let risk = risks[position];
                    sums.1 += risk;
                    for (sum, x) in sums.0.iter_mut().zip(x) {
                        *sum += risk * x[position];
                    }
                }
                sums
            };
            let of_events = add(segment.start..segment.events);
            let of_all = add(segment.events..segment.until);
            self.risk[moment] = of_all.1;
            for (column, sum) in first.iter_mut().zip(of_all.0) {
                column[moment] = sum;
            }
            self.event_risk[moment] = if segment.is_tied { of_events.1 } else { 0.0 };
            if segment.is_tied {
                for (column, sum) in event_first.iter_mut().zip(of_events.0) {
                    column[tied] = sum;
                }
                tied += 1;
            }
        }
    }
}

/// The columns of a matrix, of which the rows may be none.
fn in_columns(mut values: &mut [f64], rows: usize, columns: usize) -> Vec<&mut [f64]> {
    (0..columns).map(|_| head(&mut values, rows)).collect()
}

/// Takes the first `length` values away.
fn head<'a>(values: &mut &'a mut [f64], length: usize) -> &'a mut [f64] {
    let (head, tail) = std::mem::take(values).split_at_mut(length);
    *values = tail;
    head
}

/// The rows of a moment among those of a chunk: from where the one before ends, events first.
struct Segment {
    start: usize,
    /// Where its events end.
    events: usize,
    /// Where it ends.
    until: usize,
    /// Whether its events are to be summed by themselves.
    is_tied: bool,
}

#[inline(always)]
fn add(to: &mut [f64], factor: f64, values: &[f64]) {
    for (to, value) in to.iter_mut().zip(values) {
        *to += factor * value;
    }
}
