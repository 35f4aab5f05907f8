//! Options for correlated and unequal residuals, and what they mean for a model frame.

use super::fixed::FixedEffects;
use crate::arguments::ModelArguments;
use crate::coefficients::{Coefficients, ratios};
use crate::{Failure, Inputs};
use clap::{Args, ValueEnum};
use formula::{Column, ModelFrame};
use statistics::distribution::StudentT;
use statistics::mixed::{Criterion, ResidualCorrelation, ResidualSpread, Residuals};

/// Correlation and spread of the residuals.
#[derive(Args, Clone, Debug)]
pub struct ResidualArguments {
    /// Correlatie van residuen binnen een groep.
    #[arg(long, value_enum, default_value_t = CorrelationName::None)]
    pub(crate) correlation: CorrelationName,
    /// Groep waarbinnen residuen samenhangen; bij lme zonder deze optie de fijnste groep.
    #[arg(long, value_name = "UITDRUKKING")]
    pub(crate) group: Option<String>,
    /// Plaats van een rij in haar groep (R: form = ~ plaats | groep); anders de volgorde van rijen.
    #[arg(long, value_name = "UITDRUKKING")]
    pub(crate) position: Option<String>,
    /// Eigen spreiding per stratum (R: varIdent(form = ~ 1 | stratum)).
    #[arg(long, value_name = "UITDRUKKING", conflicts_with_all = ["spread_power", "spread_exp"])]
    pub(crate) spread_strata: Option<String>,
    /// Spreiding |v|^δ (R: varPower(form = ~ v)).
    #[arg(long, value_name = "UITDRUKKING", conflicts_with = "spread_exp")]
    pub(crate) spread_power: Option<String>,
    /// Spreiding exp(δ v) (R: varExp(form = ~ v)).
    #[arg(long, value_name = "UITDRUKKING")]
    pub(crate) spread_exp: Option<String>,
    /// Variantie evenredig met deze kolom (R: varFixed(~ v)).
    #[arg(long, value_name = "UITDRUKKING")]
    pub(crate) variance: Option<String>,
    /// Schat met de gewone aannemelijkheid in plaats van de gerestringeerde (R: method = "ML").
    #[arg(long)]
    pub(crate) ml: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CorrelationName {
    /// Geen
    None,
    /// Alle paren gelijk (R: corCompSymm)
    Compsymm,
    /// Macht van de afstand in hele stappen (R: corAR1)
    Ar1,
    /// Macht van de afstand in de tijd (R: corCAR1)
    Car1,
    /// Elk paar het zijne (R: corSymm)
    Symm,
}

impl CorrelationName {
    pub(crate) fn structure(self) -> ResidualCorrelation {
        match self {
            Self::None => ResidualCorrelation::Independent,
            Self::Compsymm => ResidualCorrelation::CompoundSymmetry,
            Self::Ar1 => ResidualCorrelation::Autoregressive,
            Self::Car1 => ResidualCorrelation::ContinuousAutoregressive,
            Self::Symm => ResidualCorrelation::Unstructured,
        }
    }
}

/// The columns that the structure needs.
pub(crate) struct ResidualColumns {
    correlation: ResidualCorrelation,
    groups: Option<Vec<usize>>,
    positions: Option<Vec<f64>>,
    strata: Option<(Vec<usize>, Vec<String>)>,
    power: Option<Vec<f64>>,
    exponential: Option<Vec<f64>>,
}

impl ResidualArguments {
    /// The model frame with the columns of the structure beside it.
    pub(crate) fn model(
        &self,
        inputs: &Inputs<'_>,
        arguments: &ModelArguments,
    ) -> Result<ModelFrame, Failure> {
        let roles = [
            ("group", self.group.as_deref()),
            ("position", self.position.as_deref()),
            ("spread-strata", self.spread_strata.as_deref()),
            ("spread-power", self.spread_power.as_deref()),
            ("spread-exp", self.spread_exp.as_deref()),
            ("variance", self.variance.as_deref()),
        ];
        arguments.model(inputs, &roles)
    }

