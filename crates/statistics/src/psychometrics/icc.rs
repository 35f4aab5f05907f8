use crate::NotEstimable;
use crate::distribution::{Distribution, FisherF, confidence_level};

/// Sums of squares of subjects rated by the same number of raters.
/// R: `aov(rating ~ subject + rater)`.
///
/// ```
/// use statistics::psychometrics::RatingAnova;
/// // The second rater gives one more than the first, always.
/// let anova = RatingAnova::of(&[[1.0, 2.0, 3.0], [2.0, 3.0, 4.0]])?;
/// assert_eq!((anova.subjects, anova.raters), (3, 2));
/// assert!((anova.mean_square_subjects - 2.0).abs() < 1e-15);
/// assert!((anova.mean_square_raters - 1.5).abs() < 1e-15);
/// assert!(anova.mean_square_residual.abs() < 1e-15);
/// // n − 1, k − 1, n (k − 1) and (n − 1)(k − 1).
/// assert_eq!(anova.degrees_of_freedom(), [2.0, 1.0, 3.0, 2.0]);
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatingAnova {
    /// Subjects (rows).
    pub subjects: usize,
    /// Raters (columns).
    pub raters: usize,
    /// Between subjects.
    pub mean_square_subjects: f64,
    /// Between raters.
    pub mean_square_raters: f64,
    /// Within subjects.
    pub mean_square_within: f64,
    /// What subjects and raters leave.
    pub mean_square_residual: f64,
}

impl RatingAnova {
    /// From one column of ratings per rater, without missing values.
    ///
    /// # Errors
    /// Fewer than two subjects or raters, lengths that differ, values that are not finite.
    pub fn of<R: AsRef<[f64]>>(ratings: &[R]) -> Result<Self, NotEstimable> {
        let raters = ratings.len();
        let subjects = ratings.first().map_or(0, |rater| rater.as_ref().len());
        if subjects < 2 || raters < 2 {
            return Err(NotEstimable::Empty {
                what: "two subjects rated by two raters",
            });
        }
        for rater in ratings {
            NotEstimable::unless_length("the ratings of a rater", subjects, rater.as_ref().len())?;
            NotEstimable::unless_finite("the ratings of a rater", rater.as_ref())?;
        }
        let (n, k) = (subjects as f64, raters as f64);
        let mean_of = |subject: usize| ratings.iter().map(|r| r.as_ref()[subject]).sum::<f64>() / k;
        let rows: Vec<f64> = (0..subjects).map(mean_of).collect();
        let columns: Vec<f64> = ratings
            .iter()
            .map(|rater| rater.as_ref().iter().sum::<f64>() / n)
            .collect();
        let grand = rows.iter().sum::<f64>() / n;
        let squares = |means: &[f64]| means.iter().map(|mean| (mean - grand).powi(2)).sum::<f64>();
        let (mut within, mut residual) = (0.0, 0.0);
        for (rater, column) in ratings.iter().zip(&columns) {
            for (value, row) in rater.as_ref().iter().zip(&rows) {
                within += (value - row).powi(2);
                residual += (value - row - column + grand).powi(2);
            }
        }
        Ok(Self {
            subjects,
            raters,
            mean_square_subjects: k * squares(&rows) / (n - 1.0),
            mean_square_raters: n * squares(&columns) / (k - 1.0),
            mean_square_within: within / (n * (k - 1.0)),
            mean_square_residual: residual / ((n - 1.0) * (k - 1.0)),
        })
    }

    /// Degrees of freedom of subjects, raters, within subjects, and the residual.
    pub fn degrees_of_freedom(&self) -> [f64; 4] {
        let (n, k) = (self.subjects as f64, self.raters as f64);
        [n - 1.0, k - 1.0, n * (k - 1.0), (n - 1.0) * (k - 1.0)]
    }
}

/// What raters are, and what counts as agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IccForm {
    /// Each subject has raters of its own (Shrout and Fleiss' case 1).
    OneWay,
    /// All subjects have the same raters; differences between raters count (case 2).
    Agreement,
    /// All subjects have the same raters; only order counts (case 3).
    Consistency,
}

/// What is used later: a rating or a mean of ratings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IccUnit {
    /// One rating.
    Single,
    /// The mean of as many ratings as here.
    Average,
}

