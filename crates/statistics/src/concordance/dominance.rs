//! Who stands below, at and above whom, over all pairs of a sequence, by dividing the ranks.

use super::carried::{Amount, Carried, Counted, Weighted};
use super::items::Items;
use super::ranks::sort_by_key;
use std::ops::Range;

/// Up to this many items are compared one by one.
const FEW: usize = 16;
/// With fewer items than this a second thread costs more than it saves.
const WORTH_A_THREAD: usize = 16_384;

/// How much stands below, at and above a rank.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Around {
    pub(super) below: f64,
    pub(super) at: f64,
    pub(super) above: f64,
}

/// What each item of a sequence has around it.
pub(super) struct Dominance {
    sums: AllSums,
    /// Per block what the items after it weigh as later ones …
    later: Vec<f64>,
    /// … and those before it as earlier ones.
    earlier: Vec<f64>,
}

/// Sums of all items; whole numbers where every item counts once or not at all.
enum AllSums {
    Counts(Vec<Sums<u32>>),
    Weights(Vec<Sums<f64>>),
}

/// Sums of one item: for each [`Role`] what is below and at its rank.
type Sums<W> = [[W; 2]; 2];

/// What an item is compared with.
#[derive(Clone, Copy, Debug)]
enum Role {
    WithLater = 0,
    WithEarlier = 1,
}

impl Dominance {
    /// Sums around each item. O(n log n), walking through memory in order.
    ///
    /// Blocks are given by their first positions, closed by the number of items. An item of no
    /// weight adds nothing to others, but has sums of its own.
    ///
    /// # Method
    /// Items stand in the order of their blocks, within a block the highest rank first: who
    /// stands earlier and lower is then of an earlier block. The items of a range of ranks are
    /// divided into those of its lower and of its upper half, without changing their order;
    /// on the way each item of the upper half meets the sum of what was lower so far. Both
    /// halves are divided in the same way. What is lower and later follows from what is lower
    /// in all, and what stands above from the total.
    pub(super) fn of(items: &Items, starts: &[usize]) -> Self {
        debug_assert_eq!(starts.last(), Some(&items.len()), "blocks cover all items");
        let order = RankOrder::of(items, starts);
        Self {
            sums: match items {
                Items::Plain(_) if items.len() < Counted::MOST => {
                    AllSums::Counts(order.sums::<Counted>(items, starts))
                }
                _ => AllSums::Weights(order.sums::<Weighted>(items, starts)),
            },
            later: totals(blocks(starts).rev(), |block| {
                items.iter(block).map(|item| item.as_later).sum()
            }),
            earlier: totals(blocks(starts), |block| {
                items.iter(block).map(|item| item.as_earlier).sum()
            }),
        }
    }

    /// What the item at a position of a block has among items of later blocks, by `as_later`.
    pub(super) fn later(&self, block: usize, position: usize) -> Around {
        let total = self.later[self.later.len() - 1 - block];
        Around::new(self.sum(position, Role::WithLater), total)
    }

    /// The same among items of earlier blocks, by `as_earlier`.
    pub(super) fn earlier(&self, block: usize, position: usize) -> Around {
        Around::new(self.sum(position, Role::WithEarlier), self.earlier[block])
    }

