use super::clusters::sums_of_squares;
use super::influence::{hazard_effect, log_survival_effect};
use super::later::Later;
use super::risk_sets::keep;
use super::spans::Spans;
use super::{Observations, RiskSets};
use crate::NotEstimable;

/// How survival follows from the counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SurvivalKind {
    /// The product limit of Kaplan and Meier. R: `stype = 1`.
    #[default]
    ProductLimit,
    /// exp(−Λ). R: `stype = 2`.
    ExpHazard,
}

/// How the cumulative hazard treats several events at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HazardKind {
    /// Nelson and Aalen: all share one risk set. R: `ctype = 1`.
    #[default]
    NelsonAalen,
    /// Fleming and Harrington: one after the other, in no order. R: `ctype = 2`.
    FlemingHarrington,
}

/// Where standard errors come from.
#[derive(Clone, Copy, Debug, Default)]
pub enum Variance<'a> {
    /// Greenwood for the product limit, Tsiatis for exp(−Λ); weights count as copies.
    #[default]
    Model,
    /// The infinitesimal jackknife over rows, or over the clusters with these codes.
    /// Codes from 0 on; memory is taken up to the largest.
    Robust(Option<&'a [u32]>),
}

/// What curve is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct CurveOptions<'a> {
    /// Survival from the counts or from the hazard.
    pub survival: SurvivalKind,
    /// Ties in the hazard.
    pub hazard: HazardKind,
    /// Standard errors.
    pub variance: Variance<'a>,
    /// Survival given that this time was reached: what ends before it is left out.
    pub start_time: Option<f64>,
    /// Whether times at which somebody only enters are listed too.
    pub list_entries: bool,
    /// How long follow-up was: censoring is the event, and events leave before censorings of
    /// the same time.
    pub reverse: bool,
}

/// A survival curve and its cumulative hazard.
///
/// # Method
/// Kaplan and Meier (1958), Nelson (1969), Aalen (1978), Fleming and Harrington (1984);
/// Greenwood (1926), Tsiatis (1981); infinitesimal jackknife: Jaeckel (1972). R: `survfit`.
///
/// ```
/// use statistics::survival::{CurveOptions, Observations, SurvivalCurve};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let exit = [1.5, 2.0, 2.0, 3.25];
/// let event = [true, true, false, true];
/// let rows = Observations::right_censored(&exit, &event);
/// let curve = SurvivalCurve::estimate(rows, CurveOptions::default())?;
/// assert_eq!(curve.counts.times, [1.5, 2.0, 3.25]);
/// assert_eq!(curve.survival, [0.75, 0.5, 0.0]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SurvivalCurve {
    /// Who is at risk and what happens, at the times of the curve.
    pub counts: RiskSets,
    /// Survival after each time.
    pub survival: Vec<f64>,
    /// Standard error after each time: of log survival (infinite where that is) or of survival.
    pub std_err: Vec<f64>,
    /// Which of the two.
    pub std_err_is_log: bool,
    /// The cumulative hazard after each time.
    pub hazard: Vec<f64>,
    /// Its standard error.
    pub hazard_std_err: Vec<f64>,
    /// Rows used.
    pub rows: usize,
    /// Subjects among them, if subjects were named.
    pub subjects: Option<usize>,
    /// The time from which the curve starts, if one was asked for.
    pub start_time: Option<f64>,
}

impl SurvivalCurve {
    /// Estimates a curve. Linear in rows and times for whole days, n log n otherwise.
    ///
    /// # Errors
    /// No rows (or none left at `start_time`), columns of unequal length, exits that are not
    /// finite or not after their entries, negative weights.
    pub fn estimate(
        rows: Observations<'_>,
        options: CurveOptions<'_>,
    ) -> Result<Self, NotEstimable> {
        if let (Variance::Model, None, false) =
            (options.variance, options.start_time, options.reverse)
            && let Some(counts) = RiskSets::of_days(rows)
        {
            // Days have been seen to be finite on the way; nothing else can be wrong.
            rows.check_subjects()?;
            return Ok(Self::from_counts(counts, rows, options));
        }
        rows.check()?;
        let clusters = match options.variance {
            Variance::Model => None,
            Variance::Robust(codes) => codes.or(rows.id),
        };
        if let Some(codes) = clusters {
            NotEstimable::unless_length("clusters", rows.len(), codes.len())?;
        }
        match options.start_time {
            None => Self::of_all(rows, options, clusters),
            Some(start) => {
                let later = Later::than(start, rows, clusters)?;
                Self::of_all(later.rows(), options, later.clusters.as_deref())
            }
        }
    }

