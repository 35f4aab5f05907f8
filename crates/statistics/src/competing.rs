//! Competing risks: cumulative incidence, Gray's test, and the regression of Fine and Gray.
//!
//! | task | here | R |
//! |---|---|---|
//! | cumulative incidence with Aalen's variance | [`IncidenceCurve::estimate`] | `cmprsk::cuminc`, `timepoints` |
//! | test of equal cumulative incidence | [`GrayTest::test`] | `cmprsk::cuminc(...)$Tests` |
//! | regression of Fine and Gray | [`FineGray::fit`] | `finegray` + `coxph`, `cmprsk::crr` |
//! | rows for a weighted Cox regression | [`expand`] | `finegray` |
//!
//! Causes are numbered from 1; 0 is censored. Formulas: `docs/methods/competing.md`.

mod curves;
mod data;
mod expansion;
mod fine_gray;
mod gray;

pub use curves::IncidenceCurve;
pub use data::CompetingData;
pub use expansion::{ExpandedRow, expand};
pub use fine_gray::{
    CensoringEffect, CensoringTies, EventTies, FineGray, FineGrayControl, FineGrayData,
};
pub use gray::GrayTest;
