use super::{TimeLaw, unless_nonnegative};
use crate::NotEstimable;

/// A person who outstays this cumulative hazard is one in 10⁸: less is no sure way out.
pub(super) const SURE: f64 = 18.0;

/// Where a transition leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Another state, counted from 0.
    State(usize),
    /// Away, not to come back.
    Outside,
}

/// Somebody who is in a state at time 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Present {
    /// The state.
    pub state: usize,
    /// Time since entry of the state.
    pub elapsed: f64,
}

/// Somebody from outside who waits for a place at time 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waiting {
    /// For which state.
    pub state: usize,
    /// Time since the waiting began.
    pub waited: f64,
}

/// A transition out of a state.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Exit {
    pub(super) to: Destination,
    pub(super) law: TimeLaw,
}

/// A state: ways out, arrivals and places.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct State {
    pub(super) exits: Vec<Exit>,
    /// From when on, and how many per unit of time.
    pub(super) arrivals: Vec<(f64, f64)>,
    /// Not limited where `None`.
    pub(super) places: Option<u32>,
}

/// An open semi-Markov system: states, the laws of its transitions, arrivals from outside, places,
/// and who is there at time 0. R: `simmer::simmer()` with a `trajectory` per state.
///
/// Transitions out of a state compete: the first to come happens. Where one sojourn has a law and
/// the destination a share, give each destination that law [times](TimeLaw::times) its share.
///
/// ```
/// use statistics::flow::{Destination, FlowModel, Present, TimeLaw, Waiting};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let stay = TimeLaw::weibull(1.3, 200.0)?;
/// let model = FlowModel::new(2)?
///     .with_transition(0, Destination::State(1), stay.clone().times(0.7)?)?
///     .with_transition(0, Destination::Outside, stay.times(0.3)?)?
///     .with_transition(1, Destination::Outside, TimeLaw::exponential(0.01)?)?
///     .with_arrivals(0, &[(0.0, 0.2), (365.0, 0.25)])?
///     .with_places(0, 40)?
///     .with_present(&[Present { state: 0, elapsed: 30.0 }])?
///     .with_waiting(&[Waiting { state: 0, waited: 14.0 }])?;
/// assert_eq!(model.states(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FlowModel {
    pub(super) states: Vec<State>,
    pub(super) present: Vec<Present>,
    pub(super) waiting: Vec<Waiting>,
}

impl FlowModel {
    /// A model of so many states, with nothing in it.
    ///
    /// # Errors
    /// [`NotEstimable::Empty`] for none; more than 65 535.
    pub fn new(states: usize) -> Result<Self, NotEstimable> {
        match states {
            0 => Err(NotEstimable::Empty { what: "states" }),
            1..=0xffff => Ok(Self {
                states: vec![State::default(); states],
                present: Vec::new(),
                waiting: Vec::new(),
            }),
            _ => Err(NotEstimable::Domain {
                what: "the number of states",
                value: states as f64,
            }),
        }
    }

    /// Adds a transition.
    ///
    /// # Errors
    /// A state that is not there; a transition to its own state, or added twice.
    pub fn with_transition(
        mut self,
        from: usize,
        to: Destination,
        law: TimeLaw,
    ) -> Result<Self, NotEstimable> {
        self.check(from)?;
        if let Destination::State(to) = to {
            self.check(to)?;
        }
        let exits = &mut self.states[from].exits;
        if to == Destination::State(from) || exits.iter().any(|exit| exit.to == to) {
            return Err(unknown(from));
        }
        exits.push(Exit { to, law });
        Ok(self)
    }

    /// Sets the arrivals in a state: from when on how many per unit of time come, as a Poisson
    /// process. The first rate holds from time 0 on, the last for ever.
    ///
    /// # Errors
    /// A state that is not there; times that don't start at 0 or don't ascend; negative rates.
    pub fn with_arrivals(
        mut self,
        state: usize,
        rates: &[(f64, f64)],
    ) -> Result<Self, NotEstimable> {
        self.check(state)?;
        let first = rates.first().ok_or(NotEstimable::Empty { what: "rates" })?;
        let backward = rates.windows(2).find(|pair| pair[0].0 >= pair[1].0);
        let wrong = backward.map(|pair| pair[1].0);
        if let Some(value) = wrong.or((first.0 != 0.0).then_some(first.0)) {
            return Err(NotEstimable::Domain {
                what: "the time from which a rate of arrival holds",
                value,
            });
        }
        for &(from, rate) in rates {
            unless_nonnegative("the time from which a rate of arrival holds", from)?;
            unless_nonnegative("a rate of arrival", rate)?;
        }
        self.states[state].arrivals = rates.to_vec();
        Ok(self)
    }

    /// Limits a state to so many places, in front of which persons wait.
    ///
    /// # Errors
    /// A state that is not there; no places.
    pub fn with_places(mut self, state: usize, places: u32) -> Result<Self, NotEstimable> {
        self.check(state)?;
        if places == 0 {
            return Err(NotEstimable::Domain {
                what: "the number of places",
                value: 0.0,
            });
        }
        self.states[state].places = Some(places);
        Ok(self)
    }

    /// Sets who is in a state at time 0. There may be more than there are places; then nobody
    /// enters until there are fewer.
    ///
    /// # Errors
    /// A state that is not there, a negative time.
    pub fn with_present(mut self, present: &[Present]) -> Result<Self, NotEstimable> {
        for person in present {
            self.check(person.state)?;
            unless_nonnegative("the time since entry", person.elapsed)?;
        }
        self.present = present.to_vec();
        Ok(self)
    }

    /// Sets who from outside waits for a place at time 0. Who waited longest goes first.
    ///
    /// # Errors
    /// A state that is not there, a negative time.
    pub fn with_waiting(mut self, waiting: &[Waiting]) -> Result<Self, NotEstimable> {
        for person in waiting {
            self.check(person.state)?;
            unless_nonnegative("the time waited", person.waited)?;
        }
        self.waiting = waiting.to_vec();
        // A stable order, so that who waited equally long stay in the order given.
        self.waiting.sort_by(|a, b| b.waited.total_cmp(&a.waited));
        Ok(self)
    }

    /// How many states there are.
    pub fn states(&self) -> usize {
        self.states.len()
    }

    /// Fails where somebody could stay in a state for ever: no transition out of it is sure to
    /// come, or not any more after the time already spent there.
    pub(super) fn unless_trapped(&self) -> Result<(), NotEstimable> {
        let left = |state: usize, elapsed: f64| {
            let exits = self.states[state].exits.iter();
            let left = exits.map(|exit| exit.law.total() - exit.law.cumulative(elapsed));
            left.sum::<f64>()
        };
        let starts = self.present.iter().map(|p| (p.state, p.elapsed));
        let entries = (0..self.states()).map(|state| (state, 0.0));
        let mut cases = entries.chain(starts);
        match cases.find(|&(state, elapsed)| left(state, elapsed) < SURE) {
            Some((state, elapsed)) => Err(NotEstimable::NoWayOut { state, elapsed }),
            None => Ok(()),
        }
    }

    fn check(&self, state: usize) -> Result<(), NotEstimable> {
        match state < self.states() {
            true => Ok(()),
            false => Err(unknown(state)),
        }
    }
}

fn unknown(code: usize) -> NotEstimable {
    NotEstimable::UnknownCode {
        what: "state",
        code,
        position: 0,
    }
}
