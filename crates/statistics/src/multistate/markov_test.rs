use super::{Histories, Transitions};
use crate::NotEstimable;
use crate::imputation::Draws;
use crate::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix};
use crate::time_index::TimeIndex;

/// Distributions of the multipliers of a wild bootstrap; each has mean 0 and variance 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Multipliers {
    /// Poisson of mean 1, less 1.
    #[default]
    Poisson,
    /// Standard normal.
    Normal,
}

/// Choices of [`MarkovTest::compute`].
#[derive(Clone, Debug, PartialEq)]
pub struct MarkovTestOptions {
    /// The transition under test.
    pub transition: usize,
    /// Landmark times.
    pub grid: Vec<f64>,
    /// States by which persons are grouped at a landmark; all from which the transition can be
    /// reached when `None`.
    pub qualifying: Option<Vec<usize>>,
    /// Bootstrap samples; 0 for none.
    pub samples: usize,
    /// Their multipliers.
    pub multipliers: Multipliers,
    /// Where the random numbers start.
    pub seed: u64,
}

/// A test of the Markov property: does the rate of a transition depend on where persons were
/// earlier?
#[derive(Clone, Debug, PartialEq)]
pub struct MarkovTest {
    /// The states by which persons are grouped.
    pub qualifying: Vec<usize>,
    /// Landmark times.
    pub grid: Vec<f64>,
    /// Standardised log-rank statistics, a row per landmark and a column per state; `None` where
    /// the groups have nothing to compare.
    pub trace: Vec<Vec<Option<f64>>>,
    /// χ² over all groups together, per landmark.
    pub chi_squared_trace: Vec<Option<f64>>,
    /// Degrees of freedom of each.
    pub degrees_of_freedom: Vec<usize>,
    /// Persons in each qualifying state at each landmark.
    pub persons: Vec<Vec<usize>>,
    /// Per state the mean of |trace| over the landmarks, and its p-value.
    pub mean_absolute: Vec<Summary>,
    /// The mean of the χ² trace, and its p-value.
    pub mean_chi_squared: Summary,
}

/// A summary of a trace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Its value; `None` where no landmark has one.
    pub value: Option<f64>,
    /// Share of bootstrap samples, the data themselves counted as one, that are at least as
    /// large.
    pub p_value: Option<f64>,
}

impl MarkovTest {
    /// Tests a transition.
    ///
    /// # Errors
    /// Rows that are no rows of these transitions; a transition or state that is not there; no
    /// landmarks; no events of the transition.
    ///
    /// # Method
    /// Titman and Putter (2022): at each landmark s those under observation are grouped by their
    /// state at s, and the hazards of the transition after s are compared by log-rank score
    /// statistics `Σ (δ_j − p_j) dN`, whose variance is `Σ dN p_j (1 − p_j)`. The traces are
    /// deterministic. p-values of their summaries come from a wild bootstrap, in which each event
    /// gets a multiplier that it keeps at all landmarks. R: `mstate::MarkovTest`.
    ///
    /// ```
    /// use statistics::multistate::{
    ///     Histories, MarkovTest, MarkovTestOptions, Multipliers, TransitionRows, Transitions,
    /// };
    /// // Four who are ill from 1, 3, 1 and 3 on and die at 4, 5, 6 and 7.
    /// let rows = TransitionRows {
    ///     start: &[0.0, 0.0, 1.0, 0.0, 0.0, 3.0, 0.0, 0.0, 1.0, 0.0, 0.0, 3.0],
    ///     stop: &[1.0, 1.0, 4.0, 3.0, 3.0, 5.0, 1.0, 1.0, 6.0, 3.0, 3.0, 7.0],
    ///     event: &[true, false, true].repeat(4),
    ///     transition: &[0, 1, 2].repeat(4),
    ///     weights: None,
    /// };
    /// let histories = Histories { person: &[0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3], rows };
    /// let model = Transitions::new(3, &[(0, 1), (0, 2), (1, 2)])?;
    /// let options = MarkovTestOptions {
    ///     transition: 2,
    ///     grid: vec![2.0],
    ///     qualifying: None,
    ///     samples: 0,
    ///     multipliers: Multipliers::Poisson,
    ///     seed: 1,
    /// };
    /// let test = MarkovTest::compute(histories, &model, &options)?;
    /// // Ill at 2: two deaths where ½ + ⅓ + ½ are expected, with variance ¼ + 2/9 + ¼.
    /// let trace = test.trace[0][1].unwrap_or(0.0);
    /// assert!((trace - (2.0 / 3.0) / (13.0f64 / 18.0).sqrt()).abs() < 1e-12);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn compute(
        histories: Histories<'_>,
        transitions: &Transitions,
        options: &MarkovTestOptions,
    ) -> Result<Self, NotEstimable> {
        let persons = histories.check(transitions)?;
        let (qualifying, at_risk) = start(histories, transitions, options)?;
        let landmarks: Vec<Landmark> = options
            .grid
            .iter()
            .map(|&time| {
                let states = histories.states_at(transitions, persons, time);
                Landmark::at(time, &at_risk, &states, &qualifying)
            })
            .collect::<Result<_, _>>()?;
        let observed = Traces::of(&landmarks, None);
        let samples = Samples::draw(&landmarks, &at_risk, options);
        let summary = |value: Option<f64>, pick: &dyn Fn(&Means) -> Option<f64>| Summary {
            value,
            p_value: value.and_then(|value| samples.share_at_least(value, pick)),
        };
        let means = observed.means();
        let states = 0..qualifying.len();
        Ok(Self {
            mean_absolute: states
                .map(|state| summary(means.absolute[state], &|means| means.absolute[state]))
                .collect(),
            mean_chi_squared: summary(means.chi_squared, &|means| means.chi_squared),
            degrees_of_freedom: landmarks
                .iter()
                .map(|landmark| landmark.factor.rank())
                .collect(),
            persons: landmarks
                .iter()
                .map(|landmark| landmark.persons.clone())
                .collect(),
            trace: observed.standardised,
            chi_squared_trace: observed.chi_squared,
            grid: options.grid.clone(),
            qualifying,
        })
    }
}