    fn of_all(
        rows: Observations<'_>,
        options: CurveOptions<'_>,
        clusters: Option<&[u32]>,
    ) -> Result<Self, NotEstimable> {
        let is_robust = matches!(options.variance, Variance::Robust(_));
        let spans = Spans::of(rows, options.list_entries, options.reverse);
        let mut curve = Self::from_counts(RiskSets::of(&spans), rows, options);
        if is_robust {
            curve.set_robust_errors(&spans, clusters, options);
        }
        curve.keep_busy();
        Ok(curve)
    }

    pub(super) fn from_counts(
        counts: RiskSets,
        rows: Observations<'_>,
        options: CurveOptions<'_>,
    ) -> Self {
        let terms = Terms::of(&counts, options.hazard);
        let hazard = cumulative(terms.hazard);
        let hazard_variance = cumulative(terms.hazard_variance);
        let (survival, variance) = match options.survival {
            SurvivalKind::ProductLimit => (product(terms.stay), cumulative(terms.greenwood)),
            SurvivalKind::ExpHazard => (
                hazard.iter().map(|hazard| (-hazard).exp()).collect(),
                hazard_variance.clone(),
            ),
        };
        Self {
            survival,
            std_err: roots(variance),
            std_err_is_log: true,
            hazard,
            hazard_std_err: roots(hazard_variance),
            rows: rows.len(),
            subjects: rows.id.map(distinct),
            start_time: options.start_time,
            counts,
        }
    }

    fn set_robust_errors(
        &mut self,
        spans: &Spans,
        clusters: Option<&[u32]>,
        options: CurveOptions<'_>,
    ) {
        let effect = hazard_effect(&self.counts, options.hazard);
        self.hazard_std_err = roots(sums_of_squares(spans, clusters, &effect));
        match options.survival {
            SurvivalKind::ExpHazard => self.std_err.clone_from(&self.hazard_std_err),
            SurvivalKind::ProductLimit => {
                let effect = log_survival_effect(&self.counts);
                let errors = roots(sums_of_squares(spans, clusters, &effect));
                let pairs = errors.into_iter().zip(&self.survival);
                self.std_err = pairs.map(|(error, survival)| error * survival).collect();
                self.std_err_is_log = false;
            }
        }
    }

    /// Leaves out times at which a row only goes on in another one.
    fn keep_busy(&mut self) {
        if self.counts.is_busy.iter().all(|&is_busy| is_busy) {
            return;
        }
        let is_busy = self.counts.is_busy.clone();
        keep(&mut self.survival, &is_busy);
        keep(&mut self.std_err, &is_busy);
        keep(&mut self.hazard, &is_busy);
        keep(&mut self.hazard_std_err, &is_busy);
        self.counts.keep_busy();
    }

    /// The standard error of survival itself after the time at `place`; `None` where survival
    /// is 0 and only that of its logarithm is known (to be infinite). R: `summary(fit)$std.err`.
    ///
    /// ```
    /// use statistics::survival::{CurveOptions, Observations, SurvivalCurve};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let rows = Observations::right_censored(&[1.0, 2.0], &[true, true]);
    /// let curve = SurvivalCurve::estimate(rows, CurveOptions::default())?;
    /// // Greenwood: ½ √(1/(2 · 1)).
    /// assert!((curve.plain_std_err(0).unwrap_or(f64::NAN) - 0.125f64.sqrt()).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn plain_std_err(&self, place: usize) -> Option<f64> {
        match self.std_err_is_log {
            false => Some(self.std_err[place]),
            true => {
                let error = self.std_err[place] * self.survival[place];
                (!error.is_nan()).then_some(error)
            }
        }
    }

    /// The time at which survival fell to 0 although others are at risk later: what comes
    /// after it is not estimated.
    ///
    /// ```
    /// use statistics::survival::{CurveOptions, Observations, SurvivalCurve};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let (entry, exit) = ([0.0, 5.0], [3.0, 8.0]);
    /// let rows = Observations { entry: Some(&entry), exit: &exit, event: &[true, true], ..Default::default() };
    /// let curve = SurvivalCurve::estimate(rows, CurveOptions::default())?;
    /// assert_eq!(curve.emptied_at(), Some(3.0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn emptied_at(&self) -> Option<f64> {
        let place = self.survival.iter().position(|&survival| survival <= 0.0)?;
        let later = &self.counts.n_risk[place + 1..];
        later
            .iter()
            .any(|&at_risk| at_risk > 0.0)
            .then(|| self.counts.times[place])
    }
}

