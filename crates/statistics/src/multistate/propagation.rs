use super::{CumulativeHazards, Entry, Gradient, Transitions};

/// Which end of the interval stays where it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// P(s, t) for a fixed start s and all later t.
    #[default]
    Forward,
    /// P(t, τ) for a fixed horizon τ and all earlier t.
    FixedHorizon,
}

/// Form of the covariance of the product integral.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CovarianceForm {
    /// Noise at u starts from P(s, u).
    #[default]
    Aalen,
    /// Noise at u starts from P(s, u−).
    Greenwood,
}

/// What the sweep does with errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errors {
    None,
    Variances,
    Covariances,
}

/// A direct transition at some time.
#[derive(Clone, Copy, Debug)]
struct Move {
    from: usize,
    to: usize,
    hazard: f64,
}

/// What happens at one time.
pub(super) struct Step<'a> {
    moves: Vec<Move>,
    noise: &'a [Entry],
    gradients: &'a [Gradient],
}

impl<'a> Step<'a> {
    pub(super) fn of(hazards: &'a CumulativeHazards, place: usize, noise: &'a [Entry]) -> Self {
        let jumps = hazards.jumps_at(place).iter().enumerate();
        let moves = jumps.filter(|&(_, &hazard)| hazard != 0.0);
        let named = moves.map(|(transition, &hazard)| {
            let (from, to) = hazards.transitions().pair(transition);
            Move { from, to, hazard }
        });
        Self {
            moves: named.collect(),
            noise,
            gradients: hazards
                .covariance()
                .map_or(&[], |covariance| covariance.gradients(place)),
        }
    }

    /// Whether more leave a state than are in it.
    pub(super) fn empties(&self) -> bool {
        let leave = |from: usize| {
            let all = self.moves.iter().filter(|step| step.from == from);
            all.map(|step| step.hazard).sum::<f64>()
        };
        let most = self
            .moves
            .iter()
            .map(|step| leave(step.from))
            .fold(0.0, f64::max);
        most > 1.0 + 1e-12
    }
}

/// Places in a lane with their weights.
type Shape = Vec<(usize, f64)>;

/// How the noise of a transition enters the lanes.
struct Noise {
    /// How much of each lane is exposed to it.
    sources: Vec<f64>,
    /// Where in a lane it arrives.
    shape: Shape,
}

/// What is carried along for one fixed state: forward the state of departure, backward that of
/// arrival. The other state varies along the arrays.
struct Lane {
    /// Probabilities; behind them, where asked for, the time spent in each state.
    values: Vec<f64>,
    /// Their derivatives to each coefficient.
    gradients: Vec<f64>,
}

/// Transition probabilities on their way through the times, from all states at once.
pub(super) struct Propagation<'a> {
    transitions: &'a Transitions,
    direction: Direction,
    form: CovarianceForm,
    errors: Errors,
    /// Length of a lane: the states, twice where stays are kept too.
    length: usize,
    /// Number of coefficients.
    coefficients: usize,
    lanes: Vec<Lane>,
    /// Pairs of lanes with the covariance of their noise, row-major.
    blocks: Vec<(usize, usize, Vec<f64>)>,
}

impl<'a> Propagation<'a> {
    /// The identity.
    pub(super) fn new(
        transitions: &'a Transitions,
        (direction, form): (Direction, CovarianceForm),
        errors: Errors,
        coefficients: usize,
        with_stays: bool,
    ) -> Self {
        let states = transitions.states();
        let coefficients = if errors == Errors::None {
            0
        } else {
            coefficients
        };
        let length = if with_stays { 2 * states } else { states };
        let lane = |lane: usize| {
            let mut values = vec![0.0; length];
            values[lane] = 1.0;
            Lane {
                values,
                gradients: vec![0.0; length * coefficients],
            }
        };
        let pairs: Vec<(usize, usize)> = match errors {
            Errors::None => Vec::new(),
            Errors::Variances => (0..states).map(|lane| (lane, lane)).collect(),
            Errors::Covariances => (0..states)
                .flat_map(|one| (one..states).map(move |other| (one, other)))
                .collect(),
        };
        let block = |(one, other)| (one, other, vec![0.0; length * length]);
        Self {
            transitions,
            direction,
            form,
            errors,
            length,
            coefficients,
            lanes: (0..states).map(lane).collect(),
            blocks: pairs.into_iter().map(block).collect(),
        }
    }

