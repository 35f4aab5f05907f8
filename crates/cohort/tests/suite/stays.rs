//! How long a stay is observed: what the window cuts off.

use crate::drawing::Drawing;
use calendar::HalfYear;
use cohort::{CohortDefinition, CohortKind, ReturnRules, StayOutcome, TimeOuts};
use trajectory::StayIndex;

/// A cohort of admissions with time-outs.
fn with_time_outs() -> CohortDefinition {
    let half = |half| HalfYear::new(2022, half).expect("1 and 2 are halves");
    let definition = CohortDefinition::over(CohortKind::Intake, half(1), half(2));
    CohortDefinition {
        time_outs: TimeOuts::Keep,
        ..definition.expect("the halves rise")
    }
}

/// Entry, exit and whether the client was seen to leave, for the first stay of a drawing.
fn followed(text: &str) -> Option<(i32, i32, bool)> {
    followed_by(&with_time_outs(), text)
}

fn followed_by(definition: &CohortDefinition, text: &str) -> Option<(i32, i32, bool)> {
    let drawing = Drawing::parse(text, 0);
    let stay = drawing.episodes().read(StayIndex(0), definition.time_outs);
    let window = drawing.linked.persons[0].windows[stay.institution as usize];
    let observed = definition.follow(ReturnRules::default(), &stay, window)?;
    let left = matches!(observed.outcome, StayOutcome::Left(_));
    Some((observed.entry, observed.exit, left))
}

#[test]
fn a_stay_inside_the_window_is_followed_from_admission_to_exit() {
    let text = "window STEVIG 0..1000\nSTEVIG 10..110 BEH_AFGEROND > VG_6";
    assert_eq!(followed(text), Some((-1, 100, true)));
}

#[test]
fn a_stay_that_runs_on_is_censored_on_the_last_day_observed() {
    // Day 999 is the last one observed: 989 days after the admission.
    assert_eq!(
        followed("window STEVIG 0..1000\nSTEVIG 10.."),
        Some((-1, 989, false))
    );
    let later = "window STEVIG 0..1000\nSTEVIG 10..1000 BEH_AFGEROND > VG_6";
    assert_eq!(followed(later), Some((-1, 989, false)));
    let last = "window STEVIG 0..1000\nSTEVIG 10..999 BEH_AFGEROND > VG_6";
    assert_eq!(followed(last), Some((-1, 989, true)));
}

#[test]
fn a_stay_from_before_the_window_is_at_risk_from_its_first_day_on() {
    // Day 50, the first one observed, is day 40 of the stay; the entry is the day before.
    assert_eq!(
        followed("window STEVIG 50..1000\nSTEVIG 10.."),
        Some((39, 989, false))
    );
    let first = "window STEVIG 50..1000\nSTEVIG 10..50 BEH_AFGEROND > VG_6";
    assert_eq!(followed(first), Some((39, 40, true)));
}

#[test]
fn a_stay_outside_the_window_is_not_observed() {
    let before = "window STEVIG 50..1000\nSTEVIG 10..49 BEH_AFGEROND > VG_6";
    assert_eq!(followed(before), None);
    assert_eq!(followed("window STEVIG 0..10\nSTEVIG 20.."), None);
    assert_eq!(followed("window WIER 0..1000\nSTEVIG 20.."), None);
}

#[test]
fn a_stay_of_one_day_counts() {
    let text = "window STEVIG 0..1000\nSTEVIG 10..10 BEH_AFGEROND > VG_6";
    assert_eq!(followed(text), Some((-1, 0, true)));
}

#[test]
fn without_time_outs_observation_ends_where_they_are_known() {
    let definition = CohortDefinition {
        time_outs: TimeOuts::Drop,
        ..with_time_outs()
    };
    // Day 943 is the last one from which 56 days are seen.
    for (stay, expected) in [
        ("STEVIG 10..", (-1, 933, false)),
        ("STEVIG 10..943 BEH_AFGEROND > VG_6", (-1, 933, true)),
        ("STEVIG 10..944 BEH_AFGEROND > VG_6", (-1, 933, false)),
        ("STEVIG 10..943 TIMEOUT > KIB_HIC", (-1, 933, true)),
        ("STEVIG 10..944 TIMEOUT > KIB_HIC", (-1, 933, false)),
        (
            "STEVIG 10..100 TIMEOUT > KIB_HIC\nSTEVIG 120..400 BEH_AFGEROND > VG_6",
            (-1, 390, true),
        ),
    ] {
        let text = format!("window STEVIG 0..1000\n{stay}");
        assert_eq!(followed_by(&definition, &text), Some(expected), "{stay}");
    }
}

#[test]
fn nobody_is_at_risk_before_the_shortest_stay() {
    let definition = CohortDefinition {
        min_stay_days: 90,
        ..with_time_outs()
    };
    let followed = |stay: &str| followed_by(&definition, &format!("window STEVIG 0..1000\n{stay}"));
    // Who leaves on day 90 of the stay has stayed for 90 days, and is at risk on that day.
    let first = followed("STEVIG 10..100 BEH_AFGEROND > VG_6");
    assert_eq!(first, Some((89, 90, true)));
    assert_eq!(followed("STEVIG 10..99 BEH_AFGEROND > VG_6"), None);
    assert_eq!(followed("STEVIG 10.."), Some((89, 989, false)));
    assert_eq!(followed("STEVIG 920.."), None);
}
