//! Summaries of a quantity: means by dominance, quantiles by what lies beyond them.

use super::{Planner, Verdicts};
use crate::check::Check;
use crate::differencing::Verdict;
use crate::record::RecordedSummary;
use crate::system::VarId;
use crate::{Cell, Refusal, ReleasedSummary};
use estimate::Summary;

/// What of a summary is safe on its own.
#[derive(Clone, Debug)]
pub(crate) struct SummaryPlan {
    n: VarId,
    /// How it will be shown, but for the number; and what it is made from.
    summary: RecordedSummary,
    /// Whether it is shown as it was in an earlier release.
    is_kept: bool,
}

impl SummaryPlan {
    pub(crate) fn show(&self, verdicts: &Verdicts<'_>) -> ReleasedSummary {
        ReleasedSummary {
            n: verdicts.cell(self.n),
            ..self.summary.shown.clone()
        }
    }

    /// The summary for the private record, if it is made anew.
    pub(crate) fn recorded(&self) -> Option<RecordedSummary> {
        (!self.is_kept).then(|| self.summary.clone())
    }
}

/// A quantity per group, and over all groups last.
pub(crate) struct Quantity<'a> {
    pub(crate) title: &'a str,
    pub(crate) groups: &'a [String],
    pub(crate) summaries: Vec<Summary>,
    pub(crate) n: Vec<VarId>,
    /// Significant digits that are shown.
    pub(crate) digits: i32,
}

/// Plans all summaries of a quantity: first each on its own, then those that must be hidden
/// so that a hidden one does not follow from the rest and the total.
///
/// # Errors
///
/// [`Refusal::Inconsistent`] where a summary is not a number.
pub(crate) fn plan(
    planner: &mut Planner<'_>,
    quantity: &Quantity<'_>,
) -> Result<Vec<Option<SummaryPlan>>, Refusal> {
    for summary in &quantity.summaries {
        let values = [summary.sum, summary.mean, summary.sd];
        let all = values
            .into_iter()
            .chain(summary.quartiles)
            .chain(summary.largest);
        planner.ensure(
            all.into_iter().all(f64::is_finite),
            "een maat die geen getal is",
        )?;
    }
    let mut hidden: Vec<bool> = quantity
        .summaries
        .iter()
        .map(|summary| summary.n > 0 && !enough(planner, summary))
        .collect();
    let small = hidden.iter().filter(|&&is| is).count();
    protect_hidden(planner, quantity, &mut hidden);
    let secondary = hidden.iter().filter(|&&is| is).count() - small;
    report(planner, quantity, small, secondary);
    let mut plans = Vec::with_capacity(hidden.len());
    for (index, summary) in quantity.summaries.iter().enumerate() {
        let shown = summary.n > 0 && !hidden[index];
        plans.push(shown.then(|| alone(planner, quantity, index)));
    }
    compare(planner, quantity, &mut plans);
    Ok(plans)
}

/// Keeps summaries as they were, where too little has changed since they were shown. One that
/// has to stay makes all of its quantity stay, because the total less the others gives it.
fn compare(planner: &mut Planner<'_>, quantity: &Quantity<'_>, plans: &mut [Option<SummaryPlan>]) {
    let (earlier, policy) = (planner.earlier, planner.policy);
    let verdicts: Vec<Verdict<'_, RecordedSummary>> = plans
        .iter()
        .map(|plan| match plan {
            Some(plan) => earlier.summary(&plan.summary, policy),
            None => Verdict::Free,
        })
        .collect();
    let few = |verdict: &Verdict<'_, _>| matches!(verdict, Verdict::Keep(_) | Verdict::Withhold);
    if !verdicts.iter().any(few) {
        return;
    }
    for slot in plans.iter_mut() {
        let Some(plan) = slot else { continue };
        match earlier.own_summaries(&plan.summary.measure).last() {
            Some(before) => {
                plan.summary.shown = before.shown.clone();
                plan.is_kept = true;
            }
            None => *slot = None,
        }
    }
    let sentence = format!(
        "‘{}’: getoond zoals in een eerdere publicatie, of niet getoond, omdat er sindsdien te \
         weinig cliënten bij kwamen of weggingen.",
        planner.naming.text(quantity.title)
    );
    planner.record(Check::Differencing, sentence);
}

