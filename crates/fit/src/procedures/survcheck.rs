//! `survcheck`: is the data of a multi-state model consistent? As R's `survcheck`.

use super::Fit;
use crate::arguments::ModelArguments;
use crate::text::TextTable;
use crate::{Failure, Fitted, Inputs};
use clap::Args;
use formula::{Factor, Survival};
use serde_json::json;

/// Options of `survcheck`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The table and the formula.
    #[command(flatten)]
    model: ModelArguments,
    /// Kolom die zegt van wie een rij is.
    #[arg(long, value_name = "KOLOM")]
    id: String,
    /// Kolom met de toestand aan het begin van elke rij.
    #[arg(long, value_name = "KOLOM")]
    istate: Option<String>,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let roles = [
            ("id", Some(self.id.as_str())),
            ("istate", self.istate.as_deref()),
        ];
        let model = self.model.model(inputs, &roles)?;
        let survival = model.survival()?;
        let id = model.role_groups("id").unwrap_or_default();
        let states = States::of(survival, model.role_groups("istate"));
        let history = History::of(survival, &id, &states);
        let (flags, transitions) = (
            history.flags(survival),
            history.transitions(survival, &states),
        );
        let events = history.events(survival, &states, id.levels.len());
        let result = json!({
            "flag": {
                "overlap": flags.overlap, "gap": flags.gap, "jump": flags.jump,
                "teleport": flags.teleport, "duplicate": flags.duplicate,
            },
            "transitions": {"from": states.names, "to": transitions.to, "counts": transitions.counts},
            "events": {"state": events.states, "count": events.counts, "table": events.table},
        });
        Ok(Fitted::new(
            result,
            summary(&states, &flags, &transitions, &events),
        ))
    }
}

/// The states, and the one at the begin of each row where that is given.
struct States {
    names: Vec<String>,
    /// State of each event code from 1.
    of_event: Vec<usize>,
    begin: Option<Vec<usize>>,
}

impl States {
    fn of(survival: &Survival, begin: Option<Factor>) -> Self {
        let entered = match survival.is_multistate() {
            true => survival.states.clone(),
            false => vec!["event".into()],
        };
        let mut names = match &begin {
            Some(begin) => begin.levels.clone(),
            None => vec!["(s0)".into()],
        };
        for state in &entered {
            if !names.contains(state) {
                names.push(state.clone());
            }
        }
        let place = |state: &String| names.iter().position(|name| name == state).unwrap_or(0);
        Self {
            of_event: entered.iter().map(place).collect(),
            begin: begin.map(|begin| begin.codes.iter().map(|&code| code as usize).collect()),
            names,
        }
    }
}

/// Rows in the order of persons and times, and the state at the begin of each.
struct History {
    order: Vec<usize>,
    person: Vec<u32>,
    state: Vec<usize>,
    /// The state at the end of the row before, of the same person.
    before: Vec<Option<usize>>,
    last: Vec<bool>,
}

impl History {
    fn of(survival: &Survival, id: &Factor, states: &States) -> Self {
        let rows = survival.stop.len();
        let starts = survival.start_or(f64::NEG_INFINITY);
        let mut order: Vec<usize> = (0..rows).collect();
        let key = |row: usize| (id.codes[row], survival.stop[row], starts[row]);
        order.sort_by(|&a, &b| {
            let (a, b) = (key(a), key(b));
            a.0.cmp(&b.0)
                .then(a.1.total_cmp(&b.1))
                .then(a.2.total_cmp(&b.2))
        });
        let mut history = Self {
            person: id.codes.clone(),
            state: vec![0; rows],
            before: vec![None; rows],
            last: vec![true; rows],
            order,
        };
        let mut previous: Option<usize> = None;
        for place in 0..rows {
            let row = history.order[place];
            let same = previous.filter(|&p| history.person[p] == history.person[row]);
            let end = same.map(|p| history.end(survival, states, p));
            if let Some(p) = same {
                history.last[p] = false;
            }
            history.before[row] = end;
            history.state[row] = match &states.begin {
                Some(begin) => begin[row],
                None => end.unwrap_or(0),
            };
            previous = Some(row);
        }
        history
    }

    /// The state after a row: the one that it began in if nothing happens.
    fn end(&self, survival: &Survival, states: &States, row: usize) -> usize {
        match survival.status[row] {
            0 => self.state[row],
            event => states.of_event[event as usize - 1],
        }
    }

