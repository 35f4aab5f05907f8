use crate::RiskTable;

/// The cumulative hazard of any event.
#[derive(Clone, Debug, PartialEq)]
pub struct NelsonAalen {
    /// The days, as in the risk table.
    pub times: Vec<i32>,
    /// The cumulative hazard after each day.
    pub hazard: Vec<f64>,
    /// Its standard error.
    pub std_err: Vec<f64>,
}

impl NelsonAalen {
    /// Estimates the cumulative hazard. R: `survfit(...)$cumhaz`.
    ///
    /// # Method
    /// Nelson (1969), Aalen (1978): `Λ(t) = Σ d/Y`, variance `Σ d/Y²`.
    ///
    /// ```
    /// use statistics::{FROM_START, FollowUp, NelsonAalen, RiskTable};
    /// // Two of four die on day 3, one is censored on day 5, one dies on day 8.
    /// let rows = FollowUp {
    ///     entry: &[FROM_START; 4],
    ///     exit: &[3, 3, 5, 8],
    ///     event: &[1, 1, 0, 1],
    /// };
    /// let hazard = NelsonAalen::estimate(&RiskTable::count(rows, 1)?);
    /// assert_eq!(hazard.hazard, [0.5, 0.5, 1.5]);
    /// # Ok::<(), statistics::Error>(())
    /// ```
    pub fn estimate(table: &RiskTable) -> Self {
        let (mut hazard, mut variance) = (0.0, 0.0);
        let mut curve = Self {
            times: table.times.clone(),
            hazard: Vec::with_capacity(table.times.len()),
            std_err: Vec::with_capacity(table.times.len()),
        };
        for position in 0..table.times.len() {
            let events = table.events_at(position) as f64;
            if events > 0.0 {
                let at_risk = table.n_risk[position] as f64;
                hazard += events / at_risk;
                variance += events / (at_risk * at_risk);
            }
            curve.hazard.push(hazard);
            curve.std_err.push(f64::sqrt(variance));
        }
        curve
    }
}
