use crate::interval::Interval;
use crate::table::Count;
use serde::{Deserialize, Serialize};

/// What goes with an outcome: a fitted model, each coefficient with the counts behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Regression {
    /// The outcome, as "gepland vertrek".
    pub outcome: String,
    /// What the coefficients are.
    pub effect: Effect,
    /// How it was fitted.
    pub method: Method,
    /// Who the model is of.
    pub size: Count,
    /// The events that it rests on; `None` where the outcome is a quantity.
    pub events: Option<Count>,
    /// Observations (events, where those are what informs) less estimated coefficients.
    pub residual_df: u64,
    /// The terms, in the order of the protocol.
    pub terms: Vec<Term>,
    /// What a reader must know of the fit.
    pub caveats: Vec<Caveat>,
}

/// What the coefficients of a model are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// Ratios of cause-specific hazards.
    HazardRatio,
    /// Ratios of subdistribution hazards (Fine and Gray).
    SubdistributionRatio,
    /// Ratios of rates of recurrent events.
    RateRatio,
    /// Ratios of odds.
    OddsRatio,
    /// Differences of means, in the unit of the outcome.
    Difference,
}

impl Effect {
    /// The value that says "no difference".
    pub fn neutral(self) -> f64 {
        match self {
            Self::Difference => 0.0,
            _ => 1.0,
        }
    }
}

/// How a model was fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// Maximum (partial) likelihood.
    Plain,
    /// Firth's penalty, because there are few events per coefficient.
    Firth,
    /// A ridge, because there are very few events per coefficient.
    Ridge,
}

/// What a reader must know of a fit. A closed list: words would let numbers slip past the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Caveat {
    /// The effect of this term (its position) changes over time.
    NotProportional(usize),
    /// Missing values were imputed this many times and pooled by Rubin's rules.
    Imputed(u32),
    /// So many of the protocol's terms were left out, because groups would be too small.
    TermsLeftOut(u32),
    /// Allocation was no experiment.
    NoExperiment,
}

/// One term of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// What it is.
    pub label: String,
    /// Its coefficients.
    pub coding: Coding,
    /// Those without a value, which was imputed.
    pub missing: Count,
}

/// How a term enters a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Coding {
    /// Levels beside a reference, which comes first.
    Levels(Vec<Level>),
    /// A quantity.
    Slope {
        /// The step that the coefficient is of, as "per 10 jaar".
        per: String,
        /// The coefficient.
        effect: Interval,
    },
}

/// A level of a term.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Label.
    pub label: String,
    /// Who is in it.
    pub size: Count,
    /// The events among them; nobody where the outcome is a quantity.
    pub events: Count,
    /// The coefficient; `None` for the reference.
    pub effect: Option<Interval>,
}
