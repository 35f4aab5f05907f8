use super::Description;
use crate::NotEstimable;
use crate::matrix::{Lu, Matrix};

/// The standardised difference of two groups' means: |x̄₁ − x̄₂| / √((s₁² + s₂²)/2).
/// R: `tableone::ExtractSmd`.
///
/// ```
/// use statistics::table_one::smd_continuous;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let smd = smd_continuous(&[1.0, 2.0, 3.0], &[2.0, 3.0, 4.0])?;
/// assert!((smd - 1.0).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Fewer than two values in a group, values that are not finite, no variance.
pub fn smd_continuous(first: &[f64], second: &[f64]) -> Result<f64, NotEstimable> {
    let (first, second) = (Description::of(first)?, Description::of(second)?);
    let (Some(a), Some(b)) = (first.sd, second.sd) else {
        return Err(NotEstimable::Empty {
            what: "two values in each group",
        });
    };
    let scale = ((a * a + b * b) / 2.0).sqrt();
    let difference = (first.mean - second.mean).abs();
    if difference == 0.0 {
        return Ok(0.0);
    }
    if scale == 0.0 {
        return Err(NotEstimable::OneLevel {
            what: "the variable in both groups",
        });
    }
    Ok(difference / scale)
}

/// The standardised difference of two groups' shares of categories, from counts.
/// R: `stddiff::stddiff.category`.
///
/// # Method
/// Yang and Dalton (2012): the Mahalanobis distance of the shares without the first category,
/// with the mean of both multinomial covariances. For two categories |p₁ − p₂| over the root of
/// the mean p(1 − p). Categories that nobody has take no part.
///
/// ```
/// use statistics::table_one::smd_categorical;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // Shares 0.5 and 0.2: 0.3 / √((0.25 + 0.16)/2).
/// let smd = smd_categorical(&[5.0, 5.0], &[8.0, 2.0])?;
/// assert!((smd - 0.3 / 0.205f64.sqrt()).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Lengths that differ, an empty group, or one category that holds everybody of both groups.
pub fn smd_categorical(first: &[f64], second: &[f64]) -> Result<f64, NotEstimable> {
    NotEstimable::unless_length("the counts of the second group", first.len(), second.len())?;
    let used: Vec<usize> = (0..first.len())
        .filter(|&category| first[category] + second[category] > 0.0)
        .collect();
    let shares = |counts: &[f64]| -> Result<Vec<f64>, NotEstimable> {
        let total: f64 = counts.iter().sum();
        if total <= 0.0 {
            return Err(NotEstimable::Empty {
                what: "values in a group",
            });
        }
        Ok(used
            .iter()
            .skip(1)
            .map(|&category| counts[category] / total)
            .collect())
    };
    let (first, second) = (shares(first)?, shares(second)?);
    let difference: Vec<f64> = first.iter().zip(&second).map(|(a, b)| a - b).collect();
    if difference.iter().all(|&value| value == 0.0) {
        return Ok(0.0);
    }
    let mut covariance = Matrix::diagonal(&mean_of(&first, &second));
    covariance.add_outer(-0.5, &first, &first);
    covariance.add_outer(-0.5, &second, &second);
    let scaled = Lu::new(&covariance)?.solve(&difference);
    Ok(crate::matrix::dot(&scaled, &difference).sqrt())
}

fn mean_of(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| (a + b) / 2.0).collect()
}
