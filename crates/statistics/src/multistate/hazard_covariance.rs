use super::by_time::ByTime;
use crate::NotEstimable;

/// The covariance of the increments of two transitions at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// A transition …
    pub one: usize,
    /// … and another, or the same; each pair is named once.
    pub other: usize,
    /// Their covariance.
    pub covariance: f64,
}

/// How the increment of a transition answers to the estimated coefficients.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradient {
    /// The transition.
    pub transition: usize,
    /// Derivatives to coefficients that have been made independent and of variance 1 (R'g, where
    /// RR' is their covariance).
    pub values: Vec<f64>,
}

/// The covariance of the increments of cumulative hazards: noise that is independent from time
/// to time, and the part that all times share through estimated coefficients. R: `msfit(…)$varHaz`.
///
/// ```
/// use statistics::multistate::{ByTime, Entry, Gradient, HazardCovariance};
/// // One transition at two times.
/// let entry = |covariance| vec![Entry { one: 0, other: 0, covariance }];
/// let noise = HazardCovariance::new(ByTime::new([entry(0.25), entry(0.5)]));
/// assert_eq!(noise.coefficients(), 0);
/// // With one coefficient, by which the increments change by 0.1 and 0.2 of its standard error.
/// let gradient = |value| vec![Gradient { transition: 0, values: vec![value] }];
/// let coefficients = Some(ByTime::new([gradient(0.1), gradient(0.2)]));
/// let covariance = HazardCovariance { coefficients, ..noise };
/// assert_eq!(covariance.coefficients(), 1);
/// assert_eq!(covariance.gradients(1), gradient(0.2));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct HazardCovariance {
    /// Covariances of increments at the same time; what is absent is 0.
    pub noise: ByTime<Entry>,
    /// Derivatives to the coefficients, where there are any.
    pub coefficients: Option<ByTime<Gradient>>,
}

impl HazardCovariance {
    /// Noise alone.
    pub fn new(noise: ByTime<Entry>) -> Self {
        Self {
            noise,
            coefficients: None,
        }
    }

    /// How many coefficients there are.
    pub fn coefficients(&self) -> usize {
        let first = self
            .coefficients
            .as_ref()
            .and_then(|all| all.items().first());
        first.map_or(0, |gradient| gradient.values.len())
    }

    pub(super) fn check(&self, times: usize, transitions: usize) -> Result<(), NotEstimable> {
        NotEstimable::unless_length("noise", times, self.noise.times())?;
        let named = |entry: &Entry| entry.one.max(entry.other);
        let mut codes: Vec<usize> = self.noise.items().iter().map(named).collect();
        if let Some(gradients) = &self.coefficients {
            NotEstimable::unless_length("gradients", times, gradients.times())?;
            let count = self.coefficients();
            for gradient in gradients.items() {
                NotEstimable::unless_length("gradient", count, gradient.values.len())?;
                codes.push(gradient.transition);
            }
        }
        match codes.iter().position(|&code| code >= transitions) {
            Some(position) => Err(NotEstimable::UnknownCode {
                what: "transition",
                code: codes[position],
                position,
            }),
            None => Ok(()),
        }
    }

    /// The covariance of the cumulative hazards of two transitions after each time.
    pub(super) fn cumulative(&self, times: usize, one: usize, other: usize) -> Vec<f64> {
        let pair = (one.min(other), one.max(other));
        let mut sums = vec![vec![0.0; self.coefficients()]; 2];
        let mut noise = 0.0;
        let mut result = Vec::with_capacity(times);
        for place in 0..times {
            let entries = self.noise.at(place).iter();
            noise += entries
                .filter(|entry| (entry.one.min(entry.other), entry.one.max(entry.other)) == pair)
                .map(|entry| entry.covariance)
                .sum::<f64>();
            for gradient in self.gradients(place) {
                for (sum, transition) in sums.iter_mut().zip([one, other]) {
                    if gradient.transition == transition {
                        let parts = sum.iter_mut().zip(&gradient.values);
                        parts.for_each(|(sum, value)| *sum += value);
                    }
                }
            }
            let shared: f64 = sums[0].iter().zip(&sums[1]).map(|(a, b)| a * b).sum();
            result.push(noise + shared);
        }
        result
    }

    /// The derivatives at a time.
    pub fn gradients(&self, place: usize) -> &[Gradient] {
        self.coefficients.as_ref().map_or(&[], |all| all.at(place))
    }

    /// The same variances of cumulative hazards, as if their increments were independent from
    /// time to time.
    pub(super) fn with_independent_increments(&self, transitions: usize) -> ByTime<Entry> {
        let mut sums = vec![vec![0.0; self.coefficients()]; transitions];
        let at = |place: usize| {
            let mut entries = self.noise.at(place).to_vec();
            let before = sums.clone();
            for gradient in self.gradients(place) {
                let parts = sums[gradient.transition].iter_mut().zip(&gradient.values);
                parts.for_each(|(sum, value)| *sum += value);
            }
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            for one in 0..transitions {
                for other in one..transitions {
                    let covariance =
                        dot(&sums[one], &sums[other]) - dot(&before[one], &before[other]);
                    if covariance != 0.0 {
                        entries.push(Entry {
                            one,
                            other,
                            covariance,
                        });
                    }
                }
            }
            entries
        };
        ByTime::new((0..self.noise.times()).map(at))
    }
}
