//! The gate: what is screened here, and only that, can be shown.
//!
//! The way through is `Estimate` → [`screen`] → [`ScreenedSet`] → [`ScreenedSet::release`]
//! with an [`Approval`] → [`Publication`]. A publication is the only thing that `figure`,
//! `report` and `site` accept. Its parts have private fields, are only lent out, and cannot be
//! made, changed or read from a file by anybody else.
//!
//! ```
//! use disclosure::{Approval, Ledger, LetterKey, Policy, PolicyDraft, ReleaseDetails, screen};
//! # fn main() -> Result<(), disclosure::Refusal> {
//! let policy = Policy::new(PolicyDraft::default())?;
//! let key = LetterKey::from_secret(b"a secret that the study keeps");
//! let screened = screen(&estimate::sample(), &policy, &Ledger::empty(), &key)?;
//! let approval = Approval::new("A. Jansen", &["B. Smit", "C. Mulder"], screened.digest(), &policy)?;
//! let details = ReleaseDetails {
//!     study_title: "Doorstroom".to_owned(),
//!     released_on: "2026-11-22".to_owned(),
//!     institutions: Vec::new(),
//! };
//! let (publication, entry) = screened.release(approval, details)?;
//! assert_eq!(publication.header().release_number, 1);
//! let ledger = Ledger::read(&[entry.bytes()])?;
//! assert_eq!(ledger.reopen(1)?.header(), publication.header());
//! # Ok(())
//! # }
//! ```
//!
//! The rules, their sources and the method of protection are in `docs/methods/disclosure.md`.
//!
//! What this crate does not do: it makes no estimate, reads no file and draws nothing.

mod approval;
mod check;
mod differencing;
mod explanation;
mod gate;
mod ledger;
mod lettering;
mod loss;
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
pub mod tables;
mod wire;

pub use approval::Approval;
pub use check::{Check, CheckRecord, HiddenCell, ScreenedResult};
pub use explanation::{Explanation, HiddenNumber, Span};
pub use gate::screen;
pub use ledger::{Ledger, LedgerEntry};
pub use lettering::LetterKey;
pub use loss::{CurveLoss, Loss};
pub use policy::{Policy, PolicyDraft};
pub use refusal::Refusal;
pub use release::{ReleaseDetails, ScreenedSet};
pub use released::{
    Cell, Publication, PublicationHeader, Published, Released, ReleasedAttrition, ReleasedBlock,
    ReleasedCharacteristics, ReleasedCourse, ReleasedCourseLine, ReleasedCoursePoint,
    ReleasedCurves, ReleasedDurations, ReleasedFlow, ReleasedHorizon, ReleasedLevel, ReleasedLink,
    ReleasedMeasure, ReleasedMeasures, ReleasedProjection, ReleasedQuotation, ReleasedQuotations,
    ReleasedRegression, ReleasedScenario, ReleasedSeries, ReleasedStep, ReleasedSummary,
    ReleasedTable, ReleasedTerm, RiskAt, Withheld,
};
