use super::law::Moment;
use super::model::{FlowModel, State};
use super::quadrature::Competitor;
use super::scenario::{Lever, Scenario, common_times, factor_at};
use super::stream::Stream;
use super::{Destination, TimeLaw};
use crate::NotEstimable;

/// The destination of who leaves for good.
pub(super) const OUTSIDE: u32 = u32::MAX;

/// A model under a scenario, made ready for drawing.
pub(super) struct Plan<'a> {
    pub(super) model: &'a FlowModel,
    /// Of each state, transitions whose laws differ by a factor at most.
    exits: Vec<Vec<Proportional<'a>>>,
    pub(super) arrivals: Vec<ArrivalPlan>,
    /// `u32::MAX` where not limited.
    pub(super) places: Vec<u32>,
    /// Of each who is there at time 0, by transition.
    spent: Vec<Vec<Spent>>,
}

/// What has gone by since somebody entered a state: time on a law's clock, and cumulative hazard.
#[derive(Clone, Copy, Default)]
struct Spent {
    time: f64,
    hazard: f64,
}

/// A stretch of calendar time in which the factors of a transition don't change.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stage {
    /// From when on.
    from: f64,
    hazard: f64,
    delay: f64,
}

/// A transition under a scenario.
pub(super) struct ExitPlan<'a> {
    pub(super) to: u32,
    law: &'a TimeLaw,
    stages: Vec<Stage>,
}

/// The rate of arrivals in a state under a scenario: from when on, and how many per unit of time.
pub(super) struct ArrivalPlan(Vec<(f64, f64)>);

impl<'a> Plan<'a> {
    /// # Errors
    /// A model in which somebody could stay for ever; a scenario of another model.
    pub(super) fn new(model: &'a FlowModel, scenario: &Scenario) -> Result<Self, NotEstimable> {
        model.unless_trapped()?;
        scenario.check(model)?;
        let exits_of = |(from, state): (usize, &'a State)| {
            let exits = state.exits.iter();
            let plans = exits.map(|exit| ExitPlan::new((from, exit.to), &exit.law, scenario));
            Proportional::groups(plans)
        };
        let states = || model.states.iter().enumerate();
        let arrivals = states().map(|(state, of)| {
            let factors = scenario.factors(Lever::Arrivals { state });
            ArrivalPlan::new(&of.arrivals, &factors)
        });
        let places = |of: &State| of.places.unwrap_or(u32::MAX);
        let mut plan = Self {
            model,
            exits: states().map(exits_of).collect(),
            arrivals: arrivals.collect(),
            places: model.states.iter().map(places).collect(),
            spent: Vec::new(),
        };
        let present = model.present.iter();
        let spent = present.map(|of| {
            plan.exits_of(of.state)
                .map(|exit| exit.spent(of.elapsed))
                .collect()
        });
        plan.spent = spent.collect();
        Ok(plan)
    }

    /// The next transition of who enters a state now: when, and where to.
    pub(super) fn next(&self, state: u32, now: f64, stream: &mut Stream) -> (f64, u32) {
        let groups = self.exits[state as usize].iter();
        let firsts = groups.map(|group| group.first(now, stream));
        let (moment, to) = firsts.fold((Moment::NEVER, OUTSIDE), earlier);
        (moment.time, to)
    }

    /// The next transition of one who is in a state at time 0.
    pub(super) fn next_of_present(&self, at: usize, stream: &mut Stream) -> (f64, u32) {
        let state = self.model.present[at].state;
        let exits = self.exits_of(state).zip(&self.spent[at]);
        let each = exits.map(|(exit, &spent)| {
            let moment = exit.moment(spent, 0.0, stream.exponential());
            (moment, exit.to)
        });
        let (moment, to) = each.fold((Moment::NEVER, OUTSIDE), earlier);
        (moment.time, to)
    }

    /// The transitions out of a state, each by itself.
    pub(super) fn exits_of(&self, state: usize) -> impl Iterator<Item = &ExitPlan<'a>> {
        self.exits[state].iter().flat_map(|group| &group.exits)
    }
}

