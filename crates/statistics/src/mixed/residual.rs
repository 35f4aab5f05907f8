use crate::NotEstimable;
use crate::matrix::Matrix;

/// How residuals of one group are correlated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResidualCorrelation {
    /// Not at all.
    Independent,
    /// All pairs equally (R: `corCompSymm`).
    CompoundSymmetry,
    /// φ to the power of the distance between whole positions (R: `corAR1`).
    Autoregressive,
    /// The same for real positions, φ > 0 (R: `corCAR1`).
    ContinuousAutoregressive,
    /// Each pair of positions its own (R: `corSymm`).
    Unstructured,
}

/// How the spread of residuals differs between rows.
#[derive(Clone, Copy, Debug)]
pub enum ResidualSpread<'a> {
    /// Not at all.
    Constant,
    /// By stratum, relative to stratum 0 (R: `varIdent`): each row's stratum and how many there are.
    Strata(&'a [usize], usize),
    /// |v|^δ (R: `varPower`).
    Power(&'a [f64]),
    /// exp(δ v) (R: `varExp`).
    Exponential(&'a [f64]),
}

/// The covariance of the residuals over σ².
#[derive(Clone, Copy, Debug)]
pub struct Residuals<'a> {
    /// The correlation.
    pub correlation: ResidualCorrelation,
    /// The groups within which residuals are correlated; all rows together if `None`.
    pub groups: Option<&'a [usize]>,
    /// The position of each row in its group; the order of the rows if `None`.
    pub positions: Option<&'a [f64]>,
    /// The spread.
    pub spread: ResidualSpread<'a>,
}

impl Residuals<'_> {
    /// Independent and equal.
    pub const PLAIN: Residuals<'static> = Residuals {
        correlation: ResidualCorrelation::Independent,
        groups: None,
        positions: None,
        spread: ResidualSpread::Constant,
    };
}

/// A structure with everything resolved: positions, counts of parameters, limits.
pub(super) struct Structure<'a> {
    correlation: ResidualCorrelation,
    /// The group of each row.
    pub(super) groups: Vec<usize>,
    /// Positions of the rows; for the unstructured form their ranks.
    positions: Vec<f64>,
    /// Distinct positions, for the unstructured form.
    ranks: usize,
    /// Rows of the largest group.
    largest: usize,
    spread: ResidualSpread<'a>,
}

/// The structure at some parameters.
pub(super) struct At {
    /// The one correlation parameter.
    value: f64,
    /// Its derivative by the free parameter.
    slope: f64,
    /// For the unstructured form: the rows of a factor of the correlation matrix.
    matrix: Matrix,
    lower: Matrix,
    /// Standard deviations over σ.
    pub(super) deviations: Vec<f64>,
}

impl<'a> Structure<'a> {
    pub(super) fn new(residuals: Residuals<'a>, rows: usize) -> Result<Self, NotEstimable> {
        let is_correlated = residuals.correlation != ResidualCorrelation::Independent;
        let groups = match residuals.groups {
            Some(groups) => groups.to_vec(),
            None if is_correlated => vec![0; rows],
            None => (0..rows).collect(),
        };
        NotEstimable::unless_length("the groups of the residuals", rows, groups.len())?;
        let levels = groups.iter().max().map_or(0, |most| most + 1);
        let mut sizes = vec![0usize; levels];
        let mut order = Vec::with_capacity(rows);
        for &group in &groups {
            order.push(sizes[group] as f64);
            sizes[group] += 1;
        }
        let mut positions = match residuals.positions {
            Some(positions) => positions.to_vec(),
            None => order,
        };
        NotEstimable::unless_length("the positions of the residuals", rows, positions.len())?;
        NotEstimable::unless_finite("the positions of the residuals", &positions)?;
        check_positions(residuals.correlation, &groups, &positions)?;
        let mut ranks = 0;
        if residuals.correlation == ResidualCorrelation::Unstructured {
            let mut distinct = positions.clone();
            distinct.sort_by(f64::total_cmp);
            distinct.dedup();
            ranks = distinct.len();
            for position in &mut positions {
                *position = distinct.partition_point(|other| other < position) as f64;
            }
        }
        check_spread(residuals.spread, rows)?;
        Ok(Self {
            correlation: residuals.correlation,
            groups,
            positions,
            ranks,
            largest: sizes.into_iter().max().unwrap_or(0),
            spread: residuals.spread,
        })
    }

