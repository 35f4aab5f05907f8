//! The attack on everything that would be shown.
//!
//! For each number that must stay unknown the attack asks for two *worlds*: sets of whole
//! numbers that agree with everything known and with every sum, one in which the number is as
//! low as the policy asks, one in which it is as high. A world is found by linear programming
//! but accepted by integer arithmetic alone, so that an error of the solver can only lead to
//! more being hidden.

use super::problem::{Attacker, Demand, Problem, Side};
use microlp::{ComparisonOp, OptimizationDirection, SolveOptions, Variable};
use std::collections::BTreeMap;

/// Branch-and-bound nodes for the rare world that is not whole at first.
const WORLD_NODES: u64 = 200;

/// How far each number lies from the truth in another world.
pub(super) type World = BTreeMap<usize, i64>;

/// A demand that is not met on one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unmet {
    pub(crate) demand: Demand,
    pub(crate) side: Side,
}

/// Worlds found before, per attacker. Each agrees with all sums of the problem it was found
/// for, so it still stands wherever only hidden numbers differ in it.
#[derive(Debug, Default)]
pub(crate) struct Worlds(BTreeMap<Attacker, Vec<World>>);

impl Worlds {
    /// Keeps a world that agrees with all sums and with what the attacker knows.
    pub(super) fn add(&mut self, attacker: Attacker, world: World) {
        self.0.entry(attacker).or_default().push(world);
    }

    /// Whether a known world lies far enough from the truth, with no shown number changed.
    pub(super) fn any(&self, demand: &Demand, side: Side, need: i64, hidden: &[bool]) -> bool {
        let far = |world: &World| {
            world.get(&demand.number).copied().unwrap_or(0) * side.sign() >= need
                && world.keys().all(|&number| hidden[number])
        };
        self.0
            .get(&demand.attacker)
            .is_some_and(|worlds| worlds.iter().any(far))
    }
}

/// What an attacker can do with everything but the numbers in `hidden`: the demands among
/// `demands` for which no other world was found.
pub(crate) fn attack(
    problem: &Problem,
    hidden: &[bool],
    demands: &[Demand],
    worlds: &mut Worlds,
) -> Vec<Unmet> {
    let mut components: Option<Components> = None;
    let mut unmet = Vec::new();
    for demand in demands {
        for side in Side::BOTH {
            let need = problem.need(demand, side);
            if need <= 0 || worlds.any(demand, side, need, hidden) {
                continue;
            }
            let components = components.get_or_insert_with(|| Components::new(problem, hidden));
            let found = components
                .of(demand.number)
                .and_then(|component| find_world(problem, component, demand, side));
            match found {
                Some(world) => worlds.0.entry(demand.attacker).or_default().push(world),
                None => unmet.push(Unmet {
                    demand: *demand,
                    side,
                }),
            }
        }
    }
    unmet
}

/// The hidden numbers that hang together.
struct Components {
    all: Vec<Vec<usize>>,
    of: Vec<Option<usize>>,
}

impl Components {
    fn new(problem: &Problem, hidden: &[bool]) -> Self {
        let all = problem.components(|number| hidden[number]);
        let mut of = vec![None; problem.numbers.len()];
        for (index, component) in all.iter().enumerate() {
            component
                .iter()
                .for_each(|&number| of[number] = Some(index));
        }
        Self { all, of }
    }

    fn of(&self, number: usize) -> Option<&[usize]> {
        Some(&self.all[self.of[number]?])
    }
}

/// A world in which the number lies at least as far on this side as the demand asks.
fn find_world(
    problem: &Problem,
    component: &[usize],
    demand: &Demand,
    side: Side,
) -> Option<World> {
    [false, true].into_iter().find_map(|whole| {
        let world = solve(problem, component, demand, side, whole)?;
        is_world(problem, component, demand, side, &world).then_some(world)
    })
}

fn solve(
    problem: &Problem,
    component: &[usize],
    demand: &Demand,
    side: Side,
    whole: bool,
) -> Option<World> {
    let need = problem.need(demand, side);
    let most = need
        + component
            .iter()
            .map(|&number| problem.numbers[number].value)
            .sum::<i64>();
    let mut lp = microlp::Problem::new(OptimizationDirection::Maximize);
    let mut variables: BTreeMap<usize, Variable> = BTreeMap::new();
    for &number in component {
        let Some(room) = problem.room(number, demand.attacker) else {
            continue;
        };
        let headroom = problem.headroom(number, most);
        let target = number == demand.number;
        let (low, high) = match (target, side) {
            (true, Side::High) => (-room, need.min(headroom)),
            (true, Side::Low) => (-room.min(need), headroom),
            _ => (-room, headroom),
        };
        let gain = if target { side.sign() as f64 } else { 0.0 };
        let variable = if whole {
            lp.add_integer_var(gain, (i32::try_from(low).ok()?, i32::try_from(high).ok()?))
        } else {
            lp.add_var(gain, (low as f64, high as f64))
        };
        variables.insert(number, variable);
    }
    for sum in problem.sums_among(component) {
        let terms: Vec<(Variable, f64)> = problem.sums[sum]
            .iter()
            .filter_map(|(number, c)| Some((*variables.get(number)?, *c as f64)))
            .collect();
        lp.add_constraint(&terms[..], ComparisonOp::Eq, 0.0);
    }
    let mut options = SolveOptions::default();
    options.node_limit = whole.then_some(WORLD_NODES);
    let solution = lp.solve_with(options).ok()?.into_solution().ok()?;
    let rounded = |(&number, &variable): (&usize, &Variable)| {
        (number, solution.var_value(variable).round() as i64)
    };
    Some(
        variables
            .iter()
            .map(rounded)
            .filter(|&(_, deviation)| deviation != 0)
            .collect(),
    )
}

/// Whether this is another world for the attacker, and far enough from the truth.
fn is_world(
    problem: &Problem,
    component: &[usize],
    demand: &Demand,
    side: Side,
    world: &World,
) -> bool {
    let deviation = |number: usize| world.get(&number).copied().unwrap_or(0);
    let possible = |(&number, &deviation): (&usize, &i64)| {
        component.binary_search(&number).is_ok()
            && problem
                .room(number, demand.attacker)
                .is_some_and(|room| deviation >= -room)
            && deviation <= problem.headroom(number, i64::MAX)
    };
    let adds_up = |sum: usize| {
        let terms = problem.sums[sum].iter();
        terms.map(|&(number, c)| c * deviation(number)).sum::<i64>() == 0
    };
    world.iter().all(possible)
        && problem.sums_among(component).into_iter().all(adds_up)
        && deviation(demand.number) * side.sign() >= problem.need(demand, side)
}
