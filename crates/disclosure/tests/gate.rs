//! The whole way through the gate, on the demonstration results.

use disclosure::{
    Approval, Cell, Ledger, Policy, PolicyDraft, Publication, Refusal, ReleaseDetails, Released,
    ScreenedSet, screen,
};

fn policy() -> Policy {
    Policy::new(PolicyDraft::default()).unwrap()
}

fn details() -> ReleaseDetails {
    ReleaseDetails {
        study_title: "Doorstroom".into(),
        released_on: "2026-11-22".into(),
        institutions: vec!["Noord".into()],
    }
}

fn release(set: ScreenedSet) -> (Publication, disclosure::LedgerEntry) {
    let approval = Approval::new("An", &["Bo", "Cas"], set.digest(), &policy()).unwrap();
    set.release(approval, details()).unwrap()
}

#[test]
fn the_demonstration_results_pass() {
    let estimates = estimate::sample();
    let set = screen(&estimates, &policy(), &Ledger::empty()).unwrap();
    assert_eq!(set.results().len(), estimates.len());
    let (publication, entry) = release(set);
    assert_eq!(publication.results().len(), estimates.len());
    assert!(publication.header().synthetic);
    assert!(publication.header().institutions.is_empty());
    let Released::Table(table) = publication.result("bestemming").unwrap().released() else {
        panic!("the destinations are a table")
    };
    assert_eq!(
        table.columns(),
        [
            "Instelling A",
            "Instelling B",
            "Instelling C",
            "Instelling D"
        ]
    );
    assert!(table.cells().contains(&Cell::Suppressed));
    let Released::Withheld(_) = publication
        .result("terugkeer-instroomcohort")
        .unwrap()
        .released()
    else {
        panic!("too few events is an answer")
    };

    let ledger = Ledger::read(&[entry.bytes()]).unwrap();
    let reopened = ledger.reopen(1).unwrap();
    assert_eq!(reopened.header(), publication.header());
    assert_eq!(format!("{reopened:?}"), format!("{publication:?}"));
    assert_eq!(ledger.reopen(2).err(), Some(Refusal::NoSuchRelease(2)));
}