    /// Free parameters of the correlation.
    pub(super) fn correlation_parameters(&self) -> usize {
        match self.correlation {
            ResidualCorrelation::Independent => 0,
            ResidualCorrelation::Unstructured => self.ranks * self.ranks.saturating_sub(1) / 2,
            _ => 1,
        }
    }

    /// Free parameters of the spread.
    pub(super) fn spread_parameters(&self) -> usize {
        match self.spread {
            ResidualSpread::Constant => 0,
            ResidualSpread::Strata(_, levels) => levels.saturating_sub(1),
            ResidualSpread::Power(_) | ResidualSpread::Exponential(_) => 1,
        }
    }

    /// Values to start from.
    pub(super) fn start(&self) -> Vec<f64> {
        let first = match self.correlation {
            ResidualCorrelation::CompoundSymmetry => {
                // As large as half of what is possible, but no more than 0.2.
                let least = self.least();
                let share = (0.1 - least) / (1.0 - least);
                (share / (1.0 - share)).ln()
            }
            ResidualCorrelation::ContinuousAutoregressive => (0.2f64 / 0.8).ln(),
            ResidualCorrelation::Autoregressive => 0.1,
            _ => 0.0,
        };
        let mut start = vec![first; self.correlation_parameters()];
        start.resize(start.len() + self.spread_parameters(), 0.0);
        start
    }

    /// The least correlation that all pairs can have.
    fn least(&self) -> f64 {
        -1.0 / (self.largest.max(2) as f64 - 1.0)
    }

    /// The structure at free parameters.
    pub(super) fn at(&self, free: &[f64]) -> At {
        let count = self.correlation_parameters();
        let (correlation, spread) = free.split_at(count);
        let logistic = |u: f64| 1.0 / (1.0 + (-u).exp());
        let (mut value, mut slope) = (0.0, 0.0);
        let (mut matrix, mut lower) = (Matrix::default(), Matrix::default());
        match self.correlation {
            ResidualCorrelation::Independent => {}
            ResidualCorrelation::CompoundSymmetry => {
                let (least, share) = (self.least(), logistic(correlation[0]));
                value = least + (1.0 - least) * share;
                slope = (1.0 - least) * share * (1.0 - share);
            }
            ResidualCorrelation::Autoregressive => {
                value = correlation[0].tanh();
                slope = 1.0 - value * value;
            }
            ResidualCorrelation::ContinuousAutoregressive => {
                value = logistic(correlation[0]);
                slope = value * (1.0 - value);
            }
            ResidualCorrelation::Unstructured => {
                lower = self.unit_rows(correlation);
                matrix = lower.multiply(&lower.transpose());
            }
        }
        At {
            value,
            slope,
            matrix,
            lower,
            deviations: self.deviations(spread),
        }
    }

    /// A lower triangle whose rows have length 1: the free parameters stand below a diagonal of
    /// ones, row after row, before the rows are scaled.
    fn unit_rows(&self, free: &[f64]) -> Matrix {
        let mut lower = Matrix::zeros(self.ranks, self.ranks);
        let mut values = free.iter();
        for row in 0..self.ranks {
            let mut squares = 1.0;
            for column in 0..row {
                let value = *values.next().expect("one value per pair");
                lower[(row, column)] = value;
                squares += value * value;
            }
            let length = squares.sqrt();
            for column in 0..row {
                lower[(row, column)] /= length;
            }
            lower[(row, row)] = 1.0 / length;
        }
        lower
    }

    fn deviations(&self, free: &[f64]) -> Vec<f64> {
        match self.spread {
            ResidualSpread::Constant => vec![1.0; self.groups.len()],
            ResidualSpread::Strata(strata, _) => strata
                .iter()
                .map(|&stratum| {
                    if stratum == 0 {
                        1.0
                    } else {
                        free[stratum - 1].exp()
                    }
                })
                .collect(),
            ResidualSpread::Power(values) => values.iter().map(|v| v.abs().powf(free[0])).collect(),
            ResidualSpread::Exponential(values) => {
                values.iter().map(|v| (free[0] * v).exp()).collect()
            }
        }
    }

    /// The covariance of two rows over σ².
    pub(super) fn covariance(&self, at: &At, a: usize, b: usize) -> f64 {
        at.deviations[a] * at.deviations[b] * self.correlation(at, a, b)
    }

