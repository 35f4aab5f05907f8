//! What a Cox model is fitted to.

use crate::NotEstimable;
use crate::matrix::Matrix;

/// How events at one time share their risk set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ties {
    /// Efron's approximation: of `d` tied events, a share `l/d` has left before event `l`.
    #[default]
    Efron,
    /// Breslow's approximation: the same risk set for all.
    Breslow,
    /// The conditional likelihood of this set of events among all sets of that size.
    Exact,
}

/// The rows of a Cox model, as columns of equal length. R: the arguments of `coxph`.
#[derive(Clone, Copy, Debug)]
pub struct CoxData<'a> {
    /// Start of the interval `(entry, exit]` in which a row is at risk; `None` when all are
    /// from the beginning. −∞ is allowed.
    pub entry: Option<&'a [f64]>,
    /// End of the interval.
    pub exit: &'a [f64],
    /// Whether the event happened at the end.
    pub event: &'a [bool],
    /// Covariates, a row for each row; without columns for a model without covariates.
    pub design: &'a Matrix,
    /// Strata as codes from 0, each with a baseline hazard of its own.
    pub strata: Option<&'a [u32]>,
    /// Case weights, positive.
    pub weights: Option<&'a [f64]>,
    /// A part of the linear predictor that has no coefficient.
    pub offset: Option<&'a [f64]>,
}

impl<'a> CoxData<'a> {
    /// Right-censored rows without strata, weights and offset. R: `coxph(Surv(exit, event) ~ x)`.
    ///
    /// ```
    /// use statistics::cox::CoxData;
    /// use statistics::matrix::Matrix;
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// assert!(data.entry.is_none() && data.strata.is_none());
    /// ```
    pub fn new(exit: &'a [f64], event: &'a [bool], design: &'a Matrix) -> Self {
        Self {
            entry: None,
            exit,
            event,
            design,
            strata: None,
            weights: None,
            offset: None,
        }
    }

    /// The number of rows.
    ///
    /// ```
    /// use statistics::cox::CoxData;
    /// use statistics::matrix::Matrix;
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// assert_eq!(data.rows(), 3);
    /// ```
    pub fn rows(&self) -> usize {
        self.exit.len()
    }

