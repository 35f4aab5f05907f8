//! Decides which numbers are hidden, and makes sure of it.
//!
//! First the margins that readers need most are settled among themselves, then the cells of
//! each part that still hangs together, then everything at once is attacked, with all earlier
//! releases. Whatever the attack still finds costs the whole part; what even that does not
//! heal is given back, for the gate to withhold.

mod attack;
mod build;
mod cover;
mod dictionary;
mod evidence;
mod optimise;
mod outsider;
mod problem;
mod ranges;
#[cfg(test)]
mod tests;

use crate::Policy;
use crate::record::{Record, Shown};
use crate::system::{Display, System, VarId};
pub(crate) use attack::Unmet;
use attack::{Worlds, attack};
use build::{Built, build};
use optimise::{Ending, hide_more};
pub(crate) use outsider::Protected;
pub(crate) use problem::{Attacker, Demand, Number, Problem, Status, ZERO_COST};
pub(crate) use ranges::{Range, ranges, settle_on_some_world};
use std::collections::BTreeMap;

/// Why a number is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// Fewer clients than the threshold.
    Threshold,
    /// An institution that subtracts its own part is left with few, or few contribute.
    Institutions,
    /// Nearly all of a row or column are alike.
    Group,
    /// A hidden number would follow from it.
    Secondary,
}

/// What was decided.
#[derive(Clone, Debug)]
pub(crate) struct Protection {
    /// Per number of the system, why it is hidden.
    pub(crate) hidden: Vec<Option<Reason>>,
    /// How many demands the attack tried.
    pub(crate) attacked: usize,
    /// How many of them earlier releases already give away.
    pub(crate) already_known: usize,
    /// What the decision was made from, to explain it by.
    pub(crate) settled: Settled,
}

/// The problem of a release as it was settled.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    problem: Problem,
    /// Per number of the problem.
    hidden: Vec<bool>,
    /// How earlier releases showed numbers, by number of the problem.
    shown_earlier: Vec<(usize, Shown)>,
    /// Numbers that stand for the rest of a line, with the total of that line.
    rests: BTreeMap<usize, VarId>,
    /// How many numbers of the problem are those of the release itself.
    own: usize,
}

/// What can be worked out whatever is hidden, per number of the system: how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unprotected(pub(crate) BTreeMap<VarId, usize>);

/// Decides what is hidden, given all earlier releases.
///
/// # Errors
///
/// [`Unprotected`] where the attack succeeds whatever is hidden.
pub(crate) fn protect<'a>(
    system: &System,
    policy: &Policy,
    earlier: impl IntoIterator<Item = &'a Record>,
) -> Result<Protection, Unprotected> {
    let Built {
        mut problem,
        reasons,
        in_full_line,
        rests,
        shown_earlier,
        has_earlier,
    } = build(system, policy, earlier);
    let unprotected = |unmet: Vec<Unmet>| {
        let mut found = BTreeMap::new();
        for unmet in unmet {
            let number = unmet.demand.number;
            let variable = rests.get(&number).copied().unwrap_or(VarId(number));
            *found.entry(variable).or_default() += 1;
        }
        Unprotected(found)
    };
    let Decision {
        hidden,
        already_known,
        ..
    } = decide(&mut problem, has_earlier).map_err(unprotected)?;

    let why = |index: usize| {
        let implied = system.variables()[index].display == Display::Implied;
        let secondary = if in_full_line[index] {
            Reason::Group
        } else {
            Reason::Secondary
        };
        reasons[index].or((hidden[index] && !implied).then_some(secondary))
    };
    let own = system.variables().len();
    Ok(Protection {
        hidden: (0..own).map(why).collect(),
        attacked: problem.demands.len(),
        already_known,
        settled: Settled {
            problem,
            hidden,
            shown_earlier,
            rests,
            own,
        },
    })
}

/// What is hidden in the end.
pub(crate) struct Decision {
    /// Per number of the problem.
    pub(crate) hidden: Vec<bool>,
    /// How many demands earlier releases already make impossible; these were dropped.
    pub(crate) already_known: usize,
    /// Whether a search did not end soon enough, and everything it was about is hidden.
    pub(crate) gave_up: bool,
}

