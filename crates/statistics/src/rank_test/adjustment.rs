//! P-values of several tests at once.

/// How p-values of several tests are made comparable to one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjustment {
    /// As they are.
    None,
    /// Times the number of tests.
    Bonferroni,
    /// Holm (1979): steps down from the smallest; familywise error under any dependence.
    Holm,
    /// Hochberg (1988): steps up from the largest; familywise error if independent.
    Hochberg,
    /// Hommel (1988).
    Hommel,
    /// Benjamini and Hochberg (1995): false discovery rate.
    BenjaminiHochberg,
    /// Benjamini and Yekutieli (2001): false discovery rate under any dependence.
    BenjaminiYekutieli,
}

impl Adjustment {
    /// Adjusted p-values, in the order given. NaN stay and do not count. R: `p.adjust`.
    ///
    /// ```
    /// use statistics::rank_test::Adjustment;
    /// let p = [0.01, 0.04, 0.03];
    /// assert_eq!(Adjustment::Holm.apply(&p), [0.03, 0.06, 0.06]);
    /// assert_eq!(Adjustment::BenjaminiHochberg.apply(&p), [0.03, 0.04, 0.04]);
    /// ```
    #[must_use]
    pub fn apply(self, p: &[f64]) -> Vec<f64> {
        let mut order: Vec<usize> = (0..p.len()).filter(|&test| !p[test].is_nan()).collect();
        order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
        let sorted: Vec<f64> = order.iter().map(|&test| p[test]).collect();
        let adjusted = self.of_sorted(&sorted);
        let mut result = p.to_vec();
        for (&test, value) in order.iter().zip(adjusted) {
            result[test] = value.min(1.0);
        }
        result
    }

    /// Of rising p-values.
    fn of_sorted(self, p: &[f64]) -> Vec<f64> {
        let count = p.len();
        let n = count as f64;
        let rank = |place: usize| place as f64 + 1.0;
        match self {
            Self::None => p.to_vec(),
            Self::Bonferroni => p.iter().map(|p| p * n).collect(),
            Self::Holm => rising(p, |place| n - place as f64),
            Self::Hochberg => falling(p, |place| n - place as f64),
            Self::Hommel => hommel(p),
            Self::BenjaminiHochberg => falling(p, |place| n / rank(place)),
            Self::BenjaminiYekutieli => {
                let harmonic: f64 = (0..count).map(|place| 1.0 / rank(place)).sum();
                falling(p, |place| harmonic * n / rank(place))
            }
        }
    }
}

/// The running maximum of `factor · p`, from the smallest p on.
fn rising(p: &[f64], factor: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut largest = 0.0_f64;
    let step = |(place, p): (usize, &f64)| {
        largest = largest.max(factor(place) * p);
        largest
    };
    p.iter().enumerate().map(step).collect()
}

/// The running minimum of `factor · p`, from the largest p on.
fn falling(p: &[f64], factor: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut smallest = f64::INFINITY;
    let mut result = p.to_vec();
    for place in (0..p.len()).rev() {
        smallest = smallest.min(factor(place) * p[place]);
        result[place] = smallest;
    }
    result
}

/// Closed testing with Simes' test of every intersection (Wright 1992, appendix).
fn hommel(p: &[f64]) -> Vec<f64> {
    let n = p.len();
    let mut result = p.to_vec();
    for m in (2..=n).rev() {
        // Simes' value of the m − 1 largest p-values with the smallest of the rest.
        let upper = n - m + 1;
        let simes = (upper..n)
            .map(|place| m as f64 * p[place] / (place - upper + 2) as f64)
            .fold(f64::INFINITY, f64::min);
        for (place, value) in result.iter_mut().enumerate() {
            let own = p[place.min(upper - 1)];
            *value = value.max(simes.min(m as f64 * own));
        }
    }
    result
}
