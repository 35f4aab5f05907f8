//! Time at risk, cut where a characteristic changes.

use codes::Institution;
use cohort::Factor;
use estimate::{Count, INSTITUTIONS};
use std::cmp::Ordering;

/// The rows of a model. A subject has one or more, one after another; the event is in the last.
pub(crate) struct RiskRows {
    pub(crate) factors: Vec<Factor>,
    /// At risk after this day, row by row.
    pub(crate) entry: Vec<f64>,
    /// At risk up to and including this day, row by row.
    pub(crate) exit: Vec<f64>,
    /// The subject of each row, from 0, rising.
    pub(crate) subject: Vec<u32>,
    /// Per factor the value of each row: the position of a level, or a number; NaN is unknown.
    pub(crate) values: Vec<Vec<f64>>,
    /// What ended the follow-up of each subject: 0 nothing, else the code of the event.
    pub(crate) event: Vec<u8>,
    /// The institution of each subject.
    pub(crate) institution: Vec<Institution>,
}

/// The values of the factors from a day on.
pub(crate) struct Piece {
    /// At risk after this day.
    pub(crate) from: i32,
    /// One per factor.
    pub(crate) values: Vec<f64>,
}

impl RiskRows {
    pub(crate) fn new(factors: Vec<Factor>) -> Self {
        Self {
            values: vec![Vec::new(); factors.len()],
            factors,
            entry: Vec::new(),
            exit: Vec::new(),
            subject: Vec::new(),
            event: Vec::new(),
            institution: Vec::new(),
        }
    }

    /// Adds a subject that is followed in these pieces, one after another, until `exit`. Pieces
    /// of which nothing changes are one row.
    pub(crate) fn add(
        &mut self,
        institution: Institution,
        pieces: Vec<Piece>,
        (exit, event): (i32, u8),
    ) {
        let subject = self.subjects() as u32;
        self.event.push(event);
        self.institution.push(institution);
        let mut last: Option<Vec<f64>> = None;
        for piece in known_through(pieces) {
            if last.as_ref().is_some_and(|last| same(last, &piece.values)) {
                continue;
            }
            if last.is_some() {
                self.exit.push(f64::from(piece.from));
            }
            self.entry.push(f64::from(piece.from));
            self.subject.push(subject);
            for (column, &value) in self.values.iter_mut().zip(&piece.values) {
                column.push(value);
            }
            last = Some(piece.values);
        }
        self.exit.push(f64::from(exit));
    }

    /// The same subjects in an order of their own, whatever order they came in: random numbers are
    /// drawn from the first to the last.
    pub(crate) fn sorted(self) -> Self {
        let mut spans: Vec<(usize, usize)> = Vec::with_capacity(self.subjects());
        for row in 0..self.rows() {
            match spans.last_mut() {
                Some(span) if self.subject[row] == self.subject[span.0] => span.1 = row + 1,
                _ => spans.push((row, row + 1)),
            }
        }
        spans.sort_by(|&a, &b| self.compare(a, b));
        let mut sorted = Self::new(self.factors.clone());
        for (start, end) in spans {
            let subject = self.subject[start] as usize;
            for row in start..end {
                sorted.subject.push(sorted.subjects() as u32);
                sorted.entry.push(self.entry[row]);
                sorted.exit.push(self.exit[row]);
                for (column, own) in sorted.values.iter_mut().zip(&self.values) {
                    column.push(own[row]);
                }
            }
            sorted.event.push(self.event[subject]);
            sorted.institution.push(self.institution[subject]);
        }
        sorted
    }

    /// Which of two subjects comes first, by all that is known of them.
    fn compare(&self, a: (usize, usize), b: (usize, usize)) -> Ordering {
        let subject = |span: (usize, usize)| self.subject[span.0] as usize;
        let known = |span| {
            (
                self.institution[subject(span)] as usize,
                self.event[subject(span)],
            )
        };
        let numbers = |(start, end): (usize, usize)| {
            (start..end).flat_map(move |row| {
                let times = [self.entry[row], self.exit[row]];
                times
                    .into_iter()
                    .chain(self.values.iter().map(move |column| column[row]))
            })
        };
        let by_numbers = || {
            let mut pairs = numbers(a).zip(numbers(b));
            let unequal = pairs.find_map(|(a, b)| Some(a.total_cmp(&b)).filter(|o| o.is_ne()));
            unequal.unwrap_or_else(|| (a.1 - a.0).cmp(&(b.1 - b.0)))
        };
        known(a).cmp(&known(b)).then_with(by_numbers)
    }

    pub(crate) fn subjects(&self) -> usize {
        self.event.len()
    }

    pub(crate) fn rows(&self) -> usize {
        self.subject.len()
    }

    /// Whether a row is the last of its subject, in which the event is.
    pub(crate) fn is_last(&self, row: usize) -> bool {
        row + 1 == self.rows() || self.subject[row] != self.subject[row + 1]
    }

    /// The code of the event in each row.
    pub(crate) fn status(&self) -> Vec<u32> {
        let status = |row: usize| {
            let event = self.event[self.subject[row] as usize];
            if self.is_last(row) {
                u32::from(event)
            } else {
                0
            }
        };
        (0..self.rows()).map(status).collect()
    }

