use crate::Error;

/// The entry of a subject that is followed from day 0 on, day 0 included.
pub const FROM_START: i32 = -1;

/// Rows of follow-up, column by column.
#[derive(Clone, Copy)]
pub struct FollowUp<'a> {
    /// The subject is at risk after this day; [`FROM_START`] for no delayed entry.
    pub entry: &'a [i32],
    /// The subject is at risk up to and including this day.
    pub exit: &'a [i32],
    /// 0: censored at `exit`; 1, 2, …: the event with this code happens on `exit`.
    pub event: &'a [u8],
}

/// Who is at risk and what happens, day by day. R: `n.risk`, `n.event` and `n.censor` of `survfit`.
///
/// Only days on which anything happens are listed: entries, events or censorings. At equal
/// days events come before censorings, and whoever enters on a day is not yet at risk on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskTable {
    /// The days, rising.
    pub times: Vec<i32>,
    /// At risk just before each day.
    pub n_risk: Vec<u64>,
    /// At risk from the day after on.
    pub n_enter: Vec<u64>,
    /// Censored on each day.
    pub n_censor: Vec<u64>,
    /// Events on each day, per cause.
    pub n_event: Vec<Vec<u64>>,
}

impl RiskTable {
    /// Counts rows per day for event codes 1 to `causes`.
    /// R: `summary(survfit(...))`, its `n.risk` and `n.event`.
    ///
    /// # Errors
    /// No rows, columns of unequal length, negative times, empty intervals, unknown codes.
    ///
    /// ```
    /// use statistics::{FROM_START, FollowUp, RiskTable};
    /// // Two of four die on day 3, one is censored on day 5, one dies on day 8.
    /// let rows = FollowUp {
    ///     entry: &[FROM_START; 4],
    ///     exit: &[3, 3, 5, 8],
    ///     event: &[1, 1, 0, 1],
    /// };
    /// let table = RiskTable::count(rows, 1)?;
    /// assert_eq!(table.times, [3, 5, 8]);
    /// assert_eq!(table.n_risk, [4, 2, 1]);
    /// # Ok::<(), statistics::Error>(())
    /// ```
    pub fn count(rows: FollowUp<'_>, causes: usize) -> Result<Self, Error> {
        check(rows, causes)?;
        let days = Days::of(rows);
        let mut table = Self {
            n_risk: Vec::with_capacity(days.times.len()),
            n_enter: vec![0; days.times.len()],
            n_censor: vec![0; days.times.len()],
            n_event: vec![vec![0; days.times.len()]; causes],
            times: Vec::new(),
        };
        let mut at_risk = 0;
        for ((&entry, &exit), &event) in rows.entry.iter().zip(rows.exit).zip(rows.event) {
            match entry {
                FROM_START => at_risk += 1,
                day => table.n_enter[days.position(day)] += 1,
            }
            let position = days.position(exit);
            match event {
                0 => table.n_censor[position] += 1,
                cause => table.n_event[usize::from(cause) - 1][position] += 1,
            }
        }
        for position in 0..days.times.len() {
            table.n_risk.push(at_risk);
            at_risk += table.n_enter[position];
            at_risk -= table.n_censor[position] + table.events_at(position);
        }
        table.times = days.times;
        Ok(table)
    }

    /// Events of any cause on the day at `position`.
    ///
    /// ```
    /// use statistics::{FROM_START, FollowUp, RiskTable};
    /// // Two of four die on day 3, one is censored on day 5, one dies on day 8.
    /// let rows = FollowUp {
    ///     entry: &[FROM_START; 4],
    ///     exit: &[3, 3, 5, 8],
    ///     event: &[1, 1, 0, 1],
    /// };
    /// let table = RiskTable::count(rows, 1)?;
    /// assert_eq!(table.events_at(0), 2);
    /// # Ok::<(), statistics::Error>(())
    /// ```
    pub fn events_at(&self, position: usize) -> u64 {
        self.n_event.iter().map(|cause| cause[position]).sum()
    }

    /// At risk just before `day`: exact, because every change of the risk set is listed.
    ///
    /// ```
    /// use statistics::{FROM_START, FollowUp, RiskTable};
    /// // Two of four die on day 3, one is censored on day 5, one dies on day 8.
    /// let rows = FollowUp {
    ///     entry: &[FROM_START; 4],
    ///     exit: &[3, 3, 5, 8],
    ///     event: &[1, 1, 0, 1],
    /// };
    /// let table = RiskTable::count(rows, 1)?;
    /// assert_eq!((table.at_risk_on(3), table.at_risk_on(4)), (4, 2));
    /// # Ok::<(), statistics::Error>(())
    /// ```
    pub fn at_risk_on(&self, day: i32) -> u64 {
        let position = self.times.partition_point(|&time| time < day);
        self.n_risk.get(position).copied().unwrap_or(0)
    }