/// A summary with what it measures; nothing of it is shown yet.
fn recorded(planner: &Planner<'_>, quantity: &Quantity<'_>, index: usize) -> RecordedSummary {
    let summary = &quantity.summaries[index];
    let owner = planner.system.variable(quantity.n[index]).owner;
    let group = match (owner, quantity.groups.get(index)) {
        (_, None) => "allen".to_owned(),
        (Some(institution), _) => format!("instelling {institution}"),
        (None, Some(label)) => format!("groep {label}"),
    };
    RecordedSummary {
        measure: format!("{}|{}|{group}", planner.meta.id.as_str(), quantity.title),
        n: summary.per_institution,
        sum: summary.sum,
        sd: summary.sd,
        quartiles: summary.quartiles,
        largest: summary.largest[0],
        shown: ReleasedSummary {
            n: Cell::Suppressed,
            mean_sd: None,
            median: None,
            quartiles: None,
        },
    }
}

/// Whether enough clients are behind a summary, also without any one institution.
fn enough(planner: &Planner<'_>, summary: &Summary) -> bool {
    let contributors = summary
        .per_institution
        .iter()
        .filter(|&&own| own > 0)
        .count();
    let others = summary
        .per_institution
        .iter()
        .map(|own| summary.n.saturating_sub(*own));
    let pooled = contributors > 1;
    !planner.policy.is_small(summary.n)
        && (!pooled
            || others
                .into_iter()
                .all(|others| !planner.policy.is_small(others)))
}

/// Hides more groups until the hidden ones together are enough for everybody who subtracts,
/// the institutions with their own part too. The total goes only when it is itself too small.
fn protect_hidden(planner: &Planner<'_>, quantity: &Quantity<'_>, hidden: &mut [bool]) {
    let groups = quantity.summaries.len() - 1;
    if hidden[groups] {
        return;
    }
    while hidden[..groups].contains(&true) && !protected(planner, quantity, hidden) {
        let visible = (0..groups).filter(|&i| !hidden[i] && quantity.summaries[i].n > 0);
        match visible.min_by_key(|&i| (quantity.summaries[i].n, i)) {
            Some(smallest) => hidden[smallest] = true,
            None => {
                hidden[groups] = true;
                return;
            }
        }
    }
}

fn protected(planner: &Planner<'_>, quantity: &Quantity<'_>, hidden: &[bool]) -> bool {
    let mut together = Summary::default();
    for (summary, _) in quantity
        .summaries
        .iter()
        .zip(hidden)
        .filter(|(_, hidden)| **hidden)
    {
        together.n += summary.n;
        for (own, add) in together
            .per_institution
            .iter_mut()
            .zip(summary.per_institution)
        {
            *own += add;
        }
    }
    // A single hidden group is exactly what the total minus the rest gives away.
    let contributors = together
        .per_institution
        .iter()
        .filter(|&&own| own > 0)
        .count();
    enough(planner, &together) && contributors != 1
}

