//! What a reader can work out of numbers of which only bounds are known: for each the least and
//! the most that it can be.

use super::attack::{Worlds, attack};
use super::dictionary::{Dictionary, GaveUp, Push, Simplex, Spans};
use super::problem::{Attacker, Demand, Problem, Side};
use microlp::{ComparisonOp, OptimizationDirection, SolveOptions, Variable};
use std::collections::BTreeMap;

/// Branch-and-bound nodes for whole numbers that fit all that is known.
const NODES: u64 = 2_000;

/// The numbers between which a number lies; no upper end where nothing bounds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) least: i64,
    pub(crate) most: Option<i64>,
}

/// Puts some whole numbers that fit all sums and bounds in the place of the values; the parts
/// of the problem for which there are none, or none were found.
pub(crate) fn settle_on_some_world(problem: &mut Problem) -> Vec<Vec<usize>> {
    let parts = problem.components(|number| !problem.numbers[number].status.is_known());
    let mut contradictory = Vec::new();
    for part in parts {
        match [false, true]
            .into_iter()
            .find_map(|whole| some_world(problem, &part, whole))
        {
            Some(values) => {
                for (&number, value) in part.iter().zip(values) {
                    problem.numbers[number].value = value;
                }
            }
            None => contradictory.push(part),
        }
    }
    contradictory
}

fn some_world(problem: &Problem, part: &[usize], whole: bool) -> Option<Vec<i64>> {
    let mut lp = microlp::Problem::new(OptimizationDirection::Minimize);
    let mut variables: BTreeMap<usize, Variable> = BTreeMap::new();
    for &number in part {
        let bounds = &problem.numbers[number];
        let variable = if whole {
            let most = bounds
                .most
                .map_or(i32::MAX, |most| i32::try_from(most).unwrap_or(i32::MAX));
            lp.add_integer_var(0.0, (i32::try_from(bounds.least).ok()?, most))
        } else {
            let most = bounds.most.map_or(f64::INFINITY, |most| most as f64);
            lp.add_var(0.0, (bounds.least as f64, most))
        };
        variables.insert(number, variable);
    }
    let sums = problem.sums_among(part);
    let known = |sum: usize| -> i64 {
        let terms = problem.sums[sum]
            .iter()
            .filter(|term| !variables.contains_key(&term.0));
        terms
            .map(|&(number, c)| c * problem.numbers[number].value)
            .sum()
    };
    for &sum in &sums {
        let terms = problem.sums[sum].iter();
        let terms: Vec<(Variable, f64)> = terms
            .filter_map(|(number, c)| Some((*variables.get(number)?, *c as f64)))
            .collect();
        lp.add_constraint(&terms[..], ComparisonOp::Eq, -known(sum) as f64);
    }
    let mut options = SolveOptions::default();
    options.node_limit = whole.then_some(NODES);
    let solution = lp.solve_with(options).ok()?.into_solution().ok()?;
    let values: BTreeMap<usize, i64> = variables
        .iter()
        .map(|(&n, &v)| (n, solution.var_value(v).round() as i64))
        .collect();
    let fits = |(&number, &value): (&usize, &i64)| {
        let bounds = &problem.numbers[number];
        value >= bounds.least && bounds.most.is_none_or(|most| value <= most)
    };
    let adds_up = |&sum: &usize| {
        let terms = problem.sums[sum]
            .iter()
            .filter_map(|(n, c)| Some(c * values.get(n)?));
        terms.sum::<i64>() + known(sum) == 0
    };
    let sound = values.iter().all(fits) && sums.iter().all(adds_up);
    sound.then(|| values.into_values().collect())
}

/// What each number can be at least and at most, as far as worlds of whole numbers were found;
/// nothing for numbers that are known. The values of the problem must themselves be a world.
pub(crate) fn ranges(problem: &Problem) -> Result<Vec<Option<Range>>, GaveUp> {
    let mut ranges = vec![None; problem.numbers.len()];
    for part in problem.components(|number| !problem.numbers[number].status.is_known()) {
        for (number, range) in ranges_of_part(problem, &part, |_| true)? {
            ranges[number] = Some(range);
        }
    }
    Ok(ranges)
}