    /// The stratum of a row.
    ///
    /// ```
    /// use statistics::cox::CoxData;
    /// use statistics::matrix::Matrix;
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData {
    ///     entry: Some(&[0.0, 0.5, 0.0]),
    ///     strata: Some(&[0, 1, 1]),
    ///     weights: Some(&[1.0, 2.0, 1.0]),
    ///     offset: Some(&[0.0, 0.3, 0.0]),
    ///     ..CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x)
    /// };
    /// assert_eq!(data.stratum(1), 1);
    /// ```
    pub fn stratum(&self, row: usize) -> u32 {
        self.strata.map_or(0, |strata| strata[row])
    }

    /// The weight of a row.
    ///
    /// ```
    /// use statistics::cox::CoxData;
    /// use statistics::matrix::Matrix;
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData {
    ///     entry: Some(&[0.0, 0.5, 0.0]),
    ///     strata: Some(&[0, 1, 1]),
    ///     weights: Some(&[1.0, 2.0, 1.0]),
    ///     offset: Some(&[0.0, 0.3, 0.0]),
    ///     ..CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x)
    /// };
    /// assert_eq!(data.weight(1), 2.0);
    /// ```
    pub fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    /// The offset of a row.
    ///
    /// ```
    /// use statistics::cox::CoxData;
    /// use statistics::matrix::Matrix;
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData {
    ///     entry: Some(&[0.0, 0.5, 0.0]),
    ///     strata: Some(&[0, 1, 1]),
    ///     weights: Some(&[1.0, 2.0, 1.0]),
    ///     offset: Some(&[0.0, 0.3, 0.0]),
    ///     ..CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x)
    /// };
    /// assert_eq!(data.offset(1), 0.3);
    /// ```
    pub fn offset(&self, row: usize) -> f64 {
        self.offset.map_or(0.0, |offset| offset[row])
    }

    /// The start of a row's interval, −∞ when there is none.
    ///
    /// ```
    /// use statistics::cox::CoxData;
    /// use statistics::matrix::Matrix;
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData {
    ///     entry: Some(&[0.0, 0.5, 0.0]),
    ///     strata: Some(&[0, 1, 1]),
    ///     weights: Some(&[1.0, 2.0, 1.0]),
    ///     offset: Some(&[0.0, 0.3, 0.0]),
    ///     ..CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x)
    /// };
    /// assert_eq!(data.entry(1), 0.5);
    /// ```
    pub fn entry(&self, row: usize) -> f64 {
        self.entry.map_or(f64::NEG_INFINITY, |entry| entry[row])
    }

    /// Codes of strata are below this.
    ///
    /// ```
    /// use statistics::cox::CoxData;
    /// use statistics::matrix::Matrix;
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData {
    ///     entry: Some(&[0.0, 0.5, 0.0]),
    ///     strata: Some(&[0, 1, 1]),
    ///     weights: Some(&[1.0, 2.0, 1.0]),
    ///     offset: Some(&[0.0, 0.3, 0.0]),
    ///     ..CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x)
    /// };
    /// assert_eq!(data.strata_count(), 2);
    /// ```
    pub fn strata_count(&self) -> usize {
        self.strata.map_or(1, |strata| {
            strata.iter().max().map_or(0, |&code| code as usize + 1)
        })
    }

    /// Shapes and values that no estimator can do with.
    pub(super) fn check(&self) -> Result<(), NotEstimable> {
        let rows = self.rows();
        if rows == 0 {
            return Err(NotEstimable::Empty { what: "rows" });
        }
        let lengths = [
            ("event", Some(self.event.len())),
            ("entry", self.entry.map(<[f64]>::len)),
            ("strata", self.strata.map(<[u32]>::len)),
            ("weights", self.weights.map(<[f64]>::len)),
            ("offset", self.offset.map(<[f64]>::len)),
        ];
        for (what, length) in lengths {
            NotEstimable::unless_length(what, rows, length.unwrap_or(rows))?;
        }
        if self.design.columns() > 0 {
            NotEstimable::unless_length("design", rows, self.design.rows())?;
        }
        NotEstimable::unless_finite("exit", self.exit)?;
        if let Some(offset) = self.offset {
            NotEstimable::unless_finite("offset", offset)?;
        }
        for column in 0..self.design.columns() {
            NotEstimable::unless_finite("design", self.design.column(column))?;
        }
        self.check_strata()?;
        self.check_entries()?;
        self.check_weights()
    }

    fn check_strata(&self) -> Result<(), NotEstimable> {
        let limit = self.rows().max(1 << 16);
        let far = self
            .strata
            .unwrap_or_default()
            .iter()
            .position(|&code| code as usize >= limit);
        far.map_or(Ok(()), |position| {
            Err(NotEstimable::UnknownCode {
                what: "strata",
                code: self.stratum(position) as usize,
                position,
            })
        })
    }

    fn check_entries(&self) -> Result<(), NotEstimable> {
        for (row, (&entry, &exit)) in self
            .entry
            .unwrap_or_default()
            .iter()
            .zip(self.exit)
            .enumerate()
        {
            if entry.is_nan() || entry == f64::INFINITY {
                return Err(NotEstimable::NotFinite {
                    what: "entry",
                    position: row,
                });
            }
            if entry >= exit {
                return Err(NotEstimable::EmptyInterval { row });
            }
        }
        Ok(())
    }

    fn check_weights(&self) -> Result<(), NotEstimable> {
        match self.weights {
            Some(weights) => NotEstimable::unless_positive_weights("weights", self.rows(), weights),
            None => Ok(()),
        }
    }
}