/// Events and the number at risk at one time.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) events: f64,
    pub(super) rows: u32,
    pub(super) at_risk: f64,
}

impl Step {
    pub(super) fn at(counts: &RiskSets, place: usize) -> Self {
        Self {
            events: counts.n_event[place],
            rows: counts.event_rows[place],
            at_risk: counts.n_risk[place],
        }
    }

    /// Events and numbers at risk when the events of one time happen one after the other,
    /// each of the mean weight.
    pub(super) fn one_by_one(self) -> impl Iterator<Item = (f64, f64)> {
        let each = self.events / f64::from(self.rows.max(1));
        (0..self.rows).map(move |before| (each, self.at_risk - f64::from(before) * each))
    }
}

/// What each time adds to sums and products.
struct Terms {
    /// The share that stays.
    stay: Vec<f64>,
    greenwood: Vec<f64>,
    hazard: Vec<f64>,
    hazard_variance: Vec<f64>,
}

impl Terms {
    fn of(counts: &RiskSets, kind: HazardKind) -> Self {
        // One column at a time and nothing but arithmetic: several times in one instruction.
        let column = |term: fn(f64, f64) -> f64, nothing: f64| -> Vec<f64> {
            let pairs = counts.n_event.iter().zip(&counts.n_risk);
            let term = |(&events, &at_risk): (&f64, &f64)| match events > 0.0 {
                true => term(events, at_risk),
                false => nothing,
            };
            pairs.map(term).collect()
        };
        let mut terms = Self {
            stay: column(|events, at_risk| (at_risk - events) / at_risk, 1.0),
            // Infinite from the time on at which nobody is left.
            greenwood: column(
                |events, at_risk| events / (at_risk * (at_risk - events)),
                0.0,
            ),
            hazard: column(|events, at_risk| events / at_risk, 0.0),
            hazard_variance: column(|events, at_risk| events / (at_risk * at_risk), 0.0),
        };
        if kind == HazardKind::FlemingHarrington {
            terms.one_by_one(counts);
        }
        terms
    }

    /// Events of one time meet risk sets from which those before them have gone.
    fn one_by_one(&mut self, counts: &RiskSets) {
        for place in (0..counts.times.len()).filter(|&place| counts.event_rows[place] > 1) {
            let steps = Step::at(counts, place).one_by_one();
            let (hazard, variance) = steps.fold((0.0, 0.0), |(hazard, variance), step| {
                let (event, at_risk) = step;
                (
                    hazard + event / at_risk,
                    variance + event / (at_risk * at_risk),
                )
            });
            (self.hazard[place], self.hazard_variance[place]) = (hazard, variance);
        }
    }
}

fn cumulative(mut terms: Vec<f64>) -> Vec<f64> {
    let mut sum = 0.0;
    for term in &mut terms {
        sum += *term;
        *term = sum;
    }
    terms
}

fn product(mut factors: Vec<f64>) -> Vec<f64> {
    let mut product = 1.0;
    for factor in &mut factors {
        product *= *factor;
        *factor = product;
    }
    factors
}

fn roots(squares: Vec<f64>) -> Vec<f64> {
    squares.into_iter().map(f64::sqrt).collect()
}

fn distinct(codes: &[u32]) -> usize {
    let mut codes = codes.to_vec();
    codes.sort_unstable();
    codes.dedup();
    codes.len()
}
