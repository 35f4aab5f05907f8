//! The problem of a release, with what earlier releases gave away.

use super::Reason;
use super::evidence::Evidence;
use super::problem::{Attacker, Demand, Number, Problem, Status, ZERO_COST};
use crate::Policy;
use crate::record::{Record, RecordedNumber, Shown};
use crate::system::{Display, Line, System, VarId, Variable};
use estimate::INSTITUTIONS;
use std::collections::{BTreeMap, BTreeSet};

/// How much dearer a margin is than a cell of the same size.
const MARGIN_COST: f64 = 20.0;

/// The problem of a release.
pub(super) struct Built {
    pub(super) problem: Problem,
    /// Per number of the system, why it is unsafe on its own.
    pub(super) reasons: Vec<Option<Reason>>,
    /// Per number of the system, whether it lies in a line in which nearly all are alike.
    pub(super) in_full_line: Vec<bool>,
    /// Numbers that stand for the rest of a line, with the total of that line.
    pub(super) rests: BTreeMap<usize, VarId>,
    /// How earlier releases showed numbers, by number of the problem.
    pub(super) shown_earlier: Vec<(usize, Shown)>,
    pub(super) has_earlier: bool,
}

/// Numbers and sums as they come together.
struct Builder<'a> {
    policy: &'a Policy,
    numbers: Vec<Number>,
    /// What each number is judged by; none where it is judged by its line.
    evidence: Vec<Option<Evidence>>,
    sums: BTreeSet<Vec<(usize, i64)>>,
    demands: Vec<Demand>,
    /// Numbers by name, true count and contributions: the same in two releases.
    same: BTreeMap<(String, u64, [u64; INSTITUTIONS]), usize>,
    rests: BTreeMap<usize, VarId>,
    shown_earlier: Vec<(usize, Shown)>,
}

pub(super) fn build<'a>(
    system: &System,
    policy: &Policy,
    earlier: impl IntoIterator<Item = &'a Record>,
) -> Built {
    let mut builder = Builder {
        policy,
        numbers: Vec::new(),
        evidence: Vec::new(),
        sums: BTreeSet::new(),
        demands: Vec::new(),
        same: BTreeMap::new(),
        rests: BTreeMap::new(),
        shown_earlier: Vec::new(),
    };
    let reasons = builder.add_system(system);
    let mut in_full_line = vec![false; system.variables().len()];
    for line in system.lines() {
        if builder.add_line(system, line) {
            line.cells
                .iter()
                .for_each(|cell| in_full_line[cell.0] = true);
        }
    }
    let mut has_earlier = false;
    for record in earlier {
        has_earlier = true;
        builder.add_record(record);
    }
    Built {
        rests: std::mem::take(&mut builder.rests),
        shown_earlier: std::mem::take(&mut builder.shown_earlier),
        problem: builder.finish(),
        reasons,
        in_full_line,
        has_earlier,
    }
}

