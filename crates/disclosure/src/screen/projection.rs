//! Expectations under scenarios: shown where every count behind the model is large enough.

use super::fits::{self, Fit, FitPlan};
use super::{Plan, Planner, Verdicts};
use crate::check::Check;
use crate::record::RecordedFit;
use crate::system::VarId;
use crate::{Refusal, ReleasedProjection, ReleasedScenario};
use estimate::{Count, Projection};

/// What readers find instead of an expectation that rests on too few.
const THIN: &str = "Deze verwachting is niet vrijgegeven: een stap in het model is te weinig \
                    voorgekomen.";

/// A projection whose counts are in the system.
pub(crate) struct ProjectionPlan {
    quantity: String,
    time_title: String,
    scenarios: Vec<(String, Vec<i32>)>,
    basis: Vec<(String, VarId)>,
    fit: FitPlan,
}

pub(super) fn plan(
    planner: &mut Planner<'_>,
    shape: &Projection,
) -> Result<(Option<VarId>, Plan), Refusal> {
    validate(planner, shape)?;
    let threshold = planner.policy.settings().threshold;
    if shape.basis.iter().any(|one| one.count.clients < threshold) {
        planner.record(Check::Model, THIN.to_owned());
        return Ok((None, Plan::Withheld(THIN.to_owned())));
    }
    let fit = match fits::settle(planner, fit(shape)) {
        Ok(fit) => fit,
        Err(sentence) => return Ok((None, Plan::Withheld(sentence.to_owned()))),
    };
    let basis = shape.basis.iter().map(|one| {
        let label = planner.naming.text(&one.label);
        let at = planner.place(&["basis", &one.label], format!("aantal ‘{label}’"));
        let id = planner.system.cell(at, &one.count, None);
        planner.system.mark_pooled(id);
        (label, id)
    });
    let basis = basis.collect();
    let days =
        |points: &[(calendar::DayCount, _)]| points.iter().map(|(day, _)| day.get()).collect();
    let scenarios = shape.scenarios.iter();
    let plan = ProjectionPlan {
        quantity: planner.naming.text(&shape.quantity),
        time_title: shape.time_title.clone(),
        scenarios: scenarios
            .map(|one| (planner.naming.text(&one.label), days(&one.points)))
            .collect(),
        basis,
        fit,
    };
    Ok((None, Plan::Projection(plan)))
}

fn validate(planner: &Planner<'_>, shape: &Projection) -> Result<(), Refusal> {
    planner.ensure(
        !shape.scenarios.is_empty(),
        "een verwachting zonder scenario’s",
    )?;
    planner.ensure(
        !shape.basis.is_empty(),
        "een verwachting die nergens op rust",
    )?;
    for one in &shape.basis {
        planner.ensure_count(&one.count)?;
    }
    for scenario in &shape.scenarios {
        let rising = scenario.points.windows(2).all(|two| two[0].0 < two[1].0);
        planner.ensure(rising, "momenten die niet op volgorde staan")?;
        let sound = scenario.points.iter().all(|(_, value)| value.is_sound());
        planner.ensure(sound, "een verwachting die geen getal is")?;
        // Without any uncertainty it is a count, which would go round the rules for counts.
        let uncertain = scenario
            .points
            .iter()
            .all(|(_, value)| value.lower < value.upper);
        planner.ensure(uncertain, "een verwachting zonder onzekerheid")?;
    }
    Ok(())
}

fn fit(shape: &Projection) -> Fit<'static> {
    let points = || {
        let scenarios = shape.scenarios.iter();
        scenarios.flat_map(|one| one.points.iter().map(move |at| (one.label.as_str(), at)))
    };
    let basis = shape
        .basis
        .iter()
        .map(|one| one.count)
        .fold(Count::default(), Count::plus);
    Fit {
        measure: "verwachting",
        layout: points()
            .map(|(label, at)| format!("{label}|{}", at.0.get()))
            .collect(),
        size: basis,
        events: basis,
        values: points().map(|(_, at)| Some((at.1, 0))).collect(),
    }
}

impl ProjectionPlan {
    /// The fit for the private record, if it is made anew.
    pub(super) fn recorded(&self) -> Option<RecordedFit> {
        self.fit.recorded()
    }

    pub(super) fn show(&self, verdicts: &Verdicts<'_>) -> ReleasedProjection {
        let mut places = 0..;
        let scenarios = self.scenarios.iter().map(|(label, days)| {
            let points = days.iter().zip(&mut places);
            let points = points.filter_map(|(&day, place)| Some((day, self.fit.value(place)?)));
            ReleasedScenario {
                label: label.clone(),
                points: points.collect(),
            }
        });
        let basis = self.basis.iter();
        ReleasedProjection {
            quantity: self.quantity.clone(),
            time_title: self.time_title.clone(),
            scenarios: scenarios.collect(),
            basis: basis
                .map(|(label, id)| (label.clone(), verdicts.cell(*id)))
                .collect(),
        }
    }
}
