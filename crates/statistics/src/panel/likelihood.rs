use super::IntensityModel;
use crate::NotEstimable;
use crate::matrix::{Matrix, exponential, exponential_derivative};
use rayon::prelude::*;
use std::collections::HashMap;

/// How a state came to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation {
    /// The state at a visit; moves since the last visit are unknown (R: `obstype = 1`).
    Snapshot,
    /// The state was entered at this time and was the same from the last visit until then
    /// (R: `obstype = 2`).
    Exact,
    /// The state was entered at this time from an unknown other one: death (R: `obstype = 3`).
    ExactEntry,
}

/// States seen at times. Rows of a subject stand after each other in time.
#[derive(Clone, Copy, Debug, Default)]
pub struct PanelData<'a> {
    /// When.
    pub time: &'a [f64],
    /// Which state; from the number of states on: the numbers of [`Self::censored`].
    pub state: &'a [u32],
    /// Whose.
    pub subject: &'a [u32],
    /// How it was seen.
    pub observation: &'a [Observation],
    /// Covariates from that time on, row after row; empty without any.
    pub covariates: &'a [f64],
    /// Sets of states one of which it was.
    pub censored: &'a [Vec<usize>],
}

/// A stretch between two rows of a subject.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// The row at its end.
    row: usize,
    duration: f64,
    pattern: usize,
    /// Which exponential it needs.
    group: usize,
}

/// The likelihood of a model for panel data. R: `msm(fixedpars = TRUE)`.
#[derive(Clone, Debug)]
pub struct PanelLikelihood {
    pub(super) model: IntensityModel,
    /// States that each row may be in.
    possible: Vec<Vec<usize>>,
    observation: Vec<Observation>,
    /// The first row of each subject, and its stretches.
    subjects: Vec<(usize, Vec<Stretch>)>,
    /// Distinct covariates.
    patterns: Vec<Vec<f64>>,
    /// Distinct durations and covariates.
    groups: Vec<(f64, usize)>,
}

impl PanelLikelihood {
    /// Groups the rows.
    ///
    /// # Errors
    /// Lengths that differ, numbers that are not finite, unknown states, times of a subject
    /// that do not rise, and nobody who is seen twice.
    ///
    /// ```
    /// use statistics::panel::{IntensityModel, Observation, PanelData, PanelLikelihood};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Of two who are seen in state 0 at time 0, one is in state 1 at time 1 and one is not.
    /// let model = IntensityModel::new(2, &[(0, 1)], 0)?;
    /// let data = PanelData {
    ///     time: &[0.0, 1.0, 0.0, 1.0],
    ///     state: &[0, 1, 0, 0],
    ///     subject: &[0, 0, 1, 1],
    ///     observation: &[Observation::Snapshot; 4],
    ///     ..Default::default()
    /// };
    /// assert_eq!(PanelLikelihood::new(model.clone(), &data)?.model(), &model);
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(model: IntensityModel, data: &PanelData<'_>) -> Result<Self, NotEstimable> {
        check(&model, data)?;
        let rows = data.time.len();
        let possible = |&state: &u32| match (state as usize).checked_sub(model.states) {
            None => vec![state as usize],
            Some(set) => data.censored[set].clone(),
        };
        let mut likelihood = Self {
            possible: data.state.iter().map(possible).collect(),
            observation: data.observation.to_vec(),
            subjects: Vec::new(),
            patterns: Vec::new(),
            groups: Vec::new(),
            model,
        };
        let width = likelihood.model.covariates;
        let mut patterns: HashMap<Vec<u64>, usize> = HashMap::new();
        let mut groups: HashMap<(u64, usize), usize> = HashMap::new();
        for row in 0..rows {
            if row == 0 || data.subject[row] != data.subject[row - 1] {
                likelihood.subjects.push((row, Vec::new()));
                continue;
            }
            let duration = data.time[row] - data.time[row - 1];
            if duration < 0.0 {
                return Err(NotEstimable::InconsistentHistory {
                    row,
                    reason: "lies before an earlier row of the same person",
                });
            }
            let x = &data.covariates[(row - 1) * width..row * width];
            let key = x.iter().map(|x| x.to_bits()).collect();
            let pattern = *patterns.entry(key).or_insert_with(|| {
                likelihood.patterns.push(x.to_vec());
                likelihood.patterns.len() - 1
            });
            let group = *groups
                .entry((duration.to_bits(), pattern))
                .or_insert_with(|| {
                    likelihood.groups.push((duration, pattern));
                    likelihood.groups.len() - 1
                });
            let stretch = Stretch {
                row,
                duration,
                pattern,
                group,
            };
            if let Some((_, stretches)) = likelihood.subjects.last_mut() {
                stretches.push(stretch);
            }
        }
        if likelihood.groups.is_empty() {
            return Err(NotEstimable::Empty {
                what: "subjects with two rows",
            });
        }
        Ok(likelihood)
    }

