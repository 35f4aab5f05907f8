//! How well linear predictors put events in order.

use super::CoxData;
use crate::NotEstimable;
use crate::concordance::{Concordance, ConcordanceData, ConcordanceOptions, Details, PairCounts};

/// Pairs of rows of which one has an event while the other is at risk, by whether the one with
/// the higher predictor had the event. Weighted by the product of case weights.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PredictorConcordance {
    /// The higher predictor went first.
    pub concordant: f64,
    /// The lower predictor went first.
    pub discordant: f64,
    /// Predictors are equal.
    pub tied_x: f64,
    /// Both had an event at that time, predictors differ.
    pub tied_y: f64,
    /// Both had an event at that time, predictors are equal.
    pub tied_xy: f64,
    /// (concordant + tied_x / 2) / (concordant + discordant + tied_x).
    pub concordance: f64,
    /// Its standard error by the infinitesimal jackknife, summed by cluster.
    pub std_error: f64,
}

/// Harrell's concordance of linear predictors with the times of a Cox model, within strata.
///
/// `clusters` are codes from 0; `None` takes every row for itself. NaN where no two rows can be
/// compared.
///
/// # Method
/// That of [`crate::concordance`], with higher predictors for earlier events. R:
/// `coxph(...)$concordance`.
///
/// ```
/// use statistics::cox::{CoxData, concordance};
/// use statistics::matrix::Matrix;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let nothing = Matrix::zeros(3, 0);
/// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &nothing);
/// // The first is right about both others, the second is wrong about the third.
/// let found = concordance(&data, &[0.9, 0.1, 0.5], None)?;
/// assert_eq!((found.concordant, found.discordant), (2.0, 1.0));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Columns of unequal length, or values that no Cox model can do with.
pub fn concordance(
    data: &CoxData<'_>,
    predictor: &[f64],
    clusters: Option<&[u32]>,
) -> Result<PredictorConcordance, NotEstimable> {
    data.check()?;
    let pairs = ConcordanceData {
        entry: data.entry,
        time: data.exit,
        event: data.event,
        predictor,
        weights: data.weights,
        strata: data.strata,
    };
    let options = ConcordanceOptions {
        reverse: true,
        details: Details::Variance,
        ..ConcordanceOptions::default()
    };
    match Concordance::of(&pairs, &options) {
        Ok(found) => Ok(PredictorConcordance {
            concordance: found.concordance,
            std_error: found.variance(clusters)?.sqrt(),
            ..PredictorConcordance::counted(&found.count)
        }),
        Err(NotEstimable::Empty { .. }) => {
            let count = PairCounts::of(&pairs, &options)?;
            Ok(PredictorConcordance::counted(&count))
        }
        Err(reason) => Err(reason),
    }
}

impl PredictorConcordance {
    /// The counts alone.
    fn counted(count: &PairCounts) -> Self {
        Self {
            concordant: count.concordant,
            discordant: count.discordant,
            tied_x: count.tied_x,
            tied_y: count.tied_y,
            tied_xy: count.tied_xy,
            concordance: f64::NAN,
            std_error: f64::NAN,
        }
    }
}
