//! What must hold of every invented network.

use crate::life::{EventKind, Life, chance_of};
use crate::stay::EntryKind;
use crate::{Dirt, Network, Parameters, ReturnDefinition, TrueCurves, TrueExit};
use calendar::Day;
use codes::{Coded, ExitReason, Institution};
use proptest::prelude::*;

fn today() -> Day {
    Day::from_ymd(2026, 7, 1).unwrap()
}

fn life(seed: u64, number: u32) -> Life {
    Life::invent(
        number,
        &Parameters::declared(),
        &mut chance_of(seed, number),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn stays_are_told_without_gaps_or_overlaps(seed: u64, number in 0u32..1_000_000) {
        let life = life(seed, number);
        for stay in &life.stays {
            let (start, end) = (stay.entry.day, stay.exit);
            prop_assert!(start < end);
            prop_assert!(life.person.age_on(start) >= 16);
            prop_assert!(stay.ready.is_none_or(|ready| start < ready && ready <= end));
            let placed: Vec<_> = stay.placements.iter().map(|p| (p.start, p.end)).collect();
            let titled: Vec<_> = stay.titles.iter().map(|t| (t.start, t.end)).collect();
            let paid: Vec<_> = stay.fundings.iter().map(|f| (f.start, f.end)).collect();
            for spells in [placed, titled, paid] {
                prop_assert_eq!(spells.first().map(|spell| spell.0), Some(start));
                prop_assert_eq!(spells.last().map(|spell| spell.1), Some(end));
                prop_assert!(spells.iter().all(|spell| spell.0 < spell.1));
                prop_assert!(spells.windows(2).all(|pair| pair[0].1 == pair[1].0));
            }
            for spell in &stay.titles {
                let validity = spell.code.code().validity;
                prop_assert!(validity.covers(spell.start), "{}", spell.code.key());
                prop_assert!(validity.until().is_none_or(|until| spell.end <= until));
            }
        }
    }

    #[test]
    fn nobody_is_twice_in_one_institution(seed: u64, number in 0u32..1_000_000) {
        let life = life(seed, number);
        for &institution in Institution::ALL {
            let here: Vec<_> =
                life.stays.iter().filter(|stay| stay.entry.institution == institution).collect();
            prop_assert!(here.windows(2).all(|pair| pair[0].exit <= pair[1].entry.day));
        }
    }

    #[test]
    fn what_is_true_after_an_exit_follows_it(seed: u64, number in 0u32..1_000_000) {
        let life = life(seed, number);
        for exit in &life.exits {
            let stay = &life.stays[exit.stay];
            prop_assert!(exit.first.1 > stay.exit);
            prop_assert!(exit.hazard_ratio > 0.0);
            if matches!(exit.first.0, EventKind::TimeOut | EventKind::SameBorg)
                && let Some(next) = life.stays.get(exit.stay + 1)
            {
                prop_assert_eq!(next.entry.day, exit.first.1);
                prop_assert_eq!(next.entry.institution, stay.entry.institution);
            }
        }
    }
}

/// The share of true things, and a bound of four standard errors around `expected`.
fn agrees(expected: f64, observed: usize, of: usize) {
    let share = observed as f64 / of as f64;
    let error = (expected * (1.0 - expected) / of as f64).sqrt();
    assert!(
        (share - expected).abs() < 4.0 * error,
        "{share} is not near {expected}"
    );
}

#[test]
fn the_lives_follow_the_true_curves() {
    let lives: Vec<Life> = (0..3_000).map(|number| life(7, number)).collect();
    let curves = TrueCurves::of(&Parameters::declared());
    let stays: Vec<i32> = lives
        .iter()
        .flat_map(|life| &life.stays)
        .filter(|stay| stay.entry.kind != EntryKind::TimeOut)
        .map(|stay| stay.exit.number() - stay.entry.day.number())
        .collect();
    for days in [180, 800, 1_500] {
        let lasting = stays.iter().filter(|&&length| length > days).count();
        agrees(curves.stay_survival(days as u32), lasting, stays.len());
    }
    let exits: Vec<(TrueExit, EventKind, i32)> = lives.iter().flat_map(true_exits).collect();
    let risks: Vec<TrueExit> = exits.iter().map(|(exit, ..)| exit.clone()).collect();
    let definition = ReturnDefinition {
        time_outs: false,
        other_borg: true,
    };
    let incidence = curves.return_incidence(&risks, definition, 730);
    let causes: [&[EventKind]; 5] = [
        &[EventKind::SameBorg, EventKind::OtherBorg],
        &[EventKind::Detention],
        &[EventKind::Elsewhere],
        &[EventKind::Death],
        &[EventKind::TimeOut],
    ];
    for days in [91, 365, 730] {
        for (cause, kinds) in causes.iter().enumerate() {
            let seen =
                |(_, kind, day): &&(TrueExit, EventKind, i32)| kinds.contains(kind) && *day <= days;
            let count = exits.iter().filter(seen).count();
            agrees(incidence[days as usize][cause], count, exits.len());
        }
    }
}

#[test]
fn being_away_changes_nothing_but_the_parts_of_a_stay() {
    let parameters = Parameters::declared();
    let mut times_away = Vec::new();
    let mut chains = 0;
    for number in 0..2_000 {
        let whole = life(9, number);
        let parts = whole
            .clone()
            .interrupted(&parameters.stay.away, &mut chance_of(!9, number));
        let away: Vec<_> = parts.exits.iter().filter(|exit| exit.away).collect();
        assert_eq!(parts.stays.len(), whole.stays.len() + away.len());
        for exit in &away {
            let (left, back) = (&parts.stays[exit.stay], &parts.stays[exit.stay + 1]);
            assert_eq!(left.departure.reason, ExitReason::TimeOut);
            assert_eq!(back.entry.kind, EntryKind::Resumed);
            assert_eq!(left.entry.institution, back.entry.institution);
            assert_eq!(exit.first, (EventKind::Resumed, back.entry.day));
            times_away.push(back.entry.day.number() - left.exit.number());
            chains += usize::from(left.entry.kind == EntryKind::Resumed);
            let placed: Vec<_> = back.placements.iter().map(|p| (p.start, p.end)).collect();
            assert_eq!(placed.first().map(|days| days.0), Some(back.entry.day));
            assert_eq!(
                left.placements.last().map(|placed| placed.end),
                Some(left.exit)
            );
        }
        // The exits that were there are still the same.
        let days = |life: &Life| -> Vec<_> {
            let exits = life.exits.iter().filter(|exit| !exit.away);
            exits
                .map(|exit| (life.stays[exit.stay].exit, exit.first))
                .collect()
        };
        assert_eq!(days(&parts), days(&whole));
        let events = |life: &Life| -> Vec<_> {
            let events = life.events.iter();
            events
                .map(|event| (life.stays[event.stay].exit, event.day))
                .collect()
        };
        assert_eq!(events(&parts), events(&whole));
    }
    let [shortest, longest] = parameters.stay.away.days;
    assert!(
        times_away.len() > 100 && chains > 5,
        "{} {chains}",
        times_away.len()
    );
    assert_eq!(times_away.iter().min(), Some(&shortest));
    assert_eq!(times_away.iter().max(), Some(&longest));
}

fn true_exits(life: &Life) -> Vec<(TrueExit, EventKind, i32)> {
    let of = |exit: &crate::life::ExitRisk| {
        let stay = &life.stays[exit.stay];
        let truth = TrueExit {
            person: life.person.number,
            institution: stay.entry.institution.key(),
            day: stay.exit,
            time_out: stay.entry.kind == EntryKind::TimeOut,
            away: exit.away,
            hazard_ratio: exit.hazard_ratio,
            may_time_out: exit.may_time_out,
            first_event: Some(exit.first.0),
            event_day: Some(exit.first.1),
            objection: false,
        };
        (
            truth,
            exit.first.0,
            exit.first.1.number() - stay.exit.number(),
        )
    };
    life.exits.iter().map(of).collect()
}

#[test]
fn a_small_network_stays_as_it_is() {
    let network = Network::invent(&Parameters::declared(), 50, 1, today());
    let truth = network.truth();
    let rows: Vec<String> = network
        .deliveries_with(Dirt::DECLARED)
        .unwrap()
        .iter()
        .map(|delivery| {
            let counts = delivery.row_counts();
            let counts: Vec<_> = counts
                .iter()
                .map(|(table, rows)| format!("{table} {rows}"))
                .collect();
            format!("{}: {}", delivery.institution.key(), counts.join(", "))
        })
        .collect();
    insta::assert_debug_snapshot!((
        rows,
        truth.pairs(),
        truth.admissions,
        truth.exits_by_destination,
        truth.exits.len()
    ));
}
