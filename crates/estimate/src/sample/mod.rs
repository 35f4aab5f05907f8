//! Invented demonstration results: the shapes, names and sizes that the real analyses give.
//!
//! They let the gate, the figures and the report be tried without a study. Nothing in them
//! comes from real clients; every provenance says `synthetic`.

mod curves;
mod models;
mod tables;

use crate::{
    Digest, Estimate, LinkageEvidence, NotEstimable, Provenance, ResultId, ResultMeta, Section,
    Shape, Unit,
};
use calendar::HalfYear;

/// Names of the four invented institutions.
const INSTITUTION_NAMES: [&str; 4] = ["Noord", "Oost", "West", "Zuid"];

/// Admissions per institution; every client is admitted once.
const ADMISSIONS: [u64; 4] = [150, 120, 85, 45];

/// Exits per institution.
const EXITS: [u64; 4] = [138, 109, 74, 39];

/// A set of invented demonstration results, about 400 clients over four institutions.
pub fn sample() -> Vec<Estimate> {
    let mut all = tables::all();
    all.extend(curves::all());
    all.push(too_few_events());
    all.extend(models::all());
    all.sort_by_key(|estimate| estimate.meta.section);
    all
}

/// What is different between the descriptions of two results.
struct About {
    id: &'static str,
    section: Section,
    title: &'static str,
    definition: &'static str,
    plain: &'static str,
    unit: Unit,
    /// Units per institution.
    n: [u64; 4],
}

/// A result with the description, sizes and provenance that belong to it.
fn estimate(about: About, outcome: Result<Shape, NotEstimable>) -> Estimate {
    let n = about.n.iter().sum();
    let clients = match about.unit {
        Unit::Exits => n - n / 20,
        Unit::Clients | Unit::Admissions => n,
    };
    Estimate {
        meta: ResultMeta {
            id: ResultId::new(about.id).expect("the ids of the sample are lower case with hyphens"),
            section: about.section,
            title: about.title.to_owned(),
            definition: about.definition.to_owned(),
            plain: about.plain.to_owned(),
            unit: about.unit,
            n,
            clients,
            per_institution: about.n,
            provenance: provenance(),
        },
        outcome,
    }
}

fn provenance() -> Provenance {
    Provenance {
        inputs: (1..=5).map(|number| Digest([number; 32])).collect(),
        protocol: Digest([0xA5; 32]),
        code_version: env!("CARGO_PKG_VERSION").to_owned(),
        data_until: HalfYear::new(2026, 1).expect("a half-year has half 1 or 2"),
        linkage: Some(LinkageEvidence {
            sensitivity: (0.985, 0.997),
            return_factors: Some((1.003, 1.02)),
        }),
        synthetic: true,
    }
}

fn too_few_events() -> Estimate {
    let about = About {
        id: "terugkeer-instroomcohort",
        section: Section::Return,
        title: "Terugkeer van cliënten die in 2024 zijn opgenomen",
        definition: "Cliënten die in 2024 zijn opgenomen en daarna met ontslag gingen, gevolgd \
                     vanaf hun ontslag. Terugkeer is een nieuwe opname in een van de vier \
                     instellingen.",
        plain: "Van de cliënten die in 2024 kwamen, is nog bijna niemand lang genoeg weg om \
                iets over terugkeer te kunnen zeggen.",
        unit: Unit::Exits,
        n: [24, 19, 13, 8],
    };
    estimate(
        about,
        Err(NotEstimable::TooFewEvents {
            seen: 4,
            needed: 10,
        }),
    )
}

/// Divides `total` in proportion to `weights` by largest remainder, so that the parts add up.
fn split(total: u64, weights: &[u64]) -> Vec<u64> {
    let whole: u64 = weights.iter().sum();
    let mut parts: Vec<u64> = weights.iter().map(|w| total * w / whole).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(total * weights[i] % whole), i));
    let short = total - parts.iter().sum::<u64>();
    for &i in order.iter().take(short as usize) {
        parts[i] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_everything_is_marked_synthetic() {
        let all = sample();
        let mut ids: Vec<&str> = all.iter().map(|e| e.meta.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all.len());
        assert!(all.iter().all(|e| e.meta.provenance.synthetic));
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        for total in [0, 1, 7, 45, 400] {
            assert_eq!(split(total, &[5, 3, 1, 1]).iter().sum::<u64>(), total);
        }
    }

    #[test]
    fn flows_conserve_what_passes_a_node() {
        let all = sample();
        let flow = all
            .iter()
            .find_map(|e| match &e.outcome {
                Ok(Shape::Flow(flow)) => Some(flow),
                _ => None,
            })
            .unwrap();
        for node in 0..flow.layers[1].nodes.len() {
            let sum = |layer: usize, at: fn(&crate::Link) -> usize| -> u64 {
                let links = flow.links.iter().filter(|link| link.layer == layer);
                links.filter(|l| at(l) == node).map(|l| l.count.count).sum()
            };
            assert_eq!(sum(0, |link| link.to), sum(1, |link| link.from));
        }
    }
}
