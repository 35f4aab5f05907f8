//! What must hold between and inside the results, whatever the data.

use crate::network::{fabricate, provenance, study};
use analysis::{RESULT_IDS, analyse, survival_export};
use estimate::{Block, Coding, Count, Curves, Estimate, Shape};
use record::{ClientIndex, LinkedContent, PersonIndex};

fn results() -> Vec<Estimate> {
    analyse(&fabricate(3000, 11), &study(), &provenance())
}

fn shape<'a>(results: &'a [Estimate], id: &str) -> &'a Shape {
    let result = results.iter().find(|result| result.meta.id.as_str() == id);
    let result = result.unwrap_or_else(|| panic!("there is no {id}"));
    result
        .outcome
        .as_ref()
        .unwrap_or_else(|_| panic!("{id} is not estimable"))
}

fn sound(count: &Count) -> bool {
    count.clients <= count.count && count.per_institution.iter().sum::<u64>() == count.count
}

fn counts(shape: &Shape) -> Vec<Count> {
    match shape {
        Shape::Frequency(table) => table.cells.clone(),
        Shape::Flow(flow) => flow.links.iter().map(|link| link.count).collect(),
        Shape::Durations(durations) => durations.long.clone(),
        Shape::Attrition(attrition) => {
            let steps = attrition.steps.iter();
            let steps = steps.flat_map(|step| [step.excluded, step.remaining]);
            steps.chain([attrition.start]).collect()
        }
        Shape::Characteristics(table) => {
            let mut all = table.sizes.clone();
            for block in &table.blocks {
                if let Block::Categories { cells, .. } = block {
                    all.extend(cells);
                }
            }
            all
        }
        Shape::Curves(curves) => {
            let sizes = curves.strata.iter().map(|stratum| stratum.size);
            let at_risk = curves
                .strata
                .iter()
                .flat_map(|stratum| stratum.n_risk.iter().zip(&stratum.n_risk_per_institution));
            let steps = curves.series.iter().flat_map(|series| &series.steps);
            let events = steps.map(|step| (&step.n_event, &step.n_event_per_institution));
            let counted = at_risk.chain(events).map(|(&count, &parts)| Count {
                count,
                clients: count,
                per_institution: parts,
            });
            sizes
                .chain(curves.series.iter().map(|series| series.events))
                .chain(counted)
                .collect()
        }
        Shape::Regression(model) => {
            let mut all = vec![model.size];
            all.extend(model.events);
            for term in &model.terms {
                all.push(term.missing);
                if let Coding::Levels(levels) = &term.coding {
                    all.extend(levels.iter().flat_map(|level| [level.size, level.events]));
                }
            }
            all
        }
        Shape::Course(course) => {
            let points = course.lines.iter().flat_map(|line| &line.points);
            points.flat_map(|at| [at.measured, at.unmeasured]).collect()
        }
        Shape::Projection(projection) => projection.basis.iter().map(|one| one.count).collect(),
        Shape::Measures(measures) => measures.rows.iter().map(|row| row.size).collect(),
        Shape::Quotations(_) => Vec::new(),
    }
}

#[test]
fn every_result_is_made_in_the_order_of_the_story() {
    let ids: Vec<String> = results()
        .iter()
        .map(|result| result.meta.id.as_str().to_owned())
        .collect();
    assert_eq!(ids, RESULT_IDS);
}

#[test]
fn every_count_has_sound_evidence() {
    for result in &results() {
        let Ok(shape) = &result.outcome else {
            panic!("{:?} is not estimable", result.meta.id);
        };
        let counts = counts(shape);
        assert!(!counts.is_empty());
        assert!(counts.iter().all(sound), "{:?}", result.meta.id);
        assert!(result.meta.clients <= result.meta.n);
        let parts = result.meta.per_institution;
        assert_eq!(parts.iter().sum::<u64>(), result.meta.n);
    }
}

