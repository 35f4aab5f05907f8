/// How well a model fits for its number of parameters. R: `logLik`, `AIC`, `BIC`.
///
/// Models by REML are to be compared only where they have the same coefficients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InformationCriteria {
    /// How many parameters were estimated, k.
    pub parameters: usize,
    /// The log of the (restricted) likelihood, ln L.
    pub ln_likelihood: f64,
    /// Akaike's criterion, −2 ln L + 2k.
    pub aic: f64,
    /// Schwarz's criterion, −2 ln L + k ln n.
    pub bic: f64,
}

impl InformationCriteria {
    /// From −2 ln L, the number of parameters, and the rows that Schwarz's criterion counts.
    ///
    /// ```
    /// use statistics::mixed::InformationCriteria;
    /// let criteria = InformationCriteria::new(100.0, 3, 20);
    /// assert_eq!((criteria.ln_likelihood, criteria.aic), (-50.0, 106.0));
    /// assert_eq!(criteria.bic, 100.0 + 3.0 * 20.0_f64.ln());
    /// ```
    pub fn new(deviance: f64, parameters: usize, rows: usize) -> Self {
        let k = parameters as f64;
        Self {
            parameters,
            ln_likelihood: -0.5 * deviance,
            aic: deviance + 2.0 * k,
            bic: deviance + (rows as f64).ln() * k,
        }
    }
}
