//! Choices that keep all cuts, at little cost: a covering problem.
//!
//! The cheapest cover is sought by exchange: one chosen number goes, a broken cut brings another
//! in, and cuts that stay broken weigh more and more (the scheme of Gao, Weise and Li, *Inf.
//! Sciences* 2014, for set covering). There is no chance in it: ties go to what has not moved
//! for longest, then to the first in order, so that results are the same everywhere.

use std::collections::BTreeSet;

/// `Σ coefficient × chosen ≥ least`, over choices, which are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cut {
    pub(super) coefficients: Vec<(usize, i64)>,
    pub(super) least: i64,
}

/// All cuts so far, and what each choice costs.
pub(super) struct Cover {
    costs: Vec<f64>,
    cuts: Vec<Cut>,
    known: BTreeSet<Cut>,
    /// Per choice, the cuts it is in and its coefficient there.
    of: Vec<Vec<(usize, i64)>>,
}

/// A choice, and how far it is from keeping each cut.
#[derive(Clone)]
struct State {
    chosen: Vec<bool>,
    /// What is still missing in each cut; negative where there is more than enough.
    missing: Vec<i64>,
    weights: Vec<f64>,
    /// When each choice last changed.
    moved: Vec<usize>,
    cost: f64,
}

impl Cover {
    pub(super) fn new(costs: Vec<f64>) -> Self {
        Self {
            of: vec![Vec::new(); costs.len()],
            costs,
            cuts: Vec::new(),
            known: BTreeSet::new(),
        }
    }

    /// Adds a cut; whether it is new.
    pub(super) fn add(&mut self, cut: Cut) -> bool {
        if !self.known.insert(cut.clone()) {
            return false;
        }
        for &(choice, coefficient) in &cut.coefficients {
            self.of[choice].push((self.cuts.len(), coefficient));
        }
        self.cuts.push(cut);
        true
    }

    pub(super) fn cost(&self, chosen: &[bool]) -> f64 {
        let costs = self.costs.iter().zip(chosen);
        costs
            .filter(|&(_, &chosen)| chosen)
            .map(|(cost, _)| cost)
            .sum()
    }

    /// What each choice costs.
    pub(super) fn costs(&self) -> &[f64] {
        &self.costs
    }

    /// Whether a choice keeps all cuts.
    pub(super) fn keeps(&self, chosen: &[bool]) -> bool {
        self.cuts.iter().all(|cut| {
            let terms = cut.coefficients.iter().filter(|term| chosen[term.0]);
            terms.map(|term| term.1).sum::<i64>() >= cut.least
        })
    }

    /// Chooses more until all cuts are kept, the best value for its cost first.
    pub(super) fn complete(&self, chosen: &mut Vec<bool>) {
        let mut state = self.state(chosen);
        self.fill(&mut state, 0);
        *chosen = state.chosen;
    }

    /// A cheaper choice that keeps all cuts than `start`, which does, if one is found in so
    /// many exchanges.
    pub(super) fn cheaper(&self, start: &[bool], exchanges: usize) -> Option<Vec<bool>> {
        let mut state = self.state(start);
        let mut best: Option<Vec<bool>> = None;
        let mut least = state.cost;
        for step in 1..=exchanges {
            while state.missing.iter().all(|&missing| missing <= 0) {
                if state.cost < least - 1e-9 {
                    least = state.cost;
                    best = Some(state.chosen.clone());
                }
                let Some(out) = self.dispensable(&state, None) else {
                    return best;
                };
                self.flip(&mut state, out, step);
            }
            if let Some(out) = self.dispensable(&state, Some(step)) {
                self.flip(&mut state, out, step);
            }
            self.repair(&mut state, step, least);
        }
        best
    }

