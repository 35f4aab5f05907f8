//! A client's spells across institutions, and the state histories made from them.
//!
//! [`Trajectories::assemble`] orders the linked rows per person: stays (an admission with its
//! exit), placements, legal titles, funding and reported returns. Spells may overlap, because
//! in life they do: a client may have two titles at once, or a bed in two institutions.
//! [`Trajectories::states`] makes one non-overlapping [`StateHistory`] from them by a named
//! [`Rule`].
//!
//! Invariants: a person's spells are in order of time; the order of the rows in the input does
//! not matter. Dates are never guessed: a stay without an exit is [`Ending::Ongoing`], one with
//! an exit before its admission is [`Ending::Contradictory`] and has no end.
//!
//! What this crate does not do: it selects nobody and estimates nothing. Debug output of spells
//! is redacted, as that of rows is.

mod assemble;
mod bucket;
mod history;
mod spells;

pub use assemble::Trajectories;
pub use history::{Rule, State, StateHistory};
pub use spells::{
    Departure, Ending, FundingPeriod, PlacementPeriod, ReportedReturn, Stay, StayIndex, TitlePeriod,
};