/// Rows at risk of the transition, by place of their times among the event times.
struct AtRisk {
    times: Vec<f64>,
    person: Vec<u32>,
    /// First place at risk, and the first no longer so.
    first: Vec<u32>,
    end: Vec<u32>,
    event: Vec<bool>,
    weight: Vec<f64>,
}

fn start(
    histories: Histories<'_>,
    transitions: &Transitions,
    options: &MarkovTestOptions,
) -> Result<(Vec<usize>, AtRisk), NotEstimable> {
    if options.transition >= transitions.len() {
        return Err(NotEstimable::UnknownCode {
            what: "transition",
            code: options.transition,
            position: 0,
        });
    }
    if options.grid.is_empty() {
        return Err(NotEstimable::Empty { what: "landmarks" });
    }
    NotEstimable::unless_finite("landmarks", &options.grid)?;
    let from = transitions.pair(options.transition).0;
    let qualifying = options
        .qualifying
        .clone()
        .unwrap_or_else(|| transitions.reaching(from));
    let unknown = qualifying
        .iter()
        .position(|&state| state >= transitions.states());
    if let Some(position) = unknown {
        return Err(NotEstimable::UnknownCode {
            what: "state",
            code: qualifying[position],
            position,
        });
    }
    let rows = histories.rows;
    let kept: Vec<usize> = (0..rows.stop.len())
        .filter(|&row| rows.transition[row] as usize == options.transition)
        .collect();
    let pick = |values: &[f64]| -> Vec<f64> { kept.iter().map(|&row| values[row]).collect() };
    let event: Vec<bool> = kept.iter().map(|&row| rows.event[row]).collect();
    let stop = pick(rows.stop);
    let times: Vec<f64> = stop
        .iter()
        .zip(&event)
        .filter_map(|(&stop, &event)| event.then_some(stop))
        .collect();
    if times.is_empty() {
        return Err(NotEstimable::NoEvents);
    }
    let index = TimeIndex::new(&[&times]);
    let at_risk = AtRisk {
        times: index.times().to_vec(),
        person: kept.iter().map(|&row| histories.person[row]).collect(),
        first: index.count_not_after(&pick(rows.start)),
        end: index.count_not_after(&stop),
        event,
        weight: rows.weights.map_or_else(|| vec![1.0; kept.len()], pick),
    };
    Ok((qualifying, at_risk))
}

/// The log-rank comparison at one landmark.
struct Landmark {
    persons: Vec<usize>,
    /// Per event row (positions of [`AtRisk`]) and state its part of the score.
    parts: Vec<(u32, Vec<f64>)>,
    /// Variances of the scores.
    variance: Vec<f64>,
    /// Their covariance, factored.
    factor: Cholesky,
}

