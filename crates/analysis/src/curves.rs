use crate::survival_rows::SurvivalRows;
use calendar::DayCount;
use estimate::{
    CurveKind, Curves, Horizon, INSTITUTIONS, NotEstimable, Quantile, Series, Step, Stratum,
};
use statistics::{AalenJohansen, Confidence, KaplanMeier, Limits, RiskTable, Transform};

/// Survival limits are symmetric on the log(−log) scale, which keeps their coverage in small
/// groups (Borgan and Liestøl 1990) …
const SURVIVAL_LIMITS: Confidence = Confidence::p95(Transform::LogLog);
/// … and those of a cumulative incidence on the log scale, the default of R.
const INCIDENCE_LIMITS: Confidence = Confidence::p95(Transform::Log);

/// What a reader needs beside the rows.
pub(crate) struct CurveRequest<'a> {
    /// What day 0 is.
    pub(crate) time_title: &'a str,
    /// The days at which the curves are read.
    pub(crate) horizons: &'a [u32],
    /// Fewer events than this give no curve.
    pub(crate) min_events: u64,
    /// The event code that `min_events` is about; `None`: any event.
    pub(crate) main_event: Option<u8>,
}

/// Why there is no curve.
fn refusal(rows: &SurvivalRows, request: &CurveRequest<'_>) -> Option<NotEstimable> {
    if rows.is_empty() {
        return Some(NotEstimable::EmptyCohort);
    }
    let is_main = |event: u8| request.main_event.map_or(event > 0, |main| event == main);
    let seen = rows.event.iter().filter(|&&event| is_main(event)).count() as u64;
    let needed = request.min_events;
    (seen < needed).then_some(NotEstimable::TooFewEvents { seen, needed })
}

/// One survival curve per group. A group that cannot carry one is left out; if none can, the
/// first reason is the answer.
pub(crate) fn survival_curves(
    rows: &SurvivalRows,
    request: &CurveRequest<'_>,
) -> Result<Curves, NotEstimable> {
    collect(rows, request, CurveKind::Survival, |part, label, curves| {
        let table = RiskTable::count(part.follow_up(), 1).map_err(|_| NotEstimable::NotObserved)?;
        let curve = KaplanMeier::estimate(&table, SURVIVAL_LIMITS);
        if curve.emptied_on.is_some() {
            return Err(NotEstimable::NotObserved);
        }
        let series = survival_series(part, request, &table, &curve);
        curves.series.push(Series {
            stratum: curves.strata.len(),
            ..series
        });
        curves.strata.push(stratum(part, label, table));
        Ok(())
    })
}

/// Cumulative incidence curves per group, one for each cause that occurs.
pub(crate) fn incidence_curves(
    rows: &SurvivalRows,
    request: &CurveRequest<'_>,
) -> Result<Curves, NotEstimable> {
    collect(
        rows,
        request,
        CurveKind::CumulativeIncidence,
        |part, label, curves| {
            let curve =
                AalenJohansen::estimate(part.follow_up(), rows.causes.len(), INCIDENCE_LIMITS)
                    .map_err(|_| NotEstimable::NotObserved)?;
            if curve.emptied_on.is_some() {
                return Err(NotEstimable::NotObserved);
            }
            for cause in 0..rows.causes.len() {
                let happened = curve.table.n_event[cause].iter().any(|&events| events > 0);
                if happened {
                    let series = incidence_series(part, request, &curve, cause);
                    curves.series.push(Series {
                        stratum: curves.strata.len(),
                        ..series
                    });
                }
            }
            curves.strata.push(stratum(part, label, curve.table));
            Ok(())
        },
    )
}

fn collect(
    rows: &SurvivalRows,
    request: &CurveRequest<'_>,
    kind: CurveKind,
    mut add: impl FnMut(&SurvivalRows, &str, &mut Curves) -> Result<(), NotEstimable>,
) -> Result<Curves, NotEstimable> {
    let mut curves = Curves {
        kind,
        time_title: request.time_title.to_owned(),
        strata: Vec::new(),
        series: Vec::new(),
    };
    let mut first_refusal = None;
    for (position, label) in rows.strata.iter().enumerate() {
        let part = rows.of_stratum(position);
        let added = match refusal(&part, request) {
            Some(refusal) => Err(refusal),
            None => add(&part, label, &mut curves),
        };
        if let Err(refusal) = added {
            first_refusal.get_or_insert(refusal);
        }
    }
    if curves.series.is_empty() {
        return Err(first_refusal.unwrap_or(NotEstimable::EmptyCohort));
    }
    Ok(curves)
}

