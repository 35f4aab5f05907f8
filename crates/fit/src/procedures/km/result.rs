//! The result of `km` with the names of R's `survfit` and its `summary`.

use super::{Curve, Options};
use crate::procedures::curve_groups::CurveData;
use crate::procedures::limits::ConfType;
use crate::{Failure, json};
use formula::Censoring;
use serde_json::{Map, Value};
use statistics::survival::{AtTime, CurveLimits, SurvivalCurve};

impl Options {
    pub(super) fn result(&self, curves: &[Curve], data: &CurveData) -> Result<Value, Failure> {
        let mut result = Map::new();
        let mut set = |name: &str, value: Value| {
            result.insert(name.into(), value);
        };
        let vector = |pick: fn(&SurvivalCurve) -> &Vec<f64>| -> Value {
            let all = curves.iter().flat_map(|curve| pick(&curve.curve));
            all.map(|&value| json::number(value)).collect()
        };
        set("n", curves.iter().map(|curve| curve.curve.rows).collect());
        if data.is_grouped {
            let length = |curve: &Curve| Value::from(curve.curve.counts.times.len());
            let lengths = curves.iter().map(|curve| (&curve.name, length(curve)));
            set("strata", json::columns(lengths));
        }
        set("type", self.kind(data).into());
        set("time", vector(|curve| &curve.counts.times));
        set("n.risk", vector(|curve| &curve.counts.n_risk));
        set("n.event", vector(|curve| &curve.counts.n_event));
        set("n.censor", vector(|curve| &curve.counts.n_censor));
        if self.entry && data.censoring == Censoring::Counting {
            set("n.enter", vector(|curve| &curve.counts.n_enter));
        }
        set("surv", vector(|curve| &curve.survival));
        set("std.err", vector(|curve| &curve.std_err));
        let is_log = curves
            .first()
            .is_some_and(|curve| curve.curve.std_err_is_log);
        set("std.err.is.log.scale", is_log.into());
        if self.limits.are_wanted() {
            set("lower", self.limits(curves, |limits| &limits.lower));
            set("upper", self.limits(curves, |limits| &limits.upper));
        }
        set("cumhaz", vector(|curve| &curve.hazard));
        set("std.chaz", vector(|curve| &curve.hazard_std_err));
        set("conf.type", self.limits.conf_type.name().into());
        set("conf.int", json::number(self.limits.conf_int));
        if let Some(start) = self.curves.start_time {
            set("t0", json::number(start));
        }
        if data.id.is_some() {
            let subjects = curves.iter().map(|curve| Value::from(curve.curve.subjects));
            set("n.id", subjects.collect());
        }
        set("summary.table", self.table(curves, data)?);
        set("summary.table.rmean.option", self.rmean.clone().into());
        if !self.quantiles.is_empty() {
            set("quantile", self.quantile(curves, data)?);
        }
        if !self.times.is_empty() {
            set("at.times", self.at_times(curves, data));
        }
        Ok(Value::Object(result))
    }

