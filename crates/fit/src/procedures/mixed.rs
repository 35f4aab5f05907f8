//! What the procedures for mixed models share.

pub(super) mod anova;
pub(super) mod comparison;
pub(super) mod fixed;
pub(super) mod frame;
pub(super) mod output;
pub(super) mod residuals;
