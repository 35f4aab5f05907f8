/// Why an estimate cannot be made from the given rows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There are no rows.
    #[error("nobody is at risk: there are no rows")]
    Empty,
    /// The columns have different lengths.
    #[error("the columns entry, exit and event differ in length")]
    UnequalLengths,
    /// A time before day 0 (an entry of −1 means: from the start on).
    #[error("row {row} has a negative time")]
    NegativeTime {
        /// Position of the row.
        row: usize,
    },
    /// An interval that holds no day.
    #[error("row {row} ends on or before the day it starts")]
    ExitNotAfterEntry {
        /// Position of the row.
        row: usize,
    },
    /// An event code above the number of causes.
    #[error("row {row} has event code {code}, but there are {causes} causes")]
    UnknownCause {
        /// Position of the row.
        row: usize,
        /// The code found.
        code: u8,
        /// The number of causes.
        causes: usize,
    },
    /// A restricted mean beyond the last day of follow-up.
    #[error("nobody is followed until day {until}; the last day is {last}")]
    BeyondFollowUp {
        /// The day asked for.
        until: i32,
        /// The last day of follow-up.
        last: i32,
    },
}
