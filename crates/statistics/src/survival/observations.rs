use crate::NotEstimable;

/// The follow-up of one group, column by column. R: `Surv(entry, time, event)`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Observations<'a> {
    /// At risk after this time; `None`: always was. −∞ is allowed.
    pub entry: Option<&'a [f64]>,
    /// At risk up to and including this time.
    pub exit: &'a [f64],
    /// Whether the event happened at `exit`; otherwise censored.
    pub event: &'a [bool],
    /// Case weights ≥ 0; all 1 if `None`.
    pub weights: Option<&'a [f64]>,
    /// Which subject a row belongs to. A row that goes on in another one of the same subject
    /// is not censored, and its continuation does not enter.
    pub id: Option<&'a [u32]>,
}

impl<'a> Observations<'a> {
    /// Rows that are followed from the start. R: `Surv(exit, event)`.
    ///
    /// ```
    /// use statistics::survival::Observations;
    /// let rows = Observations::right_censored(&[1.0, 2.0], &[true, false]);
    /// assert!(rows.entry.is_none() && rows.weights.is_none());
    /// ```
    pub fn right_censored(exit: &'a [f64], event: &'a [bool]) -> Self {
        Self {
            exit,
            event,
            ..Self::default()
        }
    }

    /// How many rows.
    ///
    /// ```
    /// use statistics::survival::Observations;
    /// let rows = Observations::right_censored(&[1.0, 2.0], &[true, false]);
    /// assert_eq!(rows.len(), 2);
    /// ```
    pub fn len(&self) -> usize {
        self.exit.len()
    }

    /// Whether there are none.
    ///
    /// ```
    /// use statistics::survival::Observations;
    /// let rows = Observations::right_censored(&[1.0, 2.0], &[true, false]);
    /// assert!(!rows.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.exit.is_empty()
    }

    pub(crate) fn entry_of(&self, row: usize) -> f64 {
        self.entry.map_or(f64::NEG_INFINITY, |entry| entry[row])
    }

    /// Columns of one length, finite exits after their entries, weights that are not negative.
    pub(crate) fn check(&self) -> Result<(), NotEstimable> {
        let rows = self.exit.len();
        if rows == 0 {
            return Err(NotEstimable::Empty { what: "rows" });
        }
        NotEstimable::unless_length("event", rows, self.event.len())?;
        NotEstimable::unless_finite("exit", self.exit)?;
        if let Some(entry) = self.entry {
            NotEstimable::unless_length("entry", rows, entry.len())?;
            if let Some(position) = entry.iter().position(|entry| entry.is_nan()) {
                return Err(NotEstimable::NotFinite {
                    what: "entry",
                    position,
                });
            }
            if let Some(row) = (0..rows).find(|&row| entry[row] >= self.exit[row]) {
                return Err(NotEstimable::EmptyInterval { row });
            }
        }
        if let Some(weights) = self.weights {
            NotEstimable::unless_weights("weights", rows, weights)?;
        }
        self.check_subjects()
    }

    pub(crate) fn check_subjects(&self) -> Result<(), NotEstimable> {
        match self.id {
            Some(id) => NotEstimable::unless_length("id", self.len(), id.len()),
            None => Ok(()),
        }
    }
}