    /// The position of the last listed day up to and including `day`. R: `findInterval`.
    ///
    /// ```
    /// use statistics::{FROM_START, FollowUp, RiskTable};
    /// // Two of four die on day 3, one is censored on day 5, one dies on day 8.
    /// let rows = FollowUp {
    ///     entry: &[FROM_START; 4],
    ///     exit: &[3, 3, 5, 8],
    ///     event: &[1, 1, 0, 1],
    /// };
    /// let table = RiskTable::count(rows, 1)?;
    /// assert_eq!(table.last_position_until(7), Some(1));
    /// assert_eq!(table.last_position_until(2), None);
    /// # Ok::<(), statistics::Error>(())
    /// ```
    pub fn last_position_until(&self, day: i32) -> Option<usize> {
        self.times
            .partition_point(|&time| time <= day)
            .checked_sub(1)
    }

    /// The last day on which anything happens.
    ///
    /// ```
    /// use statistics::{FROM_START, FollowUp, RiskTable};
    /// // Two of four die on day 3, one is censored on day 5, one dies on day 8.
    /// let rows = FollowUp {
    ///     entry: &[FROM_START; 4],
    ///     exit: &[3, 3, 5, 8],
    ///     event: &[1, 1, 0, 1],
    /// };
    /// let table = RiskTable::count(rows, 1)?;
    /// assert_eq!(table.last_day(), 8);
    /// # Ok::<(), statistics::Error>(())
    /// ```
    pub fn last_day(&self) -> i32 {
        *self.times.last().expect("a checked table has rows")
    }
}

fn check(rows: FollowUp<'_>, causes: usize) -> Result<(), Error> {
    let n = rows.entry.len();
    if rows.exit.len() != n || rows.event.len() != n {
        return Err(Error::UnequalLengths);
    }
    if n == 0 {
        return Err(Error::Empty);
    }
    for row in 0..n {
        if rows.entry[row] < FROM_START || rows.exit[row] < 0 {
            return Err(Error::NegativeTime { row });
        }
        if rows.exit[row] <= rows.entry[row] {
            return Err(Error::ExitNotAfterEntry { row });
        }
        if usize::from(rows.event[row]) > causes {
            let code = rows.event[row];
            return Err(Error::UnknownCause { row, code, causes });
        }
    }
    Ok(())
}

/// The distinct days of some rows, and where each stands.
pub(crate) struct Days {
    pub(crate) times: Vec<i32>,
    /// Position per day; empty where days are too sparse for a table.
    dense: Vec<u32>,
}

impl Days {
    /// Days beyond this many per row are looked up by bisection, to bound the memory.
    const DENSE_DAYS_PER_ROW: usize = 4;

    pub(crate) fn of(rows: FollowUp<'_>) -> Self {
        let last = rows.exit.iter().copied().max().unwrap_or(0) as usize;
        let dense_until = rows.exit.len() * Self::DENSE_DAYS_PER_ROW + (1 << 16);
        if last < dense_until {
            Self::dense(rows, last)
        } else {
            Self::sparse(rows)
        }
    }

    fn dense(rows: FollowUp<'_>, last: usize) -> Self {
        let mut dense = vec![0_u32; last + 1];
        for &day in rows.entry.iter().filter(|&&day| day != FROM_START) {
            dense[day as usize] = 1;
        }
        for &day in rows.exit {
            dense[day as usize] = 1;
        }
        let mut times = Vec::new();
        for (day, mark) in dense.iter_mut().enumerate().filter(|(_, mark)| **mark == 1) {
            *mark = times.len() as u32;
            times.push(day as i32);
        }
        Self { times, dense }
    }

    fn sparse(rows: FollowUp<'_>) -> Self {
        let entries = rows.entry.iter().filter(|&&day| day != FROM_START);
        let mut times: Vec<i32> = entries.chain(rows.exit).copied().collect();
        times.sort_unstable();
        times.dedup();
        Self {
            times,
            dense: Vec::new(),
        }
    }

    pub(crate) fn position(&self, day: i32) -> usize {
        if self.dense.is_empty() {
            self.times.partition_point(|&time| time < day)
        } else {
            self.dense[day as usize] as usize
        }
    }
}
