//! `km`: survival curves by Kaplan and Meier, as R's `survfit(Surv(...) ~ groups)`.

mod result;
mod text;

use super::Fit;
use super::curve_groups::{CurveArguments, CurveData, Group};
use super::limits::LimitArguments;
use crate::{Failure, Fitted, Inputs};
use clap::{Args, ValueEnum};
use formula::Censoring;
use statistics::survival::{
    CurveLimits, CurveOptions, Influence, IntervalOptions, LowerLimit, Quantity, RestrictedMean,
    SurvivalCurve, Variance,
};

/// Options of `km`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    curves: CurveArguments,
    #[command(flatten)]
    limits: LimitArguments,
    /// Ondergrens die tussen gebeurtenissen meeweegt hoe weinigen er nog zijn.
    #[arg(long, value_enum, default_value_t = LowerName::Usual)]
    conf_lower: LowerName,
    /// Robuuste variantie (infinitesimale jackknife): true of false. Zonder deze optie zoals R:
    /// bij clusters, bij gewichten die geen aantallen zijn, en bij personen met meer
    /// gebeurtenissen.
    #[arg(long, value_name = "JA", num_args = 0..=1, default_missing_value = "true")]
    robust: Option<bool>,
    /// Bij --robust met stype en ctype ongelijk de grenzen van R, die de standaardfout op de
    /// verkeerde schaal leest.
    #[arg(long)]
    r_mixed_limits: bool,
    /// Ook tijden tonen waarop alleen iemand binnenkomt.
    #[arg(long)]
    entry: bool,
    /// Duur van de follow-up: censurering is de gebeurtenis (omgekeerde Kaplan-Meier).
    #[arg(long)]
    reverse: bool,
    /// Gemiddelde tijd: none, common, individual, of een horizon.
    #[arg(
        long,
        value_name = "KEUZE",
        default_value = "none",
        allow_negative_numbers = true
    )]
    rmean: String,
    /// Kansen waarbij kwantielen gegeven worden.
    #[arg(
        long,
        value_name = "KANSEN",
        value_delimiter = ',',
        default_value = "0.25,0.5,0.75"
    )]
    quantiles: Vec<f64>,
    /// Tijden waarop de curve gegeven wordt.
    #[arg(
        long,
        value_name = "TIJDEN",
        value_delimiter = ',',
        allow_negative_numbers = true
    )]
    times: Vec<f64>,
    /// Ook --times voorbij het einde van een curve: true of false.
    #[arg(long, value_name = "JA", num_args = 0..=1, default_value_t = true,
          default_missing_value = "true", action = clap::ArgAction::Set)]
    extend: bool,
}

/// Lower limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LowerName {
    /// Gewoon
    Usual,
    /// Peto
    Peto,
    /// Aangepast (Dorey en Korn)
    Modified,
}

impl LowerName {
    fn lower(self) -> LowerLimit {
        match self {
            Self::Usual => LowerLimit::Usual,
            Self::Peto => LowerLimit::Peto,
            Self::Modified => LowerLimit::Modified,
        }
    }
}

/// How far the mean reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Horizon {
    None,
    Common,
    Individual,
    At(f64),
}

impl Horizon {
    fn parse(text: &str) -> Result<Self, Failure> {
        match text {
            "none" => Ok(Self::None),
            "common" => Ok(Self::Common),
            "individual" => Ok(Self::Individual),
            number => match number.parse::<f64>() {
                Ok(until) if until.is_finite() => Ok(Self::At(until)),
                _ => Err(Failure::option(
                    "rmean",
                    "verwacht none, common, individual of een getal",
                )),
            },
        }
    }
}

/// A curve with all that is told of it.
struct Curve {
    name: String,
    curve: SurvivalCurve,
    limits: Option<CurveLimits>,
    mean: Option<Mean>,
}

/// A restricted mean.
struct Mean {
    model: RestrictedMean,
    robust_std_err: Option<f64>,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let horizon = Horizon::parse(&self.rmean)?;
        let (_, data) = self.curves.data(inputs, true)?;
        self.refuse_for_intervals(&data)?;
        let mut curves = Vec::with_capacity(data.groups.len());
        for group in &data.groups {
            curves.extend(self.curve(group, &data, inputs)?);
        }
        if curves.is_empty() {
            return Err(statistics::NotEstimable::Empty {
                what: "rows that reach the start time",
            }
            .into());
        }
        self.set_means(&mut curves, &data, horizon)?;
        let result = self.result(&curves, &data)?;
        Ok(Fitted::new(result, self.summary(&curves, &data)?))
    }
}

impl Options {
    fn is_robust(&self, data: &CurveData) -> bool {
        let by_information = matches!(data.censoring, Censoring::Left | Censoring::Interval);
        !by_information && self.robust.unwrap_or_else(|| data.is_robust_by_default())
    }

