//! Rows of histories: what is given, whether it fits together, and the rows of each curve.

use super::counts::{CurveRows, CurveTimes};
use super::{NotEstimable, Transition};
use std::borrow::Cow;

/// Who was in which state from when to when. Empty slices stand for the usual case.
#[derive(Clone, Copy, Debug, Default)]
pub struct Histories<'a> {
    /// Begin of each row, which is at risk after it; empty where all are followed from before
    /// the first time.
    pub entry: &'a [f64],
    /// End of each row.
    pub exit: &'a [f64],
    /// What happens at the end: 0 is nothing, k that state `k − 1` is entered.
    pub event: &'a [u32],
    /// State during each row; empty where each person begins in state 0 and then is where the
    /// last event led.
    pub state: &'a [u32],
    /// How many states there are.
    pub states: usize,
    /// The person of each row, codes below the number of rows; empty where each row is a person.
    pub person: &'a [u32],
    /// The cluster whose rows vary together, codes as for persons; empty where those are the
    /// persons.
    pub cluster: &'a [u32],
    /// Weight of each row; empty where all are 1.
    pub weight: &'a [f64],
    /// The curve of each row; empty where there is one.
    pub curve: &'a [u32],
    /// How many curves there are.
    pub curves: usize,
}

/// Histories that fit together.
pub(super) struct Checked<'a> {
    from: Histories<'a>,
    /// State during each row.
    state: Cow<'a, [u32]>,
    /// Rows that end in sight: the person is followed on from the same time.
    goes_on: Vec<bool>,
    /// Whether all persons begin in one state.
    one_beginning: bool,
    /// The state in which the first person begins.
    beginning: u32,
    pub(super) curves: usize,
    pub(super) counts: Vec<Vec<u64>>,
    pub(super) gaps: usize,
}

impl<'a> Checked<'a> {
    pub(super) fn new(from: &Histories<'a>) -> Result<Self, NotEstimable> {
        check_values(from)?;
        let rows = from.exit.len();
        let mut checked = Self {
            from: *from,
            state: match from.state.is_empty() {
                true => Cow::Owned(vec![0; rows]),
                false => Cow::Borrowed(from.state),
            },
            goes_on: Vec::new(),
            one_beginning: true,
            beginning: from.state.first().copied().unwrap_or(0),
            curves: from.curves.max(1),
            counts: vec![vec![0; from.states + 1]; from.states],
            gaps: 0,
        };
        match from.person.is_empty() {
            true => checked.one_beginning = checked.state.iter().all(|s| *s == checked.state[0]),
            false => checked.follow_persons()?,
        }
        checked.count();
        Ok(checked)
    }

    fn entry(&self, row: usize) -> f64 {
        self.from
            .entry
            .get(row)
            .copied()
            .unwrap_or(f64::NEG_INFINITY)
    }

    /// Whether the person of a row is followed on from its end.
    fn continues(&self, row: usize) -> bool {
        self.goes_on.get(row).copied().unwrap_or(false)
    }

    /// Goes through the rows of each person in time.
    fn follow_persons(&mut self) -> Result<(), NotEstimable> {
        let order = by_person_and_time(self.from.person, self.from.exit);
        self.goes_on = vec![false; order.len()];
        let mut beginning = None;
        let mut before: Option<usize> = None;
        for &row in &order {
            let row = row as usize;
            let person = self.from.person[row];
            match before.filter(|&last| self.from.person[last] == person) {
                Some(last) => self.follow(last, row)?,
                None => {
                    let state = self.state[row];
                    self.beginning = *beginning.get_or_insert(state);
                    self.one_beginning &= self.beginning == state;
                }
            }
            before = Some(row);
        }
        Ok(())
    }

    fn follow(&mut self, last: usize, row: usize) -> Result<(), NotEstimable> {
        let end = match self.from.event[last] {
            0 => self.state[last],
            event => event - 1,
        };
        let (entry, exit) = (self.entry(row), self.from.exit[last]);
        if entry < exit {
            return Err(NotEstimable::InconsistentHistory {
                row,
                reason: "overlaps an earlier row of the same person",
            });
        }
        if self.from.state.is_empty() {
            self.state.to_mut()[row] = end;
        } else if self.state[row] != end {
            return Err(NotEstimable::InconsistentHistory {
                row,
                reason: "begins in another state than the person was in",
            });
        }
        self.goes_on[last] = entry == exit;
        self.gaps += usize::from(entry > exit);
        Ok(())
    }

    fn count(&mut self) {
        let censored = self.from.states;
        for (row, &event) in self.from.event.iter().enumerate() {
            let from = self.state[row] as usize;
            match event {
                0 if self.continues(row) => {}
                0 => self.counts[from][censored] += 1,
                event => self.counts[from][event as usize - 1] += 1,
            }
        }
    }

    /// The transitions that occur, by the state entered and then by the state left.
    pub(super) fn transitions(&self) -> Vec<Transition> {
        let states = self.from.states;
        let all = (0..states).flat_map(|to| (0..states).map(move |from| Transition { from, to }));
        all.filter(|way| self.counts[way.from][way.to] > 0)
            .collect()
    }