    /// Brings numbers in for broken cuts while that stays cheaper than the best.
    fn repair(&self, state: &mut State, step: usize, least: f64) {
        while let Some(broken) = (0..self.cuts.len())
            .filter(|&cut| state.missing[cut] > 0)
            .max_by(|&a, &b| {
                state.weights[a]
                    .total_cmp(&state.weights[b])
                    .then(b.cmp(&a))
            })
        {
            let candidates = self.cuts[broken].coefficients.iter().map(|term| term.0);
            let best = candidates
                .filter(|&choice| !state.chosen[choice] && state.moved[choice] != step)
                .max_by(|&a, &b| {
                    let value = self.gain(state, a).total_cmp(&self.gain(state, b));
                    value
                        .then(state.moved[b].cmp(&state.moved[a]))
                        .then(b.cmp(&a))
                });
            let Some(choice) = best.filter(|&c| state.cost + self.costs[c] < least - 1e-9) else {
                break;
            };
            self.flip(state, choice, step);
        }
        for (weight, &missing) in state.weights.iter_mut().zip(&state.missing) {
            if missing > 0 {
                *weight += 1.0;
            }
        }
    }

    fn fill(&self, state: &mut State, step: usize) {
        while state.missing.iter().any(|&missing| missing > 0) {
            let best = (0..self.costs.len())
                .filter(|&choice| !state.chosen[choice])
                .max_by(|&a, &b| {
                    self.gain(state, a)
                        .total_cmp(&self.gain(state, b))
                        .then(b.cmp(&a))
                });
            let Some(choice) = best else { return };
            self.flip(state, choice, step);
        }
    }

    /// The chosen number whose absence costs least, not one that was just brought in.
    fn dispensable(&self, state: &State, step: Option<usize>) -> Option<usize> {
        let fresh = |choice: usize| step.is_some_and(|step| state.moved[choice] + 1 >= step);
        (0..self.costs.len())
            .filter(|&choice| state.chosen[choice] && !fresh(choice))
            .min_by(|&a, &b| {
                let value = self.loss(state, a).total_cmp(&self.loss(state, b));
                value
                    .then(state.moved[a].cmp(&state.moved[b]))
                    .then(a.cmp(&b))
            })
    }

    /// How much of what is missing a number would bring, for its cost.
    fn gain(&self, state: &State, choice: usize) -> f64 {
        let brought = self.of[choice].iter().map(|&(cut, coefficient)| {
            let missing = state.missing[cut].max(0);
            state.weights[cut] * self.share(cut, coefficient.min(missing))
        });
        brought.sum::<f64>() / self.costs[choice]
    }

    /// How much would be missing without a number, for its cost.
    fn loss(&self, state: &State, choice: usize) -> f64 {
        let lost = self.of[choice].iter().map(|&(cut, coefficient)| {
            let missing = state.missing[cut];
            let after = (missing + coefficient).max(0) - missing.max(0);
            state.weights[cut] * self.share(cut, after)
        });
        lost.sum::<f64>() / self.costs[choice]
    }

    fn share(&self, cut: usize, amount: i64) -> f64 {
        amount as f64 / self.cuts[cut].least.max(1) as f64
    }

    fn state(&self, chosen: &[bool]) -> State {
        let mut state = State {
            chosen: vec![false; self.costs.len()],
            missing: self.cuts.iter().map(|cut| cut.least).collect(),
            weights: vec![1.0; self.cuts.len()],
            moved: vec![0; self.costs.len()],
            cost: 0.0,
        };
        for choice in (0..chosen.len()).filter(|&choice| chosen[choice]) {
            self.flip(&mut state, choice, 0);
        }
        state
    }

    fn flip(&self, state: &mut State, choice: usize, step: usize) {
        let out = state.chosen[choice];
        state.chosen[choice] = !out;
        state.moved[choice] = step;
        let sign = if out { 1 } else { -1 };
        state.cost -= f64::from(sign as i32) * self.costs[choice];
        for &(cut, coefficient) in &self.of[choice] {
            state.missing[cut] += sign * coefficient;
        }
    }
}
