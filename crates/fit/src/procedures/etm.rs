//! `etm`: transition probabilities by Aalen and Johansen with Greenwood's covariance, and `clos`:
//! the change in length of stay by an intermediate state; as R's `etm`.

use super::Fit;
use crate::arguments::DataArguments;
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use formula::{Factor, Frame};
use serde_json::{Map, Value};
use statistics::distribution::Normal;
use statistics::matrix::Matrix;
use statistics::multistate::length_of_stay::LengthOfStay;
use statistics::multistate::transition_matrix::{Stays, TransitionMatrix};

/// The table of stays in states.
#[derive(Args, Clone, Debug)]
pub struct StayArguments {
    #[command(flatten)]
    data: DataArguments,
    /// Kolom die zegt van wie een rij is (alleen nodig bij --time).
    #[arg(long, value_name = "KOLOM", default_value = "id")]
    id: String,
    /// Kolom met de toestand tijdens elke rij.
    #[arg(long, value_name = "KOLOM", default_value = "from")]
    from: String,
    /// Kolom met de toestand erna, of --cens-name.
    #[arg(long, value_name = "KOLOM", default_value = "to")]
    to: String,
    /// Kolom met het begin van elke rij.
    #[arg(long, value_name = "KOLOM", default_value = "entry")]
    entry: String,
    /// Kolom met het eind van elke rij.
    #[arg(long, value_name = "KOLOM", default_value = "exit")]
    exit: String,
    /// Kolom met alleen de tijden van overgang, in plaats van --entry en --exit: een rij begint
    /// waar de vorige van dezelfde persoon eindigt, de eerste op 0.
    #[arg(long, value_name = "KOLOM")]
    time: Option<String>,
    /// De toestanden in volgorde: 0,1,2. Zonder deze optie alle die voorkomen.
    #[arg(long, value_name = "NAMEN", value_delimiter = ',')]
    states: Vec<String>,
    /// De mogelijke overgangen: "0:1,0:2,1:2". Zonder deze optie alle die voorkomen; een andere
    /// overgang in de gegevens is een fout.
    #[arg(long, value_name = "VAN:NAAR", value_delimiter = ',')]
    tra: Vec<String>,
    /// Naam van gecensureerd in --to.
    #[arg(long, value_name = "NAAM", default_value = "cens")]
    cens_name: String,
    /// Begin van het tijdvak.
    #[arg(
        long,
        value_name = "TIJD",
        default_value_t = 0.0,
        allow_hyphen_values = true
    )]
    s: f64,
    /// Eind van het tijdvak; zonder deze optie de laatste tijd.
    #[arg(long, value_name = "TIJD")]
    t: Option<f64>,
}

/// Options of `etm`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    stays: StayArguments,
    /// Geen covarianties (R: covariance = FALSE).
    #[arg(long)]
    no_covariance: bool,
    /// Negatieve covarianties als 0 geven, zoals R's etm.
    #[arg(long)]
    cov_as_r: bool,
    /// Kolom met groepen, elk met een eigen schatting.
    #[arg(long, value_name = "KOLOM")]
    strata: Option<String>,
    /// Ook de kansen op deze tijden (R: trprob, trcov).
    #[arg(
        long,
        value_name = "TIJDEN",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    times: Vec<f64>,
    /// Schaal van de betrouwbaarheidsgrenzen in summary.
    #[arg(long, value_enum, default_value_t = Scale::Linear)]
    ci_fun: Scale,
    /// Dekking van de betrouwbaarheidsgrenzen.
    #[arg(long, value_name = "KANS", default_value_t = 0.95)]
    level: f64,
}

/// Options of `clos`.
#[derive(Args, Clone, Debug)]
pub struct ClosOptions {
    #[command(flatten)]
    stays: StayArguments,
    /// De getallen van R's clos, dat de stappen in omgekeerde volgorde vermenigvuldigt en de tijd
    /// na terugkeer uit de tussentoestand niet telt.
    #[arg(long)]
    as_r: bool,
    /// Verhouding van verblijfsduren in plaats van verschil (R: ratio = TRUE).
    #[arg(long)]
    ratio: bool,
}

/// Scales of confidence limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Scale {
    /// P zelf
    Linear,
    /// log P
    Log,
    /// log(−log(1 − P))
    Cloglog,
    /// log(−log P)
    LogLog,
}

