use super::{ADMISSIONS, About, EXITS, INSTITUTION_NAMES, estimate};
use crate::{
    Count, CurveKind, Curves, Estimate, Horizon, Quantile, Section, Series, Shape, Step, Stratum,
    Unit,
};
use calendar::DayCount;

/// Days at which the protocol reads the curves.
const HORIZONS: [i32; 3] = [183, 365, 730];

/// When an invented follow-up ends, and by which event (`None`: censored).
struct FollowUp {
    day: i32,
    event: Option<usize>,
    institution: usize,
}

/// What sets two invented courses apart.
struct Course<'a> {
    /// Units followed per institution.
    units: [u64; 4],
    /// Mean days until an event.
    mean_days: f64,
    /// Days at which follow-up stops.
    follow_up: (i32, i32),
    /// Weights of the events.
    events: &'a [(&'a str, usize)],
}

pub(super) fn all() -> Vec<Estimate> {
    vec![
        stay(),
        stay_per_institution(),
        exit_kinds(),
        returns("terugkeer-elke-borg", 900.0),
        returns("terugkeer-zelfde-borg", 1300.0),
        returns("terugkeer-elke-borg-met-timeout", 700.0),
    ]
}

/// Evenly spread exponential times: unit i of n has the (i + ½)/n quantile.
fn follow(course: &Course<'_>) -> Vec<FollowUp> {
    let cycle: Vec<usize> = course
        .events
        .iter()
        .enumerate()
        .flat_map(|(event, (_, weight))| vec![event; *weight])
        .collect();
    let mut all = Vec::new();
    for institution in 0..4 {
        let n = course.units[institution];
        for i in 0..n {
            let share = (i as f64 + 0.5) / n as f64;
            let day = (-(1.0 - share).ln() * course.mean_days).round() as i32 + 1;
            // A stride that shares no factor with 97 spreads the ends over the window.
            let spread = (i as i32 * 37 + 11 * institution as i32) % 97;
            let end = course.follow_up.0 + (course.follow_up.1 - course.follow_up.0) * spread / 96;
            let event = (day <= end).then(|| cycle[(i as usize * 7 + institution) % cycle.len()]);
            all.push(FollowUp {
                day: day.min(end),
                event,
                institution,
            });
        }
    }
    all.sort_by_key(|unit| (unit.day, unit.event, unit.institution));
    all
}

fn count<'a>(units: impl Iterator<Item = &'a FollowUp>) -> Count {
    units
        .map(|unit| Count::one(unit.institution))
        .fold(Count::default(), Count::plus)
}

fn stratum(label: &str, units: &[FollowUp]) -> Stratum {
    let mut days: Vec<i32> = units.iter().map(|unit| unit.day).collect();
    days.dedup();
    let at_risk = |day: i32| count(units.iter().filter(|unit| unit.day >= day));
    let at_risk: Vec<Count> = days.iter().map(|&day| at_risk(day)).collect();
    let censored = |day: i32| {
        units
            .iter()
            .filter(|u| u.day == day && u.event.is_none())
            .count() as u64
    };
    Stratum {
        label: label.to_owned(),
        size: count(units.iter()),
        times: days.iter().map(|&day| DayCount::new(day)).collect(),
        n_risk: at_risk.iter().map(|at_risk| at_risk.count).collect(),
        n_risk_per_institution: at_risk
            .iter()
            .map(|at_risk| at_risk.per_institution)
            .collect(),
        n_censor: days.iter().map(|&day| censored(day)).collect(),
    }
}

/// One curve: the Kaplan–Meier curve of all events together, or the Aalen–Johansen curve of
/// one of them; limits are plain normal ones, which will do for a demonstration.
fn series(label: &str, units: &[FollowUp], event: Option<usize>, position: usize) -> Series {
    let stratum = stratum(label, units);
    let (mut free, mut incidence, mut steps) = (1.0_f64, 0.0_f64, Vec::new());
    for (&time, &n_risk) in stratum.times.iter().zip(&stratum.n_risk) {
        let day = time.get();
        let ended = units.iter().filter(|u| u.day == day && u.event.is_some());
        let any = ended.clone().count() as f64;
        let own = count(ended.filter(|u| event.is_none() || u.event == event));
        incidence += free * own.count as f64 / n_risk as f64;
        free *= 1.0 - any / n_risk as f64;
        if own.count > 0 {
            let value = if event.is_none() { free } else { incidence };
            let std_err = (value * (1.0 - value) / n_risk as f64).sqrt() * 0.8;
            steps.push(Step {
                time,
                n_event: own.count,
                n_event_per_institution: own.per_institution,
                n_risk,
                estimate: value,
                std_err,
                lower: (value - 1.96 * std_err).max(0.0),
                upper: (value + 1.96 * std_err).min(1.0),
            });
        }
    }
    let start = if event.is_none() { 1.0 } else { 0.0 };
    let mine = |unit: &&FollowUp| unit.event.is_some() && (event.is_none() || unit.event == event);
    Series {
        label: label.to_owned(),
        stratum: position,
        outcome: vec![event.map_or(1, |event| event as u8 + 1)],
        median: event.is_none().then(|| median(&steps)),
        horizons: HORIZONS
            .iter()
            .map(|&day| horizon(day, start, &steps, &stratum))
            .collect(),
        steps,
        events: count(units.iter().filter(mine)),
    }
}

