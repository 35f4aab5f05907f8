//! From rows to counts per time, and from counts to steps of the occupation.

use super::{NotEstimable, Transition};
use crate::matrix::Matrix;
use crate::time_index::TimeIndex;
use std::borrow::Cow;

/// The rows of one curve, column by column.
#[derive(Clone, Debug, Default)]
pub(crate) struct CurveRows {
    pub(crate) states: usize,
    /// How many there are.
    pub(crate) rows: usize,
    /// Position of each row in the caller's arrays.
    pub(crate) row: Vec<u32>,
    /// Whether rows come under observation after the start.
    pub(crate) has_entries: bool,
    pub(crate) state: Vec<u32>,
    pub(crate) event: Vec<u32>,
    /// Whether the person of a row is followed on from its end; empty where nobody is, and once
    /// events are counted.
    pub(super) goes_on: Vec<bool>,
    /// Empty where all weights are 1.
    pub(crate) weight: Vec<f64>,
    /// Empty where each row is a person.
    pub(crate) person: Vec<u32>,
    /// Empty where clusters are persons.
    pub(crate) cluster: Vec<u32>,
    /// Whether the row is part of the risk set at the start.
    pub(crate) at_start: Vec<bool>,
    /// The state in which all begin.
    pub(crate) beginning: Option<u32>,
    /// Event times before each row is at risk; empty where that is none.
    first: Vec<u32>,
    /// Event times up to its end: it is at risk at the steps `first .. last`.
    pub(crate) last: Vec<u32>,
    /// Whether the initial occupation is known without error.
    pub(crate) certain_start: bool,
    is_weighted: bool,
}

/// From when to when each row of a curve is followed; needed until rows have their places.
pub(super) struct CurveTimes<'a> {
    /// Empty where all are followed from before the first time.
    pub(super) entry: Cow<'a, [f64]>,
    pub(super) exit: Cow<'a, [f64]>,
}

impl CurveTimes<'_> {
    fn entry_of(&self, row: usize) -> f64 {
        self.entry.get(row).copied().unwrap_or(f64::NEG_INFINITY)
    }
}

impl CurveRows {
    pub(super) fn new(states: usize, is_weighted: bool) -> Self {
        Self {
            states,
            is_weighted,
            ..Self::default()
        }
    }

