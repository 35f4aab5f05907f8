//! What goes in comes out: the stream, from deliveries to estimates, recovers what is declared
//! to be true of an invented network with its faults.
//!
//! Everything runs through the program, for several seeds. The truth is that of `dummy`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;
mod streamed;

use analysis::{TimeOuts, analyse};
use calendar::HalfYear;
use codes::{Coded, Facility, Institution};
use cohort::{CohortKind, Exclusion};
use dummy::{EntryKind, EventKind, Parameters, ReturnDefinition, TrueCurves, TrueStay};
use estimate::{Estimate, FrequencyTable, Series, Shape, Step};
use std::collections::{BTreeMap, BTreeSet};
use streamed::{Streamed, streams};

/// Pairs of client rows: how many linking made, how many of those are right, and how many
/// there are to be found.
#[derive(Default)]
struct Pairs {
    linked: usize,
    right: usize,
    wanted: usize,
}

impl Pairs {
    /// Over the networks that were linked with or without BSN.
    fn of(bsn: bool) -> Self {
        let mut pairs = Self::default();
        for stream in streams().iter().filter(|stream| stream.bsn == bsn) {
            pairs.add(stream);
        }
        println!(
            "linkage, bsn {bsn}: {} true pairs, {} linked, {} of them right",
            pairs.wanted, pairs.linked, pairs.right
        );
        pairs
    }

    fn add(&mut self, stream: &Streamed) {
        let persons = stream.true_persons();
        let unknown = persons.iter().filter(|person| person.is_none()).count();
        // Somebody who is still there has but one day to be recognised by.
        assert!(
            unknown * 20 <= persons.len(),
            "{unknown} rows look like another client's"
        );
        for (a, b) in pairs_within(&stream.linked.person_of_client) {
            if let Some((one, other)) = persons[a].zip(persons[b]) {
                self.linked += 1;
                self.right += usize::from(one == other);
            }
        }
        let known: Vec<u32> = persons.into_iter().flatten().collect();
        self.wanted += pairs_within(&known).len();
    }

    fn precision(&self) -> f64 {
        self.right as f64 / self.linked as f64
    }

    fn recall(&self) -> f64 {
        self.right as f64 / self.wanted as f64
    }
}

#[test]
fn linking_finds_who_is_who() {
    for bsn in [true, false] {
        let pairs = Pairs::of(bsn);
        let (precision, recall) = (pairs.precision(), pairs.recall());
        println!("linkage, bsn {bsn}: precision {precision:.4}, recall {recall:.4}");
        assert!(pairs.wanted >= 30, "too few pairs to tell");
        assert!(precision >= 0.99, "precision {precision}");
        assert!(recall >= 0.95, "recall {recall}");
    }
}

/// All pairs of positions with the same value.
fn pairs_within<T: Copy + Ord>(values: &[T]) -> Vec<(usize, usize)> {
    let mut groups: BTreeMap<T, Vec<usize>> = BTreeMap::new();
    for (position, &value) in values.iter().enumerate() {
        groups.entry(value).or_default().push(position);
    }
    let of_group = |group: Vec<usize>| {
        let later = |at: usize| group[at + 1..].to_vec();
        let pairs = (0..group.len()).flat_map(|at| later(at).into_iter().map(move |b| (at, b)));
        pairs.map(|(at, b)| (group[at], b)).collect::<Vec<_>>()
    };
    groups.into_values().flat_map(of_group).collect()
}

#[test]
fn who_objected_stays_behind() {
    for stream in streams() {
        let wanted = stream.truth.links.iter().filter(|link| !link.objection);
        assert_eq!(stream.linked.content.clients.len(), wanted.count());
    }
    let objects = |stream: &Streamed| stream.truth.links.iter().any(|link| link.objection);
    assert!(
        streams().iter().any(objects),
        "nobody objects: nothing was tried"
    );
}

