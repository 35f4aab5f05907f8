use super::summary::{self, Quantity, SummaryPlan};
use super::{Plan, Planner, Verdicts, owner};
use crate::record::RecordedSummary;
use crate::system::VarId;
use crate::{Refusal, ReleasedDurations};
use estimate::{Count, Durations, Summary};

/// Significant digits: days of one client must not show through a quantile.
const DIGITS: i32 = 2;

/// Durations whose numbers are in the system.
pub(crate) struct DurationsPlan {
    groups: Vec<String>,
    per_group: Vec<Option<SummaryPlan>>,
    long_from_days: u32,
    long: Vec<VarId>,
}

pub(super) fn plan(
    planner: &mut Planner<'_>,
    shape: &Durations,
) -> Result<(Option<VarId>, Plan), Refusal> {
    let groups = shape.groups.len();
    planner.ensure(groups > 0, "geen groepen")?;
    planner.ensure(shape.per_group.len() == groups, "een groep ontbreekt")?;
    planner.ensure(shape.long.len() == groups, "een groep ontbreekt")?;
    shape
        .long
        .iter()
        .try_for_each(|count| planner.ensure_count(count))?;

    let summaries = [&shape.per_group[..], &[shape.total]].concat();
    let long_total = planner.total(shape.long.iter().copied());
    let longs = [&shape.long[..], &[long_total]].concat();
    let mut columns = Columns::default();
    for (index, summary) in summaries.iter().enumerate() {
        group(planner, shape, summary, &longs[index], &mut columns)?;
    }
    for line in [&columns.n, &columns.long, &columns.short, &columns.sizes] {
        let (whole, parts) = line.split_last().expect("the total is always there");
        planner.system.sum(*whole, parts);
    }
    // The result rests on those with a duration, or on those without one as well.
    let everyone = columns.sizes[groups];
    let is_all = planner.system.value(everyone) == planner.meta.n;
    let whole = if is_all { everyone } else { columns.n[groups] };
    let title = "Duur in dagen";
    let quantity = Quantity {
        title,
        groups: &shape.groups,
        summaries,
        n: columns.n,
        digits: DIGITS,
    };
    let per_group = summary::plan(planner, &quantity)?;
    let named = shape.groups.iter().map(|label| planner.naming.label(label));
    let plan = DurationsPlan {
        groups: named.chain(["Totaal".to_owned()]).collect(),
        per_group,
        long_from_days: shape.long_from_days,
        long: columns.long,
    };
    Ok((Some(whole), Plan::Durations(plan)))
}

/// The numbers per group, the total last.
#[derive(Default)]
struct Columns {
    n: Vec<VarId>,
    long: Vec<VarId>,
    short: Vec<VarId>,
    sizes: Vec<VarId>,
}

/// Brings one group into the system: those with a duration are long or short, and with those
/// without one they are the whole group, which another table may show.
fn group(
    planner: &mut Planner<'_>,
    shape: &Durations,
    summary: &Summary,
    long: &Count,
    columns: &mut Columns,
) -> Result<(), Refusal> {
    let index = columns.n.len();
    let label = shape.groups.get(index).map_or("totaal", String::as_str);
    let known = Count {
        count: summary.n,
        clients: summary.n,
        per_institution: summary.per_institution,
    };
    planner.ensure_count(&known)?;
    planner.ensure(long.count <= summary.n, "meer lange duren dan duren")?;
    let is_institution = shape.groups_are_institutions && index < shape.groups.len();
    let owner = owner(is_institution, [&known]);
    let public = planner.naming.label(label);

    let at = planner.place(&["aantal", label], format!("aantal van ‘{public}’"));
    let n = planner
        .system
        .margin(at, &format!("met duur: {label}"), &known, owner);
    let at = planner.place(&["lang", label], format!("lang, ‘{public}’"));
    let long_id = planner.system.cell(at, long, owner);
    let at = planner.place(&["kort", label], format!("niet lang, ‘{public}’"));
    let short = planner.system.implied(at, &minus(&known, long), owner);
    planner.system.line(n, &[long_id, short]);
    let missing = missing(shape, index, owner, summary);
    let size = known.plus(missing);
    let at = planner.place(&["groep", label], format!("groep ‘{public}’"));
    let size_id = planner.system.implied_margin(at, label, &size, owner);
    let at = planner.place(&["zonder duur", label], format!("zonder duur, ‘{public}’"));
    let without = planner.system.implied(at, &missing, owner);
    planner.system.sum(size_id, &[n, without]);

    columns.n.push(n);
    columns.long.push(long_id);
    columns.short.push(short);
    columns.sizes.push(size_id);
    Ok(())
}

fn minus(all: &Count, part: &Count) -> Count {
    let count = all.count - part.count;
    let mut rest = Count {
        count,
        clients: count,
        ..Count::default()
    };
    for (own, (all, part)) in rest
        .per_institution
        .iter_mut()
        .zip(all.per_institution.iter().zip(part.per_institution))
    {
        *own = all.saturating_sub(part);
    }
    rest
}

/// Those without a duration. A summary does not say where they are, unless the group is one
/// institution; for the total the groups say it.
fn missing(shape: &Durations, index: usize, owner: Option<usize>, summary: &Summary) -> Count {
    let of = |owner: Option<usize>, missing: u64| {
        let mut count = Count {
            count: missing,
            clients: missing,
            ..Count::default()
        };
        if let Some(owner) = owner {
            count.per_institution[owner] = missing;
        }
        count
    };
    if index < shape.groups.len() {
        return of(owner, summary.missing);
    }
    let groups = shape.per_group.iter().map(|group| {
        let owner = crate::naming::sole_owner(&group.per_institution);
        of(
            owner.filter(|_| shape.groups_are_institutions),
            group.missing,
        )
    });
    let all = groups.fold(Count::default(), Count::plus);
    if all.count == summary.missing {
        all
    } else {
        of(None, summary.missing)
    }
}

impl DurationsPlan {
    /// The summaries that are made anew and shown.
    pub(super) fn recorded(&self) -> impl Iterator<Item = RecordedSummary> + '_ {
        let summaries = self.per_group.iter().flatten();
        summaries.filter_map(SummaryPlan::recorded)
    }

    pub(super) fn show(&self, verdicts: &Verdicts<'_>) -> ReleasedDurations {
        let show = |plan: &Option<SummaryPlan>| plan.as_ref().map(|plan| plan.show(verdicts));
        ReleasedDurations {
            groups: self.groups.clone(),
            per_group: self.per_group.iter().map(show).collect(),
            long_from_days: self.long_from_days,
            long: verdicts.all(&self.long),
        }
    }
}
