//! `survreg`: parametric time-to-event models, as R's `survreg`, with late entry and the
//! generalised gamma beside it.

mod report;
pub(super) mod rows;

use super::Fit;
use crate::arguments::ModelArguments;
use crate::{Failure, Fitted, Inputs};
use clap::{Args, ValueEnum};
use formula::{DesignOptions, ModelFrame};
use rows::{LIKE_R, Limits, NewRows, TimeRows};
use serde_json::{Map, Value};
use statistics::matrix::Matrix;
use statistics::parametric::{
    Accelerated, AcceleratedData, AcceleratedOptions, Family, Prediction, PredictionRows,
    ResidualKind, Standard,
};

/// Options of `survreg`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: ModelArguments,
    /// Verdeling van de tijden (R: dist).
    #[arg(long, value_enum, default_value_t = Dist::Weibull, value_name = "VERDELING")]
    dist: Dist,
    /// Vaste schaal; 0 schat haar.
    #[arg(long, default_value_t = 0.0, value_name = "GETAL")]
    scale: f64,
    /// Vrijheidsgraden van de t-verdeling.
    #[arg(long, default_value_t = 4.0, value_name = "GETAL")]
    parms: f64,
    /// Robuuste covariantie (sandwich).
    #[arg(long)]
    robust: bool,
    /// Kolom met clusters: robuuste covariantie met sommen per cluster.
    #[arg(long, value_name = "UITDRUKKING")]
    cluster: Option<String>,
    /// Laat gewichten buiten de robuuste covariantie, zoals R; een rij met gewicht 2 telt dan
    /// niet als twee rijen.
    #[arg(long)]
    unweighted_robust: bool,
    /// Residuen: response, deviance, working, dfbeta, dfbetas, ldcase, ldresp, ldshape, matrix.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "SOORTEN")]
    residuals: Vec<Residual>,
    /// Residuen maal het gewicht van de rij (R: weighted = TRUE).
    #[arg(long)]
    weighted: bool,
    /// Tel residuen op per waarde van deze kolom (R: collapse).
    #[arg(long, value_name = "UITDRUKKING")]
    collapse: Option<String>,
    /// Nieuwe gegevens om voor te voorspellen: "age=60,70; sex=1,2", of een bestand.
    #[arg(long, value_name = "GEGEVENS")]
    newdata: Option<String>,
    /// Voorspellingen: lp, response, quantile, uquantile, terms.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "SOORTEN")]
    predict: Vec<Predict>,
    /// Kansen van de kwantielen.
    #[arg(long, value_delimiter = ',', default_values_t = [0.1, 0.9], value_name = "KANSEN")]
    p: Vec<f64>,
    /// Toets de termen een voor een, in de volgorde van de formule (R: anova).
    #[arg(long)]
    anova: bool,
    /// Grootste aantal stappen (R: maxiter).
    #[arg(long, default_value_t = 100, value_name = "AANTAL")]
    maxiter: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Dist {
    /// Weibull
    Weibull,
    /// Exponentieel
    Exponential,
    /// Rayleigh
    Rayleigh,
    /// Lognormaal
    #[value(alias = "loggaussian")]
    Lognormal,
    /// Loglogistisch
    Loglogistic,
    /// Extreme waarden
    Extreme,
    /// Normaal
    Gaussian,
    /// Logistisch
    Logistic,
    /// Student t
    T,
    /// Gegeneraliseerde gamma (flexsurv: gengamma)
    #[value(alias = "gengamma")]
    GeneralisedGamma,
}

