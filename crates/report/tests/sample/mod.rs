//! Invented results, put through the real gate.
#![allow(dead_code, reason = "each test takes what it needs")]

use disclosure::{
    Approval, Ledger, LetterKey, Policy, PolicyDraft, Publication, ReleaseDetails, screen,
};
use estimate::{Estimate, NotEstimable, Shape};

/// Names as long as institutions have.
pub const LONG_NAMES: [&str; 4] = [
    "Behandelcentrum Noordoostpolder-Wieringermeer",
    "Orthopedagogisch Behandelcentrum Oost",
    "De Zuidelijke Zorggroep",
    "West",
];

/// A publication of the invented results of `estimate`, under the default policy.
pub fn publication() -> Publication {
    release(&estimate::sample(), PolicyDraft::default())
}

/// The same, with everything that may be long made long, and institutions named.
pub fn long_words() -> Publication {
    let mut estimates = estimate::sample();
    for estimate in &mut estimates {
        estimate
            .meta
            .title
            .push_str(", met de gehandicaptenzorginstellingsoverplaatsingsregistratie");
        estimate.meta.definition.push_str(
            " Niet meegeteld zijn overplaatsingen tussen afdelingen van dezelfde \
             behandelvoorziening, en crisisopnames korter dan achtenveertig uur.",
        );
        estimate
            .meta
            .plain
            .push_str(" Dat is van belang voor de forensisch-psychiatrische vervolgvoorzieningen.");
        if let Ok(shape) = &mut estimate.outcome {
            lengthen(shape);
        }
    }
    let policy = PolicyDraft {
        name_institutions: true,
        ..PolicyDraft::default()
    };
    release(&estimates, policy)
}

/// The same, with nothing to tell.
pub fn all_withheld() -> Publication {
    let mut estimates = estimate::sample();
    for estimate in &mut estimates {
        estimate.outcome = Err(NotEstimable::TooFewEvents {
            seen: 3,
            needed: 10,
        });
    }
    release(&estimates, PolicyDraft::default())
}

/// The same, with only the results of which the name passes.
pub fn only(keep: fn(&str) -> bool) -> Publication {
    let mut estimates = estimate::sample();
    estimates.retain(|estimate| keep(estimate.meta.id.as_str()));
    release(&estimates, PolicyDraft::default())
}

/// The same, as if the data were real.
pub fn not_synthetic() -> Publication {
    let mut estimates = estimate::sample();
    for estimate in &mut estimates {
        estimate.meta.provenance.synthetic = false;
    }
    release(&estimates, PolicyDraft::default())
}

/// The same, with so high a threshold that most is hidden.
pub fn mostly_hidden() -> Publication {
    let policy = PolicyDraft {
        threshold: 25,
        ..PolicyDraft::default()
    };
    release(&estimate::sample(), policy)
}

/// Puts results through the gate.
pub fn release(estimates: &[Estimate], policy: PolicyDraft) -> Publication {
    let policy = Policy::new(policy).expect("the policy keeps the floor");
    let key = LetterKey::from_secret(b"a secret of the tests");
    let screened = screen(estimates, &policy, &Ledger::empty(), &key).expect("the sample passes");
    let checkers = ["de eerste controleur", "de tweede controleur"];
    let approval = Approval::new("de onderzoeker", &checkers, screened.digest(), &policy)
        .expect("two others checked");
    let details = ReleaseDetails {
        study_title: "Van opname tot terugkeer in de SGLVG-zorg".to_owned(),
        released_on: "2026-11-22".to_owned(),
        institutions: LONG_NAMES.map(str::to_owned).to_vec(),
    };
    let (publication, _) = screened
        .release(approval, details)
        .expect("it was approved");
    publication
}

fn lengthen(shape: &mut Shape) {
    let rename = |label: &mut String| {
        let names = ["Noord", "Oost", "Zuid", "West"];
        if let Some(position) = names.iter().position(|name| name == label) {
            *label = LONG_NAMES[position].to_owned();
        } else if label.contains("wonen") {
            label.push_str(" in een gehandicaptenzorgwoonvoorziening");
        }
    };
    match shape {
        Shape::Frequency(table) => {
            table.rows.iter_mut().for_each(rename);
            table.columns.iter_mut().for_each(rename);
        }
        Shape::Characteristics(it) => it.groups.iter_mut().for_each(rename),
        Shape::Durations(it) => it.groups.iter_mut().for_each(rename),
        Shape::Flow(flow) => flow
            .layers
            .iter_mut()
            .flat_map(|layer| &mut layer.nodes)
            .for_each(rename),
        Shape::Curves(curves) => {
            curves
                .series
                .iter_mut()
                .for_each(|series| rename(&mut series.label));
            curves
                .strata
                .iter_mut()
                .for_each(|stratum| rename(&mut stratum.label));
        }
        Shape::Regression(model) => model
            .terms
            .iter_mut()
            .for_each(|term| rename(&mut term.label)),
        Shape::Attrition(_)
        | Shape::Course(_)
        | Shape::Projection(_)
        | Shape::Measures(_)
        | Shape::Quotations(_) => {}
    }
}
