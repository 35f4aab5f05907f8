use super::history;
use super::merging::merge_small;
use super::onlookers::Onlookers;
use super::risk::{StratumPlan, group, plan_stratum, risk_sums};
use super::thinning::{Course, CourseStep, Reach, Thinned, thin};
use super::{Plan, Planner, Verdicts};
use crate::check::Check;
use crate::naming::strata_are_institutions;
use crate::record::RecordedCurve;
use crate::system::VarId;
use crate::{
    Cell, Refusal, Released, ReleasedCurves, ReleasedHorizon, ReleasedSeries, ReleasedStep, RiskAt,
    Withheld,
};
use estimate::{Count, CurveKind, Curves, Quantile, Series, Step};

/// A published median: day, lower and upper limit; `None`: not reached.
type Median = (Option<f64>, Option<f64>, Option<f64>);

/// Curves whose numbers are in the system.
pub(crate) struct CurvesPlan {
    kind: CurveKind,
    time_title: String,
    series: Vec<SeriesPlan>,
    strata: Vec<StratumPlan>,
}

/// A curve whose number of events is in the system.
pub(super) struct SeriesPlan {
    /// How it will be shown, but for the number of events; and what it is made from.
    pub(super) curve: RecordedCurve,
    events: VarId,
    /// Whether it is shown as it was in an earlier release.
    is_kept: bool,
}

pub(super) fn plan(
    planner: &mut Planner<'_>,
    shape: &Curves,
) -> Result<(Option<VarId>, Plan), Refusal> {
    validate(planner, shape)?;
    let per_institution = strata_are_institutions(shape);
    let mut strata = Vec::with_capacity(shape.strata.len());
    for stratum in &shape.strata {
        strata.push(plan_stratum(planner, shape, stratum, per_institution));
    }
    let whole = whole(planner, shape, &strata);
    if strata.len() > 1 {
        risk_sums(planner, shape, &strata);
    }
    let merged = merge_small(planner, shape);
    let mut series = Vec::with_capacity(merged.len());
    for one in &merged {
        series.push(plan_series(planner, shape, one, &strata));
    }
    history::compare(planner, &mut series);
    sums(planner, shape, &strata, &series);
    report(planner, &strata);
    let plan = CurvesPlan {
        kind: shape.kind,
        time_title: planner.naming.text(&shape.time_title),
        series,
        strata,
    };
    Ok((Some(whole), Plan::Curves(plan)))
}

fn validate(planner: &Planner<'_>, shape: &Curves) -> Result<(), Refusal> {
    planner.ensure(!shape.strata.is_empty(), "curven zonder groepen")?;
    for stratum in &shape.strata {
        planner.ensure_count(&stratum.size)?;
        let days = stratum.times.len();
        let fits = stratum.n_risk.len() == days && stratum.n_censor.len() == days;
        planner.ensure(fits, "dagen zonder aantal gevolgden")?;
        let adds_up = stratum.n_risk_per_institution.len() == days
            && stratum
                .n_risk
                .iter()
                .zip(&stratum.n_risk_per_institution)
                .all(|(risk, parts)| parts.iter().sum::<u64>() == *risk);
        planner.ensure(adds_up, "de delen per instelling tellen niet op")?;
        planner.ensure(stratum.times.is_sorted(), "dagen die niet oplopen")?;
    }
    for series in &shape.series {
        planner.ensure(
            series.stratum < shape.strata.len(),
            "een curve zonder groep",
        )?;
        planner.ensure_count(&series.events)?;
        let size = shape.strata[series.stratum].size.count;
        planner.ensure(
            series.events.count <= size,
            "meer gebeurtenissen dan gevolgden",
        )?;
        let steps = series.steps.iter().map(|s| s.estimate + s.lower + s.upper);
        let horizons = series
            .horizons
            .iter()
            .map(|h| h.estimate + h.lower + h.upper);
        planner.ensure(
            steps.chain(horizons).all(f64::is_finite),
            "een kans die geen getal is",
        )?;
        planner.ensure(
            series.steps.is_sorted_by_key(|step| step.time),
            "stappen die niet oplopen",
        )?;
        let parts = |step: &Step| step.n_event_per_institution.iter().sum::<u64>();
        planner.ensure(
            series.steps.iter().all(|step| parts(step) == step.n_event),
            "de delen per instelling tellen niet op",
        )?;
    }
    Ok(())
}