    /// Finds the risk set at the start: those under way then or, where nobody is, those who
    /// start.
    pub(super) fn finish(mut self, times: &CurveTimes<'_>, start: f64) -> Self {
        self.rows = self.row.len();
        self.has_entries = !times.entry.is_empty();
        if !self.has_entries {
            self.at_start = times.exit.iter().map(|&exit| start <= exit).collect();
            if self.at_start.contains(&true) {
                return self;
            }
        }
        let spans = || (0..self.rows).map(|row| (times.entry_of(row), times.exit[row]));
        let under_way: Vec<bool> = spans()
            .map(|(entry, exit)| entry < start && start <= exit)
            .collect();
        self.at_start = match under_way.contains(&true) {
            true => under_way,
            false => spans()
                .map(|(entry, exit)| entry <= start && start < exit)
                .collect(),
        };
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether the person of a row is followed on from its end.
    fn goes_on(&self, row: usize) -> bool {
        self.goes_on.get(row).copied().unwrap_or(false)
    }

    /// Event times before a row is at risk.
    pub(crate) fn first(&self, row: usize) -> u32 {
        self.first.get(row).copied().unwrap_or(0)
    }

    /// The weight of a row.
    pub(crate) fn weight(&self, row: usize) -> f64 {
        if self.is_weighted {
            self.weight[row]
        } else {
            1.0
        }
    }

    pub(crate) fn transition(&self, row: usize) -> Option<(usize, usize)> {
        let to = self.event[row].checked_sub(1)?;
        Some((self.state[row] as usize, to as usize))
    }

    /// What varies together: clusters, else persons, else (empty) each row by itself.
    pub(crate) fn groups(&self) -> &[u32] {
        match self.cluster.is_empty() {
            true => &self.person,
            false => &self.cluster,
        }
    }

    pub(super) fn person_count(&self) -> usize {
        match self.person.is_empty() {
            true => self.rows,
            false => distinct(&self.person),
        }
    }

    /// The occupation of those at risk at the start.
    pub(super) fn initial(&self, start: f64) -> Result<Vec<f64>, NotEstimable> {
        let mut initial = vec![0.0; self.states];
        if let Some(state) = self.beginning {
            initial[state as usize] = 1.0;
            return Ok(initial);
        }
        let mut total = 0.0;
        for row in (0..self.rows).filter(|&row| self.at_start[row]) {
            initial[self.state[row] as usize] += self.weight(row);
            total += self.weight(row);
        }
        if total == 0.0 {
            return Err(NotEstimable::EmptyRiskSet { time: start });
        }
        initial.iter_mut().for_each(|share| *share /= total);
        Ok(initial)
    }

    /// Says over which steps each row is at risk, from the times over which it is: `events`
    /// are the event times up to each time.
    pub(super) fn place(&mut self, counts: &mut Counts, events: &[u32], certain_start: bool) {
        let steps = |mut times: Vec<u32>| {
            for time in times.iter_mut().filter(|time| **time > 0) {
                *time = events[*time as usize - 1];
            }
            times
        };
        self.first = steps(std::mem::take(&mut counts.first));
        self.last = steps(std::mem::take(&mut counts.last));
        self.certain_start = certain_start;
        self.goes_on = Vec::new();
    }
}

fn distinct(codes: &[u32]) -> usize {
    let most = codes.iter().max().map_or(0, |most| *most as usize + 1);
    let mut seen = vec![false; most];
    codes.iter().for_each(|&code| seen[code as usize] = true);
    seen.iter().filter(|seen| **seen).count()
}

/// Positions grouped by code (a counting sort that keeps the order within a code): the
/// positions, and where each code starts among them, closed by their number.
pub(crate) fn grouped(codes: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let most = codes.iter().max().map_or(0, |most| *most as usize + 1);
    let mut starts = vec![0_u32; most + 1];
    for &code in codes {
        starts[code as usize + 1] += 1;
    }
    for code in 0..most {
        starts[code + 1] += starts[code];
    }
    let mut next = starts.clone();
    let mut order = vec![0; codes.len()];
    for (position, &code) in codes.iter().enumerate() {
        order[next[code as usize] as usize] = position as u32;
        next[code as usize] += 1;
    }
    (order, starts)
}

/// Weights per time at which somebody moves or is censored: a row per time, a column per state
/// or transition.
pub(super) struct Counts {
    pub(super) time: Vec<f64>,
    pub(super) at_risk: Matrix,
    pub(super) arrivals: Matrix,
    pub(super) censored: Matrix,
    pub(super) transitions: Matrix,
    /// Persons at risk minus those who leave the state: where 0, the state is left by all.
    staying: Vec<i64>,
    /// Whether somebody moves, be it with weight 0.
    has_event: Vec<bool>,
    /// For each row how many times there are up to its entry and its exit.
    first: Vec<u32>,
    last: Vec<u32>,
}

impl Counts {
    pub(super) fn new(
        data: &CurveRows,
        followed: &CurveTimes<'_>,
        transitions: &[Transition],
    ) -> Self {
        let states = data.states;
        let is_seen = |row: &usize| !data.goes_on(*row) || data.event[*row] > 0;
        let index = match data.goes_on.is_empty() || (0..data.rows).all(|row| is_seen(&row)) {
            true => TimeIndex::new(&[&followed.exit]),
            false => {
                let seen: Vec<f64> = (0..data.rows)
                    .filter(is_seen)
                    .map(|row| followed.exit[row])
                    .collect();
                TimeIndex::new(&[&seen])
            }
        };
        let times = index.len();
        let first = match followed.entry.is_empty() {
            true => Vec::new(),
            false => index.count_not_after(&followed.entry),
        };
        let last = index.count_not_after(&followed.exit);
        let mut counts = Self {
            time: index.times().to_vec(),
            at_risk: Matrix::zeros(times, states),
            arrivals: Matrix::zeros(times, states),
            censored: Matrix::zeros(times, states),
            transitions: Matrix::zeros(times, transitions.len()),
            staying: Vec::new(),
            has_event: vec![false; times],
            first: Vec::new(),
            last: Vec::new(),
        };
        let columns = columns_of(transitions, states);
        let mut weight = vec![0.0; (times + 1) * states];
        let mut number = vec![0_i64; (times + 1) * states];
        let mut leaving = vec![0_i64; times * states];
        for row in 0..data.rows {
            let (state, w) = (data.state[row] as usize, data.weight(row));
            let first = first.get(row).map_or(0, |&first| first as usize);
            let last = last[row] as usize;
            weight[first * states + state] += w;
            weight[last * states + state] -= w;
            number[first * states + state] += 1;
            number[last * states + state] -= 1;
            if let Some((from, to)) = data.transition(row) {
                counts.arrivals[(last - 1, to)] += w;
                counts.transitions[(last - 1, columns[from * states + to])] += w;
                counts.has_event[last - 1] = true;
                leaving[(last - 1) * states + from] += i64::from(from != to);
            } else if !data.goes_on(row) {
                counts.censored[(last - 1, state)] += w;
            }
        }
        counts.accumulate(&weight, &number, &leaving);
        (counts.first, counts.last) = (first, last);
        counts
    }

