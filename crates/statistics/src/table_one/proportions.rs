use super::Test;
use super::counts::upper_tail;
use crate::NotEstimable;
use crate::distribution::Normal;
use crate::rates::proportion_wilson_moved;

/// Proportions of one or more groups, tested by Pearson's χ².
///
/// # Method
/// Newcombe (1998): one proportion has the score interval of Wilson (1927), the difference of
/// two that of Wald; the continuity correction of Yates is that of R, and more than two groups
/// have none. R: `prop.test(x, n, p, conf.level, correct)`.
///
/// ```
/// use statistics::table_one::ProportionTest;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // 10 of 30 and 20 of 30: all expected counts are 15, and 4 · 25/15.
/// let found = ProportionTest::equal(&[10, 20], &[30, 30], (0.95, false))?;
/// assert!((found.test.statistic - 20.0 / 3.0).abs() < 1e-14);
/// let (lower, upper) = found.limits.unwrap();
/// assert!(((lower + upper) / 2.0 + 1.0 / 3.0).abs() < 1e-14);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ProportionTest {
    /// The proportion of each group.
    pub estimates: Vec<f64>,
    /// That they are equal, or what they were said to be.
    pub test: Test,
    /// Of the proportion of one group, or of the first less the second of two that were not said
    /// to be anything.
    pub limits: Option<(f64, f64)>,
}

impl ProportionTest {
    /// Tests whether two or more groups have the same proportion; an interval of this level, and
    /// whether the continuity correction is made. R: `prop.test(x, n)`.
    ///
    /// # Errors
    /// Fewer than two groups, groups without trials, more successes than trials, all outcomes
    /// alike, a level that is not between 0 and 1.
    ///
    /// ```
    /// use statistics::table_one::ProportionTest;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Three groups with 1, 2 and 3 of 4: (1 + 0 + 1)/2 of successes, and as much of failures.
    /// let found = ProportionTest::equal(&[1, 2, 3], &[4, 4, 4], (0.95, true))?;
    /// assert_eq!((found.test.statistic, found.test.df), (2.0, Some(2.0)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn equal(
        successes: &[u64],
        trials: &[u64],
        (level, continuity): (f64, bool),
    ) -> Result<Self, NotEstimable> {
        let groups = Groups::new(successes, trials)?;
        let critical = Normal::critical(level)?;
        let total: f64 = groups.trials.iter().sum();
        let pooled = groups.successes.iter().sum::<f64>() / total;
        if groups.trials.len() < 2 || pooled == 0.0 || pooled == 1.0 {
            let what = if groups.trials.len() < 2 {
                "the group"
            } else {
                "the outcome"
            };
            return Err(NotEstimable::OneLevel { what });
        }
        let estimates = groups.estimates();
        let (mut correction, mut limits) = (0.0, None);
        if let ([first, second], [n1, n2]) = (&estimates[..], &groups.trials[..]) {
            let (difference, inverses) = (first - second, 1.0 / n1 + 1.0 / n2);
            if continuity {
                correction = (difference.abs() / inverses).min(0.5);
            }
            let variance = first * (1.0 - first) / n1 + second * (1.0 - second) / n2;
            let width = critical * variance.sqrt() + correction * inverses;
            limits = Some((
                (difference - width).max(-1.0),
                (difference + width).min(1.0),
            ));
        }
        let expected = vec![pooled; estimates.len()];
        let statistic = groups.statistic(&expected, correction);
        Ok(Self {
            test: upper_tail(statistic, estimates.len() as f64 - 1.0)?,
            estimates,
            limits,
        })
    }

    /// Tests whether each group has the proportion that is said; one group has an interval of
    /// this level. R: `prop.test(x, n, p)`.
    ///
    /// # Errors
    /// As [`Self::equal`]; not one proportion per group, or one that is not between 0 and 1.
    ///
    /// ```
    /// use statistics::table_one::ProportionTest;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // 14 heads of 20: 16/10 + 16/10.
    /// let found = ProportionTest::given(&[14], &[20], &[0.5], (0.95, false))?;
    /// assert!((found.test.statistic - 3.2).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn given(
        successes: &[u64],
        trials: &[u64],
        proportions: &[f64],
        (level, continuity): (f64, bool),
    ) -> Result<Self, NotEstimable> {
        let groups = Groups::new(successes, trials)?;
        NotEstimable::unless_length("the proportions", trials.len(), proportions.len())?;
        if let Some(&value) = proportions.iter().find(|&&p| !(p > 0.0 && p < 1.0)) {
            return Err(NotEstimable::Domain {
                what: "a proportion",
                value,
            });
        }
        let (mut correction, mut limits) = (0.0, None);
        if continuity && trials.len() <= 2 {
            correction = 0.5;
        }
        if let ([successes], [trials], [p]) = (successes, trials, proportions) {
            let distance = (*successes as f64 - *trials as f64 * p).abs();
            correction = distance.min(correction);
            let counts = (*successes, *trials);
            limits = Some(proportion_wilson_moved(counts, level, correction)?);
        }
        Ok(Self {
            estimates: groups.estimates(),
            test: upper_tail(
                groups.statistic(proportions, correction),
                trials.len() as f64,
            )?,
            limits,
        })
    }
}

/// Counts as numbers.
struct Groups {
    successes: Vec<f64>,
    trials: Vec<f64>,
}

impl Groups {
    fn new(successes: &[u64], trials: &[u64]) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length("the trials", successes.len(), trials.len())?;
        if trials.is_empty() || trials.contains(&0) {
            return Err(NotEstimable::Empty { what: "trials" });
        }
        if let Some((x, _)) = successes.iter().zip(trials).find(|(x, n)| x > n) {
            return Err(NotEstimable::Domain {
                what: "the successes",
                value: *x as f64,
            });
        }
        Ok(Self {
            successes: successes.iter().map(|&x| x as f64).collect(),
            trials: trials.iter().map(|&n| n as f64).collect(),
        })
    }

    fn estimates(&self) -> Vec<f64> {
        let pairs = self.successes.iter().zip(&self.trials);
        pairs.map(|(x, n)| x / n).collect()
    }

    /// Σ (|count − expected| − correction)²/expected over successes and failures.
    fn statistic(&self, proportions: &[f64], correction: f64) -> f64 {
        let groups = self.successes.iter().zip(&self.trials).zip(proportions);
        groups
            .map(|((x, n), p)| {
                // Successes and failures are equally far from what is expected.
                let distance = (x - n * p).abs() - correction;
                distance * distance / (n * p * (1.0 - p))
            })
            .sum()
    }
}
