use super::{AgreementWeights, Ratings};
use crate::NotEstimable;
use crate::distribution::Normal;
use crate::matrix::Matrix;

/// Cohen's κ of two raters.
///
/// # Method
/// Cohen (1960, 1968); both variances by Fleiss, Cohen and Everitt, *Psychological Bulletin* 72
/// (1969). With the joint shares p, their margins, weights w and w̄ᵢ. = Σⱼ wᵢⱼ p.ⱼ:
/// κ = (pₒ − pₑ)/(1 − pₑ).
///
/// ```
/// use statistics::agreement::{AgreementWeights, CohenKappa, Ratings};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: pₒ = 0.7, pₑ = 0.5, κ = 0.4.
/// let table = [(0, 0, 20), (0, 1, 5), (1, 0, 10), (1, 1, 15)];
/// let column = |pick: fn(&(usize, usize, usize)) -> usize| -> Vec<Option<usize>> {
///     table.iter().flat_map(|cell| vec![Some(pick(cell)); cell.2]).collect()
/// };
/// let ratings = Ratings::new(&[column(|cell| cell.0), column(|cell| cell.1)], 2)?;
/// let kappa = CohenKappa::estimate(&ratings, &AgreementWeights::Unweighted)?;
/// assert!((kappa.value - 0.4).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CohenKappa {
    /// κ.
    pub value: f64,
    /// Subjects rated by both.
    pub subjects: usize,
    /// The (weighted) share of agreement.
    pub observed: f64,
    /// The share expected from the margins.
    pub expected: f64,
    /// The variance where κ is 0, for the test.
    pub null_variance: f64,
    /// The variance at the estimate, for intervals.
    pub variance: f64,
    /// The weights.
    pub weights: Matrix,
    /// The joint shares.
    pub shares: Matrix,
}

impl CohenKappa {
    /// Estimates κ from the subjects that both raters rated. R: `irr::kappa2`.
    ///
    /// # Errors
    /// Not two raters, no complete subject, or a single category (no agreement beyond chance
    /// is possible then).
    pub fn estimate(ratings: &Ratings, weights: &AgreementWeights) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length("the list of raters", 2, ratings.raters())?;
        let complete = ratings.complete();
        complete.demand_pairs()?;
        let weights = weights.table(ratings.categories());
        Self::of_pair(complete.rater(0), complete.rater(1), weights)
    }

    fn of_pair(
        first: &[Option<usize>],
        second: &[Option<usize>],
        weights: Matrix,
    ) -> Result<Self, NotEstimable> {
        let n = first.len() as f64;
        let mut shares = Matrix::zeros(weights.rows(), weights.rows());
        for (first, second) in first.iter().zip(second) {
            if let (Some(i), Some(j)) = (first, second) {
                shares[(*i, *j)] += 1.0 / n;
            }
        }
        let margins = Margins::new(&shares, &weights);
        let observed = margins.sum(|i, j| shares[(i, j)] * weights[(i, j)]);
        let expected = margins.sum(|i, j| margins.product(i, j) * weights[(i, j)]);
        if 1.0 - expected <= f64::EPSILON {
            return Err(NotEstimable::OneLevel { what: "the rating" });
        }
        let value = (observed - expected) / (1.0 - expected);
        let scale = n * (1.0 - expected) * (1.0 - expected);
        let from_null = margins.sum(|i, j| {
            margins.product(i, j) * (weights[(i, j)] - margins.mean_weight(i, j)).powi(2)
        });
        let from_estimate = margins.sum(|i, j| {
            let deviation = weights[(i, j)] - margins.mean_weight(i, j) * (1.0 - value);
            shares[(i, j)] * deviation * deviation
        });
        let centre = value - expected * (1.0 - value);
        Ok(Self {
            value,
            subjects: first.len(),
            observed,
            expected,
            null_variance: (from_null - expected * expected) / scale,
            variance: (from_estimate - centre * centre) / scale,
            weights,
            shares,
        })
    }

    /// z of the test of κ = 0; `None` where the variance is 0. R: `irr::kappa2(x)$statistic`.
    ///
    /// ```
    /// use statistics::agreement::{AgreementWeights, CohenKappa, Ratings};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Full agreement of four on two even categories: κ = 1, its variance without any 1/4.
    /// let codes = [Some(0), Some(0), Some(1), Some(1)];
    /// let ratings = Ratings::new(&[codes, codes], 2)?;
    /// let kappa = CohenKappa::estimate(&ratings, &AgreementWeights::Unweighted)?;
    /// assert_eq!(kappa.statistic(), Some(2.0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn statistic(&self) -> Option<f64> {
        let z = self.value / self.null_variance.sqrt();
        z.is_finite().then_some(z)
    }

    /// The two-sided p-value of that test. R: `irr::kappa2(x)$p.value`.
    ///
    /// ```
    /// use statistics::distribution::Normal;
    /// use statistics::agreement::{AgreementWeights, CohenKappa, Ratings};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Full agreement of four on two even categories: κ = 1, its variance without any 1/4.
    /// let codes = [Some(0), Some(0), Some(1), Some(1)];
    /// let ratings = Ratings::new(&[codes, codes], 2)?;
    /// let kappa = CohenKappa::estimate(&ratings, &AgreementWeights::Unweighted)?;
    /// assert_eq!(kappa.p_value(), Some(Normal::two_sided(2.0)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn p_value(&self) -> Option<f64> {
        self.statistic().map(Normal::two_sided)
    }

    /// κ plus and minus `z` standard errors, cut at −1 and 1. R: `psych::cohen.kappa(x)$confid`.
    ///
    /// ```
    /// use statistics::agreement::{AgreementWeights, CohenKappa, Ratings};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Full agreement of four on two even categories: κ = 1, its variance without any 1/4.
    /// let codes = [Some(0), Some(0), Some(1), Some(1)];
    /// let ratings = Ratings::new(&[codes, codes], 2)?;
    /// let kappa = CohenKappa::estimate(&ratings, &AgreementWeights::Unweighted)?;
    /// assert_eq!(kappa.limits(1.96), (1.0, 1.0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn limits(&self, z: f64) -> (f64, f64) {
        let half = z * self.variance.max(0.0).sqrt();
        ((self.value - half).max(-1.0), (self.value + half).min(1.0))
    }
}

