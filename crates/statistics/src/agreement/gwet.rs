use super::{AgreementWeights, Ratings};
use crate::NotEstimable;
use crate::distribution::StudentT;
use crate::matrix::Matrix;

/// Gwet's AC1 (or with weights AC2), which does not fall to 0 where nearly all subjects are in
/// one category.
///
/// # Method
/// Gwet (2008), "Computing inter-rater reliability and its variance in the presence of high
/// agreement", and Gwet (2014), *Handbook of Inter-Rater Reliability*, for missing ratings.
///
/// ```
/// use statistics::agreement::{AgreementWeights, GwetAc, Ratings};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let one = [Some(0), Some(0), Some(0), Some(1)];
/// let other = [Some(0), Some(0), Some(0), Some(0)];
/// let ac1 = GwetAc::estimate(&Ratings::new(&[one, other], 2)?, &AgreementWeights::Unweighted)?;
/// // pₒ = 3/4; shares 7/8 and 1/8, pₑ = 2 · 7/64.
/// let expected = 14.0 / 64.0;
/// assert!((ac1.value - (0.75 - expected) / (1.0 - expected)).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GwetAc {
    /// The coefficient.
    pub value: f64,
    /// Its standard error, conditional on the raters.
    pub std_err: f64,
    /// The (weighted) share of agreement.
    pub observed: f64,
    /// The agreement by chance.
    pub expected: f64,
    /// Subjects with at least one rating.
    pub subjects: usize,
}

impl GwetAc {
    /// Estimates AC1, or AC2 with weights. R: `irrCAC::gwet.ac1.raw`.
    ///
    /// # Errors
    /// Fewer than two categories or subjects, or no subject with two ratings.
    pub fn estimate(ratings: &Ratings, weights: &AgreementWeights) -> Result<Self, NotEstimable> {
        let categories = ratings.categories();
        if categories < 2 {
            return Err(NotEstimable::OneLevel { what: "the rating" });
        }
        let weights = weights.table(categories);
        let mut counts = ratings.counts();
        counts.retain(|row| row.iter().sum::<f64>() > 0.0);
        let n = counts.len() as f64;
        let shares: Vec<Vec<f64>> = counts.iter().map(|row| share(row)).collect();
        let prevalence: Vec<f64> = (0..categories)
            .map(|category| shares.iter().map(|row| row[category]).sum::<f64>() / n)
            .collect();
        let agreement: Vec<Option<f64>> =
            counts.iter().map(|row| agreement(row, &weights)).collect();
        let rated_twice = agreement.iter().flatten().count() as f64;
        if rated_twice == 0.0 || n < 2.0 {
            return Err(NotEstimable::Empty {
                what: "subjects with two ratings",
            });
        }
        let observed = agreement.iter().flatten().sum::<f64>() / rated_twice;
        let scale = weights.values().iter().sum::<f64>() / (categories * (categories - 1)) as f64;
        let chance = |share: &[f64]| -> f64 {
            let terms = share.iter().zip(&prevalence);
            scale
                * terms
                    .map(|(share, prevalence)| share * (1.0 - prevalence))
                    .sum::<f64>()
        };
        let expected = chance(&prevalence);
        let value = (observed - expected) / (1.0 - expected);
        let deviation = |(agreement, share): (&Option<f64>, &Vec<f64>)| {
            let own = agreement.map_or(0.0, |own| {
                n / rated_twice * (own - expected) / (1.0 - expected)
            });
            own - 2.0 * (1.0 - value) * (chance(share) - expected) / (1.0 - expected) - value
        };
        let squares = agreement.iter().zip(&shares).map(deviation).map(|d| d * d);
        Ok(Self {
            value,
            std_err: (squares.sum::<f64>() / (n * (n - 1.0))).sqrt(),
            observed,
            expected,
            subjects: counts.len(),
        })
    }

    /// The two-sided p-value of the t test of 0. R: `irrCAC::gwet.ac1.raw(x)$est$p.value`.
    ///
    /// # Errors
    /// A standard error of 0.
    ///
    /// ```
    /// use statistics::agreement::GwetAc;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Two subjects: one degree of freedom, where t = 1 has the quantile 0.75.
    /// let ac1 = GwetAc { value: 0.2, std_err: 0.2, observed: 0.6, expected: 0.5, subjects: 2 };
    /// assert!((ac1.p_value()? - 0.5).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn p_value(&self) -> Result<f64, NotEstimable> {
        let t = self.value / self.std_err;
        NotEstimable::unless_finite("the statistic", &[t])?;
        Ok(StudentT::new(self.subjects as f64 - 1.0)?.two_sided(t))
    }

    /// The t interval, cut at 1. R: `irrCAC::gwet.ac1.raw(x)$est$conf.int`.
    ///
    /// # Errors
    /// A level that is not between 0 and 1.
    ///
    /// ```
    /// use statistics::agreement::GwetAc;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Two subjects: one degree of freedom, where t = 1 has the quantile 0.75.
    /// let ac1 = GwetAc { value: 0.2, std_err: 0.2, observed: 0.6, expected: 0.5, subjects: 2 };
    /// let (lower, upper) = ac1.limits(0.5)?;
    /// assert!(lower.abs() < 1e-14 && (upper - 0.4).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn limits(&self, level: f64) -> Result<(f64, f64), NotEstimable> {
        let half = StudentT::new(self.subjects as f64 - 1.0)?.critical(level)? * self.std_err;
        Ok((self.value - half, (self.value + half).min(1.0)))
    }
}

fn share(counts: &[f64]) -> Vec<f64> {
    let total: f64 = counts.iter().sum();
    counts.iter().map(|count| count / total).collect()
}

/// The share of pairs of ratings of a subject that agree; `None` without pairs.
fn agreement(counts: &[f64], weights: &Matrix) -> Option<f64> {
    let total: f64 = counts.iter().sum();
    if total < 2.0 {
        return None;
    }
    let weighted = weights.times(counts);
    let terms = counts.iter().zip(weighted);
    let pairs: f64 = terms
        .map(|(count, weighted)| count * (weighted - 1.0))
        .sum();
    Some(pairs / (total * (total - 1.0)))
}
