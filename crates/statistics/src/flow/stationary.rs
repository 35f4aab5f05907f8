use super::plan::{OUTSIDE, Plan};
use super::quadrature::{Competitor, stay};
use super::{FlowModel, Scenario};
use crate::NotEstimable;
use crate::matrix::{Lu, Matrix};

/// What a system comes to in the long run where there is always place: flows, stays and occupancy
/// in closed form. Where places are limited, the occupancy here is what would be needed if nobody
/// had to wait.
#[derive(Clone, Debug, PartialEq)]
pub struct Stationary {
    /// Entries per unit of time in each state, from outside and from other states: λ.
    pub inflow: Vec<f64>,
    /// Mean time in each state: W.
    pub mean_stay: Vec<f64>,
    /// Mean number in each state: L = λW.
    pub occupancy: Vec<f64>,
    /// The probability to go on from a state (row) to another (column); the rest leaves.
    pub next: Matrix,
}

impl Stationary {
    /// The long run with the last rates of arrival and the last factors of a scenario. R: none.
    ///
    /// # Method
    /// Mean stays `∫ S(u) du` and shares `∫ S(u−) dH(u)` by integration, flows by the traffic
    /// equations λ = γ + P'λ, occupancy by Little's law (1961). The number in a state is Poisson
    /// then, whatever the laws (insensitivity of infinite-server networks, Kelly 1979).
    ///
    /// # Errors
    /// A state that somebody could stay in for ever ([`NotEstimable::NoWayOut`]); states that are
    /// left for each other alone; a scenario of another model.
    ///
    /// ```
    /// use statistics::flow::{Destination, FlowModel, Scenario, Stationary, TimeLaw};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // One comes per day, stays for 10 days on average, and comes back once in four, after 100.
    /// let stay = TimeLaw::exponential(0.1)?;
    /// let model = FlowModel::new(2)?
    ///     .with_transition(0, Destination::State(1), stay.clone().times(0.25)?)?
    ///     .with_transition(0, Destination::Outside, stay.times(0.75)?)?
    ///     .with_transition(1, Destination::State(0), TimeLaw::exponential(0.01)?)?
    ///     .with_arrivals(0, &[(0.0, 1.0)])?;
    /// let long_run = Stationary::of(&model, &Scenario::default())?;
    /// // λ₀ = 1 + λ₀/4 = 4/3.
    /// let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
    /// assert!(close(long_run.inflow[0], 4.0 / 3.0) && close(long_run.inflow[1], 1.0 / 3.0));
    /// assert!(close(long_run.occupancy[0], 40.0 / 3.0) && close(long_run.occupancy[1], 100.0 / 3.0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn of(model: &FlowModel, scenario: &Scenario) -> Result<Self, NotEstimable> {
        let plan = Plan::new(model, scenario)?;
        let states = model.states();
        let mut next = Matrix::zeros(states, states);
        let mut mean_stay = Vec::with_capacity(states);
        for state in 0..states {
            let of_exits = plan
                .exits_of(state)
                .map(|exit| (exit.to, exit.in_the_end()));
            let (to, competitors): (Vec<u32>, Vec<Competitor<'_>>) =
                of_exits.filter(|(_, one)| one.hazard > 0.0).unzip();
            let (mean, shares) = stay(state, &competitors)?;
            mean_stay.push(mean);
            for (&to, share) in to.iter().zip(shares).filter(|(to, _)| **to != OUTSIDE) {
                next[(state, to as usize)] = share;
            }
        }
        let arrivals: Vec<f64> = plan.arrivals.iter().map(|one| one.in_the_end()).collect();
        let inflow = inflow(&next, &arrivals)?;
        let occupancy = inflow
            .iter()
            .zip(&mean_stay)
            .map(|(flow, stay)| flow * stay);
        Ok(Self {
            occupancy: occupancy.collect(),
            inflow,
            mean_stay,
            next,
        })
    }
}

/// Solves λ = γ + P'λ.
fn inflow(next: &Matrix, arrivals: &[f64]) -> Result<Vec<f64>, NotEstimable> {
    let states = arrivals.len();
    let mut equations = Matrix::identity(states);
    for from in 0..states {
        for to in 0..states {
            equations[(to, from)] -= next[(from, to)];
        }
    }
    // Shares that add up to 1 but for rounding leave a matrix that is all but singular.
    let closed = NotEstimable::NotDefined {
        what: "long-run flows among states that are left for each other alone",
    };
    let flows = match Lu::new(&equations) {
        Ok(factors) => factors.solve(arrivals),
        Err(_) => return Err(closed),
    };
    let most = arrivals.iter().sum::<f64>() * 1e9;
    match flows.iter().all(|flow| *flow >= 0.0 && *flow <= most) {
        true => Ok(flows),
        false => Err(closed),
    }
}