fn earlier(one: (Moment, u32), other: (Moment, u32)) -> (Moment, u32) {
    if other.0 < one.0 { other } else { one }
}

/// Transitions out of one state whose laws are one but for a factor, such as the shares of those
/// who go to this place or that: the first of them is the one whose cumulative hazard has to go the
/// least far, and only its time has to be found.
struct Proportional<'a> {
    exits: Vec<ExitPlan<'a>>,
    /// For a unit exponential draw, how far the common cumulative hazard has to go; empty where
    /// factors change over time.
    distances: Vec<f64>,
}

impl<'a> Proportional<'a> {
    /// Which transitions stand together does not depend on the scenario, so that all scenarios use
    /// the same draws for the same.
    fn groups(exits: impl Iterator<Item = ExitPlan<'a>>) -> Vec<Self> {
        let mut groups: Vec<Vec<ExitPlan<'a>>> = Vec::new();
        for exit in exits {
            let same = |group: &&mut Vec<ExitPlan<'a>>| group[0].law.shape == exit.law.shape;
            match groups.iter_mut().find(same) {
                Some(group) => group.push(exit),
                None => groups.push(vec![exit]),
            }
        }
        groups.into_iter().map(Self::new).collect()
    }

    fn new(exits: Vec<ExitPlan<'a>>) -> Self {
        let distances = match exits.iter().all(|exit| exit.stages.len() == 1) {
            true => exits.iter().map(|exit| 1.0 / exit.law.factor).collect(),
            false => Vec::new(),
        };
        Self { exits, distances }
    }

    /// The first transition of who enters now.
    fn first(&self, now: f64, stream: &mut Stream) -> (Moment, u32) {
        if self.distances.is_empty() {
            let entered = Spent::default();
            let exits = self.exits.iter();
            let each = exits.map(|exit| (exit.moment(entered, now, stream.exponential()), exit.to));
            return each.fold((Moment::NEVER, OUTSIDE), earlier);
        }
        let (mut least, mut to) = (f64::INFINITY, OUTSIDE);
        for (exit, distance) in self.exits.iter().zip(&self.distances) {
            let hazard = stream.exponential() * distance;
            if hazard < least {
                (least, to) = (hazard, exit.to);
            }
        }
        let mut moment = self.exits[0].law.shape.inverse(least);
        moment.time += now;
        (moment, to)
    }
}

impl<'a> ExitPlan<'a> {
    fn new((from, to): (usize, Destination), law: &'a TimeLaw, scenario: &Scenario) -> Self {
        let hazards = scenario.factors(Lever::Hazard { from, to });
        let delays = scenario.factors(Lever::Delay { from, to });
        let stage = |from: f64| Stage {
            from,
            hazard: factor_at(&hazards, from),
            delay: factor_at(&delays, from),
        };
        let times = common_times(&hazards, &delays);
        Self {
            to: match to {
                Destination::State(to) => to as u32,
                Destination::Outside => OUTSIDE,
            },
            law,
            stages: times.into_iter().map(stage).collect(),
        }
    }

    fn spent(&self, time: f64) -> Spent {
        Spent {
            time,
            hazard: self.law.cumulative(time),
        }
    }

    /// When the transition comes to who has been in the state for some time and has drawn this
    /// unit exponential: the cumulative hazard from now on reaches it.
    ///
    /// A law's own clock goes at 1/delay of the calendar, and its hazard counts times a factor;
    /// both from stage to stage.
    fn moment(&self, spent: Spent, mut now: f64, mut left: f64) -> Moment {
        let Spent {
            time: mut clock,
            hazard: mut spent,
        } = spent;
        let current = self.stages.partition_point(|stage| stage.from <= now) - 1;
        for (at, stage) in self.stages.iter().enumerate().skip(current) {
            let end = self.stages.get(at + 1).map(|next| next.from);
            if let Some(end) = end {
                let clock_at_end = clock + (end - now) / stage.delay;
                let spent_at_end = self.law.cumulative(clock_at_end).max(spent);
                let held = stage.hazard * (spent_at_end - spent);
                if left > held {
                    left -= held;
                    (now, clock, spent) = (end, clock_at_end, spent_at_end);
                    continue;
                }
            }
            let moment = self.law.inverse(spent + left / stage.hazard);
            return Moment {
                time: now + (moment.time.max(clock) - clock) * stage.delay,
                part: moment.part,
            };
        }
        Moment::NEVER
    }

