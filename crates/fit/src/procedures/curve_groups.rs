//! Follow-up per group, for procedures that give one curve per group.

use crate::arguments::SurvivalArguments;
use crate::{Failure, Inputs};
use clap::Args;
use formula::{Censoring, Factor, ModelFrame, Survival};
use statistics::NotEstimable;
use statistics::survival::{
    CurveOptions, HazardKind, IntervalCurve, Observations, SurvivalKind, Variance,
};

/// Table, formula, and who belongs to whom.
#[derive(Args, Clone, Debug)]
pub struct CurveArguments {
    #[command(flatten)]
    pub survival: SurvivalArguments,
    /// Kolom met personen, als een persoon meer rijen heeft.
    #[arg(long, value_name = "UITDRUKKING")]
    pub id: Option<String>,
    /// Kolom met clusters voor de robuuste variantie; zonder deze optie de personen van --id.
    #[arg(long, value_name = "UITDRUKKING")]
    pub cluster: Option<String>,
    /// Overleving: 1 = Kaplan-Meier, 2 = exp(-cumulatief risico).
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub stype: u8,
    /// Cumulatief risico: 1 = Nelson-Aalen, 2 = Fleming-Harrington (bij gelijke tijden na elkaar).
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub ctype: u8,
    /// Curve vanaf dit tijdstip, gegeven dat het bereikt is.
    #[arg(long, value_name = "TIJD", allow_negative_numbers = true)]
    pub start_time: Option<f64>,
}

/// The data of all curves.
pub struct CurveData {
    /// One per curve.
    pub groups: Vec<Group>,
    /// Whether the formula names groups.
    pub is_grouped: bool,
    /// The kind of outcome.
    pub censoring: Censoring,
    /// Rows used, of all groups.
    pub rows: usize,
    /// The subjects, if named.
    pub id: Option<Factor>,
    /// The clusters, if named; not those of `id`.
    pub cluster: Option<Factor>,
    /// Case weights, of all rows.
    pub weights: Option<Vec<f64>>,
    /// Whether somebody has more than one event.
    pub events_recur: bool,
}

/// The rows of one curve.
pub struct Group {
    /// As R names it; empty without groups.
    pub name: String,
    /// Their positions among the rows used.
    pub rows: Vec<usize>,
    /// Times of entry.
    pub entry: Option<Vec<f64>>,
    /// Times of exit.
    pub exit: Vec<f64>,
    /// Events.
    pub event: Vec<bool>,
    /// Weights.
    pub weights: Option<Vec<f64>>,
    /// Subjects.
    pub id: Option<Vec<u32>>,
    /// Clusters.
    pub cluster: Option<Vec<u32>>,
}

impl CurveArguments {
    /// Reads the table and the formula.
    ///
    /// # Errors
    /// As [`SurvivalArguments::model`]; outcomes with several states or times known up to an
    /// interval unless `intervals` are wanted.
    pub fn data(
        &self,
        inputs: &Inputs<'_>,
        intervals: bool,
    ) -> Result<(ModelFrame, CurveData), Failure> {
        let roles = [
            ("id", self.id.as_deref()),
            ("cluster", self.cluster.as_deref()),
        ];
        let (model, survival) = self.survival.model(inputs, &roles)?;
        let data = CurveData::of(&model, &survival, intervals)?;
        data.warn(inputs);
        Ok((model, data))
    }

    /// What the curves are to be.
    pub fn options(&self) -> CurveOptions<'static> {
        CurveOptions {
            survival: match self.stype {
                1 => SurvivalKind::ProductLimit,
                _ => SurvivalKind::ExpHazard,
            },
            hazard: match self.ctype {
                1 => HazardKind::NelsonAalen,
                _ => HazardKind::FlemingHarrington,
            },
            start_time: self.start_time,
            ..CurveOptions::default()
        }
    }
}

impl CurveData {
    /// The rows of each group.
    ///
    /// # Errors
    /// As [`CurveArguments::data`].
    pub fn of(model: &ModelFrame, survival: &Survival, intervals: bool) -> Result<Self, Failure> {
        check_kind(survival, intervals)?;
        let groups = model.groups(&["cluster"])?;
        let id = model.role_groups("id");
        let cluster = model.role_groups("cluster").or_else(|| {
            let specials = model.specials("cluster");
            specials.first().and_then(|(_, variable)| variable.factor())
        });
        let mut data = Self {
            groups: Vec::new(),
            is_grouped: groups.is_some(),
            censoring: survival.censoring,
            rows: survival.stop.len(),
            events_recur: id.as_ref().is_some_and(|id| recur(id, survival)),
            id,
            cluster,
            weights: model.role_numbers("weights")?,
        };
        data.groups = split(groups.as_ref(), data.rows)
            .into_iter()
            .map(|(name, rows)| data.group(survival, name, rows))
            .collect();
        Ok(data)
    }