    pub(crate) fn criterion(&self) -> Criterion {
        match self.ml {
            true => Criterion::Ml,
            false => Criterion::Reml,
        }
    }

    /// Case weights times one over the fixed variance.
    pub(crate) fn weights(&self, model: &ModelFrame) -> Result<Option<Vec<f64>>, Failure> {
        let weights = model.role_numbers("weights")?;
        let Some(variance) = model.role_numbers("variance")? else {
            return Ok(weights);
        };
        let weights = weights.unwrap_or_else(|| vec![1.0; variance.len()]);
        let pairs = weights.iter().zip(&variance);
        Ok(Some(
            pairs.map(|(weight, variance)| weight / variance).collect(),
        ))
    }

    /// `innermost` are the groups where none are named.
    pub(crate) fn columns(
        &self,
        model: &ModelFrame,
        innermost: Option<&[usize]>,
    ) -> Result<ResidualColumns, Failure> {
        let named = super::super::glm::codes(model, "group");
        Ok(ResidualColumns {
            correlation: self.correlation.structure(),
            groups: named.or_else(|| innermost.map(<[usize]>::to_vec)),
            positions: model.role_numbers("position")?,
            strata: model.role("spread-strata").map(strata),
            power: model.role_numbers("spread-power")?,
            exponential: model.role_numbers("spread-exp")?,
        })
    }
}

/// Strata in the order in which they appear: R compares with the first one.
fn strata(column: &Column) -> (Vec<usize>, Vec<String>) {
    let factor = column.to_factor();
    let mut place = vec![usize::MAX; factor.levels.len()];
    let mut levels = Vec::new();
    let mut codes = Vec::with_capacity(factor.codes.len());
    for &code in &factor.codes {
        let code = code as usize;
        if place[code] == usize::MAX {
            place[code] = levels.len();
            levels.push(factor.levels[code].clone());
        }
        codes.push(place[code]);
    }
    (codes, levels)
}

impl ResidualColumns {
    pub(crate) fn residuals(&self) -> Residuals<'_> {
        let spread = match (&self.strata, &self.power, &self.exponential) {
            (Some((codes, levels)), ..) => ResidualSpread::Strata(codes, levels.len()),
            (_, Some(values), _) => ResidualSpread::Power(values),
            (_, _, Some(values)) => ResidualSpread::Exponential(values),
            _ => ResidualSpread::Constant,
        };
        Residuals {
            correlation: self.correlation,
            groups: self.groups.as_deref(),
            positions: self.positions.as_deref(),
            spread,
        }
    }

    /// Names of the spread's parameters.
    pub(crate) fn spread_names(&self) -> Vec<String> {
        match &self.strata {
            Some((_, levels)) => levels.iter().skip(1).cloned().collect(),
            None if self.power.is_some() => vec!["power".into()],
            None if self.exponential.is_some() => vec!["expon".into()],
            None => Vec::new(),
        }
    }
}

/// nlme's table of coefficients, with its errors times `factor` and `df` per coefficient.
pub(crate) fn table(
    fixed: &FixedEffects,
    (factor, df): (f64, &[f64]),
    with_df: bool,
) -> Coefficients {
    let errors: Vec<f64> = fixed.std_errs().iter().map(|se| factor * se).collect();
    let ratios = ratios(&fixed.estimates, &errors);
    let p = |(ratio, df): (&f64, &f64)| {
        StudentT::new(*df).map_or(f64::NAN, |student| student.two_sided(*ratio))
    };
    let p_values = ratios.iter().zip(df).map(p).collect();
    let table = Coefficients::new(&fixed.names)
        .with("Value", fixed.estimates.clone())
        .with("Std.Error", errors);
    let table = match with_df {
        true => table.with("DF", df.to_vec()),
        false => table,
    };
    table.with("t-value", ratios).with("p-value", p_values)
}
