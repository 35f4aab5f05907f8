//! What was seen of the chain: time spent in each state, ways out of it, and who is there now.

use crate::context::Context;
use calendar::{DayPoint, HalfYear};
use codes::{ExitKind, Institution};
use cohort::{Observed, ReturnOutcome, Scope, StayOutcome, TimeOuts};
use estimate::{Count, INSTITUTIONS};
use record::PersonIndex;
use statistics::NotEstimable;
use statistics::flow::{Destination, PiecewiseEvidence, Present};
use statistics::imputation::Draws;
use std::collections::BTreeSet;
use trajectory::{Stay, StayIndex};

/// Days in half a year, on average.
const HALF_YEAR: f64 = 365.25 / 2.0;

/// Where somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    Treatment,
    Waiting,
    LeftAsPlanned,
    LeftOtherwise,
}

impl State {
    pub(crate) const COUNT: usize = 4;
    const ALL: [Self; Self::COUNT] = [
        Self::Treatment,
        Self::Waiting,
        Self::LeftAsPlanned,
        Self::LeftOtherwise,
    ];

    fn label(self) -> &'static str {
        match self {
            Self::Treatment => "behandeling",
            Self::Waiting => "wachten op een vervolgplek",
            Self::LeftAsPlanned => "gepland vertrek",
            Self::LeftOtherwise => "ander vertrek",
        }
    }

    /// The days since entry at which a hazard may change: finer where more happens.
    fn breaks(self) -> &'static [f64] {
        match self {
            Self::Treatment => &[183.0, 365.0, 730.0, 1095.0, 1461.0],
            Self::Waiting => &[30.0, 90.0, 183.0],
            Self::LeftAsPlanned | Self::LeftOtherwise => &[91.0, 365.0, 730.0],
        }
    }
}

/// A way out of a state.
#[derive(Clone)]
pub(crate) struct Way {
    pub(crate) from: State,
    pub(crate) to: Destination,
    /// Who went it.
    pub(crate) clients: Count,
    /// How often, by time since entry.
    events: Vec<f64>,
    /// Time at risk, by time since entry.
    exposure: Vec<f64>,
}

impl Way {
    pub(crate) fn label(&self) -> String {
        let to = match self.to {
            Destination::State(state) => State::ALL[state].label(),
            Destination::Outside => "overlijden of elders",
        };
        format!("van {} naar {to}", self.from.label())
    }

    /// Events and exposure, over pieces in which somebody was at risk.
    pub(crate) fn evidence(&self) -> Result<PiecewiseEvidence, NotEstimable> {
        let (mut breaks, mut events, mut exposure) = (Vec::new(), Vec::new(), Vec::new());
        for (piece, (&event, &time)) in self.events.iter().zip(&self.exposure).enumerate() {
            match exposure.last_mut() {
                Some(last) if time == 0.0 || *last == 0.0 => {
                    *last += time;
                    *events.last_mut().expect("as many as exposures") += event;
                }
                _ => {
                    if piece > 0 {
                        breaks.push(self.from.breaks()[piece - 1]);
                    }
                    events.push(event);
                    exposure.push(time);
                }
            }
        }
        PiecewiseEvidence::new(&breaks, &events, &exposure)
    }
}

/// Time spent in a state by somebody, `(entry, exit]` since it was entered, and where to.
struct Spell {
    person: u32,
    institution: Institution,
    state: State,
    entry: i32,
    exit: i32,
    to: Option<Destination>,
}

/// The chain as it was seen.
pub(crate) struct Chain {
    ways: Vec<Way>,
    present: Vec<Present>,
    /// Who is in each state now.
    now: [Count; State::COUNT],
    persons: Count,
    /// New clients of the intake period, and its days.
    arrivals: Count,
    observed_days: f64,
}

impl Chain {
    pub(crate) fn of(context: &Context<'_>) -> Self {
        let spells = spells(context);
        let everybody = spells.iter().map(|spell| (spell.person, spell.institution));
        let (arrivals, observed_days) = arrivals(context);
        let open = || spells.iter().filter(|spell| spell.to.is_none());
        let now = State::ALL.map(|state| {
            let there = open().filter(|spell| spell.state == state);
            clients(there.map(|spell| (spell.person, spell.institution)))
        });
        let mut present: Vec<Present> = open()
            .map(|spell| Present {
                state: spell.state as usize,
                elapsed: f64::from(spell.exit),
            })
            .collect();
        present.sort_by(|a, b| (a.state.cmp(&b.state)).then(a.elapsed.total_cmp(&b.elapsed)));
        Self {
            ways: ways(&spells),
            present,
            now,
            persons: clients(everybody),
            arrivals,
            observed_days,
        }
    }

