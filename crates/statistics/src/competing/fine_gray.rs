//! The regression of Fine and Gray: proportional hazards of the subdistribution of one cause.

mod censoring;
mod data;
mod evaluation;
mod fit;
mod influence;
mod layout;

pub(super) use censoring::{Censoring, Ends};
pub use data::{CensoringTies, EventTies, FineGrayControl, FineGrayData};
pub use fit::{CensoringEffect, FineGray};
