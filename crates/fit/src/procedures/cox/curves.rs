//! Survival curves of a Cox model, as R's `survfit.coxph` and `basehaz` give them.

use super::fitted::FittedCox;
use crate::procedures::limits::LimitArguments;
use crate::{Failure, Inputs, json};
use clap::Args;
use formula::Frame;
use serde_json::{Map, Value};
use statistics::cox::{
    Baseline, BaselineQuestion, CurveType, HazardType, PathPiece, PredictedCurve, SurvivalType,
};
use statistics::matrix::Matrix;

/// Options of curves.
#[derive(Args, Clone, Debug)]
pub struct CurveArguments {
    #[command(flatten)]
    limits: LimitArguments,
    /// Curven vanaf deze tijd: de kans gegeven dat men tot dan vrij bleef.
    #[arg(long, allow_negative_numbers = true)]
    start_time: Option<f64>,
    /// Zonder tijden waarop alleen gecensureerd wordt (R: censor = FALSE).
    #[arg(long)]
    no_censor: bool,
}

/// Reads `stype,ctype`: "1,1".
///
/// # Errors
/// Anything but ones and twos.
pub(in crate::procedures) fn curve_type(text: &str) -> Result<CurveType, Failure> {
    let wrong = || Failure::option("curves", "verwacht stype,ctype, elk 1 of 2");
    let (survival, hazard) = text.split_once(',').ok_or_else(wrong)?;
    Ok(CurveType {
        survival: match survival.trim() {
            "1" => SurvivalType::ProductLimit,
            "2" => SurvivalType::Exponential,
            _ => return Err(wrong()),
        },
        hazard: match hazard.trim() {
            "1" => HazardType::Breslow,
            "2" => HazardType::Efron,
            _ => return Err(wrong()),
        },
    })
}

/// Who curves are for.
pub(in crate::procedures) enum Subjects {
    /// Somebody with the means of all covariates.
    Mean,
    /// Rows of covariates, each constant, in all strata.
    Constant(NewRows),
    /// Rows of covariates, each in its own stratum.
    InStratum(NewRows, Vec<u32>),
    /// Rows that follow each other in time, by person.
    Paths(NewRows, Vec<PersonPath>),
}

/// Covariates of new rows.
pub(in crate::procedures) struct NewRows {
    x: Matrix,
    offset: Option<Vec<f64>>,
}

/// A person and the rows of the path.
pub(in crate::procedures) struct PersonPath {
    name: String,
    stratum: u32,
    /// Row, begin, end.
    pieces: Vec<(usize, f64, f64)>,
}

impl Subjects {
    /// Reads new rows; with `id` (an expression) rows of one person follow each other.
    ///
    /// # Errors
    /// Columns that are missing.
    pub(in crate::procedures) fn of(
        fitted: &FittedCox,
        inputs: &Inputs<'_>,
        new: Option<&Frame>,
        id: Option<&str>,
    ) -> Result<Self, Failure> {
        let Some(frame) = new else {
            return Ok(Self::Mean);
        };
        let (x, offset) = fitted.rows.covariates_of(inputs, frame)?;
        let rows = NewRows { x, offset };
        let strata = fitted.rows.strata_of(frame)?;
        if let Some(id) = id {
            let paths = paths(fitted, inputs, (frame, id), strata.as_deref())?;
            return Ok(Self::Paths(rows, paths));
        }
        Ok(match strata {
            Some(strata) => Self::InStratum(rows, strata),
            None => Self::Constant(rows),
        })
    }
}

fn paths(
    fitted: &FittedCox,
    inputs: &Inputs<'_>,
    (frame, id): (&Frame, &str),
    strata: Option<&[u32]>,
) -> Result<Vec<PersonPath>, Failure> {
    if fitted.rows.strata.is_some() && strata.is_none() {
        let message = "De nieuwe rijen noemen hun stratum niet.";
        return Err(Failure::new("missing_strata", message));
    }
    let survival = fitted.rows.survival_of(inputs, frame)?;
    let starts = survival.start_or(f64::NEG_INFINITY);
    let evaluator = formula::Evaluator::new(frame);
    let groups = evaluator
        .column(&formula::Expression::parse(id)?)?
        .to_factor();
    let mut paths: Vec<PersonPath> = Vec::new();
    for (row, &start) in starts.iter().enumerate() {
        let name = groups.text(row).unwrap_or("NA");
        let piece = (row, start, survival.stop[row]);
        let stratum = strata.map_or(0, |strata| strata[row]);
        match paths.iter_mut().find(|path| path.name == name) {
            Some(path) => path.pieces.push(piece),
            None => paths.push(PersonPath {
                name: name.into(),
                stratum,
                pieces: vec![piece],
            }),
        }
    }
    for path in &mut paths {
        path.pieces.sort_by(|a, b| a.1.total_cmp(&b.1));
        if path.pieces.windows(2).any(|pair| pair[1].1 < pair[0].2) {
            let message = format!("De intervallen van '{}' overlappen elkaar.", path.name);
            return Err(Failure::new("overlapping_intervals", message));
        }
    }
    Ok(paths)
}

