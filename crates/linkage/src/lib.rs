//! Linking at the koppelpunt: from blinded match keys to link ids.
//!
//! An institution blinds each match key of a client under the institutions' secret `a`
//! ([`BlindedKey`]). The koppelpunt evaluates it under its own secret `k` ([`EvaluatedKey`]) and
//! links rows by a cascade of unique exact keys ([`link`]). Its [`Register`] remembers which
//! evaluated keys belong to which [`LinkId`], so that a later delivery finds the same person.
//!
//! Invariants: a clear identifier is never seen here, only group elements that mean nothing
//! without both `a` and `k`; content is never seen here either. Results do not depend on the
//! order of rows or deliveries, on the number of threads or on hash order.
//!
//! What this crate does not do: it makes no keys from identifiers (that is `pseudonym`'s work,
//! at the institution), opens no files and draws no randomness of its own.

mod cascade;
mod decision;
mod declaration;
mod error;
mod group;
mod ids;
mod link;
mod part;
mod quality;
mod register;
mod secret;
mod sensitivity;
mod table;
mod withdrawal;

pub use cascade::LinkagePolicy;
pub use decision::{Decision, Proposal};
pub use declaration::{DeclarationError, KeyDeclaration, Keys, MatchKey};
pub use error::Error;
pub use group::{BlindedKey, EvaluatedKey, evaluate};
pub use ids::{LinkId, LinkIdError, Pseudonym, RowId, StudySecret, study_pseudonym};
pub use link::{Delivery, Event, LinkOutcome, LinkedDelivery, ReviewReason, ReviewRow, link};
pub use part::Part;
pub use quality::{KeyQuality, LinkageQuality};
pub use register::{Register, SeenDelivery};
pub use secret::{KoppelSecret, MatchRatio, MatchSecret, SecretError};
pub use sensitivity::SensitivityRange;
pub use table::{
    EvaluatedTable, KeyTable, KeyTableWriter, read_link_ids, read_links, read_review, read_rows,
    write_link_ids, write_links, write_review, write_rows,
};
pub use withdrawal::WithdrawalId;

/// The version of the whole method: keys, group, cascade. It enters every hash to the group.
pub const METHOD: &str = "doorstroom/v1";
