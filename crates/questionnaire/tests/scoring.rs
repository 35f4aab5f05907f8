//! Scores by hand, each rule for lacking answers, and totals held against items.

mod common;

use codes::Instrument;
use common::{head, read, scale, total};
use proptest::prelude::*;
use questionnaire::{
    AnswerFault, InstrumentDefinition, Library, NotScored, ScoreRange, TotalComparison,
};

fn shipped(code: Instrument) -> &'static InstrumentDefinition {
    Library::shipped().get(code).expect("it is shipped")
}

/// The score on scale A, of 4 items from 1 to 5.
fn on_a(keys: &str, answers: &[(u16, i16)]) -> Result<f64, NotScored> {
    let definition = read(&head(4, 1, 5), &scale(keys)).expect("the scale is sound");
    definition.score(answers.iter().copied()).scales[0].1
}

const ALL: [(u16, i16); 4] = [(1, 5), (2, 2), (3, 1), (4, 4)];
const THREE: [(u16, i16); 3] = [(1, 5), (2, 2), (4, 4)];

#[test]
fn each_way_of_scoring_by_hand() {
    let items = "items = [1, 2, 3, 4]\n";
    let scores = [
        ("score = \"som\"", 12.0),
        ("score = \"gemiddelde\"", 3.0),
        ("score = \"hoogste\"", 5.0),
        // 5·1 + 2·2 + 1·3 + 4·0.5
        ("score = \"gewogen som\"\ngewichten = [1, 2, 3, 0.5]", 14.0),
        // 1 + 5 − 5 = 1 and 1 + 5 − 1 = 5: 1 + 2 + 5 + 4
        ("score = \"som\"\nomgekeerd = [1, 3]", 12.0),
        // 1 + 2 + 1 + 4
        ("score = \"som\"\nomgekeerd = [1]", 8.0),
    ];
    for (keys, score) in scores {
        assert_eq!(on_a(&format!("{items}{keys}"), &ALL), Ok(score), "{keys}");
    }
}

#[test]
fn each_rule_for_lacking_answers_by_hand() {
    let items = "items = [1, 2, 3, 4]\n";
    let lacking = |missing, allowed| Err(NotScored::TooManyMissing { missing, allowed });
    let cases = [
        ("score = \"som\"", lacking(1, 0)),
        // 11 over three items is 44/3 over four.
        (
            "score = \"som\"\nontbrekend = 1\nnaar_rato = true",
            Ok(44.0 / 3.0),
        ),
        (
            "score = \"gemiddelde\"\nontbrekend = 1\nnaar_rato = true",
            Ok(11.0 / 3.0),
        ),
        ("score = \"hoogste\"\nontbrekend = 1", Ok(5.0)),
        // 5 + 4 + 2 = 11 with weights 1 + 2 + 0.5 = 3.5 of 6.5.
        (
            "score = \"gewogen som\"\ngewichten = [1, 2, 3, 0.5]\nontbrekend = 1\nnaar_rato = true",
            Ok(11.0 * 6.5 / 3.5),
        ),
    ];
    for (keys, score) in cases {
        assert_eq!(on_a(&format!("{items}{keys}"), &THREE), score, "{keys}");
    }
    let keys = format!("{items}score = \"som\"\nontbrekend = 1\nnaar_rato = true");
    assert_eq!(on_a(&keys, &THREE[..2]), lacking(2, 1));
    // From 0 on a lacking item may add nothing.
    let plain = scale("items = [1, 2, 3]\nscore = \"som\"\nontbrekend = 1");
    let definition = read(&head(3, 0, 4), &plain).unwrap();
    assert_eq!(definition.score([(1, 4), (3, 3)]).scales[0].1, Ok(7.0));
}

