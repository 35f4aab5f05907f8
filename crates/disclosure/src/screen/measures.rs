//! Numbers that stand for themselves: each row shown where enough clients are behind it.

use super::fits::{self, Fit, FitPlan};
use super::{Plan, Planner, Verdicts};
use crate::check::Check;
use crate::record::RecordedFit;
use crate::system::VarId;
use crate::{Refusal, ReleasedMeasure, ReleasedMeasures};
use estimate::{Count, Interval, MeasureRow, MeasureValue, Measures};

/// Measures whose counts are in the system.
pub(crate) struct MeasuresPlan {
    row_title: String,
    columns: Vec<(String, u32)>,
    rows: Vec<RowPlan>,
    fit: FitPlan,
}

struct RowPlan {
    label: String,
    size: VarId,
    /// Whether each value has limits.
    has_limits: Vec<bool>,
}

pub(super) fn plan(
    planner: &mut Planner<'_>,
    shape: &Measures,
) -> Result<(Option<VarId>, Plan), Refusal> {
    validate(planner, shape)?;
    let threshold = planner.policy.settings().threshold;
    let small = shape
        .rows
        .iter()
        .filter(|row| is_small(row, threshold))
        .count();
    if small > 0 {
        let sentence = format!("{small} rijen zijn niet getoond: het gaat om te weinig cliënten.");
        planner.record(Check::Threshold, sentence);
    }
    let fit = match fits::settle(planner, fit(shape, threshold)) {
        Ok(fit) => fit,
        Err(sentence) => return Ok((None, Plan::Withheld(sentence.to_owned()))),
    };
    let rows = shape
        .rows
        .iter()
        .map(|row| row_plan(planner, row))
        .collect();
    let columns = shape.columns.iter();
    let plan = MeasuresPlan {
        row_title: planner.naming.text(&shape.row_title),
        columns: columns
            .map(|column| {
                (
                    planner.naming.text(&column.title),
                    u32::from(column.decimals),
                )
            })
            .collect(),
        rows,
        fit,
    };
    Ok((None, Plan::Measures(plan)))
}

fn validate(planner: &Planner<'_>, shape: &Measures) -> Result<(), Refusal> {
    let decimals = shape.columns.iter().all(|column| column.decimals <= 2);
    planner.ensure(decimals, "meer dan twee decimalen")?;
    for row in &shape.rows {
        planner.ensure_count(&row.size)?;
        planner.ensure(
            row.values.len() == shape.columns.len(),
            "een waarde ontbreekt",
        )?;
        let mut values = row.values.iter().flatten();
        planner.ensure(
            values.all(|value| interval(*value).is_sound()),
            "een maat die geen getal is",
        )?;
    }
    Ok(())
}

fn is_small(row: &MeasureRow, threshold: u64) -> bool {
    row.size.clients < threshold
}

fn interval(value: MeasureValue) -> Interval {
    match value {
        MeasureValue::Interval(interval) => interval,
        MeasureValue::Point(value) => Interval {
            estimate: value,
            lower: value,
            upper: value,
        },
    }
}

fn fit(shape: &Measures, threshold: u64) -> Fit<'static> {
    let (mut layout, mut values) = (Vec::new(), Vec::new());
    for row in &shape.rows {
        for (column, value) in shape.columns.iter().zip(&row.values) {
            layout.push(format!("{}|{}", row.label, column.title));
            let value = value.filter(|_| !is_small(row, threshold));
            values.push(value.map(|value| (interval(value), column.decimals)));
        }
    }
    let size = shape
        .rows
        .iter()
        .map(|row| row.size)
        .fold(Count::default(), Count::plus);
    Fit {
        measure: "maten",
        layout,
        size,
        events: size,
        values,
    }
}

fn row_plan(planner: &mut Planner<'_>, row: &MeasureRow) -> RowPlan {
    let label = planner.naming.label(&row.label);
    let at = planner.place(&["rij", &row.label], format!("aantal van ‘{label}’"));
    let size = planner.system.cell(at, &row.size, None);
    planner.system.mark_pooled(size);
    let has_limits =
        |value: &Option<MeasureValue>| matches!(value, Some(MeasureValue::Interval(_)));
    RowPlan {
        label,
        size,
        has_limits: row.values.iter().map(has_limits).collect(),
    }
}

impl MeasuresPlan {
    /// The fit for the private record, if it is made anew.
    pub(super) fn recorded(&self) -> Option<RecordedFit> {
        self.fit.recorded()
    }

    pub(super) fn show(&self, verdicts: &Verdicts<'_>) -> ReleasedMeasures {
        let mut places = 0..;
        let rows = self.rows.iter().map(|row| {
            let values = row.has_limits.iter().zip(&mut places);
            let value = |(&has_limits, place): (&bool, usize)| {
                let (estimate, lower, upper) = self.fit.value(place)?;
                Some((estimate, has_limits.then_some((lower, upper))))
            };
            ReleasedMeasure {
                label: row.label.clone(),
                size: verdicts.cell(row.size),
                values: values.map(value).collect(),
            }
        });
        ReleasedMeasures {
            row_title: self.row_title.clone(),
            columns: self.columns.clone(),
            rows: rows.collect(),
        }
    }
}
