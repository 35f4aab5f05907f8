//! Reliable change by hand, and every reason for speaking of groups only.

mod common;

use codes::Instrument;
use common::{head, read, scale, total};
use questionnaire::{
    Change, ChangePolicy, GroupLevelOnly, InstrumentDefinition, Library, Population,
};

fn shipped(code: Instrument) -> &'static InstrumentDefinition {
    Library::shipped().get(code).expect("it is shipped")
}

const POLICY: ChangePolicy = ChangePolicy {
    population: Population::LvbInpatient,
    minimum_reliability: 0.70,
    critical: 1.96,
};

/// The same figures as in the domain's own table: r and the half-width in standard deviations.
#[test]
fn half_widths_in_standard_deviations_by_hand() {
    let gci = shipped(Instrument::Gci);
    // 1.96 · √2 · √(1 − r): √0.16 = 0.4 and √0.24 …
    let cases = [
        (None, 1.96 * 2f64.sqrt() * 0.08f64.sqrt(), "0.78"),
        (Some("STEUN"), 1.96 * 2f64.sqrt() * 0.12f64.sqrt(), "0.96"),
        (Some("GROEI"), 1.96 * 2f64.sqrt() * 0.21f64.sqrt(), "1.27"),
        (Some("SFEER"), 1.96 * 2f64.sqrt() * 0.24f64.sqrt(), "1.36"),
    ];
    for (scale, by_hand, shown) in cases {
        let band = gci.reliable_band(scale, 1.0, POLICY).unwrap();
        assert!((band.half_width() - by_hand).abs() < 1e-12);
        assert_eq!(format!("{:.2}", band.half_width()), shown);
        let twice = gci.reliable_band(scale, 2.0, POLICY).unwrap();
        assert!((twice.half_width() - 2.0 * by_hand).abs() < 1e-12);
    }
}

/// The worked example of the estimator in `statistics`: SD 5 and r 0.92 make S_diff 2.
#[test]
fn the_index_is_that_of_jacobson_and_truax() {
    let band = shipped(Instrument::Gci)
        .reliable_band(None, 5.0, POLICY)
        .unwrap();
    for (before, after, index) in [(35.0, 12.0, -11.5), (25.0, 24.0, -0.5), (30.0, 31.0, 0.5)] {
        assert!((band.index(before, after) - index).abs() < 1e-12);
    }
    assert_eq!(band.reliability().value, 0.92);
}

#[test]
fn bands_and_direction() {
    let better = shipped(Instrument::Gci)
        .reliable_band(None, 5.0, POLICY)
        .unwrap();
    let worse = shipped(Instrument::Demo15)
        .reliable_band(None, 5.0, POLICY)
        .unwrap();
    for (rise, change) in [
        (6.0, Change::ReliablyImproved),
        (1.0, Change::NoReliableChange),
        (0.0, Change::NoReliableChange),
        (-6.0, Change::ReliablyDeteriorated),
    ] {
        assert_eq!(better.judge(20.0, 20.0 + rise), change);
        assert_eq!(worse.judge(20.0, 20.0 - rise), change);
    }
    // Exactly the half-width is reliable, a little less is not.
    let edge = better.half_width();
    assert_eq!(better.judge(0.0, edge), Change::ReliablyImproved);
    assert_eq!(better.judge(0.0, -edge), Change::ReliablyDeteriorated);
    assert_eq!(
        better.judge(0.0, edge * (1.0 - 1e-12)),
        Change::NoReliableChange
    );
    // What is no number is no change.
    assert_eq!(better.judge(f64::NAN, 3.0), Change::NoReliableChange);
}

