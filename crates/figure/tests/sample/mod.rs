//! Invented results, put through the real gate.

use disclosure::{
    Approval, Ledger, LetterKey, Policy, PolicyDraft, Publication, ReleaseDetails, screen,
};
use estimate::{Count, Estimate, FrequencyTable, INSTITUTIONS, ResultId, Shape};
use std::sync::OnceLock;

/// A publication of the invented results of `estimate`, under the default policy.
pub fn publication() -> &'static Publication {
    static MADE: OnceLock<Publication> = OnceLock::new();
    MADE.get_or_init(|| publish(&estimate::sample()))
}

/// A publication of an ordered table in two dimensions, which the sample of `estimate` lacks.
#[allow(dead_code)] // The site's tests do without.
pub fn ordered_publication() -> &'static Publication {
    static MADE: OnceLock<Publication> = OnceLock::new();
    MADE.get_or_init(|| publish(&[steps_per_institution(&estimate::sample()[0])]))
}

/// The same of data that are not invented.
#[allow(dead_code)] // The site's tests do without.
pub fn unmarked_publication() -> &'static Publication {
    static MADE: OnceLock<Publication> = OnceLock::new();
    MADE.get_or_init(|| {
        let mut estimate = steps_per_institution(&estimate::sample()[0]);
        estimate.meta.provenance.synthetic = false;
        publish(&[estimate])
    })
}

fn publish(estimates: &[Estimate]) -> Publication {
    let policy = Policy::new(PolicyDraft::default()).expect("the defaults keep the floor");
    let key = LetterKey::from_secret(b"a secret of the tests");
    let screened = screen(estimates, &policy, &Ledger::empty(), &key).expect("the sample passes");
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
    let (publication, _) = screened
        .release(approval, details)
        .expect("it was approved");
    publication
}

/// Steps in security, by institution; some counts are small.
fn steps_per_institution(like: &Estimate) -> Estimate {
    let mut meta = like.meta.clone();
    meta.id = ResultId::new("stap-beveiliging-instelling").expect("a fit name");
    meta.section = estimate::Section::Outflow;
    meta.title = "Stap in beveiliging per instelling".to_owned();
    meta.definition = "Het beveiligingsniveau van de bestemming, vergeleken met dat van de \
                       laatste plek in de instelling."
        .to_owned();
    meta.plain = "Bij elke instelling gaan de meeste mensen naar een plek met minder beveiliging."
        .to_owned();
    let counts = [[62, 51, 38, 24], [55, 41, 22, 16], [14, 12, 4, 13]];
    let cells = counts
        .iter()
        .flatten()
        .enumerate()
        .map(|(position, &count)| {
            let mut per_institution = [0; INSTITUTIONS];
            per_institution[position % INSTITUTIONS] = count;
            Count {
                count,
                clients: count,
                per_institution,
            }
        });
    let cells: Vec<Count> = cells.collect();
    let all = cells.iter().copied().fold(Count::default(), Count::plus);
    (meta.n, meta.clients) = (all.count, all.clients);
    meta.per_institution = all.per_institution;
    Estimate {
        meta,
        outcome: Ok(Shape::Frequency(FrequencyTable {
            row_title: "Stap".to_owned(),
            column_title: "Instelling".to_owned(),
            rows: ["lager niveau", "gelijk niveau", "hoger niveau"]
                .map(str::to_owned)
                .to_vec(),
            columns: ["Noord", "Oost", "West", "Zuid"]
                .map(str::to_owned)
                .to_vec(),
            cells,
            columns_are_institutions: true,
            ordered: true,
        })),
    }
}
