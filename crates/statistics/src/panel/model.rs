use crate::NotEstimable;
use crate::matrix::Matrix;

/// Which moves are possible, and which parameters their intensities have.
/// R: `msm(qmatrix, covariates)`.
///
/// Parameters stand in this order: the logarithm of each baseline intensity, then for each
/// covariate its effect on each intensity. Each is free, shared with others, or held fixed.
#[derive(Clone, Debug, PartialEq)]
pub struct IntensityModel {
    /// How many states there are.
    pub states: usize,
    /// The possible moves, `(from, to)`.
    pub transitions: Vec<(usize, usize)>,
    /// How many covariates there are.
    pub covariates: usize,
    /// For each parameter which free one it is; `None` where it is held at its start.
    pub free: Vec<Option<usize>>,
}

impl IntensityModel {
    /// A model with all parameters free. R: the `qmatrix` of `msm`.
    ///
    /// # Errors
    /// No states, no moves, or moves between states that are not there or the same.
    ///
    /// ```
    /// use statistics::panel::IntensityModel;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // 0 to 1 and back.
    /// let model = IntensityModel::new(2, &[(0, 1), (1, 0)], 0)?;
    /// assert_eq!(model.parameters(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(
        states: usize,
        transitions: &[(usize, usize)],
        covariates: usize,
    ) -> Result<Self, NotEstimable> {
        if transitions.is_empty() {
            return Err(NotEstimable::Empty {
                what: "transitions",
            });
        }
        for (position, &(from, to)) in transitions.iter().enumerate() {
            if from >= states || to >= states || from == to {
                return Err(NotEstimable::UnknownCode {
                    what: "transition to state",
                    code: to,
                    position,
                });
            }
        }
        let count = transitions.len() * (1 + covariates);
        Ok(Self {
            states,
            transitions: transitions.to_vec(),
            covariates,
            free: (0..count).map(Some).collect(),
        })
    }

    /// The same with parameters that are equal (those of one number) or held fixed (`None`).
    /// R: `msm(qconstraint =, fixedpars =)`.
    ///
    /// # Errors
    /// A number of entries that is not that of the parameters.
    ///
    /// ```
    /// use statistics::panel::IntensityModel;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // 0 to 1 and back.
    /// let model = IntensityModel::new(2, &[(0, 1), (1, 0)], 0)?;
    /// // Both intensities are one number.
    /// assert_eq!(model.with_ties(&[Some(0), Some(0)])?.free_parameters(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_ties(mut self, ties: &[Option<usize>]) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length("constraints", self.parameters(), ties.len())?;
        let mut known: Vec<usize> = Vec::new();
        self.free = ties
            .iter()
            .map(|tie| {
                let tie = (*tie)?;
                let place = known.iter().position(|seen| *seen == tie);
                Some(place.unwrap_or_else(|| {
                    known.push(tie);
                    known.len() - 1
                }))
            })
            .collect();
        Ok(self)
    }

    /// How many parameters there are, free or not.
    ///
    /// ```
    /// use statistics::panel::IntensityModel;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // 0 to 1 and back.
    /// let model = IntensityModel::new(2, &[(0, 1), (1, 0)], 0)?;
    /// assert_eq!(model.parameters(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn parameters(&self) -> usize {
        self.transitions.len() * (1 + self.covariates)
    }

    /// How many of them can move.
    ///
    /// ```
    /// use statistics::panel::IntensityModel;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // 0 to 1 and back.
    /// let model = IntensityModel::new(2, &[(0, 1), (1, 0)], 0)?;
    /// assert_eq!(model.free_parameters(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn free_parameters(&self) -> usize {
        self.free.iter().flatten().max().map_or(0, |most| most + 1)
    }

    /// The logarithm of the intensity of a move.
    pub(super) fn log_intensity(&self, parameters: &[f64], x: &[f64], transition: usize) -> f64 {
        let moves = self.transitions.len();
        let effects = x.iter().enumerate();
        parameters[transition]
            + effects
                .map(|(covariate, x)| x * parameters[(1 + covariate) * moves + transition])
                .sum::<f64>()
    }

    /// The matrix Q for given covariates. R: `qmatrix.msm`.
    ///
    /// # Panics
    /// If there are fewer parameters or covariates than the model has.
    ///
    /// ```
    /// use statistics::panel::IntensityModel;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // 0 to 1 and back.
    /// let model = IntensityModel::new(2, &[(0, 1), (1, 0)], 0)?;
    /// let q = model.intensities(&[0.0, 3f64.ln()], &[]);
    /// assert_eq!(q.row(0), [-1.0, 1.0]);
    /// assert!((q[(1, 0)] - 3.0).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn intensities(&self, parameters: &[f64], x: &[f64]) -> Matrix {
        let mut q = Matrix::zeros(self.states, self.states);
        for (transition, &(from, to)) in self.transitions.iter().enumerate() {
            let intensity = self.log_intensity(parameters, x, transition).exp();
            q[(from, to)] += intensity;
            q[(from, from)] -= intensity;
        }
        q
    }

    /// From a gradient with respect to Q to one with respect to all parameters.
    pub(super) fn add_gradient(
        &self,
        parameters: &[f64],
        x: &[f64],
        by_intensity: &Matrix,
        gradient: &mut [f64],
    ) {
        let moves = self.transitions.len();
        for (transition, &(from, to)) in self.transitions.iter().enumerate() {
            let intensity = self.log_intensity(parameters, x, transition).exp();
            let slope = intensity * (by_intensity[(from, to)] - by_intensity[(from, from)]);
            gradient[transition] += slope;
            for (covariate, x) in x.iter().enumerate() {
                gradient[(1 + covariate) * moves + transition] += x * slope;
            }
        }
    }

    /// All parameters from the free ones; the fixed keep their start.
    pub(super) fn spread(&self, start: &[f64], free: &[f64]) -> Vec<f64> {
        let pairs = start.iter().zip(&self.free);
        pairs
            .map(|(start, place)| place.map_or(*start, |place| free[place]))
            .collect()
    }

    /// A gradient with respect to the free parameters.
    pub(super) fn gathered(&self, gradient: &[f64]) -> Vec<f64> {
        let mut free = vec![0.0; self.free_parameters()];
        for (slope, place) in gradient.iter().zip(&self.free) {
            if let Some(place) = place {
                free[*place] += slope;
            }
        }
        free
    }
}
