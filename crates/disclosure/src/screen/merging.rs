//! Competing events that are too few to be shown apart are shown together.

use super::Planner;
use crate::check::Check;
use estimate::{Count, CurveKind, Curves, Horizon, INSTITUTIONS, Series, Step};
use std::collections::{BTreeMap, BTreeSet};

/// The series, with those of too few events taken together per group. The first series of a
/// group is what the result is about, and is never merged away.
pub(super) fn merge_small(planner: &mut Planner<'_>, shape: &Curves) -> Vec<Series> {
    let incidence = shape.kind == CurveKind::CumulativeIncidence;
    if !incidence || !planner.policy.settings().merge_suggestions {
        return shape.series.clone();
    }
    let mut merged = Vec::with_capacity(shape.series.len());
    for stratum in 0..shape.strata.len() {
        let of_stratum: Vec<&Series> = shape
            .series
            .iter()
            .filter(|series| series.stratum == stratum)
            .collect();
        merged.extend(merge(planner, &of_stratum));
    }
    merged
}

fn merge(planner: &mut Planner<'_>, series: &[&Series]) -> Vec<Series> {
    let mut rest: Vec<usize> = (1..series.len())
        .filter(|&i| too_few(planner, &series[i].events))
        .collect();
    let all = |of: &[usize]| {
        of.iter()
            .map(|&i| series[i].events)
            .fold(Count::default(), Count::plus)
    };
    while !rest.is_empty() && too_few(planner, &all(&rest)) {
        let others = (1..series.len()).filter(|i| !rest.contains(i) && series[*i].events.count > 0);
        let Some(smallest) = others.min_by_key(|&i| (series[i].events.count, i)) else {
            break;
        };
        rest.push(smallest);
    }
    if rest.len() < 2 {
        return series.iter().map(|&one| one.clone()).collect();
    }
    rest.sort_unstable();
    let parts: Vec<&Series> = rest.iter().map(|&i| series[i]).collect();
    let together = together(&parts);
    let sentence = format!(
        "Te weinig gebeurtenissen om apart te tonen, daarom samengenomen: ‘{}’. De marges zijn \
         opgeteld en daardoor iets ruimer dan nodig.",
        together.label
    );
    planner.record(Check::Merging, sentence);
    planner.merged += rest.len();
    let kept = (0..series.len())
        .filter(|i| !rest.contains(i))
        .map(|i| series[i].clone());
    kept.chain([together]).collect()
}

/// Some events, but fewer than may be shown.
fn too_few(planner: &Planner<'_>, events: &Count) -> bool {
    let policy = planner.policy;
    let others = events.per_institution.map(|own| events.count - own);
    let few = events.count < policy.settings().curve_events_between_points;
    events.count > 0
        && (few
            || policy.is_small(events.clients)
            || others.into_iter().any(|others| policy.is_small(others)))
}

/// The cumulative incidence of any of several competing events: the sum of theirs. Its limits
/// are the sums of the limits, which hold at least as often as the separate ones together.
fn together(parts: &[&Series]) -> Series {
    let labels: Vec<&str> = parts.iter().map(|part| part.label.as_str()).collect();
    Series {
        label: format!("overig ({})", labels.join(", ")),
        stratum: parts[0].stratum,
        outcome: outcome(parts),
        steps: steps(parts),
        median: None,
        horizons: (0..parts[0].horizons.len())
            .map(|i| horizon(parts, i))
            .collect(),
        events: parts
            .iter()
            .map(|part| part.events)
            .fold(Count::default(), Count::plus),
    }
}

/// The codes of all events that are taken together, rising.
fn outcome(parts: &[&Series]) -> Vec<u8> {
    let codes: BTreeSet<u8> = parts
        .iter()
        .flat_map(|part| part.outcome.iter().copied())
        .collect();
    codes.into_iter().collect()
}

fn steps(parts: &[&Series]) -> Vec<Step> {
    let mut days: BTreeMap<_, Vec<(usize, &Step)>> = BTreeMap::new();
    for (index, part) in parts.iter().enumerate() {
        part.steps
            .iter()
            .for_each(|step| days.entry(step.time).or_default().push((index, step)));
    }
    let mut now: Vec<Option<&Step>> = vec![None; parts.len()];
    let mut merged = Vec::with_capacity(days.len());
    for (time, steps) in days {
        steps
            .iter()
            .for_each(|&(index, step)| now[index] = Some(step));
        let sum = |value: fn(&Step) -> f64| -> f64 {
            now.iter()
                .flatten()
                .map(|step| value(step))
                .sum::<f64>()
                .min(1.0)
        };
        let mut parts = [0; INSTITUTIONS];
        for (_, step) in &steps {
            let own = step.n_event_per_institution;
            (0..INSTITUTIONS).for_each(|i| parts[i] += own[i]);
        }
        merged.push(Step {
            time,
            n_event: steps.iter().map(|(_, step)| step.n_event).sum(),
            n_event_per_institution: parts,
            n_risk: steps[0].1.n_risk,
            estimate: sum(|step| step.estimate),
            std_err: sum(|step| step.std_err),
            lower: sum(|step| step.lower),
            upper: sum(|step| step.upper),
        });
    }
    merged
}

fn horizon(parts: &[&Series], index: usize) -> Horizon {
    let of: Vec<&Horizon> = parts
        .iter()
        .filter_map(|part| part.horizons.get(index))
        .collect();
    let sum = |value: fn(&Horizon) -> f64| of.iter().map(|one| value(one)).sum::<f64>().min(1.0);
    Horizon {
        time: of[0].time,
        n_risk: of[0].n_risk,
        n_event: of.iter().map(|one| one.n_event).sum(),
        estimate: sum(|one| one.estimate),
        lower: sum(|one| one.lower),
        upper: sum(|one| one.upper),
    }
}
