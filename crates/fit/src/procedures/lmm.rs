//! `lmm`: linear mixed models, as R's `lme4::lmer` with the tests of `lmerTest`.

use super::Fit;
use super::mixed::anova::{self, SumOfSquares};
use super::mixed::comparison::{Compared, likelihood_ratios, unless_same_rows};
use super::mixed::fixed::FixedEffects;
use super::mixed::frame::MixedFrame;
use super::mixed::output;
use crate::arguments::{ModelArguments, new_table};
use crate::coefficients::{Coefficients, ratios};
use crate::text::signif;
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use formula::ModelFrame;
use serde_json::{Map, Value};
use statistics::mixed::{Criterion, LinearMixed, LinearMixedFit, Satterthwaite, TTest};

/// Options of `lmm`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: ModelArguments,
    /// Schat met de gewone aannemelijkheid in plaats van de gerestringeerde (R: REML = FALSE).
    #[arg(long)]
    ml: bool,
    /// Vrijheidsgraden van de toetsen.
    #[arg(long, value_enum, default_value_t = Degrees::Satterthwaite)]
    ddf: Degrees,
    /// Toets de termen met F (R: anova van lmerTest).
    #[arg(long, value_enum, value_name = "SOORT", num_args = 0..=1, default_missing_value = "III")]
    anova: Option<SumOfSquares>,
    /// Geef alleen de tabel van coëfficiënten (R: summary(f)$coefficients).
    #[arg(long)]
    coefficients: bool,
    /// Vergelijk met dit model, zoals anova(a, b): met ML geschat, van klein naar groot. Herhaalbaar.
    #[arg(long, value_name = "FORMULE")]
    versus: Vec<String>,
    /// Vergelijk zonder met ML opnieuw te schatten (R: anova(refit = FALSE)).
    #[arg(long, requires = "versus")]
    no_refit: bool,
    /// Geef alleen het criterium bij deze theta's: "1,0,1; 0.5,0.1,0.3" (R: devFunOnly).
    #[arg(long, value_name = "THETAS")]
    devfun: Option<String>,
    /// Schat niet, maar neem deze theta: "1,0,1".
    #[arg(
        long,
        value_name = "THETA",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    theta: Option<Vec<f64>>,
    /// Geef bij de toevallige effecten hun conditionele variantie (R: condVar = TRUE).
    #[arg(long)]
    cond_var: bool,
    /// Voorspel voor nieuwe gegevens: een bestand, of "Days=0,5; Subject=308".
    #[arg(long, value_name = "GEGEVENS")]
    newdata: Option<String>,
    /// Voorspel zonder toevallige effecten (R: re.form = NA).
    #[arg(long)]
    population: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Degrees {
    /// Volgens Satterthwaite (R: lmerTest)
    Satterthwaite,
    /// Geen toetsen (R: lme4)
    None,
}

impl Options {
    fn criterion(&self) -> Criterion {
        match self.ml {
            true => Criterion::Ml,
            false => Criterion::Reml,
        }
    }
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let model = self.model.model(inputs, &[])?;
        let frame = linear_frame(&model)?;
        if let Some(thetas) = &self.devfun {
            return deviances(&frame, thetas);
        }
        if !self.versus.is_empty() {
            return self.compare(inputs, &frame);
        }
        let random = frame.random();
        let engine = LinearMixed::new(frame.data(&random), self.criterion())?;
        let fit = match &self.theta {
            Some(theta) => engine.fit_at(theta)?,
            None => engine.fit()?,
        };
        output::warn_singular(inputs, &frame.terms, &fit.singular);
        output::warn_aliased(inputs, &frame.names, &fit.aliased);
        let tests = match self.ddf {
            Degrees::Satterthwaite => Some(engine.satterthwaite(&fit)?),
            Degrees::None => None,
        };
        let fixed = fixed(&frame, &fit);
        let table = coefficient_table(&fixed, tests.as_ref());
        if self.coefficients {
            return Ok(Fitted::new(table.to_json(), table.to_text()));
        }
        let mut result = result(&frame, &fit, &fixed);
        result.insert("summary.coefficients".into(), table.to_json());
        let mut text = self.summary(&frame, &fit, &table);
        if let (Some(kind), Some(tests)) = (self.anova, &tests) {
            let table = anova::table(&model, &frame, (tests, fit.sigma), kind)?;
            // R's anova is a table by itself, and its columns are looked for there.
            result.insert("anova".into(), table.to_json());
            if let Value::Object(fields) = table.to_json() {
                result.extend(fields);
            }
            text.push_str(&format!("\nAnalysis of variance:\n{}", table.to_text()));
        }
        if self.cond_var {
            let conditional = engine.conditional_covariances(&fit)?;
            let effects = output::random_effects(&frame.terms, &fit.modes, Some(&conditional));
            result.insert("ranef".into(), effects);
        }
        if let Some(new) = &self.newdata {
            let new = new_table(inputs, new)?;
            let modes = (!self.population).then_some(fit.modes.as_slice());
            let predicted = frame.predict(&model, &new, (&fit.coefficients, modes))?;
            result.insert("predict".into(), json::numbers_or_na(&predicted));
        }
        Ok(Fitted::new(Value::Object(result), text))
    }
}

