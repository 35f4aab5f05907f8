//! Sums of squares of influence over clusters, time by time.

use super::spans::Spans;

/// What a row adds to an estimate that is a sum over times: `jump[k]` where it has its event,
/// less `drift[k]` at each place where it is at risk.
pub(crate) struct Effect {
    pub(crate) jump: Vec<f64>,
    pub(crate) drift: Vec<f64>,
}

impl Effect {
    /// The drift up to and including each place, with a 0 before the first.
    pub(crate) fn cumulative_drift(&self) -> Vec<f64> {
        let mut sum = 0.0;
        let mut sums = Vec::with_capacity(self.drift.len() + 1);
        sums.push(sum);
        for drift in &self.drift {
            sum += drift;
            sums.push(sum);
        }
        sums
    }

    /// What each row adds to the sum over all places before `until`; not weighted.
    pub(crate) fn of_rows(&self, spans: &Spans, until: usize) -> Vec<f64> {
        let drift = self.cumulative_drift();
        let row = |row: usize| {
            let first = (spans.first(row) as usize).min(until);
            let gone = (spans.gone[row] as usize).min(until).max(first);
            let has_event = spans.event[row] && spans.gone[row] as usize <= until;
            let jump = match has_event && spans.is_ever_at_risk(row) {
                true => self.jump[gone - 1],
                false => 0.0,
            };
            jump - (drift[gone] - drift[first])
        };
        (0..spans.len()).map(row).collect()
    }
}

/// Σ over clusters of (Σ of weighted influences of its rows)², after each place.
pub(crate) fn sums_of_squares(
    spans: &Spans,
    clusters: Option<&[u32]>,
    effect: &Effect,
) -> Vec<f64> {
    let mut squares = Vec::with_capacity(spans.times.len());
    let effects = Effects {
        drift: |place| [effect.drift[place]],
        jump: |row: usize, place| match spans.event[row] {
            true => [effect.jump[place]],
            false => [0.0],
        },
    };
    second_moments(spans, clusters, effects, |_, moments| {
        squares.push(moments[0][0].max(0.0));
    });
    squares
}

/// What rows add to D sums at once: `drift(place)` for whoever is at risk is taken off, and
/// `jump(row, place)` is added where a row ends.
pub(crate) struct Effects<Drift, Jump> {
    pub(crate) drift: Drift,
    pub(crate) jump: Jump,
}

/// Gives to `emit`, place after place, the second moments Σ V V' over clusters of their
/// weighted influences.
///
/// # Method
/// Between its own entries and exits a cluster with weight `n` at risk drifts by `n·drift`, so
/// that the sums of V V', V·n and n² over clusters carry all of them from place to place; only
/// a cluster to which something happens is touched. Linear in rows and places.
pub(crate) fn second_moments<const D: usize>(
    spans: &Spans,
    clusters: Option<&[u32]>,
    effects: Effects<impl Fn(usize) -> [f64; D], impl Fn(usize, usize) -> [f64; D]>,
    mut emit: impl FnMut(usize, &[[f64; D]; D]),
) {
    let places = spans.times.len();
    let starts = Bucketed::of(places + 1, spans.len(), |row| spans.first(row));
    let ends = Bucketed::of(places + 1, spans.len(), |row| spans.gone[row]);
    let mut state = Clusters::new(spans, clusters);
    for place in 0..places {
        for &row in starts.rows(place) {
            if spans.is_ever_at_risk(row as usize) {
                state.enter(row as usize, spans.weight(row as usize));
            }
        }
        state.drift((effects.drift)(place));
        for &row in ends.rows(place + 1) {
            let row = row as usize;
            if spans.is_ever_at_risk(row) {
                state.leave(row, spans.weight(row), (effects.jump)(row, place));
            }
        }
        emit(place, &state.squares);
    }
}

