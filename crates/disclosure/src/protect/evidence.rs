//! Why a number is unsafe on its own, and what must then stay unknown of it.

use super::Reason;
use super::problem::{Attacker, Demand};
use crate::Policy;
use crate::record::RecordedNumber;
use crate::system::Variable;
use estimate::INSTITUTIONS;

/// What a number is judged by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence {
    value: u64,
    parts: [u64; INSTITUTIONS],
    owner: Option<usize>,
    few_clients: bool,
    pooled: bool,
}

impl From<&Variable> for Evidence {
    fn from(variable: &Variable) -> Self {
        Self {
            value: variable.value,
            parts: variable.parts,
            owner: variable.owner,
            few_clients: variable.few_clients,
            pooled: variable.pooled,
        }
    }
}

impl From<&RecordedNumber> for Evidence {
    fn from(number: &RecordedNumber) -> Self {
        Self {
            value: number.value,
            parts: number.parts,
            owner: number.owner,
            few_clients: number.few_clients,
            pooled: number.pooled,
        }
    }
}

impl Evidence {
    /// Why the number may not be shown, if so.
    pub(crate) fn reason(&self, policy: &Policy) -> Option<Reason> {
        if self.few_clients || policy.is_small(self.value) {
            return Some(Reason::Threshold);
        }
        let alone = (0..INSTITUTIONS).any(|i| self.leaves_few(i, policy));
        (alone || self.few_institutions(policy)).then_some(Reason::Institutions)
    }

    /// What must stay unknown of the number, and from whom.
    pub(crate) fn demands(&self, number: usize, policy: &Policy) -> Vec<Demand> {
        let threshold = policy.settings().threshold as i64;
        let small = self.few_clients || policy.is_small(self.value);
        let demand = |attacker, at_most, at_least| Demand {
            number,
            attacker,
            at_most,
            at_least,
        };
        let mut demands = Vec::new();
        for i in 0..INSTITUTIONS {
            let own = self.parts[i] as i64;
            let outsider = self.owner != Some(i);
            if outsider && (self.leaves_few(i, policy) || (small && own == 0)) {
                demands.push(demand(Attacker::Institution(i), own + 1, own + threshold));
            }
        }
        // A world for an institution without a part of its own is one for the public too.
        let covered = demands.iter().any(|demand| demand.at_most == 1);
        if small && !covered {
            demands.push(demand(Attacker::Public, 1, threshold));
        }
        if demands.is_empty() && self.few_institutions(policy) {
            let value = self.value as i64;
            demands.push(demand(
                Attacker::Public,
                (value - threshold).max(1),
                value + threshold,
            ));
        }
        demands
    }

    /// Whether an institution that subtracts its own part is left with few.
    fn leaves_few(&self, institution: usize, policy: &Policy) -> bool {
        let own = self.parts[institution];
        self.owner.is_none() && own > 0 && policy.is_small(self.value.saturating_sub(own))
    }

    /// Whether too few institutions contribute to a number that pools them.
    fn few_institutions(&self, policy: &Policy) -> bool {
        let contributors = self.parts.iter().filter(|&&own| own > 0).count();
        let least = policy.settings().min_institutions;
        self.pooled && (1..least).contains(&contributors)
    }
}
