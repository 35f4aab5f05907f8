use super::{IntensityModel, PanelFit};
use crate::NotEstimable;
use crate::matrix::{Lu, Matrix, exponential, exponential_derivative};

/// A number with its standard error (delta method) and limits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub std_err: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

impl Estimate {
    /// Limits that are symmetric on the scale of log |value|.
    fn on_log(value: f64, log_error: f64, z: f64) -> Self {
        let factor = (z * log_error).exp();
        let (a, b) = (value / factor, value * factor);
        Self {
            value,
            std_err: value.abs() * log_error,
            lower: a.min(b),
            upper: a.max(b),
        }
    }

    /// Limits that are symmetric on the logit scale.
    fn on_logit(value: f64, std_err: f64, z: f64) -> Self {
        if value <= 0.0 || value >= 1.0 || std_err == 0.0 {
            return Self {
                value,
                std_err,
                lower: value,
                upper: value,
            };
        }
        let logit = (value / (1.0 - value)).ln();
        let half = z * std_err / (value * (1.0 - value));
        let back = |x: f64| 1.0 / (1.0 + (-x).exp());
        Self {
            value,
            std_err,
            lower: back(logit - half),
            upper: back(logit + half),
        }
    }
}

/// A fitted model at given covariates: what its intensities mean.
/// R: `qmatrix.msm(fit, covariates)`.
#[derive(Clone, Debug)]
pub struct Intensities<'a> {
    model: &'a IntensityModel,
    fit: &'a PanelFit,
    x: Vec<f64>,
    z: f64,
    q: Matrix,
}