#[test]
fn every_reason_for_groups_only() {
    let refusal = |code, scale, sd| shipped(code).reliable_band(scale, sd, POLICY).unwrap_err();
    use GroupLevelOnly::*;
    assert_eq!(refusal(Instrument::Gci, Some("X"), 1.0), NoSuchScale);
    assert_eq!(refusal(Instrument::GciR, None, 1.0), NoSuchScale);
    assert!(matches!(
        refusal(Instrument::Gci, Some("REPRESSIE"), 1.0),
        ByDefinition(_)
    ));
    assert!(matches!(
        refusal(Instrument::SoasRId, None, 1.0),
        ByDefinition(_)
    ));
    assert_eq!(refusal(Instrument::Honos, None, 1.0), NotPublished);
    assert_eq!(refusal(Instrument::Dros, None, 1.0), NotPublished);
    assert_eq!(refusal(Instrument::HonosLd, None, 1.0), OtherPopulation);
    assert_eq!(refusal(Instrument::DrosSv, None, 1.0), OtherPopulation);
    let low = TooLow {
        value: 0.64,
        minimum: 0.70,
    };
    assert_eq!(refusal(Instrument::Demo15, Some("ZELFSTANDIG"), 1.0), low);
    assert_eq!(
        low.to_string(),
        "de betrouwbaarheid (0,64) is lager dan 0,70"
    );
    for sd in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(refusal(Instrument::Gci, None, sd), NoSpread);
    }
}

#[test]
fn each_setting_of_the_policy_changes_what_comes_out() {
    let gci = shipped(Instrument::Gci);
    let stricter = ChangePolicy {
        minimum_reliability: 0.80,
        ..POLICY
    };
    assert!(gci.reliable_band(Some("GROEI"), 1.0, POLICY).is_ok());
    let low = GroupLevelOnly::TooLow {
        value: 0.79,
        minimum: 0.80,
    };
    assert_eq!(gci.reliable_band(Some("GROEI"), 1.0, stricter), Err(low));
    let sv = shipped(Instrument::DrosSv);
    let outpatient = ChangePolicy {
        population: Population::LvbOutpatient,
        ..POLICY
    };
    let unknown = Err(GroupLevelOnly::DirectionUnknown);
    assert_eq!(sv.reliable_band(None, 1.0, outpatient), unknown);
    let other = Err(GroupLevelOnly::OtherPopulation);
    assert_eq!(gci.reliable_band(None, 1.0, outpatient), other);
    let wide = ChangePolicy {
        critical: 2.58,
        ..POLICY
    };
    let width = |policy| gci.reliable_band(None, 1.0, policy).unwrap().half_width();
    assert!((width(wide) / width(POLICY) - 2.58 / 1.96).abs() < 1e-12);
    assert_eq!(ChangePolicy::default(), POLICY);
    let unusable = [
        ChangePolicy {
            critical: 0.0,
            ..POLICY
        },
        ChangePolicy {
            critical: f64::NAN,
            ..POLICY
        },
        ChangePolicy {
            minimum_reliability: 1.0,
            ..POLICY
        },
        ChangePolicy {
            minimum_reliability: -0.1,
            ..POLICY
        },
    ];
    for policy in unusable {
        let refused = gci.reliable_band(None, 1.0, policy);
        assert_eq!(refused, Err(GroupLevelOnly::UnusablePolicy));
    }
}

#[test]
fn of_several_coefficients_the_lowest_counts_in_any_order() {
    let one = |value: &str, kind: &str| {
        format!(
            "[[betrouwbaarheid]]\nschaal = \"A\"\nwaarde = {value}\nsoort = \"{kind}\"\n\
             populatie = \"verzonnen\"\nomschrijving = \"niemand\"\nbron = \"verzonnen\"\n"
        )
    };
    let (high, low) = (one("0.95", "hertest"), one("0.75", "alfa"));
    for order in [format!("{high}{low}"), format!("{low}{high}")] {
        let definition = read(&head(4, 0, 4), &(total("") + &scale("") + &order)).unwrap();
        let band = definition.reliable_band(Some("A"), 1.0, POLICY).unwrap();
        assert_eq!(band.reliability().value, 0.75);
        // What is published of a scale says nothing of the total.
        let total = definition.reliable_band(None, 1.0, POLICY);
        assert_eq!(total, Err(GroupLevelOnly::NotPublished));
    }
}
