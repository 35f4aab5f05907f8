use estimate::{INSTITUTIONS, Summary};
use statistics::quantile_of_sorted;

/// Collects the values of a quantity.
#[derive(Clone, Default)]
pub(crate) struct Values {
    values: Vec<f64>,
    missing: u64,
    per_institution: [u64; INSTITUTIONS],
}

impl Values {
    pub(crate) fn add(&mut self, institution: usize, value: Option<f64>) {
        match value {
            Some(value) => {
                self.values.push(value);
                self.per_institution[institution] += 1;
            }
            None => self.missing += 1,
        }
    }

    pub(crate) fn extend(&mut self, other: &Self) {
        self.values.extend(&other.values);
        self.missing += other.missing;
        let own = self.per_institution.iter_mut();
        own.zip(other.per_institution)
            .for_each(|(own, add)| *own += add);
    }

    /// Sorted first, so that sums do not depend on the order of the rows.
    pub(crate) fn summary(mut self) -> Summary {
        self.values.sort_unstable_by(f64::total_cmp);
        let values = &self.values;
        let n = values.len();
        let sum: f64 = values.iter().sum();
        let mean = if n > 0 { sum / n as f64 } else { 0.0 };
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let at = |probability| quantile_of_sorted(values, probability).unwrap_or(0.0);
        let largest = |back: usize| n.checked_sub(back).map_or(0.0, |place| values[place]);
        Summary {
            n: n as u64,
            missing: self.missing,
            sum,
            mean,
            sd: if n > 1 {
                (squares / (n - 1) as f64).sqrt()
            } else {
                0.0
            },
            quartiles: [at(0.25), at(0.5), at(0.75)],
            largest: [largest(1), largest(2)],
            per_institution: self.per_institution,
        }
    }
}