fn stratum(part: &SurvivalRows, label: &str, table: RiskTable) -> Stratum {
    Stratum {
        label: label.to_owned(),
        size: part.size(),
        n_risk_per_institution: part.risk_per_institution(&table.times),
        times: table.times.iter().map(|&day| DayCount::new(day)).collect(),
        n_risk: table.n_risk,
        n_censor: table.n_censor,
    }
}

fn survival_series(
    part: &SurvivalRows,
    request: &CurveRequest<'_>,
    table: &RiskTable,
    curve: &KaplanMeier,
) -> Series {
    let limits = carried(&curve.limits);
    let point = |position: usize| Point {
        estimate: curve.survival[position],
        std_err: curve.std_err(position),
        limits: limits[position],
    };
    let label = usize::from(part.stratum[0]);
    let events = DailyEvents {
        all: &curve.n_event,
        per_institution: part.events_per_institution(1, &table.times),
    };
    Series {
        label: part.strata[label].clone(),
        stratum: 0,
        outcome: vec![1],
        steps: steps(table, &events, point),
        median: Some(median(curve)),
        horizons: horizons(table, &curve.n_event, request.horizons, 1.0, point),
        events: part.events(1),
    }
}

fn incidence_series(
    part: &SurvivalRows,
    request: &CurveRequest<'_>,
    curve: &AalenJohansen,
    cause: usize,
) -> Series {
    let own = &curve.causes[cause];
    let point = |position: usize| Point {
        estimate: own.incidence[position],
        std_err: own.std_err[position],
        limits: own.limits[position],
    };
    let n_event = &curve.table.n_event[cause];
    let code = cause as u8 + 1;
    let events = DailyEvents {
        all: n_event,
        per_institution: part.events_per_institution(code, &curve.table.times),
    };
    Series {
        label: part.causes[cause].clone(),
        stratum: 0,
        outcome: vec![code],
        steps: steps(&curve.table, &events, point),
        median: None,
        horizons: horizons(&curve.table, n_event, request.horizons, 0.0, point),
        events: part.events(code),
    }
}

/// Events of one kind on each day of a risk table.
struct DailyEvents<'a> {
    all: &'a [u64],
    per_institution: Vec<[u64; INSTITUTIONS]>,
}

/// A curve after one day.
#[derive(Clone, Copy)]
struct Point {
    estimate: f64,
    std_err: f64,
    limits: Limits,
}

/// At 0 a survival curve has no interval; there the last upper limit is carried on, over a
/// lower limit of 0.
fn carried(limits: &[Option<Limits>]) -> Vec<Limits> {
    let mut upper = 1.0;
    let carry = |limits: &Option<Limits>| {
        let limits = limits.unwrap_or(Limits { lower: 0.0, upper });
        upper = limits.upper;
        limits
    };
    limits.iter().map(carry).collect()
}

fn steps(table: &RiskTable, events: &DailyEvents<'_>, point: impl Fn(usize) -> Point) -> Vec<Step> {
    (0..table.times.len())
        .filter(|&position| events.all[position] > 0)
        .map(|position| {
            let at = point(position);
            Step {
                time: DayCount::new(table.times[position]),
                n_event: events.all[position],
                n_event_per_institution: events.per_institution[position],
                n_risk: table.n_risk[position],
                estimate: at.estimate,
                std_err: at.std_err,
                lower: at.limits.lower,
                upper: at.limits.upper,
            }
        })
        .collect()
}

/// The curve at the horizons that are observed at all.
fn horizons(
    table: &RiskTable,
    n_event: &[u64],
    days: &[u32],
    start: f64,
    point: impl Fn(usize) -> Point,
) -> Vec<Horizon> {
    let observed = days
        .iter()
        .filter_map(|&day| i32::try_from(day).ok())
        .filter(|&day| day <= table.last_day());
    observed
        .map(|day| {
            let position = table.last_position_until(day);
            let at = position.map_or(
                Point {
                    estimate: start,
                    std_err: 0.0,
                    limits: Limits {
                        lower: start,
                        upper: start,
                    },
                },
                &point,
            );
            Horizon {
                time: DayCount::new(day),
                n_risk: table.at_risk_on(day),
                n_event: n_event[..position.map_or(0, |position| position + 1)]
                    .iter()
                    .sum(),
                estimate: at.estimate,
                lower: at.limits.lower,
                upper: at.limits.upper,
            }
        })
        .collect()
}

fn median(curve: &KaplanMeier) -> Quantile {
    match curve.quantile(0.5) {
        statistics::Quantile::NotReached => Quantile::NotReached,
        statistics::Quantile::At { days, lower, upper } => Quantile::At { days, lower, upper },
    }
}