    /// Sums changes of the risk sets over time.
    fn accumulate(&mut self, weight: &[f64], number: &[i64], leaving: &[i64]) {
        let states = self.at_risk.columns();
        let mut at_risk = vec![0.0; states];
        let mut persons = vec![0_i64; states];
        self.staying = vec![0; leaving.len()];
        for time in 0..self.time.len() {
            for state in 0..states {
                let cell = time * states + state;
                at_risk[state] += weight[cell];
                persons[state] += number[cell];
                if persons[state] == 0 {
                    // No rounding is left behind by those who have gone.
                    at_risk[state] = 0.0;
                }
                self.at_risk[(time, state)] = at_risk[state];
                self.staying[cell] = persons[state] - leaving[cell];
            }
        }
    }

    /// For each time the number of event times up to it.
    pub(super) fn positions(&self) -> Vec<u32> {
        let mut events = 0;
        (0..self.time.len())
            .map(|time| {
                events += u32::from(self.has_event[time]);
                events
            })
            .collect()
    }
}

/// The column of each transition: `[from · states + to]`.
fn columns_of(transitions: &[Transition], states: usize) -> Vec<usize> {
    let mut columns = vec![0; states * states];
    for (column, way) in transitions.iter().enumerate() {
        columns[way.from * states + way.to] = column;
    }
    columns
}

/// What flows over one transition at one event time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flow {
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// dA = dN/Y.
    pub(crate) share: f64,
    /// dA · p(t−)/Y: by how much a weight of 1 at risk holds the flow back.
    pub(crate) held: f64,
}

/// The event times of a curve and what happens at each.
#[derive(Clone, Debug)]
pub(crate) struct Steps {
    pub(crate) states: usize,
    pub(crate) transitions: Vec<Transition>,
    /// The event times.
    pub(crate) time: Vec<f64>,
    flows: Vec<Flow>,
    starts: Vec<u32>,
    /// 1/Y per step and state; 0 where nobody is at risk.
    pub(crate) per_weight: Vec<f64>,
    /// p(t−)/Y per step and state.
    pub(crate) per_risk: Vec<f64>,
    /// Occupation before the first step and after each: a row per position.
    pub(crate) occupation: Vec<f64>,
    /// Cumulative hazards at the same positions.
    pub(crate) hazard: Vec<f64>,
    /// Σ dA/Y at the same positions: by how much a weight of 1 at risk since the start holds the
    /// hazards back.
    pub(crate) held: Vec<f64>,
    columns: Vec<usize>,
    /// Per state the columns of the transitions out of it.
    ways_out: Vec<Vec<usize>>,
}

fn ways_out(transitions: &[Transition], states: usize) -> Vec<Vec<usize>> {
    let mut ways = vec![Vec::new(); states];
    for (column, way) in transitions.iter().enumerate() {
        ways[way.from].push(column);
    }
    ways
}

/// Who leaves each state at one time, and of whom.
struct Leave {
    weight: Vec<f64>,
    risk: Vec<f64>,
}

impl Leave {
    fn count(&mut self, counts: &Counts, time: usize, transitions: &[Transition]) {
        self.weight.fill(0.0);
        for (column, way) in transitions.iter().enumerate() {
            if way.from != way.to {
                self.weight[way.from] += counts.transitions[(time, column)];
            }
        }
        let states = self.risk.len();
        for (state, risk) in self.risk.iter_mut().enumerate() {
            *risk = match counts.staying[time * states + state] {
                // All leave: let rounding not leave anybody behind.
                0 if self.weight[state] > 0.0 => self.weight[state],
                _ => counts.at_risk[(time, state)],
            };
        }
    }
}

