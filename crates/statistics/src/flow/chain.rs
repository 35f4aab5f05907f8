//! One simulated course of the whole system.

use super::agenda::Agenda;
use super::plan::{OUTSIDE, Plan};
use super::stream::Stream;
use std::collections::VecDeque;

/// What is counted per state.
pub(super) const MEASURES: usize = 6;

/// Of each state at each time of the grid, one after the other: MEASURES × states × grid.
///
/// Whoever arrives has a stream of random numbers of their own (state and number of arrival), so
/// that the same persons come in every scenario.
pub(super) struct Chain<'a> {
    plan: &'a Plan<'a>,
    grid: &'a [f64],
    key: u64,
    persons: Vec<Person>,
    states: Vec<Counts>,
    queues: Vec<VecDeque<u32>>,
    /// How many are in a state (row) and wait for another (column).
    blocked: Vec<u32>,
    sources: Vec<Source>,
    agenda: Agenda,
}

/// Who is in a state, or waits for one.
#[derive(Clone, Copy)]
struct Person {
    stream: Stream,
    /// Where they are; OUTSIDE before the first state.
    state: u32,
    /// Where they go to next.
    to: u32,
    /// Since when they wait.
    since: f64,
}

/// Arrivals in a state.
#[derive(Clone, Copy)]
struct Source {
    stream: Stream,
    arrived: u64,
}

/// What is counted in a state, flows since the last time of the grid.
#[derive(Clone, Copy, Default)]
struct Counts {
    occupancy: u32,
    blocked: u32,
    inflow: u32,
    outflow: u32,
    waited: f64,
}

/// Who an event is of: a person, or, from here on, the source of arrivals in a state.
const SOURCE: u32 = 1 << 31;

impl<'a> Chain<'a> {
    /// Simulates the course with this number under a seed. Writes the counts.
    pub(super) fn run(plan: &'a Plan<'a>, grid: &'a [f64], key: (u64, u64), into: &mut [f32]) {
        let states = plan.model.states();
        let key = Stream::of(key.0, key.1).start();
        let source = |state: usize| Source {
            stream: Stream::of(!key, state as u64),
            arrived: 0,
        };
        let mut chain = Self {
            plan,
            grid,
            key,
            persons: Vec::with_capacity(2 * plan.model.present.len()),
            states: vec![Counts::default(); states],
            queues: vec![VecDeque::new(); states],
            blocked: vec![0; states * states],
            sources: (0..states).map(source).collect(),
            agenda: Agenda::until(grid[grid.len() - 1]),
        };
        chain.start();
        chain.follow(into);
    }

    /// Those who are there or wait at time 0, and the first arrivals.
    fn start(&mut self) {
        let model = self.plan.model;
        for (at, present) in model.present.iter().enumerate() {
            let person = self.person(u64::MAX, present.state as u32);
            self.states[present.state].occupancy += 1;
            let of = &mut self.persons[person as usize];
            of.state = present.state as u32;
            let (time, to) = self.plan.next_of_present(at, &mut of.stream);
            of.to = to;
            self.agenda.put(time, person);
        }
        for waiting in &model.waiting {
            let person = self.person(u64::MAX, waiting.state as u32);
            self.persons[person as usize].since = -waiting.waited;
            self.queues[waiting.state].push_back(person);
        }
        for state in 0..self.states.len() {
            self.fill(state as u32, 0.0);
        }
        for state in 0..self.states.len() as u32 {
            self.next_arrival(state, 0.0);
        }
    }

    fn follow(&mut self, into: &mut [f32]) {
        let mut at = 0;
        while let Some((time, who)) = self.agenda.take() {
            while self.grid[at] < time {
                self.record(at, into);
                at += 1;
            }
            match who {
                source if source >= SOURCE => self.arrive(source - SOURCE, time),
                person => self.leave(person, time),
            }
        }
        for at in at..self.grid.len() {
            self.record(at, into);
        }
    }

    fn record(&mut self, at: usize, into: &mut [f32]) {
        let (grid, states) = (self.grid.len(), self.states.len());
        for (state, counts) in self.states.iter_mut().enumerate() {
            let mean_wait = match counts.inflow {
                0 => f32::NAN,
                inflow => (counts.waited / f64::from(inflow)) as f32,
            };
            let values: [f32; MEASURES] = [
                counts.occupancy as f32,
                counts.blocked as f32,
                self.queues[state].len() as f32,
                counts.inflow as f32,
                counts.outflow as f32,
                mean_wait,
            ];
            for (measure, value) in values.into_iter().enumerate() {
                into[(measure * states + state) * grid + at] = value;
            }
            (counts.inflow, counts.outflow, counts.waited) = (0, 0, 0.0);
        }
    }

    /// Somebody new, of a source (a state, or `u64::MAX` for time 0), who goes to a state.
    fn person(&mut self, source: u64, to: u32) -> u32 {
        let number = match self.sources.get_mut(source as usize) {
            Some(source) => {
                source.arrived += 1;
                source.arrived
            }
            None => self.persons.len() as u64,
        };
        self.persons.push(Person {
            stream: Stream::of(self.key ^ source.rotate_left(48), number),
            state: OUTSIDE,
            to,
            since: 0.0,
        });
        self.persons.len() as u32 - 1
    }

