//! Who stands below, at and above whom, over all pairs of a sequence, by merging.

use std::cmp::Ordering;
use std::ops::Range;

/// Up to this many items are compared one by one.
const FEW: usize = 24;
/// With fewer items than this a second thread costs more than it saves.
const WORTH_A_THREAD: usize = 8192;

/// Somebody in a sequence of blocks. Pairs are made between blocks, not within.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Item {
    /// Its rank; equal predictors share one.
    pub(super) rank: u32,
    /// What it weighs in the sums of items of later blocks.
    pub(super) as_earlier: f64,
    /// What it weighs in the sums of items of earlier blocks.
    pub(super) as_later: f64,
}

/// How much stands below, at and above a rank.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Around {
    pub(super) below: f64,
    pub(super) at: f64,
    pub(super) above: f64,
}

/// What each item of a sequence has around it.
pub(super) struct Dominance {
    sums: Vec<Sums>,
    /// Per block what the items after it weigh as later ones …
    later: Vec<f64>,
    /// … and those before it as earlier ones.
    earlier: Vec<f64>,
}

impl Dominance {
    /// Sums around each item. O(n log n), walking through memory in order.
    ///
    /// Blocks are given by their first positions, closed by the number of items; an item without
    /// weight in a role has no sums in that role.
    ///
    /// # Method
    /// Halves of the sequence are sorted by rank; walking through both at once gives each item
    /// what the other half has below and at its rank, and merges them. What stands above follows
    /// from the total.
    pub(super) fn of(items: &[Item], starts: &[usize]) -> Self {
        debug_assert_eq!(starts.last(), Some(&items.len()), "blocks cover all items");
        let mut sums = vec![Sums::default(); items.len()];
        let mut placed: Vec<Placed> = items.iter().zip(0..).map(Placed::new).collect();
        let mut spare = placed.clone();
        sort(&mut placed, &mut spare, &mut sums, starts);
        Self {
            sums,
            later: totals(blocks(starts).rev(), |block| {
                items[block].iter().map(|item| item.as_later).sum()
            }),
            earlier: totals(blocks(starts), |block| {
                items[block].iter().map(|item| item.as_earlier).sum()
            }),
        }
    }

    /// What the item at a position of a block has among items of later blocks, by `as_later`.
    pub(super) fn later(&self, block: usize, position: usize) -> Around {
        let sums = &self.sums[position];
        let total = self.later[self.later.len() - 1 - block];
        Around::new(sums.later_below, sums.later_at, total)
    }

    /// The same among items of earlier blocks, by `as_earlier`.
    pub(super) fn earlier(&self, block: usize, position: usize) -> Around {
        let sums = &self.sums[position];
        Around::new(sums.earlier_below, sums.earlier_at, self.earlier[block])
    }
}

fn blocks(starts: &[usize]) -> impl DoubleEndedIterator<Item = Range<usize>> {
    starts.windows(2).map(|pair| pair[0]..pair[1])
}

/// For each block the sum of what came before it.
fn totals(
    blocks: impl Iterator<Item = Range<usize>>,
    of: impl Fn(Range<usize>) -> f64,
) -> Vec<f64> {
    let mut total = 0.0;
    let before = |block| {
        let before = total;
        total += of(block);
        before
    };
    blocks.map(before).collect()
}

/// Sums of one item while they grow.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    later_below: f64,
    later_at: f64,
    earlier_below: f64,
    earlier_at: f64,
}

/// An item and where it stands in the sequence.
#[derive(Clone, Copy, Debug)]
struct Placed {
    rank: u32,
    position: u32,
    as_earlier: f64,
    as_later: f64,
}

impl Placed {
    fn new((item, position): (&Item, u32)) -> Self {
        Self {
            rank: item.rank,
            position,
            as_earlier: item.as_earlier,
            as_later: item.as_later,
        }
    }
}

