//! Who is selected, and at which step somebody is left out.

use crate::drawing::Drawing;
use calendar::HalfYear;
use codes::LegalGround;
use cohort::{
    CohortDefinition, CohortKind, Exclusion, Selected, StudyDefinition, TimeOuts, select,
};

/// Day 0 of a drawing is 1 January 2022; the period is 2022.
fn definition(kind: CohortKind) -> CohortDefinition {
    let half = |half| HalfYear::new(2022, half).expect("1 and 2 are halves");
    CohortDefinition::over(kind, half(1), half(2)).expect("the halves rise")
}

fn run(text: &str, definition: &CohortDefinition) -> Selected {
    let drawing = Drawing::parse(text, 0);
    select(definition, &drawing.episodes(), &drawing.linked)
}

fn reasons(selected: &Selected) -> Vec<Option<Exclusion>> {
    let candidates = selected.attrition.candidates.iter();
    candidates.map(|candidate| candidate.excluded).collect()
}

const THREE_STAYS: &str = "window STEVIG 0..2000
STEVIG 0..100 BEH_AFGEROND > VG_6
STEVIG 200..300 BEH_AFGEROND > VG_6
STEVIG 500..";

#[test]
fn an_intake_cohort_follows_the_first_admission_of_each_client() {
    let selected = run(THREE_STAYS, &definition(CohortKind::Intake));
    let later = Some(Exclusion::LaterOfSameClient);
    assert_eq!(
        reasons(&selected),
        [None, later, Some(Exclusion::OutsidePeriod)]
    );
    assert_eq!(selected.cohort.members.len(), 2);
    assert_eq!(selected.cohort.followed.len(), 1);
}

#[test]
fn an_exit_cohort_considers_only_who_left() {
    let selected = run(THREE_STAYS, &definition(CohortKind::Exit));
    assert_eq!(
        reasons(&selected),
        [None, Some(Exclusion::LaterOfSameClient)]
    );
}

#[test]
fn an_exit_after_the_window_counts_but_is_not_followed() {
    let text = "window STEVIG 0..150\nSTEVIG 0..160 BEH_AFGEROND > VG_6";
    let selected = run(text, &definition(CohortKind::Exit));
    assert_eq!(reasons(&selected), [Some(Exclusion::OutsideWindow)]);
    assert_eq!(selected.cohort.members.len(), 1);
    assert!(selected.cohort.followed.is_empty());
}

#[test]
fn an_exit_before_the_admission_is_contradictory() {
    let text = "window STEVIG 0..2000\nSTEVIG 100..90 BEH_AFGEROND > VG_6";
    for kind in [CohortKind::Intake, CohortKind::Exit] {
        let selected = run(text, &definition(kind));
        assert_eq!(reasons(&selected), [Some(Exclusion::ContradictoryDates)]);
        assert!(selected.cohort.members.is_empty());
    }
}

#[test]
fn one_objection_takes_the_person_out_everywhere() {
    let text = "window STEVIG 0..2000\nwindow WIER 0..2000
STEVIG 0..100 BEH_AFGEROND > VG_6\nWIER 200..300 BEH_AFGEROND > VG_6";
    let mut drawing = Drawing::parse(text, 0);
    drawing.linked.content.clients[1].ground = LegalGround::Objection;
    let definition = definition(CohortKind::Intake);
    let selected = select(&definition, &drawing.episodes(), &drawing.linked);
    assert_eq!(reasons(&selected), [Some(Exclusion::NoGround); 2]);
}

#[test]
fn time_outs_are_left_out_unless_the_protocol_keeps_them() {
    let text = "window STEVIG 0..2000
STEVIG 0..100 BEH_AFGEROND > VG_7\nSTEVIG 150..170 TIMEOUT > VG_7";
    let mut definition = definition(CohortKind::Exit);
    let without = run(text, &definition);
    assert_eq!(reasons(&without), [None, Some(Exclusion::TimeOut)]);
    definition.time_outs = TimeOuts::Keep;
    let with = run(text, &definition);
    assert_eq!(reasons(&with), [None, Some(Exclusion::LaterOfSameClient)]);
}

#[test]
fn an_exit_for_a_time_out_is_left_out_where_the_client_came_back() {
    let text = "window STEVIG 0..2000
STEVIG 0..100 TIMEOUT > KIB_HIC\nSTEVIG 120..300 BEH_AFGEROND > VG_6";
    let mut exits = definition(CohortKind::Exit);
    let selected = run(text, &exits);
    assert_eq!(reasons(&selected), [Some(Exclusion::TimeOut), None]);
    exits.time_outs = TimeOuts::Keep;
    let later = Some(Exclusion::LaterOfSameClient);
    assert_eq!(reasons(&run(text, &exits)), [None, later]);

    let mut admissions = definition(CohortKind::Intake);
    let selected = run(text, &admissions);
    assert_eq!(reasons(&selected), [None, Some(Exclusion::TimeOut)]);
    admissions.time_outs = TimeOuts::Keep;
    assert_eq!(reasons(&run(text, &admissions)), [None, later]);
}