impl Scale {
    fn limits(self, p: f64, se: f64, z: f64) -> (f64, f64) {
        if se == 0.0 || (self != Self::Linear && (p <= 0.0 || p >= 1.0)) {
            return (p, p);
        }
        let (low, high) = match self {
            Self::Linear => (p - z * se, p + z * se),
            Self::Log => (p * (-z * se / p).exp(), p * (z * se / p).exp()),
            Self::LogLog => {
                let half = (z * se / (p * p.ln()).abs()).exp();
                (p.powf(half), p.powf(1.0 / half))
            }
            Self::Cloglog => {
                let rest = 1.0 - p;
                let half = (z * se / (rest * rest.ln()).abs()).exp();
                (1.0 - rest.powf(1.0 / half), 1.0 - rest.powf(half))
            }
        };
        (low.max(0.0), high.min(1.0))
    }
}

/// Stays as codes.
struct Coded {
    states: Vec<String>,
    entry: Vec<f64>,
    exit: Vec<f64>,
    from: Vec<u32>,
    event: Vec<u32>,
    strata: Option<Factor>,
}

impl StayArguments {
    fn read(&self, inputs: &Inputs<'_>, strata: Option<&String>) -> Result<Coded, Failure> {
        let frame = self.data.frame(inputs)?;
        let mut used = vec![self.from.clone(), self.to.clone()];
        match &self.time {
            Some(time) => used.extend([self.id.clone(), time.clone()]),
            None => used.extend([self.entry.clone(), self.exit.clone()]),
        }
        used.extend(strata.cloned());
        let frame = frame.without_missing(&used)?;
        if frame.rows() == 0 {
            return Err(Failure::new(
                "no_rows",
                "Er is geen rij zonder ontbrekende waarden.",
            ));
        }
        let (from, to) = (frame.factor(&self.from)?, frame.factor(&self.to)?);
        let states = self.state_names(&from, &to);
        let place = |name: &str| states.iter().position(|state| state == name);
        let unknown = |name: &str| {
            Failure::new(
                "unknown_state",
                format!("Toestand '{name}' staat niet in --states."),
            )
        };
        let code = |factor: &Factor, row: usize| -> Result<Option<u32>, Failure> {
            let name = factor.text(row).unwrap_or_default();
            match name == self.cens_name {
                true => Ok(None),
                false => place(name)
                    .map(|place| Some(place as u32))
                    .ok_or_else(|| unknown(name)),
            }
        };
        let (entry, exit) = self.times(&frame)?;
        let rows = 0..frame.rows();
        let begins = rows
            .clone()
            .map(|row| code(&from, row)?.ok_or_else(|| unknown(&self.cens_name)));
        let begins = begins.collect::<Result<Vec<u32>, Failure>>()?;
        let events = rows.map(|row| Ok(code(&to, row)?.map_or(0, |place| place + 1)));
        let coded = Coded {
            from: begins,
            event: events.collect::<Result<Vec<u32>, Failure>>()?,
            strata: strata
                .map(|name| frame.factor(name))
                .transpose()?
                .map(|f| f.without_unused()),
            entry,
            exit,
            states,
        };
        self.check_transitions(&coded)?;
        Ok(coded)
    }

    fn state_names(&self, from: &Factor, to: &Factor) -> Vec<String> {
        if !self.states.is_empty() {
            return self.states.clone();
        }
        let (from, to) = (from.without_unused(), to.without_unused());
        let mut names: Vec<String> = from.levels.iter().chain(&to.levels).cloned().collect();
        names.retain(|name| *name != self.cens_name);
        names.sort();
        names.dedup();
        names
    }

    fn times(&self, frame: &Frame) -> Result<(Vec<f64>, Vec<f64>), Failure> {
        let Some(time) = &self.time else {
            return Ok((frame.numbers(&self.entry)?, frame.numbers(&self.exit)?));
        };
        let exit = frame.numbers(time)?;
        let person = frame.factor(&self.id)?;
        let mut order: Vec<usize> = (0..exit.len()).collect();
        order.sort_by(|&a, &b| {
            person.codes[a]
                .cmp(&person.codes[b])
                .then(exit[a].total_cmp(&exit[b]))
        });
        let mut entry = vec![0.0; exit.len()];
        for pair in order.windows(2) {
            if person.codes[pair[0]] == person.codes[pair[1]] {
                entry[pair[1]] = exit[pair[0]];
            }
        }
        Ok((entry, exit))
    }

    fn check_transitions(&self, coded: &Coded) -> Result<(), Failure> {
        if self.tra.is_empty() {
            return Ok(());
        }
        let known: Vec<&str> = self.tra.iter().map(|way| way.trim()).collect();
        for (from, event) in coded.from.iter().zip(&coded.event) {
            if let Some(to) = event.checked_sub(1) {
                let names = (&coded.states[*from as usize], &coded.states[to as usize]);
                let way = format!("{}:{}", names.0, names.1);
                if !known.contains(&way.as_str()) {
                    let message = format!("De overgang {way} komt voor maar staat niet in --tra.");
                    return Err(Failure::new("unknown_transition", message));
                }
            }
        }
        Ok(())
    }

