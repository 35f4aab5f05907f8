//! `markov-test`: is a multi-state process Markov? As `mstate::MarkovTest`.

use super::Fit;
use super::multistate::{HistoryArguments, state};
use crate::text::{TextTable, p_value, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use statistics::multistate::{MarkovTest, MarkovTestOptions, Multipliers, Summary};

/// Options of `markov-test`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    histories: HistoryArguments,
    /// Nummer van de overgang die getoetst wordt.
    #[arg(long, value_name = "NUMMER")]
    transition: usize,
    /// Landmarks: tijden 0.1,0.2,0.3, of begin:einde:stap.
    #[arg(long, value_name = "TIJDEN", allow_hyphen_values = true)]
    grid: String,
    /// Toestanden waarnaar op een landmark wordt gegroepeerd; zonder deze optie alle vanwaar de
    /// overgang bereikbaar is.
    #[arg(long, value_name = "TOESTANDEN", value_delimiter = ',')]
    qualset: Vec<String>,
    /// Trekkingen van de wilde bootstrap voor de p-waarden; 0 is geen.
    #[arg(long = "B", value_name = "AANTAL", default_value_t = 1000)]
    samples: usize,
    /// Verdeling van de vermenigvuldigers.
    #[arg(long, value_enum, default_value_t = Distribution::Poisson)]
    dist: Distribution,
    /// Begin van de toevalsgetallen (niet die van R).
    #[arg(long, value_name = "GETAL", default_value_t = 1)]
    seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Distribution {
    /// Poisson(1) − 1
    Poisson,
    /// Standaardnormaal
    Normal,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let table = self.histories.table(inputs)?;
        let model = &table.model;
        let transition = self.transition.checked_sub(1);
        let transition = transition
            .filter(|&number| number < model.transitions.len())
            .ok_or_else(|| Failure::option("transition", "deze overgang bestaat niet"))?;
        let chosen = self
            .qualset
            .iter()
            .map(|text| state(model, "qualset", text));
        let chosen = chosen.collect::<Result<Vec<usize>, _>>()?;
        let options = MarkovTestOptions {
            transition,
            grid: grid(&self.grid)?,
            qualifying: (!chosen.is_empty()).then_some(chosen),
            samples: self.samples,
            multipliers: match self.dist {
                Distribution::Poisson => Multipliers::Poisson,
                Distribution::Normal => Multipliers::Normal,
            },
            seed: self.seed,
        };
        let test = MarkovTest::compute(table.histories(), &model.transitions, &options)?;
        Ok(Fitted::new(
            result(&test),
            summary(&test, &model.name(transition), &model.names),
        ))
    }
}

/// Most landmarks that are taken.
const LARGEST: usize = 100_000;

fn grid(text: &str) -> Result<Vec<f64>, Failure> {
    let wrong = || Failure::option("grid", "verwacht tijden 0.1,0.2 of begin:einde:stap");
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|x| x.is_finite());
    let parts: Vec<&str> = text.split(':').collect();
    if let [from, to, by] = parts[..] {
        let (Some(from), Some(to), Some(by)) = (number(from), number(to), number(by)) else {
            return Err(wrong());
        };
        // As R's seq: a last value may be over by rounding alone.
        let steps = (to - from) / by + 1e-10;
        if !(steps >= 0.0 && steps < LARGEST as f64) {
            return Err(wrong());
        }
        return Ok((0..=steps as usize)
            .map(|step| from + step as f64 * by)
            .collect());
    }
    text.split(',')
        .map(|part| number(part).ok_or_else(wrong))
        .collect()
}

fn result(test: &MarkovTest) -> Value {
    let numbered = |states: &[usize]| states.iter().map(|state| state + 1).collect::<Vec<_>>();
    let values = |all: &[Summary], pick: fn(&Summary) -> Option<f64>| {
        json::optionals(&all.iter().map(pick).collect::<Vec<_>>())
    };
    json!({
        "grid": json::numbers(&test.grid),
        "qualset": numbered(&test.qualifying),
        "obs_trace": test.trace.iter().map(|row| json::optionals(row)).collect::<Value>(),
        "obs_chisq_trace": json::optionals(&test.chi_squared_trace),
        "df": test.degrees_of_freedom,
        "n": test.persons,
        "orig_stat": values(&test.mean_absolute, |summary| summary.value),
        "p_stat_wb": values(&test.mean_absolute, |summary| summary.p_value),
        "orig_ch_stat": json::optional(test.mean_chi_squared.value),
        "p_ch_stat_wb": json::optional(test.mean_chi_squared.p_value),
    })
}

fn summary(test: &MarkovTest, transition: &str, names: &[String]) -> String {
    let number = |value: Option<f64>| value.map_or("NA".into(), |value| signif(value, 5));
    let groups = test.qualifying.iter().map(|&state| names[state].clone());
    let mut traces = TextTable::new(groups.chain(["chisq".into(), "df".into()]));
    for (place, time) in test.grid.iter().enumerate() {
        let cells = test.trace[place].iter().map(|&value| number(value)).chain([
            number(test.chi_squared_trace[place]),
            test.degrees_of_freedom[place].to_string(),
        ]);
        traces.row(signif(*time, 6), cells);
    }
    let mut tests = TextTable::new(["mean", "p"]);
    let p = |summary: &Summary| summary.p_value.map_or("NA".into(), p_value);
    for (state, summary) in test.qualifying.iter().zip(&test.mean_absolute) {
        tests.row(names[*state].clone(), [number(summary.value), p(summary)]);
    }
    let overall = &test.mean_chi_squared;
    tests.row("overall", [number(overall.value), p(overall)]);
    format!(
        "Log-rank traces for transition {transition}:\n{}\nWild bootstrap:\n{}",
        traces.print(),
        tests.print()
    )
}
