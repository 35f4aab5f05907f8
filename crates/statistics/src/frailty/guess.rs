//! R's way to the best θ: parabolas through what was tried, until the criterion hardly changes.

/// What to try next, and when to stop, as observed from the histories that R prints.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guesser {
    first: [f64; 2],
    /// Parabolas in √θ rather than θ.
    in_roots: bool,
    /// The relative change of the criterion at which the search ends.
    pub(super) eps: f64,
}

impl Guesser {
    /// For the integrated likelihood.
    pub(super) fn integrated(eps: f64) -> Self {
        Self {
            first: [0.0, 1.0],
            in_roots: true,
            eps,
        }
    }

    /// For Akaike's criterion.
    pub(super) fn akaike(eps: f64) -> Self {
        Self {
            first: [0.1, 1.0],
            in_roots: false,
            eps,
        }
    }

    /// Whether the last of these values says the same as the one before.
    pub(super) fn is_done(&self, tried: &[(f64, f64)]) -> bool {
        match tried {
            [_, _, .., (_, before), (_, last)] => (1.0 - last / before).abs() < self.eps,
            _ => false,
        }
    }

    /// The next θ, from all that were tried with the values of their criterion (to be maximised).
    pub(super) fn next(&self, tried: &[(f64, f64)]) -> f64 {
        if let Some(&first) = self.first.get(tried.len()) {
            return first;
        }
        let mut sorted = tried.to_vec();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let best = (0..sorted.len())
            .max_by(|&a, &b| sorted[a].1.total_cmp(&sorted[b].1))
            .unwrap_or(0);
        let rises = best + 1 == sorted.len();
        // R looks above θ = 1 only where that gains more than 1 over no frailty.
        let gains = self.in_roots && tried[1].1 > tried[0].1 + 1.0;
        match (tried.len(), best) {
            (2, _) if !gains => 0.5 * (sorted[0].0 + sorted[1].0),
            (_, 0) if self.in_roots => sorted[1].0 / 100.0,
            (_, 0) => sorted[0].0 / 10.0,
            _ if rises && self.in_roots => 2.0 * sorted[best].0,
            _ if rises => sorted[best].0 + 3.0 * (sorted[best].0 - sorted[best - 1].0),
            _ => self.vertex([sorted[best - 1], sorted[best], sorted[best + 1]]),
        }
    }

    /// The top of the parabola through three points, the middle one the highest.
    fn vertex(&self, points: [(f64, f64); 3]) -> f64 {
        let [a, b, c] = points.map(|(theta, value)| match self.in_roots {
            true => (theta.sqrt(), value),
            false => (theta, value),
        });
        let (left, right) = ((b.1 - a.1) / (b.0 - a.0), (c.1 - b.1) / (c.0 - b.0));
        let bend = (right - left) / (c.0 - a.0);
        let top = 0.5 * (a.0 + b.0 - left / bend);
        let top = match top > a.0 && top < c.0 {
            true => top,
            false => 0.5 * (a.0 + c.0),
        };
        if self.in_roots { top * top } else { top }
    }
}

#[cfg(test)]
mod tests {
    use super::Guesser;

    /// The history that R prints for kidney, with gamma frailties.
    #[test]
    fn follows_a_history() {
        let history = [
            (0.0, -184.344568140),
            (1.0, -183.328153428),
            (2.0, -188.168291360),
            (0.309786600836, -181.735726540),
            (0.315157339226, -181.724694779),
            (0.415409909433, -181.639136378),
            (0.412164715076, -181.638795967),
        ];
        let guesser = Guesser::integrated(1e-5);
        for done in 2..history.len() {
            let next = guesser.next(&history[..done]);
            assert!((next - history[done].0).abs() < 1e-6, "{done}: {next}");
            assert!(!guesser.is_done(&history[..done]));
        }
        assert!(guesser.is_done(&history));
        assert!((guesser.next(&history) - 0.407796189732).abs() < 1e-6);
    }

    /// That of the female rats, where θ = 1 gains 0.4 over no frailty.
    #[test]
    fn looks_below_one_after_a_small_gain() {
        let history = [(0.0, -181.667732741), (1.0, -181.250187160)];
        let guesser = Guesser::integrated(1e-5);
        assert_eq!(guesser.next(&history), 0.5);
        let history = [history[0], history[1], (0.5, -180.828208791)];
        assert!((guesser.next(&history) - 0.335753020).abs() < 1e-6);
    }
}