impl Landmark {
    fn at(
        time: f64,
        rows: &AtRisk,
        states: &[Option<usize>],
        qualifying: &[usize],
    ) -> Result<Self, NotEstimable> {
        let groups = qualifying.len();
        let mut persons = vec![0; groups];
        for &state in states.iter().flatten() {
            if let Some(group) = qualifying.iter().position(|&known| known == state) {
                persons[group] += 1;
            }
        }
        let group = |row: usize| {
            let state = states[rows.person[row] as usize]?;
            Some(qualifying.iter().position(|&known| known == state))
        };
        let after = rows.times.partition_point(|&event| event <= time);
        // Changes of the number at risk per place: in all, and in each group.
        let width = groups + 1;
        let mut changes = vec![0.0; (rows.times.len() + 1) * width];
        let mut taking_part = Vec::new();
        for row in 0..rows.person.len() {
            let first = (rows.first[row] as usize).max(after);
            let end = rows.end[row] as usize;
            let Some(group) = group(row).filter(|_| first < end) else {
                continue;
            };
            for column in std::iter::once(0).chain(group.map(|group| group + 1)) {
                changes[first * width + column] += rows.weight[row];
                changes[end * width + column] -= rows.weight[row];
            }
            if rows.event[row] {
                taking_part.push((row, group));
            }
        }
        for place in width..changes.len() {
            changes[place] += changes[place - width];
        }
        let share = |row: usize, group: usize| {
            let at_risk = &changes[(rows.end[row] as usize - 1) * width..][..width];
            at_risk[group + 1] / at_risk[0]
        };
        let mut covariance = Matrix::zeros(groups, groups);
        let mut parts = Vec::with_capacity(taking_part.len());
        for (row, group) in taking_part {
            let weight = rows.weight[row];
            let shares: Vec<f64> = (0..groups).map(|group| share(row, group)).collect();
            for one in 0..groups {
                covariance[(one, one)] += weight * shares[one];
                for other in 0..groups {
                    covariance[(one, other)] -= weight * shares[one] * shares[other];
                }
            }
            let part = |(place, share): (usize, &f64)| {
                weight * (f64::from(u8::from(group == Some(place))) - share)
            };
            parts.push((row as u32, shares.iter().enumerate().map(part).collect()));
        }
        Ok(Self {
            persons,
            variance: covariance.diagonal_values(),
            factor: Cholesky::new(&covariance, ALIAS_TOLERANCE.sqrt())?,
            parts,
        })
    }

    /// The scores, with a multiplier per event row or without.
    fn scores(&self, multipliers: Option<&[f64]>) -> Vec<f64> {
        let mut scores = vec![0.0; self.variance.len()];
        for (row, parts) in &self.parts {
            let multiplier = multipliers.map_or(1.0, |all| all[*row as usize]);
            for (score, part) in scores.iter_mut().zip(parts) {
                *score += multiplier * part;
            }
        }
        scores
    }
}

/// Statistics of all landmarks.
struct Traces {
    standardised: Vec<Vec<Option<f64>>>,
    chi_squared: Vec<Option<f64>>,
}

/// Means of traces over the landmarks.
struct Means {
    absolute: Vec<Option<f64>>,
    chi_squared: Option<f64>,
}

/// A variance below this has nothing to compare.
const NOTHING: f64 = 1e-12;

impl Traces {
    fn of(landmarks: &[Landmark], multipliers: Option<&[f64]>) -> Self {
        let mut traces = Self {
            standardised: Vec::with_capacity(landmarks.len()),
            chi_squared: Vec::with_capacity(landmarks.len()),
        };
        for landmark in landmarks {
            let scores = landmark.scores(multipliers);
            let standardised = scores.iter().zip(&landmark.variance);
            let standardised = standardised
                .map(|(score, &variance)| (variance > NOTHING).then(|| score / variance.sqrt()));
            traces.standardised.push(standardised.collect());
            let compares = landmark.factor.rank() > 0;
            let chi_squared = compares.then(|| landmark.factor.inverse_quadratic_form(&scores));
            traces.chi_squared.push(chi_squared);
        }
        traces
    }

    fn means(&self) -> Means {
        let states = self.standardised.first().map_or(0, Vec::len);
        let absolute = |state: usize| {
            let trace = self.standardised.iter().filter_map(|row| row[state]);
            mean(trace.map(f64::abs))
        };
        Means {
            absolute: (0..states).map(absolute).collect(),
            chi_squared: mean(self.chi_squared.iter().copied().flatten()),
        }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0_usize, 0.0), |(count, sum), value| {
        (count + 1, sum + value)
    });
    (count > 0).then(|| sum / count as f64)
}

struct Samples(Vec<Means>);

impl Samples {
    fn draw(landmarks: &[Landmark], rows: &AtRisk, options: &MarkovTestOptions) -> Self {
        let mut draws = Draws::new(options.seed);
        let sample = |_| {
            let multipliers: Vec<f64> = rows
                .event
                .iter()
                .map(|event| match event {
                    true => multiplier(&mut draws, options.multipliers),
                    false => 0.0,
                })
                .collect();
            Traces::of(landmarks, Some(&multipliers)).means()
        };
        Self((0..options.samples).map(sample).collect())
    }

    fn share_at_least(&self, observed: f64, pick: &dyn Fn(&Means) -> Option<f64>) -> Option<f64> {
        let count = self.0.len();
        let larger = self
            .0
            .iter()
            .filter_map(pick)
            .filter(|&value| value >= observed)
            .count();
        (count > 0).then(|| (larger + 1) as f64 / (count + 1) as f64)
    }
}

fn multiplier(draws: &mut Draws, multipliers: Multipliers) -> f64 {
    match multipliers {
        Multipliers::Normal => draws.normal(),
        Multipliers::Poisson => {
            let (u, mut count) = (draws.uniform(), 0.0);
            let mut probability = (-1.0_f64).exp();
            let mut below = probability;
            while u >= below && probability > 0.0 {
                count += 1.0;
                probability /= count;
                below += probability;
            }
            count - 1.0
        }
    }
}