impl<'a> Intensities<'a> {
    /// At covariates `x` (centred as in the fit), with limits `z` standard errors away.
    ///
    /// # Errors
    /// Another number of covariates than the model has.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::panel::{Intensities, IntensityModel, PanelFit};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Out of state 0 at a rate of 1 to state 1 and of 3 to state 2, both known to ±0.1 (log scale).
    /// let model = IntensityModel::new(3, &[(0, 1), (0, 2)], 0)?;
    /// let fit = PanelFit {
    ///     parameters: vec![0.0, 3f64.ln()],
    ///     covariance: Matrix::diagonal(&[0.01, 0.01]),
    ///     ln_likelihood: 0.0,
    ///     gradient: vec![0.0; 2],
    ///     iterations: 0,
    /// };
    /// let at = Intensities::new(&model, &fit, &[], 1.96)?;
    /// assert_eq!(at.matrix()[(0, 1)], 1.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(
        model: &'a IntensityModel,
        fit: &'a PanelFit,
        x: &[f64],
        z: f64,
    ) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length("covariates", model.covariates, x.len())?;
        Ok(Self {
            model,
            fit,
            x: x.to_vec(),
            z,
            q: model.intensities(&fit.parameters, x),
        })
    }

    /// Q itself.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::panel::{Intensities, IntensityModel, PanelFit};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Out of state 0 at a rate of 1 to state 1 and of 3 to state 2, both known to ±0.1 (log scale).
    /// let model = IntensityModel::new(3, &[(0, 1), (0, 2)], 0)?;
    /// let fit = PanelFit {
    ///     parameters: vec![0.0, 3f64.ln()],
    ///     covariance: Matrix::diagonal(&[0.01, 0.01]),
    ///     ln_likelihood: 0.0,
    ///     gradient: vec![0.0; 2],
    ///     iterations: 0,
    /// };
    /// let at = Intensities::new(&model, &fit, &[], 1.96)?;
    /// assert!((at.matrix()[(0, 0)] + 4.0).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn matrix(&self) -> &Matrix {
        &self.q
    }

    /// Q with standard errors: `[from][to]`. R: `qmatrix.msm`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::panel::{Intensities, IntensityModel, PanelFit};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Out of state 0 at a rate of 1 to state 1 and of 3 to state 2, both known to ±0.1 (log scale).
    /// let model = IntensityModel::new(3, &[(0, 1), (0, 2)], 0)?;
    /// let fit = PanelFit {
    ///     parameters: vec![0.0, 3f64.ln()],
    ///     covariance: Matrix::diagonal(&[0.01, 0.01]),
    ///     ln_likelihood: 0.0,
    ///     gradient: vec![0.0; 2],
    ///     iterations: 0,
    /// };
    /// let at = Intensities::new(&model, &fit, &[], 1.96)?;
    /// let rate = at.intensities()[0][1];
    /// assert!((rate.value - 1.0).abs() < 1e-14 && (rate.std_err - 0.1).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn intensities(&self) -> Vec<Vec<Estimate>> {
        let states = self.model.states;
        let cell = |from: usize, to: usize| {
            let gradient =
                self.log_gradient(|k, l| f64::from((k, l) == (from, to)), from == to, from);
            let log_error = self.error(&gradient);
            match self.q[(from, to)] {
                0.0 => Estimate::default(),
                value => Estimate::on_log(value, log_error, self.z),
            }
        };
        (0..states)
            .map(|from| (0..states).map(|to| cell(from, to)).collect())
            .collect()
    }

    /// Mean time in each state that can be left, `−1/q_rr`. R: `sojourn.msm`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::panel::{Intensities, IntensityModel, PanelFit};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Out of state 0 at a rate of 1 to state 1 and of 3 to state 2, both known to ±0.1 (log scale).
    /// let model = IntensityModel::new(3, &[(0, 1), (0, 2)], 0)?;
    /// let fit = PanelFit {
    ///     parameters: vec![0.0, 3f64.ln()],
    ///     covariance: Matrix::diagonal(&[0.01, 0.01]),
    ///     ln_likelihood: 0.0,
    ///     gradient: vec![0.0; 2],
    ///     iterations: 0,
    /// };
    /// let at = Intensities::new(&model, &fit, &[], 1.96)?;
    /// let (state, mean) = at.sojourns()[0];
    /// assert_eq!(state, 0);
    /// assert!((mean.value - 0.25).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn sojourns(&self) -> Vec<(usize, Estimate)> {
        let left = (0..self.model.states).filter(|&state| self.q[(state, state)] < 0.0);
        left.map(|state| {
            let gradient = self.log_gradient(|_, _| 0.0, true, state);
            let value = -1.0 / self.q[(state, state)];
            let error = self.error(&gradient);
            (state, Estimate::on_log(value, error, self.z))
        })
        .collect()
    }

    /// Probability that the next state is each of the others. R: `pnext.msm`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::panel::{Intensities, IntensityModel, PanelFit};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Out of state 0 at a rate of 1 to state 1 and of 3 to state 2, both known to ±0.1 (log scale).
    /// let model = IntensityModel::new(3, &[(0, 1), (0, 2)], 0)?;
    /// let fit = PanelFit {
    ///     parameters: vec![0.0, 3f64.ln()],
    ///     covariance: Matrix::diagonal(&[0.01, 0.01]),
    ///     ln_likelihood: 0.0,
    ///     gradient: vec![0.0; 2],
    ///     iterations: 0,
    /// };
    /// let at = Intensities::new(&model, &fit, &[], 1.96)?;
    /// assert!((at.next()[0][2].value - 0.75).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn next(&self) -> Vec<Vec<Estimate>> {
        let states = self.model.states;
        let cell = |from: usize, to: usize| {
            if from == to || self.q[(from, to)] == 0.0 {
                return Estimate::default();
            }
            let value = -self.q[(from, to)] / self.q[(from, from)];
            let own = self.log_gradient(|k, l| f64::from((k, l) == (from, to)), false, from);
            let total = self.log_gradient(|_, _| 0.0, true, from);
            let gradient: Vec<f64> = own
                .iter()
                .zip(&total)
                .map(|(own, total)| value * (own - total))
                .collect();
            Estimate::on_logit(value, self.error(&gradient), self.z)
        };
        (0..states)
            .map(|from| (0..states).map(|to| cell(from, to)).collect())
            .collect()
    }

    /// `P(t) = exp(tQ)` with standard errors. R: `pmatrix.msm(fit, t, ci = "delta")`.
    ///
    /// # Errors
    /// A time that is negative or no finite number.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::panel::{Intensities, IntensityModel, PanelFit};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Out of state 0 at a rate of 1 to state 1 and of 3 to state 2, both known to ±0.1 (log scale).
    /// let model = IntensityModel::new(3, &[(0, 1), (0, 2)], 0)?;
    /// let fit = PanelFit {
    ///     parameters: vec![0.0, 3f64.ln()],
    ///     covariance: Matrix::diagonal(&[0.01, 0.01]),
    ///     ln_likelihood: 0.0,
    ///     gradient: vec![0.0; 2],
    ///     iterations: 0,
    /// };
    /// let at = Intensities::new(&model, &fit, &[], 1.96)?;
    /// let stays = at.probabilities(1.0)?[0][0];
    /// assert!((stays.value - (-4f64).exp()).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
    pub fn probabilities(&self, t: f64) -> Result<Vec<Vec<Estimate>>, NotEstimable> {
        if !(t.is_finite() && t >= 0.0) {
            let what = "time";
            return Err(NotEstimable::Domain { what, value: t });
        }
        let scaled = self.q.scaled(t);
        let p = exponential(&scaled)?;
        let slopes = self
            .directions()
            .iter()
            .map(|direction| Ok(exponential_derivative(&scaled, &direction.scaled(t))?.1))
            .collect::<Result<Vec<Matrix>, NotEstimable>>()?;
        let cell = |from: usize, to: usize| {
            let gradient: Vec<f64> = slopes.iter().map(|slope| slope[(from, to)]).collect();
            Estimate::on_logit(p[(from, to)], self.error(&gradient), self.z)
        };
        let states = 0..self.model.states;
        Ok(states
            .clone()
            .map(|from| states.clone().map(|to| cell(from, to)).collect())
            .collect())
    }

    /// Expected time in each state until `t`, from each state (`[from][state]`): the upper right
    /// block of `exp(t [[Q, I], [0, 0]])`. R: `totlos.msm`.
    ///
    /// # Errors
    /// As [`Self::probabilities`].
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::panel::{Intensities, IntensityModel, PanelFit};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Out of state 0 at a rate of 1 to state 1 and of 3 to state 2, both known to ±0.1 (log scale).
    /// let model = IntensityModel::new(3, &[(0, 1), (0, 2)], 0)?;
    /// let fit = PanelFit {
    ///     parameters: vec![0.0, 3f64.ln()],
    ///     covariance: Matrix::diagonal(&[0.01, 0.01]),
    ///     ln_likelihood: 0.0,
    ///     gradient: vec![0.0; 2],
    ///     iterations: 0,
    /// };
    /// let at = Intensities::new(&model, &fit, &[], 1.96)?;
    /// // ∫ e^{−4t} dt over one unit.
    /// let stay = at.lengths_of_stay(1.0)?[(0, 0)];
    /// assert!((stay - (1.0 - (-4f64).exp()) / 4.0).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
    pub fn lengths_of_stay(&self, t: f64) -> Result<Matrix, NotEstimable> {
        if !(t.is_finite() && t >= 0.0) {
            let what = "time";
            return Err(NotEstimable::Domain { what, value: t });
        }
        let n = self.model.states;
        let zero = Matrix::zeros(n, n);
        // d/dh exp of [[tQ, tI], [0, 0]]: the block is ∫ exp(uQ) du.
        let mut block = Matrix::zeros(2 * n, 2 * n);
        for i in 0..n {
            for j in 0..n {
                block[(i, j)] = t * self.q[(i, j)] + zero[(i, j)];
            }
            block[(i, n + i)] = t;
        }
        let whole = exponential(&block)?;
        let (top, right): (Vec<usize>, Vec<usize>) = ((0..n).collect(), (n..2 * n).collect());
        Ok(whole.gather_rows(&top).gather_columns(&right))
    }

    /// Expected time until a state is first entered, from each state; infinite where it may
    /// never be. R: `efpt.msm`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::panel::{Intensities, IntensityModel, PanelFit};
    /// // 0 → 1 at rate 1 and 1 → 2 at rate 4.
    /// let model = IntensityModel::new(3, &[(0, 1), (1, 2)], 0)?;
    /// let fit = PanelFit {
    ///     parameters: vec![0.0, 4f64.ln()],
    ///     covariance: Matrix::diagonal(&[0.01, 0.01]),
    ///     ln_likelihood: 0.0,
    ///     gradient: vec![0.0; 2],
    ///     iterations: 0,
    /// };
    /// let times = Intensities::new(&model, &fit, &[], 1.96)?.first_passage(2);
    /// assert!((times[0] - 1.25).abs() < 1e-14 && (times[1] - 0.25).abs() < 1e-14);
    /// assert_eq!(times[2], 0.0);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn first_passage(&self, to: usize) -> Vec<f64> {
        let states = self.model.states;
        let reaches = self.surely_reaches(to);
        let open: Vec<usize> = (0..states).filter(|&s| s != to && reaches[s]).collect();
        let mut times = vec![f64::INFINITY; states];
        if to < states {
            times[to] = 0.0;
        }
        let block = self.q.gather_rows(&open).gather_columns(&open).scaled(-1.0);
        if let Ok(factors) = Lu::new(&block) {
            let solution = factors.solve(&vec![1.0; open.len()]);
            for (&state, time) in open.iter().zip(solution) {
                times[state] = time;
            }
        }
        times
    }

    /// From which states a state is reached with certainty: every state that may come before it
    /// can still get there.
    fn surely_reaches(&self, target: usize) -> Vec<bool> {
        let states = self.model.states;
        let is_move = |from: usize, to: usize| from != to && self.q[(from, to)] > 0.0;
        let mut can = vec![false; states];
        let mut sure = vec![true; states];
        for _ in 0..states {
            for from in 0..states {
                let by_way = (0..states).any(|to| is_move(from, to) && can[to]);
                can[from] = can[from] || from == target || by_way;
            }
        }
        for _ in 0..states {
            for from in (0..states).filter(|&from| from != target) {
                let lost = (0..states).any(|to| is_move(from, to) && !sure[to]);
                sure[from] = sure[from] && can[from] && !lost;
            }
        }
        sure
    }

    /// dQ by each parameter.
    fn directions(&self) -> Vec<Matrix> {
        let moves = self.model.transitions.len();
        (0..self.model.parameters())
            .map(|parameter| {
                let (from, to) = self.model.transitions[parameter % moves];
                let x = match parameter / moves {
                    0 => 1.0,
                    covariate => self.x[covariate - 1],
                };
                let slope = x * self.intensity(parameter % moves);
                let mut direction = Matrix::zeros(self.model.states, self.model.states);
                direction[(from, to)] = slope;
                direction[(from, from)] = -slope;
                direction
            })
            .collect()
    }

    fn intensity(&self, transition: usize) -> f64 {
        self.model
            .log_intensity(&self.fit.parameters, &self.x, transition)
            .exp()
    }

    /// Gradient of a log intensity, or (`total`) of the logarithm of all that leave `from`.
    fn log_gradient(
        &self,
        weight: impl Fn(usize, usize) -> f64,
        total: bool,
        from: usize,
    ) -> Vec<f64> {
        let moves = self.model.transitions.len();
        let leaving = -self.q[(from, from)];
        (0..self.model.parameters())
            .map(|parameter| {
                let (k, l) = self.model.transitions[parameter % moves];
                let share = match total && leaving > 0.0 && k == from {
                    true => self.intensity(parameter % moves) / leaving,
                    false if total => 0.0,
                    false => weight(k, l),
                };
                match parameter / moves {
                    0 => share,
                    covariate => share * self.x[covariate - 1],
                }
            })
            .collect()
    }

    fn error(&self, gradient: &[f64]) -> f64 {
        self.fit.covariance.quadratic_form(gradient).max(0.0).sqrt()
    }
}

