//! Content rows about clients, without anything that says who they are.
//!
//! [`Content`] is one delivery's (or the whole study's) tables. Rows point at each other by
//! position ([`ClientIndex`], [`AdmissionIndex`], [`MeasurementIndex`]); the local numbers of
//! an institution's own record system never come this far. The rows are generic over their
//! day axis: `Content<Day>` travels sealed from an institution to the study team,
//! `Content<RelativeDay>` is what the study team keeps.
//!
//! What this crate does not do: it holds no name, number, address or free text, and it does
//! not decide anything about the rows. Debug output of rows is redacted.

pub mod anonymity;
mod content;
mod index;
mod linked;
mod per_client;
mod recognisability;
mod reorder;
mod rows;

pub use content::{Content, ContentError};
pub use index::{AdmissionIndex, ClientIndex, MeasurementIndex, PersonIndex, RowId};
pub use linked::{LeftBehind, LinkedContent, ObservationWindow, Person};
pub use per_client::PerClient;
pub use recognisability::{QuasiIdentifier, Recognisability, recognisability};
pub use rows::*;

/// Version of the layout of [`Content`]; sealed files of another version are refused.
pub const SCHEMA_VERSION: u32 = 1;