/// All who are followed, who may be a group of other results too.
fn whole(planner: &mut Planner<'_>, shape: &Curves, strata: &[StratumPlan]) -> VarId {
    let size = planner.total(shape.strata.iter().map(|stratum| stratum.size));
    let at = planner.place(&["totaal"], "totaal".to_owned());
    let whole = planner.system.margin(at, "totaal", &size, None);
    let sizes: Vec<VarId> = strata.iter().map(|stratum| stratum.size).collect();
    planner.system.sum(whole, &sizes);
    whole
}

fn plan_series(
    planner: &mut Planner<'_>,
    shape: &Curves,
    series: &Series,
    strata: &[StratumPlan],
) -> SeriesPlan {
    let label = planner.naming.label(&series.label);
    let stratum = &strata[series.stratum];
    let owner = planner.system.variable(stratum.size).owner;
    let known_as = format!(
        "gebeurtenis: {}",
        group(&shape.strata[series.stratum], strata.len())
    );
    let at = planner.place(
        &["gebeurtenissen", &series.label],
        format!("aantal gebeurtenissen ‘{label}’"),
    );
    let events = match shape.kind {
        CurveKind::Survival => planner.system.margin(at, &known_as, &series.events, owner),
        CurveKind::CumulativeIncidence => planner.system.cell(at, &series.events, owner),
    };
    if owner.is_none() {
        planner.system.mark_pooled(events);
    }
    let measure = history::measure(planner, shape, series, owner);
    let course = course(planner, shape.kind, series, &measure);
    let thinned = stratum
        .reach
        .map(|reach| (thin(&course, reach, planner.policy), reach));
    let (steps, horizons, median) = match &thinned {
        None => (Vec::new(), hidden_horizons(&course), None),
        Some((thinned, reach)) => (
            points(planner, thinned),
            horizons(planner, &course, thinned),
            series.median.and_then(|median| {
                let size = &shape.strata[series.stratum].size;
                published_median(planner, median, size, (&course, *reach))
            }),
        ),
    };
    if steps.is_empty() {
        let sentence =
            format!("Curve ‘{label}’: te weinig gebeurtenissen of cliënten voor een curve.");
        planner.record(Check::CurveThinning, sentence);
    }
    let reach = stratum.reach.filter(|reach| reach.cut);
    SeriesPlan {
        curve: RecordedCurve {
            measure,
            size: shape.strata[series.stratum].size.per_institution,
            events: series.events.per_institution,
            events_by_day: course.onlookers.events_by_day().clone(),
            shown: ReleasedSeries {
                label,
                stratum: series.stratum,
                steps,
                cut_at: reach.map(|reach| reach.last),
                median,
                horizons,
                events: Cell::Suppressed,
            },
        },
        events,
        is_kept: false,
    }
}

fn course(planner: &Planner<'_>, kind: CurveKind, series: &Series, measure: &str) -> Course {
    let earlier = planner.earlier.own_curves(measure).iter();
    let earlier = earlier.map(|curve| &curve.events_by_day);
    Course {
        start: if kind == CurveKind::Survival {
            1.0
        } else {
            0.0
        },
        steps: series
            .steps
            .iter()
            .map(|step| CourseStep {
                day: step.time.get(),
                values: (step.estimate, step.lower, step.upper),
            })
            .collect(),
        horizons: series.horizons.clone(),
        onlookers: Onlookers::new(&series.steps).with_earlier(earlier),
    }
}

fn points(planner: &Planner<'_>, thinned: &Thinned) -> Vec<ReleasedStep> {
    let shown = |value: f64| planner.policy.probability(value);
    let point = |&(day, (estimate, lower, upper)): &(i32, (f64, f64, f64))| ReleasedStep {
        day,
        estimate: shown(estimate),
        lower: shown(lower),
        upper: shown(upper),
    };
    thinned.points.iter().map(point).collect()
}

