//! At the institution: from clear identifiers to blinded match keys, and the sealing of a
//! delivery into one file for the koppelpunt and one for the study team.
//!
//! [`Identifiers`] → [`match_keys`] → [`seal`]. The koppelpunt's file holds row ids
//! and keys, the study team's file row ids and content; neither holds both. Row ids are fresh
//! and random for every delivery, and clients stand in the order of their row ids, so that
//! order says nothing.
//!
//! Invariants: clear identifiers are wiped when they are dropped, never printed, and never
//! written anywhere. Clients without a ground for research never leave the institution.
//!
//! What this crate does not do: it reads no deliveries (`intake` does), links nothing
//! (`linkage` does) and opens no files.

mod error;
mod identifiers;
mod keys;
mod normalise;
mod open;
mod points;
mod seal;
mod withdrawal;

pub use error::Error;
pub use identifiers::{IdentifiedClient, Identifiers};
pub use keys::{KeyPolicy, KeyPolicyError, RecordedDecision, match_keys, match_keys_of_many};
pub use normalise::{bsn, given_name, initial, postcode4, surname};
pub use open::{KeysExpected, open_content, open_keys};
pub use seal::{Outputs, SealKeys, SealOrder, SealReceipt, Split, seal};
pub use withdrawal::{
    Withdrawal, WithdrawalOrder, WithdrawalReceipt, open_withdrawal, seal_withdrawal,
};
