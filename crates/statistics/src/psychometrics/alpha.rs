use crate::NotEstimable;
use crate::distribution::{Distribution, FisherF};
use crate::matrix::{Cholesky, Matrix};

/// Cronbach's α of a scale, with what each item adds to it. R: `psych::alpha`.
///
/// Missing answers are NaN. Covariances come from the subjects that answered both items; a
/// subject's score is the mean of the items answered.
///
/// # Method
/// Cronbach (1951); Guttman's λ₆ with squared multiple correlations; the standard error of
/// Duhachek and Iacobucci (2004); the interval of Feldt, Woodruff and Salih (1987).
///
/// ```
/// use statistics::psychometrics::CronbachAlpha;
/// // Two items with variance 1 and covariance ½: α = 2 (1 − 2/3).
/// let one = [1.0, 2.0, 3.0];
/// let other = [1.0, 3.0, 2.0];
/// let alpha = CronbachAlpha::estimate(&[one, other])?;
/// assert!((alpha.scale.raw - 2.0 / 3.0).abs() < 1e-15);
/// // P(F ≤ f) = f/(1 + f) with 2 and 2 degrees of freedom: its 97.5% point is 39.
/// let (lower, upper) = alpha.limits(0.95)?;
/// assert!((lower - (1.0 - 39.0 / 3.0)).abs() < 1e-10);
/// assert!((upper - (1.0 - 1.0 / (3.0 * 39.0))).abs() < 1e-10);
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CronbachAlpha {
    /// All items together.
    pub scale: Scale,
    /// The scale without each item; empty for two items.
    pub without: Vec<Scale>,
    /// Each item.
    pub items: Vec<ItemStatistics>,
    /// The mean of the subjects' scores.
    pub mean: f64,
    /// The standard deviation of the subjects' scores.
    pub sd: f64,
    /// Subjects.
    pub subjects: usize,
}

/// The reliability of a set of items.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// α from covariances.
    pub raw: f64,
    /// α from correlations.
    pub standardised: f64,
    /// Guttman's λ₆; `None` where an item follows from the others.
    pub lambda6: Option<f64>,
    /// The mean correlation between items.
    pub mean_correlation: f64,
    /// The median correlation between items.
    pub median_correlation: f64,
    /// The variance of the correlations between items; `None` for fewer than three items.
    pub variance_of_correlations: Option<f64>,
    /// k r̄/(1 − r̄).
    pub signal_to_noise: f64,
    /// The standard error of `raw`.
    pub std_err: f64,
}

/// One item and its scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ItemStatistics {
    /// Answers.
    pub n: usize,
    /// Correlation with the subject's score.
    pub raw_r: f64,
    /// Correlation with the sum of the standardised items.
    pub standardised_r: f64,
    /// The same, with the item's own part replaced by its squared multiple correlation.
    pub corrected_r: Option<f64>,
    /// Correlation with the sum of the other items.
    pub rest_r: f64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
}

impl CronbachAlpha {
    /// Estimates α from one column of answers per item. R: `psych::alpha`.
    ///
    /// # Errors
    /// Fewer than two items, lengths that differ, items that are constant or never answered by
    /// the same subjects.
    pub fn estimate<I: AsRef<[f64]>>(items: &[I]) -> Result<Self, NotEstimable> {
        let items: Vec<&[f64]> = items.iter().map(AsRef::as_ref).collect();
        if items.len() < 2 {
            return Err(NotEstimable::Empty {
                what: "pairs of items",
            });
        }
        let subjects = items[0].len();
        for item in &items {
            NotEstimable::unless_length("an item", subjects, item.len())?;
        }
        let covariance = pairwise_covariance(&items)?;
        let all: Vec<usize> = (0..items.len()).collect();
        let scores: Vec<f64> = (0..subjects).filter_map(|row| score(&items, row)).collect();
        let without = if items.len() > 2 {
            let others = |item: usize| -> Vec<usize> {
                all.iter().copied().filter(|&other| other != item).collect()
            };
            let scale = |item| Scale::of(&covariance.principal(&others(item)), subjects);
            all.iter().map(|&item| scale(item)).collect()
        } else {
            Vec::new()
        };
        let (mean, sd) = mean_and_sd(&scores);
        Ok(Self {
            scale: Scale::of(&covariance, subjects),
            without,
            items: item_statistics(&items, &covariance),
            mean,
            sd,
            subjects,
        })
    }

    /// Feldt's interval for α of the given level.
    ///
    /// # Errors
    /// A level that is not between 0 and 1.
    pub fn limits(&self, level: f64) -> Result<(f64, f64), NotEstimable> {
        crate::distribution::confidence_level(level)?;
        let df = self.subjects as f64 - 1.0;
        let f = FisherF::new(df, df * (self.items.len() as f64 - 1.0))?;
        let tail = (1.0 - level) / 2.0;
        let limit = |quantile: f64| 1.0 - (1.0 - self.scale.raw) * quantile;
        Ok((limit(f.upper_quantile(tail)), limit(f.quantile(tail))))
    }
}

impl Scale {
    fn of(covariance: &Matrix, subjects: usize) -> Self {
        let k = covariance.rows() as f64;
        let correlation = to_correlation(covariance);
        let mut off_diagonal = Vec::new();
        for j in 0..covariance.rows() {
            off_diagonal.extend_from_slice(&correlation.column(j)[j + 1..]);
        }
        off_diagonal.sort_by(f64::total_cmp);
        let alpha = |matrix: &Matrix| k / (k - 1.0) * (1.0 - matrix.trace() / total(matrix));
        let (mean, sd) = mean_and_sd(&off_diagonal);
        let median = crate::quantile_of_sorted(&off_diagonal, 0.5);
        Self {
            raw: alpha(covariance),
            standardised: alpha(&correlation),
            lambda6: squared_multiple_correlations(&correlation)
                .map(|smc| 1.0 - smc.iter().map(|r| 1.0 - r).sum::<f64>() / total(&correlation)),
            mean_correlation: mean,
            median_correlation: median.expect("two items have a correlation"),
            variance_of_correlations: (off_diagonal.len() > 1).then_some(sd * sd),
            signal_to_noise: k * mean / (1.0 - mean),
            std_err: standard_error(covariance, subjects),
        }
    }
}

