//! The next θ to try for so many degrees of freedom, as R's search takes it.
//!
//! R's documentation says only how near is near enough (`eps`). The steps are those seen in the
//! histories that its fits keep: a line, then powers of θ through three tries, and halves where a
//! try brings little (`docs/methods/frailty.md`).

/// The share of the distance to the target that a try may leave of that before.
const LEFT: f64 = 0.6;

/// From θ with the degrees of freedom they gave, the first of them at θ = 0.
pub(super) fn next(tried: &[(f64, f64)], target: f64) -> f64 {
    let &[.., before, last] = tried else {
        return f64::NAN;
    };
    let distance = |(_, df): (f64, f64)| (df - target).abs();
    if tried.len() == 2 {
        let line = before.0 + (target - before.1) * (last.0 - before.0) / (last.1 - before.1);
        return if last.1 < target { 1.5 * line } else { line };
    }
    let mut sorted = tried.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let is_between = |pair: &&[(f64, f64)]| (pair[0].1 - target) * (pair[1].1 - target) <= 0.0;
    let middle = match sorted.windows(2).find(is_between) {
        Some(pair) => 0.5 * (pair[0].0 + pair[1].0),
        None => 2.0 * sorted[sorted.len() - 1].0,
    };
    let is_bracketed = sorted.windows(2).any(|pair| is_between(&pair));
    if is_bracketed && distance(last) > LEFT * distance(before) {
        return middle;
    }
    let near = |&a: &usize, &b: &usize| distance(sorted[a]).total_cmp(&distance(sorted[b]));
    let nearest = (0..sorted.len()).min_by(near).unwrap_or(0);
    let centre = nearest.clamp(1, sorted.len() - 2);
    let power = power(&sorted[centre - 1..=centre + 1], target);
    if power.is_finite() { power } else { middle }
}

/// Where the power of θ − θ₁ through three tries gives the target.
fn power(tries: &[(f64, f64)], target: f64) -> f64 {
    let (first, second, third) = (tries[0], tries[1], tries[2]);
    let change = ((first.1 - third.1) / (first.1 - second.1)).ln();
    let inverse = ((third.0 - first.0) / (second.0 - first.0)).ln() / change;
    let share = (first.1 - target) / (first.1 - third.1);
    first.0 + (third.0 - first.0) * share.powf(inverse)
}

#[cfg(test)]
mod tests {
    use super::next;

    /// survival 3.8-6: `coxph(Surv(u, s) ~ ridge(a, b, c, e, df = 3.5, scale = FALSE))$history`
    /// and that of `df = 1.5`.
    #[test]
    fn the_steps_are_those_of_r() {
        let histories: [(f64, &[(f64, f64)]); 2] = [
            (
                3.5,
                &[
                    (0.0, 4.0),
                    (1.0, 1.33957302),
                    (0.28190964, 2.51693215),
                    (0.02673061, 3.77384190),
                    (0.07221368, 3.45170283),
                    (0.06375492, 3.50664558),
                    (0.06476943, 3.49994792),
                ],
            ),
            (
                1.5,
                &[
                    (0.0, 4.0),
                    (1.0, 1.339573023),
                    (1.4095481788, 1.059948238),
                    (0.5, 1.981381520),
                    (0.75, 1.597528201),
                    (0.8392547617, 1.494649522),
                    (0.8340702136, 1.500257359),
                ],
            ),
        ];
        for (target, tries) in histories {
            for count in 2..tries.len() {
                let (found, expected) = (next(&tries[..count], target), tries[count].0);
                assert!((found - expected).abs() < 1e-6, "{found} {expected}");
            }
        }
    }
}
