//! The fixed effects of a mixed model: the columns that were estimated. Columns that follow from
//! others are left out, as R does.

use crate::coefficients::std_errs;
use crate::json;
use serde_json::Value;
use statistics::matrix::Matrix;

/// The coefficients of the columns that were estimated.
pub(crate) struct FixedEffects {
    /// Their places in the design.
    pub(crate) places: Vec<usize>,
    pub(crate) names: Vec<String>,
    pub(crate) estimates: Vec<f64>,
    covariance: Matrix,
}

impl FixedEffects {
    /// From coefficients and covariance of all columns, of which some are aliased.
    pub(crate) fn of(
        names: &[String],
        (coefficients, covariance): (&[f64], &Matrix),
        aliased: &[usize],
    ) -> Self {
        let places: Vec<usize> = (0..names.len())
            .filter(|column| !aliased.contains(column))
            .collect();
        Self {
            names: places.iter().map(|&place| names[place].clone()).collect(),
            estimates: places.iter().map(|&place| coefficients[place]).collect(),
            covariance: covariance.principal(&places),
            places,
        }
    }

    pub(crate) fn std_errs(&self) -> Vec<f64> {
        std_errs(&self.covariance)
    }

    /// `fixef`: a coefficient per name.
    pub(crate) fn named(&self) -> Value {
        let values = self.estimates.iter().map(|&value| json::number(value));
        json::columns(self.names.iter().cloned().zip(values))
    }

    /// `vcov`, as an array of rows.
    pub(crate) fn covariance(&self) -> Value {
        json::rows(self.covariance.values(), self.covariance.rows())
    }
}
