use super::Ratings;
use crate::NotEstimable;

/// How far two values are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Different or not.
    Nominal,
    /// By ranks.
    Ordinal,
    /// (a − b)².
    Interval,
    /// ((a − b)/(a + b))².
    Ratio,
}

/// Krippendorff's α for any number of raters, with missing ratings.
///
/// # Method
/// Krippendorff (2004), *Content Analysis*, chapter 11: coincidences of values within units
/// against what chance would give, α = 1 − Dₒ/Dₑ.
///
/// ```
/// use statistics::agreement::{KrippendorffAlpha, Metric, Ratings};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let one = [Some(0), Some(1), Some(0), None];
/// let other = [Some(0), Some(1), Some(1), Some(0)];
/// let ratings = Ratings::new(&[one, other], 2)?;
/// let alpha = KrippendorffAlpha::estimate(&ratings, &[1.0, 2.0], Metric::Nominal)?;
/// // Three units with pairs; six values, three of each: Dₒ = 2/6, Dₑ = 2·3·3/(6·5).
/// assert!((alpha.value - (1.0 - (1.0 / 3.0) / 0.6)).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KrippendorffAlpha {
    /// α.
    pub value: f64,
    /// Values that can be paired with another one of the same unit.
    pub pairable: usize,
    /// Units, those without pairs included.
    pub units: usize,
    /// Raters.
    pub raters: usize,
}

impl KrippendorffAlpha {
    /// Estimates α; `values` are the numbers (rising) that the codes stand for.
    /// R: `irr::kripp.alpha`.
    ///
    /// # Errors
    /// Not one value per category, no unit with two ratings, or a single value.
    pub fn estimate(
        ratings: &Ratings,
        values: &[f64],
        metric: Metric,
    ) -> Result<Self, NotEstimable> {
        let categories = ratings.categories();
        NotEstimable::unless_length("the list of values", categories, values.len())?;
        let counts = ratings.counts();
        let mut totals = vec![0.0; categories];
        let mut coincidences = vec![vec![0.0; categories]; categories];
        for unit in &counts {
            let size: f64 = unit.iter().sum();
            if size < 2.0 {
                continue;
            }
            for i in 0..categories {
                totals[i] += unit[i];
                for j in 0..categories {
                    let pairs = unit[i] * (unit[j] - f64::from(u8::from(i == j)));
                    coincidences[i][j] += pairs / (size - 1.0);
                }
            }
        }
        let pairable: f64 = totals.iter().sum();
        if pairable == 0.0 {
            return Err(NotEstimable::Empty {
                what: "units with two ratings",
            });
        }
        let distances = Distances {
            values,
            totals: &totals,
            metric,
        };
        let (mut observed, mut expected) = (0.0, 0.0);
        for i in 0..categories {
            for j in 0..categories {
                let distance = distances.between(i, j);
                observed += coincidences[i][j] * distance;
                expected += totals[i] * totals[j] * distance;
            }
        }
        if expected == 0.0 {
            return Err(NotEstimable::OneLevel { what: "the rating" });
        }
        Ok(Self {
            value: 1.0 - (pairable - 1.0) * observed / expected,
            pairable: pairable as usize,
            units: ratings.subjects(),
            raters: ratings.raters(),
        })
    }
}

struct Distances<'a> {
    values: &'a [f64],
    totals: &'a [f64],
    metric: Metric,
}

impl Distances<'_> {
    fn between(&self, i: usize, j: usize) -> f64 {
        if i == j {
            return 0.0;
        }
        let (a, b) = (self.values[i], self.values[j]);
        match self.metric {
            Metric::Nominal => 1.0,
            Metric::Ordinal => {
                let between: f64 = self.totals[i.min(j)..=i.max(j)].iter().sum();
                (between - (self.totals[i] + self.totals[j]) / 2.0).powi(2)
            }
            Metric::Interval => (a - b).powi(2),
            Metric::Ratio if a + b == 0.0 => 0.0,
            Metric::Ratio => ((a - b) / (a + b)).powi(2),
        }
    }
}