impl Dist {
    fn family(self, parms: f64) -> Family {
        match self {
            Self::Weibull => Family::WEIBULL,
            Self::Exponential => Family::EXPONENTIAL,
            Self::Rayleigh => Family::RAYLEIGH,
            Self::Lognormal => Family::LOG_NORMAL,
            Self::Loglogistic => Family::LOG_LOGISTIC,
            Self::Extreme => Family::EXTREME,
            Self::Gaussian => Family::GAUSSIAN,
            Self::Logistic => Family::LOGISTIC,
            Self::T => Family::of(Standard::StudentT(parms), false, None),
            Self::GeneralisedGamma => Family::GENERALISED_GAMMA,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Residual {
    /// Tijd min voorspelde tijd
    Response,
    /// Deviantie
    Deviance,
    /// Werkresidu
    Working,
    /// Verandering van de parameters zonder de rij
    Dfbeta,
    /// Hetzelfde in standaardfouten
    Dfbetas,
    /// Invloed van het gewicht
    Ldcase,
    /// Invloed van de uitkomst
    Ldresp,
    /// Invloed van de schaal
    Ldshape,
    /// Bijdrage aan de loglikelihood en haar afgeleiden
    Matrix,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Predict {
    /// Lineaire voorspeller
    #[value(alias = "link", alias = "linear")]
    Lp,
    /// Tijd
    Response,
    /// Kwantielen van de tijd
    Quantile,
    /// Kwantielen op de schaal van de lineaire voorspeller
    Uquantile,
    /// Bijdrage van elke term
    Terms,
}

/// A fit and what it was made from.
struct Result<'m> {
    model: &'m ModelFrame,
    names: Vec<String>,
    assign: Vec<usize>,
    terms: Vec<String>,
    rows: TimeRows,
    x: Matrix,
    fit: Accelerated,
    /// Robust if asked.
    covariance: Matrix,
    is_robust: bool,
}

impl Result<'_> {
    fn data(&self) -> AcceleratedData<'_> {
        self.rows.data(&self.x)
    }
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> std::result::Result<Fitted, Failure> {
        let roles = [
            ("cluster", self.cluster.as_deref()),
            ("collapse", self.collapse.as_deref()),
        ];
        let model = self.model.model(inputs, &roles)?;
        let limits = Limits::of(model.survival()?)?;
        let rows = TimeRows::of(&model, limits)?;
        let design = model.design(DesignOptions {
            except: LIKE_R,
            always_intercept: false,
        })?;
        let x = Matrix::from_values(design.rows, design.columns(), design.values.clone());
        let options = self.options(&rows)?;
        let fit = Accelerated::fit(rows.data(&x), options)?;
        report::warn(inputs, &fit, &design.names);
        let clusters = rows::clusters(&model)?;
        let is_robust = self.robust || clusters.is_some();
        let covariance = match is_robust {
            true => {
                fit.robust_covariance(rows.data(&x), clusters.as_deref(), !self.unweighted_robust)?
            }
            false => fit.covariance.clone(),
        };
        let result = Result {
            model: &model,
            names: design.names,
            assign: design.assign,
            terms: design.terms,
            rows,
            x,
            fit,
            covariance,
            is_robust,
        };
        self.tell(inputs, &result, options)
    }
}

impl Options {
    fn options(&self, rows: &TimeRows) -> std::result::Result<AcceleratedOptions, Failure> {
        let family = self.dist.family(self.parms);
        let scale = (self.scale > 0.0).then_some(self.scale);
        if scale.or(family.scale).is_some() && rows.strata.is_some() {
            let message =
                "een vaste schaal gaat niet samen met strata, die elk hun eigen schaal hebben";
            return Err(Failure::option("scale", message));
        }
        Ok(AcceleratedOptions {
            family,
            scale,
            max_iterations: self.maxiter,
        })
    }

    fn tell(
        &self,
        inputs: &Inputs<'_>,
        result: &Result<'_>,
        options: AcceleratedOptions,
    ) -> std::result::Result<Fitted, Failure> {
        let mut json = report::json(result);
        self.residuals(result, &mut json)?;
        self.predictions(inputs, result, &mut json)?;
        let mut text = report::text(result);
        if self.anova {
            let (table, lines) = report::anova(result, options)?;
            json.insert("anova".into(), table);
            text.push_str(&lines);
        }
        Ok(Fitted::new(Value::Object(json), text))
    }

