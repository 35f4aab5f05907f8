//! Counts made again, plainly, from the raw rows.

use crate::network::{fabricate, provenance, study};
use analysis::{StudyDefinition, TimeOuts, analyse};
use codes::{Coded, Facility, FacilityGroup, Institution, LegalGround, Sex};
use estimate::{Block, Estimate, Shape};
use record::LinkedContent;
use std::collections::BTreeMap;

/// A network in which everybody may be used, and a protocol that counts every stay.
fn plain() -> (LinkedContent, StudyDefinition) {
    let mut linked = fabricate(1500, 21);
    for client in &mut linked.content.clients {
        client.ground = LegalGround::Consent;
    }
    let mut study = study();
    study.intake.time_outs = TimeOuts::Keep;
    study.exit.time_outs = TimeOuts::Keep;
    (linked, study)
}

fn shape(results: &[Estimate], id: &str) -> Shape {
    let result = results.iter().find(|result| result.meta.id.as_str() == id);
    let outcome = result.expect("every result is made").outcome.clone();
    outcome.expect("there is enough to count")
}

#[test]
fn destinations_are_the_exit_rows_of_the_period() {
    let (linked, study) = plain();
    let Shape::Frequency(table) = shape(&analyse(&linked, &study, &provenance()), "bestemming")
    else {
        panic!("a table of counts");
    };
    let mut expected: BTreeMap<(String, String), u64> = BTreeMap::new();
    for (exit, half_year) in linked.content.exits.iter().zip(&linked.exit_half_years) {
        if study.exit.covers(*half_year) {
            let client = linked.content.client_of(exit.admission);
            let institution: Institution = linked.institution_of(client);
            let group = if exit.reason == codes::ExitReason::Died {
                FacilityGroup::Died
            } else {
                Facility::group(exit.destination)
            };
            let cell = (group.label().to_owned(), institution.label().to_owned());
            *expected.entry(cell).or_default() += 1;
        }
    }
    assert!(expected.values().sum::<u64>() > 500);
    for (row, group) in table.rows.iter().enumerate() {
        for (column, institution) in table.columns.iter().enumerate() {
            let cell = (group.clone(), institution.clone());
            let expected = expected.get(&cell).copied().unwrap_or(0);
            assert_eq!(
                table.cell(row, column).count,
                expected,
                "{group} {institution}"
            );
        }
    }
}

#[test]
fn men_and_women_are_the_persons_with_an_admission_in_the_period() {
    let (linked, study) = plain();
    let results = analyse(&linked, &study, &provenance());
    let Shape::Characteristics(table) = shape(&results, "kenmerken") else {
        panic!("a table of characteristics");
    };
    let mut admitted = vec![false; linked.persons.len()];
    let rows = linked
        .content
        .admissions
        .iter()
        .zip(&linked.admission_half_years);
    for (admission, half_year) in rows {
        admitted[linked.person_of(admission.client).position()] |= study.intake.covers(*half_year);
    }
    let cells = table
        .blocks
        .iter()
        .find_map(|block| match block {
            Block::Categories { title, cells, .. } if title == "geslacht" => Some(cells),
            _ => None,
        })
        .expect("sex is described");
    for sex in Sex::ALL {
        let of_sex = linked.persons.iter().zip(&admitted);
        let expected = of_sex
            .filter(|(person, admitted)| person.sex == *sex && **admitted)
            .count();
        let groups = table.groups.len();
        let own = &cells[sex.position() * groups..][..groups];
        let found: u64 = own.iter().map(|cell| cell.count).sum();
        assert_eq!(found, expected as u64, "{sex:?}");
    }
}

#[test]
fn blocked_days_are_summed_over_first_exits() {
    let (linked, study) = plain();
    let Shape::Durations(durations) = shape(
        &analyse(&linked, &study, &provenance()),
        "geblokkeerde-dagen",
    ) else {
        panic!("durations");
    };
    let mut first: BTreeMap<u32, (i32, Option<i32>)> = BTreeMap::new();
    for (exit, half_year) in linked.content.exits.iter().zip(&linked.exit_half_years) {
        if study.exit.covers(*half_year) {
            let admission = &linked.content.admissions[exit.admission.position()];
            let days = admission
                .ready_for_exit
                .map(|ready| exit.day.number() - ready.number());
            let person = linked.person_of(admission.client).0;
            let own = (exit.day.number(), days);
            first
                .entry(person)
                .and_modify(|known| *known = if own.0 < known.0 { own } else { *known })
                .or_insert(own);
        }
    }
    let days: Vec<i32> = first.values().filter_map(|own| own.1).collect();
    assert_eq!(durations.total.n, days.len() as u64);
    assert_eq!(durations.total.missing, (first.len() - days.len()) as u64);
    assert_eq!(durations.total.sum, f64::from(days.iter().sum::<i32>()));
    let long: u64 = durations.long.iter().map(|count| count.count).sum();
    assert_eq!(long, days.iter().filter(|&&days| days >= 90).count() as u64);
    let most = days.iter().max().copied().expect("somebody waited");
    assert_eq!(durations.total.largest[0], f64::from(most));
}
