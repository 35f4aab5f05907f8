//! `aj`: occupation of states over time by Aalen and Johansen, as R's `survfit` gives it for an
//! event that is a factor; `cif` is the same for competing events.

mod horizon;
mod output;
mod print;

use super::Fit;
use super::limits::LimitArguments;
use crate::arguments::SurvivalArguments;
use crate::{Failure, Fitted, Inputs};
use clap::Args;
use formula::{Factor, ModelFrame, Survival};
use horizon::Kind;
use statistics::NotEstimable;
use statistics::multistate::aalen_johansen::{Histories, OccupationOptions, StateOccupation};

/// Options of `aj` and `cif`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    data: SurvivalArguments,
    /// Kolom die zegt van wie een rij is.
    #[arg(long, value_name = "UITDRUKKING")]
    id: Option<String>,
    /// Kolom met de toestand tijdens elke rij.
    #[arg(long, value_name = "UITDRUKKING")]
    istate: Option<String>,
    /// Kolom met clusters, waarbinnen rijen samenhangen; zonder deze optie de personen.
    #[arg(long, value_name = "UITDRUKKING")]
    cluster: Option<String>,
    /// Gegeven kansen bij aanvang, één per toestand: "1,0,0"; per curve gescheiden door ";".
    #[arg(long, value_name = "KANSEN")]
    p0: Option<String>,
    /// Tijdstip waarop de curven beginnen; rijen die eerder eindigen vallen weg.
    #[arg(long, value_name = "TIJD", allow_hyphen_values = true)]
    start_time: Option<f64>,
    #[command(flatten)]
    limits: LimitArguments,
    /// Geen standaardfouten (R: se.fit = FALSE).
    #[arg(long)]
    no_se: bool,
    /// Ook de kansen op deze tijdstippen: 30,90,365.
    #[arg(
        long,
        value_name = "TIJDEN",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    times: Vec<f64>,
    /// In at.times alleen tijdstippen waarop de curve al of nog loopt: niet doortrekken na het
    /// eind (R: extend = FALSE).
    #[arg(long)]
    no_extend: bool,
    /// In at.times wat R doet vóór de eerste tijd van een curve: kansen vóór de begintijd weglaten
    /// in plaats van NA te geven (al zijn ze in time genoemd), en grenzen 0.
    #[arg(long)]
    at_times_as_r: bool,
    /// Tot wanneer de verwachte tijd per toestand telt: een tijd, "common" (de laatste tijd van
    /// alle curven) of "individual" (die van elke curve).
    #[arg(long, value_name = "TIJD", default_value = "common")]
    rmean: String,
    /// De standaardfout van de verwachte tijd zoals R: recht tussen die op de tijden van de curve
    /// ervoor en erna, en na de laatste tijd gelijk, in plaats van die op --rmean zelf.
    #[arg(long)]
    rmean_se_as_r: bool,
    /// Ook de curven op de begintijd (R: time0 = TRUE).
    #[arg(long)]
    time0: bool,
    /// Ook de invloed van elke persoon (of cluster) op elk tijdstip (R: influence = TRUE).
    #[arg(long)]
    influence: bool,
    /// In plaats van de curven: pseudowaarden op --times (R: pseudo).
    #[arg(long, value_enum, value_name = "SOORT", requires = "times")]
    pseudo: Option<Kind>,
    /// In plaats van de curven: residuen (infinitesimale jackknife) op --times, per rij (R:
    /// residuals).
    #[arg(
        long,
        value_enum,
        value_name = "SOORT",
        requires = "times",
        conflicts_with = "pseudo"
    )]
    residuals: Option<Kind>,
    /// Residuen gesommeerd per persoon (R: collapse = TRUE).
    #[arg(long, requires = "residuals")]
    collapse: bool,
    /// Residuen maal de gewichten (R: weighted = TRUE).
    #[arg(long, requires = "residuals")]
    weighted: bool,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let roles = [
            ("id", self.id.as_deref()),
            ("istate", self.istate.as_deref()),
            ("cluster", self.cluster.as_deref()),
        ];
        let (model, survival) = self.data.model(inputs, &roles)?;
        let rows = Rows::of(&model, &survival)?;
        let options = OccupationOptions {
            initial: self.initial()?,
            start_time: self.start_time,
            without_errors: self.no_se,
        };
        let fit = StateOccupation::fit(&rows.histories(&survival), &options)?;
        if fit.gaps > 0 {
            let message = format!(
                "In {} gevallen is een persoon tussen twee rijen een tijd uit beeld.",
                fit.gaps
            );
            inputs.warn("gaps", message);
        }
        if self.pseudo.is_some() || self.residuals.is_some() {
            return self.at_horizons(&fit, &rows);
        }
        let result = self.result(&fit, &rows)?;
        Ok(Fitted::new(result, self.print(&fit, &rows)?))
    }
}