/// Sorts some whole blocks by rank, and adds to `sums` what their pairs bring. `spare` is room.
fn sort(placed: &mut [Placed], spare: &mut [Placed], sums: &mut [Sums], starts: &[usize]) {
    let blocks = starts.len().saturating_sub(1);
    if blocks < 2 {
        placed.sort_by_key(|item| item.rank);
        return;
    }
    if placed.len() <= FEW {
        compare_each(placed, sums, starts);
        placed.sort_by_key(|item| item.rank);
        return;
    }
    let first = starts[0];
    let half = starts
        .partition_point(|start| start - first < placed.len() / 2)
        .clamp(1, blocks - 1);
    let middle = starts[half] - first;
    let worth_a_thread = middle.min(placed.len() - middle) >= WORTH_A_THREAD;
    let (placed_before, placed_after) = placed.split_at_mut(middle);
    let (spare_before, spare_after) = spare.split_at_mut(middle);
    let (sums_before, sums_after) = sums.split_at_mut(middle);
    let mut before = || sort(placed_before, spare_before, sums_before, &starts[..=half]);
    let mut after = || sort(placed_after, spare_after, sums_after, &starts[half..]);
    match worth_a_thread {
        true => {
            rayon::join(before, after);
        }
        false => {
            before();
            after();
        }
    }
    merge(placed, spare, Growing { sums, first }, middle);
}

/// Every pair of a few blocks by itself.
fn compare_each(placed: &[Placed], sums: &mut [Sums], starts: &[usize]) {
    let first = starts[0];
    for block in starts.windows(2) {
        let (from, to) = (block[0] - first, block[1] - first);
        for earlier in from..to {
            for later in to..placed.len() {
                let (a, b) = (&placed[earlier], &placed[later]);
                match b.rank.cmp(&a.rank) {
                    Ordering::Less => sums[earlier].later_below += b.as_later,
                    Ordering::Greater => sums[later].earlier_below += a.as_earlier,
                    Ordering::Equal => {
                        sums[earlier].later_at += b.as_later;
                        sums[later].earlier_at += a.as_earlier;
                    }
                }
            }
        }
    }
}

/// The sums of the items from a position on.
struct Growing<'a> {
    sums: &'a mut [Sums],
    first: usize,
}

impl Growing<'_> {
    fn of(&mut self, item: &Placed) -> &mut Sums {
        &mut self.sums[item.position as usize - self.first]
    }

    fn add_later(&mut self, item: &Placed, below: f64, at: f64) {
        if item.as_earlier != 0.0 {
            let sums = self.of(item);
            sums.later_below += below;
            sums.later_at += at;
        }
    }

    fn add_earlier(&mut self, item: &Placed, below: f64, at: f64) {
        if item.as_later != 0.0 {
            let sums = self.of(item);
            sums.earlier_below += below;
            sums.earlier_at += at;
        }
    }
}

/// Merges two sorted halves, of which the first is earlier.
fn merge(placed: &mut [Placed], spare: &mut [Placed], mut growing: Growing<'_>, middle: usize) {
    let before = &mut spare[..middle];
    before.copy_from_slice(&placed[..middle]);
    let (mut left, mut right, mut out) = (0, middle, 0);
    let (mut left_below, mut right_below) = (0.0, 0.0);
    while left < before.len() && right < placed.len() {
        let (ours, theirs) = (before[left].rank, placed[right].rank);
        match ours.cmp(&theirs) {
            Ordering::Less => {
                growing.add_later(&before[left], right_below, 0.0);
                left_below += before[left].as_earlier;
                placed[out] = before[left];
                (left, out) = (left + 1, out + 1);
            }
            Ordering::Greater => {
                let item = placed[right];
                growing.add_earlier(&item, left_below, 0.0);
                right_below += item.as_later;
                placed[out] = item;
                (right, out) = (right + 1, out + 1);
            }
            Ordering::Equal => {
                let left_run = run_of(&before[left..], ours);
                let right_run = run_of(&placed[right..], ours);
                let (lefts, rights) = (left..left + left_run, right..right + right_run);
                let left_at: f64 = before[lefts.clone()]
                    .iter()
                    .map(|item| item.as_earlier)
                    .sum();
                let right_at: f64 = placed[rights.clone()]
                    .iter()
                    .map(|item| item.as_later)
                    .sum();
                for item in &before[lefts.clone()] {
                    growing.add_later(item, right_below, right_at);
                }
                for item in &placed[rights.clone()] {
                    growing.add_earlier(item, left_below, left_at);
                }
                left_below += left_at;
                right_below += right_at;
                // Items of equal rank need no order: those of the later half go first, as they
                // stand there already.
                placed.copy_within(rights, out);
                out += right_run;
                placed[out..out + left_run].copy_from_slice(&before[lefts]);
                (left, right, out) = (left + left_run, right + right_run, out + left_run);
            }
        }
    }
    for item in &placed[right..] {
        growing.add_earlier(item, left_below, 0.0);
    }
    for item in &before[left..] {
        growing.add_later(item, right_below, 0.0);
    }
    // What is left of the later half stands where it belongs.
    let rest = before.len() - left;
    placed[out..out + rest].copy_from_slice(&before[left..]);
}

