//! Tables made from tables: what R's `survSplit` does.

mod split;

pub use split::Split;
