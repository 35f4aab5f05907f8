//! `glmm`: generalised linear mixed models, as R's `lme4::glmer`.

use super::Fit;
use super::glm::{FamilyArguments, Regression};
use super::lmm::{Compared, likelihood_ratios};
use super::mixed::frame::MixedFrame;
use super::mixed::output;
use crate::arguments::{ModelArguments, new_table};
use crate::coefficients::Coefficients;
use crate::text::signif;
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use serde_json::{Map, Value};
use statistics::distribution::Normal;
use statistics::mixed::{GeneralisedMixed, GeneralisedMixedFit};

/// Options of `glmm`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: ModelArguments,
    #[command(flatten)]
    family: FamilyArguments,
    /// Knopen van de kwadratuur: 1 is Laplace; meer alleen bij één toevallig effect (R: nAGQ).
    #[arg(long, value_name = "AANTAL", default_value_t = 1)]
    nagq: usize,
    /// Geef de aannemelijkheid ten opzichte van het verzadigde model, zoals lme4 bij nAGQ > 1.
    #[arg(long)]
    relative: bool,
    /// Zoek de modes zo grof als lme4 1.1-31 doet, om met zijn antwoorden te vergelijken.
    #[arg(long)]
    as_lme4: bool,
    /// Vergelijk met dit model, zoals anova(a, b). Herhaalbaar.
    #[arg(long, value_name = "FORMULE")]
    versus: Vec<String>,
    /// Geef bij de toevallige effecten hun conditionele variantie (R: condVar = TRUE).
    #[arg(long)]
    cond_var: bool,
    /// Voorspel voor nieuwe gegevens: een bestand, of "period=1,2; herd=1".
    #[arg(long, value_name = "GEGEVENS")]
    newdata: Option<String>,
    /// Voorspel zonder toevallige effecten (R: re.form = NA).
    #[arg(long)]
    population: bool,
}

impl Options {
    fn frame(
        &self,
        inputs: &Inputs<'_>,
        arguments: &ModelArguments,
    ) -> Result<(formula::ModelFrame, MixedFrame), Failure> {
        let model = arguments.model(inputs, &[])?;
        if model.terms.random.is_empty() {
            let message = "De formule heeft geen toevallige effecten: (1 | groep).";
            return Err(Failure::new("no_random_effects", message));
        }
        let outcome = Regression::of(&model, self.family.family())?;
        let frame = MixedFrame::of(&model, (outcome.y, outcome.weights))?;
        Ok((model, frame))
    }

    fn fitted(
        &self,
        inputs: &Inputs<'_>,
        frame: &MixedFrame,
    ) -> Result<GeneralisedMixedFit, Failure> {
        let random = frame.random();
        let family = (self.family.family(), self.family.link());
        let mut engine = GeneralisedMixed::new(frame.data(&random), family, self.nagq)?;
        if self.as_lme4 {
            engine = engine.as_lme4()?;
        }
        let fit = engine.fit()?;
        output::warn_singular(inputs, &frame.terms, &fit.singular);
        output::warn_aliased(inputs, &frame.names, &fit.aliased);
        Ok(fit)
    }

    fn ln_likelihood(&self, fit: &GeneralisedMixedFit) -> f64 {
        match self.relative {
            true => fit.ln_likelihood - fit.saturated,
            false => fit.ln_likelihood,
        }
    }

    fn compared(&self, formula: &str, fit: &GeneralisedMixedFit) -> Compared {
        let shift = 2.0 * (fit.ln_likelihood - self.ln_likelihood(fit));
        Compared {
            formula: formula.to_owned(),
            parameters: fit.parameters(),
            ln_likelihood: self.ln_likelihood(fit),
            aic: fit.aic() + shift,
            bic: fit.bic() + shift,
        }
    }