    /// Goes through the events of one time.
    pub(super) fn step(&mut self, step: &Step<'_>) {
        if step.moves.is_empty() && step.noise.is_empty() {
            return;
        }
        let before: Vec<Vec<f64>> = self.lanes.iter().map(|lane| lane.values.clone()).collect();
        for (lane, before) in self.lanes.iter_mut().zip(&before) {
            transform(self.direction, &step.moves, (&mut lane.values, 1));
            if self.coefficients > 0 {
                let gradients = (lane.gradients.as_mut_slice(), self.coefficients);
                transform(self.direction, &step.moves, gradients);
                add_gradients(
                    (self.direction, self.transitions),
                    step.gradients,
                    before,
                    &mut lane.gradients,
                );
            }
        }
        self.step_covariances(step, &before);
    }

    fn step_covariances(&mut self, step: &Step<'_>, before: &[Vec<f64>]) {
        if self.blocks.is_empty() {
            return;
        }
        let noise = |transition| Noise {
            sources: self.sources(transition, before),
            shape: self.shape(transition, step),
        };
        let pairs = step.noise.iter();
        let pairs: Vec<(Noise, Noise)> = pairs
            .map(|entry| (noise(entry.one), noise(entry.other)))
            .collect();
        let length = self.length;
        for (lane, other_lane, block) in &mut self.blocks {
            transform(self.direction, &step.moves, (block, length));
            for row in block.chunks_mut(length) {
                transform(self.direction, &step.moves, (row, 1));
            }
            for (entry, (one, other)) in step.noise.iter().zip(&pairs) {
                let shapes = (&one.shape, &other.shape);
                let exposed = one.sources[*lane] * other.sources[*other_lane];
                add_outer(block, length, entry.covariance * exposed, shapes);
                if entry.one != entry.other {
                    let exposed = other.sources[*lane] * one.sources[*other_lane];
                    add_outer(
                        block,
                        length,
                        entry.covariance * exposed,
                        (shapes.1, shapes.0),
                    );
                }
            }
        }
    }

    /// How much of each lane is exposed to the noise of a transition.
    fn sources(&self, transition: usize, before: &[Vec<f64>]) -> Vec<f64> {
        let (from, to) = self.transitions.pair(transition);
        let lanes = self.lanes.iter().zip(before);
        lanes
            .map(|(lane, before)| match (self.direction, self.form) {
                (Direction::Forward, CovarianceForm::Aalen) => lane.values[from],
                (Direction::Forward, CovarianceForm::Greenwood) => before[from],
                (Direction::FixedHorizon, _) => before[to] - before[from],
            })
            .collect()
    }

    /// Where in a lane the noise of a transition arrives.
    fn shape(&self, transition: usize, step: &Step<'_>) -> Shape {
        let (from, to) = self.transitions.pair(transition);
        match (self.direction, self.form) {
            (Direction::Forward, _) => vec![(to, 1.0), (from, -1.0)],
            (Direction::FixedHorizon, CovarianceForm::Greenwood) => vec![(from, 1.0)],
            (Direction::FixedHorizon, CovarianceForm::Aalen) => {
                let leaving = step.moves.iter().filter(|step| step.from == from);
                let stay = 1.0 - leaving.map(|step| step.hazard).sum::<f64>();
                let arriving = step.moves.iter().filter(|step| step.to == from);
                let mut shape = vec![(from, stay)];
                shape.extend(arriving.map(|step| (step.from, step.hazard)));
                shape
            }
        }
    }

    /// Nothing happens for some time: the time spent grows.
    pub(super) fn stay(&mut self, duration: f64) {
        let states = self.transitions.states();
        for lane in &mut self.lanes {
            stay(&mut lane.values, 1, states, duration);
            stay(&mut lane.gradients, self.coefficients, states, duration);
        }
        for (_, _, block) in &mut self.blocks {
            stay(block, self.length, states, duration);
            for row in block.chunks_mut(self.length) {
                stay(row, 1, states, duration);
            }
        }
    }

