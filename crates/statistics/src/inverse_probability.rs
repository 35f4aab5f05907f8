//! Inverse-probability weights: a study in which exposure, or staying in the study, does not
//! depend on what was measured.
//!
//! | weights | here | R |
//! |---|---|---|
//! | exposure at one time, yes or no | [`exposure_weights`] with [`Exposed::Once`] | `ipw::ipwpoint(family = "binomial")` |
//! | exposure of a quantity | [`density_weights`] | `ipw::ipwpoint(family = "gaussian")` |
//! | exposure, or censoring, over time | [`exposure_weights`] | `ipw::ipwtm` |
//! | truncated, summarised | [`truncated`], [`WeightSummary`] | `trunc =`, `summary` |
//!
//! Probabilities come from any model: logistic per row ([`crate::glm`]), or the hazard that a Cox
//! model gives a row ([`probability_of_event`]). Robins, Hernán and Brumback (2000); Cole and
//! Hernán (2008). Formulas: `docs/methods/inverse-probability.md`.

use crate::{NotEstimable, quantile_of_sorted};

/// What a row's exposure says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposed {
    /// A row is a person of its own.
    Once,
    /// A person's rows each tell a new exposure: the weight is a product over them all.
    EachTime,
    /// A person is exposed once and for all: rows after the first exposed one add nothing.
    First,
    /// Exposure is leaving the study: rows weigh by the probability to be there still.
    Censored,
}

/// Rows of persons over time.
#[derive(Clone, Copy, Debug)]
pub struct ExposureRows<'a> {
    /// Persons as codes from 0.
    pub person: &'a [u32],
    /// Their order: the end of each row, or its number.
    pub time: &'a [f64],
    /// Whether the row was exposed (or censored).
    pub exposed: &'a [bool],
}

/// Weights from the probability of exposure in each row: given what is adjusted for
/// (`denominator`), and given less (`numerator`; 1 over the probability when `None`).
/// R: `ipw::ipwpoint`.
///
/// # Errors
/// Columns of unequal length; probabilities outside 0 and 1, and an observed exposure of
/// probability 0 (no positivity), by its value.
///
/// # Method
/// `w = Π p₀(a)/p(a)` with `p(a)` the probability of the exposure that was observed, over a
/// person's rows in order of time up to and with each row.
///
/// ```
/// use statistics::inverse_probability::{Exposed, ExposureRows, exposure_weights};
/// let rows = ExposureRows {
///     person: &[0, 0, 1],
///     time: &[1.0, 2.0, 1.0],
///     exposed: &[false, true, true],
/// };
/// let weights = exposure_weights(rows, Some(&[0.5; 3]), &[0.2, 0.8, 0.25], Exposed::EachTime)?;
/// assert_eq!(weights, [0.5 / 0.8, 0.5 / 0.8 * (0.5 / 0.8), 2.0]);
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
pub fn exposure_weights(
    rows: ExposureRows<'_>,
    numerator: Option<&[f64]>,
    denominator: &[f64],
    exposed: Exposed,
) -> Result<Vec<f64>, NotEstimable> {
    let count = rows.exposed.len();
    NotEstimable::unless_length("person", count, rows.person.len())?;
    NotEstimable::unless_length("time", count, rows.time.len())?;
    NotEstimable::unless_length("denominator", count, denominator.len())?;
    NotEstimable::unless_finite("time", rows.time)?;
    check_probabilities("denominator", denominator)?;
    if let Some(numerator) = numerator {
        NotEstimable::unless_length("numerator", count, numerator.len())?;
        check_probabilities("numerator", numerator)?;
    }
    let factor = |row: usize| {
        let of = |p: f64| match (exposed, rows.exposed[row]) {
            // Whoever leaves was there until then.
            (Exposed::Censored, _) | (_, false) => 1.0 - p,
            (_, true) => p,
        };
        let below = of(denominator[row]);
        match below > 0.0 {
            true => Ok(numerator.map_or(1.0, |numerator| of(numerator[row])) / below),
            false => Err(NotEstimable::Domain {
                what: "the probability of an exposure that was observed",
                value: below,
            }),
        }
    };
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&a, &b| {
        let times = rows.time[a].total_cmp(&rows.time[b]);
        rows.person[a].cmp(&rows.person[b]).then(times)
    });
    let mut weights = vec![1.0; count];
    let mut product = 1.0;
    let mut done = false;
    for (place, &row) in order.iter().enumerate() {
        let before = place.checked_sub(1).map(|place| order[place]);
        let goes_on = before.is_some_and(|before| rows.person[before] == rows.person[row]);
        if !goes_on || exposed == Exposed::Once {
            (product, done) = (1.0, false);
        }
        if !done {
            product *= factor(row)?;
        }
        done |= exposed == Exposed::First && rows.exposed[row];
        weights[row] = product;
    }
    Ok(weights)
}

fn check_probabilities(what: &'static str, values: &[f64]) -> Result<(), NotEstimable> {
    let wrong = values.iter().find(|p| !(0.0..=1.0).contains(*p));
    wrong.map_or(Ok(()), |&value| Err(NotEstimable::Domain { what, value }))
}

