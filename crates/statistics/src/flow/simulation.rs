use super::chain::{Chain, MEASURES};
use super::plan::Plan;
use super::{FlowModel, Scenario, Summary, unless_nonnegative};
use crate::NotEstimable;
use rayon::prelude::*;

/// What is counted of each state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Persons in the state at a time of the grid.
    Occupancy,
    /// Those of them who are ready to leave and wait for a place elsewhere.
    Blocked,
    /// Persons who wait for a place in the state at a time of the grid.
    Queue,
    /// Entries since the time of the grid before.
    Inflow,
    /// Departures since the time of the grid before.
    Outflow,
    /// The mean time that those who entered since then had waited.
    Wait,
}

/// How a system is simulated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SimulationOptions<'a> {
    /// The times to tell of, ascending, from 0 on; the last is the end.
    pub grid: &'a [f64],
    /// How many courses. 4 bytes are kept for each, times 6 measures, states and times.
    pub chains: usize,
    /// The same seed gives the same chains, on any number of threads.
    pub seed: u64,
}

/// Simulated chains of a system. R: `simmer::get_mon_resources` over replications.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulation {
    states: usize,
    grid: Vec<f64>,
    draws: usize,
    /// Chain after chain; in each by measure, state, time of the grid.
    values: Vec<f32>,
}

/// Values that are gathered over chains at one time: those of one line of the cache.
const BLOCK: usize = 16;

