//! `lme`: linear mixed models with correlated residuals, as R's `nlme::lme`.

use super::Fit;
use super::gls::{common, structure_text};
use super::mixed::fixed::FixedEffects;
use super::mixed::frame::{MixedFrame, groupings};
use super::mixed::output;
use super::mixed::residuals::{ResidualArguments, table};
use crate::arguments::ModelArguments;
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use serde_json::{Map, Value};
use statistics::matrix::Matrix;
use statistics::mixed::{Criterion, Marginal, MarginalFit};

/// Options of `lme`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: ModelArguments,
    /// Toevallige effecten zoals in R: "~ 1 | Subject"; mogen ook in de formule: (1 | Subject).
    #[arg(long, value_name = "EFFECTEN")]
    random: Option<String>,
    #[command(flatten)]
    residuals: ResidualArguments,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let model = self.residuals.model(inputs, &self.arguments())?;
        if model.terms.random.is_empty() {
            let message = "Er zijn geen toevallige effecten: --random \"~ 1 | groep\".";
            return Err(Failure::new("no_random_effects", message));
        }
        let outcome = (model.response_numbers()?, self.residuals.weights(&model)?);
        let frame = MixedFrame::of(&model, outcome)?;
        let random = frame.random();
        let innermost = frame.terms.first().map(|term| term.codes.as_slice());
        let columns = self.residuals.columns(&model, innermost)?;
        let criterion = self.residuals.criterion();
        let fit = Marginal::new(frame.data(&random), columns.residuals(), criterion)?.fit()?;
        output::warn_singular(inputs, &frame.terms, &fit.singular);
        output::warn_aliased(inputs, &frame.names, &fit.aliased);
        let rank = frame.names.len() - fit.aliased.len();
        // nlme's summary corrects the errors of ML for the coefficients estimated.
        let factor = match criterion {
            Criterion::Reml => 1.0,
            Criterion::Ml => (fit.rows as f64 / (fit.rows - rank) as f64).sqrt(),
        };
        let df = degrees(&frame, &fit);
        let estimates = (fit.coefficients.as_slice(), &fit.covariance);
        let fixed = FixedEffects::of(&frame.names, estimates, &fit.aliased);
        let table = table(&fixed, (factor, &df), true);
        let mut sd: Vec<f64> = fit
            .covariances
            .iter()
            .flat_map(output::deviations)
            .collect();
        sd.push(fit.sigma);
        let mut result = Map::new();
        let mut set = |name: &str, value| result.insert(name.into(), value);
        set("n", fit.rows.into());
        set("names", json::texts(&frame.names));
        set("fixef", json::numbers(&fixed.estimates));
        set("vcov", fixed.covariance());
        set("tTable", table.to_json());
        set("summary.coefficients", table.to_json());
        set("sd", json::numbers(&sd));
        set("theta", json::numbers(&fit.theta));
        set("varcorr", output::variances(&frame.terms, &fit.covariances));
        set(
            "ranef",
            output::random_effects(&frame.terms, &fit.modes, None),
        );
        set("ngrps", output::group_counts(&frame.terms));
        set("isSingular", (!fit.singular.is_empty()).into());
        common(&mut result, &fit, &columns, &frame.y);
        let how = match criterion {
            Criterion::Reml => "REML",
            Criterion::Ml => "maximum likelihood",
        };
        let text = format!(
            "Linear mixed-effects model fit by {how}\n  {}\n\n\
             Random effects:\n{}\n{}\nFixed effects: {}\n{}\n{}",
            output::criteria_text(&fit.criteria(), 7),
            output::random_text(&frame.terms, &fit.covariances, Some(fit.sigma)),
            structure_text(&fit, &columns),
            self.model.formula,
            table.to_text(),
            output::sizes_text(&frame),
        );
        Ok(Fitted::new(Value::Object(result), text))
    }
}

impl Options {
    /// The random effects as a part of the formula.
    fn arguments(&self) -> ModelArguments {
        let mut arguments = self.model.clone();
        if let Some(random) = &self.random {
            let effects = random.trim().trim_start_matches('~');
            arguments.formula = format!("{} + ({effects})", arguments.formula);
        }
        arguments
    }
}

/// Pinheiro and Bates (2000), p. 91: a term is estimated at the level of grouping within which
/// it is constant, and has as many degrees of freedom as that level has groups, less those of
/// the level above and the coefficients estimated at it. One value per column that counts.
fn degrees(frame: &MixedFrame, fit: &MarginalFit) -> Vec<f64> {
    // From the outermost inwards.
    let levels: Vec<(&[usize], usize)> = groupings(&frame.terms)
        .into_iter()
        .rev()
        .map(|(_, places)| {
            let term = &frame.terms[places[0]];
            (term.codes.as_slice(), term.levels.len())
        })
        .collect();
    let has_intercept = frame.assign.first() == Some(&0);
    let kept: Vec<usize> = (0..frame.names.len())
        .filter(|column| !fit.aliased.contains(column))
        .collect();
    let level_of_term = |assign: usize| {
        let columns: Vec<usize> = kept
            .iter()
            .copied()
            .filter(|&column| frame.assign[column] == assign)
            .collect();
        let constant = |(codes, count): &(&[usize], usize)| {
            columns
                .iter()
                .all(|&column| is_constant(&frame.x, column, (codes, *count)))
        };
        levels.iter().position(constant).unwrap_or(levels.len())
    };
    let level: Vec<usize> = kept
        .iter()
        .map(|&column| match frame.assign[column] {
            0 => levels.len(),
            assign => level_of_term(assign),
        })
        .collect();
    let degrees = |at: usize| {
        let groups = levels.get(at).map_or(fit.rows, |(_, count)| *count);
        let above = match at {
            0 => usize::from(has_intercept),
            _ => levels[at - 1].1,
        };
        let estimated = kept
            .iter()
            .zip(&level)
            .filter(|(column, level)| **level == at && frame.assign[**column] > 0)
            .count();
        groups as f64 - (above + estimated) as f64
    };
    level.iter().map(|&at| degrees(at)).collect()
}

fn is_constant(x: &Matrix, column: usize, (codes, count): (&[usize], usize)) -> bool {
    let mut first = vec![f64::NAN; count];
    x.column(column).iter().zip(codes).all(|(&value, &code)| {
        if first[code].is_nan() {
            first[code] = value;
        }
        first[code] == value
    })
}
