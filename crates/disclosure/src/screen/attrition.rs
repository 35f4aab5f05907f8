use super::{Plan, Planner, Verdicts};
use crate::check::Check;
use crate::system::VarId;
use crate::{Refusal, ReleasedAttrition};
use estimate::{Attrition, AttritionStep, Count};

/// An attrition whose numbers are in the system.
pub(crate) struct AttritionPlan {
    start_label: String,
    start: VarId,
    steps: Vec<(String, VarId, VarId)>,
}

pub(super) fn plan(
    planner: &mut Planner<'_>,
    attrition: &Attrition,
) -> Result<(Option<VarId>, Plan), Refusal> {
    validate(planner, attrition)?;
    let steps = merged(planner, &attrition.steps);
    let at = planner.place(&["begin"], "begin".to_owned());
    let start = planner.system.margin(at, "begin", &attrition.start, None);
    let mut left = start;
    let mut planned = Vec::with_capacity(steps.len());
    let last = steps.len().wrapping_sub(1);
    for (index, step) in steps.into_iter().enumerate() {
        let reason = planner.naming.text(&step.reason);
        let at = planner.place(&["stap", &step.reason], format!("weggelaten: ‘{reason}’"));
        let excluded = planner.system.cell(at, &step.excluded, None);
        planner.system.mark_pooled(excluded);
        let at = planner.place(&["na", &step.reason], format!("over na ‘{reason}’"));
        let remaining = if index == last {
            planner.system.margin(at, "totaal", &step.remaining, None)
        } else {
            planner.system.cell(at, &step.remaining, None)
        };
        planner.system.sum(left, &[excluded, remaining]);
        left = remaining;
        planned.push((reason, excluded, remaining));
    }
    let start_label = planner.naming.text(&attrition.start_label);
    let plan = AttritionPlan {
        start_label,
        start,
        steps: planned,
    };
    // The result rests on all there were to begin with, or on those that remain.
    let is_all = planner.system.value(start) == planner.meta.n;
    let whole = if is_all { start } else { left };
    Ok((Some(whole), Plan::Attrition(plan)))
}

fn validate(planner: &Planner<'_>, attrition: &Attrition) -> Result<(), Refusal> {
    planner.ensure_count(&attrition.start)?;
    let mut left = attrition.start.count;
    for step in &attrition.steps {
        planner.ensure_count(&step.excluded)?;
        planner.ensure_count(&step.remaining)?;
        let adds_up = step.excluded.count.checked_add(step.remaining.count) == Some(left);
        planner.ensure(adds_up, "een stap telt niet op")?;
        left = step.remaining.count;
    }
    Ok(())
}

/// Small steps are taken together as "overige redenen", at the end; if those are still few,
/// the smallest other step joins them.
fn merged(planner: &mut Planner<'_>, steps: &[AttritionStep]) -> Vec<AttritionStep> {
    let is_small = |count: &Count| is_small(planner, count);
    let mut rest: Vec<usize> = (0..steps.len())
        .filter(|&i| is_small(&steps[i].excluded))
        .collect();
    if rest.is_empty() || !planner.policy.settings().merge_suggestions {
        return steps.to_vec();
    }
    let excluded = |rest: &[usize]| planner.total(rest.iter().map(|&i| steps[i].excluded));
    while is_small(&excluded(&rest)) {
        let others = (0..steps.len()).filter(|i| !rest.contains(i) && steps[*i].excluded.count > 0);
        let Some(smallest) = others.min_by_key(|&i| (steps[i].excluded.count, i)) else {
            break;
        };
        rest.push(smallest);
    }
    if rest.len() < 2 {
        return steps.to_vec();
    }
    let rest_excluded = excluded(&rest);
    let kept: Vec<&AttritionStep> = (0..steps.len())
        .filter(|i| !rest.contains(i))
        .map(|i| &steps[i])
        .collect();
    let merged = rebuild(kept, rest_excluded, steps[steps.len() - 1].remaining);
    let sentence = format!(
        "{} stappen met weinig weglatingen zijn samengenomen als ‘overige redenen’; hun \
         afzonderlijke aantallen gaan verloren.",
        rest.len()
    );
    planner.record(Check::Merging, sentence);
    planner.merged += rest.len();
    merged
}

/// The kept steps in their order, then the rest; what remains is counted back from the end.
fn rebuild(kept: Vec<&AttritionStep>, rest: Count, end: Count) -> Vec<AttritionStep> {
    let mut steps = vec![AttritionStep {
        reason: "overige redenen".to_owned(),
        excluded: rest,
        remaining: end,
    }];
    let mut left = end.plus(rest);
    for step in kept.into_iter().rev() {
        steps.push(AttritionStep {
            remaining: left,
            ..step.clone()
        });
        left = left.plus(step.excluded);
    }
    steps.reverse();
    steps
}

/// Whether a count is small for the public, or for an institution that knows its own part.
fn is_small(planner: &Planner<'_>, count: &Count) -> bool {
    let others = count.per_institution.iter().map(|own| count.count - own);
    planner.policy.is_small(count.clients)
        || others
            .into_iter()
            .any(|others| planner.policy.is_small(others))
}

impl AttritionPlan {
    pub(super) fn show(&self, verdicts: &Verdicts<'_>) -> ReleasedAttrition {
        let step = |(reason, excluded, remaining): &(String, VarId, VarId)| {
            (
                reason.clone(),
                verdicts.cell(*excluded),
                verdicts.cell(*remaining),
            )
        };
        ReleasedAttrition {
            start_label: self.start_label.clone(),
            start: verdicts.cell(self.start),
            steps: self.steps.iter().map(step).collect(),
        }
    }
}
