//! How many true links were found, estimated without knowing the truth.
//!
//! Links show how often names, dates, postcodes and numbers differ between two records of one
//! person; from that follows how often all keys fail together (`docs/methods/linkage.md`, 6).

use crate::declaration::{KeyDeclaration, MatchKey};
use crate::part::{Part, Subject};

/// The normal quantile of limits that hold in 95 of 100 cases.
const Z: f64 = 1.959_964;

/// What links show of errors in one thing that keys hold.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    /// Links that a key without it supports, and in which a key that adds it can be compared.
    pub(crate) compared: u64,
    /// Those in which the key that adds it does not agree.
    pub(crate) differing: u64,
    /// Links in which not both sides have a key that holds it.
    pub(crate) missing: u64,
}

/// From which pair of keys errors in a subject are seen: where `without` agrees, `with` agrees
/// exactly if the subject does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Evidence {
    pub(crate) without: usize,
    pub(crate) with: usize,
}

/// The pair of keys that shows errors in a subject, among keys that link on their own.
pub(crate) fn evidence(
    subject: Subject,
    declaration: &KeyDeclaration,
    trusted: &[bool],
) -> Option<Evidence> {
    let keys = declaration.keys();
    let adds = |with: &MatchKey, without: &MatchKey| {
        let mut parts = with.parts().iter();
        let whole = |part: &Part| part.subject() == subject && !part.is_tolerant();
        with.parts().iter().any(whole)
            && parts.all(|part| part.subject() == subject || without.parts().contains(part))
    };
    let lacks = |key: &MatchKey| !key.holds(subject);
    (0..keys.len())
        .filter(|without| trusted[*without] && lacks(&keys[*without]))
        .find_map(|without| {
            let mut with = (0..keys.len()).filter(|with| adds(&keys[*with], &keys[without]));
            with.next().map(|with| Evidence { without, with })
        })
}

/// The share of true links that were found, from below and from above.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SensitivityRange {
    /// From below.
    pub low: f64,
    /// From above.
    pub high: f64,
}

impl SensitivityRange {
    /// The factors between which the true share of clients who return to another institution
    /// lies, as a multiple of what is counted. `linked` is the share of rows that were linked.
    /// `None` where the range says too little.
    ///
    /// # Method
    /// A missed link is a missed return, and its second record can stand in the denominator as a
    /// person of its own. With sensitivity s and the share l of rows that were linked, the factor
    /// is between 1/s and 1/(s − l(1 − s)).
    pub fn return_factors(self, linked: f64) -> Option<(f64, f64)> {
        let least = self.low - linked * (1.0 - self.low);
        (least > 0.0).then_some((1.0 / self.high, 1.0 / least))
    }
}

/// What the range is computed from.
pub(crate) struct Evaluation<'a> {
    pub(crate) declaration: &'a KeyDeclaration,
    /// Per key whether it linked on its own.
    pub(crate) trusted: &'a [bool],
    /// Per subject, in the order of [`Subject::ALL`]; `None` where nothing shows errors in it.
    pub(crate) seen: &'a [(Seen, bool)],
    /// The error rate of what links do not show, from above.
    pub(crate) assumed_error: f64,
    pub(crate) linked: u64,
    pub(crate) undecided: u64,
}

