//! Items on their way down the ranks, with what they have found so far.

use super::items::Item;
use std::ops::AddAssign;

/// What items weigh: counts or weights.
pub(super) trait Amount: Copy + Default + AddAssign {}

impl Amount for u32 {}
impl Amount for f64 {}

/// An item with what has been found below it.
pub(super) trait Carried: Copy + Default + Send {
    /// What is added up on the way, of earlier and of later items together.
    type Sum: Copy + Default + AddAssign + Send + Sync;
    type Amount: Amount;

    /// By its place among the distinct ranks, and its position.
    fn new(group: u32, position: u32, item: &Item) -> Self;
    fn group(&self) -> u32;
    fn position(&self) -> usize;
    /// What it weighs …
    fn weight(&self) -> Self::Sum;
    /// … and as a later one alone.
    fn as_later(&self) -> Self::Sum;
    /// Finds something that stands lower.
    fn add(&mut self, lower: Self::Sum);
    /// What is lower among later and among earlier items, if so much is lower in all.
    fn below(&self, lower: Self::Sum) -> [Self::Amount; 2];
    fn amount(weight: f64) -> Self::Amount;
}

/// An item that counts once or not at all.
#[derive(Clone, Copy, Default)]
pub(super) struct Counted {
    group: u32,
    /// The position, and in the first two bits whether it counts as earlier and as later.
    position: u32,
    /// Counts of earlier ones (first half) and later ones (second half).
    found: u64,
}

impl Counted {
    /// Positions have two bits less than a word.
    pub(super) const MOST: usize = 1 << (u32::BITS - 2);
}

impl Carried for Counted {
    type Sum = u64;
    type Amount = u32;

    fn new(group: u32, position: u32, item: &Item) -> Self {
        let as_earlier = u32::from(item.as_earlier != 0.0) << 31;
        let as_later = u32::from(item.as_later != 0.0) << 30;
        Self {
            group,
            position: position | as_earlier | as_later,
            found: 0,
        }
    }

    fn group(&self) -> u32 {
        self.group
    }

    fn position(&self) -> usize {
        self.position as usize % Self::MOST
    }

    fn weight(&self) -> u64 {
        u64::from(self.position >> 31) << 32 | self.as_later()
    }

    fn as_later(&self) -> u64 {
        u64::from(self.position >> 30 & 1)
    }

    fn add(&mut self, lower: u64) {
        self.found += lower;
    }

    fn below(&self, lower: u64) -> [u32; 2] {
        [
            (lower - u64::from(self.found as u32)) as u32,
            (self.found >> 32) as u32,
        ]
    }

    fn amount(weight: f64) -> u32 {
        u32::from(weight != 0.0)
    }
}

/// An item with weights.
#[derive(Clone, Copy, Default)]
pub(super) struct Weighted {
    group: u32,
    position: u32,
    weight: WeightSum,
    found: WeightSum,
}

#[derive(Clone, Copy, Default)]
pub(super) struct WeightSum {
    earlier: f64,
    later: f64,
    /// How many there are in `later`: where it is all of them, nothing is left by rounding.
    rows: u32,
}

impl AddAssign for WeightSum {
    fn add_assign(&mut self, other: Self) {
        self.earlier += other.earlier;
        self.later += other.later;
        self.rows += other.rows;
    }
}

impl Carried for Weighted {
    type Sum = WeightSum;
    type Amount = f64;

    fn new(group: u32, position: u32, item: &Item) -> Self {
        Self {
            group,
            position,
            weight: WeightSum {
                earlier: item.as_earlier,
                later: item.as_later,
                rows: u32::from(item.as_later != 0.0),
            },
            found: WeightSum::default(),
        }
    }

    fn group(&self) -> u32 {
        self.group
    }

    fn position(&self) -> usize {
        self.position as usize
    }

    fn weight(&self) -> WeightSum {
        self.weight
    }

    fn as_later(&self) -> WeightSum {
        WeightSum {
            earlier: 0.0,
            ..self.weight
        }
    }

    fn add(&mut self, lower: WeightSum) {
        self.found += lower;
    }

    fn below(&self, lower: WeightSum) -> [f64; 2] {
        let later = match lower.rows == self.found.rows {
            true => 0.0,
            false => lower.later - self.found.later,
        };
        [later, self.found.earlier]
    }

    fn amount(weight: f64) -> f64 {
        weight
    }
}