impl Options {
    fn initial(&self) -> Result<Option<Vec<f64>>, Failure> {
        let Some(text) = &self.p0 else {
            return Ok(None);
        };
        let number = |text: &str| {
            text.trim()
                .parse()
                .map_err(|_| Failure::option("p0", format!("'{text}' is geen getal")))
        };
        let values = text.split([',', ';']).map(number);
        values.collect::<Result<Vec<f64>, Failure>>().map(Some)
    }

    /// The horizon of the expected time in each state, per curve.
    fn horizons(&self, fit: &StateOccupation) -> Result<Vec<f64>, Failure> {
        let common = match self.rmean.as_str() {
            "common" => fit.last_time(),
            "individual" => {
                let last = |curve: &statistics::multistate::aalen_johansen::OccupationCurve| {
                    curve.time.last().copied().unwrap_or(fit.start)
                };
                return Ok(fit.curves.iter().map(last).collect());
            }
            number => number.parse().map_err(|_| {
                Failure::option("rmean", "verwacht een tijd, \"common\" of \"individual\"")
            })?,
        };
        Ok(vec![common; fit.curves.len()])
    }
}

/// The columns beside the times, as codes.
struct Rows {
    states: Vec<String>,
    state: Vec<u32>,
    event: Vec<u32>,
    person: Option<Factor>,
    cluster: Option<Factor>,
    weight: Vec<f64>,
    curve: Option<Factor>,
}

impl Rows {
    fn of(model: &ModelFrame, survival: &Survival) -> Result<Self, Failure> {
        if matches!(
            survival.censoring,
            formula::Censoring::Left | formula::Censoring::Interval
        ) {
            let message =
                "Aalen-Johansen vraagt rechts gecensureerde tijden of Surv(begin, eind, toestand).";
            return Err(Failure::new("censoring", message));
        }
        let entered = match survival.is_multistate() {
            true => survival.states.clone(),
            false => vec!["event".into()],
        };
        let begin = model.role_groups("istate");
        let states = state_names(begin.as_ref(), &entered);
        let place =
            |name: &String| states.iter().position(|state| state == name).unwrap_or(0) as u32;
        let of_event: Vec<u32> = entered.iter().map(place).collect();
        let event = survival.status.iter().map(|&status| match status {
            0 => 0,
            status => of_event[status as usize - 1] + 1,
        });
        let state = begin.map_or(Vec::new(), |begin| {
            let places: Vec<u32> = begin.levels.iter().map(place).collect();
            begin
                .codes
                .iter()
                .map(|&code| places[code as usize])
                .collect()
        });
        Ok(Self {
            event: event.collect(),
            state,
            states,
            person: model.role_groups("id"),
            cluster: model.role_groups("cluster"),
            weight: model.role_numbers("weights")?.unwrap_or_default(),
            curve: model.groups(&["cluster"])?,
        })
    }

    fn histories<'a>(&'a self, survival: &'a Survival) -> Histories<'a> {
        let codes = |factor: &'a Option<Factor>| factor.as_ref().map_or(&[][..], |f| &f.codes);
        Histories {
            entry: &survival.start,
            exit: &survival.stop,
            event: &self.event,
            state: &self.state,
            states: self.states.len(),
            person: codes(&self.person),
            cluster: codes(&self.cluster),
            weight: &self.weight,
            curve: codes(&self.curve),
            curves: self.curve.as_ref().map_or(1, |curve| curve.levels.len()),
        }
    }

    /// The names of the curves; none where there is one curve without a name.
    fn curve_names(&self) -> Option<&[String]> {
        self.curve.as_ref().map(|curve| curve.levels.as_slice())
    }

    /// "sex=F, entry": a state of a curve.
    fn label(&self, curve: usize, state: usize) -> String {
        match self.curve_names() {
            Some(names) => format!("{}, {}", names[curve], self.states[state]),
            None => self.states[state].clone(),
        }
    }
}

/// The states that may be entered, before them those in which rows only begin; "(s0)" where
/// nothing says in which state rows begin.
fn state_names(begin: Option<&Factor>, entered: &[String]) -> Vec<String> {
    let first = match begin {
        Some(begin) => begin
            .levels
            .iter()
            .filter(|level| !entered.contains(level))
            .cloned()
            .collect(),
        None => vec!["(s0)".to_owned()],
    };
    first.into_iter().chain(entered.iter().cloned()).collect()
}

/// The horizon of a table must not lie before its curve begins.
fn horizon_failure(reason: NotEstimable) -> Failure {
    match reason {
        NotEstimable::Domain {
            what: "horizon",
            value,
        } => {
            let message = format!("Tijdstip {value} ligt vóór het begin van de curven.");
            Failure::new("before_start", message)
        }
        other => other.into(),
    }
}