    pub(crate) fn ways(&self) -> impl Iterator<Item = &Way> {
        self.ways.iter()
    }

    pub(crate) fn persons(&self) -> Count {
        self.persons
    }

    pub(crate) fn arrivals(&self) -> Count {
        self.arrivals
    }

    /// Who is in a state now.
    pub(crate) fn now(&self, state: usize) -> (&'static str, Count) {
        (State::ALL[state].label(), self.now[state])
    }

    pub(crate) fn present(&self) -> Vec<Present> {
        self.present.clone()
    }

    /// A draw of how many new clients come per day.
    pub(crate) fn arrival_rate(&self, random: &mut Draws) -> Result<f64, NotEstimable> {
        let events = [self.arrivals.count as f64];
        let evidence = PiecewiseEvidence::new(&[], &events, &[self.observed_days])?;
        Ok(evidence.draw(random)?.cumulative(1.0))
    }

    /// Who went the rarest of the ways that nobody can do without.
    pub(crate) fn fewest(&self) -> u64 {
        let most = |state: State| {
            let own = self.ways.iter().filter(|way| way.from == state);
            own.map(|way| way.clients.clients).max().unwrap_or(0)
        };
        State::ALL.map(most).into_iter().min().unwrap_or(0)
    }

    /// The chain in which each way was gone by at least so many: rarer ones join the commonest from
    /// the same state. `None` where a state has no way out that was gone so often, or too few came.
    pub(crate) fn pooled(&self, least: u64) -> Option<Self> {
        let mut ways = Vec::new();
        for state in State::ALL {
            let own: Vec<&Way> = self.ways.iter().filter(|way| way.from == state).collect();
            let most =
                (0..own.len()).max_by_key(|&way| (own[way].clients.clients, own.len() - way))?;
            let mut commonest = own[most].clone();
            let mut kept = Vec::new();
            for (position, &way) in own.iter().enumerate() {
                if position == most {
                    continue;
                }
                if way.clients.clients >= least {
                    kept.push(way.clone());
                    continue;
                }
                let pairs = commonest.events.iter_mut().zip(&way.events);
                pairs.for_each(|(sum, more)| *sum += more);
            }
            if commonest.clients.clients < least {
                return None;
            }
            kept.push(commonest);
            ways.extend(kept);
        }
        (self.arrivals.clients >= least).then(|| Self {
            ways,
            present: self.present.clone(),
            ..*self
        })
    }
}

/// Distinct clients, each at the institution where it was last.
fn clients(all: impl Iterator<Item = (u32, Institution)>) -> Count {
    let mut seen = BTreeSet::new();
    let mut per_institution = [0; INSTITUTIONS];
    for (person, institution) in all {
        if seen.insert(person) {
            per_institution[institution as usize] += 1;
        }
    }
    let count = per_institution.iter().sum();
    Count {
        count,
        clients: count,
        per_institution,
    }
}

fn ways(spells: &[Spell]) -> Vec<Way> {
    let mut ways = Vec::new();
    for from in State::ALL {
        let own = || spells.iter().filter(move |spell| spell.state == from);
        let breaks = from.breaks();
        let mut exposure = vec![0.0; breaks.len() + 1];
        for spell in own() {
            add_exposure(&mut exposure, breaks, spell);
        }
        let to = State::ALL
            .map(|state| Destination::State(state as usize))
            .into_iter();
        for to in to.chain([Destination::Outside]) {
            let gone = || own().filter(move |spell| spell.to == Some(to));
            let clients = clients(gone().map(|spell| (spell.person, spell.institution)));
            if clients.count == 0 {
                continue;
            }
            let mut events = vec![0.0; breaks.len() + 1];
            for spell in gone() {
                events[breaks.partition_point(|&at| at < f64::from(spell.exit))] += 1.0;
            }
            ways.push(Way {
                from,
                to,
                clients,
                events,
                exposure: exposure.clone(),
            });
        }
    }
    ways
}