    /// The model.
    ///
    /// ```
    /// use statistics::panel::{IntensityModel, Observation, PanelData, PanelLikelihood};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Of two who are seen in state 0 at time 0, one is in state 1 at time 1 and one is not.
    /// let model = IntensityModel::new(2, &[(0, 1)], 0)?;
    /// let data = PanelData {
    ///     time: &[0.0, 1.0, 0.0, 1.0],
    ///     state: &[0, 1, 0, 0],
    ///     subject: &[0, 0, 1, 1],
    ///     observation: &[Observation::Snapshot; 4],
    ///     ..Default::default()
    /// };
    /// assert_eq!(PanelLikelihood::new(model.clone(), &data)?.model(), &model);
    /// # Ok(())
    /// # }
    /// ```
    pub fn model(&self) -> &IntensityModel {
        &self.model
    }

    /// The log-likelihood at given parameters and its gradient with respect to all of them.
    /// What cannot happen has log-likelihood −∞. R: `msm(fixedpars = TRUE)`.
    ///
    /// # Method
    /// Kalbfleisch and Lawless (1985); states that are known but for a set and exact entries:
    /// Jackson (2011). One exponential per distinct duration and covariates; the gradient takes
    /// one derivative of an exponential more for each, whatever the number of parameters: with
    /// G the derivative with respect to P, that with respect to Q is the derivative of
    /// `exp(tQᵀ)` in direction G. R: `msm(.., fixedpars = TRUE)`.
    ///
    /// # Errors
    /// Parameters of another number, or so large that an exponential is not finite.
    ///
    /// ```
    /// use statistics::panel::{IntensityModel, Observation, PanelData, PanelLikelihood};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Of two who are seen in state 0 at time 0, one is in state 1 at time 1 and one is not.
    /// let model = IntensityModel::new(2, &[(0, 1)], 0)?;
    /// let data = PanelData {
    ///     time: &[0.0, 1.0, 0.0, 1.0],
    ///     state: &[0, 1, 0, 0],
    ///     subject: &[0, 0, 1, 1],
    ///     observation: &[Observation::Snapshot; 4],
    ///     ..Default::default()
    /// };
    /// // With intensity ln 2 both outcomes have probability ½.
    /// let (ln_likelihood, gradient) = PanelLikelihood::new(model, &data)?.evaluate(&[2f64.ln().ln()])?;
    /// assert!((ln_likelihood + 2.0 * 2f64.ln()).abs() < 1e-14);
    /// assert!(gradient[0].abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn evaluate(&self, parameters: &[f64]) -> Result<(f64, Vec<f64>), NotEstimable> {
        let model = &self.model;
        NotEstimable::unless_length("parameters", model.parameters(), parameters.len())?;
        NotEstimable::unless_finite("parameters", parameters)?;
        let q: Vec<Matrix> = self
            .patterns
            .iter()
            .map(|x| model.intensities(parameters, x))
            .collect();
        let p = self
            .groups
            .par_iter()
            .map(|&(duration, pattern)| exponential(&q[pattern].scaled(duration)))
            .collect::<Result<Vec<Matrix>, _>>()?;
        let states = model.states;
        let mut slopes = Slopes {
            by_probability: vec![Matrix::zeros(states, states); self.groups.len()],
            by_intensity: vec![Matrix::zeros(states, states); self.patterns.len()],
        };
        let mut ln_likelihood = 0.0;
        for subject in &self.subjects {
            ln_likelihood += self.follow(subject, (&q, &p), &mut slopes);
        }
        let mut gradient = vec![0.0; parameters.len()];
        if ln_likelihood == f64::NEG_INFINITY {
            return Ok((ln_likelihood, gradient));
        }
        let adjoint = |(&(duration, pattern), slope): (&(f64, usize), &Matrix)| {
            let turned = q[pattern].scaled(duration).transpose();
            exponential_derivative(&turned, slope).map(|(_, adjoint)| adjoint)
        };
        let adjoints = self
            .groups
            .par_iter()
            .zip(&slopes.by_probability)
            .map(adjoint)
            .collect::<Result<Vec<Matrix>, _>>()?;
        for (&(duration, pattern), adjoint) in self.groups.iter().zip(&adjoints) {
            slopes.by_intensity[pattern].add_scaled(duration, adjoint);
        }
        for (x, slope) in self.patterns.iter().zip(&slopes.by_intensity) {
            model.add_gradient(parameters, x, slope, &mut gradient);
        }
        Ok((ln_likelihood, gradient))
    }

    /// The log-likelihood of a subject by going forward; its slopes by going back.
    fn follow(
        &self,
        (first, stretches): &(usize, Vec<Stretch>),
        known: (&[Matrix], &[Matrix]),
        slopes: &mut Slopes,
    ) -> f64 {
        let states = self.model.states;
        let mut forward = vec![vec![0.0; states]];
        for &state in &self.possible[*first] {
            forward[0][state] = 1.0;
        }
        let (mut ln_likelihood, mut scales, mut steps) = (0.0, Vec::new(), Vec::new());
        for (place, stretch) in stretches.iter().enumerate() {
            let step = self.step(stretch, known);
            let mut next = vec![0.0; states];
            for &to in &self.possible[stretch.row] {
                next[to] = (0..states)
                    .map(|from| forward[place][from] * step[(from, to)])
                    .sum();
            }
            let scale: f64 = next.iter().sum();
            if scale.is_nan() || scale <= 0.0 {
                return f64::NEG_INFINITY;
            }
            next.iter_mut().for_each(|p| *p /= scale);
            ln_likelihood += scale.ln();
            forward.push(next);
            scales.push(scale);
            steps.push(step);
        }
        let mut backward = vec![1.0; states];
        for (place, stretch) in stretches.iter().enumerate().rev() {
            let mut counts = Matrix::zeros(states, states);
            let mut before = vec![0.0; states];
            for &to in &self.possible[stretch.row] {
                for from in 0..states {
                    let share = backward[to] / scales[place];
                    counts[(from, to)] = forward[place][from] * share;
                    before[from] += steps[place][(from, to)] * share;
                }
            }
            self.add_slopes(stretch, &counts, known, slopes);
            backward = before;
        }
        ln_likelihood
    }

    /// The likelihood of each state at the end of a stretch, from each at its begin.
    fn step(&self, stretch: &Stretch, (q, p): (&[Matrix], &[Matrix])) -> Matrix {
        let (q, p) = (&q[stretch.pattern], &p[stretch.group]);
        match self.observation[stretch.row] {
            Observation::Snapshot => p.clone(),
            Observation::Exact => {
                let mut step = q.clone();
                for from in 0..q.rows() {
                    let stays = (q[(from, from)] * stretch.duration).exp();
                    for to in 0..q.rows() {
                        step[(from, to)] = if from == to {
                            stays
                        } else {
                            stays * q[(from, to)]
                        };
                    }
                }
                step
            }
            Observation::ExactEntry => {
                let mut entries = q.clone();
                (0..q.rows()).for_each(|state| entries[(state, state)] = 0.0);
                p.multiply(&entries)
            }
        }
    }

    /// How the log-likelihood changes with P and Q, from the derivatives by the step's entries.
    fn add_slopes(
        &self,
        stretch: &Stretch,
        counts: &Matrix,
        (q, p): (&[Matrix], &[Matrix]),
        slopes: &mut Slopes,
    ) {
        let (q, p) = (&q[stretch.pattern], &p[stretch.group]);
        let states = q.rows();
        let by_intensity = &mut slopes.by_intensity[stretch.pattern];
        let by_probability = &mut slopes.by_probability[stretch.group];
        match self.observation[stretch.row] {
            Observation::Snapshot => by_probability.add_scaled(1.0, counts),
            Observation::Exact => {
                for from in 0..states {
                    let stays = (q[(from, from)] * stretch.duration).exp();
                    for to in 0..states {
                        let count = counts[(from, to)] * stays;
                        let rate = if from == to { 1.0 } else { q[(from, to)] };
                        by_intensity[(from, from)] += count * rate * stretch.duration;
                        if from != to {
                            by_intensity[(from, to)] += count;
                        }
                    }
                }
            }
            Observation::ExactEntry => {
                for from in 0..states {
                    for to in (0..states).filter(|&to| counts[(from, to)] != 0.0) {
                        for last in (0..states).filter(|&last| last != to) {
                            by_probability[(from, last)] += counts[(from, to)] * q[(last, to)];
                            by_intensity[(last, to)] += counts[(from, to)] * p[(from, last)];
                        }
                    }
                }
            }
        }
    }

    /// Starting values: moves seen between visits, per time spent in the state left. R:
    /// `crudeinits.msm`. R: `crudeinits.msm`.
    ///
    /// ```
    /// use statistics::panel::{IntensityModel, Observation, PanelData, PanelLikelihood};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Of two who are seen in state 0 at time 0, one is in state 1 at time 1 and one is not.
    /// let model = IntensityModel::new(2, &[(0, 1)], 0)?;
    /// let data = PanelData {
    ///     time: &[0.0, 1.0, 0.0, 1.0],
    ///     state: &[0, 1, 0, 0],
    ///     subject: &[0, 0, 1, 1],
    ///     observation: &[Observation::Snapshot; 4],
    ///     ..Default::default()
    /// };
    /// // One move in two units of time.
    /// assert_eq!(PanelLikelihood::new(model, &data)?.crude_start(), [0.5f64.ln()]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn crude_start(&self) -> Vec<f64> {
        let states = self.model.states;
        let (mut moves, mut time) = (Matrix::zeros(states, states), vec![0.0; states]);
        for (first, stretches) in &self.subjects {
            let mut before = *first;
            for stretch in stretches {
                if let ([from], [to]) = (
                    self.possible[before].as_slice(),
                    self.possible[stretch.row].as_slice(),
                ) {
                    time[*from] += stretch.duration;
                    moves[(*from, *to)] += 1.0;
                }
                before = stretch.row;
            }
        }
        let mut start = vec![0.0; self.model.parameters()];
        for (value, &(from, to)) in start.iter_mut().zip(&self.model.transitions) {
            let at_risk = if time[from] > 0.0 { time[from] } else { 1.0 };
            // A move that was never seen may still have happened between visits.
            *value = (f64::max(moves[(from, to)], 0.5) / at_risk).ln();
        }
        start
    }
}