/// The probability of at least one event under a cumulative hazard: what a Cox model's expected
/// number of events says of a row. R: `1 - exp(-predict(fit, type = "expected"))`.
///
/// ```
/// use statistics::inverse_probability::probability_of_event;
/// assert_eq!(probability_of_event(0.0), 0.0);
/// ```
pub fn probability_of_event(cumulative_hazard: f64) -> f64 {
    -(-cumulative_hazard).exp_m1()
}

/// Means and standard deviation of a normally distributed exposure.
#[derive(Clone, Copy, Debug)]
pub struct NormalExposure<'a> {
    /// The mean of each row.
    pub mean: &'a [f64],
    /// The standard deviation around it.
    pub sd: f64,
}

/// Weights of an exposure that is a quantity: the ratio of normal densities.
/// R: `ipw::ipwpoint(family = "gaussian")`.
///
/// # Errors
/// Columns of unequal length, values that are not finite, a standard deviation that is not
/// positive, and a density of 0.
///
/// ```
/// use statistics::inverse_probability::{NormalExposure, density_weights};
/// let one = NormalExposure { mean: &[0.0, 1.0], sd: 1.0 };
/// assert_eq!(density_weights(&[0.5, 2.0], Some(one), one)?, [1.0, 1.0]);
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
pub fn density_weights(
    exposure: &[f64],
    numerator: Option<NormalExposure<'_>>,
    denominator: NormalExposure<'_>,
) -> Result<Vec<f64>, NotEstimable> {
    NotEstimable::unless_finite("exposure", exposure)?;
    let ln_density = |of: NormalExposure<'_>| -> Result<Vec<f64>, NotEstimable> {
        NotEstimable::unless_length("mean", exposure.len(), of.mean.len())?;
        NotEstimable::unless_finite("mean", of.mean)?;
        if !(of.sd > 0.0 && of.sd.is_finite()) {
            return Err(NotEstimable::Domain {
                what: "the standard deviation of the exposure",
                value: of.sd,
            });
        }
        let pairs = exposure.iter().zip(of.mean);
        let constant = of.sd.ln() + 0.5 * (2.0 * std::f64::consts::PI).ln();
        let density = |(x, mean): (&f64, &f64)| {
            let z = (x - mean) / of.sd;
            -0.5 * z * z - constant
        };
        Ok(pairs.map(density).collect())
    };
    let below = ln_density(denominator)?;
    let above = match numerator {
        Some(numerator) => ln_density(numerator)?,
        None => vec![0.0; below.len()],
    };
    let weights: Vec<f64> = above
        .iter()
        .zip(&below)
        .map(|(a, b)| (a - b).exp())
        .collect();
    NotEstimable::unless_finite("weights", &weights)?;
    Ok(weights)
}

/// Weights cut off at their quantiles `share` and `1 − share` (R's type 7).
///
/// # Errors
/// A share outside 0 to ½, and weights that are not finite.
///
/// ```
/// use statistics::inverse_probability::truncated;
/// assert_eq!(truncated(&[1.0, 2.0, 9.0], 0.25)?, [1.5, 2.0, 5.5]);
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
pub fn truncated(weights: &[f64], share: f64) -> Result<Vec<f64>, NotEstimable> {
    NotEstimable::unless_finite("weights", weights)?;
    if !(0.0..=0.5).contains(&share) {
        return Err(NotEstimable::Domain {
            what: "the share to cut off",
            value: share,
        });
    }
    let mut sorted = weights.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let limits = quantile_of_sorted(&sorted, share).zip(quantile_of_sorted(&sorted, 1.0 - share));
    let Some((lower, upper)) = limits else {
        return Ok(Vec::new());
    };
    Ok(weights
        .iter()
        .map(|&weight| weight.clamp(lower, upper.max(lower)))
        .collect())
}

/// What to look at before weights are used. R: `summary(weights)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightSummary {
    /// The mean: near 1 for stabilised weights of a right model.
    pub mean: f64,
    /// The standard deviation.
    pub sd: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// `(Σw)²/Σw²`: how many equally weighted rows know as much.
    pub effective_size: f64,
}

impl WeightSummary {
    /// Summarises weights.
    ///
    /// # Errors
    /// No weights, and weights that are not finite.
    ///
    /// ```
    /// use statistics::inverse_probability::WeightSummary;
    /// assert_eq!(WeightSummary::of(&[1.0, 3.0])?.effective_size, 1.6);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn of(weights: &[f64]) -> Result<Self, NotEstimable> {
        if weights.is_empty() {
            return Err(NotEstimable::Empty { what: "weights" });
        }
        NotEstimable::unless_finite("weights", weights)?;
        let count = weights.len() as f64;
        let sum: f64 = weights.iter().sum();
        let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
        let mean = sum / count;
        let deviations = weights.iter().map(|weight| (weight - mean).powi(2));
        Ok(Self {
            mean,
            sd: (deviations.sum::<f64>() / (count - 1.0).max(1.0)).sqrt(),
            min: weights.iter().copied().fold(f64::INFINITY, f64::min),
            max: weights.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            effective_size: sum * sum / squares,
        })
    }
}
