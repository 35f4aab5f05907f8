//! Curves beside those that earlier releases showed of the same.

use super::Planner;
use super::curves::SeriesPlan;
use crate::ReleasedSeries;
use crate::check::Check;
use crate::differencing::Verdict;
use crate::record::RecordedCurve;
use estimate::{CurveKind, Curves, Series, Stratum};

/// What a curve measures: result, kind, group and outcome. A group that is one institution is
/// known by that, all together by being alone, and only others by their label.
pub(super) fn measure(
    planner: &Planner<'_>,
    shape: &Curves,
    series: &Series,
    owner: Option<usize>,
) -> String {
    let stratum: &Stratum = &shape.strata[series.stratum];
    let group = match owner {
        Some(institution) => format!("instelling {institution}"),
        None if shape.strata.len() == 1 => "allen".to_owned(),
        None => format!("groep {}", stratum.label),
    };
    let kind = match shape.kind {
        CurveKind::Survival => "overleving",
        CurveKind::CumulativeIncidence => "incidentie",
    };
    let outcome: Vec<String> = series.outcome.iter().map(u8::to_string).collect();
    let result = planner.meta.id.as_str();
    format!("{result}|{kind}|{group}|{}", outcome.join("+"))
}

/// Keeps curves as they were, where too little has changed since they were shown. One that has
/// to stay makes all of its result stay, so that a drawing is of one time.
pub(super) fn compare(planner: &mut Planner<'_>, all: &mut [SeriesPlan]) {
    let earlier = planner.earlier;
    let verdicts: Vec<Verdict<'_, RecordedCurve>> =
        all.iter().map(|one| verdict(planner, one)).collect();
    let stay = verdicts
        .iter()
        .any(|verdict| matches!(verdict, Verdict::Keep(_)));
    let (mut kept, mut withheld) = (false, Vec::new());
    for (one, verdict) in all.iter_mut().zip(verdicts) {
        let before = match verdict {
            Verdict::Same(before) | Verdict::Keep(before) => Some(before),
            Verdict::Free if stay => earlier.own_curves(&one.curve.measure).last().copied(),
            Verdict::Free => None,
            Verdict::Withhold => {
                one.withhold();
                withheld.push(one.curve.shown.label.clone());
                None
            }
        };
        if let Some(before) = before {
            one.restore(&before.shown);
            kept |= stay;
        }
    }
    report(planner, kept, &withheld);
}

fn verdict<'a>(planner: &Planner<'a>, one: &SeriesPlan) -> Verdict<'a, RecordedCurve> {
    let verdict = planner.earlier.curve(&one.curve, planner.policy);
    let latest = planner.earlier.own_curves(&one.curve.measure).last();
    match (verdict, latest) {
        // A curve that comparing leaves less of than there was, stays as it was.
        (Verdict::Free, Some(before)) if shows_less(&one.curve.shown, &before.shown) => {
            Verdict::Keep(before)
        }
        (verdict, _) => verdict,
    }
}

fn shows_less(now: &ReleasedSeries, before: &ReleasedSeries) -> bool {
    let read = |series: &ReleasedSeries| {
        let horizons = series.horizons.iter();
        horizons
            .filter(|horizon| horizon.estimate.is_some())
            .count()
    };
    (now.steps.is_empty() && !before.steps.is_empty()) || read(now) < read(before)
}

fn report(planner: &mut Planner<'_>, kept: bool, withheld: &[String]) {
    if kept {
        let sentence = "De curven zijn getoond zoals in een eerdere publicatie, omdat er sindsdien \
                        te weinig cliënten of gebeurtenissen bij kwamen.";
        planner.record(Check::Differencing, sentence.to_owned());
    }
    for label in withheld {
        let sentence = format!(
            "Curve ‘{label}’ is niet getoond: zij gaat over bijna dezelfde cliënten als een curve \
             in een eerdere publicatie, en het verschil zou te veel zeggen."
        );
        planner.record(Check::Differencing, sentence);
    }
}