fn linear_frame(model: &ModelFrame) -> Result<MixedFrame, Failure> {
    let weights = model.role_numbers("weights")?;
    MixedFrame::of(model, (model.response_numbers()?, weights))
}

/// The criteria of REML and ML at given θ.
fn deviances(frame: &MixedFrame, thetas: &str) -> Result<Fitted, Failure> {
    let parse = |text: &str| -> Result<Vec<f64>, Failure> {
        let numbers = text.split(',').map(|number| number.trim().parse::<f64>());
        let numbers: Result<Vec<f64>, _> = numbers.collect();
        numbers.map_err(|_| Failure::option("devfun", "verwacht getallen: \"1,0,1; 0.5,0.1,0.3\""))
    };
    let thetas: Vec<Vec<f64>> = thetas
        .split(';')
        .filter(|text| !text.trim().is_empty())
        .map(parse)
        .collect::<Result<_, _>>()?;
    let random = frame.random();
    let at = |criterion| -> Result<Vec<f64>, Failure> {
        let engine = LinearMixed::new(frame.data(&random), criterion)?;
        let values = thetas.iter().map(|theta| engine.deviance(theta));
        Ok(values.collect::<Result<_, _>>()?)
    };
    let (reml, ml) = (at(Criterion::Reml)?, at(Criterion::Ml)?);
    let mut text = String::new();
    for ((theta, reml), ml) in thetas.iter().zip(&reml).zip(&ml) {
        let theta: Vec<String> = theta.iter().map(|value| signif(*value, 7)).collect();
        text.push_str(&format!(
            "theta {}: REML {reml:.6}, ML {ml:.6}\n",
            theta.join(" ")
        ));
    }
    let mut result = Map::new();
    let lists = thetas.iter().map(|theta| json::numbers(theta)).collect();
    result.insert("theta".into(), Value::Array(lists));
    result.insert("reml.criterion".into(), json::numbers(&reml));
    result.insert("ml.deviance".into(), json::numbers(&ml));
    Ok(Fitted::new(Value::Object(result), text))
}

/// `summary(f)$coefficients`.
fn coefficient_table(fixed: &FixedEffects, tests: Option<&Satterthwaite>) -> Coefficients {
    let errors = fixed.std_errs();
    let ratios = ratios(&fixed.estimates, &errors);
    let table = Coefficients::new(&fixed.names)
        .with("Estimate", fixed.estimates.clone())
        .with("Std. Error", errors);
    let Some(tests) = tests else {
        return table.with("t value", ratios);
    };
    let each: Vec<Option<TTest>> = fixed
        .places
        .iter()
        .map(|&column| tests.t_test_of(column))
        .collect();
    let column = |pick: fn(&TTest) -> f64| -> Vec<f64> {
        each.iter()
            .map(|test| test.as_ref().map_or(f64::NAN, pick))
            .collect()
    };
    table
        .with("df", column(|test| test.df))
        .with("t value", ratios)
        .with("Pr(>|t|)", column(|test| test.p_value))
}