/// Nobody sees who objected, but how many is told.
#[test]
fn who_stays_behind_is_counted() {
    for stream in streams() {
        let Shape::Frequency(table) = shape(&stream.estimates, "deelname") else {
            panic!("no table")
        };
        let mut wanted: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for link in &stream.truth.links {
            let institution = Institution::from_key(link.institution).unwrap().label();
            let row = if link.objection {
                "bezwaar gemaakt"
            } else {
                "gegevens gebruikt"
            };
            *wanted.entry((row, institution)).or_default() += 1;
        }
        assert_eq!(cells(table), wanted);
    }
}

/// Admissions per institution and half-year, as the study holds them.
#[test]
fn admissions_are_counted_exactly() {
    for stream in streams() {
        let mut wanted: BTreeMap<(&str, HalfYear), u32> = BTreeMap::new();
        for stay in stream.truth.stays.iter().filter(|stay| !stay.objection) {
            *wanted
                .entry((stay.institution, HalfYear::of(stay.admitted)))
                .or_default() += 1;
        }
        let mut found: BTreeMap<(&str, HalfYear), u32> = BTreeMap::new();
        let linked = &stream.linked;
        for (row, half_year) in linked
            .content
            .admissions
            .iter()
            .zip(&linked.admission_half_years)
        {
            let institution = linked.institution_of(row.client).key();
            *found.entry((institution, *half_year)).or_default() += 1;
        }
        assert_eq!(found, wanted);
    }
}

/// The intake cohort of each year, time-outs counted, against the true admissions of that year.
#[test]
fn intake_cohorts_of_each_year_are_counted_exactly() {
    for stream in streams() {
        for year in 2019..=2025 {
            let mut study = stream.questions.clone();
            study.intake.from = HalfYear::new(year, 1).unwrap();
            study.intake.until = HalfYear::new(year, 2).unwrap();
            let estimates = analyse(&stream.linked, &study, &stream.provenance);
            for &institution in Institution::ALL {
                assert_eq!(
                    members(&estimates, "instroom-verloop", CohortKind::Intake)
                        [institution.position()],
                    u64::from(stream.truth.admissions[institution.key()][&year]),
                    "{} {year}",
                    institution.key()
                );
            }
        }
        // And over the whole period, as `doorstroom run` wrote it.
        let of_run = members(&stream.estimates, "instroom-verloop", CohortKind::Intake);
        for &institution in Institution::ALL {
            let years = &stream.truth.admissions[institution.key()];
            assert_eq!(
                of_run[institution.position()],
                u64::from(years.values().sum::<u32>())
            );
        }
    }
}

/// Per institution who is left in a cohort, whether or not followed; steps that the protocol does
/// not take are not told.
fn members(estimates: &[Estimate], id: &str, kind: CohortKind) -> [u64; 4] {
    let Shape::Attrition(attrition) = shape(estimates, id) else {
        panic!("{id} is no attrition")
    };
    let leaves_out = |reason: &str| {
        let mut steps = Exclusion::steps(kind)
            .iter()
            .filter(|step| !step.keeps_member());
        steps.any(|step| step.label(kind) == reason)
    };
    let last = attrition
        .steps
        .iter()
        .rfind(|step| leaves_out(&step.reason));
    last.map_or(attrition.start, |step| step.remaining)
        .per_institution
}

fn shape<'a>(estimates: &'a [Estimate], id: &str) -> &'a Shape {
    let found = estimates
        .iter()
        .find(|estimate| estimate.meta.id.as_str() == id);
    found.unwrap().outcome.as_ref().unwrap()
}