    fn compare(&self, inputs: &Inputs<'_>, first: &MixedFrame) -> Result<Fitted, Failure> {
        let fit = self.fitted(inputs, first)?;
        let mut models = vec![self.compared(&self.model.formula, &fit)];
        for formula in &self.versus {
            let arguments = ModelArguments {
                formula: formula.clone(),
                ..self.model.clone()
            };
            let (_, frame) = self.frame(inputs, &arguments)?;
            if frame.y.len() != first.y.len() {
                let message = format!(
                    "'{formula}' gebruikt {} rijen, het eerste model {}: vergelijk op dezelfde rijen (--na-omit).",
                    frame.y.len(),
                    first.y.len()
                );
                return Err(Failure::new("rows_differ", message));
            }
            let fit = self.fitted(inputs, &frame)?;
            models.push(self.compared(formula, &fit));
        }
        Ok(likelihood_ratios(models))
    }
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let (model, frame) = self.frame(inputs, &self.model)?;
        if !self.versus.is_empty() {
            return self.compare(inputs, &frame);
        }
        let fit = self.fitted(inputs, &frame)?;
        let table = table(&frame.names, &fit);
        let mut result = self.result(&frame, &fit, &table);
        if let Some(new) = &self.newdata {
            let new = new_table(inputs, new)?;
            let modes = (!self.population).then_some(fit.modes.as_slice());
            let predictor = frame.predict(&model, &new, (&fit.coefficients, modes))?;
            let link = self.family.link();
            let means: Vec<f64> = predictor
                .iter()
                .map(|&eta| link.mean_and_slope(eta).0)
                .collect();
            result.insert("predict".into(), json::numbers_or_na(&predictor));
            result.insert("predict.response".into(), json::numbers_or_na(&means));
        }
        let how = match self.nagq {
            1 => "Laplace Approximation".to_owned(),
            nodes => format!("Adaptive Gauss-Hermite Quadrature, nAGQ = {nodes}"),
        };
        let text = format!(
            "Generalized linear mixed model fit by maximum likelihood ({how})\nFormula: {}\n\
             AIC {}  BIC {}  logLik {}\n\nRandom effects:\n{}{}\nFixed effects:\n{}",
            self.model.formula,
            signif(fit.aic(), 6),
            signif(fit.bic(), 6),
            signif(self.ln_likelihood(&fit), 6),
            output::random_text(&frame.terms, &fit.covariances, None),
            output::sizes_text(&frame),
            table.to_text(),
        );
        Ok(Fitted::new(Value::Object(result), text))
    }
}

/// `summary(f)$coefficients`.
fn table(names: &[String], fit: &GeneralisedMixedFit) -> Coefficients {
    let kept: Vec<usize> = (0..names.len())
        .filter(|column| !fit.aliased.contains(column))
        .collect();
    let estimates: Vec<f64> = kept
        .iter()
        .map(|&column| fit.coefficients[column])
        .collect();
    let errors: Vec<f64> = kept
        .iter()
        .map(|&column| fit.covariance[(column, column)].sqrt())
        .collect();
    let ratios: Vec<f64> = estimates
        .iter()
        .zip(&errors)
        .map(|(b, se)| b / se)
        .collect();
    let p_values = ratios.iter().map(|&z| Normal::two_sided(z)).collect();
    let kept_names: Vec<String> = kept.iter().map(|&column| names[column].clone()).collect();
    Coefficients::new(&kept_names)
        .with("Estimate", estimates)
        .with("Std. Error", errors)
        .with("z value", ratios)
        .with("Pr(>|z|)", p_values)
}

impl Options {
    fn result(
        &self,
        frame: &MixedFrame,
        fit: &GeneralisedMixedFit,
        table: &Coefficients,
    ) -> Map<String, Value> {
        let conditional = self.cond_var.then_some(fit.conditional.as_slice());
        let ranef = output::random_effects(&frame.terms, &fit.modes, conditional);
        let compared = self.compared("", fit);
        // One random effect: R's own shape of a vector is as common as its table.
        let modes: Vec<f64> = match fit.modes.as_slice() {
            [only] if only.rows() == 1 => only.row(0),
            _ => Vec::new(),
        };
        let mut result = Map::new();
        let mut set = |name: &str, value| result.insert(name.into(), value);
        set("n", fit.rows.into());
        set(
            "fixef",
            output::fixed_effects(&frame.names, &fit.coefficients, &fit.aliased),
        );
        set("vcov", output::covariance(&fit.covariance, &fit.aliased));
        set("summary.coefficients", table.to_json());
        set("theta", json::numbers(&fit.theta));
        set("varcorr", output::variances(&frame.terms, &fit.covariances));
        set("logLik", json::number(compared.ln_likelihood));
        set("deviance", json::number(fit.conditional_deviance));
        set("criterion", json::number(-2.0 * compared.ln_likelihood));
        set("AIC", json::number(compared.aic));
        set("BIC", json::number(compared.bic));
        set("npar", fit.parameters().into());
        match modes.is_empty() {
            true => set("ranef", ranef),
            false => {
                set("ranef", json::numbers(&modes));
                set("ranef.table", ranef)
            }
        };
        set("ngrps", output::group_counts(&frame.terms));
        set("fitted", json::numbers(&fit.fitted));
        set("isSingular", (!fit.singular.is_empty()).into());
        result
    }
}