    fn arrive(&mut self, state: u32, time: f64) {
        let person = self.person(u64::from(state), state);
        self.go(person, time);
        self.next_arrival(state, time);
    }

    fn next_arrival(&mut self, state: u32, now: f64) {
        let drawn = self.sources[state as usize].stream.exponential();
        let time = self.plan.arrivals[state as usize].next(now, drawn);
        self.agenda.put(time, SOURCE + state);
    }

    /// The time in a state has come to its end.
    fn leave(&mut self, person: u32, time: f64) {
        let Person { state, to, .. } = self.persons[person as usize];
        if to != OUTSIDE {
            return self.go(person, time);
        }
        self.vacate(state);
        self.fill(state, time);
    }

    /// On to the next state, or into the line in front of it.
    fn go(&mut self, person: u32, time: f64) {
        let Person { state, to, .. } = self.persons[person as usize];
        if self.has_place(to) && self.queues[to as usize].is_empty() {
            if state != OUTSIDE {
                self.vacate(state);
            }
            self.enter(person, time, 0.0);
            if state != OUTSIDE {
                self.fill(state, time);
            }
            return;
        }
        self.persons[person as usize].since = time;
        self.queues[to as usize].push_back(person);
        if state != OUTSIDE {
            self.block(state, to, 1);
            self.exchange(state, to, time);
        }
    }

    /// Those in line take the places that came free, and leave others free.
    fn fill(&mut self, state: u32, time: f64) {
        if self.queues[state as usize].is_empty() {
            return;
        }
        let mut free = vec![state];
        while let Some(state) = free.pop() {
            while self.has_place(state) {
                let Some(person) = self.queues[state as usize].pop_front() else {
                    break;
                };
                let left = self.take_from_line(person, time);
                free.extend((left != OUTSIDE).then_some(left));
            }
        }
    }

    /// Who is no longer in line enters, and leaves the place where they waited. Tells which.
    fn take_from_line(&mut self, person: u32, time: f64) -> u32 {
        let Person {
            state, to, since, ..
        } = self.persons[person as usize];
        if state != OUTSIDE {
            self.block(state, to, -1);
            self.vacate(state);
        }
        self.enter(person, time, time - since);
        state
    }

    fn enter(&mut self, person: u32, time: f64, waited: f64) {
        let of = &mut self.persons[person as usize];
        of.state = of.to;
        let counts = &mut self.states[of.state as usize];
        counts.occupancy += 1;
        counts.inflow += 1;
        counts.waited += waited;
        let (leaves, to) = self.plan.next(of.state, time, &mut of.stream);
        of.to = to;
        self.agenda.put(leaves, person);
    }

    fn vacate(&mut self, state: u32) {
        let counts = &mut self.states[state as usize];
        counts.occupancy -= 1;
        counts.outflow += 1;
    }

    fn has_place(&self, state: u32) -> bool {
        self.states[state as usize].occupancy < self.plan.places[state as usize]
    }

    fn block(&mut self, from: u32, to: u32, by: i32) {
        let counts = &mut self.states[from as usize].blocked;
        *counts = counts.wrapping_add_signed(by);
        let at = from as usize * self.states.len() + to as usize;
        self.blocked[at] = self.blocked[at].wrapping_add_signed(by);
    }

    /// Where persons in full states wait for each other's places in a circle, nobody would ever
    /// move: the first in each line changes places at once. The circle is looked for when
    /// somebody in `from` has begun to wait for `to`.
    fn exchange(&mut self, from: u32, to: u32, time: f64) {
        if self.states[to as usize].blocked == 0 {
            return;
        }
        let Some(circle) = self.path(to, from) else {
            return;
        };
        let after = |at: usize| circle[(at + 1) % circle.len()];
        let movers: Vec<u32> = (0..circle.len())
            .filter_map(|at| self.first_in_line(circle[at], after(at)))
            .collect();
        for person in movers {
            self.take_from_line(person, time);
        }
    }

    /// The shortest path along persons who wait: states from `start` to `end`, if there is one.
    fn path(&self, start: u32, end: u32) -> Option<Vec<u32>> {
        let states = self.states.len();
        let mut came_from = vec![OUTSIDE; states];
        let mut reached = VecDeque::from([start]);
        came_from[start as usize] = start;
        while let Some(state) = reached.pop_front() {
            if state == end {
                let mut path = vec![end];
                while *path.last()? != start {
                    path.push(came_from[*path.last()? as usize]);
                }
                path.reverse();
                return Some(path);
            }
            let waits = &self.blocked[state as usize * states..][..states];
            for (next, _) in waits.iter().enumerate().filter(|(_, waits)| **waits > 0) {
                if came_from[next] == OUTSIDE {
                    came_from[next] = state;
                    reached.push_back(next as u32);
                }
            }
        }
        None
    }

    /// Takes the first out of the line in front of a state who is in another.
    fn first_in_line(&mut self, from: u32, to: u32) -> Option<u32> {
        let persons = &self.persons;
        let queue = &mut self.queues[to as usize];
        let is_there = |person: &u32| persons[*person as usize].state == from;
        let at = queue.iter().position(is_there)?;
        queue.remove(at)
    }
}