/// Without time-outs neither what a time-out begins nor what it ends is counted.
#[test]
fn cohorts_without_time_outs_are_counted_exactly() {
    for stream in streams() {
        let estimates = curve_estimates(stream);
        let known = |institution: &str| Institution::from_key(institution).unwrap().position();
        let (mut admissions, mut exits) = ([0; 4], [0; 4]);
        let stays = || stream.truth.stays.iter().filter(|stay| !stay.objection);
        for stay in stays().filter(|stay| stay.kind != EntryKind::TimeOut) {
            let before = |other: &&TrueStay| {
                other.away && other.person == stay.person && other.exit < Some(stay.admitted)
            };
            let resumed = stay.kind == EntryKind::Resumed && stays().any(|other| before(&other));
            let within = stay.admitted >= stream.truth.observed_from;
            admissions[known(stay.institution)] += u64::from(within && !resumed);
            exits[known(stay.institution)] += u64::from(stay.exit.is_some() && !stay.away);
        }
        let counted = |id, kind| members(&estimates, id, kind);
        assert_eq!(counted("instroom-verloop", CohortKind::Intake), admissions);
        assert_eq!(counted("uitstroom-verloop", CohortKind::Exit), exits);
    }
}

#[test]
fn exits_are_counted_exactly_by_destination() {
    for stream in streams() {
        let Shape::Frequency(table) = shape(&stream.estimates, "bestemming") else {
            panic!("no table")
        };
        let mut wanted: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        let stays = stream.truth.stays.iter().filter(|stay| !stay.objection);
        for stay in stays.filter(|stay| stay.exit.is_some()) {
            let facility = Facility::from_key(stay.destination.unwrap()).unwrap();
            let institution = Institution::from_key(stay.institution).unwrap();
            *wanted
                .entry((facility.group().label(), institution.label()))
                .or_default() += 1;
        }
        assert_eq!(cells(table), wanted);
        let by_destination = stream.truth.exits_by_destination.values().sum::<u32>();
        assert_eq!(
            cells(table).values().sum::<u64>(),
            u64::from(by_destination)
        );
    }
}

/// The cells that are not zero.
fn cells(table: &FrequencyTable) -> BTreeMap<(&str, &str), u64> {
    let mut cells = BTreeMap::new();
    for (row, row_label) in table.rows.iter().enumerate() {
        for (column, column_label) in table.columns.iter().enumerate() {
            let count = table.cell(row, column).count;
            if count > 0 {
                cells.insert((row_label.as_str(), column_label.as_str()), count);
            }
        }
    }
    cells
}

const HORIZONS: [u32; 4] = [183, 365, 730, 1_460];

/// Estimates of curves, without time-outs in the cohorts, read at the horizons.
fn curve_estimates(stream: &Streamed) -> Vec<Estimate> {
    let mut study = stream.questions.clone();
    study.intake.time_outs = TimeOuts::Drop;
    study.exit.time_outs = TimeOuts::Drop;
    study.min_events = 1;
    analyse(&stream.linked, &study, &stream.provenance)
}

fn series<'a>(estimates: &'a [Estimate], id: &str, label: Option<&str>) -> &'a Series {
    let Shape::Curves(curves) = shape(estimates, id) else {
        panic!("{id} is no curve")
    };
    let mut found = curves.series.iter();
    found
        .find(|series| label.is_none_or(|label| series.label == label))
        .unwrap()
}

/// The curve on a day, if anything has happened by then.
fn read_at(series: &Series, day: u32) -> Option<Step> {
    let until = |step: &&Step| step.time.get() <= day as i32;
    series.steps.iter().take_while(until).last().copied()
}

/// One curve on one day, over the seeds: the true value and what was found.
struct Point {
    what: String,
    found: Vec<(f64, Step)>,
}

