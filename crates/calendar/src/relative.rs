use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// A day counted from a client's own first admission in the study, which is day 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RelativeDay(i32);

/// As many days as there are in ten thousand years; no two days that can be written are further
/// apart.
const FURTHEST: u32 = 3_652_425;

/// What comes from elsewhere lies within that distance: numbers far beyond would overflow when
/// days are subtracted.
impl<'de> Deserialize<'de> for RelativeDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i32::deserialize(deserializer)?;
        let near = (number.unsigned_abs() <= FURTHEST).then_some(Self(number));
        near.ok_or_else(|| D::Error::custom("a day within ten thousand years"))
    }
}

impl RelativeDay {
    /// The day this many days after (or, negative, before) the first admission.
    pub const fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// Days since the first admission.
    pub const fn number(self) -> i32 {
        self.0
    }
}
