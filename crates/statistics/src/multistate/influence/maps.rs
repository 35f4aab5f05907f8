//! Affine maps that take an influence over many steps at once.

use crate::multistate::aalen_johansen::Steps;

/// Steps that are taken one by one; longer stretches go by blocks.
const BLOCK: usize = 8;

/// `U ↦ U·H + n·B` over a stretch of steps, `n` the weights at risk.
#[derive(Clone, Copy)]
pub(super) struct Map<const S: usize> {
    pub(super) h: [[f64; S]; S],
    pub(super) b: [[f64; S]; S],
}

impl<const S: usize> Map<S> {
    fn identity() -> Self {
        let mut h = [[0.0; S]; S];
        for (state, row) in h.iter_mut().enumerate() {
            row[state] = 1.0;
        }
        Self {
            h,
            b: [[0.0; S]; S],
        }
    }

    /// This map and then one step.
    fn then_step(&mut self, steps: &Steps, place: usize) {
        for row in &mut self.h {
            step(steps, place, row, &[0.0; S]);
        }
        for (state, row) in self.b.iter_mut().enumerate() {
            let mut n = [0.0; S];
            n[state] = 1.0;
            step(steps, place, row, &n);
        }
    }

    /// This map and then another.
    fn then(&self, next: &Self) -> Self {
        let mut both = Self {
            h: [[0.0; S]; S],
            b: next.b,
        };
        for state in 0..S {
            add_product(&mut both.h[state], &self.h[state], &next.h);
            add_product(&mut both.b[state], &self.b[state], &next.h);
        }
        both
    }

    fn apply(&self, u: &mut [f64; S], n: &[f64; S]) {
        let before = *u;
        *u = [0.0; S];
        add_product(u, &before, &self.h);
        add_product(u, n, &self.b);
    }
}

/// `sum += x·m`.
#[inline]
fn add_product<const S: usize>(sum: &mut [f64; S], x: &[f64; S], m: &[[f64; S]; S]) {
    for (x, row) in x.iter().zip(m) {
        if *x != 0.0 {
            for (sum, m) in sum.iter_mut().zip(row) {
                *sum += x * m;
            }
        }
    }
}

/// One step without own moves.
#[inline]
pub(super) fn step<const S: usize>(steps: &Steps, place: usize, u: &mut [f64; S], n: &[f64; S]) {
    let before = *u;
    for flow in steps.flows(place) {
        let (from, to) = (flow.from as usize % S, flow.to as usize % S);
        let moved = flow.share * before[from] - flow.held * n[from];
        u[to] += moved;
        u[from] -= moved;
    }
}

/// Maps over aligned stretches of steps, each twice as long as those of the level below, and
/// the maps from the start for those who were there then.
pub(super) struct Maps<'a, const S: usize> {
    pub(super) steps: &'a Steps,
    levels: Vec<Vec<Map<S>>>,
    /// For a state in which clusters are at the start: B of the map from the start to each
    /// position.
    from_start: Vec<Option<Vec<[f64; S]>>>,
    /// H of the map from the start to each position, where the start is estimated.
    carried: Vec<[[f64; S]; S]>,
}

impl<'a, const S: usize> Maps<'a, S> {
    /// Maps over these steps; `beginning` are states in which clusters are at the start, and
    /// `estimated` says whether they have an influence then.
    pub(super) fn new(steps: &'a Steps, beginning: &[bool], estimated: bool) -> Self {
        let mut levels = Vec::new();
        let mut level: Vec<Map<S>> = (0..steps.len() / BLOCK)
            .map(|block| {
                let mut map = Map::identity();
                (block * BLOCK..(block + 1) * BLOCK).for_each(|place| map.then_step(steps, place));
                map
            })
            .collect();
        while !level.is_empty() {
            let next = level.chunks_exact(2).map(|pair| pair[0].then(&pair[1]));
            let next = next.collect();
            levels.push(std::mem::replace(&mut level, next));
        }
        Self {
            steps,
            levels,
            from_start: (0..S)
                .map(|state| {
                    let is_there = beginning.get(state).copied().unwrap_or(false);
                    is_there.then(|| path(steps, state))
                })
                .collect(),
            carried: match estimated {
                true => carried(steps),
                false => Vec::new(),
            },
        }
    }

    /// Takes an influence from one position to another.
    pub(super) fn advance(&self, u: &mut [f64; S], n: &[f64; S], from: usize, to: usize) {
        if from == 0 && to > 0 && self.advance_from_start(u, n, to) {
            return;
        }
        let mut place = from;
        while place < to {
            match self.stretch(place, to) {
                Some((level, index)) => {
                    self.levels[level][index].apply(u, n);
                    place += BLOCK << level;
                }
                None => {
                    step(self.steps, place, u, n);
                    place += 1;
                }
            }
        }
    }

    /// By the paths from the start, if they are there.
    fn advance_from_start(&self, u: &mut [f64; S], n: &[f64; S], to: usize) -> bool {
        let has_path = |(n, path): (&f64, &Option<Vec<_>>)| *n == 0.0 || path.is_some();
        let has_influence = u.iter().any(|u| *u != 0.0);
        if !n.iter().zip(&self.from_start).all(has_path)
            || (has_influence && self.carried.is_empty())
        {
            return false;
        }
        if has_influence {
            let before = std::mem::replace(u, [0.0; S]);
            add_product(u, &before, &self.carried[to]);
        }
        for (n, path) in n.iter().zip(&self.from_start) {
            if let (true, Some(path)) = (*n != 0.0, path) {
                for (u, b) in u.iter_mut().zip(&path[to]) {
                    *u += n * b;
                }
            }
        }
        true
    }

    /// The longest stretch from here that ends in time.
    fn stretch(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        if !from.is_multiple_of(BLOCK) || from + BLOCK > to {
            return None;
        }
        let block = from / BLOCK;
        let aligned = (block.trailing_zeros() as usize).min(self.levels.len() - 1);
        let room = ((to - from) / BLOCK).ilog2() as usize;
        let level = aligned.min(room);
        Some((level, block >> level))
    }
}

/// B of the map from the start to each position, for a weight of 1 in one state.
fn path<const S: usize>(steps: &Steps, state: usize) -> Vec<[f64; S]> {
    let mut n = [0.0; S];
    n[state] = 1.0;
    let mut u = [0.0; S];
    let mut path = Vec::with_capacity(steps.len() + 1);
    path.push(u);
    for place in 0..steps.len() {
        step(steps, place, &mut u, &n);
        path.push(u);
    }
    path
}

/// H of the map from the start to each position.
fn carried<const S: usize>(steps: &Steps) -> Vec<[[f64; S]; S]> {
    let mut map = Map::<S>::identity();
    let mut maps = Vec::with_capacity(steps.len() + 1);
    maps.push(map.h);
    for place in 0..steps.len() {
        for row in &mut map.h {
            step(steps, place, row, &[0.0; S]);
        }
        maps.push(map.h);
    }
    maps
}