    /// The first entry where all begin in one state (0, or the first time, for who is followed
    /// from the start), and else the first event.
    pub(super) fn default_start(&self) -> f64 {
        let times = self.from.exit.iter().zip(self.from.event);
        let least = |least: f64, time: f64| least.min(time);
        if self.one_beginning {
            let first = self.from.exit.iter().copied().fold(0.0, least);
            return match self.from.entry.is_empty() {
                true => first,
                false => {
                    let entries = self.from.entry.iter().copied();
                    let first_entry = entries.clone().fold(f64::INFINITY, least);
                    if first_entry.is_finite() {
                        first_entry
                    } else {
                        first
                    }
                }
            };
        }
        if self.from.entry.is_empty() {
            return self.from.exit.iter().copied().fold(0.0, least);
        }
        let events = times.filter(|(_, event)| **event > 0);
        let first = events.map(|(time, _)| *time).fold(f64::INFINITY, least);
        if first.is_finite() {
            first
        } else {
            self.from.exit.iter().copied().fold(f64::INFINITY, least)
        }
    }

    /// The rows of one curve; those that end before a start that was asked for are left out. The
    /// only curve takes the states with it, if they are ours.
    pub(super) fn curve_rows(
        &mut self,
        curve: usize,
        start: f64,
        cut: bool,
    ) -> (CurveRows, CurveTimes<'a>) {
        let from = self.from;
        let is_of_curve = |&row: &usize| {
            let elsewhere = from.curve.get(row).is_some_and(|&c| c as usize != curve);
            !(elsewhere || cut && from.exit[row] < start)
        };
        let all = 0..from.exit.len();
        let kept: Option<Vec<usize>> =
            (cut || !from.curve.is_empty()).then(|| all.clone().filter(is_of_curve).collect());
        let kept = kept.as_deref();
        let mut rows = CurveRows::new(from.states, !from.weight.is_empty());
        rows.row = match kept {
            Some(kept) => kept.iter().map(|&row| row as u32).collect(),
            None => all.clone().map(|row| row as u32).collect(),
        };
        rows.goes_on = taken(&self.goes_on, kept).into_owned();
        rows.state = match &mut self.state {
            Cow::Owned(state) if kept.is_none() && self.curves == 1 => std::mem::take(state),
            state => taken(state, kept).into_owned(),
        };
        rows.event = taken(from.event, kept).into_owned();
        rows.weight = taken(from.weight, kept).into_owned();
        rows.person = taken(from.person, kept).into_owned();
        rows.cluster = taken(from.cluster, kept).into_owned();
        rows.beginning = (self.one_beginning && !cut).then_some(self.beginning);
        let times = CurveTimes {
            entry: taken(from.entry, kept),
            exit: taken(from.exit, kept),
        };
        (rows.finish(&times, start), times)
    }
}

/// The rows of a column that are kept, which may be all; of an empty column nothing.
fn taken<'a, T: Copy>(column: &'a [T], kept: Option<&[usize]>) -> Cow<'a, [T]> {
    match kept {
        Some(kept) if !column.is_empty() => kept.iter().map(|&row| column[row]).collect(),
        _ => Cow::Borrowed(column),
    }
}

/// Rows by person, and by time within each: a counting sort, and short sorts.
fn by_person_and_time(person: &[u32], exit: &[f64]) -> Vec<u32> {
    let (mut order, starts) = super::counts::grouped(person);
    for pair in starts.windows(2) {
        let rows = &mut order[pair[0] as usize..pair[1] as usize];
        if rows.len() > 1 {
            rows.sort_by(|&a, &b| exit[a as usize].total_cmp(&exit[b as usize]));
        }
    }
    order
}

fn check_values(from: &Histories<'_>) -> Result<(), NotEstimable> {
    let rows = from.exit.len();
    if rows == 0 {
        return Err(NotEstimable::Empty { what: "rows" });
    }
    NotEstimable::unless_length("event", rows, from.event.len())?;
    let optional = [
        ("entry", from.entry.len()),
        ("state", from.state.len()),
        ("person", from.person.len()),
        ("cluster", from.cluster.len()),
        ("weight", from.weight.len()),
        ("curve", from.curve.len()),
    ];
    for (what, found) in optional.into_iter().filter(|(_, found)| *found > 0) {
        NotEstimable::unless_length(what, rows, found)?;
    }
    NotEstimable::unless_finite("exit", from.exit)?;
    NotEstimable::unless_finite("weight", from.weight)?;
    if let Some(row) = from.weight.iter().position(|weight| *weight < 0.0) {
        let weight = from.weight[row];
        return Err(NotEstimable::WeightNotPositive { row, weight });
    }
    if let Some(position) = from.entry.iter().position(|entry| entry.is_nan()) {
        let what = "entry";
        return Err(NotEstimable::NotFinite { what, position });
    }
    let is_empty = |(entry, exit): (&f64, &f64)| entry >= exit;
    if let Some(row) = from.entry.iter().zip(from.exit).position(is_empty) {
        return Err(NotEstimable::EmptyInterval { row });
    }
    let codes = [
        ("event", from.event, from.states + 1),
        ("state", from.state, from.states),
        ("curve", from.curve, from.curves.max(1)),
        ("person", from.person, rows),
        ("cluster", from.cluster, rows),
    ];
    for (what, values, bound) in codes {
        if let Some(position) = values.iter().position(|code| *code as usize >= bound) {
            let code = values[position] as usize;
            return Err(NotEstimable::UnknownCode {
                what,
                code,
                position,
            });
        }
    }
    Ok(())
}
