//! Sums over ranks, with updates: a Fenwick tree.

/// Weights at ranks 0, 1, …, and how much there is below a rank. Both take log n steps.
#[derive(Clone, Debug)]
pub(super) struct RankSums {
    tree: Vec<f64>,
    at: Vec<f64>,
    total: f64,
    /// Σ over ranks of (weight at the rank)³.
    cubes: f64,
}

/// How much stands below, at and above a rank.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Around {
    pub(super) below: f64,
    pub(super) at: f64,
    pub(super) above: f64,
}

impl RankSums {
    pub(super) fn new(ranks: usize) -> Self {
        Self {
            tree: vec![0.0; ranks + 1],
            at: vec![0.0; ranks],
            total: 0.0,
            cubes: 0.0,
        }
    }

    /// Adds a weight (negative: takes one away).
    pub(super) fn add(&mut self, rank: u32, weight: f64) {
        let before = self.at[rank as usize];
        let after = before + weight;
        self.at[rank as usize] = after;
        self.cubes += after * after * after - before * before * before;
        self.total += weight;
        let mut node = rank as usize + 1;
        while node < self.tree.len() {
            self.tree[node] += weight;
            node += node & node.wrapping_neg();
        }
    }

    pub(super) fn around(&self, rank: u32) -> Around {
        let mut below = 0.0;
        let mut node = rank as usize;
        while node > 0 {
            below += self.tree[node];
            node &= node - 1;
        }
        let at = self.at[rank as usize];
        Around {
            below,
            at,
            above: self.total - below - at,
        }
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
    use super::RankSums;

    #[test]
    fn counts_around_a_rank() {
        let mut sums = RankSums::new(5);
        for (rank, weight) in [(0, 1.0), (3, 2.0), (3, 1.0), (4, 0.5)] {
            sums.add(rank, weight);
        }
        sums.add(0, -0.25);
        let around = sums.around(3);
        assert_eq!((around.below, around.at, around.above), (0.75, 3.0, 0.5));
        // By definition: 0.75·3.5² + 3·0.25² + 0.5·3.75².
        assert!((sums.rank_variance() - (9.1875 + 0.1875 + 7.03125)).abs() < 1e-12);
    }
}
