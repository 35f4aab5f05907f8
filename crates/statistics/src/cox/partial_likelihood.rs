//! The partial likelihood at given coefficients.

use super::centred::Centred;
use super::exact;
use super::risk_sums::{MomentSums, OrderedRows, Sources};
use super::{CoxData, RiskSets, RiskSums, Ties};
use crate::NotEstimable;
use crate::matrix::{Matrix, cross, gram};
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
    sets: RiskSets,
    rows: OrderedRows,
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
            chunks: OrderedRows::chunks(&sets),
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
        likelihood.event_sums = (0..columns)
            .map(|column| likelihood.event_sum(column))
            .collect();
        Ok(likelihood)
    }

    fn event_sum(&self, column: usize) -> f64 {
        let x = self.rows.x.column(column);
        let mut sum = 0.0;
        for (moment, segment) in self.sets.segments() {
            let events = self.sets.moments[moment].events as usize;
            let positions = segment.take(events);
            sum += positions
                .map(|position| self.weight(position) * x[position])
                .sum::<f64>();
        }
        sum
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
        let extra = self.ordered(extra)?;
        if self.ties == Ties::Exact {
            self.check(coefficients)?;
            let evaluation = exact::evaluate(self, coefficients, extra.as_deref());
            return finite(evaluation);
        }
        let sums = self.sums_of(coefficients, extra.as_deref())?;
        let information = self.information(&sums);
        finite(Evaluation {
            log_likelihood: log_likelihood(&sums),
            score: self.score(&sums),
            information,
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
        let sources = Sources {
            sets: &self.sets,
            rows: &self.rows,
            ties: self.ties,
            extra,
        };
        Ok(RiskSums::new(&sources, coefficients))
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

    /// The information; see [`Self::weighted_information`].
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// // The variances of x among those at risk: 2/9 and 1/4.
    /// assert!((likelihood.information(&sums)[(0, 0)] - 17.0 / 36.0).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn information(&self, sums: &RiskSums) -> Matrix {
        self.weighted_information(sums, |_| 1.0)
    }

    /// Σ g(moment) · (the moment's part of the information).
    ///
    /// # Method
    /// Each row's square enters with the hazard it met, so all of them are one Gram matrix
    /// X'WX with W = risk · ∫ g dΛ; the squares of the means are another one over moments.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// // Only the second moment.
    /// let second = likelihood.weighted_information(&sums, |moment| moment as f64);
    /// assert!((second[(0, 0)] - 0.25).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn weighted_information(&self, sums: &RiskSums, g: impl Fn(usize) -> f64) -> Matrix {
        let exposure = self.exposures(sums, &g);
        let mut information = gram(&self.rows.x, Some(&exposure));
        information.add_scaled(-1.0, &mean_squares(sums, &g));
        information
    }

    /// Per position `risk · ∫ g dΛ` over the moments at which the row is at risk; of rows with
    /// an event less what they are spared.
    pub(super) fn exposures(&self, sums: &RiskSums, g: impl Fn(usize) -> f64) -> Vec<f64> {
        let cumulative = self.cumulative(|moment| g(moment) * sums.moments[moment].hazard);
        let mut exposure = sums.risks.clone();
        for (moment, segment) in self.sets.segments() {
            let events = segment.start + self.sets.moments[moment].events as usize;
            let until = cumulative.after[moment];
            let spared = g(moment) * sums.moments[moment].spared;
            for position in segment {
                let before = cumulative.before(self.sets.first_of(position, moment));
                let less = if position < events { spared } else { 0.0 };
                exposure[position] *= until - before - less;
            }
        }
        exposure
    }

    /// Sums of steps within each stratum.
    pub(super) fn cumulative(&self, step: impl Fn(usize) -> f64) -> Cumulative {
        let mut after = Vec::with_capacity(self.sets.moments.len());
        let mut starts = vec![false; self.sets.moments.len()];
        for stratum in &self.sets.strata {
            let mut total = 0.0;
            if !stratum.is_empty() {
                starts[stratum.start] = true;
            }
            for moment in stratum.clone() {
                total += step(moment);
                after.push(total);
            }
        }
        Cumulative { after, starts }
    }
}

/// Sums of steps up to and including each moment of a stratum.
pub(super) struct Cumulative {
    pub(super) after: Vec<f64>,
    starts: Vec<bool>,
}

impl Cumulative {
    /// The sum before a moment.
    pub(super) fn before(&self, moment: usize) -> f64 {
        match self.starts[moment] {
            true => 0.0,
            false => self.after[moment - 1],
        }
    }
}

fn log_likelihood(sums: &RiskSums) -> f64 {
    let risks: f64 = sums.moments.iter().map(|moment| moment.log_risk).sum();
    sums.event_predictor - risks
}

/// Σ g Σ w x̄x̄' over moments and their events. With a = Σ w/y², b = Σ w f/y², c = Σ w f²/y² the
/// inner sum is a S₁S₁' − b (S₁D₁' + D₁S₁') + c D₁D₁', completed to two squares.
fn mean_squares(sums: &RiskSums, g: impl Fn(usize) -> f64) -> Matrix {
    let factors: Vec<f64> = (0..sums.moments.len())
        .map(|moment| g(moment) * sums.moments[moment].second)
        .collect();
    if sums.tied.is_empty() {
        return gram(&sums.first, Some(&factors));
    }
    let mut shifted = sums.first.clone();
    let mut rest = Vec::with_capacity(sums.tied.len());
    for &moment in &sums.tied {
        let MomentSums {
            second: a,
            second_spared: b,
            second_spared_twice: c,
            ..
        } = sums.moments[moment as usize];
        rest.push(g(moment as usize) * (c - b * b / a));
    }
    for column in 0..shifted.columns() {
        let target = shifted.column_mut(column);
        for (&moment, first) in sums.tied.iter().zip(sums.event_first.column(column)) {
            let moment = moment as usize;
            let of = &sums.moments[moment];
            target[moment] -= of.second_spared / of.second * first;
        }
    }
    let mut squares = gram(&shifted, Some(&factors));
    squares.add_scaled(1.0, &gram(&sums.event_first, Some(&rest)));
    squares
}

fn finite(evaluation: Evaluation) -> Result<Evaluation, NotEstimable> {
    NotEstimable::unless_finite("log-likelihood", &[evaluation.log_likelihood])?;
    NotEstimable::unless_finite("score", &evaluation.score)?;
    NotEstimable::unless_finite("information", evaluation.information.values())?;
    Ok(evaluation)
}
