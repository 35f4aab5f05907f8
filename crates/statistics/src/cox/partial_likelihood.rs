//! The partial likelihood at given coefficients.

use super::centred::Centred;
use super::exact;
use super::information::Squares;
use super::risk_sums::{OrderedRows, Sources};
use super::segment_sums::{self, SegmentRisks};
use super::{CoxData, RiskSets, RiskSums, Ties};
use crate::NotEstimable;
use crate::matrix::{Matrix, cross};
use rayon::prelude::*;

/// The log partial likelihood and its derivatives at given coefficients.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The log-likelihood.
    pub log_likelihood: f64,
    /// Its first derivatives.
    pub score: Vec<f64>,
    /// The negative of its second derivatives.
    pub information: Matrix,
}

/// What evaluations of one likelihood use again and again, so that memory is touched first once.
#[derive(Debug)]
pub(crate) struct Workspace {
    sums: RiskSums,
    risks: SegmentRisks,
    squares: Squares,
}

/// Cox's partial likelihood of some rows, to be evaluated at any coefficients.
/// R: `coxph(init, iter.max = 0)`.
///
/// Within strata covariates and offsets are centred, which changes neither the likelihood nor
/// its derivatives but saves digits.
///
/// ```
/// use statistics::cox::{CoxData, PartialLikelihood, Ties};
/// use statistics::matrix::Matrix;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // Two deaths; at 1 all three are at risk, at 2 the last two.
/// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
/// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
/// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
/// let at_zero = likelihood.evaluate(&[0.0])?;
/// assert!((at_zero.log_likelihood + 6f64.ln()).abs() < 1e-15);
/// // (1 − 2/3) + (0 − 1/2), and 2/3·1/3 + 1/4.
/// assert!((at_zero.score[0] + 1.0 / 6.0).abs() < 1e-15);
/// assert!((at_zero.information[(0, 0)] - 17.0 / 36.0).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PartialLikelihood {
    pub(super) sets: RiskSets,
    pub(super) rows: OrderedRows,
    ties: Ties,
    /// Per covariate (rows) the centre of each stratum.
    centres: Matrix,
    offset_centres: Vec<f64>,
    /// Σ w x over events.
    event_sums: Vec<f64>,
}

