//! Invented results, put through the real gate.

use disclosure::{Approval, Ledger, Policy, PolicyDraft, Publication, ReleaseDetails, screen};

/// A publication of the invented results of `estimate`, under the default policy.
pub fn publication() -> Publication {
    let policy = Policy::new(PolicyDraft::default()).expect("the defaults keep the floor");
    let screened =
        screen(&estimate::sample(), &policy, &Ledger::empty()).expect("the sample passes");
    let approval = Approval::new(
        "de onderzoeker",
        &["de eerste controleur", "de tweede controleur"],
        screened.digest(),
        &policy,
    )
    .expect("two others checked");
    let details = ReleaseDetails {
        study_title: "Van opname tot terugkeer in de SGLVG-zorg".to_owned(),
        released_on: "2026-11-22".to_owned(),
        institutions: Vec::new(),
    };
    let (publication, _) = screened.release(approval, details).expect("it was approved");
    publication
}