#[test]
fn columns_of_which_the_highest_are_added_up() {
    let column = |code: &str, items: &str| {
        scale(&format!("items = {items}\nscore = \"hoogste\""))
            .replace("\"A\"", &format!("{code:?}"))
    };
    let parts = total("score = \"som van schalen\"\nbereik = [0, 8]")
        + &column("A", "[1, 2]")
        + &column("B", "[3, 4]");
    let definition = read(&head(4, 0, 4), &parts).unwrap();
    let scored = definition.score([(1, 1), (2, 3), (3, 0), (4, 2)]);
    assert_eq!(scored.total, Ok(5.0));
    let partly = definition.score([(1, 1), (2, 3), (3, 0)]);
    assert_eq!(partly.scales[0].1, Ok(3.0));
    let lacking = NotScored::TooManyMissing {
        missing: 1,
        allowed: 0,
    };
    assert_eq!(partly.total, Err(lacking));
}

#[test]
fn the_shipped_instruments_by_hand() {
    // 1·4 + 2·0 + 3·2 + 4·1
    let moas = shipped(Instrument::Moas).score([(1, 4), (2, 0), (3, 2), (4, 1)]);
    assert_eq!(moas.total, Ok(14.0));
    // All ones: 12 H, 14 K, 7 T; the total is not made of items.
    let hkt = shipped(Instrument::HktR).score((1..=33).map(|item| (item, 1)));
    let scores: Vec<_> = hkt.scales.iter().map(|(_, score)| *score).collect();
    assert_eq!(scores, [Ok(12.0), Ok(14.0), Ok(7.0)]);
    assert_eq!(hkt.total, Err(NotScored::ScoringUnknown));
    // 0 + 1 + … + 4, three times.
    let demo =
        shipped(Instrument::Demo15).score((1..=15).map(|item| (item, (item as i16 - 1) % 5)));
    assert!(demo.scales.iter().all(|(_, score)| *score == Ok(10.0)));
    assert_eq!(demo.total, Ok(30.0));
    let gci = shipped(Instrument::Gci).score((1..=28).map(|item| (item, 3)));
    assert!(
        gci.scales
            .iter()
            .all(|(_, score)| *score == Err(NotScored::ItemsUnknown))
    );
    assert_eq!(
        shipped(Instrument::Ifte).score([]).total,
        Err(NotScored::NoTotal)
    );
}

#[test]
fn wrong_answers_are_told_by_item_and_spoil_what_they_touch() {
    let demo = shipped(Instrument::Demo15);
    let mut answers: Vec<(u16, i16)> = (1..=15).map(|item| (item, 2)).collect();
    answers[6].1 = 5;
    answers.push((7, 2));
    let scored = demo.score(answers.iter().copied());
    let faults = [
        AnswerFault::OutOfRange { item: 7 },
        AnswerFault::Repeated { item: 7 },
    ];
    assert_eq!(scored.faults, faults);
    let scores: Vec<_> = scored.scales.iter().map(|(_, score)| *score).collect();
    assert_eq!(scores, [Ok(10.0), Err(NotScored::WrongAnswer), Ok(10.0)]);
    assert_eq!(scored.total, Err(NotScored::WrongAnswer));
    // A sixteenth item: the numbering may have shifted, so nothing is scored.
    for number in [0, 16, u16::MAX] {
        let shifted = demo.score((1..=15).map(|item| (item, 2)).chain([(number, 2)]));
        assert_eq!(shifted.faults, [AnswerFault::NoSuchItem { item: number }]);
        assert!(shifted.scales.iter().all(|(_, score)| score.is_err()));
        assert_eq!(shifted.total, Err(NotScored::WrongAnswer));
    }
    // Nothing of the answers in what is logged.
    assert!(!format!("{scored:?}").contains("10"));
}

