use serde::{Deserialize, Serialize};

/// A day counted from a client's own first admission in the study, which is day 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RelativeDay(i32);

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