    fn correlation(&self, at: &At, a: usize, b: usize) -> f64 {
        if a == b {
            return 1.0;
        }
        if self.groups[a] != self.groups[b] {
            return 0.0;
        }
        let distance = (self.positions[a] - self.positions[b]).abs();
        match self.correlation {
            ResidualCorrelation::Independent => 0.0,
            ResidualCorrelation::CompoundSymmetry => at.value,
            ResidualCorrelation::Autoregressive => at.value.powi(distance as i32),
            ResidualCorrelation::ContinuousAutoregressive => at.value.powf(distance),
            ResidualCorrelation::Unstructured => {
                at.matrix[(self.positions[a] as usize, self.positions[b] as usize)]
            }
        }
    }

    /// An empty sum of derivatives.
    pub(super) fn slopes(&self) -> Slopes {
        Slopes {
            one: 0.0,
            matrix: Matrix::zeros(self.ranks, self.ranks),
            spread: vec![0.0; self.spread_parameters()],
        }
    }

    /// Adds what the derivative of the criterion by the covariance of rows a and b says of the
    /// parameters; both (a, b) and (b, a) are to be added.
    pub(super) fn add(&self, slopes: &mut Slopes, at: &At, (a, b): (usize, usize), by: f64) {
        if self.groups[a] != self.groups[b] {
            return;
        }
        let scale = by * at.deviations[a] * at.deviations[b];
        if a != b {
            let distance = (self.positions[a] - self.positions[b]).abs();
            match self.correlation {
                ResidualCorrelation::Independent => {}
                ResidualCorrelation::CompoundSymmetry => slopes.one += scale * at.slope,
                ResidualCorrelation::Autoregressive => {
                    let power = at.value.powi(distance as i32 - 1);
                    slopes.one += scale * distance * power * at.slope;
                }
                ResidualCorrelation::ContinuousAutoregressive => {
                    slopes.one += scale * distance * at.value.powf(distance - 1.0) * at.slope;
                }
                ResidualCorrelation::Unstructured => {
                    slopes.matrix[(self.positions[a] as usize, self.positions[b] as usize)] +=
                        scale;
                }
            }
        }
        self.add_spread(slopes, a, 2.0 * scale * self.correlation(at, a, b));
    }

    /// Adds the derivative of the criterion by the logarithm of a row's deviation.
    pub(super) fn add_spread(&self, slopes: &mut Slopes, row: usize, by: f64) {
        match self.spread {
            ResidualSpread::Constant => {}
            ResidualSpread::Strata(strata, _) => {
                if strata[row] > 0 {
                    slopes.spread[strata[row] - 1] += by;
                }
            }
            ResidualSpread::Power(values) => slopes.spread[0] += by * values[row].abs().ln(),
            ResidualSpread::Exponential(values) => slopes.spread[0] += by * values[row],
        }
    }

    /// Whether each residual depends on the one before only.
    pub(super) fn is_chain(&self) -> bool {
        match self.correlation {
            ResidualCorrelation::Independent
            | ResidualCorrelation::Autoregressive
            | ResidualCorrelation::ContinuousAutoregressive => true,
            ResidualCorrelation::CompoundSymmetry | ResidualCorrelation::Unstructured => false,
        }
    }