impl PartialLikelihood {
    /// Prepares rows for evaluation.
    ///
    /// # Errors
    /// As [`RiskSets::new`]; weights with [`Ties::Exact`], which has no such likelihood.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// assert_eq!(likelihood.evaluate(&[0.0])?.score.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(data: &CoxData<'_>, ties: Ties) -> Result<Self, NotEstimable> {
        let sets = RiskSets::new(data)?;
        if ties == Ties::Exact {
            exact::check(data)?;
        }
        let positions = |values: &[f64]| -> Vec<f64> {
            sets.rows.iter().map(|&row| values[row as usize]).collect()
        };
        let columns = data.design.columns();
        let mut x = Matrix::zeros(sets.rows.len(), columns);
        let mut centres = Matrix::zeros(columns, sets.strata());
        let of_columns: Vec<Centred> = x
            .values_mut()
            .par_chunks_mut(sets.rows.len().max(1))
            .enumerate()
            .map(|(column, values)| {
                let source = data.design.column(column);
                for (value, &row) in values.iter_mut().zip(&sets.rows) {
                    *value = source[row as usize];
                }
                Centred::by_stratum(&sets, values)
            })
            .collect();
        // Without events there are no rows, and nothing to centre.
        let mut sizes = vec![0.0; columns];
        for (column, centred) in of_columns.into_iter().enumerate() {
            sizes[column] = centred.size;
            for (stratum, centre) in centred.centres.into_iter().enumerate() {
                centres[(column, stratum)] = centre;
            }
        }
        let mut offset = data.offset.map(positions);
        let offset_centres = match &mut offset {
            Some(offset) => Centred::by_stratum(&sets, offset).centres,
            None => vec![0.0; sets.strata()],
        };
        let rows = OrderedRows {
            chunks: segment_sums::chunks(&sets),
            weights: data.weights.map(positions),
            offset,
            sizes,
            x,
        };
        let mut likelihood = Self {
            sets,
            rows,
            ties,
            centres,
            offset_centres,
            event_sums: Vec::new(),
        };
        likelihood.event_sums = likelihood.sums_over_events();
        Ok(likelihood)
    }

    fn sums_over_events(&self) -> Vec<f64> {
        let mut events = Vec::with_capacity(self.sets.moments.len());
        for (moment, segment) in self.sets.segments() {
            events.extend(segment.take(self.sets.moments[moment].events as usize));
        }
        let sum = |column: usize| {
            let x = self.rows.x.column(column);
            let terms = events.iter().map(|&row| self.weight(row) * x[row]);
            terms.sum()
        };
        (0..self.rows.x.columns()).map(sum).collect()
    }

    /// The order of the rows and the moments of events.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// assert_eq!(likelihood.risk_sets().moments().len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn risk_sets(&self) -> &RiskSets {
        &self.sets
    }

    /// How ties are handled.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// assert_eq!(likelihood.ties(), Ties::Efron);
    /// # Ok(())
    /// # }
    /// ```
    pub fn ties(&self) -> Ties {
        self.ties
    }

    /// Covariates centred by stratum, in the order of [`RiskSets::rows`].
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// // The first and the third row differ from the second by 1.
    /// let x = likelihood.covariates().column(0);
    /// let span = x.iter().fold(0.0f64, |most, a| most.max((a - x[0]).abs()));
    /// assert!((span - 1.0).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn covariates(&self) -> &Matrix {
        &self.rows.x
    }

    /// The largest size of a covariate.
    pub(super) fn size(&self, column: usize) -> f64 {
        self.rows.sizes[column]
    }

    /// The weight of the row at a position of [`RiskSets::rows`].
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// assert_eq!(likelihood.weight(0), 1.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn weight(&self, position: usize) -> f64 {
        self.rows
            .weights
            .as_ref()
            .map_or(1.0, |weights| weights[position])
    }

    /// What was subtracted from the linear predictor of each stratum by centring.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let centre = likelihood.centres(0)[0];
    /// assert_eq!(likelihood.centre(0, &[2.0]), 2.0 * centre);
    /// # Ok(())
    /// # }
    /// ```
    pub fn centre(&self, stratum: usize, coefficients: &[f64]) -> f64 {
        let terms = coefficients.iter().zip(self.centres.column(stratum));
        self.offset_centres[stratum] + terms.map(|(b, centre)| b * centre).sum::<f64>()
    }

    /// What was subtracted from each covariate in a stratum.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let centre = likelihood.centres(0)[0];
    /// assert!((likelihood.covariates()[(0, 0)] + centre - 1.0).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn centres(&self, stratum: usize) -> &[f64] {
        self.centres.column(stratum)
    }

    /// Log-likelihood, score and information at these coefficients.
    /// R: `coxph(init, iter.max = 0)`.
    ///
    /// # Errors
    /// Not one coefficient per covariate, and coefficients at which risks overflow.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// // One of three, then one of two.
    /// assert!((likelihood.evaluate(&[0.0])?.log_likelihood + 6f64.ln()).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn evaluate(&self, coefficients: &[f64]) -> Result<Evaluation, NotEstimable> {
        self.evaluate_with(coefficients, None)
    }

    /// The same with something added to the linear predictor of each of the caller's rows, such
    /// as a frailty. R: `offset()`.
    ///
    /// # Errors
    /// As [`Self::evaluate`].
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// // A frailty that all share changes nothing.
    /// let all = likelihood.evaluate_with(&[0.0], Some(&[0.7; 3]))?;
    /// assert!((all.log_likelihood + 6f64.ln()).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn evaluate_with(
        &self,
        coefficients: &[f64],
        extra: Option<&[f64]>,
    ) -> Result<Evaluation, NotEstimable> {
        self.evaluate_in(&mut self.workspace(), coefficients, extra)
    }

    /// Memory for evaluations one after another.
    pub(crate) fn workspace(&self) -> Workspace {
        Workspace {
            sums: RiskSums::empty(&self.sets, self.ties, self.rows.x.columns()),
            risks: SegmentRisks::default(),
            squares: Squares::default(),
        }
    }

    /// As [`Self::evaluate_with`], in memory that is there.
    pub(crate) fn evaluate_in(
        &self,
        workspace: &mut Workspace,
        coefficients: &[f64],
        extra: Option<&[f64]>,
    ) -> Result<Evaluation, NotEstimable> {
        let extra = self.ordered(extra)?;
        self.check(coefficients)?;
        if self.ties == Ties::Exact {
            return finite(exact::evaluate(self, coefficients, extra.as_deref()));
        }
        let Workspace {
            sums,
            risks,
            squares,
        } = workspace;
        sums.fill(&self.sources(extra.as_deref()), coefficients, risks);
        finite(Evaluation {
            log_likelihood: log_likelihood(sums),
            score: self.score(sums),
            information: self.information_in(squares, sums, |_| 1.0),
        })
    }

    /// The sums over risk sets at these coefficients (of Breslow's form for [`Ties::Exact`]).
    ///
    /// # Errors
    /// As [`Self::evaluate`].
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// assert!((sums.moments[0].hazard - 1.0 / 3.0).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn sums(&self, coefficients: &[f64]) -> Result<RiskSums, NotEstimable> {
        self.sums_of(coefficients, None)
    }

    /// The same with something added to the linear predictor of each of the caller's rows.
    ///
    /// # Errors
    /// As [`Self::evaluate`].
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// // Twice the risk is half the hazard.
    /// let sums = likelihood.sums_with(&[0.0], Some(&[2f64.ln(); 3]))?;
    /// assert!((sums.moments[0].hazard - 1.0 / 6.0).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn sums_with(
        &self,
        coefficients: &[f64],
        extra: Option<&[f64]>,
    ) -> Result<RiskSums, NotEstimable> {
        let extra = self.ordered(extra)?;
        self.sums_of(coefficients, extra.as_deref())
    }

    fn sums_of(
        &self,
        coefficients: &[f64],
        extra: Option<&[f64]>,
    ) -> Result<RiskSums, NotEstimable> {
        self.check(coefficients)?;
        let mut sums = RiskSums::empty(&self.sets, self.ties, coefficients.len());
        sums.fill(
            &self.sources(extra),
            coefficients,
            &mut SegmentRisks::default(),
        );
        Ok(sums)
    }

    fn sources<'a>(&'a self, extra: Option<&'a [f64]>) -> Sources<'a> {
        Sources {
            sets: &self.sets,
            rows: &self.rows,
            ties: self.ties,
            event_sums: &self.event_sums,
            extra,
        }
    }

    fn check(&self, coefficients: &[f64]) -> Result<(), NotEstimable> {
        NotEstimable::unless_length("coefficients", self.rows.x.columns(), coefficients.len())?;
        NotEstimable::unless_finite("coefficients", coefficients)
    }

    fn ordered(&self, extra: Option<&[f64]>) -> Result<Option<Vec<f64>>, NotEstimable> {
        let Some(extra) = extra else {
            return Ok(None);
        };
        NotEstimable::unless_length("offset", self.sets.total_rows, extra.len())?;
        NotEstimable::unless_finite("offset", extra)?;
        let ordered = self.sets.rows.iter().map(|&row| extra[row as usize]);
        Ok(Some(ordered.collect()))
    }

    /// The linear predictors without the offset's and covariates' centres, by position.
    pub(super) fn predictors(&self, coefficients: &[f64], extra: Option<&[f64]>) -> Vec<f64> {
        let mut eta = match &self.rows.offset {
            Some(offset) => offset.clone(),
            None => vec![0.0; self.sets.rows.len()],
        };
        if let Some(extra) = extra {
            eta.iter_mut()
                .zip(extra)
                .for_each(|(eta, extra)| *eta += extra);
        }
        self.rows.x.add_times(coefficients, &mut eta);
        eta
    }

    fn score(&self, sums: &RiskSums) -> Vec<f64> {
        let hazards: Vec<f64> = sums.moments.iter().map(|moment| moment.hazard).collect();
        let mut score = cross(&sums.first, None, &hazards);
        let spared: Vec<f64> = sums
            .tied
            .iter()
            .map(|&moment| sums.moments[moment as usize].spared)
            .collect();
        let spared = cross(&sums.event_first, None, &spared);
        for ((score, spared), events) in score.iter_mut().zip(spared).zip(&self.event_sums) {
            *score = events - (*score - spared);
        }
        score
    }
}

fn log_likelihood(sums: &RiskSums) -> f64 {
    let risks: f64 = sums.moments.iter().map(|moment| moment.log_risk).sum();
    sums.event_predictor - risks
}

fn finite(evaluation: Evaluation) -> Result<Evaluation, NotEstimable> {
    NotEstimable::unless_finite("log-likelihood", &[evaluation.log_likelihood])?;
    NotEstimable::unless_finite("score", &evaluation.score)?;
    NotEstimable::unless_finite("information", evaluation.information.values())?;
    Ok(evaluation)
}
