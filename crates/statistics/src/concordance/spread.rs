//! How far ranks lie apart, while weights come and go.

/// Weights at ranks 0, 1, …
#[derive(Clone, Debug)]
pub(super) struct RankSpread {
    /// Empty where no two rows share a rank.
    at: Vec<f64>,
    total: f64,
    /// Σ over ranks of (weight at the rank)³.
    cubes: f64,
}

impl RankSpread {
    /// Nothing yet, at so many ranks of so many rows.
    pub(super) fn new(ranks: usize, rows: usize) -> Self {
        Self {
            at: vec![0.0; if ranks < rows { ranks } else { 0 }],
            total: 0.0,
            cubes: 0.0,
        }
    }

    /// Adds a weight (negative: takes one away).
    pub(super) fn add(&mut self, rank: u32, weight: f64) {
        self.total += weight;
        let mut nothing = 0.0;
        let at = self.at.get_mut(rank as usize).unwrap_or(&mut nothing);
        let before = *at;
        *at += weight;
        self.cubes += *at * *at * *at - before * before * before;
    }

    /// Takes away all that is left at these ranks, the only ones that may hold something.
    pub(super) fn clear(&mut self, ranks: impl Iterator<Item = u32>) {
        if !self.at.is_empty() {
            ranks.for_each(|rank| self.at[rank as usize] = 0.0);
        }
        (self.total, self.cubes) = (0.0, 0.0);
    }

    /// Σ w (weight below − weight above)² over everything here.
    ///
    /// With mid-ranks this is (W³ − Σ T³)/3, T the weight of each rank: the integral of
    /// (2u − W)² over the whole, less that within each tie.
    pub(super) fn rank_variance(&self) -> f64 {
        (self.total * self.total * self.total - self.cubes) / 3.0
    }
}

#[cfg(test)]
mod tests {
    use super::RankSpread;

    #[test]
    fn is_the_sum_of_its_definition() {
        let mut spread = RankSpread::new(5, 6);
        for (rank, weight) in [(0, 1.0), (3, 2.0), (3, 1.0), (4, 0.5)] {
            spread.add(rank, weight);
        }
        spread.add(0, -0.25);
        // By definition: 0.75·3.5² + 3·0.25² + 0.5·3.75².
        assert!((spread.rank_variance() - (9.1875 + 0.1875 + 7.03125)).abs() < 1e-12);
        spread.clear([0, 3, 4].into_iter());
        assert_eq!(spread.rank_variance(), 0.0);
        let mut untied = RankSpread::new(3, 3);
        [2.0, 0.5, 1.0]
            .into_iter()
            .zip(0..)
            .for_each(|(weight, rank)| untied.add(rank, weight));
        untied.add(0, -2.0);
        // 0.5·1² + 1·0.5².
        assert!((untied.rank_variance() - 0.75).abs() < 1e-12);
    }
}
