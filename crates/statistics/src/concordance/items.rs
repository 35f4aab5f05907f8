//! Who is compared: ranks and weights, in as little memory as will do.

use std::ops::Range;

/// Somebody in a sequence of blocks. Pairs are made between blocks, not within.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Item {
    /// Its rank; equal predictors share one.
    pub(super) rank: u32,
    /// What it weighs in the sums of items of later blocks.
    pub(super) as_earlier: f64,
    /// What it weighs in the sums of items of earlier blocks.
    pub(super) as_later: f64,
}

/// A sequence of items.
#[derive(Clone, Debug)]
pub(super) enum Items {
    /// All count once or not at all: a rank, and a bit for each role in which the item counts.
    Plain(Vec<u32>),
    Weighted(Vec<Item>),
}

const AS_EARLIER: u32 = 1 << 31;
const AS_LATER: u32 = 1 << 30;
/// Ranks below this leave room for the bits.
const MOST_PLAIN: u32 = AS_LATER;

impl Items {
    pub(super) fn with_capacity(items: usize) -> Self {
        Self::Plain(Vec::with_capacity(items))
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Plain(items) => items.len(),
            Self::Weighted(items) => items.len(),
        }
    }

    pub(super) fn get(&self, position: usize) -> Item {
        match self {
            Self::Plain(items) => unpacked(items[position]),
            Self::Weighted(items) => items[position],
        }
    }

    pub(super) fn iter(&self, positions: Range<usize>) -> impl Iterator<Item = Item> {
        positions.map(|position| self.get(position))
    }

    pub(super) fn push(&mut self, item: Item) {
        match (&mut *self, packed(item)) {
            (Self::Plain(items), Some(plain)) => items.push(plain),
            (Self::Plain(_), None) => self.weighted().push(item),
            (Self::Weighted(items), _) => items.push(item),
        }
    }

    /// Lets some items weigh more or less as earlier ones.
    pub(super) fn weigh(&mut self, positions: Range<usize>, factor: f64) {
        if factor != 1.0 {
            for item in &mut self.weighted()[positions] {
                item.as_earlier *= factor;
            }
        }
    }

    fn weighted(&mut self) -> &mut Vec<Item> {
        match self {
            Self::Weighted(items) => items,
            Self::Plain(items) => {
                *self = Self::Weighted(items.iter().copied().map(unpacked).collect());
                self.weighted()
            }
        }
    }
}

fn packed(item: Item) -> Option<u32> {
    let bit = |weight: f64, bit: u32| match weight {
        0.0 => Some(0),
        1.0 => Some(bit),
        _ => None,
    };
    let bits = bit(item.as_earlier, AS_EARLIER)? | bit(item.as_later, AS_LATER)?;
    (item.rank < MOST_PLAIN).then_some(item.rank | bits)
}

fn unpacked(item: u32) -> Item {
    let weight = |bit: u32| f64::from(u8::from(item & bit != 0));
    Item {
        rank: item % MOST_PLAIN,
        as_earlier: weight(AS_EARLIER),
        as_later: weight(AS_LATER),
    }
}

#[cfg(test)]
mod tests {
    use super::{Item, Items};

    #[test]
    fn what_is_packed_comes_out_as_it_went_in() {
        let item = |rank, as_earlier, as_later| Item {
            rank,
            as_earlier,
            as_later,
        };
        let plain = [
            item(7, 0.0, 1.0),
            item(0, 1.0, 1.0),
            item(1 << 29, 1.0, 0.0),
        ];
        let mut items = Items::with_capacity(4);
        plain.iter().for_each(|&item| items.push(item));
        assert!(matches!(items, Items::Plain(_)));
        assert!(items.iter(0..3).eq(plain));
        items.push(item(1 << 30, 0.0, 1.0));
        assert!(matches!(items, Items::Weighted(_)) && items.len() == 4);
        items.weigh(1..2, 0.5);
        assert_eq!(items.get(1), item(0, 0.5, 1.0));
        assert_eq!(items.get(0), plain[0]);
    }
}