/// The influence of each cluster: `fixed − at_risk · drifted`.
struct Clusters<'a, const D: usize> {
    of_row: Option<&'a [u32]>,
    fixed: Vec<[f64; D]>,
    at_risk: Vec<f64>,
    drifted: [f64; D],
    squares: [[f64; D]; D],
    crossed: [f64; D],
    risk_squares: f64,
}

impl<'a, const D: usize> Clusters<'a, D> {
    fn new(spans: &Spans, of_row: Option<&'a [u32]>) -> Self {
        let count = match of_row {
            Some(codes) => codes.iter().max().map_or(0, |&code| code as usize + 1),
            None => spans.len(),
        };
        Self {
            of_row,
            fixed: vec![[0.0; D]; count],
            at_risk: vec![0.0; count],
            drifted: [0.0; D],
            squares: [[0.0; D]; D],
            crossed: [0.0; D],
            risk_squares: 0.0,
        }
    }

    fn cluster(&self, row: usize) -> usize {
        self.of_row.map_or(row, |codes| codes[row] as usize)
    }

    fn enter(&mut self, row: usize, weight: f64) {
        let cluster = self.cluster(row);
        let (before, influence) = self.now(cluster);
        for k in 0..D {
            self.fixed[cluster][k] += weight * self.drifted[k];
        }
        self.set_risk(cluster, before + weight, influence);
    }

    fn drift(&mut self, drift: [f64; D]) {
        for (k, a) in drift.into_iter().enumerate() {
            for (l, b) in drift.into_iter().enumerate() {
                self.squares[k][l] +=
                    a * (b * self.risk_squares - self.crossed[l]) - b * self.crossed[k];
            }
        }
        for (k, drift) in drift.into_iter().enumerate() {
            self.crossed[k] -= drift * self.risk_squares;
            self.drifted[k] += drift;
        }
    }

    fn leave(&mut self, row: usize, weight: f64, jump: [f64; D]) {
        let cluster = self.cluster(row);
        let (before, mut influence) = self.now(cluster);
        let own = jump.map(|jump| weight * jump);
        for k in 0..D {
            for l in 0..D {
                self.squares[k][l] += own[k] * (influence[l] + own[l]) + influence[k] * own[l];
            }
        }
        for k in 0..D {
            self.crossed[k] += before * own[k];
            self.fixed[cluster][k] += own[k] - weight * self.drifted[k];
            influence[k] += own[k];
        }
        self.set_risk(cluster, before - weight, influence);
    }

    /// The weight at risk and the influence of a cluster.
    fn now(&self, cluster: usize) -> (f64, [f64; D]) {
        let (at_risk, fixed) = (self.at_risk[cluster], &self.fixed[cluster]);
        let influence = std::array::from_fn(|k| fixed[k] - at_risk * self.drifted[k]);
        (at_risk, influence)
    }

    fn set_risk(&mut self, cluster: usize, after: f64, influence: [f64; D]) {
        let before = std::mem::replace(&mut self.at_risk[cluster], after);
        for (crossed, influence) in self.crossed.iter_mut().zip(influence) {
            *crossed += influence * (after - before);
        }
        self.risk_squares += after * after - before * before;
    }
}

/// Rows by the place of something, without a sort.
struct Bucketed {
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl Bucketed {
    fn of(places: usize, rows: usize, place: impl Fn(usize) -> u32) -> Self {
        let mut starts = vec![0_u32; places + 1];
        for row in 0..rows {
            starts[place(row) as usize + 1] += 1;
        }
        for place in 0..places {
            starts[place + 1] += starts[place];
        }
        let mut next = starts.clone();
        let mut sorted = vec![0_u32; rows];
        for row in 0..rows {
            let slot = &mut next[place(row) as usize];
            sorted[*slot as usize] = row as u32;
            *slot += 1;
        }
        Self {
            starts,
            rows: sorted,
        }
    }

    fn rows(&self, place: usize) -> &[u32] {
        &self.rows[self.starts[place] as usize..self.starts[place + 1] as usize]
    }
}
