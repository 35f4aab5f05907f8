use crate::NotEstimable;
use crate::special::ln_choose;

/// The distribution of the first cell of a two-by-two table with fixed margins and a given odds
/// ratio (Fisher's noncentral hypergeometric distribution; central for an odds ratio of 1).
///
/// Holds the probability of each possible count, so making one takes time and memory of the
/// smallest margin. R: inside `fisher.test` and `mantelhaen.test(exact = TRUE)`.
///
/// ```
/// use statistics::distribution::Hypergeometric;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // First row 3, second row 2, first column 2: P(0) = 1/10, P(1) = 6/10, P(2) = 3/10.
/// let cell = Hypergeometric::new(3, 2, 2)?;
/// assert!((cell.probability(1, 1.0) - 0.6).abs() < 1e-15);
/// assert!((cell.mean(1.0) - 1.2).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Hypergeometric {
    least: u64,
    /// ln of the central weights from the least count on.
    ln_weights: Vec<f64>,
}

impl Hypergeometric {
    /// The table's first row, second row and first column.
    ///
    /// # Errors
    /// [`NotEstimable::Domain`] if the column holds more than both rows.
    ///
    /// ```
    /// use statistics::distribution::Hypergeometric;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Fisher's tea: four of eight cups had milk first, and four are named.
    /// let cups = Hypergeometric::new(4, 4, 4)?;
    /// assert!((cups.probability(4, 1.0) - 1.0 / 70.0).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(row1: u64, row2: u64, column1: u64) -> Result<Self, NotEstimable> {
        if column1 > row1 + row2 {
            let value = column1 as f64;
            return Err(NotEstimable::Domain {
                what: "the first column",
                value,
            });
        }
        let least = column1.saturating_sub(row2);
        let most = row1.min(column1);
        let all = ln_choose((row1 + row2) as f64, column1 as f64);
        let weight = |k: u64| {
            let first = ln_choose(row1 as f64, k as f64);
            first + ln_choose(row2 as f64, (column1 - k) as f64) - all
        };
        Ok(Self {
            least,
            ln_weights: (least..=most).map(weight).collect(),
        })
    }

    /// The least and the largest possible count.
    ///
    /// ```
    /// use statistics::distribution::Hypergeometric;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Fisher's tea: four of eight cups had milk first, and four are named.
    /// let cups = Hypergeometric::new(4, 4, 4)?;
    /// assert_eq!(cups.support(), (0, 4));
    /// # Ok(())
    /// # }
    /// ```
    pub fn support(&self) -> (u64, u64) {
        (self.least, self.least + self.ln_weights.len() as u64 - 1)
    }

    /// The probabilities of all possible counts. R: `dhyper(0:4, 4, 4, 4)`.
    ///
    /// ```
    /// use statistics::distribution::Hypergeometric;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Fisher's tea: four of eight cups had milk first, and four are named.
    /// let cups = Hypergeometric::new(4, 4, 4)?;
    /// let found = cups.probabilities(1.0);
    /// let ways = [1.0, 16.0, 36.0, 16.0, 1.0];
    /// assert!(found.iter().zip(ways).all(|(p, ways)| (p - ways / 70.0).abs() < 1e-14));
    /// # Ok(())
    /// # }
    /// ```
    pub fn probabilities(&self, odds_ratio: f64) -> Vec<f64> {
        let ln_odds = odds_ratio.ln();
        let tilted = |(step, weight): (usize, &f64)| {
            // 0 · ln 0 is 0: without tilt at the least count.
            if step == 0 {
                *weight
            } else {
                weight + step as f64 * ln_odds
            }
        };
        let terms: Vec<f64> = self.ln_weights.iter().enumerate().map(tilted).collect();
        let largest = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = terms.iter().map(|term| (term - largest).exp()).collect();
        let total: f64 = weights.iter().sum();
        weights.iter().map(|weight| weight / total).collect()
    }

    /// The probability of one count. R: `dhyper`; with an odds ratio `BiasedUrn::dFNCHypergeo`.
    ///
    /// ```
    /// use statistics::distribution::Hypergeometric;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Fisher's tea: four of eight cups had milk first, and four are named.
    /// let cups = Hypergeometric::new(4, 4, 4)?;
    /// assert!((cups.probability(3, 1.0) - 16.0 / 70.0).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn probability(&self, count: u64, odds_ratio: f64) -> f64 {
        let place = count.checked_sub(self.least);
        place
            .and_then(|place| self.probabilities(odds_ratio).get(place as usize).copied())
            .unwrap_or(0.0)
    }

    /// The expected count.
    ///
    /// ```
    /// use statistics::distribution::Hypergeometric;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Fisher's tea: four of eight cups had milk first, and four are named.
    /// let cups = Hypergeometric::new(4, 4, 4)?;
    /// assert!((cups.mean(1.0) - 2.0).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn mean(&self, odds_ratio: f64) -> f64 {
        let probabilities = self.probabilities(odds_ratio);
        let steps = probabilities.iter().enumerate();
        self.least as f64 + steps.map(|(step, p)| step as f64 * p).sum::<f64>()
    }

    /// P(count or fewer). R: `phyper`.
    ///
    /// ```
    /// use statistics::distribution::Hypergeometric;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Fisher's tea: four of eight cups had milk first, and four are named.
    /// let cups = Hypergeometric::new(4, 4, 4)?;
    /// assert!((cups.at_most(1, 1.0) - 17.0 / 70.0).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn at_most(&self, count: u64, odds_ratio: f64) -> f64 {
        let Some(place) = count.checked_sub(self.least) else {
            return 0.0;
        };
        let probabilities = self.probabilities(odds_ratio);
        probabilities.iter().take(place as usize + 1).sum()
    }

    /// P(count or more). R: `phyper(count - 1, ..., lower.tail = FALSE)`.
    ///
    /// ```
    /// use statistics::distribution::Hypergeometric;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Fisher's tea: four of eight cups had milk first, and four are named.
    /// let cups = Hypergeometric::new(4, 4, 4)?;
    /// assert!((cups.at_least(3, 1.0) - 17.0 / 70.0).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn at_least(&self, count: u64, odds_ratio: f64) -> f64 {
        let place = count.saturating_sub(self.least);
        let probabilities = self.probabilities(odds_ratio);
        probabilities.iter().skip(place as usize).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_odds_ratio_tilts_the_weights() {
        // Weights 1, 6, 3 with odds ratio 2 become 1, 12, 12.
        let cell = Hypergeometric::new(3, 2, 2).expect("valid");
        let probabilities = cell.probabilities(2.0);
        for (found, expected) in probabilities.iter().zip([0.04, 0.48, 0.48]) {
            assert!((found - expected).abs() < 1e-14);
        }
        assert!((cell.at_most(1, 2.0) - 0.52).abs() < 1e-14);
        assert!((cell.at_least(1, 2.0) - 0.96).abs() < 1e-14);
        assert_eq!(cell.support(), (0, 2));
    }

    #[test]
    fn extreme_odds_ratios() {
        let cell = Hypergeometric::new(3, 2, 4).expect("valid");
        assert_eq!(cell.support(), (2, 3));
        assert_eq!(cell.probabilities(0.0), [1.0, 0.0]);
    }
}