impl Simulation {
    /// Simulates. `models` are draws of one model, each for as many chains as the others: one where
    /// all is known, and as many as chains to carry along all that is not known.
    /// R: `simmer::run` in `lapply`.
    ///
    /// # Method
    /// From event to event, each transition at the time at which its cumulative hazard reaches a
    /// unit exponential draw (`docs/methods/flow.md`). O(events · log(persons)) per chain, over
    /// threads.
    ///
    /// # Errors
    /// No models; models of different numbers of states; a number of chains that is no multiple of
    /// that of the models; a grid that is empty or doesn't ascend; a model that can't be
    /// simulated ([`NotEstimable::NoWayOut`]), or doesn't have what the scenario changes.
    ///
    /// ```
    /// use statistics::flow::{Destination, FlowModel, Measure, Present, Scenario, Simulation};
    /// use statistics::flow::{SimulationOptions, TimeLaw};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // A thousand stay for exactly ten and 20 days in turn.
    /// let model = FlowModel::new(1)?
    ///     .with_transition(0, Destination::Outside, TimeLaw::observed(&[10.0, 20.0])?)?
    ///     .with_present(&vec![Present { state: 0, elapsed: 0.0 }; 1000])?;
    /// let options = SimulationOptions { grid: &[9.0, 15.0, 20.0], chains: 200, seed: 7 };
    /// let simulation = Simulation::run(&[model], &Scenario::default(), options)?;
    /// let occupancy = simulation.summaries(Measure::Occupancy);
    /// let mean = |at: usize| occupancy[0][at].map(|summary| summary.mean);
    /// assert_eq!(mean(0), Some(1000.0));
    /// assert!(mean(1).is_some_and(|mean| (mean - 500.0).abs() < 5.0));
    /// assert_eq!(mean(2), Some(0.0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn run(
        models: &[FlowModel],
        scenario: &Scenario,
        options: SimulationOptions<'_>,
    ) -> Result<Self, NotEstimable> {
        let SimulationOptions { grid, chains, seed } = options;
        let states = check(models, options)?;
        let cells = MEASURES * states * grid.len();
        let of_each = chains / models.len();
        let mut values = vec![0_f32; cells * chains];
        let plans = models.iter().map(|model| Plan::new(model, scenario));
        let plans: Vec<Plan<'_>> = plans.collect::<Result<_, _>>()?;
        let each = values.par_chunks_mut(cells).enumerate();
        each.for_each(|(number, into)| {
            Chain::run(&plans[number / of_each], grid, (seed, number as u64), into);
        });
        Ok(Self {
            states,
            grid: grid.to_vec(),
            draws: models.len(),
            values,
        })
    }

    /// Summaries of a measure over chains: for each state, one per time of the grid; `None` where no
    /// chain has a value (nobody entered, so that nobody's wait is known). R: `aggregate` over replications.
    ///
    /// ```
    /// use statistics::NotEstimable;
    /// use statistics::flow::{Destination, FlowModel, Measure, Scenario, Simulation, TimeLaw};
    /// use statistics::flow::SimulationOptions;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // One server, and four customers where it can serve five: ρ/(1 − ρ) − ρ = 3.2 wait.
    /// let model = FlowModel::new(1)?
    ///     .with_transition(0, Destination::Outside, TimeLaw::exponential(5.0)?)?
    ///     .with_arrivals(0, &[(0.0, 4.0)])?
    ///     .with_places(0, 1)?;
    /// let options = SimulationOptions { grid: &[50.0], chains: 2000, seed: 1 };
    /// let simulation = Simulation::run(&[model], &Scenario::default(), options)?;
    /// let queue = simulation.summaries(Measure::Queue)[0][0].ok_or(NotEstimable::NoEvents)?;
    /// assert!((queue.mean - 3.2).abs() < 5.0 * queue.std_err);
    /// # Ok(())
    /// # }
    /// ```
    pub fn summaries(&self, measure: Measure) -> Vec<Vec<Option<Summary>>> {
        let (grid, cells) = (self.grid.len(), self.cells());
        let first = measure as usize * self.states * grid;
        let starts: Vec<usize> = (0..self.states * grid).step_by(BLOCK).collect();
        let summaries = starts.into_par_iter().flat_map_iter(|start| {
            let width = BLOCK.min(self.states * grid - start);
            let mut columns = vec![Vec::with_capacity(self.chains()); width];
            for chain in self.values.chunks(cells) {
                let block = &chain[first + start..][..width];
                for (column, value) in columns.iter_mut().zip(block) {
                    column.push(*value);
                }
            }
            columns
                .into_iter()
                .map(|mut column| Summary::of(&mut column, self.draws))
        });
        let summaries: Vec<Option<Summary>> = summaries.collect();
        summaries
            .chunks(grid)
            .map(<[Option<Summary>]>::to_vec)
            .collect()
    }

    /// Summaries of how many are in any of these states, one per time of the grid. R: none.
    ///
    /// ```
    /// use statistics::flow::{Destination, FlowModel, Present, Scenario, Simulation, TimeLaw};
    /// use statistics::flow::SimulationOptions;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Whoever leaves the first state is in the second.
    /// let model = FlowModel::new(2)?
    ///     .with_transition(0, Destination::State(1), TimeLaw::exponential(1.0)?)?
    ///     .with_transition(1, Destination::Outside, TimeLaw::observed(&[99.0])?)?
    ///     .with_present(&[Present { state: 0, elapsed: 0.0 }; 7])?;
    /// let options = SimulationOptions { grid: &[5.0], chains: 100, seed: 1 };
    /// let simulation = Simulation::run(&[model], &Scenario::default(), options)?;
    /// assert_eq!(simulation.occupancy_of(&[0, 1])[0].map(|all| (all.lower, all.upper)), Some((7.0, 7.0)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn occupancy_of(&self, states: &[usize]) -> Vec<Option<Summary>> {
        let (grid, cells) = (self.grid.len(), self.cells());
        let first = Measure::Occupancy as usize * self.states * grid;
        let at = |time: usize| {
            let of_chain = |chain: &[f32]| {
                let counts = states
                    .iter()
                    .map(|state| chain[first + state * grid + time]);
                counts.sum::<f32>()
            };
            let mut column: Vec<f32> = self.values.chunks(cells).map(of_chain).collect();
            Summary::of(&mut column, self.draws)
        };
        (0..grid).into_par_iter().map(at).collect()
    }

    /// The differences of these chains from those of another scenario, which must be of the same
    /// grid, number of chains and draws. With one seed the same persons come in both and have the same
    /// luck, so that the difference has less noise than either. R: none.
    ///
    /// # Errors
    /// [`NotEstimable::Length`] for another number of states, times, chains or draws.
    ///
    /// ```
    /// use statistics::NotEstimable;
    /// use statistics::flow::{Destination, FlowModel, Lever, Measure, Scenario, Simulation, TimeLaw};
    /// use statistics::flow::SimulationOptions;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let model = [FlowModel::new(1)?
    ///     .with_transition(0, Destination::Outside, TimeLaw::exponential(0.2)?)?
    ///     .with_arrivals(0, &[(0.0, 2.0)])?];
    /// let options = SimulationOptions { grid: &[100.0], chains: 1000, seed: 1 };
    /// let now = Simulation::run(&model, &Scenario::default(), options)?;
    /// let delay = Lever::Delay { from: 0, to: Destination::Outside };
    /// let then = Simulation::run(&model, &Scenario::default().with(delay, 0.0, 1.1)?, options)?;
    /// // A tenth longer stays: one more of ten.
    /// let more = then.minus(&now)?.summaries(Measure::Occupancy)[0][0].ok_or(NotEstimable::NoEvents)?;
    /// assert!((more.mean - 1.0).abs() < 5.0 * more.std_err);
    /// let alone = now.summaries(Measure::Occupancy)[0][0].ok_or(NotEstimable::NoEvents)?;
    /// assert!(more.std_err < 0.5 * alone.std_err);
    /// # Ok(())
    /// # }
    /// ```
    pub fn minus(&self, other: &Self) -> Result<Self, NotEstimable> {
        let shape = |of: &Self| [of.states, of.grid.len(), of.chains(), of.draws];
        for (mine, theirs) in shape(self).into_iter().zip(shape(other)) {
            NotEstimable::unless_length("the other simulation", mine, theirs)?;
        }
        let pairs = self.values.iter().zip(&other.values);
        Ok(Self {
            values: pairs.map(|(mine, theirs)| mine - theirs).collect(),
            grid: self.grid.clone(),
            ..*self
        })
    }

    /// How many chains there are. R: the `replication` column of `simmer::get_mon_arrivals`.
    ///
    /// ```
    /// use statistics::flow::{Destination, FlowModel, Scenario, Simulation, SimulationOptions, TimeLaw};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let model = FlowModel::new(1)?
    ///     .with_transition(0, Destination::Outside, TimeLaw::exponential(1.0)?)?;
    /// let options = SimulationOptions { grid: &[0.0], chains: 3, seed: 1 };
    /// assert_eq!(Simulation::run(&[model], &Scenario::default(), options)?.chains(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn chains(&self) -> usize {
        self.values.len() / self.cells()
    }

    fn cells(&self) -> usize {
        MEASURES * self.states * self.grid.len()
    }
}

/// The number of states, if all fits.
fn check(models: &[FlowModel], options: SimulationOptions<'_>) -> Result<usize, NotEstimable> {
    let first = models
        .first()
        .ok_or(NotEstimable::Empty { what: "models" })?;
    for model in models {
        NotEstimable::unless_length("a model", first.states(), model.states())?;
    }
    let SimulationOptions { grid, chains, .. } = options;
    if chains == 0 || !chains.is_multiple_of(models.len()) {
        return Err(NotEstimable::Domain {
            what: "the number of chains",
            value: chains as f64,
        });
    }
    if grid.is_empty() {
        return Err(NotEstimable::Empty { what: "times" });
    }
    for &time in grid {
        unless_nonnegative("a time of the grid", time)?;
    }
    match grid.windows(2).find(|pair| pair[0] >= pair[1]) {
        Some(pair) => Err(NotEstimable::Domain {
            what: "the time of the grid after another",
            value: pair[1],
        }),
        None => Ok(first.states()),
    }
}
