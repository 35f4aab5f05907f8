use super::{Destination, FlowModel, unless_nonnegative, unless_positive};
use crate::NotEstimable;

/// What a scenario changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lever {
    /// The hazard of a transition: at 2 it comes twice as often to those who are there.
    Hazard {
        /// The state that is left.
        from: usize,
        /// Where to.
        to: Destination,
    },
    /// The time until a transition: at 2 it takes twice as long.
    Delay {
        /// The state that is left.
        from: usize,
        /// Where to.
        to: Destination,
    },
    /// The rate of arrivals in a state.
    Arrivals {
        /// The state.
        state: usize,
    },
}

/// From when on a lever has a factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Change {
    pub(super) lever: Lever,
    pub(super) from: f64,
    pub(super) factor: f64,
}

/// What is other than in the model, and from when on: factors of hazards, delays and arrivals.
/// R: `simmer::schedule`.
///
/// A factor holds until the next one for the same lever; before its first, it is 1. Who is in a
/// state when it changes is subject to it for what is left of the stay.
///
/// ```
/// use statistics::flow::{Destination, Lever, Scenario};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // From day 365 on a tenth more arrive, and moving on from state 1 takes half as long.
/// let delay = Lever::Delay { from: 1, to: Destination::State(2) };
/// let scenario = Scenario::default()
///     .with(Lever::Arrivals { state: 0 }, 365.0, 1.1)?
///     .with(delay, 365.0, 0.5)?;
/// assert!(scenario.with(delay, 400.0, 0.0).is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scenario {
    changes: Vec<Change>,
}

impl Scenario {
    /// Adds a factor from a time on.
    ///
    /// # Errors
    /// A negative time or factor, a delay of 0, and a second factor of one lever at one time.
    pub fn with(mut self, lever: Lever, from: f64, factor: f64) -> Result<Self, NotEstimable> {
        unless_nonnegative("the time of a change", from)?;
        match lever {
            Lever::Delay { .. } => unless_positive("the factor of a delay", factor)?,
            _ => unless_nonnegative("the factor of a change", factor)?,
        }
        let twice = |change: &Change| change.lever == lever && change.from == from;
        if self.changes.iter().any(twice) {
            return Err(NotEstimable::Domain {
                what: "the time of a second change of the same",
                value: from,
            });
        }
        let change = Change {
            lever,
            from,
            factor,
        };
        self.changes.push(change);
        Ok(self)
    }

    /// The factors of a lever in order of time; the first, 1, holds from before time 0.
    pub(super) fn factors(&self, lever: Lever) -> Vec<(f64, f64)> {
        let mine = self.changes.iter().filter(|change| change.lever == lever);
        let mut factors: Vec<(f64, f64)> = mine.map(|c| (c.from, c.factor)).collect();
        factors.insert(0, (f64::NEG_INFINITY, 1.0));
        factors.sort_by(|a, b| a.0.total_cmp(&b.0));
        factors
    }

    /// Fails where a change is of a transition or state that the model does not have.
    pub(super) fn check(&self, model: &FlowModel) -> Result<(), NotEstimable> {
        let states = &model.states;
        for (position, change) in self.changes.iter().enumerate() {
            let (code, is_there) = match change.lever {
                Lever::Hazard { from, to } | Lever::Delay { from, to } => {
                    let exits = states.get(from).map(|state| &state.exits);
                    let has = exits.is_some_and(|exits| exits.iter().any(|exit| exit.to == to));
                    (from, has)
                }
                Lever::Arrivals { state } => (state, state < states.len()),
            };
            if !is_there {
                return Err(NotEstimable::UnknownCode {
                    what: "the transition or state of a change, from state",
                    code,
                    position,
                });
            }
        }
        Ok(())
    }
}

/// The value at a time of factors in order of time.
pub(super) fn factor_at(factors: &[(f64, f64)], time: f64) -> f64 {
    let after = factors.partition_point(|&(from, _)| from <= time);
    after.checked_sub(1).map_or(1.0, |at| factors[at].1)
}

/// All times from which one of two lists has another value, in order.
pub(super) fn common_times(one: &[(f64, f64)], other: &[(f64, f64)]) -> Vec<f64> {
    let mut times: Vec<f64> = one.iter().chain(other).map(|&(from, _)| from).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    times
}