/// Decides what is hidden besides what must be, and attacks the whole afterwards.
///
/// # Errors
///
/// What stays unmet whatever is hidden.
pub(crate) fn decide(problem: &mut Problem, has_earlier: bool) -> Result<Decision, Vec<Unmet>> {
    // Without earlier releases most problems can be met as they are.
    if !has_earlier {
        let mut hidden = hidden_anyway(problem);
        if settle(problem, &mut hidden) == Ending::Met {
            make_sure(problem, &mut hidden)?;
            return Ok(Decision {
                hidden,
                already_known: 0,
                gave_up: false,
            });
        }
    }
    let already_known = drop_known(problem, has_earlier)?;
    let mut hidden = hidden_anyway(problem);
    let ending = settle(problem, &mut hidden);
    make_sure(problem, &mut hidden)?;
    Ok(Decision {
        hidden,
        already_known,
        gave_up: ending == Ending::GaveUp,
    })
}

fn hidden_anyway(problem: &Problem) -> Vec<bool> {
    let statuses = problem.numbers.iter().map(|number| number.status);
    statuses.map(|status| status == Status::Hidden).collect()
}

/// Hides further margins, and then further cells.
fn settle(problem: &Problem, hidden: &mut [bool]) -> Ending {
    settle_margins(problem, hidden).max(settle_cells(problem, hidden))
}

/// Drops the demands that cannot be met whatever is hidden now, because earlier releases give
/// the numbers away; without earlier releases there can be none. Where hiding all other numbers
/// is not enough, zeros may be hidden too.
fn drop_known(problem: &mut Problem, has_earlier: bool) -> Result<usize, Vec<Unmet>> {
    let mut unmet = at_best(problem);
    if !unmet.is_empty() {
        problem.release_zeros();
        unmet = at_best(problem);
    }
    if !unmet.is_empty() && !has_earlier {
        return Err(unmet);
    }
    let before = problem.demands.len();
    problem
        .demands
        .retain(|demand| unmet.iter().all(|unmet| unmet.demand != *demand));
    Ok(before - problem.demands.len())
}

/// The demands that are unmet even with everything hidden that may be.
fn at_best(problem: &Problem) -> Vec<Unmet> {
    let open: Vec<bool> = problem
        .numbers
        .iter()
        .map(|number| !number.status.is_known())
        .collect();
    attack(problem, &open, &problem.demands, &mut Worlds::default())
}

/// Hides further margins where hidden ones would follow from the sums among margins alone.
fn settle_margins(problem: &Problem, hidden: &mut [bool]) -> Ending {
    let is_cell = |number: usize| problem.numbers[number].display == Display::Cell;
    let no_cell = |sum: &&Vec<(usize, i64)>| sum.iter().all(|&(number, _)| !is_cell(number));
    let sums = problem.sums.iter().filter(no_cell).cloned().collect();
    let margins: Vec<Demand> = problem
        .demands
        .iter()
        .filter(|demand| !is_cell(demand.number))
        .copied()
        .collect();
    let margins = Problem::new(problem.numbers.clone(), sums, margins);
    hide_in(&margins, hidden)
}

/// Hides further cells, the margins being settled; further margins only where cells do not do.
fn settle_cells(problem: &Problem, hidden: &mut [bool]) -> Ending {
    let mut cells = problem.clone();
    for (number, &hidden) in cells.numbers.iter_mut().zip(hidden.iter()) {
        let may = matches!(number.status, Status::Choice(_));
        if hidden {
            number.status = Status::Hidden;
        } else if may && number.display == Display::Margin {
            number.status = Status::Known;
        }
    }
    let before = hidden.to_vec();
    match hide_in(&cells, hidden) {
        Ending::Unmet => {
            hidden.copy_from_slice(&before);
            hide_in(problem, hidden)
        }
        ending => ending,
    }
}

/// Hides more in each part by itself; the worst ending counts.
fn hide_in(problem: &Problem, hidden: &mut [bool]) -> Ending {
    let endings = parts(problem)
        .into_iter()
        .map(|part| hide_more(problem, &part, hidden));
    endings.max().unwrap_or(Ending::Met)
}

/// What hangs together of what is not known.
fn parts(problem: &Problem) -> Vec<Vec<usize>> {
    problem.components(|number| !problem.numbers[number].status.is_known())
}

/// The attack on all tables at once. What it finds costs the whole part around it.
fn make_sure(problem: &Problem, hidden: &mut [bool]) -> Result<(), Vec<Unmet>> {
    let components = parts(problem);
    let mut worlds = Worlds::default();
    loop {
        let unmet = attack(problem, hidden, &problem.demands, &mut worlds);
        if unmet.is_empty() {
            return Ok(());
        }
        let mut more = false;
        for component in &components {
            let found = |demand: &Demand| component.binary_search(&demand.number).is_ok();
            if unmet.iter().any(|unmet| found(&unmet.demand)) {
                for &number in component {
                    more |= !std::mem::replace(&mut hidden[number], true);
                }
            }
        }
        if !more {
            return Err(unmet);
        }
    }
}
