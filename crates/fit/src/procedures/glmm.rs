//! `glmm`: generalised linear mixed models, as R's `lme4::glmer`.

use super::Fit;
use super::glm::{FamilyArguments, Regression};
use super::mixed::comparison::{Compared, likelihood_ratios, unless_same_rows};
use super::mixed::fixed::FixedEffects;
use super::mixed::frame::MixedFrame;
use super::mixed::output;
use crate::arguments::{ModelArguments, new_table};
use crate::coefficients::{Coefficients, normal_p_values, ratios};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use serde_json::{Map, Value};
use statistics::mixed::{GeneralisedMixed, GeneralisedMixedFit, InformationCriteria};

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

    fn criteria(&self, fit: &GeneralisedMixedFit) -> InformationCriteria {
        match self.relative {
            true => {
                let deviance = -2.0 * (fit.ln_likelihood - fit.saturated);
                InformationCriteria::new(deviance, fit.parameters(), fit.rows)
            }
            false => fit.criteria(),
        }
    }

    fn compared(&self, formula: &str, fit: &GeneralisedMixedFit) -> Compared {
        Compared {
            formula: formula.to_owned(),
            criteria: self.criteria(fit),
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
            unless_same_rows(formula, &frame, first)?;
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
        let estimates = (fit.coefficients.as_slice(), &fit.covariance);
        let fixed = FixedEffects::of(&frame.names, estimates, &fit.aliased);
        let table = table(&fixed);
        let mut result = self.result(&frame, &fit, &fixed);
        result.insert("summary.coefficients".into(), table.to_json());
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
             {}\n\nRandom effects:\n{}{}\nFixed effects:\n{}",
            self.model.formula,
            output::criteria_text(&self.criteria(&fit), 6),
            output::random_text(&frame.terms, &fit.covariances, None),
            output::sizes_text(&frame),
            table.to_text(),
        );
        Ok(Fitted::new(Value::Object(result), text))
    }
}

/// `summary(f)$coefficients`.
fn table(fixed: &FixedEffects) -> Coefficients {
    let errors = fixed.std_errs();
    let ratios = ratios(&fixed.estimates, &errors);
    let p_values = normal_p_values(&ratios);
    Coefficients::new(&fixed.names)
        .with("Estimate", fixed.estimates.clone())
        .with("Std. Error", errors)
        .with("z value", ratios)
        .with("Pr(>|z|)", p_values)
}

impl Options {
    fn result(
        &self,
        frame: &MixedFrame,
        fit: &GeneralisedMixedFit,
        fixed: &FixedEffects,
    ) -> Map<String, Value> {
        let conditional = self.cond_var.then_some(fit.conditional.as_slice());
        let ranef = output::random_effects(&frame.terms, &fit.modes, conditional);
        let criteria = self.criteria(fit);
        // One random effect: R's own shape of a vector is as common as its table.
        let modes: Vec<f64> = match fit.modes.as_slice() {
            [only] if only.rows() == 1 => only.row(0),
            _ => Vec::new(),
        };
        let mut result = Map::new();
        output::set_criteria(&mut result, &criteria);
        let mut set = |name: &str, value| result.insert(name.into(), value);
        set("n", fit.rows.into());
        set("fixef", fixed.named());
        set("vcov", fixed.covariance());
        set("theta", json::numbers(&fit.theta));
        set("varcorr", output::variances(&frame.terms, &fit.covariances));
        set("deviance", json::number(fit.conditional_deviance));
        set("criterion", json::number(-2.0 * criteria.ln_likelihood));
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