fn median(steps: &[Step]) -> Quantile {
    let first = |below: fn(&Step) -> f64| {
        steps
            .iter()
            .find(|&step| below(step) <= 0.5)
            .map(|step| f64::from(step.time.get()))
    };
    match first(|step| step.estimate) {
        None => Quantile::NotReached,
        Some(days) => Quantile::At {
            days,
            lower: first(|step| step.lower),
            upper: first(|step| step.upper),
        },
    }
}

fn horizon(day: i32, start: f64, steps: &[Step], stratum: &Stratum) -> Horizon {
    let before = steps.iter().take_while(|step| step.time.get() <= day);
    let last = before.clone().last();
    let at_risk = stratum.times.iter().position(|time| time.get() >= day);
    Horizon {
        time: DayCount::new(day),
        n_risk: at_risk.map_or(0, |index| stratum.n_risk[index]),
        n_event: before.map(|step| step.n_event).sum(),
        estimate: last.map_or(start, |step| step.estimate),
        lower: last.map_or(start, |step| step.lower),
        upper: last.map_or(start, |step| step.upper),
    }
}

const STAY: Course<'static> = Course {
    units: ADMISSIONS,
    mean_days: 760.0,
    follow_up: (500, 2300),
    events: &[("ontslag", 1)],
};

fn stay() -> Estimate {
    let units = follow(&STAY);
    let shape = Shape::Curves(Curves {
        kind: CurveKind::Survival,
        time_title: "dagen sinds opname".to_owned(),
        strata: vec![stratum("Totaal", &units)],
        series: vec![series("Totaal", &units, None, 0)],
    });
    let about = About {
        id: "verblijfsduur",
        section: Section::Throughflow,
        title: "Hoe lang blijven cliënten?",
        definition: "Dagen van opname tot ontslag, met wie er nog is als gecensureerd \
                     (Kaplan–Meier).",
        plain: "Na anderhalf jaar is ongeveer de helft van de cliënten weer weg.",
        unit: Unit::Admissions,
        n: ADMISSIONS,
    };
    estimate(about, Ok(shape))
}

fn stay_per_institution() -> Estimate {
    let units = follow(&STAY);
    let mut groups: [Vec<FollowUp>; 4] = Default::default();
    for unit in units {
        groups[unit.institution].push(unit);
    }
    let named = || groups.iter().zip(INSTITUTION_NAMES);
    let shape = Shape::Curves(Curves {
        kind: CurveKind::Survival,
        time_title: "dagen sinds opname".to_owned(),
        strata: named().map(|(group, name)| stratum(name, group)).collect(),
        series: named()
            .enumerate()
            .map(|(i, (group, name))| series(name, group, None, i))
            .collect(),
    });
    let about = About {
        id: "verblijfsduur-instelling",
        section: Section::Throughflow,
        title: "Hoe lang blijven cliënten, per instelling?",
        definition: "Dagen van opname tot ontslag per instelling, met wie er nog is als \
                     gecensureerd (Kaplan–Meier).",
        plain: "De instellingen verschillen weinig in hoe lang cliënten blijven.",
        unit: Unit::Admissions,
        n: ADMISSIONS,
    };
    estimate(about, Ok(shape))
}

fn incidences(course: &Course<'_>, time_title: &str) -> Shape {
    let units = follow(course);
    Shape::Curves(Curves {
        kind: CurveKind::CumulativeIncidence,
        time_title: time_title.to_owned(),
        strata: vec![stratum("Totaal", &units)],
        series: course
            .events
            .iter()
            .enumerate()
            .map(|(event, (label, _))| series(label, &units, Some(event), 0))
            .collect(),
    })
}

fn exit_kinds() -> Estimate {
    let course = Course {
        events: &[
            ("volgens plan", 60),
            ("voortijdig", 26),
            ("hogere beveiliging of detentie", 12),
            ("overleden", 1),
        ],
        ..STAY
    };
    let about = About {
        id: "uitstroom-soort",
        section: Section::Outflow,
        title: "Hoe eindigt een opname?",
        definition: "De kans dat een opname op een van vier manieren is geëindigd, met de andere \
                     manieren als concurrerende gebeurtenissen (Aalen–Johansen).",
        plain: "De meeste opnames eindigen volgens plan.",
        unit: Unit::Admissions,
        n: ADMISSIONS,
    };
    estimate(about, Ok(incidences(&course, "dagen sinds opname")))
}

fn returns(id: &'static str, mean_days: f64) -> Estimate {
    let course = Course {
        units: EXITS,
        mean_days,
        follow_up: (200, 1800),
        events: &[
            ("terugkeer", 34),
            ("overleden", 4),
            ("detentie", 14),
            ("opname elders", 19),
        ],
    };
    let (title, definition) = match id {
        "terugkeer-zelfde-borg" => (
            "Terugkeer naar dezelfde instelling",
            "Nieuwe opname in dezelfde instelling na ontslag; een time-out telt niet mee.",
        ),
        "terugkeer-elke-borg-met-timeout" => (
            "Terugkeer, time-outs meegeteld",
            "Nieuwe opname in een van de vier instellingen na ontslag; een time-out telt mee.",
        ),
        _ => (
            "Terugkeer naar een van de vier instellingen",
            "Nieuwe opname in een van de vier instellingen na ontslag; een time-out telt niet mee.",
        ),
    };
    let about = About {
        id,
        section: Section::Return,
        title,
        definition,
        plain: "Een deel van de cliënten komt binnen twee jaar terug.",
        unit: Unit::Exits,
        n: EXITS,
    };
    estimate(about, Ok(incidences(&course, "dagen sinds ontslag")))
}