/// An intraclass correlation, its F test and its interval. R: `irr::icc`, `psych::ICC`.
///
/// # Method
/// Shrout and Fleiss (1979), McGraw and Wong (1996). For `Agreement` the degrees of freedom of
/// the denominator are Satterthwaite's, at the estimate.
///
/// ```
/// use statistics::psychometrics::{IccForm, IccUnit, IntraclassCorrelation, RatingAnova};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let anova = RatingAnova::of(&[[9.0, 6.0, 8.0, 7.0, 10.0, 6.0], [2.0, 1.0, 4.0, 1.0, 5.0, 2.0],
///     [5.0, 3.0, 6.0, 2.0, 6.0, 4.0], [8.0, 2.0, 8.0, 6.0, 9.0, 7.0]])?;
/// let icc = IntraclassCorrelation::new(&anova, IccForm::OneWay, IccUnit::Single, 0.0, 0.95)?;
/// assert!((icc.value - 0.17).abs() < 0.005); // Shrout and Fleiss, table 4
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntraclassCorrelation {
    /// The estimate.
    pub value: f64,
    /// F for the test that the correlation is `null`.
    pub f: f64,
    /// Degrees of freedom of its numerator.
    pub df1: f64,
    /// Degrees of freedom of its denominator.
    pub df2: f64,
    /// The one-sided p-value.
    pub p_value: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

impl IntraclassCorrelation {
    /// The correlation of one form; tests against `null`, with limits of `level`.
    ///
    /// # Errors
    /// A null or level outside [0, 1), or no variance at all.
    pub fn new(
        anova: &RatingAnova,
        form: IccForm,
        unit: IccUnit,
        null: f64,
        level: f64,
    ) -> Result<Self, NotEstimable> {
        confidence_level(level)?;
        if !(0.0..1.0).contains(&null) {
            return Err(NotEstimable::Domain {
                what: "the correlation tested",
                value: null,
            });
        }
        let result = match form {
            IccForm::OneWay => simple(anova, anova.mean_square_within, 2, (unit, null, level)),
            IccForm::Consistency => {
                simple(anova, anova.mean_square_residual, 3, (unit, null, level))
            }
            IccForm::Agreement => agreement(anova, (unit, null, level), false),
        }?;
        NotEstimable::unless_finite("the intraclass correlation", &[result.value])?;
        Ok(result)
    }

    /// Agreement as irr 0.84.1 has it: for means it takes the degrees of freedom at the
    /// correlation of the mean where McGraw and Wong have that of a single rating. For
    /// comparison only.
    ///
    /// # Errors
    /// As [`Self::new`].
    ///
    /// ```
    /// use statistics::psychometrics::{IccForm, IccUnit, IntraclassCorrelation, RatingAnova};
    /// let anova = RatingAnova::of(&[[9.0, 6.0, 8.0, 7.0, 10.0, 6.0], [2.0, 1.0, 4.0, 1.0, 5.0, 2.0],
    ///     [5.0, 3.0, 6.0, 2.0, 6.0, 4.0], [8.0, 2.0, 8.0, 6.0, 9.0, 7.0]])?;
    /// let (form, unit) = (IccForm::Agreement, IccUnit::Average);
    /// let ours = IntraclassCorrelation::new(&anova, form, unit, 0.0, 0.95)?;
    /// let theirs = IntraclassCorrelation::agreement_of_irr(&anova, unit, 0.0, 0.95)?;
    /// assert_eq!(ours.value, theirs.value);
    /// assert!(ours.df2 != theirs.df2 && ours.lower != theirs.lower);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn agreement_of_irr(
        anova: &RatingAnova,
        unit: IccUnit,
        null: f64,
        level: f64,
    ) -> Result<Self, NotEstimable> {
        // The checks of arguments are there.
        Self::new(anova, IccForm::Agreement, unit, null, level)?;
        agreement(anova, (unit, null, level), true)
    }

    /// The interval of Shrout and Fleiss for the mean of `k` ratings, from the one for a single
    /// rating by the Spearman–Brown formula (R: `psych::ICC`, type ICC2k).
    ///
    /// ```
    /// use statistics::psychometrics::{IccForm, IccUnit, IntraclassCorrelation, RatingAnova};
    /// let anova = RatingAnova::of(&[[9.0, 6.0, 8.0, 7.0, 10.0, 6.0], [2.0, 1.0, 4.0, 1.0, 5.0, 2.0],
    ///     [5.0, 3.0, 6.0, 2.0, 6.0, 4.0], [8.0, 2.0, 8.0, 6.0, 9.0, 7.0]])?;
    /// let of = |unit| IntraclassCorrelation::new(&anova, IccForm::Consistency, unit, 0.0, 0.95);
    /// let (single, mean) = (of(IccUnit::Single)?, of(IccUnit::Average)?);
    /// let (lower, upper) = single.stepped_up_limits(4);
    /// assert!((lower - mean.lower).abs() < 1e-12 && (upper - mean.upper).abs() < 1e-12);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn stepped_up_limits(&self, k: usize) -> (f64, f64) {
        let k = k as f64;
        let step = |limit: f64| limit * k / (1.0 + limit * (k - 1.0));
        (step(self.lower), step(self.upper))
    }
}

