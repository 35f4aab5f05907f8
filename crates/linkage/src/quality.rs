use crate::KeyLabel;

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
    /// Rows that were given a link id of their own and were not entered in the register, because
    /// they cannot be told apart or have no key.
    pub undecided: u64,
    /// Per match key, in the order of [`KeyLabel::ALL`].
    pub keys: [KeyQuality; KeyLabel::COUNT],
    /// Links in which both keys of the two-list estimate can be compared.
    pub(crate) two_lists: TwoLists,
}

/// Counts of links by whether they agree on two keys that share only the date of birth (and
/// the initial).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct TwoLists {
    pub(crate) links: u64,
    pub(crate) first: u64,
    pub(crate) second: u64,
    pub(crate) both: u64,
}

impl TwoLists {
    /// Counts one link, given which keys both sides have and which agree.
    pub(crate) fn count(&mut self, both: u8, agree: u8) {
        let first = 1 << KeyLabel::InitialSurname.position();
        let second = 1 << KeyLabel::GivenPostcode.position();
        if both & first != 0 && both & second != 0 {
            self.links += 1;
            self.first += u64::from(agree & first != 0);
            self.second += u64::from(agree & second != 0);
            self.both += u64::from(agree & first != 0 && agree & second != 0);
        }
    }
}

impl LinkageQuality {
    /// What one key did.
    pub fn key(&self, label: KeyLabel) -> &KeyQuality {
        &self.keys[label.position()]
    }

    /// An upper estimate of the share of true links that were found.
    ///
    /// # Method
    /// Two lists (Chapman 1951): the links that agree on initial, surname and birth date, and
    /// those that agree on given name, birth date and postcode. A wrong birth date breaks both,
    /// and pairs that were refused are in neither, so the truth is lower: by 0.02 to 0.03 for
    /// names only in the invented population of `docs/methods/linkage.md`.
    pub fn estimated_sensitivity(&self) -> Option<f64> {
        let TwoLists {
            links,
            first,
            second,
            both,
        } = self.two_lists;
        if both == 0 {
            return None;
        }
        let true_links = (first + 1) as f64 * (second + 1) as f64 / (both + 1) as f64 - 1.0;
        Some((links as f64 / true_links).min(1.0))
    }
}