#[test]
fn exits_are_counted_the_same_everywhere() {
    let results = results();
    let Shape::Attrition(attrition) = shape(&results, "uitstroom-verloop") else {
        panic!("attrition has a shape of its own");
    };
    let members = attrition
        .steps
        .iter()
        .rfind(|step| !step.reason.starts_with("niet gevolgd"))
        .map(|step| step.remaining)
        .unwrap();
    let total = |id: &str| match shape(&results, id) {
        Shape::Frequency(table) => table.cells.iter().map(|cell| cell.count).sum::<u64>(),
        Shape::Flow(flow) => {
            let layer = |layer| {
                let links = flow.links.iter().filter(move |link| link.layer == layer);
                links.map(|link| link.count.count).sum::<u64>()
            };
            assert_eq!(layer(0), layer(1), "what enters leaves");
            layer(0)
        }
        _ => panic!("{id} counts exits"),
    };
    for id in ["bestemming", "stroom", "stroom-matrix"] {
        assert_eq!(total(id), members.count, "{id}");
    }
    let followed = attrition.steps.last().unwrap().remaining;
    assert_eq!(
        followed.count, followed.clients,
        "each client is followed once"
    );
    let n = |id: &str| {
        let found = results.iter().find(|result| result.meta.id.as_str() == id);
        found.unwrap().meta.n
    };
    // What happens within 56 days of an exit for a time-out is not in the curve.
    let without = n("terugkeer-elke-borg");
    assert!(without < followed.count && without * 20 > followed.count * 19);
}

#[test]
fn with_time_outs_all_who_are_followed_are_in_the_curve() {
    let mut study = study();
    study.exit.time_outs = analysis::TimeOuts::Keep;
    let results = analyse(&fabricate(3000, 11), &study, &provenance());
    let Shape::Attrition(attrition) = shape(&results, "uitstroom-verloop") else {
        panic!("attrition has a shape of its own");
    };
    let followed = attrition.steps.last().unwrap().remaining.count;
    let curves = curves(&results, "terugkeer-elke-borg-met-timeout");
    assert_eq!(curves.strata[0].size.count, followed);
}

#[test]
fn how_the_protocol_counts_time_outs_changes_no_curve_of_return() {
    let linked = fabricate(1500, 12);
    let mut kept = study();
    kept.exit.time_outs = analysis::TimeOuts::Keep;
    let one = analyse(&linked, &study(), &provenance());
    let other = analyse(&linked, &kept, &provenance());
    for id in [
        "terugkeer-elke-borg",
        "terugkeer-zelfde-borg",
        "terugkeer-elke-borg-met-timeout",
    ] {
        assert_eq!(shape(&one, id), shape(&other, id), "{id}");
    }
    assert_ne!(shape(&one, "bestemming"), shape(&other, "bestemming"));
}

#[test]
fn nobody_leaves_before_the_shortest_stay() {
    let linked = fabricate(3000, 11);
    let mut study = study();
    study.intake.min_stay_days = 200;
    let results = analyse(&linked, &study, &provenance());
    for rows in survival_export(&linked, &study).iter().take(3) {
        assert!(!rows.is_empty() && rows.entry.iter().all(|&entry| entry >= 199));
        let curves = curves(&results, rows.id);
        for series in &curves.series {
            assert!(series.steps.iter().all(|step| step.time.get() >= 200));
            let horizons = series.horizons.iter().map(|horizon| horizon.time.get());
            assert_eq!(horizons.collect::<Vec<_>>(), [365, 730]);
        }
    }
    // Among those who stay so long, the chance to stay is what it was, given that they do.
    let all = analyse(&linked, &self::study(), &provenance());
    let at = |results: &[Estimate], day: i32| {
        let steps = &curves(results, "verblijfsduur").series[0].steps;
        let until = |step: &&estimate::Step| step.time.get() <= day;
        steps
            .iter()
            .take_while(until)
            .last()
            .map_or(1.0, |step| step.estimate)
    };
    let given = at(&all, 730) / at(&all, 199);
    assert!((at(&results, 730) - given).abs() < 0.02, "{given}");
}

