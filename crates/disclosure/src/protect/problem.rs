//! What must stay unknown, from whom, and what may be hidden to keep it so.

use crate::system::Display;
use estimate::INSTITUTIONS;

/// Somebody who combines all that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Attacker {
    /// A reader.
    Public,
    /// An institution, which knows its own part of every number.
    Institution(usize),
    /// Whoever is alone behind a number, and knows it.
    Contributor(usize),
}

/// What becomes of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Status {
    /// It is known: shown now or before.
    Known,
    /// Nobody, which may be known unless it says something of the others.
    Zero,
    /// It is not shown.
    Hidden,
    /// It may be hidden, at this cost.
    Choice(f64),
}

impl Status {
    /// Whether the number is known unless something is decided about it.
    pub(crate) fn is_known(self) -> bool {
        matches!(self, Self::Known | Self::Zero)
    }
}

/// What it costs to hide a zero.
pub(crate) const ZERO_COST: f64 = 1.0;

/// A number in the problem.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    pub(crate) value: i64,
    pub(crate) parts: [u64; INSTITUTIONS],
    pub(crate) owner: Option<usize>,
    pub(crate) status: Status,
    /// How it reaches the reader.
    pub(crate) display: Display,
    /// What everybody knows it to be at least, whatever is hidden.
    pub(crate) least: i64,
    /// What everybody knows it to be at most, where they do.
    pub(crate) most: Option<i64>,
}

impl Number {
    /// A count of which nothing is known before anything is shown.
    pub(crate) fn count(value: i64, status: Status) -> Self {
        Self {
            value,
            parts: [0; INSTITUTIONS],
            owner: None,
            status,
            display: Display::Cell,
            least: 0,
            most: None,
        }
    }
}

/// To an attacker a number must seem able to be as low and as high as this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Demand {
    pub(crate) number: usize,
    pub(crate) attacker: Attacker,
    pub(crate) at_most: i64,
    pub(crate) at_least: i64,
}

/// Below or above the true value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Low,
    High,
}

impl Side {
    pub(crate) const BOTH: [Self; 2] = [Self::Low, Self::High];

    pub(crate) fn sign(self) -> i64 {
        match self {
            Self::Low => -1,
            Self::High => 1,
        }
    }
}

/// Numbers, the sums among them, and what must stay unknown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Problem {
    pub(crate) numbers: Vec<Number>,
    /// `Σ coefficient × number = 0`.
    pub(crate) sums: Vec<Vec<(usize, i64)>>,
    pub(crate) demands: Vec<Demand>,
    /// Per number, the sums it is in.
    sums_of: Vec<Vec<usize>>,
}

impl Problem {
    pub(crate) fn new(
        numbers: Vec<Number>,
        sums: Vec<Vec<(usize, i64)>>,
        demands: Vec<Demand>,
    ) -> Self {
        let mut sums_of = vec![Vec::new(); numbers.len()];
        for (sum, terms) in sums.iter().enumerate() {
            terms
                .iter()
                .for_each(|&(number, _)| sums_of[number].push(sum));
        }
        Self {
            numbers,
            sums,
            demands,
            sums_of,
        }
    }

    /// Lets zeros be hidden that no earlier release showed.
    pub(crate) fn release_zeros(&mut self) {
        for number in &mut self.numbers {
            if number.status == Status::Zero {
                number.status = Status::Choice(ZERO_COST);
            }
        }
    }

    pub(crate) fn sums_of(&self, number: usize) -> &[usize] {
        &self.sums_of[number]
    }

    /// How far the true number lies from what the demand asks on this side; not positive where
    /// the truth itself already meets it.
    pub(crate) fn need(&self, demand: &Demand, side: Side) -> i64 {
        let value = self.numbers[demand.number].value;
        match side {
            Side::Low => value - demand.at_most,
            Side::High => demand.at_least - value,
        }
    }

    /// How far a number that is not shown can be lower than it is, as far as the attacker
    /// knows; `None` where the attacker knows it exactly.
    pub(crate) fn room(&self, number: usize, attacker: Attacker) -> Option<i64> {
        let index = number;
        let number = &self.numbers[number];
        match attacker {
            Attacker::Institution(i) if number.owner == Some(i) => None,
            Attacker::Contributor(own) if own == index => None,
            Attacker::Institution(i) => {
                let own = number.parts.get(i).map_or(0, |&own| own as i64);
                Some((number.value - number.least.max(own)).max(0))
            }
            Attacker::Public | Attacker::Contributor(_) => Some(number.value - number.least),
        }
    }

    /// How far a number that is not shown can be higher than it is, and `otherwise` where
    /// nothing is known of that.
    pub(crate) fn headroom(&self, number: usize, otherwise: i64) -> i64 {
        let number = &self.numbers[number];
        number
            .most
            .map_or(otherwise, |most| otherwise.min(most - number.value))
    }

    /// The numbers that hang together through sums, as far as `open` says that they are not
    /// known. Each part is sorted.
    pub(crate) fn components(&self, open: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
        let mut seen = vec![false; self.numbers.len()];
        let mut sum_seen = vec![false; self.sums.len()];
        let mut all = Vec::new();
        for start in 0..self.numbers.len() {
            if seen[start] || !open(start) {
                continue;
            }
            seen[start] = true;
            let mut component = vec![start];
            let mut next = 0;
            while next < component.len() {
                for &sum in self.sums_of(component[next]) {
                    if std::mem::replace(&mut sum_seen[sum], true) {
                        continue;
                    }
                    for &(number, _) in &self.sums[sum] {
                        if open(number) && !std::mem::replace(&mut seen[number], true) {
                            component.push(number);
                        }
                    }
                }
                next += 1;
            }
            component.sort_unstable();
            all.push(component);
        }
        all
    }

    /// The sums that touch a component, in order.
    pub(crate) fn sums_among(&self, component: &[usize]) -> Vec<usize> {
        let mut sums: Vec<usize> = component
            .iter()
            .flat_map(|&number| self.sums_of(number).iter().copied())
            .collect();
        sums.sort_unstable();
        sums.dedup();
        sums
    }
}
