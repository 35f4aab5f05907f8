//! Model frames as rows with limits, and new data for them.

use crate::arguments::new_table;
use crate::{Failure, Inputs};
use formula::{Censoring, DesignOptions, Evaluator, Factor, Frame, ModelFrame, Survival, Value};
use statistics::matrix::Matrix;
use statistics::parametric::AcceleratedData;

/// Main effects that are no columns of the design.
pub(in crate::procedures) const LIKE_R: &[&str] = &["strata", "cluster"];

/// What is known of each time.
pub(in crate::procedures) struct Limits {
    pub(in crate::procedures) lower: Vec<f64>,
    pub(in crate::procedures) upper: Vec<f64>,
    pub(in crate::procedures) entry: Option<Vec<f64>>,
}

impl Limits {
    /// Limits of the times of a `Surv()`.
    pub(in crate::procedures) fn of(survival: &Survival) -> Result<Self, Failure> {
        if survival.is_multistate() {
            let message = "Dit model kent één soort gebeurtenis; de uitkomst heeft er meer.";
            return Err(Failure::new("multistate_outcome", message));
        }
        let times = survival.stop.iter().zip(survival.events());
        let pick = |unseen: f64| -> Vec<f64> {
            let times = times.clone();
            times
                .map(|(&time, event)| if event { time } else { unseen })
                .collect()
        };
        let (lower, upper) = match survival.censoring {
            Censoring::Right | Censoring::Counting => (survival.stop.clone(), pick(f64::INFINITY)),
            Censoring::Left => (pick(f64::NEG_INFINITY), survival.stop.clone()),
            Censoring::Interval => (survival.start.clone(), survival.stop.clone()),
        };
        let entry = (survival.censoring == Censoring::Counting).then(|| survival.start.clone());
        Ok(Self {
            lower,
            upper,
            entry,
        })
    }
}

/// The rows of a model without their design.
pub(in crate::procedures) struct TimeRows {
    pub(in crate::procedures) limits: Limits,
    pub(in crate::procedures) weights: Option<Vec<f64>>,
    pub(in crate::procedures) offset: Option<Vec<f64>>,
    pub(in crate::procedures) strata: Option<Vec<usize>>,
    pub(in crate::procedures) stratum_names: Vec<String>,
}

impl TimeRows {
    pub(in crate::procedures) fn of(model: &ModelFrame, limits: Limits) -> Result<Self, Failure> {
        let strata = model.strata();
        Ok(Self {
            limits,
            weights: model.role_numbers("weights")?,
            offset: model.offset.clone(),
            stratum_names: strata.as_ref().map_or_else(Vec::new, |f| f.levels.clone()),
            strata: strata.as_ref().map(codes),
        })
    }

    pub(in crate::procedures) fn data<'a>(&'a self, x: &'a Matrix) -> AcceleratedData<'a> {
        AcceleratedData {
            x,
            lower: &self.limits.lower,
            upper: &self.limits.upper,
            entry: self.limits.entry.as_deref(),
            weights: self.weights.as_deref(),
            offset: self.offset.as_deref(),
            strata: self.strata.as_deref(),
        }
    }
}

pub(in crate::procedures) fn codes(factor: &Factor) -> Vec<usize> {
    factor.codes.iter().map(|&code| code as usize).collect()
}

/// Clusters by `--cluster`, or by `cluster()` in the formula.
pub(in crate::procedures) fn clusters(model: &ModelFrame) -> Result<Option<Vec<usize>>, Failure> {
    if let Some(factor) = model.role_groups("cluster") {
        return Ok(Some(codes(&factor)));
    }
    match model.specials("cluster").as_slice() {
        [] => Ok(None),
        [(_, variable)] => Ok(variable.factor().as_ref().map(codes)),
        _ => Err(Failure::new(
            "two_clusters",
            "De formule heeft meer dan één cluster().",
        )),
    }
}

/// Rows to predict for.
pub(in crate::procedures) struct NewRows {
    pub(in crate::procedures) x: Matrix,
    pub(in crate::procedures) offset: Option<Vec<f64>>,
    pub(in crate::procedures) strata: Option<Vec<usize>>,
}

/// New data, with the strata and offsets of the model.
pub(in crate::procedures) fn new_rows(
    inputs: &Inputs<'_>,
    model: &ModelFrame,
    text: &str,
) -> Result<NewRows, Failure> {
    let frame = new_table(inputs, text)?;
    let plan = model.plan(DesignOptions {
        except: LIKE_R,
        always_intercept: false,
    })?;
    let design = plan.apply(&frame)?;
    Ok(NewRows {
        x: Matrix::from_values(design.rows, design.columns(), design.values),
        offset: model.offset_of(&frame)?,
        strata: new_strata(model, &frame)?,
    })
}

fn new_strata(model: &ModelFrame, frame: &Frame) -> Result<Option<Vec<usize>>, Failure> {
    let Some(known) = model.strata() else {
        return Ok(None);
    };
    let evaluator = Evaluator::new(frame);
    let mut names: Vec<Vec<String>> = vec![Vec::new(); frame.rows()];
    for (_, variable) in model.specials("strata") {
        let Value::Column(column) = evaluator.variable(&variable.fixed)? else {
            continue;
        };
        for (row, parts) in names.iter_mut().enumerate() {
            parts.push(column.text(row).unwrap_or_else(|| "NA".into()));
        }
    }
    let place = |parts: &Vec<String>| {
        let name = parts.join(", ");
        let known = known.levels.iter().position(|level| *level == name);
        known.ok_or_else(|| {
            Failure::new(
                "unknown_stratum",
                format!("Het model kent geen stratum '{name}'."),
            )
        })
    };
    names.iter().map(place).collect::<Result<_, _>>().map(Some)
}