fn add_exposure(exposure: &mut [f64], breaks: &[f64], spell: &Spell) {
    let (start, end) = (f64::from(spell.entry.max(0)), f64::from(spell.exit));
    let mut from = 0.0;
    for (piece, time) in exposure.iter_mut().enumerate() {
        let until = breaks.get(piece).copied().unwrap_or(f64::INFINITY);
        *time += (end.min(until) - start.max(from)).max(0.0);
        from = until;
    }
}

/// All time that was seen of stays, time-outs left out, and of being away after them.
fn spells(context: &Context<'_>) -> Vec<Spell> {
    let mut spells = Vec::new();
    let stays = context.trajectories().stays().len() as u32;
    for index in (0..stays).map(StayIndex) {
        if context.episodes.is_interrupted(index) || context.episodes.is_time_out(index) {
            continue;
        }
        let stay = context.episodes.read(index, TimeOuts::Drop);
        let person = &context.linked.persons[stay.person.position()];
        let window = person.windows[stay.institution as usize];
        let definition = &context.study.intake;
        if let Some(observed) = definition.follow(context.study.returns, &stay, window) {
            inside(&stay, &observed, &mut spells);
        }
        away(context, index, &stay, &mut spells);
    }
    spells
}

/// In treatment until ready for exit, and waiting from then on.
fn inside(stay: &Stay, observed: &Observed<StayOutcome>, spells: &mut Vec<Spell>) {
    let to = match observed.outcome {
        StayOutcome::Censored => None,
        StayOutcome::Left(departure) if departure.died() => Some(Destination::Outside),
        StayOutcome::Left(departure) => Some(match departure.reason.kind() {
            ExitKind::Planned => Destination::State(State::LeftAsPlanned as usize),
            _ => Destination::State(State::LeftOtherwise as usize),
        }),
    };
    let spell = |state, entry, exit, to| Spell {
        person: stay.person.0,
        institution: stay.institution,
        state,
        entry,
        exit,
        to,
    };
    let ready = stay
        .ready_for_exit
        .map(|day| day.since(stay.admitted).get());
    match ready.filter(|&ready| 0 <= ready && ready < observed.exit) {
        None => spells.push(spell(State::Treatment, observed.entry, observed.exit, to)),
        Some(ready) => {
            if observed.entry < ready {
                let waiting = Some(Destination::State(State::Waiting as usize));
                spells.push(spell(State::Treatment, observed.entry, ready, waiting));
            }
            let entry = (observed.entry - ready).max(-1);
            spells.push(spell(State::Waiting, entry, observed.exit - ready, to));
        }
    }
}

/// Away after an exit, until back, elsewhere or dead.
fn away(context: &Context<'_>, index: StayIndex, stay: &Stay, spells: &mut Vec<Spell>) {
    let person = &context.linked.persons[stay.person.position()];
    let definition = context
        .study
        .returns
        .definition(Scope::AnyInstitution, false);
    let delivered = &context.institutions;
    let followed = definition.follow(&context.episodes, person, delivered, index);
    let (Some(observed), Some(departure)) = (followed, stay.departure()) else {
        return;
    };
    let to = match observed.outcome {
        ReturnOutcome::Censored => None,
        ReturnOutcome::Returned => Some(Destination::State(State::Treatment as usize)),
        ReturnOutcome::Died | ReturnOutcome::Detained | ReturnOutcome::AdmittedElsewhere => {
            Some(Destination::Outside)
        }
    };
    spells.push(Spell {
        person: stay.person.0,
        institution: stay.institution,
        state: match departure.reason.kind() {
            ExitKind::Planned => State::LeftAsPlanned,
            _ => State::LeftOtherwise,
        },
        entry: observed.entry,
        exit: observed.exit,
        to,
    });
}

/// New clients of the intake period, and its days.
fn arrivals(context: &Context<'_>) -> (Count, f64) {
    let period = &context.study.intake;
    let persons = (0..context.linked.persons.len() as u32).map(PersonIndex);
    let first = persons.filter_map(|person| {
        let stays = context.trajectories().stays_of(person).iter();
        let first = stays.min_by_key(|stay| stay.admitted)?;
        let came = period.covers(first.admitted_half_year);
        came.then_some((person.0, first.institution))
    });
    let halves = |half_year: HalfYear| half_year.year() * 2 + i32::from(half_year.half());
    let half_years = halves(period.until) - halves(period.from) + 1;
    (clients(first), f64::from(half_years) * HALF_YEAR)
}
