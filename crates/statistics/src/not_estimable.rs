/// Why a model cannot be fitted or a number cannot be given.
///
/// A named "no": nothing in this crate answers with a silent NaN or a panic where the data are
/// at fault. Columns and rows are positions in the arrays of the caller, counted from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotEstimable {
    /// There is nothing to compute from.
    #[error("there are no {what}")]
    Empty {
        /// What is missing, in the plural ("rows", "groups").
        what: &'static str,
    },
    /// Two inputs that belong together have different lengths.
    #[error("{what} has {found} values where {expected} are needed")]
    Length {
        /// The input.
        what: &'static str,
        /// How many values it should have.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// A NaN or an infinite value in the input.
    #[error("{what} holds a value that is not a finite number (position {position})")]
    NotFinite {
        /// The input.
        what: &'static str,
        /// Where it was found.
        position: usize,
    },
    /// An argument outside the values for which the method is defined.
    #[error("{what} may not be {value}")]
    Domain {
        /// The argument.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// A code, category or state that the model does not know.
    #[error("{what} {code} at position {position} is not known")]
    UnknownCode {
        /// What is coded.
        what: &'static str,
        /// The code.
        code: usize,
        /// Where it was found.
        position: usize,
    },
    /// Some columns of the design are combinations of earlier ones and the method needs all.
    #[error("the design is singular: columns {columns:?} follow from the others")]
    Singular {
        /// The columns that add nothing.
        columns: Vec<usize>,
    },
    /// A covariance or information matrix with a negative direction.
    #[error("a matrix that should be positive definite is not (column {column})")]
    NotPositiveDefinite {
        /// The first column at which this shows.
        column: usize,
    },
    /// A factor or grouping with a single level, or a column with a single value.
    #[error("{what} has only one value")]
    OneLevel {
        /// The factor, grouping or column.
        what: &'static str,
    },
    /// A combination of covariates separates the outcomes: the likelihood has no maximum.
    #[error("the outcome is separated by the covariates: coefficients {columns:?} run away")]
    Separation {
        /// Coefficients that run away.
        columns: Vec<usize>,
    },
    /// The likelihood keeps growing while a coefficient runs off to infinity.
    #[error("coefficients {columns:?} are infinite: the likelihood converges before they do")]
    InfiniteCoefficient {
        /// Coefficients that run away.
        columns: Vec<usize>,
    },
    /// The iteration ended before its criterion was met.
    #[error("{what} did not converge in {iterations} iterations")]
    NotConverged {
        /// The algorithm.
        what: &'static str,
        /// How many iterations were made.
        iterations: usize,
    },
    /// Nothing happens to anybody, so nothing about it can be estimated.
    #[error("there are no events")]
    NoEvents,
    /// The method has no such number.
    #[error("{what} are not defined")]
    NotDefined {
        /// What was asked for, in the plural.
        what: &'static str,
    },
    /// Nobody is at risk where somebody should be.
    #[error("nobody is at risk at time {time}")]
    EmptyRiskSet {
        /// The time.
        time: f64,
    },
    /// A negative time.
    #[error("row {row} has a negative time")]
    NegativeTime {
        /// The row.
        row: usize,
    },
    /// An interval that ends where or before it starts.
    #[error("row {row} ends on or before the time it starts")]
    EmptyInterval {
        /// The row.
        row: usize,
    },
    /// Rows of one person that don't fit together.
    #[error("row {row} {reason}")]
    InconsistentHistory {
        /// The row.
        row: usize,
        /// What is wrong with it: a predicate ("overlaps an earlier row of the same person").
        reason: &'static str,
    },
    /// A state of a model of flows that somebody could stay in for ever.
    #[error("there is no sure way out of state {state} after {elapsed} in it")]
    NoWayOut {
        /// The state.
        state: usize,
        /// Time since entry of the state.
        elapsed: f64,
    },
    /// Two parts of a model that the data cannot tell apart.
    #[error("the data cannot tell {what} from {with}")]
    Confounded {
        /// The one part.
        what: &'static str,
        /// The other part.
        with: &'static str,
    },
    /// A weight that is zero or negative where the method needs positive ones.
    #[error("row {row} has weight {weight}, which is not positive")]
    WeightNotPositive {
        /// The row.
        row: usize,
        /// The weight.
        weight: f64,
    },
}

impl NotEstimable {
    /// Fails unless there is a finite weight of at least 0 for each row.
    pub(crate) fn unless_weights(
        what: &'static str,
        rows: usize,
        weights: &[f64],
    ) -> Result<(), Self> {
        Self::unless_each_weight(what, (rows, weights), |weight| weight >= 0.0)
    }

    /// Fails unless there is a finite weight above 0 for each row.
    pub(crate) fn unless_positive_weights(
        what: &'static str,
        rows: usize,
        weights: &[f64],
    ) -> Result<(), Self> {
        Self::unless_each_weight(what, (rows, weights), |weight| weight > 0.0)
    }

    fn unless_each_weight(
        what: &'static str,
        (rows, weights): (usize, &[f64]),
        is_allowed: fn(f64) -> bool,
    ) -> Result<(), Self> {
        Self::unless_length(what, rows, weights.len())?;
        Self::unless_finite(what, weights)?;
        match weights.iter().position(|&weight| !is_allowed(weight)) {
            Some(row) => Err(Self::WeightNotPositive {
                row,
                weight: weights[row],
            }),
            None => Ok(()),
        }
    }

    /// Fails unless there is a finite offset for each row.
    pub(crate) fn unless_offset(rows: usize, offset: &[f64]) -> Result<(), Self> {
        Self::unless_length("the offset", rows, offset.len())?;
        Self::unless_finite("the offset", offset)
    }

    /// Fails unless all values are finite.
    pub(crate) fn unless_finite(what: &'static str, values: &[f64]) -> Result<(), Self> {
        // No branch within a part, so that several values are looked at in one instruction.
        let are_finite =
            |part: &[f64]| part.iter().fold(true, |all, value| all & value.is_finite());
        if values.chunks(1024).all(are_finite) {
            return Ok(());
        }
        match values.iter().position(|value| !value.is_finite()) {
            Some(position) => Err(Self::NotFinite { what, position }),
            None => Ok(()),
        }
    }

    /// Fails unless `found` values are there where `expected` are needed.
    pub(crate) fn unless_length(
        what: &'static str,
        expected: usize,
        found: usize,
    ) -> Result<(), Self> {
        if expected == found {
            return Ok(());
        }
        Err(Self::Length {
            what,
            expected,
            found,
        })
    }
}