/// Derivatives of the log-likelihood.
struct Slopes {
    /// By P, per group.
    by_probability: Vec<Matrix>,
    /// By Q, per pattern of covariates.
    by_intensity: Vec<Matrix>,
}

fn check(model: &IntensityModel, data: &PanelData<'_>) -> Result<(), NotEstimable> {
    let rows = data.time.len();
    if rows == 0 {
        return Err(NotEstimable::Empty { what: "rows" });
    }
    for (what, found) in [
        ("state", data.state.len()),
        ("subject", data.subject.len()),
        ("obstype", data.observation.len()),
    ] {
        NotEstimable::unless_length(what, rows, found)?;
    }
    let width = rows * model.covariates;
    NotEstimable::unless_length("covariates", width, data.covariates.len())?;
    NotEstimable::unless_finite("time", data.time)?;
    NotEstimable::unless_finite("covariates", data.covariates)?;
    let bound = model.states + data.censored.len();
    if let Some(position) = data.state.iter().position(|s| *s as usize >= bound) {
        return Err(NotEstimable::UnknownCode {
            what: "state",
            code: data.state[position] as usize + 1,
            position,
        });
    }
    for (position, set) in data.censored.iter().enumerate() {
        if let Some(&code) = set.iter().find(|state| **state >= model.states) {
            let what = "censor.states";
            return Err(NotEstimable::UnknownCode {
                what,
                code: code + 1,
                position,
            });
        }
    }
    Ok(())
}