fn horizons(planner: &Planner<'_>, course: &Course, thinned: &Thinned) -> Vec<ReleasedHorizon> {
    let shown = |value: f64| planner.policy.probability(value);
    let with = course.horizons.iter().zip(&thinned.horizons);
    with.map(|(horizon, &safe)| ReleasedHorizon {
        day: horizon.time.get(),
        estimate: safe.then(|| {
            (
                shown(horizon.estimate),
                shown(horizon.lower),
                shown(horizon.upper),
            )
        }),
    })
    .collect()
}

fn hidden_horizons(course: &Course) -> Vec<ReleasedHorizon> {
    let hidden = |day: i32| ReleasedHorizon {
        day,
        estimate: None,
    };
    course
        .horizons
        .iter()
        .map(|horizon| hidden(horizon.time.get()))
        .collect()
}

/// A median on the grid of days, where enough clients lie on both sides of it, also for an
/// institution that knows its own.
fn published_median(
    planner: &mut Planner<'_>,
    median: Quantile,
    size: &Count,
    (course, reach): (&Course, Reach),
) -> Option<Median> {
    let settings = planner.policy.settings();
    let others = size.per_institution.iter().map(|own| size.count - own);
    let fewest = others
        .filter(|&others| others > 0)
        .chain([size.clients])
        .min();
    if fewest.is_none_or(|fewest| fewest < 2 * settings.threshold) {
        planner.record(
            Check::Quantile,
            "Te weinig cliënten voor een mediaan.".to_owned(),
        );
        return None;
    }
    let step = f64::from(settings.curve_day_step);
    let within = |days: &f64| *days <= f64::from(reach.last);
    let on_grid = |days: f64| ((days / step).round() * step).max(step);
    match median {
        Quantile::NotReached => Some((None, None, None)),
        Quantile::At { days, .. } if !within(&days) => {
            let sentence = "De mediaan ligt waar nog maar weinig cliënten worden gevolgd en wordt \
                            niet getoond.";
            planner.record(Check::CurveCut, sentence.to_owned());
            None
        }
        Quantile::At { days, .. }
            if !course.may_be_read_at(on_grid(days) as i32, planner.policy) =>
        {
            let sentence = "Bij de mediaan horen te weinig gebeurtenissen; hij wordt niet getoond.";
            planner.record(Check::CurveThinning, sentence.to_owned());
            None
        }
        Quantile::At { days, lower, upper } => Some((
            Some(on_grid(days)),
            lower.filter(within).map(on_grid),
            upper.filter(within).map(on_grid),
        )),
    }
}

/// What readers can add up: events and censored per group; and where the groups are all there
/// is, the same over the groups.
fn sums(planner: &mut Planner<'_>, shape: &Curves, strata: &[StratumPlan], series: &[SeriesPlan]) {
    for (index, stratum) in strata.iter().enumerate() {
        let of_stratum = series.iter().filter(|one| one.curve.shown.stratum == index);
        let events: Vec<VarId> = of_stratum.map(|one| one.events).collect();
        let happened: u64 = events.iter().map(|&id| planner.system.value(id)).sum();
        let size = shape.strata[index].size;
        let Some(censored) = size.count.checked_sub(happened) else {
            continue;
        };
        let owner = planner.system.variable(stratum.size).owner;
        let mut count = Count {
            count: censored,
            clients: censored,
            ..size
        };
        for &event in &events {
            let parts = planner.system.variable(event).parts;
            for (own, part) in count.per_institution.iter_mut().zip(parts) {
                *own = own.saturating_sub(part);
            }
        }
        let words = format!("zonder gebeurtenis, groep ‘{}’", stratum.label);
        let at = planner.place(&["gecensureerd", &shape.strata[index].label], words);
        let rest = planner.system.implied(at, &count, owner);
        if owner.is_none() {
            planner.system.mark_pooled(rest);
        }
        planner
            .system
            .sum(stratum.size, &[&events[..], &[rest]].concat());
    }
    if strata.len() > 1 && shape.kind == CurveKind::Survival && series.len() == strata.len() {
        let counts: Vec<Count> = shape.series.iter().map(|one| one.events).collect();
        let whole = planner.total(counts);
        let at = planner.place(&["gebeurtenissen"], "alle gebeurtenissen".to_owned());
        let whole = planner
            .system
            .implied_margin(at, "gebeurtenis: totaal", &whole, None);
        let events: Vec<VarId> = series.iter().map(|one| one.events).collect();
        planner.system.sum(whole, &events);
    }
}

