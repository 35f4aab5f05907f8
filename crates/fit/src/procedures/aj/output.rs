//! The result under R's names.

use super::{Options, Rows, horizon_failure};
use crate::{Failure, json};
use serde_json::{Map, Value, json};
use statistics::matrix::Matrix;
use statistics::multistate::aalen_johansen::{OccupationAt, OccupationCurve, StateOccupation};
use statistics::multistate::sojourn::Sojourn;
use statistics::{Limits, NotEstimable};

/// "1:2": the transitions as R names them.
pub(super) fn transition_names(fit: &StateOccupation) -> Vec<String> {
    let name = |way: &statistics::multistate::aalen_johansen::Transition| {
        format!("{}:{}", way.from + 1, way.to + 1)
    };
    fit.transitions.iter().map(name).collect()
}

impl Options {
    pub(super) fn result(&self, fit: &StateOccupation, rows: &Rows) -> Result<Value, Failure> {
        let mut result = Map::new();
        let mut set = |name: &str, value: Value| {
            result.insert(name.into(), value);
        };
        let curves = &fit.curves;
        set("n", curves.iter().map(|curve| curve.rows).collect());
        set("n.id", curves.iter().map(|curve| curve.persons).collect());
        if let Some(names) = rows.curve_names() {
            let extra = usize::from(self.time0);
            let lengths = curves
                .iter()
                .map(|curve| Value::from(curve.time.len() + extra));
            set("strata", json::columns(names.iter().zip(lengths)));
        }
        set("states", json::texts(&rows.states));
        let tables = Tables::of(self, fit, rows)?;
        set("time", json::numbers(&tables.time));
        for (name, table) in tables.named {
            set(name, table);
        }
        set("p0", per_curve(curves, |curve| Some(curve.initial.clone())));
        set(
            "sp0",
            per_curve(curves, |curve| curve.initial_std_err.clone()),
        );
        set("transitions", transitions(fit, rows));
        set("conf.type", self.limits.conf_type.name().into());
        set("conf.int", json::number(self.limits.conf_int));
        set("std.err.is.log.scale", false.into());
        set("start.time", json::optional(self.start_time));
        set("t0", json::number(fit.start));
        let table = self.sojourn_table(fit, rows)?;
        let horizons = self.horizons(fit)?;
        set(
            "sojourn",
            json!({"rmean": json::number(horizons[0]), "table": table}),
        );
        set("summary.table", table);
        if !self.times.is_empty() {
            set("at.times", self.at_times(fit, rows)?);
        }
        if self.influence && !self.no_se {
            for (name, value) in influence(fit) {
                set(name, value);
            }
        }
        Ok(Value::Object(result))
    }

    /// Expected time in each state of each curve, with its standard error.
    pub(super) fn sojourns(&self, fit: &StateOccupation) -> Result<Vec<Sojourn>, Failure> {
        let horizons = self.horizons(fit)?;
        let pairs = fit.curves.iter().zip(horizons);
        pairs
            .map(|(curve, until)| {
                let mut sojourn = curve.sojourn(until).map_err(horizon_failure)?;
                if self.rmean_se_as_r {
                    sojourn.std_err = interpolated(curve, until).map_err(horizon_failure)?;
                }
                Ok(sojourn)
            })
            .collect()
    }

    fn sojourn_table(&self, fit: &StateOccupation, rows: &Rows) -> Result<Value, Failure> {
        let sojourns = self.sojourns(fit)?;
        let cells = || {
            let states = 0..rows.states.len();
            states.flat_map(|state| (0..fit.curves.len()).map(move |curve| (curve, state)))
        };
        let names: Vec<String> = cells()
            .map(|(curve, state)| rows.label(curve, state))
            .collect();
        let numbers = |value: &dyn Fn(usize, usize) -> f64| {
            json::numbers(
                &cells()
                    .map(|(curve, state)| value(curve, state))
                    .collect::<Vec<_>>(),
            )
        };
        let nevent = |curve: usize, state: usize| -> f64 {
            fit.curves[curve].n_event.column(state).iter().sum()
        };
        let mut columns = vec![
            ("n", numbers(&|curve, _| fit.curves[curve].rows as f64)),
            ("nevent", numbers(&nevent)),
            (
                "rmean",
                numbers(&|curve, state| sojourns[curve].mean[state]),
            ),
        ];
        if !self.no_se {
            let error = |curve: usize, state: usize| sojourns[curve].std_err[state];
            columns.push(("se(rmean)", numbers(&error)));
        }
        Ok(json::table(&names, columns))
    }

