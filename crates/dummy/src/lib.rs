//! Synthetic deliveries of an invented network, with their truth kept beside them.
//!
//! Four invented institutions, named after those of De Borg, export what they know of invented
//! clients: each in a format of its own and with some faults. Every number behind it stands in
//! one declared file, [`Parameters::DECLARED`], and is an assumption. Beside the deliveries
//! comes the [`Truth`]: who is who, what was counted, and the curves that estimates must find.
//!
//! Invariants: no real person, number or address; the same seed gives the same bytes, whatever
//! the number of threads; without planted faults the deliveries give no finding. What this
//! crate does not do: it reads no data and writes no file (it hands over bytes).

mod away;
mod client;
mod course;
mod delivery;
mod dialect;
mod dirt;
mod draw;
mod error;
mod extract;
mod format;
mod identity;
mod law;
mod life;
mod names;
mod network;
mod parameters;
mod person;
mod plans;
mod profile;
mod scale;
mod sheet;
mod stay;
mod tables;
mod truth;

pub use delivery::Delivery;
pub use dirt::PlantedDirt;
pub use draw::{LogNormal, TruncatedNormal, Weibull};
pub use error::Error;
pub use life::EventKind;
pub use network::{Dirt, Network};
pub use parameters::*;
pub use scale::write_csv_scale;
pub use stay::EntryKind;
pub use tables::Window;
pub use truth::{ReturnDefinition, TrueCurves, TrueExit, TrueLink, TrueStay, Truth};

#[cfg(test)]
mod network_tests;
