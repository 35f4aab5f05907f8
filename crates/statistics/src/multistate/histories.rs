use super::{TransitionRows, Transitions};
use crate::NotEstimable;

/// Rows of long data, and whose they are.
#[derive(Clone, Copy, Debug)]
pub struct Histories<'a> {
    /// Persons as codes from 0.
    pub person: &'a [u32],
    /// Their rows.
    pub rows: TransitionRows<'a>,
}

impl Histories<'_> {
    /// Fails unless these are rows of these transitions; gives the number of persons.
    pub(super) fn check(&self, transitions: &Transitions) -> Result<usize, NotEstimable> {
        let count = self.rows.stop.len();
        if count == 0 {
            return Err(NotEstimable::Empty { what: "rows" });
        }
        NotEstimable::unless_length("person", count, self.person.len())?;
        // The risk sets refuse every other fault of the rows.
        self.rows
            .likelihood(transitions.len(), crate::cox::Ties::Breslow)?;
        let most = self
            .person
            .iter()
            .max()
            .map_or(0, |&last| last as usize + 1);
        match most > count {
            true => Err(NotEstimable::UnknownCode {
                what: "person",
                code: most - 1,
                position: 0,
            }),
            false => Ok(most),
        }
    }

    /// The state of each person at a time, `None` for who is not followed then: those on rows
    /// with start ≤ time < stop. R: `mstate::xsect`.
    pub(super) fn states_at(
        &self,
        transitions: &Transitions,
        persons: usize,
        time: f64,
    ) -> Vec<Option<usize>> {
        let mut states = vec![None; persons];
        for (row, &person) in self.person.iter().enumerate() {
            if self.rows.start[row] <= time && time < self.rows.stop[row] {
                let transition = self.rows.transition[row] as usize;
                states[person as usize] = Some(transitions.pair(transition).0);
            }
        }
        states
    }
}

/// How often each transition is made. R: `mstate::events`.
///
/// ```
/// use statistics::multistate::{EventCounts, Histories, TransitionRows, Transitions};
/// let model = Transitions::new(2, &[(0, 1)])?;
/// let rows = TransitionRows {
///     start: &[0.0, 0.0],
///     stop: &[3.0, 4.0],
///     event: &[true, false],
///     transition: &[0, 0],
///     weights: None,
/// };
/// let counts = EventCounts::of(Histories { person: &[0, 1], rows }, &model)?;
/// assert_eq!((counts.count(0, 1), counts.entering(0), counts.no_event[0]), (1, 2, 1));
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventCounts {
    states: usize,
    counts: Vec<u64>,
    /// Per state the persons who are last seen there.
    pub no_event: Vec<u64>,
}

impl EventCounts {
    /// Counts transitions, and where persons end. R: `mstate::events`.
    ///
    /// # Errors
    /// Rows that are no rows of these transitions.
    pub fn of(histories: Histories<'_>, transitions: &Transitions) -> Result<Self, NotEstimable> {
        let persons = histories.check(transitions)?;
        let states = transitions.states();
        let mut counts = vec![0; states * states];
        let mut last: Vec<Option<(f64, bool, usize)>> = vec![None; persons];
        for (row, &person) in histories.person.iter().enumerate() {
            let (from, to) = transitions.pair(histories.rows.transition[row] as usize);
            let event = histories.rows.event[row];
            if event {
                counts[from * states + to] += 1;
            }
            let end = (
                histories.rows.stop[row],
                event,
                if event { to } else { from },
            );
            let known = &mut last[person as usize];
            // Of rows that end together the one with the event says where the person went.
            if known.is_none_or(|known| (known.0, known.1) < (end.0, end.1)) {
                *known = Some(end);
            }
        }
        let mut no_event = vec![0; states];
        for (_, _, state) in last.into_iter().flatten() {
            no_event[state] += 1;
        }
        Ok(Self {
            states,
            counts,
            no_event,
        })
    }

    /// How often one state was left for another.
    pub fn count(&self, from: usize, to: usize) -> u64 {
        self.counts[from * self.states + to]
    }

    /// How often a state was begun in or entered.
    pub fn entering(&self, state: usize) -> u64 {
        let leaving = (0..self.states).map(|to| self.count(state, to));
        leaving.sum::<u64>() + self.no_event[state]
    }
}