    fn sum(&self, position: usize, role: Role) -> [f64; 2] {
        match &self.sums {
            AllSums::Counts(sums) => sums[position][role as usize].map(f64::from),
            AllSums::Weights(sums) => sums[position][role as usize],
        }
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

/// Positions by rank.
struct RankOrder {
    /// Ranks and positions; those of one rank rise.
    sorted: Vec<(u32, u32)>,
    /// Where each distinct rank starts, closed by the number of items.
    starts: Vec<u32>,
    /// The block of each position.
    block: Vec<u32>,
}

impl RankOrder {
    fn of(items: &Items, blocks_start: &[usize]) -> Self {
        let ranks = items.iter(0..items.len()).map(|item| item.rank);
        let sorted = sort_by_key(ranks.zip(0..).collect());
        let mut starts = vec![0];
        for (group, place) in sorted.windows(2).zip(1..) {
            if group[0].0 != group[1].0 {
                starts.push(place);
            }
        }
        if !sorted.is_empty() {
            starts.push(sorted.len() as u32);
        }
        let mut block = vec![0; items.len()];
        for (number, positions) in (0..).zip(blocks(blocks_start)) {
            block[positions].fill(number);
        }
        Self {
            sorted,
            starts,
            block,
        }
    }

    /// How many distinct ranks there are.
    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The positions of the items of one rank.
    fn group(&self, group: usize) -> &[(u32, u32)] {
        &self.sorted[self.starts[group] as usize..self.starts[group + 1] as usize]
    }

    fn sums<C: Carried>(&self, items: &Items, blocks_start: &[usize]) -> Vec<Sums<C::Amount>> {
        let mut carried = self.arranged::<C>(items, blocks_start);
        let mut spare = carried.clone();
        divide(
            &mut carried,
            &mut spare,
            (0..self.len(), &self.starts),
            true,
        );
        drop(spare);
        let lower = self.lower::<C>(items);
        let mut sums = vec![Sums::default(); items.len()];
        for item in &carried {
            let own = &mut sums[item.position()];
            [own[0][0], own[1][0]] = item.below(lower[item.group() as usize]);
        }
        drop(carried);
        self.add_ties(items, C::amount, &mut sums);
        sums
    }

    /// Items by block, the highest rank first, each with what its own block has below it.
    fn arranged<C: Carried>(&self, items: &Items, blocks_start: &[usize]) -> Vec<C> {
        let mut next = blocks_start.to_vec();
        let mut carried = vec![C::default(); items.len()];
        for group in (0..self.len()).rev() {
            for &(_, position) in self.group(group) {
                let next = &mut next[self.block[position as usize] as usize];
                carried[*next] = C::new(group as u32, position, &items.get(position as usize));
                *next += 1;
            }
        }
        for block in blocks(blocks_start).filter(|block| block.len() > 1) {
            let mut below = C::Sum::default();
            let same_rank = |a: &C, b: &C| a.group() == b.group();
            for same in carried[block].chunk_by_mut(same_rank).rev() {
                same.iter_mut().for_each(|item| item.add(below));
                same.iter().for_each(|item| below += item.as_later());
            }
        }
        carried
    }

    /// Per rank what all that is lower weighs as later.
    fn lower<C: Carried>(&self, items: &Items) -> Vec<C::Sum> {
        let mut total = C::Sum::default();
        let mut lower = Vec::with_capacity(self.len());
        for group in 0..self.len() {
            lower.push(total);
            for &(_, position) in self.group(group) {
                let item = C::new(group as u32, position, &items.get(position as usize));
                total += item.as_later();
            }
        }
        lower
    }

    /// Adds what stands at the same rank in other blocks.
    fn add_ties<W: Amount>(&self, items: &Items, amount: impl Fn(f64) -> W, sums: &mut [Sums<W>]) {
        let block = |item: &(u32, u32)| self.block[item.1 as usize];
        for group in (0..self.len()).map(|group| self.group(group)) {
            if group.len() < 2 {
                continue;
            }
            let (mut earlier, mut later) = (W::default(), W::default());
            for same in group.chunk_by(|a, b| block(a) == block(b)) {
                for &(_, position) in same {
                    sums[position as usize][Role::WithEarlier as usize][1] = earlier;
                }
                for &(_, position) in same {
                    earlier += amount(items.get(position as usize).as_earlier);
                }
            }
            for same in group.chunk_by(|a, b| block(a) == block(b)).rev() {
                for &(_, position) in same {
                    sums[position as usize][Role::WithLater as usize][1] = later;
                }
                for &(_, position) in same {
                    later += amount(items.get(position as usize).as_later);
                }
            }
        }
    }
}

/// Divides the items of some ranks into lower and higher ones until few are left, and lets the
/// higher ones find the lower ones that stand before them.
///
/// `starts` tells where each rank starts among all items. Items go to and fro between the two
/// slices; in the end they are in the one that is `home`.
fn divide<C: Carried>(
    items: &mut [C],
    spare: &mut [C],
    (ranks, starts): (Range<usize>, &[u32]),
    is_home: bool,
) {
    if items.len() <= FEW || ranks.len() < 2 {
        if ranks.len() > 1 {
            compare_each(items);
        }
        if !is_home {
            spare.copy_from_slice(items);
        }
        return;
    }
    let middle = ranks.start.midpoint(ranks.end);
    let lower_items = (starts[middle] - starts[ranks.start]) as usize;
    partition(items, spare, middle as u32, lower_items);
    let (lower, upper) = spare.split_at_mut(lower_items);
    let (lower_spare, upper_spare) = items.split_at_mut(lower_items);
    let worth_a_thread = lower.len().min(upper.len()) >= WORTH_A_THREAD;
    let below = (ranks.start..middle, starts);
    let above = (middle..ranks.end, starts);
    let lower = || divide(lower, lower_spare, below, !is_home);
    let upper = || divide(upper, upper_spare, above, !is_home);
    if worth_a_thread {
        rayon::join(lower, upper);
    } else {
        lower();
        upper();
    }
}

/// Items below the rank `middle` go to the front of `to`, the others behind them.
fn partition<C: Carried>(items: &[C], to: &mut [C], middle: u32, lower_items: usize) {
    let nothing = C::Sum::default();
    let mut below = nothing;
    let (mut lower, mut upper) = (0, lower_items);
    for item in items {
        // Which half it is nobody can guess: all that follows from it is chosen, not branched.
        let mut item = *item;
        let is_lower = item.group() < middle;
        let weight = item.weight();
        item.add(if is_lower { nothing } else { below });
        below += if is_lower { weight } else { nothing };
        to[if is_lower { lower } else { upper }] = item;
        lower += usize::from(is_lower);
        upper += usize::from(!is_lower);
    }
}

/// Every pair by itself.
fn compare_each<C: Carried>(items: &mut [C]) {
    for upper in 1..items.len() {
        let (before, rest) = items.split_at_mut(upper);
        let item = &mut rest[0];
        for lower in before {
            let is_lower = lower.group() < item.group();
            let weight = lower.weight();
            item.add(if is_lower { weight } else { C::Sum::default() });
        }
    }
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

    fn new([below, at]: [f64; 2], total: f64) -> Self {
        Self {
            below,
            at,
            above: total - below - at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::items::{Item, Items};
    use super::Dominance;
    use proptest::prelude::*;

    #[test]
    fn two_of_three_stand_below() {
        let item = |rank| Item {
            rank,
            as_earlier: 1.0,
            as_later: 2.0,
        };
        let mut items = Items::with_capacity(4);
        [5, 1, 5, 2]
            .into_iter()
            .for_each(|rank| items.push(item(rank)));
        let found = Dominance::of(&items, &[0, 1, 2, 4]);
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
            most in 1u8..4,
        ) {
            let mut starts = vec![0];
            let mut items = Vec::new();
            let mut block_of = Vec::new();
            for (place, block) in blocks.iter().enumerate() {
                for &(rank, earlier, later) in block {
                    items.push(Item {
                        rank,
                        as_earlier: f64::from(earlier.min(most)),
                        as_later: f64::from(later.min(most)),
                    });
                    block_of.push(place);
                }
                starts.push(items.len());
            }
            let mut sequence = Items::with_capacity(items.len());
            items.iter().for_each(|&item| sequence.push(item));
            let found = Dominance::of(&sequence, &starts);
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
