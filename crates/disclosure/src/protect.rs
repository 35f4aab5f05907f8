//! Decides which numbers are hidden.

use crate::Policy;
use crate::system::{Display, System, VarId, Variable};

/// Why a number is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// Fewer clients than the threshold.
    Threshold,
    /// An institution that subtracts its own part is left with few.
    Institutions,
    /// A hidden number would follow from it.
    Secondary,
}

/// Why a number is unsafe on its own.
pub(crate) fn primary(variable: &Variable, policy: &Policy) -> Option<Reason> {
    if variable.few_clients || policy.is_small(variable.value) {
        return Some(Reason::Threshold);
    }
    let others = variable.parts.map(|own| variable.value.saturating_sub(own));
    let alone = variable.owner.is_none() && others.into_iter().any(|o| policy.is_small(o));
    let contributors = variable.parts.iter().filter(|&&own| own > 0).count();
    let few = (1..policy.settings().min_institutions).contains(&contributors);
    (alone || (variable.pooled && few)).then_some(Reason::Institutions)
}

/// Per number, why it is hidden.
pub(crate) fn protect(system: &System, policy: &Policy) -> Vec<Option<Reason>> {
    let mut hidden: Vec<Option<Reason>> = system
        .variables()
        .iter()
        .map(|variable| primary(variable, policy))
        .collect();
    let out_of_sight = |id: VarId, hidden: &[Option<Reason>]| {
        hidden[id.0].is_some() || system.variable(id).display == Display::Implied
    };
    loop {
        let mut changed = false;
        for equation in system.equations() {
            let ids: Vec<VarId> = equation.terms.iter().map(|term| term.0).collect();
            let unknown: Vec<VarId> = ids
                .iter()
                .copied()
                .filter(|&id| out_of_sight(id, &hidden))
                .collect();
            if unknown.len() != 1 || primary(system.variable(unknown[0]), policy).is_none() {
                continue;
            }
            let rest = ids
                .into_iter()
                .filter(|id| !unknown.contains(id) && system.value(*id) > 0);
            let rank = |id: &VarId| {
                let variable = system.variable(*id);
                (variable.display == Display::Margin, variable.value, id.0)
            };
            if let Some(id) = rest.min_by_key(rank) {
                hidden[id.0] = Some(Reason::Secondary);
                changed = true;
            }
        }
        if !changed {
            return hidden;
        }
    }
}
