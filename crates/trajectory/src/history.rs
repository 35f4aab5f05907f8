use crate::{PlacementPeriod, Stay, Trajectories};
use calendar::{Period, RelativeDay};
use codes::{Institution, SecurityLevel};
use record::PersonIndex;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How one state is chosen on days on which several placements run at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The placement with the highest level of security; between equals, that of the latest
    /// admission. Fits questions about security: a client is as secured as the strictest bed.
    HighestSecurity,
    /// The placement of the latest admission; between equals, the highest security. Fits
    /// questions about the way through institutions: whoever admitted last has the client.
    LatestAdmission,
}

/// What somebody was in for a while.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// From when to when; without an end it still runs.
    pub period: Period<RelativeDay>,
    /// Where.
    pub institution: Institution,
    /// Level of security, if a placement says.
    pub security: Option<SecurityLevel>,
}

/// A person's states: in order of time, never two at once. Days outside any stay have none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct StateHistory {
    states: Vec<State>,
}

/// A placement with the stay it belongs to, cut to the stay.
#[derive(Clone, Copy)]
struct Candidate {
    start: RelativeDay,
    end: Option<RelativeDay>,
    admitted: RelativeDay,
    institution: Institution,
    security: Option<SecurityLevel>,
}

impl StateHistory {
    /// The states, in order of time.
    pub fn states(&self) -> &[State] {
        &self.states
    }

    /// The state on `day`.
    pub fn on(&self, day: RelativeDay) -> Option<&State> {
        let after = self
            .states
            .partition_point(|state| state.period.start() <= day);
        let state = &self.states[after.checked_sub(1)?];
        state.period.contains(day).then_some(state)
    }

    /// A sweep over the days on which anything starts or ends, with the running spells at hand.
    fn of(mut candidates: Vec<Candidate>, rule: Rule) -> Self {
        let mut days: Vec<RelativeDay> = candidates.iter().map(|spell| spell.start).collect();
        days.extend(candidates.iter().filter_map(|spell| spell.end));
        days.sort_unstable();
        days.dedup();
        candidates.sort_by_key(|spell| spell.start);
        let mut history = Self::default();
        let mut upcoming = candidates.into_iter().peekable();
        let mut running: Vec<Candidate> = Vec::new();
        for (position, &day) in days.iter().enumerate() {
            running.retain(|spell| spell.end.is_none_or(|end| day < end));
            running.extend(std::iter::from_fn(|| {
                upcoming.next_if(|spell| spell.start <= day)
            }));
            if let Some(chosen) = running.iter().max_by_key(|spell| spell.rank(rule)) {
                history.push(chosen, day, days.get(position + 1).copied());
            }
        }
        history
    }

    /// Adds a state, or lengthens the last one where nothing changed.
    fn push(&mut self, chosen: &Candidate, day: RelativeDay, until: Option<RelativeDay>) {
        let same = |last: &State| {
            last.period.end() == Some(day)
                && last.institution == chosen.institution
                && last.security == chosen.security
        };
        let start = match self.states.last() {
            Some(last) if same(last) => {
                let start = last.period.start();
                self.states.pop();
                start
            }
            _ => day,
        };
        self.states.push(State {
            period: Period::new(start, until)
                .expect("days rise, so the end is not before the start"),
            institution: chosen.institution,
            security: chosen.security,
        });
    }
}

impl Candidate {
    fn of_stay(stay: &Stay) -> Self {
        Self {
            start: stay.admitted,
            end: stay.left(),
            admitted: stay.admitted,
            institution: stay.institution,
            security: None,
        }
    }

    fn of_placement(stay: &Stay, placement: &PlacementPeriod) -> Self {
        Self {
            start: placement.start.max(stay.admitted),
            end: match (placement.end, stay.left()) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
            security: Some(placement.security),
            ..Self::of_stay(stay)
        }
    }

    /// The highest rank wins. A stay without a placement for the day only counts where no
    /// placement runs (`None` is lowest).
    fn rank(&self, rule: Rule) -> (i64, i64, Institution, RelativeDay) {
        let security = self.security.map_or(-1, |level| i64::from(level.rank()));
        let admitted = i64::from(self.admitted.number());
        let (first, second) = match rule {
            Rule::HighestSecurity => (security, admitted),
            Rule::LatestAdmission => (admitted, security),
        };
        (first, second, self.institution, self.start)
    }
}

impl Trajectories {
    /// The states of one person by `rule`. Stays whose dates contradict each other have none.
    pub fn states(&self, person: PersonIndex, rule: Rule) -> StateHistory {
        StateHistory::of(self.candidates(person).collect(), rule)
    }

    /// The level of security and the institution of one person on `day`, by `rule`: what
    /// [`StateHistory::on`] would say, without making the whole history.
    pub fn state_on(
        &self,
        person: PersonIndex,
        rule: Rule,
        day: RelativeDay,
    ) -> Option<(Institution, Option<SecurityLevel>)> {
        self.candidates(person)
            .filter(|spell| spell.start <= day && spell.end.is_none_or(|end| day < end))
            .max_by_key(|spell| spell.rank(rule))
            .map(|spell| (spell.institution, spell.security))
    }

    fn candidates(&self, person: PersonIndex) -> impl Iterator<Item = Candidate> + '_ {
        self.stays_of(person)
            .iter()
            .filter(|stay| !matches!(stay.ending, crate::Ending::Contradictory))
            .flat_map(|stay| {
                let placements = self.placements_of(stay).iter();
                let placements =
                    placements.map(move |placement| Candidate::of_placement(stay, placement));
                std::iter::once(Candidate::of_stay(stay)).chain(placements)
            })
            // A placement outside its stay is cut to nothing.
            .filter(|spell| spell.end.is_none_or(|end| spell.start < end))
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("State { … }")
    }
}

impl fmt::Debug for StateHistory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StateHistory {{ {} states, … }}", self.states.len())
    }
}
