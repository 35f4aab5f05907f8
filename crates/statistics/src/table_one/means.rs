use super::{Description, Test};
use crate::NotEstimable;
use crate::distribution::{Distribution, FisherF, StudentT};

/// Two means compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanDifference {
    /// The t test.
    pub test: Test,
    /// Both means.
    pub means: [f64; 2],
    /// The interval of the difference (first minus second).
    pub limits: (f64, f64),
    /// The standard error of the difference.
    pub std_err: f64,
}

/// The t test of two independent groups: Welch's (1947), or with a pooled variance.
/// R: `t.test(first, second, var.equal = pooled)`.
///
/// ```
/// use statistics::table_one::t_test;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let result = t_test(&[1.0, 2.0, 3.0], &[3.0, 4.0, 5.0], true, 0.95)?;
/// // Variances 1, difference −2, standard error √(2/3).
/// assert!((result.test.statistic + 2.0 / (2.0f64 / 3.0).sqrt()).abs() < 1e-15);
/// assert_eq!(result.test.df, Some(4.0));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Fewer than two values in a group, values that are not finite, no variance, or a level that is
/// not between 0 and 1.
pub fn t_test(
    first: &[f64],
    second: &[f64],
    pooled: bool,
    level: f64,
) -> Result<MeanDifference, NotEstimable> {
    let (first, second) = (Description::of(first)?, Description::of(second)?);
    let (Some(sd1), Some(sd2)) = (first.sd, second.sd) else {
        return Err(NotEstimable::Empty {
            what: "two values in each group",
        });
    };
    let (n1, n2) = (first.n as f64, second.n as f64);
    let (v1, v2) = (sd1 * sd1, sd2 * sd2);
    if v1 + v2 == 0.0 {
        return Err(NotEstimable::OneLevel {
            what: "the outcome in both groups",
        });
    }
    let (variance, df) = if pooled {
        let df = n1 + n2 - 2.0;
        let common = ((n1 - 1.0) * v1 + (n2 - 1.0) * v2) / df;
        (common * (1.0 / n1 + 1.0 / n2), df)
    } else {
        let (a, b) = (v1 / n1, v2 / n2);
        (
            (a + b),
            (a + b).powi(2) / (a * a / (n1 - 1.0) + b * b / (n2 - 1.0)),
        )
    };
    let difference = first.mean - second.mean;
    let std_err = variance.sqrt();
    let distribution = StudentT::new(df)?;
    let half = distribution.critical(level)? * std_err;
    let statistic = difference / std_err;
    Ok(MeanDifference {
        test: Test {
            statistic,
            df: Some(df),
            df2: None,
            p_value: distribution.two_sided(statistic),
        },
        means: [first.mean, second.mean],
        limits: (difference - half, difference + half),
        std_err,
    })
}

/// The F test that several groups have one mean. R: `anova(lm(y ~ factor(group)))`.
///
/// ```
/// use statistics::table_one::anova_one_way;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let test = anova_one_way(&[&[1.0, 3.0], &[2.0, 4.0], &[6.0, 8.0]])?;
/// // Between: 2 Σ (2, 3, 7 − 4)² / 2 = 14; within: 6 / 3 = 2.
/// assert!((test.statistic - 7.0).abs() < 1e-14);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Fewer than two groups with values, no more values than groups, values that are not finite, no
/// variance within groups.
pub fn anova_one_way(groups: &[&[f64]]) -> Result<Test, NotEstimable> {
    let filled: Vec<Description> = groups
        .iter()
        .filter(|group| !group.is_empty())
        .map(|group| Description::of(group))
        .collect::<Result<_, _>>()?;
    let n: f64 = filled.iter().map(|group| group.n as f64).sum();
    let (df1, df2) = (filled.len() as f64 - 1.0, n - filled.len() as f64);
    if df1 < 1.0 {
        return Err(NotEstimable::OneLevel {
            what: "the grouping",
        });
    }
    if df2 < 1.0 {
        return Err(NotEstimable::Empty {
            what: "values beyond one per group",
        });
    }
    let grand = filled
        .iter()
        .map(|group| group.n as f64 * group.mean)
        .sum::<f64>()
        / n;
    let between: f64 = filled
        .iter()
        .map(|group| group.n as f64 * (group.mean - grand).powi(2))
        .sum();
    let within: f64 = filled
        .iter()
        .map(|group| group.sd.map_or(0.0, |sd| (group.n as f64 - 1.0) * sd * sd))
        .sum();
    if within == 0.0 {
        return Err(NotEstimable::OneLevel {
            what: "the outcome in each group",
        });
    }
    let statistic = (between / df1) / (within / df2);
    Ok(Test {
        statistic,
        df: Some(df1),
        df2: Some(df2),
        p_value: FisherF::new(df1, df2)?.upper(statistic),
    })
}