#[test]
fn a_given_total_is_held_against_all_items() {
    let honos = shipped(Instrument::Honos);
    let all = || (1..=12).map(|item| (item, 1));
    assert_eq!(honos.compare_total(12.0, all()), TotalComparison::Agrees);
    assert_eq!(honos.compare_total(13.0, all()), TotalComparison::Differs);
    assert_eq!(
        honos.compare_total(f64::NAN, all()),
        TotalComparison::Differs
    );
    let lacking = NotScored::TooManyMissing {
        missing: 1,
        allowed: 0,
    };
    let partly = honos.compare_total(11.0, all().take(11));
    assert_eq!(partly, TotalComparison::NotComparable(lacking));
    let unknown = shipped(Instrument::Dros).compare_total(3.0, all());
    let reason = NotScored::ScoringUnknown;
    assert_eq!(unknown, TotalComparison::NotComparable(reason));
}

#[test]
fn a_total_with_gaps_is_not_compared_even_where_it_may_be_scored() {
    let parts = total("score = \"som\"\nontbrekend = 1\nnaar_rato = true");
    let definition = read(&head(4, 0, 4), &parts).unwrap();
    let answers = [(1, 3), (2, 3), (3, 3)];
    assert_eq!(definition.score(answers).total, Ok(12.0));
    let lacking = NotScored::TooManyMissing {
        missing: 1,
        allowed: 0,
    };
    let compared = definition.compare_total(12.0, answers);
    assert_eq!(compared, TotalComparison::NotComparable(lacking));
}

#[test]
fn a_mean_may_have_been_rounded_to_one_decimal() {
    let definition = read(&head(3, 1, 5), &total("score = \"gemiddelde\"")).unwrap();
    let answers = [(1, 3), (2, 4), (3, 4)];
    for (given, expected) in [
        (3.67, TotalComparison::Agrees),
        (3.7, TotalComparison::Agrees),
        (3.6, TotalComparison::Differs),
    ] {
        assert_eq!(
            definition.compare_total(given, answers),
            expected,
            "{given}"
        );
    }
}

#[test]
fn totals_alone_are_accepted_within_the_range() {
    let soas = shipped(Instrument::SoasR);
    assert_eq!(soas.accept_total(22.0), Ok(22.0));
    let range = ScoreRange {
        min: 0.0,
        max: 22.0,
    };
    assert_eq!(soas.accept_total(22.5).unwrap_err().range, range);
    assert!(soas.accept_total(f64::NAN).is_err());
    // Without a range of its own, what a delivery can hold.
    let dros = shipped(Instrument::Dros);
    assert_eq!(dros.accept_total(44.5), Ok(44.5));
    assert!(dros.accept_total(1000.5).is_err());
}

proptest! {
    /// Scores stay within the range that the definition states, whatever lacks, in any order.
    #[test]
    fn scores_stay_in_range_in_any_order(
        answers in proptest::collection::vec(proptest::option::weighted(0.9, 0i16..=4), 15),
        start in 0usize..15,
    ) {
        let demo = shipped(Instrument::Demo15);
        let mut given: Vec<(u16, i16)> = (1..).zip(&answers)
            .filter_map(|(item, answer)| answer.map(|score| (item, score)))
            .collect();
        let scored = demo.score(given.iter().copied());
        for (scale, score) in &scored.scales {
            if let Ok(score) = score {
                prop_assert!(scale.range().unwrap().holds(*score));
            }
        }
        if !given.is_empty() {
            let middle = start % given.len();
            given.rotate_left(middle);
        }
        prop_assert!(demo.score(given.iter().copied()) == scored);
        prop_assert_eq!(scored.total.is_ok(), given.len() == 15);
    }

    /// No answer of any kind ends in a panic, and out-of-range answers never make a score.
    #[test]
    fn hostile_answers_are_refused(
        answers in proptest::collection::vec((any::<u16>(), any::<i16>()), 0..40),
    ) {
        for definition in Library::shipped().iter() {
            let scored = definition.score(answers.iter().copied());
            let total = definition.total().and_then(|total| total.range());
            if let (Ok(score), Some(range)) = (scored.total, total) {
                prop_assert!(range.holds(score));
            }
        }
    }
}
