//! A linear program over the sums of a table, in exact whole-number arithmetic.
//!
//! How far each number can lie from the truth is a vector y with Σ c y = 0 for every sum and a
//! span around zero for every number. A dictionary writes some of the numbers (the *basic*
//! ones) as combinations of the rest; the truth itself, y = 0, is always a start. All entries
//! are whole numbers over one common denominator (Edmonds' integer pivoting, *J. Res. Nat. Bur.
//! Standards* 71B, 1967), so nothing is ever rounded, and no solver's error can slip in.

use super::problem::Problem;

/// Entries stay below this, so that a product of two fits.
const LARGEST: i64 = 1 << 30;
/// The largest dictionary: rows times columns.
const MOST_ENTRIES: usize = 4_000_000;
/// Entries worked out before a search gives up: minutes on a common machine.
const MOST_WORK: u64 = 100_000_000_000;
/// Steps that change nothing before the rule that cannot cycle (Bland 1977) takes over.
const PATIENCE: usize = 40;

/// How far each number of a part may lie below and above the truth; by position in the part.
pub(super) struct Spans {
    pub(super) low: Vec<i64>,
    pub(super) high: Vec<i64>,
}

/// What one number can be brought to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reached {
    /// How far it got in the direction asked, rounded down to a whole number.
    pub(super) whole: i64,
    /// Whether it got as far as was asked.
    pub(super) goal: bool,
    /// How far each number lies from the truth then, where all lie a whole number from it.
    pub(super) world: Option<Vec<(usize, i64)>>,
}

/// Basic numbers as combinations of the others. Numbers are called by their position in the
/// part of the problem that the dictionary was made for.
#[derive(Clone, Debug)]
pub(super) struct Dictionary {
    basic: Vec<usize>,
    others: Vec<usize>,
    /// Row by row, over the denominator.
    entries: Vec<i64>,
    denominator: i64,
    /// Where each number of the part stands.
    seats: Vec<Seat>,
    /// Entries that may still be worked out before the search gives up.
    work_left: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seat {
    Row(usize),
    Column(usize),
    /// Left out, because it cannot move.
    Out,
}

/// Entries grew too large for exact arithmetic (never seen in tables of counts), or the table is
/// too large, or the work would not end soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GaveUp;

impl Dictionary {
    /// The dictionary of a part of the problem, given as sorted numbers.
    pub(super) fn new(problem: &Problem, part: &[usize]) -> Result<Self, GaveUp> {
        let width = part.len();
        let sums = problem.sums_among(part);
        if sums.len() * width > MOST_ENTRIES {
            return Err(GaveUp);
        }
        let mut entries = vec![0; sums.len() * width];
        for (row, &sum) in sums.iter().enumerate() {
            for &(number, coefficient) in &problem.sums[sum] {
                if let Ok(position) = part.binary_search(&number) {
                    entries[row * width + position] = coefficient;
                }
            }
        }
        // Each sum starts as the row of a number of its own that is always zero, behind all
        // others, and leaves that row for a number of the part where there is one.
        let mut dictionary = Self {
            basic: (width..width + sums.len()).collect(),
            others: (0..width).collect(),
            entries,
            denominator: 1,
            work_left: MOST_WORK,
            seats: (0..width)
                .map(Seat::Column)
                .chain((0..sums.len()).map(Seat::Row))
                .collect(),
        };
        for row in 0..sums.len() {
            let line = dictionary.row(row);
            let usable = |&column: &usize| dictionary.others[column] < width && line[column] != 0;
            let column = (0..line.len())
                .filter(usable)
                .min_by_key(|&column| (line[column].abs(), column));
            if let Some(column) = column {
                dictionary.pivot(row, column)?;
            }
        }
        Ok(dictionary.without(|position| position >= width, width))
    }

    fn row(&self, row: usize) -> &[i64] {
        let width = self.others.len();
        &self.entries[row * width..(row + 1) * width]
    }

    /// The dictionary without the columns of numbers that cannot move, and without rows that
    /// then cannot move either.
    fn without(&self, fixed: impl Fn(usize) -> bool, positions: usize) -> Self {
        let columns: Vec<usize> = (0..self.others.len())
            .filter(|&column| !fixed(self.others[column]))
            .collect();
        let mut small = Self {
            basic: Vec::new(),
            others: columns.iter().map(|&column| self.others[column]).collect(),
            entries: Vec::new(),
            denominator: self.denominator,
            work_left: self.work_left,
            seats: vec![Seat::Out; positions],
        };
        for (row, &position) in self.basic.iter().enumerate() {
            let line = self.row(row);
            if position < positions && columns.iter().any(|&column| line[column] != 0) {
                small.seats[position] = Seat::Row(small.basic.len());
                small.basic.push(position);
                small.entries.extend(columns.iter().map(|&c| line[c]));
            }
        }
        for (column, &position) in small.others.iter().enumerate() {
            small.seats[position] = Seat::Column(column);
        }
        small
    }

