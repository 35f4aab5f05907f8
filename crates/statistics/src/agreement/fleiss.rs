use super::Ratings;
use crate::NotEstimable;
use crate::distribution::Normal;

/// Fleiss' κ of several raters, with its part per category.
///
/// # Method
/// Fleiss (1971) for κ; Fleiss, Nee and Landis (1979) for the variance where κ is 0; Conger
/// (1980) for the exact form, which takes each rater's own margins.
///
/// ```
/// use statistics::agreement::{FleissKappa, Ratings};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let one = [Some(0), Some(0), Some(1), Some(1)];
/// let other = [Some(0), Some(0), Some(1), Some(0)];
/// let kappa = FleissKappa::estimate(&Ratings::new(&[one, other], 2)?)?;
/// // pₒ = 3/4; shares 5/8 and 3/8, so pₑ = 34/64.
/// assert!((kappa.value - (0.75 - 34.0 / 64.0) / (1.0 - 34.0 / 64.0)).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FleissKappa {
    /// κ.
    pub value: f64,
    /// κ with the chance agreement of the raters' own margins (Conger).
    pub exact: f64,
    /// The variance where κ is 0.
    pub null_variance: f64,
    /// Subjects rated by all.
    pub subjects: usize,
    /// Raters.
    pub raters: usize,
    /// One per category.
    pub categories: Vec<CategoryKappa>,
}

/// Agreement about one category against all others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CategoryKappa {
    /// κ; `None` if nobody or everybody chose the category.
    pub value: Option<f64>,
    /// z of the test of κ = 0.
    pub statistic: Option<f64>,
    /// Its two-sided p-value.
    pub p_value: Option<f64>,
}

impl FleissKappa {
    /// Estimates κ from the subjects that all raters rated. R: `irr::kappam.fleiss`.
    ///
    /// # Errors
    /// Fewer than two raters, no complete subject, or a single category.
    pub fn estimate(ratings: &Ratings) -> Result<Self, NotEstimable> {
        let complete = ratings.complete();
        complete.demand_pairs()?;
        let (n, m) = (complete.subjects() as f64, complete.raters() as f64);
        let counts = complete.counts();
        let shares: Vec<f64> = (0..complete.categories())
            .map(|category| counts.iter().map(|row| row[category]).sum::<f64>() / (n * m))
            .collect();
        let squares: f64 = counts.iter().flatten().map(|count| count * count).sum();
        let observed = (squares - n * m) / (n * m * (m - 1.0));
        let expected: f64 = shares.iter().map(|share| share * share).sum();
        if 1.0 - expected <= f64::EPSILON {
            return Err(NotEstimable::OneLevel { what: "the rating" });
        }
        let by_rater = expected - spread_of_margins(&complete) / m;
        let mixed: f64 = shares.iter().map(|p| p * (1.0 - p)).sum();
        let skew: f64 = shares.iter().map(|p| p * (1.0 - p) * (1.0 - 2.0 * p)).sum();
        let pairs = n * m * (m - 1.0);
        let category = |category: usize| {
            let split: f64 = counts
                .iter()
                .map(|row| row[category] * (m - row[category]))
                .sum();
            let p = shares[category];
            let value = 1.0 - split / (pairs * p * (1.0 - p));
            let statistic = value / (2.0 / pairs).sqrt();
            CategoryKappa {
                value: value.is_finite().then_some(value),
                statistic: statistic.is_finite().then_some(statistic),
                p_value: statistic.is_finite().then(|| Normal::two_sided(statistic)),
            }
        };
        Ok(Self {
            value: (observed - expected) / (1.0 - expected),
            exact: (observed - by_rater) / (1.0 - by_rater),
            null_variance: 2.0 * (mixed * mixed - skew) / (mixed * mixed * pairs),
            subjects: complete.subjects(),
            raters: complete.raters(),
            categories: (0..shares.len()).map(category).collect(),
        })
    }

    /// z of the test of κ = 0; `None` where the variance is 0.
    /// R: `irr::kappam.fleiss(x)$statistic`.
    ///
    /// ```
    /// use statistics::agreement::{FleissKappa, Ratings};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Full agreement of two raters on four subjects: κ = 1, its variance without any 1/4.
    /// let codes = [Some(0), Some(0), Some(1), Some(1)];
    /// let ratings = Ratings::new(&[codes, codes], 2)?;
    /// let kappa = FleissKappa::estimate(&ratings)?;
    /// assert_eq!(kappa.statistic(), Some(2.0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn statistic(&self) -> Option<f64> {
        let z = self.value / self.null_variance.sqrt();
        z.is_finite().then_some(z)
    }

    /// The two-sided p-value of that test. R: `irr::kappam.fleiss(x)$p.value`.
    ///
    /// ```
    /// use statistics::distribution::Normal;
    /// use statistics::agreement::{FleissKappa, Ratings};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Full agreement of two raters on four subjects: κ = 1, its variance without any 1/4.
    /// let codes = [Some(0), Some(0), Some(1), Some(1)];
    /// let ratings = Ratings::new(&[codes, codes], 2)?;
    /// let kappa = FleissKappa::estimate(&ratings)?;
    /// assert_eq!(kappa.p_value(), Some(Normal::two_sided(2.0)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn p_value(&self) -> Option<f64> {
        self.statistic().map(Normal::two_sided)
    }
}

/// Σ over categories of the variance between raters of their shares.
fn spread_of_margins(ratings: &Ratings) -> f64 {
    let (n, m) = (ratings.subjects() as f64, ratings.raters() as f64);
    let share = |rater: usize, category: usize| {
        let chosen = ratings
            .rater(rater)
            .iter()
            .filter(|&&code| code == Some(category));
        chosen.count() as f64 / n
    };
    (0..ratings.categories())
        .map(|category| {
            let shares: Vec<f64> = (0..ratings.raters())
                .map(|rater| share(rater, category))
                .collect();
            let mean = shares.iter().sum::<f64>() / m;
            shares
                .iter()
                .map(|share| (share - mean).powi(2))
                .sum::<f64>()
                / (m - 1.0)
        })
        .sum()
}
