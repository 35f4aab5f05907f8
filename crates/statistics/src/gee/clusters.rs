/// Rows of clusters, gathered so that each cluster is a run.
pub(super) struct Clusters {
    /// Rows in the order of clusters, within a cluster in their own order.
    pub(super) order: Vec<usize>,
    /// Where each cluster starts in `order`, and the end.
    pub(super) starts: Vec<usize>,
}

impl Clusters {
    /// Counting sort by cluster code; codes without rows are left out.
    pub(super) fn new(codes: &[usize]) -> Self {
        let most = codes.iter().max().map_or(0, |most| most + 1);
        let mut next = vec![0; most + 1];
        for &code in codes {
            next[code + 1] += 1;
        }
        for code in 0..most {
            next[code + 1] += next[code];
        }
        let mut starts = next.clone();
        starts.dedup();
        let mut order = vec![0; codes.len()];
        for (row, &code) in codes.iter().enumerate() {
            order[next[code]] = row;
            next[code] += 1;
        }
        Self { order, starts }
    }

    pub(super) fn sizes(&self) -> Vec<usize> {
        self.starts
            .windows(2)
            .map(|ends| ends[1] - ends[0])
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Clusters;

    #[test]
    fn rows_keep_their_order_within_clusters() {
        let clusters = Clusters::new(&[3, 1, 3, 1, 1]);
        assert_eq!(clusters.order, [1, 3, 4, 0, 2]);
        assert_eq!(clusters.starts, [0, 3, 5]);
        assert_eq!(clusters.sizes(), [3, 2]);
    }
}