#[test]
fn inflow_minus_outflow_is_the_change_in_occupancy() {
    let linked = fabricate(2000, 5);
    let trajectories = trajectory::Trajectories::assemble(&linked);
    let stays = trajectories.stays();
    let present = |day: i32| {
        let day = calendar::RelativeDay::from_number(day);
        stays.iter().filter(|stay| stay.contains(day)).count() as i64
    };
    for (from, until) in [(0, 100), (100, 400), (37, 1500)] {
        let within = |day: i32| (from < day && day <= until) as i64;
        let inflow: i64 = stays
            .iter()
            .map(|stay| within(stay.admitted.number()))
            .sum();
        let left = stays.iter().filter_map(|stay| stay.left());
        let outflow: i64 = left.map(|day| within(day.number())).sum();
        assert_eq!(present(until) - present(from), inflow - outflow);
    }
}

fn curves<'a>(results: &'a [Estimate], id: &str) -> &'a Curves {
    match shape(results, id) {
        Shape::Curves(curves) => curves,
        _ => panic!("{id} is a curve"),
    }
}

#[test]
fn curves_agree_with_the_exported_rows() {
    let linked = fabricate(3000, 11);
    let results = analyse(&linked, &study(), &provenance());
    let exports = survival_export(&linked, &study());
    assert_eq!(exports.len(), 7);
    for rows in &exports {
        let curves = curves(&results, rows.id);
        let sizes: u64 = curves.strata.iter().map(|stratum| stratum.size.count).sum();
        assert_eq!(sizes, rows.len() as u64, "{}", rows.id);
        for series in &curves.series {
            let steps: u64 = series.steps.iter().map(|step| step.n_event).sum();
            assert_eq!(steps, series.events.count);
            assert!(
                series
                    .steps
                    .windows(2)
                    .all(|pair| pair[0].time < pair[1].time)
            );
        }
    }
}

#[test]
fn counting_time_outs_raises_the_return() {
    let results = results();
    let at = |id: &str, horizon: usize| {
        let series = &curves(&results, id).series[0];
        assert_eq!(series.label, "terugkeer");
        series.horizons[horizon].estimate
    };
    for horizon in 0..3 {
        let without = at("terugkeer-elke-borg", horizon);
        assert!(at("terugkeer-elke-borg-met-timeout", horizon) >= without);
        assert!(at("terugkeer-zelfde-borg", horizon) <= without);
    }
}

/// The same rows in another order: persons, clients and all tables reversed.
fn reversed(linked: &LinkedContent) -> LinkedContent {
    let mut other = linked.clone();
    let clients = linked.content.clients.len() as u32;
    let persons = linked.persons.len() as u32;
    let admissions = linked.content.admissions.len() as u32;
    let client = |index: &mut ClientIndex| index.0 = clients - 1 - index.0;
    other.persons.reverse();
    other.person_of_client.reverse();
    for person in &mut other.person_of_client {
        *person = PersonIndex(persons - 1 - person.0);
    }
    let content = &mut other.content;
    content.clients.reverse();
    content.admissions.reverse();
    other.admission_half_years.reverse();
    content.exits.reverse();
    other.exit_half_years.reverse();
    content.placements.reverse();
    content.titles.reverse();
    content.fundings.reverse();
    content.returns.reverse();
    content.diagnoses.reverse();
    content.offences.reverse();
    content
        .admissions
        .iter_mut()
        .for_each(|row| client(&mut row.client));
    content
        .titles
        .iter_mut()
        .for_each(|row| client(&mut row.client));
    content
        .fundings
        .iter_mut()
        .for_each(|row| client(&mut row.client));
    content
        .returns
        .iter_mut()
        .for_each(|row| client(&mut row.client));
    content
        .diagnoses
        .iter_mut()
        .for_each(|row| client(&mut row.client));
    content
        .offences
        .iter_mut()
        .for_each(|row| client(&mut row.client));
    let admission = |index: &mut record::AdmissionIndex| index.0 = admissions - 1 - index.0;
    content
        .exits
        .iter_mut()
        .for_each(|row| admission(&mut row.admission));
    content
        .placements
        .iter_mut()
        .for_each(|row| admission(&mut row.admission));
    other
}

#[test]
fn results_do_not_depend_on_the_order_of_the_rows() {
    let linked = fabricate(800, 3);
    let one = analyse(&linked, &study(), &provenance());
    let two = analyse(&reversed(&linked), &study(), &provenance());
    assert_eq!(one, two);
}
