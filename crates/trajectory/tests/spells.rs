//! Spells in order of time, and histories without overlap.

use calendar::{DayPoint, HalfYear, RelativeDay};
use codes::*;
use proptest::prelude::*;
use record::*;
use trajectory::{Ending, Rule, State, Trajectories};

fn day(number: i32) -> RelativeDay {
    RelativeDay::from_number(number)
}

fn half_year() -> HalfYear {
    HalfYear::new(2024, 1).expect("1 is a half")
}

/// A stay to be put into rows: institution, first day, exit, placements (start, end, level).
#[derive(Clone, Debug)]
struct Drawn {
    person: u32,
    institution: Institution,
    admitted: i32,
    left: Option<i32>,
    placements: Vec<(i32, Option<i32>, SecurityLevel)>,
}

fn stay(institution: Institution, admitted: i32, left: Option<i32>) -> Drawn {
    Drawn {
        person: 0,
        institution,
        admitted,
        left,
        placements: Vec::new(),
    }
}

impl Drawn {
    fn with(mut self, start: i32, end: Option<i32>, security: SecurityLevel) -> Self {
        self.placements.push((start, end, security));
        self
    }
}

/// One client row per institution and person, in the order in which they come.
fn linked(persons: u32, stays: &[Drawn]) -> LinkedContent {
    let mut linked = LinkedContent::default();
    for _ in 0..persons {
        linked.persons.push(Person {
            age: None,
            sex: Sex::Unknown,
            first_half_year: half_year(),
            day_zero: None,
            windows: [None; Institution::ALL.len()],
        });
    }
    for stay in stays {
        add(&mut linked, stay);
    }
    linked
}

fn add(linked: &mut LinkedContent, drawn: &Drawn) {
    let content = &mut linked.content;
    let client_index = ClientIndex(content.clients.len() as u32);
    let admission = AdmissionIndex(content.admissions.len() as u32);
    content.clients.push(Client::unknown(drawn.institution));
    content.row_ids.push(RowId([0; 16]));
    linked.person_of_client.push(PersonIndex(drawn.person));
    content.admissions.push(Admission {
        client: client_index,
        admitted: day(drawn.admitted),
        origin: None,
        referrer: None,
        ready_for_exit: None,
    });
    linked.admission_half_years.push(half_year());
    for &(start, end, security) in &drawn.placements {
        content.placements.push(Placement {
            admission,
            start: day(start),
            end: end.map(day),
            facility: Facility::BorgKlin,
            security,
            group_type: None,
            phase: None,
        });
    }
    if let Some(left) = drawn.left {
        exit(linked, admission, left);
    }
}

fn exit(linked: &mut LinkedContent, admission: AdmissionIndex, left: i32) {
    linked.content.exits.push(Exit {
        admission,
        day: day(left),
        reason: ExitReason::Completed,
        planned: None,
        destination: Facility::Vg6,
        destination_security: None,
        warm_handover: None,
        handover_days: None,
        outreach: None,
        signal_plan: None,
    });
    linked.exit_half_years.push(half_year());
}

const ONLY: PersonIndex = PersonIndex(0);

fn history(
    stays: &[Drawn],
    rule: Rule,
) -> Vec<(i32, Option<i32>, Institution, Option<SecurityLevel>)> {
    let trajectories = Trajectories::assemble(&linked(1, stays));
    let states = trajectories.states(ONLY, rule);
    let plain = |state: &State| {
        let end = state.period.end().map(DayPoint::number);
        (
            state.period.start().number(),
            end,
            state.institution,
            state.security,
        )
    };
    states.states().iter().map(plain).collect()
}

use Institution::{Stevig, Wier};
use SecurityLevel::{Closed, Open, Three};

#[test]
fn overlapping_stays_are_kept_and_ordered() {
    let linked = linked(1, &[stay(Wier, 95, None), stay(Stevig, 0, Some(100))]);
    let trajectories = Trajectories::assemble(&linked);
    let stays = trajectories.stays_of(ONLY);
    let found: Vec<_> = stays
        .iter()
        .map(|stay| (stay.institution, stay.left()))
        .collect();
    assert_eq!(found, [(Stevig, Some(day(100))), (Wier, None)]);
    assert_eq!(
        stays[0].ending,
        Ending::Left(*stays[0].departure().unwrap())
    );
    assert_eq!(stays[1].ending, Ending::Ongoing);
}

#[test]
fn an_exit_before_the_admission_gives_no_end() {
    let linked = linked(1, &[stay(Stevig, 10, Some(5))]);
    let trajectories = Trajectories::assemble(&linked);
    let stay = &trajectories.stays_of(ONLY)[0];
    assert_eq!(stay.ending, Ending::Contradictory);
    assert_eq!((stay.left(), stay.length()), (None, None));
    assert!(
        trajectories
            .states(ONLY, Rule::LatestAdmission)
            .states()
            .is_empty()
    );
}