impl Steps {
    pub(super) fn new(counts: &Counts, initial: &[f64], transitions: &[Transition]) -> Self {
        let states = initial.len();
        let mut steps = Self {
            states,
            transitions: transitions.to_vec(),
            time: Vec::new(),
            flows: Vec::new(),
            starts: vec![0],
            per_weight: Vec::new(),
            per_risk: Vec::new(),
            occupation: initial.to_vec(),
            hazard: vec![0.0; transitions.len()],
            held: vec![0.0; transitions.len()],
            columns: columns_of(transitions, states),
            ways_out: ways_out(transitions, states),
        };
        let mut leave = Leave {
            weight: vec![0.0; states],
            risk: vec![0.0; states],
        };
        for time in (0..counts.time.len()).filter(|&time| counts.has_event[time]) {
            steps.push(counts, time, &mut leave);
        }
        steps
    }

    fn push(&mut self, counts: &Counts, time: usize, leave: &mut Leave) {
        let (states, ways) = (self.states, self.transitions.len());
        let (before, after) = (self.time.len() * states, (self.time.len() + 1) * states);
        let (hazard_before, hazard_after) = (self.time.len() * ways, (self.time.len() + 1) * ways);
        leave.count(counts, time, &self.transitions);
        self.occupation.extend_from_within(before..);
        self.hazard.extend_from_within(hazard_before..);
        self.held.extend_from_within(hazard_before..);
        for state in 0..states {
            let (risk, p) = (leave.risk[state], self.occupation[before + state]);
            let is_at_risk = risk > 0.0;
            self.per_weight
                .push(if is_at_risk { 1.0 / risk } else { 0.0 });
            self.per_risk.push(if is_at_risk { p / risk } else { 0.0 });
            if is_at_risk {
                self.occupation[after + state] = p * ((risk - leave.weight[state]) / risk);
            }
        }
        for (column, way) in self.transitions.iter().enumerate() {
            let moved = counts.transitions[(time, column)];
            if moved > 0.0 {
                let (risk, p) = (leave.risk[way.from], self.occupation[before + way.from]);
                let share = moved / risk;
                if way.from != way.to {
                    self.occupation[after + way.to] += p * share;
                }
                self.hazard[hazard_after + column] += share;
                self.held[hazard_after + column] += share / risk;
                self.flows.push(Flow {
                    from: way.from as u32,
                    to: way.to as u32,
                    share,
                    held: share * p / risk,
                });
            }
        }
        self.settle(after);
        self.starts.push(self.flows.len() as u32);
        self.time.push(counts.time[time]);
    }

    /// Where all are in one state, they are there with certainty, rounding aside.
    fn settle(&mut self, after: usize) {
        let occupation = &mut self.occupation[after..];
        if occupation.iter().filter(|p| **p != 0.0).count() == 1 {
            for p in occupation.iter_mut().filter(|p| **p != 0.0) {
                *p = 1.0;
            }
        }
    }

    /// How many event times there are.
    pub(crate) fn len(&self) -> usize {
        self.time.len()
    }

    /// What flows at a step.
    pub(crate) fn flows(&self, step: usize) -> &[Flow] {
        &self.flows[self.starts[step] as usize..self.starts[step + 1] as usize]
    }

    /// The column of a transition.
    pub(crate) fn column(&self, from: usize, to: usize) -> usize {
        self.columns[from * self.states + to]
    }

    /// The occupation after so many event times.
    /// The columns of the transitions out of a state.
    pub(crate) fn ways_out(&self, state: usize) -> &[usize] {
        &self.ways_out[state]
    }

    pub(crate) fn occupation_at(&self, position: usize) -> &[f64] {
        &self.occupation[position * self.states..(position + 1) * self.states]
    }

    /// The cumulative hazards after so many event times.
    pub(crate) fn hazard_at(&self, position: usize) -> &[f64] {
        let ways = self.transitions.len();
        &self.hazard[position * ways..(position + 1) * ways]
    }

    pub(super) fn occupation_by_state(&self, positions: &[u32]) -> Vec<f64> {
        by_column(&self.occupation, self.states, positions)
    }

    pub(super) fn hazard_by_transition(&self, positions: &[u32]) -> Vec<f64> {
        by_column(&self.hazard, self.transitions.len(), positions)
    }
}

/// Rows at some positions, column after column.
fn by_column(rows: &[f64], width: usize, positions: &[u32]) -> Vec<f64> {
    (0..width)
        .flat_map(|column| {
            positions
                .iter()
                .map(move |&position| rows[position as usize * width + column])
        })
        .collect()
}