impl PanelFit {
    /// Hazard ratios of a covariate: one per transition, for a difference of 1. R: `hazard.msm`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::panel::{IntensityModel, PanelFit};
    /// // One move, its rate doubled by the covariate; ln 2 is known to ±0.1.
    /// let model = IntensityModel::new(2, &[(0, 1)], 1)?;
    /// let fit = PanelFit {
    ///     parameters: vec![0.0, 2f64.ln()],
    ///     covariance: Matrix::diagonal(&[0.01, 0.01]),
    ///     ln_likelihood: 0.0,
    ///     gradient: vec![0.0; 2],
    ///     iterations: 0,
    /// };
    /// let ratio = fit.hazard_ratios(&model, 0, 1.96)[0];
    /// assert!((ratio.value - 2.0).abs() < 1e-14);
    /// assert!((ratio.upper - 2.0 * 0.196f64.exp()).abs() < 1e-14);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn hazard_ratios(&self, model: &IntensityModel, covariate: usize, z: f64) -> Vec<Estimate> {
        let moves = model.transitions.len();
        let places = (1 + covariate) * moves..(2 + covariate) * moves;
        places
            .map(|place| {
                let error = self.covariance[(place, place)].max(0.0).sqrt();
                Estimate::on_log(self.parameters[place].exp(), error, z)
            })
            .collect()
    }
}
