use super::{TimeLaw, unless_nonnegative, unless_positive};
use crate::NotEstimable;
use crate::distribution::{Distribution, Gamma};
use crate::imputation::Draws;
use crate::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix};

/// Draws of estimates with a normal distribution: of log hazard ratios, to be used as
/// `law.times((x'β).exp())`. A coefficient with no variance stays what it is.
/// R: `MASS::mvrnorm(draws, mean, covariance)`.
///
/// # Errors
/// A covariance of another size, or that is none.
///
/// ```
/// use statistics::flow::normal_draws;
/// use statistics::matrix::Matrix;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let covariance = Matrix::from_rows(&[[0.04, 0.03], [0.03, 0.09]]);
/// let draws = normal_draws(&[1.0, -2.0], &covariance, 10_000, 1)?;
/// let product = |draw: &Vec<f64>| (draw[0] - 1.0) * (draw[1] + 2.0);
/// let between = draws.iter().map(product).sum::<f64>() / 10_000.0;
/// assert!((between - 0.03).abs() < 0.003);
/// # Ok(())
/// # }
/// ```
pub fn normal_draws(
    mean: &[f64],
    covariance: &Matrix,
    draws: usize,
    seed: u64,
) -> Result<Vec<Vec<f64>>, NotEstimable> {
    NotEstimable::unless_finite("the estimates", mean)?;
    NotEstimable::unless_length("the covariance", mean.len(), covariance.rows())?;
    NotEstimable::unless_length("the covariance", mean.len(), covariance.columns())?;
    let root = Cholesky::new(covariance, ALIAS_TOLERANCE)?.root();
    let mut random = Draws::new(seed);
    let mut draw = || {
        let noise: Vec<f64> = mean.iter().map(|_| random.normal()).collect();
        let of_row = |(row, mean): (usize, &f64)| {
            let parts = noise.iter().enumerate();
            mean + parts
                .map(|(column, z)| root[(row, column)] * z)
                .sum::<f64>()
        };
        mean.iter().enumerate().map(of_row).collect()
    };
    Ok((0..draws).map(|_| draw()).collect())
}

/// What is known of a hazard that is constant between breaks: events and time at risk in each piece.
///
/// ```
/// use statistics::flow::PiecewiseEvidence;
/// use statistics::imputation::Draws;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // 4 events in 100 days at risk before day 30, 9 in 900 after it.
/// let evidence = PiecewiseEvidence::new(&[30.0], &[4.0, 9.0], &[100.0, 900.0])?;
/// assert!((evidence.law()?.cumulative(40.0) - (30.0 * 0.04 + 10.0 * 0.01)).abs() < 1e-12);
/// let mut random = Draws::new(1);
/// let hazards: Result<Vec<f64>, statistics::NotEstimable> =
///     (0..4000).map(|_| Ok(evidence.draw(&mut random)?.cumulative(30.0) / 30.0)).collect();
/// // Gamma: mean 4.5/100, standard deviation √4.5/100.
/// let mean = hazards?.iter().sum::<f64>() / 4000.0;
/// assert!((mean - 0.045).abs() < 0.002);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PiecewiseEvidence {
    breaks: Vec<f64>,
    events: Vec<f64>,
    exposure: Vec<f64>,
}

impl PiecewiseEvidence {
    /// Breaks, and for each piece (one more than breaks) events and the time at risk; for arrivals
    /// there are no breaks, and one count over one stretch of time. R: `survival::pyears`.
    ///
    /// # Errors
    /// Lengths that don't fit, breaks that are not positive or don't ascend, negative events, no
    /// time at risk.
    pub fn new(breaks: &[f64], events: &[f64], exposure: &[f64]) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length("events", breaks.len() + 1, events.len())?;
        NotEstimable::unless_length("times at risk", breaks.len() + 1, exposure.len())?;
        TimeLaw::piecewise(breaks, exposure)?;
        for (&events, &exposure) in events.iter().zip(exposure) {
            unless_nonnegative("a number of events", events)?;
            unless_positive("a time at risk", exposure)?;
        }
        Ok(Self {
            breaks: breaks.to_vec(),
            events: events.to_vec(),
            exposure: exposure.to_vec(),
        })
    }

    /// The estimate: events per time at risk. R: `coef(glm(events ~ offset(log(exposure)), poisson))`.
    ///
    /// # Errors
    /// None that [`Self::new`] does not have.
    pub fn law(&self) -> Result<TimeLaw, NotEstimable> {
        let rates: Vec<f64> = self.pairs().map(|(d, time)| d / time).collect();
        TimeLaw::piecewise(&self.breaks, &rates)
    }

    /// A draw of what the hazard may be. R: `rgamma(1, events + 0.5, exposure)`.
    ///
    /// # Errors
    /// None that [`Self::new`] does not have.
    ///
    /// # Method
    /// The posterior of a Poisson rate under Jeffreys' prior: gamma with shape d + ½, whose
    /// equal-tailed intervals have close to their nominal coverage for few events as well (Brown,
    /// Cai and DasGupta 2003). A piece without events does not draw 0.
    pub fn draw(&self, random: &mut Draws) -> Result<TimeLaw, NotEstimable> {
        let rates: Result<Vec<f64>, NotEstimable> = self
            .pairs()
            .map(|(d, time)| Ok(Gamma::new(d + 0.5, time)?.quantile(random.uniform())))
            .collect();
        TimeLaw::piecewise(&self.breaks, &rates?)
    }

    fn pairs(&self) -> impl Iterator<Item = (f64, f64)> {
        self.events
            .iter()
            .copied()
            .zip(self.exposure.iter().copied())
    }
}