/// Curves over one set of times.
struct Block<'a> {
    name: Option<String>,
    baseline: &'a Baseline,
    curves: Vec<PredictedCurve>,
    rows: usize,
}

/// Curves for everybody.
///
/// # Errors
/// Whatever the engine names.
pub(in crate::procedures) fn curves(
    fitted: &FittedCox,
    subjects: &Subjects,
    kind: CurveType,
    options: &CurveArguments,
) -> Result<Value, Failure> {
    let z = options.limits.z()?;
    let baselines = baselines(fitted, kind)?;
    let blocks = blocks(fitted, subjects, &baselines, options)?;
    let mut result = Map::new();
    result.insert("n".into(), blocks.iter().map(|block| block.rows).collect());
    let shown: Vec<Vec<usize>> = blocks.iter().map(|block| block.shown(options)).collect();
    let stacked = |pick: &dyn Fn(&Block<'_>, usize) -> Value| -> Value {
        let pairs = blocks.iter().zip(&shown);
        pairs
            .flat_map(|(block, shown)| shown.iter().map(move |&place| pick(block, place)))
            .collect()
    };
    let count = |pick: fn(&Baseline) -> &Vec<f64>| {
        stacked(&|block, place| json::number(pick(block.baseline)[block.first() + place]))
    };
    let value = |pick: &dyn Fn(&PredictedCurve, usize) -> f64| {
        stacked(&|block, place| {
            let values: Vec<f64> = block
                .curves
                .iter()
                .map(|curve| pick(curve, place))
                .collect();
            match values[..] {
                [single] => json::or_na(single),
                _ => json::numbers_or_na(&values),
            }
        })
    };
    result.insert("time".into(), count(|baseline| &baseline.times));
    result.insert("n.risk".into(), count(|baseline| &baseline.n_risk));
    result.insert("n.event".into(), count(|baseline| &baseline.n_event));
    result.insert("n.censor".into(), count(|baseline| &baseline.n_censor));
    result.insert("surv".into(), value(&|curve, place| curve.survival[place]));
    result.insert(
        "cumhaz".into(),
        value(&|curve, place| curve.cumulative_hazard[place]),
    );
    result.insert(
        "std.err".into(),
        value(&|curve, place| curve.std_error[place]),
    );
    if kind.survival == SurvivalType::Exponential {
        result.insert(
            "std.chaz".into(),
            value(&|curve, place| curve.std_error[place]),
        );
    }
    if let Some(transform) = options.limits.conf_type.transform() {
        let limits = |curve: &PredictedCurve, place: usize| {
            let half = z * curve.std_error[place];
            transform.limits_of_log(curve.survival[place], (half, half))
        };
        result.insert(
            "lower".into(),
            value(&|curve, place| limits(curve, place).lower),
        );
        result.insert(
            "upper".into(),
            value(&|curve, place| limits(curve, place).upper),
        );
    }
    let names: Vec<(String, Value)> = blocks
        .iter()
        .zip(&shown)
        .filter_map(|(block, shown)| Some((block.name.clone()?, shown.len().into())))
        .collect();
    if !names.is_empty() {
        result.insert("strata".into(), json::columns(names));
    }
    if let Some(start) = options.start_time {
        result.insert("start.time".into(), json::number(start));
    }
    result.insert("conf.type".into(), options.limits.conf_type.name().into());
    result.insert("conf.int".into(), json::number(options.limits.conf_int));
    Ok(Value::Object(result))
}

impl Block<'_> {
    /// The first time of the curves among those of the baseline.
    fn first(&self) -> usize {
        self.curves.first().map_or(0, |curve| curve.places.start)
    }

    /// The places that are shown.
    fn shown(&self, options: &CurveArguments) -> Vec<usize> {
        let places = 0..self.curves.first().map_or(0, |curve| curve.times.len());
        let events = &self.baseline.n_event[self.first()..];
        places
            .filter(|&place| !options.no_censor || events[place] > 0.0)
            .collect()
    }
}

fn blocks<'a>(
    fitted: &FittedCox,
    subjects: &Subjects,
    baselines: &'a [Baseline],
    options: &CurveArguments,
) -> Result<Vec<Block<'a>>, Failure> {
    let maker = Maker {
        fitted,
        baselines,
        from: options.start_time.map_or(f64::NEG_INFINITY, f64::next_down),
    };
    match subjects {
        Subjects::Mean => maker.in_all_strata(&NewRows::mean(fitted)),
        Subjects::Constant(rows) => maker.in_all_strata(rows),
        Subjects::InStratum(rows, strata) => {
            let block = |(row, &stratum): (usize, &u32)| {
                let curves = vec![maker.constant(rows, row, stratum as usize)?];
                Ok(maker.block(Some((row + 1).to_string()), stratum as usize, curves))
            };
            strata.iter().enumerate().map(block).collect()
        }
        Subjects::Paths(rows, paths) => {
            let block = |path: &PersonPath| {
                let stratum = path.stratum as usize;
                let name = (paths.len() > 1).then(|| path.name.clone());
                let curves = vec![maker.path(rows, &path.pieces, stratum)?];
                Ok(maker.block(name, stratum, curves))
            };
            paths.iter().map(block).collect()
        }
    }
}