    fn kind(&self, data: &CurveData) -> &'static str {
        match data.censoring {
            Censoring::Counting => "counting",
            Censoring::Left => "left",
            Censoring::Interval => "interval",
            _ => "right",
        }
    }

    fn limits(&self, curves: &[Curve], pick: fn(&CurveLimits) -> &Vec<Option<f64>>) -> Value {
        let all = curves.iter().filter_map(|curve| curve.limits.as_ref());
        all.flat_map(pick).map(|&limit| self.limit(limit)).collect()
    }

    /// R has NaN where a plain limit cannot be computed and NA elsewhere.
    fn limit(&self, limit: Option<f64>) -> Value {
        match (limit, self.limits.conf_type) {
            (None, ConfType::Plain) => json::number(f64::NAN),
            (limit, _) => json::optional(limit),
        }
    }

    /// The table that R prints, one row per curve.
    fn table(&self, curves: &[Curve], data: &CurveData) -> Result<Value, Failure> {
        let rows: Vec<Vec<(String, Option<f64>)>> = curves
            .iter()
            .map(|curve| self.table_row(curve, data))
            .collect::<Result<_, _>>()?;
        if !data.is_grouped {
            let row = rows.into_iter().flatten();
            return Ok(json::columns(
                row.map(|(name, value)| (name, json::optional(value))),
            ));
        }
        let names: Vec<&str> = curves.iter().map(|curve| curve.name.as_str()).collect();
        let columns = rows.first().map_or(0, Vec::len);
        let column = |place: usize| {
            let values: Vec<Option<f64>> = rows.iter().map(|row| row[place].1).collect();
            (rows[0][place].0.clone(), json::optionals(&values))
        };
        Ok(json::table(&names, (0..columns).map(column)))
    }

    pub(super) fn table_row(
        &self,
        curve: &Curve,
        data: &CurveData,
    ) -> Result<Vec<(String, Option<f64>)>, Failure> {
        let counts = &curve.curve.counts;
        let mut row = vec![("records".to_owned(), Some(curve.curve.rows as f64))];
        let mut add = |name: &str, value: Option<f64>| row.push((name.to_owned(), value));
        match (data.id.is_some(), curve.curve.subjects) {
            (true, subjects) => add("n.id", subjects.map(|subjects| subjects as f64)),
            _ => add("n.max", counts.n_risk.iter().copied().reduce(f64::max)),
        }
        add("n.start", counts.n_risk.first().copied());
        add("events", Some(counts.n_event.iter().sum()));
        if let Some(mean) = &curve.mean {
            add("rmean", Some(mean.model.mean));
            add("se(rmean)", Some(mean.model.std_err));
            if mean.robust_std_err.is_some() {
                add("robust se(rmean)", mean.robust_std_err);
            }
        }
        add("median", curve.curve.quantile(0.5)?);
        if let Some(limits) = &curve.limits {
            let (lower, upper) = limits.quantile(&curve.curve, 0.5)?;
            add(&format!("{}LCL", self.limits.conf_int), lower);
            add(&format!("{}UCL", self.limits.conf_int), upper);
        }
        Ok(row)
    }

    fn quantile(&self, curves: &[Curve], data: &CurveData) -> Result<Value, Failure> {
        let has_limits = self.limits.are_wanted();
        let (mut points, mut lowers, mut uppers) = (Vec::new(), Vec::new(), Vec::new());
        for curve in curves {
            let (mut point, mut lower, mut upper) = (Vec::new(), Vec::new(), Vec::new());
            for &probability in &self.quantiles {
                point.push(curve.curve.quantile(probability)?);
                if let Some(limits) = &curve.limits {
                    let pair = limits.nearest_quantile(&curve.curve, probability)?;
                    lower.push(pair.0);
                    upper.push(pair.1);
                }
            }
            points.push(json::optionals(&point));
            lowers.push(json::optionals(&lower));
            uppers.push(json::optionals(&upper));
        }
        let shaped = |mut rows: Vec<Value>| match data.is_grouped {
            true => Value::Array(rows),
            false => rows.swap_remove(0),
        };
        let mut fields = vec![
            ("probs", json::numbers(&self.quantiles)),
            ("quantile", shaped(points)),
        ];
        if has_limits {
            fields.push(("lower", shaped(lowers)));
            fields.push(("upper", shaped(uppers)));
        }
        Ok(json::columns(fields))
    }

    /// The curve at the times asked for that lie on it.
    pub(super) fn at(&self, curve: &Curve) -> Vec<AtTime> {
        let last = curve.curve.counts.times.last().copied().unwrap_or(0.0);
        let start = self.curves.start_time.unwrap_or(f64::NEG_INFINITY);
        let on_curve = |time: &f64| *time >= start && (self.extend || *time <= last);
        let times: Vec<f64> = self.times.iter().copied().filter(on_curve).collect();
        curve.curve.at(&times, curve.limits.as_ref())
    }

    fn at_times(&self, curves: &[Curve], data: &CurveData) -> Value {
        let rows: Vec<(&str, AtTime)> = curves
            .iter()
            .flat_map(|curve| {
                self.at(curve)
                    .into_iter()
                    .map(|row| (curve.name.as_str(), row))
            })
            .collect();
        let column = |pick: fn(&AtTime) -> f64| -> Value {
            rows.iter()
                .map(|(_, row)| json::number(pick(row)))
                .collect()
        };
        let mut fields: Vec<(&str, Value)> = Vec::new();
        if data.is_grouped {
            fields.push(("strata", rows.iter().map(|(name, _)| *name).collect()));
        }
        fields.push(("time", column(|row| row.time)));
        fields.push(("n.risk", column(|row| row.n_risk)));
        fields.push(("n.event", column(|row| row.n_event)));
        fields.push(("n.censor", column(|row| row.n_censor)));
        if self.entry {
            fields.push(("n.enter", column(|row| row.n_enter)));
        }
        fields.push(("surv", column(|row| row.survival)));
        fields.push((
            "std.err.surv.scale",
            column(|row| row.std_err.unwrap_or(f64::NAN)),
        ));
        if self.limits.are_wanted() {
            let limit = |pick: fn(&AtTime) -> Option<f64>| -> Value {
                rows.iter().map(|(_, row)| self.limit(pick(row))).collect()
            };
            fields.push(("lower", limit(|row| row.lower)));
            fields.push(("upper", limit(|row| row.upper)));
        }
        fields.push(("cumhaz", column(|row| row.hazard)));
        fields.push(("std.chaz", column(|row| row.hazard_std_err)));
        json::columns(fields)
    }
}