    fn until(&self) -> f64 {
        self.t.unwrap_or(f64::INFINITY)
    }
}

impl Coded {
    /// The rows of a stratum; all without one.
    fn estimate(
        &self,
        stratum: Option<usize>,
        arguments: &StayArguments,
        covariance: bool,
    ) -> Result<TransitionMatrix, Failure> {
        let chosen = |row: &usize| match (&self.strata, stratum) {
            (Some(strata), Some(stratum)) => strata.codes[*row] as usize == stratum,
            _ => true,
        };
        let rows: Vec<usize> = (0..self.exit.len()).filter(chosen).collect();
        let times = |values: &[f64]| -> Vec<f64> { rows.iter().map(|&row| values[row]).collect() };
        let codes = |values: &[u32]| -> Vec<u32> { rows.iter().map(|&row| values[row]).collect() };
        let stays = Stays {
            entry: &times(&self.entry),
            exit: &times(&self.exit),
            from: &codes(&self.from),
            event: &codes(&self.event),
            states: self.states.len(),
        };
        let interval = (arguments.s, arguments.until());
        Ok(TransitionMatrix::estimate(&stays, interval, covariance)?)
    }

    /// States from which something may happen.
    fn transient(&self) -> Vec<usize> {
        let states = 0..self.states.len();
        states
            .filter(|&state| self.from.iter().any(|&from| from as usize == state))
            .collect()
    }
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let coded = self.stays.read(inputs, self.strata.as_ref())?;
        let Some(strata) = &coded.strata else {
            let fit = coded.estimate(None, &self.stays, !self.no_covariance)?;
            let result = self.result(&fit, &coded)?;
            return Ok(Fitted::new(Value::Object(result), print(&fit, &coded)));
        };
        let mut result = Map::new();
        let mut text = String::new();
        for (place, level) in strata.levels.iter().enumerate() {
            let fit = coded.estimate(Some(place), &self.stays, !self.no_covariance)?;
            let name = format!("{}={level}", self.strata.as_deref().unwrap_or_default());
            text.push_str(&format!("{name}\n{}\n", print(&fit, &coded)));
            result.insert(name, Value::Object(self.result(&fit, &coded)?));
        }
        Ok(Fitted::new(Value::Object(result), text))
    }
}

impl Options {
    fn result(&self, fit: &TransitionMatrix, coded: &Coded) -> Result<Map<String, Value>, Failure> {
        let matrix = |matrix: &Matrix| json::rows(matrix.values(), matrix.rows());
        let transient = coded.transient();
        let last = fit.time.last().copied().unwrap_or(self.stays.s);
        let until = self
            .stays
            .t
            .unwrap_or_else(|| coded.exit.iter().copied().fold(last, f64::max));
        let mut result = Map::new();
        let mut set = |name: &str, value: Value| {
            result.insert(name.into(), value);
        };
        set("time", json::numbers(&fit.time));
        set("s", json::number(self.stays.s));
        set("t", json::number(until));
        set("state.names", json::texts(&coded.states));
        set("P", fit.probability.iter().map(matrix).collect());
        set("P.order", "P[k][from][to]".into());
        if !self.no_covariance {
            set(
                "cov",
                fit.covariance.iter().map(|c| self.covariance(c)).collect(),
            );
            set(
                "cov.order",
                "cov of vec(P) column-major (from fastest)".into(),
            );
        }
        set("n.risk", matrix(&fit.n_risk.gather_columns(&transient)));
        set("n.event", fit.n_event.iter().map(matrix).collect());
        set("n.times", fit.time.len().into());
        set("summary", self.summary(fit, coded)?);
        if !self.times.is_empty() {
            set("at.times", self.at_times(fit));
        }
        Ok(result)
    }

    fn covariance(&self, covariance: &Matrix) -> Value {
        let values = covariance.values().iter();
        let shown = |value: &f64| {
            if self.cov_as_r {
                value.max(0.0)
            } else {
                *value
            }
        };
        json::rows(&values.map(shown).collect::<Vec<_>>(), covariance.rows())
    }

    fn at_times(&self, fit: &TransitionMatrix) -> Value {
        let states = fit.states;
        let identity = Matrix::identity(states);
        let none = Matrix::zeros(states * states, states * states);
        let at = |place: Option<usize>, table: &[Matrix], before: &Matrix| {
            let matrix = place.and_then(|place| table.get(place)).unwrap_or(before);
            json::rows(matrix.values(), matrix.rows())
        };
        let places: Vec<Option<usize>> = self.times.iter().map(|time| fit.place(*time)).collect();
        let mut result = Map::new();
        result.insert("time".into(), json::numbers(&self.times));
        let p = places
            .iter()
            .map(|&place| at(place, &fit.probability, &identity));
        result.insert("P".into(), p.collect());
        if !self.no_covariance {
            let cov = places.iter().map(|&place| {
                let found = place.and_then(|place| fit.covariance.get(place));
                self.covariance(found.unwrap_or(&none))
            });
            result.insert("cov".into(), cov.collect());
        }
        Value::Object(result)
    }