fn standard_error(covariance: &Matrix, subjects: usize) -> f64 {
    let k = covariance.rows() as f64;
    let square = covariance.multiply(covariance);
    let (sum, trace) = (total(covariance), covariance.trace());
    let bracket = sum * (square.trace() + trace * trace) - 2.0 * trace * total(&square);
    let q = 2.0 * k * k / ((k - 1.0).powi(2) * sum.powi(3)) * bracket;
    (q / subjects as f64).sqrt()
}

fn item_statistics(items: &[&[f64]], covariance: &Matrix) -> Vec<ItemStatistics> {
    let correlation = to_correlation(covariance);
    let smc = squared_multiple_correlations(&correlation);
    let ones = vec![1.0; items.len()];
    let with_scale = correlation.times(&ones);
    let all = total(&correlation);
    let corrected = |item: usize, smc: &[f64]| {
        let common = all - items.len() as f64 + smc.iter().sum::<f64>();
        (with_scale[item] - 1.0 + smc[item]) / common.sqrt()
    };
    let sums = covariance.times(&ones);
    let statistics = |(place, item): (usize, &&[f64])| {
        let pairs: Vec<(f64, f64)> = (0..item.len())
            .filter(|&row| !item[row].is_nan())
            .filter_map(|row| Some((item[row], score(items, row)?)))
            .collect();
        let answers: Vec<f64> = pairs.iter().map(|pair| pair.0).collect();
        let own = covariance[(place, place)];
        let rest = sums[place] - own;
        let rest_variance = total(covariance) - 2.0 * sums[place] + own;
        let (mean, sd) = mean_and_sd(&answers);
        ItemStatistics {
            n: answers.len(),
            raw_r: correlation_of(&pairs),
            standardised_r: with_scale[place] / all.sqrt(),
            corrected_r: smc.as_ref().map(|smc| corrected(place, smc)),
            rest_r: rest / (own * rest_variance).sqrt(),
            mean,
            sd,
        }
    };
    items.iter().enumerate().map(statistics).collect()
}

/// The mean of the items that a subject answered.
fn score(items: &[&[f64]], row: usize) -> Option<f64> {
    let answers = items
        .iter()
        .map(|item| item[row])
        .filter(|answer| !answer.is_nan());
    let (sum, count) = answers.fold((0.0, 0.0), |(sum, count), x| (sum + x, count + 1.0));
    (count > 0.0).then_some(sum / count)
}

fn pairwise_covariance(items: &[&[f64]]) -> Result<Matrix, NotEstimable> {
    let mut covariance = Matrix::zeros(items.len(), items.len());
    for i in 0..items.len() {
        for j in 0..=i {
            let pairs: Vec<(f64, f64)> = items[i]
                .iter()
                .zip(items[j])
                .filter(|(a, b)| !a.is_nan() && !b.is_nan())
                .map(|(a, b)| (*a, *b))
                .collect();
            if pairs.len() < 2 {
                return Err(NotEstimable::Empty {
                    what: "subjects who answered two items both",
                });
            }
            let value = covariance_of(&pairs);
            if i == j && value <= 0.0 {
                return Err(NotEstimable::OneLevel { what: "an item" });
            }
            covariance[(i, j)] = value;
            covariance[(j, i)] = value;
        }
    }
    Ok(covariance)
}

fn covariance_of(pairs: &[(f64, f64)]) -> f64 {
    let n = pairs.len() as f64;
    let mean = |pick: fn(&(f64, f64)) -> f64| pairs.iter().map(pick).sum::<f64>() / n;
    let (a, b) = (mean(|pair| pair.0), mean(|pair| pair.1));
    pairs.iter().map(|(x, y)| (x - a) * (y - b)).sum::<f64>() / (n - 1.0)
}

fn correlation_of(pairs: &[(f64, f64)]) -> f64 {
    let with_itself = |pick: fn(&(f64, f64)) -> f64| {
        let doubled: Vec<(f64, f64)> = pairs.iter().map(|pair| (pick(pair), pick(pair))).collect();
        covariance_of(&doubled)
    };
    covariance_of(pairs) / (with_itself(|pair| pair.0) * with_itself(|pair| pair.1)).sqrt()
}

pub(super) fn to_correlation(covariance: &Matrix) -> Matrix {
    let scales: Vec<f64> = covariance
        .diagonal_values()
        .iter()
        .map(|v| 1.0 / v.sqrt())
        .collect();
    let mut correlation = Matrix::diagonal(&scales).sandwich(covariance);
    for place in 0..scales.len() {
        correlation[(place, place)] = 1.0;
    }
    correlation
}

/// What each item shares with all others: 1 − 1/(R⁻¹)ᵢᵢ; `None` where R is singular.
fn squared_multiple_correlations(correlation: &Matrix) -> Option<Vec<f64>> {
    let inverse = Cholesky::full_rank(correlation).ok()?.inverse();
    Some(
        inverse
            .diagonal_values()
            .iter()
            .map(|value| 1.0 - 1.0 / value)
            .collect(),
    )
}

pub(super) fn total(matrix: &Matrix) -> f64 {
    matrix.values().iter().sum()
}

fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0).max(1.0)).sqrt())
}
