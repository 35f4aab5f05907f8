//! The way through: screening, and release of what was screened.

use crate::approval::enough;
use crate::check::{Check, CheckRecord, HiddenCell, ScreenedResult};
use crate::ledger::{Binding, FORMAT, release_digest, results_text};
use crate::naming::Naming;
use crate::protect::{Reason, protect};
use crate::record::{Record, Shown};
use crate::screen::{Planned, Verdicts, plan};
use crate::system::System;
use crate::{
    Approval, Cell, Ledger, LedgerEntry, Policy, Publication, PublicationHeader, Published, Refusal,
};
use calendar::{Day, HalfYear};
use estimate::{Digest, Estimate, Provenance};
use std::collections::BTreeSet;

/// Results that are ready to be checked by people, and then released.
pub struct ScreenedSet {
    policy: Policy,
    results: Vec<ScreenedResult>,
    published: Vec<Published>,
    record: Record,
    number: u32,
    previous: Digest,
    digest: Digest,
}

/// What the gate cannot know by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseDetails {
    /// Dutch title of the study.
    pub study_title: String,
    /// Day of release, `jjjj-mm-dd`.
    pub released_on: String,
    /// Names of the institutions that delivered; shown only if the policy names them.
    pub institutions: Vec<String>,
}

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
    let hidden = protect(&system, policy);
    let shown = shown(&system, &hidden, policy);
    let cells: Vec<Cell> = shown
        .iter()
        .map(|shown| shown.map_or(Cell::Suppressed, |s| Cell::Count(s.count)))
        .collect();
    let verdicts = Verdicts { cells: &cells };
    let published: Vec<Published> = estimates
        .iter()
        .zip(&planned)
        .map(|(estimate, planned)| publish(estimate, planned, &naming, &verdicts))
        .collect();
    let results = estimates
        .iter()
        .zip(planned)
        .map(|(estimate, planned)| report(estimate, planned, &naming, &system, &hidden))
        .collect();
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

fn shown(system: &System, hidden: &[Option<Reason>], policy: &Policy) -> Vec<Option<Shown>> {
    let show = |(variable, hidden): (&crate::system::Variable, &Option<Reason>)| {
        let basis = variable.value;
        hidden.is_none().then(|| Shown {
            count: policy.rounded(basis),
            basis,
        })
    };
    system.variables().iter().zip(hidden).map(show).collect()
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

fn report(
    estimate: &Estimate,
    planned: Planned,
    naming: &Naming,
    system: &System,
    hidden: &[Option<Reason>],
) -> ScreenedResult {
    let prefix = format!("{}|", estimate.meta.id.as_str());
    let mut checks = planned.checks;
    for (reason, check, sentence) in [
        (
            Reason::Threshold,
            Check::Threshold,
            "minder cliënten dan de drempel",
        ),
        (
            Reason::Institutions,
            Check::Institutions,
            "te herleiden tot te weinig instellingen",
        ),
        (
            Reason::Secondary,
            Check::Secondary,
            "een verborgen getal zou eruit volgen",
        ),
    ] {
        let of = system.variables().iter().zip(hidden);
        let cells: Vec<HiddenCell> = of
            .filter(|(variable, why)| **why == Some(reason) && variable.key.starts_with(&prefix))
            .map(|(variable, _)| HiddenCell {
                place: variable.place.clone(),
                why: sentence.to_owned(),
            })
            .collect();
        if !cells.is_empty() {
            checks.push(CheckRecord {
                check,
                sentence: format!("{} getallen verborgen: {sentence}.", cells.len()),
                hidden: cells,
            });
        }
    }
    ScreenedResult {
        id: estimate.meta.id.clone(),
        title: naming.text(&estimate.meta.title),
        checks,
    }
}

impl ScreenedSet {
    /// What an approval is bound to.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What the gate made of each result, for the checkers.
    pub fn results(&self) -> &[ScreenedResult] {
        &self.results
    }

    /// Releases the set, once.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] where the approval is for something else, has too few checkers, or the
    /// day is not a day.
    pub fn release(
        self,
        approval: Approval,
        details: ReleaseDetails,
    ) -> Result<(Publication, LedgerEntry), Refusal> {
        if approval.digest != self.digest {
            return Err(Refusal::OtherDigest);
        }
        enough(approval.checkers.len(), &self.policy)?;
        Day::parse_iso(&details.released_on).ok_or(Refusal::NoDay)?;
        let header = self.header(&approval, details);
        let binding = Binding {
            format: FORMAT.to_owned(),
            number: self.number,
            previous: self.previous.to_string(),
            policy: self.policy.settings().clone(),
            author: approval.author,
            checkers: approval.checkers,
        };
        let publication = Publication {
            header,
            results: self.published,
        };
        let entry = LedgerEntry::write(&binding, &publication, self.record);
        Ok((publication, entry))
    }

    fn header(&self, approval: &Approval, details: ReleaseDetails) -> PublicationHeader {
        let settings = self.policy.settings();
        let provenances: Vec<&Provenance> = self
            .published
            .iter()
            .map(|result| &result.provenance)
            .collect();
        let until = provenances
            .iter()
            .map(|provenance| provenance.data_until)
            .max();
        let version = provenances
            .iter()
            .map(|provenance| provenance.code_version.as_str())
            .max();
        PublicationHeader {
            study_title: details.study_title,
            release_number: self.number,
            released_on: details.released_on,
            data_until: until.map(half_year).unwrap_or_default(),
            institutions: if settings.name_institutions {
                details.institutions
            } else {
                Vec::new()
            },
            checkers: approval.checkers.len(),
            threshold: settings.threshold,
            rounding_base: settings.rounding_base,
            code_version: version.unwrap_or_default().to_owned(),
            synthetic: provenances.iter().any(|provenance| provenance.synthetic),
            digest: self.digest.to_string(),
        }
    }
}

impl std::fmt::Debug for ScreenedSet {
    /// The digest only: the set holds small counts.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScreenedSet")
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}

fn half_year(half: HalfYear) -> String {
    let which = if half.half() == 1 { "eerste" } else { "tweede" };
    format!("{which} helft van {}", half.year())
}
