//! The closed set of shapes at the gate: each is planned into the common system, and shown
//! from the verdicts on that system alone.

mod attrition;
mod characteristics;
mod course;
mod curves;
mod durations;
mod fits;
mod flow;
mod history;
mod measures;
mod merging;
mod onlookers;
mod projection;
mod quotations;
mod regression;
mod risk;
mod summary;
mod table;
mod thinning;

pub(crate) use onlookers::EventsByDay;

use crate::check::{Check, CheckRecord};
use crate::differencing::Earlier;
use crate::naming::Naming;
use crate::record::Record;
use crate::system::{Place, System, VarId, total};
use crate::{Cell, Policy, Refusal, Released, ReleasedQuotations, Withheld};
use estimate::{Count, Estimate, NotEstimable, ResultMeta, Shape};

/// What holds for all results of a release.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) naming: &'a Naming,
    pub(crate) earlier: &'a Earlier<'a>,
}

/// What is known while a result is planned.
pub(crate) struct Planner<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) naming: &'a Naming,
    pub(crate) earlier: &'a Earlier<'a>,
    pub(crate) system: &'a mut System,
    pub(crate) meta: &'a ResultMeta,
    pub(crate) checks: Vec<CheckRecord>,
    /// How many classes were taken together.
    pub(crate) merged: usize,
}

impl Planner<'_> {
    /// A place in this result: labels for the ledger, words for people.
    pub(crate) fn place(&self, labels: &[&str], words: String) -> Place {
        Place {
            key: format!("{}|{}", self.meta.id.as_str(), labels.join("|")),
            place: words,
        }
    }

    /// The sum of counts in the unit of this result.
    pub(crate) fn total(&self, counts: impl IntoIterator<Item = Count>) -> Count {
        total(self.meta.unit, counts)
    }

    /// The refusal of a result that contradicts itself.
    pub(crate) fn inconsistent(&self, what: &'static str) -> Refusal {
        Refusal::Inconsistent {
            result: self.meta.id.clone(),
            what,
        }
    }

    /// Asks that something holds of a result.
    pub(crate) fn ensure(&self, holds: bool, what: &'static str) -> Result<(), Refusal> {
        if holds {
            Ok(())
        } else {
            Err(self.inconsistent(what))
        }
    }

    /// Asks that a count's evidence fits its number.
    pub(crate) fn ensure_count(&self, count: &Count) -> Result<(), Refusal> {
        let parts: u64 = count.per_institution.iter().sum();
        self.ensure(
            count.clients <= count.count,
            "meer cliënten dan er zijn geteld",
        )?;
        self.ensure(
            (count.clients == 0) == (count.count == 0),
            "een aantal zonder cliënten",
        )?;
        self.ensure(
            parts == count.count,
            "de delen per instelling tellen niet op",
        )
    }

    pub(crate) fn record(&mut self, check: Check, sentence: String) {
        self.checks.push(CheckRecord {
            check,
            sentence,
            hidden: Vec::new(),
        });
    }
}

/// The institution that a group of counts is about.
pub(crate) fn owner<'a>(
    are_institutions: bool,
    counts: impl IntoIterator<Item = &'a Count>,
) -> Option<usize> {
    let mut parts = [0; estimate::INSTITUTIONS];
    for count in counts {
        (0..parts.len()).for_each(|i| parts[i] += count.per_institution[i]);
    }
    crate::naming::sole_owner(&parts).filter(|_| are_institutions)
}

/// The verdicts on the system, as cells.
pub(crate) struct Verdicts<'a> {
    pub(crate) cells: &'a [Cell],
}

impl Verdicts<'_> {
    pub(crate) fn cell(&self, id: VarId) -> Cell {
        self.cells[id.0]
    }

    pub(crate) fn all(&self, ids: &[VarId]) -> Vec<Cell> {
        ids.iter().map(|&id| self.cell(id)).collect()
    }
}

/// A result whose numbers are in the system.
pub(crate) struct Planned {
    /// The number the result rests on; none where nothing of it is shown.
    pub(crate) n: Option<VarId>,
    /// How it will be shown.
    pub(crate) plan: Plan,
    /// What rules already did to it.
    pub(crate) checks: Vec<CheckRecord>,
    /// How many classes were taken together.
    pub(crate) merged: usize,
}

impl Planned {
    /// A result that is withheld whole, with the reason for readers.
    pub(crate) fn withheld(sentence: &str) -> Self {
        Self {
            n: None,
            plan: Plan::Withheld(sentence.to_owned()),
            checks: vec![CheckRecord {
                check: Check::Audit,
                sentence: sentence.to_owned(),
                hidden: Vec::new(),
            }],
            merged: 0,
        }
    }
}

/// How a result will be shown.
pub(crate) enum Plan {
    Table(table::TablePlan),
    Characteristics(characteristics::CharacteristicsPlan),
    Curves(curves::CurvesPlan),
    Flow(flow::FlowPlan),
    Attrition(attrition::AttritionPlan),
    Durations(durations::DurationsPlan),
    Regression(regression::RegressionPlan),
    Course(course::CoursePlan),
    Projection(projection::ProjectionPlan),
    Measures(measures::MeasuresPlan),
    Quotations(ReleasedQuotations),
    Withheld(String),
}

