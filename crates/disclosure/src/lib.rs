//! The gate: what is screened here, and only that, can be shown.
//!
//! The way through is `Estimate` → [`screen`] → [`ScreenedSet`] → [`ScreenedSet::release`]
//! with an [`Approval`] → [`Publication`]. A publication is the only thing that `figure`,
//! `report` and `site` accept. Its parts have private fields, are only lent out, and cannot be
//! made, changed or read from a file by anybody else.
//!
//! What this crate does not do: it makes no estimate, reads no file and draws nothing.

mod approval;
mod check;
mod differencing;
mod gate;
mod ledger;
mod naming;
mod policy;
mod protect;
mod record;
mod refusal;
mod release;
mod released;
mod reporting;
mod screen;
mod system;
mod wire;

pub use approval::Approval;
pub use check::{Check, CheckRecord, HiddenCell, ScreenedResult};
pub use gate::screen;
pub use ledger::{Ledger, LedgerEntry};
pub use policy::{Policy, PolicyDraft};
pub use refusal::Refusal;
pub use release::{ReleaseDetails, ScreenedSet};
pub use released::{
    Cell, Publication, PublicationHeader, Published, Released, ReleasedAttrition, ReleasedBlock,
    ReleasedCharacteristics, ReleasedCurves, ReleasedDurations, ReleasedFlow, ReleasedHorizon,
    ReleasedLink, ReleasedSeries, ReleasedStep, ReleasedSummary, ReleasedTable, RiskAt, Withheld,
};