/// How many items in front have this rank.
fn run_of(sorted: &[Placed], rank: u32) -> usize {
    sorted.iter().take_while(|item| item.rank == rank).count()
}

impl Around {
    /// What is left when a part is taken away.
    pub(super) fn without(self, part: Self) -> Self {
        Self {
            below: self.below - part.below,
            at: self.at - part.at,
            above: self.above - part.above,
        }
    }

    fn new(below: f64, at: f64, total: f64) -> Self {
        Self {
            below,
            at,
            above: total - below - at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Dominance, Item};
    use proptest::prelude::*;

    #[test]
    fn two_of_three_stand_below() {
        let item = |rank| Item {
            rank,
            as_earlier: 1.0,
            as_later: 2.0,
        };
        let found = Dominance::of(&[item(5), item(1), item(5), item(2)], &[0, 1, 2, 4]);
        let later = found.later(0, 0);
        assert_eq!((later.below, later.at, later.above), (4.0, 2.0, 0.0));
        let earlier = found.earlier(2, 3);
        assert_eq!((earlier.below, earlier.at, earlier.above), (1.0, 0.0, 1.0));
    }

    proptest! {
        #[test]
        fn sums_are_those_of_all_pairs(
            blocks in prop::collection::vec(
                prop::collection::vec((0u32..12, 0u8..4, 0u8..4), 1..30),
                0..20,
            ),
        ) {
            let mut starts = vec![0];
            let mut items = Vec::new();
            let mut block_of = Vec::new();
            for (place, block) in blocks.iter().enumerate() {
                for &(rank, earlier, later) in block {
                    items.push(Item {
                        rank,
                        as_earlier: f64::from(earlier),
                        as_later: f64::from(later),
                    });
                    block_of.push(place);
                }
                starts.push(items.len());
            }
            let found = Dominance::of(&items, &starts);
            for here in 0..items.len() {
                let sum = |is_later: bool, is_wanted: &dyn Fn(u32) -> bool| -> f64 {
                    let others = (0..items.len()).filter(|&other| match is_later {
                        true => block_of[other] > block_of[here],
                        false => block_of[other] < block_of[here],
                    });
                    others
                        .filter(|&other| is_wanted(items[other].rank))
                        .map(|other| match is_later {
                            true => items[other].as_later,
                            false => items[other].as_earlier,
                        })
                        .sum()
                };
                let rank = items[here].rank;
                if items[here].as_earlier != 0.0 {
                    let later = found.later(block_of[here], here);
                    prop_assert_eq!(later.below, sum(true, &|other| other < rank));
                    prop_assert_eq!(later.at, sum(true, &|other| other == rank));
                    prop_assert_eq!(later.above, sum(true, &|other| other > rank));
                }
                if items[here].as_later != 0.0 {
                    let earlier = found.earlier(block_of[here], here);
                    prop_assert_eq!(earlier.below, sum(false, &|other| other < rank));
                    prop_assert_eq!(earlier.at, sum(false, &|other| other == rank));
                    prop_assert_eq!(earlier.above, sum(false, &|other| other > rank));
                }
            }
        }
    }
}
