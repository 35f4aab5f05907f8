//! Covariates about their means, which saves digits.

use super::RiskSets;
use crate::matrix::sum;

/// A column that varies less than this share of its size within every stratum is constant: its
/// variation is rounding.
const CONSTANT: f64 = 1e-13;

/// What centring a column found.
pub(super) struct Centred {
    /// The mean of each stratum.
    pub(super) centres: Vec<f64>,
    /// The largest size of what is left.
    pub(super) size: f64,
}

impl Centred {
    /// Subtracts the mean of each stratum; what varies by rounding only becomes 0.
    pub(super) fn by_stratum(sets: &RiskSets, values: &mut [f64]) -> Self {
        let mut centred = Self {
            centres: vec![0.0; sets.strata()],
            size: 0.0,
        };
        for (centre, moments) in centred.centres.iter_mut().zip(&sets.strata) {
            if moments.is_empty() {
                continue;
            }
            let rows = sets.segments[moments.start] as usize..sets.segments[moments.end] as usize;
            let values = &mut values[rows];
            let before = size(values);
            *centre = sum(values) / values.len() as f64;
            if !centre.is_finite() {
                *centre = 0.0;
            }
            values.iter_mut().for_each(|value| *value -= *centre);
            let spread = size(values);
            if spread <= CONSTANT * before {
                values.fill(0.0);
            } else {
                centred.size = centred.size.max(spread);
            }
        }
        centred
    }
}

/// The largest absolute value.
fn size(values: &[f64]) -> f64 {
    let larger = |size: f64, value: f64| if value > size { value } else { size };
    let (chunks, rest) = values.as_chunks::<8>();
    let mut sizes = [0.0; 8];
    for chunk in chunks {
        for (size, value) in sizes.iter_mut().zip(chunk) {
            *size = larger(*size, value.abs());
        }
    }
    let rest = rest.iter().map(|value| value.abs());
    sizes.into_iter().chain(rest).fold(0.0, larger)
}