/// Shares and mean weights of the rows and columns of a joint table.
struct Margins {
    rows: Vec<f64>,
    columns: Vec<f64>,
    row_weights: Vec<f64>,
    column_weights: Vec<f64>,
}

impl Margins {
    fn new(shares: &Matrix, weights: &Matrix) -> Self {
        let ones = vec![1.0; shares.rows()];
        let rows = shares.times(&ones);
        let columns = shares.transposed_times(&ones);
        Self {
            row_weights: weights.times(&columns),
            column_weights: weights.transposed_times(&rows),
            rows,
            columns,
        }
    }

    fn product(&self, i: usize, j: usize) -> f64 {
        self.rows[i] * self.columns[j]
    }

    fn mean_weight(&self, i: usize, j: usize) -> f64 {
        self.row_weights[i] + self.column_weights[j]
    }

    fn sum(&self, term: impl Fn(usize, usize) -> f64) -> f64 {
        let k = self.rows.len();
        (0..k)
            .map(|i| (0..k).map(|j| term(i, j)).sum::<f64>())
            .sum()
    }
}

/// Light's κ: the mean of Cohen's κ over all pairs of raters, among the subjects that all rated.
///
/// R: `irr::kappam.light`. No standard error: the formula for one that is in use gives the root
/// of a negative number on ordinary data, so a bootstrap over subjects is the way to a limit.
///
/// # Errors
/// As [`CohenKappa::estimate`].
///
/// ```
/// use statistics::agreement::{Ratings, light_kappa};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let one = [Some(0), Some(0), Some(1), Some(1)];
/// let other = [Some(0), Some(1), Some(0), Some(1)];
/// // Pairs: 1 (equal), 0 and 0 (independent).
/// let kappa = light_kappa(&Ratings::new(&[one, one, other], 2)?)?;
/// assert!((kappa - 1.0 / 3.0).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
pub fn light_kappa(ratings: &Ratings) -> Result<f64, NotEstimable> {
    let complete = ratings.complete();
    complete.demand_pairs()?;
    let weights = AgreementWeights::Unweighted.table(complete.categories());
    let mut sum = 0.0;
    let mut pairs = 0.0;
    for second in 1..complete.raters() {
        for first in 0..second {
            let (first, second) = (complete.rater(first), complete.rater(second));
            sum += CohenKappa::of_pair(first, second, weights.clone())?.value;
            pairs += 1.0;
        }
    }
    Ok(sum / pairs)
}