    fn flags(&self, survival: &Survival) -> Flags {
        let mut flags = Flags::default();
        if survival.start.is_empty() {
            return flags;
        }
        for pair in self
            .order
            .windows(2)
            .filter(|p| self.person[p[0]] == self.person[p[1]])
        {
            let (a, b) = (pair[0], pair[1]);
            let consistent = self.before[b] == Some(self.state[b]);
            let end = survival.stop[a];
            if survival.stop[a] == survival.stop[b] {
                flags.duplicate += 1;
            } else if survival.start[b] < end {
                flags.overlap += 1;
            } else if survival.start[b] > end {
                flags.gap += usize::from(consistent);
                flags.jump += usize::from(!consistent);
            } else {
                flags.teleport += usize::from(!consistent);
            }
        }
        flags
    }

    fn transitions(&self, survival: &Survival, states: &States) -> Transitions {
        let count = states.names.len();
        let mut counts = vec![vec![0_u64; count + 1]; count];
        for &row in &self.order {
            let from = self.state[row];
            match survival.status[row] {
                // A censoring before more rows only splits time.
                0 if !self.last[row] => {}
                0 => counts[from][count] += 1,
                event => counts[from][states.of_event[event as usize - 1]] += 1,
            }
        }
        let mut to = states.names.clone();
        to.push("(censored)".into());
        let used: Vec<usize> = (0..=count)
            .filter(|&j| counts.iter().any(|row| row[j] > 0))
            .collect();
        Transitions {
            to: used.iter().map(|&j| to[j].clone()).collect(),
            counts: counts
                .iter()
                .map(|row| used.iter().map(|&j| row[j]).collect())
                .collect(),
        }
    }

    /// How many persons come 0, 1, 2, … times into each state.
    fn events(&self, survival: &Survival, states: &States, persons: usize) -> Events {
        let count = states.names.len();
        let mut arrivals = vec![vec![0_usize; persons]; count + 1];
        for &row in self.order.iter().filter(|&&row| survival.status[row] > 0) {
            let state = states.of_event[survival.status[row] as usize - 1];
            let person = self.person[row] as usize;
            arrivals[state][person] += 1;
            arrivals[count][person] += 1;
        }
        let most = arrivals[count].iter().copied().max().unwrap_or(0);
        let entered: Vec<usize> = (0..=count)
            .filter(|&state| state == count || arrivals[state].iter().any(|&n| n > 0))
            .collect();
        let tally = |state: &usize| {
            let mut tally = vec![0_u64; most + 1];
            arrivals[*state].iter().for_each(|&times| tally[times] += 1);
            tally
        };
        let name = |state: &usize| match *state == count {
            true => "(any)".into(),
            false => states.names[*state].clone(),
        };
        Events {
            states: entered.iter().map(name).collect(),
            counts: (0..=most).map(|times| times.to_string()).collect(),
            table: entered.iter().map(tally).collect(),
        }
    }
}

/// How often rows of a person don't fit together.
#[derive(Default)]
struct Flags {
    overlap: usize,
    gap: usize,
    jump: usize,
    teleport: usize,
    duplicate: usize,
}

struct Transitions {
    to: Vec<String>,
    counts: Vec<Vec<u64>>,
}

struct Events {
    states: Vec<String>,
    counts: Vec<String>,
    table: Vec<Vec<u64>>,
}

fn summary(states: &States, flags: &Flags, transitions: &Transitions, events: &Events) -> String {
    let text = |numbers: &Vec<u64>| numbers.iter().map(u64::to_string).collect::<Vec<_>>();
    let mut from = TextTable::new(transitions.to.clone());
    for (state, counts) in states.names.iter().zip(&transitions.counts) {
        from.row(state.clone(), text(counts));
    }
    let mut times = TextTable::new(events.counts.clone());
    for (state, tally) in events.states.iter().zip(&events.table) {
        times.row(state.clone(), text(tally));
    }
    let mut flag = TextTable::new(["overlap", "gap", "jump", "teleport", "duplicate"]);
    let counts = [
        flags.overlap,
        flags.gap,
        flags.jump,
        flags.teleport,
        flags.duplicate,
    ];
    flag.row("", counts.map(|count| count.to_string()));
    format!(
        "Transitions table:\n{}\nNumber of subjects with 0, 1, ... transitions to each state:\n{}\n{}",
        from.print(),
        times.print(),
        flag.print()
    )
}
