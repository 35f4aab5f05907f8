use super::Described;
use super::classes::code_labels;
use codes::{Coded, Diagnosis, IqClass, SubstanceStatus};
use estimate::Block;

/// The class that goes with a full-scale IQ, with the limits of the code list.
fn class_of(iq: u8) -> IqClass {
    match iq {
        0..50 => IqClass::Below,
        50..70 => IqClass::Mild,
        70..=85 => IqClass::Borderline,
        86.. => IqClass::Above,
    }
}

pub(super) fn iq(described: &Described<'_>) -> Vec<Block> {
    let clients = &described.context.linked.content.clients;
    vec![
        described.exclusive(
            "niveau van functioneren",
            code_labels::<IqClass>(),
            |stay| {
                let client = &clients[stay.client.position()];
                let measured = client.iq.map(class_of);
                let class = measured.or(client.iq_class).unwrap_or(IqClass::Unknown);
                class.position()
            },
        ),
        described.quantity("totaal IQ (punten)", |stay| {
            clients[stay.client.position()].iq.map(f64::from)
        }),
    ]
}

/// The groups in which diagnoses are shown, coarse enough for small numbers.
const GROUPS: [&str; 10] = [
    "verstandelijke beperking",
    "autismespectrumstoornis",
    "ADHD",
    "psychotische of bipolaire stoornis",
    "depressie, angst of dwang",
    "trauma- of hechtingsstoornis",
    "stoornis in het gebruik van middelen",
    "impulsbeheersings- of gedragsstoornis",
    "persoonlijkheidsstoornis",
    "overige diagnose",
];

/// The group of a diagnosis.
fn group_of(diagnosis: Diagnosis) -> usize {
    use Diagnosis as D;
    match diagnosis {
        D::IntellectualDisability => 0,
        D::Autism => 1,
        D::Adhd => 2,
        D::Psychosis | D::Bipolar => 3,
        D::Depression | D::Anxiety | D::Obsessive => 4,
        D::Trauma | D::Attachment => 5,
        D::SubstanceUse => 6,
        D::Impulse => 7,
        D::PersonalityA
        | D::Antisocial
        | D::Borderline
        | D::PersonalityB
        | D::PersonalityC
        | D::PersonalityNos => 8,
        D::NeuroOther
        | D::Dissociative
        | D::Somatic
        | D::Eating
        | D::Sleep
        | D::SexualDysfunction
        | D::Gender
        | D::Neurocognitive
        | D::Paraphilia
        | D::Other => 9,
    }
}

pub(super) fn diagnoses(described: &Described<'_>) -> Vec<Block> {
    let linked = described.context.linked;
    let mut groups = vec![0_u32; linked.persons.len()];
    for row in &linked.content.diagnoses {
        groups[linked.person_of(row.client).position()] |= 1 << group_of(row.diagnosis);
    }
    let levels = GROUPS.map(str::to_owned).to_vec();
    vec![described.overlapping("diagnosen", levels, |stay| groups[stay.person.position()])]
}

pub(super) fn substances(described: &Described<'_>) -> Vec<Block> {
    let clients = &described.context.linked.content.clients;
    let levels = code_labels::<SubstanceStatus>();
    vec![described.exclusive("middelengebruik", levels, |stay| {
        let status = clients[stay.client.position()].substance_status;
        status.unwrap_or(SubstanceStatus::Unknown).position()
    })]
}