impl Builder<'_> {
    fn add_system(&mut self, system: &System) -> Vec<Option<Reason>> {
        let mut reasons = Vec::with_capacity(system.variables().len());
        for variable in system.variables() {
            let evidence = Evidence::from(variable);
            let implied = variable.display == Display::Implied;
            let reason = evidence.reason(self.policy);
            let status = match reason {
                _ if implied => Status::Hidden,
                Some(_) => Status::Hidden,
                None if variable.value == 0 => Status::Zero,
                None => Status::Choice(self.cost(variable)),
            };
            let name = (variable.key.clone(), variable.value, variable.parts);
            self.same.insert(name, self.numbers.len());
            let index = self.push(variable.value, variable.parts, variable.owner, status);
            self.numbers[index].display = variable.display;
            self.evidence.push(Some(evidence));
            reasons.push(reason.filter(|_| !implied));
        }
        let terms = system.equations().iter().map(|equation| &equation.terms);
        let sums = terms.map(|terms| terms.iter().map(|&(id, c)| (id.0, c)).collect());
        sums.for_each(|sum| self.add_sum(sum));
        reasons
    }

    fn push(
        &mut self,
        value: u64,
        parts: [u64; INSTITUTIONS],
        owner: Option<usize>,
        status: Status,
    ) -> usize {
        self.numbers.push(Number {
            parts,
            owner,
            display: Display::Implied,
            ..Number::count(value as i64, status)
        });
        self.numbers.len() - 1
    }

    fn cost(&self, variable: &Variable) -> f64 {
        let threshold = self.policy.settings().threshold as f64;
        let cost = 1.0 + variable.value as f64 / threshold;
        if variable.display == Display::Margin {
            MARGIN_COST * cost
        } else {
            cost
        }
    }

    fn add_sum(&mut self, terms: Vec<(usize, i64)>) {
        let mut by_number: BTreeMap<usize, i64> = BTreeMap::new();
        for (number, coefficient) in terms {
            *by_number.entry(number).or_default() += coefficient;
        }
        self.sums
            .insert(by_number.into_iter().filter(|&(_, c)| c != 0).collect());
    }

    /// Where all but a few of a line lie in one cell, those few must seem able to be more; so
    /// also the empty cells of such a line may be hidden. Whether the line is such a line.
    fn add_line(&mut self, system: &System, line: &Line) -> bool {
        let settings = self.policy.settings();
        let total = system.value(line.total);
        let top = line
            .cells
            .iter()
            .copied()
            .max_by_key(|&id| (system.value(id), id));
        let Some(top) = top.filter(|_| total >= settings.threshold) else {
            return false;
        };
        let rest = total.saturating_sub(system.value(top));
        let nearly_all = system.value(top) as f64 >= settings.group_share * total as f64;
        if rest >= settings.threshold || !nearly_all {
            return false;
        }
        let others = || line.cells.iter().filter(|&&id| id != top);
        for other in others() {
            let number = &mut self.numbers[other.0];
            if number.status == Status::Zero {
                number.status = Status::Choice(ZERO_COST);
            }
        }
        let number = self.numbers.len();
        self.rests.insert(number, line.total);
        let owner = system.variable(top).owner;
        self.push(rest, [0; INSTITUTIONS], owner, Status::Hidden);
        self.evidence.push(None);
        self.add_sum(others().map(|id| (id.0, 1)).chain([(number, -1)]).collect());
        let share = ((1.0 - settings.group_share) * total as f64).ceil() as i64;
        self.demands.push(Demand {
            number,
            attacker: Attacker::Public,
            at_most: 1,
            at_least: share.max(settings.threshold as i64),
        });
        true
    }

    /// Brings in an earlier release: the same number with the same true count is one number,
    /// because in a closed group nothing has changed, and then what was shown is known.
    fn add_record(&mut self, record: &Record) {
        let indices: Vec<usize> = record.numbers.iter().map(|n| self.add_earlier(n)).collect();
        for sum in &record.sums {
            self.add_sum(
                sum.iter()
                    .map(|&(number, c)| (indices[number], c))
                    .collect(),
            );
        }
    }

    fn add_earlier(&mut self, earlier: &RecordedNumber) -> usize {
        let known = earlier
            .shown
            .is_some_and(|shown| shown.basis == earlier.value);
        let name = (earlier.key.clone(), earlier.value, earlier.parts);
        let index = *self.same.entry(name).or_insert(self.numbers.len());
        if index == self.numbers.len() {
            self.push(earlier.value, earlier.parts, earlier.owner, Status::Hidden);
            self.evidence.push(Some(Evidence::from(earlier)));
        }
        if known {
            self.numbers[index].status = Status::Known;
        }
        self.shown_earlier
            .extend(earlier.shown.map(|shown| (index, shown)));
        index
    }

    fn finish(mut self) -> Problem {
        for (index, evidence) in self.evidence.iter().enumerate() {
            if self.numbers[index].status == Status::Hidden {
                let demands = evidence
                    .iter()
                    .flat_map(|one| one.demands(index, self.policy));
                self.demands.extend(demands);
            }
        }
        let known = |demand: &Demand| self.numbers[demand.number].status.is_known();
        let demands = self
            .demands
            .iter()
            .filter(|demand| !known(demand))
            .copied()
            .collect();
        Problem::new(self.numbers, self.sums.into_iter().collect(), demands)
    }
}
