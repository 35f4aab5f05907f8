use crate::SensitivityRange;

/// What one match key did for one delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct KeyQuality {
    /// Rows that have the key.
    pub rows: u64,
    /// Unlinked rows whose key was held by a person who was still free.
    pub candidates: u64,
    /// Candidates that were unique on both sides.
    pub unique: u64,
    /// Rows that were linked by this key.
    pub linked: u64,
    /// Unique candidates that were refused: a number conflicted, or the key was too weak alone.
    pub refused: u64,
    /// The expected number of chance pairs when the key's turn came.
    pub expected_by_chance: f64,
    /// Whether the key, for that reason, linked only where another key agreed too.
    pub needed_support: bool,
    /// Links that another key than this one supports, and of which both sides have this key.
    pub comparable: u64,
    /// Those of them in which this key agreed.
    pub agreed: u64,
}

impl KeyQuality {
    /// The share of persons whom this key recognises, estimated by leaving the key out: among
    /// links that would also exist without it, how often it agrees.
    pub fn sensitivity(&self) -> Option<f64> {
        (self.comparable > 0).then(|| self.agreed as f64 / self.comparable as f64)
    }
}

/// How well one delivery could be linked to what was known before.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkageQuality {
    /// The institution that delivered it.
    pub institution: String,
    /// The number of the delivery.
    pub number: u32,
    /// Its rows.
    pub rows: u64,
    /// Rows linked to a person who was known already.
    pub linked: u64,
    /// Rows of persons who are new.
    pub new: u64,
    /// Rows of persons who withdrew.
    pub refused: u64,
    /// Rows that were given a link id of their own and were not entered in the register, because
    /// they cannot be told apart or have no key.
    pub undecided: u64,
    /// Per match key, in the order of the declaration.
    pub keys: Vec<KeyQuality>,
    /// The share of true links that were found, from below and from above; `None` without
    /// links.
    pub sensitivity: Option<SensitivityRange>,
}

impl LinkageQuality {
    /// By how much the share of clients who return to another institution is underestimated;
    /// see [`SensitivityRange::return_factors`]. `None` without links.
    pub fn return_factors(&self) -> Option<(f64, f64)> {
        let linked = self.linked as f64 / self.rows as f64;
        self.sensitivity?.return_factors(linked)
    }
}
