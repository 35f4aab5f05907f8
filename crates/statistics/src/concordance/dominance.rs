//! Who stands below, at and above whom, over all pairs of a sequence, by merging.

use std::ops::{AddAssign, Range};

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
    /// Halves of the sequence are sorted by rank; walking through both at once gives each item
    /// what the other half has below and at its rank, and merges them. What stands above follows
    /// from the total.
    pub(super) fn of(items: &[Item], starts: &[usize]) -> Self {
        debug_assert_eq!(starts.last(), Some(&items.len()), "blocks cover all items");
        let counts_once = |weight: f64| weight == 0.0 || weight == 1.0;
        let are_counts = items
            .iter()
            .all(|item| counts_once(item.as_earlier) && counts_once(item.as_later));
        Self {
            sums: match are_counts {
                true => AllSums::Counts(all_sums(items, starts, |weight| weight as u32)),
                false => AllSums::Weights(all_sums(items, starts, |weight| weight)),
            },
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

/// What items weigh: counts or weights.
trait Amount: Copy + Default + AddAssign + Send + Sync {}

impl Amount for u32 {}
impl Amount for f64 {}

/// The amount if so, and else nothing: without a branch.
#[inline]
fn if_so<W: Amount>(condition: bool, amount: W) -> W {
    if condition { amount } else { W::default() }
}

fn all_sums<W: Amount>(
    items: &[Item],
    starts: &[usize],
    amount: impl Fn(f64) -> W,
) -> Vec<Sums<W>> {
    let mut sums = vec![Sums::default(); items.len()];
    let place = |(item, position): (&Item, u32)| Placed {
        rank: item.rank,
        position,
        as_earlier: amount(item.as_earlier),
        as_later: amount(item.as_later),
    };
    let mut placed: Vec<Placed<W>> = items.iter().zip(0..).map(place).collect();
    let mut spare = placed.clone();
    sort(&mut placed, &mut spare, &mut sums, starts);
    sums
}

/// An item and where it stands in the sequence.
#[derive(Clone, Copy, Debug)]
struct Placed<W> {
    rank: u32,
    position: u32,
    as_earlier: W,
    as_later: W,
}

/// Sorts some whole blocks by rank, and adds to `sums` what their pairs bring. `spare` is room.
fn sort<W: Amount>(
    placed: &mut [Placed<W>],
    spare: &mut [Placed<W>],
    sums: &mut [Sums<W>],
    starts: &[usize],
) {
    let blocks = starts.len().saturating_sub(1);
    if blocks < 2 {
        placed.sort_unstable_by_key(|item| item.rank);
        return;
    }
    if placed.len() <= FEW {
        compare_each(placed, sums, starts);
        placed.sort_unstable_by_key(|item| item.rank);
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
    merge(placed, spare, Growing::new(sums, first), middle);
}

/// Every pair of a few blocks by itself.
fn compare_each<W: Amount>(placed: &[Placed<W>], sums: &mut [Sums<W>], starts: &[usize]) {
    let first = starts[0];
    for block in starts.windows(2) {
        let (from, to) = (block[0] - first, block[1] - first);
        let (now, later) = sums.split_at_mut(to);
        for (a, own) in placed[from..to].iter().zip(&mut now[from..]) {
            for (b, other) in placed[to..].iter().zip(&mut *later) {
                let [below, at] = &mut own[Role::WithLater as usize];
                *below += if_so(b.rank < a.rank, b.as_later);
                *at += if_so(b.rank == a.rank, b.as_later);
                let [below, at] = &mut other[Role::WithEarlier as usize];
                *below += if_so(a.rank < b.rank, a.as_earlier);
                *at += if_so(a.rank == b.rank, a.as_earlier);
            }
        }
    }
}

/// The sums of the items from a position on.
///
/// A sum far away would be waited for. So what is to be added is kept, and added some hundred
/// at a time, when the processor can look for many of them at once.
struct Growing<'a, W> {
    sums: &'a mut [Sums<W>],
    first: usize,
    kept: Vec<Addition<W>>,
}

#[derive(Clone, Copy)]
struct Addition<W> {
    position: u32,
    role: Role,
    sums: [W; 2],
}

impl<'a, W: Amount> Growing<'a, W> {
    const MOST_KEPT: usize = 512;

    fn new(sums: &'a mut [Sums<W>], first: usize) -> Self {
        Self {
            kept: Vec::with_capacity(Self::MOST_KEPT.min(sums.len())),
            sums,
            first,
        }
    }

    #[inline]
    fn add(&mut self, item: &Placed<W>, role: Role, sums: [W; 2]) {
        if self.kept.len() == Self::MOST_KEPT {
            self.add_kept();
        }
        self.kept.push(Addition {
            position: item.position,
            role,
            sums,
        });
    }

    fn add_kept(&mut self) {
        for addition in self.kept.drain(..) {
            let position = addition.position as usize - self.first;
            let sums = &mut self.sums[position][addition.role as usize];
            sums[0] += addition.sums[0];
            sums[1] += addition.sums[1];
        }
    }
}

/// Merges two sorted halves, of which the first is earlier.
fn merge<W: Amount>(
    placed: &mut [Placed<W>],
    spare: &mut [Placed<W>],
    mut growing: Growing<'_, W>,
    middle: usize,
) {
    let nothing = W::default();
    let before = &mut spare[..middle];
    before.copy_from_slice(&placed[..middle]);
    let (mut left, mut right, mut out) = (0, middle, 0);
    let (mut left_below, mut right_below) = (nothing, nothing);
    while left < before.len() && right < placed.len() {
        let (ours, theirs) = (before[left], placed[right]);
        if ours.rank == theirs.rank {
            let left_run = run_of(&before[left..], ours.rank);
            let right_run = run_of(&placed[right..], ours.rank);
            let (lefts, rights) = (left..left + left_run, right..right + right_run);
            let (mut left_at, mut right_at) = (nothing, nothing);
            before[lefts.clone()]
                .iter()
                .for_each(|item| left_at += item.as_earlier);
            placed[rights.clone()]
                .iter()
                .for_each(|item| right_at += item.as_later);
            for item in &before[lefts.clone()] {
                growing.add(item, Role::WithLater, [right_below, right_at]);
            }
            for item in &placed[rights.clone()] {
                growing.add(item, Role::WithEarlier, [left_below, left_at]);
            }
            left_below += left_at;
            right_below += right_at;
            // Items of equal rank need no order: those of the later half go first, as they
            // stand there already.
            placed.copy_within(rights, out);
            out += right_run;
            placed[out..out + left_run].copy_from_slice(&before[lefts]);
            (left, right, out) = (left + left_run, right + right_run, out + left_run);
            continue;
        }
        // Which one is next nobody can guess: all that follows from it is chosen, not branched.
        let is_ours = ours.rank < theirs.rank;
        let next = if is_ours { ours } else { theirs };
        let role = if is_ours {
            Role::WithLater
        } else {
            Role::WithEarlier
        };
        let below = if is_ours { right_below } else { left_below };
        growing.add(&next, role, [below, nothing]);
        left_below += if_so(is_ours, next.as_earlier);
        right_below += if_so(!is_ours, next.as_later);
        placed[out] = next;
        left += usize::from(is_ours);
        right += usize::from(!is_ours);
        out += 1;
    }
    for item in &placed[right..] {
        growing.add(item, Role::WithEarlier, [left_below, nothing]);
    }
    for item in &before[left..] {
        growing.add(item, Role::WithLater, [right_below, nothing]);
    }
    growing.add_kept();
    // What is left of the later half stands where it belongs.
    let rest = before.len() - left;
    placed[out..out + rest].copy_from_slice(&before[left..]);
}

/// How many items in front have this rank.
fn run_of<W>(sorted: &[Placed<W>], rank: u32) -> usize {
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