/// Judges points by their pointwise 95 % limits.
///
/// Seeds are independent, so at one point the number of seeds of which the limits miss the
/// truth is binomial (6, 0.05): more than two has a chance of 0.2 %. And the mean deviation in
/// its standard errors is near normal: beyond 3.5 has a chance of 0.05 %. Over the at most 16
/// points of a test a right program would fail for 4 % of the choices of seeds; the seeds are
/// fixed, so it either does or does not. A bias of two standard errors of one seed's estimate
/// moves the mean over six seeds by 4.9 of its own, and is found.
fn judge(points: &[Point]) {
    let (mut inside, mut all) = (0, 0);
    for point in points {
        assert_eq!(point.found.len(), streams().len(), "{}", point.what);
        let missed = point
            .found
            .iter()
            .filter(|(truth, step)| !(step.lower..=step.upper).contains(truth));
        let missed = missed.count();
        let deviation: f64 = point
            .found
            .iter()
            .map(|(truth, step)| step.estimate - truth)
            .sum();
        let variance: f64 = point
            .found
            .iter()
            .map(|(_, step)| step.std_err.powi(2))
            .sum();
        let z = deviation / variance.sqrt();
        println!(
            "{}: {missed} of {} limits miss, mean deviation {z:+.2} standard errors",
            point.what,
            point.found.len()
        );
        assert!(
            missed <= 2,
            "{}: {missed} limits miss the truth",
            point.what
        );
        assert!(
            z.abs() <= 3.5,
            "{}: off by {z:.2} standard errors",
            point.what
        );
        inside += point.found.len() - missed;
        all += point.found.len();
    }
    println!("{inside} of {all} limits hold the truth");
}

/// The intake cohort is observed from admission on, so that its truth is the declared one.
#[test]
fn length_of_stay_lies_in_its_band() {
    let truth = TrueCurves::of(&Parameters::declared());
    let estimates: Vec<_> = streams().iter().map(curve_estimates).collect();
    let point = |day: u32| Point {
        what: format!("length of stay, day {day}"),
        found: estimates
            .iter()
            .map(|of| {
                let step = read_at(series(of, "verblijfsduur", None), day).unwrap();
                (truth.stay_survival(day), step)
            })
            .collect(),
    };
    judge(&HORIZONS.map(point));
}

/// Return with time-outs, for that is the definition by which the first event after an exit
/// ends the follow-up, as in the declared truth. (Without, follow-up goes on after a time-out
/// under a hazard that the truth does not give; its events are compared one by one below.)
/// Events of which fewer than eight are expected are left out: their limits rest on too few.
#[test]
fn return_lies_in_its_band() {
    let truth = TrueCurves::of(&Parameters::declared());
    let definition = ReturnDefinition {
        time_outs: true,
        other_borg: true,
    };
    let causes = [("terugkeer", 0), ("detentie", 1), ("opname elders", 2)];
    let mut points = Vec::new();
    let estimates: Vec<_> = streams().iter().map(curve_estimates).collect();
    let exits: Vec<_> = streams().iter().map(Streamed::first_exits).collect();
    for (label, cause) in causes {
        for day in HORIZONS {
            let declared: Vec<f64> = exits
                .iter()
                .map(|exits| truth.return_incidence(exits, definition, day)[day as usize][cause])
                .collect();
            if declared
                .iter()
                .zip(&exits)
                .any(|(p, exits)| p * (exits.len() as f64) < 8.0)
            {
                continue;
            }
            let step = |of: &Vec<Estimate>| {
                read_at(
                    series(of, "terugkeer-elke-borg-met-timeout", Some(label)),
                    day,
                )
                .unwrap()
            };
            points.push(Point {
                what: format!("{label}, day {day}"),
                found: declared
                    .into_iter()
                    .zip(estimates.iter().map(step))
                    .collect(),
            });
        }
    }
    assert!(points.len() >= 8, "only {} points", points.len());
    judge(&points);
}

/// What the causes of a curve of return are in truth.
const CAUSES: [(&str, &[EventKind]); 4] = [
    (
        "terugkeer",
        &[
            EventKind::TimeOut,
            EventKind::Resumed,
            EventKind::SameBorg,
            EventKind::OtherBorg,
        ],
    ),
    ("detentie", &[EventKind::Detention]),
    ("opname elders", &[EventKind::Elsewhere]),
    ("overleden", &[EventKind::Death]),
];

/// The events behind the curve of return are the true first events, one by one. A pair of
/// clients that linking missed may move one event and one exit, and no more.
#[test]
fn events_after_exit_are_counted_exactly() {
    events_are_counted_exactly("terugkeer-elke-borg-met-timeout", |stream| {
        let exits = stream.first_exits().into_iter();
        exits.map(|exit| exit.first_event).collect()
    });
}

