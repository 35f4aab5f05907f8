//! Invented clients who are followed over time, and the curves about them.

use super::{Numbers, at, meta};
use calendar::DayCount;
use estimate::{
    Count, CurveKind, Curves, Estimate, Horizon, Quantile, Series, Shape, Step, Stratum,
};

/// One client: until when, whether it ended by the event, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Followed {
    pub day: i32,
    pub event: bool,
    pub institution: usize,
}

/// Clients per institution, with ends spread over the days up to `last` of each.
pub fn clients(numbers: &mut Numbers, per_institution: [u64; 4], last: [u64; 4]) -> Vec<Followed> {
    let mut all = Vec::new();
    for institution in 0..4 {
        for _ in 0..per_institution[institution] {
            all.push(Followed {
                day: 1 + numbers.below(last[institution]) as i32,
                event: numbers.below(4) > 0,
                institution,
            });
        }
    }
    all
}

pub fn count(clients: &[Followed], wanted: impl Fn(&Followed) -> bool) -> Count {
    let found = clients.iter().filter(|client| wanted(client));
    found
        .map(|client| at(client.institution, 1))
        .fold(Count::default(), Count::plus)
}

/// The days on which anything happens, rising.
fn days(clients: &[Followed]) -> Vec<i32> {
    let mut days: Vec<i32> = clients.iter().map(|client| client.day).collect();
    days.sort_unstable();
    days.dedup();
    days
}

fn stratum(label: &str, clients: &[Followed]) -> Stratum {
    let days = days(clients);
    let at_risk: Vec<Count> = days
        .iter()
        .map(|&day| count(clients, |client| client.day >= day))
        .collect();
    Stratum {
        label: label.into(),
        size: count(clients, |_| true),
        times: days.iter().map(|&day| DayCount::new(day)).collect(),
        n_risk: at_risk.iter().map(|count| count.count).collect(),
        n_risk_per_institution: at_risk.iter().map(|count| count.per_institution).collect(),
        n_censor: days
            .iter()
            .map(|&day| count(clients, |client| client.day == day && !client.event).count)
            .collect(),
    }
}

/// The Kaplan–Meier curve; its limits are not what is tested.
fn series(label: &str, clients: &[Followed], position: usize, horizons: &[i32]) -> Series {
    let (mut free, mut steps) = (1.0, Vec::new());
    for day in days(clients) {
        let events = count(clients, |client| client.day == day && client.event);
        let at_risk = count(clients, |client| client.day >= day).count;
        free *= 1.0 - events.count as f64 / at_risk as f64;
        if events.count > 0 {
            steps.push(Step {
                time: DayCount::new(day),
                n_event: events.count,
                n_event_per_institution: events.per_institution,
                n_risk: at_risk,
                estimate: free,
                std_err: 0.0,
                lower: free,
                upper: free,
            });
        }
    }
    let half = steps.iter().find(|step: &&Step| step.estimate <= 0.5);
    Series {
        label: label.into(),
        stratum: position,
        outcome: vec![1],
        median: Some(half.map_or(Quantile::NotReached, |step| Quantile::At {
            days: f64::from(step.time.get()),
            lower: None,
            upper: None,
        })),
        horizons: horizons
            .iter()
            .map(|&day| {
                let last = steps.iter().rev().find(|step| step.time.get() <= day);
                let value = last.map_or(1.0, |step| step.estimate);
                Horizon {
                    time: DayCount::new(day),
                    n_risk: count(clients, |client| client.day >= day).count,
                    n_event: count(clients, |client| client.day <= day && client.event).count,
                    estimate: value,
                    lower: value,
                    upper: value,
                }
            })
            .collect(),
        steps,
        events: count(clients, |client| client.event),
    }
}

/// Survival curves of named groups of clients.
pub fn survival(id: &str, groups: &[(&str, &[Followed])], horizons: &[i32]) -> Estimate {
    let all: Vec<Followed> = groups.iter().flat_map(|group| group.1).copied().collect();
    let curves = Curves {
        kind: CurveKind::Survival,
        time_title: "dagen sinds opname".into(),
        strata: groups
            .iter()
            .map(|(label, clients)| stratum(label, clients))
            .collect(),
        series: groups
            .iter()
            .enumerate()
            .map(|(position, (label, clients))| series(label, clients, position, horizons))
            .collect(),
    };
    Estimate {
        meta: meta(id, count(&all, |_| true).per_institution),
        outcome: Ok(Shape::Curves(curves)),
    }
}
