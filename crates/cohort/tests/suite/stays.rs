//! How long a stay is observed: what the window cuts off.

use crate::drawing::Drawing;
use cohort::{StayOutcome, follow_stay};
use record::PersonIndex;
use trajectory::Trajectories;

/// Entry, exit and whether the client was seen to leave, for the one stay of a drawing.
fn followed(text: &str) -> Option<(i32, i32, bool)> {
    let drawing = Drawing::parse(text, 0);
    let trajectories = Trajectories::assemble(&drawing.linked);
    let stay = &trajectories.stays_of(PersonIndex(0))[0];
    let window = drawing.linked.persons[0].windows[stay.institution as usize];
    let observed = follow_stay(stay, window)?;
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
