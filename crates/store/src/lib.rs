//! Where files, the database, keys and the clock live.
//!
//! Three kinds of folder are kept here: a [`Study`] (the study team's), an
//! [`InstitutionKeys`] folder (each institution's) and a [`Koppelpunt`] folder (the third
//! party's). No folder ever holds what two parties hold together.
//!
//! Invariants: a file appears whole or not at all ([`files::write_atomically`]); the database
//! only ever names files that are there; everything about clients lies encrypted on disk; the
//! audit events are only added to; one command at a time changes a folder, and the others are
//! told so. What this crate does not do: it makes no estimate and
//! decides nothing about disclosure.

pub mod clock;
pub mod files;

mod agreement;
mod at_rest;
mod database;
mod dates;
mod erasure;
mod error;
mod keyring;
mod links;
mod lock;
mod lockbox;
mod log;
mod party;
mod protocol;
mod randomness;
mod receipt;
mod receive;
mod recognition;
mod recovery;
mod releases;
mod replay;
mod rotation;
mod sealed_log;
mod snapshot;
mod study;
mod toml_error;
mod vault;
mod verify;
mod withdrawals;

pub use database::{
    Database, DeliveryRow, DeliveryStatus, ErasureRow, EventRow, ReleaseRow, RunRow,
};
pub use dates::DatesPolicy;
pub use erasure::{Erased, ErasureProof};
pub use error::Error;
pub use keyring::{KeyFolder, Lock, Prompt, SHORTEST_PASSPHRASE};
pub use links::{KeyLinks, LinkQuality, LinkReport};
pub use log::LogState;
pub use party::{ChainState, InstitutionKeys, Koppelpunt};
pub use protocol::{InstitutionEntry, LinkageSection, Protocol, StudySection};
pub use randomness::secure_rng;
pub use receipt::DeliveryReceipt;
pub use receive::{Joined, Received};
pub use recognition::RecognitionSection;
pub use recovery::{recover, recovery_parts};
pub use rotation::Accepted;
pub use sealed_log::{Placing, SealedDelivery, SealedLog};
pub use snapshot::{DeliveredContent, assemble};
pub use study::{NewStudy, RunManifest, Study, senders};
pub use verify::{Found, Verification};
pub use withdrawals::KeptWithdrawal;
