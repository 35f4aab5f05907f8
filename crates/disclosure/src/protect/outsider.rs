//! What a reader can work out of a release and of all before it, and what each hidden number
//! is hidden for. For the people who check a release; nothing is decided by it.
//!
//! The attack of [`super::attack`] gives the reader more than there is: every shown number
//! exactly. Here the reader has what was published, rounded as it is, so that what is told of a
//! hidden number can be worked out by anybody from the publications themselves.

use super::attack::{Worlds, attack};
use super::problem::{Demand, Number, Status};
use super::ranges::{Range, ranges_of_part};
use super::{Problem, Settled};
use crate::Policy;
use crate::record::Shown;
use crate::system::VarId;
use std::collections::{BTreeMap, BTreeSet};

/// A number that would follow from another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Protected {
    /// A number of this release.
    Number(VarId),
    /// All in a line but those in its fullest cell; the line by its total.
    Rest(VarId),
    /// A number of an earlier release.
    Earlier,
}

impl Settled {
    /// Per number of the release, between which numbers a reader knows a hidden one to lie;
    /// none for what is shown, and where that is too much to work out.
    pub(crate) fn ranges(&self, shown: &[Option<Shown>], policy: &Policy) -> Vec<Option<Range>> {
        let problem = self.as_published(shown, policy);
        let wanted = |number: usize| number < self.own && self.hidden[number];
        let mut ranges = vec![None; self.own];
        for part in problem.components(|number| !problem.numbers[number].status.is_known()) {
            if !part.iter().any(|&number| wanted(number)) {
                continue;
            }
            for (number, range) in ranges_of_part(&problem, &part, wanted).unwrap_or_default() {
                ranges[number] = Some(range);
            }
        }
        ranges
    }

    /// The problem with no more in it than was published.
    fn as_published(&self, shown: &[Option<Shown>], policy: &Policy) -> Problem {
        let mut problem = self.problem.clone();
        for number in &mut problem.numbers {
            number.status = Status::Hidden;
            (number.least, number.most) = (0, None);
        }
        let now = shown.iter().enumerate();
        let now = now.filter_map(|(number, shown)| Some((number, (*shown)?)));
        for (number, shown) in now.chain(self.shown_earlier.iter().copied()) {
            narrow(&mut problem.numbers[number], shown, policy);
        }
        problem
    }

    /// What would follow from each of these numbers if it were shown, all other hidden ones
    /// being hidden still.
    pub(crate) fn protected_by(
        &self,
        numbers: impl IntoIterator<Item = VarId>,
    ) -> BTreeMap<VarId, BTreeSet<Protected>> {
        let (problem, mut worlds) = (&self.problem, Worlds::default());
        attack(problem, &self.hidden, &problem.demands, &mut worlds);
        let mut part_of = vec![None; problem.numbers.len()];
        let parts = problem.components(|number| self.hidden[number]);
        for (index, part) in parts.iter().enumerate() {
            part.iter()
                .for_each(|&number| part_of[number] = Some(index));
        }
        let mut demands: BTreeMap<Option<usize>, Vec<Demand>> = BTreeMap::new();
        for demand in &problem.demands {
            let part = part_of[demand.number];
            demands.entry(part).or_default().push(*demand);
        }
        let mut hidden = self.hidden.clone();
        let mut protected = BTreeMap::new();
        for id in numbers {
            let demands = demands.get(&part_of[id.0]).map_or(&[][..], Vec::as_slice);
            hidden[id.0] = false;
            let unmet = attack(problem, &hidden, demands, &mut worlds);
            hidden[id.0] = true;
            let all = unmet.iter().map(|unmet| unmet.demand.number);
            // What is hidden with a whole part may not be needed on its own.
            let all: Vec<usize> = match unmet.is_empty() {
                true => demands.iter().map(|demand| demand.number).collect(),
                false => all.collect(),
            };
            let others = all.into_iter().filter(|&number| number != id.0);
            protected.insert(id, others.map(|number| self.named(number)).collect());
        }
        protected
    }

    fn named(&self, number: usize) -> Protected {
        match self.rests.get(&number) {
            _ if number < self.own => Protected::Number(VarId(number)),
            Some(&total) => Protected::Rest(total),
            None => Protected::Earlier,
        }
    }
}

/// Bounds a number by how it was shown: by the rounding, by the least that is ever shown, and
/// by how far it may have moved from the count that was rounded.
fn narrow(number: &mut Number, shown: Shown, policy: &Policy) {
    let settings = policy.settings();
    let (base, threshold) = (settings.rounding_base as i64, settings.threshold as i64);
    let (count, basis) = (shown.count as i64, shown.basis as i64);
    let moved = if basis == number.value {
        0
    } else {
        threshold - 1
    };
    let (least, most) = if count == 0 && basis == 0 {
        // Small counts are not shown, so a zero is nobody.
        (0, moved)
    } else {
        let (down, up) = (base / 2, base - 1 - base / 2);
        // An earlier policy may have rounded otherwise.
        let least = (count - down).max(threshold).min(basis);
        (least - moved, (count + up).max(basis) + moved)
    };
    number.least = number.least.max(least.max(0).min(number.value));
    let most = most.max(number.value);
    number.most = Some(number.most.map_or(most, |before| before.min(most)));
    if number.most == Some(number.least) {
        number.status = Status::Known;
    }
}
