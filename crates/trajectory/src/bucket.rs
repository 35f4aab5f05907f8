use rayon::prelude::*;

/// Values in buckets: bucket `i` is `values[offsets[i]..offsets[i + 1]]`.
#[derive(Clone)]
pub(crate) struct Buckets<T> {
    offsets: Vec<u32>,
    values: Vec<T>,
}

impl<T: Copy + Send + Sync> Buckets<T> {
    /// Distributes `rows` over `buckets` buckets by counting, and sorts each by `order`, so
    /// that the order of the rows does not matter. Linear apart from the small sorts.
    pub(crate) fn distribute<R, K: Ord>(
        rows: &[R],
        buckets: usize,
        bucket_of: impl Fn(&R) -> usize,
        value_of: impl Fn(&R) -> T,
        order: impl Fn(&T) -> K + Sync,
    ) -> Self {
        let mut offsets = vec![0_u32; buckets + 1];
        for row in rows {
            offsets[bucket_of(row) + 1] += 1;
        }
        for bucket in 0..buckets {
            offsets[bucket + 1] += offsets[bucket];
        }
        let Some(first) = rows.first() else {
            return Self {
                offsets,
                values: Vec::new(),
            };
        };
        let mut next = offsets.clone();
        let mut values = vec![value_of(first); rows.len()];
        for row in rows {
            let place = &mut next[bucket_of(row)];
            values[*place as usize] = value_of(row);
            *place += 1;
        }
        let mut this = Self { offsets, values };
        this.sort(&order);
        this
    }

    fn sort<K: Ord>(&mut self, order: &(impl Fn(&T) -> K + Sync)) {
        /// Buckets per piece of parallel work.
        const PIECE: usize = 1 << 14;
        let mut rest = self.values.as_mut_slice();
        let mut pieces = Vec::new();
        for window in (0..self.offsets.len() - 1).step_by(PIECE) {
            let last = (window + PIECE).min(self.offsets.len() - 1);
            let offsets = &self.offsets[window..=last];
            let length = (offsets[offsets.len() - 1] - offsets[0]) as usize;
            let (piece, remaining) = rest.split_at_mut(length);
            pieces.push((offsets, piece));
            rest = remaining;
        }
        pieces.into_par_iter().for_each(|(offsets, values)| {
            let start = offsets[0];
            for pair in offsets.windows(2) {
                let bucket = &mut values[(pair[0] - start) as usize..(pair[1] - start) as usize];
                if bucket.len() > 1 {
                    bucket.sort_unstable_by_key(order);
                }
            }
        });
    }

    pub(crate) fn range(&self, bucket: usize) -> std::ops::Range<usize> {
        self.offsets[bucket] as usize..self.offsets[bucket + 1] as usize
    }

    pub(crate) fn bucket(&self, bucket: usize) -> &[T] {
        &self.values[self.range(bucket)]
    }

    pub(crate) fn values(&self) -> &[T] {
        &self.values
    }
}