#[test]
fn the_same_exit_twice_is_one_and_two_different_ones_contradict() {
    let mut linked = linked(1, &[stay(Stevig, 0, Some(50))]);
    exit(&mut linked, AdmissionIndex(0), 50);
    assert_eq!(
        Trajectories::assemble(&linked).stays_of(ONLY)[0].left(),
        Some(day(50))
    );
    exit(&mut linked, AdmissionIndex(0), 60);
    let trajectories = Trajectories::assemble(&linked);
    assert_eq!(trajectories.stays_of(ONLY)[0].ending, Ending::Contradictory);
}

#[test]
fn rules_choose_differently_where_stays_overlap() {
    let stays = [
        stay(Stevig, 0, Some(100)).with(0, Some(100), Three),
        stay(Wier, 90, Some(200)).with(90, None, Closed),
    ];
    assert_eq!(
        history(&stays, Rule::HighestSecurity),
        [
            (0, Some(100), Stevig, Some(Three)),
            (100, Some(200), Wier, Some(Closed))
        ]
    );
    assert_eq!(
        history(&stays, Rule::LatestAdmission),
        [
            (0, Some(90), Stevig, Some(Three)),
            (90, Some(200), Wier, Some(Closed))
        ]
    );
}

#[test]
fn a_stay_without_a_placement_has_no_known_security() {
    let stays = [stay(Stevig, 0, Some(100)).with(40, Some(60), Open)];
    assert_eq!(
        history(&stays, Rule::HighestSecurity),
        [
            (0, Some(40), Stevig, None),
            (40, Some(60), Stevig, Some(Open)),
            (60, Some(100), Stevig, None)
        ]
    );
}

#[test]
fn placements_are_cut_to_their_stay() {
    let stays = [stay(Stevig, 0, Some(100))
        .with(-20, Some(300), Open)
        .with(150, None, Three)];
    assert_eq!(
        history(&stays, Rule::HighestSecurity),
        [(0, Some(100), Stevig, Some(Open))]
    );
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let placement = (-5..120_i32, proptest::option::of(0..60_i32), 0..6_usize).prop_map(
        |(start, length, level)| (start, length.map(|l| start + l), SecurityLevel::ALL[level]),
    );
    let placements = proptest::collection::vec(placement, 0..4);
    (
        0..3_u32,
        0..4_usize,
        0..100_i32,
        proptest::option::of(-3..60_i32),
        placements,
    )
        .prop_map(
            |(person, institution, admitted, length, placements)| Drawn {
                person,
                institution: Institution::ALL[institution],
                admitted,
                left: length.map(|length| admitted + length),
                placements,
            },
        )
}

proptest! {
    #[test]
    fn states_never_overlap_and_agree_with_single_days(stays in proptest::collection::vec(drawn(), 0..12)) {
        let trajectories = Trajectories::assemble(&linked(3, &stays));
        for person in (0..3).map(PersonIndex) {
            for rule in [Rule::HighestSecurity, Rule::LatestAdmission] {
                let history = trajectories.states(person, rule);
                for pair in history.states().windows(2) {
                    let end = pair[0].period.end();
                    prop_assert!(end.is_some_and(|end| end <= pair[1].period.start()));
                }
                for number in -10..200 {
                    let on = history.on(day(number)).map(|state| (state.institution, state.security));
                    prop_assert_eq!(on, trajectories.state_on(person, rule, day(number)));
                    let inside = trajectories.stays_of(person).iter().any(|stay| stay.contains(day(number)));
                    prop_assert_eq!(on.is_some(), inside);
                }
            }
        }
    }

    #[test]
    fn the_order_of_the_rows_does_not_matter(
        (stays, shuffled) in proptest::collection::vec(drawn(), 0..12)
            .prop_flat_map(|stays| (Just(stays.clone()), Just(stays).prop_shuffle()))
    ) {
        let (one, two) = (linked(3, &stays), linked(3, &shuffled));
        let (one, two) = (Trajectories::assemble(&one), Trajectories::assemble(&two));
        for person in (0..3).map(PersonIndex) {
            let plain = |trajectories: &Trajectories| -> Vec<_> {
                let stays = trajectories.stays_of(person).iter();
                stays.map(|stay| (stay.institution, stay.admitted, stay.left())).collect()
            };
            prop_assert_eq!(plain(&one), plain(&two));
            for rule in [Rule::HighestSecurity, Rule::LatestAdmission] {
                prop_assert_eq!(one.states(person, rule), two.states(person, rule));
            }
        }
    }
}