    /// The dictionary of what is hidden alone. Shown numbers leave the rows as far as they can.
    pub(super) fn restricted(&mut self, hidden: &[bool]) -> Result<Self, GaveUp> {
        for row in 0..self.basic.len() {
            if hidden[self.basic[row]] {
                continue;
            }
            let line = self.row(row);
            let column = (0..line.len())
                .filter(|&column| line[column] != 0 && hidden[self.others[column]])
                .min_by_key(|&column| (line[column].abs(), column));
            if let Some(column) = column {
                self.pivot(row, column)?;
            }
        }
        Ok(self.without(|position| !hidden[position], hidden.len()))
    }

    /// Takes work off what is left. There is no clock here: the same table ends the same way on
    /// every machine.
    pub(super) fn spend(&mut self, work: u64) -> Result<(), GaveUp> {
        self.work_left = self.work_left.checked_sub(work).ok_or(GaveUp)?;
        Ok(())
    }

    /// How much work was done since there was this much left.
    pub(super) fn work_since(&self, left: u64) -> u64 {
        left - self.work_left
    }

    /// How much work may still be done.
    pub(super) fn work_left(&self) -> u64 {
        self.work_left
    }

    /// Exchanges the number of a row with that of a column.
    fn pivot(&mut self, row: usize, column: usize) -> Result<(), GaveUp> {
        self.spend(self.entries.len() as u64)?;
        let width = self.others.len();
        let old = self.denominator;
        let pivot = self.entries[row * width + column];
        let sign = pivot.signum();
        let mut largest = 0;
        let pivot_row: Vec<i64> = self.row(row).to_vec();
        for (other, line) in self.entries.chunks_exact_mut(width).enumerate() {
            let factor = line[column];
            if other == row || (factor == 0 && pivot.abs() == old) {
                continue;
            }
            for (entry, &p) in line.iter_mut().zip(&pivot_row) {
                let crossed = sign * (*entry * pivot - factor * p);
                *entry = if old == 1 { crossed } else { crossed / old };
                largest = largest.max(entry.abs());
            }
            line[column] = sign * factor;
        }
        for (entry, &p) in self.entries[row * width..].iter_mut().zip(&pivot_row) {
            *entry = -sign * p;
        }
        self.entries[row * width + column] = sign * old;
        self.denominator = pivot.abs();
        std::mem::swap(&mut self.basic[row], &mut self.others[column]);
        self.seats[self.basic[row]] = Seat::Row(row);
        self.seats[self.others[column]] = Seat::Column(column);
        if largest >= LARGEST {
            Err(GaveUp)
        } else {
            Ok(())
        }
    }
}

/// One direction in which a number is pushed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Push {
    pub(super) position: usize,
    /// 1 for up, −1 for down.
    pub(super) sign: i64,
    /// How far is enough.
    pub(super) goal: i64,
}

/// A dictionary with where its numbers stand while one of them is pushed.
pub(super) struct Simplex<'a> {
    dictionary: &'a mut Dictionary,
    spans: &'a Spans,
    push: Push,
    /// The columns' distances from the truth.
    at: Vec<i64>,
    /// The rows' distances from the truth, over the denominator.
    rows_at: Vec<i128>,
    idle: usize,
}

/// A column that is to move, and in which direction.
#[derive(Clone, Copy)]
struct Entering {
    column: usize,
    direction: i64,
}

/// What stops a moving column first.
enum Stop {
    /// It reaches the end of its own span.
    Itself(i64),
    /// A row reaches the end of its span, there.
    Row(usize, i64),
}

impl<'a> Simplex<'a> {
    /// Everything stands at the truth.
    pub(super) fn new(dictionary: &'a mut Dictionary, spans: &'a Spans, push: Push) -> Self {
        Self {
            at: vec![0; dictionary.others.len()],
            rows_at: vec![0; dictionary.basic.len()],
            dictionary,
            spans,
            push,
            idle: 0,
        }
    }

    /// Pushes as far as it goes, or as far as was asked.
    pub(super) fn run(&mut self) -> Result<Reached, GaveUp> {
        while let Some(entering) = self.entering() {
            match self.stop(entering) {
                Stop::Itself(there) => self.slide(entering.column, there),
                Stop::Row(row, there) => {
                    let leaving = self.dictionary.basic[row];
                    self.dictionary.pivot(row, entering.column)?;
                    let Seat::Column(column) = self.dictionary.seats[leaving] else {
                        unreachable!("a number that left the rows stands in a column");
                    };
                    self.at[column] = there;
                    self.place_rows();
                }
            }
        }
        Ok(self.reached())
    }

    /// How much each number that does not move freely is worth to the push: no choice of
    /// distances within any spans can push further than the sum of worth × distance. As
    /// (position, worth), over the denominator.
    pub(super) fn worth(&self) -> (Vec<(usize, i64)>, i64) {
        let all = (0..self.at.len()).map(|column| (self.dictionary.others[column], column));
        let worth = all.map(|(position, column)| (position, self.gain(column)));
        let worth = worth.filter(|&(_, gain)| gain != 0).collect();
        (worth, self.dictionary.denominator)
    }

