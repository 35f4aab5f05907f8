//! What a first table shows: descriptions of a variable, differences between groups, and tests.
//!
//! | question | here | R |
//! |---|---|---|
//! | n, mean, sd, MAD | [`Description`] | `mean`, `sd`, `mad` |
//! | quantiles of all nine kinds | [`quantile`], [`QuantileType`] | `quantile(type = 1 … 9)` |
//! | standardised differences | [`smd_continuous`], [`smd_categorical`] | `tableone::ExtractSmd` |
//! | two means | [`t_test`] | `t.test` |
//! | several means | [`anova_one_way`] | `anova(lm(y ~ group))` |
//! | ranks of two or more groups | [`wilcoxon`], [`kruskal_wallis`] | `wilcox.test`, `kruskal.test` |
//! | tables of counts | [`chi_squared`], [`fisher_exact`], [`OddsRatio`], [`mcnemar`] | `chisq.test`, `fisher.test`, `mcnemar.test` |
//! | 2 × 2 tables in strata | [`MantelHaenszel`] | `mantelhaen.test` |
//! | two or more proportions | [`ProportionTest`] | `prop.test` |
//! | a trend in proportions | [`proportion_trend`] | `prop.trend.test` |
//!
//! Formulas: `docs/methods/table-one.md`.

mod counts;
mod describe;
mod difference;
mod exact;
mod means;
mod proportions;
mod ranks;
mod strata;

pub use counts::{CountTable, chi_squared, mcnemar, proportion_trend};
pub use describe::{Description, QuantileType, quantile};
pub use difference::{smd_categorical, smd_continuous};
pub use exact::{OddsRatio, fisher_exact};
pub use means::{MeanDifference, anova_one_way, t_test};
pub use proportions::ProportionTest;
pub use ranks::{kruskal_wallis, midranks, wilcoxon};
pub use strata::MantelHaenszel;

/// A test: its statistic, its degrees of freedom and its p-value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// The statistic.
    pub statistic: f64,
    /// Degrees of freedom (of the numerator), where the reference distribution has them.
    pub df: Option<f64>,
    /// Degrees of freedom of the denominator.
    pub df2: Option<f64>,
    /// The p-value.
    pub p_value: f64,
}