#[test]
fn a_shortest_stay_leaves_out_who_left_or_was_not_seen_as_long() {
    let mut admissions = definition(CohortKind::Intake);
    admissions.min_stay_days = 90;
    let reason = |stay: &str| {
        let text = format!("window STEVIG 0..700\n{stay}");
        reasons(&run(&text, &admissions))[0]
    };
    assert_eq!(
        reason("STEVIG 0..89 BEH_AFGEROND > VG_6"),
        Some(Exclusion::ShortStay)
    );
    assert_eq!(reason("STEVIG 0..90 BEH_AFGEROND > VG_6"), None);
    assert_eq!(reason("STEVIG 300.."), None);
    let short = run("window STEVIG 0..389\nSTEVIG 300..", &admissions);
    assert_eq!(reasons(&short), [Some(Exclusion::ShortStay)]);
    // Seen for 90 days, but without a day at risk before the last 56.
    let late = run("window STEVIG 0..390\nSTEVIG 300..", &admissions);
    assert_eq!(reasons(&late), [Some(Exclusion::OutsideWindow)]);
}

#[test]
fn remaining_is_what_the_steps_leave() {
    let selected = run(THREE_STAYS, &definition(CohortKind::Intake));
    let mut left = selected.attrition.candidates.len();
    for &step in Exclusion::steps(CohortKind::Intake) {
        left -= selected.attrition.excluded(step).count();
        assert_eq!(selected.attrition.remaining(step).count(), left, "{step:?}");
    }
    assert_eq!(left, selected.cohort.followed.len());
}

#[test]
fn a_protocol_is_read_as_people_write_it() {
    let written = r#"
        horizonten = [183, 365]
        kenmerken = ["leeftijd", "iq"]

        [instroom]
        soort = "instroom"
        jaar = 2024

        [ontslag]
        soort = "ontslag"
        van = "2022-H2"
        tot_en_met = "2024-H2"
        time_outs = "meetellen"

        [terugkeer]
        time_out_dagen = 28
    "#;
    let study: StudyDefinition = toml::from_str(written).unwrap();
    assert_eq!(study.intake.time_outs, TimeOuts::Drop);
    assert_eq!(study.exit.time_outs, TimeOuts::Keep);
    assert_eq!(
        (
            study.returns.time_out_max_days,
            study.returns.transfer_max_days
        ),
        (28, 1)
    );
    assert_eq!(
        (study.horizons.as_slice(), study.min_events),
        ([183, 365].as_slice(), 10)
    );
    let again: StudyDefinition = toml::from_str(&toml::to_string(&study).unwrap()).unwrap();
    assert_eq!(again, study);
}

#[test]
fn periods_are_told_in_words() {
    for (written, text) in [
        ("jaar = 2024", "2024"),
        (
            "van = \"2022-H1\"\ntot_en_met = \"2024-H2\"",
            "de jaren 2022 tot en met 2024",
        ),
        (
            "van = \"2024-H1\"\ntot_en_met = \"2024-H1\"",
            "de eerste helft van 2024",
        ),
        (
            "van = \"2022-H2\"\ntot_en_met = \"2024-H1\"",
            "de periode van de tweede helft van 2022 tot en met de eerste helft van 2024",
        ),
    ] {
        let cohort: CohortDefinition =
            toml::from_str(&format!("soort = \"instroom\"\n{written}")).unwrap();
        assert_eq!(cohort.period_text(), text);
    }
}

#[test]
fn a_cohort_without_a_clear_period_is_refused() {
    for (written, why) in [
        ("", "geef óf `jaar`, óf `van` en `tot_en_met`"),
        (
            "jaar = 2024\nvan = \"2024-H1\"",
            "geef óf `jaar`, óf `van` en `tot_en_met`",
        ),
        ("van = \"2024-H2\"\ntot_en_met = \"2024-H1\"", "ligt vóór"),
        (
            "van = \"2024-3\"\ntot_en_met = \"2024-H1\"",
            "een halfjaar schrijft u als",
        ),
        ("jaar = 24", "dit jaar kan niet"),
        ("jaar = 2024\nkleur = \"rood\"", "kleur"),
    ] {
        let text = format!("soort = \"instroom\"\n{written}");
        let error = toml::from_str::<CohortDefinition>(&text).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
}
