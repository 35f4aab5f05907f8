use super::Test;
use crate::NotEstimable;
use crate::distribution::{ChiSquared, Distribution, Normal};

/// Samples up to this size get the exact distribution, as in R.
const EXACT_BELOW: usize = 50;

/// Ranks from 1, ties sharing their mean rank, and Σ(t³ − t) over the ties. R: `rank`.
///
/// ```
/// let (ranks, ties) = statistics::table_one::midranks(&[3.0, 1.0, 3.0]);
/// assert_eq!(ranks, [2.5, 1.0, 2.5]);
/// assert_eq!(ties, 6.0);
/// ```
pub fn midranks(values: &[f64]) -> (Vec<f64>, f64) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut ties = 0.0;
    let mut before = 0.0;
    for run in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let size = run.len() as f64;
        for &place in run {
            ranks[place] = before + (size + 1.0) / 2.0;
        }
        before += size;
        ties += size.powi(3) - size;
    }
    (ranks, ties)
}

/// The rank-sum test of Wilcoxon, Mann and Whitney. The statistic is W, the number of pairs in
/// which the first group's value is larger (ties count half).
///
/// With `exact` and no ties the exact distribution; else the normal approximation with
/// correction for ties and, as in R, for continuity. R: `wilcox.test(first, second)`, where
/// `exact` defaults to fewer than 50 values in both groups.
///
/// ```
/// use statistics::table_one::wilcoxon;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // Of the 6 orders of two and two, one is as extreme on each side.
/// let test = wilcoxon(&[1.0, 2.0], &[3.0, 4.0], None)?;
/// assert_eq!(test.statistic, 0.0);
/// assert!((test.p_value - 2.0 / 6.0).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// An empty group, values that are not finite, or all values equal.
pub fn wilcoxon(first: &[f64], second: &[f64], exact: Option<bool>) -> Result<Test, NotEstimable> {
    if first.is_empty() || second.is_empty() {
        return Err(NotEstimable::Empty {
            what: "values in a group",
        });
    }
    let all: Vec<f64> = first.iter().chain(second).copied().collect();
    NotEstimable::unless_finite("the outcome", &all)?;
    let (ranks, ties) = midranks(&all);
    let (m, n) = (first.len() as f64, second.len() as f64);
    let w = ranks[..first.len()].iter().sum::<f64>() - m * (m + 1.0) / 2.0;
    let small = first.len() < EXACT_BELOW && second.len() < EXACT_BELOW;
    let p_value = if exact.unwrap_or(small) && ties == 0.0 {
        exact_p_value(w, first.len(), second.len())
    } else {
        let total = m + n;
        let variance = m * n / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)));
        if variance <= 0.0 {
            return Err(NotEstimable::OneLevel {
                what: "the outcome",
            });
        }
        let centred = w - m * n / 2.0;
        let corrected = centred - 0.5 * f64::from(u8::from(centred != 0.0)) * centred.signum();
        Normal::two_sided(corrected / variance.sqrt()).min(1.0)
    };
    Ok(Test {
        statistic: w,
        df: None,
        df2: None,
        p_value,
    })
}

/// Counts how many of all orders give each W (Mann and Whitney's recurrence, one group's value
/// at a time).
fn exact_p_value(w: f64, m: usize, n: usize) -> f64 {
    let most = m * n;
    let mut ways = vec![0.0; most + 1];
    ways[0] = 1.0;
    // The generating function is ∏ (1 − q^(n+i)) / (1 − q^i).
    for i in 1..=m {
        for sum in (n + i..=most).rev() {
            ways[sum] -= ways[sum - n - i];
        }
        for sum in i..=most {
            ways[sum] += ways[sum - i];
        }
    }
    let total: f64 = ways.iter().sum();
    let extreme = w.min(most as f64 - w) as usize;
    let tail: f64 = ways[..=extreme].iter().sum::<f64>() / total;
    (2.0 * tail).min(1.0)
}

/// The rank test of Kruskal and Wallis (1952) for several groups, corrected for ties.
/// R: `kruskal.test`.
///
/// ```
/// use statistics::table_one::kruskal_wallis;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // Rank sums 3, 7, 11 of six: 12/42 (9/2 + 49/2 + 121/2) − 21 = 32/7.
/// let test = kruskal_wallis(&[&[1.0, 2.0], &[3.0, 4.0], &[5.0, 6.0]])?;
/// assert!((test.statistic - 32.0 / 7.0).abs() < 1e-14);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Fewer than two groups with values, values that are not finite, or all values equal.
pub fn kruskal_wallis(groups: &[&[f64]]) -> Result<Test, NotEstimable> {
    let filled: Vec<&&[f64]> = groups.iter().filter(|group| !group.is_empty()).collect();
    if filled.len() < 2 {
        return Err(NotEstimable::OneLevel {
            what: "the grouping",
        });
    }
    let all: Vec<f64> = filled
        .iter()
        .flat_map(|group| group.iter())
        .copied()
        .collect();
    NotEstimable::unless_finite("the outcome", &all)?;
    let (ranks, ties) = midranks(&all);
    let n = all.len() as f64;
    let untied = 1.0 - ties / (n.powi(3) - n);
    if untied <= 0.0 {
        return Err(NotEstimable::OneLevel {
            what: "the outcome",
        });
    }
    let mut start = 0;
    let mut sum = 0.0;
    for group in &filled {
        let end = start + group.len();
        sum += ranks[start..end].iter().sum::<f64>().powi(2) / group.len() as f64;
        start = end;
    }
    let statistic = (12.0 * sum / (n * (n + 1.0)) - 3.0 * (n + 1.0)) / untied;
    let df = filled.len() as f64 - 1.0;
    Ok(Test {
        statistic,
        df: Some(df),
        df2: None,
        p_value: ChiSquared::new(df)?.upper(statistic),
    })
}