/// Makes curves over the baselines of a model.
struct Maker<'m, 'a> {
    fitted: &'m FittedCox,
    baselines: &'a [Baseline],
    /// Curves are about times after this.
    from: f64,
}

impl<'a> Maker<'_, 'a> {
    fn in_all_strata(&self, rows: &NewRows) -> Result<Vec<Block<'a>>, Failure> {
        let levels = self
            .fitted
            .rows
            .strata
            .as_ref()
            .map(|strata| &strata.levels);
        let block = |stratum: usize| {
            let curves = (0..rows.len()).map(|row| self.constant(rows, row, stratum));
            let name = levels.map(|levels| levels[stratum].clone());
            Ok(self.block(name, stratum, curves.collect::<Result<_, Failure>>()?))
        };
        (0..self.baselines.len()).map(block).collect()
    }

    fn block(
        &self,
        name: Option<String>,
        stratum: usize,
        curves: Vec<PredictedCurve>,
    ) -> Block<'a> {
        let rows = match &self.fitted.rows.strata {
            Some(strata) => strata
                .codes
                .iter()
                .filter(|&&code| code as usize == stratum)
                .count(),
            None => self.fitted.rows.len(),
        };
        Block {
            name,
            baseline: &self.baselines[stratum],
            curves,
            rows,
        }
    }

    fn constant(
        &self,
        rows: &NewRows,
        row: usize,
        stratum: usize,
    ) -> Result<PredictedCurve, Failure> {
        self.path(rows, &[(row, f64::NEG_INFINITY, f64::INFINITY)], stratum)
    }

    fn path(
        &self,
        rows: &NewRows,
        pieces: &[(usize, f64, f64)],
        stratum: usize,
    ) -> Result<PredictedCurve, Failure> {
        let covariates: Vec<Vec<f64>> = pieces.iter().map(|&(row, ..)| rows.x.row(row)).collect();
        let path: Vec<PathPiece<'_>> = pieces
            .iter()
            .zip(&covariates)
            .map(|(&(row, start, stop), x)| PathPiece {
                start: start.max(self.from),
                stop,
                x,
                offset: rows.offset(row),
            })
            .collect();
        let covariance = Some(self.fitted.covariance());
        let coefficients = &self.fitted.fit.coefficients;
        Ok(self.baselines[stratum].curve(&path, coefficients, covariance)?)
    }
}

impl NewRows {
    fn len(&self) -> usize {
        self.offset.as_ref().map_or(self.x.rows(), Vec::len)
    }

    fn offset(&self, row: usize) -> f64 {
        self.offset.as_ref().map_or(0.0, |offset| offset[row])
    }

    fn mean(fitted: &FittedCox) -> Self {
        let means = &fitted.means;
        Self {
            x: Matrix::from_values(1, means.len(), means.clone()),
            offset: Some(vec![fitted.mean_offset()]),
        }
    }
}

fn baselines(fitted: &FittedCox, kind: CurveType) -> Result<Vec<Baseline>, Failure> {
    let data = fitted.rows.data();
    let (origin, b) = (fitted.origin(), &fitted.fit.coefficients);
    let baseline = |stratum| {
        let question = BaselineQuestion {
            stratum,
            kind,
            origin,
        };
        Ok(fitted
            .likelihood
            .baseline(&data, b, &fitted.sums, question)?)
    };
    (0..fitted.likelihood.risk_sets().strata())
        .map(baseline)
        .collect()
}

/// R's `basehaz`: the cumulative hazard at the means, or where all covariates are 0; offsets are
/// at their mean in both.
///
/// # Errors
/// Whatever the engine names.
pub(in crate::procedures) fn baseline_hazard(
    fitted: &FittedCox,
    centred: bool,
) -> Result<Value, Failure> {
    let at = if centred { fitted.origin() } else { 0.0 };
    let scale = (at + fitted.mean_offset()).exp();
    let baselines = baselines(fitted, CurveType::of(fitted.likelihood.ties()))?;
    let hazards = baselines.iter().flat_map(Baseline::cumulative_at_zero);
    let hazards: Vec<f64> = hazards.map(|hazard| hazard * scale).collect();
    let times: Vec<f64> = baselines
        .iter()
        .flat_map(|baseline| baseline.times.clone())
        .collect();
    let mut table = Map::new();
    table.insert("time".into(), json::numbers(&times));
    table.insert("hazard".into(), json::numbers(&hazards));
    if let Some(strata) = &fitted.rows.strata {
        let names: Vec<&String> = baselines
            .iter()
            .zip(&strata.levels)
            .flat_map(|(baseline, level)| std::iter::repeat_n(level, baseline.times.len()))
            .collect();
        table.insert("strata".into(), json::texts(&names));
    }
    Ok(Value::Object(table))
}