fn report(planner: &mut Planner<'_>, strata: &[StratumPlan]) {
    let settings = planner.policy.settings();
    let (events, risk) = (
        settings.curve_events_between_points,
        settings.curve_min_at_risk,
    );
    let step = settings.curve_day_step;
    let sentence = format!(
        "Tussen twee punten van een curve liggen minstens {events} gebeurtenissen, met rechte \
         lijnen ertussen; de dagen zijn veelvouden van {step}."
    );
    planner.record(Check::CurveThinning, sentence);
    for stratum in strata
        .iter()
        .filter(|stratum| stratum.reach.is_none_or(|reach| reach.cut))
    {
        let sentence = format!(
            "De curve van groep ‘{}’ stopt waar er minder dan {risk} cliënten worden gevolgd.",
            stratum.label
        );
        planner.record(Check::CurveCut, sentence);
    }
}

impl CurvesPlan {
    /// The curves that are made anew and shown.
    pub(super) fn recorded<'a>(
        &'a self,
        verdicts: &'a Verdicts<'_>,
    ) -> impl Iterator<Item = RecordedCurve> + 'a {
        let hidden = |one: &SeriesPlan| {
            let stratum = &self.strata[one.curve.shown.stratum];
            verdicts.cell(stratum.size) == Cell::Suppressed
        };
        let new = self.series.iter().filter(|one| one.is_new());
        new.filter(move |one| !hidden(one))
            .map(|one| one.curve.clone())
    }

    pub(super) fn show(&self, verdicts: &Verdicts<'_>) -> Released {
        let hidden: Vec<bool> = self
            .strata
            .iter()
            .map(|s| verdicts.cell(s.size) == Cell::Suppressed)
            .collect();
        if hidden.iter().all(|&hidden| hidden) {
            let sentence = "Te weinig cliënten om een curve te kunnen tonen.".to_owned();
            return Released::Withheld(Withheld { sentence });
        }
        let series = |one: &SeriesPlan| one.show(verdicts, hidden[one.curve.shown.stratum]);
        let risk = |stratum: &StratumPlan| -> Vec<RiskAt> {
            let at = |&(day, id): &(i32, VarId)| RiskAt {
                day,
                at_risk: verdicts.cell(id),
            };
            stratum.risk.iter().map(at).collect()
        };
        Released::Curves(ReleasedCurves {
            kind: self.kind,
            time_title: self.time_title.clone(),
            series: self.series.iter().map(series).collect(),
            strata: self
                .strata
                .iter()
                .map(|stratum| stratum.label.clone())
                .collect(),
            risk: self.strata.iter().map(risk).collect(),
        })
    }
}

impl SeriesPlan {
    /// Takes over what was shown before, under the names of now.
    pub(super) fn restore(&mut self, before: &ReleasedSeries) {
        let now = &mut self.curve.shown;
        now.steps.clone_from(&before.steps);
        now.horizons.clone_from(&before.horizons);
        (now.cut_at, now.median) = (before.cut_at, before.median);
        self.is_kept = true;
    }

    /// Shows nothing but the name.
    pub(super) fn withhold(&mut self) {
        let now = &mut self.curve.shown;
        now.steps.clear();
        now.median = None;
        now.horizons.iter_mut().for_each(|one| one.estimate = None);
    }

    /// Whether something of it is shown that no earlier release showed.
    fn is_new(&self) -> bool {
        let shown = &self.curve.shown;
        let read = shown.horizons.iter().any(|one| one.estimate.is_some());
        !self.is_kept && (!shown.steps.is_empty() || shown.median.is_some() || read)
    }

    fn show(&self, verdicts: &Verdicts<'_>, hidden: bool) -> ReleasedSeries {
        let mut shown = Self {
            curve: self.curve.clone(),
            ..*self
        };
        if hidden {
            shown.withhold();
        }
        ReleasedSeries {
            events: verdicts.cell(self.events),
            ..shown.curve.shown
        }
    }
}
