//! Rows of a regression of the subdistribution of one cause: what `crr` and `finegray` share.

use crate::prepare::cause;
use crate::{Failure, Inputs, json};
use formula::{DesignOptions, DesignPlan, Factor, Frame, ModelFrame, Survival};
use serde_json::{Map, Value};
use statistics::competing::{FineGray, FineGrayData};
use statistics::matrix::Matrix;

/// Covariates, weights and strata beside the outcome.
pub(super) struct SubdistributionRows {
    pub(super) model: ModelFrame,
    pub(super) names: Vec<String>,
    pub(super) strata: Option<Factor>,
    survival: Survival,
    cause: u32,
    x: Matrix,
    weights: Option<Vec<f64>>,
    plan: DesignPlan,
}

impl SubdistributionRows {
    /// The rows of a model; without a name the cause is the first one.
    pub(super) fn of(
        model: ModelFrame,
        survival: Survival,
        name: Option<&str>,
    ) -> Result<Self, Failure> {
        let options = DesignOptions {
            except: &["strata", "cluster"],
            always_intercept: true,
        };
        let design = model.design(options)?.without_intercept();
        Ok(Self {
            plan: model.plan(options)?,
            x: Matrix::from_values(design.rows, design.names.len(), design.values),
            names: design.names,
            strata: model.strata(),
            weights: model.role_numbers("weights")?,
            cause: cause(&survival, name)?,
            survival,
            model,
        })
    }

    /// For the engine, with the groups that have a censoring distribution of their own and the
    /// person that each row belongs to.
    pub(super) fn data<'a>(
        &'a self,
        censoring_groups: Option<&'a Factor>,
        id: Option<&'a Factor>,
    ) -> FineGrayData<'a> {
        let survival = &self.survival;
        FineGrayData {
            entry: (!survival.start.is_empty()).then_some(&survival.start),
            time: &survival.stop,
            status: &survival.status,
            cause: self.cause,
            x: &self.x,
            weights: self.weights.as_deref(),
            offset: self.model.offset.as_deref(),
            strata: self.strata.as_ref().map(codes),
            censoring_groups: censoring_groups.map(codes),
            id: id.map(codes),
        }
    }

    /// Adds `time`, and `cif1`, `cif2`, … for the rows of new data.
    pub(super) fn predict(
        &self,
        result: &mut Map<String, Value>,
        fit: &FineGray,
        new: &Frame,
    ) -> Result<(), Failure> {
        let new = self.plan.apply(new)?.without_intercept();
        let times: Vec<f64> = fit.baseline().iter().map(|&(time, _)| time).collect();
        result.insert("time".into(), json::numbers(&times));
        for row in 0..new.rows {
            let x: Vec<f64> = (0..new.columns()).map(|c| new.column(c)[row]).collect();
            let incidence = fit.cumulative_incidence(&x)?;
            result.insert(format!("cif{}", row + 1), json::numbers(&incidence));
        }
        Ok(())
    }
}

/// The groups' codes, from 0.
pub(super) fn codes(groups: &Factor) -> &[u32] {
    &groups.codes
}

/// Tells of coefficients that are infinite or aliased, and of no convergence.
pub(super) fn warn(inputs: &Inputs<'_>, fit: &FineGray, names: &[String]) {
    let named = |columns: &[usize]| -> String {
        let names: Vec<&str> = columns.iter().map(|&c| names[c].as_str()).collect();
        names.join(", ")
    };
    if !fit.infinite.is_empty() {
        let message = format!(
            "De aannemelijkheid convergeert eerder dan {}: die zijn mogelijk oneindig.",
            named(&fit.infinite)
        );
        inputs.warn("infinite_coefficient", message);
    }
    if !fit.aliased.is_empty() {
        let message = format!("Volgen uit andere kolommen: {}.", named(&fit.aliased));
        inputs.warn("aliased", message);
    }
    if !fit.converged && fit.iterations > 0 {
        inputs.warn("not_converged", "Niet geconvergeerd.");
    }
}

/// The coefficients, NaN where aliased.
pub(super) fn estimated(fit: &FineGray) -> Vec<f64> {
    let mut coefficients = fit.coefficients.clone();
    for &column in &fit.aliased {
        coefficients[column] = f64::NAN;
    }
    coefficients
}