/// The same, of the numbers that are wanted among those that hang together in one part.
pub(super) fn ranges_of_part(
    problem: &Problem,
    part: &[usize],
    wanted: impl Fn(usize) -> bool,
) -> Result<Vec<(usize, Range)>, GaveUp> {
    let values = problem.numbers.iter().map(|number| number.value.abs());
    let limit = 16 * (values.sum::<i64>() + 1_000);
    let found = PartRanges::new(problem, part, limit)?.run(&wanted)?;
    let range = |(&number, (low, high)): (&usize, (i64, i64))| {
        let value = problem.numbers[number].value;
        // What reaches far beyond all numbers together is held by nothing.
        let most = (high < limit / 8).then_some(value + high);
        let known = problem.numbers[number].most;
        let range = Range {
            least: value + low,
            most: most.or(known),
        };
        (number, range)
    };
    let all = part.iter().zip(found).map(range);
    Ok(all.filter(|&(number, _)| wanted(number)).collect())
}

struct PartRanges<'a> {
    problem: &'a Problem,
    part: &'a [usize],
    dictionary: Dictionary,
    spans: Spans,
    /// Per position, the farthest below and above that some world reached.
    farthest: Vec<(i64, i64)>,
}

impl<'a> PartRanges<'a> {
    fn new(problem: &'a Problem, part: &'a [usize], limit: i64) -> Result<Self, GaveUp> {
        let room = |&number: &usize| -problem.room(number, Attacker::Public).unwrap_or(0);
        let spans = Spans {
            low: part.iter().map(room).collect(),
            high: part
                .iter()
                .map(|&number| problem.headroom(number, limit))
                .collect(),
        };
        Ok(Self {
            problem,
            part,
            dictionary: Dictionary::new(problem, part)?,
            spans,
            farthest: vec![(0, 0); part.len()],
        })
    }

    fn run(mut self, wanted: impl Fn(usize) -> bool) -> Result<Vec<(i64, i64)>, GaveUp> {
        for position in 0..self.part.len() {
            if !wanted(self.part[position]) {
                continue;
            }
            for side in Side::BOTH {
                self.push(position, side)?;
            }
        }
        Ok(self.farthest)
    }

    fn push(&mut self, position: usize, side: Side) -> Result<(), GaveUp> {
        let (low, high) = (self.spans.low[position], self.spans.high[position]);
        let goal = if side == Side::Low { -low } else { high };
        if self.reached(position, side) >= goal {
            return Ok(());
        }
        let sign = side.sign();
        let push = Push {
            position,
            sign,
            goal,
        };
        let reached = Simplex::new(&mut self.dictionary, &self.spans, push).run()?;
        match reached.world {
            Some(world) => world.into_iter().for_each(|(position, at)| {
                let (low, high) = &mut self.farthest[position];
                *low = at.min(*low);
                *high = at.max(*high);
            }),
            None => self.push_in_whole_numbers(position, side, reached.whole),
        }
        Ok(())
    }

    fn reached(&self, position: usize, side: Side) -> i64 {
        let (low, high) = self.farthest[position];
        if side == Side::Low { -low } else { high }
    }

    /// Where the farthest world is not whole, the farthest one that is lies a little nearer.
    fn push_in_whole_numbers(&mut self, position: usize, side: Side, bound: i64) {
        const TRIES: i64 = 4;
        let number = self.part[position];
        let value = self.problem.numbers[number].value;
        let all_hidden: Vec<bool> = self
            .problem
            .numbers
            .iter()
            .map(|number| !number.status.is_known())
            .collect();
        for far in (bound - TRIES..=bound).rev() {
            if far <= self.reached(position, side) {
                return;
            }
            let (at_most, at_least) = match side {
                Side::Low => (value - far, value),
                Side::High => (value, value + far),
            };
            let demand = Demand {
                number,
                attacker: Attacker::Public,
                at_most,
                at_least,
            };
            if attack(self.problem, &all_hidden, &[demand], &mut Worlds::default()).is_empty() {
                let (low, high) = &mut self.farthest[position];
                match side {
                    Side::Low => *low = -far,
                    Side::High => *high = far,
                }
                return;
            }
        }
    }
}
