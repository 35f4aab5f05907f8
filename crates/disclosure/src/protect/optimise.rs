//! Which numbers to hide besides those that are unsafe themselves, at the least cost.
//!
//! The choice is an integer program: one yes-or-no per number that may be hidden, and for each
//! demand the condition that an attacker's linear program has room. That condition enters by
//! cuts (Fischetti and Salazar-González 2001): whenever a choice leaves a demand unmet, the
//! dual of the attacker's program gives an inequality that every sound choice keeps. Cuts are
//! recomputed exactly from rounded multipliers, because any multipliers give a sound cut.
//! Large parts, and those where the search does not end, fall back to adding the cheapest
//! way out for one demand after the other (Kelly, Golden and Assad 1992).

use super::attack::{Unmet, Worlds, attack};
use super::problem::{Demand, Problem, Status};
use microlp::{ComparisonOp, OptimizationDirection, SolveOptions, Variable};
use std::collections::BTreeMap;

/// Parts with more choices than this go straight to the fallback.
const MOST_CHOICES: usize = 90;
/// Rounds of cuts before the fallback.
const MOST_ROUNDS: usize = 40;
/// Cuts per round.
const MOST_CUTS: usize = 40;
/// Branch-and-bound nodes per round.
const MASTER_NODES: u64 = 3_000;
/// More hidden numbers than this are not tried again one by one after the fallback.
const MOST_TAKEN_BACK: usize = 30;
/// Multipliers are rounded to this part of a whole.
const MULTIPLIER_STEPS: f64 = 12.0;

/// Extends `hidden` within one part of the problem until all its demands are met, if it can.
pub(crate) fn hide_more(problem: &Problem, component: &[usize], hidden: &mut [bool]) {
    let demands: Vec<Demand> = problem
        .demands
        .iter()
        .filter(|demand| component.binary_search(&demand.number).is_ok())
        .copied()
        .collect();
    let mut worlds = Worlds::default();
    if attack(problem, hidden, &demands, &mut worlds).is_empty() {
        return;
    }
    let choices: Vec<usize> = component
        .iter()
        .copied()
        .filter(|&number| matches!(problem.numbers[number].status, Status::Choice(_)))
        .filter(|&number| !hidden[number])
        .collect();
    let mut search = Search {
        problem,
        component,
        demands,
        choices,
        cuts: Vec::new(),
        worlds,
    };
    let base = hidden.to_vec();
    if search.choices.len() <= MOST_CHOICES && search.by_cuts(&base, hidden) {
        return;
    }
    hidden.copy_from_slice(&base);
    search.one_by_one(hidden);
    search.take_back(&base, hidden);
}

struct Search<'a> {
    problem: &'a Problem,
    component: &'a [usize],
    demands: Vec<Demand>,
    choices: Vec<usize>,
    cuts: Vec<Cut>,
    worlds: Worlds,
}

/// `Σ coefficient × hidden ≥ least`, over choices.
struct Cut {
    coefficients: Vec<(usize, f64)>,
    least: f64,
}

