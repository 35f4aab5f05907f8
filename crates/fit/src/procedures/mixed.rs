//! What the procedures for mixed models share.

pub(super) mod anova;
pub(super) mod frame;
pub(super) mod output;
pub(super) mod residuals;