    fn group(&self, survival: &Survival, name: String, rows: Vec<usize>) -> Group {
        let numbers = |values: &[f64]| rows.iter().map(|&row| values[row]).collect::<Vec<f64>>();
        let codes = |factor: &Factor| {
            rows.iter()
                .map(|&row| factor.codes[row])
                .collect::<Vec<u32>>()
        };
        Group {
            name,
            entry: (!survival.start.is_empty()).then(|| numbers(&survival.start)),
            exit: numbers(&survival.stop),
            event: rows.iter().map(|&row| survival.status[row] > 0).collect(),
            weights: self.weights.as_deref().map(numbers),
            id: self.id.as_ref().map(codes),
            cluster: self.cluster.as_ref().map(codes),
            rows,
        }
    }

    /// Whether errors are robust when nobody says so: clusters, weights that are no counts, or
    /// somebody with several events.
    pub fn is_robust_by_default(&self) -> bool {
        let fractional = |weights: &Vec<f64>| weights.iter().any(|weight| weight.fract() != 0.0);
        self.cluster.is_some() || self.weights.as_ref().is_some_and(fractional) || self.events_recur
    }

    fn warn(&self, inputs: &Inputs<'_>) {
        let times = || self.groups.iter().flat_map(|group| &group.exit);
        if self.censoring != Censoring::Interval && times().any(|&time| time < 0.0) {
            inputs.warn(
                "negative_time",
                "Er zijn negatieve tijden; de curve begint bij de eerste.",
            );
        }
        let weights = self.weights.iter().flatten();
        if weights.clone().any(|&weight| weight == 0.0) {
            inputs.warn(
                "zero_weight",
                "Er zijn gewichten van 0; die rijen tellen niet mee in de schatting.",
            );
        }
    }
}

impl Group {
    /// For the engine.
    pub fn observations(&self) -> Observations<'_> {
        Observations {
            entry: self.entry.as_deref(),
            exit: &self.exit,
            event: &self.event,
            weights: self.weights.as_deref(),
            id: self.id.as_deref(),
        }
    }

    /// The curve of times that are known up to an interval (or to be before a time).
    ///
    /// # Errors
    /// As [`IntervalCurve::estimate`].
    pub fn interval_curve(&self, censoring: Censoring) -> Result<IntervalCurve, NotEstimable> {
        let weights = self.weights.as_deref();
        match &self.entry {
            Some(lower) if censoring == Censoring::Interval => {
                IntervalCurve::estimate(lower, &self.exit, weights)
            }
            _ => {
                let lower =
                    |(&time, &event): (&f64, &bool)| if event { time } else { f64::NEG_INFINITY };
                let lower: Vec<f64> = self.exit.iter().zip(&self.event).map(lower).collect();
                IntervalCurve::estimate(&lower, &self.exit, weights)
            }
        }
    }

    /// Robust errors over the clusters of this group, or else its subjects or rows.
    pub fn robust(&self) -> Variance<'_> {
        Variance::Robust(self.cluster.as_deref())
    }
}

fn check_kind(survival: &Survival, intervals: bool) -> Result<(), Failure> {
    if survival.is_multistate() {
        let message = "De uitkomst heeft meer dan één soort gebeurtenis: gebruik 'aj'.";
        return Err(Failure::new("multistate_outcome", message));
    }
    match survival.censoring {
        Censoring::Right | Censoring::Counting => Ok(()),
        Censoring::Left | Censoring::Interval if intervals => Ok(()),
        Censoring::Left | Censoring::Interval => {
            let message = "Tijden die alleen tot op een interval bekend zijn kunnen hier niet.";
            Err(Failure::new("interval_censored", message))
        }
    }
}

/// The rows of each level; one nameless group without groups.
fn split(groups: Option<&Factor>, rows: usize) -> Vec<(String, Vec<usize>)> {
    let Some(groups) = groups else {
        return vec![(String::new(), (0..rows).collect())];
    };
    let mut split: Vec<(String, Vec<usize>)> = groups
        .levels
        .iter()
        .map(|level| (level.clone(), Vec::new()))
        .collect();
    for (row, &code) in groups.codes.iter().enumerate() {
        if let Some((_, rows)) = split.get_mut(code as usize) {
            rows.push(row);
        }
    }
    split.retain(|(_, rows)| !rows.is_empty());
    split
}

/// Whether a subject has more than one event.
fn recur(id: &Factor, survival: &Survival) -> bool {
    let mut had_event = vec![false; id.levels.len()];
    id.codes
        .iter()
        .zip(&survival.status)
        .any(|(&code, &status)| {
            status > 0 && std::mem::replace(&mut had_event[code as usize], true)
        })
}
