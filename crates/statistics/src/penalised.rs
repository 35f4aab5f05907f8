//! Penalised regression: the lasso, ridge regression and what lies between, along a path.
//!
//! | task | here | R |
//! |---|---|---|
//! | a path of penalties | [`ElasticNet::path`] | `glmnet` |
//! | what is fitted | [`Target`] | its `family` |
//!
//! Ridge terms within a Cox model, `coxph(… ~ ridge(x))`, are in `frailty`.
//!
//! Formulas: `docs/methods/penalised.md`.

mod coordinate;
mod elastic_net;
mod options;
mod scaling;
mod target;

pub use elastic_net::{ElasticNet, Path, PathStep};
pub use options::PenaltyOptions;
pub use target::Target;
