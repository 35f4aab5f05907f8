//! The groups that curves follow, and their numbers at risk.

use super::Planner;
use super::thinning::{Reach, reach};
use crate::naming::sole_owner;
use crate::system::VarId;
use estimate::{Count, Curves, Stratum};

/// Days in half a year, between two numbers at risk.
const HALF_YEAR_DAYS: f64 = 365.25 / 2.0;

/// Most numbers at risk below a curve; longer curves get one a year.
const MOST_RISK_DAYS: i32 = 12;

/// A group that is followed, in the system.
pub(super) struct StratumPlan {
    pub(super) label: String,
    pub(super) size: VarId,
    pub(super) reach: Option<Reach>,
    pub(super) risk: Vec<(i32, VarId)>,
}

/// The name under which the same group is known in other results.
pub(super) fn group(stratum: &Stratum, strata: usize) -> &str {
    if strata == 1 {
        "totaal"
    } else {
        &stratum.label
    }
}

/// Brings a group into the system: its size, and how many are at risk at regular days.
pub(super) fn plan_stratum(
    planner: &mut Planner<'_>,
    shape: &Curves,
    stratum: &Stratum,
    per_institution: bool,
) -> StratumPlan {
    let label = planner.naming.label(&stratum.label);
    let owner = sole_owner(&stratum.size.per_institution).filter(|_| per_institution);
    let known_as = group(stratum, shape.strata.len());
    let words = format!("grootte van groep ‘{label}’");
    let at = planner.place(&["groep", &stratum.label], words);
    let size = planner.system.margin(at, known_as, &stratum.size, owner);
    if owner.is_none() && shape.strata.len() > 1 {
        planner.system.mark_pooled(size);
    }
    let reach = reach(stratum, planner.policy);
    let mut risk = Vec::new();
    for day in reach.map_or(Vec::new(), |reach| risk_days(reach.last)) {
        let count = at_risk(stratum, day);
        let words = format!("aantal gevolgd op dag {day}, groep ‘{label}’");
        let at = planner.place(&["risico", &stratum.label, &day.to_string()], words);
        let id = if shape.strata.len() == 1 {
            planner
                .system
                .margin(at, &risk_of_all(shape, day), &count, None)
        } else {
            planner.system.cell(at, &count, owner)
        };
        if owner.is_none() {
            planner.system.mark_pooled(id);
        }
        risk.push((day, id));
    }
    StratumPlan {
        label,
        size,
        reach,
        risk,
    }
}

/// How many are at risk on a day, and of which institutions.
fn at_risk(stratum: &Stratum, day: i32) -> Count {
    let next = stratum.times.partition_point(|time| time.get() < day);
    let count = stratum.n_risk.get(next).copied().unwrap_or(0);
    let parts = stratum.n_risk_per_institution.get(next);
    Count {
        count,
        clients: count,
        per_institution: parts.copied().unwrap_or_default(),
    }
}

/// The name under which all who are at risk on a day are known in other results.
fn risk_of_all(shape: &Curves, day: i32) -> String {
    format!("at risk: {}, {day}", shape.time_title)
}

/// Groups that are all there is add up to the numbers at risk of another result, also on days
/// on which some of them are too few to be shown.
pub(super) fn risk_sums(planner: &mut Planner<'_>, shape: &Curves, strata: &[StratumPlan]) {
    let mut days: Vec<i32> = strata
        .iter()
        .flat_map(|stratum| stratum.risk.iter().map(|risk| risk.0))
        .collect();
    days.sort_unstable();
    days.dedup();
    for day in days {
        let mut parts = Vec::with_capacity(strata.len());
        for (stratum, planned) in shape.strata.iter().zip(strata) {
            let shown = planned.risk.iter().find(|risk| risk.0 == day);
            parts.push(shown.map(|risk| risk.1).unwrap_or_else(|| {
                let owner = planner.system.variable(planned.size).owner;
                let labels = ["risico", &stratum.label, &day.to_string()];
                let at = planner.place(&labels, format!("aantal gevolgd op dag {day}"));
                let id = planner.system.implied(at, &at_risk(stratum, day), owner);
                if owner.is_none() {
                    planner.system.mark_pooled(id);
                }
                id
            }));
        }
        let counts = shape.strata.iter().map(|stratum| at_risk(stratum, day));
        let whole = counts.fold(Count::default(), Count::plus);
        let at = planner.place(
            &["risico", "totaal", &day.to_string()],
            "alle groepen".to_owned(),
        );
        let name = risk_of_all(shape, day);
        let whole = planner.system.implied_margin(at, &name, &whole, None);
        planner.system.sum(whole, &parts);
    }
}

/// Every half-year, or every year on long curves, from day 0.
fn risk_days(last: i32) -> Vec<i32> {
    let half_years = (f64::from(last) / HALF_YEAR_DAYS) as i32;
    let stride = if half_years >= MOST_RISK_DAYS { 2 } else { 1 };
    let day = |half: i32| (f64::from(half) * HALF_YEAR_DAYS).round() as i32;
    (0..=half_years)
        .step_by(stride)
        .map(day)
        .filter(|&day| day <= last)
        .collect()
}
