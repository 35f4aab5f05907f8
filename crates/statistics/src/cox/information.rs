//! The information: squares of covariates with the hazard they met, less those of their means.

use super::risk_sums::MomentSums;
use super::{PartialLikelihood, RiskSums};
use crate::matrix::{Matrix, gram};

/// Memory for the squares.
#[derive(Debug, Default)]
pub(super) struct Squares {
    /// Per row its risk times the hazard it met.
    exposures: Vec<f64>,
    /// Per moment (rows) sums of covariates, less what events share of them.
    shifted: Matrix,
}

impl PartialLikelihood {
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
        self.information_in(&mut Squares::default(), sums, g)
    }

    /// The same, in memory that is there.
    pub(super) fn information_in(
        &self,
        squares: &mut Squares,
        sums: &RiskSums,
        g: impl Fn(usize) -> f64,
    ) -> Matrix {
        squares.exposures.clone_from(&sums.risks);
        self.times_hazards(&mut squares.exposures, sums, &g);
        let mut information = gram(&self.rows.x, Some(&squares.exposures));
        information.add_scaled(-1.0, &mean_squares(&mut squares.shifted, sums, &g));
        information
    }

    /// Per position `risk · ∫ g dΛ` over the moments at which the row is at risk; of rows with
    /// an event less what they are spared.
    pub(super) fn exposures(&self, sums: &RiskSums, g: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut exposures = sums.risks.clone();
        self.times_hazards(&mut exposures, sums, g);
        exposures
    }

    fn times_hazards(&self, risks: &mut [f64], sums: &RiskSums, g: impl Fn(usize) -> f64) {
        let cumulative = self.cumulative(|moment| g(moment) * sums.moments[moment].hazard);
        for (moment, segment) in self.sets.segments() {
            let events = segment.start + self.sets.moments[moment].events as usize;
            let until = cumulative.after[moment];
            let spared = g(moment) * sums.moments[moment].spared;
            for position in segment {
                let before = cumulative.before(self.sets.first_of(position, moment));
                let less = if position < events { spared } else { 0.0 };
                risks[position] *= until - before - less;
            }
        }
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

/// Σ g Σ w x̄x̄' over moments and their events. With a = Σ w/y², b = Σ w f/y², c = Σ w f²/y² the
/// inner sum is a S₁S₁' − b (S₁D₁' + D₁S₁') + c D₁D₁', completed to two squares.
fn mean_squares(shifted: &mut Matrix, sums: &RiskSums, g: impl Fn(usize) -> f64) -> Matrix {
    let factors: Vec<f64> = (0..sums.moments.len())
        .map(|moment| g(moment) * sums.moments[moment].second)
        .collect();
    if sums.tied.is_empty() {
        return gram(&sums.first, Some(&factors));
    }
    shifted.clone_from(&sums.first);
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
    let mut squares = gram(shifted, Some(&factors));
    squares.add_scaled(1.0, &gram(&sums.event_first, Some(&rest)));
    squares
}
