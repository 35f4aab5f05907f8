use crate::NotEstimable;
use crate::cox::{CoxData, PartialLikelihood, Ties};
use crate::matrix::Matrix;

/// Rows of long data: a row per person, stay and transition that the person is at risk of.
#[derive(Clone, Copy, Debug)]
pub struct TransitionRows<'a> {
    /// Start of the interval `(start, stop]` at risk; −∞ for always.
    pub start: &'a [f64],
    /// End of the interval.
    pub stop: &'a [f64],
    /// Whether the transition was made at the end.
    pub event: &'a [bool],
    /// The transition, from 0.
    pub transition: &'a [u32],
    /// Case weights, positive.
    pub weights: Option<&'a [f64]>,
}

impl TransitionRows<'_> {
    /// The risk sets of these rows, without covariates.
    pub(super) fn likelihood(
        &self,
        transitions: usize,
        ties: Ties,
    ) -> Result<PartialLikelihood, NotEstimable> {
        let unknown = |&code: &u32| code as usize >= transitions;
        if let Some(position) = self.transition.iter().position(unknown) {
            return Err(NotEstimable::UnknownCode {
                what: "transition",
                code: self.transition[position] as usize,
                position,
            });
        }
        let design = Matrix::zeros(self.stop.len(), 0);
        let data = CoxData {
            entry: Some(self.start),
            strata: Some(self.transition),
            weights: self.weights,
            ..CoxData::new(self.stop, self.event, &design)
        };
        PartialLikelihood::new(&data, ties)
    }

    /// The last time that anybody was followed.
    pub(super) fn last(&self) -> f64 {
        self.stop.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }
}

/// A person to predict for under a fitted Cox model.
#[derive(Clone, Copy, Debug)]
pub struct Prediction<'a> {
    /// Coefficients, 0 where aliased.
    pub coefficients: &'a [f64],
    /// Their covariance, zero rows and columns where aliased.
    pub covariance: &'a Matrix,
    /// The person's covariates, a row per transition.
    pub covariates: &'a Matrix,
    /// The person's offset per transition.
    pub offset: Option<&'a [f64]>,
    /// The stratum that gives each transition its baseline.
    pub strata: &'a [u32],
    /// The last time that anybody was followed.
    pub last: f64,
}

impl Prediction<'_> {
    pub(super) fn check(
        &self,
        likelihood: &PartialLikelihood,
        transitions: usize,
    ) -> Result<(), NotEstimable> {
        let count = self.coefficients.len();
        let columns = likelihood.covariates().columns();
        let offsets = self.offset.map_or(transitions, <[f64]>::len);
        let lengths = [
            ("coefficients", columns, count),
            ("covariance", count, self.covariance.rows()),
            ("covariance", count, self.covariance.columns()),
            ("columns of the new data", count, self.covariates.columns()),
            ("new data", transitions, self.covariates.rows()),
            ("strata of the new data", transitions, self.strata.len()),
            ("offset of the new data", transitions, offsets),
        ];
        for (what, expected, found) in lengths {
            NotEstimable::unless_length(what, expected, found)?;
        }
        let known = likelihood.risk_sets().strata();
        let unknown = self.strata.iter().position(|&code| code as usize >= known);
        if let Some(position) = unknown {
            return Err(NotEstimable::UnknownCode {
                what: "stratum",
                code: self.strata[position] as usize,
                position,
            });
        }
        NotEstimable::unless_finite("coefficients", self.coefficients)?;
        NotEstimable::unless_finite("covariance", self.covariance.values())?;
        NotEstimable::unless_finite("new data", self.covariates.values())?;
        NotEstimable::unless_finite("offset", self.offset.unwrap_or_default())
    }

    /// The covariates of a transition, counted from the centre of its stratum.
    pub(super) fn centred(&self, likelihood: &PartialLikelihood, transition: usize) -> Vec<f64> {
        let centres = likelihood.centres(self.strata[transition] as usize);
        let columns = centres.iter().enumerate();
        columns
            .map(|(column, centre)| self.covariates[(transition, column)] - centre)
            .collect()
    }

    /// The risk of each transition, relative to the centre of its stratum.
    pub(super) fn risks(&self, likelihood: &PartialLikelihood) -> Result<Vec<f64>, NotEstimable> {
        let risk = |transition: usize| {
            let stratum = self.strata[transition] as usize;
            let x =
                (0..self.coefficients.len()).map(|column| self.covariates[(transition, column)]);
            let predictor: f64 = x.zip(self.coefficients).map(|(x, b)| x * b).sum();
            let offset = self.offset.map_or(0.0, |offset| offset[transition]);
            (predictor + offset - likelihood.centre(stratum, self.coefficients)).exp()
        };
        let risks: Vec<f64> = (0..self.strata.len()).map(risk).collect();
        NotEstimable::unless_finite("relative risk of the new data", &risks)?;
        Ok(risks)
    }
}
