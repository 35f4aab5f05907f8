//! Earlier releases: what would show by comparing with them.
//!
//! Everything is compared with *all* earlier releases. Where fewer clients than the threshold
//! came or went since a number was shown, it is shown as it was; the true count that it was
//! made from stays its basis, so that small changes add up until they may be seen. Curves and
//! summaries are compared by what they measure and by whom they are about: labels play no part.

use crate::record::{Record, RecordedCurve, RecordedFit, RecordedSummary, Shown};
use crate::system::Variable;
use crate::{Ledger, Policy, Refusal};
use estimate::INSTITUTIONS;
use std::collections::BTreeMap;

/// The base that counts must be rounded to once there is an earlier release: sums of changes
/// are protected by it.
const LEAST_BASE: u64 = 5;

/// What was shown before, the first release first.
#[derive(Default)]
pub(crate) struct Earlier<'a> {
    shown: BTreeMap<&'a str, Vec<Shown>>,
    curves: History<'a, RecordedCurve>,
    summaries: History<'a, RecordedSummary>,
    fits: History<'a, RecordedFit>,
}

/// Statistics that were shown: by what they measure, and by how many they are about.
struct History<'a, T> {
    by_measure: BTreeMap<&'a str, Vec<&'a T>>,
    by_size: BTreeMap<u64, Vec<&'a T>>,
}

impl<T> Default for History<'_, T> {
    fn default() -> Self {
        Self {
            by_measure: BTreeMap::new(),
            by_size: BTreeMap::new(),
        }
    }
}

impl<'a, T> History<'a, T> {
    fn add(&mut self, one: &'a T, measure: &'a str, parts: &[u64; INSTITUTIONS]) {
        self.by_measure.entry(measure).or_default().push(one);
        let size = parts.iter().sum();
        self.by_size.entry(size).or_default().push(one);
    }

    /// Earlier versions of the same, the latest last.
    fn own(&self, measure: &str) -> &[&'a T] {
        self.by_measure.get(measure).map_or(&[], Vec::as_slice)
    }

    /// All that are about so nearly as many that they may be about nearly the same people.
    fn about_as_many(
        &self,
        parts: &[u64; INSTITUTIONS],
        policy: &Policy,
    ) -> impl Iterator<Item = &'a T> {
        let size: u64 = parts.iter().sum();
        let near = policy.settings().threshold - 1;
        let sizes = size.saturating_sub(near)..=size + near;
        self.by_size.range(sizes).flat_map(|(_, all)| all).copied()
    }
}

