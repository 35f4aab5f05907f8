//! Instruments as data: what a questionnaire is made of, how it is scored, which direction is
//! worse, what is published of its reliability and what its licence allows.
//!
//! One file per instrument stands in `instruments/`; [`Library::shipped`] holds them all, and
//! [`InstrumentDefinition::parse`] is the only way to make one. Where a fact is not known, the
//! file is silent and the definition says so in a type ([`Members::Unknown`],
//! [`Direction::Unknown`], [`NotScored`]): nothing is guessed. Item texts of closed instruments
//! are not here; an institution with a licence keeps them in a [`ContentPack`].
//!
//! A score comes from [`InstrumentDefinition::score`]; the change of one person is judged by
//! [`InstrumentDefinition::reliable_band`], or refused with the reason ([`GroupLevelOnly`]).
//!
//! What this crate does not do: it holds no rows and no client, opens no file, and estimates
//! nothing. The standard deviation that a reliable change needs is handed in. Methods and sources
//! stand in `docs/methods/instruments.md`.
//!
//! ```
//! use codes::Instrument;
//! use questionnaire::Library;
//!
//! let honos = Library::shipped().get(Instrument::Honos).expect("the HoNOS is shipped");
//! let scored = honos.score((1..=12).map(|item| (item, 2)));
//! assert_eq!(scored.total, Ok(24.0));
//! ```

mod change;
mod check;
mod definition;
mod fault;
mod file;
mod library;
mod pack;
mod reliability;
pub mod render;
mod scale;
mod score;

pub use change::{Change, ChangePolicy, GroupLevelOnly, ReliableBand};
pub use definition::{
    Certainty, HIGHEST_ITEM, ITEM_SCORES, InstrumentDefinition, Licence, LicenceClass, Structure,
    TOTALS,
};
pub use fault::{Fault, Faults};
pub use library::Library;
pub use pack::ContentPack;
pub use reliability::{Population, Reliability, ReliabilityKind};
pub use scale::{Direction, Member, Members, MissingRule, Scale, ScoreRange, Scoring};
pub use score::{AnswerFault, NotScored, Scored, TotalComparison, TotalOutOfRange};