    /// Lower and upper limits of a table of probabilities.
    fn limits(&self, p: &Matrix, std_err: Option<&Matrix>) -> Result<Option<[Matrix; 2]>, Failure> {
        let (Some(transform), Some(std_err)) = (self.limits.conf_type.transform(), std_err) else {
            return Ok(None);
        };
        let z = self.limits.z()?;
        let limit = |(p, se): (&f64, &f64)| match *p > 0.0 && *p < 1.0 {
            true => transform.limits(*p, *se, z),
            false => Limits {
                lower: *p,
                upper: *p,
            },
        };
        let all: Vec<Limits> = p.values().iter().zip(std_err.values()).map(limit).collect();
        let table = |pick: fn(&Limits) -> f64| {
            Matrix::from_values(p.rows(), p.columns(), all.iter().map(pick).collect())
        };
        Ok(Some([
            table(|limits| limits.lower),
            table(|limits| limits.upper),
        ]))
    }

    /// Each curve at the requested times, those left out that are not to be extended to.
    pub(super) fn at(&self, curve: &OccupationCurve) -> OccupationAt {
        let last = curve.time.last().copied().unwrap_or(f64::INFINITY);
        let mut times = self.times.clone();
        times.sort_by(f64::total_cmp);
        let limit = if self.no_extend { last } else { f64::INFINITY };
        times.retain(|time| *time <= limit);
        curve.at(&times)
    }

    fn at_times(&self, fit: &StateOccupation, rows: &Rows) -> Result<Value, Failure> {
        let at: Vec<OccupationAt> = fit.curves.iter().map(|curve| self.at(curve)).collect();
        let ways = transition_names(fit);
        let mut result = Map::new();
        if let Some(names) = rows.curve_names() {
            let labels = names
                .iter()
                .zip(&at)
                .flat_map(|(name, at)| vec![name; at.time.len()]);
            result.insert("strata".into(), json::texts(&labels.collect::<Vec<_>>()));
        }
        let times: Vec<f64> = at.iter().flat_map(|at| at.time.clone()).collect();
        result.insert("time".into(), json::numbers(&times));
        let stack = |tables: Vec<Matrix>, names: &[String]| stacked(&tables, names);
        let known = |at: &OccupationAt, table: &Matrix| match self.at_times_as_r {
            false => table.clone(),
            true => {
                let kept: Vec<usize> = (0..at.time.len())
                    .filter(|&row| !at.is_before_start[row])
                    .collect();
                table.gather_rows(&kept)
            }
        };
        let states = &rows.states;
        let all = |pick: &dyn Fn(&OccupationAt) -> Option<Matrix>| -> Option<Vec<Matrix>> {
            at.iter().map(pick).collect()
        };
        let mut set = |name: &str, tables: Option<Vec<Matrix>>, names: &[String]| {
            if let Some(tables) = tables {
                result.insert(name.into(), stack(tables, names));
            }
        };
        set("n.risk", all(&|at| Some(at.n_risk.clone())), states);
        set("n.event", all(&|at| Some(at.n_event.clone())), states);
        set("n.censor", all(&|at| Some(at.n_censor.clone())), states);
        set("pstate", all(&|at| Some(known(at, &at.occupation))), states);
        set(
            "cumhaz",
            all(&|at| Some(known(at, &at.cumulative_hazard))),
            &ways,
        );
        let std_err = |at: &OccupationAt| at.std_err.as_ref().map(|table| known(at, table));
        set("std.err", all(&std_err), states);
        let hazard = |at: &OccupationAt| at.hazard_std_err.as_ref().map(|table| known(at, table));
        set("std.chaz", all(&hazard), &ways);
        let mut limits = [Vec::new(), Vec::new()];
        for at in &at {
            if let Some([mut lower, mut upper]) =
                self.limits(&at.occupation, at.std_err.as_ref())?
            {
                if self.at_times_as_r {
                    zero_before(&mut lower, at);
                    zero_before(&mut upper, at);
                }
                limits[0].push(known(at, &lower));
                limits[1].push(known(at, &upper));
            }
        }
        for (name, tables) in ["lower", "upper"].into_iter().zip(limits) {
            set(name, (!tables.is_empty()).then_some(tables), states);
        }
        Ok(Value::Object(result))
    }
}