/// One-way and consistency: F is a ratio of two mean squares.
fn simple(
    anova: &RatingAnova,
    error: f64,
    error_df: usize,
    (unit, null, level): (IccUnit, f64, f64),
) -> Result<IntraclassCorrelation, NotEstimable> {
    let df = anova.degrees_of_freedom();
    let (df1, df2) = (df[0], df[error_df]);
    let (k, ratio) = (anova.raters as f64, anova.mean_square_subjects / error);
    let correlation = |f: f64| match unit {
        IccUnit::Single => (f - 1.0) / (f + k - 1.0),
        IccUnit::Average => 1.0 - 1.0 / f,
    };
    let f = match unit {
        IccUnit::Single => ratio * (1.0 - null) / (1.0 + (k - 1.0) * null),
        IccUnit::Average => ratio * (1.0 - null),
    };
    let tail = (1.0 - level) / 2.0;
    Ok(IntraclassCorrelation {
        value: correlation(ratio),
        f,
        df1,
        df2,
        p_value: FisherF::new(df1, df2)?.upper(f),
        lower: correlation(ratio / FisherF::new(df1, df2)?.upper_quantile(tail)),
        upper: correlation(ratio * FisherF::new(df2, df1)?.upper_quantile(tail)),
    })
}

fn agreement(
    anova: &RatingAnova,
    (unit, null, level): (IccUnit, f64, f64),
    as_irr: bool,
) -> Result<IntraclassCorrelation, NotEstimable> {
    let (n, k) = (anova.subjects as f64, anova.raters as f64);
    let (rows, columns) = (anova.mean_square_subjects, anova.mean_square_raters);
    let error = anova.mean_square_residual;
    // Weights of the raters' and the residual mean square in the denominator of F.
    let (scale, value) = match unit {
        IccUnit::Single => {
            let total = rows + (k - 1.0) * error + k / n * (columns - error);
            (k, (rows - error) / total)
        }
        IccUnit::Average => (1.0, (rows - error) / (rows + (columns - error) / n)),
    };
    let scaled = |scale: f64, r: f64| {
        let a = scale * r / (n * (1.0 - r));
        // The residual's part: 1 + (n − 1) a for both units.
        (a, 1.0 + (n - 1.0) * a)
    };
    let (a, b) = scaled(if as_irr { k } else { scale }, value);
    let spread = (a * columns).powi(2) / (k - 1.0) + (b * error).powi(2) / ((n - 1.0) * (k - 1.0));
    let df2 = (a * columns + b * error).powi(2) / spread;
    let (null_a, null_b) = scaled(scale, null);
    let f = rows / (null_a * columns + null_b * error);
    let tail = (1.0 - level) / 2.0;
    let low = FisherF::new(n - 1.0, df2)?.upper_quantile(tail);
    let high = FisherF::new(df2, n - 1.0)?.upper_quantile(tail);
    let limit = |f: f64, numerator: f64| match unit {
        // `numerator` multiplies the subjects' mean square.
        IccUnit::Single => {
            let rest = k * columns + (k * n - k - n) * error;
            n * (numerator * rows - f * error) / (f * rest + n * numerator * rows)
        }
        IccUnit::Average => {
            n * (numerator * rows - f * error) / (f * (columns - error) + n * numerator * rows)
        }
    };
    Ok(IntraclassCorrelation {
        value,
        f,
        df1: n - 1.0,
        df2,
        p_value: FisherF::new(n - 1.0, df2)?.upper(f),
        lower: limit(low, 1.0),
        upper: limit(1.0, high),
    })
}