fn alone(planner: &mut Planner<'_>, quantity: &Quantity<'_>, index: usize) -> SummaryPlan {
    let summary = &quantity.summaries[index];
    let threshold = planner.policy.settings().threshold as f64;
    let n = fewest(summary) as f64;
    let rounded = |value: f64| significant(value, quantity.digits);
    let group = quantity
        .groups
        .get(index)
        .map_or("Totaal", String::as_str)
        .to_owned();
    let group = planner.naming.label(&group);
    let mut plan = SummaryPlan {
        n: quantity.n[index],
        summary: recorded(planner, quantity, index),
        is_kept: false,
    };
    let shown = &mut plan.summary.shown;
    let place = format!("‘{}’, {group}", planner.naming.text(quantity.title));
    if summary.sd <= 0.0 {
        let sentence = format!("{place}: iedereen heeft dezelfde waarde; die wordt niet getoond.");
        planner.record(Check::GroupDisclosure, sentence);
        return plan;
    }
    if dominated(summary, planner.policy.settings().p_percent) {
        let sentence = format!(
            "{place}: één cliënt bepaalt het gemiddelde te sterk; gemiddelde en spreiding worden \
             niet getoond."
        );
        planner.record(Check::Dominance, sentence);
    } else {
        shown.mean_sd = Some((rounded(summary.mean), rounded(summary.sd)));
    }
    shown.median = (n * 0.5 >= threshold).then(|| rounded(summary.quartiles[1]));
    let quartiles = (rounded(summary.quartiles[0]), rounded(summary.quartiles[2]));
    shown.quartiles = (n * 0.25 >= threshold).then_some(quartiles);
    if shown.quartiles.is_none() {
        let what = if shown.median.is_none() {
            "mediaan en kwartielen"
        } else {
            "kwartielen"
        };
        let sentence = format!("{place}: te weinig cliënten voor {what}.");
        planner.record(Check::Quantile, sentence);
    }
    plan
}

/// The clients with a value that are left to an institution which subtracts its own, where any
/// are; at most all of them.
fn fewest(summary: &Summary) -> u64 {
    let others = summary.per_institution.iter().map(|own| summary.n - own);
    others
        .filter(|&others| others > 0)
        .fold(summary.n, u64::min)
}

/// The p%-rule: the second largest contributor, who knows the own value, must not come within
/// p per cent of the largest. Undefined for sums of mixed sign, which are then held back.
fn dominated(summary: &Summary, p_percent: f64) -> bool {
    let [first, second] = summary.largest;
    let rest = summary.sum - first - second;
    let least = p_percent / 100.0 * first;
    first < 0.0 || rest < least
}

fn report(planner: &mut Planner<'_>, quantity: &Quantity<'_>, small: usize, secondary: usize) {
    let title = planner.naming.text(quantity.title);
    if small > 0 {
        let sentence = format!("‘{title}’: niet getoond voor {small} groepen met weinig cliënten.");
        planner.record(Check::Threshold, sentence);
    }
    if secondary > 0 {
        let sentence = format!(
            "‘{title}’: ook niet getoond voor {secondary} andere groepen, omdat een kleine groep \
             er anders uit volgt."
        );
        planner.record(Check::Secondary, sentence);
    }
}

/// `value` with this many significant digits.
pub(crate) fn significant(value: f64, digits: i32) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    let magnitude = value.abs().log10().floor() as i32;
    let places = digits - 1 - magnitude;
    // Powers of ten with a positive exponent are exact, negative ones are not.
    let scale = 10_f64.powi(places.abs());
    if places >= 0 {
        (value * scale).round() / scale
    } else {
        (value / scale).round() * scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Handbook on Statistical Disclosure Control: x1 = 52,000, x2 = 50,000, X = 110,000 is safe
    /// by the p%-rule with p = 10 (the second overestimates the first by 15.4 %).
    #[test]
    fn the_p_percent_rule_of_the_handbook() {
        let turnover = Summary {
            sum: 110_000.0,
            largest: [52_000.0, 50_000.0],
            ..Summary::default()
        };
        assert!(!dominated(&turnover, 10.0));
        assert!(!dominated(&turnover, 15.3));
        assert!(dominated(&turnover, 15.4));
    }

    #[test]
    fn significant_digits() {
        assert_eq!(significant(33.456, 3), 33.5);
        assert_eq!(significant(1234.0, 2), 1200.0);
        assert_eq!(significant(0.01234, 2), 0.012);
        assert_eq!(significant(-99.96, 3), -100.0);
        assert_eq!(significant(0.0, 3), 0.0);
    }
}
