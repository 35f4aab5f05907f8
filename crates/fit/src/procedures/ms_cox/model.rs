//! A fitted multi-state Cox model and the table that it came from.

use super::effects::TransitionFormula;
use super::rows::{NamedEffects, StateTable};
use crate::arguments::SurvivalArguments;
use crate::procedures::multistate::{COVARIATES, TiesName};
use crate::{Failure, Inputs};
use clap::Args;
use formula::{DesignPlan, Expression, Factor, Formula, ModelFrame, Survival};
use statistics::cox::CoxControl;
use statistics::matrix::Matrix;
use statistics::multistate::{MultistateCox, StateRows};

/// A multi-state Cox model.
#[derive(Args, Clone, Debug)]
pub struct MultistateArguments {
    /// The table and the formula for all transitions.
    #[command(flatten)]
    pub survival: SurvivalArguments,
    /// Formule voor enkele overgangen, in de volgorde van R's lijst:
    /// "1:3 + 2:3 ~ age / common + shared". Een toestand is een nummer of naam, 0 is elke;
    /// -term haalt weg, common deelt coëfficiënten, shared de basisintensiteit. Herhaalbaar.
    #[arg(long, value_name = "FORMULE", allow_hyphen_values = true)]
    pub effect: Vec<String>,
    /// Kolom die zegt van wie een rij is.
    #[arg(long, value_name = "UITDRUKKING")]
    pub id: String,
    /// Kolom met de toestand aan het begin van elke rij; zonder deze optie de laatst bereikte.
    #[arg(long, value_name = "UITDRUKKING")]
    pub istate: Option<String>,
    /// Kolom met clusters voor de robuuste variantie; gewoonlijk personen.
    #[arg(long, value_name = "UITDRUKKING")]
    pub cluster: Option<String>,
    /// Gelijktijdige gebeurtenissen.
    #[arg(long, value_enum, default_value_t = TiesName::Breslow)]
    pub ties: TiesName,
    /// Geen robuuste variantie (R: robust = FALSE).
    #[arg(long)]
    pub no_robust: bool,
    /// Beginwaarden van de coëfficiënten.
    #[arg(
        long,
        value_delimiter = ',',
        allow_negative_numbers = true,
        value_name = "GETALLEN"
    )]
    pub init: Option<Vec<f64>>,
    /// Relatieve verandering van de log-likelihood waarbij de schatting stopt.
    #[arg(long, value_name = "GETAL", default_value_t = 2e-12)]
    pub eps: f64,
    /// Hoogstens zoveel stappen.
    #[arg(long, value_name = "AANTAL", default_value_t = 50)]
    pub iter_max: usize,
}

/// The model, its names, and what its rows were.
pub struct FittedModel {
    pub model: ModelFrame,
    pub plan: DesignPlan,
    pub survival: Survival,
    pub states: StateTable,
    pub named: NamedEffects,
    pub fit: MultistateCox,
    pub robust: Option<Robust>,
}

/// What does not trust the model's own variance.
pub struct Robust {
    pub covariance: Matrix,
    pub score_test: f64,
}

impl FittedModel {
    /// The covariance that tests and standard errors use.
    pub fn covariance(&self) -> &Matrix {
        match &self.robust {
            Some(robust) => &robust.covariance,
            None => &self.fit.covariance,
        }
    }
}