impl Search<'_> {
    fn cost(&self, number: usize) -> f64 {
        match self.problem.numbers[number].status {
            Status::Choice(cost) => cost,
            Status::Known | Status::Zero | Status::Hidden => 0.0,
        }
    }

    fn attack(&mut self, hidden: &[bool]) -> Vec<Unmet> {
        attack(self.problem, hidden, &self.demands, &mut self.worlds)
    }

    /// The best choice by cuts; whether it was found.
    fn by_cuts(&mut self, base: &[bool], hidden: &mut [bool]) -> bool {
        for _ in 0..MOST_ROUNDS {
            let unmet = self.attack(hidden);
            if unmet.is_empty() {
                return true;
            }
            let before = self.cuts.len();
            for unmet in unmet.iter().take(MOST_CUTS) {
                let cut = self.cut(unmet, base, hidden);
                self.cuts.extend(cut);
            }
            if self.cuts.len() == before {
                return false;
            }
            let Some(chosen) = self.cheapest() else {
                return false;
            };
            hidden.copy_from_slice(base);
            chosen.into_iter().for_each(|number| hidden[number] = true);
        }
        false
    }

    /// The cheapest choice that keeps all cuts so far.
    fn cheapest(&self) -> Option<Vec<usize>> {
        let mut master = microlp::Problem::new(OptimizationDirection::Minimize);
        let variables: BTreeMap<usize, Variable> = self
            .choices
            .iter()
            .map(|&number| (number, master.add_binary_var(self.cost(number))))
            .collect();
        for cut in &self.cuts {
            let terms: Vec<(Variable, f64)> = cut
                .coefficients
                .iter()
                .map(|&(number, c)| (variables[&number], c))
                .collect();
            master.add_constraint(&terms[..], ComparisonOp::Ge, cut.least);
        }
        let mut options = SolveOptions::default();
        options.node_limit = Some(MASTER_NODES);
        let solution = master.solve_with(options).ok()?.into_solution().ok()?;
        let chosen = variables
            .into_iter()
            .filter(|&(_, v)| solution.var_value(v) > 0.5);
        Some(chosen.map(|(number, _)| number).collect())
    }

    /// An inequality that the present choice breaks and every sound one keeps.
    fn cut(&self, unmet: &Unmet, base: &[bool], hidden: &[bool]) -> Option<Cut> {
        let Unmet { demand, side } = unmet;
        let need = self.problem.need(demand, *side) as f64;
        let multipliers = self.multipliers(unmet, hidden)?;
        let (mut coefficients, mut least, mut now) = (Vec::new(), need, 0.0);
        for &number in self.component {
            let Some(room) = self.problem.room(number, demand.attacker) else {
                continue;
            };
            let own = if number == demand.number {
                side.sign() as f64
            } else {
                0.0
            };
            let sums = self.problem.sums_of(number).iter();
            let priced: f64 = sums
                .map(|sum| {
                    let terms = self.problem.sums[*sum].iter();
                    let c: i64 = terms
                        .filter(|term| term.0 == number)
                        .map(|term| term.1)
                        .sum();
                    c as f64 * multipliers.get(sum).copied().unwrap_or(0.0)
                })
                .sum();
            let free = own - priced;
            let up = highest(need) * free.max(0.0);
            let down = room as f64 * (-free).max(0.0);
            let coefficient = (up + down).min(need);
            if hidden[number] {
                now += coefficient;
            }
            if base[number] {
                least -= coefficient;
            } else if coefficient > 0.0 && self.choices.binary_search(&number).is_ok() {
                coefficients.push((number, coefficient / need));
            }
        }
        let broken = now < need - 1e-9 && !coefficients.is_empty();
        broken.then(|| Cut {
            coefficients,
            least: least / need,
        })
    }

    /// Multipliers of the sums: the dual of the attacker's program, in which numbers that are
    /// not hidden have no room but would get it at a small price.
    fn multipliers(&self, unmet: &Unmet, hidden: &[bool]) -> Option<BTreeMap<usize, f64>> {
        const PRICE_OF_SHOWN: f64 = 1e-3;
        let Unmet { demand, side } = unmet;
        let need = self.problem.need(demand, *side) as f64;
        let mut dual = microlp::Problem::new(OptimizationDirection::Minimize);
        let sums: BTreeMap<usize, Variable> = self
            .problem
            .sums_among(self.component)
            .into_iter()
            .map(|sum| (sum, dual.add_var(0.0, (-20.0, 20.0))))
            .collect();
        for &number in self.component {
            let Some(room) = self.problem.room(number, demand.attacker) else {
                continue;
            };
            let price = if hidden[number] { 1.0 } else { PRICE_OF_SHOWN };
            let up = dual.add_var(price * highest(need), (0.0, f64::INFINITY));
            let down = dual.add_var(price * room as f64, (0.0, f64::INFINITY));
            let mut terms = vec![(up, 1.0), (down, -1.0)];
            for &sum in self.problem.sums_of(number) {
                let of = self.problem.sums[sum]
                    .iter()
                    .filter(|term| term.0 == number);
                terms.push((sums[&sum], of.map(|term| term.1).sum::<i64>() as f64));
            }
            let own = if number == demand.number {
                side.sign() as f64
            } else {
                0.0
            };
            dual.add_constraint(&terms[..], ComparisonOp::Eq, own);
        }
        let solution = dual.solve().ok()?.into_solution().ok()?;
        let rounded = |v: f64| (v * MULTIPLIER_STEPS).round() / MULTIPLIER_STEPS;
        Some(
            sums.into_iter()
                .map(|(sum, v)| (sum, rounded(solution.var_value(v))))
                .collect(),
        )
    }

    /// Hides the cheapest way out of one unmet demand after the other.
    fn one_by_one(&mut self, hidden: &mut [bool]) {
        for demand in self.demands.clone() {
            for unmet in attack(self.problem, hidden, &[demand], &mut self.worlds) {
                for number in self.way_out(&unmet, hidden).unwrap_or_default() {
                    hidden[number] = true;
                }
            }
        }
        // What is still unmet has no way out by itself: everything in this part goes.
        if !self.attack(hidden).is_empty() {
            self.choices
                .iter()
                .for_each(|&number| hidden[number] = true);
        }
    }

    /// The shown numbers that the cheapest other world would have to change.
    fn way_out(&self, unmet: &Unmet, hidden: &[bool]) -> Option<Vec<usize>> {
        let Unmet { demand, side } = unmet;
        let need = self.problem.need(demand, *side) as f64;
        let mut lp = microlp::Problem::new(OptimizationDirection::Minimize);
        let mut variables = BTreeMap::new();
        for &number in self.component {
            let open = hidden[number] || self.choices.binary_search(&number).is_ok();
            let Some(room) = self.problem.room(number, demand.attacker) else {
                continue;
            };
            if !open {
                continue;
            }
            let cost = if hidden[number] {
                0.0
            } else {
                self.cost(number)
            };
            let up = lp.add_var(cost, (0.0, highest(need)));
            let down = lp.add_var(cost, (0.0, room as f64));
            variables.insert(number, (up, down));
        }
        for sum in self.problem.sums_among(self.component) {
            let terms = self.problem.sums[sum].iter().filter_map(|(number, c)| {
                let (up, down) = variables.get(number)?;
                Some([(*up, *c as f64), (*down, -*c as f64)])
            });
            let terms: Vec<(Variable, f64)> = terms.flatten().collect();
            lp.add_constraint(&terms[..], ComparisonOp::Eq, 0.0);
        }
        let (up, down) = *variables.get(&demand.number)?;
        let sign = side.sign() as f64;
        lp.add_constraint([(up, sign), (down, -sign)], ComparisonOp::Ge, need);
        let solution = lp.solve().ok()?.into_solution().ok()?;
        let moved = |(up, down): (Variable, Variable)| {
            (solution.var_value(up) - solution.var_value(down)).abs() > 1e-6
        };
        let changed = variables
            .into_iter()
            .filter(|&(number, v)| !hidden[number] && moved(v));
        Some(changed.map(|(number, _)| number).collect())
    }

    /// Shows again what turns out not to be needed, the dearest first.
    fn take_back(&mut self, base: &[bool], hidden: &mut [bool]) {
        let mut added: Vec<usize> = self
            .choices
            .iter()
            .copied()
            .filter(|&n| hidden[n] && !base[n])
            .collect();
        if added.len() > MOST_TAKEN_BACK {
            return;
        }
        added.sort_by(|&a, &b| self.cost(b).total_cmp(&self.cost(a)).then(a.cmp(&b)));
        for number in added {
            hidden[number] = false;
            if !self.attack(hidden).is_empty() {
                hidden[number] = true;
            }
        }
    }
}

/// How far up a number may go in the search: enough for any way around through other sums.
fn highest(need: f64) -> f64 {
    4.0 * need
}