fn fixed(frame: &MixedFrame, fit: &LinearMixedFit) -> FixedEffects {
    let estimates = (fit.coefficients.as_slice(), &fit.covariance);
    FixedEffects::of(&frame.names, estimates, &fit.aliased)
}

fn result(frame: &MixedFrame, fit: &LinearMixedFit, fixed: &FixedEffects) -> Map<String, Value> {
    let residuals: Vec<f64> = frame
        .y
        .iter()
        .zip(&fit.fitted)
        .map(|(y, f)| y - f)
        .collect();
    let criteria = fit.criteria();
    let mut result = Map::new();
    output::set_criteria(&mut result, &criteria);
    let mut set = |name: &str, value| result.insert(name.into(), value);
    set("n", fit.rows.into());
    set("fixef", fixed.named());
    set("vcov", fixed.covariance());
    set("theta", json::numbers(&fit.theta));
    set("sigma", json::number(fit.sigma));
    set("varcorr", output::variances(&frame.terms, &fit.covariances));
    set("REML", (fit.criterion == Criterion::Reml).into());
    set("criterion", json::number(fit.deviance));
    set(
        "df.residual",
        fit.rows.saturating_sub(criteria.parameters).into(),
    );
    set(
        "ranef",
        output::random_effects(&frame.terms, &fit.modes, None),
    );
    set("ngrps", output::group_counts(&frame.terms));
    set("fitted", json::numbers(&fit.fitted));
    set("resid", json::numbers(&residuals));
    set("pwrss", json::number(fit.penalised_sum_of_squares));
    set("isSingular", (!fit.singular.is_empty()).into());
    result
}

impl Options {
    fn summary(&self, frame: &MixedFrame, fit: &LinearMixedFit, table: &Coefficients) -> String {
        let (how, criterion) = match fit.criterion {
            Criterion::Reml => ("REML", "REML criterion at convergence"),
            Criterion::Ml => ("maximum likelihood", "-2 log-likelihood"),
        };
        let tests = match self.ddf {
            Degrees::Satterthwaite => ". t-tests use Satterthwaite's method",
            Degrees::None => "",
        };
        format!(
            "Linear mixed model fit by {how}{tests}\nFormula: {}\n\n{criterion}: {:.1}\n\
             {}\n\nRandom effects:\n{}{}\nFixed effects:\n{}",
            self.model.formula,
            fit.deviance,
            output::criteria_text(&fit.criteria(), 6),
            output::random_text(&frame.terms, &fit.covariances, Some(fit.sigma)),
            output::sizes_text(frame),
            table.to_text(),
        )
    }

    /// Likelihood-ratio tests between this model and others on the same rows.
    fn compare(&self, inputs: &Inputs<'_>, first: &MixedFrame) -> Result<Fitted, Failure> {
        let criterion = match self.no_refit {
            true => self.criterion(),
            false => Criterion::Ml,
        };
        let mut fits = vec![(
            self.model.formula.clone(),
            fitted(inputs, first, criterion)?,
        )];
        for formula in &self.versus {
            let arguments = ModelArguments {
                formula: formula.clone(),
                ..self.model.clone()
            };
            let frame = linear_frame(&arguments.model(inputs, &[])?)?;
            unless_same_rows(formula, &frame, first)?;
            fits.push((formula.clone(), fitted(inputs, &frame, criterion)?));
        }
        let models = fits.into_iter().map(|(formula, fit)| Compared {
            formula,
            criteria: fit.criteria(),
        });
        Ok(likelihood_ratios(models.collect()))
    }
}

fn fitted(
    inputs: &Inputs<'_>,
    frame: &MixedFrame,
    criterion: Criterion,
) -> Result<LinearMixedFit, Failure> {
    let random = frame.random();
    let fit = LinearMixed::new(frame.data(&random), criterion)?.fit()?;
    output::warn_singular(inputs, &frame.terms, &fit.singular);
    Ok(fit)
}