    fn curve_options<'a>(&self, group: &'a Group, data: &CurveData) -> CurveOptions<'a> {
        CurveOptions {
            variance: match self.is_robust(data) {
                true => group.robust(),
                false => Variance::Model,
            },
            list_entries: self.entry,
            reverse: self.reverse,
            ..self.curves.options()
        }
    }

    /// What curves of interval censored times cannot be.
    fn refuse_for_intervals(&self, data: &CurveData) -> Result<(), Failure> {
        if !matches!(data.censoring, Censoring::Left | Censoring::Interval) {
            return Ok(());
        }
        let refused = [
            ("cluster", data.cluster.is_some()),
            ("id", data.id.is_some()),
            ("start-time", self.curves.start_time.is_some()),
            ("entry", self.entry),
            ("reverse", self.reverse),
            ("stype", self.curves.stype != 1),
            ("ctype", self.curves.ctype != 1),
            ("robust", self.robust == Some(true)),
        ];
        match refused.iter().find(|(_, is_asked)| *is_asked) {
            Some((option, _)) => Err(Failure::option(
                option,
                "kan niet bij tijden die tot op een interval bekend zijn",
            )),
            None => Ok(()),
        }
    }

    /// The curve of a group; `None` if nobody in it reaches the start time.
    fn curve(
        &self,
        group: &Group,
        data: &CurveData,
        inputs: &Inputs<'_>,
    ) -> Result<Option<Curve>, Failure> {
        let reached = |start: f64| group.exit.iter().any(|&exit| exit >= start);
        if self.curves.start_time.is_some_and(|start| !reached(start)) {
            let message = format!(
                "Niemand van '{}' bereikt het begintijdstip; die curve ontbreekt.",
                group.name
            );
            inputs.warn("empty_group", message);
            return Ok(None);
        }
        let mut curve = match data.censoring {
            Censoring::Left | Censoring::Interval => group.interval_curve(data.censoring)?.curve,
            _ => SurvivalCurve::estimate(group.observations(), self.curve_options(group, data))?,
        };
        let is_mixed = self.curves.stype != self.curves.ctype;
        if self.r_mixed_limits && is_mixed && self.is_robust(data) {
            curve.std_err_is_log = !curve.std_err_is_log;
        }
        if let Some(time) = curve.emptied_at() {
            let message = format!(
                "De curve{} daalt op tijdstip {time} naar 0 terwijl er later nog personen bijkomen; daarna zegt zij niets. Een begintijdstip (--start-time) helpt.",
                named(&group.name),
            );
            inputs.warn("empty_risk_set", message);
        }
        let limits = match self.limits.conf_type.transform() {
            None => None,
            Some(transform) => Some(curve.limits(IntervalOptions {
                transform,
                level: self.limits.conf_int,
                lower: self.conf_lower.lower(),
            })?),
        };
        Ok(Some(Curve {
            name: group.name.clone(),
            curve,
            limits,
            mean: None,
        }))
    }

    fn set_means(
        &self,
        curves: &mut [Curve],
        data: &CurveData,
        horizon: Horizon,
    ) -> Result<(), Failure> {
        let last = |curve: &Curve| curve.curve.counts.times.last().copied().unwrap_or(0.0);
        let common = curves.iter().map(last).fold(f64::NEG_INFINITY, f64::max);
        for curve in curves {
            let until = match horizon {
                Horizon::None => continue,
                Horizon::Common => common,
                Horizon::Individual => last(curve),
                Horizon::At(until) => until,
            };
            let robust_std_err = match data.groups.iter().find(|group| group.name == curve.name) {
                Some(group) if self.is_robust(data) => Some(self.robust_error(group, data, until)?),
                _ => None,
            };
            curve.mean = Some(Mean {
                model: curve.curve.restricted_mean(until),
                robust_std_err,
            });
        }
        Ok(())
    }

    fn robust_error(&self, group: &Group, data: &CurveData, until: f64) -> Result<f64, Failure> {
        let options = self.curve_options(group, data);
        let mut influence = Influence::of(group.observations(), options, Quantity::Area, &[until])?;
        if let Some(weights) = &group.weights {
            influence = influence.weighted(weights);
        }
        if let Some(codes) = group.cluster.as_ref().or(group.id.as_ref()) {
            let count = codes.iter().max().map_or(0, |&code| code as usize + 1);
            influence = influence.collapsed(codes, count)?;
        }
        Ok(influence.std_errs()[0])
    }
}

/// " van 'sex=1'", or nothing for a curve without a name.
fn named(group: &str) -> String {
    match group.is_empty() {
        true => String::new(),
        false => format!(" van '{group}'"),
    }
}
