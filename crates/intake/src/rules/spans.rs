//! Runs of days per client, in order of time.

use crate::{Cell, Packed, Table};

/// The end of a span that still runs.
pub(crate) const NEVER: i32 = i32::MAX;

/// A run of days `[start, end)` and the row that it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// The first day.
    pub(crate) start: i32,
    /// The first day after it; [`NEVER`] where it still runs.
    pub(crate) end: i32,
    /// Its row.
    pub(crate) row: u32,
}

/// Spans by key, each group in order of time.
#[derive(Debug, Default)]
pub(crate) struct Spans {
    ends: Vec<u32>,
    spans: Vec<Span>,
}

impl Spans {
    /// The spans of one key.
    pub(crate) fn of(&self, key: i32) -> &[Span] {
        let key = key as usize;
        let Some(end) = self.ends.get(key) else {
            return &[];
        };
        let start = if key == 0 { 0 } else { self.ends[key - 1] };
        &self.spans[start as usize..*end as usize]
    }

    /// Every key with its spans.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (i32, &[Span])> {
        (0..self.ends.len() as i32).map(|key| (key, self.of(key)))
    }

    /// The spans of the key added last.
    pub(crate) fn last(&self) -> &[Span] {
        self.of(self.ends.len() as i32 - 1)
    }

    /// Adds the next key with its spans, which come in order of their start.
    pub(crate) fn push(&mut self, spans: impl Iterator<Item = Span>) {
        self.spans.extend(spans);
        self.ends.push(self.spans.len() as u32);
    }

    /// Adds the next key with the union of spans, which come in order of their start.
    pub(crate) fn push_union(&mut self, spans: &[Span]) {
        let first = self.spans.len();
        for span in spans {
            match self.spans[first..].last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => self.spans.push(*span),
            }
        }
        self.ends.push(self.spans.len() as u32);
    }
}

/// The union of spans that come in order of their start, written over `union`.
pub(crate) fn unite(spans: impl Iterator<Item = Span>, union: &mut Vec<Span>) {
    union.clear();
    for span in spans {
        match union.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => union.push(span),
        }
    }
}

/// The span of a union that holds `day`, its first day after included where `closed`.
pub(crate) fn holding(union: &[Span], day: i32, closed: bool) -> Option<&Span> {
    let at = union.partition_point(|span| span.start <= day);
    let span = &union[at.checked_sub(1)?];
    (day < span.end || closed && day == span.end).then_some(span)
}

/// Whether a union holds every day of `[start, end)`.
pub(crate) fn covers(union: &[Span], start: i32, end: i32) -> bool {
    start >= end || holding(union, start, false).is_some_and(|span| span.end >= end)
}

/// Whether a union shares a day with `[start, end)`.
pub(crate) fn meets(union: &[Span], start: i32, end: i32) -> bool {
    let at = union.partition_point(|span| span.end <= start);
    start < end && union.get(at).is_some_and(|span| span.start < end)
}

/// The two date columns of a table of periods.
#[derive(Clone, Copy)]
pub(crate) struct Periods<'a> {
    starts: &'a [Packed],
    ends: &'a [Packed],
}

impl<'a> Periods<'a> {
    /// The periods of a table.
    pub(crate) fn of(table: &'a Table, start: &str, end: &str) -> Self {
        Self {
            starts: table.packed(start),
            ends: table.packed(end),
        }
    }

    /// The period of a row: `None` where a day cannot be read or the end comes first, which
    /// other rules report.
    pub(crate) fn span(&self, row: u32) -> Option<Span> {
        let start = self.starts.get(row as usize)?.get()?;
        let end = match self.ends.get(row as usize).map(|cell| cell.cell()) {
            Some(Cell::Value(end)) => end,
            Some(Cell::Invalid(_)) => return None,
            Some(Cell::Missing(_)) | None => NEVER,
        };
        (start <= end).then_some(Span { start, end, row })
    }
}

/// Calls `report` with each span that starts before one of the spans before it has ended, and
/// the row of the one that ends last; `spans` come in order of their start.
pub(crate) fn overlaps(spans: impl Iterator<Item = Span>, mut report: impl FnMut(Span, u32)) {
    let mut last: Option<Span> = None;
    for span in spans.filter(|span| span.start < span.end) {
        match last {
            Some(before) if span.start < before.end => {
                report(span, before.row);
                if span.end > before.end {
                    last = Some(span);
                }
            }
            _ => last = Some(span),
        }
    }
}
