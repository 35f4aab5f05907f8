//! Tables made from tables: what R's `survSplit` and `finegray` do.

mod expansion;
mod split;

pub use expansion::Expansion;
pub(crate) use expansion::cause;
pub use split::Split;
