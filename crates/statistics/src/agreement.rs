//! Agreement between raters who put subjects into categories.
//!
//! Ratings come as a [`Ratings`] table of category codes, rows are subjects and columns raters;
//! a rating may be missing where the method allows it.
//!
//! | coefficient | here | R |
//! |---|---|---|
//! | Cohen's κ, two raters, weighted or not | [`CohenKappa`] | `irr::kappa2`, `psych::cohen.kappa` |
//! | Fleiss' κ (and Conger's exact form) | [`FleissKappa`] | `irr::kappam.fleiss` |
//! | Light's κ, mean over pairs of raters | [`light_kappa`] | `irr::kappam.light` |
//! | Krippendorff's α | [`KrippendorffAlpha`] | `irr::kripp.alpha` |
//! | Gwet's AC1 and AC2 | [`GwetAc`] | `irrCAC::gwet.ac1.raw` |
//!
//! Formulas: `docs/methods/agreement.md`.

mod cohen;
mod fleiss;
mod gwet;
mod krippendorff;
mod ratings;
mod weights;

pub use cohen::{CohenKappa, light_kappa};
pub use fleiss::{CategoryKappa, FleissKappa};
pub use gwet::GwetAc;
pub use krippendorff::{KrippendorffAlpha, Metric};
pub use ratings::Ratings;
pub use weights::AgreementWeights;
