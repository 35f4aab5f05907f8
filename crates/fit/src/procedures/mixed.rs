//! What the procedures for mixed models share.

pub(super) mod frame;
pub(super) mod output;
