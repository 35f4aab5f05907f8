//! Ranks, by sorting digits instead of comparing.

/// Bits of a digit.
const DIGIT: u32 = 11;
/// Digits of a key.
const DIGITS: usize = u32::BITS.div_ceil(DIGIT) as usize;
/// Fewer than this are compared: counting digits would take longer.
const FEW: usize = 512;

/// A key and the row it belongs to.
pub(super) type Keyed = (u32, u32);

/// Sorts by key; rows of equal keys stay in their order. Linear in time and memory.
pub(super) fn sort_by_key(mut keyed: Vec<Keyed>) -> Vec<Keyed> {
    if keyed.len() < FEW {
        keyed.sort_by_key(|&(key, _)| key);
        return keyed;
    }
    let place = |key: u32, digit: usize| (key >> (digit as u32 * DIGIT)) as usize % (1 << DIGIT);
    let mut counts = [[0_u32; 1 << DIGIT]; DIGITS];
    for &(key, _) in &keyed {
        for (digit, counts) in counts.iter_mut().enumerate() {
            counts[place(key, digit)] += 1;
        }
    }
    let mut sorted = vec![(0, 0); keyed.len()];
    for (digit, counts) in counts.iter_mut().enumerate() {
        let are_alike = counts[place(keyed[0].0, digit)] as usize == keyed.len();
        if are_alike {
            continue;
        }
        let next = counts;
        let mut before = 0;
        for count in next.iter_mut() {
            before += std::mem::replace(count, before);
        }
        for &item in &keyed {
            let next = &mut next[place(item.0, digit)];
            sorted[*next as usize] = item;
            *next += 1;
        }
        std::mem::swap(&mut keyed, &mut sorted);
    }
    keyed
}

/// Ranks 0, 1, …, equal values share one; and how many there are.
pub(super) fn ranks_of(values: &[f64]) -> (Vec<u32>, usize) {
    let high = |value: &f64| (ordered_bits(*value) >> u32::BITS) as u32;
    let low = |row: u32| ordered_bits(values[row as usize]) as u32;
    let mut sorted = sort_by_key(values.iter().map(high).zip(0..).collect());
    // Few values, or equal ones, share their first half.
    for alike in sorted.chunk_by_mut(|a, b| a.0 == b.0) {
        if alike.len() > 1 {
            alike.sort_unstable_by_key(|&(_, row)| low(row));
        }
    }
    let mut ranks = vec![0; values.len()];
    let mut rank = 0;
    let Some(&(mut before)) = sorted.first() else {
        return (ranks, 0);
    };
    for item in sorted {
        let is_same = item.0 == before.0 && low(item.1) == low(before.1);
        rank += u32::from(!is_same);
        before = item;
        ranks[item.1 as usize] = rank;
    }
    (ranks, rank as usize + 1)
}

/// Whole numbers in the order of the values.
fn ordered_bits(value: f64) -> u64 {
    // Adding 0 makes −0 the 0 that it is equal to. The bits of positive numbers are in order;
    // those of negative ones the other way round.
    let bits = (value + 0.0).to_bits();
    let is_negative = bits >> 63 == 1;
    if is_negative { !bits } else { bits | 1 << 63 }
}

#[cfg(test)]
mod tests {
    use super::{FEW, ranks_of, sort_by_key};
    use proptest::prelude::*;

    #[test]
    fn equal_values_share_a_rank() {
        assert_eq!(
            ranks_of(&[0.0, 2.5, -0.0, -1.0, 2.5]),
            (vec![1, 2, 1, 0, 2], 3)
        );
        assert_eq!(ranks_of(&[]), (vec![], 0));
    }

    #[test]
    fn values_that_differ_in_their_last_bit_differ_in_rank() {
        let next = f64::from_bits(1.0f64.to_bits() + 1);
        assert_eq!(ranks_of(&[next, 1.0, -next, -1.0]), (vec![3, 2, 0, 1], 4));
    }

    proptest! {
        #[test]
        fn digits_sort_as_comparing_does(
            keys in prop::collection::vec(any::<u32>(), 0..2 * FEW),
            narrow in any::<bool>(),
        ) {
            let key = |key: u32| if narrow { key % 3000 } else { key };
            let keyed: Vec<(u32, u32)> = keys.into_iter().map(key).zip(0..).collect();
            let mut compared = keyed.clone();
            compared.sort_by_key(|&(key, _)| key);
            prop_assert_eq!(sort_by_key(keyed), compared);
        }

        #[test]
        fn ranks_are_in_the_order_of_the_values(values in prop::collection::vec(-2.0..2.0f64, 1..40)) {
            let values: Vec<f64> = values.iter().map(|value| (value * 8.0).round() / 8.0).collect();
            let (ranks, distinct) = ranks_of(&values);
            for (a, rank) in values.iter().zip(&ranks) {
                prop_assert!((*rank as usize) < distinct);
                for (b, other) in values.iter().zip(&ranks) {
                    prop_assert_eq!(a.partial_cmp(b), rank.partial_cmp(other));
                }
            }
        }
    }
}
