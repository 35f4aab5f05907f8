//! What checkers are told of each hidden number: why, what is known of it all the same, and
//! what the result lost by it.

use crate::check::Check;
use crate::loss::Loss;
use crate::protect::{Protected, Protection, Range, Reason};
use crate::record::Shown;
use crate::system::{System, VarId};
use crate::{Policy, Published};
use estimate::ResultId;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What the decisions on a release were made from.
pub(crate) struct Grounds {
    pub(crate) system: System,
    pub(crate) protection: Protection,
    /// Per number of the system, how it is shown.
    pub(crate) shown: Vec<Option<Shown>>,
    /// Per result, how many classes were taken together.
    pub(crate) merged: Vec<usize>,
}

/// What checkers are told of one result.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// Stable name.
    pub id: ResultId,
    /// Each hidden number, in the order of the result.
    pub hidden: Vec<HiddenNumber>,
    /// What the result lost.
    pub loss: Loss,
}

/// A number that is not shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HiddenNumber {
    /// Where it stands.
    pub place: String,
    /// The rule by which it is hidden.
    pub check: Check,
    /// The rule in words, as a clause.
    pub why: String,
    /// Where the numbers stand that would follow from it, if it is hidden for others.
    pub protects: Vec<String>,
    /// Between which numbers an outsider knows it to lie; `None` where that is too much to work
    /// out. Protection was proven either way, before anything was proposed.
    pub span: Option<Span>,
}

/// The least and the most that an outsider can tell a number to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The least.
    pub least: u64,
    /// The most; `None` where nothing bounds it.
    pub most: Option<u64>,
}

impl From<Range> for Span {
    fn from(range: Range) -> Self {
        let count = |value: i64| u64::try_from(value).unwrap_or(0);
        Self {
            least: count(range.least),
            most: range.most.map(count),
        }
    }
}

/// Explains all results of a release.
pub(crate) fn explain(
    grounds: &Grounds,
    published: &[Published],
    policy: &Policy,
) -> Vec<Explanation> {
    let ranges = grounds.protection.settled.ranges(&grounds.shown, policy);
    let protected = grounds.protected();
    let explanation = |(result, &merged): (&Published, &usize)| {
        let places = grounds.system.places_in(result.id.as_str());
        let hidden = places.filter_map(|(id, at)| {
            let reason = grounds.protection.hidden[id.0]?;
            Some(HiddenNumber {
                place: at.place.clone(),
                check: reason.check(),
                why: reason.why(policy),
                protects: grounds.names(protected.get(&id), result),
                span: ranges[id.0].map(Span::from),
            })
        });
        Explanation {
            id: result.id.clone(),
            hidden: hidden.collect(),
            loss: Loss::new(result, merged),
        }
    };
    published
        .iter()
        .zip(&grounds.merged)
        .map(explanation)
        .collect()
}

impl Grounds {
    /// What each number that is hidden for others protects.
    fn protected(&self) -> BTreeMap<VarId, BTreeSet<Protected>> {
        let reasons = self.protection.hidden.iter().enumerate();
        let for_others =
            reasons.filter(|(_, reason)| matches!(reason, Some(Reason::Secondary | Reason::Group)));
        let settled = &self.protection.settled;
        settled.protected_by(for_others.map(|(number, _)| VarId(number)))
    }

    /// Where protected numbers stand, for somebody who looks at this result.
    fn names(&self, protected: Option<&BTreeSet<Protected>>, result: &Published) -> Vec<String> {
        let place = |id: VarId| {
            let variable = self.system.variable(id);
            if variable.result() == result.id.as_str() {
                variable.place.clone()
            } else {
                format!("{} (in ‘{}’)", variable.place, variable.result())
            }
        };
        let name = |one: &Protected| match *one {
            Protected::Number(id) => place(id),
            Protected::Rest(total) => {
                format!("wie buiten de grootste cel valt bij {}", place(total))
            }
            Protected::Earlier => "een getal in een eerdere publicatie".to_owned(),
        };
        let names: BTreeSet<String> = protected.into_iter().flatten().map(name).collect();
        names.into_iter().collect()
    }
}