    /// R's `summary.etm`: a table per transition from a state that can be left.
    fn summary(&self, fit: &TransitionMatrix, coded: &Coded) -> Result<Value, Failure> {
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(Failure::option("level", "verwacht een kans tussen 0 en 1"));
        }
        let z = Normal::critical(self.level)?;
        let mut tables = Map::new();
        for from in coded.transient() {
            for to in 0..fit.states {
                let cell = to * fit.states + from;
                let p: Vec<f64> = fit.probability.iter().map(|p| p[(from, to)]).collect();
                let mut columns =
                    vec![("P", json::numbers(&p)), ("time", json::numbers(&fit.time))];
                if !self.no_covariance {
                    let var: Vec<f64> = fit.covariance.iter().map(|c| c[(cell, cell)]).collect();
                    let limits: Vec<(f64, f64)> = p
                        .iter()
                        .zip(&var)
                        .map(|(p, var)| self.ci_fun.limits(*p, var.max(0.0).sqrt(), z))
                        .collect();
                    let side = |pick: fn(&(f64, f64)) -> f64| -> Vec<f64> {
                        limits.iter().map(pick).collect()
                    };
                    columns.push(("var", json::numbers(&var)));
                    columns.push(("lower", json::numbers(&side(|limits| limits.0))));
                    columns.push(("upper", json::numbers(&side(|limits| limits.1))));
                }
                let events: Vec<f64> = fit.n_event.iter().map(|moved| moved[(from, to)]).collect();
                columns.push(("n.risk", json::numbers(fit.n_risk.column(from))));
                columns.push(("n.event", json::numbers(&events)));
                let name = format!("{} {}", coded.states[from], coded.states[to]);
                tables.insert(name, json::columns(columns));
            }
        }
        Ok(Value::Object(tables))
    }
}

/// P(s, t) at the last time, with standard errors.
fn print(fit: &TransitionMatrix, coded: &Coded) -> String {
    let mut text = String::new();
    let Some(last) = fit.probability.last() else {
        return text;
    };
    let mut table = TextTable::new(coded.states.clone());
    for (from, name) in coded.states.iter().enumerate() {
        table.row(name.clone(), last.row(from).iter().map(|p| signif(*p, 5)));
    }
    text.push_str(&format!("Estimate of P(s, t)\n{}", table.print()));
    if let Some(covariance) = fit.covariance.last() {
        let mut table = TextTable::new(coded.states.clone());
        for (from, name) in coded.states.iter().enumerate() {
            let error = |to: usize| {
                let cell = to * fit.states + from;
                signif(covariance[(cell, cell)].max(0.0).sqrt(), 5)
            };
            table.row(name.clone(), (0..fit.states).map(error));
        }
        text.push_str(&format!("\nStandard errors\n{}", table.print()));
    }
    text
}

impl Fit for ClosOptions {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let coded = self.stays.read(inputs, None)?;
        let fit = coded.estimate(None, &self.stays, false)?;
        let stay = match self.as_r {
            true => LengthOfStay::as_r_computes(&fit)?,
            false => LengthOfStay::new(&fit)?,
        };
        let change = if self.ratio { stay.ratio } else { stay.change };
        let mut result = Map::new();
        let numbers = [
            ("phi.case", &stay.case),
            ("phi.control", &stay.control),
            ("weights", &stay.weights),
            ("w.time", &stay.waiting_time),
            ("time", &stay.time),
            ("weights.1", &stay.weights_intermediate),
            ("weights.other", &stay.weights_other),
        ];
        result.insert("e.phi".into(), json::number(change));
        for (name, values) in numbers {
            result.insert(name.into(), json::numbers(values));
        }
        result.insert(
            "e.phi.weights.1".into(),
            json::number(stay.change_intermediate),
        );
        result.insert(
            "e.phi.weights.other".into(),
            json::number(stay.change_other),
        );
        let text = format!(
            "The expected change in length of stay is:\n{}\n\nAlternative weighting:\n\n\
             Expected change in LOS with weight.1: {}\nExpected change in LOS with weight.other: {}\n",
            signif(change, 4),
            signif(stay.change_intermediate, 4),
            signif(stay.change_other, 4),
        );
        Ok(Fitted::new(Value::Object(result), text))
    }
}
