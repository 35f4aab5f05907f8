//! Derivatives of estimates to the weights of rows.

use super::RiskSets;
use super::clusters::Effect;
use super::curve::{HazardKind, Step};

/// Of the cumulative hazard: `h = D/Y` gives `(dN − Y_i h)/Y`; events one after the other
/// (`Σ (D/m) / (Y − j D/m)`) give its derivatives to D and Y.
pub(super) fn hazard_effect(counts: &RiskSets, kind: HazardKind) -> Effect {
    let of_step = |step: Step| match kind {
        HazardKind::NelsonAalen => (
            1.0 / step.at_risk,
            step.events / (step.at_risk * step.at_risk),
        ),
        HazardKind::FlemingHarrington => {
            let rows = f64::from(step.rows.max(1));
            let mut effect = (0.0, 0.0);
            for (before, (event, at_risk)) in step.one_by_one().enumerate() {
                let squared = event / (at_risk * at_risk);
                effect.0 += 1.0 / (rows * at_risk) + squared * before as f64 / rows;
                effect.1 += squared;
            }
            effect
        }
    };
    effect(counts, of_step)
}

/// Of minus log survival (product limit): `(dN − Y_i h) / (Y − D)`. Where nobody is left
/// survival is 0 for good and nothing influences it: 0 from there on.
pub(super) fn log_survival_effect(counts: &RiskSets) -> Effect {
    effect(counts, |step| {
        let left = step.at_risk - step.events;
        match left > 0.0 {
            true => (1.0 / left, step.events / (step.at_risk * left)),
            false => (0.0, 0.0),
        }
    })
}

fn effect(counts: &RiskSets, of_step: impl Fn(Step) -> (f64, f64)) -> Effect {
    let places = counts.times.len();
    let mut effect = Effect {
        jump: vec![0.0; places],
        drift: vec![0.0; places],
    };
    for place in 0..places {
        let step = Step::at(counts, place);
        if step.events > 0.0 {
            (effect.jump[place], effect.drift[place]) = of_step(step);
        }
    }
    effect
}
