//! Models: enough degrees of freedom, no group in them that is too small, counts as cells.

use super::fits::{self, Fit, FitPlan, coefficient};
use super::{Plan, Planner, Verdicts};
use crate::check::Check;
use crate::naming::sole_owner;
use crate::record::RecordedFit;
use crate::system::VarId;
use crate::{Refusal, ReleasedLevel, ReleasedRegression, ReleasedTerm};
use estimate::{Caveat, Coding, Count, Effect, Level, Method, Regression, Term};
use std::collections::BTreeSet;

/// What readers find instead of a model with a small group in it.
const SMALL_GROUP: &str = "Dit model is niet vrijgegeven: een groep in het model is te klein, en \
                           dat zou iets over die cliënten zeggen.";

/// What readers find instead of a model that follows its data too closely.
const SATURATED: &str = "Dit model is niet vrijgegeven: het heeft bijna evenveel schattingen als \
                         waarnemingen, en zou daardoor de waarnemingen zelf verraden.";

/// A model whose counts are in the system.
pub(crate) struct RegressionPlan {
    outcome: String,
    effect: Effect,
    method: Method,
    caveats: Vec<Caveat>,
    size: VarId,
    events: Option<VarId>,
    terms: Vec<TermPlan>,
    fit: FitPlan,
}

struct TermPlan {
    label: String,
    is_slope: bool,
    missing: VarId,
    levels: Vec<LevelPlan>,
}

struct LevelPlan {
    label: String,
    size: VarId,
    events: Option<VarId>,
    /// Its place among the coefficients; none for a reference.
    coefficient: Option<usize>,
}

pub(super) fn plan(
    planner: &mut Planner<'_>,
    shape: &Regression,
) -> Result<(Option<VarId>, Plan), Refusal> {
    validate(planner, shape)?;
    if let Some((check, sentence)) = too_little(planner, shape) {
        planner.record(check, sentence.to_owned());
        return Ok((None, Plan::Withheld(sentence.to_owned())));
    }
    let fit = match fits::settle(planner, fit(shape)) {
        Ok(fit) => fit,
        Err(sentence) => return Ok((None, Plan::Withheld(sentence.to_owned()))),
    };
    let size = whole(planner, shape);
    let events = shape.events.map(|events| {
        let at = planner.place(&["gebeurtenissen"], "aantal gebeurtenissen".to_owned());
        let id = planner.system.cell(at, &events, None);
        planner.system.mark_pooled(id);
        let at = planner.place(&["zonder"], "zonder gebeurtenis".to_owned());
        let rest = planner
            .system
            .implied(at, &minus(&shape.size, &events), None);
        planner.system.line(size, &[id, rest]);
        id
    });
    let mut coefficients = 0..;
    let terms = shape.terms.iter();
    let terms = terms.map(|one| term(planner, shape, (one, size, events), &mut coefficients));
    let terms = terms.collect();
    let plan = RegressionPlan {
        outcome: planner.naming.text(&shape.outcome),
        effect: shape.effect,
        method: shape.method,
        caveats: shape.caveats.clone(),
        size,
        events,
        terms,
        fit,
    };
    Ok((Some(size), Plan::Regression(plan)))
}

/// Asks that the model agrees with itself, and names no institution.
fn validate(planner: &Planner<'_>, shape: &Regression) -> Result<(), Refusal> {
    planner.ensure_count(&shape.size)?;
    planner.ensure(!shape.terms.is_empty(), "een model zonder termen")?;
    let events = shape.events.unwrap_or_default();
    planner.ensure_count(&events)?;
    planner.ensure(
        is_within(&events, &shape.size),
        "meer gebeurtenissen dan cliënten",
    )?;
    for term in &shape.terms {
        planner.ensure_count(&term.missing)?;
        let effects = match &term.coding {
            Coding::Slope { effect, .. } => vec![*effect],
            Coding::Levels(levels) => {
                validate_levels(planner, shape, (term, levels))?;
                levels.iter().filter_map(|level| level.effect).collect()
            }
        };
        planner.ensure(
            effects.iter().all(|effect| effect.is_sound()),
            "een uitkomst die geen getal is",
        )?;
    }
    let positions = shape.caveats.iter().filter_map(|caveat| match caveat {
        Caveat::NotProportional(term) => Some(*term),
        _ => None,
    });
    planner.ensure(
        positions.into_iter().all(|term| term < shape.terms.len()),
        "een opmerking over een term die er niet is",
    )
}