/// Standard errors of the expected time, straight between those at the times of the curve.
fn interpolated(curve: &OccupationCurve, until: f64) -> Result<Vec<f64>, NotEstimable> {
    let next = curve.time.partition_point(|time| *time <= until);
    let Some(&before) = next.checked_sub(1).and_then(|last| curve.time.get(last)) else {
        return Ok(curve.sojourn(until)?.std_err);
    };
    let low = curve.sojourn(before)?.std_err;
    let Some(&after) = curve.time.get(next) else {
        return Ok(low);
    };
    let high = curve.sojourn(after)?.std_err;
    let share = (until - before) / (after - before);
    let pairs = low.iter().zip(&high);
    Ok(pairs
        .map(|(low, high)| low + share * (high - low))
        .collect())
}

/// Limits before the first time of a curve, as R has them.
fn zero_before(limits: &mut Matrix, at: &OccupationAt) {
    for row in 0..limits.rows() {
        if at.is_before_first[row] {
            (0..limits.columns()).for_each(|column| limits[(row, column)] = 0.0);
        }
    }
}

/// The tables over time, curves below each other.
struct Tables {
    time: Vec<f64>,
    named: Vec<(&'static str, Value)>,
}

impl Tables {
    fn of(options: &Options, fit: &StateOccupation, rows: &Rows) -> Result<Self, Failure> {
        let (states, ways) = (&rows.states, transition_names(fit));
        let curves: Vec<Timed> = fit
            .curves
            .iter()
            .map(|curve| Timed::of(curve, options.time0, fit.start))
            .collect();
        let stack = |pick: &dyn Fn(&Timed) -> Option<Matrix>, names: &[String]| {
            let tables: Option<Vec<Matrix>> = curves.iter().map(pick).collect();
            tables.map(|tables| stacked(&tables, names))
        };
        let mut limits = [Vec::new(), Vec::new()];
        for curve in &curves {
            if let Some(pair) = options.limits(&curve.occupation, curve.std_err.as_ref())? {
                for (all, table) in limits.iter_mut().zip(pair) {
                    all.push(table);
                }
            }
        }
        let limit = |tables: &Vec<Matrix>| (!tables.is_empty()).then(|| stacked(tables, states));
        let named = [
            ("n.risk", stack(&|t| Some(t.n_risk.clone()), states)),
            ("n.event", stack(&|t| Some(t.n_event.clone()), states)),
            ("n.censor", stack(&|t| Some(t.n_censor.clone()), states)),
            (
                "n.transition",
                stack(&|t| Some(t.n_transition.clone()), &ways),
            ),
            ("pstate", stack(&|t| Some(t.occupation.clone()), states)),
            ("std.err", stack(&|t| t.std_err.clone(), states)),
            ("lower", limit(&limits[0])),
            ("upper", limit(&limits[1])),
            (
                "cumhaz",
                stack(&|t| Some(t.cumulative_hazard.clone()), &ways),
            ),
            ("std.chaz", stack(&|t| t.hazard_std_err.clone(), &ways)),
        ];
        Ok(Self {
            time: curves.iter().flat_map(|curve| curve.time.clone()).collect(),
            named: named
                .into_iter()
                .filter_map(|(name, table)| Some((name, table?)))
                .collect(),
        })
    }
}

/// A curve's tables, with a row for the start where that is asked for.
struct Timed {
    time: Vec<f64>,
    n_risk: Matrix,
    n_event: Matrix,
    n_censor: Matrix,
    n_transition: Matrix,
    occupation: Matrix,
    std_err: Option<Matrix>,
    cumulative_hazard: Matrix,
    hazard_std_err: Option<Matrix>,
}

impl Timed {
    fn of(curve: &OccupationCurve, with_start: bool, start: f64) -> Self {
        let states = curve.initial.len();
        let with = |table: &Matrix, first: &[f64]| match with_start {
            true => with_first_row(table, first),
            false => table.clone(),
        };
        let nothing = vec![0.0; states.max(curve.cumulative_hazard.columns())];
        let at_risk: Vec<f64> = (0..states)
            .map(|state| curve.n_risk.column(state).first().copied().unwrap_or(0.0))
            .collect();
        let initial_error = curve.initial_std_err.as_deref().unwrap_or(&nothing);
        Self {
            time: with_start
                .then_some(start)
                .into_iter()
                .chain(curve.time.iter().copied())
                .collect(),
            n_risk: with(&curve.n_risk, &at_risk),
            n_event: with(&curve.n_event, &nothing),
            n_censor: with(&curve.n_censor, &nothing),
            n_transition: with(&curve.n_transition, &nothing),
            occupation: with(&curve.occupation, &curve.initial),
            std_err: curve
                .std_err
                .as_ref()
                .map(|table| with(table, initial_error)),
            cumulative_hazard: with(&curve.cumulative_hazard, &nothing),
            hazard_std_err: curve
                .hazard_std_err
                .as_ref()
                .map(|table| with(table, &nothing)),
        }
    }
}

fn with_first_row(table: &Matrix, first: &[f64]) -> Matrix {
    let columns: Vec<Vec<f64>> = (0..table.columns())
        .map(|column| {
            let rest = table.column(column).iter().copied();
            std::iter::once(first[column]).chain(rest).collect()
        })
        .collect();
    Matrix::from_columns(&columns)
}

/// Tables below each other, as named columns; NaN is what R calls NA.
fn stacked(tables: &[Matrix], names: &[String]) -> Value {
    let column = |column: usize| -> Vec<f64> {
        tables
            .iter()
            .flat_map(|table| table.column(column).iter().copied())
            .collect()
    };
    let named = names.iter().enumerate();
    json::columns(named.map(|(place, name)| (name, json::numbers_or_na(&column(place)))))
}

/// A vector for one curve, rows for several; nothing where no curve has it.
fn per_curve(
    curves: &[OccupationCurve],
    value: impl Fn(&OccupationCurve) -> Option<Vec<f64>>,
) -> Value {
    let values: Vec<Option<Vec<f64>>> = curves.iter().map(value).collect();
    if values.iter().all(Option::is_none) {
        return Value::Null;
    }
    let states = curves.first().map_or(0, |curve| curve.initial.len());
    let rows: Vec<Value> = values
        .into_iter()
        .map(|value| json::numbers(&value.unwrap_or_else(|| vec![0.0; states])))
        .collect();
    match rows.len() {
        1 => rows.into_iter().next().unwrap_or(Value::Null),
        _ => Value::Array(rows),
    }
}

fn transitions(fit: &StateOccupation, rows: &Rows) -> Value {
    let mut to = rows.states.clone();
    to.push("(censored)".into());
    let used: Vec<usize> = (0..to.len())
        .filter(|&column| fit.counts.iter().any(|row| row[column] > 0))
        .collect();
    let names: Vec<&String> = used.iter().map(|&column| &to[column]).collect();
    let counts: Vec<Vec<u64>> = fit
        .counts
        .iter()
        .map(|row| used.iter().map(|&column| row[column]).collect())
        .collect();
    json!({"from": rows.states, "to": names, "counts": counts})
}

/// `[id, time, state]`, one matrix per state (of one curve; a list of those for several).
fn influence(fit: &StateOccupation) -> Vec<(&'static str, Value)> {
    let mut dimensions = Vec::new();
    let mut by_state = Vec::new();
    let mut initial = Vec::new();
    for curve in &fit.curves {
        let influence = curve.influence();
        let clusters = influence.clusters.len();
        dimensions.push(json!([clusters, influence.times, influence.states]));
        let matrix = |state: usize| -> Value {
            let row = |cluster: usize| {
                let times = 0..influence.times;
                let values: Vec<f64> = times
                    .map(|time| influence.get(cluster, time, state))
                    .collect();
                json::numbers(&values)
            };
            (0..clusters).map(row).collect()
        };
        by_state.push((0..influence.states).map(matrix).collect::<Value>());
        let rows = influence
            .initial
            .chunks(influence.states)
            .map(json::numbers);
        initial.push(rows.collect::<Value>());
    }
    let single = |mut values: Vec<Value>| match values.len() {
        1 => values.remove(0),
        _ => Value::Array(values),
    };
    vec![
        ("influence.pstate.dim", single(dimensions)),
        ("influence.pstate.by.state", single(by_state)),
        ("i0", single(initial)),
    ]
}
