use serde::{Deserialize, Serialize};

/// An estimate with the limits between which the truth lies in 95 of 100 such studies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// Lower limit, 95 %.
    pub lower: f64,
    /// Upper limit, 95 %.
    pub upper: f64,
}

impl Interval {
    /// Whether all three are numbers, in order.
    pub fn is_sound(&self) -> bool {
        // A comparison with what is no number is false.
        self.lower <= self.estimate
            && self.estimate <= self.upper
            && self.lower.is_finite()
            && self.upper.is_finite()
    }
}
