use super::rate_exact;
use crate::NotEstimable;

/// Events and person-time of one cell of a table. R: `survival::pyears`.
///
/// ```
/// use statistics::rates::PersonTime;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let cells = PersonTime::by_cell(&[2.0, 3.0, 5.0], &[1.0, 0.0, 1.0], &[0, 0, 1], 2)?;
/// assert_eq!((cells[0].time, cells[0].events, cells[0].rows), (5.0, 1.0, 2));
/// assert_eq!(cells[1].rate(), Some(0.2));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PersonTime {
    /// Person-time.
    pub time: f64,
    /// Events.
    pub events: f64,
    /// Rows.
    pub rows: usize,
}

impl PersonTime {
    /// Adds up time and events per cell. R: `survival::pyears(Surv(time, event) ~ cells)`.
    ///
    /// # Errors
    /// Lengths that differ, times that are negative or not finite, unknown cells.
    pub fn by_cell(
        time: &[f64],
        events: &[f64],
        cell: &[usize],
        cells: usize,
    ) -> Result<Vec<Self>, NotEstimable> {
        NotEstimable::unless_length("the events", time.len(), events.len())?;
        NotEstimable::unless_length("the cells", time.len(), cell.len())?;
        NotEstimable::unless_finite("the time", time)?;
        NotEstimable::unless_finite("the events", events)?;
        let mut result = vec![Self::default(); cells];
        for (row, ((&time, &events), &code)) in time.iter().zip(events).zip(cell).enumerate() {
            if time < 0.0 {
                return Err(NotEstimable::NegativeTime { row });
            }
            let Some(target) = result.get_mut(code) else {
                return Err(NotEstimable::UnknownCode {
                    what: "cell",
                    code,
                    position: row,
                });
            };
            target.time += time;
            target.events += events;
            target.rows += 1;
        }
        Ok(result)
    }

    /// Events per unit of time; `None` without time.
    pub fn rate(&self) -> Option<f64> {
        (self.time > 0.0).then(|| self.events / self.time)
    }

    /// The exact interval of the rate. R: `poisson.test(events, time)$conf.int`.
    ///
    /// # Errors
    /// No time, or a level that is not between 0 and 1.
    ///
    /// ```
    /// use statistics::rates::PersonTime;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // No events in 10 units of time: up to −ln 0.025 in 10.
    /// let cell = PersonTime { time: 10.0, events: 0.0, rows: 3 };
    /// let (lower, upper) = cell.limits(0.95)?;
    /// assert_eq!(lower, 0.0);
    /// assert!((upper + 0.025f64.ln() / 10.0).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
    pub fn limits(&self, level: f64) -> Result<(f64, f64), NotEstimable> {
        rate_exact(self.events.round() as u64, self.time, level)
    }
}