fn validate_levels(
    planner: &Planner<'_>,
    shape: &Regression,
    (term, levels): (&Term, &[Level]),
) -> Result<(), Refusal> {
    for level in levels {
        planner.ensure_count(&level.size)?;
        planner.ensure_count(&level.events)?;
        planner.ensure(
            is_within(&level.events, &level.size),
            "meer gebeurtenissen dan cliënten",
        )?;
    }
    let sizes = levels
        .iter()
        .map(|level| level.size)
        .fold(term.missing, Count::plus);
    planner.ensure(
        sizes.count == shape.size.count,
        "de groepen tellen niet op tot allen",
    )?;
    let events: u64 = levels.iter().map(|level| level.events.count).sum();
    let all = shape.events.map_or(0, |events| events.count);
    planner.ensure(
        events <= all,
        "meer gebeurtenissen in de groepen dan in totaal",
    )?;
    let references = levels.iter().filter(|level| level.effect.is_none()).count();
    let first = levels.first().is_some_and(|level| level.effect.is_none());
    planner.ensure(references == 1 && first, "geen vergelijkingsgroep vooraan")?;
    // In the order of a model, letters would name the institutions.
    let owners: BTreeSet<usize> = levels
        .iter()
        .filter_map(|level| sole_owner(&level.size.per_institution))
        .collect();
    planner.ensure(
        owners.len() < levels.len(),
        "een term die de instellingen zijn; geef elke instelling een eigen basislijn",
    )
}

/// The rule that a model breaks as it stands.
fn too_little(planner: &Planner<'_>, shape: &Regression) -> Option<(Check, &'static str)> {
    let settings = planner.policy.settings();
    if shape.residual_df < settings.model_min_df {
        return Some((Check::Model, SATURATED));
    }
    let has_events = shape.events.is_some();
    let few = |count: &Count| count.clients < settings.threshold;
    let small = |level: &Level| few(&level.size) || (has_events && few(&level.events));
    let any_small = shape.terms.iter().any(|term| match &term.coding {
        Coding::Levels(levels) => levels.iter().any(small),
        Coding::Slope { .. } => false,
    });
    let few_events = shape.events.as_ref().is_some_and(few);
    (any_small || few_events || few(&shape.size)).then_some((Check::Model, SMALL_GROUP))
}

fn whole(planner: &mut Planner<'_>, shape: &Regression) -> VarId {
    let at = planner.place(&["totaal"], "aantal in het model".to_owned());
    let size = planner.system.margin(at, "totaal", &shape.size, None);
    planner.system.mark_pooled(size);
    size
}

fn fit(shape: &Regression) -> Fit<'static> {
    let mut layout = Vec::new();
    let mut values = Vec::new();
    for term in &shape.terms {
        match &term.coding {
            Coding::Slope { per, effect } => {
                layout.push(format!("{}|{per}", term.label));
                values.push(Some(coefficient(*effect)));
            }
            Coding::Levels(levels) => {
                let reference = levels.first().map_or("", |level| level.label.as_str());
                for level in levels {
                    let Some(effect) = level.effect else { continue };
                    layout.push(format!("{}|{}|{reference}", term.label, level.label));
                    values.push(Some(coefficient(effect)));
                }
            }
        }
    }
    Fit {
        measure: "model",
        layout,
        size: shape.size,
        events: shape.events.unwrap_or(shape.size),
        values,
    }
}

