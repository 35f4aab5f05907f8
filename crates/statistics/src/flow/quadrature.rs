use super::TimeLaw;
use crate::NotEstimable;

/// A cumulative hazard that one in 10¹⁷ outstays.
const END: f64 = 40.0;
/// The least and the most ln E at which the hazard of a transition cuts time into panels, and the
/// distance between them.
const CUTS: (f64, f64, f64) = (-30.0, 3.75, 0.25);

/// Half of the nodes and weights of Gauss and Legendre's rule of ten points on (−1, 1)
/// (Abramowitz and Stegun, table 25.4).
const NODES: [(f64, f64); 5] = [
    (0.148_874_338_981_631_2, 0.295_524_224_714_752_9),
    (0.433_395_394_129_247_2, 0.269_266_719_309_996_3),
    (0.679_409_568_299_024_4, 0.219_086_362_515_982),
    (0.865_063_366_688_984_5, 0.149_451_349_150_580_6),
    (0.973_906_528_517_171_7, 0.066_671_344_308_688_1),
];

/// A transition whose hazard counts times a factor, on a clock that goes at 1/delay.
#[derive(Clone, Copy)]
pub(super) struct Competitor<'a> {
    pub(super) law: &'a TimeLaw,
    pub(super) hazard: f64,
    pub(super) delay: f64,
}

/// Mean stay under competing transitions, and the share that each of them takes.
///
/// # Method
/// `∫ S(u) du` and `∫ S(u−) dH(u)`, by Gauss and Legendre's rule on panels between the times at
/// which the hazards grow by a quarter in logarithm, break or jump; jumps by themselves.
///
/// # Errors
/// [`NotEstimable::NoWayOut`] where somebody could stay for ever.
pub(super) fn stay(
    state: usize,
    competitors: &[Competitor<'_>],
) -> Result<(f64, Vec<f64>), NotEstimable> {
    let total: f64 = competitors.iter().map(Competitor::total).sum();
    if total < super::model::SURE {
        let elapsed = 0.0;
        return Err(NotEstimable::NoWayOut { state, elapsed });
    }
    let mut mean = 0.0;
    let mut shares = vec![0.0; competitors.len()];
    let mut start = 0.0;
    for end in cuts(competitors) {
        let (middle, half) = (0.5 * (start + end), 0.5 * (end - start));
        let both_signs = |&(node, weight): &(f64, f64)| [(-node, weight), (node, weight)];
        for (node, weight) in NODES.iter().flat_map(both_signs) {
            let time = middle + half * node;
            let survival = half * weight * (-cumulative(competitors, time)).exp();
            mean += survival;
            for (share, competitor) in shares.iter_mut().zip(competitors) {
                *share += survival * competitor.rate(time);
            }
        }
        add_jumps(competitors, end, &mut shares);
        start = end;
    }
    Ok((mean, shares))
}

/// Jumps at one time take what is left in proportion to their sizes.
fn add_jumps(competitors: &[Competitor<'_>], time: f64, shares: &mut [f64]) {
    let jumps: Vec<f64> = competitors.iter().map(|one| one.jump(time)).collect();
    let jump: f64 = jumps.iter().sum();
    if jump > 0.0 {
        let before = (-(cumulative(competitors, time) - jump)).exp();
        let gone = before * -(-jump).exp_m1();
        for (share, one) in shares.iter_mut().zip(&jumps) {
            *share += gone * one / jump;
        }
    }
}

fn cumulative(competitors: &[Competitor<'_>], time: f64) -> f64 {
    competitors.iter().map(|one| one.cumulative(time)).sum()
}

/// Ends of panels in ascending order, until hardly anybody is left.
fn cuts(competitors: &[Competitor<'_>]) -> Vec<f64> {
    let (first, last, step) = CUTS;
    let hazards = (0..=((last - first) / step) as usize).map(|at| (first + step * at as f64).exp());
    let hazards: Vec<f64> = hazards.collect();
    let of_each = competitors.iter().flat_map(|one| {
        let smooth = hazards.iter().map(|hazard| one.inverse(*hazard));
        let breaks = one.law.breaks().iter().map(|time| time * one.delay);
        smooth.chain(breaks)
    });
    let mut cuts: Vec<f64> = of_each
        .filter(|time| time.is_finite() && *time > 0.0)
        .collect();
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    let end = cuts.partition_point(|&time| cumulative(competitors, time) < END);
    cuts.truncate(end + 1);
    cuts
}

impl Competitor<'_> {
    fn cumulative(&self, time: f64) -> f64 {
        self.hazard * self.law.cumulative(time / self.delay)
    }

    fn rate(&self, time: f64) -> f64 {
        self.hazard / self.delay * self.law.rate(time / self.delay)
    }

    fn inverse(&self, hazard: f64) -> f64 {
        self.law.inverse(hazard / self.hazard).time * self.delay
    }

    fn total(&self) -> f64 {
        match self.hazard > 0.0 {
            true => self.hazard * self.law.total(),
            false => 0.0,
        }
    }

    fn jump(&self, time: f64) -> f64 {
        let jumps = self.law.breaks().iter().map(|at| at * self.delay);
        match jumps.into_iter().position(|at| at == time) {
            Some(at) => self.hazard * self.law.jump(self.law.breaks()[at]),
            None => 0.0,
        }
    }
}
