use crate::quantile_of_sorted;

/// What a measure came to over all chains.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The mean over those that have a value: a mean wait is known only where somebody entered.
    pub mean: f64,
    /// Below it are 2.5 % of the chains: chance and, with draws of the model, what is not known of
    /// it.
    pub lower: f64,
    /// Below it are 97.5 % of the chains.
    pub upper: f64,
    /// Monte Carlo error of the mean: what more chains, or more draws of the model, would take
    /// away. Infinite for a single chain.
    pub std_err: f64,
    /// Chains that have a value.
    pub chains: usize,
}

/// Up to this many different whole numbers are counted instead of sorted.
const COUNTABLE: f32 = 4096.0;

impl Summary {
    /// Of a value per chain, NaN where it has none; chains of one draw of the model stand together,
    /// `draws` blocks of equal length.
    pub(super) fn of(values: &mut Vec<f32>, draws: usize) -> Option<Self> {
        let means = block_means(values, draws);
        values.retain(|value| !value.is_nan());
        if values.is_empty() {
            return None;
        }
        let mean = mean(values.iter().map(|&value| f64::from(value)));
        let std_err = match draws {
            1 => error_of_mean(values.iter().map(|&value| f64::from(value))),
            _ => error_of_mean(means.into_iter()),
        };
        let [lower, upper] = quantiles(values, [0.025, 0.975]);
        Some(Self {
            mean,
            lower,
            upper,
            std_err,
            chains: values.len(),
        })
    }
}

/// Means of the blocks that have values.
fn block_means(values: &[f32], draws: usize) -> Vec<f64> {
    let blocks = values.chunks((values.len() / draws.max(1)).max(1));
    let numbers = |block: &[f32]| -> Vec<f64> {
        let known = block.iter().filter(|value| !value.is_nan());
        known.map(|&value| f64::from(value)).collect()
    };
    let known = blocks.map(numbers).filter(|block| !block.is_empty());
    known.map(|block| mean(block.into_iter())).collect()
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len() as f64;
    values.sum::<f64>() / n
}

/// The standard deviation over the root of the number.
fn error_of_mean(values: impl ExactSizeIterator<Item = f64> + Clone) -> f64 {
    let n = values.len() as f64;
    if n < 2.0 {
        return f64::INFINITY;
    }
    let mean = mean(values.clone());
    let squares: f64 = values.map(|value| (value - mean) * (value - mean)).sum();
    (squares / (n - 1.0) / n).sqrt()
}

/// Quantiles of type 7; the order of the values is lost.
fn quantiles(values: &mut [f32], probabilities: [f64; 2]) -> [f64; 2] {
    let (least, most) = values
        .iter()
        .fold((f32::MAX, f32::MIN), |(a, b), &v| (a.min(v), b.max(v)));
    let whole = values.iter().all(|value| value.fract() == 0.0);
    if whole && most - least < COUNTABLE {
        count_sort(values, least, most);
    } else {
        values.sort_unstable_by(f32::total_cmp);
    }
    probabilities.map(|probability| {
        let place = probability * (values.len() - 1) as f64;
        let around = &values[place.floor() as usize..=place.ceil() as usize];
        let ends = [around[0], around[around.len() - 1]].map(f64::from);
        quantile_of_sorted(&ends, place.fract()).unwrap_or(ends[0])
    })
}

fn count_sort(values: &mut [f32], least: f32, most: f32) {
    let mut counts = vec![0_u32; (most - least) as usize + 1];
    for value in values.iter() {
        counts[(value - least) as usize] += 1;
    }
    let mut rest = values;
    for (above, count) in counts.into_iter().enumerate() {
        let (same, after) = rest.split_at_mut(count as usize);
        same.fill(least + above as f32);
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_by_hand() {
        // 0 to 40 in any order: the 2.5 % quantile is the second of 41.
        let mut values: Vec<f32> = (0..41).map(|at| ((at * 17) % 41) as f32).collect();
        values.push(f32::NAN);
        let summary = Summary::of(&mut values, 1).expect("values");
        assert_eq!((summary.mean, summary.chains), (20.0, 41));
        assert_eq!((summary.lower, summary.upper), (1.0, 39.0));
        // Variance of 0..=40 is 41 · 42/12 = 143.5.
        assert!((summary.std_err - (143.5f64 / 41.0).sqrt()).abs() < 1e-12);
        assert_eq!(Summary::of(&mut vec![f32::NAN], 1), None);
    }

    #[test]
    fn fractions_are_sorted() {
        let mut values = vec![2.5, 0.5, 1.5];
        assert_eq!(quantiles(&mut values, [0.25, 0.5]), [1.0, 1.5]);
    }

    #[test]
    fn the_error_is_that_between_draws() {
        // Two draws with means 1 and 3; within them nothing differs.
        let summary = Summary::of(&mut vec![1.0, 1.0, 3.0, 3.0], 2).expect("values");
        assert!((summary.std_err - 1.0).abs() < 1e-12);
    }
}