/// Brings a term into the system: its levels and those without a value are everybody in the
/// model, and so are their events.
fn term(
    planner: &mut Planner<'_>,
    shape: &Regression,
    (term, size, events): (&Term, VarId, Option<VarId>),
    coefficients: &mut std::ops::RangeFrom<usize>,
) -> TermPlan {
    let label = planner.naming.text(&term.label);
    let (is_slope, levels) = match &term.coding {
        Coding::Slope { per, effect } => (true, vec![known(shape, term, per, effect)]),
        Coding::Levels(levels) => (false, levels.clone()),
    };
    let at = planner.place(&["onbekend", &term.label], format!("‘{label}’ onbekend"));
    let missing = planner.system.cell(at, &term.missing, None);
    let plans: Vec<LevelPlan> = levels
        .iter()
        .map(|one| level(planner, (&term.label, one), events, coefficients))
        .collect();
    let sizes: Vec<VarId> = plans
        .iter()
        .map(|level| level.size)
        .chain([missing])
        .collect();
    planner.system.sum(size, &sizes);
    if let Some(events) = events.filter(|_| !is_slope) {
        let known = levels
            .iter()
            .map(|level| level.events)
            .fold(Count::default(), Count::plus);
        let rest = minus(&shape.events.unwrap_or_default(), &known);
        let place = format!("‘{label}’ onbekend, met gebeurtenis");
        let at = planner.place(&["onbekend met gebeurtenis", &term.label], place);
        let rest = planner.system.implied(at, &rest, None);
        let parts: Vec<VarId> = plans
            .iter()
            .filter_map(|level| level.events)
            .chain([rest])
            .collect();
        planner.system.sum(events, &parts);
    }
    TermPlan {
        label,
        is_slope,
        missing,
        levels: plans,
    }
}

/// Those with a value of a quantity, as a level.
fn known(shape: &Regression, term: &Term, per: &str, effect: &estimate::Interval) -> Level {
    Level {
        label: per.to_owned(),
        size: minus(&shape.size, &term.missing),
        events: Count::default(),
        effect: Some(*effect),
    }
}

fn level(
    planner: &mut Planner<'_>,
    (term, level): (&str, &Level),
    events: Option<VarId>,
    coefficients: &mut std::ops::RangeFrom<usize>,
) -> LevelPlan {
    let public = planner.naming.label(&level.label);
    let words = format!("‘{term}’: {public}");
    let at = planner.place(&["groep", term, &level.label], words.clone());
    let group = format!("{term}: {}", level.label);
    let size = planner.system.margin(at, &group, &level.size, None);
    let of_level = events.filter(|_| level.events.count > 0).map(|_| {
        let at = planner.place(
            &["gebeurtenissen", term, &level.label],
            format!("{words}, gebeurtenissen"),
        );
        let with = planner.system.cell(at, &level.events, None);
        let at = planner.place(&["zonder", term, &level.label], format!("{words}, zonder"));
        let without = planner
            .system
            .implied(at, &minus(&level.size, &level.events), None);
        planner.system.line(size, &[with, without]);
        with
    });
    LevelPlan {
        label: public,
        size,
        events: of_level,
        coefficient: level.effect.and_then(|_| coefficients.next()),
    }
}

/// Whether one count is a part of another, for every institution.
fn is_within(part: &Count, whole: &Count) -> bool {
    let mut parts = part.per_institution.iter().zip(&whole.per_institution);
    part.count <= whole.count && parts.all(|(part, whole)| part <= whole)
}

/// The rest of a whole; each client counts once in both.
fn minus(whole: &Count, part: &Count) -> Count {
    let rest = |whole: u64, part: u64| whole.saturating_sub(part);
    Count {
        count: rest(whole.count, part.count),
        clients: rest(whole.clients, part.clients),
        per_institution: std::array::from_fn(|institution| {
            rest(
                whole.per_institution[institution],
                part.per_institution[institution],
            )
        }),
    }
}

impl RegressionPlan {
    /// The fit for the private record, if it is made anew.
    pub(super) fn recorded(&self) -> Option<RecordedFit> {
        self.fit.recorded()
    }

    pub(super) fn show(&self, verdicts: &Verdicts<'_>) -> ReleasedRegression {
        let cell = |id: &Option<VarId>| id.map(|id| verdicts.cell(id));
        let level = |level: &LevelPlan| ReleasedLevel {
            label: level.label.clone(),
            size: verdicts.cell(level.size),
            events: cell(&level.events),
            is_reference: level.coefficient.is_none(),
            effect: level.coefficient.and_then(|place| self.fit.value(place)),
        };
        let term = |term: &TermPlan| ReleasedTerm {
            label: term.label.clone(),
            is_slope: term.is_slope,
            missing: verdicts.cell(term.missing),
            levels: term.levels.iter().map(level).collect(),
        };
        ReleasedRegression {
            outcome: self.outcome.clone(),
            effect: self.effect,
            method: self.method,
            size: verdicts.cell(self.size),
            events: cell(&self.events),
            terms: self.terms.iter().map(term).collect(),
            caveats: self.caveats.clone(),
        }
    }
}
