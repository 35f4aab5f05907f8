use super::{unless_nonnegative, unless_positive};
use crate::NotEstimable;

/// A step of this size is as good as certain, and yet can be shared between transitions.
const CERTAIN: f64 = 1e6;

/// A cumulative hazard that jumps at times, and then goes on at a constant rate.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Steps {
    pub(super) times: Vec<f64>,
    /// After each jump.
    pub(super) cumulative: Vec<f64>,
    tail_rate: f64,
}

impl Steps {
    pub(super) fn new(times: &[f64], jumps: &[f64], tail_rate: f64) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length("jumps", times.len(), jumps.len())?;
        unless_nonnegative("the rate after the last time", tail_rate)?;
        check_times(times)?;
        for &jump in jumps {
            unless_nonnegative("a jump of a hazard", jump)?;
        }
        let mut sum = 0.0;
        let cumulative = jumps.iter().map(|jump| {
            sum += jump;
            sum
        });
        Ok(Self {
            times: times.to_vec(),
            cumulative: cumulative.collect(),
            tail_rate,
        })
    }

    /// Of observed times, all equally likely.
    pub(super) fn observed(values: &[f64]) -> Result<Self, NotEstimable> {
        let mut sorted = values.to_vec();
        NotEstimable::unless_finite("times", values)?;
        sorted.sort_by(f64::total_cmp);
        let (mut times, mut jumps) = (Vec::new(), Vec::new());
        let mut left = sorted.len();
        for same in sorted.chunk_by(|a, b| a == b) {
            times.push(same[0]);
            let after = left - same.len();
            jumps.push(match after {
                0 => CERTAIN,
                _ => (left as f64 / after as f64).ln(),
            });
            left = after;
        }
        Self::new(&times, &jumps, 0.0)
    }

    pub(super) fn cumulative(&self, time: f64) -> f64 {
        let passed = self.times.partition_point(|&jump| jump <= time);
        let sum = passed.checked_sub(1).map_or(0.0, |at| self.cumulative[at]);
        match self.times.last() {
            Some(&last) if time > last => sum + self.tail_rate * (time - last),
            _ => sum,
        }
    }

    /// When the cumulative hazard is reached, and what part of a jump has been gone through then.
    pub(super) fn inverse(&self, hazard: f64) -> (f64, f64) {
        let at = self.cumulative.partition_point(|&sum| sum < hazard);
        let before = at.checked_sub(1).map_or(0.0, |at| self.cumulative[at]);
        match (self.times.get(at), self.times.last()) {
            (Some(&time), _) => (time, (hazard - before) / (self.cumulative[at] - before)),
            (None, Some(&last)) => (last + (hazard - before) / self.tail_rate, 0.0),
            (None, None) => (f64::INFINITY, 0.0),
        }
    }

    /// The rate between jumps.
    pub(super) fn rate(&self, time: f64) -> f64 {
        match self.times.last() {
            Some(&last) if time > last => self.tail_rate,
            _ => 0.0,
        }
    }

    /// The hazard of all time.
    pub(super) fn total(&self) -> f64 {
        match self.tail_rate > 0.0 {
            true => f64::INFINITY,
            false => self.cumulative.last().copied().unwrap_or(0.0),
        }
    }
}

/// A hazard that is constant between breaks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pieces {
    /// Where each piece begins; the first at 0.
    pub(super) from: Vec<f64>,
    rates: Vec<f64>,
    /// The cumulative hazard where each piece begins.
    cumulative: Vec<f64>,
}

impl Pieces {
    pub(super) fn new(breaks: &[f64], rates: &[f64]) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length("rates", breaks.len() + 1, rates.len())?;
        check_pieces(breaks)?;
        for &rate in rates {
            unless_nonnegative("a hazard", rate)?;
        }
        let from: Vec<f64> = [0.0].iter().chain(breaks).copied().collect();
        let mut cumulative = vec![0.0; rates.len()];
        for at in 1..rates.len() {
            cumulative[at] = cumulative[at - 1] + rates[at - 1] * (from[at] - from[at - 1]);
        }
        Ok(Self {
            from,
            rates: rates.to_vec(),
            cumulative,
        })
    }

    fn piece(&self, time: f64) -> usize {
        self.from.partition_point(|&from| from <= time).max(1) - 1
    }

    pub(super) fn cumulative(&self, time: f64) -> f64 {
        let piece = self.piece(time);
        self.cumulative[piece] + self.rates[piece] * (time - self.from[piece])
    }

    pub(super) fn inverse(&self, hazard: f64) -> f64 {
        let piece = self.cumulative.partition_point(|&sum| sum < hazard);
        let piece = piece.max(1) - 1;
        // A rate of 0 in the last piece: never.
        match hazard - self.cumulative[piece] {
            rest if rest > 0.0 => self.from[piece] + rest / self.rates[piece],
            _ => self.from[piece],
        }
    }

    pub(super) fn rate(&self, time: f64) -> f64 {
        self.rates[self.piece(time)]
    }

    /// The hazard of all time.
    pub(super) fn total(&self) -> f64 {
        match self.rates.last() {
            Some(&rate) if rate > 0.0 => f64::INFINITY,
            _ => self.cumulative.last().copied().unwrap_or(0.0),
        }
    }
}

/// Fails unless there are times, all positive and in ascending order.
fn check_times(times: &[f64]) -> Result<(), NotEstimable> {
    match times.is_empty() {
        true => Err(NotEstimable::Empty { what: "times" }),
        false => check_pieces(times),
    }
}

/// Fails unless times are positive and ascend.
fn check_pieces(times: &[f64]) -> Result<(), NotEstimable> {
    for &time in times {
        unless_positive("a time since entry", time)?;
    }
    match times.windows(2).find(|pair| pair[0] >= pair[1]) {
        Some(pair) => Err(NotEstimable::Domain {
            what: "the time after another",
            value: pair[1],
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_function_and_its_inverse_by_hand() {
        // Jumps of 0.5 at 2 and 1 at 5, then 0.25 per unit of time.
        let steps = Steps::new(&[2.0, 5.0], &[0.5, 1.0], 0.25).expect("valid");
        let at = [1.9, 2.0, 4.0, 5.0, 7.0].map(|time| steps.cumulative(time));
        assert_eq!(at, [0.0, 0.5, 0.5, 1.5, 2.0]);
        assert_eq!(steps.inverse(0.125), (2.0, 0.25));
        assert_eq!(steps.inverse(1.0), (5.0, 0.5));
        assert_eq!(steps.inverse(2.0), (7.0, 0.0));
    }

    #[test]
    fn pieces_and_their_inverse_by_hand() {
        // 0.1 until 10, nothing until 20, then 0.5.
        let pieces = Pieces::new(&[10.0, 20.0], &[0.1, 0.0, 0.5]).expect("valid");
        let at = [5.0, 10.0, 15.0, 22.0].map(|time| pieces.cumulative(time));
        assert_eq!(at, [0.5, 1.0, 1.0, 2.0]);
        assert_eq!(pieces.inverse(0.5), 5.0);
        assert_eq!(pieces.inverse(1.0), 10.0);
        assert_eq!(pieces.inverse(2.0), 22.0);
    }
}