/// Without time-outs too: nobody who is back from one has left, and later exits are followed.
#[test]
fn events_without_time_outs_are_counted_exactly() {
    events_are_counted_exactly("terugkeer-elke-borg", |stream| {
        let exits = stream.first_exits_without_time_outs().into_iter();
        exits
            .map(|exit| stream.event_without_time_outs(&exit))
            .collect()
    });
    let away = |stream: &Streamed| stream.truth.exits.iter().filter(|exit| exit.away).count();
    let away: usize = streams().iter().map(away).sum();
    assert!(away >= 100, "only {away} times away: little was tried");
}

/// Compares a curve of return with the first event after each exit that it follows.
fn events_are_counted_exactly(id: &str, truth: impl Fn(&Streamed) -> Vec<Option<EventKind>>) {
    let mut exact = 0;
    for stream in streams() {
        let estimates = curve_estimates(stream);
        let events = truth(stream);
        let missed = stream.missed_pairs();
        exact += usize::from(missed == 0);
        let Shape::Curves(curves) = shape(&estimates, id) else {
            panic!("no curve")
        };
        let near = |found: u64, wanted: usize, what: &str| {
            assert!(
                found.abs_diff(wanted as u64) <= missed,
                "{what}: {found}, not {wanted}"
            );
        };
        near(curves.strata[0].size.count, events.len(), "exits");
        for (label, kinds) in CAUSES {
            let of_kind =
                |event: &&Option<EventKind>| event.is_some_and(|kind| kinds.contains(&kind));
            let found = curves.series.iter().find(|series| series.label == label);
            let found = found.map_or(0, |series| series.events.count);
            near(found, events.iter().filter(of_kind).count(), label);
        }
    }
    assert!(
        exact >= 2,
        "no seed without a missed pair: nothing was compared exactly"
    );
}

/// With the policy of relative days nothing in the study says on what day anything was.
#[test]
fn a_relative_study_holds_no_calendar_day() {
    for stream in streams() {
        assert!(
            stream
                .relative
                .persons
                .iter()
                .all(|person| person.day_zero.is_none())
        );
        assert!(
            stream
                .relative
                .content
                .clients
                .iter()
                .all(|client| client.birth_year.is_none())
        );
        let first: BTreeSet<i32> = first_days(&stream.relative);
        assert_eq!(first, BTreeSet::from([0]));
    }
}

/// The day number of each person's first admission.
fn first_days(linked: &record::LinkedContent) -> BTreeSet<i32> {
    let mut first: BTreeMap<usize, i32> = BTreeMap::new();
    for row in &linked.content.admissions {
        let person = linked.person_of(row.client).position();
        let day = row.admitted.number();
        first
            .entry(person)
            .and_modify(|known| *known = day.min(*known))
            .or_insert(day);
    }
    first.into_values().collect()
}

/// What `tests/r/curves.R` compares; kept where `DOORSTROOM_R_CHECK` says.
#[test]
fn curves_can_be_handed_to_r() {
    let stream = &streams()[0];
    let rows = analysis::survival_csv(&analysis::survival_export(
        &stream.relative,
        &stream.questions,
    ));
    let estimates = serde_json::to_string(&stream.estimates).unwrap();
    assert!(rows.lines().count() > 500, "{} rows", rows.lines().count());
    for id in ["verblijfsduur", "uitstroom-soort", "terugkeer-elke-borg"] {
        assert!(rows.contains(&format!("\n{id},")) && estimates.contains(&format!("\"{id}\"")));
    }
    if let Some(folder) = std::env::var_os("DOORSTROOM_R_CHECK") {
        let folder = std::path::PathBuf::from(folder);
        store::files::create_folder(&folder).unwrap();
        store::files::write_bytes(&folder.join("rows.csv"), rows.as_bytes()).unwrap();
        store::files::write_bytes(&folder.join("estimates.json"), estimates.as_bytes()).unwrap();
    }
}