    fn residuals(
        &self,
        result: &Result<'_>,
        json: &mut Map<String, Value>,
    ) -> std::result::Result<(), Failure> {
        if self.residuals.is_empty() {
            return Ok(());
        }
        let data = result.data();
        let all = result.fit.residuals(data)?;
        let plain = |kind| {
            all.of(data, kind)
                .map(|values| Matrix::from_columns(&[values]))
        };
        for kind in &self.residuals {
            let (name, values) = match kind {
                Residual::Response => ("response", plain(ResidualKind::Response)?),
                Residual::Deviance => ("deviance", plain(ResidualKind::Deviance)?),
                Residual::Working => ("working", plain(ResidualKind::Working)?),
                Residual::Ldcase => ("ldcase", plain(ResidualKind::LdCase)?),
                Residual::Ldresp => ("ldresp", plain(ResidualKind::LdResp)?),
                Residual::Ldshape => ("ldshape", plain(ResidualKind::LdShape)?),
                Residual::Dfbeta => ("dfbeta", all.dfbeta().clone()),
                Residual::Dfbetas => ("dfbetas", all.dfbetas()),
                Residual::Matrix => ("matrix", report::contributions(&all.rows)),
            };
            let values = self.collapsed(result, values);
            json.insert(format!("resid.{name}"), report::vector_or_rows(&values));
        }
        Ok(())
    }

    /// Times the weights and summed, where asked.
    fn collapsed(&self, result: &Result<'_>, mut values: Matrix) -> Matrix {
        if let (true, Some(weights)) = (self.weighted, &result.rows.weights) {
            for column in 0..values.columns() {
                let column = values.column_mut(column).iter_mut();
                column
                    .zip(weights)
                    .for_each(|(value, weight)| *value *= weight);
            }
        }
        let Some(groups) = result.model.role_groups("collapse") else {
            return values;
        };
        let mut sums = Matrix::zeros(groups.levels.len(), values.columns());
        for column in 0..values.columns() {
            for (&code, value) in groups.codes.iter().zip(values.column(column)) {
                sums[(code as usize, column)] += value;
            }
        }
        sums
    }

    fn predictions(
        &self,
        inputs: &Inputs<'_>,
        result: &Result<'_>,
        json: &mut Map<String, Value>,
    ) -> std::result::Result<(), Failure> {
        if self.predict.is_empty() && self.newdata.is_none() {
            return Ok(());
        }
        let own = || NewRows {
            x: result.x.clone(),
            offset: result.rows.offset.clone(),
            strata: result.rows.strata.clone(),
        };
        let rows = match &self.newdata {
            None => own(),
            Some(text) => rows::new_rows(inputs, result.model, text)?,
        };
        let kinds = match self.predict.as_slice() {
            [] => &[Predict::Response, Predict::Lp],
            kinds => kinds,
        };
        for &kind in kinds {
            let (name, value) = self.prediction(result, &rows, kind)?;
            json.insert(format!("predict.{name}"), value);
        }
        Ok(())
    }

    fn prediction(
        &self,
        result: &Result<'_>,
        rows: &NewRows,
        kind: Predict,
    ) -> std::result::Result<(&'static str, Value), Failure> {
        let (name, kind) = match kind {
            Predict::Lp => ("lp", Prediction::Linear),
            Predict::Response => ("response", Prediction::Response),
            Predict::Quantile => ("quantile", Prediction::Quantile),
            Predict::Uquantile => ("uquantile", Prediction::UntransformedQuantile),
            Predict::Terms => return Ok(("terms", report::terms(result, rows))),
        };
        let for_whom = PredictionRows {
            x: &rows.x,
            offset: rows.offset.as_deref(),
            strata: rows.strata.as_deref(),
        };
        let predicted = result
            .fit
            .predict(for_whom, (kind, &self.p), &result.covariance)?;
        let mut value = Map::new();
        value.insert("fit".into(), report::vector_or_rows(&predicted.fit));
        value.insert("se.fit".into(), report::vector_or_rows(&predicted.error));
        Ok((name, Value::Object(value)))
    }
}
