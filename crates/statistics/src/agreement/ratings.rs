use crate::NotEstimable;

/// Ratings of subjects by raters, as category codes 0, 1, …. R: the matrix that `irr` takes.
///
/// ```
/// use statistics::agreement::Ratings;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let first = [Some(0), Some(1), None];
/// let second = [Some(0), Some(0), Some(1)];
/// let ratings = Ratings::new(&[&first, &second], 2)?;
/// assert_eq!((ratings.subjects(), ratings.raters()), (3, 2));
/// assert_eq!(ratings.complete().subjects(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ratings {
    /// One column per rater.
    raters: Vec<Vec<Option<usize>>>,
    categories: usize,
}

impl Ratings {
    /// One slice per rater with a code (or none) per subject; codes are below `categories`.
    ///
    /// # Errors
    /// No raters, columns of different lengths, codes that are too large.
    ///
    /// ```
    /// use statistics::agreement::Ratings;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let ratings = Ratings::new(&[[Some(0), Some(1), None], [Some(0), Some(0), Some(1)]], 2)?;
    /// assert_eq!(ratings.rater(1)[2], Some(1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn new<R: AsRef<[Option<usize>]>>(
        raters: &[R],
        categories: usize,
    ) -> Result<Self, NotEstimable> {
        let raters: Vec<_> = raters.iter().map(|rater| rater.as_ref().to_vec()).collect();
        let Some(first) = raters.first() else {
            return Err(NotEstimable::Empty { what: "raters" });
        };
        for rater in &raters {
            NotEstimable::unless_length("the ratings of a rater", first.len(), rater.len())?;
            let unknown = |code: &Option<usize>| code.is_some_and(|code| code >= categories);
            if let Some(position) = rater.iter().position(unknown) {
                return Err(NotEstimable::UnknownCode {
                    what: "category",
                    code: rater[position].unwrap_or_default(),
                    position,
                });
            }
        }
        Ok(Self { raters, categories })
    }

    /// The number of rows.
    ///
    /// ```
    /// use statistics::agreement::Ratings;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let ratings = Ratings::new(&[[Some(0), Some(1), None], [Some(0), Some(0), Some(1)]], 2)?;
    /// assert_eq!(ratings.subjects(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn subjects(&self) -> usize {
        self.raters.first().map_or(0, Vec::len)
    }

    /// The number of columns.
    ///
    /// ```
    /// use statistics::agreement::Ratings;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let ratings = Ratings::new(&[[Some(0), Some(1), None], [Some(0), Some(0), Some(1)]], 2)?;
    /// assert_eq!(ratings.raters(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn raters(&self) -> usize {
        self.raters.len()
    }

    /// The number of categories.
    ///
    /// ```
    /// use statistics::agreement::Ratings;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let ratings = Ratings::new(&[[Some(0), Some(1), None], [Some(0), Some(0), Some(1)]], 2)?;
    /// assert_eq!(ratings.categories(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn categories(&self) -> usize {
        self.categories
    }

    /// The ratings of one rater.
    ///
    /// ```
    /// use statistics::agreement::Ratings;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let ratings = Ratings::new(&[[Some(0), Some(1), None], [Some(0), Some(0), Some(1)]], 2)?;
    /// assert_eq!(ratings.rater(0), [Some(0), Some(1), None]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn rater(&self, rater: usize) -> &[Option<usize>] {
        &self.raters[rater]
    }

    /// Only the subjects that every rater rated. R: `na.omit`.
    ///
    /// ```
    /// use statistics::agreement::Ratings;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let ratings = Ratings::new(&[[Some(0), Some(1), None], [Some(0), Some(0), Some(1)]], 2)?;
    /// assert_eq!(ratings.complete().subjects(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn complete(&self) -> Self {
        let full = |&subject: &usize| self.raters.iter().all(|rater| rater[subject].is_some());
        let kept: Vec<usize> = (0..self.subjects()).filter(full).collect();
        let column = |rater: &Vec<Option<usize>>| kept.iter().map(|&row| rater[row]).collect();
        Self {
            raters: self.raters.iter().map(column).collect(),
            categories: self.categories,
        }
    }

    /// How many raters put each subject into each category: one row per subject.
    ///
    /// ```
    /// use statistics::agreement::Ratings;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let ratings = Ratings::new(&[[Some(0), Some(1), None], [Some(0), Some(0), Some(1)]], 2)?;
    /// assert_eq!(ratings.counts(), [[2.0, 0.0], [1.0, 1.0], [0.0, 1.0]]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn counts(&self) -> Vec<Vec<f64>> {
        let mut counts = vec![vec![0.0; self.categories]; self.subjects()];
        for rater in &self.raters {
            for (subject, code) in rater.iter().enumerate() {
                if let Some(code) = code {
                    counts[subject][*code] += 1.0;
                }
            }
        }
        counts
    }

    /// Fails unless at least one subject and two raters are there.
    pub(crate) fn demand_pairs(&self) -> Result<(), NotEstimable> {
        if self.subjects() == 0 {
            return Err(NotEstimable::Empty {
                what: "subjects rated by every rater",
            });
        }
        if self.raters() < 2 {
            return Err(NotEstimable::Empty {
                what: "pairs of raters",
            });
        }
        Ok(())
    }
}
