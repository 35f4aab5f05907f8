//! Means over time: hidden where few were measured; measured and unmeasured as cells.

use super::fits::{self, Fit, FitPlan};
use super::{Plan, Planner, Verdicts};
use crate::check::Check;
use crate::record::RecordedFit;
use crate::system::VarId;
use crate::{Refusal, ReleasedCourse, ReleasedCourseLine, ReleasedCoursePoint};
use estimate::{Count, Course, CourseLine, CoursePoint, Interval};

/// A course whose counts are in the system.
pub(crate) struct CoursePlan {
    quantity: String,
    higher_is_better: Option<bool>,
    time_title: String,
    lines: Vec<LinePlan>,
    fit: FitPlan,
}

struct LinePlan {
    label: String,
    points: Vec<PointPlan>,
}

struct PointPlan {
    day: i32,
    measured: VarId,
    unmeasured: VarId,
    /// Its place among the means.
    mean: usize,
}

pub(super) fn plan(
    planner: &mut Planner<'_>,
    shape: &Course,
) -> Result<(Option<VarId>, Plan), Refusal> {
    validate(planner, shape)?;
    let fit = fit(planner, shape);
    let hidden = fit.values.iter().filter(|value| value.is_none()).count();
    if hidden > 0 {
        let sentence = format!(
            "Op {hidden} momenten is het gemiddelde niet getoond: te weinig cliënten zijn toen gemeten."
        );
        planner.record(Check::Threshold, sentence);
    }
    let fit = match fits::settle(planner, fit) {
        Ok(fit) => fit,
        Err(sentence) => return Ok((None, Plan::Withheld(sentence.to_owned()))),
    };
    let mut means = 0..;
    let lines = shape.lines.iter().map(|line| LinePlan {
        label: planner.naming.label(&line.label),
        points: points(planner, line, &mut means),
    });
    let plan = CoursePlan {
        lines: lines.collect(),
        quantity: planner.naming.text(&shape.quantity),
        higher_is_better: shape.higher_is_better,
        time_title: shape.time_title.clone(),
        fit,
    };
    Ok((None, Plan::Course(plan)))
}

fn validate(planner: &Planner<'_>, shape: &Course) -> Result<(), Refusal> {
    planner.ensure(!shape.lines.is_empty(), "een verloop zonder groepen")?;
    for line in &shape.lines {
        let rising = line.points.windows(2).all(|two| two[0].time < two[1].time);
        planner.ensure(rising, "momenten die niet op volgorde staan")?;
        for point in &line.points {
            planner.ensure_count(&point.measured)?;
            planner.ensure_count(&point.unmeasured)?;
            planner.ensure(point.mean.is_sound(), "een gemiddelde dat geen getal is")?;
        }
    }
    Ok(())
}

fn fit(planner: &Planner<'_>, shape: &Course) -> Fit<'static> {
    let points = || {
        shape
            .lines
            .iter()
            .flat_map(|line| line.points.iter().map(move |at| (line, at)))
    };
    let shown = |at: &CoursePoint| at.measured.clients >= planner.policy.settings().threshold;
    let value = |(_, at): (&CourseLine, &CoursePoint)| -> Option<(Interval, u8)> {
        shown(at).then_some((at.mean, 2))
    };
    let measured = points()
        .map(|(_, at)| at.measured)
        .fold(Count::default(), Count::plus);
    Fit {
        measure: "verloop",
        layout: points()
            .map(|(line, at)| format!("{}|{}", line.label, at.time.get()))
            .collect(),
        size: measured,
        events: measured,
        values: points().map(value).collect(),
    }
}

fn points(
    planner: &mut Planner<'_>,
    line: &CourseLine,
    means: &mut std::ops::RangeFrom<usize>,
) -> Vec<PointPlan> {
    let public = planner.naming.label(&line.label);
    let mut all = Vec::with_capacity(line.points.len());
    for (point, mean) in line.points.iter().zip(means) {
        let day = point.time.get();
        let key = day.to_string();
        let mut cell = |what: &str, count: &Count| {
            let at = planner.place(
                &[what, &line.label, &key],
                format!("{public}, dag {day}: {what}"),
            );
            let id = planner.system.cell(at, count, None);
            planner.system.mark_pooled(id);
            id
        };
        let measured = cell("gemeten", &point.measured);
        let unmeasured = cell("niet gemeten", &point.unmeasured);
        let at = planner.place(
            &["aanwezig", &line.label, &key],
            format!("{public}, dag {day}"),
        );
        let present = point.measured.plus(point.unmeasured);
        let present = planner.system.implied(at, &present, None);
        planner.system.line(present, &[measured, unmeasured]);
        all.push(PointPlan {
            day,
            measured,
            unmeasured,
            mean,
        });
    }
    all
}

impl CoursePlan {
    /// The fit for the private record, if it is made anew.
    pub(super) fn recorded(&self) -> Option<RecordedFit> {
        self.fit.recorded()
    }

    pub(super) fn show(&self, verdicts: &Verdicts<'_>) -> ReleasedCourse {
        let point = |point: &PointPlan| ReleasedCoursePoint {
            day: point.day,
            measured: verdicts.cell(point.measured),
            unmeasured: verdicts.cell(point.unmeasured),
            mean: self.fit.value(point.mean),
        };
        let line = |line: &LinePlan| ReleasedCourseLine {
            label: line.label.clone(),
            points: line.points.iter().map(point).collect(),
        };
        ReleasedCourse {
            quantity: self.quantity.clone(),
            higher_is_better: self.higher_is_better,
            time_title: self.time_title.clone(),
            lines: self.lines.iter().map(line).collect(),
        }
    }
}