impl MultistateArguments {
    /// Reads the table and fits.
    ///
    /// # Errors
    /// What cannot be read or estimated.
    pub fn fitted(&self, inputs: &Inputs<'_>) -> Result<FittedModel, Failure> {
        let formulas: Vec<TransitionFormula> = self
            .effect
            .iter()
            .map(|text| TransitionFormula::parse(text))
            .collect::<Result<_, _>>()?;
        let mut arguments = self.survival.clone();
        for piece in formulas.iter().flat_map(|formula| &formula.added) {
            arguments.model.formula.push_str(" + ");
            arguments.model.formula.push_str(piece);
        }
        let roles = [
            ("id", Some(self.id.as_str())),
            ("istate", self.istate.as_deref()),
            ("cluster", self.cluster.as_deref()),
        ];
        let frame = arguments.model.data.frame(inputs)?;
        let model = arguments.model.model_of(inputs, &frame, &roles)?;
        let survival = arguments.times(&model)?;
        if !survival.is_multistate() {
            let message = "De uitkomst heeft toestanden nodig: Surv(start, stop, factor), met 'gecensureerd' als eerste niveau.";
            return Err(Failure::new("wrong_response", message));
        }
        let id = model.role_groups("id").unwrap_or_default();
        let states = StateTable::of(&survival, model.role_groups("istate"), &id);
        let plan = model.plan(COVARIATES)?;
        let design = model.design(COVARIATES)?.without_intercept();
        let base = Formula::parse(&self.survival.model.formula)?
            .terms(frame.names())?
            .labels();
        let named = NamedEffects::of(
            (&states, states.transitions()?),
            &base,
            &formulas,
            (&design, frame.names()),
        )?;
        let x = Matrix::from_values(design.rows, design.columns(), design.values);
        let strata = model.strata().map(|strata| strata.codes);
        let weights = model.role_numbers("weights")?;
        let rows = StateRows {
            start: &survival.start_or(f64::NEG_INFINITY),
            stop: &survival.stop,
            from: &states.from,
            to: &states.to,
            design: &x,
            strata: strata.as_deref(),
            weights: weights.as_deref(),
            offset: model.offset.as_deref(),
        };
        if let Some(init) = &self.init
            && init.len() != named.effects.coefficients
        {
            let message = format!(
                "{} waarden voor {} coëfficiënten",
                init.len(),
                named.effects.coefficients
            );
            return Err(Failure::option("init", message));
        }
        let control = CoxControl {
            tolerance: self.eps,
            max_iterations: self.iter_max,
            init: self.init.clone(),
            ..CoxControl::default()
        };
        let fit = MultistateCox::fit(rows, named.effects.clone(), self.ties.ties(), &control)?;
        self.warn(inputs, &fit, &named.names);
        let cluster = cluster(&model).unwrap_or(id);
        let robust = match self.no_robust || fit.coefficients.is_empty() {
            true => None,
            false => Some(robust(&fit, &cluster)?),
        };
        Ok(FittedModel {
            plan,
            survival,
            states,
            named,
            fit,
            robust,
            model,
        })
    }

    fn warn(&self, inputs: &Inputs<'_>, fit: &MultistateCox, names: &[String]) {
        if !fit.infinite.is_empty() {
            let infinite: Vec<&str> = fit.infinite.iter().map(|&k| names[k].as_str()).collect();
            let message = format!(
                "Coëfficiënten {} zijn waarschijnlijk oneindig: de aannemelijkheid convergeert eerder dan zij.",
                infinite.join(", ")
            );
            inputs.warn("infinite_coefficient", message);
        }
        if !fit.converged {
            let message = format!("Na {} stappen niet geconvergeerd.", fit.iterations);
            inputs.warn("not_converged", message);
        }
    }
}

fn robust(fit: &MultistateCox, cluster: &Factor) -> Result<Robust, Failure> {
    let influence = fit.cluster_influence(&cluster.codes)?;
    let scores = fit.cluster_scores_at_start(&cluster.codes)?;
    let sums: Vec<f64> = (0..scores.columns())
        .map(|column| scores.column(column).iter().sum())
        .collect();
    let middle = scores.transpose().multiply(&scores);
    let factor = statistics::matrix::Cholesky::new(&middle, statistics::matrix::ALIAS_TOLERANCE)?;
    Ok(Robust {
        covariance: influence.transpose().multiply(&influence),
        score_test: factor.inverse_quadratic_form(&sums),
    })
}

/// Clusters from `--cluster` or `cluster()` in the formula.
fn cluster(model: &ModelFrame) -> Option<Factor> {
    let of_formula = || match model.specials("cluster").as_slice() {
        [(_, variable)] => variable.factor(),
        _ => None,
    };
    model.role_groups("cluster").or_else(of_formula)
}

/// The stratum of each row of new data, 0 without strata.
pub fn strata_of(fitted: &FittedModel, frame: &formula::Frame) -> Result<Vec<u32>, Failure> {
    let Some(known) = fitted.model.strata() else {
        return Ok(vec![0; frame.rows()]);
    };
    let specials = fitted.model.specials("strata");
    let [(call, _)] = specials.as_slice() else {
        let message = "Voorspellen met meer dan één strata() gaat niet.";
        return Err(Failure::new("unsupported_strata", message));
    };
    let expression = Expression::parse(&format!("{}", Expression::Call((*call).clone())))?;
    let column = formula::Evaluator::new(frame).column(&expression)?;
    (0..frame.rows())
        .map(|row| {
            let text = column.text(row).unwrap_or_default();
            let place = known.levels.iter().position(|level| *level == text);
            place.map(|place| place as u32).ok_or_else(|| {
                Failure::option("newdata", format!("'{text}' is geen stratum van het model"))
            })
        })
        .collect()
}