    /// Rows in the order of their groups and positions.
    pub(super) fn sort(&self, rows: &mut [u32]) {
        let key = |row: u32| (self.groups[row as usize], self.positions[row as usize]);
        rows.sort_by(|&a, &b| {
            let (a, b) = (key(a), key(b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
    }

    /// The correlation of a row with the one before it in a chain, and its derivative by the
    /// free parameter.
    pub(super) fn link(&self, at: &At, before: usize, row: usize) -> (f64, f64) {
        if self.groups[before] != self.groups[row] {
            return (0.0, 0.0);
        }
        let distance = self.positions[row] - self.positions[before];
        match self.correlation {
            ResidualCorrelation::Autoregressive => {
                let power = at.value.powi(distance as i32 - 1);
                (power * at.value, distance * power * at.slope)
            }
            ResidualCorrelation::ContinuousAutoregressive => {
                let slope = distance * at.value.powf(distance - 1.0) * at.slope;
                (at.value.powf(distance), slope)
            }
            _ => (0.0, 0.0),
        }
    }

    /// The gradient by the free parameters.
    pub(super) fn gradient(&self, slopes: &Slopes, at: &At) -> Vec<f64> {
        let mut gradient = match self.correlation {
            ResidualCorrelation::Independent => Vec::new(),
            ResidualCorrelation::Unstructured => self.unstructured_gradient(&slopes.matrix, at),
            _ => vec![slopes.one],
        };
        gradient.extend(&slopes.spread);
        gradient
    }

    /// C = LL' with rows l of length 1: by a free parameter j of row i moves
    /// l by (e_j − l l_j) l_ii, because l_ii is one over the length before scaling.
    fn unstructured_gradient(&self, by: &Matrix, at: &At) -> Vec<f64> {
        let mut both = by.clone();
        both.add_scaled(1.0, &by.transpose());
        // By the elements of L.
        let by_lower = both.multiply(&at.lower);
        let mut gradient = Vec::with_capacity(self.correlation_parameters());
        for row in 0..self.ranks {
            let along: f64 = (0..=row)
                .map(|k| by_lower[(row, k)] * at.lower[(row, k)])
                .sum();
            for column in 0..row {
                let own = by_lower[(row, column)] - along * at.lower[(row, column)];
                gradient.push(own * at.lower[(row, row)]);
            }
        }
        gradient
    }

    /// The correlation parameters as R shows them: ρ, φ, or the upper triangle row by row.
    pub(super) fn shown_correlations(&self, at: &At) -> Vec<f64> {
        match self.correlation {
            ResidualCorrelation::Independent => Vec::new(),
            ResidualCorrelation::Unstructured => (0..self.ranks)
                .flat_map(|row| (row + 1..self.ranks).map(move |column| (row, column)))
                .map(|place| at.matrix[place])
                .collect(),
            _ => vec![at.value],
        }
    }

    /// The spread's parameters as R shows them: ratios to stratum 0, or δ.
    pub(super) fn shown_spread(&self, free: &[f64]) -> Vec<f64> {
        let spread = &free[self.correlation_parameters()..];
        match self.spread {
            ResidualSpread::Strata(..) => spread.iter().map(|value| value.exp()).collect(),
            _ => spread.to_vec(),
        }
    }
}

/// Sums of derivatives over pairs of rows.
pub(super) struct Slopes {
    one: f64,
    matrix: Matrix,
    spread: Vec<f64>,
}

impl Slopes {
    /// Adds the derivative by the one free parameter of the correlation.
    pub(super) fn add_correlation(&mut self, by: f64) {
        self.one += by;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.one += other.one;
        self.matrix.add_scaled(1.0, &other.matrix);
        for (own, other) in self.spread.iter_mut().zip(&other.spread) {
            *own += other;
        }
    }
}

/// Positions must differ within a group, and be whole where distances are counted in steps.
fn check_positions(
    correlation: ResidualCorrelation,
    groups: &[usize],
    positions: &[f64],
) -> Result<(), NotEstimable> {
    let counts = match correlation {
        ResidualCorrelation::Independent | ResidualCorrelation::CompoundSymmetry => return Ok(()),
        ResidualCorrelation::Autoregressive => true,
        _ => false,
    };
    if let Some(&value) = positions
        .iter()
        .find(|position| counts && (position.fract() != 0.0 || position.abs() > 1e9))
    {
        return Err(NotEstimable::Domain {
            what: "a position of the residuals",
            value,
        });
    }
    let mut pairs: Vec<(usize, f64)> = groups
        .iter()
        .copied()
        .zip(positions.iter().copied())
        .collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    match pairs.windows(2).any(|pair| pair[0] == pair[1]) {
        true => Err(NotEstimable::Confounded {
            what: "rows of a group",
            with: "each other: they have the same position",
        }),
        false => Ok(()),
    }
}

fn check_spread(spread: ResidualSpread<'_>, rows: usize) -> Result<(), NotEstimable> {
    let what = "the covariate of the spread";
    match spread {
        ResidualSpread::Constant => Ok(()),
        ResidualSpread::Strata(strata, levels) => {
            NotEstimable::unless_length("the strata of the spread", rows, strata.len())?;
            match strata.iter().position(|&stratum| stratum >= levels) {
                Some(position) => Err(NotEstimable::UnknownCode {
                    what: "stratum",
                    code: strata[position],
                    position,
                }),
                None => Ok(()),
            }
        }
        ResidualSpread::Power(values) => {
            NotEstimable::unless_length(what, rows, values.len())?;
            NotEstimable::unless_finite(what, values)?;
            match values.contains(&0.0) {
                true => Err(NotEstimable::Domain { what, value: 0.0 }),
                false => Ok(()),
            }
        }
        ResidualSpread::Exponential(values) => {
            NotEstimable::unless_length(what, rows, values.len())?;
            NotEstimable::unless_finite(what, values)
        }
    }
}
