use crate::NotEstimable;

/// What is known of a scale and of the population without complaints.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    /// The reliability of the scale.
    pub reliability: f64,
    /// Mean of the functional population.
    pub functional_mean: f64,
    /// Standard deviation of the functional population.
    pub functional_sd: f64,
    /// Whether a lower score is better.
    pub lower_is_better: bool,
    /// The size of the index from which change is reliable; 1.96 for 95 %.
    pub critical: f64,
}

/// What became of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Reliably better, and across the cut-off into the functional range.
    Recovered,
    /// Reliably better.
    Improved,
    /// No change beyond measurement error.
    Unchanged,
    /// Reliably worse.
    Deteriorated,
}

/// The reliable change index and the cut-offs for clinically significant change.
/// R: none.
///
/// # Method
/// Jacobson and Truax (1991): S_E = s₁ √(1 − r), S_diff = √2 S_E, RCI = (post − pre)/S_diff;
/// cut-off A two standard deviations beyond the clinical mean, B two within the functional
/// range, C where both distributions are equally near.
///
/// ```
/// use statistics::psychometrics::{Change, ReliableChange, Scores};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let scale = Scores {
///     reliability: 0.92,
///     functional_mean: 10.0,
///     functional_sd: 5.0,
///     lower_is_better: true,
///     critical: 1.96,
/// };
/// let change = ReliableChange::estimate(&[35.0, 25.0, 30.0], &[12.0, 24.0, 31.0], scale)?;
/// // sd 5, S_E = 5 √0.08 = 1.414, S_diff = 2: −11.5, −0.5 and 0.5.
/// assert!((change.index[0] + 11.5).abs() < 1e-12);
/// assert_eq!(change.cut_off_c, 20.0);
/// assert_eq!(change.classes, [Change::Recovered, Change::Unchanged, Change::Unchanged]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ReliableChange {
    /// Standard deviation before treatment.
    pub sd: f64,
    /// Standard error of measurement.
    pub standard_error: f64,
    /// Standard error of a difference.
    pub standard_error_of_difference: f64,
    /// The index of each person.
    pub index: Vec<f64>,
    /// Beyond the clinical range.
    pub cut_off_a: f64,
    /// Within the functional range.
    pub cut_off_b: f64,
    /// Halfway, weighted by the spreads.
    pub cut_off_c: f64,
    /// What became of each person, by cut-off C.
    pub classes: Vec<Change>,
}

impl ReliableChange {
    /// From scores before and after of the same persons.
    ///
    /// # Errors
    /// Lengths that differ, fewer than two persons, scores that are not finite or all equal, a
    /// reliability outside [0, 1).
    pub fn estimate(pre: &[f64], post: &[f64], scale: Scores) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length("the scores after", pre.len(), post.len())?;
        NotEstimable::unless_finite("the scores before", pre)?;
        NotEstimable::unless_finite("the scores after", post)?;
        if pre.len() < 2 {
            return Err(NotEstimable::Empty {
                what: "two persons",
            });
        }
        if !(0.0..1.0).contains(&scale.reliability) {
            let value = scale.reliability;
            return Err(NotEstimable::Domain {
                what: "the reliability",
                value,
            });
        }
        let n = pre.len() as f64;
        let mean = pre.iter().sum::<f64>() / n;
        let squares: f64 = pre.iter().map(|score| (score - mean).powi(2)).sum();
        let sd = (squares / (n - 1.0)).sqrt();
        if sd == 0.0 {
            return Err(NotEstimable::OneLevel {
                what: "the score before",
            });
        }
        let standard_error = sd * (1.0 - scale.reliability).sqrt();
        let difference = std::f64::consts::SQRT_2 * standard_error;
        let better = if scale.lower_is_better { -1.0 } else { 1.0 };
        let (c0, s0) = (scale.functional_mean, scale.functional_sd);
        let cut_off_c = (s0 * mean + sd * c0) / (s0 + sd);
        let index: Vec<f64> = pre
            .iter()
            .zip(post)
            .map(|(a, b)| (b - a) / difference)
            .collect();
        let class = |place: usize| {
            let gain = better * index[place];
            let crosses = better * (pre[place] - cut_off_c) < 0.0
                && better * (post[place] - cut_off_c) >= 0.0;
            match gain {
                gain if gain >= scale.critical && crosses => Change::Recovered,
                gain if gain >= scale.critical => Change::Improved,
                gain if gain <= -scale.critical => Change::Deteriorated,
                _ => Change::Unchanged,
            }
        };
        Ok(Self {
            sd,
            standard_error,
            standard_error_of_difference: difference,
            cut_off_a: mean + better * 2.0 * sd,
            cut_off_b: c0 - better * 2.0 * s0,
            cut_off_c,
            classes: (0..index.len()).map(class).collect(),
            index,
        })
    }
}
