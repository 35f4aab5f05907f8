use crate::NotEstimable;

/// The direct transitions that a model allows, numbered in a fixed order.
///
/// States and transitions are counted from 0. R: the matrix of `mstate::transMat`, whose numbers
/// count from 1 row after row.
///
/// ```
/// use statistics::multistate::Transitions;
/// // Illness and death: 0 → 1, 0 → 2, 1 → 2.
/// let model = Transitions::new(3, &[(0, 1), (0, 2), (1, 2)])?;
/// assert_eq!(model.find(1, 2), Some(2));
/// assert!(model.is_absorbing(2));
/// assert_eq!(model.reaching(1), [0, 1]);
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transitions {
    states: usize,
    pairs: Vec<(usize, usize)>,
}

impl Transitions {
    /// A model of `states` states with these direct transitions, `(from, to)`.
    ///
    /// # Errors
    /// No transitions; a state that is not there; a transition to its own state, or named twice.
    ///
    /// ```
    /// use statistics::multistate::Transitions;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let model = Transitions::new(3, &[(0, 1), (0, 2), (1, 2)])?;
    /// assert!(Transitions::new(2, &[(0, 0)]).is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(states: usize, pairs: &[(usize, usize)]) -> Result<Self, NotEstimable> {
        if pairs.is_empty() {
            return Err(NotEstimable::Empty {
                what: "transitions",
            });
        }
        for (position, &(from, to)) in pairs.iter().enumerate() {
            let unknown = |code| NotEstimable::UnknownCode {
                what: "state",
                code,
                position,
            };
            if from >= states || from == to {
                return Err(unknown(from));
            }
            if to >= states || pairs[..position].contains(&(from, to)) {
                return Err(unknown(to));
            }
        }
        Ok(Self {
            states,
            pairs: pairs.to_vec(),
        })
    }

    /// How many states there are.
    ///
    /// ```
    /// use statistics::multistate::Transitions;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let model = Transitions::new(3, &[(0, 1), (0, 2), (1, 2)])?;
    /// assert_eq!(model.states(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn states(&self) -> usize {
        self.states
    }

    /// How many transitions there are.
    ///
    /// ```
    /// use statistics::multistate::Transitions;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let model = Transitions::new(3, &[(0, 1), (0, 2), (1, 2)])?;
    /// assert_eq!(model.len(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there are none; never, because that is an error.
    ///
    /// ```
    /// use statistics::multistate::Transitions;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let model = Transitions::new(3, &[(0, 1), (0, 2), (1, 2)])?;
    /// assert!(!model.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The transitions, `(from, to)`, in their order.
    ///
    /// ```
    /// use statistics::multistate::Transitions;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let model = Transitions::new(3, &[(0, 1), (0, 2), (1, 2)])?;
    /// assert_eq!(model.pairs()[2], (1, 2));
    /// # Ok(())
    /// # }
    /// ```
    pub fn pairs(&self) -> &[(usize, usize)] {
        &self.pairs
    }

    /// The states of a transition.
    ///
    /// # Panics
    /// If there is no transition of that number.
    ///
    /// ```
    /// use statistics::multistate::Transitions;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let model = Transitions::new(3, &[(0, 1), (0, 2), (1, 2)])?;
    /// assert_eq!(model.pair(1), (0, 2));
    /// # Ok(())
    /// # }
    /// ```
    pub fn pair(&self, transition: usize) -> (usize, usize) {
        self.pairs[transition]
    }

    /// The number of a transition, if the model has it.
    ///
    /// ```
    /// use statistics::multistate::Transitions;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let model = Transitions::new(3, &[(0, 1), (0, 2), (1, 2)])?;
    /// assert_eq!((model.find(1, 2), model.find(2, 0)), (Some(2), None));
    /// # Ok(())
    /// # }
    /// ```
    pub fn find(&self, from: usize, to: usize) -> Option<usize> {
        self.pairs.iter().position(|&pair| pair == (from, to))
    }

    /// The transitions that leave a state.
    ///
    /// ```
    /// use statistics::multistate::Transitions;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let model = Transitions::new(3, &[(0, 1), (0, 2), (1, 2)])?;
    /// assert!(model.leaving(0).eq([0, 1]));
    /// # Ok(())
    /// # }
    /// ```
    pub fn leaving(&self, state: usize) -> impl Iterator<Item = usize> + '_ {
        let leaves =
            move |(number, &(from, _)): (usize, &(usize, usize))| (from == state).then_some(number);
        self.pairs.iter().enumerate().filter_map(leaves)
    }

    /// Whether no transition leaves a state.
    ///
    /// ```
    /// use statistics::multistate::Transitions;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let model = Transitions::new(3, &[(0, 1), (0, 2), (1, 2)])?;
    /// assert!(model.is_absorbing(2) && !model.is_absorbing(1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_absorbing(&self, state: usize) -> bool {
        self.leaving(state).next().is_none()
    }

    /// The states from which a state can be reached, itself included, ascending.
    ///
    /// ```
    /// use statistics::multistate::Transitions;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let model = Transitions::new(3, &[(0, 1), (0, 2), (1, 2)])?;
    /// assert_eq!(model.reaching(2), [0, 1, 2]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn reaching(&self, state: usize) -> Vec<usize> {
        let mut reaches = vec![false; self.states];
        if state < self.states {
            reaches[state] = true;
        }
        // Each round adds states one transition further away.
        for _ in 0..self.states {
            for &(from, to) in &self.pairs {
                reaches[from] |= reaches[to];
            }
        }
        (0..self.states).filter(|&from| reaches[from]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Transitions;

    #[test]
    fn a_model_that_cannot_be_is_refused() {
        assert!(Transitions::new(2, &[]).is_err());
        assert!(Transitions::new(2, &[(0, 2)]).is_err());
        assert!(Transitions::new(2, &[(0, 0)]).is_err());
        assert!(Transitions::new(2, &[(0, 1), (0, 1)]).is_err());
        assert!(Transitions::new(2, &[(0, 1), (1, 0)]).is_ok());
    }

    #[test]
    fn cycles_reach_everything() {
        let model = Transitions::new(4, &[(0, 1), (1, 0), (1, 2)]).expect("a model");
        assert_eq!(model.reaching(2), [0, 1, 2]);
        assert_eq!(model.reaching(3), [3]);
        assert_eq!(model.leaving(1).collect::<Vec<_>>(), [1, 2]);
    }
}
