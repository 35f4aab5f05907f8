//! Screening: from results to what may be shown of them.

use crate::differencing::Earlier;
use crate::explanation::Grounds;
use crate::ledger::{release_digest, results_text};
use crate::lettering::arranged;
use crate::naming::Naming;
use crate::protect::{Protection, Reason, Unprotected, protect};
use crate::record::{Record, Shown};
use crate::reporting::Decisions;
use crate::screen::{Given, Planned, Verdicts, plan};
use crate::system::{Display, System, Variable};
use crate::{Cell, Ledger, LetterKey, Policy, Published, Refusal, Released, ScreenedSet, Withheld};
use estimate::Estimate;
use std::collections::{BTreeMap, BTreeSet};

/// What readers find instead of a result that cannot be protected.
const UNPROTECTED: &str = "Dit resultaat is niet vrijgegeven: een klein aantal zou eruit te \
                           herleiden zijn, ook als er veel getallen worden verborgen.";

/// What readers find instead of a result of which every number is hidden.
const ALL_HIDDEN: &str = "Dit resultaat is niet vrijgegeven: alle aantallen zijn te klein om te \
                          tonen, of zouden een klein aantal verraden.";

/// Screens results against the policy and all earlier releases. Institutions are lettered by
/// `key`, unless the policy names them.
///
/// # Errors
///
/// A [`Refusal`] where there is nothing to screen, a result contradicts itself, invented and
/// real data are mixed, or hidden numbers could be worked out even if nothing were shown.
pub fn screen(
    estimates: &[Estimate],
    policy: &Policy,
    ledger: &Ledger,
    key: &LetterKey,
) -> Result<ScreenedSet, Refusal> {
    validate(estimates)?;
    let naming = Naming::new(estimates, policy, key);
    let estimates: Vec<Estimate> = estimates.iter().map(|one| arranged(one, &naming)).collect();
    let earlier = Earlier::new(ledger, policy)?;
    let given = Given {
        policy,
        naming: &naming,
        earlier: &earlier,
    };
    let (system, planned, protection) = protected(&estimates, given, ledger)?;
    let (shown, kept) = shown(&system, &protection, &earlier, policy);
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
    let mut record = Record::new(&system, &shown);
    let (mut published, mut results, mut merged) = (Vec::new(), Vec::new(), Vec::new());
    for (estimate, planned) in estimates.iter().zip(planned) {
        published.push(publish(estimate, &planned, &naming, &verdicts));
        planned.plan.record(&verdicts, &mut record);
        merged.push(planned.merged);
        results.push(decisions.report(estimate, planned));
    }
    let previous = ledger.head();
    let digest = release_digest(&results_text(&published), policy.settings(), previous);
    Ok(ScreenedSet {
        policy: policy.clone(),
        results,
        published,
        record,
        number: ledger.next_number(),
        previous,
        digest,
        grounds: Grounds {
            system,
            protection,
            shown,
            merged,
        },
    })
}

/// Plans all results and decides what is hidden. A result of which a number could be worked
/// out whatever is hidden, is withheld whole, the one with most such numbers first.
fn protected(
    estimates: &[Estimate],
    given: Given<'_>,
    ledger: &Ledger,
) -> Result<(System, Vec<Planned>, Protection), Refusal> {
    let mut withheld = BTreeSet::new();
    loop {
        let mut system = System::new(given.policy.settings().threshold);
        let mut planned = Vec::with_capacity(estimates.len());
        for estimate in estimates {
            planned.push(match withheld.contains(estimate.meta.id.as_str()) {
                true => Planned::withheld(UNPROTECTED),
                false => plan(estimate, given, &mut system)?,
            });
        }
        match protect(&system, given.policy, ledger.records()) {
            Ok(protection) => return Ok((system, planned, protection)),
            Err(unprotected) => {
                let hardest = hardest(&system, &unprotected).ok_or(Refusal::NotProtected)?;
                withheld.insert(hardest);
            }
        }
    }
}

/// The result with most numbers that cannot be protected, the last of equals.
fn hardest(system: &System, unprotected: &Unprotected) -> Option<String> {
    let mut results: BTreeMap<&str, usize> = BTreeMap::new();
    for (&number, times) in &unprotected.0 {
        *results.entry(system.variable(number).result()).or_default() += times;
    }
    let hardest = results.into_iter().max_by_key(|&(_, times)| times);
    hardest.map(|(result, _)| result.to_owned())
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
    earlier: &Earlier<'_>,
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
        n: planned.n.map_or(Cell::Suppressed, |n| verdicts.cell(n)),
        provenance: meta.provenance.clone(),
        released: shown_or_withheld(planned.plan.show(verdicts)),
    }
}

/// A result of which nothing would be shown but marks, is withheld with a reason.
fn shown_or_withheld(released: Released) -> Released {
    if released.shows_nothing() {
        return Released::Withheld(Withheld {
            sentence: ALL_HIDDEN.to_owned(),
        });
    }
    released
}