    /// The subjects that are followed from the index day on, with one row each and the values that
    /// they began with.
    pub(crate) fn followed_from_start(&self) -> Self {
        let mut part = self.at_start();
        let is_kept: Vec<bool> = part.entry.iter().map(|&entry| entry < 0.0).collect();
        let mut kept = is_kept.iter();
        part.subject
            .retain(|_| *kept.next().expect("one row per subject"));
        let keep = |column: &mut Vec<f64>| {
            let mut kept = is_kept.iter();
            column.retain(|_| *kept.next().expect("one row per subject"));
        };
        part.values.iter_mut().for_each(keep);
        keep(&mut part.exit);
        keep(&mut part.entry);
        let of = |subject: &u32| *subject as usize;
        part.event = part.subject.iter().map(|s| self.event[of(s)]).collect();
        part.institution = part
            .subject
            .iter()
            .map(|s| self.institution[of(s)])
            .collect();
        part.subject = (0..part.event.len() as u32).collect();
        part
    }

    /// The same subjects with one row each, and the values that they began with.
    pub(crate) fn at_start(&self) -> Self {
        let mut start = Self::new(self.factors.clone());
        for row in 0..self.rows() {
            let is_first = row == 0 || self.subject[row] != self.subject[row - 1];
            if is_first {
                start.entry.push(self.entry[row]);
                start.subject.push(self.subject[row]);
                for (column, own) in start.values.iter_mut().zip(&self.values) {
                    column.push(own[row]);
                }
            }
            if self.is_last(row) {
                start.exit.push(self.exit[row]);
            }
        }
        start.event.clone_from(&self.event);
        start.institution.clone_from(&self.institution);
        start
    }

    /// The last row of each subject.
    pub(crate) fn last_rows(&self) -> Vec<usize> {
        (0..self.rows()).filter(|&row| self.is_last(row)).collect()
    }

    /// The subjects for which something holds, as a count: one subject is one client.
    pub(crate) fn count(&self, holds: impl Fn(usize) -> bool) -> Count {
        let mut per_institution = [0; INSTITUTIONS];
        for subject in (0..self.subjects()).filter(|&subject| holds(subject)) {
            per_institution[self.institution[subject] as usize] += 1;
        }
        let count = per_institution.iter().sum();
        Count {
            count,
            clients: count,
            per_institution,
        }
    }
}

/// What is unknown for a while is as it was before, or as it is after.
fn known_through(mut pieces: Vec<Piece>) -> Vec<Piece> {
    let factors = pieces.first().map_or(0, |piece| piece.values.len());
    for factor in 0..factors {
        let mut before = f64::NAN;
        for piece in &mut pieces {
            let value = &mut piece.values[factor];
            if value.is_nan() {
                *value = before;
            }
            before = *value;
        }
        for piece in pieces.iter_mut().rev() {
            let value = &mut piece.values[factor];
            if value.is_nan() {
                *value = before;
            }
            before = *value;
        }
    }
    pieces
}

fn same(a: &[f64], b: &[f64]) -> bool {
    let mut pairs = a.iter().zip(b);
    pairs.all(|(a, b)| a == b || (a.is_nan() && b.is_nan()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(from: i32, title: f64) -> Piece {
        Piece {
            from,
            values: vec![title, 30.0],
        }
    }

    /// A title of 1 until day 40, of 2 until day 90, then unknown; the event is on day 120.
    #[test]
    fn follow_up_is_cut_where_something_changes() {
        let mut rows = RiskRows::new(vec![Factor::Title, Factor::Age]);
        let pieces = vec![
            piece(-1, 1.0),
            piece(20, 1.0),
            piece(40, 2.0),
            piece(90, f64::NAN),
        ];
        rows.add(Institution::ALL[0], pieces, (120, 2));
        rows.add(Institution::ALL[1], vec![piece(5, f64::NAN)], (8, 0));
        assert_eq!(rows.entry, [-1.0, 40.0, 5.0]);
        assert_eq!(rows.exit, [40.0, 120.0, 8.0]);
        assert_eq!(rows.status(), [0, 2, 0]);
        assert_eq!(rows.values[0][..2], [1.0, 2.0]);
        assert!(rows.values[0][2].is_nan());
        let start = rows.at_start();
        assert_eq!(start.entry, [-1.0, 5.0]);
        assert_eq!(start.exit, [120.0, 8.0]);
        assert_eq!(start.values[0][0], 1.0);
        assert_eq!(start.status(), [2, 0]);
        let from_start = rows.followed_from_start();
        assert_eq!((from_start.subjects(), from_start.rows()), (1, 1));
        assert_eq!((from_start.exit[0], from_start.status()[0]), (120.0, 2));
        assert_eq!(rows.last_rows(), [1, 2]);
        assert_eq!(rows.count(|subject| rows.event[subject] == 2).count, 1);
    }

    #[test]
    fn what_becomes_known_later_held_before() {
        let mut rows = RiskRows::new(vec![Factor::Title, Factor::Age]);
        rows.add(
            Institution::ALL[0],
            vec![piece(-1, f64::NAN), piece(10, 1.0)],
            (30, 0),
        );
        assert_eq!(rows.rows(), 1);
        assert_eq!(rows.values[0], [1.0]);
    }
}
