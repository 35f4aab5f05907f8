//! Screening: from results to what may be shown of them.

use crate::differencing::Earlier;
use crate::ledger::{release_digest, results_text};
use crate::naming::Naming;
use crate::protect::{Protection, Reason, protect};
use crate::record::{Record, Shown};
use crate::reporting::Decisions;
use crate::screen::{Planned, Verdicts, plan};
use crate::system::{Display, System, Variable};
use crate::{Cell, Ledger, Policy, Published, Refusal, ScreenedSet};
use estimate::Estimate;
use std::collections::BTreeSet;

/// Screens results against the policy and all earlier releases.
///
/// # Errors
///
/// A [`Refusal`] where there is nothing to screen, a result contradicts itself, invented and
/// real data are mixed, or hidden numbers could still be worked out.
pub fn screen(
    estimates: &[Estimate],
    policy: &Policy,
    ledger: &Ledger,
) -> Result<ScreenedSet, Refusal> {
    validate(estimates)?;
    let naming = Naming::new(estimates, policy);
    let mut system = System::new(policy.settings().threshold);
    let mut planned = Vec::with_capacity(estimates.len());
    for estimate in estimates {
        planned.push(plan(estimate, policy, &naming, &mut system)?);
    }
    let protection = protect(&system, policy, ledger.records())?;
    let earlier = Earlier::new(ledger, policy)?;
    let (mut shown, kept) = shown(&system, &protection, &earlier, policy);
    let cells: Vec<Cell> = shown
        .iter()
        .map(|shown| shown.map_or(Cell::Suppressed, |shown| Cell::Count(shown.count)))
        .collect();
    let verdicts = Verdicts { cells: &cells };
    let decisions = Decisions {
        policy,
        naming: &naming,
        system: &system,
        protection: &protection,
        kept: &kept,
    };
    let (mut published, mut results) = (Vec::new(), Vec::new());
    for (estimate, planned) in estimates.iter().zip(planned) {
        let now = publish(estimate, &planned, &naming, &verdicts);
        let before = earlier.kept(&planned, &system, policy, &now);
        if before.is_some() {
            as_before(&mut shown, estimate, &system, &earlier);
        }
        results.push(decisions.report(estimate, planned, before.is_some()));
        published.push(before.unwrap_or(now));
    }
    let previous = ledger.head();
    let digest = release_digest(&results_text(&published), policy.settings(), previous);
    Ok(ScreenedSet {
        policy: policy.clone(),
        results,
        published,
        record: Record::new(&system, &shown),
        number: ledger.next_number(),
        previous,
        digest,
    })
}

fn validate(estimates: &[Estimate]) -> Result<(), Refusal> {
    let first = estimates.first().ok_or(Refusal::Nothing)?;
    let mut seen = BTreeSet::new();
    for estimate in estimates {
        let meta = &estimate.meta;
        if !seen.insert(&meta.id) {
            return Err(Refusal::DuplicateResult(meta.id.clone()));
        }
        if meta.provenance.synthetic != first.meta.provenance.synthetic {
            return Err(Refusal::MixedSynthetic);
        }
    }
    Ok(())
}

/// How each number is shown, and whether it is kept as it was before.
fn shown(
    system: &System,
    protection: &Protection,
    earlier: &Earlier,
    policy: &Policy,
) -> (Vec<Option<Shown>>, Vec<bool>) {
    let show = |(variable, hidden): (&Variable, &Option<Reason>)| {
        if hidden.is_some() || variable.display == Display::Implied {
            return (None, false);
        }
        let (shown, kept) = earlier.show(variable, policy);
        (Some(shown), kept)
    };
    system
        .variables()
        .iter()
        .zip(&protection.hidden)
        .map(show)
        .unzip()
}

/// Where a whole result is shown as it was, so are its numbers.
fn as_before(shown: &mut [Option<Shown>], estimate: &Estimate, system: &System, earlier: &Earlier) {
    let prefix = format!("{}|", estimate.meta.id.as_str());
    for (variable, shown) in system.variables().iter().zip(shown) {
        if variable.key.starts_with(&prefix) {
            *shown = earlier.shown(variable);
        }
    }
}

fn publish(
    estimate: &Estimate,
    planned: &Planned,
    naming: &Naming,
    verdicts: &Verdicts<'_>,
) -> Published {
    let meta = &estimate.meta;
    Published {
        id: meta.id.clone(),
        section: meta.section,
        title: naming.text(&meta.title),
        definition: naming.text(&meta.definition),
        plain: naming.text(&meta.plain),
        unit: meta.unit,
        n: verdicts.cell(planned.n),
        provenance: meta.provenance.clone(),
        released: planned.plan.show(verdicts),
    }
}