impl Plan {
    /// Writes down the statistics that are shown anew, for later releases to compare with.
    pub(crate) fn record(&self, verdicts: &Verdicts<'_>, record: &mut Record) {
        match self {
            Self::Curves(plan) => record.curves.extend(plan.recorded(verdicts)),
            Self::Characteristics(plan) => record.summaries.extend(plan.recorded()),
            Self::Durations(plan) => record.summaries.extend(plan.recorded()),
            Self::Regression(plan) => record.fits.extend(plan.recorded()),
            Self::Course(plan) => record.fits.extend(plan.recorded()),
            Self::Projection(plan) => record.fits.extend(plan.recorded()),
            Self::Measures(plan) => record.fits.extend(plan.recorded()),
            // Counts are recorded with the system; quotations are not numbers.
            Self::Table(_)
            | Self::Flow(_)
            | Self::Attrition(_)
            | Self::Quotations(_)
            | Self::Withheld(_) => {}
        }
    }

    /// What may be shown, from the verdicts alone.
    pub(crate) fn show(&self, verdicts: &Verdicts<'_>) -> Released {
        match self {
            Self::Table(plan) => Released::Table(plan.show(verdicts)),
            Self::Characteristics(plan) => Released::Characteristics(plan.show(verdicts)),
            Self::Curves(plan) => plan.show(verdicts),
            Self::Flow(plan) => Released::Flow(plan.show(verdicts)),
            Self::Attrition(plan) => Released::Attrition(plan.show(verdicts)),
            Self::Durations(plan) => Released::Durations(plan.show(verdicts)),
            Self::Regression(plan) => Released::Regression(plan.show(verdicts)),
            Self::Course(plan) => Released::Course(plan.show(verdicts)),
            Self::Projection(plan) => Released::Projection(plan.show(verdicts)),
            Self::Measures(plan) => Released::Measures(plan.show(verdicts)),
            Self::Quotations(shown) => Released::Quotations(shown.clone()),
            Self::Withheld(sentence) => Released::Withheld(Withheld {
                sentence: sentence.clone(),
            }),
        }
    }
}

/// Brings one result into the system.
pub(crate) fn plan(
    estimate: &Estimate,
    given: Given<'_>,
    system: &mut System,
) -> Result<Planned, Refusal> {
    let meta = &estimate.meta;
    let mut planner = Planner {
        policy: given.policy,
        naming: given.naming,
        earlier: given.earlier,
        system,
        meta,
        checks: Vec::new(),
        merged: 0,
    };
    let planner = &mut planner;
    planner.ensure_count(&basis(meta))?;
    let (whole, plan) = match &estimate.outcome {
        Err(reason) => (None, Plan::Withheld(not_estimable(planner, reason))),
        Ok(Shape::Frequency(shape)) => table::plan(planner, shape)?,
        Ok(Shape::Characteristics(shape)) => characteristics::plan(planner, shape)?,
        Ok(Shape::Curves(shape)) => curves::plan(planner, shape)?,
        Ok(Shape::Flow(shape)) => flow::plan(planner, shape)?,
        Ok(Shape::Attrition(shape)) => attrition::plan(planner, shape)?,
        Ok(Shape::Durations(shape)) => durations::plan(planner, shape)?,
        Ok(Shape::Regression(shape)) => regression::plan(planner, shape)?,
        Ok(Shape::Course(shape)) => course::plan(planner, shape)?,
        Ok(Shape::Projection(shape)) => projection::plan(planner, shape)?,
        Ok(Shape::Measures(shape)) => measures::plan(planner, shape)?,
        Ok(Shape::Quotations(shape)) => (None, quotations::plan(planner, shape)?),
    };
    let n = n(planner, whole);
    Ok(Planned {
        n: Some(n),
        plan,
        checks: std::mem::take(&mut planner.checks),
        merged: planner.merged,
    })
}

/// The number a result rests on, with its evidence.
fn basis(meta: &ResultMeta) -> Count {
    Count {
        count: meta.n,
        clients: meta.clients,
        per_institution: meta.per_institution,
    }
}

/// The variable of the number a result rests on: the whole of its table where that is it.
/// Where the result rests on more than it shows, the rest follows from the two.
fn n(planner: &mut Planner<'_>, whole: Option<VarId>) -> VarId {
    let basis = basis(planner.meta);
    if let Some(whole) = whole.filter(|&id| planner.system.value(id) == basis.count) {
        planner.system.show(whole);
        return whole;
    }
    let at = planner.place(&["n"], "het aantal waarop het resultaat rust".to_owned());
    let n = planner.system.margin(at, "n", &basis, None);
    let shown = whole.map(|id| (id, planner.system.variable(id).clone()));
    if let Some((whole, shown)) = shown.filter(|(_, shown)| shown.value < basis.count) {
        let mut rest = Count {
            count: basis.count - shown.value,
            clients: basis.count - shown.value,
            ..basis
        };
        for (own, part) in rest.per_institution.iter_mut().zip(shown.parts) {
            *own = own.saturating_sub(part);
        }
        let at = planner.place(&["rest"], "wie in het resultaat ontbreekt".to_owned());
        let owner = crate::naming::sole_owner(&rest.per_institution);
        let rest = planner.system.implied(at, &rest, owner);
        planner.system.sum(n, &[whole, rest]);
    }
    n
}

fn not_estimable(planner: &mut Planner<'_>, reason: &NotEstimable) -> String {
    let sentence = match reason {
        NotEstimable::EmptyCohort => "Niemand voldeed aan de definitie.",
        NotEstimable::TooFewEvents { .. } => "Te weinig gebeurtenissen om iets te kunnen zeggen.",
        NotEstimable::NotObserved => "Over deze periode zijn er geen gegevens.",
    };
    planner.record(Check::NotEstimable, sentence.to_owned());
    sentence.to_owned()
}
