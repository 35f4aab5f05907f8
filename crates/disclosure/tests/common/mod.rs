//! What the tests of the gate share: invented tables, and the short way through.
#![allow(dead_code, clippy::unwrap_used)] // each test file uses a part, and may panic

use calendar::HalfYear;
use disclosure::{
    Approval, Ledger, LedgerEntry, LetterKey, Policy, PolicyDraft, Publication, ReleaseDetails,
    Released, ReleasedTable, screen,
};
use estimate::{
    Count, Digest, Estimate, FrequencyTable, LinkageEvidence, Provenance, ResultId, ResultMeta,
    Section, Shape, Unit,
};

pub mod followed;

pub fn policy() -> Policy {
    Policy::new(PolicyDraft::default()).unwrap()
}

/// A policy that names the institutions, and so keeps their columns in the order they came in.
pub fn named() -> Policy {
    Policy::new(PolicyDraft {
        name_institutions: true,
        ..PolicyDraft::default()
    })
    .unwrap()
}

pub fn key() -> LetterKey {
    LetterKey::from_secret(b"a secret of the tests")
}

pub fn details() -> ReleaseDetails {
    ReleaseDetails {
        study_title: "Doorstroom".into(),
        released_on: "2026-11-22".into(),
        institutions: vec!["Noord".into(), "Oost".into()],
    }
}

/// Screens and releases, as far as that goes.
pub fn release(
    estimates: &[Estimate],
    policy: &Policy,
    ledger: &Ledger,
) -> (Publication, LedgerEntry) {
    let set = screen(estimates, policy, ledger, &key()).unwrap();
    let checkers = &["Bo", "Cas", "Dee"][..policy.settings().checkers];
    let approval = Approval::new("An", checkers, set.digest(), policy).unwrap();
    set.release(approval, details()).unwrap()
}

pub fn at(institution: usize, count: u64) -> Count {
    let mut per_institution = [0; 4];
    per_institution[institution] = count;
    Count {
        count,
        clients: count,
        per_institution,
    }
}

pub fn meta(id: &str, per_institution: [u64; 4]) -> ResultMeta {
    let n = per_institution.iter().sum();
    ResultMeta {
        id: ResultId::new(id).unwrap(),
        section: Section::Outflow,
        title: "Een tabel".into(),
        definition: "Verzonnen.".into(),
        plain: "Verzonnen.".into(),
        unit: Unit::Clients,
        n,
        clients: n,
        per_institution,
        provenance: Provenance {
            inputs: vec![Digest([7; 32])],
            protocol: Digest([8; 32]),
            code_version: "0".into(),
            data_until: HalfYear::new(2026, 1).unwrap(),
            linkage: Some(LinkageEvidence {
                sensitivity: (0.123_456_789_012_345_68, 0.9),
                return_factors: None,
            }),
            synthetic: true,
        },
    }
}

/// A table of rows by four institutions.
pub fn table(id: &str, cells: &[[u64; 4]]) -> Estimate {
    let parts = std::array::from_fn(|i| cells.iter().map(|row| row[i]).sum());
    let shape = FrequencyTable {
        row_title: "Rij".into(),
        column_title: "Instelling".into(),
        rows: (0..cells.len()).map(|row| format!("rij {row}")).collect(),
        columns: ["Noord", "Oost", "West", "Zuid"].map(String::from).to_vec(),
        cells: cells
            .iter()
            .flat_map(|row| (0..4).map(|i| at(i, row[i])))
            .collect(),
        columns_are_institutions: true,
        ordered: false,
    };
    Estimate {
        meta: meta(id, parts),
        outcome: Ok(Shape::Frequency(shape)),
    }
}

/// The released table with this name.
pub fn released<'a>(publication: &'a Publication, id: &str) -> &'a ReleasedTable {
    match publication.result(id).unwrap().released() {
        Released::Table(table) => table,
        other => panic!("not a table: {other:?}"),
    }
}

/// A row of whole numbers below `below`, by a plain congruential generator (Knuth's MMIX
/// constants), so that every run tries the same tables.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}