    /// The value of a pair of states; behind the states themselves lie the stays.
    pub(super) fn value(&self, from: usize, to: usize) -> f64 {
        let (lane, place) = self.address(from, to);
        self.lanes[lane].values[place]
    }

    fn address(&self, from: usize, to: usize) -> (usize, usize) {
        match self.direction {
            Direction::Forward => (from, to),
            Direction::FixedHorizon => (to, from),
        }
    }

    /// The covariance of two pairs of states, of those that are kept.
    pub(super) fn covariance(&self, one: (usize, usize), other: (usize, usize)) -> f64 {
        let (mut one, mut other) = (self.address(one.0, one.1), self.address(other.0, other.1));
        if one.0 > other.0 {
            std::mem::swap(&mut one, &mut other);
        }
        let block = match self.errors {
            Errors::Covariances => one.0 * (2 * self.lanes.len() - one.0 - 1) / 2 + other.0,
            _ => one.0,
        };
        let kept = self.blocks.get(block);
        let kept = kept.filter(|block| (block.0, block.1) == (one.0, other.0));
        let noise = kept.map_or(0.0, |block| block.2[one.1 * self.length + other.1]);
        let gradient = |(lane, place): (usize, usize)| {
            let start = place * self.coefficients;
            &self.lanes[lane].gradients[start..start + self.coefficients]
        };
        let pairs = gradient(one).iter().zip(gradient(other));
        noise + pairs.map(|(a, b)| a * b).sum::<f64>()
    }
}

/// Applies the events of one time to an array of parts of equal width, one per state: forward
/// x ← xH, backward x ← Hx, with H the identity plus the increments.
fn transform(direction: Direction, moves: &[Move], (values, width): (&mut [f64], usize)) {
    let change = |values: &[f64], step: &Move, k: usize| {
        let from = values[step.from * width + k];
        match direction {
            Direction::Forward => step.hazard * from,
            Direction::FixedHorizon => step.hazard * (values[step.to * width + k] - from),
        }
    };
    let apply = |values: &mut [f64], step: &Move, k: usize, change: f64| match direction {
        Direction::Forward => {
            values[step.from * width + k] -= change;
            values[step.to * width + k] += change;
        }
        Direction::FixedHorizon => values[step.from * width + k] += change,
    };
    if let [step] = moves {
        for k in 0..width {
            let change = change(values, step, k);
            apply(values, step, k, change);
        }
        return;
    }
    // All leave from what was there before.
    let mut changes = Vec::with_capacity(moves.len() * width);
    for step in moves {
        changes.extend((0..width).map(|k| change(values, step, k)));
    }
    for (step, changes) in moves.iter().zip(changes.chunks(width.max(1))) {
        for (k, &change) in changes.iter().enumerate() {
            apply(values, step, k, change);
        }
    }
}

/// Adds what the increments themselves owe to the coefficients.
fn add_gradients(
    (direction, transitions): (Direction, &Transitions),
    steps: &[Gradient],
    before: &[f64],
    gradients: &mut [f64],
) {
    for step in steps {
        let (from, to) = transitions.pair(step.transition);
        let width = step.values.len();
        let source = match direction {
            Direction::Forward => before[from],
            Direction::FixedHorizon => before[to] - before[from],
        };
        for (k, value) in step.values.iter().enumerate() {
            match direction {
                Direction::Forward => {
                    gradients[from * width + k] -= source * value;
                    gradients[to * width + k] += source * value;
                }
                Direction::FixedHorizon => gradients[from * width + k] += source * value,
            }
        }
    }
}

fn add_outer(block: &mut [f64], length: usize, factor: f64, (left, right): (&Shape, &Shape)) {
    for (row, a) in left {
        for (column, b) in right {
            block[row * length + column] += factor * a * b;
        }
    }
}

/// Adds duration × probability to the stays behind the states.
fn stay(values: &mut [f64], width: usize, states: usize, duration: f64) {
    let (probabilities, stays) = values.split_at_mut((states * width).min(values.len()));
    for (stay, probability) in stays.iter_mut().zip(probabilities.iter()) {
        *stay += duration * probability;
    }
}