/// What becomes of a statistic beside the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Verdict<'a, T> {
    /// Nothing stands in its way.
    Free,
    /// Nothing has changed since it was shown: it stays as it was.
    Same(&'a T),
    /// Too little has changed since it was shown: it stays as it was.
    Keep(&'a T),
    /// It is new, but about nearly the same people as one that was shown.
    Withhold,
}

impl<'a> Earlier<'a> {
    /// Everything that earlier releases showed.
    ///
    /// # Errors
    ///
    /// [`Refusal::RoundingNeeded`] where counts are hardly rounded and there is something to
    /// compare with.
    pub(crate) fn new(ledger: &'a Ledger, policy: &Policy) -> Result<Self, Refusal> {
        let mut earlier = Self::default();
        for record in ledger.records() {
            if policy.settings().rounding_base < LEAST_BASE {
                return Err(Refusal::RoundingNeeded { base: LEAST_BASE });
            }
            earlier.add(record);
        }
        Ok(earlier)
    }

    fn add(&mut self, record: &'a Record) {
        for number in &record.numbers {
            if let Some(shown) = number.shown {
                self.shown.entry(&number.key).or_default().push(shown);
            }
        }
        for curve in &record.curves {
            self.curves.add(curve, &curve.measure, &curve.size);
        }
        for summary in &record.summaries {
            self.summaries.add(summary, &summary.measure, &summary.n);
        }
        for fit in &record.fits {
            self.fits.add(fit, &fit.measure, &fit.size);
        }
    }

    /// How a number is shown now, and whether it was kept as it was in some earlier release:
    /// the one whose basis is nearest, the latest of equals.
    pub(crate) fn show(&self, variable: &Variable, policy: &Policy) -> (Shown, bool) {
        let now = Shown {
            count: policy.rounded(variable.value),
            basis: variable.value,
        };
        let before = self.shown.get(variable.key.as_str());
        let changed = |shown: &&Shown| shown.basis.abs_diff(variable.value);
        let nearest = before.into_iter().flatten().rev().min_by_key(changed);
        match nearest {
            Some(before) if policy.is_small(changed(&before)) => (*before, true),
            _ => (now, false),
        }
    }

    /// What becomes of a curve. `curve.shown` is what would be shown of it.
    pub(crate) fn curve(
        &self,
        curve: &RecordedCurve,
        policy: &Policy,
    ) -> Verdict<'a, RecordedCurve> {
        let own = self.curves.own(&curve.measure);
        for before in own.iter().rev() {
            let change = curve.change_since(before);
            if change.is_none() {
                return Verdict::Same(before);
            }
            if change.is_near(policy) {
                return Verdict::Keep(before);
            }
        }
        let mut others = self.curves.about_as_many(&curve.size, policy);
        let too_near = |before: &RecordedCurve| curve.change_since(before).is_hardly_any(policy);
        if own.is_empty() && others.any(too_near) {
            return Verdict::Withhold;
        }
        Verdict::Free
    }

    /// The earlier curves that say the same as this one, of other data.
    pub(crate) fn own_curves(&self, measure: &str) -> &[&'a RecordedCurve] {
        self.curves.own(measure)
    }

    /// The earlier summaries that say the same as this one, of other data.
    pub(crate) fn own_summaries(&self, measure: &str) -> &[&'a RecordedSummary] {
        self.summaries.own(measure)
    }

    /// What becomes of a summary.
    pub(crate) fn summary(
        &self,
        summary: &RecordedSummary,
        policy: &Policy,
    ) -> Verdict<'a, RecordedSummary> {
        let own = self.summaries.own(&summary.measure);
        let people = |before: &RecordedSummary| change(&summary.n, &before.n);
        let near = |before: &&&RecordedSummary| {
            people(before) < policy.settings().threshold && !summary.is_the_same(before)
        };
        if let Some(before) = own.iter().rev().find(near) {
            return Verdict::Keep(before);
        }
        let mut others = self.summaries.about_as_many(&summary.n, policy);
        let too_near = |before: &RecordedSummary| {
            people(before) < policy.settings().threshold
                && !summary.is_the_same(before)
                && summary.is_like(before, policy)
        };
        if own.is_empty() && others.any(too_near) {
            return Verdict::Withhold;
        }
        Verdict::Free
    }

    /// What becomes of the numbers of a model. Only other fits of the same model can be
    /// subtracted from it; coefficients of another model are of other quantities.
    pub(crate) fn fit(&self, fit: &RecordedFit, policy: &Policy) -> Verdict<'a, RecordedFit> {
        let few = |now: &[u64; INSTITUTIONS], before: &[u64; INSTITUTIONS]| {
            change(now, before) < policy.settings().threshold
        };
        let near = |before: &&&RecordedFit| {
            few(&fit.size, &before.size) || few(&fit.events, &before.events)
        };
        match self.fits.own(&fit.measure).iter().rev().find(near) {
            None => Verdict::Free,
            Some(before) if before.exact == fit.exact => Verdict::Same(before),
            Some(before) if before.layout == fit.layout => Verdict::Keep(before),
            Some(_) => Verdict::Withhold,
        }
    }
}

/// How many came or went, institution by institution.
fn change(now: &[u64; INSTITUTIONS], before: &[u64; INSTITUTIONS]) -> u64 {
    let changes = now
        .iter()
        .zip(before)
        .map(|(now, before)| now.abs_diff(*before));
    changes.sum()
}

/// What came or went between two curves.
struct Change {
    people: u64,
    events: u64,
    /// The largest change of the events up to a day.
    most_by_day: u64,
}

impl Change {
    fn is_none(&self) -> bool {
        self.people == 0 && self.most_by_day == 0
    }

    /// Whether the people, or the events, are the same but for a few.
    fn is_near(&self, policy: &Policy) -> bool {
        policy.is_small(self.people) || policy.is_small(self.events)
    }

    /// Whether people and events are both the same but for a few, and not wholly the same.
    fn is_hardly_any(&self, policy: &Policy) -> bool {
        let few = |changed: u64| changed < policy.settings().threshold;
        !self.is_none() && few(self.people) && few(self.events) && few(self.most_by_day)
    }
}

impl RecordedCurve {
    fn change_since(&self, before: &Self) -> Change {
        let days = self.events_by_day.days().chain(before.events_by_day.days());
        let by_day = days.map(|day| {
            let (now, then) = (
                self.events_by_day.until(day),
                before.events_by_day.until(day),
            );
            now.abs_diff(then)
        });
        Change {
            people: change(&self.size, &before.size),
            events: change(&self.events, &before.events),
            most_by_day: by_day.max().unwrap_or(0),
        }
    }
}

impl RecordedSummary {
    fn is_the_same(&self, before: &Self) -> bool {
        let values = |one: &Self| (one.sum, one.sd, one.quartiles);
        self.n == before.n && values(self) == values(before)
    }

    /// Whether the sums differ by no more than a few clients can make out.
    fn is_like(&self, before: &Self, policy: &Policy) -> bool {
        let largest = self.largest.abs().max(before.largest.abs());
        (self.sum - before.sum).abs() <= policy.settings().threshold as f64 * largest
    }
}