    /// The transition as it is in the end.
    pub(super) fn in_the_end(&self) -> Competitor<'a> {
        let last = self.stages.last();
        Competitor {
            law: self.law,
            hazard: last.map_or(1.0, |stage| stage.hazard),
            delay: last.map_or(1.0, |stage| stage.delay),
        }
    }
}

impl ArrivalPlan {
    fn new(rates: &[(f64, f64)], factors: &[(f64, f64)]) -> Self {
        if rates.is_empty() {
            return Self(Vec::new());
        }
        let mut times = common_times(rates, factors);
        times.retain(|&from| from >= 0.0);
        let rate = |from: f64| (from, factor_at(rates, from) * factor_at(factors, from));
        Self(times.into_iter().map(rate).collect())
    }

    /// When the next arrives after `now`, for a drawn unit exponential.
    pub(super) fn next(&self, mut now: f64, mut left: f64) -> f64 {
        let current = self.0.partition_point(|&(from, _)| from <= now);
        for at in current.saturating_sub(1)..self.0.len() {
            let rate = self.0[at].1;
            let end = self.0.get(at + 1).map_or(f64::INFINITY, |&(from, _)| from);
            let held = match rate > 0.0 {
                true => rate * (end - now),
                false => 0.0,
            };
            if left < held {
                return now + left / rate;
            }
            left -= held;
            now = end;
        }
        f64::INFINITY
    }

    /// The rate in the end.
    pub(super) fn in_the_end(&self) -> f64 {
        self.0.last().map_or(0.0, |&(_, rate)| rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A constant hazard of 0.1 that doubles at 10, and takes three times as long from 20 on.
    fn plan_by_hand(test: impl Fn(&ExitPlan<'_>)) -> Result<(), NotEstimable> {
        let (from, to) = (0, Destination::Outside);
        let scenario = Scenario::default()
            .with(Lever::Hazard { from, to }, 10.0, 2.0)?
            .with(Lever::Delay { from, to }, 20.0, 3.0)?;
        let law = TimeLaw::exponential(0.1)?;
        test(&ExitPlan::new((from, to), &law, &scenario));
        Ok(())
    }

    #[test]
    fn hazards_add_up_over_stages() -> Result<(), NotEstimable> {
        plan_by_hand(|exit| {
            let time = |now, drawn| exit.moment(exit.spent(5.0), now, drawn).time;
            let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
            // From 4: 0.6 until 10, then 2 until 20, then 0.2/3 per unit of time.
            close(time(4.0, 0.3), 7.0);
            close(time(4.0, 1.6), 15.0);
            close(time(4.0, 3.6), 35.0);
            // From 20 on the last stage alone.
            close(time(20.0, 1.0), 35.0);
        })
    }

    #[test]
    fn arrivals_pass_over_a_time_without_any() {
        // 2 per day until 10, none until 15, then 1, which from 12 on is halved.
        let rates = [(0.0, 2.0), (10.0, 0.0), (15.0, 1.0)];
        let plan = ArrivalPlan::new(&rates, &[(f64::NEG_INFINITY, 1.0), (12.0, 0.5)]);
        assert_eq!(plan.next(0.0, 3.0), 1.5);
        assert_eq!(plan.next(9.0, 3.0), 17.0);
        assert_eq!(plan.in_the_end(), 0.5);
        assert_eq!(ArrivalPlan::new(&[], &[]).next(0.0, 1.0), f64::INFINITY);
    }
}
