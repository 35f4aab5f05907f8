//! Labels beside each other on one line, moved apart until none overlap.

/// The places closest to what is wanted (least squares) with at least `gap` between neighbours,
/// within `low` and `high` as far as there is room. The order of the wishes is kept.
///
/// Subtracting `gap · position` turns the distance into an order, and the best ordered places
/// are found by pooling neighbours that violate it (isotonic regression).
pub(crate) fn spread(wanted: &[f64], gap: f64, (low, high): (f64, f64)) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]).then(a.cmp(&b)));
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (position, &index) in order.iter().enumerate() {
        let mut pool = (wanted[index] - gap * position as f64, 1);
        while let Some(&(mean, size)) = pools.last().filter(|last| last.0 > pool.0) {
            let joint = size + pool.1;
            pool = (
                (mean * size as f64 + pool.0 * pool.1 as f64) / joint as f64,
                joint,
            );
            pools.pop();
        }
        pools.push(pool);
    }
    let room = high - gap * wanted.len().saturating_sub(1) as f64;
    let mut places = vec![0.0; wanted.len()];
    let starts = pools
        .iter()
        .flat_map(|&(mean, size)| std::iter::repeat_n(mean.min(room).max(low), size));
    for ((position, &index), start) in order.iter().enumerate().zip(starts) {
        places[index] = start + gap * position as f64;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn free_labels_stay() {
        assert_eq!(spread(&[10.0, 50.0], 20.0, (0.0, 100.0)), [10.0, 50.0]);
    }

    #[test]
    fn close_labels_part_around_their_mean() {
        assert_eq!(spread(&[50.0, 50.0], 20.0, (0.0, 100.0)), [40.0, 60.0]);
        assert_eq!(spread(&[52.0, 50.0], 20.0, (0.0, 100.0)), [61.0, 41.0]);
    }

    #[test]
    fn labels_stay_inside() {
        let places = spread(&[99.0, 99.0, 99.0], 20.0, (0.0, 100.0));
        assert_eq!(places, [60.0, 80.0, 100.0]);
        let places = spread(&[0.0, 1.0, 2.0], 20.0, (10.0, 100.0));
        assert_eq!(places, [10.0, 30.0, 50.0]);
    }

    #[test]
    fn too_little_room_keeps_the_distance() {
        let places = spread(&[5.0; 6], 20.0, (0.0, 50.0));
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= 20.0));
    }
}