impl Evaluation<'_> {
    /// The range; `None` without links.
    pub(crate) fn range(&self) -> Option<SensitivityRange> {
        if self.linked == 0 {
            return None;
        }
        let linked = self.linked as f64;
        let odds = |missed: f64| missed / (1.0 - missed).max(f64::MIN_POSITIVE);
        // Every undecided row may be a missed link.
        let most = linked * odds(self.missed(Side::Pessimistic)) + self.undecided as f64;
        let least = linked * odds(self.missed(Side::Optimistic));
        let most = most + Z * most.max(1.0).sqrt();
        let least = (least - Z * least.sqrt()).max(0.0);
        Some(SensitivityRange {
            low: linked / (linked + most),
            high: linked / (linked + least),
        })
    }

    /// The probability that no key agrees on two records of one person, if subjects are wrong
    /// independently of each other.
    fn missed(&self, side: Side) -> f64 {
        let wrong: Vec<f64> = Subject::ALL
            .iter()
            .zip(self.seen)
            .map(|(_, (seen, shown))| self.wrong(*seen, *shown, side))
            .collect();
        let states = 0..1_u32 << wrong.len();
        let probability = |state: u32| -> f64 {
            let of = |(subject, wrong): (usize, &f64)| match state >> subject & 1 {
                1 => *wrong,
                _ => 1.0 - wrong,
            };
            wrong.iter().enumerate().map(of).product()
        };
        let failing = states.filter(|state| !self.any_key_agrees(*state, side));
        failing.map(probability).sum()
    }

    /// The probability that a subject differs between two records, or is missing in one.
    fn wrong(&self, seen: Seen, shown: bool, side: Side) -> f64 {
        let (low, high) = if shown && seen.compared > 0 {
            wilson(seen.differing, seen.compared)
        } else {
            (0.0, self.assumed_error)
        };
        let differs = if side == Side::Pessimistic { high } else { low };
        let missing = seen.missing as f64 / self.linked as f64;
        1.0 - (1.0 - differs) * (1.0 - missing)
    }

    /// Whether any key agrees while the subjects of these bits are wrong. From below only keys
    /// that linked on their own count, and an error spoils every part of its subject; from above
    /// all keys count, and parts that tolerate an error survive it.
    fn any_key_agrees(&self, wrong: u32, side: Side) -> bool {
        let is_wrong = |subject: Subject| wrong >> subject as usize & 1 == 1;
        let survives = |part: &Part| match part.subject() {
            Subject::BothNames => !is_wrong(Subject::Surname) && !is_wrong(Subject::GivenName),
            subject => !is_wrong(subject) || side == Side::Optimistic && part.is_tolerant(),
        };
        let keys = self.declaration.keys().iter().zip(self.trusted);
        keys.filter(|(_, trusted)| **trusted || side == Side::Optimistic)
            .any(|(key, _)| key.parts().iter().all(survives))
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Pessimistic,
    Optimistic,
}

/// Wilson's (1927) limits of a proportion.
fn wilson(events: u64, of: u64) -> (f64, f64) {
    let n = of as f64;
    let p = events as f64 / n;
    let z2 = Z * Z / n;
    let middle = p + z2 / 2.0;
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n)).sqrt();
    let limit = |value: f64| (value / (1.0 + z2)).clamp(0.0, 1.0);
    (limit(middle - half), limit(middle + half))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Agresti and Coull (1998) give Wilson's interval; 5 of 20 worked by hand.
    #[test]
    fn the_limits_are_wilsons() {
        let (low, high) = wilson(5, 20);
        assert!((low - 0.1119).abs() < 1e-4 && (high - 0.4687).abs() < 1e-4);
        assert_eq!(wilson(0, 10).0, 0.0);
        assert!((wilson(10, 10).1 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn errors_in_each_thing_are_seen_by_two_keys_that_differ_in_it_alone() {
        let usual = KeyDeclaration::usual();
        let all = vec![true; usual.len()];
        let tags = |subject| {
            let pair = evidence(subject, &usual, &all)?;
            let tag = |position: usize| usual.keys()[position].tag();
            Some((tag(pair.without), tag(pair.with)))
        };
        let pair = |without: &str, with: &str| Some((without.to_owned(), with.to_owned()));
        let surname = pair("given+birth+pc4", "surname+birth+pc4");
        assert_eq!(tags(Subject::Surname), surname);
        let birth = pair("surname+given+pc4+sex", "surname+given+birth+sex");
        assert_eq!(tags(Subject::Birth), birth);
        let postcode = pair("surname+given+birth+sex", "given+birth+pc4");
        assert_eq!(tags(Subject::Postcode), postcode);
        assert_eq!(tags(Subject::Sex), None);
        // In a large group the only key without the date does not link: errors stay unseen.
        let mut trusted = all.clone();
        trusted[9] = false;
        assert_eq!(evidence(Subject::Birth, &usual, &trusted), None);
    }

    /// One key of two things, each wrong in one of ten: a link is missed with 1 − 0.9².
    #[test]
    fn all_keys_fail_together_as_often_as_worked_by_hand() {
        let key = MatchKey::new(&[Part::Surname, Part::Postcode4]).unwrap();
        let declaration = KeyDeclaration::new(vec![key]).unwrap();
        let mut seen = vec![(Seen::default(), true); Subject::ALL.len()];
        for subject in [Subject::Surname, Subject::Postcode] {
            seen[subject as usize].0 = Seen {
                missing: 100,
                ..Seen::default()
            };
        }
        let evaluation = Evaluation {
            declaration: &declaration,
            trusted: &[true],
            seen: &seen,
            assumed_error: 0.0,
            linked: 1000,
            undecided: 0,
        };
        assert!((evaluation.missed(Side::Pessimistic) - 0.19).abs() < 1e-12);
        assert!((evaluation.missed(Side::Optimistic) - 0.19).abs() < 1e-12);
        let range = evaluation.range().unwrap();
        assert!(range.low < 0.81 && 0.81 < range.high);
    }
}
