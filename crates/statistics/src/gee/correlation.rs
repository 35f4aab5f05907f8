use crate::NotEstimable;
use crate::matrix::{ALIAS_TOLERANCE, Cholesky, Lu, Matrix};

/// How outcomes of one cluster are taken to be correlated. Estimates of the coefficients are
/// consistent whichever it is; the nearer to the truth, the more precise. R: `geeglm(corstr = )`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkingCorrelation {
    /// Not at all.
    Independence,
    /// All pairs equally.
    Exchangeable,
    /// By the power of the distance in rows.
    Autoregressive,
    /// Each pair of positions its own.
    Unstructured,
}

impl WorkingCorrelation {
    /// The number of parameters for clusters of at most `size` rows.
    ///
    /// ```
    /// assert_eq!(statistics::gee::WorkingCorrelation::Unstructured.parameters(4), 6);
    /// ```
    pub fn parameters(self, size: usize) -> usize {
        match self {
            Self::Independence => 0,
            Self::Exchangeable | Self::Autoregressive => 1,
            Self::Unstructured => size * size.saturating_sub(1) / 2,
        }
    }

    /// The correlation matrix of a cluster of `size` rows, the largest there is.
    pub(super) fn matrix(self, alpha: &[f64], size: usize) -> Matrix {
        let mut matrix = Matrix::identity(size);
        for j in 0..size {
            for i in 0..j {
                let (value, ..) = self.pair(alpha, (i, j), size);
                matrix[(i, j)] = value;
                matrix[(j, i)] = value;
            }
        }
        matrix
    }

    /// Whether the matrix is one that correlations can have. Unstructured estimates from few
    /// clusters need not be.
    pub(super) fn is_possible(self, alpha: &[f64], size: usize) -> bool {
        match self {
            Self::Unstructured => {
                let factor = Cholesky::new(&self.matrix(alpha, size), ALIAS_TOLERANCE);
                factor.is_ok_and(|factor| factor.rank() == size)
            }
            _ => true,
        }
    }

    /// The correlation of the rows at two positions, its parameter, and the derivative.
    pub(super) fn pair(
        self,
        alpha: &[f64],
        (first, second): (usize, usize),
        size: usize,
    ) -> (f64, usize, f64) {
        match self {
            Self::Independence => (0.0, 0, 0.0),
            Self::Exchangeable => (alpha[0], 0, 1.0),
            Self::Autoregressive => {
                let distance = (second - first) as i32;
                let slope = f64::from(distance) * alpha[0].powi(distance - 1);
                (alpha[0].powi(distance), 0, slope)
            }
            Self::Unstructured => {
                // (0,1), (0,2), …, (1,2), …: geepack's order.
                let before = first * (2 * size - first - 1) / 2;
                let place = before + second - first - 1;
                (alpha[place], place, 1.0)
            }
        }
    }
}

/// Clusters up to this size are worked on without memory of their own.
const SMALL: usize = 32;

/// Solves systems with the working correlation matrix of clusters of any size.
pub(super) struct Solver {
    structure: WorkingCorrelation,
    alpha: f64,
    /// One inverse per cluster size, for the unstructured form.
    inverses: Vec<Option<Matrix>>,
}

impl Solver {
    pub(super) fn new(
        structure: WorkingCorrelation,
        alpha: &[f64],
        sizes: &[usize],
        largest: usize,
    ) -> Result<Self, NotEstimable> {
        let mut inverses: Vec<Option<Matrix>> = Vec::new();
        match structure {
            WorkingCorrelation::Unstructured => {
                inverses.resize_with(largest + 1, || None);
                let matrix = structure.matrix(alpha, largest);
                for &size in sizes {
                    if inverses[size].is_none() {
                        let positions: Vec<usize> = (0..size).collect();
                        inverses[size] = Some(Lu::new(&matrix.principal(&positions))?.inverse());
                    }
                }
            }
            WorkingCorrelation::Exchangeable => {
                let least = -1.0 / (largest.max(2) as f64 - 1.0);
                Self::unless_within(alpha[0], least)?;
            }
            WorkingCorrelation::Autoregressive => Self::unless_within(alpha[0], -1.0)?,
            WorkingCorrelation::Independence => {}
        }
        let alpha = alpha.first().copied().unwrap_or(0.0);
        Ok(Self {
            structure,
            alpha,
            inverses,
        })
    }

    fn unless_within(alpha: f64, least: f64) -> Result<(), NotEstimable> {
        if alpha > least && alpha < 1.0 {
            return Ok(());
        }
        Err(NotEstimable::Domain {
            what: "the working correlation",
            value: alpha,
        })
    }

    /// Replaces the values of one cluster by R⁻¹ times them, in time linear in the cluster
    /// (quadratic for the unstructured form).
    pub(super) fn solve(&self, values: &mut [f64]) {
        let n = values.len();
        let a = self.alpha;
        match self.structure {
            WorkingCorrelation::Independence => {}
            WorkingCorrelation::Exchangeable => {
                let sum: f64 = values.iter().sum();
                let shift = a * sum / (1.0 + (n as f64 - 1.0) * a);
                let factor = 1.0 / (1.0 - a);
                for value in values.iter_mut() {
                    *value = (*value - shift) * factor;
                }
            }
            WorkingCorrelation::Autoregressive if n > 1 => {
                // The inverse is tridiagonal: 1 at the ends, 1 + a² between, −a beside.
                let factor = 1.0 / (1.0 - a * a);
                let (diagonal, beside) = ((1.0 + a * a) * factor, a * factor);
                let mut before = values[0];
                values[0] = before * factor - beside * values[1];
                for place in 1..n - 1 {
                    let own = values[place];
                    values[place] = diagonal * own - beside * (before + values[place + 1]);
                    before = own;
                }
                values[n - 1] = values[n - 1] * factor - beside * before;
            }
            WorkingCorrelation::Autoregressive => {}
            WorkingCorrelation::Unstructured => {
                let inverse = self.inverses[n].as_ref().expect("made for every size");
                let mut small = [0.0; SMALL];
                if n <= SMALL {
                    small[..n].copy_from_slice(values);
                    values.fill(0.0);
                    inverse.add_times(&small[..n], values);
                } else {
                    values.copy_from_slice(&inverse.times(values));
                }
            }
        }
    }
}
