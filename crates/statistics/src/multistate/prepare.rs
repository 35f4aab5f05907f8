use super::Transitions;
use crate::NotEstimable;

/// One row per person: when, and whether, each state was entered.
#[derive(Clone, Copy, Debug)]
pub struct WideRows<'a> {
    /// Per state the time of entering, or of censoring where it was not; empty for a state that
    /// is never entered. NaN where unknown.
    pub time: &'a [Vec<f64>],
    /// Per state whether it was entered; empty as `time`.
    pub entered: &'a [Vec<bool>],
    /// The state of each person at the start.
    pub start_state: &'a [usize],
    /// The start of each person.
    pub start_time: &'a [f64],
}

/// A row of long data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LongRow {
    /// The person: a row of the wide data.
    pub person: usize,
    /// The transition that the person is at risk of.
    pub transition: usize,
    /// Start of the interval at risk.
    pub start: f64,
    /// Its end.
    pub stop: f64,
    /// Whether the transition is made.
    pub event: bool,
}

/// Long data, and what was decided in making them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LongData {
    /// Rows by person, time and transition.
    pub rows: Vec<LongRow>,
    /// Persons who enter two states at once: they are sent to the one of the lower number.
    pub ties: Vec<usize>,
}

impl LongData {
    /// Makes a row for each transition that a person is at risk of, stay after stay.
    ///
    /// # Errors
    /// Columns of unequal length, times that are not finite where they are needed, states that
    /// are not there.
    ///
    /// # Method
    /// From the state of a stay the next is the one that is entered first, after the stay's own
    /// start; where none is, the stay is censored at the last time of the states that could be
    /// entered. R: `mstate::msprep`.
    ///
    /// ```
    /// use statistics::multistate::{LongData, Transitions, WideRows};
    /// let model = Transitions::new(3, &[(0, 1), (0, 2), (1, 2)])?;
    /// // Ill after 2, dead after 5.
    /// let wide = WideRows {
    ///     time: &[vec![], vec![2.0], vec![5.0]],
    ///     entered: &[vec![], vec![true], vec![true]],
    ///     start_state: &[0],
    ///     start_time: &[0.0],
    /// };
    /// let long = LongData::of(wide, &model)?;
    /// let ends: Vec<_> = long.rows.iter().map(|row| (row.transition, row.stop, row.event)).collect();
    /// assert_eq!(ends, [(0, 2.0, true), (1, 2.0, false), (2, 5.0, true)]);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn of(wide: WideRows<'_>, transitions: &Transitions) -> Result<Self, NotEstimable> {
        let persons = wide.start_state.len();
        NotEstimable::unless_length("start time", persons, wide.start_time.len())?;
        NotEstimable::unless_finite("start time", wide.start_time)?;
        NotEstimable::unless_length("time", transitions.states(), wide.time.len())?;
        NotEstimable::unless_length("entered", transitions.states(), wide.entered.len())?;
        for &(_, to) in transitions.pairs() {
            NotEstimable::unless_length("time of a state", persons, wide.time[to].len())?;
            NotEstimable::unless_length("entering a state", persons, wide.entered[to].len())?;
        }
        let mut long = Self::default();
        for person in 0..persons {
            long.add(wide, transitions, person)?;
        }
        Ok(long)
    }

    fn add(
        &mut self,
        wide: WideRows<'_>,
        transitions: &Transitions,
        person: usize,
    ) -> Result<(), NotEstimable> {
        let mut state = wide.start_state[person];
        let mut start = wide.start_time[person];
        if state >= transitions.states() {
            return Err(NotEstimable::UnknownCode {
                what: "state",
                code: state,
                position: person,
            });
        }
        loop {
            let exits: Vec<usize> = transitions.leaving(state).collect();
            let mut last = start;
            let mut next: Option<(f64, usize)> = None;
            for &transition in &exits {
                let to = transitions.pair(transition).1;
                let time = wide.time[to][person];
                if !time.is_finite() {
                    return Err(NotEstimable::NotFinite {
                        what: "time of a state",
                        position: person,
                    });
                }
                last = last.max(time);
                if wide.entered[to][person] && time > start {
                    let tie = next.is_some_and(|(known, _)| known == time);
                    if tie && self.ties.last() != Some(&person) {
                        self.ties.push(person);
                    }
                    let earlier = next.is_none_or(|(known, other)| {
                        time < known || (tie && to < transitions.pair(other).1)
                    });
                    if earlier {
                        next = Some((time, transition));
                    }
                }
            }
            let stop = next.map_or(last, |(time, _)| time);
            if stop <= start {
                return Ok(());
            }
            let row = |&transition: &usize| LongRow {
                person,
                transition,
                start,
                stop,
                event: next.is_some_and(|(_, made)| made == transition),
            };
            self.rows.extend(exits.iter().map(row));
            let Some((_, made)) = next else {
                return Ok(());
            };
            state = transitions.pair(made).1;
            start = stop;
        }
    }
}