    /// What the push gains, over the denominator, where this column goes up by one.
    fn gain(&self, column: usize) -> i64 {
        let gain = match self.dictionary.seats[self.push.position] {
            Seat::Row(row) => self.dictionary.row(row)[column],
            Seat::Column(own) if own == column => self.dictionary.denominator,
            Seat::Column(_) | Seat::Out => 0,
        };
        self.push.sign * gain
    }

    fn low(&self, position: usize) -> i64 {
        let low = self.spans.low[position];
        if position == self.push.position && self.push.sign < 0 {
            low.max(-self.push.goal)
        } else {
            low
        }
    }

    fn high(&self, position: usize) -> i64 {
        let high = self.spans.high[position];
        if position == self.push.position && self.push.sign > 0 {
            high.min(self.push.goal)
        } else {
            high
        }
    }

    /// The column that gains most; the first in order once nothing has changed for long.
    fn entering(&self) -> Option<Entering> {
        let cautious = self.idle > PATIENCE;
        let mut best: Option<(i64, usize, Entering)> = None;
        for column in 0..self.at.len() {
            let gain = self.gain(column);
            if gain == 0 {
                continue;
            }
            let position = self.dictionary.others[column];
            let free = if gain > 0 {
                self.at[column] < self.high(position)
            } else {
                self.at[column] > self.low(position)
            };
            let better = best.as_ref().is_none_or(|&(most, first, _)| {
                let larger = gain.abs().cmp(&most).then(first.cmp(&position)).is_gt();
                if cautious { position < first } else { larger }
            });
            if free && better {
                let direction = gain.signum();
                best = Some((gain.abs(), position, Entering { column, direction }));
            }
        }
        best.map(|(_, _, entering)| entering)
    }

    /// What stops the column first; among rows that stop it equally soon, the first in order.
    fn stop(&mut self, entering: Entering) -> Stop {
        let Entering { column, direction } = entering;
        let denominator = i128::from(self.dictionary.denominator);
        let position = self.dictionary.others[column];
        let own_end = if direction > 0 {
            self.high(position)
        } else {
            self.low(position)
        };
        // Distances as fractions: (numerator, denominator).
        let mut least = (i128::from((own_end - self.at[column]).abs()), 1);
        let mut stop: Option<(usize, usize, i64)> = None;
        let width = self.at.len();
        for row in 0..self.rows_at.len() {
            let rate = direction * self.dictionary.entries[row * width + column];
            if rate == 0 {
                continue;
            }
            let position = self.dictionary.basic[row];
            let end = if rate > 0 {
                self.high(position)
            } else {
                self.low(position)
            };
            let way = (i128::from(end) * denominator - self.rows_at[row]).abs();
            let rate = i128::from(rate.abs());
            let order = (way * least.1).cmp(&(least.0 * rate));
            let sooner = order.is_lt();
            let tie = order.is_eq() && stop.is_some_and(|(_, first, _)| position < first);
            if sooner || tie {
                least = (way, rate);
                stop = Some((row, position, end));
            }
        }
        self.idle = if least.0 == 0 { self.idle + 1 } else { 0 };
        match stop {
            Some((row, _, end)) => Stop::Row(row, end),
            None => Stop::Itself(own_end),
        }
    }

    fn slide(&mut self, column: usize, there: i64) {
        let step = i128::from(there - self.at[column]);
        let width = self.at.len();
        for (row, at) in self.rows_at.iter_mut().enumerate() {
            *at += step * i128::from(self.dictionary.entries[row * width + column]);
        }
        self.at[column] = there;
    }

    fn place_rows(&mut self) {
        let moved: Vec<(usize, i128)> = self
            .at
            .iter()
            .enumerate()
            .filter(|&(_, &at)| at != 0)
            .map(|(column, &at)| (column, i128::from(at)))
            .collect();
        for (row, row_at) in self.rows_at.iter_mut().enumerate() {
            let line = self.dictionary.row(row);
            *row_at = moved.iter().map(|&(c, at)| at * i128::from(line[c])).sum();
        }
    }

    fn reached(&self) -> Reached {
        let denominator = i128::from(self.dictionary.denominator);
        let over = match self.dictionary.seats[self.push.position] {
            Seat::Row(row) => self.rows_at[row],
            Seat::Column(column) => i128::from(self.at[column]) * denominator,
            Seat::Out => 0,
        };
        let over = over * i128::from(self.push.sign);
        let whole = over.div_euclid(denominator) as i64;
        let is_whole = self.rows_at.iter().all(|at| at % denominator == 0);
        Reached {
            whole,
            goal: over >= i128::from(self.push.goal) * denominator,
            world: is_whole.then(|| self.world()),
        }
    }

    fn world(&self) -> Vec<(usize, i64)> {
        let denominator = i128::from(self.dictionary.denominator);
        let rows = self.dictionary.basic.iter().zip(&self.rows_at);
        let rows = rows.map(|(&position, at)| (position, (at / denominator) as i64));
        let columns = self.dictionary.others.iter().zip(&self.at);
        let columns = columns.map(|(&position, &at)| (position, at));
        let mut world: Vec<(usize, i64)> = rows.chain(columns).filter(|&(_, at)| at != 0).collect();
        world.sort_unstable();
        world
    }
}
